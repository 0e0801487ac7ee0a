package io.tocsin.edge;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Raw signed 16-bit little-endian PCM of any number of channels, read as mono floats. */
final class PcmStream {

  private final InputStream in;
  private final int channels;

  PcmStream(InputStream in, int channels) {
    this.in = in;
    this.channels = channels;
  }

  /**
   * The next samples, at most {@code most}; null at the end of the stream. A last incomplete sample
   * is dropped.
   */
  float @Nullable [] read(int most) throws IOException {
    byte[] bytes = in.readNBytes(most * channels * Short.BYTES);
    int frames = bytes.length / (channels * Short.BYTES);
    if (frames == 0) {
      return null;
    }
    float[] mono = new float[most];
    for (int f = 0; f < frames; f++) {
      int sum = 0;
      for (int c = 0; c < channels; c++) {
        int at = (f * channels + c) * Short.BYTES;
        sum += (short) ((bytes[at] & 0xff) | bytes[at + 1] << 8);
      }
      mono[f] = sum / (32_768f * channels);
    }
    return Arrays.copyOf(mono, frames);
  }
}
