"""How well a colour can be read on another: relative luminance and contrast ratio as WCAG 2.2 defines them.

Colours are texts like ``#0d5747``. A municipality chooses an accent colour; words in it stand on the grounds of our own
pages, and words of ours stand on its buttons.
"""

from __future__ import annotations

import colorsys
import math
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

LEAST: Final = 7.0
"""The least contrast of words to what they stand on: 7 to 1 (WCAG 2.2, success criterion 1.4.6)."""

_HEX: Final = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")


class Surroundings(NamedTuple):
    """What an accent colour meets on a page: the ``grounds`` on which it is words, and the colour of the words ``on`` a
    button of it."""

    grounds: tuple[str, ...]
    on: str


LIGHT: Final = Surroundings(("#f7f2e9", "#fffdf8"), "#ffffff")
DARK: Final = Surroundings(("#181613", "#24211d"), "#0b211a")


def is_colour(text: str) -> bool:
    """Whether this is a colour as six hexadecimal digits behind ``#``."""
    return _HEX.fullmatch(text) is not None


def luminance(colour: str) -> float:
    """The relative luminance of a colour, from 0 (black) to 1 (white). Raises ValueError for what is no colour."""
    red, green, blue = map(_linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21. Raises ValueError for what is no colour."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def problem(accent: str, around: Surroundings) -> str:
    """Why an accent colour cannot be used, in words for the operator, with one that can be; empty if it can be."""
    page, button = min(ratio(accent, one) for one in around.grounds), ratio(accent, around.on)
    wrong = [(page, "on the page"), (button, "to the words on buttons")]
    told = " and ".join(f"of {_tenths(found)} to 1 {where}" for found, where in wrong if found < LEAST)
    if not told:
        return ""
    better = nearest(accent, around)
    return f"{accent!r} has a contrast {told}; at least {LEAST:g} is needed; {better!r} of the same hue has it"


def nearest(accent: str, around: Surroundings) -> str:
    """The shade of the same hue that can be used and differs least in lightness."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(accent))
    shades = (_hex(colorsys.hls_to_rgb(hue, step / 255, saturation)) for step in _steps(lightness))
    return next(shade for shade in shades if all(ratio(shade, one) >= LEAST for one in (*around.grounds, around.on)))


def _steps(lightness: float) -> Sequence[int]:
    """All degrees of lightness, those near this one first. Black or white is among them and can always be read."""
    return sorted(range(256), key=lambda step: abs(step / 255 - lightness))


def _channels(colour: str) -> tuple[float, float, float]:
    found = _HEX.fullmatch(colour)
    if found is None:
        raise ValueError(f"{colour!r} is no colour")
    red, green, blue = (int(part, 16) / 255 for part in found.groups())
    return red, green, blue


def _linear(channel: float) -> float:
    """A channel of sRGB as an amount of light."""
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _hex(channels: Sequence[float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _tenths(found: float) -> str:
    """A contrast to one decimal, never more than it is: 6.99 is not 7."""
    return f"{math.floor(found * 10) / 10:.1f}"
