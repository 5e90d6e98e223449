"""MERGE by Snowflake's rules.

What is asserted is documented in https://docs.snowflake.com/en/sql-reference/sql/merge, under the heading that a
test names; the columns of the answer are those of its examples.
"""

from __future__ import annotations

from typing import Any

import pytest

from local_cloud.snowflake_account import Account, Session, SnowflakeError


@pytest.fixture
def session(account: Account) -> Session:
    """A session in R.S with a target T of the keys 1, 2 and NULL, and an empty source N."""
    account.execute("create database R")
    account.execute("create schema R.S")
    opened = account.connect("R", "S")
    opened.execute("create table T (ID number(38,0), X varchar)")
    opened.execute("create table N (ID number(38,0), X varchar, GONE boolean)")
    opened.execute("insert into T values (1, 'a'), (2, 'b'), (null, 'n')")
    return opened


def source(session: Session, rows: str) -> None:
    session.execute(f"insert into N values {rows}")


def target(session: Session | Account) -> list[Any]:
    return session.execute("select ID, X from R.S.T order by ID, X").rows


def refusal(session: Session, sql: str) -> tuple[int, str, str]:
    with pytest.raises(SnowflakeError) as caught:
        session.execute(sql)
    return caught.value.code, caught.value.sqlstate, caught.value.message


BEFORE = [(1, "a"), (2, "b"), (None, "n")]
UPSERT = (
    "merge into T using N on T.ID = N.ID when matched then update set X = N.X "
    "when not matched then insert (ID, X) values (N.ID, N.X)"
)


def test_what_matches_is_updated_and_what_does_not_is_inserted(session: Session) -> None:
    source(session, "(1, 'x', false), (3, 'c', false)")

    assert session.execute(UPSERT).dicts() == [{"number of rows inserted": 1, "number of rows updated": 1}]
    assert target(session) == [(1, "x"), (2, "b"), (3, "c"), (None, "n")]


def test_dbts_statement_takes_unqualified_quoted_names_as_the_sources(session: Session) -> None:
    source(session, "(1, 'x', false), (3, 'c', false)")

    session.execute("create temporary view R.S.T__TMP as (select ID, X from N)")
    session.execute(
        """
        merge into R.S.T as DBT_INTERNAL_DEST
            using R.S.T__TMP as DBT_INTERNAL_SOURCE
            on ((DBT_INTERNAL_SOURCE.id = DBT_INTERNAL_DEST.id))
        when matched then update set
            "ID" = DBT_INTERNAL_SOURCE."ID","X" = DBT_INTERNAL_SOURCE."X"
        when not matched then insert
            ("ID", "X")
        values
            ("ID", "X")
        """
    )

    assert target(session) == [(1, "x"), (2, "b"), (3, "c"), (None, "n")]


@pytest.mark.parametrize(
    ("clauses", "answer"),
    [
        ("when not matched then insert values (N.ID, N.X)", {"number of rows inserted": 1}),
        ("when matched then update set T.X = N.X", {"number of rows updated": 1}),
        ("when matched then delete", {"number of rows deleted": 1}),
        (
            "when not matched then insert values (N.ID, N.X) when matched and false then delete "
            "when matched then update set X = 'u'",
            {"number of rows inserted": 1, "number of rows updated": 1, "number of rows deleted": 0},
        ),
    ],
    ids=["insert", "update", "delete", "all"],
)
def test_the_answer_counts_the_kinds_of_change_that_the_statement_has_clauses_for(
    session: Session, clauses: str, answer: dict[str, int]
) -> None:
    source(session, "(1, 'x', false), (3, 'c', false)")

    result = session.execute(f"merge into T using N on T.ID = N.ID {clauses}")

    assert result.dicts() == [answer]
    assert {column.type for column in result.columns} == {"FIXED"}


def test_of_several_clauses_the_first_that_applies_counts(session: Session) -> None:
    # "WHEN MATCHED … AND case_predicate"; as in the example with delete and update of marked rows
    source(session, "(1, 'x', true), (2, 'y', false), (3, 'c', true), (4, 'd', false)")

    session.execute(
        "merge into T using N on T.ID = N.ID "
        "when matched and N.GONE then delete "
        "when matched and N.X = 'x' then update set X = 'never' "
        "when matched then update set X = T.X || N.X "
        "when not matched and N.GONE then insert (ID) values (N.ID) "
        "when not matched then insert (X, ID) values (upper(N.X), N.ID)"
    )

    assert target(session) == [(2, "by"), (3, None), (4, "D"), (None, "n")]


def test_a_row_to_which_no_clause_applies_stays_as_it_is(session: Session) -> None:
    source(session, "(1, 'x', null), (3, 'c', null)")

    session.execute(
        "merge into T using N on T.ID = N.ID when matched and GONE then delete "
        "when not matched and GONE then insert values (N.ID, N.X)"
    )

    assert target(session) == BEFORE


def test_null_keys_match_nothing(session: Session) -> None:
    source(session, "(null, 'new', false)")

    session.execute(UPSERT)

    assert target(session) == [(1, "a"), (2, "b"), (None, "n"), (None, "new")]


@pytest.mark.parametrize(
    "clauses",
    [
        "when matched then update set X = N.X",
        "when matched and N.X = 'x' then update set X = N.X when matched then delete",
        "when matched and N.GONE then delete when matched then update set X = N.X",
    ],
    ids=["updated twice", "updated and deleted", "updated twice where others are deleted"],
)
def test_a_target_row_that_several_source_rows_would_change_is_an_error_and_nothing_changes(
    session: Session, clauses: str
) -> None:
    # "Nondeterministic results for UPDATE and DELETE"; ERROR_ON_NONDETERMINISTIC_MERGE is TRUE by default
    source(session, "(1, 'x', false), (1, 'y', false), (2, 'z', false), (3, 'c', false)")

    refused = refusal(
        session, f"merge into T using N on T.ID = N.ID {clauses} when not matched then insert values (N.ID, N.X)"
    )

    assert refused == (100090, "42P18", "Duplicate row detected during DML action")
    assert target(session) == BEFORE


def test_a_row_that_several_source_rows_match_may_be_updated_by_the_only_one_to_which_a_clause_applies(
    session: Session,
) -> None:
    # "Deterministic results for UPDATE and DELETE"
    source(session, "(1, 'x', true), (1, 'y', false), (1, 'z', null)")

    session.execute("merge into T using N on T.ID = N.ID when matched and GONE then update set X = N.X")

    assert target(session) == [(1, "x"), (2, "b"), (None, "n")]


def test_a_row_that_several_source_rows_delete_is_deleted_and_counted_once(session: Session) -> None:
    # "Deterministic results for UPDATE and DELETE": one or more source rows satisfy the DELETE clauses
    source(session, "(1, 'x', true), (1, 'y', true), (1, 'z', false), (2, 'u', false), (3, 'c', true), (3, 'c', true)")

    result = session.execute(
        "merge into T as D using N as S on D.ID = S.ID when matched and GONE then delete "
        "when matched and S.X = 'u' then update set D.X = S.X || D.X "
        "when not matched then insert (D.ID, D.X) values (S.ID, S.X)"
    )

    assert result.rows == [(2, 1, 1)]
    assert target(session) == [(2, "ub"), (3, "c"), (3, "c"), (None, "n")]


def test_a_source_row_deletes_every_target_row_that_it_matches(session: Session) -> None:
    session.execute("insert into T values (1, 'again')")
    source(session, "(1, 'x', true), (1, 'y', true)")

    result = session.execute("merge into T using (select ID from N) as K on T.ID = K.ID when matched then delete")

    assert result.rows == [(2,)]
    assert target(session) == [(2, "b"), (None, "n")]


def test_a_copy_of_a_source_row_without_a_match_is_inserted_for_each_copy(session: Session) -> None:
    # "Deterministic results for INSERT"
    source(session, "(3, 'c', false), (3, 'c', false)")

    assert session.execute(UPSERT).rows == [(2, 0)]
    assert target(session) == [(1, "a"), (2, "b"), (3, "c"), (3, "c"), (None, "n")]


def test_the_second_change_of_a_row_is_found_among_many(session: Session) -> None:
    session.execute("create table MANY as select SEQ4() as ID, 'old' as X from table(generator(rowcount => 300000))")
    merge = "merge into MANY using MORE on MANY.ID = MORE.ID when matched then update set X = MORE.X"

    session.execute("create table MORE as select ID, 'new' as X from MANY")
    assert session.execute(merge).rows == [(300000,)]
    session.execute("insert into MORE values (0, 'twice')")

    assert refusal(session, merge)[0] == 100090
    assert session.execute("select distinct X from MANY").rows == [("new",)]


def test_expressions_are_snowflakes(session: Session) -> None:
    session.execute("create table V (ID number, DOC variant)")
    session.execute("insert into V select 1, parse_json('{\"n\": 1}')")

    session.execute(
        "merge into V using (select value:id::number as ID, value:n as N from table(flatten("
        'parse_json(\'[{"id": 1, "n": 5}, {"id": 2, "n": 6}]\')))) as S on V.ID = S.ID '
        "when matched and DOC:n::number = 1 then update set DOC = object_construct('n', N, 'was', DOC:n) "
        "when not matched then insert values (S.ID, iff(N is null, null, to_variant(N)))"
    )

    rows = session.execute("select ID, DOC:n::number, DOC:was::number, DOC::number from V where ID = 2").rows
    assert rows == [(2, None, None, 6)]
    assert session.execute("select DOC:n::number, DOC:was::number from V where ID = 1").rows == [(5, 1)]


def test_values_are_bound_in_the_order_of_the_text(session: Session) -> None:
    sql = (
        "merge into T using (select ? as ID, ? as X) as S on T.ID = S.ID when matched then update set X = S.X || ? "
        "when not matched then insert values (S.ID, ?)"
    )

    assert session.execute_many(sql, [(1, "x", "!", "-"), (3, "y", "-", "new")]).rows == [(1, 1)]
    assert target(session) == [(1, "x!"), (2, "b"), (3, "new"), (None, "n")]


def test_names_may_be_words_of_duckdbs_grammar_or_quoted(session: Session) -> None:
    session.execute('create table "Its" (AT number, "the order" varchar)')

    session.execute(
        'merge into "Its" using (select ID, X as "select" from T) as S on AT = S.ID '
        'when matched then update set AT = S.ID, "Its"."the order" = "select" '
        'when not matched then insert (AT, "the order") values (ID, "select")'
    )

    assert session.execute('select * from "Its" order by 1').rows == BEFORE


def test_a_sessions_variables_are_replaced(session: Session) -> None:
    source(session, "(1, 'x', false), (2, 'y', false)")
    session.execute("set K = 2")

    session.execute("merge into T using N on T.ID = N.ID when matched and N.ID = $K then update set X = N.X")

    assert target(session) == [(1, "a"), (2, "y"), (None, "n")]


def test_a_merge_belongs_to_the_open_transaction(account: Account, session: Session) -> None:
    source(session, "(1, 'x', true), (3, 'c', false)")

    session.execute("begin")
    session.execute("insert into T values (3, 'mine')")
    session.execute(
        "merge into T using N on T.ID = N.ID when matched and GONE then delete when matched then update set X = N.X"
    )
    assert (target(session), target(account)) == ([(2, "b"), (3, "c"), (None, "n")], BEFORE)
    session.execute("rollback")

    assert target(session) == BEFORE


def test_merges_of_several_sessions_follow_one_another(account: Account, session: Session) -> None:
    other = account.connect("R", "S")
    source(session, "(1, 'x', false)")
    session.execute("begin")
    session.execute(UPSERT)

    refused = refusal(other, "merge into T using N on T.ID = N.ID when matched then update set X = 'other'")

    assert refused[0] == 625
    session.execute("commit")


def test_who_waits_for_changes_is_told_of_a_merge(account: Account, session: Session) -> None:
    source(session, "(1, 'x', false)")
    told: list[set[str]] = []
    account.tell_of_changes(lambda names: told.append({str(name) for name in names or ()}))

    session.execute(UPSERT)

    assert told == [{"R.S.T", "R.S.N"}]


@pytest.mark.parametrize(
    ("clauses", "code"),
    [
        ("when matched then delete when matched and GONE then delete", 1003),
        ("when not matched then insert values (1, 'x') when not matched then insert values (2, 'x')", 1003),
        ("when matched then insert values (N.ID, N.X)", 1003),
        ("when not matched then delete", 1003),
        ("when not matched by source then delete", 1003),
        ("when not matched by source then insert values (N.ID, N.X)", 1003),
        ("when matched then update set *", 1003),
        ("when matched then update", 1003),
        ("when not matched then insert *", 1003),
        ("when not matched then insert default values", 1003),
        ("when not matched then insert row", 1003),
        ("when not matched then insert row values (N.ID, N.X)", 1003),
        ("when not matched then insert values (N.ID, N.X) where N.ID = 1", 1003),
        ("when matched then update set X = N.X where N.ID = 2", 1003),
        ("when not matched then insert values (N.ID, N.X), (N.ID, N.X)", 1003),
        ("when matched then update set X = N.X returning *", 1003),
        ("when matched then do nothing", 1003),
        ("when matched then update set NOPE = 1", 1044),
        ("when matched then update set X = N.NOPE", 904),
        ("when matched then update set X = X", 1044),
        ("when not matched then insert (ID) values (N.ID, N.X)", 1044),
        ("when matched then update all by name", 2),
        ("when not matched then insert all by name", 2),
    ],
)
def test_what_snowflake_refuses_or_is_not_had_here_is_refused(session: Session, clauses: str, code: int) -> None:
    # an unreachable clause: "Any matching or not-matching clause that omits the AND subclause must be the last"
    source(session, "(1, 'x', false)")

    assert refusal(session, f"merge into T using N on T.ID = N.ID {clauses}")[0] == code
    assert target(session) == BEFORE


def test_a_merge_into_what_is_not_there_or_no_table_is_refused(session: Session) -> None:
    on = "using N on A.ID = N.ID when matched then delete"
    session.execute("create view W as select * from T")

    assert refusal(session, f"merge into NOPE as A {on}")[0] == 2003
    assert refusal(session, f"merge into W as A {on}")[0] == 1044
    assert refusal(session, f"with C as (select 1) merge into T as A {on}")[0] == 1003


def test_a_column_that_has_the_name_of_duckdbs_row_number_is_refused_where_that_is_needed(session: Session) -> None:
    session.execute("create table O (ROWID number, X varchar)")
    session.execute("insert into O values (1, 'a')")
    source(session, "(1, 'x', false)")

    on = "merge into O using N on O.ROWID = N.ID when matched then"

    assert refusal(session, f"{on} delete")[:2] == (2, "0A000")
    assert session.execute(f"{on} update set X = N.X").rows == [(1,)]


def test_a_session_without_a_database_has_to_name_it(account: Account, session: Session) -> None:
    source(session, "(1, 'x', false)")
    account.execute("create database OTHER")
    account.execute("drop database OTHER")
    nowhere = account.connect()

    assert refusal(nowhere, UPSERT)[0] == 90105
    nowhere.execute("merge into R.S.T using R.S.N on T.ID = N.ID when matched then update set X = N.X")
    assert target(session) == [(1, "x"), (2, "b"), (None, "n")]
