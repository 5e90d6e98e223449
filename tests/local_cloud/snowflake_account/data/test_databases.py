from __future__ import annotations

from pathlib import Path

from fakesnow.transforms.stage import LOCAL_BUCKET_PATH

from local_cloud.snowflake_account.data.databases import Databases


def test_nothing_is_left_outside_the_accounts_folder_however_much_memory_a_query_takes(tmp_path: Path) -> None:
    databases = Databases(tmp_path)
    ((spilled,),) = databases.duck.execute("select current_setting('temp_directory')").fetchall()
    databases.close()
    assert Path(spilled).parent == tmp_path
    assert not Path(LOCAL_BUCKET_PATH).exists()
