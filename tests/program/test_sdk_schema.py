"""The schema check itself: what it must not let through."""

from __future__ import annotations

import pytest

from tests.program.sdk_schema import faults

CASES = {
    "unknown key": (
        "snowflake:index/pipe:Pipe",
        {"database": "D", "schema": "S", "copyStatement": "c", "copy": "x"},
        ["Pipe.copy is unknown"],
    ),
    "missing key": ("snowflake:index/pipe:Pipe", {"database": "D", "schema": "S"}, ["Pipe.copyStatement is missing"]),
    "unknown nested key": (
        "snowflake:index/table:Table",
        {"database": "D", "schema": "S", "columns": [{"name": "A", "type": "VARIANT", "kind": 1}]},
        ["Table.columns.kind is unknown"],
    ),
    "missing nested key": (
        "snowflake:index/table:Table",
        {"database": "D", "schema": "S", "columns": [{"name": "A"}]},
        ["Table.columns.type is missing"],
    ),
    "plain names that nested types took": (
        "aws:s3/bucketVersioning:BucketVersioning",
        {"bucket": "b", "versioningConfiguration": {"state": "Enabled"}},
        [
            "BucketVersioning.versioningConfiguration.state is unknown",
            "BucketVersioning.versioningConfiguration.status is missing",
        ],
    ),
}


@pytest.mark.parametrize(("token", "inputs", "expected"), CASES.values(), ids=CASES)
def test_a_wrong_input_is_named(token: str, inputs: dict[str, object], expected: list[str]):
    assert faults(token, inputs) == expected
