package io.tocsin.stack.classifier;

import java.nio.file.Path;
import java.util.Map;

/**
 * A line of an index.
 *
 * @param file where the sound lies
 * @param name the file as the index names it
 * @param label what is heard in it, in the index's words
 * @param group the recording or voice that it shares with others
 * @param columns all of the line's columns, those without a value left out
 */
record IndexedClip(
    Path file, String name, String label, String group, Map<String, String> columns) {

  /** A column's value, or the empty text. */
  String column(String column) {
    return columns.getOrDefault(column, "");
  }
}
