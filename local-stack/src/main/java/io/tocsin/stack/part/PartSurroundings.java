package io.tocsin.stack.part;

import io.tocsin.stack.Endpoints;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a part is told of the stack around it.
 *
 * @param endpoints the servers
 * @param bundle folder of the model bundle
 * @param folder the part's own, for its state
 * @param parallelism of a Flink job
 */
public record PartSurroundings(Endpoints endpoints, Path bundle, Path folder, int parallelism) {

  Map<String, Object> kafka() {
    return Map.of(
        "bootstrapServers", endpoints.bootstrapServers(), "registryUrl", endpoints.registryUrl());
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
