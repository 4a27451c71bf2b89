from octavo.markdown import parse_document
from octavo.model import MarkdownOptions, SourceText


def places(text):
    source = SourceText(source="a.md", file="content/a.md", text=text)
    return [str(place) for place in parse_document(source, MarkdownOptions()).places.links]


def test_a_reference_in_raw_html_is_not_placed_at_a_later_link_to_the_same_target():
    text = '<a href="b.md">first</a> [second](c.md)\n[third](b.md)\n'

    assert places(text) == ["content/a.md:1:10", "content/a.md:1:35", "content/a.md:2:9"]
