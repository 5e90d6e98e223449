r"""JSON lines without formatting a single one: every piece of text exists once, a line is a row of numbers.

A transaction ::

    {"customer_id": "C12034", "basket": [{"product_id": "P07", "price": 450}, {"product_id": …}], "date_of_purchase": "2026-01-01 11:09:00"}

is cut into ``max_basket + 3`` fragments::

    {"customer_id": "C12 | 034", "basket": [ | {"product_id": "P07", "price": 450} | , {…} | (nothing) | ], "date_of_purchase": "…"}\n
    thousands of the      the rest of the      one fragment per position in the basket,                    one of the 1,440
    customer's number     number               empty where the basket has ended                            minutes of the file

and the table of fragments is laid out as ::

    0          offers       2·offers    end_of_items        ones          padded        minutes
    first item | later item | no item | customers' thousands | 0 … 999 | 000 … 999 | minutes of the file

so that an item number (see ``world``) is its own fragment number. Arrow's ``take`` of the numbers, row by
row, copies the fragments one behind the other: its data buffer **is** the text of the file. Cutting the
customer's number in two keeps the table small enough for the cache, whatever the number of customers.
"""  # noqa: E501  (the example is one line, as in the files)

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from input_data_generator.shards import Shard
from input_data_generator.world import World

_MINUTE = b'], "date_of_purchase": "YYYY-mm-dd %02d:%02d:SS"}\n'
_DATE_AT = _MINUTE.index(b"YYYY")
_SECOND_AT = len(_MINUTE % (0, 0)) - len(b'SS"}\n')


def product_id(number: int, products: int) -> str:
    """Return a product's id: padded to the digits of the number of products; numbers begin at 1."""
    return f"P{number:0{len(str(products))}d}"


class Fragments:
    """The table of fragments of one data set."""

    def __init__(self, world: World):
        self._end_of_items = 2 * world.offers + 1
        thousands = world.options.customers // 1_000 + 1
        self._ones = self._end_of_items + thousands
        self._padded = self._ones + 1_000
        self._minutes = self._padded + 1_000
        self._columns = world.options.max_basket + 3
        self._fixed = pa.array(_items(world) + _customers(thousands), pa.binary())

    def of_file(self, day: date, second: int) -> pa.Array:
        """Return the whole table for a file: the fixed fragments and the file's minutes."""
        return pa.concat_arrays([self._fixed, _minutes(day, second)])

    def text(self, table: pa.Array, shard: Shard) -> pa.Buffer:
        """Return the JSON lines of a shard.

        Args:
            table: of the shard's file.
            shard: the draws.
        """
        line = np.empty((len(shard.customer), self._columns), np.int32)
        thousands = shard.customer // 1_000
        ones = shard.customer - thousands * 1_000
        line[:, 0] = thousands + self._end_of_items
        line[:, 1] = ones + np.where(thousands > 0, self._padded, self._ones)
        for position, items in enumerate(shard.items):
            line[:, 2 + position] = items
        line[:, -1] = shard.minute + self._minutes
        return table.take(pa.array(line.reshape(-1))).buffers()[2]


def _items(world: World) -> list[bytes]:
    products = world.options.products
    levels = world.offers // products
    first = [
        b'{"product_id": "%s", "price": %d}' % (product_id(offer // levels + 1, products).encode(), price)
        for offer, price in enumerate(world.prices.tolist())
    ]
    return [*first, *(b", " + item for item in first), b""]


def _customers(thousands: int) -> list[bytes]:
    head = b'{"customer_id": "C'
    return [
        head,
        *(b"%s%d" % (head, number) for number in range(1, thousands)),
        *(b'%d", "basket": [' % number for number in range(1_000)),
        *(b'%03d", "basket": [' % number for number in range(1_000)),
    ]


def _minute_template() -> np.ndarray:
    rows = b"".join(_MINUTE % divmod(minute, 60) for minute in range(1_440))
    return np.frombuffer(rows, np.uint8).reshape(1_440, -1)


_TEMPLATE = _minute_template()


def _minutes(day: date, second: int) -> pa.Array:
    """Return the ends of the lines of a file: the template with the date and the second filled in."""
    rows = _TEMPLATE.copy()
    rows[:, _DATE_AT : _DATE_AT + 10] = np.frombuffer(day.isoformat().encode(), np.uint8)
    rows[:, _SECOND_AT : _SECOND_AT + 2] = np.frombuffer(b"%02d" % second, np.uint8)
    offsets = np.arange(len(rows) + 1, dtype=np.int32) * rows.shape[1]
    return pa.Array.from_buffers(pa.binary(), len(rows), [None, pa.py_buffer(offsets), pa.py_buffer(rows)])
