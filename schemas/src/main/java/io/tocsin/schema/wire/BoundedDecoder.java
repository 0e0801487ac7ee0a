package io.tocsin.schema.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Avro binary whose lengths are believed only as far as the record reaches. Avro's own decoder
 * allocates what a length says before it looks for the bytes, so that a record of a few bytes could
 * take the memory of the whole process.
 */
final class BoundedDecoder extends Decoder {

  private final BinaryDecoder in;
  private final int most;

  /**
   * @param recordBytes how long the record is; none of its parts can be longer
   */
  BoundedDecoder(BinaryDecoder in, int recordBytes) {
    this.in = in;
    this.most = recordBytes;
  }

  @Override
  public Utf8 readString(@Nullable Utf8 old) throws IOException {
    return new Utf8(content("string"));
  }

  @Override
  public String readString() throws IOException {
    return new String(content("string"), StandardCharsets.UTF_8);
  }

  @Override
  public void skipString() throws IOException {
    in.skipFixed(length("string", in.readLong()));
  }

  @Override
  public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
    return ByteBuffer.wrap(content("bytes"));
  }

  @Override
  public void skipBytes() throws IOException {
    in.skipFixed(length("bytes", in.readLong()));
  }

  @Override
  public long readArrayStart() throws IOException {
    return length("array", in.readArrayStart());
  }

  @Override
  public long arrayNext() throws IOException {
    return length("array", in.arrayNext());
  }

  @Override
  public long skipArray() throws IOException {
    return length("array", in.skipArray());
  }

  @Override
  public long readMapStart() throws IOException {
    return length("map", in.readMapStart());
  }

  @Override
  public long mapNext() throws IOException {
    return length("map", in.mapNext());
  }

  @Override
  public long skipMap() throws IOException {
    return length("map", in.skipMap());
  }

  private byte[] content(String what) throws IOException {
    byte[] content = new byte[length(what, in.readLong())];
    in.readFixed(content);
    return content;
  }

  private int length(String what, long claimed) throws IOException {
    if (claimed < 0 || claimed > most) {
      throw new IOException(
          "a length of %d for %s in a record of %d bytes".formatted(claimed, what, most));
    }
    return (int) claimed;
  }

  @Override
  public void readNull() throws IOException {
    in.readNull();
  }

  @Override
  public boolean readBoolean() throws IOException {
    return in.readBoolean();
  }

  @Override
  public int readInt() throws IOException {
    return in.readInt();
  }

  @Override
  public long readLong() throws IOException {
    return in.readLong();
  }

  @Override
  public float readFloat() throws IOException {
    return in.readFloat();
  }

  @Override
  public double readDouble() throws IOException {
    return in.readDouble();
  }

  @Override
  public void readFixed(byte[] bytes, int start, int length) throws IOException {
    in.readFixed(bytes, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    in.skipFixed(length);
  }

  @Override
  public int readEnum() throws IOException {
    return in.readEnum();
  }

  @Override
  public int readIndex() throws IOException {
    return in.readIndex();
  }
}
