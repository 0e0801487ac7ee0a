package io.tocsin.scoring.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.scoring.bundle.TinyBundle;
import io.tocsin.scoring.detect.DetectionTracker;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.detect.TrackerState;
import io.tocsin.scoring.detect.WindowAnnotator;
import io.tocsin.scoring.inference.WindowScores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * However audio is cut into frames of 0.1 to 10 s, repeated, overlapping and out of order by at
 * most a second of audio, the same windows and detections come out. Where audio is missing, the
 * same audio is missing from each cutting: a frame that was lost there. What may differ is only
 * which frames a window and a detection name as theirs.
 */
class AnyCuttingProperties {

  private static final int RATE = TinyBundle.RATE;
  private static final int SECONDS = 20;
  private static final long START_MICROS = 1_800_000_000_000_007L;

  /** Missing stretches in milliseconds: from, to. A hop is 50 ms. */
  private static final int[][][] GAPS = {
    {}, {{9_000, 9_030}}, {{12_003, 14_001}}, {{4_000, 4_049}, {4_300, 4_351}, {15_000, 16_500}}
  };

  private static final Map<String, Heard> PLAIN = new HashMap<>();
  private static Path folder;
  private static DetectionTracker tracker;
  private static WindowAnnotator annotator;

  private final WindowCutter cutter =
      new WindowCutter(RATE, TinyBundle.WINDOW, TinyBundle.HOP, Duration.ofSeconds(5));

  /** What is the same for every cutting. */
  private record Heard(List<String> windows, List<String> detections, int late) {}

  @BeforeContainer
  static void aBundle() throws IOException {
    folder = Files.createTempDirectory("cutting");
    tracker = new DetectionTracker(TinyBundle.in(folder));
    annotator = new WindowAnnotator(TinyBundle.in(folder));
  }

  @AfterContainer
  static void cleanUp() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Property(tries = 1_000, seed = "20261121", shrinking = ShrinkingMode.OFF)
  void anyCuttingGivesTheSameWindowsAndDetections(
      @ForAll long seed,
      @ForAll @IntRange(max = 1) int sound,
      @ForAll @IntRange(max = 3) int missing) {
    short[] audio = audio(sound);
    int[][] gaps = GAPS[missing];
    Heard plain =
        PLAIN.computeIfAbsent(sound + " " + missing, unused -> heard(frames(audio, gaps, null)));
    assertThat(plain.detections()).hasSizeGreaterThan(4);
    List<FrameAudio> sent = resent(disordered(frames(audio, gaps, new Random(seed)), seed), seed);
    Heard any = heard(sent);
    assertThat(any.late()).isZero();
    assertThat(any.windows()).isEqualTo(plain.windows());
    assertThat(any.detections()).isEqualTo(plain.detections());
  }

  private Heard heard(List<FrameAudio> frames) {
    List<AudioWindow> windows = new ArrayList<>();
    CutterState state = null;
    int late = 0;
    for (FrameAudio frame : frames) {
      CutResult cut = cutter.accept(state, frame);
      state = cut.state();
      late += cut.late();
      windows.addAll(cut.windows());
    }
    windows.addAll(cutter.flush(state).windows());
    return new Heard(
        windows.stream().map(AnyCuttingProperties::named).toList(), detections(windows), late);
  }

  private static String named(AudioWindow w) {
    return "%d %d %d %d %d %d"
        .formatted(
            w.runStartMicros(),
            w.index(),
            w.startMicros(),
            w.precedingRunMicros(),
            w.precedingRunWindows(),
            Arrays.hashCode(w.samples()));
  }

  private static List<String> detections(List<AudioWindow> windows) {
    List<SoundDetection> detections = new ArrayList<>();
    TrackerState state = null;
    for (AudioWindow window : windows) {
      var step =
          tracker.accept(
              state, annotator.annotated(window, new WindowScores(scores(window.samples()))));
      state = step.state();
      detections.addAll(step.detections());
    }
    if (state != null) {
      detections.addAll(tracker.flush(state).detections());
    }
    return detections.stream()
        .map(
            d ->
                "%s %s %s %d %d %d %s"
                    .formatted(
                        d.detectionId(),
                        d.label(),
                        d.score(),
                        d.onsetMicros(),
                        d.onsetSigmaMicros(),
                        d.endMicros(),
                        d.levelDbfs()))
        .toList();
  }

  /** Loudness for glass, its share in the window's second half for a cry. */
  private static float[] scores(short[] samples) {
    double first = 1;
    double second = 1;
    for (int i = 0; i < samples.length; i++) {
      if (i < samples.length / 2) {
        first += Math.abs(samples[i]);
      } else {
        second += Math.abs(samples[i]);
      }
    }
    float loud = (float) Math.min(1, (first + second) / samples.length / 2_000);
    return new float[] {loud, 1 - loud, (float) (second / (first + second))};
  }

  /**
   * Frames of all audio but the gaps; {@code random} cuts them, without it each is a second long.
   * Some begin before the last one's end.
   */
  private static List<FrameAudio> frames(short[] audio, int[][] gaps, Random random) {
    List<FrameAudio> frames = new ArrayList<>();
    int from = 0;
    long sequence = 0;
    for (int gap = 0; gap <= gaps.length; gap++) {
      int to = gap < gaps.length ? gaps[gap][0] : audio.length;
      int end = from;
      while (end < to) {
        int length = RATE;
        int overlap = 0;
        if (random != null) {
          length = (int) (RATE / 10 * Math.pow(100, random.nextDouble()));
          overlap = random.nextInt(4) > 0 ? 0 : 3 + random.nextInt(RATE * 8 / 10);
        }
        int start = Math.max(from, end - overlap);
        end = Math.min(to, Math.max(end, start) + length);
        frames.add(
            FrameAudio.of(
                "sensor",
                "boot",
                sequence++,
                START_MICROS + start * 1_000_000L / RATE,
                "GPS",
                50,
                RATE,
                Arrays.copyOfRange(audio, start, end)));
      }
      sequence++;
      from = gap < gaps.length ? gaps[gap][1] : audio.length;
    }
    return frames;
  }

  /** Frames come behind up to a second of later ones; the first stays, it begins the run. */
  private static List<FrameAudio> disordered(List<FrameAudio> frames, long seed) {
    Random random = new Random(seed + 1);
    List<FrameAudio> sent = new ArrayList<>(frames);
    for (int i = 1; i + 1 < sent.size(); i++) {
      if (random.nextInt(3) == 0) {
        int over = 0;
        long micros = 0;
        while (i + over + 1 < sent.size() && over < WindowCutter.MOST_EARLY_FRAMES) {
          micros += sent.get(i + over + 1).lengthMicros();
          if (micros > 1_000_000) {
            break;
          }
          over++;
        }
        int behind = over == 0 ? 0 : random.nextInt(over + 1);
        sent.add(i + behind, sent.remove(i));
        i += behind;
      }
    }
    return sent;
  }

  private static List<FrameAudio> resent(List<FrameAudio> frames, long seed) {
    Random random = new Random(seed + 2);
    List<FrameAudio> sent = new ArrayList<>(frames);
    for (int i = random.nextInt(5); i > 0; i--) {
      int which = random.nextInt(sent.size());
      sent.add(which + 1 + random.nextInt(sent.size() - which), sent.get(which));
    }
    return sent;
  }

  /** Noise of changing loudness, or bursts that die away over a hum. */
  private static short[] audio(int kind) {
    Random random = new Random(kind);
    short[] audio = new short[SECONDS * RATE];
    double loud = 0;
    for (int i = 0; i < audio.length; i++) {
      if (kind == 1 && random.nextInt(RATE * 2) == 0) {
        loud = 8_000;
      }
      loud *= 0.99;
      double steady =
          kind == 1
              ? 300 * Math.sin(i * 0.31) + random.nextGaussian() * 100
              : random.nextGaussian() * 1_500 * (1 + Math.sin(i / 400.0));
      audio[i] = (short) (steady + random.nextGaussian() * loud);
    }
    return audio;
  }
}
