"""What one look at the files brings: which pages are made, which are told of, and what stays while something is wrong."""

import pytest

from previewedsite import PreviewedSite
from sitebuilder import Site


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path / "site").config("url: https://example.org/\n")
    site.page("index.md", "---\ntitle: Home\n---\n\nWelcome.\n")
    site.page("guide/index.md", "---\ntitle: Guide\n---\n")
    site.page("guide/a.md", "---\ntitle: A\n---\n\nText of a.\n\n## Part\n")
    site.page("guide/b.md", "---\ntitle: B\n---\n\n[a](a.md#part)\n")
    site.page("style.css", "p { color: red }\n")
    return site


@pytest.fixture
def preview(site):
    preview = PreviewedSite(site.root)
    preview.served()
    yield preview
    preview.close()


def text(preview, output):
    return preview.page(output).decode()


def test_a_body_makes_one_page_stale_and_parses_one(site, preview):
    site.edit("guide/a.md", "Text", "Words")

    (change,) = preview.look()

    assert ("content/guide/a.md",) == change.files
    assert ("guide/a/index.html",) == change.stale
    assert 1 == change.parsed
    assert ("guide/a/index.html",) == preview.session.make(change.stale)


def test_a_touched_file_brings_nothing(site, preview):
    number = preview.session.generation.number
    site.touch("guide/a.md")

    (change,) = preview.look()

    assert ((), (), (), 0) == (change.files, change.stale, change.changed, change.parsed)
    assert number == preview.session.generation.number


def test_text_with_the_same_html_makes_nothing_stale(site, preview):
    site.edit("guide/a.md", "Text of a.\n", "Text of a.\n\n\n")

    (change,) = preview.look()

    assert ((), 1) == (change.stale, change.parsed)


def test_a_title_makes_the_pages_that_show_it_stale_and_no_others(site, preview):
    site.edit("guide/a.md", "title: A", "title: Alpha")

    (change,) = preview.look()

    assert {
        "guide/a/index.html",
        "guide/b/index.html",
        "guide/index.html",
        "contents/index.html",
        "search/titles.js",
    } == set(change.stale)
    assert "Alpha" in text(preview, "guide/b/index.html")


def test_a_comment_in_a_template_makes_pages_stale_of_which_none_differs(site, preview):
    site.write("theme/templates/page.html", '{% extends "bundled/page.html" %}\n')
    preview.look()
    preview.served()
    site.write("theme/templates/page.html", '{% extends "bundled/page.html" %}{# note #}\n')

    (change,) = preview.look()

    assert "guide/a/index.html" in change.stale
    assert () == preview.session.make(change.stale)


def test_a_file_of_the_content_that_differs_is_told_at_once(site, preview):
    site.page("style.css", "p { color: blue }\n")

    (change,) = preview.look()

    assert (("style.css",), ()) == (change.changed, change.stale)


def test_a_page_that_came_and_one_that_went_are_told(site, preview):
    site.page("guide/c.md", "# C\n").remove("guide/a.md")

    (_held, change) = preview.look()

    assert "guide/a/index.html" in change.changed
    assert "guide/a/index.html" not in preview.session.generation.jobs
    assert "guide/c/index.html" in preview.session.generation.jobs


def test_a_new_problem_is_told_to_its_page_and_goes_when_mended(site, preview):
    site.edit("guide/b.md", "#part", "#prat")
    (change,) = preview.look()

    assert ("guide/b/index.html",) == change.problems
    (problem,) = preview.session.problems_of("guide/b/index.html")
    assert ("broken-anchor", "did you mean `#part`?") == (problem.code, problem.hint)
    assert () == preview.session.problems_of("guide/a/index.html")

    site.edit("guide/b.md", "#prat", "#part")
    (change,) = preview.look()

    assert ("guide/b/index.html",) == change.problems
    assert () == preview.session.problems_of("guide/b/index.html")


def test_a_problem_on_another_page_is_told_to_the_page_that_has_it(site, preview):
    """The heading goes on a, the link that breaks stands on b."""
    site.edit("guide/a.md", "## Part", "## Piece")

    (change,) = preview.look()

    assert ("guide/b/index.html",) == change.problems


def test_a_page_with_an_error_keeps_its_last_good_bytes_and_others_go_on(site, preview):
    good = preview.page("guide/a/index.html")
    site.edit("guide/a.md", "title: A", "title: [A").edit("guide/b.md", "[a]", "[to a]")

    (change,) = preview.look()
    preview.session.make(change.stale)

    assert good == preview.page("guide/a/index.html")
    assert "to a" in text(preview, "guide/b/index.html")
    assert ["yaml-syntax"] == [item.code for item in preview.session.problems_of("guide/a/index.html")]

    site.edit("guide/a.md", "title: [A", "title: A")
    preview.look()

    assert good == preview.page("guide/a/index.html")
    assert () == preview.session.problems_of("guide/a/index.html")


def test_a_page_that_was_wrong_from_the_start_is_shown_as_far_as_it_can_be(site):
    site.page("guide/a.md", "---\ntitle: [A\n---\n\nText of a.\n")
    preview = PreviewedSite(site.root)

    assert "Text of a." in text(preview, "guide/a/index.html")


def test_a_mistake_in_site_yaml_keeps_the_site_and_is_shown_everywhere(site, preview):
    before = preview.served()
    site.write("site.yaml", "title: Test site\nurll: https://example.org/\n")

    (change,) = preview.look()

    assert (("site.yaml",), True) == (change.files, change.all_problems)
    assert before == preview.served()
    (problem,) = preview.session.problems_of("index.html")
    assert ("unknown-key", "site.yaml", 2) == (problem.code, problem.location.file, problem.location.line)

    site.config("url: https://example.org/\n")
    (change,) = preview.look()

    assert (("site.yaml",), True) == (change.files, change.all_problems)
    assert () == preview.session.problems_of("index.html")


def test_a_content_folder_that_is_gone_keeps_the_site(site, preview):
    before = preview.served()
    (site.root / "content").rename(site.root / "elsewhere")

    preview.look()

    assert ["site-unusable"] == [item.code for item in preview.session.problems_of("index.html")]
    assert before["index.html"] == preview.page("index.html")

    (site.root / "elsewhere").rename(site.root / "content")
    preview.look()

    assert () == preview.session.problems_of("index.html")
    assert before == preview.served()


def test_a_template_that_fails_keeps_the_pages_that_are_known_and_says_why(site, preview):
    good = preview.page("guide/a/index.html")
    site.write("theme/templates/page.html", "{{ page.titel }}\n")

    (change,) = preview.look()
    assert () == preview.session.make(change.stale)

    assert good == preview.page("guide/a/index.html")
    (problem,) = preview.session.problems_of("guide/a/index.html")
    assert ("template-error", "theme/templates/page.html") == (problem.code, problem.location.file)


def test_a_page_that_never_was_good_says_what_is_wrong(site):
    site.write("theme/templates/page.html", "{{ page.titel }}\n")
    preview = PreviewedSite(site.root)

    page = text(preview, "guide/a/index.html")

    assert "This page cannot be made" in page
    assert "`page` has no `titel`" in page
    assert preview.session.shelf.get("guide/a/index.html").is_error


def test_an_error_page_escapes_what_the_content_says(site):
    site.write("theme/templates/page.html", "{{ page['<img src=x onerror=alert(1)>'].x }}\n")
    preview = PreviewedSite(site.root)

    page = text(preview, "guide/a/index.html")

    assert "<img" not in page
    assert "&lt;img" in page


def test_drafts_are_shown(site):
    site.page("guide/d.md", "---\ntitle: D\ndraft: true\n---\n\nNot yet.\n")
    preview = PreviewedSite(site.root)

    assert "Not yet." in text(preview, "guide/d/index.html")


def test_pages_that_lost_their_place_on_the_shelf_are_made_again_with_the_same_bytes(site):
    preview = PreviewedSite(site.root, limit=1)
    first = preview.served()

    assert 1 == sum(
        preview.session.shelf.get(output).data is not None for output in preview.session.shelf.outputs()
    )
    assert first == preview.served()


def test_an_included_file_that_changes_or_goes_is_told(site):
    site.write("snippets/part.md", "Included *text*.\n")
    site.page("guide/a.md", "# A\n\n::: include /snippets/part.md\n")
    preview = PreviewedSite(site.root)
    preview.served()
    site.write("snippets/part.md", "Another text.\n")
    (change,) = preview.hint("snippets/part.md").look(everywhere=False)
    assert ("guide/a/index.html",) == change.stale
    assert "Another text." in text(preview, "guide/a/index.html")

    (site.root / "snippets/part.md").unlink()
    preview.hint("snippets/part.md").look(everywhere=False)

    assert ["include-missing"] == [item.code for item in preview.session.problems_of("guide/a/index.html")]
    assert "Another text." in text(preview, "guide/a/index.html")


def test_nothing_is_written_to_the_output_folder_or_beside_it(site, preview):
    site.edit("guide/a.md", "Text", "Words")
    preview.look()
    preview.served()

    assert ["content", "site.yaml"] == sorted(path.name for path in site.root.iterdir())
