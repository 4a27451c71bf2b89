"""Requests that no sound client sends, by the entry of the catalogue that they belong to (HS-01 to HS-21).

Each is a name, the bytes, and the statuses that may answer it; `CLOSED` stands for a connection that is closed without an
answer. `HOST` in the bytes becomes the host and port of the server.
"""

import random
from typing import NamedTuple

CLOSED = None
REFUSED = frozenset({400})
MISSING = frozenset({404})
HIDDEN = frozenset({400, 404})
FORBIDDEN = frozenset({403})
SERVED = frozenset({200})
DAMAGED = frozenset({200, 400, 403, 404, 405, 408, 414, 431, 505, CLOSED})


class Attack(NamedTuple):
    """One request."""

    entry: str
    name: str
    raw: bytes
    statuses: frozenset


def request(target, *fields, method="GET", host="HOST", version="1.1"):
    """Write a request with a line for the host, unless *host* is None."""
    lines = [b"%s %s HTTP/%s" % (as_bytes(method), as_bytes(target), as_bytes(version))]
    if host is not None:
        lines.append(b"Host: " + as_bytes(host))
    return b"".join(line + b"\r\n" for line in [*lines, *map(as_bytes, fields)]) + b"\r\n"


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode("latin-1")


def targets(entry, statuses, *listed):
    return [Attack(entry, repr(as_bytes(target))[2:-1][:60], request(target), statuses) for target in listed]


def visits(entry, statuses, *listed):
    """Ask for the home page with further fields; each of *listed* is a tuple of lines."""
    return [Attack(entry, " ".join(lines)[:70] or "none", request("/", *lines), statuses) for lines in listed]


CLIMBING = [
    *targets(
        "hs-01", REFUSED, "/../canary.txt", "/..", "/../", "/a/../../canary.txt", "/a/..", "/./canary.txt"
    ),
    *targets(
        "hs-01", REFUSED, "/%2e%2e/canary.txt", "/%2E%2E/canary.txt", "/.%2e/canary.txt", "/%2e./canary.txt"
    ),
    *targets(
        "hs-01",
        REFUSED,
        "/..%2fcanary.txt",
        "/..%2Fcanary.txt",
        "/a/..%2f..%2fcanary.txt",
        "/%2e%2e%2fcanary.txt",
    ),
    *targets(
        "hs-01", REFUSED, "/../../../../../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd"
    ),
    *targets(
        "hs-01", REFUSED, "/-octavo/../canary.txt", "/-octavo/..%2f..%2fcanary.txt", "/..?x", "/a/../?x=/"
    ),
    *targets(
        "hs-01", MISSING, "/%252e%252e/canary.txt", "/..;/canary.txt", "/..;a=b/canary.txt", "/.../canary.txt"
    ),
    *targets(
        "hs-01",
        MISSING,
        "/....//canary.txt",
        "/%252e%252e%252fcanary.txt",
        "/a/b/c/canary.txt",
        "/canary.txt",
    ),
]

WINDOWS_AND_ABSOLUTE = [
    *targets(
        "hs-02",
        REFUSED,
        "/..\\canary.txt",
        "/%5c..%5ccanary.txt",
        "/..%5Ccanary.txt",
        "/\\\\host\\share",
        "\\canary.txt",
    ),
    *targets(
        "hs-02",
        REFUSED,
        "//etc/passwd",
        "///etc/passwd",
        "/%2fetc/passwd",
        "/%2Fetc%2Fpasswd",
        "//",
        "//canary.txt",
    ),
    *targets(
        "hs-02",
        MISSING,
        "/c:/canary.txt",
        "/C:/Windows/win.ini",
        "/c%3A/canary.txt",
        "/etc/passwd",
        "/a//etc/passwd",
    ),
]

ENCODINGS = [
    *targets(
        "hs-03",
        REFUSED,
        "/%00",
        "/a%00.html",
        "/canary.txt%00.html",
        "/%",
        "/%zz",
        "/%2",
        "/a%2",
        "/%u002e",
        "/%-1",
    ),
    *targets(
        "hs-03",
        REFUSED,
        "/%ff",
        "/%fe%ff",
        "/%c0%ae%c0%ae/canary.txt",
        "/%c0%af",
        "/%e0%80%af",
        "/%f0%80%80%af",
    ),
    *targets(
        "hs-03",
        REFUSED,
        "/%ed%a0%80",
        "/%f4%90%80%80",
        "/%80",
        "/a%C3",
        "/\xff",
        "/d\xc3\xadas/",
        "/%1b[2J",
        "/%7f",
        "/%c2%9b",
    ),
    *targets("hs-03", MISSING, "/%ef%bc%8e%ef%bc%8e/canary.txt", "/%e2%80%ae", "/" + "%F0%9F%92%A9" * 200),
]

REDIRECTS = [
    *targets(
        "hs-04",
        REFUSED,
        "//evil.com/..",
        "//evil.com/%2e%2e",
        "/\\evil.com/..%2fsub",
        "/%5cevil.com/..",
        "//folder",
        "/%2ffolder",
    ),
    *targets(
        "hs-04",
        REFUSED,
        "/%0d%0aX-Injected:%20y",
        "/folder%0d%0aX-Injected:%20y",
        "/%0aX-Injected:y",
        "/%E5%98%8A%E5%98%8D%0d",
    ),
    *targets(
        "hs-04",
        frozenset({302}),
        "/folder",
        "/folder?//evil.com/",
        "/folder?%0d%0aX-Injected:%20y",
        "/folder?next=https://evil.com/",
    ),
    *targets(
        "hs-04",
        MISSING,
        "/evil.com//folder",
        "/folder%3f",
        "/@evil.com",
        "/%E5%98%8A%E5%98%8DX-Injected:y",
        "/http:/evil.com",
    ),
    Attack(
        "hs-04",
        "line break in the target",
        b"GET /a\r\nX-Injected: y HTTP/1.1\r\nHost: HOST\r\n\r\n",
        REFUSED,
    ),
    Attack(
        "hs-04", "return sign in the target", b"GET /a\rX-Injected:y HTTP/1.1\r\nHost: HOST\r\n\r\n", REFUSED
    ),
]

FORMS = [
    *targets(
        "hs-05",
        REFUSED,
        "http://evil/x",
        "http://HOST/",
        "HTTP://HOST/canary.txt",
        "https://HOST/",
        "file:///etc/passwd",
        "ftp:x",
    ),
    *targets(
        "hs-05",
        REFUSED,
        "*",
        "#frag",
        "/#frag",
        "/a#b?c",
        "/.",
        "/a/.",
        "/canary.txt\\",
        "evil.com:80",
        "a",
        "?a",
        "~",
    ),
    *targets(
        "hs-05",
        MISSING,
        "/page.html::$DATA",
        "/index.html:$i30:$INDEX_ALLOCATION",
        "/CANARY~1.TXT",
        "/nul",
        "/con",
        "/aux.txt",
    ),
    *targets(
        "hs-05",
        MISSING,
        "/canary.txt.",
        "/canary.txt%20",
        "/canary.txt;x",
        "/canary.txt/",
        "/index.html",
        "/page.html/",
    ),
    *targets(
        "hs-05",
        SERVED,
        "/?raw",
        "/?raw??",
        "/?import&raw??",
        "/??",
        "/?/../canary.txt",
        "/?file=../canary.txt",
        "/?%00",
        "/?" + "a" * 4000,
    ),
]

PRIVATE = targets(
    "hs-06", MISSING,
    "/.git/config", "/.git/HEAD", "/.env", "/.env.local", "/site.yaml", "/theme.yaml", "/.octavo/cache/octavo.db", "/.octavo",
    "/.octavo-outputs", "/content/index.md", "/index.md", "/guide.md", "/pyproject.toml", "/_site/index.html", "/.ssh/id_rsa",
    "/Makefile", "/.DS_Store", "/templates/main.html", "/.octavo/build.lock", "/node_modules/x", "/%2egit/config", "/.GIT/config",
)  # fmt: skip

SWAPPED = targets(
    "hs-07", frozenset({503}), "/linked.txt", "/pipe.txt", "/folder.txt", "/newer.txt"
) + targets(
    "hs-07",
    MISSING,
    "/link-to-canary.txt",
    "/pipe",
    "/link-to-folder/canary.txt",
    "/dev/zero",
    "/proc/self/environ",
)

HOSTS = [
    Attack("hs-08", f"Host {name}", request("/", host=name), FORBIDDEN)
    for name in (
        "evil.com", "evil.com:8000", "localhost.evil.com", "127.0.0.1.nip.io", "127.0.0.1.evil.com:8000", "notlocalhost",
        "0.0.0.0:8000", "10.0.0.1", "169.254.169.254", "127.1", "0177.0.0.1", "2130706433", "0x7f000001", "[::]:8000",
        "[::ffff:127.0.0.1]", "localhosts", "localhost-evil.com", "host.docker.internal", "a.local", "EVIL.COM.",
    )
] + [
    Attack("hs-08", f"malformed Host {name[:40]!r}", request("/", host=name), REFUSED)
    for name in (
        "", " ", "[::1", "::1", "[::1]x", "[", "]", "[]", ":8000", "localhost:", "localhost:x", "localhost:-1", "localhost:99999",
        "localhost:80:80", "localhost, evil.com", "localhost evil.com", "evil.com/localhost", "evil.com#localhost", "evil.com?x",
        "evil.com\\localhost", "user@localhost", "http://localhost", "löcalhost", "\xff\xfe", "localhost%00", "%6cocalhost",
        "a" * 10_000, "*", "local\thost", "<script>", "${jndi:x}", "\u00ff" * 300,
    )
] + [
    Attack("hs-08", "no Host", request("/", host=None), REFUSED),
    Attack("hs-08", "no Host in the older protocol", request("/", host=None, version="1.0"), REFUSED),
    Attack("hs-08", "two Hosts, ours first", request("/", "Host: evil.com"), REFUSED),
    Attack("hs-08", "two Hosts, ours last", request("/", "Host: HOST", host="evil.com"), REFUSED),
    Attack("hs-08", "the same Host twice", request("/", "Host: HOST"), REFUSED),
    Attack("hs-08", "folded Host", request("/", " evil.com", host="localhost"), REFUSED),
    Attack("hs-08", "blank before the colon", b"GET / HTTP/1.1\r\nHost : HOST\r\n\r\n", REFUSED),
    Attack("hs-08", "forwarded host is not looked at", request("/", "X-Forwarded-Host: HOST", host="evil.com"), FORBIDDEN),
    Attack("hs-08", "forwarded host of somebody else", request("/", "X-Forwarded-Host: evil.com", "Forwarded: host=evil.com"), SERVED),
]  # fmt: skip

_ORIGINS = (
    "https://evil", "https://evil.com", "http://evil.com:8000", "null", "", "http://10.0.0.1:8000", "http://127.0.0.2:8000", "file://",
    "http://localhost", "http://localhost:1", "http://HOST.evil.com", "http://HOST/", "http://HOST@evil.com", "HOST", "//HOST",
    "chrome-extension://aaaa", "moz-extension://bbbb", "data:", "http://[::1]:8000", "http://HOST http://evil.com", "http://HOST, null",
    "wss://HOST", "http://\xff",
)  # fmt: skip
_STREAM = "/-octavo/events?token=TOKEN"
ORIGINS = [
    Attack("hs-09", f"Origin {origin!r} {place}", request(target, f"Origin: {origin}"), FORBIDDEN)
    for origin in _ORIGINS
    for place, target in (("on a page", "/"), ("on the stream", _STREAM))
] + [
    Attack("hs-09", "two Origins", request("/", "Origin: http://HOST", "Origin: https://evil.com"), REFUSED),
    Attack("hs-09", "question before a request of another origin", request("/", "Origin: https://evil.com", "Access-Control-Request-Method: GET", method="OPTIONS"), frozenset({405})),
    Attack("hs-09", "question for the local network", request("/", "Origin: https://evil.com", "Access-Control-Request-Private-Network: true", method="OPTIONS"), frozenset({405})),
    Attack("hs-09", "stream of another host", request(_STREAM, host="evil.com"), FORBIDDEN),
]  # fmt: skip

_SITES = visits(
    "hs-10", FORBIDDEN,
    *(
        (f"Sec-Fetch-Site: {site}", f"Sec-Fetch-Mode: {mode}", f"Sec-Fetch-Dest: {dest}")
        for site in ("cross-site", "same-site")
        for mode, dest in (
            ("no-cors", "script"), ("no-cors", "image"), ("no-cors", "style"), ("cors", "empty"), ("cors", "font"), ("no-cors", "video"),
            ("navigate", "iframe"), ("navigate", "frame"), ("navigate", "embed"), ("navigate", "object"), ("no-cors", "empty"),
            ("websocket", "websocket"), ("same-origin", "worker"),
        )
    ),
    ("Sec-Fetch-Site: cross-site",), ("Sec-Fetch-Site: CROSS-SITE",), ("Sec-Fetch-Site: ",),
    ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"), ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: document"),
)  # fmt: skip
CROSS_SITE = [
    *_SITES,
    Attack("hs-10", "form of another site", request("/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Content-Length: 0", method="POST"), frozenset({405})),
    Attack("hs-10", "site given twice", request("/", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"), REFUSED),
    Attack("hs-10", "link of another site", request("/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"), SERVED),
]  # fmt: skip

TOKENS = [
    Attack("hs-11", f"{name}{query[:50]}", request(f"/-octavo/{name}{query}"), FORBIDDEN)
    for name in ("events", "problems")
    for query in (
        "", "?token=", "?token=x", "?token=TOKENx", "?token=TOKE", "?token=token", "?token=TOKEN&token=x", "?TOKEN", "?token[]=TOKEN",
        "?token=%00", "?token=TOKEN%00", "?token=" + "A" * 5000, "?token=%ff", "?x=1;token=TOKEN",
    )
] + [
    Attack("hs-11", "token in a field", request("/-octavo/events", "Authorization: Bearer TOKEN", "Cookie: token=TOKEN"), FORBIDDEN),
    Attack("hs-11", "token in the path", request("/-octavo/events/TOKEN"), MISSING),
    Attack("hs-11", "the list of scripts", request("/-octavo/"), MISSING),
    Attack("hs-11", "a source beside the scripts", request("/-octavo/values.py"), MISSING),
]  # fmt: skip

METHODS = [
    Attack("hs-12", f"{method} {target}", request(target, method=method), frozenset({405}))
    for method in ("POST", "PUT", "DELETE", "TRACE", "OPTIONS", "PATCH", "FOO", "get", "Get", "GETX", "PROPFIND", "PURGE", "HEADGET")
    for target in ("/", _STREAM)
] + [
    Attack("hs-12", "CONNECT", request("evil.com:443", method="CONNECT"), frozenset({405})),
    Attack("hs-12", "OPTIONS of the server", request("*", method="OPTIONS"), frozenset({405})),
    Attack("hs-12", "overridden method", request("/", "X-HTTP-Method-Override: DELETE"), SERVED),
    Attack("hs-12", "bracket in the method", request("/", method="G(T"), REFUSED),
    Attack("hs-12", "no method", b" / HTTP/1.1\r\nHost: HOST\r\n\r\n", REFUSED),
    Attack("hs-12", "very long method", request("/", method="A" * 4000), REFUSED),
]  # fmt: skip

_CHUNKED = "Transfer-Encoding: chunked"
_NOISE = random.Random(13)


def damaged(raw):
    """Change some bytes of a sound request; its lines mostly stay, so that it ends."""
    damage = bytearray(raw)
    for _ in range(_NOISE.randint(1, 4)):
        damage[_NOISE.randrange(len(raw) - 4)] = _NOISE.choice(
            (0, 9, 10, 13, 32, 35, 37, 46, 47, 58, 92, 127, 128, 255)
        )
    return bytes(damage)


FRAMES = [
    Attack("hs-13", "address of 1 MB", request("/" + "a" * 1_000_000), frozenset({414})),
    Attack("hs-13", "address of 1 MB without an end", b"GET /" + b"a" * 1_000_000, frozenset({414})),
    Attack("hs-13", "field of 10 MB", request("/", "X: " + "a" * 10_000_000), frozenset({431})),
    Attack("hs-13", "10 000 fields", request("/", *(f"X-{number}: y" for number in range(10_000))), frozenset({431})),
    Attack("hs-13", "name of a field of 100 kB", request("/", "X" * 100_000 + ": y"), frozenset({431})),
    Attack("hs-13", "fields without an end", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 5000, frozenset({431})),
    Attack("hs-13", "length and chunks", request("/", "Content-Length: 5", _CHUNKED, method="POST") + b"0\r\n\r\nGET /canary.txt HTTP/1.1\r\n", REFUSED),
    Attack("hs-13", "chunks and length", request("/", _CHUNKED, "Content-Length: 5") + b"0\r\n\r\n", REFUSED),
    Attack("hs-13", "two lengths", request("/", "Content-Length: 5", "Content-Length: 6", method="POST") + b"12345", REFUSED),
    Attack("hs-13", "negative length", request("/", "Content-Length: -1", method="POST"), REFUSED),
    Attack("hs-13", "length with a sign", request("/", "Content-Length: +5") + b"12345", REFUSED),
    Attack("hs-13", "length in hexadecimal", request("/", "Content-Length: 0x5") + b"12345", REFUSED),
    Attack("hs-13", "huge length", request("/", "Content-Length: 99999999999999999999"), REFUSED),
    Attack("hs-13", "length that never comes", request("/", "Content-Length: 100000000"), REFUSED),
    Attack("hs-13", "body of a form", request("/", "Content-Length: 3", method="POST") + b"a=b", frozenset({405})),
    Attack("hs-13", "bad chunks", request("/", _CHUNKED) + b"zz\r\nxx\r\n0\r\n\r\n", REFUSED),
    Attack("hs-13", "negative chunk", request("/", _CHUNKED) + b"-1\r\n\r\n", REFUSED),
    Attack("hs-13", "huge chunk", request("/", _CHUNKED, method="POST") + b"fffffffffffffffff\r\n", frozenset({405})),
    Attack("hs-13", "unknown coding", request("/", "Transfer-Encoding: xchunked") + b"0\r\n\r\n", REFUSED),
    Attack("hs-13", "hidden coding", request("/", "Transfer-Encoding:\x0bchunked"), REFUSED),
    Attack("hs-13", "coding in the older protocol", request("/", _CHUNKED, version="1.0"), REFUSED),
    Attack("hs-13", "body that is a request", request("/", "Content-Length: 44") + b"GET /canary.txt HTTP/1.1\r\nHost: localhost\r\n\r\n", REFUSED),
    Attack("hs-13", "request to be continued", request("/", "Expect: 100-continue", "Content-Length: 5", method="POST"), frozenset({405})),
    Attack("hs-13", "HTTP/0.9", b"GET /\r\n", REFUSED),
    Attack("hs-13", "HTTP/0.9 with a number", b"GET / HTTP/0.9\r\n\r\n", frozenset({505})),
    Attack("hs-13", "preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", frozenset({505})),
    Attack("hs-13", "upgrade to HTTP/2", request("/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"), SERVED),
    Attack("hs-13", "upgrade to a web socket", request("/", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), SERVED),
    Attack("hs-13", "hello of TLS", bytes.fromhex("16030100c8010000c40303") + bytes(range(200)), REFUSED),
    Attack("hs-13", "hello of SSH", b"SSH-2.0-OpenSSH_9.6\r\n", REFUSED),
    Attack("hs-13", "zero bytes", bytes(1000), REFUSED),
    Attack("hs-13", "proxy line", b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + request("/"), REFUSED),
    Attack("hs-13", "bare line feeds", b"GET / HTTP/1.1\nHost: HOST\n\n", REFUSED),
    Attack("hs-13", "bare returns", b"GET / HTTP/1.1\rHost: HOST\r\r", frozenset({408, 400})),
    Attack("hs-13", "mixed line ends", b"GET / HTTP/1.1\r\nHost: HOST\nX: y\r\n\r\n", REFUSED),
    Attack("hs-13", "zero byte in a field", request("/", "X: a\x00b"), REFUSED),
    Attack("hs-13", "zero byte in a name", request("/", "X\x00: a"), REFUSED),
    Attack("hs-13", "field without a colon", request("/", "nonsense"), REFUSED),
    Attack("hs-13", "folded field", request("/", "X: a", "\tb"), REFUSED),
    Attack("hs-13", "two blanks in the line", b"GET  / HTTP/1.1\r\nHost: HOST\r\n\r\n", REFUSED),
    Attack("hs-13", "wrong version", request("/", version="1.x"), REFUSED),
    Attack("hs-13", "version of the future", request("/", version="9.9"), frozenset({505})),
    Attack("hs-13", "half a request", b"GET / HTTP/1.1\r\nHost: HO", frozenset({408})),
    Attack("hs-13", "only line ends", b"\r\n" * 1000, frozenset({CLOSED, 408})),
    *(
        Attack("hs-13", f"noise {number}", _NOISE.randbytes(2000), frozenset({400, 408, 414, CLOSED}))
        for number in range(20)
    ),
    *(
        Attack("hs-13", f"damaged request {number}", damaged(request("/guide/?a=b", "Accept: */*", host="localhost")), DAMAGED)
        for number in range(60)
    ),
]  # fmt: skip

_TAGS = targets(
    "hs-16", MISSING,
    "/nope<script>", "/<script>alert(1)</script>", "/%3Cscript%3Ealert(1)%3C/script%3E", '/"onload=alert(1)', "/'-alert(1)-'",
    "/nope?q=<script>alert(1)</script>", "/-octavo/<script>alert(1)</script>", "/-octavo/%3Cimg%20src=x%3E", "/javascript:alert(1)",
    "/nope/%22%3E%3Csvg%20onload=alert(1)%3E", "/{{7*7}}", "/${7*7}",
)  # fmt: skip
REFLECTED = [
    *_TAGS,
    Attack("hs-16", "tag in the host", request("/", host="<script>alert(1)</script>"), REFUSED),
    Attack("hs-16", "tag in the token", request("/-octavo/events?token=<script>alert(1)</script>"), FORBIDDEN),
    Attack("hs-16", "tag in the page", request("/-octavo/problems?token=TOKEN&page=<script>alert(1)</script>"), REFUSED),
]  # fmt: skip

CONDITIONS = [
    Attack("hs-17", f"{target} {' '.join(lines)[:60]}", request(target, *lines), frozenset(statuses))
    for target, statuses, lines in (
        ("/note.txt", {206}, ["Range: bytes=0-3"]),
        ("/note.txt", {206}, ["Range: bytes=-3"]),
        ("/note.txt", {206}, ["Range: bytes=-3000"]),
        ("/note.txt", {200}, ["Range: bytes=0-1,3-4"]),
        ("/note.txt", {200}, ["Range: bytes=" + ",".join(f"{number}-" for number in range(5000))]),
        ("/note.txt", {200}, ["Range: bytes=" + "9" * 10_000 + "-"]),
        ("/note.txt", {416}, ["Range: bytes=10-"]),
        ("/note.txt", {416}, ["Range: bytes=999999999999999999-"]),
        ("/note.txt", {200}, ["Range: bytes=3-1"]),
        ("/note.txt", {200}, ["Range: bytes=-"]),
        ("/note.txt", {200}, ["Range: bytes=a-b"]),
        ("/note.txt", {200}, ["Range: \xff"]),
        ("/note.txt", {200}, ["Range: bytes=0-1", "Range: bytes=2-3"]),
        ("/note.txt", {200}, ["Range: bytes=0-1", "If-Range: nonsense"]),
        ("/note.txt", {200}, ["If-None-Match: nonsense"]),
        ("/note.txt", {200}, ['If-None-Match: "' + '","'.join(["x"] * 5000) + '"']),
        ("/note.txt", {304}, ["If-None-Match: *"]),
        ("/note.txt", {200}, ["If-Match: nonsense", "If-Unmodified-Since: x", "If-Modified-Since: \xff"]),
        ("/note.txt", {200}, ["Accept-Encoding: gzip;q=x, *;q=-1"]),
        ("/", {200}, ["Range: bytes=0-3"]),
        ("/", {200}, ["If-None-Match: W/", 'If-None-Match: W/"']),
        ("/nope", {404}, ["If-None-Match: *", "Range: bytes=0-3"]),
        ("/-octavo/preview.js", {200}, ["Range: bytes=0-3"]),
        (_STREAM + "x", {403}, ["Range: bytes=0-3", "If-None-Match: *"]),
    )
] + [
    Attack("hs-17", "HEAD of a page", request("/", method="HEAD"), SERVED),
    Attack("hs-17", "HEAD of a part", request("/note.txt", "Range: bytes=0-1", method="HEAD"), SERVED),
    Attack("hs-17", "HEAD of the stream", request(_STREAM, method="HEAD"), SERVED),
]  # fmt: skip

CASES = targets(
    "hs-20",
    MISSING,
    "/Guide/",
    "/GUIDE/",
    "/guide/Index.html",
    "/Note.txt",
    "/note.TXT",
    "/note.txt/",
    "/-Octavo/preview.js",
) + targets("hs-20", SERVED, "/guide/", "/note.txt", "/%67uide/")

ATTACKS = [
    *CLIMBING, *WINDOWS_AND_ABSOLUTE, *ENCODINGS, *REDIRECTS, *FORMS, *PRIVATE, *SWAPPED, *HOSTS, *ORIGINS, *CROSS_SITE, *TOKENS,
    *METHODS, *FRAMES, *REFLECTED, *CONDITIONS, *CASES,
]  # fmt: skip


def attacks_of(entry):
    """Give the requests of one entry."""
    return [attack for attack in ATTACKS if attack.entry == entry]
