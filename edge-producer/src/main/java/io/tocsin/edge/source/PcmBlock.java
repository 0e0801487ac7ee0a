package io.tocsin.edge.source;

import io.tocsin.schema.avro.Clock;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of mono sound from a source.
 *
 * @param samples from −1 to 1
 * @param capturedAtMicros instant of the first sample, microseconds since the epoch
 * @param clock that tells it
 * @param startsRun whether sound may be missing before it, or its clock has stepped
 * @param endsRun whether nothing follows it without a gap
 * @param runId names the run for all time, where the same sound may come again after a failure;
 *     null for sound that comes once
 */
public record PcmBlock(
    float[] samples,
    int rateHertz,
    long capturedAtMicros,
    Clock clock,
    boolean startsRun,
    boolean endsRun,
    @Nullable String runId) {

  static PcmBlock live(
      float[] samples, int rateHertz, long capturedAtMicros, Clock clock, boolean startsRun) {
    return new PcmBlock(samples, rateHertz, capturedAtMicros, clock, startsRun, false, null);
  }

  PcmBlock startingRun() {
    return new PcmBlock(samples, rateHertz, capturedAtMicros, clock, true, endsRun, runId);
  }
}
