package io.tocsin.scoring.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.scoring.bundle.TinyBundle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.statistics.Statistics;

/**
 * However long the outages, wherever in them the sensor restarts or stops capturing, in whatever
 * order its spool is drained and whatever it sends twice: the windows are those of the same frames
 * without an outage, each once, and the detections as well, but where an outage's edge cuts a
 * sound.
 */
class OutageProperties {

  /** Of the live audio behind an outage so much comes at least before the next. */
  private static final int LIVE_FRAMES = 4;

  private static final int ACROSS_AN_EDGE = TinyBundle.WINDOW / TinyBundle.HOP;

  private final TwoLanes lanes = new TwoLanes();

  @Property(tries = 300, seed = "20261121", shrinking = ShrinkingMode.OFF)
  void anyOutageGivesTheSameWindowsEachOnce(@ForAll long seed) {
    Random random = new Random(seed);
    List<FrameAudio> captured = captured(random, random.nextBoolean());
    List<FrameAudio> sent = sent(captured, random);
    TwoLanes.Heard without = lanes.hear(captured);
    TwoLanes.Heard with = lanes.hear(sent);
    assertThat(with.late()).as("late frames").isZero();
    assertThat(named(with.windows())).doesNotHaveDuplicates();
    Set<String> missing = new TreeSet<>(named(without.windows()));
    assertThat(missing).containsAll(named(with.windows()));
    missing.removeAll(named(with.windows()));
    // A sensor that starts anew within an outage, again and again, leaves more edges than are kept.
    assertThat(missing).hasSizeLessThanOrEqualTo(with.givenUp() * ACROSS_AN_EDGE);
    Statistics.label("edges given up")
        .collect(with.givenUp() > 0)
        .coverage(c -> c.check(false).percentage(p -> p > 70));
    assertThat(with.windows()).allMatch(w -> w.lane() == Lane.LIVE || w.storedMillis() > 0);
  }

  @Property(tries = 200, seed = "20261122", shrinking = ShrinkingMode.OFF)
  void awayFromTheEdgesTheDetectionsAreTheSame(@ForAll long seed) {
    Random random = new Random(seed);
    List<FrameAudio> captured = captured(random, true);
    TwoLanes.Heard without = lanes.hear(captured);
    TwoLanes.Heard with = lanes.hear(sent(captured, random));
    Set<Long> edges = edgesOf(with.windows());
    Set<String> expected = awayFrom(edges, lanes.detections(without.windows()));
    assertThat(awayFrom(edges, lanes.detections(with.windows()))).isEqualTo(expected);
  }

  @Property(tries = 100, seed = "20261123", shrinking = ShrinkingMode.OFF)
  void moreHolesThanAreKeptCostNoMoreThanTheWindowsAcrossTheirEdges(@ForAll long seed) {
    Random random = new Random(seed);
    List<FrameAudio> captured = captured(random, false);
    List<FrameAudio> sent = new ArrayList<>();
    List<FrameAudio> stored = new ArrayList<>();
    for (int i = 0; i < captured.size(); i++) {
      (i % 7 < 3 && i > 0 ? stored : sent).add(captured.get(i));
    }
    stored.forEach(f -> sent.add(f.stored(1_000)));
    Set<String> without = new HashSet<>(named(lanes.hear(captured).windows()));
    TwoLanes.Heard with = lanes.hear(sent);
    assertThat(with.givenUp()).isPositive();
    assertThat(named(with.windows())).doesNotHaveDuplicates().isSubsetOf(without);
    assertThat(with.windows())
        .hasSizeGreaterThanOrEqualTo(without.size() - with.givenUp() * ACROSS_AN_EDGE);
  }

  static List<String> named(List<AudioWindow> windows) {
    return windows.stream()
        .map(w -> "%d %08x".formatted(w.startMicros(), Arrays.hashCode(w.pcm())))
        .toList();
  }

  /** Where the windows of one lane's run end and those of another begin. */
  static Set<Long> edgesOf(List<AudioWindow> windows) {
    List<AudioWindow> inTime = new ArrayList<>(windows);
    inTime.sort((a, b) -> Long.compare(a.startMicros(), b.startMicros()));
    Set<Long> edges = new HashSet<>();
    for (int i = 1; i < inTime.size(); i++) {
      AudioWindow a = inTime.get(i - 1);
      AudioWindow b = inTime.get(i);
      if (a.lane() != b.lane() || a.runStartMicros() != b.runStartMicros()) {
        edges.add(b.startMicros());
      }
    }
    return edges;
  }

  static Set<String> awayFrom(Set<Long> edges, Map<String, Long> detections) {
    Set<String> away = new TreeSet<>();
    detections.forEach(
        (name, onsetMicros) -> {
          if (edges.stream().noneMatch(e -> Math.abs(e - onsetMicros) < 1_500_000)) {
            away.add(name);
          }
        });
    return away;
  }

  /** Frames of equal or of any length; now and then capture pauses, or the sensor starts anew. */
  static List<FrameAudio> captured(Random random, boolean equal) {
    short[] audio = TwoLanes.audio(40 * TinyBundle.RATE);
    List<FrameAudio> frames = new ArrayList<>();
    int boot = 0;
    long sequence = 0;
    int runStart = 0;
    int usual = 100 + random.nextInt(900);
    for (int from = 0; from < audio.length; ) {
      int length = equal ? usual : 60 + random.nextInt(random.nextInt(8) == 0 ? 3_000 : 400);
      int to = Math.min(audio.length, from + length);
      frames.add(
          FrameAudio.of(
                  "sensor",
                  "boot-" + boot,
                  sequence++,
                  TwoLanes.START_MICROS + from * 1_000_000L / TinyBundle.RATE,
                  "GPS",
                  50,
                  TinyBundle.RATE,
                  Arrays.copyOfRange(audio, from, to))
              .inRun(from - runStart));
      from = to;
      if (random.nextInt(40) == 0) {
        from += 55 + random.nextInt(3_000);
        runStart = from;
        if (random.nextBoolean()) {
          boot++;
          sequence = 0;
        }
      }
    }
    return frames;
  }

  /**
   * What comes, in its order: up to three outages one after the other, each drained before the next
   * begins; stored frames go between live ones.
   */
  static List<FrameAudio> sent(List<FrameAudio> captured, Random random) {
    List<FrameAudio> sent = new ArrayList<>();
    List<FrameAudio> spool = new ArrayList<>();
    int segment = 3 + random.nextInt(20);
    boolean newestFirst = random.nextBoolean();
    int outages = 1 + random.nextInt(3);
    int live = 0;
    int left = 0;
    for (int i = 0; i < captured.size(); i++) {
      FrameAudio frame = captured.get(i);
      if (left > 0) {
        spool.add(frame);
        left--;
        live = 0;
        continue;
      }
      int room = captured.size() - i;
      if (spool.isEmpty() && live > LIVE_FRAMES && outages > 0 && random.nextInt(15) == 0) {
        outages--;
        left = Math.max(0, Math.min(1 + random.nextInt(60), room - 25));
      }
      sent.add(frame);
      live++;
      if (random.nextInt(20) == 0) {
        // An acknowledgement that did not come, and so once more from the spool.
        sent.add(captured.get(Math.max(0, i - random.nextInt(5))).stored(10));
      }
      for (int drained = random.nextInt(4); drained > 0 && !spool.isEmpty(); drained--) {
        sent.add(next(spool, segment, newestFirst));
      }
    }
    while (!spool.isEmpty()) {
      sent.add(next(spool, segment, newestFirst));
    }
    return sent;
  }

  private static FrameAudio next(List<FrameAudio> spool, int segment, boolean newestFirst) {
    int at = newestFirst ? (spool.size() - 1) / segment * segment : 0;
    return spool.remove(at).stored(5_000);
  }
}
