package io.tocsin.sink.evidence;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What Kafka holds of sensors' audio over a span.
 *
 * @param frames by sensor, a list for each that was asked for
 * @param passed sensors whose audio went on beyond the span
 * @param expired whether Kafka may have dropped frames of the span
 */
record FoundFrames(Map<String, List<CapturedFrame>> frames, Set<String> passed, boolean expired) {

  /** The sensors of which nothing was found. */
  Set<String> missing() {
    Set<String> missing = new HashSet<>();
    frames.forEach(
        (sensor, found) -> {
          if (found.isEmpty()) {
            missing.add(sensor);
          }
        });
    return missing;
  }

  /** With what another pass found. */
  FoundFrames and(FoundFrames other) {
    Map<String, List<CapturedFrame>> both = new TreeMap<>(frames);
    other.frames.forEach((sensor, found) -> both.merge(sensor, found, FoundFrames::joined));
    Set<String> passedInEither = new HashSet<>(passed);
    passedInEither.addAll(other.passed);
    return new FoundFrames(both, passedInEither, expired || other.expired);
  }

  private static List<CapturedFrame> joined(List<CapturedFrame> a, List<CapturedFrame> b) {
    List<CapturedFrame> joined = new ArrayList<>(a);
    joined.addAll(b);
    return joined;
  }
}
