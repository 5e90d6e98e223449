"""The draws of a shard: a run of consecutive transactions of one file, in the order of their time.

A shard is a pure function of the options and its place (day, file, shard), so any machine can make any shard
at any time and the bytes are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from input_data_generator.division import parts_of
from input_data_generator.randomness import Purpose, Stream
from input_data_generator.world import World

SHARD_ROWS = 16_384
"""Transactions in a shard: its 2.6 MB of JSON stay in the processor's cache until hashed and written."""


@dataclass(frozen=True)
class Place:
    """Where a file of transactions stands in its data set.

    Attributes:
        day: the day of all its transactions.
        number: of the file in its day, from 0.
        of: files of that day; each has an equal share of the day's visits, one after the other.
        rows: transactions in the file.
    """

    day: date
    number: int
    of: int
    rows: int

    @property
    def shards(self) -> int:
        """Number of shards that the file is made of."""
        return parts_of(self.rows, SHARD_ROWS)

    @property
    def second(self) -> int:
        """Second of the minute of all its transactions.

        Files of one day may share the minute where one ends and the next begins. Their seconds differ, so
        no line stands in two files.
        """
        return self.number % 60


@dataclass(frozen=True)
class Shard:
    """The draws of one shard.

    Attributes:
        customer: customer numbers, from 1.
        items: item numbers (see World), one array per position in the basket.
        minute: minutes of the day, ascending.
    """

    customer: np.ndarray
    items: list[np.ndarray]
    minute: np.ndarray


def draw_shard(world: World, place: Place, number: int) -> Shard:
    """Draw the transactions of the number-th shard (from 0) of a file."""
    options, shards = world.options, place.shards
    rows = place.rows * (number + 1) // shards - place.rows * number // shards
    stream = Stream(options.seed, Purpose.SHARD, place.day.toordinal(), place.number, number)

    kind = world.basket.take(stream.uint16(rows))
    known = options.customers_in(options.snapshot_on(place.day))
    customer = world.customers.draw(stream, rows, known)
    items = [_items(world, stream, kind, position) for position in range(options.max_basket)]
    # This shard has the position-th of all equal slices of the day's visits.
    position, slices = place.number * shards + number, place.of * shards
    visit = (np.sort(stream.uint16(rows)).astype(np.int64) + (position << 16)) // slices
    return Shard(customer, items, world.minutes.take(visit))


def _items(world: World, stream: Stream, kind: np.ndarray, position: int) -> np.ndarray:
    if world.item_bits > 16:
        random = stream.uint32(len(kind)) >> (32 - world.item_bits)
    else:
        random = stream.uint16(len(kind)) >> (16 - world.item_bits)
    return world.items.take(world.item_row[position].take(kind) | random)
