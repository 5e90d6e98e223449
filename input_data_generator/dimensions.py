"""The CSV files: customers with their loyalty scores, products with their categories, as of a snapshot.

Lines end with CRLF, as in the exercise's files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np

from input_data_generator.catalog import ASSORTMENT, CATEGORIES
from input_data_generator.division import parts_of
from input_data_generator.fragments import product_id
from input_data_generator.options import Options
from input_data_generator.randomness import Purpose, Stream
from input_data_generator.world import world_of

BLOCK = 1 << 16
"""Customers or products made at a time."""

_LOWEST_SCORE, _HIGHEST_SCORE = 1, 10
_RECATEGORISED = 32  # one product in so many changes its category from one snapshot to the next


def customers_csv(options: Options, snapshot: int) -> Iterator[bytes]:
    """Return customers.csv as of a snapshot, in blocks of lines."""
    yield b"customer_id,loyalty_score\r\n"
    count = options.customers_in(snapshot)
    for block in range(parts_of(count, BLOCK)):
        first = block * BLOCK
        scores = loyalty_scores(options, snapshot, block)[: count - first].tolist()
        yield b"".join(b"C%d,%d\r\n" % line for line in enumerate(scores, first + 1))


def loyalty_scores(options: Options, snapshot: int, block: int) -> np.ndarray:
    """Return the scores (1 to 10) of a block of customers.

    From one snapshot to the next one customer in eight gains or loses a point.
    """
    start = Stream(options.seed, Purpose.SCORES, 0, block).uint32(BLOCK)
    scores = (_LOWEST_SCORE + start % (_HIGHEST_SCORE - _LOWEST_SCORE + 1)).astype(np.int64)
    for later in range(1, snapshot + 1):
        chance = Stream(options.seed, Purpose.SCORES, later, block).uint16(BLOCK) % 16
        scores += (chance == 0).astype(np.int64) - (chance == 1)
        scores = np.clip(scores, _LOWEST_SCORE, _HIGHEST_SCORE)
    return scores


def categories(options: Options, snapshot: int) -> np.ndarray:
    """Return the category of every product as of a snapshot, as indices of CATEGORIES."""
    present = world_of(options).category.copy()
    for later in range(1, snapshot + 1):
        stream = Stream(options.seed, Purpose.CATEGORIES, later)
        for _ in range(max(1, options.products // _RECATEGORISED)):
            product = stream.below(options.products)
            present[product] = (present[product] + 1 + stream.below(len(CATEGORIES) - 1)) % len(CATEGORIES)
    return present


def products_csv(options: Options, snapshot: int) -> Iterator[bytes]:
    """Return products.csv as of a snapshot, in blocks of lines."""
    yield b"product_id,product_description,product_category\r\n"
    present = categories(options, snapshot).tolist()
    names = _descriptions(options)
    for first in range(0, options.products, BLOCK):
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        for number in range(first, min(first + BLOCK, options.products)):
            writer.writerow((product_id(number + 1, options.products), next(names), CATEGORIES[present[number]].name))
        yield text.getvalue().encode()


def _descriptions(options: Options) -> Iterator[str]:
    """Yield the products' descriptions: the assortment's own, then its goods by makers that faker names."""
    for _, description in ASSORTMENT:
        yield description
    from faker import Faker  # takes longer to import than a small data set to make

    maker = Faker("en_GB")
    maker.seed_instance(options.seed)
    number = len(ASSORTMENT)
    while True:
        yield f"{ASSORTMENT[number % len(ASSORTMENT)][1]} by {maker.company()}"
        number += 1
