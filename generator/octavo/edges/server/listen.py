"""The address that the preview listens on: text to a bound socket, or an error that says what to do."""

import contextlib
import errno
import ipaddress
import re
import socket
import sys

import msgspec

from octavo.edges.faults import reason_of
from octavo.edges.portholders import holder_of
from octavo.errors import EnvironmentFault, OctavoError, UsageError

__all__ = ["DEFAULT_HOST", "DEFAULT_PORT", "BoundSocket", "bind", "parse_address"]

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000

_TRIED_PORTS = 50
_BACKLOG = 1024
_ADDRESS = re.compile(r"(?:(?P<host>\[[^\[\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]+))?)")
_FORMS = "write `HOST:PORT`, `[::1]:8000`, a port or a host"


class BoundSocket(msgspec.Struct, frozen=True, kw_only=True):
    """A socket that listens, and what it is called."""

    listener: socket.socket
    host: str
    """The address, without brackets: `127.0.0.1`, `::1`, `0.0.0.0`."""
    port: int

    @property
    def is_loopback(self) -> bool:
        """Tell whether only this machine can connect."""
        return ipaddress.ip_address(self.host.partition("%")[0]).is_loopback

    @property
    def url_host(self) -> str:
        """Give host and port as a browser on this machine is told them."""
        address = ipaddress.ip_address(self.host.partition("%")[0])
        if address.is_unspecified:
            return f"{'127.0.0.1' if address.version == 4 else '[::1]'}:{self.port}"
        return f"[{self.host}]:{self.port}" if address.version == 6 else f"{self.host}:{self.port}"

    def close(self) -> None:
        """Stop listening, also where a forked child holds a copy of the socket."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def parse_address(address: str) -> tuple[str, int]:
    """Split `HOST:PORT`, `[::1]:8000`, `8000`, `:8000` or a host alone; raises UsageError."""
    text = address.strip()
    if re.fullmatch(r"[0-9]+", text):
        text = f":{text}"
    with contextlib.suppress(ValueError):
        return ipaddress.IPv6Address(text).compressed, DEFAULT_PORT
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise UsageError(f"`{address}` is not an address to listen on", hint=_FORMS)
    host, port = match["host"] or DEFAULT_HOST, int(match["port"] or DEFAULT_PORT)
    if host.startswith("["):
        try:
            host = ipaddress.IPv6Address(host[1:-1]).compressed
        except ValueError:
            raise UsageError(f"`{host}` is not an IPv6 address", hint=_FORMS) from None
    elif not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}", host):
        raise UsageError(f"`{address}` is not an address to listen on", hint=_FORMS)
    if port > 65535:
        raise UsageError(f"port {port} does not exist", hint="ports go from 0 (a free one) to 65535")
    return host, port


def bind(address: str = "", *, next_free: bool = False) -> BoundSocket:
    """Listen on an address, by default `127.0.0.1:8000`; port 0 stands for a free one.

    With *next_free*, a port that is taken is passed over for the next one that is not. Raises UsageError for text that
    is no address, EnvironmentFault for an address that cannot be had.
    """
    name, port = parse_address(address)
    family, host = _resolve(name)
    try:
        return _listen(family, host, port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise explain(error, host, port) from None
    free = _next_free(family, host, port)
    if free is not None and next_free:
        return free
    if free is not None:
        free.close()
    raise _taken(host, port, free.port if free is not None else None)


def explain(error: OSError, host: str, port: int) -> OctavoError:
    """Say why an address cannot be listened on, and what to do."""
    shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    is_six = ":" in host
    if error.errno in {errno.EACCES, errno.EPERM}:
        return EnvironmentFault(
            f"port {port} is kept for the system", hint="take a port from 1024 on: `octavo serve -a 8000`"
        )
    if is_six and (error.errno == errno.EAFNOSUPPORT or host == "::1"):
        return EnvironmentFault(
            f"cannot listen on {shown}: IPv6 is switched off on this machine",
            hint=f"listen on `{DEFAULT_HOST}:{port}`",
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return EnvironmentFault(
            f"cannot listen on {shown}: this machine does not have the address",
            hint=f"listen on `{DEFAULT_HOST}:{port}`, or on `0.0.0.0:{port}` for all addresses of this machine",
        )
    return EnvironmentFault(
        f"cannot listen on {shown}: {reason_of(error)}", hint=f"listen on `{DEFAULT_HOST}:{DEFAULT_PORT}`"
    )


def _taken(host: str, port: int, free: int | None) -> EnvironmentFault:
    holder = holder_of(port)
    by = f" by {holder}" if holder else ""
    shown = f"[{host}]:{free}" if ":" in host else f"{host}:{free}"
    return EnvironmentFault(
        f"port {port} is in use{by}",
        hint=f"stop that program, or take another port: `octavo serve -a {shown if free else 0}`",
    )


def _next_free(family: socket.AddressFamily, host: str, port: int) -> BoundSocket | None:
    for other in range(port + 1, min(port + 1 + _TRIED_PORTS, 65536)):
        with contextlib.suppress(OSError):
            return _listen(family, host, other)
    return None


def _resolve(name: str) -> tuple[socket.AddressFamily, str]:
    """Give the family and the address of a host; `localhost` is 127.0.0.1, whatever the machine's tables say."""
    if name.lower() == "localhost":
        return socket.AF_INET, DEFAULT_HOST
    with contextlib.suppress(ValueError):
        version = ipaddress.ip_address(name).version
        return (socket.AF_INET if version == 4 else socket.AF_INET6), name
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise UsageError(f"the host `{name}` has no address", hint=_FORMS)
    family, _, _, _, address = min(found, key=lambda item: item[0] != socket.AF_INET)
    return family, str(address[0])


def _listen(family: socket.AddressFamily, host: str, port: int) -> BoundSocket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # A port whose last connections are still fading out is free.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        return BoundSocket(listener=listener, host=host, port=listener.getsockname()[1])
    except BaseException:
        listener.close()
        raise
