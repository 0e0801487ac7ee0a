package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.metrics.groups.InternalOperatorMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingOperatorMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingTaskMetricGroup;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Windows of 100 ms every 50 ms from frames of 40 ms of two sensors. */
@SuppressWarnings("try") // A harness's close() may throw anything.
class WindowCuttingFunctionTest {

  private static final int RATE_HERTZ = 1_000;
  private static final int WINDOW_SAMPLES = 100;
  private static final int HOP_SAMPLES = 50;
  private static final int FRAME_SAMPLES = 40;
  private static final int FRAMES = 30;
  private static final long START_MICROS = 1_800_000_000_000_000L;
  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final Duration FORGET_AFTER = Duration.ofMinutes(10);
  private static final Duration STORED_WITHIN = Duration.ofMinutes(5);

  private InterceptingOperatorMetricGroup metrics = new InterceptingOperatorMetricGroup();

  @Test
  void framesShuffledWithinTheBoundGiveTheSameWindows() throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      try (var operator = started(null)) {
        send(operator, shuffled(frames(), new Random(seed)));
        assertIsWhole(operator.extractOutputValues());
        assertThat(count("gaps") + count("framesLate") + count("framesDuplicate")).isZero();
      }
    }
  }

  @Test
  void duplicatesAreCountedAndChangeNothing() throws Exception {
    List<FrameAudio> sent = new ArrayList<>(frames());
    sent.add(10, sent.get(4));
    sent.add(20, sent.get(19));
    sent.add(sent.get(sent.size() - 1));
    try (var operator = started(null)) {
      send(operator, sent);
      assertIsWhole(operator.extractOutputValues());
      assertThat(count("framesDuplicate")).isEqualTo(3);
    }
  }

  @Test
  void aRestoreInTheMiddleChangesNothing() throws Exception {
    List<FrameAudio> sent = shuffled(frames(), new Random(3));
    for (int at : new int[] {1, sent.size() / 2, sent.size() - 1}) {
      List<AudioWindow> windows = new ArrayList<>();
      OperatorSubtaskState kept;
      try (var before = started(null)) {
        send(before, sent.subList(0, at));
        windows.addAll(before.extractOutputValues());
        kept = before.snapshot(1, 1);
      }
      try (var after = started(kept)) {
        send(after, sent.subList(at, sent.size()));
        windows.addAll(after.extractOutputValues());
      }
      assertIsWhole(windows);
    }
  }

  @Test
  void windowsAreInTheTraceOfTheFrameThatBroughtThemOut() throws Exception {
    List<FrameAudio> sent = new ArrayList<>();
    for (FrameAudio frame : frames("a")) {
      sent.add(frame.in("trace " + frame.sequence()));
    }
    Collections.swap(sent, 7, 8);
    sent.remove(FRAMES - 3);
    try (var operator = started(null)) {
      send(operator, sent);
      assertThat(operator.extractOutputValues())
          .filteredOn(window -> window.lastSequence() < FRAMES - 3)
          .allSatisfy(
              window ->
                  assertThat(window.trace())
                      .isEqualTo(
                          // Frame 8 waits for frame 7.
                          "trace " + (window.lastSequence() == 8 ? 7 : window.lastSequence())))
          .extracting(AudioWindow::lastSequence)
          .contains(8L);
      int onArrival = operator.extractOutputValues().size();
      operator.setProcessingTime(SILENCE.toMillis());
      assertThat(
              operator.extractOutputValues().subList(onArrival, windowsOf(FRAMES * FRAME_SAMPLES)))
          .isNotEmpty()
          .allSatisfy(window -> assertThat(window.trace()).isNull());
    }
  }

  @Test
  void silenceCutsWhatWaitsAndForgetsTheSensor() throws Exception {
    List<FrameAudio> holed = frames("a");
    holed.remove(FRAMES - 2);
    try (var operator = started(null)) {
      send(operator, holed);
      int before = operator.extractOutputValues().size();
      assertThat(operator.numKeyedStateEntries()).isPositive();
      operator.setProcessingTime(SILENCE.toMillis() - 1);
      assertThat(operator.extractOutputValues()).hasSize(before);
      operator.setProcessingTime(SILENCE.toMillis());
      // The lost frame is shorter than a hop: silence stands for it.
      assertThat(operator.extractOutputValues()).hasSize(windowsOf(FRAMES * FRAME_SAMPLES));
      operator.setProcessingTime(FORGET_AFTER.toMillis() - 1);
      assertThat(operator.numKeyedStateEntries()).isPositive();
      operator.setProcessingTime(FORGET_AFTER.toMillis());
      assertThat(operator.numKeyedStateEntries()).isZero();
      assertThat(operator.numProcessingTimeTimers()).isZero();
    }
  }

  @Test
  void aSensorThatSpeaksIsNotForgotten() throws Exception {
    List<FrameAudio> frames = frames("a");
    try (var operator = started(null)) {
      send(operator, frames.subList(0, 10));
      operator.setProcessingTime(FORGET_AFTER.toMillis() - 1);
      send(operator, frames.subList(10, 20));
      operator.setProcessingTime(2 * FORGET_AFTER.toMillis() - 2);
      send(operator, frames.subList(20, FRAMES));
      assertThat(operator.extractOutputValues()).hasSize(windowsOf(FRAMES * FRAME_SAMPLES));
      assertThat(operator.numProcessingTimeTimers()).isEqualTo(1);
    }
  }

  @Test
  void framesStoredInAnOutageAreCutInALaneOfTheirOwn() throws Exception {
    List<FrameAudio> sent = withAnOutage();
    for (int at : new int[] {sent.size(), 1, 8, 20, 25}) {
      List<AudioWindow> windows = new ArrayList<>();
      OperatorSubtaskState kept;
      try (var before = started(null)) {
        send(before, sent.subList(0, at));
        windows.addAll(before.extractOutputValues());
        kept = before.snapshot(1, 1);
      }
      try (var after = started(kept)) {
        send(after, sent.subList(at, sent.size()));
        windows.addAll(after.extractOutputValues());
      }
      assertThat(windows).extracting(AudioWindow::startMicros).doesNotHaveDuplicates();
      assertThat(windows).hasSize(windowsOf(FRAMES * FRAME_SAMPLES));
      for (AudioWindow window : windows) {
        int from = (int) ((window.startMicros() - START_MICROS) / 1_000);
        assertThat(from % HOP_SAMPLES).isZero();
        assertThat(window.samples())
            .isEqualTo(Arrays.copyOfRange(audio("a"), from, from + WINDOW_SAMPLES));
        assertThat(window.storedMillis()).isEqualTo(window.lane() == Lane.STORED ? 7_000 : 0);
      }
      assertThat(windows).filteredOn(w -> w.lane() == Lane.STORED).hasSizeBetween(8, 13);
    }
  }

  @Test
  void whenTheHoleIsClosedNoAudioOfItIsKept() throws Exception {
    List<FrameAudio> sent = withAnOutage();
    try (var operator = started(null)) {
      send(operator, sent.subList(0, 5));
      int plain = operator.numKeyedStateEntries();
      send(operator, sent.subList(5, sent.size() - 1));
      assertThat(operator.numKeyedStateEntries()).isEqualTo(plain + 2);
      send(operator, sent.subList(sent.size() - 1, sent.size()));
      // The names of its windows stay.
      assertThat(operator.numKeyedStateEntries()).isEqualTo(plain + 1);
      assertThat(count("framesStored")).isEqualTo(11);
      assertThat(count("seamsGivenUp") + count("framesLate") + count("framesDuplicate")).isZero();
      operator.setProcessingTime(FORGET_AFTER.toMillis());
      assertThat(operator.numKeyedStateEntries()).isZero();
      assertThat(operator.numProcessingTimeTimers()).isZero();
    }
  }

  @Test
  void framesThatNeverComeAreAwaitedNoLongerThanTheirTime() throws Exception {
    List<FrameAudio> sent = withAnOutage();
    int stored = sent.size() - 11;
    try (var operator = started(null)) {
      send(operator, sent.subList(0, stored));
      int open = operator.numKeyedStateEntries();
      operator.setProcessingTime(STORED_WITHIN.toMillis() - 1);
      send(operator, sent.subList(stored, stored + 1));
      operator.setProcessingTime(2 * STORED_WITHIN.toMillis() - 2);
      assertThat(operator.numKeyedStateEntries()).isEqualTo(open);
      operator.setProcessingTime(2 * STORED_WITHIN.toMillis() - 1);
      assertThat(operator.numKeyedStateEntries()).isEqualTo(open - 1);
      // What comes after all, samples 360 to 639, is cut on the grid that it lies in.
      int before = operator.extractOutputValues().size();
      send(operator, sent.subList(stored + 4, sent.size()));
      assertThat(operator.extractOutputValues().size() - before).isEqualTo(windowsOf(640 - 400));
    }
  }

  @Test
  void disorderLeavesASensorWithOneTimer() throws Exception {
    List<FrameAudio> frames = frames("a");
    try (var operator = started(null)) {
      for (int i = 0; i + 1 < FRAMES; i += 2) {
        operator.setProcessingTime(i * SILENCE.toMillis());
        send(operator, List.of(frames.get(i)));
        if (i + 2 < FRAMES) {
          send(operator, List.of(frames.get(i + 2), frames.get(i + 1)));
        }
        assertThat(operator.numProcessingTimeTimers()).isEqualTo(1);
      }
    }
  }

  /** Frames 5 to 15 of sensor a come last, from its store. */
  private static List<FrameAudio> withAnOutage() {
    List<FrameAudio> frames = new ArrayList<>();
    List<FrameAudio> stored = new ArrayList<>();
    for (FrameAudio frame : frames("a")) {
      FrameAudio counted = frame.inRun(frame.sequence() * FRAME_SAMPLES);
      if (frame.sequence() >= 5 && frame.sequence() <= 15) {
        stored.add(counted.stored(7_000));
      } else {
        frames.add(counted);
      }
    }
    frames.addAll(stored);
    return frames;
  }

  private KeyedOneInputStreamOperatorTestHarness<String, FrameAudio, AudioWindow> started(
      @Nullable OperatorSubtaskState kept) throws Exception {
    metrics = new InterceptingOperatorMetricGroup();
    InterceptingOperatorMetricGroup counted = metrics;
    var operator =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(
                new WindowCuttingFunction(
                    RATE_HERTZ,
                    WINDOW_SAMPLES,
                    HOP_SAMPLES,
                    Duration.ofSeconds(1),
                    SILENCE,
                    FORGET_AFTER,
                    STORED_WITHIN)),
            FrameAudio::sensorId,
            Types.STRING,
            new MockEnvironmentBuilder()
                .setMetricGroup(
                    new InterceptingTaskMetricGroup() {
                      @Override
                      public InternalOperatorMetricGroup getOrAddOperator(
                          OperatorID id, String name, Map<String, String> more) {
                        return counted;
                      }
                    })
                .build());
    if (kept != null) {
      operator.initializeState(kept);
    }
    operator.open();
    return operator;
  }

  private long count(String counter) {
    return ((Counter) metrics.get(counter)).getCount();
  }

  private static void send(
      KeyedOneInputStreamOperatorTestHarness<String, FrameAudio, AudioWindow> operator,
      List<FrameAudio> frames)
      throws Exception {
    for (FrameAudio frame : frames) {
      operator.processElement(frame, 0);
    }
  }

  /** Every window of both sensors, once and in order, with the samples of its place. */
  private static void assertIsWhole(List<AudioWindow> windows) {
    for (String sensor : List.of("a", "b")) {
      List<AudioWindow> own = windows.stream().filter(w -> w.sensorId().equals(sensor)).toList();
      assertThat(own).hasSize(windowsOf(FRAMES * FRAME_SAMPLES));
      for (int i = 0; i < own.size(); i++) {
        assertThat(own.get(i).index()).isEqualTo(i);
        assertThat(own.get(i).startMicros()).isEqualTo(START_MICROS + i * HOP_SAMPLES * 1_000L);
        assertThat(own.get(i).samples())
            .isEqualTo(
                Arrays.copyOfRange(
                    audio(sensor), i * HOP_SAMPLES, i * HOP_SAMPLES + WINDOW_SAMPLES));
      }
    }
  }

  private static int windowsOf(int samples) {
    return (samples - WINDOW_SAMPLES) / HOP_SAMPLES + 1;
  }

  /** Blocks of eight frames, each sensor's first in front: it begins the run. */
  private static List<FrameAudio> shuffled(List<FrameAudio> frames, Random random) {
    List<FrameAudio> sent = new ArrayList<>(frames);
    for (int from = 2; from < sent.size(); from += 8) {
      Collections.shuffle(sent.subList(from, Math.min(from + 8, sent.size())), random);
    }
    return sent;
  }

  /** The frames of both sensors in turns. */
  private static List<FrameAudio> frames() {
    List<FrameAudio> frames = new ArrayList<>();
    List<FrameAudio> a = frames("a");
    List<FrameAudio> b = frames("b");
    for (int i = 0; i < FRAMES; i++) {
      frames.add(a.get(i));
      frames.add(b.get(i));
    }
    return frames;
  }

  private static List<FrameAudio> frames(String sensor) {
    List<FrameAudio> frames = new ArrayList<>();
    for (int i = 0; i < FRAMES; i++) {
      frames.add(
          FrameAudio.of(
              sensor,
              "boot",
              i,
              START_MICROS + i * FRAME_SAMPLES * 1_000L,
              "GPS",
              50,
              RATE_HERTZ,
              Arrays.copyOfRange(audio(sensor), i * FRAME_SAMPLES, (i + 1) * FRAME_SAMPLES)));
    }
    return frames;
  }

  private static short[] audio(String sensor) {
    Random random = new Random(sensor.hashCode());
    short[] noise = new short[FRAMES * FRAME_SAMPLES];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (short) (random.nextGaussian() * 500);
    }
    return noise;
  }
}
