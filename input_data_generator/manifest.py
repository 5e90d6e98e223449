"""``manifest.json``: what a data set holds, so that a load of it can be proved complete.

::

    {
      "generator": "1.0.0",                 the version whose seeds give these bytes
      "seed": 7,
      "options": {"start": "2026-01-01", "end": …, "customers": 137, …},
      "totals": {"transactions": …, "items": …, "customers": …, "products": …,
                 "items_by_category": {"house": …, …}},
      "files": [{"path": "customers.csv", "feed": "customers", "rows": 137, "bytes": …, "sha256": "…"}, …]
    }

Customers, products and categories are those of the last snapshot. The manifest is a pure function of the
options too: no clock, no folder, no number of workers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from input_data_generator import __version__
from input_data_generator.catalog import CATEGORIES
from input_data_generator.options import Options
from input_data_generator.plan import TRANSACTIONS
from input_data_generator.writer import FileRecord


def manifest(options: Options, records: Iterable[FileRecord]) -> dict[str, Any]:
    """Return the manifest of a complete data set.

    Args:
        options: of the data set.
        records: of all its files, in the order of the plan.
    """
    records = list(records)
    by_category = {
        category.name: sum(record.items.get(category.name, 0) for record in records) for category in CATEGORIES
    }
    return {
        "generator": __version__,
        "seed": options.seed,
        "options": _as_given(options),
        "totals": {
            "transactions": sum(record.rows for record in records if record.feed == TRANSACTIONS),
            "items": sum(by_category.values()),
            "customers": options.customers,
            "products": options.products,
            "items_by_category": by_category,
        },
        "files": [
            {
                "path": record.path,
                "feed": record.feed,
                "rows": record.rows,
                "bytes": record.bytes,
                "sha256": record.sha256,
            }
            for record in records
        ],
    }


def manifest_text(options: Options, records: Iterable[FileRecord]) -> bytes:
    """Return the manifest as the bytes of its file."""
    return json.dumps(manifest(options, records), indent=2).encode() + b"\n"


def _as_given(options: Options) -> dict[str, Any]:
    values = asdict(options)
    del values["seed"]
    return values | {"start": options.start.isoformat(), "end": options.end.isoformat()}
