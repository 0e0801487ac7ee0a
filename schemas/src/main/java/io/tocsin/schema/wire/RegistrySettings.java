package io.tocsin.schema.wire;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the schema registry.
 *
 * @param url base address of its Confluent-compatible REST interface
 * @param autoRegister whether a serialiser may register its schema when the subject lacks it; off
 *     outside a local stack, where schemas are registered as part of a deployment
 * @param credentials a file of {@link io.tocsin.schema.access.CredentialsFile}, whose keys that
 *     begin with {@code schema.registry.} say how the registry is reached; null for none
 */
public record RegistrySettings(String url, boolean autoRegister, @Nullable String credentials)
    implements Serializable {

  public RegistrySettings {
    if (url.isBlank()) {
      throw new IllegalArgumentException(
          "registry url is empty; give one such as http://127.0.0.1:8081");
    }
  }

  /** Without credentials. */
  public RegistrySettings(String url, boolean autoRegister) {
    this(url, autoRegister, null);
  }
}
