package io.tocsin.sink.evidence;

import io.tocsin.sink.evidence.Clip.Gap;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Lays frames out by capture time. The order in which they come, duplicates and overlaps do not
 * show.
 */
final class Stitching {

  /**
   * Frames that follow each other by number and come this close by the clock are joined without a
   * seam: disciplined clocks step by less, and a seam would click.
   */
  static final Duration JOINED_WITHIN = Duration.ofMillis(5);

  private static final long MICROS_PER_SECOND = 1_000_000;

  private final long fromMicros;
  private final int sampleRateHertz;
  private final short[] samples;
  private final List<Gap> gaps = new ArrayList<>();
  private int filled;
  private int captured;

  private Stitching(EvidenceSpan span, int sampleRateHertz) {
    this.fromMicros = micros(span.from());
    this.sampleRateHertz = sampleRateHertz;
    this.samples = new short[Math.toIntExact(samplesIn(micros(span.until()) - fromMicros))];
  }

  /**
   * The clip of a sensor's frames; empty when none of them reaches into the span. Frames at another
   * rate than most of the audio's are left out, and show as gaps.
   */
  static Optional<Clip> stitch(Collection<CapturedFrame> frames, EvidenceSpan span) {
    Map<Integer, Long> audioByRate = new TreeMap<>();
    long from = micros(span.from());
    long until = micros(span.until());
    List<CapturedFrame> within =
        frames.stream()
            .filter(f -> f.endMicros() > from && f.capturedAtMicros() < until)
            .sorted(
                Comparator.comparingLong(CapturedFrame::capturedAtMicros)
                    .thenComparing(CapturedFrame::bootId)
                    .thenComparingLong(CapturedFrame::sequence))
            .toList();
    within.forEach(
        f ->
            audioByRate.merge(
                f.sampleRateHertz(), f.endMicros() - f.capturedAtMicros(), Long::sum));
    Optional<Integer> rate =
        audioByRate.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    return rate.map(r -> new Stitching(span, r).of(within, span))
        .filter(c -> !c.captured().isZero());
  }

  private Clip of(List<CapturedFrame> inOrder, EvidenceSpan span) {
    CapturedFrame previous = null;
    long previousEnd = 0;
    for (CapturedFrame frame : inOrder) {
      if (frame.sampleRateHertz() == sampleRateHertz) {
        long start = samplesIn(frame.capturedAtMicros() - fromMicros);
        if (previous != null && follows(previous, frame) && joins(start, previousEnd)) {
          start = previousEnd;
        }
        lay(frame.samples(), start);
        previousEnd = start + frame.samples().length;
        previous = frame;
      }
    }
    gapUntil(samples.length);
    return new Clip(
        span,
        sampleRateHertz,
        samples,
        gaps,
        Duration.of(captured * MICROS_PER_SECOND / sampleRateHertz, ChronoUnit.MICROS));
  }

  private void lay(short[] audio, long start) {
    int to = (int) Math.min(start + audio.length, samples.length);
    int at = (int) Math.max(start, filled);
    if (at < to) {
      gapUntil(at);
      System.arraycopy(audio, (int) (at - start), samples, at, to - at);
      captured += to - at;
      filled = to;
    }
  }

  private void gapUntil(int sample) {
    if (sample > filled) {
      gaps.add(new Gap(instantOf(filled), instantOf(sample)));
    }
  }

  private static boolean follows(CapturedFrame previous, CapturedFrame frame) {
    return frame.bootId().equals(previous.bootId()) && frame.sequence() == previous.sequence() + 1;
  }

  private boolean joins(long start, long previousEnd) {
    return Math.abs(start - previousEnd) <= samplesIn(JOINED_WITHIN.toNanos() / 1_000);
  }

  private long samplesIn(long micros) {
    return Math.floorDiv(micros * sampleRateHertz + MICROS_PER_SECOND / 2, MICROS_PER_SECOND);
  }

  private Instant instantOf(int sample) {
    return Instant.EPOCH.plus(
        fromMicros + sample * MICROS_PER_SECOND / sampleRateHertz, ChronoUnit.MICROS);
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
