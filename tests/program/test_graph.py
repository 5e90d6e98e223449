"""What comes before what, as sentences; edges over any number of steps unless a test says "directly"."""

from __future__ import annotations

import pytest

from infra import feeds as infra_feeds
from tests.program.recording import Recording

FEEDS = {feed.name: feed for feed in infra_feeds.FEEDS}
PIPES = {f"{feed}-pipe" for feed in FEEDS}
REFRESHES = {f"{feed}-refresh" for feed in FEEDS}
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


def landed(program: Recording) -> list[str]:
    names = [resource.name for resource in program.of_type(OBJECT)]
    assert len(names) == 3
    return names


def test_every_logical_name_is_used_once(program: Recording):
    assert len(program.names) == len(program.resources)


def test_no_file_lands_before_the_notification_and_every_pipe_exist(program: Recording):
    for file in landed(program):
        assert {"landing-notification"} | PIPES <= program.comes_after(file)


def test_no_file_lands_before_the_bucket_is_versioned_encrypted_private_and_tls_only(program: Recording):
    protections = {"landing-versioning", "landing-encryption", "landing-policy", "landing-public-access"}
    for file in landed(program):
        assert protections | {"landing-ownership"} <= program.comes_after(file)


def test_no_file_lands_before_the_refreshes_so_that_none_is_queued_twice(program: Recording):
    for file in landed(program):
        assert program.comes_after(file) >= REFRESHES


def test_the_integration_is_made_before_the_role_that_it_names(program: Recording):
    assert "snowflake-role" not in program.comes_after("storage-integration")
    assert program["snowflake-role"].property_dependencies["assumeRolePolicy"] == {"storage-integration"}


def test_the_access_policy_takes_the_roles_name_from_the_role(program: Recording):
    assert program["snowflake-role-access"].property_dependencies["role"] == {"snowflake-role"}


@pytest.mark.parametrize("reader", ["landing-stage", *sorted(PIPES)])
def test_nothing_reads_the_bucket_before_the_role_may(program: Recording, reader: str):
    assert "snowflake-role-access" in program[reader].dependencies


@pytest.mark.parametrize("feed", FEEDS)
def test_a_pipe_takes_its_table_stage_and_format_from_the_resources(program: Recording, feed: str):
    file_format = f"{FEEDS[feed].file_format.value.lower()}-format"
    assert program[f"{feed}-pipe"].property_dependencies["copyStatement"] >= {
        f"{feed}-raw",
        "landing-stage",
        file_format,
    }


def test_the_notification_takes_its_queues_from_the_pipes(program: Recording):
    assert program["landing-notification"].property_dependencies["queues"] == PIPES


@pytest.mark.parametrize("feed", FEEDS)
def test_a_refresh_takes_its_pipe_from_the_resource(program: Recording, feed: str):
    assert program[f"{feed}-refresh"].property_dependencies["execute"] == {f"{feed}-pipe"}


def test_the_stage_takes_url_and_integration_from_the_resources(program: Recording):
    stage = program["landing-stage"]
    assert stage.property_dependencies["url"] == {"landing"}
    assert stage.property_dependencies["storageIntegration"] == {"storage-integration"}


READS = {
    "core-numbered-records": {"transactions-raw"},
    "core-unique-records": {"core-numbered-records"},
    "core-transactions": {"core-unique-records"},
    "core-purchases": {"core-transactions"},
    "core-purchase-counts": {"core-purchases"},
    "core-customer-versions": {"customers-raw"},
    "core-product-versions": {"products-raw"},
}


@pytest.mark.parametrize(("model", "read"), READS.items(), ids=READS)
def test_a_dynamic_table_takes_what_it_reads_from_the_resources(program: Recording, model: str, read: set[str]):
    assert program[model].property_dependencies["query"] == read


def test_the_requested_view_takes_what_it_reads_from_the_resources(program: Recording):
    view = program["mart-customer-purchases"]
    assert view.property_dependencies["statement"] == {
        "core-purchase-counts",
        "core-customer-versions",
        "core-product-versions",
    }


def test_a_view_over_the_copy_history_comes_after_the_tables_that_it_names_in_strings(program: Recording):
    view = program["ops-new-load-attempts"]
    assert view.property_dependencies["statement"] == {"load-history"}
    assert view.dependencies >= {f"{feed}-raw" for feed in FEEDS}


def test_every_schema_object_takes_database_and_schema_from_the_schema(program: Recording):
    within = [resource for resource in program.resources if "schema" in resource.inputs]
    assert len(within) > 15
    for resource in within:
        schema = f"{resource.inputs['schema'].lower()}-schema"
        assert resource.property_dependencies["schema"] == {schema}, resource.name
        assert resource.property_dependencies["database"] == {schema}, resource.name


def test_every_resource_belongs_to_a_component_and_every_component_to_the_stack(program: Recording):
    components = {component.name for component in program.components}
    assert components == {
        "landing-zone",
        "storage-access",
        "warehouse",
        "database",
        "ingestion",
        "models",
        "upkeep",
        "access",
        "landed-files",
    }
    assert {resource.parent for resource in program.resources} == components
    assert {component.parent for component in program.components} == {"retail-snowpipe-dev"}


def test_components_are_named_after_their_layer(program: Recording):
    assert {component.type for component in program.components} == {
        "retail-snowpipe:storage:LandingZone",
        "retail-snowpipe:storage:StorageAccess",
        "retail-snowpipe:storage:LandedFiles",
        "retail-snowpipe:warehouse:Warehouse",
        "retail-snowpipe:upkeep:Upkeep",
        "retail-snowpipe:database:Database",
        "retail-snowpipe:ingestion:Ingestion",
        "retail-snowpipe:models:Models",
        "retail-snowpipe:access:Access",
    }


def test_the_stack_exports_what_a_person_needs_to_look_inside(program: Recording):
    from tests.program.recording import ACCOUNT, QUEUE

    bucket = f"retail-snowpipe-dev-{ACCOUNT}"
    assert program.stack_outputs == {
        "bucket": bucket,
        "landingUrl": f"s3://{bucket}/",
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/retail-snowpipe-dev",
        "integration": "RETAIL_DEV",
        "pipes": {f"RETAIL_DEV.RAW.{feed.upper()}": QUEUE for feed in FEEDS},
        "database": "RETAIL_DEV",
        "warehouse": "RETAIL_DEV",
        "view": "RETAIL_DEV.MART.CUSTOMER_PURCHASES",
    }
