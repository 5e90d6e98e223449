from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_cloud.errors import ResourceError
from local_cloud.program.config import PROJECT
from local_cloud.program.deployment import Resource
from local_cloud.program.engine import Stack
from local_cloud.program.graph import Blueprint, component_graph, dot, mermaid, program_resources, resource_graph

GRANT = "snowflake:index/grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole"
FILE = "aws:s3/bucketObjectv2:BucketObjectv2"


def resource(name: str, *needs: str, parent: str = "", type_: str = "aws:s3/bucket:Bucket") -> Resource:
    return Resource(name, type_, name, parent, True, name, {}, {}, needs)


def component(name: str) -> Resource:
    return Resource(name, "test:index:House", name, "", False, "", {}, {}, ())


def test_an_arrow_that_follows_from_others_is_left_out() -> None:
    graph = resource_graph([resource("a"), resource("b", "a"), resource("c", "a", "b"), resource("d", "a", "c")])
    assert graph.edges == (("_a", "_b"), ("_b", "_c"), ("_c", "_d"))


def test_all_files_of_a_component_are_one_node() -> None:
    files = [resource(f"f{number}", "bucket", parent="files", type_=FILE) for number in range(3)]
    graph = resource_graph([resource("bucket"), component("files"), *files])
    assert [(node.label, node.kind) for node in graph.nodes] == [
        ("bucket", "Bucket"),
        ("files", "one BucketObjectv2 per file"),
    ]
    assert graph.edges == (("_bucket", "files_files"),)


def test_all_grants_of_a_component_are_one_node_after_all_that_one_of_them_needs() -> None:
    grants = [resource("g1", "a", parent="access", type_=GRANT), resource("b", "a")]
    grants.append(resource("g2", "b", parent="access", type_=GRANT))
    graph = resource_graph([component("access"), resource("a"), *grants])
    assert [(node.label, node.count) for node in graph.nodes] == [("a", 1), ("b", 1), ("privileges", 2)]
    assert graph.edges == (("_a", "_b"), ("_b", "access_privileges"))


def test_the_graph_does_not_depend_on_the_order_of_registration() -> None:
    one = [resource("a"), resource("b"), resource("c", "a", "b")]
    other = [resource("b"), resource("a"), resource("c", "a", "b")]
    assert mermaid(resource_graph(one)) == mermaid(resource_graph(other))


def test_a_component_is_a_subgraph_in_mermaid_and_a_cluster_in_dot() -> None:
    graph = resource_graph([component("my-house"), resource("the-room", parent="my-house"), resource("x", "the-room")])
    assert mermaid(graph) == (
        "flowchart LR\n"
        '  subgraph my_house_group["my-house"]\n'
        '    my_house_the_room["the-room<br/><small>Bucket</small>"]\n'
        "  end\n"
        '  _x["x<br/><small>Bucket</small>"]\n'
        "  my_house_the_room --> _x\n"
    )
    assert dot(graph) == (
        "digraph {\n  rankdir=LR;\n  node [shape=box];\n"
        '  subgraph cluster_my_house { label="my-house";\n'
        '    my_house_the_room [label="the-room\\nBucket"];\n'
        "  }\n"
        '  _x [label="x\\nBucket"];\n'
        "  my_house_the_room -> _x;\n}\n"
    )


def test_by_component_the_graph_has_one_box_and_one_arrow_each() -> None:
    resources = [
        component("zone"),
        resource("a", parent="zone"),
        resource("b", "a", parent="zone"),
        component("pipes"),
        resource("c", "a", parent="pipes"),
        resource("d", "b", parent="pipes"),
        component("last"),
        resource("e", "c", "d", parent="last"),
    ]
    resources += [resource(f"g{number}", "a", parent="zone", type_=GRANT) for number in range(3)]
    graph = component_graph(resource_graph(resources))
    assert [(node.id, node.kind) for node in graph.nodes] == [
        ("zone", "5 resources"),
        ("pipes", "2 resources"),
        ("last", "Bucket"),
    ]
    assert graph.edges == (("zone", "pipes"), ("pipes", "last"))


def test_no_file_lands_before_the_notification_in_the_programs_own_graph() -> None:
    text = mermaid(resource_graph(program_resources(PROJECT, "dev")))
    assert "ingestion_landing_notification --> landed_files_files" in text
    assert text.count("BucketObjectv2") == 1
    names = set(re.findall(r"^\s+(\w+)\[", text, re.MULTILINE))
    arrows = re.findall(r"(\w+) --> (\w+)", text)
    assert {name for arrow in arrows for name in arrow} <= names


def test_a_function_that_a_preview_cannot_answer_is_named(tmp_path: Path) -> None:
    from local_cloud.program.engine import run_program

    (tmp_path / "__main__.py").write_text("import pulumi_aws as aws\naws.get_regions()")
    with pytest.raises(ResourceError, match="no answer to the provider function aws:index/getRegions:getRegions"):
        run_program(Stack(tmp_path / "__main__.py", "p", "dev", {}), Blueprint(), preview=True)
