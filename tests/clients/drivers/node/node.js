"use strict";
// Snowflake's driver for Node; it tells of each ability in one line of JSON whether it worked.

const assert = require("node:assert");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const zlib = require("node:zlib");
const snowflake = require("snowflake-sdk");

const place = process.env;
const ROWS = "select seq4() as N, 'row ' || seq4() as T, null as E from table(generator(rowcount => 100000))";
const LONG = `select count(*) from (select seq8() as N from table(generator(rowcount => 1000000))) as A
  join (select seq8() as N from table(generator(rowcount => 1000000))) as B on A.N * B.N % 7 = 3`;

snowflake.configure({ logLevel: "OFF" });

function connect(more) {
  const connection = snowflake.createConnection({
    account: place.SNOWFLAKE_ACCOUNT,
    username: place.SNOWFLAKE_USER,
    accessUrl: `http://${place.SNOWFLAKE_HOST}:${place.SNOWFLAKE_PORT}`,
    database: place.SNOWFLAKE_DATABASE,
    schema: place.CLIENT_SCHEMA,
    ...more,
  });
  return new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve(connection))));
}

function execute(connection, sqlText, more = {}) {
  return new Promise((resolve, reject) =>
    connection.execute({
      sqlText,
      ...more,
      complete: (error, statement, rows) => (error ? reject(error) : resolve({ statement, rows })),
    }),
  );
}

async function refused(promise, words) {
  await assert.rejects(promise, (error) => error.message.toLowerCase().includes(words));
}

function attempts(connection) {
  const rows = async (sqlText, binds) => (await execute(connection, sqlText, { binds })).rows;
  return {
    "password": async () => {
      const own = await connect({ password: place.SNOWFLAKE_PASSWORD });
      assert.deepEqual((await execute(own, "select 1 as A")).rows, [{ A: 1 }]);
      await refused(connect({ password: "wrong" }), "incorrect username or password");
    },
    "key pair": async () => {
      const own = await connect({ authenticator: "SNOWFLAKE_JWT", privateKeyPath: place.CLIENT_KEY_FILE });
      assert.deepEqual((await execute(own, "select 1 as A")).rows, [{ A: 1 }]);
    },
    "types": async () => {
      await rows(`create or replace table TYPES (WHOLE number(38,0), PRICE number(10,2), REAL float, TRUTH boolean,
        TEXT varchar, BYTES binary, DAY date, CLOCK time, MOMENT timestamp_ntz, INSTANT timestamp_ltz)`);
      const values = [123456789, -1.5, 0.1, true, "it's ü€ \\ ?", "00FF", "1969-12-31", "10:11:12"];
      values.push("2026-01-02 03:04:05.678", "2026-01-02 03:04:05 +0000");
      const marks = "?, ?, ?, ?, ?, to_binary(?, 'HEX'), ?, ?, ?, ?::timestamp_ltz";
      await rows(`insert into TYPES select ${marks}`, values);
      await rows("insert into TYPES values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values.map(() => null));
      const [found, empty] = await rows("select * from TYPES order by WHOLE nulls last");
      assert.deepEqual([found.WHOLE, found.PRICE, found.REAL, found.TRUTH, found.TEXT], values.slice(0, 5));
      assert.deepEqual([...found.BYTES], [0, 255]);
      assert.equal(found.DAY.toISOString(), "1969-12-31T00:00:00.000Z");
      assert.equal(found.CLOCK, "10:11:12");
      assert.equal(found.MOMENT.toISOString(), "2026-01-02T03:04:05.678Z");
      assert.equal(found.INSTANT.getTime(), Date.UTC(2026, 0, 2, 3, 4, 5));
      // a time is a text to this driver, and without a value the text NULL
      assert.deepEqual({ ...empty, CLOCK: null }, Object.fromEntries(Object.keys(found).map((name) => [name, null])));
      await rows("create or replace table ZONED (Z timestamp_tz)");
      await rows("insert into ZONED values (?)", ["2026-01-02 04:04:05.678 +0100"]);
      await rows("insert into ZONED values (?)", [null]);
      const zoned = await rows("select Z from ZONED order by Z nulls last");
      assert.deepEqual(
        zoned.map(({ Z }) => Z && Z.getTime()),
        [Date.parse("2026-01-02T03:04:05.678Z"), null],
      );
      const [variant] = await rows(`select parse_json('{"a":[1,null]}') as V, null::variant as E`);
      assert.deepEqual(variant, { V: { a: [1, null] }, E: null });
    },
    "binds": async () => {
      const found = await rows("select ? as A, ?::number + 1 as B, '?' as C", ["it's", 2]);
      assert.deepEqual(found, [{ A: "it's", B: 3, C: "?" }]);
    },
    "batch": async () => {
      await rows("create or replace table BATCH (N number, T varchar)");
      const started = Date.now();
      await rows("insert into BATCH values (?, ?)", Array.from({ length: 10000 }, (_, n) => [n, `t${n}`]));
      assert.ok(Date.now() - started < 60000);
      const found = await rows("select count(*) as C, sum(N) as S, max(T) as M from BATCH");
      assert.deepEqual(found, [{ C: 10000, S: 49995000, M: "t9999" }]);
    },
    "100,000 rows": async () => {
      const found = await rows(ROWS);
      assert.equal(found.length, 100000);
      found.forEach((row, n) => assert.ok(row.N === n && row.T === `row ${n}` && row.E === null));
    },
    "asynchronous": async () => {
      const sqlText = "select seq4() as N from table(generator(rowcount => 20000))";
      const { statement } = await execute(connection, sqlText, { asyncExec: true });
      const later = await connection.getResultsFromQueryId({ queryId: statement.getQueryId() });
      let count = 0;
      for await (const row of later.streamRows()) {
        assert.equal(row.N, count++);
      }
      assert.equal(count, 20000);
    },
    "several": async () => {
      const found = [];
      await new Promise((resolve, reject) =>
        connection.execute({
          sqlText: "select 1 as A; create or replace table M (N number); select 'a;b' as T",
          parameters: { MULTI_STATEMENT_COUNT: 3 },
          complete: (error, statement, rows) => {
            if (error) return reject(error);
            found.push(rows);
            return statement.hasNext() ? statement.NextResult() : resolve();
          },
        }),
      );
      assert.deepEqual([found[0], found[2]], [[{ A: 1 }], [{ T: "a;b" }]]);
    },
    "transaction": async () => {
      await rows("create or replace table SAVED (N number)");
      await rows("begin");
      await rows("insert into SAVED values (1)");
      await refused(rows("insert into NOWHERE values (1)"), "does not exist");
      await rows("insert into SAVED values (2)");
      await rows("commit");
      assert.deepEqual(await rows("select N from SAVED order by N"), [{ N: 1 }, { N: 2 }]);
    },
    "cancel": async () => {
      let statement;
      const stopped = new Promise((resolve, reject) => {
        statement = connection.execute({ sqlText: LONG, complete: (error) => (error ? reject(error) : resolve()) });
      });
      setTimeout(() => statement.cancel(() => {}), 500);
      await refused(stopped, "cancel");
      assert.deepEqual(await rows("select 1 as A"), [{ A: 1 }]);
    },
    "describe": async () => {
      const sqlText = "select 1::number(10,2) as PRICE, 'x' as NAME, true as OK";
      const { statement } = await execute(connection, sqlText, { describeOnly: true });
      const columns = statement.getColumns().map((column) => [column.getName(), column.getType(), column.getScale()]);
      assert.deepEqual(columns, [["PRICE", "fixed", 2], ["NAME", "text", null], ["OK", "boolean", null]]);
    },
    "metadata": async () => {
      await rows("create or replace table KNOWN (ID number not null, NAME varchar(20))");
      assert.deepEqual((await rows("show tables like 'KNOWN' in schema")).map((row) => row.name), ["KNOWN"]);
      const found = await rows(`select COLUMN_NAME as N, IS_NULLABLE as E from INFORMATION_SCHEMA.COLUMNS
        where TABLE_NAME = 'KNOWN' and TABLE_SCHEMA = current_schema() order by ORDINAL_POSITION`);
      assert.deepEqual(found, [{ N: "ID", E: "NO" }, { N: "NAME", E: "YES" }]);
    },
    "files": async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "files"));
      fs.mkdirSync(path.join(folder, "got"));
      ["a", "b"].forEach((name) => fs.writeFileSync(path.join(folder, `${name}.csv`), `1,${name}\n`));
      await rows("create or replace table LOADED (N number, T varchar)");
      assert.equal((await rows(`put file://${folder}/*.csv @%LOADED/in`)).length, 2);
      assert.equal((await rows("list @%LOADED"))[1].name, "in/b.csv.gz");
      await rows("copy into LOADED from @%LOADED/in/");
      assert.deepEqual(await rows("select T from LOADED order by 1"), [{ T: "a" }, { T: "b" }]);
      await rows(`get @%LOADED/in/b.csv.gz file://${folder}/got`);
      const content = zlib.gunzipSync(fs.readFileSync(path.join(folder, "got", "b.csv.gz")));
      assert.equal(content.toString(), "1,b\n");
      await rows("remove @%LOADED");
      assert.equal((await rows("list @%LOADED")).length, 0);
    },
  };
}

async function main() {
  const connection = await connect({ password: place.SNOWFLAKE_PASSWORD });
  for (const [ability, attempt] of Object.entries(attempts(connection))) {
    let error = null;
    try {
      await attempt();
    } catch (problem) {
      console.error(problem);
      error = String(problem.message).slice(0, 500);
    }
    console.log(JSON.stringify({ ability, error }));
  }
  process.exit(0);
}

main();
