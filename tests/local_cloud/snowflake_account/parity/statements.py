"""Statements: data, definitions, sessions.

https://docs.snowflake.com/en/sql-reference/sql-all
"""

from __future__ import annotations

from tests.local_cloud.snowflake_account.parity.case import Case, fails, gives, refused

KIND = "Statements"

_T = ("create or replace temporary table X (A int, B varchar)", "insert into X values (1, 'a'), (2, 'b')")
_ALL = "select A, B from X order by A"

CASES: tuple[Case, ...] = (
    gives("INSERT", (*_T, "insert into X (A) select 3", _ALL), (1, "a"), (2, "b"), (3, None)),
    gives("INSERT … DEFAULT", (*_T, "insert into X (A, B) values (3, default)", _ALL), (1, "a"), (2, "b"), (3, None)),
    gives("INSERT OVERWRITE", (*_T, "insert overwrite into X values (9, 'z')", _ALL), (9, "z")),
    refused("INSERT ALL", "insert all into T values (1) into T values (2) select 1", "INSERT ALL"),
    gives("UPDATE", (*_T, "update X set B = 'z' where A = 1", _ALL), (1, "z"), (2, "b")),
    gives(
        "UPDATE … FROM",
        (*_T, "update X set B = s.C from (select 2 as K, 'q' as C) s where X.A = s.K", _ALL),
        (1, "a"),
        (2, "q"),
    ),
    gives("DELETE", (*_T, "delete from X where A = 1", _ALL), (2, "b")),
    gives("DELETE … USING", (*_T, "delete from X using (select 2 as K) s where X.A = s.K", _ALL), (1, "a")),
    gives(
        "MERGE",
        (
            *_T,
            "merge into X using (select 1 as K, 'm' as C union all select 3, 'n') s on X.A = s.K"
            " when matched then update set B = s.C when not matched then insert (A, B) values (s.K, s.C)",
            _ALL,
        ),
        (1, "m"),
        (2, "b"),
        (3, "n"),
    ),
    gives("TRUNCATE TABLE [IF EXISTS]", (*_T, "truncate table if exists X", "truncate table if exists NOPE", _ALL)),
    gives("The answer of a change", (*_T, "update X set B = 'z'"), (2, 0)),
    gives(
        "CREATE TABLE … USING TEMPLATE",
        (
            "create or replace temporary table Y using template (select array_agg(object_construct('COLUMN_NAME', n, "
            "'TYPE', 'NUMBER(3, 1)')) from (values ('A')) v(n))",
            "insert into Y values (1.25)",
            "select A from Y",
        ),
        (1.3,),
    ),
    gives(
        "COPY INTO a location, LIST, REMOVE",
        (*_T, "create or replace temporary stage ST", "copy into @ST/out/ from X", "list @ST", "remove @ST/out/"),
        ("st/out/data_0_0_0.csv.gz", "removed"),
    ),
    gives(
        "COPY INTO a location as JSON, Parquet; HEADER, SINGLE, OVERWRITE",
        (
            *(*_T, "create or replace temporary stage ST"),
            "copy into @ST/j from (select object_construct('a', A) from X) file_format = (type = json)",
            "copy into @ST/p from X file_format = (type = parquet) header = true",
            "copy into @ST/one.csv from X single = true overwrite = true detailed_output = true",
        ),
        ("one.csv", 28, 2),
    ),
    refused(
        "PARTITION BY of a COPY INTO a location",
        "copy into @~ from T partition by (A) file_format = (type = csv)",
        "PARTITION BY",
    ),
    gives(
        "COPY FILES",
        (
            *("create or replace temporary stage ST", "create or replace temporary stage TARGET"),
            "copy into @ST/one.csv from (select 1) single = true",
            "copy files into @TARGET/in from @ST",
        ),
        ("in/one.csv",),
    ),
    refused("COPY FILES from a query", "copy files into @~ from (select '@~/a')", "COPY FILES from a query"),
    gives(
        "COPY INTO from @~, @%table",
        (
            *(*_T, "copy into @~/parity/ from X overwrite = true", "copy into @%X from (select 3, 'c')"),
            *("copy into X from @~/parity/", "copy into X from @%X", "remove @~/parity/", _ALL),
        ),
        *((1, "a"), (1, "a"), (2, "b"), (2, "b"), (3, "c")),
    ),
    refused("PUT, GET without a driver", "put file:///tmp/a.csv @~", "PUT without a driver"),
    gives(
        "COPY INTO with MATCH_BY_COLUMN_NAME, VALIDATION_MODE",
        (
            *(*_T, "create or replace temporary stage ST file_format = (type = json)"),
            "copy into X from @ST match_by_column_name = case_insensitive include_metadata = (B = metadata$filename)",
            "copy into X from @ST file_format = (type = csv) validation_mode = return_errors",
        ),
    ),
    gives(
        "CREATE TABLE … AS, LIKE, CLONE",
        (
            *_T,
            "create or replace temporary table Y as select * from X",
            "create or replace temporary table Z like X",
            "create or replace temporary table W clone X",
            "select (select count(*) from Y), (select count(*) from Z), (select count(*) from W)",
        ),
        (2, 0, 2),
    ),
    gives(
        "AUTOINCREMENT, SEQUENCE",
        (
            "create or replace temporary table N (I int autoincrement, S varchar)",
            "insert into N (S) values ('a'), ('b')",
            "create or replace sequence SEQ",
            "select max(I), SEQ.nextval from N",
        ),
        (2, 1),
    ),
    gives(
        "PRIMARY KEY, UNIQUE, FOREIGN KEY",
        (
            "create or replace temporary table K (I int primary key, J int unique, L int references K (I))",
            "insert into K values (1, 1, 9), (1, 1, 9)",
            "select count(*) from K",
        ),
        (2,),
    ),
    gives(
        "ALTER TABLE … ADD, DROP, RENAME COLUMN",
        (
            *_T,
            "alter table X add column if not exists C int, D int default 7",
            "alter table X drop column if exists C, NOPE",
            "alter table X rename column D to E",
            "select E from X where A = 1",
        ),
        (7,),
    ),
    gives("ALTER TABLE … RENAME TO", (*_T, "alter table X rename to X2", "select count(*) from X2"), (2,)),
    gives(
        "ALTER TABLE … SWAP WITH",
        (*_T, "create or replace temporary table Y (C int)", "alter table X swap with Y", "select count(*) from Y"),
        (2,),
    ),
    gives(
        "ALTER TABLE … CLUSTER BY, DROP CLUSTERING KEY",
        (*_T, "alter table X cluster by (A)", "alter table X drop clustering key"),
        ("Statement executed successfully.",),
    ),
    refused("ALTER TABLE … ADD SEARCH OPTIMIZATION", "alter table T add search optimization", "SEARCH OPTIMIZATION"),
    gives(
        "CREATE VIEW with a column list and comments",
        ("create or replace temporary view V (P comment 'x', Q) as select 1, 2", "select P, Q from V"),
        (1, 2),
    ),
    gives("COMMENT ON", (*_T, "comment on table X is 'x'"), ("Statement executed successfully.",)),
    gives("IDENTIFIER('…')", (*_T, "select count(*) from identifier('x')"), (2,)),
    gives("SET, $variable", ("set V = 7", "select $V + 1"), (8,)),
    gives("BEGIN, ROLLBACK", (*_T, "begin", "delete from X", "rollback", _ALL), (1, "a"), (2, "b")),
    gives("BEGIN, COMMIT", (*_T, "begin", "delete from X where A = 1", "commit", _ALL), (2, "b")),
    gives(
        "RESULT_SCAN(LAST_QUERY_ID())",
        (*_T, _ALL, "select B from table(result_scan(last_query_id())) where A = 2"),
        ("b",),
    ),
    gives("EXPLAIN", ("explain using text select 1", "select count(*) from table(result_scan(last_query_id()))"), (1,)),
    gives(
        "GET_DDL",
        (*_T, "select get_ddl('table', 'X')"),
        ("create or replace TEMPORARY TABLE X (\n\tA NUMBER(38,0),\n\tB VARCHAR(16777216)\n);",),
    ),
    gives(
        "SHOW, RESULT_SCAN",
        ("show tables like 'T' in schema R.S", 'select "name" from table(result_scan(last_query_id()))'),
        ("T",),
    ),
    gives("CURRENT_DATABASE, CURRENT_SCHEMA", "select current_database(), current_schema()", ("R", "S")),
    gives("USE", ("use schema R.PUBLIC", "select current_schema()"), ("PUBLIC",)),
    fails("A relation that is not there", "select * from NOPE", 2003, "does not exist or not authorized"),
    fails("A column that is not there", "select NOPE from T", 904, "invalid identifier 'NOPE'"),
    fails("A function that is not there", "select nope(1)", 2140, "Unknown function NOPE"),
    fails("A syntax error", "selec 1", 1003, "syntax error"),
    refused("UNDROP", "undrop table T", "UNDROP"),
    refused("CREATE STREAM", "create stream ST on table T", "STREAM"),
    refused("CREATE FUNCTION", "create function F() returns int as '1'", "FUNCTION"),
    refused("CREATE PROCEDURE", "create procedure P() returns int language sql as 'begin return 1; end'", "PROCEDURE"),
    refused("CREATE EXTERNAL TABLE", "create external table E location = @S", "EXTERNAL"),
    refused("CREATE MATERIALIZED VIEW", "create materialized view M as select 1", "MATERIALIZED"),
    refused("CREATE MASKING POLICY", "create masking policy M as (v varchar) returns varchar -> v", "MASKING"),
    refused("CREATE SCHEMA … CLONE", "create schema Z clone S", "CREATE SCHEMA CLONE"),
    refused("CALL", "call P()", "CALL"),
    refused("EXECUTE IMMEDIATE", "execute immediate 'select 1'", "EXECUTE"),
)
