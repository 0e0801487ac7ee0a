package io.tocsin.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.sink.SinkSettings.DatabaseSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Days of detections on a real PostGIS: made ahead, moved, let go. */
class DetectionUpkeepIT {

  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

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
  void partitionsReachFromYesterdayAWeekAhead() {
    new DetectionUpkeep(jdbi, null).round(NOW);

    assertThat(text("SELECT min(day) || ' ' || max(day) FROM tocsin.detection_tables()"))
        .isEqualTo("2026-03-09 2026-03-17");
  }

  @Test
  void aFullDayLeavesTheDefaultPartitionAndTheRestIsCounted() {
    detections("2026-01-05", DetectionUpkeep.FULL_DAY);
    detections("2026-01-06", 7);
    DetectionUpkeep upkeep = new DetectionUpkeep(jdbi, null);

    upkeep.round(NOW);

    assertThat(text("SELECT count(*) FROM tocsin.detection_20260105"))
        .isEqualTo(Long.toString(DetectionUpkeep.FULL_DAY));
    assertThat(text("SELECT day || ' ' || detections FROM tocsin.detection_default_day"))
        .isEqualTo("2026-01-06 7");
    assertThat(upkeep.rowsInDefault()).isEqualTo(7);
  }

  @Test
  void daysPastTheirRetentionGoWholeWithThoseInTheDefaultPartition() {
    jdbi.useHandle(h -> h.execute("SELECT tocsin.make_detection_partitions('2026-02-27', 4)"));
    for (String day : new String[] {"2026-02-27", "2026-02-28", "2026-03-01", "2026-02-01"}) {
      detections(day, 5);
    }

    new DetectionUpkeep(jdbi, 9).round(NOW);

    assertThat(text("SELECT count(*) FROM tocsin.detection")).isEqualTo("5");
    assertThat(text("SELECT min(onset_at)::date FROM tocsin.detection")).isEqualTo("2026-03-01");
    assertThat(text("SELECT min(day) FROM tocsin.detection_tables()")).isEqualTo("2026-03-01");
  }

  @Test
  void withoutARetentionNothingGoes() {
    detections("2020-01-01", 5);

    new DetectionUpkeep(jdbi, null).round(NOW);

    assertThat(text("SELECT count(*) FROM tocsin.detection")).isEqualTo("5");
  }

  @Test
  void retentionGivesWayToAQueryAndIsMadeUpForLater() {
    jdbi.useHandle(h -> h.execute("SELECT tocsin.make_detection_partitions('2026-01-01', 1)"));
    detections("2026-01-01", 5);
    DetectionUpkeep upkeep = new DetectionUpkeep(jdbi, 9);

    try (Handle analyst = jdbi.open()) {
      analyst.begin();
      analyst.execute("SELECT count(*) FROM tocsin.detection");
      upkeep.round(NOW);
      assertThat(text("SELECT count(*) FROM tocsin.detection")).isEqualTo("5");
      analyst.rollback();
    }
    upkeep.round(NOW);

    assertThat(text("SELECT count(*) FROM tocsin.detection")).isEqualTo("0");
  }

  private void detections(String day, long count) {
    jdbi.useHandle(
        h ->
            h.createUpdate(
                    """
                    INSERT INTO tocsin.detection (
                      detection_id, sensor_id, place, label, probability, score, onset_at,
                      onset_sigma_us, ended_at, level_dbfs, clock_source, clock_uncertainty_us,
                      model_id, model_version, model_digest, published_at)
                    SELECT 'd' || g, 's1', tocsin.point(13, 52), 'dog', 0.5, 0.5, o, 1, o, -20,
                      'GPS', 1, 'm', '1', 'x', o
                    FROM (SELECT g, (:day || ' 06:00Z')::timestamptz + g * interval '1 second' AS o
                          FROM generate_series(1, :count) AS g) AS r
                    """)
                .bind("day", day)
                .bind("count", count)
                .execute());
  }

  private String text(String sql) {
    return jdbi.withHandle(h -> h.createQuery(sql).mapTo(String.class).one());
  }
}
