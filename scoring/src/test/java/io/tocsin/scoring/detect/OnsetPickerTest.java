package io.tocsin.scoring.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.audio.Pcm16;
import io.tocsin.scoring.window.AudioWindow;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnsetPickerTest {

  private static final int RATE = 16_000;
  private static final int WINDOW = 15_600;
  private static final long START_MICROS = 1_800_000_000_000_000L;
  private static final int SEEDS = 200;

  private final OnsetPicker picker = new OnsetPicker(RATE);

  /**
   * An attack of 0 is a shot or breaking glass, one of 20 ms or more a voice. A slow attack is
   * picked late, where it leaves the noise; then sigma must say so.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 20, 0.2, 0.5, 0.95",
    "0, 10, 0.5, 1.5, 0.95",
    "0, 3, 1.0, 5.0, 0.95",
    "20, 20, 6, 9, 0.9",
    "20, 10, 12, 18, 0.9",
    "50, 30, 6, 9, 0.9",
    "50, 20, 14, 20, 0.9",
    "50, 10, 30, 40, 0.8",
    "50, 6, 35, 50, 0.5",
  })
  void anOnsetInNoiseIsPickedWithinMilliseconds(
      int attackMillis,
      double snrDecibels,
      double medianMillis,
      double p95Millis,
      double leastWithin) {
    double[] errors = new double[SEEDS];
    int within = 0;
    double sigma = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      int at = RATE / 5 + random.nextInt(RATE / 2);
      Onset onset = picker.pick(window(burst(random, at, attackMillis, snrDecibels)));
      double error = onset.atMicros() - (START_MICROS + at * 1_000_000.0 / RATE);
      errors[seed] = Math.abs(error) / 1_000;
      sigma += onset.sigmaMicros() / 1_000.0 / SEEDS;
      if (Math.abs(error) <= 2 * onset.sigmaMicros()) {
        within++;
      }
    }
    Arrays.sort(errors);
    String figures =
        "attack %d ms at %.0f dB: median %.2f ms, p95 %.2f ms, sigma %.2f ms, %d of %d within two sigma"
            .formatted(
                attackMillis,
                snrDecibels,
                errors[SEEDS / 2],
                errors[SEEDS * 95 / 100],
                sigma,
                within,
                SEEDS);
    assertThat(errors[SEEDS / 2]).as(figures).isLessThan(medianMillis);
    assertThat(errors[SEEDS * 95 / 100]).as(figures).isLessThan(p95Millis);
    assertThat(within).as(figures).isGreaterThanOrEqualTo((int) (leastWithin * SEEDS));
  }

  @Test
  void aStrongerRiseHasASmallerSigma() {
    Onset faint = picker.pick(window(burst(new Random(1), 6_000, 0, 6)));
    Onset strong = picker.pick(window(burst(new Random(1), 6_000, 0, 40)));
    assertThat(strong.strengthDecibels()).isGreaterThan(faint.strengthDecibels() + 20);
    assertThat(strong.sigmaMicros()).isLessThan(faint.sigmaMicros()).isLessThan(2_000);
  }

  @Test
  void aSlowAttackHasALargerSigmaThanASuddenOne() {
    Onset sudden = picker.pick(window(burst(new Random(1), 6_000, 0, 20)));
    Onset slow = picker.pick(window(burst(new Random(1), 6_000, 50, 20)));
    assertThat(sudden.sigmaMicros()).isLessThan(4_000);
    assertThat(slow.sigmaMicros()).isBetween(2 * sudden.sigmaMicros(), 20_000L);
  }

  @Test
  void rumbleDoesNotHideAnOnset() {
    short[] samples = burst(new Random(2), 9_000, 0, 20);
    for (int i = 0; i < samples.length; i++) {
      // 30 Hz, 30 dB above the noise: wind and traffic.
      samples[i] += (short) (3_000 * Math.sin(2 * Math.PI * 30 * i / RATE));
    }
    assertThat(picker.pick(window(samples)).atMicros())
        .isBetween(START_MICROS + 557_500, START_MICROS + 567_500);
  }

  @Test
  void theLouderOfTwoOnsetsIsPicked() {
    short[] samples = burst(new Random(3), 3_000, 0, 12);
    short[] louder = burst(new Random(4), 10_000, 0, 30);
    for (int i = 0; i < samples.length; i++) {
      samples[i] += louder[i];
    }
    assertThat(picker.pick(window(samples)).atMicros())
        .isBetween(START_MICROS + 622_000, START_MICROS + 628_000);
  }

  @Test
  void digitalSilenceHasAnOnsetWithoutStrength() {
    Onset onset = picker.pick(window(new short[WINDOW]));
    assertThat(onset.strengthDecibels()).isBetween(-0.1, 0.1);
    assertThat(onset.atMicros()).isBetween(START_MICROS, START_MICROS + 975_000);
    assertThat(onset.sigmaMicros()).isGreaterThan(20_000);
  }

  /** Noise that rises for the attack and dies away by 1/e in 100 ms, in steady noise. */
  private static short[] burst(Random random, int at, int attackMillis, double snrDecibels) {
    double noise = 60;
    double amplitude = noise * Math.pow(10, snrDecibels / 20);
    double attack = attackMillis * RATE / 1_000.0;
    short[] samples = new short[WINDOW];
    for (int i = 0; i < WINDOW; i++) {
      double value = random.nextGaussian() * noise;
      if (i >= at) {
        double rise = i - at < attack ? (i - at) / attack : 1;
        double decay = Math.exp(-Math.max(0, i - at - attack) / (0.1 * RATE));
        value += random.nextGaussian() * amplitude * rise * decay;
      }
      samples[i] = (short) Math.max(-32_768, Math.min(32_767, value));
    }
    return samples;
  }

  private static AudioWindow window(short[] samples) {
    byte[] pcm = Pcm16.encode(samples).array();
    return new AudioWindow("s", START_MICROS, 0, START_MICROS, 0, 0, pcm, "b", 0, 0, "GPS", 0);
  }
}
