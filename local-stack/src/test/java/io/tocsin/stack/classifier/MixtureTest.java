package io.tocsin.stack.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.audio.AudioClip;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MixtureTest {

  private static final int RATE = 1_000;
  private static final AudioClip SILENCE = new AudioClip(new float[5_000], RATE);

  private static AudioClip noise(long seed, int samples, double level) {
    Random random = new Random(seed);
    float[] noise = new float[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (float) (level * random.nextGaussian());
    }
    return new AudioClip(noise, RATE);
  }

  private static double power(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += (double) sample * sample;
    }
    return sum;
  }

  @Test
  void theSoundIsAsLoudAboveTheBackgroundAsAsked() {
    Mixture mixture = new Mixture(3_000, 1_000);
    AudioClip sound = noise(1, 1_000, 0.5);
    AudioClip bed = noise(2, 5_000, 0.2);
    double background = power(mixture.of(SILENCE, bed, 20, new Random(9)).samples());
    double mixed = power(mixture.of(sound, bed, 20, new Random(9)).samples());
    // A third of the mixture holds the sound at a hundred times the background's power.
    assertThat(mixed / background).isCloseTo(1 + 100 / 3.0, within(1.5));
    assertThat(background / 3_000).isCloseTo(1e-4, within(1e-6));
  }

  @Test
  void onlyTheLoudestStretchOfALongSoundIsTaken() {
    float[] sound = noise(3, 4_000, 0.001).samples();
    for (int i = 2_000; i < 2_400; i++) {
      sound[i] = i % 2 == 0 ? 0.9f : -0.9f;
    }
    Mixture mixture = new Mixture(2_000, 400);
    float[] mixed = mixture.of(new AudioClip(sound, RATE), SILENCE, 0, new Random(1)).samples();
    int sounding = 0;
    for (float sample : mixed) {
      sounding += Math.abs(sample) > 0.005 ? 1 : 0;
    }
    assertThat(sounding).isEqualTo(400);
  }

  @Test
  void everyMixtureHasTheSameLengthAndStaysWithinFullScale() {
    Mixture mixture = new Mixture(2_000, 1_000);
    for (int samples : new int[] {0, 1, 30, 999, 1_000, 7_000}) {
      float[] mixed =
          mixture.of(noise(4, samples, 0.3), noise(5, 300, 1), 60, new Random(samples)).samples();
      assertThat(mixed).hasSize(2_000);
      for (float sample : mixed) {
        assertThat(Math.abs(sample)).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void theSameSeedMakesTheSameMixture() {
    Mixture mixture = new Mixture(2_000, 1_000);
    AudioClip sound = noise(6, 1_000, 0.3);
    AudioClip bed = noise(7, 5_000, 0.3);
    assertThat(mixture.of(sound, bed, 5, new Random(3)).samples())
        .isEqualTo(mixture.of(sound, bed, 5, new Random(3)).samples());
  }
}
