"""Which hosts a flow may reach: granted by name, and looked at again as the addresses found.

A name is only a promise: it may resolve to a metadata service, and to another address the next
time. So what is connected to is an address that was looked at, never a name.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from agents.contract import Grants
from agents.errors import NotGranted, Unreachable

_FORBIDDEN = tuple(
    ip_network(network)
    for network in (
        "169.254.0.0/16",  # link-local; most clouds' metadata
        "fe80::/10",  # link-local
        "fd00:ec2::/32",  # AWS
        "fd20:ce::/32",  # Google
        "100.100.100.200/32",  # Alibaba
        "168.63.129.16/32",  # Azure
        "192.0.0.192/32",  # Oracle
    )
)
_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")


def allow(grants: Grants, host: str, port: int) -> None:
    """Let a granted host pass. Raises NotGranted for any other."""
    if not any(_matches(entry, host, port) for entry in grants.hosts):
        raise NotGranted(
            f"The flow may not reach {host}.", cure=f"If it should, run it with --allow-host {host}"
        )


def allow_connection(grants: Grants, connection: str, host: str, port: int) -> None:
    """Let a connection pass to its host. Raises NotGranted where hosts bind connections, too."""
    if not grants.confines_connections:
        return
    try:
        allow(grants, host, port)
    except NotGranted as error:
        raise NotGranted(
            f"The flow may not reach {host}, where the connection {connection!r} leads.",
            cure=error.cure,
        ) from None


def names_in(grants: Grants) -> list[str]:
    """The hosts that are granted by their own name."""
    return [_split(entry)[0] for entry in grants.hosts if "*" not in entry]


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, best first. Raises NotGranted for a forbidden one, Unreachable."""
    if _is_address(host):  # a thousand streams to a server here needn't wait for threads
        return checked(host, (host,))
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _unknown(host) from error
    return checked(host, (str(address[0]) for *_, address in found))


def resolve_now(host: str, port: int) -> list[str]:
    """What `resolve` does, for a thread that may wait."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _unknown(host) from error
    return checked(host, (str(address[0]) for *_, address in found))


def checked(host: str, addresses: Iterable[str]) -> list[str]:
    """The addresses, each once. Raises NotGranted if one is forbidden, whatever was granted."""
    found = list(dict.fromkeys(addresses))
    for address in found:
        if is_forbidden(address):
            raise NotGranted(
                f"{host} is {address}, an address of this machine's surroundings "
                "that no flow may reach."
            )
    return found


def checked_as_written(host: str) -> None:
    """Raises NotGranted for a host that is itself a forbidden address, such as `2852039166`.

    For who leaves the looking up of names to a proxy.
    """
    with contextlib.suppress(OSError):
        checked(host, (host if _is_address(host) else socket.inet_ntoa(socket.inet_aton(host)),))


def is_forbidden(address: str) -> bool:
    """Whether an address is link-local or a cloud's metadata service, in whatever disguise."""
    return any(form in network for form in _forms(ip_address(address)) for network in _FORBIDDEN)


def _forms(address: IPv4Address | IPv6Address) -> Iterable[IPv4Address | IPv6Address]:
    yield address
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            yield address.ipv4_mapped
        if address.sixtofour:
            yield address.sixtofour
        if address.teredo:
            yield from address.teredo
        if address in _NAT64 or address in _COMPATIBLE:
            yield IPv4Address(int(address) & 0xFFFFFFFF)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _unknown(host: str) -> Unreachable:
    return Unreachable(f"No address is known for {host}.", cure="Check its name and the network.")


def _matches(entry: str, host: str, port: int) -> bool:
    """`*`, `example.org`, `*.example.org` (what is below it), each with or without `:port`."""
    if entry == "*":
        return True
    name, wanted = _split(entry)
    if wanted and wanted != str(port):
        return False
    name, host = _plain(name), _plain(host)
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _split(entry: str) -> tuple[str, str]:
    if entry.startswith("["):
        name, _, port = entry[1:].partition("]")
        return name, port.lstrip(":")
    name, colon, port = entry.rpartition(":")
    return (name, port) if colon and ":" not in name else (entry, "")


def _plain(host: str) -> str:
    host = host.rstrip(".").lower()
    return host if host.isascii() else host.encode("idna").decode()
