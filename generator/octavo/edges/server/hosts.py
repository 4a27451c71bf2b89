"""The `Host` of a request: which names are this server's own; pure.

A page of another site can make its name lead to 127.0.0.1 (DNS rebinding) and would then read what the preview serves as
its own. So the name must be one that nobody else can own.
"""

import ipaddress
import re
from collections.abc import Iterable

import msgspec

from octavo.errors import UsageError

__all__ = ["OwnHosts", "parse_host"]

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::([0-9]{1,5}))?")


def parse_host(value: str) -> str | None:
    """Give the host's name or address, without port and brackets and in lower case; None where it is malformed."""
    match = _HOST.fullmatch(value)
    if match is None or int(match[3] or 0) > 65535:
        return None
    name = match[2]
    if name is not None:
        return name.lower().removesuffix(".") or None
    try:
        return ipaddress.IPv6Address(match[1]).compressed
    except ValueError:
        return None


class OwnHosts(msgspec.Struct, frozen=True):
    """The hosts that requests may be for."""

    names: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> "OwnHosts":
        """Make it of the bound address and what `--allow-host` names; a port behind a name is left out.

        Raises UsageError for what can be no name of a host.
        """
        own = set()
        for name in names:
            parsed = parse_host(name) or parse_host(f"[{name.partition('%')[0]}]")
            if parsed is None:
                raise UsageError(
                    f"`{name}` is not the name of a host",
                    hint="write it as in the address line: `docs.example.org`",
                )
            own.add(parsed)
        return cls(frozenset(own))

    def include(self, host: str, arrived_at: str) -> bool:
        """Tell whether a parsed host is ours; *arrived_at* is this machine's end of the connection.

        That address is ours too where it is spelled as an address: those cannot be made to lead elsewhere.
        """
        if host == "localhost" or host.endswith(".localhost") or host in self.names:
            return True
        try:
            address = ipaddress.ip_address(host)
            arrived = ipaddress.ip_address(arrived_at.partition("%")[0])
        except ValueError:
            return False
        loopback = address.is_loopback if address.version == 4 else address == ipaddress.IPv6Address("::1")
        return loopback or address in {arrived, getattr(arrived, "ipv4_mapped", None)}
