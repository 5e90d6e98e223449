"""boto3, configured by the environment alone: a file that it puts into the bucket is in the view in a moment."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Mapping

from tests.clients.asking import ask_until

PUT = """
import boto3, os, sys
key, body = sys.argv[1:]
boto3.client("s3").put_object(Bucket=os.environ["LANDING_BUCKET"], Key=key, Body=body.encode())
print(boto3.client("sts").get_caller_identity()["Account"])
"""


def test_a_file_put_with_boto3_is_loaded_live(cloud: Mapping[str, str]) -> None:
    customer = f"C-{uuid.uuid4().hex[:8]}"
    purchase = {"customer_id": customer, "basket": [{"product_id": "P1", "price": 5}]}
    line = json.dumps(purchase | {"date_of_purchase": "2026-01-05 10:00:00"})

    put = [sys.executable, "-W", "ignore", "-c", PUT, f"transactions/{customer}.json", line]
    finished = subprocess.run(put, env=dict(cloud), capture_output=True, text=True)

    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip().isdigit()
    found = f"select sum(PURCHASE_COUNT) from MART.CUSTOMER_PURCHASES where CUSTOMER_ID = '{customer}'"
    assert ask_until(cloud, found, [(1,)]) == [(1,)]
