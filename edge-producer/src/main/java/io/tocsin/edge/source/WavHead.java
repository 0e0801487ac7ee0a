package io.tocsin.edge.source;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The head of a WAV stream of unknown length: what its samples are. */
final class WavHead {

  private static final int RIFF = 0x52494646;
  private static final int WAVE = 0x57415645;
  private static final int FORMAT = 0x666d7420;
  private static final int SAMPLES = 0x64617461;
  private static final int LONGEST_CHUNK = 1 << 16;

  private WavHead() {}

  /**
   * Reads up to the first sample.
   *
   * @throws EOFException if the stream ends before that
   */
  static PcmCapture.PcmFormat read(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    if (in.readInt() != RIFF || in.skipBytes(4) != 4 || in.readInt() != WAVE) {
      throw new IOException("the stream is no WAV");
    }
    int rateHertz = 0;
    int channels = 0;
    while (true) {
      int name = in.readInt();
      int length = Integer.reverseBytes(in.readInt());
      if (name == SAMPLES) {
        break;
      }
      if (length < 0 || length > LONGEST_CHUNK) {
        throw new IOException("the stream's WAV head has a chunk of " + length + " bytes");
      }
      byte[] chunk = in.readNBytes(length + length % 2);
      if (name == FORMAT && chunk.length >= 16) {
        channels = number(chunk, 2, 2);
        rateHertz = number(chunk, 4, 4);
        if (number(chunk, 14, 2) != Short.SIZE) {
          throw new IOException("the stream's samples have " + number(chunk, 14, 2) + " bits");
        }
      }
    }
    if (rateHertz <= 0 || channels <= 0) {
      throw new IOException(
          "the stream's WAV head says " + channels + " channels at " + rateHertz + " Hz");
    }
    return new PcmCapture.PcmFormat(rateHertz, channels);
  }

  private static int number(byte[] bytes, int at, int length) {
    int number = 0;
    for (int i = length - 1; i >= 0; i--) {
      number = number << 8 | (bytes[at + i] & 0xff);
    }
    return number;
  }
}
