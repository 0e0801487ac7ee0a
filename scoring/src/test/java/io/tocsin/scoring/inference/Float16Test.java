package io.tocsin.scoring.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Float16Test {

  private static final int PATTERNS = 1 << 16;

  @Test
  void everyPatternIsTheNumberThatItsFieldsSay() {
    for (int bits = 0; bits < PATTERNS; bits++) {
      float decoded = decoded(bits);
      if (isNumber(bits)) {
        assertThat((double) decoded).as("pattern %04x", bits).isEqualTo(byDefinition(bits));
      } else {
        assertThat(Float.isFinite(decoded)).as("pattern %04x", bits).isFalse();
      }
    }
  }

  @Test
  void everyNumberComesBackAsThePatternItWas() {
    for (int bits = 0; bits < PATTERNS; bits++) {
      if (isNumber(bits)) {
        assertThat(encoded(decoded(bits))).isEqualTo(bits);
      }
    }
  }

  @Test
  void aNumberBetweenTwoPatternsGoesToTheNearerAndATieToTheEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      double low = byDefinition(bits);
      double high = byDefinition(bits + 1);
      // Eleven bits of each and one between them: exact in a float.
      float middle = (float) ((low + high) / 2);
      assertThat(encoded(middle)).isEqualTo(bits % 2 == 0 ? bits : bits + 1);
      assertThat(encoded(Math.nextDown(middle))).isEqualTo(bits);
      assertThat(encoded(Math.nextUp(middle))).isEqualTo(bits + 1);
      assertThat(encoded(-middle)).isEqualTo(0x8000 | (bits % 2 == 0 ? bits : bits + 1));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3c00", "-2, c000", "65504, 7bff", "65519.99, 7bff", "65520, 7c00", "1e30, 7c00"})
  void wellKnownNumbersHaveTheirPatterns(float number, String pattern) {
    assertThat(encoded(number)).isEqualTo(Integer.parseInt(pattern, 16));
  }

  @Test
  void aVectorIsLittleEndianAndInOrder() {
    byte[] bytes = Float16.encode(new float[] {1, -2});
    assertThat(bytes).containsExactly(0x00, 0x3c, 0x00, 0xc0);
    assertThat(Float16.decode(ByteBuffer.wrap(bytes))).containsExactly(1, -2);
  }

  @Test
  void whatIsReadIsLeftAsItWas() {
    ByteBuffer bytes = ByteBuffer.wrap(new byte[] {9, 0, 0x3c}).position(1);
    assertThat(Float16.decode(bytes)).containsExactly(1);
    assertThat(bytes.position()).isEqualTo(1);
    assertThat(bytes.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
  }

  @Test
  void halfANumberIsRefused() {
    assertThatThrownBy(() -> Float16.decode(ByteBuffer.wrap(new byte[3])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 bytes");
  }

  @Test
  void embeddingsLoseAtMostTheirTwelfthBit() {
    Random random = new Random(4);
    float[] numbers = new float[1_000];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian()));
    }
    float[] back = Float16.decode(ByteBuffer.wrap(Float16.encode(numbers)));
    for (int i = 0; i < numbers.length; i++) {
      float step = Math.max(Math.abs(numbers[i]) * 0x1p-11f, 0x1p-25f);
      assertThat(Math.abs(back[i] - numbers[i])).isLessThanOrEqualTo(step);
    }
  }

  private static boolean isNumber(int bits) {
    return (bits & 0x7c00) != 0x7c00;
  }

  /** IEEE 754-2019, 3.4: sign, five bits of exponent with bias 15, ten of significand. */
  private static double byDefinition(int bits) {
    int exponent = bits >> 10 & 0x1f;
    int significand = bits & 0x3ff;
    double magnitude =
        exponent == 0 ? significand * 0x1p-24 : (1_024 + significand) * Math.pow(2, exponent - 25);
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  private static float decoded(int bits) {
    return Float16.decode(ByteBuffer.wrap(new byte[] {(byte) bits, (byte) (bits >> 8)}))[0];
  }

  private static int encoded(float number) {
    byte[] bytes = Float16.encode(new float[] {number});
    return (bytes[0] & 0xff) | (bytes[1] & 0xff) << 8;
  }
}
