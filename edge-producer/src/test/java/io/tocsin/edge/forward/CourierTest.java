package io.tocsin.edge.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tocsin.edge.spool.DrainOrder;
import io.tocsin.edge.spool.Spool;
import io.tocsin.edge.spool.SpoolSettings;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CourierTest {

  private static final int BODY = 4_096;

  @TempDir private Path folder;
  private final ScriptedUplink uplink = new ScriptedUplink();
  private @Nullable Spool spool;
  private @Nullable Courier courier;
  private @Nullable RefusedFolder refused;

  /** Takes what its script does not fail. */
  private static final class ScriptedUplink implements Uplink {
    final List<Integer> delivered = new CopyOnWriteArrayList<>();
    final List<Integer> deliveredAsStored = new CopyOnWriteArrayList<>();
    volatile IntFunction<@Nullable RuntimeException> script = id -> null;
    volatile int reconnections;
    volatile @Nullable CompletableFuture<Void> held;

    @Override
    public CompletionStage<?> send(byte[] body, long storedMillis) {
      int id = ByteBuffer.wrap(body).getInt();
      RuntimeException failure = script.apply(id);
      if (failure != null) {
        return CompletableFuture.failedFuture(failure);
      }
      if (storedMillis > 0) {
        deliveredAsStored.add(id);
      }
      CompletableFuture<Void> hold = held;
      if (hold != null) {
        return hold.thenRun(() -> delivered.add(id));
      }
      delivered.add(id);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void reconnect() {
      reconnections++;
    }

    @Override
    public void close() {}
  }

  private Courier start(DrainOrder order, long drainBytesPerSecond) throws Exception {
    return start(SpoolSettings.in(folder), order, drainBytesPerSecond);
  }

  private Courier start(SpoolSettings settings, DrainOrder order, long drainBytesPerSecond)
      throws Exception {
    return start(new ForwardSettings(settings, order, drainBytesPerSecond, 1 << 20, true));
  }

  private Courier start(ForwardSettings settings) throws Exception {
    spool = Spool.open(settings.spool());
    refused = RefusedFolder.open(folder.resolve("refused"), 1 << 20);
    courier =
        new Courier(
            spool, settings, uplink, refused, Throwable::toString, java.time.Duration.ofMillis(50));
    return courier;
  }

  @AfterEach
  void stop() throws Exception {
    if (courier != null && spool != null) {
      courier.close();
      spool.close();
    }
  }

  private static byte[] body(int id) {
    return ByteBuffer.allocate(BODY).putInt(id).array();
  }

  private void capture(int from, int to) throws Exception {
    for (int id = from; id < to; id++) {
      byte[] body = body(id);
      courier.accept(spool.append(body).orElseThrow(), body);
    }
  }

  private void awaitEmpty() {
    await().until(() -> courier.isIdle() && spool.status().depth() == 0);
  }

  private static List<Integer> ids(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void liveRecordsGoAtOnceInTheirOrder() throws Exception {
    start(DrainOrder.OLDEST_FIRST, 1 << 20).start();
    capture(0, 100);
    awaitEmpty();
    assertThat(uplink.delivered).isEqualTo(ids(0, 100));
    assertThat(courier.status(0, null, 0).acknowledgedLive()).isEqualTo(100);
  }

  @Test
  void whatDoesNotGetThroughWaitsAndGoesLaterInTheOrderAskedFor() throws Exception {
    uplink.script = id -> new TimeoutException("no broker");
    // Ten records in a segment.
    start(
            new SpoolSettings(
                folder,
                10 * (BODY + 20),
                1 << 30,
                java.time.Duration.ofDays(1),
                SpoolSettings.WhenFull.DROP_OLDEST,
                64,
                java.time.Duration.ofMillis(500)),
            DrainOrder.NEWEST_FIRST,
            100 << 20)
        .start();
    capture(0, 50);
    await().until(() -> !courier.status(0, null, 0).reachable());
    capture(50, 100);
    await().until(() -> spool.status().waiting() > 95);
    assertThat(courier.status(0, null, 0).problem()).contains("no broker");
    uplink.script = id -> null;
    awaitEmpty();
    assertThat(uplink.delivered).containsExactlyInAnyOrderElementsOf(ids(0, 100));
    List<Integer> newestSegmentFirst = new ArrayList<>();
    for (int first = 90; first >= 0; first -= 10) {
      newestSegmentFirst.addAll(ids(first, first + 10));
    }
    assertThat(uplink.delivered).isEqualTo(newestSegmentFirst);
    assertThat(courier.status(0, null, 0).problem()).isNull();
  }

  @Test
  void liveRecordsOvertakeStoredOnes() throws Exception {
    start(DrainOrder.OLDEST_FIRST, 64 << 10);
    for (int id = 0; id < 1_000; id++) {
      spool.release(spool.append(body(id)).orElseThrow());
    }
    courier.start();
    await().until(() -> !uplink.delivered.isEmpty());
    capture(5_000, 5_010);
    await().until(() -> uplink.delivered.containsAll(ids(5_000, 5_010)));
    // The stored ones may send a second's worth, 16 records, at once, and 16 a second after that.
    assertThat(uplink.delivered).hasSizeLessThan(200);
    assertThat(uplink.deliveredAsStored).isNotEmpty().allMatch(id -> id < 1_000);
    assertThat(spool.status().waiting()).isGreaterThan(800);
  }

  @Test
  void whereOrderIsAskedForNothingIsOvertakenThoughKafkaFailsNowAndThen() throws Exception {
    start(ForwardSettings.of(SpoolSettings.in(folder)).inOrder());
    for (int id = 0; id < 300; id++) {
      spool.release(spool.append(body(id)).orElseThrow());
    }
    capture(300, 310);
    courier.start();
    await().until(() -> !uplink.delivered.isEmpty());
    capture(310, 330);
    awaitEmpty();
    uplink.script = id -> new TimeoutException("no broker");
    capture(330, 360);
    await().until(() -> !courier.status(0, null, 0).reachable());
    uplink.script = id -> null;
    capture(360, 400);
    awaitEmpty();
    assertThat(uplink.delivered).isEqualTo(ids(0, 400));
  }

  @Test
  void storedRecordsWaitWhileALiveOneIsSlow() throws Exception {
    start(DrainOrder.OLDEST_FIRST, 100 << 20);
    for (int id = 0; id < 10_000; id++) {
      spool.release(spool.append(body(id)).orElseThrow());
    }
    uplink.held = new CompletableFuture<>();
    capture(20_000, 20_001);
    courier.start();
    // A few stored ones may leave before the live one counts as slow, half a mebibyte at most.
    await().until(() -> spool.status().waiting() <= 10_000);
    CompletableFuture<Void> hold = uplink.held;
    await()
        .during(java.time.Duration.ofMillis(600))
        .until(() -> spool.status().waiting() >= 10_000 - (512 << 10) / BODY - 1);
    uplink.held = null;
    hold.complete(null);
    awaitEmpty();
    assertThat(uplink.delivered).hasSize(10_001);
  }

  @Test
  void aRefusedRecordGoesAsideWithTheReasonAndBlocksNothing() throws Exception {
    uplink.script =
        id ->
            switch (id) {
              case 3 -> new RecordTooLargeException("4 MiB are too much");
              case 5 -> new InvalidRecordException("has no key");
              default -> null;
            };
    start(DrainOrder.OLDEST_FIRST, 1 << 20).start();
    capture(0, 10);
    awaitEmpty();
    assertThat(uplink.delivered).containsExactly(0, 1, 2, 4, 6, 7, 8, 9);
    assertThat(courier.status(0, null, 0).refused()).isEqualTo(2);
    assertThat(folder.resolve("refused"))
        .isDirectoryContaining(
            f -> f.toString().endsWith(".reason.txt") && read(f).contains("too much"));
    List<Integer> back = new ArrayList<>();
    assertThat(refused.takeBack(body -> back.add(ByteBuffer.wrap(body).getInt()))).isEqualTo(2);
    assertThat(back).containsExactly(3, 5);
    assertThat(refused.size()).isZero();
  }

  private static String read(Path file) {
    try {
      return java.nio.file.Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aRecordThatFailsForNoKnownReasonGoesAsideInTheEnd() throws Exception {
    uplink.script = id -> id == 2 ? new KafkaException("odd") : null;
    start(DrainOrder.OLDEST_FIRST, 1 << 20).start();
    capture(0, 5);
    await()
        .atMost(java.time.Duration.ofSeconds(20))
        .until(() -> courier.isIdle() && spool.status().depth() == 0);
    assertThat(uplink.delivered).containsExactlyInAnyOrder(0, 1, 3, 4);
    assertThat(refused.size()).isEqualTo(1);
    assertThat(uplink.reconnections).isPositive();
  }

  @Test
  void whatTheDiskDoesNotTakeIsSentWithoutAndCountedIfThatFails() throws Exception {
    start(DrainOrder.OLDEST_FIRST, 1 << 20).start();
    courier.accept(null, body(1));
    await().until(() -> uplink.delivered.contains(1));
    uplink.script = id -> new TimeoutException("no broker");
    courier.accept(null, body(2));
    await().until(() -> courier.status(0, null, 0).dropped() == 1);
  }
}
