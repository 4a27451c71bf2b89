"""What a page shows of the run of its chapter: how far it is, what failed and where, until it is mended."""

import pytest

from live_site import change, document, problem, wait_for

STEP = '<div class="code step" data-role="console"><pre><code>$ echo {0}\n{1}\n</code></pre></div>\n'
FAILURE = problem(
    code="run-output", message="output differs", file="content/t/a.md", line=12, column=1, excerpt="zwei", hint="",
    step=1, role="console", changes=[["-", "zwei"], ["+", "two"]], log=["a line of a log"],
)  # fmt: skip

# What shall happen seconds later happens when the test says so.
HOLD_LONG_TIMERS = """
window.held = [];
const later = setTimeout;
window.setTimeout = (work, ms, ...rest) => ms >= 2000 ? held.push(work) : later(work, ms, ...rest);
"""


def page(two="zwei", *, before=""):
    return document(before + STEP.format("one", "one") + STEP.format("two", two))


@pytest.fixture(name="panel")
def fixture_panel(tab):
    return tab.get_by_role("region", name="Problems of this page")


@pytest.fixture(name="fail")
def fixture_fail(live):
    """Set what failed on the page, and tell of it."""

    def fail(*failures):
        live.find("a/", *failures)
        live.publish(problems=["a/"])

    return fail


def failed_blocks(tab):
    return [text.strip() for text in tab.locator("[data-octavo-failed]").all_inner_texts()]


def test_failure_is_shown_at_its_block_until_it_is_mended(live, tab, show, panel, fail):
    show(text=page())
    fail(FAILURE)
    panel.wait_for()

    assert ["content/t/a.md:12:1"] == panel.locator(".place").all_inner_texts()
    assert ["- zwei\n", "+ two\n"] == panel.locator(".changes > span").all_text_contents()
    assert "a line of a log" in panel.inner_text()
    assert ["$ echo two\nzwei"] == failed_blocks(tab)

    live.find("a/")
    live.write("a/", page("two"))
    live.publish("a/", problems=["a/"])
    wait_for(live, tab)
    panel.wait_for(state="hidden")
    tab.wait_for_function("!document.querySelector('[data-octavo-failed]')")
    assert "here" == tab.evaluate("window.mark"), "the page was loaded anew"


def test_mark_stays_when_the_page_around_it_changes(live, tab, show, panel, fail):
    show(text=page())
    fail(FAILURE)
    panel.wait_for()

    change(live, tab, "a/", page(before="<p>More prose.</p>\n"))
    tab.locator("p", has_text="More prose.").wait_for()

    assert ["$ echo two\nzwei"] == failed_blocks(tab)
    assert "here" == tab.evaluate("window.mark")


def test_place_of_a_failure_leads_to_its_block(tab, show, panel, fail):
    far = '<p style="height: 5000px">Far away.</p>\n'
    show(text=page(before=far).replace("</body>", f"{far}</body>"))
    fail(FAILURE)
    panel.wait_for()

    panel.get_by_role("button", name="content/t/a.md:12:1").click()

    assert 0 < tab.locator("[data-octavo-failed]").bounding_box()["y"] < panel.bounding_box()["y"]


def test_panel_folds_where_it_would_cover_the_block(tab, show, panel, fail):
    show(text=page(before='<p style="height: 5000px">Far above.</p>\n'))
    fail(FAILURE)

    panel.get_by_role("button", name="content/t/a.md:12:1").click()

    panel.wait_for(state="hidden")
    assert tab.evaluate("""() => {
        const box = document.querySelector("[data-octavo-failed]").getBoundingClientRect();
        return box.top > 0 && box.bottom <= innerHeight;
    }""")


def test_failure_whose_block_the_page_does_not_have_has_a_place_and_no_mark(live, tab, show, panel, fail):
    show(text=page())
    fail(FAILURE | {"step": 7}, FAILURE | {"role": "file"}, FAILURE | {"step": -1})
    panel.wait_for()

    assert [] == failed_blocks(tab)
    assert 3 == panel.locator(".place").count()
    assert 0 == panel.locator("button.place").count()


def test_panel_says_how_far_the_run_is_and_what_came_of_it(live, tab, show):
    tab.add_init_script(HOLD_LONG_TIMERS)
    show(text=page())
    live.tell_check("a/", state="running", done=3, total=14, label="$ flask routes")
    tab.get_by_text("Checking 3 of 14: $ flask routes").wait_for()

    live.tell_check("a/", state="verified")
    tab.locator(".pill", has_text="Verified").wait_for()
    tab.evaluate("() => { for (const work of held) work(); }")
    tab.locator(".pill", has_text="Verified").wait_for(state="hidden")
    assert 1 == live.generation


def test_tab_that_comes_late_hears_of_the_run_and_one_of_another_page_does_not(
    live, tab, open_tab, visit, show
):
    live.write("b/", page())
    live.tell_check("a/", state="running", done=1, total=2, label="$ <b>bold</b>")
    other = open_tab()
    visit(other, "b/")
    show(text=page())
    tab.get_by_text("Checking 1 of 2: $ <b>bold</b>").wait_for()

    assert 0 == other.locator(".pill", has_text="Checking").count()
