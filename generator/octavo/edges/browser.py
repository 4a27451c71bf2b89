"""Opens a page in the user's browser."""

import contextlib
import os
import sys

__all__ = ["open_browser"]


def open_browser(url: str) -> bool:
    """Open an address; False where there is no browser, or no screen that it could show itself on."""
    import webbrowser  # noqa: PLC0415 - looks for browsers when it is imported

    has_screen = sys.platform in {"darwin", "win32"} or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME")
    )
    if not has_screen:
        return False  # a browser of the terminal would take it away from us
    with contextlib.suppress(webbrowser.Error, OSError):
        return webbrowser.open(url)
    return False
