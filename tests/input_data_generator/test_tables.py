"""Choices by whole numbers: the tables that every distribution is drawn from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from input_data_generator.options import MAX_CUSTOMERS, Options
from input_data_generator.plan import MAX_FILES_A_DAY
from input_data_generator.randomness import Purpose, Stream, lookup_table
from input_data_generator.world import Customers, World

FIRST_NUMBERS = [52492, 50471, 7889, 47615, 58422, 49690, 13852, 45525]


@given(some.lists(some.integers(0, 10**9), min_size=1, max_size=50).filter(any), some.integers(8, 16))
def test_a_table_gives_each_choice_its_share_to_within_one_slot(weights: list[int], bits: int):
    slots = np.bincount(lookup_table(weights, bits), minlength=len(weights))
    assert slots.sum() == 1 << bits
    for weight, count in zip(weights, slots.tolist(), strict=True):
        assert abs(count * sum(weights) - (weight << bits)) < sum(weights)


def test_streams_of_different_keys_share_nothing():
    keys = [(Purpose.WORLD,), (Purpose.DAY, 1), (Purpose.DAY, 2), (Purpose.SHARD, 1, 0, 0), (Purpose.SHARD, 1, 0, 1)]
    drawn = [Stream(7, *key).uint32(1_000) for key in keys] + [Stream(8, *keys[0]).uint32(1_000)]
    assert len({tuple(numbers.tolist()) for numbers in drawn}) == len(drawn)


def test_the_raw_stream_is_the_one_that_seeds_have_always_given():
    assert Stream(7, Purpose.SHARD, 739_617, 0, 0).uint16(8).tolist() == FIRST_NUMBERS
    assert Stream(7, Purpose.SHARD, 739_617, 0, 0).uint32(4).tolist() == [
        low + (high << 16) for low, high in zip(FIRST_NUMBERS[::2], FIRST_NUMBERS[1::2], strict=True)
    ]


def test_every_minute_fits_its_files_into_its_seconds():
    minutes = World(Options()).minutes
    most = np.bincount(minutes).max()
    files = -(-int(most) * MAX_FILES_A_DAY // len(minutes)) + 1  # one more is cut by the minute's beginning
    assert files <= 60


@pytest.mark.parametrize("customers", [1, 137, 4_096, 4_181, 1_000_003, MAX_CUSTOMERS])
def test_every_rank_is_another_customer(customers: int):
    drawn = Customers(customers, 99)
    ranks = np.unique(np.linspace(0, customers - 1, 10_000).astype(np.int64))
    numbers = (ranks * drawn._step + drawn._offset) % customers
    assert len(np.unique(numbers)) == len(ranks)
    assert numbers.min() >= 0
