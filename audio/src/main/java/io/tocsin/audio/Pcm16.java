package io.tocsin.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Signed 16-bit little-endian PCM, mono. */
public final class Pcm16 {

  private static final float FULL_SCALE = 32768f;

  private Pcm16() {}

  /** Floats to 16 bits, rounded; what is beyond full scale is clipped. */
  public static short[] fromFloats(float[] samples) {
    short[] shorts = new short[samples.length];
    for (int i = 0; i < samples.length; i++) {
      int rounded = Math.round(samples[i] * FULL_SCALE);
      shorts[i] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, rounded));
    }
    return shorts;
  }

  /** 16 bits to floats: exact. */
  public static float[] toFloats(short[] samples) {
    float[] floats = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      floats[i] = samples[i] / FULL_SCALE;
    }
    return floats;
  }

  /** Samples to bytes; a buffer ready to be read. */
  public static ByteBuffer encode(short[] samples) {
    ByteBuffer bytes =
        ByteBuffer.allocate(samples.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(samples);
    return bytes;
  }

  /**
   * Bytes to samples; the buffer's position does not move.
   *
   * @throws IllegalArgumentException if the number of bytes is odd
   */
  public static short[] decode(ByteBuffer bytes) {
    if (bytes.remaining() % Short.BYTES != 0) {
      throw new IllegalArgumentException(
          bytes.remaining() + " bytes are no whole number of 16-bit samples");
    }
    short[] samples = new short[bytes.remaining() / Short.BYTES];
    bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
    return samples;
  }
}
