package io.tocsin.stack.part;

import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.stack.Endpoints;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a part is told of the stack around it.
 *
 * @param endpoints the servers
 * @param bundle folder of the model bundle
 * @param folder the part's own, for its state
 * @param parallelism of a Flink job
 * @param credentials who the part is to Kafka; null where everyone may everything
 * @param sensorKeys whether sensors' records have to be signed
 */
public record PartSurroundings(
    Endpoints endpoints,
    Path bundle,
    Path folder,
    int parallelism,
    @Nullable Path credentials,
    SensorKeyMode sensorKeys) {

  Map<String, Object> kafka() {
    Map<String, Object> kafka = new TreeMap<>();
    kafka.put("bootstrapServers", endpoints.bootstrapServers());
    kafka.put("registryUrl", endpoints.registryUrl());
    kafka.put("sensorKeys", sensorKeys.name());
    if (credentials != null) {
      kafka.put("credentials", credentials.toString());
    }
    return kafka;
  }

  Map<String, Object> database() {
    return Map.of(
        "jdbcUrl",
        endpoints.jdbcUrl(),
        "user",
        endpoints.databaseUser(),
        "passwordFile",
        endpoints.databasePasswordFile());
  }

  Map<String, Object> environment() {
    return Map.of("parallelism", parallelism);
  }
}
