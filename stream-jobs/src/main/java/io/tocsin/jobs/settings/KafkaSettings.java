package io.tocsin.jobs.settings;

import io.tocsin.schema.access.CredentialsException;
import io.tocsin.schema.access.KafkaAccess;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.wire.RegistrySettings;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How a job reaches Kafka and the registry.
 *
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param registryUrl base address of the Confluent-compatible schema registry
 * @param autoRegister whether to register missing schemas; off unless asked for
 * @param groupId consumer group; the job's own name by default
 * @param exactlyOnce whether results are written in Kafka transactions, so that a consumer that
 *     reads committed records sees each once; costs latency of up to a checkpoint interval
 * @param transactionTimeout how long a Flink job's transaction may stay open before the broker
 *     takes back what was written in it; longer than a checkpoint interval and the longest
 *     checkpoint, and than any outage of the job that is to lose nothing; default PT15M, the most
 *     that a broker allows unless its {@code transaction.max.timeout.ms} says more
 * @param credentials file of {@link io.tocsin.schema.access.CredentialsFile}: who the job is to
 *     Kafka; the same path on every machine that runs a part of it; null for what {@code
 *     TOCSIN_KAFKA_CREDENTIALS} names where the job is submitted, or for nobody
 * @param sensorKeys whether sensors' records have to be signed; OFF (the default), OPTIONAL or
 *     REQUIRED
 * @param properties further client settings; no secrets
 */
public record KafkaSettings(
    String bootstrapServers,
    String registryUrl,
    boolean autoRegister,
    @Nullable String groupId,
    boolean exactlyOnce,
    Duration transactionTimeout,
    @Nullable String credentials,
    SensorKeyMode sensorKeys,
    Map<String, String> properties)
    implements Serializable {

  private static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

  @SuppressWarnings({"ConstantValue", "UnusedVariable"})
  public KafkaSettings {
    bootstrapServers = required("kafka.bootstrapServers", bootstrapServers);
    registryUrl = required("kafka.registryUrl", registryUrl);
    transactionTimeout = transactionTimeout == null ? TRANSACTION_TIMEOUT : transactionTimeout;
    if (transactionTimeout.toMillis() < 1) {
      throw new SettingsException(
          "kafka.transactionTimeout is " + transactionTimeout + "; give a time such as PT15M");
    }
    sensorKeys = sensorKeys == null ? SensorKeyMode.OFF : sensorKeys;
    properties = properties == null ? Map.of() : Map.copyOf(properties);
    Path file = KafkaAccess.credentials(credentials, System.getenv());
    credentials = file == null ? null : file.toString();
    try {
      KafkaAccess.requireNoSecret(properties);
    } catch (CredentialsException e) {
      throw new SettingsException("kafka.properties: " + e.getMessage(), e);
    }
  }

  /**
   * The consumer group of a part of Tocsin, which its transactions are named after too: two jobs
   * that stand each for itself have groups of their own.
   */
  public String groupOf(String part) {
    return groupId == null ? "tocsin-" + part : groupId;
  }

  /** The registry part. */
  public RegistrySettings registry() {
    return new RegistrySettings(registryUrl, autoRegister, credentials);
  }

  /**
   * {@link #properties()} and the credentials as Kafka's clients want them; secrets by reference
   * alone.
   *
   * @throws SettingsException if the credentials cannot be used
   */
  public Properties clientProperties() {
    Properties all = new Properties();
    try {
      all.putAll(
          KafkaAccess.settings(credentials == null ? null : Path.of(credentials), properties));
    } catch (CredentialsException e) {
      throw new SettingsException("kafka.credentials: " + e.getMessage(), e);
    }
    return all;
  }

  static String required(String key, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new SettingsException(key + " is missing; set it in the file or with --" + key + "=…");
    }
    return value;
  }
}
