package io.tocsin.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;

/**
 * Rows in COPY's binary format (PostgreSQL manual, COPY, Binary Format): a header, of each row the
 * number of fields and of each field its length and bytes, big-endian, then a trailer.
 */
final class BinaryRows {

  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };
  private static final int NULL = -1;
  private static final short TRAILER = -1;
  private static final byte JSONB_VERSION = 1;

  /** PostgreSQL counts microseconds from 2000-01-01 UTC. */
  private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;

  /** Extended well-known binary (PostGIS): a point that names its reference system. */
  private static final int EWKB_POINT_WITH_SRID = 0x2000_0001;

  private static final int WGS_84 = 4326;
  private static final int EWKB_POINT_BYTES = 1 + Integer.BYTES + Integer.BYTES + 2 * Double.BYTES;

  private ByteBuffer bytes;

  /**
   * @param expectedBytes more are taken when needed
   */
  BinaryRows(int expectedBytes) {
    bytes = ByteBuffer.allocate(expectedBytes + 64);
    // Flags and the length of a header extension, both none.
    bytes.put(SIGNATURE).putInt(0).putInt(0);
  }

  /** Begins a row of so many fields. */
  void row(int fields) {
    room(Short.BYTES).putShort((short) fields);
  }

  void text(@Nullable String text) {
    if (text == null) {
      none();
      return;
    }
    byte[] encoded = text.getBytes(UTF_8);
    room(Integer.BYTES + encoded.length).putInt(encoded.length).put(encoded);
  }

  void jsonb(@Nullable String json) {
    if (json == null) {
      none();
      return;
    }
    byte[] encoded = json.getBytes(UTF_8);
    room(Integer.BYTES + 1 + encoded.length)
        .putInt(1 + encoded.length)
        .put(JSONB_VERSION)
        .put(encoded);
  }

  void float8(@Nullable Double number) {
    if (number == null) {
      none();
      return;
    }
    room(Integer.BYTES + Double.BYTES).putInt(Double.BYTES).putDouble(number);
  }

  void float4(@Nullable Float number) {
    if (number == null) {
      none();
      return;
    }
    room(Integer.BYTES + Float.BYTES).putInt(Float.BYTES).putFloat(number);
  }

  void int8(long number) {
    room(Integer.BYTES + Long.BYTES).putInt(Long.BYTES).putLong(number);
  }

  /** A timestamptz. */
  void timestamp(long epochMicros) {
    int8(epochMicros - POSTGRES_EPOCH_MICROS);
  }

  /** A geography, WGS 84. */
  void point(double longitudeDegrees, double latitudeDegrees) {
    room(Integer.BYTES + EWKB_POINT_BYTES)
        .putInt(EWKB_POINT_BYTES)
        .put((byte) 0)
        .putInt(EWKB_POINT_WITH_SRID)
        .putInt(WGS_84)
        .putDouble(longitudeDegrees)
        .putDouble(latitudeDegrees);
  }

  /** Ends the rows and sends them. */
  void writeTo(CopyIn copy) throws SQLException, IOException {
    room(Short.BYTES).putShort(TRAILER);
    copy.writeToCopy(bytes.array(), 0, bytes.position());
  }

  private void none() {
    room(Integer.BYTES).putInt(NULL);
  }

  private ByteBuffer room(int more) {
    if (bytes.remaining() < more) {
      int position = bytes.position();
      bytes =
          ByteBuffer.wrap(Arrays.copyOf(bytes.array(), Math.max(2 * position, position + more)))
              .order(ByteOrder.BIG_ENDIAN)
              .position(position);
    }
    return bytes;
  }
}
