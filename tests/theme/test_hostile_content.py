"""No text of an author who is not trusted runs a script, wherever it stands (`markdown: {html: false}`).

Every text stands in every place of a page and of site.yaml. All pages are opened in a browser without the policy of
the theme, and some with it, which must have nothing to stop; and the HTML is read by a parser of its own.
"""

import itertools
import json
import re
from urllib.parse import quote

import html5lib
import pytest

from hostile_texts import ADDRESSES, TEXTS
from octavo.config import load_config
from searchdialog import search, settle
from sitebuilder import Site
from themebrowser import Served
from waiting import PATIENCE

HOOK = """
window.ran = [];
for (const name of ["xss", "alert", "confirm", "prompt"]) window[name] = () => { ran.push(name); };
document.addEventListener("securitypolicyviolation", ({effectiveDirective, blockedURI}) => {
  if (effectiveDirective !== "img-src") ran.push(effectiveDirective + " " + blockedURI);  // images of other hosts
});
"""

# What a reader does: point at things, put the focus on them, open them. Then what is left that could run.
LOOK = """() => {
  const all = [...document.querySelectorAll("*")];
  for (const each of all) {
    for (const name of ["mouseover", "mouseenter", "focus", "focusin", "toggle"]) each.dispatchEvent(new Event(name, {bubbles: true}));
    if (each.matches("article details")) each.open = true;
  }
  const found = all.flatMap(each => [...each.attributes].map(({name, value}) => [each.localName, name, value]));
  // What is no address leads nowhere.
  const scheme = value => { try { return new URL(value, document.baseURI).protocol; } catch { return ""; } };
  const runs = ([, name, value]) => /^on/i.test(name) ||
    /^(href|src|action|formaction|data|poster|xlink:href)$/.test(name) &&
      /^(javascript|vbscript|data|file):$/.test(scheme(value));
  return [...ran, ...found.filter(runs)];
}"""

PAGE = """---
title: {quoted}
description: {quoted}
tags: [{tag}]
objectives: [{quoted}]
prerequisites: [{quoted}]
extra: {{note: {quoted}}}
---

# {text}

{text}

## {text} {{#h}}

[{text}](home.md "{text}") ![{text}](x.png '{text}') `{text}` <{text}> [{text}][ref]

![{text}](x.png "{title}")

[word]{{title="{title}" data-x="{title}" .c onclick="xss()" style="x"}} ${text}$ $\\text{{{text}}}$

$$
\\text{{{text}}}
$$

| {text} | b |
| --- | --- |
| {text} | b |

> [!NOTE] {text}
> {text}

::: details {text}
{text}
:::

:::: tabs {text}
::: tab {text}
x
:::
::::

Term {text}
: {text}

- [ ] {text}[^note]

~~~ {text}
{text}
~~~

~~~python title="{title}" caption="{title}" #{text}
{text}
~~~

~~~html
{text}
~~~

    {text}

<!-- {text} -->

[^note]: {text}

[ref]: home.md "{title}"
"""
LINKS = """# {number}

[x]({address}) [x](<{address}>) ![x]({address}) ![x](<{address}> "t") <{address}> {address} [x][ref] ![x][ref] [](<{address}>)

[![x](<{address}> "t")](<{address}>)

[w]{{href="{address}" src="{address}" title="{address}"}} $\\href{{{address}}}{{x}}$

~~~ {address}
{address}
~~~

[ref]: <{address}> 't'
"""


def quoted(text):
    """Give a text as one line of YAML."""
    return json.dumps(" ".join(text.split()))


def hostile_site(root, *, policy):
    """Make a site in which every text and address stands wherever one can stand."""
    site = Site(root)
    for number, text in enumerate(TEXTS):
        title = text.replace('"', '\\"').replace("\n", " ")
        site.page(
            f"t{number:03}.md",
            PAGE.format(text=text, quoted=quoted(text), title=title, tag=quoted(f"{number} {text}")),
        )
    for number, address in enumerate(ADDRESSES):
        site.page(f"u{number:03}.md", LINKS.format(number=number, address=address))
    site.page("home.md", "# Home\n")
    everything = quoted(" ".join(TEXTS))
    entries = "".join(f"      - {quoted(text)}: t{number:03}.md\n" for number, text in enumerate(TEXTS))
    groups = "".join(
        f"  - {quoted(text)}:\n      - u{number:03}.md\n" for number, text in enumerate(TEXTS[:40])
    )
    footer = "".join(f"  - {quoted(text)}: home.md\n" for text in TEXTS)
    return site.write(
        "site.yaml",
        f"title: {everything}\ndescription: {everything}\nauthor: {everything}\ncopyright: {everything}\n"
        f"url: https://example.org/\nmarkdown: {{html: false}}\nextra: {{note: {everything}}}\n"
        f"validation: {{links: off, anchors: off, assets: off, orphans: off}}\n"
        f"theme: {{options: {{policy: {str(policy).lower()}}}}}\n"
        f"footer:\n{footer}nav:\n  - All:\n{entries}{groups}",
    )


def built(root, *, policy):
    """Build the site, which no text must stop."""
    site = hostile_site(root, policy=policy).build()
    assert [item for item in site.report.diagnostics if item.severity == "error"] == []
    assert site.report.published
    return site


@pytest.fixture(name="hostile", scope="session")
def fixture_hostile(tmp_path_factory):
    """The site without the policy: what could run does."""
    return built(tmp_path_factory.mktemp("hostile") / "site", policy=False)


def pages(site):
    return sorted(path for path in site.out.rglob("*.html"))


@pytest.fixture(name="tab")
def fixture_tab(browser):
    """A tab that counts what runs, and asks nobody but this machine."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE * 1000)
    context.add_init_script(HOOK)
    # Neither other hosts nor faces and styles, which take the most time.
    context.route(re.compile("^https?://(?!127.0.0.1)|\\.(woff2|css)$"), lambda route: route.abort())
    tab = context.new_page()
    tab.said = []
    tab.on("dialog", lambda dialog: (tab.said.append(dialog.message), dialog.dismiss()))
    tab.on("pageerror", lambda error: tab.said.append(str(error)))
    yield tab
    context.close()


def test_there_are_many_texts():
    assert len(set(TEXTS)) >= 100
    assert len(set(ADDRESSES)) >= 50


def test_the_browser_would_say_if_one_ran(tab, site):
    """What stands in raw HTML is the author's own and runs; so the hook is seen to work."""
    site.config("theme: {options: {policy: false}}\n")
    site.page("a.md", '# A\n\n<img src="x" onerror="xss()">\n\n<a href="javascript:xss()">x</a>\n').build()
    with Served(str(site.out)) as served:
        tab.goto(served.url + "a/", wait_until="load")
        found = tab.evaluate(LOOK)

    assert found[0] == "xss"
    assert [name for _, name, _ in found[1:]] == ["onerror", "href"]


def what_ran(tab, site, step):
    """Open every page, or every so many of them, and give what ran by page."""
    found = {}
    with Served(str(site.out)) as served:
        for path in pages(site)[::step]:
            name = path.relative_to(site.out).as_posix()
            tab.goto(served.url + name, wait_until="load")
            if ran := tab.evaluate(LOOK):
                found[name] = ran
    return found, tab.said


def test_no_text_runs_on_any_page(hostile, tab):
    assert what_ran(tab, hostile, 1) == ({}, [])


def test_the_policy_has_nothing_to_stop(tab, tmp_path):
    assert what_ran(tab, built(tmp_path / "site", policy=True), 4) == ({}, [])


def test_no_words_that_are_searched_or_marked_run(hostile, tab):
    with Served(str(hostile.out)) as served:
        tab.goto(served.url + "home/", wait_until="load")
        for text in TEXTS[::4]:
            search(tab, " ".join(text.split()))
            settle(tab)
        assert tab.locator("#Find [role=option]").count() > 0
        assert tab.evaluate(LOOK) == []
        for text in TEXTS[::20]:
            tab.goto(f"{served.url}t000/?highlight={quote(text)}", wait_until="load")
            assert tab.evaluate(LOOK) == []
    assert tab.said == []


# ---------------------------------------------------------------- the HTML itself

ADDRESS_NAMES = {
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "poster",
    "{http://www.w3.org/1999/xlink}href",
}
FORBIDDEN = {"iframe", "object", "embed", "base", "style", "form", "applet", "frame", "marquee", "isindex"}


def dangers(html):
    """Name what could run in a page, as a parser reads it."""
    found = []
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        tag = element.tag if isinstance(element.tag, str) else "comment"
        tag = tag.rpartition("}")[2]
        if tag in FORBIDDEN or (tag == "script" and "assets/js/" not in element.get("src", "")):
            found.append(tag)
        if tag == "meta" and element.get("http-equiv", "").lower() == "refresh":
            found.append("refresh")
        for name, value in element.attrib.items():
            scheme = re.sub(r"[\x00-\x20]", "", value).lower()
            if name.lower().startswith("on") or name in {"style", "srcdoc"}:
                found.append(f"{tag} {name}")
            if name in ADDRESS_NAMES and re.match(r"(?:java|vb)script:|data:|file:", scheme):
                found.append(f"{tag} {name}={value}")
    return found


def test_the_parser_would_say_if_one_were_there():
    assert dangers('<p onclick="x"><a href="java\tscript:x">x</a><iframe></iframe><script>x</script>') == [
        "p onclick",
        "a href=java\tscript:x",
        "iframe",
        "script",
    ]


def test_no_page_holds_what_could_run(hostile):
    read = {path.relative_to(hostile.out).as_posix(): path.read_text("utf-8") for path in pages(hostile)}
    found = {name: danger for name, html in read.items() if (danger := dangers(html))}

    assert len(pages(hostile)) > len(TEXTS) + len(ADDRESSES)
    assert found == {}


@pytest.mark.parametrize(
    "key", ["url: {}", "repository: {{url: {}}}", "footer: [{{Home: {}}}]", "nav: [{{Home: {}}}]"]
)
def test_site_yaml_takes_no_address_that_runs(key):
    taken = []
    for address in ADDRESSES:
        config, _ = load_config(f"title: A\n{key.format(json.dumps(address))}\n")
        if config is not None:
            given = (config.url, config.repository.url, *itertools.chain(*config.footer))
            taken += [text for text in (*given, *(entry.target for entry in config.nav)) if text]

    runs = re.compile(r"[\x00-\x20]*(?:java|vb)script:|data:|file:", re.IGNORECASE)
    assert [text for text in taken if runs.match(text)] == []
