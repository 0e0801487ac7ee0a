package io.tocsin.sink.evidence;

import static io.tocsin.sink.evidence.EvidenceBench.RATE;
import static io.tocsin.sink.evidence.EvidenceBench.SOON;
import static io.tocsin.sink.evidence.EvidenceBench.sound;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tocsin.audio.FlacFrames;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.sink.PrivatePostgres;
import io.tocsin.sink.evidence.EvidenceArchive.OpenedClip;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence between a real broker, a real PostGIS and real stores. */
class EvidenceIT {

  private static PrivatePostgres postgres;

  @TempDir private Path folder;
  private Path clips;
  private EvidenceBench bench;

  /** Onset of the first detection; all that a clip of it covers is past. */
  private final Instant onset = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(20);

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
  void createBench() throws Exception {
    clips = folder.resolve("clips");
    bench = EvidenceBench.create(postgres, new FolderStore(clips));
  }

  @AfterEach
  void closeBench() throws Exception {
    bench.close();
  }

  /** Sensors s1 to s4 sound for 24 s, s1 to s3 are heard. */
  private void soundAndDetections() {
    for (String sensorId : List.of("s1", "s2", "s3", "s4")) {
      bench.sendAudio(sensorId, onset.minusSeconds(8), 24);
    }
    bench.heard("d1", "s1", onset);
    bench.heard("d2", "s2", onset.plusMillis(400));
    bench.heard("d3", "s3", onset.plusSeconds(2));
  }

  private void awaitDone(long alertRecords) {
    await().atMost(SOON).until(() -> bench.committed("evidence") == alertRecords);
  }

  private List<String> rows() {
    return bench.lines(
        """
        SELECT concat_ws('|', alert_id, sensor_id, revision, pending, sha256,
          extract(epoch FROM ended_at - started_at)::int, stored_at, gaps, absent_reason, kept_until,
          deleted_reason)
        FROM tocsin.evidence_clip ORDER BY alert_id, sensor_id
        """);
  }

  private List<String> states() {
    return bench.lines(
        """
        SELECT concat_ws('|', sensor_id, revision, CASE WHEN pending THEN 'PENDING' END,
          CASE WHEN stored_at IS NOT NULL THEN extract(epoch FROM ended_at - started_at)::int END,
          absent_reason, deleted_reason)
        FROM tocsin.evidence_clip ORDER BY alert_id, sensor_id
        """);
  }

  private static short[] decoded(OpenedClip clip) throws Exception {
    return FlacFrames.decode(ByteBuffer.wrap(clip.flac()), "clip", 60 * RATE);
  }

  private Path file(String sensorId) {
    return clips.resolve("evidence/a1/" + sensorId + ".flac");
  }

  private void theClipsHoldWhatItsSensorsHeard() throws Exception {
    try (EvidenceArchive archive = bench.archive()) {
      List<OpenedClip> opened = archive.have("a1", "ada", "test");
      assertThat(opened).extracting(OpenedClip::sensorId).containsExactly("s1", "s2", "s3");
      for (OpenedClip clip : opened) {
        assertThat(clip.startedAt()).isEqualTo(onset.minusSeconds(2));
        assertThat(clip.endedAt()).isEqualTo(onset.plusSeconds(6));
        assertThat(clip.gaps()).isEqualTo("[]");
        assertThat(decoded(clip))
            .isEqualTo(sound(clip.sensorId(), clip.startedAt(), Duration.ofSeconds(8)));
      }
    }
  }

  @Test
  void everySensorOfAnAlertHasAClipAndNoOther() throws Exception {
    soundAndDetections();
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1", "d2", "d3");
    bench.start();
    awaitDone(1);

    theClipsHoldWhatItsSensorsHeard();
    try (var files = Files.walk(clips)) {
      assertThat(files.filter(Files::isRegularFile))
          .containsExactlyInAnyOrder(file("s1"), file("s2"), file("s3"));
    }
  }

  @Test
  void clipsLieInABucketToo() throws Exception {
    assumeTrue(Files.exists(S3Server.JAR), S3Server.MISSING);
    bench.close();
    try (S3Server server = S3Server.start(folder)) {
      bench = EvidenceBench.create(postgres, server.store("secret"));
      soundAndDetections();
      bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1", "d2", "d3");
      bench.start();
      awaitDone(1);

      theClipsHoldWhatItsSensorsHeard();

      bench.sendAlert("a1", 2, AlertState.RETRACTED, onset, "d1", "d2", "d3");
      awaitDone(2);
      try (ObjectStore store = server.store("secret")) {
        assertThat(store.get("evidence/a1/s1.flac")).isEmpty();
      }
    }
  }

  @Test
  void aLongerRevisionReplacesAClipAndOneThatIsTakenBackDeletesIt() {
    soundAndDetections();
    bench.start();
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1", "d2");
    awaitDone(1);
    assertThat(states()).containsExactly("s1|1|6", "s2|1|6");
    String first = rows().get(0);

    bench.sendAlert("a1", 2, AlertState.UPDATED, onset, "d2", "d3");
    awaitDone(2);
    assertThat(states()).containsExactly("s1|1|6|NOT_CONTRIBUTING", "s2|2|8", "s3|2|8");
    assertThat(file("s1")).doesNotExist();

    bench.sendAlert("a1", 3, AlertState.CLOSED, onset, "d1", "d2", "d3");
    awaitDone(3);
    assertThat(states()).containsExactly("s1|3|8", "s2|3|8", "s3|3|8");
    assertThat(rows().get(0)).isNotEqualTo(first);
    assertThat(file("s1")).exists();

    bench.sendAlert("a1", 4, AlertState.RETRACTED, onset, "d1", "d2", "d3");
    awaitDone(4);
    assertThat(states())
        .containsExactly("s1|3|8|RETRACTED", "s2|3|8|RETRACTED", "s3|3|8|RETRACTED");
    assertThat(clips.resolve("evidence/a1")).doesNotExist();
  }

  @Test
  void aTombstoneErasesTheClipsOfItsAlert() {
    soundAndDetections();
    bench.start();
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1");
    bench.sendAlert("a2", 1, AlertState.OPEN, onset, "d1");
    awaitDone(2);

    bench.sendAlert("a1", null);
    awaitDone(3);

    assertThat(states()).containsExactly("s1|1|6|ERASED", "s1|1|6");
    assertThat(file("s1")).doesNotExist();
    assertThat(clips.resolve("evidence/a2/s1.flac")).exists();
  }

  @Test
  void readingAllAlertsAgainChangesNothing() {
    soundAndDetections();
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1");
    bench.sendAlert("a2", 1, AlertState.OPEN, onset, "d1", "d2");
    bench.sendAlert("a1", 2, AlertState.CLOSED, onset, "d1", "d2", "d3");
    bench.sendAlert("a2", 2, AlertState.RETRACTED, onset, "d1", "d2");
    bench.start();
    awaitDone(4);
    List<String> before = rows();
    bench.stopAll();

    bench.start("again", Duration.ofMinutes(2));
    await().atMost(SOON).until(() -> bench.committed("again") == 4);

    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void audioAndDetectionsThatComeAfterTheAlertAreAwaited() throws Exception {
    bench.start();
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1", "d2", "d3");
    bench.sendAlert("a2", 1, AlertState.OPEN, onset, "d9");
    bench.heard("d9", "s9", onset);
    bench.sendAudio("s9", onset.minusSeconds(8), 24);
    // Whoever waits does not hold up others; but what is not done is not committed.
    await().atMost(SOON).until(() -> Files.exists(clips.resolve("evidence/a2/s9.flac")));

    soundAndDetections();
    awaitDone(2);

    theClipsHoldWhatItsSensorsHeard();
  }

  @Test
  void audioThatDoesNotComeInTimeIsAGapOrStatedAsAbsent() throws Exception {
    bench.sendAudio("s1", onset.minusSeconds(8), 10);
    bench.heard("d1", "s1", onset);
    bench.heard("d2", "s2", onset);
    bench.start("evidence", Duration.ofSeconds(3));
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1", "d2");
    awaitDone(1);

    assertThat(states()).containsExactly("s1|1|6", "s2|1|NOT_RECEIVED");
    try (EvidenceArchive archive = bench.archive()) {
      OpenedClip clip = archive.have("a1", "ada", "test").get(0);
      assertThat(clip.gaps())
          .isEqualTo(
              "[{\"endedAt\": \"%s\", \"startedAt\": \"%s\"}]"
                  .formatted(onset.plusSeconds(4), onset.plusSeconds(2)));
      assertThat(decoded(clip))
          .startsWith(sound("s1", onset.minusSeconds(2), Duration.ofSeconds(4)))
          .hasSize(6 * RATE);
      assertThat(Arrays.copyOfRange(decoded(clip), 4 * RATE, 6 * RATE)).containsOnly((short) 0);
    }
  }

  @Test
  void framesInAPartitionThatAnotherPartitionerChoseAreFound() {
    for (int partition = 0; partition < 3; partition++) {
      String sensorId = "p" + partition;
      bench.sendAudio(sensorId, onset.minusSeconds(8), 24, 2 - partition);
      bench.heard("d" + partition, sensorId, onset);
    }
    bench.start("evidence", Duration.ofSeconds(2));
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d0", "d1", "d2");
    awaitDone(1);

    assertThat(states()).containsExactly("p0|1|6", "p1|1|6", "p2|1|6");
  }

  @Test
  void whileTheStoreOrTheDatabaseIsAwayNothingIsLost() throws Exception {
    soundAndDetections();
    Files.createFile(clips);
    bench.start();
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1", "d2", "d3");
    await().atMost(SOON).until(() -> states().contains("s1|1|PENDING"));
    postgres.stopAtOnce();
    bench.sendAlert("a2", 1, AlertState.OPEN, onset, "d1");
    assertThat(bench.committed("evidence")).isZero();
    postgres.start();
    assertThat(bench.committed("evidence")).isZero();
    Files.delete(clips);
    awaitDone(2);

    theClipsHoldWhatItsSensorsHeard();
    assertThat(states()).contains("s1|1|6");
  }

  @Test
  void aStopInTheMiddleIsTakenUpAgain() throws Exception {
    soundAndDetections();
    Files.createFile(clips);
    bench.start();
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1", "d2", "d3");
    await().atMost(SOON).until(() -> states().contains("s1|1|PENDING"));
    bench.stopAll();
    Files.delete(clips);

    bench.start();
    awaitDone(1);

    theClipsHoldWhatItsSensorsHeard();
  }

  @Test
  void aPoisonAlertIsADeadLetterAndHoldsUpNoOther() {
    soundAndDetections();
    bench.start();
    bench.sendAlert("broken", new byte[] {1, 2, 3});
    bench.sendAlert("../etc", 1, AlertState.OPEN, onset, "d1");
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1");
    awaitDone(3);

    assertThat(bench.deadLetters()).containsExactlyInAnyOrder("broken", "../etc");
    assertThat(states()).containsExactly("s1|1|6");
  }

  @Test
  void clipsOfDetectionsThatNobodyKnowsAreGivenUpWithADeadLetter() {
    soundAndDetections();
    bench.start();
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1", "unknown");
    bench.setAhead(Duration.ofHours(2));
    awaitDone(1);

    assertThat(bench.deadLetters()).containsExactly("a1");
    assertThat(states()).containsExactly("s1|1|6");
  }

  @Test
  void aClipIsDeletedWhenItsTimeIsOverAndDoesNotComeBack() {
    soundAndDetections();
    bench.start();
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1");
    awaitDone(1);
    bench.setAhead(Duration.ofDays(30).minusMinutes(10));
    bench.sendAlert("a2", 1, AlertState.OPEN, onset, "d2");
    awaitDone(2);
    assertThat(file("s1")).exists();

    bench.setAhead(Duration.ofDays(30).plusMinutes(10));
    await().atMost(SOON).until(() -> !Files.exists(file("s1")));
    await().atMost(SOON).until(() -> states().contains("s1|1|6|RETENTION"));

    bench.sendAlert("a1", 2, AlertState.CLOSED, onset, "d1");
    awaitDone(3);
    assertThat(states()).containsExactly("s1|2|6|RETENTION", "s2|1|6");
    assertThat(file("s1")).doesNotExist();
    assertThat(clips.resolve("evidence/a2/s2.flac")).exists();
  }

  @Test
  void whoeverHasOrErasesAClipIsWrittenDownFirst() {
    soundAndDetections();
    bench.start();
    bench.sendAlert("a1", 1, AlertState.OPEN, onset, "d1", "d2");
    awaitDone(1);
    String log =
        """
        SELECT concat_ws('|', action, alert_id, sensor_id, role, person, reason,
          sha256 = (SELECT c.sha256 FROM tocsin.evidence_clip AS c
            WHERE (c.alert_id, c.sensor_id) = (a.alert_id, a.sensor_id)))
        FROM tocsin.evidence_access AS a ORDER BY access_id
        """;
    try (EvidenceArchive archive = bench.archive()) {
      assertThat(archive.have("unknown", "ada", "review")).isEmpty();
      assertThatThrownBy(() -> archive.have("a1", "ada", " "))
          .hasMessageContaining("needs a person and a reason");
      assertThat(bench.lines(log)).isEmpty();

      assertThat(archive.have("a1", "ada", "review")).hasSize(2);
      assertThat(bench.lines(log))
          .containsExactly("READ|a1|s1|tocsin|ada|review|t", "READ|a1|s2|tocsin|ada|review|t");

      List<ClipRow> ofS1 = archive.clips("s1", onset, onset.plusSeconds(1));
      assertThat(archive.erase(ofS1, "bob", "asked for")).isEqualTo(1);
      assertThat(bench.lines(log))
          .hasSize(3)
          .last()
          .isEqualTo("ERASE|a1|s1|tocsin|bob|asked for|t");
      assertThat(file("s1")).doesNotExist();
      assertThat(archive.clips("s1", onset, onset.plusSeconds(1))).isEmpty();
      assertThat(archive.have("a1", "ada", "review"))
          .extracting(OpenedClip::sensorId)
          .containsExactly("s2");
    }
    bench.sendAlert("a1", 2, AlertState.CLOSED, onset, "d1", "d2", "d3");
    awaitDone(2);
    assertThat(states()).containsExactly("s1|2|6|ERASED", "s2|2|8", "s3|2|8");
    for (String change :
        List.of(
            "UPDATE tocsin.evidence_access SET person = 'eve'",
            "DELETE FROM tocsin.evidence_access",
            "TRUNCATE tocsin.evidence_access")) {
      assertThatThrownBy(() -> bench.jdbi().useHandle(h -> h.execute(change)))
          .hasMessageContaining("only ever added");
    }
  }

  @Test
  void anAnalystIsRefusedEverythingOfEvidence() {
    bench
        .jdbi()
        .useHandle(
            h ->
                h.execute(
                    "DROP ROLE IF EXISTS anna; CREATE ROLE anna LOGIN IN ROLE tocsin_analyst"));
    Jdbi anna = bench.jdbiAs("anna");
    long detections =
        anna.withHandle(
            h -> h.createQuery("SELECT count(*) FROM tocsin.detection").mapTo(Long.class).one());
    assertThat(detections).isZero();
    for (String sql :
        List.of(
            "SELECT object_key FROM tocsin.evidence_clip",
            "SELECT person FROM tocsin.evidence_access",
            "SELECT tocsin.open_evidence('a1', 'anna', 'curious')",
            "UPDATE tocsin.evidence_clip SET kept_until = 'infinity'",
            "INSERT INTO tocsin.evidence_access (action, alert_id, sensor_id, role, person, reason)"
                + " VALUES ('READ', 'a', 's', 'r', 'p', 'x')")) {
      assertThatThrownBy(() -> anna.useHandle(h -> h.execute(sql)))
          .hasMessageContaining("permission denied");
    }
  }
}
