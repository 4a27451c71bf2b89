"""A page that changed is brought up to date in place: what the reader has done to it stays."""

from random import Random

import pytest
from playwright.sync_api import expect

from live_site import change, document, wait_for
from waiting import wait_until

FORM = """
<label>Name <input id="name" value="Ada"></label><input name="nameless">
<textarea id="note">served</textarea>
<input type="checkbox" id="agree"><input type="radio" name="r" id="r1" checked><input type="radio" name="r" id="r2">
<select id="choice"><option>one<option>two<option>three</select>
"""

OTHER_FORM = (
    FORM.replace("<input", '<input class="other"')
    .replace("<textarea", "<textarea rows=9")
    .replace("<option", "<option class=a")
)

# Two frames later, whoever listens was told of what scrolled.
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


@pytest.fixture(name="in_place", autouse=True)
def fixture_in_place(tab):
    """Nothing in this module may load a page anew."""
    yield
    assert "here" == tab.evaluate("window.mark"), "the page was loaded anew"


def test_content_navigation_and_contents_change_without_a_reload(live, tab, show):
    frame = "<nav><ul>{nav}</ul></nav><main><h1 id=top>{title}</h1>{text}</main><nav><ol>{toc}</ol></nav>"
    show(frame.format(nav="<li>One", title="Old", text="<p>old</p>", toc="<li>a"))
    tab.evaluate("window.heading = document.querySelector('h1')")

    text = '<p>new</p><h2 id="more">More</h2><svg viewBox="0 0 9 9"><circle r="3"/></svg>'
    fresh = document(
        frame.format(nav="<li>One<li>Two", title="New", text=text, toc="<li>a<li>b"),
        title="New title",
        html='lang="de" dir="ltr"',
        head='<meta name="description" content="x">\n<script type="application/ld+json">{"a": 1}</script>\n',
    )
    change(live, tab, "a/", fresh)

    shown = "document.body.outerHTML.replace(/\\s+/g, ' ')"
    parsed = "text => new DOMParser().parseFromString(text, 'text/html').body.outerHTML.replace(/\\s+/g, ' ')"
    assert tab.evaluate(parsed, fresh) == tab.evaluate(shown)
    assert "New title" == tab.title()
    assert ["de", "ltr"] == tab.evaluate("[document.documentElement.lang, document.documentElement.dir]")
    assert "x" == tab.locator("meta[name=description]").get_attribute("content")
    assert tab.evaluate("heading.isConnected && heading.textContent === 'New'"), "the heading was made anew"


def test_head_has_the_elements_of_the_new_page_in_their_order(live, tab, show):
    show("", head='<meta name="a" content="1"><meta name="b" content="2"><meta name="c" content="3">')

    head = (
        '<meta name="c" content="3"><meta name="b" content="4"><style>p { color: red }</style><meta name="d">'
    )
    change(live, tab, "a/", document("", head=head))

    names = "[...document.head.querySelectorAll('meta[name], style')].map(e => e.outerHTML)"
    assert [
        '<meta name="c" content="3">', '<meta name="b" content="4">', "<style>p { color: red }</style>", '<meta name="d">',
    ] == tab.evaluate(names)  # fmt: skip


def test_window_keeps_its_place_when_text_below_changes(live, tab, show):
    paragraphs = [f"<p>Paragraph {number}</p>" for number in range(200)]
    show("".join(paragraphs))
    tab.evaluate("scrollTo({top: 1500, behavior: 'instant'})")

    change(live, tab, "a/", document("".join(paragraphs[:-1]) + "<p>The last one</p>"))

    assert 1500 == tab.evaluate("scrollY")


def test_what_the_reader_looks_at_stays_where_it_is_when_text_above_grows(live, tab, show):
    paragraphs = [f'<p id="p{number}">Paragraph {number}</p>' for number in range(200)]
    show("".join(paragraphs))
    tab.evaluate("document.getElementById('p100').scrollIntoView({behavior: 'instant'})")

    change(live, tab, "a/", document("<h1>Added</h1><p>above</p>" * 20 + "".join(paragraphs)))

    tab.wait_for_function("Math.abs(document.getElementById('p100').getBoundingClientRect().top) < 2")


def test_focus_selection_and_typed_text_stay(live, tab, show):
    show("<p>Old</p>" + FORM)
    tab.locator("#name").fill("Grace Hopper")
    tab.locator("#note").fill("typed")
    tab.locator("[name=nameless]").fill("without an id")
    tab.locator("#name").focus()
    tab.evaluate("document.getElementById('name').setSelectionRange(2, 7)")

    change(live, tab, "a/", document("<h2>More</h2><p>New</p>" + OTHER_FORM))

    field = "document.getElementById('name')"
    assert "name" == tab.evaluate("document.activeElement.id")
    assert [2, 7] == tab.evaluate(f"[{field}.selectionStart, {field}.selectionEnd]")
    assert ["Grace Hopper", "typed", "without an id"] == [
        tab.locator(selector).input_value() for selector in ("#name", "#note", "[name=nameless]")
    ]


def test_checks_and_choices_stay(live, tab, show):
    show("<p>Old</p>" + FORM)
    tab.locator("#agree").check()
    tab.locator("#r2").check()
    tab.locator("#choice").select_option("two")

    change(live, tab, "a/", document("<p>New</p>" + OTHER_FORM))

    assert tab.locator("#agree").is_checked()
    assert tab.locator("#r2").is_checked()
    assert "two" == tab.locator("#choice").input_value()


def test_field_that_nobody_touched_takes_what_the_author_writes(live, tab, show):
    show(FORM)

    fresh = (
        FORM.replace('"Ada"', '"Grace"')
        .replace(">served<", ">written<")
        .replace('id="agree"', 'id="agree" checked')
    )
    change(live, tab, "a/", document(fresh.replace("<option>two", "<option selected>two")))

    assert ["Grace", "written", "two"] == [
        tab.locator(selector).input_value() for selector in ("#name", "#note", "#choice")
    ]
    assert tab.locator("#agree").is_checked()


def test_field_that_was_typed_into_goes_back_to_what_the_author_writes_now(live, tab, show):
    show(f"<form>{FORM}</form>")
    tab.locator("#name").fill("typed")

    change(live, tab, "a/", document(f"<form>{FORM}</form>".replace('"Ada"', '"Grace"')))

    assert "typed" == tab.locator("#name").input_value()
    tab.evaluate("document.forms[0].reset()")
    assert "Grace" == tab.locator("#name").input_value()


def test_text_that_is_being_written_in_the_page_stays(live, tab, show):
    show('<p>Old</p><div contenteditable id="draft"><p>one</p></div>')
    tab.locator("#draft p").click()
    tab.keyboard.press("End")
    tab.keyboard.type(" and two")

    change(live, tab, "a/", document('<p>New</p><div contenteditable id="draft"><p>one</p></div>'))

    assert "one and two" == tab.locator("#draft").inner_text()
    tab.keyboard.type("!")
    assert "one and two!" == tab.locator("#draft").inner_text()


def test_details_and_dialogs_stay_as_the_reader_left_them(live, tab, show):
    body = (
        '<details id="a"><summary>A</summary>x</details><details id="b" open><summary>B</summary>x</details>'
        '<dialog id="c">dialog</dialog><div popover="manual" id="d">popover</div><p>{}</p>'
    )
    show(body.format("old"))
    tab.locator("#a summary").click()
    tab.locator("#b summary").click()
    tab.evaluate("document.getElementById('c').showModal(); document.getElementById('d').showPopover()")

    change(live, tab, "a/", document(body.format("new")))

    opened = "['a', 'b', 'c'].map(id => document.getElementById(id).open)"
    assert [True, False, True] == tab.evaluate(opened)
    assert tab.evaluate("document.getElementById('c').matches(':modal')")
    assert tab.evaluate("document.getElementById('d').matches(':popover-open')")


def test_details_open_when_the_author_opens_them(live, tab, show):
    show('<details id="a"><summary>A</summary>x</details>')

    change(live, tab, "a/", document('<details id="a" open><summary>A</summary>x</details>'))

    assert tab.evaluate("document.getElementById('a').open")


def test_scrollers_within_the_page_keep_their_places(live, tab, show):
    style = "<style>nav { height: 100px; overflow: auto } pre { width: 200px; overflow: auto }</style>"
    body = "<nav>{}</nav><pre>{}</pre>".format("<p>entry</p>" * 50, "wide " * 100)
    show(style + "<p>Old</p>" + body)
    tab.evaluate(
        "document.querySelector('nav').scrollTop = 321; document.querySelector('pre').scrollLeft = 123"
    )
    tab.wait_for_function(DRAWN)

    change(live, tab, "a/", document(style + "<h1>New</h1><p>New</p>" + body.replace("entry", "item", 1)))

    assert [321, 123] == tab.evaluate(
        "[document.querySelector('nav').scrollTop, document.querySelector('pre').scrollLeft]"
    )


def test_what_was_scrolled_before_the_scripts_were_there_keeps_its_place(live, tab, show):
    """All but the first script come once the browser has nothing else to do."""
    held = []

    def hold(route):
        held.append(route)

    tab.route("**/morph.js", hold)
    style = "<style>nav { height: 100px; overflow: auto }</style>"
    nav = "<nav id=nav>{}</nav>".format("<p>entry</p>" * 50)
    show(style + nav + "<main></main>")
    tab.evaluate("delete Element.prototype.moveBefore; document.querySelector('nav').scrollTop = 321")
    tab.wait_for_function(DRAWN)
    wait_until(lambda: tab.evaluate("true") and held)

    held[0].continue_()
    change(live, tab, "a/", document(f"{style}<main><h1>New</h1><div>{nav}</div></main>"))

    assert 321 == tab.evaluate("document.querySelector('nav').scrollTop")


@pytest.mark.parametrize("moves", [True, False], ids=["moves", "takes-out-and-puts-in"])
def test_what_is_moved_keeps_its_place_and_the_focus(live, tab, show, moves):
    """Browsers that cannot move an element take it out and put it in again, and it forgets both."""
    style = "<style>nav { height: 100px; overflow: auto }</style>"
    nav = "<nav id=nav><a id=a href=#>link</a>{}</nav>".format("<p>entry</p>" * 50)
    show(style + nav + "<main></main>")
    if not moves:
        tab.evaluate("() => { delete Element.prototype.moveBefore; }")
    tab.evaluate("document.getElementById('a').focus(); document.querySelector('nav').scrollTop = 321")
    tab.wait_for_function(DRAWN)

    change(live, tab, "a/", document(f"{style}<main><h1>New</h1><div>{nav}</div></main>"))

    assert ["a", 321] == tab.evaluate("[document.activeElement.id, document.querySelector('nav').scrollTop]")


def test_edits_of_a_long_article_touch_nothing_else(live, tab, show):
    paragraphs = [f"<p>Paragraph {number}</p>\n" for number in range(8000)]
    show(f"<main class=old>{''.join(paragraphs)}</main>")
    tab.evaluate("() => { for (const p of document.querySelectorAll('p')) p.was = p.textContent; }")

    paragraphs[4000] = "<p>Changed</p>\n"
    paragraphs[6000] = "<h2>Put in</h2>\n<p>Paragraph 6000</p>\n"
    paragraphs[7000] = ""
    change(live, tab, "a/", document(f"<main class=new>{''.join(paragraphs)}</main>"))

    others = (
        "[...document.querySelectorAll('p')].filter(p => p.was !== p.textContent).map(p => p.textContent)"
    )
    assert ["Changed"] == tab.evaluate(others)
    assert "Changed" == tab.locator("main > *").nth(4000).inner_text()
    assert ["h2", "new"] == tab.evaluate(
        "[document.querySelector('p + h2').localName, document.querySelector('main').className]"
    )


def test_long_article_is_after_any_edits_what_it_would_be_if_it_were_loaded(live, tab, show):
    random = Random(8)
    kinds = [
        "<p>{}</p>",
        "<h2 id='h{}'>x</h2>",
        "<pre>{}</pre>",
        "<details><summary>{}</summary></details>",
        "text {} ",
        "\n",
        "<hr>",
    ]
    blocks = [random.choice(kinds).format(number) for number in range(200)]
    show("".join(blocks))
    for _ in range(25):
        for _ in range(random.choice([1, 3, 40])):
            at = random.randrange(len(blocks))
            blocks[at : at + random.choice([0, 1, 2])] = random.choice(
                [
                    [],
                    [random.choice(kinds).format(f"new-{random.random()}")],
                    [random.choice(blocks)] if not blocks[at].startswith("<h2") else [],
                ]
            )
        fresh = document("".join(blocks))
        change(live, tab, "a/", fresh)

        parsed = "text => new DOMParser().parseFromString(text, 'text/html').body.innerHTML"
        assert tab.evaluate(parsed, fresh) == tab.evaluate("document.body.innerHTML")


def test_what_scripts_added_to_a_long_article_stays(live, tab, show):
    paragraphs = [f"<p>Paragraph {number}</p>" for number in range(200)]
    show("".join(paragraphs))
    tab.evaluate("document.querySelectorAll('p')[100].after(document.createElement('button'))")

    change(live, tab, "a/", document("".join([*paragraphs[:99], "<h2>x</h2>", *paragraphs[101:]])))

    assert "P" == tab.evaluate("document.querySelector('button').nextElementSibling.tagName")
    assert 199 == tab.locator("body p, body h2").count()


def test_selected_text_stays_selected(live, tab, show):
    show("<p>Old</p><p id=b>Some text that was marked</p>")
    tab.evaluate("getSelection().setBaseAndExtent(b.firstChild, 5, b.firstChild, 9)")

    change(live, tab, "a/", document("<h1>New</h1><p>New</p><p id=b>Some text that was written on</p>"))

    assert "text" == tab.evaluate("getSelection().toString()")


def test_what_scripts_added_stays_and_what_they_set_stays(live, tab, show):
    """Buttons on code, a theme on the root: a morph that took them away would show what no reader sees."""
    show('<pre id="code"><code>old</code></pre>')
    tab.evaluate("""() => {
        const button = document.createElement("button");
        document.getElementById("code").prepend(button);
        document.documentElement.dataset.theme = "dark";
        document.getElementById("code").classList.add("ready");
        document.head.append(Object.assign(document.createElement("style"), {id: "theirs"}));
    }""")

    change(live, tab, "a/", document('<pre id="code"><code>new</code></pre>'))

    assert '<pre id="code" class="ready"><button></button><code>new</code></pre>' == tab.evaluate(
        "document.getElementById('code').outerHTML"
    )
    assert "dark" == tab.evaluate("document.documentElement.dataset.theme")
    assert 1 == tab.locator("#theirs").count()


def test_attribute_that_script_and_author_both_changed_is_the_authors(live, tab, show):
    show('<p id="a" class="one" title="same">x</p>')
    tab.evaluate("a.className = 'script'; a.title = 'script'")

    change(live, tab, "a/", document('<p id="a" class="two" title="same">x</p>'))

    assert ["two", "script"] == tab.evaluate("[a.className, a.title]")


def test_script_of_the_page_does_not_run_twice(live, tab, show):
    body = "<p>{}</p>\n<script>window.runs = (window.runs ?? 0) + 1</script>"
    show(body.format("old"))

    change(live, tab, "a/", document(f"<h1>New</h1><div><section>{body.format('new')}</section></div>"))

    assert 1 == tab.evaluate("window.runs")


def test_pictures_for_readers_without_scripts_are_not_loaded(live, tab, show):
    show("<p>old</p><noscript><img src='/pixel.png'></noscript>")

    change(live, tab, "a/", document("<p>new</p><noscript><img src='/pixel.png'></noscript>"))

    assert 0 == tab.locator("noscript img").count()
    assert "/pixel.png" not in live.asked


def test_own_idiomorph_of_the_page_stays_its_own(live, tab, show):
    show("<p>old</p>", head="<script>window.Idiomorph = 'theirs'</script>")

    change(live, tab, "a/", document("<p>new</p>", head="<script>window.Idiomorph = 'theirs'</script>"))

    assert "new" == tab.locator("body p").inner_text()
    assert "theirs" == tab.evaluate("window.Idiomorph")


def test_page_without_head_or_body_tags_is_morphed_too(live, tab, show):
    show(text="<!doctype html><title>t</title><p>old")

    change(live, tab, "a/", "<!doctype html><title>t</title><h1>h</h1><p>new")

    assert "new" == tab.locator("body p").inner_text()
    expect(tab.locator("script")).to_have_count(1)  # those that load others take themselves away


def test_only_tabs_whose_page_changed_ask_for_it(live, open_tab, visit, show, tab):
    show("<p>old</p>")
    other = open_tab()
    live.write("b/", document("<p>old</p>"))
    visit(other, "b/")
    live.asked.clear()

    live.publish("c/", "b/style.css", "a")
    change(live, other, "b/", document("<p>new</p>"))
    wait_for(live, tab)

    assert ["/b/"] == live.asked


def test_burst_of_changes_ends_in_the_last_state(live, tab, show):
    show("<p>0</p>")
    live.asked.clear()

    for number in range(1, 201):
        live.write("a/", document(f"<p>{number}</p>"))
        live.publish("a/")
    wait_for(live, tab)

    assert "200" == tab.locator("body p").inner_text()
    assert len(live.asked) < 200, "every change was fetched, also those that were over"


def test_change_that_comes_during_an_update_is_not_lost(live, tab, show):
    """The server answers with an old page, and tells of the next one before the answer arrives."""
    show("<p>1</p>")
    late = document("<p>3</p>")

    def answer_late(route):
        reply = route.fetch()
        if live.pages["/a/"] != late.encode():
            live.write("a/", late)
            live.publish("a/")
        route.fulfill(response=reply)

    tab.route("**/a/", answer_late)
    live.write("a/", document("<p>2</p>"))
    live.publish("a/")

    tab.wait_for_function("document.querySelector('p').textContent === '3'")


def test_too_many_changes_to_list_concern_every_page(live, tab, show):
    show("<p>old</p>")

    live.write("a/", document("<p>new</p>"))
    live.publish(all=True)
    wait_for(live, tab)

    assert "new" == tab.locator("body p").inner_text()


def test_page_with_a_name_in_any_script_is_found(live, tab, show):
    url = "süß & 100% (eins)+zwei/"
    show("<p>old</p>", url=url)

    change(live, tab, url, document("<p>new</p>"))

    assert "new" == tab.locator("body p").inner_text()
