package io.tocsin.stack.faults;

import io.tocsin.jobs.kafka.Instants;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.stack.cluster.Cluster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.IsolationLevel;

/**
 * What both jobs have written, as a consumer of one isolation level reads it.
 *
 * @param byId each detection's records
 * @param alertsById each alert's records
 * @param timesByEventRevision how often each revision of each sound event is there
 */
record Delivered(
    Map<String, List<Detection>> byId,
    Map<String, List<DistressAlert>> alertsById,
    Map<String, Integer> timesByEventRevision) {

  static Delivered read(Cluster cluster, IsolationLevel isolation) {
    Map<String, List<Detection>> byId = new HashMap<>();
    TopicScan.read(
        cluster,
        Topics.DETECTIONS,
        isolation,
        d -> byId.computeIfAbsent(d.getDetectionId(), id -> new ArrayList<>()).add(d));
    Map<String, List<DistressAlert>> alertsById = new HashMap<>();
    TopicScan.read(
        cluster,
        Topics.DISTRESS_ALERTS,
        isolation,
        a -> alertsById.computeIfAbsent(a.getAlertId(), id -> new ArrayList<>()).add(a));
    Map<String, Integer> events = new HashMap<>();
    TopicScan.read(
        cluster,
        Topics.SOUND_EVENTS,
        isolation,
        e -> events.merge(e.getEventId() + " " + e.getRevision(), 1, Integer::sum));
    return new Delivered(byId, alertsById, events);
  }

  /** How often each detection is there. */
  Map<String, Integer> timesById() {
    Map<String, Integer> times = new HashMap<>();
    byId.forEach((id, records) -> times.put(id, records.size()));
    return times;
  }

  /** How often each revision of each alert is there. */
  Map<String, Integer> timesByRevision() {
    Map<String, Integer> times = new HashMap<>();
    alertsById
        .values()
        .forEach(
            records ->
                records.forEach(
                    a -> times.merge(a.getAlertId() + " " + a.getRevision(), 1, Integer::sum)));
    return times;
  }

  /** Records of alerts and sound events, all in all. */
  int words() {
    return timesByRevision().values().stream().mapToInt(Integer::intValue).sum()
        + timesByEventRevision.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** What each detection is, in all the records of it: one thing, where they are the same. */
  Map<String, Set<Detection>> linesById() {
    Map<String, Set<Detection>> lines = new HashMap<>();
    byId.forEach((id, records) -> lines.put(id, Set.copyOf(records)));
    return lines;
  }

  /** A line for each detection of a fleet: sensors by number, times from the load's beginning. */
  List<String> detections(Fleet fleet) {
    return byId.values().stream()
        .map(records -> records.get(0))
        .filter(d -> isOf(fleet, d))
        .map(d -> line(fleet, d))
        .sorted()
        .toList();
  }

  /** A line for the last word on each alert of a fleet that was not taken back. */
  List<String> alerts(Fleet fleet) {
    return alertsById.values().stream()
        .map(Delivered::last)
        .filter(a -> a.getState() != AlertState.RETRACTED)
        .filter(a -> detectionsOf(a).stream().anyMatch(d -> isOf(fleet, d)))
        .map(
            a -> {
              TreeSet<String> rests = new TreeSet<>();
              detectionsOf(a).forEach(d -> rests.add(line(fleet, d)));
              return a.getState() + " " + a.getPatternId() + " of " + rests;
            })
        .sorted()
        .toList();
  }

  private static DistressAlert last(List<DistressAlert> revisions) {
    return revisions.stream()
        .max(Comparator.comparingInt(DistressAlert::getRevision))
        .orElseThrow();
  }

  private List<Detection> detectionsOf(DistressAlert alert) {
    return alert.getEvents().stream()
        .flatMap(e -> e.getDetectionIds().stream())
        .flatMap(id -> byId.getOrDefault(id, List.of()).stream().limit(1))
        .toList();
  }

  private static boolean isOf(Fleet fleet, Detection detection) {
    return detection.getSensorId().startsWith(fleet.name());
  }

  private static String line(Fleet fleet, Detection d) {
    return "%s %s at %d ± %d to %d"
        .formatted(
            d.getSensorId().substring(fleet.name().length()),
            d.getLabel(),
            fleet.loadMicros(Instants.toMicros(d.getOnsetAt())),
            d.getOnsetSigmaMicros(),
            fleet.loadMicros(Instants.toMicros(d.getEndAt())));
  }
}
