package io.tocsin.edge.mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.audio.Levels;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlurTest {

  private static final int RATE = 16_000;

  /** Noise that is let through and shut off four times a second, as syllables are. */
  private static short[] syllables() {
    Random random = new Random(3);
    short[] samples = new short[2 * RATE];
    double last = 0;
    for (int i = 0; i < samples.length; i++) {
      boolean on = i % (RATE / 4) < RATE / 8;
      last = 0.7 * last + random.nextGaussian();
      samples[i] = (short) (last * (on ? 3_000 : 30));
    }
    return samples;
  }

  private static double level(short[] samples, int from, int to) {
    return Levels.rmsDbfs(java.util.Arrays.copyOfRange(samples, from, to));
  }

  @Test
  void theLevelOfEachHalfSecondIsKept() {
    short[] sound = syllables();
    java.util.Arrays.fill(sound, RATE, 3 * RATE / 2, (short) 0);
    short[] blurred = Blur.blurred(sound, RATE);
    assertThat(blurred).hasSameSizeAs(sound);
    for (int block : new int[] {0, 1, 3}) {
      int from = block * RATE / 2;
      assertThat(level(blurred, from, from + RATE / 2))
          .isCloseTo(level(sound, from, from + RATE / 2), within(3.0));
    }
    assertThat(level(blurred, RATE, 3 * RATE / 2)).isLessThan(-60);
  }

  @Test
  void syllablesCannotBeMadeOutAnyMore() {
    short[] sound = syllables();
    short[] blurred = Blur.blurred(sound, RATE);
    assertThat(swing(sound)).isGreaterThan(30);
    assertThat(swing(blurred)).isLessThan(3);
  }

  /** Loud eighths of a second against soft ones, dB. */
  private static double swing(short[] samples) {
    double swing = 0;
    int eighth = RATE / 8;
    for (int i = 0; i < 4; i++) {
      int at = 2 * i * eighth;
      swing += level(samples, at, at + eighth) - level(samples, at + eighth, at + 2 * eighth);
    }
    return swing / 4;
  }

  @Test
  void nothingOfTheWaveformIsLeft() {
    short[] sound = syllables();
    short[] blurred = Blur.blurred(sound, RATE);
    double product = 0;
    double soundPower = 0;
    double blurredPower = 0;
    for (int i = 0; i < sound.length; i++) {
      product += (double) sound[i] * blurred[i];
      soundPower += (double) sound[i] * sound[i];
      blurredPower += (double) blurred[i] * blurred[i];
    }
    assertThat(product / Math.sqrt(soundPower * blurredPower)).isBetween(-0.05, 0.05);
  }
}
