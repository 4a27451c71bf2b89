"""What site.yaml and the site's own `theme/` change of a page."""


def css_of(site):
    return {
        path.partition(".")[0]: data.decode() for path, data in site.tree().items() if path.endswith(".css")
    }


def test_highlight_styles_make_a_style_sheet_that_pages_load(site):
    site.config("highlight: {light: tango, dark: monokai}\n").pages(a="# A").build().clean()

    sheet = next(path for path in site.tree() if path.startswith("assets/css/highlight."))
    assert sheet in site.html("a/")
    assert "prefers-color-scheme: dark" in site.tree()[sheet].decode()


def test_one_style_alone_gets_a_usual_partner(site):
    site.config("highlight: {dark: monokai}\n").pages(a="# A").build().clean()

    assert "assets/css/highlight" in css_of(site)


def test_unknown_style_is_an_error_at_its_place(site):
    site.config("highlight:\n  light: tangoo\n").pages(a="# A").build()

    found = site.fails("unknown-style", "site.yaml:3:10")
    assert "did you mean `tango`?" == found.hint


def test_changed_style_changes_the_pages_that_load_it(site):
    site.config("highlight: {light: tango}\n").pages(a="# A").build().clean()

    site.config("highlight: {light: friendly}\n").build().clean().counts(parsed=0, rendered=4)


def test_theme_yaml_of_a_site_adds_options_to_the_bundled_ones(site):
    site.write("theme/theme.yaml", "options:\n  greeting: Hello\n")
    site.write(
        "theme/templates/partials/footer.html",
        "<footer><p>{{ theme.greeting }} {{ theme.toc_depth }}</p></footer>\n",
    )
    site.config("theme: {options: {greeting: Welcome, toc_depth: 2}}\n").pages(a="# A").build().clean()

    assert "<footer><p>Welcome 2</p></footer>" in site.html("a/")


def test_own_template_replaces_one_file_and_extends_the_bundled_one(site):
    site.write(
        "theme/templates/page.html",
        '{% extends "bundled/page.html" %}{% block footer %}<p>Mine</p>{% endblock %}\n',
    )
    site.pages(a="# A").build().clean()

    assert "<p>Mine</p>" in site.html("a/")
    assert "<p>Mine</p>" not in site.html("contents/")


def test_own_asset_replaces_one_file_under_a_new_fingerprint(site):
    site.pages(a="# A").build()
    before = css_of(site)["assets/css/base"]
    site.write("theme/assets/css/base.css", "body { margin: 0 }\n").build().clean()

    assert before != css_of(site)["assets/css/base"] == "body { margin: 0 }\n"


def test_template_error_stops_the_build_at_the_template_line(site):
    site.write(
        "theme/templates/page.html",
        '{% extends "bundled/page.html" %}\n{% block main %}{{ page.titel }}{% endblock %}\n',
    )
    site.pages(a="# A", b="# B").build()

    site.fails("template-error", "theme/templates/page.html:2")


def test_template_of_front_matter_is_found_in_the_sites_theme(site):
    site.write(
        "theme/templates/wide.html", '{% extends "main.html" %}{% block main %}<p>Wide</p>{% endblock %}\n'
    )
    site.pages(a="---\ntemplate: wide\n---\n# A\n").build().clean()

    assert "<p>Wide</p>" in site.main("a/")


def test_missing_template_is_an_error_that_lists_the_known_ones(site):
    site.pages(a="---\ntitle: A\ntemplate: wiide.html\n---\n").build()

    found = site.fails("missing-template", "content/a.md:3:11")
    assert "`page.html`" in found.hint


def test_a_wrong_filter_is_reported_once_and_not_again_by_each_page(site):
    site.write("theme/templates/partials/footer.html", "{% if site %}{{ site.title | uper }}{% endif %}\n")

    assert ["template-syntax"] == site.pages(a="# A").build().codes()


def test_a_template_in_a_folder_where_nothing_looks_is_reported(site):
    site.write("theme/partials/footer.html", "x").write("theme/templates/footer.html", "x")
    site.write("theme/templates/partial/pager.html", "x")
    site.pages(a="# A").build()

    found = {str(item.location): item.hint for item in site.report.diagnostics}
    assert {
        "theme/partials/footer.html": "did you mean `theme/templates/partials/footer.html`?",
        "theme/templates/footer.html": "did you mean `theme/templates/partials/footer.html`?",
        "theme/templates/partial/pager.html": "did you mean `theme/templates/partials/pager.html`?",
    } == found
    assert {"unused-theme-file"} == set(site.codes())


def test_a_template_that_is_used_or_has_a_name_of_its_own_is_not_reported(site):
    site.write("theme/LICENSE", "x").write("theme/src/page.scss", "x").write("theme/assets/base.css", "x")
    site.write("theme/templates/own/toc.html", "x")
    site.write("theme/templates/listing.html", '{% extends "page.html" %}')
    site.write("theme/templates/main.html", '{% extends "base.html" %}{% include "own/toc.html" %}')

    site.pages(a="# A").build().clean()


def test_a_block_that_no_template_above_has_is_reported_at_its_line(site):
    site.write(
        "theme/templates/page.html",
        '{% extends "bundled/page.html" %}\n{% block foter %}x{% endblock %}\n'
        "{% block footer %}{% block mine %}{% endblock %}{% endblock %}\n",
    )

    problem = site.pages(a="# A").build().warns("unknown-block", "theme/templates/page.html:2")

    assert ("did you mean `footer`?", ["unknown-block"]) == (problem.hint, site.codes())


def test_template_with_an_unclosed_brace_says_how_to_close_it(site):
    site.write("theme/templates/page.html", '{% extends "bundled/page.html" %}\n{{ page.title }\n')
    site.pages(a="# A").build()

    found = site.fails("template-syntax", "theme/templates/page.html:2")
    assert found.hint == "close each `{{` with `}}` on its line"


def test_template_with_an_unclosed_tag_says_how_to_close_it(site):
    site.write("theme/templates/page.html", '{% extends "bundled/page.html" %}\n{% if page.title }\n')
    site.pages(a="# A").build()

    assert site.fails("template-syntax", "theme/templates/page.html:2").hint.startswith("close each `{%`")
