package io.tocsin.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.sink.SinkSettings.DatabaseSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import net.sf.geographiclib.Geodesic;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The analysts' functions, roles and documentation on a generated archive of five days. */
class AnalystSqlIT {

  private static final Path GUIDE = Path.of("../docs/SQL.md");
  private static final String DAY = "now() - interval '2 days', now() - interval '1 day'";
  private static final String ALL = "now() - interval '9 days', now()";
  private static final String AREA =
      "'POLYGON((13.38 52.51, 13.42 52.51, 13.42 52.53, 13.38 52.53, 13.38 52.51))'::geography";

  private static PrivatePostgres postgres;
  private static String url;
  private static Jdbi jdbi;

  @BeforeAll
  static void fill() throws Exception {
    Optional<Path> bin = PrivatePostgres.installation();
    assumeTrue(bin.isPresent(), PrivatePostgres.MISSING);
    postgres = PrivatePostgres.start(bin.get());
    url = postgres.newDatabase();
    Database.open(new DatabaseSettings(url, "tocsin", null), Map.of()).close();
    jdbi = Jdbi.create(url, "tocsin", "");
    String fleet =
        new String(
            AnalystSqlIT.class.getResourceAsStream("generated-fleet.sql").readAllBytes(),
            StandardCharsets.UTF_8);
    jdbi.useHandle(
        h -> {
          try (var statement = h.getConnection().createStatement()) {
            statement.execute(
                """
                SET fleet.sensors = 400; SET fleet.detections = 60000; SET fleet.events = 2000;
                SET fleet.alerts = 100; SET fleet.days = 5;
                """);
            statement.execute("SELECT set_config('fleet.until', now()::text, false)");
            statement.execute(fleet);
            statement.execute("ANALYZE");
            // Who reads needs a login.
            for (String role : List.of("tocsin_analyst", "tocsin_console", "tocsin_sink")) {
              statement.execute("ALTER ROLE " + role + " LOGIN");
            }
          }
        });
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    if (postgres != null) {
      postgres.close();
    }
  }

  static List<String> examples() throws Exception {
    return Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(GUIDE))
        .results()
        .map((MatchResult example) -> example.group(1))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleOfTheGuideAnswersAnAnalyst(String example) {
    List<Map<String, Object>> rows =
        as("tocsin_analyst").withHandle(h -> h.createQuery(example).mapToMap().list());
    assertThat(rows).isNotEmpty();
  }

  @Test
  void theGuideNamesEveryFunctionAndView() throws Exception {
    String guide = Files.readString(GUIDE);
    List<String> names =
        jdbi.withHandle(
            h ->
                h.createQuery(
                        """
                        SELECT DISTINCT n.nspname || '.' || p.proname
                        FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
                        WHERE n.nspname IN ('tocsin', 'api') AND has_function_privilege('tocsin_analyst', p.oid, 'EXECUTE')
                          AND p.prorettype <> 'trigger'::regtype
                        UNION
                        SELECT n.nspname || '.' || c.relname
                        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                        WHERE n.nspname IN ('tocsin', 'api') AND c.relkind = 'v'
                        """)
                    .mapTo(String.class)
                    .list());
    assertThat(names).hasSizeGreaterThan(20).allSatisfy(name -> assertThat(guide).contains(name));
  }

  @Test
  void everyViewAndFunctionOfTheApiExplainsItself() {
    assertThat(
            text(
                """
                SELECT string_agg(name, ', ') FROM (
                  SELECT relname AS name FROM pg_class
                  WHERE relnamespace = 'api'::regnamespace AND relkind = 'v'
                    AND coalesce(obj_description(oid, 'pg_class') NOT LIKE '%Example: SELECT%', true)
                  UNION ALL
                  SELECT proname FROM pg_proc
                  WHERE pronamespace = 'api'::regnamespace
                    AND coalesce(obj_description(oid, 'pg_proc') NOT LIKE '%Example: SELECT%', true)) AS unexplained
                """))
        .isNull();
  }

  @Test
  void everyViewOfTheApiDeclaresAGeometryInDegrees() {
    assertThat(
            text(
                """
                SELECT count(*) || ' ' || count(*) FILTER (WHERE g.srid = 4326 AND g.type <> 'GEOMETRY')
                FROM pg_class AS c LEFT JOIN geometry_columns AS g
                  ON g.f_table_schema = 'api' AND g.f_table_name = c.relname
                WHERE c.relnamespace = 'api'::regnamespace AND c.relkind = 'v'
                """))
        .isEqualTo("5 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tocsin_analyst", "tocsin_console"})
  void aReaderIsRefusedEveryWriteThatIsNotItsOwn(String role) {
    List<String> tables =
        jdbi.withHandle(
            h ->
                h.createQuery(
                        """
                        SELECT format('%I.%I', c.relnamespace::regnamespace, c.relname) FROM pg_class AS c
                        WHERE c.relnamespace IN ('tocsin'::regnamespace, 'api'::regnamespace)
                          AND c.relkind IN ('r', 'p', 'f') ORDER BY 1
                        """)
                    .mapTo(String.class)
                    .list());
    assertThat(tables).contains("tocsin.detection", "tocsin.review", "tocsin.dead_letter");
    Jdbi reader = as(role);
    for (String table : tables) {
      if (role.equals("tocsin_console") && table.equals("tocsin.review")) {
        continue;
      }
      for (String write :
          List.of(
              "INSERT INTO %s DEFAULT VALUES", "DELETE FROM %s", "TRUNCATE %s", "DROP TABLE %s")) {
        assertThatThrownBy(() -> reader.useHandle(h -> h.execute(write.formatted(table))))
            .as("%s as %s", write.formatted(table), role)
            .hasMessageMatching("(?s).*(permission denied|must be owner).*");
      }
    }
    // Views among them, and privileges on single columns.
    assertThat(
            text(
                """
                SELECT coalesce(string_agg(c.relname, ', '), '') FROM pg_class AS c
                WHERE c.relnamespace IN ('tocsin'::regnamespace, 'api'::regnamespace)
                  AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                  AND (has_table_privilege('%1$s', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES')
                    OR has_any_column_privilege('%1$s', c.oid, 'INSERT, UPDATE, REFERENCES'))
                """
                    .formatted(role)))
        .isEqualTo(role.equals("tocsin_console") ? "review" : "");
    for (String write :
        List.of(
            "CREATE TABLE tocsin.mine (x int)",
            "CREATE TABLE api.mine (x int)",
            "CREATE TABLE public.mine (x int)",
            "SELECT tocsin.make_detection_partitions(current_date, 1)",
            "SELECT tocsin.hand_to_owner()",
            "ALTER TABLE tocsin.sensor ADD COLUMN x int")) {
      assertThatThrownBy(() -> reader.useHandle(h -> h.execute(write)))
          .hasMessageMatching("(?s).*(permission denied|must be owner).*");
    }
  }

  /** Evidence is such a table: what is made later is hidden until it is granted. */
  @Test
  void anAnalystDoesNotSeeATableThatIsMadeLaterButTheSinkWritesIt() {
    jdbi.useHandle(h -> h.execute("CREATE TABLE tocsin.made_later (clip bytea)"));
    try {
      for (String role : List.of("tocsin_analyst", "tocsin_console")) {
        assertThatThrownBy(
                () -> as(role).useHandle(h -> h.execute("SELECT * FROM tocsin.made_later")))
            .hasMessageContaining("permission denied");
      }
      as("tocsin_sink").useHandle(h -> h.execute("INSERT INTO tocsin.made_later VALUES ('')"));
    } finally {
      jdbi.useHandle(h -> h.execute("DROP TABLE tocsin.made_later"));
    }
  }

  @Test
  void theConsoleWritesReviews() {
    as("tocsin_console")
        .useHandle(
            h -> {
              h.execute(
                  "INSERT INTO tocsin.review VALUES ('of-the-console', 'UNCLEAR', 'ada', '', now())");
              assertThat(h.execute("DELETE FROM tocsin.review WHERE alert_id = 'of-the-console'"))
                  .isEqualTo(1);
            });
  }

  /** Its own migration finds nothing to do, and its writer needs no right of the owner. */
  @Test
  void theSinkRunsUnderItsOwnRoleOnceTheSchemaIsThere() {
    try (Database database =
        Database.open(new DatabaseSettings(url, "tocsin_sink", null), Map.of())) {
      Integer made =
          database
              .jdbi()
              .withHandle(
                  h -> {
                    h.execute(
                        "UPDATE tocsin.detection SET level_dbfs = level_dbfs WHERE sensor_id = 'sensor-00003'");
                    return h.createQuery(
                            "SELECT tocsin.make_detection_partitions(date '2031-01-01', 2)")
                        .mapTo(Integer.class)
                        .one();
                  });
      assertThat(made).isEqualTo(2);
      assertThatThrownBy(
              () -> database.jdbi().useHandle(h -> h.execute("DROP TABLE tocsin.sensor")))
          .hasMessageContaining("must be owner");
    }
  }

  @Test
  void anAnalystsStatementsAndRowsAreLimited() {
    String limit =
        as("tocsin_analyst")
            .withHandle(h -> h.createQuery("SHOW statement_timeout").mapTo(String.class).one());
    assertThat(limit).isEqualTo("30s");
    assertThat(text("SELECT count(*) FROM tocsin.detections_near(13.4, 52.52, 1e5, " + ALL + ")"))
        .isEqualTo("60000");
    assertThat(
            text(
                "SELECT count(*) FROM api.detections_near(13.4, 52.52, 1e5, " + ALL + ", 1000000)"))
        .isEqualTo("10000");
  }

  @Test
  void detectionsNearAreThoseThatALookAtEveryRowFinds() {
    List<String> found =
        list("SELECT detection_id FROM tocsin.detections_near(13.4, 52.52, 700, " + DAY + ")");
    List<String> expected = new ArrayList<>();
    jdbi.useHandle(
        h ->
            h.createQuery(
                    """
                    SELECT detection_id, ST_Y(place::geometry), ST_X(place::geometry) FROM tocsin.detection
                    WHERE onset_at >= now() - interval '2 days' AND onset_at < now() - interval '1 day'
                    """)
                .map(
                    (r, c) ->
                        Geodesic.WGS84.Inverse(52.52, 13.4, r.getDouble(2), r.getDouble(3)).s12
                                <= 700
                            ? expected.add(r.getString(1))
                            : false)
                .list());
    assertThat(expected).hasSizeGreaterThan(50);
    assertThat(found).isNotEmpty().allMatch(expected::contains);
    // now() moved on between the two questions.
    assertThat(expected.size() - found.size()).isBetween(-3, 3);
  }

  @Test
  void hexagonsCountEveryThingOnce() {
    assertThat(text("SELECT sum(things) FROM tocsin.density(" + ALL + ", 300)"))
        .isEqualTo(text("SELECT count(*) FROM tocsin.sound_event"));
    assertThat(text("SELECT sum(things) FROM tocsin.density(" + ALL + ", 300, NULL, 'detections')"))
        .isEqualTo("60000");
    assertThat(text("SELECT sum(things) FROM tocsin.density(" + ALL + ", 300, NULL, 'alerts')"))
        .isEqualTo("100");
    // A hexagon of edge a has the area of 1.5 * sqrt(3) * a^2.
    assertThat(
            Double.parseDouble(
                text("SELECT avg(ST_Area(cell::geography)) FROM tocsin.density(" + ALL + ", 300)")))
        .isCloseTo(1.5 * Math.sqrt(3) * 300 * 300, within(1000.0));
  }

  @Test
  void coverageAndItsHolesMakeUpTheArea() {
    assertThat(
            Double.parseDouble(
                text(
                    """
                    SELECT (c.covered_m2 + (SELECT sum(area_m2) FROM tocsin.coverage_holes(a, 0)))
                      / ST_Area(a)
                    FROM (SELECT %s AS a) AS area CROSS JOIN LATERAL tocsin.coverage(a) AS c
                    """
                        .formatted(AREA))))
        .isCloseTo(1, within(1e-3));
    assertThat(
            text(
                "SELECT sensors FROM tocsin.coverage('POLYGON((0 0, 0.01 0, 0.01 0.01, 0 0.01, 0 0))')"))
        .isEqualTo("0");
  }

  @Test
  void hotspotsAreDenseAndSeparate() {
    assertThat(
            text(
                "SELECT bool_and(events >= 4 AND radius_m > 0) AND count(*) > 0 FROM tocsin.hotspots("
                    + ALL
                    + ", 60, 4)"))
        .isEqualTo("t");
    assertThat(
            Integer.parseInt(text("SELECT sum(events) FROM tocsin.hotspots(" + ALL + ", 60, 4)")))
        .isLessThanOrEqualTo(2100);
  }

  @Test
  void glassAndShoutsOfAlertsLiftEachOther() {
    assertThat(
            text(
                "SELECT lift > 2 AND together >= 100 FROM tocsin.label_lift("
                    + ALL
                    + ") WHERE label = 'shout_scream' AND other_label = 'glass_shatter'"))
        .isEqualTo("t");
  }

  @Test
  void ratesOfFalseAlarmsAgreeWithTheReviews() {
    assertThat(
            text(
                "SELECT bool_and(rate_low <= rate AND rate <= rate_high AND rate = false_alarms::float8 / reviewed) FROM tocsin.false_alarm_rates("
                    + ALL
                    + ")"))
        .isEqualTo("t");
    // Every alert has two events of three sensors.
    assertThat(text("SELECT sum(reviewed) / 6 FROM tocsin.false_alarm_rates(" + ALL + ")"))
        .startsWith(
            text(
                "SELECT count(*) FROM tocsin.review WHERE verdict IN ('TRUE_DISTRESS', 'FALSE_ALARM')"));
  }

  @Test
  void travelTimesAreThoseOfSoundAndResidualsTheRest() {
    assertThat(
            text(
                """
                SELECT count(*) = 6 AND bool_and(abs(travel_ms - expected_ms - residual_ms) < 1e-6)
                  AND bool_and(abs(expected_ms - distance_m / 0.343) < 2)
                FROM tocsin.alert_picks((SELECT min(alert_id) FROM tocsin.distress_alert))
                """))
        .isEqualTo("t");
  }

  @Test
  void aSensorsTrackFillsThePeriodWithoutGaps() {
    assertThat(
            text(
                """
                SELECT string_agg(state, ' ') || ' ' || (abs(extract(epoch FROM sum(lasted) - interval '4 days')) < 5)
                FROM tocsin.sensor_track('sensor-00001', now() - interval '4 days', now())
                """))
        .matches("(ONLINE )?LATE SILENT ONLINE true|.*ONLINE true");
    assertThat(text("SELECT count(*) FROM tocsin.quiet_sensor")).isEqualTo("20");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tocsin.detections_near(13.4, 52.52, 1000, '%s', '%s')",
        "api.detections_near(13.4, 52.52, 1000, '%s', '%s')",
        "tocsin.density('%s', '%s', 250, " + AREA + ", 'detections')",
        "tocsin.alert_picks('%3$s')"
      })
  void noPlanReadsAWholePartitionOfDetections(String call) throws Exception {
    String since = text("SELECT now() - interval '3 days'");
    String until = text("SELECT now() - interval '2 days'");
    String alert = text("SELECT min(alert_id) FROM tocsin.distress_alert");
    JsonNode plan =
        new ObjectMapper()
            .readTree(
                text(
                    "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM "
                        + call.formatted(since, until, alert)));
    assertThat(plan.findValuesAsText("Index Name")).anyMatch(name -> name.startsWith("detection_"));
    assertThat(executedSeqScans(plan.get(0).get("Plan")))
        .noneMatch(table -> table.startsWith("detection"));
  }

  @Test
  void aBoxOnAMapIsFoundByItsIndex() {
    for (String view : List.of("api.alerts", "api.events", "api.sensors")) {
      List<String> plan =
          jdbi.withHandle(
              h -> {
                h.execute("SET enable_seqscan = off");
                List<String> lines =
                    h.createQuery(
                            "EXPLAIN SELECT * FROM "
                                + view
                                + " WHERE geom && ST_MakeEnvelope(13.4, 52.51, 13.41, 52.52, 4326)")
                        .mapTo(String.class)
                        .list();
                h.execute("RESET enable_seqscan");
                return lines;
              });
      assertThat(plan).as(view).anyMatch(line -> line.contains("_geom"));
    }
  }

  private static List<String> executedSeqScans(JsonNode node) {
    List<String> tables = new ArrayList<>();
    if (node.path("Node Type").asText().equals("Seq Scan")
        && node.path("Actual Loops").asInt() > 0) {
      tables.add(node.path("Relation Name").asText());
    }
    node.path("Plans").forEach(child -> tables.addAll(executedSeqScans(child)));
    return tables;
  }

  private static Jdbi as(String role) {
    return Jdbi.create(url, role, "");
  }

  private static String text(String sql) {
    return jdbi.withHandle(h -> h.createQuery(sql).mapTo(String.class).one());
  }

  private static List<String> list(String sql) {
    return jdbi.withHandle(h -> h.createQuery(sql).mapTo(String.class).list());
  }
}
