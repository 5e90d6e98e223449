"""The usual way to generate such data: row by row, with ``random`` and ``json.dumps``.

The distributions are those of ``input_data_generator``, the weights are prepared once, and the loop does
only what a row needs: it is the measure of the fast generator, so nothing in it is slow on purpose.
"""

from __future__ import annotations

import json
import random
from datetime import date
from itertools import accumulate
from typing import TextIO

from input_data_generator.catalog import ASSORTMENT, CATEGORIES, PRICE_PERCENT, PRICE_WEIGHTS
from input_data_generator.timing import HOUR_WEIGHTS
from input_data_generator.world import BASKET_WEIGHTS


class NaiveGenerator:
    """Makes transactions one at a time.

    Args:
        customers: how many there are.
        products: how many there are.
        max_basket: items of the largest basket.
        seed: of the random numbers.
    """

    def __init__(self, customers: int, products: int, max_basket: int = 3, seed: int = 7):
        self._random = random.Random(seed)
        self._customers = [f"C{number + 1}" for number in range(customers)]
        self._random.shuffle(self._customers)
        buyers = customers - customers // 50
        del self._customers[buyers:]
        self._customer_weights = list(accumulate(1 / (rank + buyers / 20) for rank in range(buyers)))
        self._goods: list[list[tuple[str, int]]] = [[] for _ in CATEGORIES]
        width = len(str(products))
        for number in range(products):
            category = ASSORTMENT[number % len(ASSORTMENT)][0]
            price = self._random.randint(CATEGORIES[category].cheapest, CATEGORIES[category].dearest)
            self._goods[category].append((f"P{number + 1:0{width}d}", price))
        self._goods_weights = [
            list(accumulate(1 / (rank + len(goods) / 2 + 1) for rank in range(len(goods)))) for goods in self._goods
        ]
        self._category_weights = list(accumulate(category.weight for category in CATEGORIES))
        self._sizes = range(1, max_basket + 1)
        self._size_weights = list(accumulate(BASKET_WEIGHTS[:max_basket]))
        self._price_weights = list(accumulate(PRICE_WEIGHTS))
        self._hour_weights = list(accumulate(HOUR_WEIGHTS))

    def write(self, rows: int, day: date, out: TextIO) -> None:
        """Write so many transactions of a day as JSON lines."""
        choices = self._random.choices
        numbers, hours = range(len(CATEGORIES)), range(24)
        for _ in range(rows):
            category = choices(numbers, cum_weights=self._category_weights)[0]
            size = choices(self._sizes, cum_weights=self._size_weights)[0]
            goods = choices(self._goods[category], cum_weights=self._goods_weights[category], k=size)
            percents = choices(PRICE_PERCENT, cum_weights=self._price_weights, k=size)
            hour = choices(hours, cum_weights=self._hour_weights)[0]
            transaction = {
                "customer_id": choices(self._customers, cum_weights=self._customer_weights)[0],
                "basket": [
                    {"product_id": product, "price": price * percent // 100}
                    for (product, price), percent in zip(goods, percents, strict=True)
                ],
                "date_of_purchase": f"{day} {hour:02d}:{self._random.randrange(60):02d}:00",
            }
            out.write(json.dumps(transaction) + "\n")
