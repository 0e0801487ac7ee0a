package io.tocsin.sink;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.wire.Registry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the sink: arguments to settings to {@link Sink}. */
@Command(
    name = "tocsin-sink",
    mixinStandardHelpOptions = true,
    description = {
      "Writes sensors, detections, sound events, alerts, reviews and dead letters into PostGIS.",
      "Runs until it is stopped. Each option is also a key of the file and goes over it."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:stopped by an error, or another sink took a partition over; start it again",
      "2:bad settings",
      "143:stopped by SIGTERM, after the transaction in hand"
    },
    sortOptions = false)
public final class TocsinSink implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(TocsinSink.class);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(20);

  @Option(names = "--config", paramLabel = "FILE", description = "YAML file of settings.")
  private @Nullable Path config;

  @Option(
      names = "--kafka.bootstrapServers",
      paramLabel = "HOST:PORT,…",
      description = "Kafka's brokers.")
  private @Nullable String bootstrapServers;

  @Option(
      names = "--kafka.registryUrl",
      paramLabel = "URL",
      description = "Confluent-compatible schema registry.")
  private @Nullable String registryUrl;

  @Option(
      names = "--kafka.groupId",
      paramLabel = "ID",
      description = "Consumer group; default tocsin-sink.")
  private @Nullable String groupId;

  @Option(
      names = "--kafka.instanceId",
      paramLabel = "ID",
      description = "Tells this sink from the others of its group, so that a restart is quick.")
  private @Nullable String instanceId;

  @Option(
      names = "--kafka.credentials",
      paramLabel = "FILE",
      description = {
        "Who the sink is to Kafka: Kafka's client settings in a file of mode 600; default what",
        "TOCSIN_KAFKA_CREDENTIALS names."
      })
  private @Nullable String credentials;

  @Option(
      names = "--kafka.sensorKeys",
      paramLabel = "MODE",
      description =
          "Whether registrations have to be signed: OFF (the default), OPTIONAL, REQUIRED.")
  private @Nullable String sensorKeys;

  @Option(
      names = "--database.jdbcUrl",
      paramLabel = "URL",
      description = "Such as jdbc:postgresql://127.0.0.1:5432/tocsin.")
  private @Nullable String jdbcUrl;

  @Option(
      names = "--database.user",
      paramLabel = "NAME",
      description = "Who owns schema tocsin. The password: see the next option.")
  private @Nullable String user;

  @Option(
      names = "--database.passwordFile",
      paramLabel = "FILE",
      description = "Holds the password; without it the environment variable TOCSIN_DB_PASSWORD.")
  private @Nullable String passwordFile;

  @Option(
      names = "--batchSize",
      paramLabel = "N",
      description = "Most records of a transaction; default 4000.")
  private @Nullable String batchSize;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Consumers with a connection each, which share the partitions; default 2.")
  private @Nullable String workers;

  @Option(
      names = "--retentionDays",
      paramLabel = "N",
      description = "Whole days of detections to keep before today; default all.")
  private @Nullable String retentionDays;

  @Option(
      names = "--metricsPort",
      paramLabel = "PORT",
      description =
          "Loopback port for Prometheus (/metrics) and health checks (/health); default none.")
  private @Nullable String metricsPort;

  @Option(
      names = "--stalledAfter",
      paramLabel = "DURATION",
      description = {
        "While records wait and none gets written for so long, /health answers 503; default PT90S."
      })
  private @Nullable String stalledAfter;

  @Option(
      names = "--backfill",
      description = {
        "Write everything that the topics hold once more, from their beginnings, and end.",
        "Sinks of the group that run stop; start them again and they share the work."
      })
  private boolean backfill;

  private TocsinSink() {}

  /** See {@code --help}. */
  public static void main(String[] arguments) {
    int status =
        new CommandLine(new TocsinSink())
            .setExecutionExceptionHandler(
                (e, line, parsed) -> {
                  LOG.error("event=stopped-by-error reason=\"{}\"", e.toString(), e);
                  return 1;
                })
            .execute(arguments);
    System.exit(status);
  }

  @Override
  public Integer call() throws InterruptedException {
    SinkSettings settings;
    try {
      settings = SinkSettings.read(config, overrides());
      settings.database().password(System.getenv());
    } catch (SettingsException e) {
      LOG.error("tocsin-sink: {}", e.getMessage());
      return 2;
    }
    SchemaRegistryClient registry = Registry.connect(settings.kafka().registry());
    try (Database database =
        Database.open(settings.database(), System.getenv(), settings.workers())) {
      Jdbi jdbi = database.jdbi();
      Optional<Backfill> whole =
          backfill ? Optional.of(Backfill.begin(settings, jdbi)) : Optional.empty();
      Sink sink = new Sink(settings, registry, jdbi);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> sink.stop(STOP_WITHIN), "stop"));
      Integer port = settings.metricsPort();
      if (port == null) {
        run(sink, whole);
      } else {
        try (SinkMeters meters = SinkMeters.serve(sink, port)) {
          LOG.info("event=metrics port={}", meters.port());
          run(sink, whole);
        }
      }
    }
    return 0;
  }

  private static void run(Sink sink, Optional<Backfill> whole) throws InterruptedException {
    if (whole.isEmpty()) {
      sink.run();
      return;
    }
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(sink::run, task -> new Thread(task, "sink").start());
    whole.get().await(sink, end::isDone);
    sink.stop(STOP_WITHIN);
    end.join();
    LOG.info("event=backfilled records={}", sink.metrics().records());
  }

  private Map<String, String> overrides() {
    Map<String, String> overrides = new LinkedHashMap<>();
    put(overrides, "kafka.bootstrapServers", bootstrapServers);
    put(overrides, "kafka.registryUrl", registryUrl);
    put(overrides, "kafka.groupId", groupId);
    put(overrides, "database.jdbcUrl", jdbcUrl);
    put(overrides, "database.user", user);
    put(overrides, "database.passwordFile", passwordFile);
    put(overrides, "kafka.instanceId", instanceId);
    put(overrides, "kafka.credentials", credentials);
    put(overrides, "kafka.sensorKeys", sensorKeys);
    put(overrides, "batchSize", batchSize);
    put(overrides, "workers", workers);
    put(overrides, "retentionDays", retentionDays);
    put(overrides, "metricsPort", metricsPort);
    put(overrides, "stalledAfter", stalledAfter);
    return overrides;
  }

  private static void put(Map<String, String> overrides, String key, @Nullable String value) {
    if (value != null) {
      overrides.put(key, value);
    }
  }
}
