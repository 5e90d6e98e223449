"""Random numbers that are the same on every machine.

Draws come only from a bit generator's raw 64-bit stream, whose values numpy promises to keep, and become
choices through tables of whole numbers. No float takes part: the last bit of a logarithm or a cosine
differs between machines, and with it would differ the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.random import SFC64, SeedSequence

from input_data_generator.division import parts_of


class Purpose(IntEnum):
    """What a stream is drawn for; the first part of its key, so that no two purposes share numbers."""

    WORLD = 0
    DAY = 1
    SHARD = 2
    SCORES = 3
    CATEGORIES = 4


class Stream:
    """The random numbers of one purpose and place: a pure function of the seed and the key."""

    def __init__(self, seed: int, purpose: Purpose, *place: int):
        self._bits = SFC64(SeedSequence(seed, spawn_key=(purpose, *place)))

    def uint16(self, count: int) -> np.ndarray:
        """Return so many numbers below 2**16."""
        return self._draw(count, 4, "<u2")

    def uint32(self, count: int) -> np.ndarray:
        """Return so many numbers below 2**32."""
        return self._draw(count, 2, "<u4")

    def below(self, limit: int) -> int:
        """Return one number below the limit (at most 2**32; its bias is then under one in 2**32)."""
        return int(self._bits.random_raw()) % limit

    def order(self, count: int) -> np.ndarray:
        """Return the numbers below count in a random order."""
        return np.argsort(self._bits.random_raw(count), kind="stable")

    def _draw(self, count: int, per_word: int, dtype: str) -> np.ndarray:
        words = np.asarray(self._bits.random_raw(parts_of(count, per_word)))
        # Little-endian on every machine, so that the halves of a word come in the same order.
        return words.astype("<u8", copy=False).view(dtype)[:count]


def lookup_table(weights: Sequence[int] | np.ndarray, bits: int) -> np.ndarray:
    """Return 2**bits choices, each index as often as its weight says (largest remainder first).

    Indexing the table with a random number of that many bits is the weighted choice.

    Args:
        weights: whole numbers, at least one of them positive, their sum below 2**(63 - bits).
        bits: the size of the table.
    """
    scaled = np.asarray(weights, np.int64) << bits
    total = int(np.sum(weights, dtype=np.int64))
    slots = scaled // total
    remainder = scaled - slots * total
    missing = (1 << bits) - int(slots.sum())
    slots[np.argsort(-remainder, kind="stable")[:missing]] += 1
    return np.repeat(np.arange(len(slots), dtype=np.int32), slots)
