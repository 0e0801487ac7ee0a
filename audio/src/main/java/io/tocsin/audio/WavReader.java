package io.tocsin.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * RIFF/WAVE, read strictly: javax.sound silently returns what there is of a file cut short, and
 * half a cry scored as a whole one would go unnoticed.
 */
final class WavReader {

  private static final int PCM = 1;
  private static final int IEEE_FLOAT = 3;
  private static final int EXTENSIBLE = 0xFFFE;

  private record Format(int tag, int channels, int rate, int bits) {}

  private WavReader() {}

  static AudioClip read(byte[] file, String source) throws UnreadableAudioException {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < 12 || !"RIFF".equals(tag(in, 0)) || !"WAVE".equals(tag(in, 8))) {
      throw new UnreadableAudioException(source, "not a RIFF/WAVE file", null);
    }
    @Nullable Format format = null;
    int at = 12;
    while (at + 8 <= file.length) {
      String chunk = tag(in, at);
      long size = in.getInt(at + 4) & 0xffffffffL;
      int body = at + 8;
      if (chunk.equals("data")) {
        if (format == null) {
          throw new UnreadableAudioException(source, "its data comes before its format", null);
        }
        long present = (long) file.length - body;
        if (size > present) {
          throw new UnreadableAudioException(
              source,
              "truncated: its data chunk declares " + size + " bytes, the file holds " + present,
              null);
        }
        return clip(in, body, (int) size, format, source);
      }
      if (size > (long) file.length - body) {
        throw new UnreadableAudioException(
            source, "truncated within its '" + chunk + "' chunk", null);
      }
      if (chunk.equals("fmt ")) {
        format = format(in, body, (int) size, source);
      }
      at = (int) (body + size + (size & 1));
    }
    throw new UnreadableAudioException(source, "truncated: it has no data chunk", null);
  }

  private static Format format(ByteBuffer in, int at, int size, String source)
      throws UnreadableAudioException {
    if (size < 16) {
      throw new UnreadableAudioException(source, "its format chunk has " + size + " bytes", null);
    }
    int tag = in.getShort(at) & 0xffff;
    if (tag == EXTENSIBLE && size >= 26) {
      tag = in.getShort(at + 24) & 0xffff;
    }
    Format format =
        new Format(
            tag, in.getShort(at + 2) & 0xffff, in.getInt(at + 4), in.getShort(at + 14) & 0xffff);
    boolean known =
        (tag == PCM && format.bits % 8 == 0 && format.bits >= 8 && format.bits <= 32)
            || (tag == IEEE_FLOAT && (format.bits == 32 || format.bits == 64));
    if (!known) {
      throw new UnreadableAudioException(
          source,
          String.format("codec 0x%04x with %d bits is not supported", tag, format.bits),
          null);
    }
    if (format.channels == 0 || format.rate <= 0) {
      throw new UnreadableAudioException(
          source, format.channels + " channels at " + format.rate + " Hz cannot be", null);
    }
    return format;
  }

  private static AudioClip clip(ByteBuffer in, int at, int size, Format format, String source)
      throws UnreadableAudioException {
    int bytesPerSample = format.bits / 8;
    if (size % (bytesPerSample * format.channels) != 0) {
      throw new UnreadableAudioException(
          source, "its data of " + size + " bytes ends within a sample", null);
    }
    float[] mono;
    if (format.tag == PCM) {
      byte[] pcm = new byte[size];
      in.get(at, pcm);
      mono = Interleaved.toMono(pcm, bytesPerSample, format.channels, false);
    } else {
      mono = new float[size / (bytesPerSample * format.channels)];
      for (int f = 0; f < mono.length; f++) {
        double sum = 0;
        for (int c = 0; c < format.channels; c++) {
          int position = at + (f * format.channels + c) * bytesPerSample;
          sum += format.bits == 32 ? in.getFloat(position) : in.getDouble(position);
        }
        mono[f] = (float) (sum / format.channels);
      }
    }
    return new AudioClip(mono, format.rate);
  }

  private static String tag(ByteBuffer in, int at) {
    byte[] tag = new byte[4];
    in.get(at, tag);
    return new String(tag, StandardCharsets.US_ASCII);
  }
}
