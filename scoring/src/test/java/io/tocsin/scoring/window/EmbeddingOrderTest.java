package io.tocsin.scoring.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Windows every 500 ms of one sensor. */
class EmbeddingOrderTest {

  private static final long START_MICROS = 1_800_000_000_000_000L;
  private static final long HOP_MICROS = 500_000;
  private static final int BYTES = 2_048;

  private @Nullable EmbeddingOrderState state;
  private final List<OrderedEmbedding> out = new ArrayList<>();
  private int duplicates;
  private int gaps;
  private int late;

  @Test
  void windowsInOrderAreOneRun() {
    accept(windows("boot", 0, 20));
    assertIsRun(out, START_MICROS, 0, 20);
    assertCounts(0, 0, 0);
  }

  @Test
  void windowsShuffledAsFarAsMayWaitComeOutInOrder() {
    for (int seed = 0; seed < 100; seed++) {
      state = null;
      out.clear();
      List<EmbeddedWindow> sent = windows("boot", 0, 100);
      for (int from = 1; from < sent.size(); from += EmbeddingOrder.MOST_EARLY) {
        int to = Math.min(from + EmbeddingOrder.MOST_EARLY, sent.size());
        Collections.shuffle(sent.subList(from, to), new Random(seed));
      }
      accept(sent);
      assertIsRun(out, START_MICROS, 0, 100);
    }
    assertCounts(0, 0, 0);
  }

  @Test
  void aWindowTakenOrWaitingAlreadyIsADuplicate() {
    accept(windows("boot", 0, 5));
    accept(List.of(window("boot", 6), window("boot", 6), window("boot", 2), window("boot", 4)));
    assertCounts(3, 0, 0);
    accept(windows("boot", 5, 10));
    assertIsRun(out, START_MICROS, 0, 10);
    assertCounts(4, 0, 0);
  }

  @Test
  void aLostWindowEndsTheRunOnceMoreWaitThanMay() {
    accept(windows("boot", 0, 3));
    accept(windows("boot", 4, 4 + EmbeddingOrder.MOST_EARLY));
    assertThat(out).as("the lost one may still come").hasSize(3);
    accept(windows("boot", 4 + EmbeddingOrder.MOST_EARLY, 20));
    assertCounts(0, 1, 0);
    assertIsRun(out.subList(0, 3), START_MICROS, 0, 3);
    List<OrderedEmbedding> second = out.subList(3, out.size());
    assertIsRun(second, at(4), 4, 20);
    assertThat(second).allSatisfy(w -> assertFollows(w, START_MICROS, 3));
  }

  @Test
  void aWindowWhosePlaceWasGivenUpIsLateAndLeftOut() {
    accept(windows("boot", 0, 3));
    accept(windows("boot", 4, 20));
    accept(List.of(window("boot", 3)));
    assertCounts(0, 1, 1);
    assertThat(out).extracting(w -> w.window().sequence()).doesNotContain(3L).hasSize(19);
  }

  @Test
  void aFlushGivesUpEachWindowThatIsWaitedFor() {
    accept(windows("boot", 0, 3));
    accept(List.of(window("boot", 5), window("boot", 8), window("boot", 9)));
    assertThat(state.waiting()).isTrue();
    step(EmbeddingOrder.flush(state));
    assertThat(state.waiting()).isFalse();
    assertCounts(0, 2, 0);
    assertIsRun(out.subList(3, 4), at(5), 5, 6);
    assertIsRun(out.subList(4, 6), at(8), 8, 10);
    assertThat(out.subList(3, 4)).allSatisfy(w -> assertFollows(w, START_MICROS, 3));
    assertThat(out.subList(4, 6)).allSatisfy(w -> assertFollows(w, at(5), 1));
  }

  @Test
  void aFlushWithNothingWaitingChangesNothing() {
    accept(windows("boot", 0, 3));
    EmbeddingOrderState before = state;
    step(EmbeddingOrder.flush(state));
    assertThat(state).isEqualTo(before);
    assertThat(out).hasSize(3);
  }

  @Test
  void aNewBootLetsGoWhatWaitsAndBeginsARun() {
    accept(windows("boot", 0, 3));
    accept(List.of(window("boot", 4)));
    accept(List.of(new Sent("again", 0, at(10)).window(), new Sent("again", 1, at(11)).window()));
    assertThat(out).extracting(w -> w.window().bootId()).endsWith("boot", "again", "again");
    assertIsRun(out.subList(3, 4), at(4), 4, 5);
    assertIsRun(out.subList(4, 6), at(10), 0, 2);
    assertThat(out.subList(4, 6)).allSatisfy(w -> assertFollows(w, at(4), 1));
  }

  @Test
  void aRunIsYoungerThanTheOneBeforeThoughTheClockWasSetBack() {
    accept(windows("boot", 0, 3));
    accept(List.of(new Sent("again", 0, START_MICROS - 3_600_000_000L).window()));
    OrderedEmbedding last = out.get(3);
    assertThat(last.runStartMicros()).isEqualTo(START_MICROS + 1);
    assertThat(last.window().startMicros()).isEqualTo(START_MICROS - 3_600_000_000L);
    assertFollows(last, START_MICROS, 3);
  }

  @Test
  void theStateIsBoundedWhateverIsLost() {
    Random random = new Random(5);
    accept(windows("boot", 0, 1));
    long mostBytes = 0;
    for (int i = 1; i < 5_000; i++) {
      if (random.nextInt(3) > 0) {
        accept(List.of(window("boot", i)));
      }
      long bytes = state.early().stream().mapToLong(w -> w.embedding().length).sum();
      mostBytes = Math.max(mostBytes, bytes);
      assertThat(state.early()).hasSizeLessThanOrEqualTo(EmbeddingOrder.MOST_EARLY);
    }
    assertThat(mostBytes).isBetween(1L, 32_768L);
    assertThat(late + duplicates).isZero();
    assertThat(out).extracting(w -> w.window().sequence()).doesNotHaveDuplicates().isSorted();
  }

  private void accept(List<EmbeddedWindow> windows) {
    for (EmbeddedWindow window : windows) {
      step(EmbeddingOrder.accept(state, window));
    }
  }

  private void step(EmbeddingOrder.Step step) {
    state = step.state();
    out.addAll(step.windows());
    duplicates += step.duplicates();
    gaps += step.gaps();
    late += step.late();
  }

  private void assertCounts(int wantedDuplicates, int wantedGaps, int wantedLate) {
    assertThat(duplicates).as("duplicates").isEqualTo(wantedDuplicates);
    assertThat(gaps).as("gaps").isEqualTo(wantedGaps);
    assertThat(late).as("late").isEqualTo(wantedLate);
  }

  /** Sequences {@code from} to before {@code to}, numbered from 0 in one run. */
  private static void assertIsRun(
      List<OrderedEmbedding> run, long runStartMicros, long from, long to) {
    assertThat(run).hasSize((int) (to - from));
    for (int i = 0; i < run.size(); i++) {
      assertThat(run.get(i).runStartMicros()).isEqualTo(runStartMicros);
      assertThat(run.get(i).index()).isEqualTo(i);
      assertThat(run.get(i).window().sequence()).isEqualTo(from + i);
    }
  }

  private static void assertFollows(OrderedEmbedding window, long precedingMicros, long windows) {
    assertThat(window.precedingRunMicros()).isEqualTo(precedingMicros);
    assertThat(window.precedingRunWindows()).isEqualTo(windows);
  }

  private static List<EmbeddedWindow> windows(String boot, int from, int to) {
    List<EmbeddedWindow> windows = new ArrayList<>();
    for (int sequence = from; sequence < to; sequence++) {
      windows.add(new Sent(boot, sequence, at(sequence)).window());
    }
    return windows;
  }

  private static EmbeddedWindow window(String boot, long sequence) {
    return new Sent(boot, sequence, at(sequence)).window();
  }

  private static long at(long sequence) {
    return START_MICROS + sequence * HOP_MICROS;
  }

  private record Sent(String boot, long sequence, long startMicros) {

    EmbeddedWindow window() {
      return new EmbeddedWindow(
          "a", boot, sequence, startMicros, new byte[BYTES], -30, null, 0, 0, "GPS", 50, 0, null);
    }
  }
}
