package io.tocsin.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.ErrorEllipse;
import io.tocsin.schema.avro.Location;
import io.tocsin.schema.avro.Sensor;
import io.tocsin.schema.avro.SensorState;
import io.tocsin.sink.Reading.Accepted;
import io.tocsin.sink.SinkSettings.DatabaseSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.sf.geographiclib.Geodesic;
import net.sf.geographiclib.GeodesicData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The schema and its functions on a real PostGIS; distances are held against GeographicLib. */
class SpatialSqlIT {

  private static final double LATITUDE = 52.5219;
  private static final double LONGITUDE = 13.4132;

  private static PrivatePostgres postgres;
  private Database database;
  private Jdbi jdbi;

  @BeforeAll
  static void startPostgres() throws Exception {
    Optional<Path> bin = PrivatePostgres.installation();
    assumeTrue(bin.isPresent(), PrivatePostgres.MISSING);
    postgres = PrivatePostgres.start(bin.get());
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    if (postgres != null) {
      postgres.close();
    }
  }

  @BeforeEach
  void openDatabase() {
    database =
        Database.open(new DatabaseSettings(postgres.newDatabase(), "tocsin", null), Map.of());
    jdbi = database.jdbi();
  }

  @AfterEach
  void closeDatabase() {
    database.close();
  }

  @Test
  void alertsNearFindsThoseWhoseEllipseIsInReachNearestFirst() {
    Instant noon = Samples.NOON;
    write(
        new DistressAlertTable(),
        List.of(
            alert("far", 700, 90, 1, 0, noon),
            alert("second", 300, 200, 1, 0, noon),
            alert("first", 100, 90, 1, 0, noon),
            alert("before", 50, 0, 1, 0, noon.minusSeconds(1)),
            alert("at-the-end", 50, 0, 1, 0, noon.plusSeconds(60)),
            alert("long-ellipse-towards", 500, 0, 250, 0, noon),
            alert("long-ellipse-across", 500, 0, 250, 90, noon)));

    Map<String, Double> found = new java.util.LinkedHashMap<>();
    jdbi.useHandle(
        h ->
            h.createQuery(
                    """
                    SELECT alert_id, distance_m FROM tocsin.alerts_near(?, ?, 310, ?, ?)
                    """)
                .bind(0, LONGITUDE)
                .bind(1, LATITUDE)
                .bind(2, noon)
                .bind(3, noon.plusSeconds(60))
                .map((r, c) -> found.put(r.getString(1), r.getDouble(2)))
                .list());

    assertThat(found.keySet()).containsExactly("first", "second", "long-ellipse-towards");
    assertThat(found.get("first")).isCloseTo(100, within(0.001));
    assertThat(found.get("second")).isCloseTo(300, within(0.001));
    assertThat(found.get("long-ellipse-towards")).isCloseTo(500, within(0.001));
  }

  @Test
  void anEllipseHasItsAxesAlongItsAzimuthAndItsArea() {
    double[] vertices =
        Arrays.stream(
                text("""
                SELECT string_agg(ST_X(geom) || ' ' || ST_Y(geom), ' ' ORDER BY path)
                FROM ST_DumpPoints(
                  tocsin.ellipse(tocsin.point(13.4132, 52.5219), 400, 150, 30)::geometry)
                """)
                    .split(" "))
            .mapToDouble(Double::parseDouble)
            .toArray();
    assertThat(vertices).hasSize(2 * 37);
    for (int vertex : new int[] {0, 9, 18, 27}) {
      GeodesicData to =
          Geodesic.WGS84.Inverse(
              LATITUDE, LONGITUDE, vertices[2 * vertex + 1], vertices[2 * vertex]);
      assertThat(to.s12).isCloseTo(vertex % 18 == 0 ? 400 : 150, within(0.001));
      assertThat((to.azi1 + 360) % 360).isCloseTo(30 + 10 * vertex, within(0.001));
    }
    double areaSquareMetres =
        Double.parseDouble(
            text("SELECT ST_Area(tocsin.ellipse(tocsin.point(13.4132, 52.5219), 400, 150, 30))"));
    // A polygon inscribed at 36 points lacks under three percent.
    assertThat(areaSquareMetres / (Math.PI * 400 * 150)).isBetween(0.97, 1.0);
    assertThat(text("SELECT ST_IsValid(tocsin.ellipse(tocsin.point(1, 2), 0, 0, 0)::geometry)"))
        .isEqualTo("t");
  }

  @Test
  void geojsonHoldsEachAlertAsAPointWithItsEllipse() throws Exception {
    write(
        new DistressAlertTable(),
        List.of(
            alert("a1", 100, 90, 40, 30, Samples.NOON),
            alert("a2", 100, 90, 40, 30, Samples.NOON.plusSeconds(60))));
    JsonNode collection =
        new ObjectMapper()
            .readTree(
                text(
                    """
                    SELECT tocsin.alerts_geojson('2026-01-01 12:00Z', '2026-01-01 12:01Z')
                    """));

    assertThat(collection.at("/type").asText()).isEqualTo("FeatureCollection");
    assertThat(collection.at("/features")).hasSize(1);
    assertThat(collection.at("/features/0/id").asText()).isEqualTo("a1");
    assertThat(collection.at("/features/0/geometry/type").asText()).isEqualTo("Point");
    GeodesicData point = Geodesic.WGS84.Direct(LATITUDE, LONGITUDE, 90, 100);
    assertThat(collection.at("/features/0/geometry/coordinates/0").asDouble())
        .isCloseTo(point.lon2, within(1e-8));
    assertThat(collection.at("/features/0/geometry/coordinates/1").asDouble())
        .isCloseTo(point.lat2, within(1e-8));
    assertThat(collection.at("/features/0/properties/ellipse/type").asText()).isEqualTo("Polygon");
    assertThat(collection.at("/features/0/properties/labels/0").asText())
        .isEqualTo("glass_shatter");
    assertThat(text("SELECT tocsin.alerts_geojson('2020-01-01Z', '2020-01-02Z') -> 'features'"))
        .isEqualTo("[]");
  }

  @Test
  void nearestSensorsComeWithDistanceAudibilityAndState() {
    List<Sensor> sensors = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      GeodesicData at = Geodesic.WGS84.Direct(LATITUDE, LONGITUDE, 70 * i, 130 * i);
      sensors.add(Samples.sensor("s" + i, at.lat2, at.lon2));
    }
    write(KeyedTables.SENSOR, sensors);
    write(KeyedTables.SENSOR_STATUS, List.of(Samples.status("s2", SensorState.SILENT)));

    assertThat(
            text(
                """
                SELECT string_agg(concat_ws(' ', sensor_id, round(distance_m), audible, state), ', ')
                FROM tocsin.nearest_sensors(13.4132, 52.5219, 3)
                """))
        .isEqualTo("s1 130 t UNKNOWN, s2 260 t SILENT, s3 390 f UNKNOWN");
  }

  @Test
  void alertPicksGiveSensorDistanceAndResidualOfEachDetection() {
    Detection detection = Samples.detection("d1", Samples.NOON.plusMillis(300));
    write(new DetectionTable(), List.of(detection));
    write(new SoundEventTable(), List.of(Samples.event("e1", 1, "d1")));
    write(
        new DistressAlertTable(),
        List.of(Samples.alert("a1", 1, AlertState.OPEN, "d1", "not-stored")));
    double metres = Geodesic.WGS84.Inverse(52.52, 13.41, 52.521, 13.411).s12;

    assertThat(
            text(
                """
                SELECT string_agg(concat_ws(' ', detection_id, sensor_id, round(distance_m::numeric, 2),
                  residual_ms), ', ' ORDER BY detection_id)
                FROM tocsin.alert_picks('a1')
                """))
        .isEqualTo(String.format("d1 s1 %.2f -2.5, not-stored", metres));
  }

  @Test
  void whoWasToldOfARetractedAlertFindsTheOneInForce() {
    write(
        new DistressAlertTable(),
        List.of(
            replaced("first", "second"),
            replaced("second", "third"),
            Samples.alert("third", 5, AlertState.CLOSED, "d1"),
            replaced("gone", null),
            replaced("early", "not-stored"),
            replaced("round", "about"),
            replaced("about", "round")));
    assertThat(
            text(
                """
                SELECT string_agg(concat(id, ' ', coalesce(tocsin.alert_in_force(id), '-')), ', ')
                FROM unnest(ARRAY['first', 'second', 'third', 'gone', 'early', 'round', 'none']) AS id
                """))
        .isEqualTo("first third, second third, third third, gone -, early -, round -, none -");
    assertThat(text("SELECT replaced_by FROM tocsin.distress_alert WHERE alert_id = 'first'"))
        .isEqualTo("second");
  }

  private static DistressAlert replaced(String id, @Nullable String by) {
    DistressAlert alert = Samples.alert(id, 2, AlertState.RETRACTED, "d1");
    alert.setReplacedBy(by);
    return alert;
  }

  @Test
  void instantsAreExactToTheMicrosecond() {
    Random random = new Random(11);
    for (int i = 0; i < 200; i++) {
      Instant instant =
          Instant.ofEpochSecond(
              random.nextLong(0, 4_102_444_800L), 1000L * random.nextInt(1000000));
      OffsetDateTime told =
          jdbi.withHandle(
              h ->
                  h.createQuery("SELECT tocsin.instant(?)")
                      .bind(0, Table.micros(instant))
                      .mapTo(OffsetDateTime.class)
                      .one());
      assertThat(told.toInstant()).isEqualTo(instant);
    }
  }

  @Test
  void detectionsMoveIntoADaysPartitionWhenItIsMade() {
    write(
        new DetectionTable(),
        List.of(
            Samples.detection("d1", Instant.parse("2026-03-01T23:59:59.999999Z")),
            Samples.detection("d2", Instant.parse("2026-03-02T00:00:00Z"))));
    assertThat(text("SELECT count(*) FROM tocsin.detection_default")).isEqualTo("2");

    assertThat(text("SELECT tocsin.make_detection_partitions('2026-03-02', 3)")).isEqualTo("3");
    assertThat(text("SELECT tocsin.make_detection_partitions('2026-03-02', 4)")).isEqualTo("1");

    assertThat(text("SELECT string_agg(detection_id, ',') FROM tocsin.detection_default"))
        .isEqualTo("d1");
    assertThat(text("SELECT string_agg(detection_id, ',') FROM tocsin.detection_20260302"))
        .isEqualTo("d2");
    write(
        new DetectionTable(),
        List.of(Samples.detection("d2", Instant.parse("2026-03-02T00:00:00Z"))));
    assertThat(text("SELECT count(*) FROM tocsin.detection")).isEqualTo("2");
  }

  @Test
  void everyTableColumnAndFunctionExplainsItself() {
    assertThat(
            text(
                """
                SELECT string_agg(name, ', ') FROM (
                  SELECT c.relname || coalesce('.' || a.attname, '') AS name
                  FROM pg_class AS c
                  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
                  WHERE c.relnamespace = 'tocsin'::regnamespace AND c.relkind IN ('r', 'p')
                    AND NOT c.relispartition AND c.relname <> 'flyway_schema_history'
                    AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL
                  UNION ALL
                  SELECT relname FROM pg_class
                  WHERE relnamespace = 'tocsin'::regnamespace AND relkind IN ('r', 'p', 'v')
                    AND relname <> 'flyway_schema_history'
                    AND obj_description(oid, 'pg_class') IS NULL
                  UNION ALL
                  SELECT proname FROM pg_proc
                  WHERE pronamespace = 'tocsin'::regnamespace
                    AND coalesce(obj_description(oid, 'pg_proc') NOT LIKE '%Example: SELECT%', true)
                  ) AS unexplained
                """))
        .isNull();
  }

  @Test
  void anAnalystReadsEverythingAndWritesNothing() {
    write(KeyedTables.SENSOR, List.of(Samples.sensor("s1", LATITUDE, LONGITUDE)));
    jdbi.useHandle(
        h -> {
          h.execute("SET ROLE tocsin_analyst");
          assertThat(
                  h.createQuery(
                          "SELECT sensor_id FROM tocsin.nearest_sensors(13.4, 52.5, 1)"
                              + " UNION ALL SELECT alert_id FROM tocsin.current_alert")
                      .mapTo(String.class)
                      .list())
              .containsExactly("s1");
          for (String write :
              List.of(
                  "DELETE FROM tocsin.sensor",
                  "UPDATE tocsin.consumer_offset SET fence = 0",
                  "SELECT tocsin.make_detection_partitions(current_date, 1)",
                  "CREATE TABLE tocsin.mine (x int)")) {
            assertThatThrownBy(() -> h.execute(write))
                .isInstanceOf(UnableToExecuteStatementException.class)
                .hasMessageContaining("permission denied");
          }
          h.execute("RESET ROLE");
        });
  }

  private static DistressAlert alert(
      String id,
      double metres,
      double bearingDegrees,
      double semiMajorMetres,
      double azimuthDegrees,
      Instant startedAt) {
    GeodesicData at = Geodesic.WGS84.Direct(LATITUDE, LONGITUDE, bearingDegrees, metres);
    DistressAlert alert = Samples.alert(id, 1, AlertState.OPEN, "d1");
    Location location = Samples.location(at.lat2, at.lon2);
    location.setEllipse(new ErrorEllipse(semiMajorMetres, 1.0, azimuthDegrees));
    alert.setLocation(location);
    alert.setStartedAt(startedAt);
    return alert;
  }

  private <T extends SpecificRecord> void write(Table<T> table, List<T> values) {
    Topic<T> topic = table.topic();
    List<Accepted<T>> records =
        values.stream()
            .map(
                v ->
                    new Accepted<>(
                        new ConsumerRecord<>(topic.name(), 0, 0, new byte[0], new byte[0]),
                        topic.keyOf(v),
                        v))
            .toList();
    assertThat(topic).isIn(Topics.all());
    jdbi.useTransaction(h -> table.write(h, records));
  }

  private String text(String sql) {
    return jdbi.withHandle(h -> h.createQuery(sql).mapTo(String.class).one());
  }
}
