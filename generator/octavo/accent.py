"""The colour of links by hue: lightness is the theme's own, so that no choice can be hard to read.

A hue is turned into four colours in OKLCH: for links on light and on dark paper, and for the ground of what is chosen on
both. Where sRGB has no such colour, chroma is taken away until it has. https://www.w3.org/TR/css-color-4/#color-conversion-code
"""

import math

__all__ = ["HUES", "accent_css", "read_hue"]

HUES = {"petrol": 205, "forest": 150, "plum": 330, "slate": 240, "indigo": 275, "ochre": 75, "brick": 30}
"""The hues with a name."""

_WHOLE_CIRCLE = 360
# Lightness and chroma of links and grounds, light and dark.
_LINK = ((0.42, 0.085), (0.82, 0.085))
_GROUND = ((0.955, 0.022), (0.30, 0.04))


def read_hue(text: str) -> int | None:
    """Give the hue that a name or a number means; None where it means none."""
    if text in HUES:
        return HUES[text]
    return int(text) if text.isascii() and text.isdigit() and int(text) < _WHOLE_CIRCLE else None


def accent_css(hue: int) -> str:
    """Give the style sheet that sets the colour of links."""
    names = (("accent", _LINK), ("soft", _GROUND))
    pairs = (
        f"--{name}: light-dark({_hex(*light, hue)}, {_hex(*dark, hue)})" for name, (light, dark) in names
    )
    return f":root {{ {'; '.join(pairs)} }}\n"


def _hex(lightness: float, chroma: float, hue: int) -> str:
    low, high = 0.0, chroma
    channels = _to_srgb(lightness, chroma, hue)
    if not _is_in_gamut(channels):
        while high - low > 1e-4:
            middle = (low + high) / 2
            if _is_in_gamut(_to_srgb(lightness, middle, hue)):
                low = middle
            else:
                high = middle
        channels = _to_srgb(lightness, low, hue)
    return "#" + "".join(f"{round(255 * min(max(channel, 0), 1)):02x}" for channel in channels)


def _is_in_gamut(channels: tuple[float, float, float]) -> bool:
    return all(-1e-4 <= channel <= 1 + 1e-4 for channel in channels)


def _to_srgb(lightness: float, chroma: float, hue: int) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _companded(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _companded(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _companded(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _companded(linear: float) -> float:
    """Give the value of a channel of sRGB for a linear one."""
    if abs(linear) <= 0.0031308:
        return 12.92 * linear
    return math.copysign(1.055 * abs(linear) ** (1 / 2.4) - 0.055, linear)
