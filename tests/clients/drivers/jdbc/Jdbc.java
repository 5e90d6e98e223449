import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TimeZone;
import java.util.zip.GZIPInputStream;

/** Snowflake's driver for Java, by JDBC; it tells of each ability in one line of JSON whether it worked. */
public class Jdbc {
  interface Attempt {
    void run() throws Exception;
  }

  static final Map<String, String> PLACE = System.getenv();
  static final String ROWS =
      "select seq4() as N, 'row ' || seq4() as T, null as E from table(generator(rowcount => 100000))";
  static final String LONG =
      "select count(*) from (select seq8() as N from table(generator(rowcount => 1000000))) as A"
          + " join (select seq8() as N from table(generator(rowcount => 1000000))) as B on A.N * B.N % 7 = 3";
  static Connection connection;

  static Connection connect(String... more) throws SQLException {
    Properties properties = new Properties();
    properties.put("user", PLACE.get("SNOWFLAKE_USER"));
    properties.put("account", PLACE.get("SNOWFLAKE_ACCOUNT"));
    properties.put("db", PLACE.get("SNOWFLAKE_DATABASE"));
    properties.put("schema", PLACE.get("CLIENT_SCHEMA"));
    properties.put("ssl", "off");
    for (int i = 0; i < more.length; i += 2) {
      properties.put(more[i], more[i + 1]);
    }
    String url = "jdbc:snowflake://" + PLACE.get("SNOWFLAKE_HOST") + ":" + PLACE.get("SNOWFLAKE_PORT");
    return DriverManager.getConnection(url, properties);
  }

  static void same(Object found, Object expected) {
    if (!Objects.deepEquals(found, expected)) {
      throw new AssertionError(found + " instead of " + expected);
    }
  }

  static void refused(Attempt attempt, String words) throws Exception {
    try {
      attempt.run();
    } catch (SQLException error) {
      same(error.getMessage().toLowerCase().contains(words), true);
      return;
    }
    throw new AssertionError("it was not refused with " + words);
  }

  static void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Returns the rows of a query, every value as text. */
  static List<List<String>> rows(ResultSet result) throws SQLException {
    List<List<String>> found = new ArrayList<>();
    int width = result.getMetaData().getColumnCount();
    while (result.next()) {
      List<String> row = new ArrayList<>();
      for (int i = 1; i <= width; i++) {
        row.add(result.getString(i));
      }
      found.add(row);
    }
    return found;
  }

  static List<List<String>> rows(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return rows(result);
    }
  }

  static void password() throws Exception {
    try (Connection own = connect("password", PLACE.get("SNOWFLAKE_PASSWORD"));
        ResultSet result = own.createStatement().executeQuery("select 1")) {
      same(rows(result), List.of(List.of("1")));
    }
    refused(() -> connect("password", "wrong", "loginTimeout", "5"), "incorrect username or password");
  }

  static void keyPair() throws Exception {
    try (Connection own = connect("private_key_file", PLACE.get("CLIENT_KEY_FILE"));
        ResultSet result = own.createStatement().executeQuery("select 1")) {
      same(rows(result), List.of(List.of("1")));
    }
  }

  static void types() throws Exception {
    run(
        "create or replace table TYPES (WHOLE number(38,0), PRICE number(10,2), REAL float, TRUTH boolean,"
            + " TEXT varchar, BYTES binary, DAY date, CLOCK time, MOMENT timestamp_ntz, INSTANT timestamp_ltz)");
    Calendar utc = Calendar.getInstance(TimeZone.getTimeZone("UTC"));
    BigDecimal whole = new BigDecimal("12345678901234567890");
    byte[] bytes = {0, (byte) 0xff};
    Timestamp moment = Timestamp.from(java.time.Instant.parse("2026-01-02T03:04:05.678901Z"));
    try (PreparedStatement insert =
        connection.prepareStatement("insert into TYPES values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setBigDecimal(1, whole);
      insert.setBigDecimal(2, new BigDecimal("-1.50"));
      insert.setDouble(3, 0.1);
      insert.setBoolean(4, true);
      insert.setString(5, "it's ü€ \\ ?");
      insert.setBytes(6, bytes);
      insert.setDate(7, Date.valueOf("1969-12-31"));
      insert.setTime(8, Time.valueOf("10:11:12"));
      insert.setTimestamp(9, moment, utc);
      insert.setTimestamp(10, moment);
      same(insert.executeUpdate(), 1);
      for (int i = 1; i <= 10; i++) {
        insert.setNull(i, Types.VARCHAR);
      }
      same(insert.executeUpdate(), 1);
    }
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("select * from TYPES order by WHOLE nulls last")) {
      same(found.next(), true);
      same(found.getBigDecimal(1), whole);
      same(found.getBigDecimal(2), new BigDecimal("-1.50"));
      same(found.getDouble(3), 0.1);
      same(found.getBoolean(4), true);
      same(found.getString(5), "it's ü€ \\ ?");
      same(Arrays.equals(found.getBytes(6), bytes), true);
      same(found.getDate(7).toString(), "1969-12-31");
      same(found.getTime(8).toString(), "10:11:12");
      same(found.getTimestamp(9, utc), moment);
      same(found.getTimestamp(10), moment);
      same(found.next(), true);
      for (int i = 1; i <= 10; i++) {
        same(found.getObject(i), null);
      }
      same(found.next(), false);
    }
    run("create or replace table ZONED (Z timestamp_tz)");
    try (PreparedStatement insert = connection.prepareStatement("insert into ZONED values (?)")) {
      insert.setString(1, "2026-01-02 04:04:05.678901 +0100");
      same(insert.executeUpdate(), 1);
      insert.setNull(1, Types.VARCHAR);
      same(insert.executeUpdate(), 1);
    }
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("select Z from ZONED order by Z nulls last")) {
      same(found.next(), true);
      same(found.getTimestamp(1), moment);
      same(found.next(), true);
      same(found.getObject(1), null);
    }
    List<String> variant = rows("select parse_json('{\"a\":[1,null]}'), null::variant").get(0);
    same(variant, Arrays.asList("{\"a\":[1,null]}", null));
  }

  static void binds() throws Exception {
    try (PreparedStatement select = connection.prepareStatement("select ? as A, ?::number + 1 as B, '?' as C")) {
      same(select.getParameterMetaData().getParameterCount(), 2);
      select.setString(1, "it's");
      select.setInt(2, 2);
      same(rows(select.executeQuery()), List.of(List.of("it's", "3", "?")));
    }
  }

  static void batch() throws Exception {
    run("create or replace table BATCH (N number, T varchar)");
    long started = System.nanoTime();
    try (PreparedStatement insert = connection.prepareStatement("insert into BATCH values (?, ?)")) {
      for (int n = 0; n < 10_000; n++) {
        insert.setInt(1, n);
        insert.setString(2, "t" + n);
        insert.addBatch();
      }
      same(insert.executeBatch().length, 10_000);
    }
    same(System.nanoTime() - started < 60_000_000_000L, true);
    same(rows("select count(*), sum(N), max(T) from BATCH"), List.of(List.of("10000", "49995000", "t9999")));
  }

  static void many() throws Exception {
    for (String form : new String[] {"ARROW", "JSON"}) {
      run("alter session set JDBC_QUERY_RESULT_FORMAT = '" + form + "'");
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(ROWS)) {
        for (int n = 0; n < 100_000; n++) {
          same(result.next(), true);
          same(result.getInt(1), n);
          same(result.getString(2), "row " + n);
          same(result.getObject(3), null);
        }
        same(result.next(), false);
      }
    }
    run("alter session unset JDBC_QUERY_RESULT_FORMAT");
    try (Statement statement = connection.createStatement()) {
      statement.setMaxRows(7);
      same(rows(statement.executeQuery(ROWS)).size(), 7);
    }
  }

  /** Returns the driver's own interface of a statement, which has moved from its release 3 to its release 4. */
  static Class<?> own() throws ClassNotFoundException {
    try {
      return Class.forName("net.snowflake.client.api.statement.SnowflakeStatement");
    } catch (ClassNotFoundException earlier) {
      return Class.forName("net.snowflake.client.jdbc.SnowflakeStatement");
    }
  }

  static void asynchronous() throws Exception {
    try (Statement statement = connection.createStatement()) {
      Class<?> own = own();
      String sql = "select seq4() as N from table(generator(rowcount => 20000))";
      var result = (ResultSet) own.getMethod("executeAsyncQuery", String.class).invoke(statement.unwrap(own), sql);
      same(rows(result).size(), 20_000);
    }
  }

  static void several() throws Exception {
    try (Statement statement = connection.createStatement()) {
      Class<?> own = own();
      own.getMethod("setParameter", String.class, Object.class)
          .invoke(statement.unwrap(own), "MULTI_STATEMENT_COUNT", 3);
      same(statement.execute("select 1; create or replace table M (N number); select 'a;b' as T"), true);
      same(rows(statement.getResultSet()), List.of(List.of("1")));
      same(statement.getMoreResults(), true);
      same(statement.getUpdateCount(), 0);
      same(statement.getMoreResults(), true);
      same(rows(statement.getResultSet()), List.of(List.of("a;b")));
    }
  }

  static void transaction() throws Exception {
    run("create or replace table SAVED (N number)");
    connection.setAutoCommit(false);
    run("insert into SAVED values (1)");
    refused(() -> run("insert into NOWHERE values (1)"), "does not exist");
    run("insert into SAVED values (2)");
    connection.commit();
    run("insert into SAVED values (3)");
    connection.rollback();
    connection.setAutoCommit(true);
    same(rows("select N from SAVED order by N"), List.of(List.of("1"), List.of("2")));
  }

  static void cancel() throws Exception {
    try (Statement statement = connection.createStatement()) {
      new Thread(
              () -> {
                try {
                  Thread.sleep(500);
                  statement.cancel();
                } catch (Exception error) {
                  error.printStackTrace();
                }
              })
          .start();
      refused(() -> statement.executeQuery(LONG), "cancel");
    }
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      refused(() -> statement.executeQuery(LONG), "cancel");
    }
    same(rows("select 1"), List.of(List.of("1")));
  }

  static void describe() throws Exception {
    try (PreparedStatement select =
        connection.prepareStatement("select 1::number(10,2) as PRICE, 'x' as NAME, true as OK")) {
      var columns = select.getMetaData();
      same(columns.getColumnName(1) + columns.getPrecision(1) + columns.getScale(1), "PRICE102");
      same(columns.getColumnType(2), Types.VARCHAR);
      same(columns.getColumnType(3), Types.BOOLEAN);
    }
  }

  static void metadata() throws Exception {
    run("create or replace table KNOWN (ID number not null, NAME varchar(20))");
    var about = connection.getMetaData();
    String database = PLACE.get("SNOWFLAKE_DATABASE");
    String schema = PLACE.get("CLIENT_SCHEMA");
    try (ResultSet tables = about.getTables(database, schema, "KNOWN", new String[] {"TABLE"})) {
      same(tables.next(), true);
      same(tables.getString("TABLE_NAME"), "KNOWN");
      same(tables.next(), false);
    }
    List<String> found = new ArrayList<>();
    try (ResultSet columns = about.getColumns(database, schema, "KNOWN", null)) {
      while (columns.next()) {
        found.add(columns.getString("COLUMN_NAME") + " " + columns.getString("IS_NULLABLE"));
      }
    }
    same(found, List.of("ID NO", "NAME YES"));
  }

  static void files() throws Exception {
    Path folder = Files.createTempDirectory("files");
    Path got = Files.createDirectory(folder.resolve("got"));
    for (String name : List.of("a", "b")) {
      Files.writeString(folder.resolve(name + ".csv"), "1," + name + "\n");
    }
    run("create or replace table LOADED (N number, T varchar)");
    same(rows("put file://" + folder + "/*.csv @%LOADED/in").size(), 2);
    same(rows("list @%LOADED").get(1).get(0), "in/b.csv.gz");
    rows("copy into LOADED from @%LOADED/in/");
    same(rows("select T from LOADED order by 1"), List.of(List.of("a"), List.of("b")));
    rows("get @%LOADED/in/b.csv.gz file://" + got);
    try (var unpacked = new GZIPInputStream(Files.newInputStream(got.resolve("b.csv.gz")))) {
      same(new String(unpacked.readAllBytes()), "1,b\n");
    }
    rows("remove @%LOADED");
    same(rows("list @%LOADED"), List.of());
  }

  static void report(String ability, Attempt attempt) {
    String error = "null";
    try {
      attempt.run();
    } catch (Throwable problem) {
      problem.printStackTrace();
      String text = problem.toString().replace("\\", "\\\\").replace("\"", "'").replaceAll("\\s+", " ");
      error = "\"" + text.substring(0, Math.min(500, text.length())) + "\"";
    }
    System.out.println("{\"ability\": \"" + ability + "\", \"error\": " + error + "}");
  }

  public static void main(String[] arguments) throws Exception {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    connection = connect("password", PLACE.get("SNOWFLAKE_PASSWORD"));
    report("password", Jdbc::password);
    report("key pair", Jdbc::keyPair);
    report("types", Jdbc::types);
    report("binds", Jdbc::binds);
    report("batch", Jdbc::batch);
    report("100,000 rows", Jdbc::many);
    report("asynchronous", Jdbc::asynchronous);
    report("several", Jdbc::several);
    report("transaction", Jdbc::transaction);
    report("cancel", Jdbc::cancel);
    report("describe", Jdbc::describe);
    report("metadata", Jdbc::metadata);
    report("files", Jdbc::files);
    connection.close();
    System.exit(0);
  }
}
