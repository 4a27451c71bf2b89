"""What becomes of the address in a request line: a decoded path, or a refusal, never something in between."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octavo.edges.server.refusals import Refusal
from octavo.edges.server.targets import Target, decode_path, read_target


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/", "/", ""),
        (b"/flask/routing/", "/flask/routing/", ""),
        (b"/a/?b=c/../d", "/a/", "b=c/../d"),
        (b"/a?", "/a", ""),
        (b"/a??b", "/a", "?b"),
        (b"/a%20b", "/a b", ""),
        (b"/d%C3%ADas/", "/días/", ""),
        (b"/100%25/", "/100%/", ""),
        (b"/%252e%252e/x", "/%2e%2e/x", ""),
        (b"/..;/x", "/..;/x", ""),
        (b"/.../x", "/.../x", ""),
        (b"/a//b", "/a//b", ""),
        (b"/nope<script>", "/nope<script>", ""),
        (b"/?token=%00", "/", "token=%00"),
    ],
)
def test_a_clear_target_is_decoded_once(target, path, query):
    assert Target(path, query) == read_target(target)


@pytest.mark.parametrize(
    "target",
    [
        b"*", b"x", b"", b"?a", b"example.org:80", b"http://127.0.0.1/", b"HTTP://evil/x",
        b"//evil.com/", b"//", b"/%2fetc/passwd", b"/%2Fetc", b"/a%5Cb", b"/\\evil.com", b"/a\\",
        b"/..", b"/../x", b"/a/../x", b"/a/..", b"/.", b"/./a", b"/a/.", b"/%2e%2e/x", b"/.%2e/x", b"/%2E",
        b"/%00", b"/a%00.html", b"/%0d%0aX:%20y", b"/%7f", b"/%C2%85", b"/a%09b",
        b"/%", b"/%z", b"/%zz", b"/%2", b"/a%", b"/%u0041",
        b"/%ff", b"/%c0%ae%c0%ae/", b"/%c0%af", b"/%e0%80%ae", b"/%ed%a0%80", b"/%f5%80%80%80",
        b"/d\xc3\xadas/", b"/a\xff", b"/a#b", b"/#", b"/a?b#c",
    ],
)  # fmt: skip
def test_a_target_that_could_be_read_in_two_ways_is_refused(target):
    refusal = read_target(target)

    assert isinstance(refusal, Refusal)
    assert 400 == refusal.status


@given(st.binary(max_size=60))
def test_no_target_is_decoded_to_something_that_climbs_or_breaks_a_line(rest):
    target = read_target(b"/" + rest)

    if isinstance(target, Target):
        assert target.path.startswith("/")
        assert not target.path.startswith("//")
        assert not {".", ".."} & set(target.path.split("/"))
        assert not re.search(r"[\\\x00-\x1f\x7f-\x9f]", target.path)
        assert target.query.isascii()
        assert not re.search(r"\s", target.query)


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\\"))
)
def test_every_sound_path_comes_back_from_its_encoded_form(text):
    path = "/" + "/".join(part for part in text.split("/") if part not in {"", ".", ".."})
    encoded = "".join(
        "/" if sign == "/" else "".join(f"%{byte:02x}" for byte in sign.encode()) for sign in path
    )

    assert path == decode_path(encoded.encode())
