"""The plugin in a project of somebody else's, whose tests run in a pytest of their own, as documented."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from local_cloud.program.config import PROJECT
from tests.local_cloud.program.others import write_orders, write_staff

DOCUMENT = (PROJECT / "docs" / "test-your-own-stack.md").read_text("utf-8")
OTHER_TESTS = """
import boto3


def test_a_test_begins_with_nothing(empty_cloud):
    assert empty_cloud.aws("s3").list_buckets()["Buckets"] == []
    assert empty_cloud.rows("show databases") == []


def test_clients_reach_the_accounts_of_the_test(deployed_stack, cloud_endpoints):
    s3 = boto3.client("s3", endpoint_url=cloud_endpoints["AWS_ENDPOINT_URL"], region_name="eu-west-1",
                      aws_access_key_id="a", aws_secret_access_key="b")
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["orders-inbox"]
    assert cloud_endpoints["SNOWFLAKE_PORT"].isdigit()
"""
STAFF_TEST = """
def test_a_file_is_loaded_by_its_pattern(deployed_stack):
    bucket = deployed_stack.outputs["bucketName"]
    deployed_stack.put(bucket, "people/a.csv", "n,id,name\\n1,P1,Ada\\n")
    deployed_stack.put(bucket, "other/a.csv", "n,id,name\\n1,P2,Bea\\n")
    deployed_stack.load()
    assert deployed_stack.rows(f"select id, name from {deployed_stack.outputs['people']}") == [("P1", "Ada")]
"""


def run_tests(project: Path, **files: str) -> str:
    for name, text in files.items():
        (project / f"{name}.py").write_text(text)
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(project), str(project)]
    finished = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def documented(name: str) -> str:
    (text,) = re.findall(rf"```\w+\n# {re.escape(name)}\n(.*?)```", DOCUMENT, re.DOTALL)
    return text


def test_the_documented_example_tests_a_program_with_s3_and_snowpipe(tmp_path: Path) -> None:
    project = write_orders(tmp_path / "orders")
    example = documented("test_orders.py")
    assert len([line for line in example.splitlines() if line.strip()]) <= 10
    out = run_tests(project, conftest=documented("conftest.py"), test_orders=example, test_others=OTHER_TESTS)
    assert "3 passed" in out


def test_a_program_in_the_shape_of_the_earlier_templates_is_tested_as_well(tmp_path: Path) -> None:
    project = write_staff(tmp_path / "staff")
    assert "1 passed" in run_tests(project, conftest=documented("conftest.py"), test_staff=STAFF_TEST)
