package io.tocsin.scoring.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowCutterTest {

  private static final int RATE = 16_000;
  private static final int WINDOW = 15_600;
  private static final int HOP = 7_800;
  private static final long START_MICROS = 1_800_000_000_000_007L;
  private static final short[] AUDIO = noise(6 * RATE);

  private final WindowCutter cutter = new WindowCutter(RATE, WINDOW, HOP, Duration.ofMillis(2_500));

  /** What came out of all frames, and what is kept behind them. */
  private record Cut(List<AudioWindow> windows, int duplicates, int gaps, int late) {}

  @Test
  void framesCutAnyWayGiveTheSameWindows() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<FrameAudio> frames = anyCut(random);
      int repeats = random.nextInt(4);
      List<FrameAudio> sent = reordered(frames, random);
      for (int i = 0; i < repeats; i++) {
        FrameAudio again = sent.get(random.nextInt(sent.size()));
        sent.add(
            sent.indexOf(again) + 1 + random.nextInt(sent.size() - sent.indexOf(again)), again);
      }
      Cut cut = cut(sent);
      assertIsWhole(cut.windows(), "seed " + seed);
      assertThat(cut.duplicates()).as("seed %d", seed).isEqualTo(repeats);
      assertThat(cut.gaps() + cut.late()).as("seed %d", seed).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "15599, 0", "15600, 1", "23399, 1", "23400, 2", "96000, 11"})
  void aRunGivesAWindowForEveryHopThatFits(int samples, int windows) {
    assertThat(WindowCutter.windowsOf(samples, WINDOW, HOP)).isEqualTo(windows);
    assertThat(cut(List.of(frame(0, 0, samples))).windows()).hasSize(windows);
  }

  @Test
  void aWindowNamesTheFramesThatItLiesIn() {
    List<AudioWindow> windows = cut(evenFrames(0, 4_000, 24)).windows();
    // Window k holds samples 7800k to 7800k + 15599, a frame 4000.
    assertThat(windows.get(0).firstSequence()).isEqualTo(0);
    assertThat(windows.get(0).lastSequence()).isEqualTo(3);
    assertThat(windows.get(1).firstSequence()).isEqualTo(1);
    assertThat(windows.get(1).lastSequence()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6})
  void aLostFrameShorterThanAHopIsSilence(int lost) {
    List<FrameAudio> frames = evenFrames(0, 4_801, 19);
    frames.remove(lost);
    Cut cut = cut(frames);
    short[] holed = AUDIO.clone();
    Arrays.fill(holed, lost * 4_801, (lost + 1) * 4_801, (short) 0);
    assertThat(cut.windows()).hasSize((int) WindowCutter.windowsOf(19 * 4_801, WINDOW, HOP));
    for (AudioWindow window : cut.windows()) {
      assertThat(window.samples()).isEqualTo(samplesAt(holed, (int) window.index() * HOP));
      assertThat(window.startMicros()).isEqualTo(micros((int) window.index() * HOP));
      assertThat(window.runStartMicros()).isEqualTo(START_MICROS);
    }
    assertThat(cut.gaps()).isZero();
  }

  @Test
  void aFrameWhosePlaceWasGivenUpIsLate() {
    WindowCutter impatient = new WindowCutter(RATE, WINDOW, HOP, Duration.ZERO);
    List<FrameAudio> frames = evenFrames(0, 1_600, 6);
    CutterState state = impatient.accept(null, frames.get(0)).state();
    state = impatient.accept(state, frames.get(2)).state();
    state = impatient.accept(state, frames.get(3)).state();
    CutResult late = impatient.accept(state, frames.get(1));
    assertThat(late.late()).isEqualTo(1);
    assertThat(late.duplicates()).isZero();
    assertThat(impatient.accept(late.state(), frames.get(2)).duplicates()).isEqualTo(1);
  }

  @Test
  void aLongerGapBeginsANewRun() {
    List<FrameAudio> frames = evenFrames(0, 8_000, 12);
    frames.remove(5);
    Cut cut = cut(frames);
    assertThat(cut.gaps()).isEqualTo(1);
    List<AudioWindow> second =
        cut.windows().stream().filter(w -> w.runStartMicros() != START_MICROS).toList();
    assertThat(cut.windows()).hasSize(4 + 5);
    assertThat(second).hasSize(5);
    for (int i = 0; i < second.size(); i++) {
      assertThat(second.get(i).index()).isEqualTo(i);
      assertThat(second.get(i).runStartMicros()).isEqualTo(micros(48_000));
      assertThat(second.get(i).startMicros()).isEqualTo(micros(48_000 + i * HOP));
      assertThat(second.get(i).samples()).isEqualTo(samplesAt(AUDIO, 48_000 + i * HOP));
    }
  }

  @ParameterizedTest
  @CsvSource({"200", "-200"})
  void aDriftingClockIsFollowedWithoutLosingSamples(int partsPerMillion) {
    // Frames of 0.1 s over 60 s: 12 ms of drift, six times the tolerance.
    List<AudioWindow> windows = new ArrayList<>();
    CutterState state = null;
    short[] audio = noise(60 * RATE);
    for (int i = 0; i < 600; i++) {
      long captured = START_MICROS + i * 100_000L + i * partsPerMillion / 10;
      short[] samples = Arrays.copyOfRange(audio, i * 1_600, (i + 1) * 1_600);
      CutResult result =
          cutter.accept(state, FrameAudio.of("s", "b", i, captured, "FREE", 0, RATE, samples));
      assertThat(result.gaps()).isZero();
      state = result.state();
      windows.addAll(result.windows());
    }
    assertThat(windows).hasSize((int) WindowCutter.windowsOf(60 * RATE, WINDOW, HOP));
    for (AudioWindow window : windows) {
      int from = (int) window.index() * HOP;
      assertThat(window.samples()).isEqualTo(samplesAt(audio, from));
      long trueMicros =
          START_MICROS + Math.round(from * 62.5 * (1 + partsPerMillion / 1_000_000.0));
      // The clock is read anew beyond 2 ms; a window reaches a second behind that frame's start.
      assertThat(window.startMicros() - trueMicros).isBetween(-2_400L, 2_400L);
    }
  }

  @Test
  void silenceThatIsCountedIsKeptWholeWhateverTheClockSaysOfItsFrames() {
    int frames = 100;
    List<AudioWindow> windows = new ArrayList<>();
    CutterState state = null;
    for (int i = 0; i < frames; i++) {
      // Each third frame is dated 9 ms early, as where samples arrive sooner than they did.
      long captured = START_MICROS + i * 100_000L - (i % 3 == 2 ? 9_000 : 0);
      FrameAudio frame =
          FrameAudio.of("s", "b", i, captured, "FREE", 0, RATE, new short[1_600]).inRun(i * 1_600L);
      CutResult result = cutter.accept(state, frame);
      assertThat(result.gaps()).isZero();
      state = result.state();
      windows.addAll(result.windows());
    }
    assertThat(windows).hasSize((int) WindowCutter.windowsOf(frames * 1_600L, WINDOW, HOP));
  }

  @Test
  void aClockThatStepsBackBeginsANewRun() {
    List<FrameAudio> frames = evenFrames(0, 8_000, 6);
    for (int i = 6; i < 12; i++) {
      frames.add(moved(frame(i, i * 8_000, 8_000), -700_000));
    }
    Cut cut = cut(frames);
    assertThat(cut.gaps()).isEqualTo(1);
    assertThat(cut.windows()).hasSize(5 + 5);
    assertThat(cut.windows().get(5).samples()).isEqualTo(samplesAt(AUDIO, 48_000));
    assertThat(cut.windows().get(5).startMicros()).isEqualTo(micros(48_000) - 700_000);
  }

  @Test
  void aRestartedSensorGoesOnWithItsNewSequences() {
    List<FrameAudio> frames = evenFrames(0, 8_000, 6);
    for (int i = 0; i < 5; i++) {
      FrameAudio of = frame(i, 56_000 + i * 8_000, 8_000);
      frames.add(
          FrameAudio.of(
              "sensor", "second boot", i, of.capturedAtMicros(), "GPS", 50, RATE, of.samples()));
    }
    Cut cut = cut(frames);
    assertThat(cut.gaps()).isEqualTo(1);
    assertThat(cut.duplicates()).isZero();
    assertThat(cut.windows()).filteredOn(w -> w.bootId().equals("second boot")).hasSize(4);
  }

  @Test
  void framesThatWaitAreBounded() {
    CutterState state = cutter.accept(null, frame(0, 0, 800)).state();
    // Sequence 1 never comes; the rest is too short to outrun the disorder bound.
    for (int i = 2; i < 60; i++) {
      state = cutter.accept(state, frame(i, i * 800, 800)).state();
      assertThat(state.early()).hasSizeLessThanOrEqualTo(WindowCutter.MOST_EARLY_FRAMES);
    }
    assertThat(state.nextSequence()).isEqualTo(60);
  }

  @Test
  void whatWaitsIsAtMostASecond() {
    CutterState state = cutter.accept(null, frame(0, 0, 8_000)).state();
    state = cutter.accept(state, frame(2, 12_000, 16_000)).state();
    assertThat(state.waiting()).isTrue();
    CutResult beyond = cutter.accept(state, frame(3, 28_000, 1_600));
    assertThat(beyond.state().waiting()).isFalse();
    CutResult tooLate = cutter.accept(beyond.state(), frame(1, 8_000, 4_000));
    assertThat(tooLate.windows()).isEmpty();
    assertThat(tooLate.state().endSample()).isEqualTo(29_600);
  }

  @Test
  void aLongFrameGoesStraightThrough() {
    CutResult long1 = cutter.accept(null, frame(0, 0, 48_000));
    CutResult long2 = cutter.accept(long1.state(), frame(1, 48_000, 48_000));
    assertThat(long1.windows().size() + long2.windows().size()).isEqualTo(11);
    assertThat(long2.state().tail()).hasSizeLessThan(2 * WINDOW);
    CutResult early = cutter.accept(long1.state(), frame(2, 48_000, 48_000));
    assertThat(early.windows()).hasSize(6);
    assertThat(early.state().waiting()).isFalse();
  }

  @Test
  void manyTinyFramesLeaveTheStateBounded() {
    CutterState state = null;
    for (int i = 0; i < 3_000; i++) {
      state = cutter.accept(state, frame(i, i * 5, 5)).state();
    }
    assertThat(state.spanSequences()).hasSizeLessThanOrEqualTo(WindowCutter.MOST_SPANS);
    assertThat(state.spanSequences()[0]).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {8_000, 44_100, 48_000})
  void anotherRateBeginsARunOfItsOwn(int rateHertz) {
    Cut first = cut(evenFrames(0, 8_000, 4));
    List<FrameAudio> frames = evenFrames(0, 8_000, 4);
    for (int i = 4; i < 8; i++) {
      frames.add(tone(i, (i - 4) * rateHertz / 2, rateHertz));
    }
    Cut cut = cut(frames);
    assertThat(cut.gaps()).isEqualTo(1);
    List<AudioWindow> after = cut.windows().subList(first.windows().size(), cut.windows().size());
    assertThat(after).hasSize((int) WindowCutter.windowsOf(2 * RATE, WINDOW, HOP));
    for (AudioWindow window : after) {
      assertThat(window.precedingRunMicros()).isEqualTo(START_MICROS);
      assertThat(window.precedingRunWindows()).isEqualTo(first.windows().size());
      assertThat(window.startMicros() - micros(32_000) - window.index() * 487_500L)
          .isBetween(-30L, 0L);
      // The edges are damped; between them the tone is where its clock says.
      double from = (window.startMicros() - micros(32_000)) / 1e6;
      for (int i = RATE / 50; i < WINDOW - RATE / 50; i++) {
        double wanted = 8_000 * Math.sin(2 * Math.PI * 440 * (from + (double) i / RATE));
        assertThat((double) window.samples()[i]).isCloseTo(wanted, within(60.0));
      }
    }
  }

  @Test
  void aWindowOfAnotherRateDoesNotDependOnTheCutting() {
    List<FrameAudio> halves = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      halves.add(tone(i, i * 24_000, 48_000));
    }
    FrameAudio whole = tone(0, 0, 48_000);
    short[] samples = new short[6 * 24_000];
    for (int i = 0; i < 6; i++) {
      System.arraycopy(halves.get(i).samples(), 0, samples, i * 24_000, 24_000);
    }
    Cut once =
        cut(
            List.of(
                FrameAudio.of(
                    "sensor", "boot", 0, whole.capturedAtMicros(), "GPS", 50, 48_000, samples)));
    Cut often = cut(halves);
    assertThat(often.windows()).hasSameSizeAs(once.windows()).hasSize(5);
    for (int i = 0; i < 5; i++) {
      assertThat(often.windows().get(i).samples()).isEqualTo(once.windows().get(i).samples());
    }
  }

  /** Half a second of 440 Hz behind the first two seconds. */
  private static FrameAudio tone(long sequence, int from, int rateHertz) {
    short[] samples = new short[rateHertz / 2];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) Math.round(8_000 * Math.sin(2 * Math.PI * 440 * (from + i) / rateHertz));
    }
    long captured = micros(32_000) + from * 1_000_000L / rateHertz;
    return FrameAudio.of("sensor", "boot", sequence, captured, "GPS", 50, rateHertz, samples);
  }

  @Test
  void flushingCutsWhatWaits() {
    CutterState state = cutter.accept(null, frame(0, 0, 8_000)).state();
    CutResult held = cutter.accept(state, frame(2, 12_000, 8_000));
    assertThat(held.windows()).isEmpty();
    CutResult flushed = cutter.flush(held.state());
    assertThat(flushed.windows()).hasSize(1);
    assertThat(flushed.state().early()).isEmpty();
  }

  private Cut cut(List<FrameAudio> frames) {
    List<AudioWindow> windows = new ArrayList<>();
    CutterState state = null;
    int duplicates = 0;
    int gaps = 0;
    int late = 0;
    List<CutResult> results = new ArrayList<>();
    for (FrameAudio frame : frames) {
      CutResult result = cutter.accept(state, frame);
      state = result.state();
      results.add(result);
    }
    if (state != null) {
      results.add(cutter.flush(state));
    }
    for (CutResult result : results) {
      windows.addAll(result.windows());
      duplicates += result.duplicates();
      gaps += result.gaps();
      late += result.late();
    }
    return new Cut(windows, duplicates, gaps, late);
  }

  private static void assertIsWhole(List<AudioWindow> windows, String as) {
    assertThat(windows).as(as).hasSize((int) WindowCutter.windowsOf(AUDIO.length, WINDOW, HOP));
    for (int i = 0; i < windows.size(); i++) {
      AudioWindow window = windows.get(i);
      assertThat(window.index()).as(as).isEqualTo(i);
      assertThat(window.runStartMicros()).as(as).isEqualTo(START_MICROS);
      assertThat(window.startMicros()).as(as).isEqualTo(micros(i * HOP));
      assertThat(Arrays.equals(window.samples(), samplesAt(AUDIO, i * HOP)))
          .as("%s: samples of window %d", as, i)
          .isTrue();
    }
  }

  /** Frames of 0.1 to 1.5 s that cover all audio; some begin up to 0.8 s before the last's end. */
  private static List<FrameAudio> anyCut(Random random) {
    List<FrameAudio> frames = new ArrayList<>();
    int end = 0;
    while (end < AUDIO.length) {
      // Below the drift tolerance of 2 ms an overlap is taken for drift.
      int overlap =
          frames.isEmpty() || random.nextInt(4) > 0 ? 0 : 33 + random.nextInt(RATE * 8 / 10);
      int from = Math.max(0, end - overlap);
      int to = Math.min(AUDIO.length, end + RATE / 10 + random.nextInt(RATE * 14 / 10));
      frames.add(frame(frames.size(), from, to - from));
      end = to;
    }
    return frames;
  }

  /**
   * Neighbours change places where the later is at most a second, but for the first frame: only it
   * says where the sensor begins.
   */
  private static List<FrameAudio> reordered(List<FrameAudio> frames, Random random) {
    List<FrameAudio> sent = new ArrayList<>(frames);
    for (int i = 1; i + 1 < sent.size(); i++) {
      boolean mayWait = sent.get(i + 1).samples().length <= RATE;
      if (mayWait && random.nextInt(3) == 0) {
        Collections.swap(sent, i, i + 1);
        i++;
      }
    }
    return sent;
  }

  private static List<FrameAudio> evenFrames(int from, int length, int count) {
    List<FrameAudio> frames = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      frames.add(frame(i, from + i * length, length));
    }
    return frames;
  }

  private static FrameAudio frame(long sequence, int from, int length) {
    return FrameAudio.of(
        "sensor",
        "boot",
        sequence,
        micros(from),
        "GPS",
        50,
        RATE,
        Arrays.copyOfRange(AUDIO, from, from + length));
  }

  private static FrameAudio moved(FrameAudio frame, long byMicros) {
    return FrameAudio.of(
        frame.sensorId(),
        frame.bootId(),
        frame.sequence(),
        frame.capturedAtMicros() + byMicros,
        frame.clockSource(),
        frame.clockUncertaintyMicros(),
        frame.sampleRateHertz(),
        frame.samples());
  }

  private static long micros(int sample) {
    return START_MICROS + sample * 1_000_000L / RATE;
  }

  private static short[] samplesAt(short[] audio, int from) {
    return Arrays.copyOfRange(audio, from, from + WINDOW);
  }

  private static short[] noise(int samples) {
    Random random = new Random(11);
    short[] noise = new short[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (short) (random.nextGaussian() * 500);
    }
    return noise;
  }
}
