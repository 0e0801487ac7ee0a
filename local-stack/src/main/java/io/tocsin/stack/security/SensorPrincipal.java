package io.tocsin.stack.security;

import io.tocsin.schema.Topics;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.acl.AclBinding;

/**
 * A sensor as Kafka knows it: a user of its own, whose name no role can have.
 *
 * @param sensorId letters, digits, dots, hyphens and underscores
 */
public record SensorPrincipal(String sensorId) {

  private static final String PREFIX = "sensor-";

  /** Refuses names that commands, files and Kafka's tools would have to quote. */
  public SensorPrincipal {
    if (!sensorId.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      throw new IllegalArgumentException(
          "sensor id is '"
              + sensorId
              + "'; up to 100 letters, digits, dots, hyphens and underscores, a letter or digit first");
    }
  }

  /** The sensor that Kafka's user of that name is; empty where it is none. */
  static Optional<String> sensorOf(String user) {
    return user.startsWith(PREFIX)
        ? Optional.of(user.substring(PREFIX.length()))
        : Optional.empty();
  }

  /** Its name in Kafka. */
  public String user() {
    return PREFIX + sensorId;
  }

  /**
   * What it may do. Kafka grants topics, not keys of records in them: whose records they are is
   * told by their signatures.
   */
  public List<AclBinding> rights() {
    return new Rights(user())
        .writes(Topics.SENSORS, Topics.AUDIO_FRAMES, Topics.AUDIO_EMBEDDINGS, Topics.HEARTBEATS)
        .bindings();
  }
}
