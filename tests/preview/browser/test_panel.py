"""The problems of a page, on the page: all of them, as text, until they are mended, and never in the way for long."""

import pytest

from live_site import change, document, problem, wait_for

WARNING = problem("warning", code="heading-skipped", message="a level is skipped", hint="", column=0)
LEVELS = """(() => {
    const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
    const rgb = colour => {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
    };
    const behind = element => {
        for (let at = element; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            if (colour !== "rgba(0, 0, 0, 0)") return colour;
        }
    };
    const found = [];
    for (const element of document.querySelector("octavo-panel").shadowRoot.querySelectorAll("*")) {
        const text = [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.data.trim()).join("");
        if (!text || !element.checkVisibility() || element.className === "said") continue;
        const [front, back] = [getComputedStyle(element).color, behind(element)].map(colour => light(rgb(colour)));
        found.push([(Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05), text]);
    }
    return found;
})()"""


@pytest.fixture(name="panel")
def fixture_panel(tab):
    return tab.get_by_role("region", name="Problems of this page")


def settle(panel):
    """Wait until the panel is shown, and moves no more."""
    panel.wait_for()
    panel.evaluate("element => Promise.all(element.getAnimations().map(({finished}) => finished))")


@pytest.fixture(name="find")
def fixture_find(live):
    """Set the problems of the page and tell of them."""

    def find(*problems):
        live.find("a/", *problems)
        live.publish(problems=["a/"])

    return find


def test_error_shows_where_it_is_what_it_is_and_what_to_do(live, show, panel):
    live.find("a/", problem())

    show()

    assert [
        "1 error", "Fold Esc", "no page at rooting.md", "error", "content/guide.md:3:9", "broken-link",
        "3See the [guide](rooting.md).", "Hint: did you mean routing.md?",
    ] == panel.inner_text().replace("\n\n", "\n").split("\n")  # fmt: skip
    assert ["rooting.md", "routing.md"] == panel.locator("code").all_inner_texts()


def test_caret_stands_below_the_column(live, tab, show, panel):
    live.find(
        "a/",
        problem(excerpt="\tä 😀 [x](y)", column=6),
        problem(excerpt="ends", column=5),
        problem(excerpt="no column", column=0),
    )

    show()
    settle(panel)

    assert ["[", " "] == panel.locator(".at").all_text_contents()
    line, at = panel.locator("pre").first.bounding_box(), panel.locator(".at").first.bounding_box()
    caret = panel.locator(".at").first.evaluate("""element => {
        const style = getComputedStyle(element, "::after");
        return [style.content, parseFloat(style.top), parseFloat(style.left)];
    }""")
    assert '"^"' == caret[0]
    assert 10 < caret[1] < line["y"] + line["height"] - at["y"], "the caret is cut off"
    assert 0 == caret[2]


def test_long_line_is_cut_around_the_column_and_scrolled_to_it(live, tab, show, panel):
    tab.set_viewport_size({"width": 360, "height": 640})
    live.find("a/", problem(excerpt="x" * 5000 + "[here]" + "y" * 5000, column=5001))

    show()
    settle(panel)

    text = panel.locator("pre").text_content()
    assert "[here]" in text
    assert len(text) < 140
    line, at = panel.locator("pre").bounding_box(), panel.locator(".at").bounding_box()
    assert line["x"] < at["x"] < line["x"] + line["width"]
    assert "0" == panel.locator("pre").get_attribute("tabindex"), "the keyboard cannot scroll it"


@pytest.mark.parametrize("key", ["message", "excerpt", "hint", "file", "code", "severity"])
def test_nothing_is_read_as_html(live, tab, show, panel, key):
    hostile = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>&lt;b> ` \u202e javascript:'
    live.find("a/", problem(**{key: hostile}))

    show()

    if key == "severity":
        tab.get_by_role("button", name="1 warning").click()
    panel.wait_for()
    assert hostile in panel.evaluate("element => element.textContent")
    allowed = {"SECTION", "DIV", "H2", "BUTTON", "KBD", "OL", "LI", "P", "B", "SPAN", "CODE", "PRE"}
    assert set(panel.evaluate("element => [...element.querySelectorAll('*')].map(e => e.tagName)")) <= allowed
    assert tab.evaluate("window.hit") is None


def test_panel_comes_and_goes_without_a_reload(live, tab, show, panel, find):
    show("<p>The last good page</p>")

    find(problem())
    panel.wait_for()
    assert tab.locator("body p", has_text="The last good page").is_visible()

    find()
    panel.wait_for(state="hidden")
    assert 0 == tab.get_by_role("button").count()
    assert "here" == tab.evaluate("window.mark")


def test_problems_of_other_pages_are_not_asked_for(live, tab, show):
    show()
    live.publish(problems=["b/"])
    wait_for(live, tab)

    assert [] == live.asked_problems


def test_panel_folds_by_button_and_by_key_and_unfolds(live, tab, show, panel):
    live.find("a/", problem(), problem(message="another"), WARNING)
    show()

    panel.get_by_role("button", name="Fold").click()
    panel.wait_for(state="hidden")
    badge = tab.get_by_role("button", name="2 errors, 1 warning")
    assert "false" == badge.get_attribute("aria-expanded")
    badge.click()
    panel.wait_for()
    tab.keyboard.press("Escape")
    panel.wait_for(state="hidden")
    assert badge.evaluate("element => element.getRootNode().activeElement === element"), "the focus is lost"
    tab.keyboard.press("Enter")
    panel.wait_for()


def test_escape_that_the_page_uses_does_not_fold(live, tab, show, panel):
    live.find("a/", problem())
    show("<script>addEventListener('keydown', event => event.preventDefault(), true)</script>")
    panel.wait_for()

    tab.keyboard.press("Escape")

    assert panel.is_visible()


def test_panel_takes_no_focus_when_it_appears(live, tab, show, panel, find):
    show("<input id=i>")
    tab.locator("#i").focus()

    find(problem())
    panel.wait_for()
    tab.keyboard.type("on")

    assert "on" == tab.locator("#i").input_value()


def test_folded_panel_stays_folded_until_the_list_changes(live, tab, visit, show, panel, find):
    live.find("a/", problem())
    show("<p>old</p>")
    panel.get_by_role("button", name="Fold").click()

    change(live, tab, "a/", document("<p>new</p>"))
    find(problem())
    wait_for(live, tab)
    visit(tab, "a/")
    tab.get_by_role("button", name="1 error").wait_for()
    assert panel.is_hidden()

    find(problem(message="another"))
    panel.wait_for()


def test_same_list_once_more_leaves_the_panel_as_it_is(live, tab, show, panel, find):
    many = [problem(line=line) for line in range(1, 30)]
    live.find("a/", *many)
    show()
    panel.get_by_role("list").evaluate(
        "element => { element.scrollTop = 300; element.firstChild.isOld = true; }"
    )

    tab.evaluate("""() => {
        const panel = document.querySelector("octavo-panel");
        const show = panel.showProblems;
        panel.showProblems = text => { show.call(panel, text); window.isShown = true; };
    }""")

    find(*many)
    tab.wait_for_function("window.isShown")

    assert panel.get_by_role("list").evaluate(
        "element => element.firstChild.isOld && element.scrollTop === 300"
    )


def test_warnings_are_a_badge_that_unfolds(live, tab, show, panel, find):
    live.find("a/", WARNING)
    show()
    tab.get_by_role("button", name="1 warning").click()
    panel.wait_for()

    find(WARNING, WARNING | {"line": 8})
    panel.get_by_role("heading", name="2 warnings").wait_for()
    find(WARNING, problem())
    panel.get_by_role("heading", name="1 error, 1 warning").wait_for()
    find(WARNING)

    tab.get_by_role("button", name="1 warning").wait_for()
    assert panel.is_hidden()


def test_crowd_of_problems_is_cut(live, show, panel):
    live.find("a/", *(problem(line=line) for line in range(1, 502)))

    show()

    panel.get_by_role("heading", name="501 errors").wait_for()
    assert 101 == panel.get_by_role("listitem").count()
    assert "401 more" in panel.get_by_role("listitem").last.inner_text()


def test_what_changes_is_said_to_those_who_listen(live, tab, show, find):
    show()
    status = tab.get_by_role("status")

    find(problem(), WARNING)

    status.get_by_text("1 error, 1 warning").wait_for()


def test_morphing_leaves_the_panel_where_it_is(live, tab, show, panel):
    live.find("a/", *(problem(line=line) for line in range(1, 30)))
    show("<p>old</p>")
    panel.wait_for()
    tab.evaluate("window.panel = document.querySelector('octavo-panel')")
    panel.get_by_role("list").evaluate("element => { element.scrollTop = 300; }")

    change(live, tab, "a/", document("<p>new</p>" * 5))

    assert tab.evaluate("panel.isConnected")
    assert 300 == panel.get_by_role("list").evaluate("element => element.scrollTop")


def test_style_of_the_page_does_not_reach_the_panel(live, tab, show, panel):
    head = (
        "<style>:not(html) { all: unset; display: none; color: red } "
        "octavo-panel { display: none; position: static; opacity: 0; font-size: 90px }</style>"
    )
    live.find("a/", problem())
    show(head=head)

    panel.wait_for()
    host = "getComputedStyle(document.querySelector('octavo-panel'))"
    assert ["fixed", "1"] == tab.evaluate(f"[{host}.position, {host}.opacity]")
    assert panel.get_by_role("heading").bounding_box()["height"] < 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_panel_fits_and_can_be_read(live, tab, show, panel, width, scheme):
    tab.set_viewport_size({"width": width, "height": 700})
    tab.emulate_media(color_scheme=scheme)
    long = problem(
        file="content/" + "long-name/" * 12 + "page.md", message="`" + "word" * 40 + "` is too long"
    )
    compared = problem(changes=[["-", "a"], ["+", "word" * 60], [" ", "c"]], log=["a line " * 30])
    live.find("a/", problem(), long, compared, WARNING, *(problem(line=line) for line in range(9, 20)))

    show("<p>x</p>" * 100, head="<style>:root { color-scheme: light dark }</style>")
    live.tell_check("a/", state="running", done=3, total=14, label="$ flask routes")
    tab.get_by_text("Checking 3 of 14: $ flask routes").wait_for()
    settle(panel)

    box = panel.bounding_box()
    assert box["height"] <= 0.6 * 700 + 0.5
    assert 0 <= box["x"]
    assert box["x"] + box["width"] <= width
    assert panel.evaluate("element => element.querySelector('ol').scrollWidth <= element.clientWidth")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in ("Fold",):
        target = panel.get_by_role("button", name=name).bounding_box()
        assert min(target["width"], target["height"]) >= 24
    levels = tab.evaluate(LEVELS)
    assert len(levels) > 20
    assert [] == [item for item in levels if item[0] < 4.5]
    panel.get_by_role("button", name="Fold").click()
    assert [] == [item for item in tab.evaluate(LEVELS) if item[0] < 4.5]


def test_panel_is_not_printed_and_moves_for_nobody_who_minds(live, tab, show, panel):
    live.find("a/", problem())
    show()
    panel.wait_for()
    assert "rise" == panel.evaluate("element => getComputedStyle(element).animationName")

    tab.emulate_media(reduced_motion="reduce")
    assert "none" == panel.evaluate("element => getComputedStyle(element).animationName")
    tab.emulate_media(media="print")
    assert panel.is_hidden()


def test_keyboard_reaches_everything_and_the_focus_is_seen(live, tab, show, panel):
    live.find("a/", problem())
    show("<a href='#'>link</a>")
    panel.wait_for()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")

    fold = panel.get_by_role("button", name="Fold")
    assert fold.evaluate("element => element.matches(':focus-visible')")
    assert "solid" == fold.evaluate("element => getComputedStyle(element).outlineStyle")
    assert "all" == panel.locator(".place").evaluate("element => getComputedStyle(element).userSelect")
