from __future__ import annotations

from pathlib import Path

import pytest
from fakesnow.transforms.stage import LOCAL_BUCKET_PATH

from local_cloud.snowflake_account.data.databases import Databases


def test_nothing_is_left_outside_the_accounts_folder_however_much_memory_a_query_takes(tmp_path: Path) -> None:
    databases = Databases(tmp_path)
    ((spilled,),) = databases.duck.execute("select current_setting('temp_directory')").fetchall()
    databases.close()
    assert Path(spilled).parent == tmp_path
    assert not Path(LOCAL_BUCKET_PATH).exists()


@pytest.mark.parametrize("join", ["left join", "full join"])
@pytest.mark.parametrize("condition", ["kept.name is null", "files.a >= 0"])
def test_a_limit_holds_for_rows_that_another_table_does_not_have(tmp_path: Path, join: str, condition: str) -> None:
    databases = Databases(tmp_path)
    duck = databases.connect().duck
    duck.execute("create table delivered as select range::integer as a, 'file' || range as name from range(100)")
    missing = f"""
        select path from (select a, name || '.csv' as path from delivered) as files
        {join} (select a, name from delivered where a > 500) as kept on files.path = kept.name
        where {condition} limit 2
    """
    found = duck.execute(missing).fetchall()
    databases.close()
    assert len(found) == 2
