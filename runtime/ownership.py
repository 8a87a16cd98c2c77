"""Names for runs and for those who drive them, and whether one of these is still there."""

import os
import secrets
import socket
import time

import psutil


def new_id() -> str:
    """An id for a run: sorts by time of making; 40 random bits tell apart those of one moment."""
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    number = (time.time_ns() // 1_000_000) << 40 | secrets.randbits(40)
    return "".join(alphabet[number >> shift & 31] for shift in range(80, -1, -5))


def new_owner() -> str:
    """Who owns the runs of this process: host, process, and a word of its own."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def word_of(owner: str) -> str:
    """What tells owners apart and says nothing of where they are."""
    return owner.rpartition(":")[2]


def is_gone(owner: str) -> bool:
    """Whether an owner is certainly dead: a process of this host that isn't there any more.

    One that was killed, and whose parent hasn't taken note yet, is only there by name.
    """
    host, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        return psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE
    except psutil.Error as error:
        return isinstance(error, psutil.NoSuchProcess)
