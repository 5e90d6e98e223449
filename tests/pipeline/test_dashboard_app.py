"""The dashboard's files reach the internal stage, all of them and no others, and go with the stack."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.dashboard_app import FOLDER, app_files, content_hash, copying_statement
from local_cloud.resources import Registry
from tests.pipeline.deployed import Pipeline, deployed

STAGE = '"RETAIL_DEV"."OPS"."DASHBOARD"'
LANDING = '"RETAIL_DEV"."RAW"."LANDING"'


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    with deployed(tmp_path_factory.mktemp("state"), dashboard="true") as standing:
        yield standing


def staged(pipeline: Pipeline) -> dict[str, str]:
    """Return the MD5 of each file of the stage, by folder and path."""
    listed = pipeline.rows(f"list @{STAGE}")
    return {name.partition("/")[2]: md5 for name, _, md5, _ in listed}


def expected(folder: Path) -> dict[str, str]:
    files = app_files(folder)
    return {
        f"{content_hash(files)}/{path}": hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
        for path, file in files.items()
    }


def test_the_stage_holds_exactly_the_files_and_the_apps_stand_on_them(pipeline: Pipeline) -> None:
    assert staged(pipeline) == expected(FOLDER)
    for app, main_file in (("OPS.DASHBOARD", "app.py"), ("MART.PURCHASES", "data_app.py")):
        (described,) = pipeline.accounts.snowflake.execute(f"describe streamlit RETAIL_DEV.{app}").dicts()
        assert described["root_location"] == f"@{STAGE}/{content_hash(app_files())}"
        assert described["main_file"] == main_file


def test_an_edit_leaves_exactly_the_new_files(pipeline: Pipeline, tmp_path: Path) -> None:
    """What the engine does: the object is put again, what is copied now is copied, what was copied before removed."""
    edited = tmp_path / "dashboard"
    shutil.copytree(FOLDER, edited, ignore=shutil.ignore_patterns("__pycache__"))
    (edited / "colours.py").unlink()
    (edited / "app.py").write_text("import streamlit as st\nst.title('ours')\n")
    pipeline.put("_dashboard/app.py", (edited / "app.py").read_text())
    files = app_files(edited)
    pipeline.accounts.snowflake.execute(copying_statement(STAGE, LANDING, content_hash(files), list(files)))
    (before,) = [resource for resource in pipeline.stack.resources if resource.name == "dashboard-files"]
    Registry(pipeline.accounts.aws, pipeline.accounts.snowflake).delete(before.type, before.id, before.outputs)
    assert staged(pipeline) == expected(edited)


def test_a_reader_finds_the_readers_app_alone(pipeline: Pipeline) -> None:
    account = pipeline.accounts.snowflake
    for role, granted in (("ANALYST", "READER"), ("ONCALL", "OPERATOR")):
        account.execute(f"create role {role}")
        account.execute(f"grant database role RETAIL_DEV.{granted} to role {role}")
        account.execute(f"grant role {role} to user LOCAL")
    found = {}
    for role in ("ANALYST", "ONCALL"):
        session = account.connect("RETAIL_DEV", role=role)
        session.execute("use secondary roles none")
        found[role] = [row[1] for row in session.execute("show streamlits in database RETAIL_DEV").rows]
        session.close()
    assert found == {"ANALYST": ["PURCHASES"], "ONCALL": ["DASHBOARD"]}


def test_destroy_removes_all_of_it(pipeline: Pipeline) -> None:
    registry = Registry(pipeline.accounts.aws, pipeline.accounts.snowflake)
    mine = ("dashboard", "purchases-app", "operator-dashboard", "reader-purchases")
    for resource in reversed(pipeline.stack.resources):
        if resource.custom and resource.name.startswith(mine):
            registry.delete(resource.type, resource.id, resource.outputs)
    for kind in ("streamlits in database RETAIL_DEV", "stages in schema RETAIL_DEV.OPS"):
        assert pipeline.rows(f"show {kind}") == []
    s3 = pipeline.accounts.aws.client("s3")
    assert s3.list_objects_v2(Bucket=pipeline.stack.outputs["bucket"])["KeyCount"] == 0
