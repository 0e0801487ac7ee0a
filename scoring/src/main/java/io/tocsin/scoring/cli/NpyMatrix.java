package io.tocsin.scoring.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes a matrix of floats as NumPy's .npy, version 1.0 (numpy.lib.format), row by row: float32,
 * little-endian, in C order. The file is in place, whole, once {@link #finish} has returned.
 */
final class NpyMatrix implements AutoCloseable {

  private static final int HEADER_BYTES = 128;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  private final Path target;
  private final Path building;
  private final OutputStream out;
  private int rows;
  private int columns;

  NpyMatrix(Path target) throws IOException {
    this.target = target;
    this.building =
        target.resolveSibling(target.getFileName() + "." + ProcessHandle.current().pid());
    this.out = new BufferedOutputStream(Files.newOutputStream(building));
    out.write(new byte[HEADER_BYTES]);
  }

  /** Appends a row, as long as the others; says which it is, from 0. */
  int add(float[] row) throws IOException {
    if (rows > 0 && row.length != columns) {
      throw new IOException(
          target + " has rows of " + columns + " numbers; one of " + row.length + " does not fit");
    }
    columns = row.length;
    ByteBuffer bytes = ByteBuffer.allocate(row.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(row);
    out.write(bytes.array());
    return rows++;
  }

  /** Puts the file in place. */
  void finish() throws IOException {
    out.close();
    try (RandomAccessFile file = new RandomAccessFile(building.toFile(), "rw")) {
      file.write(header());
    }
    Files.move(building, target, StandardCopyOption.REPLACE_EXISTING);
  }

  private byte[] header() {
    String shape =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + columns + "), }";
    int length = HEADER_BYTES - MAGIC.length - Short.BYTES;
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) length)
        .put((shape + " ".repeat(length - 1 - shape.length()) + "\n").getBytes(US_ASCII))
        .array();
  }

  /** Leaves nothing behind of a file that was not finished. */
  @Override
  public void close() throws IOException {
    out.close();
    Files.deleteIfExists(building);
  }
}
