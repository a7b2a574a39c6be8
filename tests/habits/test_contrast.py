"""Contrast as WCAG 2.2 defines it, and shades that have enough of it."""

from __future__ import annotations

import colorsys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contrast import DARK, LEAST, LIGHT, Surroundings, is_colour, luminance, nearest, problem, ratio
from assistant.settings import Settings

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
grounds = st.sampled_from((LIGHT, DARK))


def hue(colour: str) -> float:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return colorsys.rgb_to_hls(red, green, blue)[0]


@pytest.mark.parametrize(
    ("one", "other", "known"),
    # Grey #767676 is the lightest that has 4.5 to 1 on white.
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#FF0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_what_the_definition_says(one: str, other: str, known: float) -> None:
    assert ratio(one, other) == ratio(other, one) == pytest.approx(known, abs=0.01)


def test_luminance_goes_from_black_to_white() -> None:
    assert luminance("#000000") == 0
    assert luminance("#ffffff") == pytest.approx(1)
    assert luminance("#ff0000") == pytest.approx(0.2126)


@pytest.mark.parametrize("text", ["", "red", "#fff", "#12345g", "#1234567", "0d5747", "#0d5747\n", "#٠٠٠٠٠٠"])
def test_only_six_hexadecimal_digits_are_a_colour(text: str) -> None:
    assert not is_colour(text)
    with pytest.raises(ValueError, match="is no colour"):
        luminance(text)


def test_our_own_colours_can_be_read() -> None:
    assert problem(Settings().accent, LIGHT) == problem(Settings().accent_dark, DARK) == ""


def test_words_on_a_button_that_could_not_be_read_are_told_by_themselves() -> None:
    told = problem("#0d5747", Surroundings(("#ffffff",), "#a0a0a0"))
    assert told.startswith("'#0d5747' has a contrast of 3.2 to 1 to the words on buttons; at least 7 is needed; ")


@settings(deadline=None)
@given(colours, grounds)
def test_a_colour_is_refused_if_and_only_if_something_cannot_be_read(colour: str, around: Surroundings) -> None:
    enough = all(ratio(colour, one) >= LEAST for one in (*around.grounds, around.on))
    assert (problem(colour, around) == "") is enough


@settings(deadline=None)
@given(colours, grounds)
def test_the_shade_that_is_named_passes_and_is_of_the_same_hue(colour: str, around: Surroundings) -> None:
    shade = nearest(colour, around)
    assert problem(shade, around) == ""
    near = abs(hue(shade) - hue(colour))
    # Of a shade near black, white or grey, eight bits tell the hue but roughly.
    channels = [int(shade[place : place + 2], 16) for place in (1, 3, 5)]
    assert min(near, 1 - near) < 1 / max(1, max(channels) - min(channels))


@settings(deadline=None)
@given(colours, grounds)
def test_a_colour_that_passes_is_its_own_nearest_shade_but_for_rounding(colour: str, around: Surroundings) -> None:
    if problem(colour, around) == "":
        channels = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        shades = (int(nearest(colour, around)[place : place + 2], 16) for place in (1, 3, 5))
        assert max(abs(one - other) for one, other in zip(channels, shades, strict=True)) <= 3
