"""Where a source may go: public addresses, and those of ours the mesh names; checked, then used.

A name is looked up once; whoever connects uses the address that was checked, so that a name which
answers differently the second time leads nowhere else.
"""

import ipaddress
import socket
from collections.abc import Sequence

from agora.model.errors import Denied, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_INNER = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("2001::/32"),
)
"""IPv6 ranges that wrap an IPv4 address (NAT64, 6to4, Teredo), which may be a private one."""


def address(name: str, host: str, port: int, private: Sequence[str]) -> str:
    """The address to connect to for this host; raises Denied when any of its addresses is not open.

    `private` are host names, addresses and networks of ours that may be reached.
    """
    found = _looked_up(name, host, port)
    if host.lower().rstrip(".") in {each.lower() for each in private}:
        return str(found[0])
    networks = [each for each in map(_network, private) if each is not None]
    for each in found:
        if not _open(each) and not any(each in network for network in networks):
            raise Denied(
                f"source `{name}`: `{host}` leads to an address inside",
                code="E360",
                hint="the operator may allow it: `network: {private: […]}` in `agora.yaml`",
            )
    return str(found[0])


def _looked_up(name: str, host: str, port: int) -> list[Address]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unavailable(
            f"source `{name}`: there is no host `{host[:100]}`",
            code="E361",
            hint="check the spelling of its address",
        ) from None
    found = dict.fromkeys(str(answer[4][0]).partition("%")[0] for answer in answers)
    return [ipaddress.ip_address(each) for each in found]


def _open(each: Address) -> bool:
    """True for an address of the public internet; one that wraps another is judged by neither."""
    if isinstance(each, ipaddress.IPv6Address):
        if each.ipv4_mapped is not None:
            return _open(each.ipv4_mapped)
        if any(each in network for network in _INNER):
            return False
    return each.is_global and not each.is_multicast and not each.is_reserved


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
