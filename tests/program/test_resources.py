"""What each resource is: names, inputs, options, and what is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlglot

from infra import feeds as infra_feeds
from landing_keys import find_data_files
from tests.program.recording import (
    ACCOUNT,
    EXTERNAL_ID,
    ROOT,
    SNOWFLAKE_USER,
    Recording,
    Resource,
    run_program,
    stack_config,
)
from tests.program.sdk_schema import faults

FEEDS = {feed.name: feed for feed in infra_feeds.FEEDS}
DYNAMIC_TABLES, VIEWS = (
    [path.stem for schema in schemas for path in (ROOT / "sql" / schema).glob("*.sql")]
    for schemas in (["core"], ["mart", "ops"])
)
BUCKET = f"retail-snowpipe-dev-{ACCOUNT}"
RESOURCE_COUNTS = {
    "aws:s3/bucket:Bucket": 1,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 1,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 1,
    "aws:s3/bucketPolicy:BucketPolicy": 1,
    "aws:s3/bucketVersioning:BucketVersioning": 1,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 1,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 1,
    "aws:s3/bucketNotification:BucketNotification": 1,
    "aws:iam/role:Role": 1,
    "aws:iam/rolePolicy:RolePolicy": 1,
    "snowflake:index/warehouse:Warehouse": 1,
    "snowflake:index/database:Database": 1,
    "snowflake:index/schema:Schema": 4,
    "snowflake:index/storageIntegrationAws:StorageIntegrationAws": 1,
    "snowflake:index/stageExternalS3:StageExternalS3": 1,
    "snowflake:index/fileFormatCsv:FileFormatCsv": 1,
    "snowflake:index/fileFormatJson:FileFormatJson": 1,
    "snowflake:index/table:Table": len(FEEDS) + 1,
    "snowflake:index/pipe:Pipe": len(FEEDS),
    "snowflake:index/execute:Execute": 4 * len(FEEDS),
    "snowflake:index/task:Task": len(FEEDS) + 1,
    "snowflake:index/dynamicTable:DynamicTable": len(DYNAMIC_TABLES),
    "snowflake:index/databaseRole:DatabaseRole": 2,
    "snowflake:index/view:View": len(VIEWS),
}


def test_a_stack_without_files_and_limits_is_these_resources_and_no_others(bare_program: Recording):
    """But for privileges, of which each object has one."""
    types = [resource.type for resource in bare_program.resources]
    counts = {token: types.count(token) for token in types}
    del counts["snowflake:index/grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole"]
    assert counts == RESOURCE_COUNTS


def test_every_input_is_one_that_the_sdk_knows_nested_keys_too(program: Recording):
    assert [fault for resource in program.resources for fault in faults(resource.type, resource.inputs)] == []


def named(program: Recording) -> list[Resource]:
    """Return what is an object of Snowflake's; a statement and a grant are none."""
    of_snowflake = [resource for resource in program.resources if resource.type.startswith("snowflake:")]
    return [resource for resource in of_snowflake if not resource.type.split(":")[-1].startswith(("Grant", "Execute"))]


def test_every_snowflake_object_has_an_upper_case_name_of_its_own(program: Recording):
    for resource in named(program):
        assert resource.inputs["name"] == resource.inputs["name"].upper(), resource.name
    columns = [
        column["name"] for table in program.of_type("snowflake:index/table:Table") for column in table.inputs["columns"]
    ]
    assert columns == [column.upper() for column in columns]


def test_every_snowflake_object_that_takes_a_comment_says_what_it_is(program: Recording):
    """The comment of a dynamic table can be changed and never taken away again."""
    comments = {resource.name: resource.inputs.get("comment", "") for resource in named(program)}
    assert [name for name, comment in comments.items() if len(comment) < 10 or "\n" in comment] == []


def test_every_column_of_a_raw_table_says_what_it_holds(program: Recording):
    tables = program.of_type("snowflake:index/table:Table")
    columns = [(table.name, column) for table in tables for column in table.inputs["columns"]]
    assert [(table, column["name"]) for table, column in columns if len(column.get("comment", "")) < 8] == []


def test_nothing_is_given_to_a_provider_of_its_own(program: Recording):
    """An explicit provider does not read the stack's snowflake: config."""
    assert {resource.options["provider"] for resource in program.resources} == {""}


def test_nothing_is_protected_or_retained_so_that_destroy_takes_all_of_it(program: Recording):
    for resource in program.resources:
        assert not resource.options["protect"], resource.name
        assert not resource.options["retain_on_delete"], resource.name
        assert resource.options["ignore_changes"] == [], resource.name


# ---------------------------------------------------------------------------------------------- landing zone


def test_the_bucket_is_named_after_project_stack_and_account(program: Recording):
    assert program["landing"].inputs["bucket"] == BUCKET


def test_the_bucket_keeps_its_files_unless_the_stack_says_otherwise(program: Recording, bare_program: Recording):
    assert bare_program["landing"].inputs["forceDestroy"] is False
    assert program["landing"].inputs["forceDestroy"] is True


def test_the_bucket_is_private_owned_encrypted_and_versioned(program: Recording):
    blocked = program["landing-public-access"].inputs
    assert {key for key, value in blocked.items() if value is True} == {
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
    }
    assert program["landing-ownership"].inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    (encryption,) = program["landing-encryption"].inputs["rules"]
    assert encryption == {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    assert program["landing-versioning"].inputs["versioningConfiguration"] == {"status": "Enabled"}


def test_the_bucket_denies_whoever_comes_without_tls(program: Recording):
    (statement,) = json.loads(program["landing-policy"].inputs["policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Resource"] == [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"]
    assert "landing-public-access" in program["landing-policy"].dependencies


def test_incomplete_uploads_and_old_versions_end_and_current_files_never(program: Recording):
    rules = program["landing-lifecycle"].inputs["rules"]
    assert all(rule["status"] == "Enabled" and rule["filter"] == {"prefix": ""} for rule in rules)
    assert [rule.get("abortIncompleteMultipartUpload") for rule in rules] == [{"daysAfterInitiation": 7}, None]
    assert [rule.get("noncurrentVersionExpiration") for rule in rules] == [None, {"noncurrentDays": 30}]
    assert not any("expiration" in rule for rule in rules)


def test_aws_resources_carry_the_stacks_tags(program: Recording):
    tags = {"project": "retail-snowpipe", "stack": "dev", "managed-by": "pulumi"}
    assert program["landing"].inputs["tags"] == tags
    assert program["snowflake-role"].inputs["tags"] == tags


# -------------------------------------------------------------------------------------------- storage access


def test_the_integration_allows_the_stages_url_and_nothing_else(program: Recording):
    integration = program["storage-integration"].inputs
    assert integration["storageAllowedLocations"] == [program["landing-stage"].inputs["url"]] == [f"s3://{BUCKET}/"]
    assert (integration["name"], integration["enabled"], integration["storageProvider"]) == ("RETAIL_DEV", True, "S3")


def test_the_integration_names_the_role_that_is_made_after_it(program: Recording):
    role = program["snowflake-role"]
    assert role.inputs["name"] == "retail-snowpipe-dev"
    assert program["storage-integration"].inputs["storageAwsRoleArn"] == role.outputs["arn"]


def test_the_role_trusts_exactly_the_integrations_user_and_external_id(program: Recording):
    (statement,) = json.loads(program["snowflake-role"].inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"AWS": SNOWFLAKE_USER}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}


def test_the_role_may_read_the_feeds_prefixes_of_this_bucket_only(program: Recording):
    statements = json.loads(program["snowflake-role-access"].inputs["policy"])["Statement"]
    arn = f"arn:aws:s3:::{BUCKET}"
    below = [f"{arn}/{feed}/*" for feed in FEEDS]
    assert [statement["Resource"] for statement in statements] == [below, arn, arn]


# ------------------------------------------------------------------------------------- warehouse and database


def test_the_warehouse_is_small_starts_suspended_and_suspends_after_a_minute(bare_program: Recording):
    warehouse = bare_program["warehouse"].inputs
    assert (warehouse["name"], warehouse["warehouseSize"]) == ("RETAIL_DEV", "XSMALL")
    assert (warehouse["autoSuspend"], warehouse["autoResume"], warehouse["initiallySuspended"]) == (60, "true", True)
    assert "resourceMonitor" not in warehouse


def test_the_warehouse_leaves_nothing_that_costs_to_snowflakes_defaults(bare_program: Recording):
    warehouse = bare_program["warehouse"].inputs
    assert (warehouse["generation"], warehouse["enableQueryAcceleration"]) == ("1", "false")
    assert "queryAccelerationMaxScaleFactor" not in warehouse  # which Standard Edition refuses
    assert (warehouse["statementTimeoutInSeconds"], warehouse["statementQueuedTimeoutInSeconds"]) == (14_400, 0)


def test_a_credit_quota_makes_a_monitor_and_puts_the_warehouse_under_it():
    program = run_program(config=stack_config(dataDir="", monthlyCreditQuota="20"))
    assert program["resource-monitor"].inputs == {
        "name": "RETAIL_DEV",
        "creditQuota": 20,
        "frequency": "MONTHLY",
        "startTimestamp": "IMMEDIATELY",
        "notifyTriggers": [80],
        "suspendTrigger": 100,
    }
    assert program["warehouse"].property_dependencies["resourceMonitor"] == {"resource-monitor"}


def test_the_database_has_the_four_schemas(program: Recording):
    schemas = program.of_type("snowflake:index/schema:Schema")
    assert {schema.inputs["name"] for schema in schemas} == {"RAW", "CORE", "MART", "OPS"}
    assert all(schema.property_dependencies["database"] == {"database"} for schema in schemas)


# ------------------------------------------------------------------------------------------------- ingestion


def test_csv_fields_arrive_as_they_were_written(program: Recording):
    given = program["csv-format"].inputs
    assert {key: value for key, value in given.items() if key not in {"database", "schema", "name", "comment"}} == {
        "skipHeader": 1,
        "skipBlankLines": "true",
        "fieldOptionallyEnclosedBy": '"',
        "escapeUnenclosedField": "NONE",
        "emptyFieldAsNull": "false",
        "nullIfs": [],
        "errorOnColumnCountMismatch": "false",
    }


def test_json_files_are_read_with_snowflakes_defaults(program: Recording):
    assert program["json-format"].inputs.keys() == {"database", "schema", "name", "comment"}


def test_a_raw_table_declares_the_change_tracking_that_dynamic_tables_switch_on(program: Recording):
    tables = [table for table in program.of_type("snowflake:index/table:Table") if table.inputs["schema"] == "RAW"]
    assert [table.inputs["changeTracking"] for table in tables] == [True] * len(FEEDS)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_pipe_ingests_its_own_prefix_by_itself(program: Recording, feed: str):
    pipe = program[f"{feed}-pipe"].inputs
    assert (pipe["schema"], pipe["name"], pipe["autoIngest"]) == ("RAW", feed.upper(), True)
    assert f'FROM @"RETAIL_DEV"."RAW"."LANDING"/{feed}/)' in pipe["copyStatement"]
    assert pipe["copyStatement"].startswith(f'COPY INTO "RETAIL_DEV"."RAW"."{feed.upper()}" (')


def test_a_feed_of_parquet_has_the_same_raw_table_and_a_pipe_that_reads_parquet_files_alone(bare_program: Recording):
    program = run_program(config=stack_config(stack=None, dataDir="", parquetFeeds='["customers", "transactions"]'))
    for feed in ("customers", "transactions"):
        assert program[f"{feed}-raw"].inputs == bare_program[f"{feed}-raw"].inputs
        copy = program[f"{feed}-pipe"].inputs["copyStatement"]
        assert "FILE_FORMAT = (TYPE = PARQUET USE_VECTORIZED_SCANNER = TRUE) PATTERN = '.*[.]parquet'" in copy
    fields = "IFF(IS_NULL_VALUE($1:customer_id), '', $1:customer_id::VARCHAR)"
    assert fields in program["customers-pipe"].inputs["copyStatement"]
    others = bare_program["products-pipe"].inputs["copyStatement"]
    assert program["products-pipe"].inputs["copyStatement"] == others


def test_pipes_follow_their_stage_and_refreshes_their_pipe_into_a_replacement(program: Recording):
    for feed in FEEDS:
        pipe = program[f"{feed}-pipe"].options
        assert pipe["replace_with"] == ["landing-stage", f"{feed}-renewal"]
        assert pipe["replacement_trigger"] == [f"s3://{BUCKET}/"]
        assert pipe["delete_before_replace"]
        assert program[f"{feed}-refresh"].options["replace_with"] == [f"{feed}-pipe"]


def test_a_refresh_loads_what_landed_before_and_undoes_nothing(program: Recording):
    assert program["customers-refresh"].inputs == {
        "execute": 'ALTER PIPE "RETAIL_DEV"."RAW"."CUSTOMERS" REFRESH',
        "revert": "SELECT 1",
    }


def test_what_needs_the_role_or_the_queue_waits_for_it_and_nothing_else_does(program: Recording):
    waiting = {resource.name for resource in program.resources if resource.options["on_error"]}
    loading = {f"{feed}-{what}" for feed in FEEDS for what in ("pipe", "refresh")}
    assert waiting == {"landing-stage", "landing-notification"} | loading


def test_one_notification_has_one_entry_per_prefix(program: Recording):
    queues = program["landing-notification"].inputs["queues"]
    assert [(queue["id"], queue["filterPrefix"]) for queue in queues] == [(f.upper(), f"{f}/") for f in FEEDS]
    assert all(queue["events"] == ["s3:ObjectCreated:*"] for queue in queues)


# --------------------------------------------------------------------------------------------------- models


def test_dynamic_tables_refresh_incrementally_from_the_start(program: Recording):
    for table in program.of_type("snowflake:index/dynamicTable:DynamicTable"):
        assert (table.inputs["refreshMode"], table.inputs["initialize"]) == ("INCREMENTAL", "ON_SCHEDULE")
        assert table.property_dependencies["warehouse"] == {"warehouse"}


def test_only_dynamic_tables_that_no_other_reads_have_a_lag_of_their_own(program: Recording):
    lags = {t.name: t.inputs["targetLag"] for t in program.of_type("snowflake:index/dynamicTable:DynamicTable")}
    known = {
        "core-numbered-records": {"downstream": True},
        "core-unique-records": {"downstream": True},
        "core-transactions": {"downstream": True},
        "core-purchases": {"downstream": True},
        "core-purchase-counts": {"maximumDuration": "5 minutes"},
        "core-customer-versions": {"maximumDuration": "5 minutes"},
        "core-product-versions": {"maximumDuration": "5 minutes"},
    }
    assert {name: lags[name] for name in known} == known
    read = {
        name for table in program.of_type("snowflake:index/dynamicTable:DynamicTable") for name in table.dependencies
    }
    assert {name: "downstream" in lag for name, lag in lags.items()} == {name: name in read for name in lags}


def test_every_model_is_replaced_by_the_hash_of_its_sql_old_one_first(program: Recording):
    models = [resource for resource in program.resources if resource.parent == "models"]
    hashes = [resource.options["replacement_trigger"] for resource in models]
    assert all(len(trigger) == 1 and len(trigger[0]) == 16 for trigger in hashes)
    assert len({trigger[0] for trigger in hashes}) == len(models) == len(DYNAMIC_TABLES) + len(VIEWS)
    assert all(resource.options["delete_before_replace"] for resource in models)


def test_only_models_and_what_loads_carry_a_replacement_trigger(program: Recording):
    triggered = {resource.name for resource in program.resources if resource.options["replacement_trigger"]} - {
        model.name for model in program.resources if model.parent == "models"
    }
    assert triggered == {f"{feed}-{what}" for feed in FEEDS for what in ("pipe", "renewal", "refresh")}


def test_a_view_describes_every_column_in_the_order_of_its_select(program: Recording):
    for view in program.of_type("snowflake:index/view:View"):
        selected = sqlglot.parse_one(view.inputs["statement"], read="snowflake").named_selects  # pyright: ignore[reportAttributeAccessIssue]
        assert [column["columnName"] for column in view.inputs["columns"]] == selected, view.name
        assert all(column["comment"] for column in view.inputs["columns"]), view.name


# ---------------------------------------------------------------------------------------------- landed files


def test_files_land_under_their_content_addressed_keys(program: Recording, data_folder: Path):
    feeds = {name: feed.extensions for name, feed in FEEDS.items()}
    files = {file.landing_key(): str(file.path) for file in find_data_files(data_folder, feeds)}
    objects = program.of_type("aws:s3/bucketObjectv2:BucketObjectv2")
    assert {o.name for o in objects} == {o.inputs["key"] for o in objects} == set(files)
    assert {o.inputs["key"]: o.inputs["source"].path for o in objects} == files
    assert all(o.property_dependencies["bucket"] == {"landing"} for o in objects)


def test_no_file_lands_when_the_stack_wants_none(bare_program: Recording):
    assert bare_program.of_type("aws:s3/bucketObjectv2:BucketObjectv2") == []
