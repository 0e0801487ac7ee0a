package io.tocsin.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A YAML file of settings, with the command line's values over it. */
public final class SettingsFile {

  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .addModule(new JavaTimeModule())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private SettingsFile() {}

  /**
   * Reads a file, if there is one, and lays {@code overrides} over it.
   *
   * @param type a record of settings; durations are written as ISO 8601 has them, such as PT2S
   * @param overrides values by dotted key, such as {@code kafka.groupId}
   * @throws SettingsException if the file or a value is bad, or a key is unknown
   */
  public static <T> T read(Class<T> type, @Nullable Path file, Map<String, String> overrides) {
    ObjectNode tree = file == null ? YAML.createObjectNode() : fileTree(file);
    overrides.forEach((key, value) -> override(tree, key, value));
    try {
      return YAML.treeToValue(tree, type);
    } catch (ValueInstantiationException e) {
      throw new SettingsException(String.valueOf(rootCause(e).getMessage()), e);
    } catch (JsonMappingException e) {
      throw new SettingsException(e.getPathReference() + ": " + e.getOriginalMessage(), e);
    } catch (JsonProcessingException e) {
      throw new SettingsException(e.getOriginalMessage(), e);
    }
  }

  private static ObjectNode fileTree(Path file) {
    try {
      JsonNode tree = YAML.readTree(Files.readString(file));
      if (tree instanceof ObjectNode object) {
        return object;
      }
      throw new SettingsException("settings file " + file + " holds no keys");
    } catch (JsonProcessingException e) {
      throw new SettingsException(
          "settings file " + file + " is not YAML: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new SettingsException("settings file " + file + " cannot be read: " + e, e);
    }
  }

  private static void override(ObjectNode tree, String key, String value) {
    List<String> path = List.of(key.split("\\.", -1));
    ObjectNode node = tree;
    for (String step : path.subList(0, path.size() - 1)) {
      node = node.withObjectProperty(step);
    }
    node.put(path.get(path.size() - 1), value);
  }

  private static Throwable rootCause(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
