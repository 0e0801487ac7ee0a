package io.tocsin.simulator.city;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Files of truth and of what was found: JSON, one record a line where there are many. */
public final class JsonLines {

  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonLines() {}

  /** Writes a single record. */
  public static void writeOne(Path file, Object record) throws IOException {
    JSON.writeValue(file.toFile(), record);
  }

  /** Writes records, each in a line of its own. */
  public static void write(Path file, List<?> records) throws IOException {
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (Object record : records) {
        lines.write(JSON.writeValueAsString(record));
        lines.newLine();
      }
    }
  }

  /**
   * Reads a single record.
   *
   * @throws IllegalArgumentException if the file does not hold such a record
   */
  public static <T> T readOne(Path file, Class<T> type) throws IOException {
    return parsed(file, 1, Files.readString(file), type);
  }

  /**
   * Reads lines; of those with one id the last counts.
   *
   * @throws IllegalArgumentException if a line does not hold such a record
   */
  public static <T> List<T> readLast(Path file, Class<T> type, Function<T, String> id)
      throws IOException {
    Map<String, T> last = new LinkedHashMap<>();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        T record = parsed(file, i + 1, lines.get(i), type);
        last.put(id.apply(record), record);
      }
    }
    return List.copyOf(last.values());
  }

  private static <T> T parsed(Path file, int line, String text, Class<T> type) {
    try {
      return JSON.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s, line %d: %s; tocsin simulate --out writes such files"
              .formatted(file, line, e.getOriginalMessage()),
          e);
    }
  }
}
