"""What reads what is taken from the statements, and drawn without a word of them taking effect."""

from __future__ import annotations

from dashboard.lineage import drawn, reads

KNOWN = ("RAW.T", "CORE.A", "CORE.B", "MART.V")


def test_a_model_reads_the_tables_that_its_statement_names_however_they_are_spelt() -> None:
    texts = {
        "CORE.A": 'create dynamic table "DB"."CORE"."A" as select * from "DB"."RAW"."T"',
        "CORE.B": "create view core.b as select * from core . a join RAW.T",
        "MART.V": "create view V as select 1 -- from core.b\n /* and raw.t */ from Core.A",
    }
    assert reads(texts, KNOWN) == [
        ("CORE.A", "CORE.B"),
        ("CORE.A", "MART.V"),
        ("RAW.T", "CORE.A"),
        ("RAW.T", "CORE.B"),
    ]


def test_what_is_not_there_is_not_read() -> None:
    assert reads({"CORE.A": "select RAW.GONE, other.T, DRAW.T from RAW.TT"}, KNOWN) == []


def test_a_name_is_no_language_of_the_drawing() -> None:
    graph = drawn(['CORE.A"]; evil [label="\\'], [])
    assert '\\"]; evil [label=\\"\\\\"' in graph
    assert graph.count("[label=") - graph.count('[label=\\"') == 1
