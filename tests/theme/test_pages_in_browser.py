"""Every kind of page at every width, in light and dark colours: what a browser can measure of the theme."""

import re

import pytest

from themebrowser import PAGES, Reader, Served, find_tool

AXE = find_tool("axe-core", "axe.min.js")
needs_axe = pytest.mark.skipif(
    not AXE, reason="there is no axe-core here; `npm install --no-save axe-core` brings it"
)

# A control is what can be reached; links in running text are exempt (WCAG 2.2, 2.5.8), so are hidden ones.
TARGETS = """() => [...document.querySelectorAll("a[href], button, input, summary, label, [tabindex='0']")]
  .filter(each => {
    const box = each.getBoundingClientRect();
    if (!box.width || !box.height || !each.checkVisibility({visibilityProperty: true, opacityProperty: false})) return false;
    if (each.matches(".skip, .vh")) return false;
    if (each.matches("input") && each.closest("label, .done")) return false;
    if (each.matches("article a") && each.closest("p, li, dt, dd, td, figcaption, h1, h2, h3") &&
        !each.matches(".anchor, .footnote-ref a, .footnote-back, .entry a, .downloads a")) return false;
    return box.width < 24 || box.height < 24;
  }).map(each => each.outerHTML.slice(0, 90) + " " + Math.round(each.getBoundingClientRect().width) + "x" +
                 Math.round(each.getBoundingClientRect().height))"""

FOCUSED = """() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  const ring = each.matches(".tabs input, .views input") ? each.closest("label") : each;
  const style = getComputedStyle(ring), box = each.getBoundingClientRect();
  const bar = document.querySelector(".bar").getBoundingClientRect();
  const covered = getComputedStyle(document.querySelector(".bar")).position === "sticky" &&
    !each.closest(".bar, .skip") && box.bottom <= bar.bottom && box.height > 0;
  return {html: each.outerHTML.slice(0, 80), ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, covered};
}"""


HEIGHTS = """[...document.querySelectorAll("main :is(p, li, h1, h2, h3, td, dd, pre)")].map(
  each => [Math.round(each.getBoundingClientRect().height), each.textContent.slice(0, 40)])"""

# Promises of the page: that its text was seen, and that what has been done until now was drawn and observed.
PAINTED = """new Promise(done => new PerformanceObserver(list => {
  if (list.getEntriesByName("first-contentful-paint").length) done();
}).observe({type: "paint", buffered: true}))"""
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
AT_REST = "Promise.allSettled(document.getAnimations().map(({finished}) => finished)).then(() => null)"


KIT = "handbook/kit/"


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("path", "width"), [*((path, width) for path in PAGES for width in (360, 1280)), (KIT, 768), (KIT, 1920)]
)
def test_axe_finds_nothing(path, width, scheme, reader):
    page = reader.open(path, width=width, scheme=scheme, bypass_csp=True)
    page.add_script_tag(path=AXE)
    found = page.evaluate(
        "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )

    assert [
        (item["id"], [node["html"][:120] for node in item["nodes"]]) for item in found["violations"]
    ] == []


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("width", "button"),
    [
        (1920, "Display"),
        (1280, "Display"),
        *((w, b) for w in (360, 768) for b in ("Display", "Contents", "Toc")),
    ],
)
def test_axe_finds_nothing_in_what_opens(width, button, scheme, reader):
    page = reader.open("flask/foundations/", width=width, scheme=scheme, bypass_csp=True)
    page.click(f"[popovertarget={button}]")
    page.evaluate(AT_REST)
    page.add_script_tag(path=AXE)
    found = page.evaluate(
        "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )

    assert page.is_visible(f"#{button}")
    assert [
        (item["id"], [node["html"][:120] for node in item["nodes"]]) for item in found["violations"]
    ] == []


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1920])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_its_window(path, width, reader):
    page = reader.open(path, width=width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_with_the_spacing_that_readers_may_set(path, reader):
    page = reader.open(path, width=360, bypass_csp=True)
    # WCAG 2.2, success criterion 1.4.12.
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
        "p { margin-block-end: 2em !important }"
    )

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_with_text_of_twice_the_size(path, width, reader):
    page = reader.open(path, width=width, bypass_csp=True)
    # WCAG 2.2, success criterion 1.4.4, by the setting of a browser for the size of text.
    page.add_style_tag(content="html { font-size: 200% }")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_a_page_zoomed_four_times_scrolls_in_one_direction_and_nothing_stays_over_it(path, reader):
    page = reader.open(path, width=320)
    page.set_viewport_size({"width": 320, "height": 256})

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).position") == "static"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_every_control_is_large_enough(path, width, reader):
    assert reader.open(path, width=width).evaluate(TARGETS) == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_every_stop_of_the_keyboard_shows_a_ring_and_nothing_covers_it(path, width, reader):
    page = reader.open(path, width=width)
    stops = []
    for _ in range(200):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        stops.append(stop)

    assert len(stops) > 5
    assert [stop for stop in stops if not stop["ring"] or stop["covered"]] == []
    assert 'class="skip"' in stops[0]["html"]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_breaks_the_policy_and_nothing_comes_from_outside(path, reader):
    page = reader.open(path)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.reload(wait_until="networkidle")

    assert page.evaluate("violations") == []
    assert [url for url in asked if not url.startswith(reader.url)] == []
    assert [text for text in said if "favicon" not in text and "404" not in text] == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_breaks_the_policy_from_disk(path, reader):
    page = reader.open(
        (reader.folder / path / "index.html" if path != "404.html" else reader.folder / path).as_uri()
    )

    assert page.evaluate("violations") == []


def test_a_page_from_disk_has_its_faces_and_its_scripts(reader):
    page = reader.open((reader.folder / "flask/foundations/index.html").as_uri())

    assert page.evaluate("document.fonts.check('400 16px Literata')") is True
    assert page.locator(".copy").count() > 3


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES[:-1])
def test_the_page_does_not_move_while_its_fonts_arrive(path, width, reader):
    page = reader.open("404.html", width=width)
    held, asked = [], []

    def hold(route):
        asked.append(route.request.url)
        if held is not None:
            held.append(route)
        else:
            route.continue_()

    # The fonts come once the text is seen in others, and the cache is cold for them.
    page.context.route(re.compile(r"\.woff2"), hold)
    page.goto(reader.url + path, wait_until="domcontentloaded")
    page.evaluate(PAINTED)
    late, held = held, None
    for route in late:
        route.continue_()
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    page.evaluate(DRAWN)

    assert asked
    assert page.evaluate("shift") <= 0.005


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES[:-1])
def test_no_line_breaks_anew_when_the_other_faces_join_the_text_face(path, width, reader):
    page = reader.open("404.html", width=width)
    page.context.route(
        re.compile(r"(literata-600|-italic|mono-400)\.\w+\.woff2"), lambda route: route.abort()
    )
    page.goto(reader.url + path)
    page.evaluate("document.fonts.ready")
    before = page.evaluate(HEIGHTS)

    page.context.unroute_all()
    page.reload()
    page.evaluate("document.fonts.ready")

    assert page.evaluate("[...document.fonts].filter(face => face.status === 'loaded').length") >= 2
    assert [
        (old, new)
        for old, new in zip(before, page.evaluate(HEIGHTS), strict=True)
        if abs(old[0] - new[0]) > 1
    ] == []


def test_a_chapter_asks_for_few_files(reader):
    page = reader.open("404.html")
    asked = []
    page.on("request", lambda request: asked.append((request.resource_type, request.url)))
    page.goto(reader.url + "flask/foundations/", wait_until="networkidle")

    # The browser asks for the icon when it likes, and does not call it an image.
    icon = page.locator("link[rel=icon]").evaluate("link => link.href")
    files = [url for kind, url in asked if kind != "image" and url != icon]
    assert len(files) <= 9
    assert sum(url.endswith(".woff2") for url in files) <= 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_and_the_current_page_are_seen_in_forced_colours(scheme, reader):
    page = reader.open("handbook/kit/", scheme=scheme, forced_colors="active")
    colours = page.evaluate(
        """() => ["mark.line", "ins.line", "del.line", ".admonition"].map(name => {
          const box = document.querySelector("article " + name), style = getComputedStyle(box);
          const ground = getComputedStyle(document.body).backgroundColor;
          const colours = [box, ...box.querySelectorAll("*")].map(each => getComputedStyle(each).color);
          return [name, !colours.includes(ground), parseFloat(style.borderInlineStartWidth) >= 3];
        })"""
    )
    assert [row for row in colours if row[1:] != [True, True]] == []


def test_a_page_reads_in_both_directions(browser, site):
    site.config("language: ar\n").page("index.md", "# Home").page(
        "a.md", "# A\n\n```python\nx = 1\n```\n\n> [!NOTE]\n> b"
    )
    site.build().clean()
    with Served(str(site.out)) as served:
        reader = Reader(browser, served.url, site.out)
        page = reader.open("a/")
        sides = page.evaluate(
            """() => [document.dir, getComputedStyle(document.querySelector("pre")).direction,
              document.querySelector(".side").getBoundingClientRect().left > innerWidth / 2,
              document.querySelector(".admonition-title").textContent]"""
        )
        reader.close()

    assert sides == ["rtl", "ltr", True, "ملاحظة"]


MOVES = """() => [...document.querySelectorAll("*")].filter(each => ["", "::before", "::after"].some(part => {
  const style = getComputedStyle(each, part);
  const lasts = value => value.split(",").some(time => parseFloat(time) > 0);
  return lasts(style.transitionDuration) || (style.animationName !== "none" && lasts(style.animationDuration)) ||
    style.scrollBehavior === "smooth";
})).map(each => each.outerHTML.slice(0, 80))"""


def test_nothing_moves_for_a_reader_who_wants_less_motion(reader):
    assert reader.open(KIT, reduced_motion="no-preference").evaluate(MOVES) != []
    assert reader.open(KIT, reduced_motion="reduce").evaluate(MOVES) == []


@pytest.mark.parametrize(("width", "most"), [(1280, 5), (360, 5)])
def test_few_stops_of_the_keyboard_stand_before_the_text(width, most, reader):
    page = reader.open("flask/foundations/", width=width)
    before = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")]
          .filter(each => each.checkVisibility() && !each.closest("#Contents, .sections, article") &&
            document.querySelector("article").compareDocumentPosition(each) & Node.DOCUMENT_POSITION_PRECEDING)
          .map(each => each.outerHTML.slice(0, 80))"""
    )
    # Skip, the way from the home page, and what stands in the bar; the navigation of the section comes on top.
    assert 2 <= len(before) <= most + 2


def test_a_table_and_a_formula_that_are_too_wide_scroll_in_boxes_of_their_own(browser, site):
    wide = " + ".join(f"\\frac{{a_{{{number}}}}}{{b}}" for number in range(40))
    nested = f"1. b\n   - c ${wide}$\n\n     $$\n     {wide}\n     $$\n\n   - d\n2. ${wide}$\n"
    site.page("a.md", f"# A\n\n$$\n{wide}\n$$\n\nIn a line: ${wide}$\n\n{nested}").build().clean()
    with Served(str(site.out)) as served:
        reader = Reader(browser, served.url, site.out)
        page = reader.open("a/", width=360)
        page.wait_for_selector(".math[role=region]")
        width = page.evaluate("document.documentElement.scrollWidth")
        label = page.get_attribute(".math", "aria-label")
        reader.close()

    assert (width, label) == (360, "Formula 1")


# How far code reaches, and whether a button stands over a line of it: the lines of a block are those of its text.
CODE = """() => [...document.querySelectorAll("article > .code")].filter(box => box.querySelector(":scope > .copy")).map(box => {
  const pre = box.querySelector("pre"), button = box.querySelector(".copy").getBoundingClientRect();
  const range = document.createRange();
  range.selectNodeContents(pre.querySelector("code"));
  const over = [...range.getClientRects()].some(line => line.width && line.height < 40 && line.top < button.bottom - 1 &&
    line.bottom > button.top + 1 && line.right > button.left);
  return [pre.getBoundingClientRect().width === box.getBoundingClientRect().width, over, button.height >= 24];
})"""


@pytest.mark.parametrize("width", [360, 1280])
def test_code_has_the_whole_width_and_no_line_of_it_runs_under_the_button(width, reader):
    blocks = reader.open("flask/first-application/", width=width).evaluate(CODE)

    assert len(blocks) > 10
    assert [block for block in blocks if block != [True, False, True]] == []


def test_tasks_below_a_task_stand_further_in(browser, site):
    site.page("a.md", "# A\n\n- [x] b\n  - [ ] c\n  - d\n\nText\n").build().clean()
    with Served(str(site.out)) as served:
        reader = Reader(browser, served.url, site.out)
        boxes, text = reader.open("a/").evaluate(
            """() => [[...document.querySelectorAll("article input")].map(each => each.getBoundingClientRect().left),
              document.querySelector("article > p:last-of-type").getBoundingClientRect().left]"""
        )
        reader.close()

    assert boxes[0] == pytest.approx(text, abs=1)
    assert boxes[1] > boxes[0] + 20
