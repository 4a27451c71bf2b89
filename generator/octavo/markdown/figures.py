"""Figures: an image alone in a paragraph, with a title, which becomes its caption.

The image may be a link. In a tight list there are no paragraphs, and so no figures. A title in braces, `{title=...}`, is
that of the image: it shows when the pointer rests on it.
"""

from markdown_it.token import Token

__all__ = ["make_figures"]


def make_figures(tokens: list[Token]) -> None:
    """Turn the paragraphs that are figures into such, in place; the writer puts the caption behind the image."""
    for index, token in enumerate(tokens):
        if token.type != "paragraph_open" or token.hidden:
            continue
        image = _lone_image(tokens[index + 1].children or [])
        if image is not None and image.attrs.get("title") and "title_attribute" not in image.meta:
            image.meta["captioned"] = True
            token.tag = tokens[index + 2].tag = "figure"


def _lone_image(children: list[Token]) -> Token | None:
    kinds = [child.type for child in children]
    if kinds == ["image"]:
        return children[0]
    return children[1] if kinds == ["link_open", "image", "link_close"] else None
