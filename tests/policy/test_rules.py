"""The policy pack: each rule on what keeps it and on what breaks it, and all of them on this project's program."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from tests.program.recording import Recording, run_program, stack_config

PACK = Path(__file__).resolve().parents[2] / "policy"


def load_rules() -> ModuleType:
    """Import the pack's rules as the pack does, by no package's name."""
    spec = importlib.util.spec_from_file_location("policy_rules", PACK / "rules.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


RULES = load_rules()
BY_NAME = {rule.name: rule for rule in RULES.RULES}
TRUST = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::1:user/a"},
    "Condition": {"StringEquals": {"sts:ExternalId": "x"}},
}
TLS = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
TAGS = {"project": "p", "stack": "s", "managed-by": "pulumi"}


def bucket(**inputs: object) -> object:
    return RULES.Declared("aws:s3/bucket:Bucket", "landing", {"bucket": "b", **inputs})


def setting(kind: str, **inputs: object) -> object:
    return RULES.Declared(f"aws:s3/bucket{kind}:Bucket{kind}", kind, {"bucket": "b", **inputs})


def role(statement: object) -> object:
    return RULES.Declared("aws:iam/role:Role", "role", {"assumeRolePolicy": json.dumps({"Statement": [statement]})})


def snow(kind: str, **inputs: object) -> object:
    return RULES.Declared(f"snowflake:index/{kind[:1].lower()}{kind[1:]}:{kind}", "object", inputs)


def table(*, protected: bool) -> object:
    return RULES.Declared("snowflake:index/table:Table", "table", {}, protected=protected)


BLOCKS = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)
# rule: (what keeps it, what breaks it, words of the complaint)
CASES = {
    "encrypted": (
        [bucket(), setting("ServerSideEncryptionConfiguration")],
        [bucket(), setting("ServerSideEncryptionConfiguration", bucket="another")],
        "bucket landing declares no encryption",
    ),
    "private": (
        [bucket(), setting("PublicAccessBlock", **BLOCKS)],
        [bucket(), setting("PublicAccessBlock", **{**BLOCKS, "blockPublicAcls": False})],
        "bucket landing may become public",
    ),
    "tls-only": (
        [bucket(), setting("Policy", policy=json.dumps({"Statement": TLS}))],
        [bucket(), setting("Policy", policy=json.dumps({"Statement": {**TLS, "Effect": "Allow"}}))],
        "can be reached without TLS",
    ),
    "no-wildcard-in-trust": (
        [role(TRUST)],
        [role({**TRUST, "Principal": {"AWS": "*"}})],
        "can be assumed by anybody",
    ),
    "no-wildcard-in-locations": (
        [snow("StorageIntegrationAws", storageAllowedLocations=["s3://b/"])],
        [snow("StorageIntegration", storageAllowedLocations=["*"])],
        "integration object allows '*'",
    ),
    "no-topmost-role": (
        [snow("GrantDatabaseRole", parentRoleName='"ANALYST"')],
        [snow("GrantDatabaseRole", parentRoleName='"ACCOUNTADMIN"')],
        "gives something to ACCOUNTADMIN",
    ),
    "quota": ([snow("Warehouse", resourceMonitor="LIMIT")], [snow("Warehouse")], "has no limit"),
    "upper-case-names": ([snow("Table", name="ORDERS")], [snow("Table", name="orders")], "needs quotes everywhere"),
    "protected-in-prod": ([table(protected=True)], [table(protected=False)], "is not protected"),
    "tagged": ([bucket(tags=TAGS)], [bucket(tags={"project": "p"})], "has no tag stack, managed-by"),
}


def test_every_rule_has_a_case_that_keeps_it_and_one_that_breaks_it() -> None:
    assert CASES.keys() == BY_NAME.keys()


@pytest.mark.parametrize("name", CASES)
def test_what_keeps_a_rule_passes(name: str) -> None:
    assert list(BY_NAME[name].check(CASES[name][0], "prod")) == []


@pytest.mark.parametrize("name", CASES)
def test_what_breaks_a_rule_is_named_with_its_remedy(name: str) -> None:
    (complaint,) = BY_NAME[name].check(CASES[name][1], "prod")
    assert CASES[name][2] in complaint


def test_a_role_that_asks_for_no_external_id_is_found() -> None:
    (complaint,) = BY_NAME["no-wildcard-in-trust"].check([role({**TRUST, "Condition": {}})], "dev")
    assert "asks arn:aws:iam::1:user/a for no external id" in complaint


def test_only_production_has_to_be_protected() -> None:
    assert list(BY_NAME["protected-in-prod"].check([table(protected=False)], "dev")) == []


class NotKnownError(Exception):
    """What the policy SDK raises when a property is read that is known only after the deployment."""


class Preview(dict[str, object]):
    """A resource's properties in a preview."""

    def __getitem__(self, key: str) -> object:
        if (value := super().__getitem__(key)) is NotKnownError:
            raise NotKnownError(key)
        return value


def test_of_a_stack_that_is_not_there_yet_every_rule_looks_at_what_is_known() -> None:
    nested = Preview(sseAlgorithm="AES256", kmsMasterKeyId=NotKnownError)
    shown = Preview(bucket="b", owner=NotKnownError, tags=Preview(project="p"), rules=[nested])

    inputs = RULES.known(shown, NotKnownError)

    assert inputs == {"bucket": "b", "tags": {"project": "p"}, "rules": [{"sseAlgorithm": "AES256"}]}
    (complaint,) = BY_NAME["tagged"].check([RULES.Declared("aws:s3/bucket:Bucket", "landing", inputs)], "dev")
    assert "has no tag stack, managed-by" in complaint


def declared(program: Recording) -> list[object]:
    return [
        RULES.Declared(resource.type, resource.name, resource.inputs, protected=resource.options["protect"])
        for resource in program.resources
    ]


@pytest.fixture(scope="module")
def full() -> Recording:
    """The program with everything that config can add to it, as a stack of production."""
    config = stack_config(
        stack="prod",
        monthlyCreditQuota="5",
        readers='["ANALYST"]',
        alertEmails='["a@example.com"]',
        readersResourceMonitor="LIMIT",
        notifications="eventbridge",
        encryption="sse-kms",
        tags='{"cost-center": "4711"}',
    )
    return run_program(stack="prod", config=config)


@pytest.mark.parametrize("token", ["aws:kms/key:Key", "aws:cloudwatch/eventRule:EventRule", "aws:sns/topic:Topic"])
def test_whatever_takes_tags_says_whose_it_is(token: str) -> None:
    bare, own = ([RULES.Declared(token, "thing", {"tags": tags}, protected=True)] for tags in ({"team": "a"}, TAGS))
    assert list(BY_NAME["tagged"].check(bare, "dev")) == ["thing has no tag project, stack, managed-by"]
    assert list(BY_NAME["tagged"].check(own, "dev")) == []


def test_a_key_of_production_is_protected_with_what_it_encrypts() -> None:
    key = RULES.Declared("aws:kms/key:Key", "landing-key", {}, protected=False)
    assert list(BY_NAME["protected-in-prod"].check([key], "prod")) == [
        "landing-key holds data and is not protected: set protect (config protect)"
    ]


@pytest.mark.parametrize("name", BY_NAME)
def test_this_projects_program_keeps_every_rule(name: str, full: Recording) -> None:
    assert list(BY_NAME[name].check(declared(full), "prod")) == []


def test_without_a_quota_the_program_is_only_advised() -> None:
    bare = declared(run_program())
    found = [rule.name for rule in RULES.RULES if list(rule.check(bare, "dev"))]
    assert found == ["quota"]
    assert not BY_NAME["quota"].mandatory


def test_the_pack_says_what_the_cli_needs() -> None:
    assert yaml.safe_load((PACK / "PulumiPolicy.yaml").read_text("utf-8"))["runtime"]["name"] == "python"
    assert re.search(r"^pulumi-policy==", (PACK / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    checks: list[Callable[..., object]] = [rule.check for rule in RULES.RULES]
    assert len({check.__name__ for check in checks}) == len(checks)
