package io.tocsin.sink.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One sensor's audio over a span.
 *
 * @param samples 16 bits, mono; silence where nothing was captured
 * @param gaps where nothing was captured, in order
 * @param captured how much was captured
 */
record Clip(
    EvidenceSpan span, int sampleRateHertz, short[] samples, List<Gap> gaps, Duration captured) {

  Clip {
    gaps = List.copyOf(gaps);
  }

  /** A stretch without audio. */
  record Gap(Instant startedAt, Instant endedAt) {}
}
