"""What is answered: the site's answers and the preview's own endpoints, as werkzeug responses."""

import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qs

from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import quote_etag
from werkzeug.wrappers import Response

from octavo.digest import digest_bytes
from octavo.edges.server.limits import Limits
from octavo.edges.server.refusals import Refusal
from octavo.edges.server.sourcefiles import PIECE, open_source
from octavo.edges.server.streams import EventStreams
from octavo.edges.server.targets import Target, decode_path
from octavo.preview.values import PREFIX, Answer, PreviewSite, SourceFile

__all__ = ["Environ", "PreviewApp", "refuse"]

Environ = dict[str, str]
"""The part of a WSGI environment that conditional answers are made from."""

_FRESH = "no-store"
_REVALIDATED = "no-cache"
_PLAIN = "text/plain; charset=utf-8"
_RANGE = re.compile(r"bytes=(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))")


def refuse(refusal: Refusal) -> Response:
    """Say in plain text why a request is not answered."""
    response = Response(f"{refusal.text}\n".encode(), refusal.status, content_type=_PLAIN)
    response.headers["Cache-Control"] = _FRESH
    if refusal.status == 405:
        response.headers["Allow"] = "GET, HEAD"
    if refusal.status == 503:
        response.headers["Retry-After"] = "1"
    return response


class PreviewApp:
    """Answers requests that the gate let through; the handler calls it from many threads."""

    def __init__(self, site: PreviewSite, scripts: Mapping[str, bytes], limits: Limits) -> None:
        self._site = site
        self._scripts = {name: (body, digest_bytes(body)) for name, body in scripts.items()}
        self.streams = EventStreams(limits)

    def respond(self, target: Target, environ: Environ) -> Response:
        """Answer a GET or HEAD request; the caller closes the response."""
        if target.path.startswith(PREFIX):
            return self._own(target.path.removeprefix(PREFIX), target.query, environ)
        answer = self._site.answer(target.path)
        if answer.file is not None:
            answer, response = self._file(target.path, answer, environ)
            if response is not None:
                return response
        if answer.location:
            return _redirect(answer, target.query)
        response = Response(answer.body, answer.status, content_type=answer.content_type)
        response.headers["Cache-Control"] = _FRESH
        if answer.etag:
            response.headers["ETag"] = quote_etag(answer.etag, answer.weak)
        # Only what would be sent with success can be "not modified" (RFC 9110, section 13.2.1).
        return response.make_conditional(environ) if answer.status == 200 else response

    def _file(self, path: str, answer: Answer, environ: Environ) -> tuple[Answer, Response | None]:
        """Send a file of the content; where it changed, what the site says once it has looked again."""
        response = _send(answer, answer.file, environ) if answer.file is not None else None
        if response is None:
            answer = self._site.answer_again(path)
            if answer.file is None:
                return answer, None
            response = _send(answer, answer.file, environ)
        return answer, response or refuse(Refusal(503, "The file is being changed."))

    def _own(self, name: str, query: str, environ: Environ) -> Response:
        if name in self._scripts:
            body, etag = self._scripts[name]
            response = Response(body, content_type="text/javascript; charset=utf-8")
            response.headers["Cache-Control"] = _REVALIDATED
            response.headers["ETag"] = quote_etag(etag)
            return response.make_conditional(environ)
        if name not in {"events", "problems"}:
            return refuse(Refusal(404, "The preview has nothing here."))
        asked = parse_qs(query, max_num_fields=20) if query.count("&") < 20 else {}
        token = asked.get("token", [""])
        if len(token) != 1 or not hmac.compare_digest(token[0].encode(), self._site.token.encode()):
            return refuse(Refusal(403, "The token is not that of this run of the preview."))
        return self._problems(asked.get("page", [""])) if name == "problems" else self._events(environ)

    def _problems(self, pages: list[str]) -> Response:
        page = decode_path(pages[0].encode()) if len(pages) == 1 else None
        if page is None:
            return refuse(Refusal(400, "The page is not given as an address."))
        response = Response(self._site.problems(page), content_type="application/json")
        response.headers["Cache-Control"] = _FRESH
        return response

    def _events(self, environ: Environ) -> Response:
        response = Response(content_type="text/event-stream")
        response.headers["Cache-Control"] = _FRESH
        if environ["REQUEST_METHOD"] == "GET":
            stream = self.streams.begin(self._site.follow)
            if stream is None:
                return refuse(Refusal(503, "Too many browsers follow the preview already."))
            response.response = stream
        return response


def _redirect(answer: Answer, query: str) -> Response:
    location, mark, fragment = answer.location.partition("#")
    is_ours = location.startswith("/") and not location.startswith("//")
    if (
        not is_ours
        or "\\" in location
        or not (location.isascii() and location.isprintable())
        or " " in location
    ):
        raise ValueError("a redirect leaves the site")
    if query:
        location += ("&" if "?" in location else "?") + query
    status = answer.status if 300 <= answer.status < 400 else 302
    response = Response(b"", status, content_type=_PLAIN)
    response.headers["Cache-Control"] = _FRESH
    response.headers["Location"] = location + mark + fragment
    return response


def _send(answer: Answer, file: SourceFile, environ: Environ) -> Response | None:
    """Make a response of a file; None where it is not the file any more that the snapshot saw."""
    source = open_source(file)
    if source is None:
        return None
    response = Response(status=answer.status, content_type=answer.content_type)
    response.headers["Cache-Control"] = _REVALIDATED
    if answer.etag:
        response.headers["ETag"] = quote_etag(answer.etag, answer.weak)
    if file.size <= PIECE:
        try:
            response.response = [b"".join(source)]
        except OSError:
            return None
        finally:
            source.close()
    else:
        response.response = source
        response.call_on_close(source.close)
    response.content_length = file.size
    if answer.status != 200:
        return response
    _mend_range(environ, file.size)
    try:
        return response.make_conditional(environ, accept_ranges=True, complete_length=file.size)
    except RequestedRangeNotSatisfiable:
        response.close()
        refused = refuse(Refusal(416, "The file has no such bytes."))
        refused.headers["Content-Range"] = f"bytes */{file.size}"
        return refused


def _mend_range(environ: Environ, size: int) -> None:
    """Leave a single range of a GET request; the whole file answers any other (RFC 9110, section 14.2).

    Werkzeug would refuse what is malformed, and the last bytes of a file that has fewer than asked for.
    """
    match = _RANGE.fullmatch(environ.pop("HTTP_RANGE", ""))
    if match is None or environ["REQUEST_METHOD"] != "GET":
        return
    first, last, suffix = match.groups()
    if suffix is not None:
        start = max(0, size - int(suffix))
        environ["HTTP_RANGE"] = f"bytes={start}-"
    elif not last or int(first) <= int(last):
        environ["HTTP_RANGE"] = f"bytes={first}-{last}"
