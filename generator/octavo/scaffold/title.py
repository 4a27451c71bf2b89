"""The title of a new site."""

__all__ = ["site_title"]

_NAMELESS = "My tutorial"


def site_title(folder_name: str) -> str:
    """Make a title of a folder's name: `my-notes` becomes `My notes`.

    What a title cannot show (control characters, bytes that are no text) is dropped; where nothing is left, the title
    is a general one.
    """
    shown = "".join(char for char in folder_name if char.isprintable())
    words = " ".join(shown.replace("-", " ").replace("_", " ").split())
    return words[:1].upper() + words[1:] if words else _NAMELESS
