"""Style sheets and pictures that changed are shown without a reload, and without a moment in which there is none."""

import struct
import zlib

import pytest

from live_site import change, document, wait_for


def sheet(url, colour="red"):
    return f'<link rel="stylesheet" href="{url}">', f"p {{ color: {colour} }}"


def png(width):
    """Write a picture of one row."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * (width + 1)))
        + chunk(b"IEND", b"")
    )


WATCH_COLOURS = """() => {
    const look = () => window.colours.add(getComputedStyle(document.querySelector("p")).color);
    window.colours = new Set();
    new MutationObserver(look).observe(document.head, {childList: true, subtree: true, attributes: true});
    const draw = () => { look(); requestAnimationFrame(draw); };
    draw();
}"""
HAS_COLOUR = "colour => getComputedStyle(document.querySelector('p')).color === colour"
RED, BLUE = "rgb(255, 0, 0)", "rgb(0, 0, 255)"
SHEETS = "[...document.querySelectorAll('link[rel=stylesheet]')].map(e => e.getAttribute('href'))"


@pytest.fixture(name="in_place")
def fixture_in_place(tab):
    """The test may not load its page anew."""
    yield
    assert "here" == tab.evaluate("window.mark"), "the page was loaded anew"


def test_sheet_under_another_address_takes_the_place_of_the_old_one(live, tab, show, in_place):
    """As the theme's do: their names hold a digest of their text."""
    live.write("p.1.css", "p { color: red }")
    live.write("p.2.css", "p { color: blue }")
    live.write("last.css", "p { margin: 0 }")
    head = '<link rel="stylesheet" href="../p.{}.css"><link rel="stylesheet" href="../last.css">'
    show("<p>x</p>", head=head.format(1))
    tab.evaluate(WATCH_COLOURS)

    live.write("p.1.css", None)
    live.write("a/", document("<p>x</p>", head=head.format(2)))
    live.publish("p.1.css", "p.2.css", "a/")

    tab.wait_for_function(HAS_COLOUR, arg=BLUE)
    tab.wait_for_function(f"{SHEETS}.join() === '/p.2.css?octavo=R.2,../last.css'")
    assert {RED, BLUE} == set(tab.evaluate("[...colours]")), "there was a moment without a sheet"
    assert 1 == live.asked.count("/last.css")


def test_sheet_that_changed_under_its_address_is_loaded_anew(live, tab, show, in_place):
    live.write("p.css", "p { color: red }")
    show(
        "<p>x</p>",
        head='<link rel="stylesheet" href="../p.css?v=1" media="screen"><style>i { color: red }</style>',
    )
    tab.evaluate(WATCH_COLOURS)

    live.write("p.css", "p { color: blue }")
    live.publish("p.css")

    tab.wait_for_function(HAS_COLOUR, arg=BLUE)
    tab.wait_for_function(f"{SHEETS}.length === 1")
    assert {RED, BLUE} == set(tab.evaluate("[...colours]")), "there was a moment without a sheet"
    assert "screen" == tab.locator("link[rel=stylesheet]").get_attribute("media")
    assert "/a/" not in live.asked[1:], "the page itself did not change"


def test_sheet_that_changes_faster_than_it_loads_ends_as_the_last_one(live, tab, show, in_place):
    live.write("p.css", "p { color: red }")
    show("<p>x</p>", head='<link rel="stylesheet" href="../p.css">')
    held = []

    def hold(route):
        """The first to be asked for comes last."""
        held.append(route)
        if len(held) == 4:
            for each in reversed(held):
                each.continue_()

    tab.route("**/p.css?*", hold)
    for number in range(4):
        live.write("p.css", f"p {{ color: rgb(0, 0, {number}) }}")
        live.publish("p.css")
        if number < 3:
            tab.wait_for_function(f"{SHEETS}.length === {number + 2}")

    tab.wait_for_function(f"{SHEETS}.join() === '/p.css?octavo=R.5'")
    assert tab.evaluate(HAS_COLOUR, "rgb(0, 0, 3)")


def test_page_that_changes_after_its_sheet_keeps_the_new_sheet(live, tab, show, in_place):
    live.write("p.css", "p { color: red }")
    head = '<link rel="stylesheet" href="../p.css">'
    show("<p>x</p>", head=head)
    live.write("p.css", "p { color: blue }")
    live.publish("p.css")
    tab.wait_for_function(HAS_COLOUR, arg=BLUE)
    live.asked.clear()

    change(live, tab, "a/", document("<p>y</p>", head=head))

    assert tab.evaluate(HAS_COLOUR, BLUE)
    assert ["/a/"] == live.asked, "the sheet was loaded once more"


def test_sheet_that_is_gone_keeps_its_rules_until_the_page_says_otherwise(live, tab, show, in_place, faults):
    """The theme's sheets get other names before every page that names them is made anew."""
    live.write("p.css", "p { color: red }")
    show("<p>x</p>", head='<link rel="stylesheet" href="../p.css">')
    live.write("p.css", None)

    with tab.expect_console_message(lambda said: "p.css?octavo=" in said.text):
        live.publish("p.css")
    tab.wait_for_function(f"{SHEETS}.join() === '../p.css'")
    assert tab.evaluate(HAS_COLOUR, RED)
    change(live, tab, "a/", document("<p>x</p>"))

    tab.wait_for_function(HAS_COLOUR, arg="rgb(0, 0, 0)")
    faults.clear()  # the browser says that the 404 page is no style sheet


@pytest.mark.parametrize(("before", "after"), [("ac", "abc"), ("ac", "cba"), ("a", "ba"), ("abc", "cab")])
def test_order_of_sheets_is_that_of_the_page(live, tab, show, in_place, before, after):
    colours = {"a": RED, "b": BLUE, "c": "rgb(0, 255, 0)"}
    for name, colour in colours.items():
        live.write(f"{name}.css", f"p {{ color: {colour} }}")
    link = '<link rel="stylesheet" href="../{}.css">'.format
    show("<p>x</p>", head="".join(map(link, before)))

    change(live, tab, "a/", document("<p>x</p>", head="".join(map(link, after))))

    expected = ",".join(f"../{name}.css" for name in after)
    tab.wait_for_function(f"{SHEETS}.join() === '{expected}'")
    assert tab.evaluate(HAS_COLOUR, colours[after[-1]])


def test_picture_that_changed_is_shown_and_stays_when_the_page_changes(live, tab, show, in_place):
    live.write("i.png", png(3))
    body = '<p>{}</p><img src="../i.png"><img srcset="../i.png 1x, ../other.png 2x"><svg><image href="../i.png"/></svg>'
    live.write("other.png", png(1))
    show(body.format("old"))
    widths = "[...document.images].every(image => image.complete && image.naturalWidth === {})".format

    live.write("i.png", png(5))
    live.publish("i.png")
    tab.wait_for_function(widths(5))
    live.asked.clear()
    change(live, tab, "a/", document(body.format("new") + '<img src="../i.png">'))

    tab.wait_for_function(widths(5))
    assert {"/a/"} == set(live.asked), "the pictures were loaded once more"


def test_file_that_the_page_does_not_show_leaves_it_alone(live, tab, show, in_place):
    live.write("p.css", "p { color: red }")
    show("<p>x</p>", head='<link rel="stylesheet" href="../p.css"><link rel="prefetch" href="/b/">')
    # The panel and the morpher are loaded when the page has nothing else to do.
    tab.wait_for_selector("octavo-panel", state="attached")
    tab.wait_for_function("document.querySelectorAll('script[src^=\"/-octavo/\"]').length === 1")
    before = tab.evaluate("document.documentElement.outerHTML")
    live.asked.clear()

    live.publish("q.css", "i.png", "b/", "s.js")
    wait_for(live, tab)

    after = tab.evaluate("document.documentElement.outerHTML")
    assert before.replace('generation="1"', 'generation="2"').split() == after.split()
    assert [] == live.asked


@pytest.mark.parametrize(
    ("name", "text", "head"),
    [
        ("font.css", "i { color: red }", "<style>@import url('../font.css');</style>"),
        ("back.png", png(1), "<style>body { background: url('../back.png') }</style>"),
        ("own.js", "window.own = 1", "<script src='../own.js'></script>"),
        ("own.js", "export default 1", "<script type='module' src='../own.js'></script>"),
    ],
    ids=["import", "background", "script", "module"],
)
def test_file_that_cannot_be_put_in_place_loads_the_page_anew(live, tab, show, name, text, head):
    live.write(name, text)
    show("<p>x</p>", head=head)
    tab.wait_for_function(
        "performance.getEntriesByType('resource').some(({name}) => name.includes(arguments[0]))".replace(
            "arguments[0]", repr(name)
        )
    )
    with tab.expect_event("load"):
        live.publish(name)

    assert tab.evaluate("window.mark") is None


def test_all_files_are_looked_at_when_nobody_can_tell_what_changed(live, tab, show, in_place):
    live.write("p.css", "p { color: red }")
    live.write("i.png", png(3))
    show("<p>x</p><img src='../i.png'>", head='<link rel="stylesheet" href="../p.css">')

    live.write("p.css", "p { color: blue }")
    live.write("i.png", png(5))
    live.publish(all=True)

    tab.wait_for_function(HAS_COLOUR, arg=BLUE)
    tab.wait_for_function("document.images[0].naturalWidth === 5")
