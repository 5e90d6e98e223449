"""A bucket that encrypts by a key of KMS: what the key lets in, and what the role may do with it, as AWS decides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.infra.policy_evaluation import Request, allowed
from tests.program.recording import ACCOUNT, ROOT, THEIR_ROLE, Recording, run_program, stack_config
from tests.program.sdk_schema import faults

OURS = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd"
THEIRS = "arn:aws:kms:eu-west-1:210987654321:key/5678efab"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/retail-snowpipe-dev"
BY_S3 = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}
DELIVERIES = {"existingBucket": "deliveries", "notifications": "sns"}


def run(**config: str) -> Recording:
    return run_program(config=stack_config(ROOT, "dev", dataDir="", encryption="sse-kms", **config))


@pytest.fixture(scope="module")
def own() -> Recording:
    return run(accessLogBucket="logs-of-all")


@pytest.fixture(scope="module")
def given() -> Recording:
    return run(kmsKeyArn=THEIRS)


def test_every_input_is_one_that_the_sdk_knows(own: Recording):
    assert [fault for resource in own.resources for fault in faults(resource.type, resource.inputs)] == []


@pytest.mark.parametrize(("which", "key"), [("own", OURS), ("given", THEIRS)])
def test_the_bucket_encrypts_by_the_key_and_asks_for_it_once_for_many_files(
    which: str, key: str, request: pytest.FixtureRequest
):
    program: Recording = request.getfixturevalue(which)
    (rule,) = program["landing-encryption"].inputs["rules"]
    assert rule == {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key},
        "bucketKeyEnabled": True,
    }


def test_a_given_key_is_left_as_it_is_and_its_owner_is_told_what_to_allow(given: Recording, own: Recording):
    assert not given.of_type("aws:kms/key:Key")
    (statement,) = given.stack_outputs["toBeAllowed"]["keyPolicy"]
    assert allows_decryption([statement], ROLE, BY_S3)
    assert not allows_decryption([statement], f"{ROLE}-2", BY_S3)
    assert not allows_decryption([statement], ROLE, {})
    assert "toBeAllowed" not in own.stack_outputs


def allows_decryption(statements: list[dict[str, Any]], principal: str, context: dict[str, str]) -> bool:
    request = Request("kms:Decrypt", THEIRS, principal, {"aws:PrincipalArn": principal, **context})
    return allowed(request, resource=[{"Version": "2012-10-17", "Statement": statements}])


def test_the_stacks_key_is_rotated_tagged_and_can_be_taken_back_for_a_month(own: Recording):
    key = own["landing-key"].inputs
    assert (key["enableKeyRotation"], key["deletionWindowInDays"]) == (True, 30)
    assert (key["tags"]["project"], key["tags"]["stack"]) == ("retail-snowpipe", "dev")


def test_the_key_is_protected_with_the_data_that_it_encrypts():
    program = run(protect="true", forceDestroy="false")
    assert program["landing-key"].options["protect"]


@pytest.mark.parametrize(
    ("action", "key", "principal", "context", "answer"),
    [
        pytest.param("kms:Decrypt", OURS, ROLE, BY_S3, True, id="the role by S3"),
        pytest.param("kms:Decrypt", OURS, ROLE, {}, False, id="the role itself"),
        pytest.param(
            "kms:Decrypt", OURS, ROLE, {"kms:ViaService": "s3.us-east-1.amazonaws.com"}, False, id="S3 elsewhere"
        ),
        pytest.param("kms:Decrypt", f"{OURS}-2", ROLE, BY_S3, False, id="another key"),
        pytest.param("kms:GenerateDataKey", OURS, ROLE, BY_S3, False, id="a write"),
        pytest.param("kms:ScheduleKeyDeletion", OURS, ROLE, BY_S3, False, id="its end"),
        pytest.param("kms:Decrypt", OURS, THEIR_ROLE.replace(ACCOUNT, "210987654321"), BY_S3, False, id="others"),
    ],
)
def test_the_role_decrypts_by_way_of_s3_and_may_nothing_else(
    own: Recording, action: str, key: str, principal: str, context: dict[str, str], answer: bool
):
    """KMS wants both: the key's policy leaves it to the account, and there the role's policy allows it."""
    role = json.loads(own["snowflake-role-access"].inputs["policy"])
    policy = json.loads(own["landing-key"].inputs["policy"])
    request = Request(action, key, principal, context)
    assert allowed(request, identity=[role], resource=[policy], both=True) is answer


def test_without_a_key_of_kms_the_role_has_no_right_to_any(program: Recording):
    assert "kms" not in program["snowflake-role-access"].inputs["policy"]
    assert not program.of_type("aws:kms/key:Key")


def test_an_existing_bucket_says_by_which_key_it_encrypts_and_stays_as_it_is():
    program = run(kmsKeyArn=THEIRS, existingIntegration="LAKE", **DELIVERIES)
    assert not [r.name for r in program.resources if r.type.startswith(("aws:s3/", "aws:kms/"))]
    assert program.stack_outputs["toBeAllowed"].keys() == {"rolePolicy", "keyPolicy"}
    decryption = program.stack_outputs["toBeAllowed"]["rolePolicy"][-1]
    assert (decryption["Action"], decryption["Resource"]) == ("kms:Decrypt", THEIRS)


def test_the_access_log_goes_below_the_buckets_name_and_without_one_there_is_no_log(own: Recording, given: Recording):
    bucket = f"retail-snowpipe-dev-{ACCOUNT}"
    assert own["landing-access-log"].inputs == {
        "bucket": bucket,
        "targetBucket": "logs-of-all",
        "targetPrefix": f"{bucket}/",
    }
    assert "landing-access-log" not in given.names
