"""COPY INTO as documented: which files load, what becomes of errors, what the answer says."""

from __future__ import annotations

from tests.local_cloud.snowflake_account.landing import SCHEMA, Landing


def test_a_copy_loads_the_files_at_its_location(landing: Landing) -> None:
    landing.execute(f"create table {SCHEMA}.T (A varchar, B varchar)")
    landing.put("csv/one.csv", "1,2\n3,4\n")

    (answer,) = landing.execute(f"copy into {SCHEMA}.T from @{SCHEMA}.LANDING/csv/ file_format = (type = csv)")

    assert (answer["status"], answer["rows_loaded"]) == ("LOADED", 2)
    assert landing.rows(f"select * from {SCHEMA}.T order by A") == [("1", "2"), ("3", "4")]
