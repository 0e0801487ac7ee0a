package io.tocsin.schema.access;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.provider.ConfigProvider;

/** Gives Kafka's clients the values of a {@link CredentialsFile} at the moment they are made. */
public final class CredentialsProvider implements ConfigProvider {

  static final String NAME = "tocsin";

  @Override
  public void configure(Map<String, ?> configuration) {}

  @Override
  public ConfigData get(String path) {
    return new ConfigData(CredentialsFile.read(Path.of(path)).kafka());
  }

  @Override
  public ConfigData get(String path, Set<String> keys) {
    Map<String, String> found = new HashMap<>(CredentialsFile.read(Path.of(path)).kafka());
    found.keySet().retainAll(keys);
    return new ConfigData(found);
  }

  @Override
  public void close() {}
}
