"""Any two colours of the charts can be told apart, by everybody and on every page."""

from __future__ import annotations

from itertools import combinations

import pytest

from dashboard.colours import DARK_PAGE, LIGHT_PAGE, SERIES

# Machado, Oliveira and Fernandes 2009, severity 1.0
SEEN_BY = {
    "everybody else": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopes": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopes": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopes": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.95047, 1.0, 1.08883)

APART = 25
"""Distance in CIELAB; 2.3 is just noticeable."""

Triple = tuple[float, float, float]


def linear(colour: str) -> Triple:
    channels = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return red, green, blue


def times(matrix: tuple[Triple, ...], vector: Triple) -> Triple:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def lab(light: Triple) -> Triple:
    shown = times(TO_XYZ, (min(max(light[0], 0), 1), min(max(light[1], 0), 1), min(max(light[2], 0), 1)))
    x, y, z = (
        value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116
        for value in (part / white for part, white in zip(shown, WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def luminance(colour: str) -> float:
    return times(TO_XYZ, linear(colour))[1]


@pytest.mark.parametrize("who", SEEN_BY)
def test_any_two_colours_are_far_apart(who: str) -> None:
    seen = {colour: lab(times(SEEN_BY[who], linear(colour))) for colour in SERIES}
    distances = {
        pair: sum((a - b) ** 2 for a, b in zip(seen[pair[0]], seen[pair[1]], strict=True)) ** 0.5
        for pair in combinations(SERIES, 2)
    }
    assert min(distances.values()) > APART, distances


@pytest.mark.parametrize("page", [LIGHT_PAGE, DARK_PAGE])
@pytest.mark.parametrize("colour", SERIES)
def test_every_colour_stands_out_from_the_page(colour: str, page: str) -> None:
    lighter, darker = sorted((luminance(colour), luminance(page)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3
