package io.tocsin.jobs.settings;

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
import java.util.stream.Collectors;

/**
 * Reads a part's settings: {@code --config FILE} (YAML) first, then each {@code --a.b=value} over
 * it. Durations are ISO-8601, such as PT30S. An unknown key is an error, so that a slip of the pen
 * does not run with a default.
 */
public final class SettingsFile {

  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .addModule(new JavaTimeModule())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private SettingsFile() {}

  /**
   * @param type a record whose compact constructor fills defaults and checks values
   * @throws SettingsException if an argument, the file or a value is bad
   */
  public static <T> T read(Class<T> type, String... arguments) {
    ObjectNode tree = YAML.createObjectNode();
    for (String argument : arguments) {
      if (argument.startsWith("--config=")) {
        tree = merged(tree, fileTree(Path.of(argument.substring("--config=".length()))));
      }
    }
    for (String argument : arguments) {
      if (!argument.startsWith("--config=")) {
        override(tree, argument);
      }
    }
    try {
      return YAML.treeToValue(tree, type);
    } catch (ValueInstantiationException e) {
      throw new SettingsException(rootMessage(e), e);
    } catch (JsonMappingException e) {
      throw new SettingsException(path(e) + ": " + e.getOriginalMessage(), e);
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

  private static ObjectNode merged(ObjectNode under, ObjectNode over) {
    over.properties().forEach(e -> under.set(e.getKey(), e.getValue()));
    return under;
  }

  private static void override(ObjectNode tree, String argument) {
    int equals = argument.indexOf('=');
    if (!argument.startsWith("--") || equals < 3) {
      throw new SettingsException(
          "argument '" + argument + "' is not understood; write --config=FILE or --key=value");
    }
    List<String> path = List.of(argument.substring(2, equals).split("\\.", -1));
    ObjectNode node = tree;
    for (String step : path.subList(0, path.size() - 1)) {
      node = node.withObject("/" + step);
    }
    node.put(path.get(path.size() - 1), argument.substring(equals + 1));
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
        .collect(Collectors.joining("."));
  }

  private static String rootMessage(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}
