package io.tocsin.stack.classifier;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Option;

/** Which clips are read, and what they are called. */
final class IndexOptions {

  @Option(
      names = "--index",
      required = true,
      paramLabel = "CSV",
      description = "Clips: columns file (relative to the index), label, source_group.")
  private Path index = Path.of("");

  @Option(
      names = "--map",
      paramLabel = "INDEX=LABEL",
      description =
          "What an index's label is in the bundle's words, beside the bundle's own map; what neither"
              + " knows is background. May be repeated.")
  private Map<String, String> map = new LinkedHashMap<>();

  @Option(
      names = "--leave-out",
      paramLabel = "LABEL",
      split = ",",
      description = "Index labels that are neither: too near to a label to be its background.")
  private List<String> leaveOut = List.of();

  @Option(
      names = "--where",
      paramLabel = "COLUMN=GLOB",
      description = "Only clips whose column fits, such as source=ESC-10*. May be repeated.")
  private Map<String, String> where = new LinkedHashMap<>();

  /**
   * The clips that are asked for.
   *
   * @throws IllegalArgumentException if there are none
   */
  SoundIndex read() {
    SoundIndex all = SoundIndex.read(index);
    Set<String> out = new HashSet<>(leaveOut);
    SoundIndex wanted = all.only(clip -> !out.contains(clip.label()));
    for (Map.Entry<String, String> entry : where.entrySet()) {
      PathMatcher glob = FileSystems.getDefault().getPathMatcher("glob:" + flat(entry.getValue()));
      wanted = wanted.only(c -> glob.matches(Path.of(flat(c.column(entry.getKey())))));
    }
    if (wanted.clips().isEmpty()) {
      throw new IllegalArgumentException(
          "of the " + all.clips().size() + " clips of " + index + " none is left by " + where);
    }
    return wanted;
  }

  /** A star reaches over everything, folders' separators too. */
  private static String flat(String text) {
    return text.replace('/', '|');
  }

  /** What is said beside the bundle's own map. */
  Map<String, String> map() {
    return map;
  }

  /** How the options read, for a record of what was done. */
  Map<String, Object> asSettings() {
    return Map.of("map", map, "leaveOut", leaveOut, "where", where);
  }
}
