"""The stack's config: what is read from it, and what is refused before any resource exists."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from infra import data_folder, settings
from infra.errors import ProgramError
from infra.settings import ALERT_FEATURES, PREVIEW_FEATURES
from tests.program.recording import ROOT, Recording, run_program, stack_config

WITHOUT_PIPES = json.dumps([feature for feature in PREVIEW_FEATURES if "pipe" not in feature])
FEATURES = "snowflake:previewFeaturesEnabled"
OURS = "retail-snowpipe:"

REFUSED = {
    "a flag that is a word": ("forceDestroy", "yes", OURS + "forceDestroy is 'yes'; allowed is true or false"),
    "an empty flag": ("forceDestroy", "", OURS + "forceDestroy is ''; allowed is true or false"),
    "a lag of words": ("targetLag", "soon", OURS + "targetLag is 'soon'; allowed is a whole number of minutes, hours"),
    "a lag below a minute": ("targetLag", "30 seconds", OURS + "targetLag is '30 seconds'; allowed is"),
    "a lag of zero": ("targetLag", "0 minutes", OURS + "targetLag is '0 minutes'; allowed is"),
    "a lag as SHOW does not spell it": ("targetLag", "5 MINUTES", OURS + "targetLag is '5 MINUTES'; allowed is"),
    "a wrong plural": ("targetLag", "1 minutes", OURS + "targetLag is '1 minutes'; allowed is"),
    "a bucket in capitals": ("landingBucket", "Landing", OURS + "landingBucket is 'Landing'; allowed is 3 to 63"),
    "a system in capitals": ("system", "Sales", OURS + "system is 'Sales'; allowed is lower-case letters, digits and"),
    "a system with two hyphens": ("system", "sales--eu", "system is 'sales--eu'; allowed is"),
    "a system that is too long": ("system", "s" * 50, "55 characters of at most 50; take a shorter name for the stack"),
    "a bucket too short": ("landingBucket", "ab", OURS + "landingBucket is 'ab'; allowed is 3 to 63"),
    "a bucket too long": ("landingBucket", "a" * 64, "'; allowed is 3 to 63"),
    "a bucket with a dot": ("landingBucket", "a.b.c", OURS + "landingBucket is 'a.b.c'; allowed is"),
    "a bucket with a reserved beginning": (
        "landingBucket",
        "xn--a",
        OURS + "landingBucket is 'xn--a'; allowed is 3 to",
    ),
    "a bucket with a reserved end": ("landingBucket", "a-s3alias", "of the beginnings and ends that AWS reserves"),
    "a bucket that ends with a hyphen": ("landingBucket", "landing-", OURS + "landingBucket is 'landing-'"),
    "a warehouse of another size": (
        "warehouseSize",
        "HUGE",
        "warehouseSize is 'HUGE'; allowed is one of XSMALL, SMALL",
    ),
    "a generation to come": ("warehouseGeneration", "3", OURS + "warehouseGeneration is '3'; allowed is 1 or 2"),
    "a timeout of words": ("warehouseTimeout", "long", "warehouseTimeout is 'long'; allowed is a whole number of min"),
    "a timeout beyond a week": (
        "warehouseTimeout",
        "8 days",
        "warehouseTimeout is '8 days'; allowed is a whole number",
    ),
    "a readers' timeout of zero": (
        "readersWarehouseTimeout",
        "0",
        "readersWarehouseTimeout is '0'; allowed is a whole",
    ),
    "an acceleration beyond 100": (
        "readersQueryAcceleration",
        "101",
        "readersQueryAcceleration is '101'; allowed is a whole number, 100 at the most",
    ),
    "a quota below zero": (
        "monthlyCreditQuota",
        "-1",
        "monthlyCreditQuota is '-1'; allowed is a whole number of credits",
    ),
    "a quota of words": ("monthlyCreditQuota", "many", "monthlyCreditQuota is 'many'; allowed is a whole number"),
    "a bucket with its scheme": (
        "existingBucket",
        "s3://deliveries/",
        "allowed is the name of a bucket, without s3://",
    ),
    "an account of too few digits": ("bucketAccount", "12345", OURS + "bucketAccount is '12345'; allowed is the 12"),
    "a bucket's account without a bucket": ("bucketAccount", "210987654321", "allowed is '' without an existingBucket"),
    "notifications by mail": ("notifications", "mail", "is 'mail'; allowed is one of bucket, sns, eventbridge"),
    "notifications in capitals": ("notifications", "SNS", OURS + "notifications is 'SNS'; allowed is one of"),
    "a topic of files that is none": ("notificationTopicArn", "files", "allowed is the ARN of a standard SNS topic"),
    "a topic that nothing is sent to": (
        "notificationTopicArn",
        "arn:aws:sns:eu-west-1:123456789012:files",
        "allowed is '' where notifications is bucket; set notifications to sns or eventbridge",
    ),
    "an integration in small letters": ("existingIntegration", "lake", "allowed is the name of a storage integration"),
    "an integration that is not there": (
        "existingIntegration",
        "NONE",
        "is shown no such storage integration; make it, or grant usage on integration NONE to the role that deploys",
    ),
    "another encryption": ("encryption", "sse-c", OURS + "encryption is 'sse-c'; allowed is sse-s3 or sse-kms"),
    "an alias of a key": (
        "kmsKeyArn",
        "arn:aws:kms:eu-west-1:123456789012:alias/landing",
        "allowed is the ARN of a key (an alias is none: a role's policy names keys), like arn:aws:kms:",
    ),
    "a key that nothing is encrypted by": (
        "kmsKeyArn",
        "arn:aws:kms:eu-west-1:123456789012:key/1234",
        "allowed is '' where encryption is sse-s3; set encryption to sse-kms",
    ),
    "a log's bucket with its path": (
        "accessLogBucket",
        "logs/landing",
        "accessLogBucket is 'logs/landing'; allowed is",
    ),
    "a tag alone": ("tags", "cost-center", OURS + "tags is 'cost-center'; allowed is a mapping of keys to texts, like"),
    "tags in a list": ("tags", '["cost-center"]', "; allowed is a mapping of keys to texts"),
    "a tag without a text": ("tags", '{"cost-center": {"a": 1}}', "; allowed is a mapping of keys to texts"),
    "a tag of AWS": ("tags", '{"aws:cost": "1"}', "allowed is keys of up to 127 letters, digits, blanks and _ . :"),
    "a tag that begins with a digit": ("tags", '{"4711": "1"}', "a letter first, none of them aws:"),
    "a tag with an empty value": ("tags", '{"cost": ""}', "allowed is for cost 1 to 256 letters, digits, blanks"),
    "a tag with a quote": ("tags", json.dumps({"cost": "it's"}), "allowed is for cost 1 to 256 letters, digits"),
    "a tag that is the stack's": ("tags", '{"Managed By": "us"}', "allowed is other keys than project, stack, managed"),
    "two tags of one name": (
        "tags",
        '{"cost-center": "1", "Cost_Center": "2"}',
        "keys that differ in letters and digits, as names in Snowflake do; cost-center and Cost_Center do not",
    ),
    "too many tags": ("tags", json.dumps({f"tag{n}": "x" for n in range(41)}), "allowed is 40 tags at the most"),
    "a topic that is none": ("alertTopicArn", "alerts", OURS + "alertTopicArn is 'alerts'; allowed is the ARN of a"),
    "a topic of another service": ("alertTopicArn", "arn:aws:sqs:eu-west-1:123456789012:q", "allowed is the ARN of a"),
    "a topic that keeps an order": (
        "alertTopicArn",
        "arn:aws:sns:eu-west-1:123456789012:alerts.fifo",
        "what is sent to a FIFO topic is lost",
    ),
    "a mail address alone": (
        "alertEmails",
        "a@example.com",
        OURS + "alertEmails is 'a@example.com'; allowed is a list",
    ),
    "a list of no mail address": ("alertEmails", '["someone"]', "allowed is a list of mail addresses"),
    "a quota beside a monitor": (
        "resourceMonitor",
        "LIMIT",
        "resourceMonitor is 'LIMIT'; allowed is '' beside a monthlyCreditQuota",
    ),
    "a monitor in small letters": ("resourceMonitor", "limit", "resourceMonitor is 'limit'; allowed is the name of"),
    "a readers' warehouse of no size": ("readersWarehouseSize", "", "readersWarehouseSize is ''; allowed is one of"),
    "a readers' monitor with a blank": ("readersResourceMonitor", "A B", "readersResourceMonitor is 'A B'; allowed is"),
    "readers that are no list": ("readers", "ANALYST", "readers is 'ANALYST'; allowed is a list of account roles"),
    "a reader in small letters": ("readers", '["analyst"]', """readers is '["analyst"]'; allowed is a list of"""),
    "an operator who is no text": ("operators", "[1]", "operators is '[1]'; allowed is a list of account roles"),
    "operators in a mapping": ("operators", '{"A": 1}', "; allowed is a list of account roles, in capitals, like"),
    "protection and destruction": ("protect", "true", "protect and retail-snowpipe:forceDestroy are both true"),
    "a protection that is a word": ("protect", "on", OURS + "protect is 'on'; allowed is true or false"),
    "a retention of words": ("retentionDays", "long", "retentionDays is 'long'; allowed is a whole number of days, 90"),
    "a retention beyond Enterprise": (
        "retentionDays",
        "91",
        "retentionDays is '91'; allowed is a whole number of days",
    ),
    "a sweep that comes too late": ("refreshPipesEvery", "8 days", "refreshPipesEvery is '8 days'; allowed is a whole"),
    "a sweep of words": ("refreshPipesEvery", "hourly", "refreshPipesEvery is 'hourly'; allowed is a whole number of"),
    "a feed of Parquet that is none": (
        "parquetFeeds",
        '["orders"]',
        """parquetFeeds is '["orders"]'; allowed is a list of customers, products, transactions, or of some""",
    ),
    "feeds of Parquet that are no list": ("parquetFeeds", "transactions", "parquetFeeds is 'transactions'; allowed is"),
    "feeds of Parquet by number": ("parquetFeeds", "[1]", "parquetFeeds is '[1]'; allowed is a list of customers"),
    "a feed that is none": (
        "expectedEvery",
        '{"orders": "1 day"}',
        "allowed is for each of customers, products, trans",
    ),
    "a time that is none": ("expectedEvery", '{"customers": "soon"}', OURS + 'expectedEvery is \'{"customers": "soon'),
    "a time for no feed": ("expectedEvery", "1 day", OURS + "expectedEvery is '1 day'; allowed is for each of"),
    "no preview features": (
        "snowflake__previewFeaturesEnabled",
        None,
        FEATURES + " is []; it has to list snowflake_table",
    ),
    "a missing preview feature": (
        "snowflake__previewFeaturesEnabled",
        WITHOUT_PIPES,
        "it has to list snowflake_pipe_resource too, as Pulumi.yaml does",
    ),
    "a preview feature without a list": (
        "snowflake__previewFeaturesEnabled",
        "snowflake_pipe_resource",
        FEATURES + " is 'snowflake_pipe_resource'; allowed is a list",
    ),
    "preview features that are a number": (
        "snowflake__previewFeaturesEnabled",
        "3",
        FEATURES + " is '3'; allowed is a list",
    ),
}


def refusal(config: dict[str, str], stack: str = "dev") -> str:
    """Return the error of a program that is refused, after making sure that it registered nothing."""
    recording = Recording()
    with pytest.raises(ProgramError) as error:
        run_program(config=config, stack=stack, recording=recording)
    assert recording.resources == []
    assert recording.components == []
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(("key", "value", "message"), REFUSED.values(), ids=REFUSED)
def test_a_value_that_is_not_allowed_is_refused_before_any_resource(key: str, value: str | None, message: str):
    given = {"dataDir": "", "monthlyCreditQuota": "1"} if key == "resourceMonitor" else {"dataDir": ""}
    assert message in refusal(stack_config(ROOT, "dev", **(given | {key: value})))


DELIVERIES = {"existingBucket": "deliveries", "notifications": "sns"}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:files"
REFUSED_TOGETHER = {
    "its own notification": (
        {"existingBucket": "deliveries"},
        "notifications is 'bucket'; allowed is sns or eventbridge beside an existingBucket: a bucket has one",
    ),
    "a name of its own": ({**DELIVERIES, "landingBucket": "mine"}, "landingBucket is 'mine'; allowed is '' beside an"),
    "made-up data": (
        {**DELIVERIES, "dataDir": "input_data/starter"},
        "dataDir is 'input_data/starter'; allowed is '' or a folder of your own beside an existingBucket",
    ),
    "files for another account's bucket": (
        {**DELIVERIES, "bucketAccount": "210987654321", "dataDir": "mine"},
        "dataDir is 'mine'; allowed is '' beside a bucketAccount: whoever deploys may put nothing into deliveries",
    ),
    "another account's bucket for the dashboard": (
        {**DELIVERIES, "bucketAccount": "210987654321", "dashboard": "true"},
        "dashboard is 'true'; allowed is false beside a bucketAccount, whose bucket its files would go through",
    ),
    "another account's EventBridge": (
        {"existingBucket": "deliveries", "bucketAccount": "210987654321", "notifications": "eventbridge"},
        "notifications is 'eventbridge'; allowed is sns beside a bucketAccount: the bucket's events go to",
    ),
    "a topic in another region": (
        {**DELIVERIES, "notificationTopicArn": TOPIC.replace("eu-west-1", "us-east-1")},
        "allowed is a topic in eu-west-1, the stack's region",
    ),
    "a log of an existing bucket": (
        {**DELIVERIES, "accessLogBucket": "logs"},
        "accessLogBucket is 'logs'; allowed is '' beside an existingBucket, of which the stack sets nothing",
    ),
    "a log of a log": (
        {"landingBucket": "mine", "accessLogBucket": "mine"},
        "accessLogBucket is 'mine'; allowed is another bucket than the landingBucket, which would log its own logs",
    ),
    "an existing bucket's key without its name": (
        {**DELIVERIES, "encryption": "sse-kms"},
        "encryption is 'sse-kms'; allowed is sse-s3 beside an existingBucket, or sse-kms with the key that it encrypts",
    ),
    "a key in another region": (
        {"encryption": "sse-kms", "kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1234"},
        "allowed is a key in eu-west-1, the bucket's region",
    ),
    "a bucket that is not there": (
        {**DELIVERIES, "existingBucket": "nobodys"},
        "reading S3 Bucket (nobodys): couldn't find resource (bucket)); name a bucket that whoever deploys may list",
    ),
    "a bucket in another region": (
        {**DELIVERIES, "existingBucket": "far-away"},
        "which is in us-east-1; S3 sends its events only within a region, so deploy with aws:region us-east-1 instead",
    ),
    **{
        f"an integration that {how}": (
            {**DELIVERIES, "existingIntegration": name},
            f"existingIntegration is '{name}', which {why}",
        )
        for how, name, why in (
            ("is off", "OFF", "is not enabled; alter it with SET ENABLED = TRUE"),
            ("allows a folder", "NARROW", "allows s3://deliveries/in/ and blocks nothing; the stage needs s3://deliv"),
            ("blocks a feed", "BLOCKED", "allows * and blocks s3://deliveries/products/; the stage needs"),
        )
    },
}


@pytest.mark.parametrize(("given", "message"), REFUSED_TOGETHER.values(), ids=REFUSED_TOGETHER)
def test_what_does_not_go_together_is_refused_before_any_resource(given: dict[str, str], message: str):
    assert message in refusal(stack_config(ROOT, "dev", **{"dataDir": "", **given}))


def test_an_integration_of_a_name_that_is_alike_is_not_taken_for_it():
    """SHOW … LIKE takes an underscore for any character."""
    config = stack_config(ROOT, "dev", dataDir="", **DELIVERIES, existingIntegration="LA_E12")
    assert run_program(config=config).stack_outputs["integration"] == "LA_E12"
    assert "is shown no such storage integration" in refusal({**config, OURS + "existingIntegration": "L__E"})


@pytest.mark.parametrize(
    "stack", ["Dev", "my_stack", "9lives", "a" * 35], ids=["capital", "underscore", "digit", "long"]
)
def test_a_stack_whose_name_makes_no_good_names_is_refused(stack: str):
    assert f"the stack is named {stack!r}; allowed are 1 to 34" in refusal(stack_config(dataDir=""), stack)


# --------------------------------------------------------------------------------------------------- data folder


def test_a_missing_folder_is_refused_with_the_command_that_makes_it():
    message = refusal(stack_config(dataDir="input_data/none"))
    assert message.startswith("retail-snowpipe:dataDir is 'input_data/none', which is no folder here")
    assert "`python -m input_data_generator --out input_data/none`" in message


def test_a_folder_without_any_files_of_a_feed_is_refused_with_what_was_looked_for(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("")
    assert "where no file of a feed is; looked for customers*.csv, products*.csv" in refusal(
        stack_config(dataDir=str(tmp_path))
    )


@pytest.mark.parametrize(
    ("file", "parquet", "read"),
    [("t.json", '["transactions"]', ".parquet"), ("t.parquet", "[]", ".json, .json.gz, .json.zst")],
    ids=["of text", "of Parquet"],
)
def test_a_feed_whose_files_are_all_of_the_format_that_its_pipe_does_not_read_is_refused(
    tmp_path: Path, file: str, parquet: str, read: str
):
    (tmp_path / "customers.csv").touch()
    (tmp_path / "transactions").mkdir()
    (tmp_path / "transactions" / file).touch()
    message = refusal(stack_config(dataDir=str(tmp_path), parquetFeeds=parquet))
    assert f"where {file} is not in the format in which parquetFeeds has transactions ({read})" in message


def test_more_than_a_thousand_files_are_refused_with_the_way_for_many(tmp_path: Path):
    for number in range(1_001):
        (tmp_path / f"transactions-{number}.json").touch()
    message = refusal(stack_config(dataDir=str(tmp_path)))
    assert "which holds 1,001 files; a stack lands at most 1,000" in message
    assert "`python -m input_data_generator --upload`" in message


def test_a_folder_that_the_generator_has_not_finished_is_refused(tmp_path: Path):
    for name in ("customers.csv", ".unfinished"):
        (tmp_path / name).touch()
    assert "which the generator has not finished: run its command again" in refusal(stack_config(dataDir=str(tmp_path)))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path):
    (tmp_path / "customers.csv").symlink_to(tmp_path / "gone")
    assert "where customers.csv is no file that can be read" in refusal(stack_config(dataDir=str(tmp_path)))


def test_a_name_that_makes_no_key_is_refused(tmp_path: Path):
    (tmp_path / os.fsdecode(b"customers-\xff.csv")).touch()
    assert "is no UTF-8, and S3's keys are: rename it" in refusal(stack_config(dataDir=str(tmp_path)))


def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def unreadable(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "customers")

    monkeypatch.setattr(data_folder, "find_data_files", unreadable)
    assert "which cannot be read: [Errno 13] Permission denied" in refusal(stack_config(dataDir=str(tmp_path)))


def test_a_thousand_files_are_not_too_many(tmp_path: Path):
    from infra.feeds import FEEDS

    for number in range(1_000):
        (tmp_path / f"transactions-{number}.json").touch()
    assert len(data_folder.files_to_land("dataDir", str(tmp_path), FEEDS)) == 1_000


# ------------------------------------------------------------------------------------------------ what is read


def test_the_projects_defaults_are_the_programs_own():
    """A stack without Pulumi.yaml's defaults (a test, another engine) means the same stack."""
    config = {FEATURES: json.dumps(PREVIEW_FEATURES), "retail-snowpipe:dataDir": ""}
    inputs = {resource.name: resource.inputs for resource in run_program(config=config).resources}
    by_project = run_program(config=stack_config(stack=None, dataDir=""))
    assert inputs == {resource.name: resource.inputs for resource in by_project.resources}
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    assert project["dataDir"]["default"] == settings.DEFAULT_DATA_DIR


def test_the_project_describes_every_key_of_its_own_and_gives_each_a_default():
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    own = {key: declared for key, declared in project.items() if ":" not in key}
    assert set(own) == {
        *("dataDir", "landingBucket", "forceDestroy", "protect", "system", "targetLag", "readers", "operators"),
        *("warehouseSize", "monthlyCreditQuota", "resourceMonitor", "readersWarehouseSize", "readersResourceMonitor"),
        *("parquetFeeds", "dashboard"),
        *("warehouseGeneration", "warehouseTimeout", "readersWarehouseTimeout", "readersQueryAcceleration"),
        *("existingBucket", "bucketAccount", "notifications", "notificationTopicArn", "existingIntegration"),
        *("encryption", "kmsKeyArn", "accessLogBucket", "tags"),
        *("alertEmails", "alertTopicArn", "expectedEvery", "refreshPipesEvery", "retentionDays"),
    }
    lists = {key for key, declared in own.items() if declared["type"] == "array"}
    assert lists == {key for key, declared in own.items() if "items" in declared}
    assert all({"type", "default", "description"} == set(declared) - {"items"} for declared in own.values())


def test_every_stack_enables_the_preview_features_that_the_program_needs():
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    assert project[FEATURES] == {"value": [*PREVIEW_FEATURES, *ALERT_FEATURES]}


def test_the_dev_stack_holds_no_plain_secret():
    config = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]
    secret = [key for key in config if any(word in key.lower() for word in ("password", "token", "secret", "private"))]
    assert all(set(config[key]) == {"secure"} for key in secret)


def test_a_chosen_bucket_is_used_everywhere():
    program = run_program(config=stack_config(dataDir="", landingBucket="my-landing"))
    assert program["landing"].inputs["bucket"] == "my-landing"
    assert program["landing-stage"].inputs["url"] == "s3://my-landing/"


def test_two_stacks_of_one_account_share_no_name():
    programs = [run_program(config=stack_config(dataDir=""), stack=stack) for stack in ("dev", "team-a")]
    one, other = (
        {(r.type, r.inputs["name"]) for r in program.resources if "name" in r.inputs and "schema" not in r.inputs}
        for program in programs
    )
    shared = {token for token, _ in one & other}
    within_others = {"snowflake:index/schema:Schema", "snowflake:index/databaseRole:DatabaseRole"}
    assert shared == within_others | {"aws:iam/rolePolicy:RolePolicy"}


def test_a_project_of_which_no_names_can_be_made_has_to_name_a_system():
    config = {
        f"Retail:{key.partition(':')[2]}" if key.startswith(OURS) else key: value for key, value in CONFIG.items()
    }
    with pytest.raises(
        ProgramError, match="the project is named 'Retail', from which no names can be made; set Retail:sy"
    ):
        run_program(project="Retail", config=config)
    named = run_program(project="Retail", config={**config, "Retail:system": "retail"})
    assert named["database"].inputs["name"] == "RETAIL__DEV"


CONFIG = stack_config(dataDir="")
