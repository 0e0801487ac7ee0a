package io.tocsin.scoring.inference;

import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Embeddings as they travel: IEEE 754 binary16, little-endian, two bytes a number. */
public final class Float16 {

  private static final int BYTES = 2;

  private Float16() {}

  /** Rounded to nearest, ties to even; beyond 65,504 to infinity. */
  public static byte[] encode(float[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(numbers.length * BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float number : numbers) {
      bytes.putShort(Fp16Conversions.floatToFp16(number));
    }
    return bytes.array();
  }

  /**
   * Exact: every binary16 number is a float.
   *
   * @throws IllegalArgumentException if the bytes are not pairs
   */
  public static float[] decode(ByteBuffer bytes) {
    if (bytes.remaining() % BYTES != 0) {
      throw new IllegalArgumentException(
          "a float16 vector has " + bytes.remaining() + " bytes; two for each number are wanted");
    }
    ByteBuffer pairs = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    float[] numbers = new float[bytes.remaining() / BYTES];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Fp16Conversions.fp16ToFloat(pairs.getShort());
    }
    return numbers;
  }
}
