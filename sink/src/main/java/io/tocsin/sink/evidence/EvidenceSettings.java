package io.tocsin.sink.evidence;

import io.tocsin.schema.access.KafkaAccess;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SensorKeyTable;
import io.tocsin.schema.identity.SignatureCheck;
import io.tocsin.schema.progress.Progress;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.sink.SettingsException;
import io.tocsin.sink.SettingsFile;
import io.tocsin.sink.SinkSettings;
import io.tocsin.sink.SinkSettings.DatabaseSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/**
 * Settings of evidence.
 *
 * @param kafka how to reach Kafka and the schema registry
 * @param database how to reach PostGIS
 * @param store where clips lie
 * @param lead audio before the earliest onset; default 2 s
 * @param tail audio after the latest end; default 3 s
 * @param longest length of a clip beyond which its end is cut off; default 60 s
 * @param audioWithin how long after an alert its audio is awaited; default 2 min
 * @param detectionsWithin how long after an alert its detections are awaited in the database;
 *     default 1 h
 * @param retention how long a clip is kept; default 30 days
 * @param healthPort loopback port for health checks; null for none
 * @param stalledAfter while alerts wait and nothing gets done for so long, /health says so; default
 *     90 s
 */
public record EvidenceSettings(
    KafkaSettings kafka,
    DatabaseSettings database,
    StoreSettings store,
    Duration lead,
    Duration tail,
    Duration longest,
    Duration audioWithin,
    Duration detectionsWithin,
    Duration retention,
    @Nullable Integer healthPort,
    Duration stalledAfter) {

  private static final Duration LONGEST_ALLOWED = Duration.ofMinutes(10);
  private static final Duration LONGEST_WAIT = Duration.ofHours(6);
  private static final Duration LONGEST_RETENTION = Duration.ofDays(3650);
  private static final int LARGEST_PORT = 65_535;

  @SuppressWarnings("ConstantValue") // Jackson passes null for an absent key.
  public EvidenceSettings {
    if (kafka == null) {
      throw new SettingsException("kafka is missing; set kafka.bootstrapServers and registryUrl");
    }
    if (database == null) {
      throw new SettingsException("database is missing; set database.jdbcUrl and database.user");
    }
    if (store == null) {
      throw new SettingsException("store is missing; set store.folder or store.s3.bucket");
    }
    lead = bounded("lead", lead, Duration.ofSeconds(2), Duration.ZERO, LONGEST_ALLOWED);
    tail = bounded("tail", tail, Duration.ofSeconds(3), Duration.ZERO, LONGEST_ALLOWED);
    longest =
        bounded("longest", longest, Duration.ofSeconds(60), Duration.ofSeconds(1), LONGEST_ALLOWED);
    audioWithin =
        bounded("audioWithin", audioWithin, Duration.ofMinutes(2), Duration.ZERO, LONGEST_WAIT);
    detectionsWithin =
        bounded(
            "detectionsWithin", detectionsWithin, Duration.ofHours(1), Duration.ZERO, LONGEST_WAIT);
    retention =
        bounded(
            "retention", retention, Duration.ofDays(30), Duration.ofMinutes(1), LONGEST_RETENTION);
    if (healthPort != null && (healthPort < 1 || healthPort > LARGEST_PORT)) {
      throw new SettingsException(
          "healthPort is " + healthPort + "; from 1 to " + LARGEST_PORT + " is allowed");
    }
    stalledAfter =
        bounded(
            "stalledAfter",
            stalledAfter,
            Progress.STALLED_AFTER,
            Duration.ofSeconds(1),
            LONGEST_WAIT);
  }

  /**
   * Kafka and the registry.
   *
   * @param groupId consumer group; default {@code tocsin-evidence}
   * @param credentials file of {@link io.tocsin.schema.access.CredentialsFile}: who evidence is to
   *     Kafka; null for what {@code TOCSIN_KAFKA_CREDENTIALS} names, or for nobody
   * @param sensorKeys whether sensors' records have to be signed; OFF (the default), OPTIONAL or
   *     REQUIRED
   * @param properties further client settings; no secrets
   */
  public record KafkaSettings(
      String bootstrapServers,
      String registryUrl,
      String groupId,
      @Nullable String credentials,
      SensorKeyMode sensorKeys,
      Map<String, String> properties) {

    @SuppressWarnings("ConstantValue")
    public KafkaSettings {
      bootstrapServers = required("kafka.bootstrapServers", bootstrapServers);
      registryUrl = required("kafka.registryUrl", registryUrl);
      groupId = groupId == null || groupId.isBlank() ? "tocsin-evidence" : groupId;
      sensorKeys = sensorKeys == null ? SensorKeyMode.OFF : sensorKeys;
      properties = properties == null ? Map.of() : Map.copyOf(properties);
      credentials = SinkSettings.usable(credentials, properties);
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
   * The object store: a folder or a bucket.
   *
   * @param folder of this machine; null for a bucket
   * @param s3 a bucket; null for a folder
   */
  public record StoreSettings(@Nullable Path folder, @Nullable S3Settings s3) {

    public StoreSettings {
      if ((folder == null) == (s3 == null)) {
        throw new SettingsException("store needs either folder or s3; set one of them");
      }
    }

    /** The store, which connects on first use. */
    ObjectStore open() {
      return s3 == null
          ? new FolderStore(java.util.Objects.requireNonNull(folder))
          : S3Store.of(s3, DefaultCredentialsProvider.builder().build());
    }
  }

  /**
   * A bucket. Credentials come as Amazon's tools take them: the environment ({@code
   * AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}), a profile, or the machine's role.
   *
   * @param endpoint of a server that speaks S3's protocol; null for Amazon's
   * @param region default {@code us-east-1}
   */
  public record S3Settings(@Nullable URI endpoint, String region, String bucket) {

    @SuppressWarnings("ConstantValue")
    public S3Settings {
      region = region == null || region.isBlank() ? "us-east-1" : region;
      bucket = required("store.s3.bucket", bucket);
    }
  }

  /**
   * Reads a YAML file, if there is one, and lays {@code overrides} over it.
   *
   * @param overrides values by dotted key, such as {@code store.folder}
   * @throws SettingsException if the file or a value is bad, or a key is unknown
   */
  public static EvidenceSettings read(@Nullable Path file, Map<String, String> overrides) {
    return SettingsFile.read(EvidenceSettings.class, file, overrides);
  }

  private static Duration bounded(
      String key, @Nullable Duration value, Duration otherwise, Duration least, Duration most) {
    if (value == null) {
      return otherwise;
    }
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new SettingsException(
          key + " is " + value + "; from " + least + " to " + most + " is allowed");
    }
    return value;
  }

  private static String required(String key, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new SettingsException(key + " is missing; set it in the file or with --" + key + "=…");
    }
    return value;
  }
}
