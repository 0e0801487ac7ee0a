package io.tocsin.scoring.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.scoring.window.AudioWindow;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnsetPickerTest {

  private static final int RATE = 16_000;
  private static final int WINDOW = 15_600;
  private static final long START_MICROS = 1_800_000_000_000_000L;
  private static final int SEEDS = 200;

  private final OnsetPicker picker = new OnsetPicker(RATE);

  @ParameterizedTest
  @CsvSource({"20, 1.0, 3.0", "10, 3.0, 20.0"})
  void aBurstInNoiseIsPickedWithinMilliseconds(
      double snrDecibels, double medianMillis, double p95Millis, TestReporter reporter) {
    double[] errors = new double[SEEDS];
    int within = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      int at = RATE / 5 + random.nextInt(RATE / 2);
      Onset onset = picker.pick(window(burst(random, at, snrDecibels)));
      double error = onset.atMicros() - (START_MICROS + at * 1_000_000.0 / RATE);
      errors[seed] = Math.abs(error) / 1_000;
      if (Math.abs(error) <= 2 * onset.sigmaMicros()) {
        within++;
      }
    }
    Arrays.sort(errors);
    String figures =
        "at %.0f dB: median %.2f ms, p95 %.2f ms, %d of %d within two sigma"
            .formatted(snrDecibels, errors[SEEDS / 2], errors[SEEDS * 95 / 100], within, SEEDS);
    reporter.publishEntry(figures);
    assertThat(errors[SEEDS / 2]).as(figures).isLessThan(medianMillis);
    assertThat(errors[SEEDS * 95 / 100]).as(figures).isLessThan(p95Millis);
    assertThat(within).as(figures).isBetween(SEEDS * 7 / 10, SEEDS);
  }

  @Test
  void aStrongerRiseHasASmallerSigma() {
    Onset faint = picker.pick(window(burst(new Random(1), 6_000, 6)));
    Onset strong = picker.pick(window(burst(new Random(1), 6_000, 40)));
    assertThat(strong.strengthDecibels()).isGreaterThan(faint.strengthDecibels() + 20);
    assertThat(strong.sigmaMicros()).isLessThan(faint.sigmaMicros());
  }

  @Test
  void rumbleDoesNotHideAnOnset() {
    short[] samples = burst(new Random(2), 9_000, 20);
    for (int i = 0; i < samples.length; i++) {
      // 30 Hz, 30 dB above the noise: wind and traffic.
      samples[i] += (short) (3_000 * Math.sin(2 * Math.PI * 30 * i / RATE));
    }
    assertThat(picker.pick(window(samples)).atMicros())
        .isBetween(START_MICROS + 557_500, START_MICROS + 567_500);
  }

  @Test
  void theLouderOfTwoOnsetsIsPicked() {
    short[] samples = burst(new Random(3), 3_000, 12);
    short[] louder = burst(new Random(4), 10_000, 30);
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

  /** A noise burst that sets in at once and dies away by 1/e in 100 ms, in steady noise. */
  private static short[] burst(Random random, int at, double snrDecibels) {
    double noise = 60;
    double amplitude = noise * Math.pow(10, snrDecibels / 20);
    short[] samples = new short[WINDOW];
    for (int i = 0; i < WINDOW; i++) {
      double value = random.nextGaussian() * noise;
      if (i >= at) {
        value += random.nextGaussian() * amplitude * Math.exp(-(i - at) / (0.1 * RATE));
      }
      samples[i] = (short) Math.max(-32_768, Math.min(32_767, value));
    }
    return samples;
  }

  private static AudioWindow window(short[] samples) {
    return new AudioWindow("s", START_MICROS, 0, START_MICROS, samples, "b", 0, 0, "GPS", 0);
  }
}
