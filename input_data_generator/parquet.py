"""The transactions as Parquet, for tools that read it: typed columns, the basket a list of structs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from input_data_generator.fragments import product_id
from input_data_generator.shards import Place, Shard
from input_data_generator.world import World

ROWS_IN_GROUP = 131_072
"""At least so many rows make a row group, but for the last."""

SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("basket", pa.list_(pa.struct([("product_id", pa.string()), ("price", pa.int32())]))),
        ("date_of_purchase", pa.timestamp("us")),
    ]
)


def write_parquet(world: World, place: Place, shards: Iterable[Shard], out: BinaryIO) -> None:
    """Write a file's shards as Parquet."""
    products = world.options.products
    names = pa.array([product_id(number + 1, products) for number in range(products)])
    group: list[pa.Table] = []
    with pq.ParquetWriter(pa.PythonFile(out, "w"), SCHEMA, compression="zstd") as writer:
        for shard in shards:
            group.append(_table(world, names, place, shard))
            if sum(map(len, group)) >= ROWS_IN_GROUP:
                writer.write_table(pa.concat_tables(group))
                group.clear()
        if group:
            writer.write_table(pa.concat_tables(group))


def _table(world: World, names: pa.Array, place: Place, shard: Shard) -> pa.Table:
    customer = pa.array(shard.customer).cast(pa.string())
    slots = np.stack(shard.items, axis=1)
    taken = slots < 2 * world.offers
    offer = slots[taken] % world.offers
    ends = np.concatenate(([0], np.cumsum(taken.sum(axis=1)))).astype(np.int32)
    levels = world.offers // world.options.products
    items = pa.StructArray.from_arrays(
        [names.take(pa.array(offer // levels)), pa.array(world.prices.take(offer).astype(np.int32))],
        fields=list(SCHEMA.field("basket").type.value_type),
    )
    moment = np.datetime64(place.day, "us") + (shard.minute * 60 + place.second).astype("timedelta64[s]")
    return pa.Table.from_arrays(
        [
            pc.call_function("binary_join_element_wise", [pa.scalar("C"), customer, pa.scalar("")]),
            pa.ListArray.from_arrays(pa.array(ends), items, type=SCHEMA.field("basket").type),
            pa.array(moment, pa.timestamp("us")),
        ],
        schema=SCHEMA,
    )
