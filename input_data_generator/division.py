"""Division of a whole into equal parts."""

from __future__ import annotations


def parts_of(whole: int, most: int) -> int:
    """Return into how many parts of at most ``most`` a whole falls: the quotient, rounded up, in whole numbers."""
    return (whole + most - 1) // most
