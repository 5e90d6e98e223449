"""The dashboard in Snowflake: what config adds, in which order, and what an edit of a file changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.dashboard_app import APPS, app_files
from tests.program.recording import Recording, run_program, stack_config
from tests.program.replacement import CREATED, DELETED, REPLACED, UPDATED, changes
from tests.program.trees import copy_program, edit

CONFIG = stack_config(dataDir="", dashboard="true")
GRANT = "snowflake:index/grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole"
FILES = {f"dashboard/{path}" for path in app_files()}
APP_NAMES = {f"{app.name.lower()}-app" for app in APPS}


@pytest.fixture(scope="module")
def with_dashboard() -> Recording:
    return run_program(config=CONFIG)


def test_it_is_off_by_default_and_adds_these_resources_and_no_others(with_dashboard: Recording):
    added = changes(run_program(config=stack_config(dataDir="")), with_dashboard)
    grants = {f"{app.role.name.lower()}-{app.name.lower()}-app" for app in APPS}
    made = {*FILES, "dashboard-stage", "dashboard-files", *APP_NAMES, *grants}
    assert added == {**dict.fromkeys(made, CREATED), "snowflake-role-access": UPDATED}


def test_what_starts_it_on_a_machine_is_not_among_its_files_and_every_main_file_is():
    files = set(app_files())
    assert {app.main_file for app in APPS} | {"environment.yml", "queries/period.sql"} <= files
    assert "__main__.py" not in files


def test_the_files_are_in_the_bucket_and_may_be_read_before_they_are_copied_and_are_copied_before_an_app(
    with_dashboard: Recording,
):
    assert with_dashboard.comes_after("dashboard-files") >= FILES | {
        "dashboard-stage",
        "landing-stage",
        "snowflake-role-access",
    }
    for app in APP_NAMES:
        assert "dashboard-files" in with_dashboard.comes_after(app)
    read = json.loads(with_dashboard["snowflake-role-access"].inputs["policy"])["Statement"][0]["Resource"]
    assert read[-1].endswith("/_dashboard/*")


def test_no_file_of_it_is_heard_of_by_a_pipe(with_dashboard: Recording):
    queues = with_dashboard["landing-notification"].inputs["queues"]
    keys = [with_dashboard[name].inputs["key"] for name in FILES]
    assert not any(key.startswith(queue["filterPrefix"]) for key in keys for queue in queues)


def test_readers_open_the_view_and_operators_all_of_it(with_dashboard: Recording):
    given = {
        (grant.inputs["databaseRoleName"], grant.inputs["onSchemaObject"]["objectName"])
        for grant in with_dashboard.of_type(
            "snowflake:index/grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole"
        )
        if grant.inputs.get("onSchemaObject", {}).get("objectType") == "STREAMLIT"
    }
    database = '"RETAIL_DEV"'
    assert given == {
        (f'{database}."OPERATOR"', f'{database}."OPS"."DASHBOARD"'),
        (f'{database}."READER"', f'{database}."MART"."PURCHASES"'),
    }


def test_an_edit_of_a_file_replaces_the_copy_alone_and_turns_the_apps_to_it(tmp_path: Path):
    tree = copy_program(tmp_path)
    before = run_program(tree, config=CONFIG)
    edit(tree / "dashboard/app.py", "retail-snowpipe", "our pipeline")
    changed = changes(before, run_program(tree, config=CONFIG))  # which does not look into a file that is put
    assert changed == {"dashboard-files": REPLACED, **dict.fromkeys(APP_NAMES, UPDATED)}


def test_a_file_that_is_gone_goes_and_is_copied_no_more(with_dashboard: Recording, tmp_path: Path):
    tree = copy_program(tmp_path)
    (tree / "dashboard/colours.py").unlink()
    after = run_program(tree, config=CONFIG)
    changed = changes(with_dashboard, after)
    assert changed["dashboard/colours.py"] == DELETED
    assert changed["dashboard-files"] == REPLACED
    assert "colours.py" not in after["dashboard-files"].inputs["execute"]


def test_a_replaced_stage_is_filled_again(with_dashboard: Recording):
    assert "dashboard-stage" in str(with_dashboard["dashboard-files"].options["replace_with"])
