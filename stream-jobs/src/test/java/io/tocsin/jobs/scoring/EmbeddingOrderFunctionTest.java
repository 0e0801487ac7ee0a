package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tocsin.scoring.window.EmbeddedWindow;
import io.tocsin.scoring.window.OrderedEmbedding;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Windows of two sensors. */
@SuppressWarnings("try") // A harness's close() may throw anything.
class EmbeddingOrderFunctionTest {

  private static final long START_MICROS = 1_800_000_000_000_000L;
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final Duration FORGET_AFTER = Duration.ofMinutes(10);

  @Test
  void eachSensorHasAnOrderOfItsOwn() throws Exception {
    try (var operator = started(null)) {
      send(operator, "a", 0, 2, 1);
      send(operator, "b", 5, 6, 8, 7);
      assertThat(sequences(operator, "a")).containsExactly(0L, 1L, 2L);
      assertThat(sequences(operator, "b")).containsExactly(5L, 6L, 7L, 8L);
    }
  }

  @Test
  void whatWaitsSurvivesARestore() throws Exception {
    OperatorSubtaskState kept;
    try (var before = started(null)) {
      send(before, "a", 0, 2, 3);
      assertThat(sequences(before, "a")).containsExactly(0L);
      kept = before.snapshot(1, 1);
    }
    try (var after = started(kept)) {
      send(after, "a", 3, 1);
      assertThat(sequences(after, "a")).containsExactly(1L, 2L, 3L);
      assertThat(after.extractOutputValues()).extracting(OrderedEmbedding::index).endsWith(3L);
    }
  }

  @Test
  void windowsAreInTheTraceOfTheOneThatBroughtThemOut() throws Exception {
    OperatorSubtaskState kept;
    try (var before = started(null)) {
      send(before, "a", 0, 2);
      kept = before.snapshot(1, 1);
    }
    try (var after = started(kept)) {
      send(after, "a", 1, 4);
      after.setProcessingTime(SILENCE.toMillis());
      assertThat(after.extractOutputValues())
          .extracting(o -> o.window().sequence(), o -> o.window().trace())
          .containsExactly(tuple(1L, "trace 1"), tuple(2L, "trace 1"), tuple(4L, null));
    }
  }

  @Test
  void silenceGivesUpWhatIsWaitedFor() throws Exception {
    try (var operator = started(null)) {
      send(operator, "a", 0, 2);
      operator.setProcessingTime(SILENCE.toMillis() - 1);
      assertThat(sequences(operator, "a")).containsExactly(0L);
      operator.setProcessingTime(SILENCE.toMillis());
      assertThat(sequences(operator, "a")).containsExactly(0L, 2L);
    }
  }

  @Test
  void anOutageIsNoSilence() throws Exception {
    OperatorSubtaskState kept;
    try (var before = started(null)) {
      send(before, "a", 0, 2);
      kept = before.snapshot(1, 1);
    }
    try (var after = started(kept)) {
      after.setProcessingTime(10 * FORGET_AFTER.toMillis());
      assertThat(after.extractOutputValues()).isEmpty();
      send(after, "a", 1);
      assertThat(sequences(after, "a")).containsExactly(1L, 2L);
    }
  }

  @Test
  void stateAndTimersReturnToZeroAfterSilence() throws Exception {
    try (var operator = started(null)) {
      send(operator, "a", 0, 1, 4, 3);
      operator.setProcessingTime(5_000);
      send(operator, "a", 9);
      send(operator, "b", 0, 1, 2);
      assertThat(operator.numKeyedStateEntries()).isPositive();
      assertThat(operator.numProcessingTimeTimers()).isPositive();
      operator.setProcessingTime(FORGET_AFTER.toMillis());
      assertThat(operator.numKeyedStateEntries()).as("heard 5 s later").isPositive();
      operator.setProcessingTime(FORGET_AFTER.toMillis() + 5_000);
      assertThat(operator.numKeyedStateEntries()).isZero();
      assertThat(operator.numProcessingTimeTimers()).isZero();
      assertThat(sequences(operator, "a")).containsExactly(0L, 1L, 3L, 4L, 9L);
      assertThat(sequences(operator, "b")).containsExactly(0L, 1L, 2L);
    }
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, EmbeddedWindow, OrderedEmbedding>
      started(@Nullable OperatorSubtaskState kept) throws Exception {
    var operator =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new EmbeddingOrderFunction(SILENCE, FORGET_AFTER)),
            EmbeddedWindow::sensorId,
            Types.STRING);
    if (kept != null) {
      operator.initializeState(kept);
    }
    operator.open();
    return operator;
  }

  private static void send(
      KeyedOneInputStreamOperatorTestHarness<String, EmbeddedWindow, OrderedEmbedding> operator,
      String sensor,
      long... sequences)
      throws Exception {
    for (long sequence : sequences) {
      operator.processElement(
          new EmbeddedWindow(
              sensor,
              "boot",
              sequence,
              START_MICROS + sequence * 500_000,
              new byte[8],
              -30,
              null,
              0,
              0,
              "GPS",
              50,
              0,
              "trace " + sequence),
          0);
    }
  }

  private static List<Long> sequences(
      KeyedOneInputStreamOperatorTestHarness<String, EmbeddedWindow, OrderedEmbedding> operator,
      String sensor) {
    return operator.extractOutputValues().stream()
        .filter(o -> o.window().sensorId().equals(sensor))
        .map(o -> o.window().sequence())
        .toList();
  }
}
