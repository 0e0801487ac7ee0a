package io.tocsin.audio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import net.sourceforge.javaflacencoder.EncodingConfiguration;
import net.sourceforge.javaflacencoder.FLACEncoder;
import net.sourceforge.javaflacencoder.FLACStreamOutputStream;
import net.sourceforge.javaflacencoder.StreamConfiguration;
import org.jflac.FLACDecoder;
import org.jflac.PCMProcessor;
import org.jflac.metadata.StreamInfo;
import org.jflac.util.ByteData;

/** FLAC streams of mono or multi-channel sound, 8 to 24 bits. */
public final class FlacFrames {

  /** Stream marker 4, block header 4, then 14 bytes into STREAMINFO: the low 32 of the 36 bits. */
  private static final int TOTAL_SAMPLES_OFFSET = 4 + 4 + 14;

  private FlacFrames() {}

  /** One complete FLAC stream of 16-bit mono samples; lossless. */
  public static byte[] encode(short[] samples, int sampleRateHertz) {
    FLACEncoder encoder = new FLACEncoder();
    StreamConfiguration stream = new StreamConfiguration();
    stream.setChannelCount(1);
    stream.setBitsPerSample(Short.SIZE);
    stream.setSampleRate(sampleRateHertz);
    encoder.setStreamConfiguration(stream);
    encoder.setEncodingConfiguration(new EncodingConfiguration());
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    int[] wide = new int[samples.length];
    for (int i = 0; i < samples.length; i++) {
      wide[i] = samples[i];
    }
    try {
      encoder.setOutputStream(new FLACStreamOutputStream(bytes));
      encoder.openFLACStream();
      encoder.addSamples(wide, wide.length);
      encoder.encodeSamples(wide.length, true);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return withTotalSamples(bytes.toByteArray(), samples.length);
  }

  /**
   * Writes the number of samples into STREAMINFO, which the encoder leaves open for streams;
   * without it a decoder cannot tell a stream that was cut short. It is the last 36 bits before the
   * MD5 (RFC 9639, 8.2).
   */
  private static byte[] withTotalSamples(byte[] flac, int total) {
    ByteBuffer.wrap(flac).putInt(TOTAL_SAMPLES_OFFSET, total);
    return flac;
  }

  /**
   * Decodes a frame of {@link #encode}'s kind.
   *
   * @param source what the bytes are, for the error
   * @param mostSamples where decoding ends: silence of days fits into a megabyte of FLAC
   * @throws UnreadableAudioException if it is no FLAC stream, is cut short, holds more samples, or
   *     is not 16-bit mono
   */
  public static short[] decode(ByteBuffer bytes, String source, int mostSamples)
      throws UnreadableAudioException {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    Decoded decoded =
        decode(new ByteArrayInputStream(copy), source, mostSamples * (long) Short.BYTES);
    StreamInfo info = decoded.info();
    if (info.getChannels() != 1 || info.getBitsPerSample() != Short.SIZE) {
      throw new UnreadableAudioException(
          source,
          "FLAC of "
              + info.getChannels()
              + " channels and "
              + info.getBitsPerSample()
              + " bits; a frame is mono, 16 bits",
          null);
    }
    return Pcm16.decode(ByteBuffer.wrap(decoded.bytes()));
  }

  static AudioClip readClip(InputStream in, String source) throws UnreadableAudioException {
    Decoded decoded = decode(in, source, Integer.MAX_VALUE);
    StreamInfo info = decoded.info();
    int bytesPerSample = (info.getBitsPerSample() + 7) / 8;
    return new AudioClip(
        Interleaved.toMono(
            decoded.bytes(), bytesPerSample, info.getChannels(), info.getBitsPerSample() == 8),
        info.getSampleRate());
  }

  private static Decoded decode(InputStream in, String source, long mostBytes)
      throws UnreadableAudioException {
    Decoded decoded = new Decoded(mostBytes);
    try {
      FLACDecoder decoder = new FLACDecoder(in);
      decoder.addPCMProcessor(decoded);
      decoder.decode();
    } catch (TooLongException e) {
      throw new UnreadableAudioException(
          source, "a FLAC stream of more than " + mostBytes + " bytes when decoded", e);
    } catch (IOException | RuntimeException e) {
      throw new UnreadableAudioException(source, "not a whole FLAC stream (" + e + ")", e);
    }
    if (decoded.info == null) {
      throw new UnreadableAudioException(source, "not a FLAC stream", null);
    }
    StreamInfo info = decoded.info();
    long declared = info.getTotalSamples();
    int bytesPerSample = (info.getBitsPerSample() + 7) / 8;
    long present = decoded.length / Math.max(1, bytesPerSample * info.getChannels());
    if (declared > present) {
      throw new UnreadableAudioException(
          source, "truncated: " + declared + " samples declared, " + present + " there", null);
    }
    return decoded;
  }

  /** Ends a decoder that would go on. */
  private static final class TooLongException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Decoded implements PCMProcessor {

    private final long mostBytes;
    private @org.jspecify.annotations.Nullable StreamInfo info;
    private byte[] bytes = new byte[1 << 16];
    private int length;

    Decoded(long mostBytes) {
      this.mostBytes = mostBytes;
    }

    @Override
    public void processStreamInfo(StreamInfo streamInfo) {
      info = streamInfo;
    }

    @Override
    public void processPCM(ByteData pcm) {
      if (length + (long) pcm.getLen() > mostBytes) {
        throw new TooLongException();
      }
      if (length + pcm.getLen() > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + pcm.getLen()));
      }
      System.arraycopy(pcm.getData(), 0, bytes, length, pcm.getLen());
      length += pcm.getLen();
    }

    StreamInfo info() {
      return java.util.Objects.requireNonNull(info, "checked when decoding ends");
    }

    byte[] bytes() {
      return Arrays.copyOf(bytes, length);
    }
  }
}
