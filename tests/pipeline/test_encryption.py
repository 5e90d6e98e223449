"""Files that the landing bucket encrypts by a key of KMS load, as long as the role may decrypt."""

from __future__ import annotations

from pathlib import Path

import pytest

from local_cloud.snowpipe.loader import PipesFailedError
from tests.pipeline.deployed import accounts_in, deploy, deployed, purchase

COUNT = "select count(*) from RAW.TRANSACTIONS"


def test_a_file_that_the_stacks_key_encrypts_is_loaded_by_the_role_and_by_nobody_who_may_not_decrypt(
    tmp_path: Path,
) -> None:
    with deployed(tmp_path, encryption="sse-kms") as pipeline:
        pipeline.put("transactions/a.json", purchase("C1", "P1"))
        bucket, aws = pipeline.stack.outputs["bucket"], pipeline.accounts.aws
        put = aws.client("s3").head_object(Bucket=bucket, Key="transactions/a.json")
        assert (put["ServerSideEncryption"], put["BucketKeyEnabled"]) == ("aws:kms", True)
        pipeline.load()
        assert pipeline.rows(COUNT) == [(1,)]
        role = {"RoleName": "retail-snowpipe-dev", "PolicyName": "read-landing-prefixes"}
        allowed = aws.client("iam").get_role_policy(**role)["PolicyDocument"]
        assert allowed["Statement"].pop()["Sid"] == "DecryptLandedFiles"
        aws.client("iam").put_role_policy(**role, PolicyDocument=str(allowed).replace("'", '"'))
        pipeline.put("transactions/b.json", purchase("C2", "P1"))
        with pytest.raises(PipesFailedError, match="is not allowed kms:Decrypt on arn:aws:kms:eu-west-1:"):
            pipeline.load()
        assert pipeline.rows(COUNT) == [(1,)]


def test_a_key_that_is_there_is_used_and_stays(tmp_path: Path) -> None:
    with accounts_in(tmp_path) as accounts:
        kms = accounts.aws.client("kms")
        key = kms.create_key()["KeyMetadata"]["Arn"]
        pipeline = deploy(accounts, encryption="sse-kms", kmsKeyArn=key)
        pipeline.put("transactions/a.json", purchase("C1", "P1"))
        pipeline.load()
        assert pipeline.rows(COUNT) == [(1,)]
        assert [each["KeyArn"] for each in kms.list_keys()["Keys"]] == [key]
