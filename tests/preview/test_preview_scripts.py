"""The scripts of the browser's end, as text: what they may not do, and that no build writes them."""

import re

import pytest

from octavo.preview.inject import inject, script_tag
from octavo.preview.scripts import browser_scripts

OURS = ["listener.js", "morph.js", "panel.js", "preview.js"]
FORBIDDEN = {
    "a text read as HTML": r"\.(?:inner|outer)HTML\s*=(?!=)|insertAdjacentHTML|document\.write|setHTMLUnsafe",
    "a text run as a script": r"\beval\b|new Function|set(?:Timeout|Interval)\(\s*[\"'`]",
    "a style or handler that a policy refuses": r"setAttribute\(\s*[\"'](?:style|on)|\.cssText",
    "another host": r"https?://|//[a-z0-9-]+\.[a-z]",
    "a wait on the hot path": r"setInterval|requestAnimationFrame",
}
every_script = pytest.mark.parametrize("name", OURS)


def test_scripts_are_all_that_the_pages_load_and_nothing_more():
    assert sorted([*OURS, "idiomorph.js"]) == sorted(browser_scripts())
    tag = script_tag(token="t", page="/a/", etag="d", generation=1, run="r", problems=0)
    named = set(
        re.findall(rb"[\"/]([a-z]+\.js)[\"`]", tag + b"".join(browser_scripts()[name] for name in OURS))
    )
    assert {name.encode() for name in browser_scripts()} == named


def test_scripts_are_read_once_and_cannot_be_changed():
    assert browser_scripts() is browser_scripts()
    with pytest.raises(TypeError):
        browser_scripts()["preview.js"] = b""


@every_script
@pytest.mark.parametrize("what", FORBIDDEN)
def test_script_does_nothing_of_this(name, what):
    assert re.findall(FORBIDDEN[what], browser_scripts()[name].decode()) == []


@every_script
def test_script_is_small_and_says_what_it_is(name):
    text = browser_scripts()[name].decode()

    assert text.startswith("// ")
    assert '\n"use strict";\n' in text
    assert len(text) < 16 * 1024
    assert max(map(len, text.split("\n"))) <= 110


def test_a_page_waits_for_one_small_script_alone():
    tag = script_tag(token="t" * 32, page="/a/", etag="d" * 32, generation=1, run="r" * 16, problems=0)

    assert 1 == inject(b"<head></head>", tag).count(b"<script")
    assert b" defer " in tag


def test_no_build_writes_any_of_it(site):
    site.pages(index="# Home", a="# A").build()

    files = [path for path in (site.root / "_site").rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [] == [path for path in files if b"octavo/" in path.read_bytes() and path.suffix != ""]
    assert [] == [path.name for path in files if path.name in browser_scripts()]
