package io.tocsin.stack.faults;

import io.tocsin.stack.cluster.Cluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Holds what is in the topics and the tables against the run without a fault, the first. */
final class Judgement {

  private final Cluster cluster;
  private final KnownLoad load;
  private final List<Played> played;

  Judgement(Cluster cluster, KnownLoad load, List<Played> played) {
    this.cluster = cluster;
    this.load = load;
    this.played = played;
  }

  /**
   * All that was found, once everything is said and written.
   *
   * @param unsettled what was not, in words
   */
  FaultsReport report(List<Fault> faults, List<String> unsettled, long startNanos)
      throws SQLException {
    TopicScan topics = TopicScan.of(cluster);
    Map<Fleet, Outcome> outcomes =
        StoredOutcomes.all(cluster, played.stream().map(Played::fleet).toList());
    Outcome reference = outcomes.getOrDefault(played.get(0).fleet(), Outcome.NOTHING);
    int frames = load.frames() * load.sites().size();
    List<String> wrong = new ArrayList<>(unsettled);
    wrong.addAll(StoredOutcomes.otherRevisions(cluster, topics.alerts()));
    if (reference.alerts().isEmpty()) {
      wrong.add("the load without a fault gave no alert: of alerts this proves nothing");
    }
    if (topics.frames().getOrDefault(0, 0) != frames) {
      wrong.add(
          "without a fault "
              + topics.frames().getOrDefault(0, 0)
              + " of "
              + frames
              + " frames came");
    }
    Map<Fault, List<FaultsReport.Repetition>> byFault = new LinkedHashMap<>();
    faults.forEach(fault -> byFault.put(fault, new ArrayList<>()));
    for (Played one : played.subList(1, played.size())) {
      byFault
          .computeIfAbsent(one.fault(), f -> new ArrayList<>())
          .add(judged(one, outcomes, reference, topics, frames, beside(one.beside())));
    }
    List<FaultsReport.Entry> entries = new ArrayList<>();
    byFault.forEach((fault, all) -> entries.add(FaultsReport.Entry.of(fault, all)));
    return new FaultsReport(
        load.sites().size(),
        KnownScene.SECONDS,
        new FaultsReport.Reference(
            frames, reference.detections().size(), reference.alerts().size()),
        entries,
        wrong,
        cluster.startedAgain(),
        (System.nanoTime() - startNanos) / 1e9);
  }

  private Outcome.Difference beside(Beside beside) throws SQLException {
    if (!beside.isAnybody()) {
      return new Outcome.Difference(List.of(), List.of());
    }
    try (Connection connection = cluster.connect()) {
      return Outcome.Difference.of(
          beside.detections(), StoredOutcomes.detectionIds(connection, beside.sensors()));
    }
  }

  private static FaultsReport.Repetition judged(
      Played one,
      Map<Fleet, Outcome> outcomes,
      Outcome reference,
      TopicScan topics,
      int frames,
      Outcome.Difference beside) {
    int fleet = one.fleet().number();
    Outcome outcome = outcomes.getOrDefault(one.fleet(), Outcome.NOTHING);
    List<String> lost = new ArrayList<>(one.stuck());
    int came = topics.frames().getOrDefault(fleet, 0);
    for (int frame = came; frame < frames; frame++) {
      lost.add("a frame");
    }
    int said = topics.detections().getOrDefault(fleet, 0);
    if (said != outcome.detections().size()) {
      lost.add(
          "%d detections on the topic, %d in the table"
              .formatted(said, outcome.detections().size()));
    }
    return new FaultsReport.Repetition(
        fleet,
        new Outcome.Difference(lost, List.of()).and(outcome.from(reference)).and(beside),
        one.recoverySeconds(),
        topics.framesAgain().getOrDefault(fleet, 0),
        topics.detectionsAgain().getOrDefault(fleet, 0),
        outcome.retracted());
  }
}
