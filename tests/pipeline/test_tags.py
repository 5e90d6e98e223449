"""The config's tags reach both accounts, and go with the stack."""

from __future__ import annotations

import json
from pathlib import Path

from local_cloud.resources import Registry
from tests.pipeline.deployed import deployed

ASKED = """select
    system$get_tag('OPS.COST_CENTER', 'RETAIL_DEV', 'database') as database,
    system$get_tag('OPS.COST_CENTER', 'RETAIL_DEV', 'warehouse') as warehouse,
    system$get_tag('OPS.COST_CENTER', 'RETAIL_DEV', 'integration') as storage,
    system$get_tag('OPS.COST_CENTER', 'RETAIL_DEV_ALERTS', 'integration') as alerts,
    system$get_tag('OPS.COST_CENTER', 'RAW.CUSTOMERS', 'table') as one_table"""


def test_what_is_tagged_answers_so_in_both_accounts_until_the_stack_is_gone(tmp_path: Path) -> None:
    tags = json.dumps({"cost-center": "4711"})
    with deployed(tmp_path, tags=tags, alertEmails='["ops@example.test"]', readers="[]") as pipeline:
        asked = ASKED.replace("'OPS.", "'RETAIL_DEV.OPS.").replace("'RAW.", "'RETAIL_DEV.RAW.")
        assert pipeline.rows(asked) == [("4711", "4711", "4711", "4711", None)]
        aws, bucket = pipeline.accounts.aws, pipeline.stack.outputs["bucket"]
        found = aws.client("s3").get_bucket_tagging(Bucket=bucket)["TagSet"]
        assert {"Key": "cost-center", "Value": "4711"} in found
        registry = Registry(aws, pipeline.accounts.snowflake)
        for resource in reversed([made for made in pipeline.stack.deployment.resources if made.custom]):
            registry.delete(resource.type, resource.id, resource.outputs)
        assert pipeline.accounts.snowflake.execute("show tags in account").rows == []
