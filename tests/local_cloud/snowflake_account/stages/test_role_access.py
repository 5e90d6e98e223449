"""What IAM policies allow: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html."""

from __future__ import annotations

from typing import Any

import pytest

from local_cloud.snowflake_account.stages.role_access import allows, may_assume

USER, EXTERNAL_ID = "arn:aws:iam::210987654321:user/snowflake", "LOCAL_SFCRole=2_abc"
OBJECT = "arn:aws:s3:::landing/customers/a.csv"


def statement(**changes: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::landing/customers/*"} | changes


READS: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "nothing allows": ([], False),
    "a statement allows": ([statement()], True),
    "lists of actions and resources": (
        [statement(Action=["s3:Put*", "S3:get*"], Resource=["x", "arn:aws:s3:::*"])],
        True,
    ),
    "another action": ([statement(Action="s3:PutObject")], False),
    "another prefix": ([statement(Resource="arn:aws:s3:::landing/products/*")], False),
    "letter case counts in resources": ([statement(Resource="arn:aws:s3:::landing/CUSTOMERS/*")], False),
    "one sign": ([statement(Resource="arn:aws:s3:::landing/customers/?.csv")], True),
    "a denial wins": ([statement(), statement(Effect="Deny", Action="s3:*", Resource="*")], False),
    "a denial of something else": ([statement(), statement(Effect="Deny", Action="s3:PutObject")], True),
    "a condition on what is not asked": ([statement(Condition={"StringLike": {"s3:prefix": ["customers/*"]}})], False),
    "a condition of an unknown kind": ([statement(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})], False),
    "a condition that is none": ([statement(Condition=None)], True),
}


@pytest.mark.parametrize(("statements", "allowed"), READS.values(), ids=READS.keys())
def test_reading_an_object_needs_a_statement_that_allows_it(statements: list[dict[str, Any]], allowed: bool) -> None:
    assert allows([{"Statement": statements}], "s3:GetObject", OBJECT) is allowed


def test_a_single_statement_needs_no_list_and_policies_add_up() -> None:
    assert allows([{}, {"Statement": statement()}], "s3:GetObject", OBJECT)


@pytest.mark.parametrize(
    ("prefix", "allowed"), [("customers/", True), ("customers/d=1/", True), ("", False), ("products/", False)]
)
def test_listing_depends_on_the_prefix(prefix: str, allowed: bool) -> None:
    condition = {"StringLike": {"s3:prefix": ["customers/*"]}}
    listing = statement(Action="s3:ListBucket", Resource="arn:aws:s3:::landing", Condition=condition)

    assert allows([{"Statement": [listing]}], "s3:ListBucket", "arn:aws:s3:::landing", {"s3:prefix": prefix}) is allowed


def trust(**changes: Any) -> dict[str, Any]:
    trusted = {
        "Effect": "Allow",
        "Principal": {"AWS": USER},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
    }
    return {"Statement": [trusted | changes]}


TRUSTS: dict[str, tuple[dict[str, Any], bool]] = {
    "names the user and the external id": (trust(), True),
    "names several of each": (
        trust(Principal={"AWS": ["x", USER]}, Condition={"StringEquals": {"sts:ExternalId": ["y", EXTERNAL_ID]}}),
        True,
    ),
    "asks for no external id": (trust(Condition={}), True),
    "names another user": (trust(Principal={"AWS": "arn:aws:iam::1:user/other"}), False),
    "names a service": (trust(Principal={"Service": "ec2.amazonaws.com"}), False),
    "names everybody in a way that is not read": (trust(Principal="*"), False),
    "asks for another external id": (trust(Condition={"StringEquals": {"sts:ExternalId": "other"}}), False),
    "allows something else": (trust(Action="sts:TagSession"), False),
    "denies": (trust(Effect="Deny"), False),
}


@pytest.mark.parametrize(("policy", "trusted"), TRUSTS.values(), ids=TRUSTS.keys())
def test_a_role_is_assumed_by_whom_its_trust_policy_names(policy: dict[str, Any], trusted: bool) -> None:
    assert may_assume(policy, USER, EXTERNAL_ID) is trusted
