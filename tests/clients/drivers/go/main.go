// Snowflake's driver for Go; it tells of each ability in one line of JSON whether it worked.
package main

import (
	"compress/gzip"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	sf "github.com/snowflakedb/gosnowflake"
)

const manyRows = "select seq4() as N, 'row ' || seq4() as T, null as E from table(generator(rowcount => 100000))"
const long = `select count(*) from (select seq8() as N from table(generator(rowcount => 1000000))) as A
	join (select seq8() as N from table(generator(rowcount => 1000000))) as B on A.N * B.N % 7 = 3`

var db *sql.DB
var ctx = context.Background()

// open makes a pool of connections, as the documentation says.
func open(change func(*sf.Config)) *sql.DB {
	port, err := strconv.Atoi(os.Getenv("SNOWFLAKE_PORT"))
	must(err)
	config := sf.Config{
		Account: os.Getenv("SNOWFLAKE_ACCOUNT"), User: os.Getenv("SNOWFLAKE_USER"),
		Host: os.Getenv("SNOWFLAKE_HOST"), Port: port, Protocol: os.Getenv("SNOWFLAKE_PROTOCOL"),
		Database: os.Getenv("SNOWFLAKE_DATABASE"), Schema: os.Getenv("CLIENT_SCHEMA"),
		LoginTimeout: 10 * time.Second,
	}
	change(&config)
	return sql.OpenDB(sf.NewConnector(sf.SnowflakeDriver{}, config))
}

func withPassword(password string) func(*sf.Config) {
	return func(config *sf.Config) { config.Password = password }
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func same(found, expected any) {
	if !reflect.DeepEqual(found, expected) {
		panic(fmt.Sprintf("%v instead of %v", found, expected))
	}
}

func refused(err error, words string) {
	if err == nil || !strings.Contains(strings.ToLower(err.Error()), words) {
		panic(fmt.Sprintf("%v does not say %s", err, words))
	}
}

func execute(text string, binds ...any) int64 {
	result, err := db.ExecContext(ctx, text, binds...)
	must(err)
	count, err := result.RowsAffected()
	must(err)
	return count
}

func define(text string) {
	_, err := db.ExecContext(ctx, text)
	must(err)
}

// texts returns all rows of an answer, every value as text.
func texts(rows *sql.Rows, err error) [][]string {
	must(err)
	defer rows.Close()
	names, err := rows.Columns()
	must(err)
	found := [][]string{}
	for rows.Next() {
		values, places := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			places[i] = &values[i]
		}
		must(rows.Scan(places...))
		row := []string{}
		for _, value := range values {
			row = append(row, value.String)
		}
		found = append(found, row)
	}
	must(rows.Err())
	return found
}

func query(text string, binds ...any) [][]string {
	return texts(db.QueryContext(ctx, text, binds...))
}

func password() {
	same(query("select 1"), [][]string{{"1"}})
	wrong := open(withPassword("wrong"))
	defer wrong.Close()
	refused(wrong.Ping(), "incorrect username or password")
	first, err := db.Conn(ctx)
	must(err)
	defer first.Close()
	second, err := db.Conn(ctx)
	must(err)
	defer second.Close()
	same(texts(second.QueryContext(ctx, "select 2")), [][]string{{"2"}})
}

func keyPair() {
	text, err := os.ReadFile(os.Getenv("CLIENT_KEY_FILE"))
	must(err)
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	must(err)
	own := open(func(config *sf.Config) {
		config.Authenticator, config.PrivateKey = sf.AuthTypeJwt, key.(*rsa.PrivateKey)
	})
	defer own.Close()
	same(texts(own.QueryContext(ctx, "select 1")), [][]string{{"1"}})
}

func types() {
	define(`create or replace table TYPES (WHOLE number(18,0), PRICE number(10,2), REAL float, TRUTH boolean,
		TEXT varchar, BYTES binary, DAY date, CLOCK time, MOMENT timestamp_ntz, INSTANT timestamp_ltz)`)
	day := time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC)
	clock := time.Date(1, 1, 1, 10, 11, 12, 500000000, time.UTC)
	moment := time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	marks := "(" + strings.Repeat("?, ", 9) + "?)"
	names := "(WHOLE, PRICE, REAL, TRUTH, TEXT, DAY, CLOCK, MOMENT, INSTANT, BYTES)"
	same(execute("insert into TYPES "+names+" values "+marks, int64(123456789012345678), "-1.50", 0.1, true,
		"it's ü€ \\ ?", sf.DataTypeDate, day, sf.DataTypeTime, clock, sf.DataTypeTimestampNtz, moment,
		sf.DataTypeTimestampLtz, moment, sf.DataTypeBinary, []byte{0, 255}), int64(1))
	same(execute("insert into TYPES values "+marks, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil), int64(1))
	rows, err := db.QueryContext(ctx, "select * from TYPES order by WHOLE nulls last")
	must(err)
	defer rows.Close()
	var whole int64
	var price, text string
	var real float64
	var truth bool
	var bytes []byte
	var onDay, at, when, instant time.Time
	same(rows.Next(), true)
	must(rows.Scan(&whole, &price, &real, &truth, &text, &bytes, &onDay, &at, &when, &instant))
	same([]any{whole, price, real, truth, text, bytes},
		[]any{int64(123456789012345678), "-1.50", 0.1, true, "it's ü€ \\ ?", []byte{0, 255}})
	same([]bool{onDay.Equal(day), when.Equal(moment), instant.Equal(moment)}, []bool{true, true, true})
	same(at.Format("15:04:05.0"), "10:11:12.5")
	same(rows.Next(), true)
	empty, places := make([]any, 10), make([]any, 10)
	for i := range empty {
		places[i] = &empty[i]
	}
	must(rows.Scan(places...))
	same(empty, make([]any, 10))
	define("create or replace table ZONED (Z timestamp_tz)")
	same(execute("insert into ZONED values (?)", sf.DataTypeTimestampTz, moment), int64(1))
	same(execute("insert into ZONED values (?)", nil), int64(1))
	var zoned time.Time
	must(db.QueryRowContext(ctx, "select Z from ZONED where Z is not null").Scan(&zoned))
	same([]any{zoned.Equal(moment), query("select count(*) from ZONED where Z is null")}, []any{true, [][]string{{"1"}}})
	same(query(`select parse_json('{"a":[1,null]}'), null::variant is null`), [][]string{{`{"a":[1,null]}`, "true"}})
}

func binds() {
	same(query("select ? as A, ?::number + 1 as B, '?' as C", "it's", 2), [][]string{{"it's", "3", "?"}})
}

func batch() {
	define("create or replace table BATCH (N number, T varchar)")
	started := time.Now()
	numbers, words := make([]int, 10000), make([]string, 10000)
	for n := range numbers {
		numbers[n], words[n] = n, fmt.Sprint("t", n)
	}
	same(execute("insert into BATCH values (?, ?)", sf.Array(&numbers), sf.Array(&words)), int64(10000))
	same(time.Since(started) < time.Minute, true)
	same(query("select count(*), sum(N), max(T) from BATCH"), [][]string{{"10000", "49995000", "t9999"}})
}

func many() {
	found := query(manyRows)
	same(len(found), 100000)
	for n, row := range found {
		same(row, []string{strconv.Itoa(n), fmt.Sprint("row ", n), ""})
	}
}

func asynchronous() {
	later := sf.WithAsyncMode(ctx)
	rows, err := db.QueryContext(later, "select seq4() as N from table(generator(rowcount => 20000))")
	same(len(texts(rows, err)), 20000)
}

func several() {
	three, err := sf.WithMultiStatement(ctx, 3)
	must(err)
	rows, err := db.QueryContext(three, "select ?; select 'a;b'; select ?::number", "1", 4)
	must(err)
	defer rows.Close()
	found := []string{}
	for more := true; more; more = rows.NextResultSet() {
		for rows.Next() {
			var text string
			must(rows.Scan(&text))
			found = append(found, text)
		}
	}
	must(rows.Err())
	same(found, []string{"1", "a;b", "4"})
}

func transaction() {
	define("create or replace table SAVED (N number)")
	saved, err := db.BeginTx(ctx, nil)
	must(err)
	_, err = saved.ExecContext(ctx, "insert into SAVED values (1)")
	must(err)
	_, err = saved.ExecContext(ctx, "insert into NOWHERE values (1)")
	refused(err, "does not exist")
	_, err = saved.ExecContext(ctx, "insert into SAVED values (2)")
	must(err)
	must(saved.Commit())
	undone, err := db.BeginTx(ctx, nil)
	must(err)
	_, err = undone.ExecContext(ctx, "insert into SAVED values (3)")
	must(err)
	must(undone.Rollback())
	same(query("select N from SAVED order by N"), [][]string{{"1"}, {"2"}})
}

func cancel() {
	short, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	_, err := db.ExecContext(short, long)
	refused(err, "deadline exceeded")
	same(query("select 1"), [][]string{{"1"}})
}

func describe() {
	only := sf.WithDescribeOnly(ctx)
	rows, err := db.QueryContext(only, "select 1::number(10,2) as PRICE, 'x' as NAME, true as OK")
	must(err)
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	must(err)
	found := []string{}
	for _, column := range columns {
		found = append(found, column.Name()+" "+column.DatabaseTypeName())
	}
	same(found, []string{"PRICE FIXED", "NAME TEXT", "OK BOOLEAN"})
}

func metadata() {
	define("create or replace table KNOWN (ID number not null, NAME varchar(20))")
	same(len(query("show tables like 'KNOWN' in schema")), 1)
	same(query(`select COLUMN_NAME, IS_NULLABLE from INFORMATION_SCHEMA.COLUMNS
		where TABLE_NAME = 'KNOWN' and TABLE_SCHEMA = current_schema() order by ORDINAL_POSITION`),
		[][]string{{"ID", "NO"}, {"NAME", "YES"}})
}

func files() {
	folder, err := os.MkdirTemp("", "files")
	must(err)
	defer os.RemoveAll(folder)
	for _, name := range []string{"a", "b"} {
		must(os.WriteFile(folder+"/"+name+".csv", []byte("1,"+name+"\n"), 0o600))
	}
	must(os.Mkdir(folder+"/got", 0o700))
	define("create or replace table LOADED (N number, T varchar)")
	same(len(query("put file://"+folder+"/*.csv @%LOADED/in")), 2)
	same(query("list @%LOADED")[1][0], "in/b.csv.gz")
	query("copy into LOADED from @%LOADED/in/")
	same(query("select T from LOADED order by 1"), [][]string{{"a"}, {"b"}})
	query("get @%LOADED/in/b.csv.gz file://" + folder + "/got")
	file, err := os.Open(folder + "/got/b.csv.gz")
	must(err)
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	must(err)
	content, err := io.ReadAll(unpacked)
	must(err)
	same(string(content), "1,b\n")
	query("remove @%LOADED")
	same(len(query("list @%LOADED")), 0)
}

// report tries something, and tells whether it worked, or what was wrong.
func report(ability string, attempt func()) {
	var problem any
	func() {
		defer func() {
			if found := recover(); found != nil {
				problem = fmt.Sprint(found)
			}
		}()
		attempt()
	}()
	line, err := json.Marshal(map[string]any{"ability": ability, "error": problem})
	must(err)
	fmt.Println(string(line))
}

func main() {
	must(sf.GetLogger().SetLogLevel("fatal"))
	db = open(withPassword(os.Getenv("SNOWFLAKE_PASSWORD")))
	report("password", password)
	report("key pair", keyPair)
	report("types", types)
	report("binds", binds)
	report("batch", batch)
	report("100,000 rows", many)
	report("asynchronous", asynchronous)
	report("several", several)
	report("transaction", transaction)
	report("cancel", cancel)
	report("describe", describe)
	report("metadata", metadata)
	report("files", files)
	must(db.Close())
}
