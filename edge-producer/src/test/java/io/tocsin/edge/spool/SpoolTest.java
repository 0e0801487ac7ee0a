package io.tocsin.edge.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SpoolTest {

  private static final int BODY = 1_000;
  private static final int PER_SEGMENT = 4;

  private final TornDisk disk = new TornDisk(Long.MAX_VALUE);
  private Instant now = Instant.parse("2026-05-01T12:00:00Z");
  private long nanos;

  private static SpoolSettings settings(SpoolSettings.WhenFull whenFull) {
    return new SpoolSettings(
        Path.of("spool"),
        4096,
        4 * 4096,
        Duration.ofMinutes(8),
        whenFull,
        4,
        Duration.ofSeconds(1));
  }

  private Spool open() throws IOException {
    return open(SpoolSettings.WhenFull.DROP_OLDEST);
  }

  private Spool open(SpoolSettings.WhenFull whenFull) throws IOException {
    return new Spool(settings(whenFull), disk, (InstantSource) () -> now, () -> nanos);
  }

  private void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }

  private static byte[] body(int id) {
    byte[] body = new byte[BODY];
    new Random(id).nextBytes(body);
    return ByteBuffer.wrap(body).putInt(id).array();
  }

  private static void append(Spool spool, int from, int to) throws IOException {
    for (int id = from; id < to; id++) {
      spool.release(spool.append(body(id)).orElseThrow());
    }
  }

  private static List<Integer> drain(Spool spool, DrainOrder order) throws IOException {
    List<Integer> ids = new ArrayList<>();
    for (Optional<SpoolRecord> r = spool.claim(order); r.isPresent(); r = spool.claim(order)) {
      int id = ByteBuffer.wrap(r.get().body()).getInt();
      assertThat(r.get().body()).isEqualTo(body(id));
      ids.add(id);
      spool.acknowledge(r.get().position());
    }
    return ids;
  }

  private static void recover(Spool spool) throws IOException {
    while (spool.recoverNext(DrainOrder.OLDEST_FIRST)) {
      // All of them.
    }
  }

  @Test
  void recordsComeInTheOrderAskedFor() throws IOException {
    Spool spool = open();
    append(spool, 0, 10);
    assertThat(drain(spool, DrainOrder.OLDEST_FIRST)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    append(spool, 0, 10);
    // The first two fill the segment that had begun.
    assertThat(drain(spool, DrainOrder.NEWEST_FIRST)).containsExactly(6, 7, 8, 9, 2, 3, 4, 5, 0, 1);
  }

  @ParameterizedTest
  @EnumSource(DrainOrder.class)
  void whatWasNotAcknowledgedWaitsAfterARestartAndWhatWasDoesNot(DrainOrder order)
      throws IOException {
    Spool spool = open();
    append(spool, 0, 10);
    for (int i = 0; i < 5; i++) {
      SpoolRecord record = spool.claim(order).orElseThrow();
      if (i != 2) {
        spool.acknowledge(record.position());
      }
    }
    // Killed: neither closed nor forced.
    Spool next = open();
    assertThat(next.status().unreadSegments()).isPositive();
    recover(next);
    assertThat(new TreeSet<>(drain(next, order)))
        .isEqualTo(
            new TreeSet<>(
                order == DrainOrder.OLDEST_FIRST
                    ? List.of(2, 5, 6, 7, 8, 9)
                    : List.of(0, 1, 2, 3, 4, 7)));
    assertThat(next.status().depth()).isZero();
  }

  @Test
  void segmentsGoWhenAllTheirRecordsAreAcknowledged() throws IOException {
    Spool spool = open();
    append(spool, 0, 3 * PER_SEGMENT);
    assertThat(spool.status().bytes()).isEqualTo(12L * (BODY + RecordFrame.HEADER_BYTES));
    drain(spool, DrainOrder.OLDEST_FIRST);
    spool.close();
    assertThat(disk.names()).isEmpty();
    assertThat(spool.status().bytes()).isZero();
  }

  @Test
  void theOldestMakeRoomAndAreCountedAlsoAfterARestart() throws IOException {
    Spool spool = open();
    append(spool, 0, 4 * PER_SEGMENT + 1);
    assertThat(spool.status().lost(Loss.SIZE)).isEqualTo(PER_SEGMENT);
    assertThat(drain(spool, DrainOrder.OLDEST_FIRST)).first().isEqualTo(PER_SEGMENT);
    spool.tick();
    assertThat(open().status().lost(Loss.SIZE)).isEqualTo(PER_SEGMENT);
  }

  @Test
  void aFullSpoolRefusesWhatIsNewWhereTheOldIsToBeKept() throws IOException {
    Spool spool = open(SpoolSettings.WhenFull.REJECT);
    append(spool, 0, 4 * PER_SEGMENT);
    assertThat(spool.append(body(99))).isEmpty();
    assertThat(spool.status().lost(Loss.REJECTED)).isEqualTo(1);
    SpoolRecord first = spool.claim(DrainOrder.OLDEST_FIRST).orElseThrow();
    assertThat(ByteBuffer.wrap(first.body()).getInt()).isZero();
  }

  @Test
  void aRecordOnItsWayIsLostOnlyIfItComesBackToADroppedSegment() throws IOException {
    Spool spool = open();
    SpoolPosition delivered = spool.append(body(0)).orElseThrow();
    SpoolPosition undelivered = spool.append(body(1)).orElseThrow();
    append(spool, 2, 4 * PER_SEGMENT + 1);
    assertThat(spool.status().lost()).isEqualTo(PER_SEGMENT - 2);
    spool.acknowledge(delivered);
    assertThat(spool.status().lost()).isEqualTo(PER_SEGMENT - 2);
    assertThat(spool.release(undelivered)).isFalse();
    assertThat(spool.status().lost()).isEqualTo(PER_SEGMENT - 1);
  }

  @Test
  void whatIsTooOldGoesAndIsCountedThoughTheWallClockSteps() throws IOException {
    Spool spool = open();
    append(spool, 0, 2);
    now = now.plus(Duration.ofDays(20_000));
    spool.tick();
    assertThat(spool.status().lost()).isZero();
    pass(Duration.ofMinutes(5));
    spool.tick();
    append(spool, 2, 4);
    pass(Duration.ofMinutes(4));
    spool.tick();
    assertThat(spool.status().lost(Loss.AGE)).isZero();
    pass(Duration.ofMinutes(5));
    spool.tick();
    assertThat(spool.status().lost(Loss.AGE)).isEqualTo(2);
    assertThat(drain(spool, DrainOrder.OLDEST_FIRST)).containsExactly(2, 3);
  }

  @Test
  void theOldestWaitingRecordGivesTheAge() throws IOException {
    Spool spool = open();
    assertThat(spool.status().oldest()).isZero();
    append(spool, 0, 1);
    pass(Duration.ofSeconds(7));
    append(spool, 1, 2);
    assertThat(spool.status().oldest()).isEqualTo(Duration.ofSeconds(7));
    spool.acknowledge(spool.claim(DrainOrder.OLDEST_FIRST).orElseThrow().position());
    assertThat(spool.status().oldest()).isZero();
  }

  @Test
  void aDamagedByteCostsOneRecordAndIsCountedOnce() throws IOException {
    for (int at = 0; at < PER_SEGMENT * (BODY + RecordFrame.HEADER_BYTES); at += 97) {
      TornDisk fresh = new TornDisk(Long.MAX_VALUE);
      Spool spool =
          new Spool(
              settings(SpoolSettings.WhenFull.REJECT), fresh, InstantSource.system(), () -> 0L);
      append(spool, 0, PER_SEGMENT);
      spool.tick();
      String file = fresh.names().iterator().next();
      fresh.damage(file, at, 0x10);
      int hit = at / (BODY + RecordFrame.HEADER_BYTES);
      List<Integer> expected = new ArrayList<>(List.of(0, 1, 2, 3));
      expected.remove(hit);
      for (int restart = 0; restart < 2; restart++) {
        Spool next =
            new Spool(
                settings(SpoolSettings.WhenFull.REJECT), fresh, InstantSource.system(), () -> 0L);
        recover(next);
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < PER_SEGMENT - 1; i++) {
          byte[] body = next.claim(DrainOrder.OLDEST_FIRST).orElseThrow().body();
          found.add(ByteBuffer.wrap(body).getInt());
        }
        assertThat(found).isEqualTo(expected);
        assertThat(next.claim(DrainOrder.OLDEST_FIRST)).isEmpty();
        // The last record's damage looks like a torn tail, which nobody was promised.
        assertThat(next.status().lost(Loss.CORRUPT)).isEqualTo(hit == PER_SEGMENT - 1 ? 0 : 1);
        next.tick();
      }
    }
  }

  @Test
  void damageSinceTheStartIsFoundWhenARecordIsRead() throws IOException {
    Spool spool = open();
    append(spool, 0, 3);
    disk.damage(disk.names().iterator().next(), BODY + RecordFrame.HEADER_BYTES + 500, 1);
    assertThat(drain(spool, DrainOrder.OLDEST_FIRST)).containsExactly(0, 2);
    assertThat(spool.status().lost(Loss.CORRUPT)).isEqualTo(1);
  }

  @Test
  void aDiskThatFailsForAWhileCostsOnlyWhatItRefused() throws IOException {
    Spool spool = open();
    append(spool, 0, 2);
    disk.failWrites(true);
    assertThatThrownBy(() -> spool.append(body(2))).hasMessageContaining("no space left");
    disk.failWrites(false);
    append(spool, 3, 5);
    assertThat(drain(spool, DrainOrder.OLDEST_FIRST)).containsExactly(0, 1, 3, 4);
    assertThat(spool.status().faults()).isEqualTo(1);
  }

  @Test
  void aFolderIsForOneProcessAndKeepsItsRecords(@TempDir Path folder) throws IOException {
    Path deep = folder.resolve("a/spool");
    try (Spool spool = Spool.open(SpoolSettings.in(deep))) {
      append(spool, 0, 3);
      assertThatThrownBy(() -> Spool.open(SpoolSettings.in(deep)))
          .hasMessageContaining(deep.toString())
          .hasMessageContaining("in use by another process");
    }
    try (Spool spool = Spool.open(SpoolSettings.in(deep))) {
      recover(spool);
      assertThat(drain(spool, DrainOrder.NEWEST_FIRST)).containsExactly(0, 1, 2);
    }
    try (var left = Files.list(deep)) {
      assertThat(left).containsExactly(deep.resolve("lock"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "100, 1000, 1000, 1, 100, segment size is 100 B",
    "4096, 5000, 1000, 1, 100, maximum size is 5000 B; at least two segments",
    "4096, 8192, 999, 1, 100, maximum age is PT0.999S",
    "4096, 8192, 1000, 0, 100, flush every 0 records",
    "4096, 8192, 1000, 1, 9, flush every PT0.009S",
  })
  void settingsThatCannotWorkAreRefusedWithTheValue(
      long segment, long maximum, long ageMillis, int records, long flushMillis, String message) {
    assertThatThrownBy(
            () ->
                new SpoolSettings(
                    Path.of("x"),
                    segment,
                    maximum,
                    Duration.ofMillis(ageMillis),
                    SpoolSettings.WhenFull.REJECT,
                    records,
                    Duration.of(flushMillis, TimeUnit.MILLISECONDS.toChronoUnit())))
        .hasMessageContaining(message);
  }
}
