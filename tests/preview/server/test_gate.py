"""Who is answered: own names, own pages, and whoever follows a link in a tab of its own."""

import pytest

from octavo.edges.server.gate import judge
from octavo.edges.server.heads import RequestHead
from octavo.edges.server.hosts import OwnHosts, parse_host
from octavo.errors import UsageError

OWN = OwnHosts.of(["127.0.0.1", "docs.example.org", "2001:db8::1"])


def ask(method="GET", host="localhost:8000", *, has_body=False, arrived_at="127.0.0.1", **fields):
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    if host is not None:
        named["host"] = host
    head = RequestHead(method=method, target=b"/", fields=named, keeps_alive=True, has_body=has_body)
    return judge(head, OWN, arrived_at)


def status_of(refusal):
    return 200 if refusal is None else refusal.status


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:8000", "localhost"),
        ("localhost.:8000", "localhost"),
        ("127.0.0.1:65535", "127.0.0.1"),
        ("[::1]", "::1"),
        ("[::1]:8000", "::1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("", None),
        (".", None),
        (":8000", None),
        ("localhost:", None),
        ("localhost:99999", None),
        ("localhost:80:80", None),
        ("[::1", None),
        ("::1", None),
        ("[]", None),
        ("[:::]", None),
        ("[127.0.0.1]", None),
        ("a b", None),
        ("a/b", None),
        ("a@b", None),
        ("löcal", None),
        ("a,b", None),
        ("a" * 254, None),
    ],
)
def test_a_host_is_a_name_or_an_address_with_a_port_or_without(value, host):
    assert host == parse_host(value)


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "localhost:1", "preview.localhost:8000", "LocalHost", "localhost.", "127.0.0.1:8000", "127.1.2.3",
        "[::1]:8000", "docs.example.org", "DOCS.example.org:443", "[2001:db8::1]:8000",
    ],
)  # fmt: skip
def test_own_hosts_are_answered(host):
    assert ask(host=host) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.com", "evil.com:8000", "localhost.evil.com", "127.0.0.1.nip.io", "notlocalhost", "evil-localhost",
        "sub.docs.example.org", "0.0.0.0:8000", "10.0.0.1", "127.1", "0x7f.0.0.1", "2130706433", "[::ffff:127.0.0.1]",
        "[::]", "169.254.169.254", "octavo",
    ],
)  # fmt: skip
def test_another_host_is_refused_with_the_option_that_allows_it(host):
    refusal = ask(host=host)

    assert 403 == refusal.status
    assert "octavo serve --allow-host " in refusal.text


def test_the_option_that_is_named_allows_the_host():
    name = ask(host="[2001:db8::2]:80").text.rpartition("--allow-host ")[2]

    assert OwnHosts.of([name]).include("2001:db8::2", "127.0.0.1")


def test_the_address_that_was_connected_to_is_own():
    assert ask(host="192.0.2.7:8000", arrived_at="192.0.2.7") is None
    assert ask(host="192.0.2.7:8000", arrived_at="::ffff:192.0.2.7") is None
    assert ask(host="[fe80::1]:8000", arrived_at="fe80::1%eth0") is None
    assert 403 == ask(host="192.0.2.8:8000", arrived_at="192.0.2.7").status


@pytest.mark.parametrize("name", ["", "a b", "http://a", "*", "a/b"])
def test_an_allowed_host_that_is_no_name_is_a_mistake(name):
    with pytest.raises(UsageError):
        OwnHosts.of([name])


@pytest.mark.parametrize("host", [None, "", "a b", "[::1"])
def test_a_request_says_which_host_it_is_for(host):
    assert 400 == ask(host=host).status


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "TRACE", "CONNECT", "OPTIONS", "PATCH", "FOO", "get", "Get"]
)
def test_only_reading_is_possible(method):
    assert 405 == ask(method).status


def test_a_body_is_not_taken():
    assert 400 == ask(has_body=True).status


@pytest.mark.parametrize(
    "origin", ["http://localhost:8000", "https://localhost:8000", "HTTP://LOCALHOST:8000"]
)
def test_own_pages_may_ask(origin):
    assert ask(origin=origin) is None


@pytest.mark.parametrize(
    "origin",
    [
        "null", "", "https://evil.com", "http://localhost", "http://localhost:9000", "http://127.0.0.1:8000", "file://",
        "http://localhost:8000/", "http://localhost:8000.evil.com", "localhost:8000", "ftp://localhost:8000",
        "http://localhost:8000, http://evil.com", "chrome-extension://abc", "http://10.0.0.1:8000",
    ],
)  # fmt: skip
def test_pages_of_another_origin_may_not(origin):
    assert 403 == ask(origin=origin).status


@pytest.mark.parametrize(
    ("site", "mode", "dest", "status"),
    [
        ("same-origin", "cors", "empty", 200),
        ("same-origin", "navigate", "iframe", 200),
        ("none", "navigate", "document", 200),
        ("cross-site", "navigate", "document", 200),
        ("same-site", "navigate", "document", 200),
        ("cross-site", "navigate", "iframe", 403),
        ("cross-site", "navigate", "frame", 403),
        ("cross-site", "navigate", "object", 403),
        ("cross-site", "nested-navigate", "document", 403),
        ("cross-site", "no-cors", "script", 403),
        ("cross-site", "no-cors", "image", 403),
        ("cross-site", "cors", "empty", 403),
        ("cross-site", "no-cors", "document", 403),
        ("same-site", "no-cors", "script", 403),
        ("same-site", "navigate", "iframe", 403),
        ("cross-site", None, None, 403),
        ("nonsense", "cors", "empty", 403),
        ("", "cors", "empty", 403),
    ],
)
def test_a_browser_says_for_whom_it_asks(site, mode, dest, status):
    fields = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}

    assert status == status_of(ask(**{name: value for name, value in fields.items() if value is not None}))


def test_a_visit_from_elsewhere_is_a_reading_one():
    fields = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}

    assert ask("GET", **fields) is None
    assert 403 == ask("HEAD", **fields).status
