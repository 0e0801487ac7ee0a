package io.tocsin.stack.cli;

import io.tocsin.stack.StackPorts;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options that verbs with a stack of their own share. */
public final class StackOptions {

  @Option(
      names = "--kafka-port",
      defaultValue = "${env:TOCSIN_KAFKA_PORT:-9092}",
      description = "Port of Kafka; default ${DEFAULT-VALUE} (TOCSIN_KAFKA_PORT).")
  private int kafkaPort;

  @Option(
      names = "--registry-port",
      defaultValue = "${env:TOCSIN_REGISTRY_PORT:-8081}",
      description = "Port of the schema registry; default ${DEFAULT-VALUE} (TOCSIN_REGISTRY_PORT).")
  private int registryPort;

  @Option(
      names = "--flink-port",
      defaultValue = "${env:TOCSIN_FLINK_PORT:-8082}",
      description = "Port of Flink's web pages; default ${DEFAULT-VALUE} (TOCSIN_FLINK_PORT).")
  private int flinkPort;

  @Option(
      names = "--postgres-port",
      defaultValue = "${env:TOCSIN_POSTGRES_PORT:-5433}",
      description = "Port of the database; default ${DEFAULT-VALUE} (TOCSIN_POSTGRES_PORT).")
  private int postgresPort;

  /** The wanted ports. */
  public StackPorts ports() {
    return new StackPorts(kafkaPort, registryPort, flinkPort, postgresPort);
  }

  /** The folder that holds .tocsin/: the checkout, as the tocsin script says, or where we are. */
  public static Path home() {
    return Path.of(System.getProperty("tocsin.home", "")).toAbsolutePath().normalize();
  }
}
