"""Which output answers an address: the rules of GitHub Pages."""

from urllib.parse import unquote

import pytest

from octavo.preview.routes import address_of, find_route

OUTPUTS = {
    "index.html", "404.html", "guide/index.html", "guide/routing/index.html", "about.html", "style.css",
    "img/map.png", "café/index.html", "a b/index.html", "both.html", "both/index.html",
}  # fmt: skip

FOUND = [
    ("/", "index.html"),
    ("/index.html", "index.html"),
    ("/guide/", "guide/index.html"),
    ("/guide/index.html", "guide/index.html"),
    ("/guide/routing/", "guide/routing/index.html"),
    ("/about.html", "about.html"),
    ("/about", "about.html"),
    ("/guide/routing/index", "guide/routing/index.html"),
    ("/style.css", "style.css"),
    ("/img/map.png", "img/map.png"),
    ("/café/", "café/index.html"),
    ("/a b/", "a b/index.html"),
    ("/404.html", "404.html"),
]

MISSING = [
    "/Guide/", "/guide//", "//guide/", "/about/", "/about.html/", "/style.css/", "/img/", "/img",
    "/guide/nope", "/cafe\u0301/", "/guide/../about.html", "/./about.html", "guide/", "/index.html/",
]  # fmt: skip


@pytest.mark.parametrize(("path", "output"), FOUND)
def test_an_address_of_the_site_has_its_output(path, output):
    route = find_route(path, OUTPUTS, "/")

    assert ("output", output) == (route.kind, route.output)


@pytest.mark.parametrize("path", MISSING)
def test_any_other_address_is_the_404_page(path):
    route = find_route(path, OUTPUTS, "/")

    assert ("missing", "404.html") == (route.kind, route.output)


@pytest.mark.parametrize(
    ("path", "location"),
    [("/guide", "/guide/"), ("/guide/routing", "/guide/routing/"), ("/a b", "/a%20b/"), ("/both", "/both/")],
)
def test_a_folder_without_its_slash_is_a_redirect(path, location):
    route = find_route(path, OUTPUTS, "/")

    assert ("redirect", location) == (route.kind, route.location)


@pytest.mark.parametrize(
    ("path", "kind", "target"),
    [
        ("/project/", "output", "index.html"),
        ("/project/guide/", "output", "guide/index.html"),
        ("/project", "redirect", "/project/"),
        ("/", "redirect", "/project/"),
        ("/guide/", "missing", "404.html"),
        ("/projects/", "missing", "404.html"),
        ("/project/guide", "redirect", "/project/guide/"),
    ],
)
def test_a_site_below_a_path_is_served_there(path, kind, target):
    route = find_route(path, OUTPUTS, "/project/")

    assert (kind, target) == (route.kind, route.location or route.output)


@pytest.mark.parametrize("output", sorted(OUTPUTS))
@pytest.mark.parametrize("base", ["/", "/project/"])
def test_the_address_of_an_output_leads_to_it(output, base):
    assert output == find_route(unquote(address_of(output, base)), OUTPUTS, base).output
