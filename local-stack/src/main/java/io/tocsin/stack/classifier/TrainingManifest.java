package io.tocsin.stack.classifier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.tocsin.scoring.bundle.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The clips that a head was trained on: digest, name, label, source, licence and source group. */
final class TrainingManifest {

  private static final List<String> COLUMNS =
      List.of(
          "sha256", "file", "label", "source", "source_url", "author", "licence", "source_group");

  private TrainingManifest() {}

  /** As CSV in UTF-8, sorted by file. Digests are of the files as they are. */
  static byte[] of(List<IndexedClip> clips) {
    CsvSchema.Builder schema = CsvSchema.builder().setUseHeader(true).setLineSeparator("\n");
    COLUMNS.forEach(schema::addColumn);
    List<Map<String, String>> lines = new ArrayList<>();
    try {
      for (IndexedClip clip :
          clips.stream().sorted(Comparator.comparing(IndexedClip::name)).toList()) {
        Map<String, String> line = new LinkedHashMap<>();
        COLUMNS.forEach(column -> line.put(column, clip.column(column)));
        line.put("sha256", Digests.sha256(clip.file()));
        lines.add(line);
      }
      return new CsvMapper().writer(schema.build()).writeValueAsBytes(lines);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("text makes CSV", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Their licences, as the index states them. */
  static List<String> licences(List<Lessons> clips) {
    TreeSet<String> licences = new TreeSet<>();
    for (Lessons clip : clips) {
      String licence = clip.clip().column("licence");
      licences.add(licence.isEmpty() ? "no stated licence" : licence);
    }
    return List.copyOf(licences);
  }
}
