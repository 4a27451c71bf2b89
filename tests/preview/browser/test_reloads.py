"""Where morphing cannot serve, the page is loaded anew."""

import pytest

from live_site import change, document, problem, wait_for

PLAIN = "<p>old</p>"


def expect_reload(live, tab, *changed):
    with tab.expect_event("load"):
        live.publish(*changed)
    assert tab.evaluate("window.mark") is None, "the page was not loaded anew"


@pytest.mark.parametrize(
    "fresh",
    [
        document(PLAIN, head="<script>window.own = 1</script>"),
        document(PLAIN + "<script src='../own.js'></script>"),
        document(PLAIN, doctype=""),
        document(PLAIN, doctype='<!doctype html public "-//W3C//DTD HTML 4.01//EN">'),
        document(PLAIN, head="<base href='/b/'>"),
        document(PLAIN, head='<meta http-equiv="refresh" content="99">'),
        document(PLAIN + "<div><template shadowrootmode='open'>x</template></div>"),
    ],
    ids=["script", "script-file", "no-doctype", "doctype", "base", "http-equiv", "shadow-root"],
)
def test_page_whose_ground_changed(live, tab, show, fresh):
    live.write("own.js", "window.own = 1")
    show(PLAIN)
    live.write("a/", fresh)

    expect_reload(live, tab, "a/")


def test_data_in_a_script_element_is_no_script(live, tab, show):
    data = '<script type="application/ld+json">{{"a": {}}}</script>'.format
    show(PLAIN, head=data(1))
    live.write("a/", document("<p>new</p>", head=data(2)))
    live.publish("a/")

    tab.locator("body p", has_text="new").wait_for()
    assert "here" == tab.evaluate("window.mark")
    assert '{"a": 2}' == tab.locator("script[type]").text_content()


def test_morphing_that_fails(live, tab, show, faults):
    show(PLAIN)
    tab.wait_for_function("window.Idiomorph !== undefined")
    tab.evaluate("() => { Idiomorph.morph = () => { throw new Error('on purpose'); }; }")
    live.write("a/", document("<p>new</p>"))

    with tab.expect_console_message(lambda said: "on purpose" in said.text):
        expect_reload(live, tab, "a/")

    assert "new" == tab.locator("body p").inner_text()
    faults.clear()


def test_page_that_scripts_have_rebuilt(live, tab, show):
    """A formula or a diagram that a script made of its text: only the script can make it of the new text."""
    show("<p id=formula>x^2</p>")
    tab.evaluate("formula.innerHTML = '<b>drawn</b>'")
    live.write("a/", document("<p id=formula>x^3</p>"))

    expect_reload(live, tab, "a/")

    assert "x^3" == tab.locator("#formula").inner_text()


def test_page_that_is_gone_shows_the_404_page_and_comes_back(live, tab, show):
    show(PLAIN)
    live.write("a/", None)
    expect_reload(live, tab, "a/")
    assert "No such page" == tab.locator("h1").inner_text()

    live.write("a/", document("<p>back</p>"))
    tab.evaluate("window.mark = 'here'")
    tab.evaluate("listens")
    expect_reload(live, tab, "a/")
    assert "back" == tab.locator("body p").inner_text()


def test_404_page_is_morphed_when_it_changes(live, tab, visit):
    visit(tab, "nowhere/")
    tab.evaluate("window.mark = 'here'")

    live.write("404.html", document("<h1>Nothing here</h1>"))
    live.publish("404.html")

    tab.locator("h1", has_text="Nothing here").wait_for()
    assert "here" == tab.evaluate("window.mark")


def test_server_that_fails_is_asked_again(live, tab, show):
    show(PLAIN)
    statuses = iter([503, 500])

    def answer(route):
        status = next(statuses, None)
        return route.continue_() if status is None else route.fulfill(status=status, body="failed")

    tab.route("**/a/", answer)
    live.write("a/", document("<p>new</p>"))
    live.publish("a/")

    tab.locator("body p", has_text="new").wait_for()
    assert "here" == tab.evaluate("window.mark")


def test_last_good_page_stays_while_the_page_cannot_be_made(live, tab, show):
    show(PLAIN)
    live.fail("a/", document("<h1>This page cannot be made</h1>"))
    live.publish("a/")
    wait_for(live, tab)
    assert "old" == tab.locator("body p").inner_text()

    change(live, tab, "a/", document("<p>mended</p>"))

    assert "mended" == tab.locator("body p").inner_text()
    assert "here" == tab.evaluate("window.mark")


def test_stand_in_is_followed_by_stand_ins_and_by_the_page(live, tab, visit):
    live.fail("a/", document("<p>cannot be made</p>"))
    visit(tab, "a/")
    tab.evaluate("window.mark = 'here'")

    live.fail("a/", document("<p>cannot be made for another reason</p>"))
    live.publish("a/")
    tab.locator("body p", has_text="for another reason").wait_for()
    change(live, tab, "a/", document("<p>mended</p>"))
    live.fail("a/", document("<p>cannot be made</p>"))
    live.publish("a/")
    wait_for(live, tab)

    assert "mended" == tab.locator("body p").inner_text()
    assert "here" == tab.evaluate("window.mark")


def test_reload_keeps_the_place_and_the_folded_panel(live, tab, show):
    live.find("a/", problem())
    body = "<p>text</p>" * 300
    show(body)
    tab.get_by_role("button", name="Fold").click()
    tab.evaluate("scrollTo({top: 1500, behavior: 'instant'})")
    live.write("a/", document(body, head="<script>window.own = 1</script>"))

    expect_reload(live, tab, "a/")

    tab.wait_for_function("scrollY === 1500")
    tab.get_by_role("button", name="1 error").wait_for()
    assert 0 == tab.get_by_role("region", name="Problems").count()
