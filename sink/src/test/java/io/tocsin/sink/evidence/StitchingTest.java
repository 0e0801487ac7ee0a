package io.tocsin.sink.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.sink.evidence.Clip.Gap;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StitchingTest {

  private static final int RATE = 16_000;
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.123456Z");
  private static final EvidenceSpan FIVE_SECONDS = new EvidenceSpan(NOON, NOON.plusSeconds(5));

  /** A sensor's sound from two seconds before noon on: a sample tells where it is. */
  private static short[] sound(int firstSample, int samples) {
    short[] sound = new short[samples];
    for (int i = 0; i < samples; i++) {
      sound[i] = (short) (1 + (firstSample + i) * 31 % 30_000);
    }
    return sound;
  }

  private static CapturedFrame frame(long sequence, int firstSample, int samples, int rate) {
    return new CapturedFrame(
        "boot",
        sequence,
        ChronoUnit.MICROS.between(Instant.EPOCH, NOON.minusSeconds(2))
            + firstSample * 1_000_000L / rate,
        rate,
        sound(firstSample, samples));
  }

  /** Ten seconds in frames of half a second. */
  private static List<CapturedFrame> frames() {
    List<CapturedFrame> frames = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      frames.add(frame(i, i * RATE / 2, RATE / 2, RATE));
    }
    return frames;
  }

  @Test
  void aClipHoldsExactlyTheSamplesOfItsSpan() {
    Clip clip = Stitching.stitch(frames(), FIVE_SECONDS).orElseThrow();

    assertThat(clip.samples()).isEqualTo(sound(2 * RATE, 5 * RATE));
    assertThat(clip.gaps()).isEmpty();
    assertThat(clip.captured()).isEqualTo(Duration.ofSeconds(5));
    assertThat(clip.sampleRateHertz()).isEqualTo(RATE);
  }

  @Test
  void orderAndDuplicatesOfFramesDoNotShow() {
    List<CapturedFrame> shuffled = new ArrayList<>(frames());
    shuffled.addAll(frames().subList(3, 9));
    Collections.shuffle(shuffled, new Random(7));

    assertThat(Stitching.stitch(shuffled, FIVE_SECONDS).orElseThrow().samples())
        .isEqualTo(sound(2 * RATE, 5 * RATE));
  }

  @Test
  void whatWasNotCapturedIsSilentAndStated() {
    List<CapturedFrame> frames = frames();
    // From 1 s to 2 s after noon, and all from 4 s on.
    frames.removeIf(f -> f.sequence() == 6 || f.sequence() == 7 || f.sequence() >= 12);

    Clip clip = Stitching.stitch(frames, FIVE_SECONDS).orElseThrow();

    assertThat(clip.gaps())
        .containsExactly(
            new Gap(NOON.plusSeconds(1), NOON.plusSeconds(2)),
            new Gap(NOON.plusSeconds(4), NOON.plusSeconds(5)));
    assertThat(clip.captured()).isEqualTo(Duration.ofSeconds(3));
    assertThat(Arrays.copyOfRange(clip.samples(), RATE, 2 * RATE)).containsOnly((short) 0);
    assertThat(Arrays.copyOfRange(clip.samples(), 2 * RATE, 4 * RATE))
        .isEqualTo(sound(4 * RATE, 2 * RATE));
    assertThat(clip.samples()).hasSize(5 * RATE);
  }

  @Test
  void aSensorSwitchedOnWithinTheSpanBeginsWithAGap() {
    Clip clip = Stitching.stitch(frames().subList(8, 20), FIVE_SECONDS).orElseThrow();

    assertThat(clip.gaps()).containsExactly(new Gap(NOON, NOON.plusSeconds(2)));
    assertThat(clip.samples()[2 * RATE]).isEqualTo(sound(4 * RATE, 1)[0]);
  }

  @Test
  void theStepsOfADisciplinedClockLeaveNoSeam() {
    List<CapturedFrame> wandering = new ArrayList<>();
    Random random = new Random(7);
    for (CapturedFrame f : frames()) {
      long step = random.nextInt(4_000) - 2_000;
      wandering.add(
          new CapturedFrame(
              f.bootId(), f.sequence(), f.capturedAtMicros() + step, RATE, f.samples()));
    }

    Clip clip = Stitching.stitch(wandering, FIVE_SECONDS).orElseThrow();

    assertThat(clip.gaps()).isEmpty();
    for (int i = 1; i < clip.samples().length; i++) {
      int step = clip.samples()[i] - clip.samples()[i - 1];
      assertThat(step == 31 || step == 31 - 30_000).as("sample %d", i).isTrue();
    }
  }

  @Test
  void overlappingFramesOfARestartedSensorAreLaidByTheClock() {
    List<CapturedFrame> frames = new ArrayList<>(frames().subList(0, 10));
    for (int i = 0; i < 20; i++) {
      CapturedFrame again = frame(i, 4 * RATE + i * RATE / 4, RATE / 2, RATE);
      frames.add(new CapturedFrame("b2", i, again.capturedAtMicros(), RATE, again.samples()));
    }

    assertThat(Stitching.stitch(frames, FIVE_SECONDS).orElseThrow().samples())
        .isEqualTo(sound(2 * RATE, 5 * RATE));
  }

  @Test
  void framesAtAnotherRateThanMostShowAsAGap() {
    List<CapturedFrame> frames = frames();
    frames.set(8, frame(8, 8 * 24_000, 24_000, 48_000));

    Clip clip = Stitching.stitch(frames, FIVE_SECONDS).orElseThrow();

    assertThat(clip.sampleRateHertz()).isEqualTo(RATE);
    assertThat(clip.gaps()).containsExactly(new Gap(NOON.plusSeconds(2), NOON.plusMillis(2500)));
  }

  @Test
  void framesBesideTheSpanGiveNoClip() {
    assertThat(
            Stitching.stitch(
                frames(), new EvidenceSpan(NOON.plusSeconds(60), NOON.plusSeconds(65))))
        .isEmpty();
    assertThat(Stitching.stitch(List.of(), FIVE_SECONDS)).isEmpty();
  }
}
