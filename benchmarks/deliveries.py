"""Files of transactions as a supplier delivers them, each with a customer of its own to know it by."""

from __future__ import annotations

import json
import random
from typing import Any

CUSTOMERS, PRODUCTS = 100_000, 1_000
TRANSACTIONS = 1_000


def delivery(mark: str) -> bytes:
    """Return a file of transactions of random customers, the last one by the customer of this name."""
    randomly = random.Random(mark)
    customers = [f"C{randomly.randrange(1, CUSTOMERS + 1)}" for _ in range(TRANSACTIONS - 1)]
    lines = (
        {
            "customer_id": customer,
            "basket": [
                {"product_id": f"P{randomly.randrange(1, PRODUCTS + 1):04d}", "price": randomly.randrange(1000)}
            ],
            "date_of_purchase": f"2026-07-01 10:{randomly.randrange(60):02d}:00",
        }
        for customer in (*customers, mark)
    )
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def put(s3: Any, bucket: str, mark: str) -> None:
    """Put such a file into the bucket."""
    key = f"transactions/d=2026-07-01/{mark}.json"
    s3.put_object(Bucket=bucket, Key=key, Body=delivery(mark))
