"""What lies in the bucket for longer than a pipe's refresh reaches back is loaded by hand, and counts once."""

from __future__ import annotations

from pathlib import Path

from tests.pipeline.deployed import Pipeline, deployed, purchase

PIPE = "RETAIL_DEV.RAW.TRANSACTIONS"


def backfill(pipeline: Pipeline) -> list[tuple[object, ...]]:
    """Do what docs/scale.md says: run the pipe's own statement by hand."""
    ((definition,),) = pipeline.rows(f"select get_ddl('pipe', '{PIPE}')")
    statement = str(definition)[str(definition).upper().index("COPY INTO") :].rstrip("; \n")
    return pipeline.rows(f"{statement} load_uncertain_files = true")


def test_what_is_loaded_by_hand_and_then_by_the_pipe_counts_once(tmp_path: Path) -> None:
    with deployed(tmp_path) as pipeline:
        for day in (1, 2):
            pipeline.put(f"transactions/d=2020-01-0{day}/t.json", purchase(f"C{day}", "P1", "P1"))
        assert len(backfill(pipeline)) == 2
        assert backfill(pipeline) == [("Copy executed with 0 files processed.",)]

        pipeline.load()  # the pipe heard of both files, and does not know what was loaded by hand
        pipeline.put("transactions/d=2020-01-03/t.json", purchase("C1", "P1"))
        pipeline.load()
        pipeline.accounts.snowflake.refresh_dynamic_tables()

        counted = "select customer_id, product_id, purchase_count from MART.CUSTOMER_PURCHASES order by customer_id"
        assert pipeline.rows(counted) == [("C1", "P1", 3), ("C2", "P1", 2)]
        assert pipeline.rows("select count(*) from RAW.TRANSACTIONS") == [(5,)]
        differing = "select check_name, expected, found from OPS.RECONCILIATION where expected <> found"
        assert pipeline.rows(differing) == []
