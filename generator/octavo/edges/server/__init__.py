"""The preview's server: HTTP on a loopback port, answered by a `PreviewSite`.

It trusts nothing that arrives: a request is read within limits (`handler`, `heads`), judged by pure functions
(`gate`, `targets`) and answered from what the site knows (`app`). No address is ever made into a path.
"""

from octavo.edges.server.limits import Limits
from octavo.edges.server.listen import BoundSocket, bind
from octavo.edges.server.running import PreviewServer

__all__ = ["BoundSocket", "Limits", "PreviewServer", "bind"]
