package io.tocsin.stack.classifier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.tocsin.scoring.bundle.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A CSV file that says what is heard in sound files: columns file (relative to it), label and
 * source_group, and any others.
 *
 * @param sha256 of the file, so that results can name what they were made from
 */
record SoundIndex(Path file, String sha256, List<IndexedClip> clips) {

  private static final List<String> WANTED = List.of("file", "label", "source_group");

  SoundIndex {
    clips = List.copyOf(clips);
  }

  /**
   * Reads an index.
   *
   * @throws IllegalArgumentException if it cannot be read, lacks a column or a value, or is empty
   */
  static SoundIndex read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "there is no index at " + file + "; a CSV file with columns " + WANTED + " is wanted");
    }
    List<IndexedClip> clips = new ArrayList<>();
    try (MappingIterator<Map<String, String>> lines =
        new CsvMapper()
            .readerForMapOf(String.class)
            .with(CsvSchema.emptySchema().withHeader())
            .with(CsvParser.Feature.TRIM_SPACES)
            .with(CsvParser.Feature.SKIP_EMPTY_LINES)
            .readValues(file.toFile())) {
      while (lines.hasNextValue()) {
        clips.add(clip(file, clips.size() + 1, lines.nextValue()));
      }
      if (clips.isEmpty()) {
        throw new IllegalArgumentException("index " + file + " names no clip");
      }
      return new SoundIndex(file, Digests.sha256(file), clips);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "index " + file + " is no CSV with a header: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new IllegalArgumentException("index " + file + " cannot be read: " + e);
    }
  }

  private static IndexedClip clip(Path file, int line, Map<String, String> columns) {
    if (!columns.keySet().containsAll(WANTED)) {
      throw new IllegalArgumentException(
          "index "
              + file
              + " has columns "
              + new TreeSet<>(columns.keySet())
              + "; "
              + WANTED
              + " are wanted");
    }
    Map<String, String> said = new HashMap<>();
    columns.forEach(
        (column, value) -> {
          if (!value.isEmpty()) {
            said.put(column, value);
          }
        });
    for (String column : WANTED) {
      if (!said.containsKey(column)) {
        throw new IllegalArgumentException(
            "index " + file + ": clip " + line + " has no " + column);
      }
    }
    String name = said.getOrDefault("file", "");
    return new IndexedClip(
        file.toAbsolutePath().resolveSibling(name),
        name,
        said.getOrDefault("label", ""),
        said.getOrDefault("source_group", ""),
        Map.copyOf(said));
  }

  /** The clips that {@code wanted} wants. */
  SoundIndex only(Predicate<IndexedClip> wanted) {
    return new SoundIndex(file, sha256, clips.stream().filter(wanted).toList());
  }
}
