package io.tocsin.stack.part;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A part of Tocsin: how it is run and which settings it gets.
 *
 * @param name of its process, its log and its settings file; for a Flink job also the job's name
 * @param mainClass understands {@code --config=FILE}
 * @param kind whether it is submitted to Flink or runs as a process
 * @param heapMebibytes largest heap of its JVM
 * @param settings what its settings file holds
 */
public record Part(
    String name,
    String mainClass,
    Kind kind,
    int heapMebibytes,
    Function<PartSurroundings, Map<String, Object>> settings) {

  /** How a part runs. */
  public enum Kind {
    FLINK_JOB,
    PROCESS
  }

  /** Every part of the whole system, in the order in which they are started. */
  public static final List<Part> ALL =
      List.of(
          new Part(
              "tocsin-sink",
              "io.tocsin.sink.TocsinSink",
              Kind.PROCESS,
              256,
              around ->
                  Map.of(
                      "kafka",
                      around.kafka(),
                      "database",
                      Map.of(
                          "jdbcUrl",
                          around.endpoints().jdbcUrl(),
                          "user",
                          around.endpoints().databaseUser(),
                          "passwordFile",
                          around.endpoints().databasePasswordFile()))),
          new Part(
              "tocsin-sensor-health",
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
              "io.tocsin.jobs.distress.DistressJob",
              Kind.FLINK_JOB,
              256,
              around -> Map.of("kafka", around.kafka(), "environment", around.environment())),
          new Part(
              "tocsin-scoring",
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
}
