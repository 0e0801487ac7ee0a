package io.tocsin.edge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a stream of samples into frames of equal length. Capture times count samples from the start,
 * so that they neither drift nor depend on how the samples came in.
 */
public final class Framer {

  private static final long MICROS_PER_SECOND = 1_000_000;

  /**
   * A piece of the stream.
   *
   * @param capturedAtMicros instant of its first sample
   */
  public record Piece(short[] samples, long capturedAtMicros) {}

  private final long startMicros;
  private final int sampleRateHertz;
  private final int frameSamples;
  private short[] rest = new short[0];
  private long restSample;

  /**
   * @param startMicros instant of the stream's first sample
   * @param frameSamples length of a frame
   */
  public Framer(long startMicros, int sampleRateHertz, int frameSamples) {
    this.startMicros = startMicros;
    this.sampleRateHertz = sampleRateHertz;
    this.frameSamples = frameSamples;
  }

  /** Takes samples; gives the frames that they complete. */
  public List<Piece> accept(short[] samples) {
    short[] all = Arrays.copyOf(rest, rest.length + samples.length);
    System.arraycopy(samples, 0, all, rest.length, samples.length);
    List<Piece> pieces = new ArrayList<>();
    int from = 0;
    for (; all.length - from >= frameSamples; from += frameSamples) {
      pieces.add(piece(Arrays.copyOfRange(all, from, from + frameSamples)));
    }
    rest = Arrays.copyOfRange(all, from, all.length);
    return pieces;
  }

  /** The last, shorter frame, if there is one. */
  public List<Piece> finish() {
    short[] last = rest;
    rest = new short[0];
    return last.length == 0 ? List.of() : List.of(piece(last));
  }

  private Piece piece(short[] samples) {
    long at = startMicros + restSample * MICROS_PER_SECOND / sampleRateHertz;
    restSample += samples.length;
    return new Piece(samples, at);
  }
}
