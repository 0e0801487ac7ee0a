package io.tocsin.audio;

/**
 * A stretch of mono sound.
 *
 * @param samples from −1 to 1
 * @param sampleRateHertz samples per second
 */
public record AudioClip(float[] samples, int sampleRateHertz) {

  public AudioClip {
    if (sampleRateHertz <= 0) {
      throw new IllegalArgumentException("sampleRateHertz is " + sampleRateHertz + "; positive");
    }
  }

  /** Length in seconds. */
  public double seconds() {
    return (double) samples.length / sampleRateHertz;
  }
}
