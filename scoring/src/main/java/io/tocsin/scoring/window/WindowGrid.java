package io.tocsin.scoring.window;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.Pcm16;
import io.tocsin.audio.Resampling;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where the windows of a run lie, counted in the source's samples, and how they come to the
 * bundle's rate. Each window is resampled by itself, with silence before and behind: that depends
 * on its own samples alone, so how the audio was cut into frames does not show; the first and last
 * 5 ms of a window from a higher rate are damped by it.
 *
 * @param sourceRateHertz of the frames
 * @param bundleRateHertz of the windows that come out
 * @param bundleWindowSamples length of a window at the bundle's rate
 * @param bundleHopSamples from window to window at the bundle's rate, at most a window
 */
record WindowGrid(
    int sourceRateHertz, int bundleRateHertz, int bundleWindowSamples, int bundleHopSamples) {

  private boolean isBundleRate() {
    return sourceRateHertz == bundleRateHertz;
  }

  /** Samples of the source that make a window. */
  int windowSamples() {
    return isBundleRate()
        ? bundleWindowSamples
        : Math.toIntExact(
            -Math.floorDiv(-(long) bundleWindowSamples * sourceRateHertz, (long) bundleRateHertz));
  }

  /** The first sample of window {@code index}, counted from the run's first. */
  long startOf(long index) {
    return isBundleRate()
        ? index * bundleHopSamples
        : Math.floorDiv(index * bundleHopSamples * sourceRateHertz, (long) bundleRateHertz);
  }

  /** The first window that begins at {@code sample} or behind it. */
  long firstFrom(long sample) {
    long index = Math.floorDiv(sample * bundleRateHertz, (long) bundleHopSamples * sourceRateHertz);
    while (startOf(index) < sample) {
      index++;
    }
    return index;
  }

  long hopMicros() {
    return bundleHopSamples * 1_000_000L / bundleRateHertz;
  }

  /** A window of the source at the bundle's rate; both 16-bit PCM. */
  byte[] atBundleRate(byte[] pcm) {
    if (isBundleRate()) {
      return pcm;
    }
    short[] samples = Pcm16.decode(ByteBuffer.wrap(pcm));
    AudioClip clip = new AudioClip(Pcm16.toFloats(samples), sourceRateHertz);
    float[] resampled = Resampling.resample(clip, bundleRateHertz).samples();
    // Where the rates do not divide each other, a window may be a sample longer than wanted.
    return Pcm16.encode(Arrays.copyOf(Pcm16.fromFloats(resampled), bundleWindowSamples)).array();
  }
}
