"""How long and how much the server takes from one client, and from all together."""

import msgspec

__all__ = ["Limits"]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds, sizes in bytes."""

    head_seconds: float = 10.0
    """From the first byte of a request to the end of its head; from the connection on for its first request."""
    idle_seconds: float = 30.0
    """Between two requests on one connection."""
    send_seconds: float = 30.0
    """Within which a client takes one piece of an answer."""
    drain_seconds: float = 1.0
    """How long the rest of a refused request is thrown away, so that the client gets to read the refusal."""
    connections: int = 256
    """At once; when there are more, those that wait longest for their client are closed."""
    streams: int = 64
    """Of the connections, those that follow events."""
    heartbeat_seconds: float = 15.0
    """Between two signs of life on a stream where nothing happens."""
    poll_seconds: float = 1.0
    """Within which a stream notices that its client has gone."""
