package io.tocsin.stack.part;

import io.tocsin.stack.security.Role;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A part of Tocsin: how it is run and which settings it gets.
 *
 * @param name of its process, its log and its settings file; for a Flink job also the job's name
 * @param role who it is to a secured Kafka
 * @param mainClass understands {@code --config=FILE}
 * @param kind whether it is submitted to Flink or runs as a process
 * @param heapMebibytes largest heap of its JVM
 * @param settings what its settings file holds
 */
public record Part(
    String name,
    Role role,
    String mainClass,
    Kind kind,
    int heapMebibytes,
    Function<PartSurroundings, Map<String, Object>> settings) {

  /** How a part runs. */
  public enum Kind {
    FLINK_JOB,
    PROCESS
  }

  /** Name of the part that keeps clips of audio, which {@link #wanted} can leave out. */
  public static final String EVIDENCE = "tocsin-evidence";

  /** Every part of the whole system, in the order in which they are started. */
  public static final List<Part> ALL =
      List.of(
          new Part(
              "tocsin-sink",
              Role.SINK,
              "io.tocsin.sink.TocsinSink",
              Kind.PROCESS,
              256,
              around -> Map.of("kafka", around.kafka(), "database", around.database())),
          new Part(
              EVIDENCE,
              Role.EVIDENCE,
              "io.tocsin.sink.evidence.TocsinEvidence",
              Kind.PROCESS,
              256,
              around ->
                  Map.of(
                      "kafka",
                      around.kafka(),
                      "database",
                      around.database(),
                      "store",
                      Map.of("folder", around.folder().resolve("clips").toString()))),
          new Part(
              "tocsin-sensor-health",
              Role.HEALTH,
              "io.tocsin.jobs.health.SensorHealth",
              Kind.PROCESS,
              256,
              around ->
                  Map.of(
                      "kafka",
                      around.kafka(),
                      "stateDir",
                      around.folder().resolve("streams").toString())),
          new Part(
              "tocsin-distress",
              Role.DISTRESS,
              "io.tocsin.jobs.distress.DistressJob",
              Kind.FLINK_JOB,
              256,
              around -> Map.of("kafka", around.kafka(), "environment", around.environment())),
          new Part(
              "tocsin-scoring",
              Role.SCORING,
              "io.tocsin.jobs.scoring.ScoringJob",
              Kind.FLINK_JOB,
              256,
              around ->
                  Map.of(
                      "kafka",
                      around.kafka(),
                      "environment",
                      around.environment(),
                      "bundle",
                      around.bundle().toString())));

  /**
   * The parts to start: all, or without clips of audio where the environment says {@code
   * TOCSIN_EVIDENCE=off}.
   *
   * @throws IllegalArgumentException if it says anything but on or off
   */
  public static List<Part> wanted(Map<String, String> environment) {
    String evidence = environment.getOrDefault("TOCSIN_EVIDENCE", "on");
    return switch (evidence) {
      case "on" -> ALL;
      case "off" -> ALL.stream().filter(part -> !part.name().equals(EVIDENCE)).toList();
      default ->
          throw new IllegalArgumentException(
              "TOCSIN_EVIDENCE is '" + evidence + "'; on or off is allowed");
    };
  }
}
