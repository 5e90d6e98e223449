"""The bytes of a file: blocks of text as they are, compressed, or the same transactions as Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from input_data_generator.catalog import CATEGORIES
from input_data_generator.dimensions import categories, customers_csv, products_csv
from input_data_generator.fragments import Fragments
from input_data_generator.options import Options
from input_data_generator.plan import CUSTOMERS, PlannedFile
from input_data_generator.shards import Place, Shard, draw_shard
from input_data_generator.world import World, world_of

Block = bytes | pa.Buffer


class ItemCount:
    """Counts the items of shards by category, as products are categorised at the end of the window."""

    def __init__(self, world: World):
        self._world = world
        self._items = np.zeros(2 * world.offers + 1, np.int64)

    def add(self, shard: Shard) -> None:
        """Count a shard's items."""
        for items in shard.items:
            self._items += np.bincount(items, minlength=len(self._items))

    def by_category(self) -> dict[str, int]:
        """Return the number of items of every category."""
        options, offers = self._world.options, self._world.offers
        of_offer = self._items[:offers] + self._items[offers : 2 * offers]
        of_product = of_offer.reshape(options.products, -1).sum(axis=1)
        final = _final_categories(options)
        return {category.name: int(of_product[final == number].sum()) for number, category in enumerate(CATEGORIES)}


def write_content(options: Options, file: PlannedFile, out: BinaryIO) -> dict[str, int]:
    """Write a file's bytes and return its items by category (none for customers and products)."""
    if file.place is None:
        make = customers_csv if file.feed == CUSTOMERS else products_csv
        out.writelines(make(options, file.snapshot))
        return {}
    count = ItemCount(world_of(options))
    shards = _counted(world_of(options), file.place, count)
    if options.format == "parquet":
        from input_data_generator.parquet import write_parquet  # half as long to import as everything else

        write_parquet(world_of(options), file.place, shards, out)
    else:
        text = _json_lines(options, file.place, shards)
        out.writelines(_ENCODINGS[options.format](text))
    return count.by_category()


def _counted(world: World, place: Place, count: ItemCount) -> Iterator[Shard]:
    for number in range(place.shards):
        shard = draw_shard(world, place, number)
        count.add(shard)
        yield shard


def _json_lines(options: Options, place: Place, shards: Iterable[Shard]) -> Iterator[pa.Buffer]:
    fragments = _fragments_of(options)
    table = fragments.of_file(place.day, place.second)
    for shard in shards:
        yield fragments.text(table, shard)


def _gzip(blocks: Iterable[Block]) -> Iterator[Block]:
    from isal import isal_zlib

    member = isal_zlib.compressobj(1, wbits=31)
    for block in blocks:
        yield member.compress(block)
    yield member.flush()


def _zstd(blocks: Iterable[Block]) -> Iterator[Block]:
    codec = pa.Codec("zstd", compression_level=1)
    empty = True
    for block in blocks:  # a frame each; frames follow one another in a file
        empty = False
        yield codec.compress(block)
    if empty:
        yield codec.compress(b"")


_ENCODINGS = {"json": iter, "json.gz": _gzip, "json.zst": _zstd}


@lru_cache(maxsize=1)
def _fragments_of(options: Options) -> Fragments:
    return Fragments(world_of(options))


@lru_cache(maxsize=1)
def _final_categories(options: Options) -> np.ndarray:
    return categories(options, len(options.snapshot_dates) - 1)
