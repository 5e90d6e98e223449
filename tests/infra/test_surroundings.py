"""ARNs of what a stack stands in follow from the partition and account of whoever deploys."""

from __future__ import annotations

import pytest

from infra.surroundings import Surroundings

ACCOUNT = "123456789012"


@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_arns_follow_from_partition_and_account(partition: str):
    around = Surroundings(partition, ACCOUNT, "eu-west-1", None)
    assert around.role_arn("retail-snowpipe-dev") == f"arn:{partition}:iam::{ACCOUNT}:role/retail-snowpipe-dev"
    assert around.bucket_arn("deliveries") == f"arn:{partition}:s3:::deliveries"
