package io.tocsin.jobs.settings;

import io.tocsin.schema.wire.RegistrySettings;
import java.io.Serializable;
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
 * @param properties further client settings, such as security
 */
public record KafkaSettings(
    String bootstrapServers,
    String registryUrl,
    boolean autoRegister,
    @Nullable String groupId,
    boolean exactlyOnce,
    Map<String, String> properties)
    implements Serializable {

  @SuppressWarnings({"ConstantValue", "UnusedVariable"})
  public KafkaSettings {
    bootstrapServers = required("kafka.bootstrapServers", bootstrapServers);
    registryUrl = required("kafka.registryUrl", registryUrl);
    properties = properties == null ? Map.of() : Map.copyOf(properties);
  }

  /** The registry part. */
  public RegistrySettings registry() {
    return new RegistrySettings(registryUrl, autoRegister);
  }

  /** {@link #properties()} as Kafka's clients want them. */
  public Properties clientProperties() {
    Properties all = new Properties();
    all.putAll(properties);
    return all;
  }

  static String required(String key, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new SettingsException(key + " is missing; set it in the file or with --" + key + "=…");
    }
    return value;
  }
}
