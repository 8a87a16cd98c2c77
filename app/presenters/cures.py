"""Cures as the studio's words: where a person clicks, not what is typed on a command line."""

import re

import msgspec

from runtime.events import Failure

PLACE = "File → What the flow may touch"

_FLAG = re.compile(r"run it with --allow-(host|read|write|database) (.+)\Z", re.DOTALL)


def in_studio(failure: Failure) -> Failure:
    """The failure, and what caused it, with cures that can be followed in the studio."""
    cause = in_studio(failure.cause) if failure.cause else None
    cure = _FLAG.sub(rf"allow \2 under {PLACE}.", failure.cure)
    if cure == failure.cure and cause is failure.cause:
        return failure
    return msgspec.structs.replace(failure, cure=cure, cause=cause)
