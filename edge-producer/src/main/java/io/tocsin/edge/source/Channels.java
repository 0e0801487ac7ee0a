package io.tocsin.edge.source;

import java.util.Locale;

/**
 * Which of a source's channels is heard.
 *
 * @param index from 0; negative: the mean of all
 */
public record Channels(int index) {

  /** The mean of all channels. */
  public static final Channels MIX = new Channels(-1);

  private static final float FULL_SCALE = 32_768f;

  /**
   * From {@code mix}, {@code left}, {@code right}, or a number from 1.
   *
   * @throws IllegalArgumentException saying what is allowed
   */
  public static Channels of(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "mix" -> MIX;
      case "left" -> new Channels(0);
      case "right" -> new Channels(1);
      default -> {
        if (!text.strip().matches("[1-9]\\d?")) {
          throw new IllegalArgumentException(
              "'" + text + "' is no channel; mix, left, right or a number from 1");
        }
        yield new Channels(Integer.parseInt(text.strip()) - 1);
      }
    };
  }

  /**
   * Signed 16-bit little-endian PCM as mono.
   *
   * @param length of {@code bytes} that counts; a last incomplete sample is left out
   * @throws IllegalArgumentException if there is no such channel
   */
  public float[] mono(byte[] bytes, int length, int channels) {
    if (index >= channels) {
      throw new IllegalArgumentException(
          "channel " + (index + 1) + " is wanted, but the source has " + channels);
    }
    int first = Math.max(0, index);
    int end = index < 0 ? channels : index + 1;
    float[] mono = new float[length / (channels * Short.BYTES)];
    for (int f = 0; f < mono.length; f++) {
      int sum = 0;
      for (int c = first; c < end; c++) {
        int at = (f * channels + c) * Short.BYTES;
        sum += (short) ((bytes[at] & 0xff) | bytes[at + 1] << 8);
      }
      mono[f] = sum / (FULL_SCALE * (end - first));
    }
    return mono;
  }
}
