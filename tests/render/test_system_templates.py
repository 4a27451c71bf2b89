from xml.etree import ElementTree as ET

from octavo.model import Value
from octavo.render import make_environment, render_system

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


class Entry(Value, frozen=True):
    location: str
    modified: str = ""


def test_a_redirect_leads_to_its_target_without_scripts(bundled, tools):
    values = {
        "href": "../new/?a&b",
        "title": "New <b>",
        "language": "de",
        "canonical": "https://example.org/new/",
    }
    rendered = render_system(make_environment(bundled), "redirect.html", values, output="old/index.html")
    tree = tools.parse(rendered.text)
    assert rendered.output == "old/index.html"
    assert tree.find(".//meta[@http-equiv='refresh']").get("content") == "0; url=../new/?a&b"
    assert tree.find(".//link[@rel='canonical']").get("href") == "https://example.org/new/"
    assert (tree.find(".//a").get("href"), tree.find(".//a").text) == ("../new/?a&b", "New <b>")
    assert tree.get("lang") == "de"


def test_a_sitemap_is_well_formed_whatever_the_addresses_hold(bundled):
    entries = (
        Entry("https://example.org/?a=1&b=<'\">", "2026-11-23"),
        Entry("https://example.org/\x00\x1b\ufffex/"),
    )
    rendered = render_system(
        make_environment(bundled), "sitemap.xml", {"entries": entries}, output="sitemap.xml"
    )
    root = ET.fromstring(rendered.text)
    found = [element.text for element in root.iter(f"{NAMESPACE}loc")]
    assert found == ["https://example.org/?a=1&b=<'\">", "https://example.org/x/"]
    assert [element.text for element in root.iter(f"{NAMESPACE}lastmod")] == ["2026-11-23"]
    assert rendered.text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<urlset')


def test_a_missing_value_of_a_system_template_is_a_diagnostic(bundled):
    rendered = render_system(make_environment(bundled), "sitemap.xml", {}, output="sitemap.xml")
    [problem] = rendered.diagnostics
    assert rendered.text is None
    assert (problem.location.file, problem.location.line) == ("theme/templates/system/sitemap.xml", 3)
    assert problem.message == "`entries` is not defined, while rendering `sitemap.xml`"
