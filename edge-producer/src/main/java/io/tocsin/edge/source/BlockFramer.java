package io.tocsin.edge.source;

import io.tocsin.audio.Pcm16;
import io.tocsin.audio.Resampling;
import io.tocsin.schema.avro.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a source's blocks into frames of equal length at one rate. A frame's capture time is that of
 * the block in which it begins, so that it follows the source's clock and not a count of ours. For
 * one thread.
 */
public final class BlockFramer {

  private static final double MICROS_PER_SECOND = 1e6;

  /**
   * A piece of the sound.
   *
   * @param capturedAtMicros instant of the first sample
   * @param startsRun whether sound may be missing before it, or the clock has stepped
   * @param runId as the source's blocks have it
   */
  public record Piece(
      short[] samples,
      long capturedAtMicros,
      Clock clock,
      boolean startsRun,
      @Nullable String runId) {}

  /** Where a block begins in the run, and when that was. */
  private record Mark(long inputSample, long micros, Clock clock) {}

  private final int rateHertz;
  private final int frameSamples;
  private final Deque<Mark> marks = new ArrayDeque<>();
  private @Nullable Resampling resampling;
  private @Nullable String runId;
  private int inputRateHertz;
  private long inputSamples;
  private long cutSamples;
  private short[] rest = new short[0];

  public BlockFramer(int rateHertz, int frameSamples) {
    this.rateHertz = rateHertz;
    this.frameSamples = frameSamples;
  }

  /** Takes a block; gives the frames that it completes. */
  public List<Piece> accept(PcmBlock block) {
    List<Piece> pieces = new ArrayList<>();
    Resampling stream = resampling;
    if (stream == null || block.startsRun() || block.rateHertz() != inputRateHertz) {
      pieces.addAll(finish());
      stream = begin(block);
    }
    marks.addLast(new Mark(inputSamples, block.capturedAtMicros(), block.clock()));
    inputSamples += block.samples().length;
    cut(stream.accept(block.samples()), pieces);
    if (block.endsRun()) {
      pieces.addAll(finish());
    }
    return pieces;
  }

  private Resampling begin(PcmBlock block) {
    Resampling stream = new Resampling(block.rateHertz(), rateHertz);
    resampling = stream;
    inputRateHertz = block.rateHertz();
    runId = block.runId();
    inputSamples = 0;
    cutSamples = 0;
    marks.clear();
    return stream;
  }

  /** The last, shorter frame of the run, if there is one. */
  public List<Piece> finish() {
    Resampling stream = resampling;
    if (stream == null) {
      return List.of();
    }
    List<Piece> pieces = new ArrayList<>();
    cut(stream.finish(), pieces);
    if (rest.length > 0) {
      pieces.add(piece(rest));
      rest = new short[0];
    }
    resampling = null;
    return pieces;
  }

  private void cut(float[] samples, List<Piece> pieces) {
    short[] all = Arrays.copyOf(rest, rest.length + samples.length);
    System.arraycopy(Pcm16.fromFloats(samples), 0, all, rest.length, samples.length);
    int from = 0;
    for (; all.length - from >= frameSamples; from += frameSamples) {
      pieces.add(piece(Arrays.copyOfRange(all, from, from + frameSamples)));
    }
    rest = Arrays.copyOfRange(all, from, all.length);
  }

  private Piece piece(short[] samples) {
    double at = (double) cutSamples * inputRateHertz / rateHertz;
    Mark mark = marks.getFirst();
    while (marks.size() > 1) {
      Mark first = marks.removeFirst();
      if (marks.getFirst().inputSample() > at) {
        marks.addFirst(first);
        break;
      }
      mark = marks.getFirst();
    }
    long micros =
        mark.micros() + Math.round((at - mark.inputSample()) * MICROS_PER_SECOND / inputRateHertz);
    boolean starts = cutSamples == 0;
    cutSamples += samples.length;
    return new Piece(samples, micros, mark.clock(), starts, runId);
  }
}
