"""The shop of a data set: who buys, what there is, what it costs, as tables to draw from.

A :class:`World` is a pure function of the options. Every choice is one random number through one table; the
tables are small enough to stay in the processor's cache, which is where the speed comes from.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd

import numpy as np

from input_data_generator.catalog import ASSORTMENT, CATEGORIES, PRICE_PERCENT, PRICE_WEIGHTS
from input_data_generator.options import Options
from input_data_generator.randomness import Purpose, Stream, lookup_table
from input_data_generator.timing import HOUR_WEIGHTS

BASKET_WEIGHTS = (8, 8, 8, 5, 4, 3, 2, 1)
"""How often a basket has 1, 2, 3, … items: up to 3 alike, as in the exercise; then ever fewer."""

CUSTOMER_GROUPS = 4_096
"""Customers of neighbouring rank share a group, so that the table does not grow with their number."""


class Customers:
    """Draws customers, some far more often than others.

    The customer of rank r (of n) buys with weight 1 / (r + n/20): the first tenth makes over a third of the
    purchases, the last tenth about 3 %. One in fifty never buys.
    """

    def __init__(self, count: int, offset: int):
        self._count = count
        buyers = count - count // 50
        groups = min(buyers, CUSTOMER_GROUPS)
        edges = np.arange(groups + 1, dtype=np.int64) * buyers // groups
        self._first = edges[:-1]
        self._size = np.diff(edges)
        self._group = lookup_table((self._size << 40) // (20 * self._first + buyers), 16)
        # Rank to customer: steps of about the golden section visit every customer once.
        self._step = max(1, count * 618 // 1_000)
        while gcd(self._step, count) > 1:
            self._step += 1
        self._offset = offset % count

    def draw(self, stream: Stream, count: int, known: int) -> np.ndarray:
        """Return the numbers (from 1) of so many customers.

        Args:
            stream: where the random numbers come from.
            count: how many to draw.
            known: customers known by then; who is not leaves the purchase to one who is.
        """
        random = stream.uint32(count)
        group = self._group.take(random >> 16)
        rank = self._first.take(group) + ((random & 0xFFFF) * self._size.take(group) >> 16)
        customer = (rank * self._step + self._offset) % self._count
        return (customer % known if known < self._count else customer) + 1


class World:
    """The tables of one data set.

    An *offer* is a product at one of its prices: its number is product * 3 + price level. An *item number*
    also says where in the basket the offer stands, because the first item of a basket is written without a
    comma: an offer as first item has the offer's number, as a later one ``offers`` more, and
    ``2 * offers`` is no item.

    Attributes:
        offers: how many offers there are.
        prices: of every offer, in pence.
        category: of every product in the first snapshot, as an index of CATEGORIES.
        basket: from 16 random bits to the *kind* of a basket: its category and size, as
            category * max_basket + size - 1.
        item_bits: random bits that choose an item.
        items: rows of 2**item_bits item numbers, flat: first items of each category, later items of each
            category, no item.
        item_row: per position in the basket and kind, where the row begins.
        minutes: from 16 random bits to a minute of the day, ascending.
    """

    def __init__(self, options: Options):
        stream = Stream(options.seed, Purpose.WORLD)
        self.options = options
        self.customers = Customers(options.customers, stream.below(2**32))
        self.category = np.array([ASSORTMENT[i % len(ASSORTMENT)][0] for i in range(options.products)])
        self.offers = options.products * len(PRICE_PERCENT)
        self.prices = self._prices(stream)
        self.basket = self._baskets()
        self.item_bits, self.items, self.item_row = self._items(stream)
        self.minutes = lookup_table(np.repeat(HOUR_WEIGHTS, 60), 16)

    def _prices(self, stream: Stream) -> np.ndarray:
        cheapest, dearest = np.array([(c.cheapest, c.dearest) for c in CATEGORIES])[self.category].T
        list_price = cheapest + stream.uint32(self.options.products) % (dearest - cheapest + 1)
        return (list_price[:, None] * np.array(PRICE_PERCENT) // 100).reshape(-1)

    def _baskets(self) -> np.ndarray:
        stocked = np.bincount(self.category, minlength=len(CATEGORIES)) > 0
        weights = [category.weight * int(has) for category, has in zip(CATEGORIES, stocked, strict=True)]
        return lookup_table(np.outer(weights, BASKET_WEIGHTS[: self.options.max_basket]).reshape(-1), 16)

    def _items(self, stream: Stream) -> tuple[int, np.ndarray, np.ndarray]:
        members = [np.flatnonzero(self.category == number) for number in range(len(CATEGORIES))]
        most = max(map(len, members)) * len(PRICE_PERCENT)
        bits = min(20, max(14, (16 * most - 1).bit_length()))
        rows = np.zeros((2 * len(CATEGORIES) + 1, 1 << bits), np.int32)
        for number, products in enumerate(members):
            if len(products):
                ranked = products[stream.order(len(products))]
                popularity = (1 << 30) // (2 * np.arange(len(ranked)) + len(ranked) + 2)
                table = lookup_table(np.outer(popularity, PRICE_WEIGHTS).reshape(-1), bits)
                rows[number] = ranked.take(table // len(PRICE_PERCENT)) * len(PRICE_PERCENT) + table % len(
                    PRICE_PERCENT
                )
        rows[len(CATEGORIES) : -1] = rows[: len(CATEGORIES)] + self.offers
        rows[-1] = 2 * self.offers
        return bits, rows.reshape(-1), self._item_rows() << np.uint32(bits)

    def _item_rows(self) -> np.ndarray:
        size, category = self.options.max_basket, np.arange(len(CATEGORIES))[:, None]
        row = np.empty((size, len(CATEGORIES), size), np.uint32)
        for position in range(size):
            present = np.arange(1, size + 1) > position
            row[position] = np.where(present, category + (len(CATEGORIES) if position else 0), 2 * len(CATEGORIES))
        return row.reshape(size, -1)


@lru_cache(maxsize=1)
def world_of(options: Options) -> World:
    """Return the world of a data set; each process builds it once."""
    return World(options)
