"""Who may ask, and how: method, `Host`, `Origin` and `Sec-Fetch-*`; pure.

The preview shows drafts and the text of files to whoever may read it, so that must be the author's own browser looking at
the author's own address. Every refusal that an author can meet names the option that lifts it.
"""

from octavo.edges.server.heads import RequestHead
from octavo.edges.server.hosts import OwnHosts, parse_host
from octavo.edges.server.refusals import Refusal

__all__ = ["judge"]

_FOREIGN = Refusal(403, "This request comes from a page of another site.")
_OWN_SITES = frozenset({"same-origin", "none"})


def judge(head: RequestHead, hosts: OwnHosts, arrived_at: str) -> Refusal | None:
    """Give the reason why a request is not answered; None where it may be."""
    if head.method not in {"GET", "HEAD"}:
        return Refusal(405, "The preview answers GET and HEAD only.")
    if head.has_body:
        return Refusal(400, "The preview takes no request with a body.")
    named = head.fields.get("host")
    host = parse_host(named) if named is not None else None
    if named is None or host is None:
        return Refusal(400, "The request does not say which host it is for.")
    if not hosts.include(host, arrived_at):
        return Refusal(
            403,
            f"The preview does not answer for the host `{host}`.\n"
            f"If this name is yours, start it with: octavo serve --allow-host {host}",
        )
    origin = head.fields.get("origin")
    # `https` is what a page has behind a proxy that adds it; nobody else can have this host and port.
    if origin is not None and origin.lower() not in {f"http://{named.lower()}", f"https://{named.lower()}"}:
        return _FOREIGN
    if head.fields.get("sec-fetch-site", "none") not in _OWN_SITES and not _is_visit(head):
        return _FOREIGN
    return None


def _is_visit(head: RequestHead) -> bool:
    """Tell whether somebody follows a link to us, in a tab of its own."""
    return (
        head.method == "GET"
        and head.fields.get("sec-fetch-mode") == "navigate"
        and head.fields.get("sec-fetch-dest") == "document"
    )
