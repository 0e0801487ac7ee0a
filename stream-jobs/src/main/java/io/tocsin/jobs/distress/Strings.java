package io.tocsin.jobs.distress;

import java.io.IOException;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Writes strings as Flink does, in one piece: Flink itself writes them byte by byte. */
final class Strings {

  /** Longer ones are left to Flink. */
  private static final int LONGEST = 512;

  private static final int SEVEN_BITS = 0x80;
  private static final int MOST_BYTES_A_CHARACTER = 3;

  private Strings() {}

  /** Writes what {@link StringValue#readString} reads. */
  static void write(String text, DataOutputView target) throws IOException {
    int length = text.length();
    if (length > LONGEST) {
      StringValue.writeString(text, target);
      return;
    }
    byte[] bytes = new byte[MOST_BYTES_A_CHARACTER * (length + 1)];
    int end = put(length + 1, bytes, 0);
    for (int i = 0; i < length; i++) {
      end = put(text.charAt(i), bytes, end);
    }
    target.write(bytes, 0, end);
  }

  /** Seven bits a byte, the lowest first; returns where the next goes. */
  private static int put(int number, byte[] bytes, int at) {
    int end = at;
    int rest = number;
    while (rest >= SEVEN_BITS) {
      bytes[end++] = (byte) (rest | SEVEN_BITS);
      rest >>>= 7;
    }
    bytes[end++] = (byte) rest;
    return end;
  }
}
