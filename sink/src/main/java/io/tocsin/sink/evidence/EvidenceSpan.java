package io.tocsin.sink.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;

/**
 * The stretch of time that the clips of an alert cover, the same for all its sensors, so that they
 * can be heard side by side.
 *
 * @param from instant of the first sample
 * @param until instant after the last sample
 */
record EvidenceSpan(Instant from, Instant until) {

  EvidenceSpan {
    if (!from.isBefore(until)) {
      throw new IllegalArgumentException("a clip from " + from + " until " + until + " is empty");
    }
  }

  /**
   * A detection that an alert rests on.
   *
   * @param onsetAt when the sound reached the sensor
   * @param endAt end of its last window
   */
  record Heard(String detectionId, String sensorId, Instant onsetAt, Instant endAt) {}

  /**
   * From {@code lead} before the earliest onset to {@code tail} after the latest end; of a longer
   * stretch the first {@code longest}, because an alert opens with what it is about.
   *
   * @param heard one or more
   */
  static EvidenceSpan around(
      Collection<Heard> heard, Duration lead, Duration tail, Duration longest) {
    Instant from =
        heard.stream().map(Heard::onsetAt).min(Comparator.naturalOrder()).orElseThrow().minus(lead);
    Instant until =
        heard.stream().map(Heard::endAt).max(Comparator.naturalOrder()).orElseThrow().plus(tail);
    Instant latest = from.plus(longest);
    return new EvidenceSpan(from, until.isAfter(latest) ? latest : until);
  }

  Duration length() {
    return Duration.between(from, until);
  }
}
