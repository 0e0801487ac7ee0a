package io.tocsin.scoring.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.scoring.bundle.TinyBundle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Windows of 100 samples every 50, at 1 kHz. */
class StoredCutterTest {

  private static final short[] AUDIO = TwoLanes.audio(4_000);

  private final TwoLanes lanes = new TwoLanes();

  @Test
  void windowsAcrossBothEdgesOfAHoleComeWithTheStoredFrames() {
    List<FrameAudio> sent = new ArrayList<>(frames(130, 0, 5));
    sent.addAll(frames(130, 10, 20));
    frames(130, 5, 10).forEach(f -> sent.add(f.stored(9_000)));
    TwoLanes.Heard heard = lanes.hear(sent);
    assertThat(starts(heard.windows(), Lane.LIVE))
        .containsExactlyElementsOf(starts(0, 550, 1_300, 2_500));
    // Samples 650 to 1299 were stored.
    assertThat(starts(heard.windows(), Lane.STORED))
        .containsExactlyElementsOf(starts(600, 1_250, 0, 0));
    assertThat(heard.windows())
        .filteredOn(w -> w.lane() == Lane.STORED)
        .allSatisfy(w -> assertThat(w.samples()).isEqualTo(samplesAt(w)))
        .extracting(AudioWindow::index)
        .containsExactlyElementsOf(LongStream.range(0, 14).boxed().toList());
  }

  @Test
  void aHoleShorterThanAHopIsSilenceAtFirstAndComesWithItsSamplesLater() {
    List<FrameAudio> sent = new ArrayList<>(frames(40, 0, 5));
    sent.addAll(frames(40, 6, 40));
    sent.add(frames(40, 5, 6).get(0).stored(2_000));
    TwoLanes.Heard heard = lanes.hear(sent);
    assertThat(starts(heard.windows(), Lane.LIVE))
        .containsExactlyElementsOf(starts(0, 1_500, 0, 0));
    // Two windows hold some of the samples 200 to 239.
    assertThat(heard.windows())
        .filteredOn(w -> w.lane() == Lane.STORED)
        .hasSize(2)
        .allSatisfy(w -> assertThat(w.samples()).isEqualTo(samplesAt(w)))
        .extracting(w -> (w.startMicros() - TwoLanes.START_MICROS) / 1_000)
        .containsExactly(150L, 200L);
  }

  @Test
  void framesThatAreNotCountedAreCutFromWhereTheyBegin() {
    List<FrameAudio> plain =
        frames(130, 0, 20).stream().map(f -> f.inRun(FrameAudio.NOT_COUNTED)).toList();
    List<FrameAudio> sent = new ArrayList<>(plain.subList(0, 5));
    sent.addAll(plain.subList(10, 20));
    plain.subList(5, 10).forEach(f -> sent.add(f.stored(9_000)));
    TwoLanes.Heard heard = lanes.hear(sent);
    assertThat(heard.late()).isZero();
    assertThat(starts(heard.windows(), Lane.STORED))
        .containsExactlyElementsOf(starts(650, 1_200, 0, 0));
  }

  @Test
  void aLiveFrameThatComesTooLateIsCutAsAStoredOne() {
    List<FrameAudio> sent = new ArrayList<>(frames(130, 0, 5));
    sent.addAll(frames(130, 6, 20));
    sent.addAll(frames(130, 5, 6));
    TwoLanes.Heard heard = lanes.hear(sent);
    assertThat(heard.late()).isZero();
    assertThat(heard.windows())
        .hasSize((int) WindowCutter.windowsOf(20 * 130, TinyBundle.WINDOW, TinyBundle.HOP));
  }

  @Test
  void aFrameThatComesAgainInEitherLaneIsADuplicate() {
    List<FrameAudio> sent = new ArrayList<>(frames(130, 0, 5));
    sent.addAll(frames(130, 10, 20));
    frames(130, 5, 8).forEach(f -> sent.add(f.stored(9_000)));
    int before = lanes.hear(sent).windows().size();
    for (int again : new int[] {2, 6, 15}) {
      sent.add(frames(130, again, again + 1).get(0).stored(9_500));
    }
    TwoLanes.Heard heard = lanes.hear(sent);
    assertThat(heard.windows()).hasSize(before);
    assertThat(heard.duplicates()).isEqualTo(3);
  }

  private static List<Long> starts(List<AudioWindow> windows, Lane lane) {
    return windows.stream()
        .filter(w -> w.lane() == lane)
        .map(w -> (w.startMicros() - TwoLanes.START_MICROS) / 1_000)
        .toList();
  }

  /** Every hop from one sample to another, and from a third to a fourth if that is not 0. */
  private static List<Long> starts(int from, int to, int from2, int to2) {
    return IntStream.concat(
            IntStream.rangeClosed(from / TinyBundle.HOP, to / TinyBundle.HOP),
            to2 == 0
                ? IntStream.empty()
                : IntStream.rangeClosed(from2 / TinyBundle.HOP, to2 / TinyBundle.HOP))
        .mapToObj(hop -> (long) hop * TinyBundle.HOP)
        .toList();
  }

  private static short[] samplesAt(AudioWindow window) {
    int from = (int) ((window.startMicros() - TwoLanes.START_MICROS) / 1_000);
    return Arrays.copyOfRange(AUDIO, from, from + TinyBundle.WINDOW);
  }

  private static List<FrameAudio> frames(int length, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i ->
                FrameAudio.of(
                        "sensor",
                        "boot",
                        i,
                        TwoLanes.START_MICROS + i * length * 1_000L,
                        "GPS",
                        50,
                        TinyBundle.RATE,
                        Arrays.copyOfRange(AUDIO, i * length, (i + 1) * length))
                    .inRun((long) i * length))
        .toList();
  }
}
