package io.tocsin.sink;

import io.tocsin.schema.access.CredentialsException;
import io.tocsin.schema.access.KafkaAccess;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SensorKeyTable;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.progress.Progress;
import io.tocsin.schema.wire.RegistrySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the sink.
 *
 * @param kafka how to reach Kafka and the schema registry
 * @param database how to reach PostGIS
 * @param batchSize most records of a transaction; default 4000
 * @param workers consumers with a connection each, which share the partitions; default 2
 * @param retentionDays how many whole days of detections before today are kept; null for all
 * @param metricsPort loopback port for Prometheus and for health checks; null for none
 * @param stalledAfter while records wait and none gets written for so long, /health says so;
 *     default 90 s
 */
public record SinkSettings(
    KafkaSettings kafka,
    DatabaseSettings database,
    int batchSize,
    int workers,
    @Nullable Integer retentionDays,
    @Nullable Integer metricsPort,
    Duration stalledAfter) {

  private static final int DEFAULT_BATCH_SIZE = 4000;
  private static final int LARGEST_BATCH_SIZE = 20_000;
  private static final int DEFAULT_WORKERS = 2;
  private static final int MOST_WORKERS = 32;
  private static final int LARGEST_PORT = 65_535;

  @SuppressWarnings("ConstantValue") // Jackson passes null for an absent key.
  public SinkSettings {
    if (kafka == null) {
      throw new SettingsException("kafka is missing; set kafka.bootstrapServers and registryUrl");
    }
    if (database == null) {
      throw new SettingsException("database is missing; set database.jdbcUrl and database.user");
    }
    batchSize = batchSize == 0 ? DEFAULT_BATCH_SIZE : batchSize;
    workers = workers == 0 ? DEFAULT_WORKERS : workers;
    requireWithin("batchSize", batchSize, 1, LARGEST_BATCH_SIZE);
    requireWithin("workers", workers, 1, MOST_WORKERS);
    if (retentionDays != null) {
      requireWithin("retentionDays", retentionDays, 1, Integer.MAX_VALUE);
    }
    if (metricsPort != null) {
      requireWithin("metricsPort", metricsPort, 1, LARGEST_PORT);
    }
    stalledAfter = stalledAfter == null ? Progress.STALLED_AFTER : stalledAfter;
    if (stalledAfter.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new SettingsException("stalledAfter is " + stalledAfter + "; at least PT1S is allowed");
    }
  }

  private static void requireWithin(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new SettingsException(
          key + " is " + value + "; from " + least + " to " + most + " is allowed");
    }
  }

  /**
   * Kafka and the registry.
   *
   * @param bootstrapServers {@code host:port}, comma-separated
   * @param registryUrl base address of the Confluent-compatible schema registry
   * @param groupId consumer group, and the name under which offsets are kept in the database;
   *     default {@code tocsin-sink}
   * @param instanceId tells this sink from the others of its group, the same after each restart;
   *     with it, a sink that died is replaced at once instead of when its session runs out
   * @param credentials file of {@link io.tocsin.schema.access.CredentialsFile}: who the sink is to
   *     Kafka; null for what {@code TOCSIN_KAFKA_CREDENTIALS} names, or for nobody
   * @param sensorKeys whether sensors' records have to be signed; OFF (the default), OPTIONAL or
   *     REQUIRED
   * @param properties further client settings; no secrets
   */
  public record KafkaSettings(
      String bootstrapServers,
      String registryUrl,
      String groupId,
      @Nullable String instanceId,
      @Nullable String credentials,
      SensorKeyMode sensorKeys,
      Map<String, String> properties) {

    @SuppressWarnings("ConstantValue")
    public KafkaSettings {
      bootstrapServers = required("kafka.bootstrapServers", bootstrapServers);
      registryUrl = required("kafka.registryUrl", registryUrl);
      groupId = groupId == null || groupId.isBlank() ? "tocsin-sink" : groupId;
      sensorKeys = sensorKeys == null ? SensorKeyMode.OFF : sensorKeys;
      properties = properties == null ? Map.of() : Map.copyOf(properties);
      credentials = usable(credentials, properties);
    }

    /** What a client of Kafka begins with. */
    Map<String, String> clientProperties() {
      return KafkaAccess.settings(credentials == null ? null : Path.of(credentials), properties);
    }

    /**
     * What is asked of sensors' records; their keys are followed until the process ends.
     *
     * @throws org.apache.kafka.common.KafkaException if the keys cannot be read
     */
    SignatureCheck signatures() {
      return sensorKeys == SensorKeyMode.OFF
          ? SignatureCheck.none()
          : new SignatureCheck(
              sensorKeys, SensorKeyTable.open(bootstrapServers, clientProperties(), registry()));
    }

    RegistrySettings registry() {
      return new RegistrySettings(registryUrl, false, credentials);
    }
  }

  /**
   * PostGIS. The password comes from {@code passwordFile} or, without one, from the environment
   * variable {@code TOCSIN_DB_PASSWORD}; it is never a setting of its own, so that no file or list
   * of processes shows it.
   *
   * @param jdbcUrl such as {@code jdbc:postgresql://127.0.0.1:5432/tocsin}
   * @param user who owns schema tocsin
   * @param passwordFile a file that holds the password alone; null for the environment variable
   */
  public record DatabaseSettings(String jdbcUrl, String user, @Nullable Path passwordFile) {

    public DatabaseSettings {
      jdbcUrl = required("database.jdbcUrl", jdbcUrl);
      user = required("database.user", user);
    }

    /**
     * The password; null where there is none, for a server that asks for none.
     *
     * @throws SettingsException if the file cannot be read
     */
    public @Nullable String password(Map<String, String> environment) {
      if (passwordFile == null) {
        return environment.get("TOCSIN_DB_PASSWORD");
      }
      try {
        return Files.readString(passwordFile).strip();
      } catch (IOException e) {
        throw new SettingsException(
            "database.passwordFile " + passwordFile + " cannot be read: " + e, e);
      }
    }
  }

  /**
   * Reads a YAML file, if there is one, and lays {@code overrides} over it.
   *
   * @param overrides values by dotted key, such as {@code kafka.groupId}
   * @throws SettingsException if the file or a value is bad, or a key is unknown
   */
  public static SinkSettings read(@Nullable Path file, Map<String, String> overrides) {
    return SettingsFile.read(SinkSettings.class, file, overrides);
  }

  /**
   * The file that tells who we are to Kafka, checked.
   *
   * @throws SettingsException if it cannot be used, or {@code properties} hold a secret
   */
  public static @Nullable String usable(
      @Nullable String credentials, Map<String, String> properties) {
    Path file = KafkaAccess.credentials(credentials, System.getenv());
    try {
      var unused = KafkaAccess.settings(file, properties);
    } catch (CredentialsException e) {
      throw new SettingsException("kafka: " + e.getMessage(), e);
    }
    return file == null ? null : file.toString();
  }

  private static String required(String key, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new SettingsException(key + " is missing; set it in the file or with --" + key + "=…");
    }
    return value;
  }
}
