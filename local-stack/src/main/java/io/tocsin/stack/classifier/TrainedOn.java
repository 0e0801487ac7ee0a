package io.tocsin.stack.classifier;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.tocsin.scoring.bundle.BundleException;
import io.tocsin.scoring.bundle.Digests;
import io.tocsin.scoring.bundle.ModelBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What bundles were trained on, as their manifest.csv files say: a figure on such a clip flatters.
 * A bundle without the file says nothing, so that nothing of it is known.
 *
 * @param stated whether every bundle has the file
 * @param digests SHA-256 of the clips
 * @param groups their source groups
 */
record TrainedOn(boolean stated, Set<String> digests, Set<String> groups) {

  static final String MANIFEST = "manifest.csv";

  static TrainedOn of(List<ModelBundle> bundles) {
    Set<String> digests = new HashSet<>();
    Set<String> groups = new HashSet<>();
    boolean stated = true;
    for (ModelBundle bundle : bundles) {
      Path file = bundle.folder().resolve(MANIFEST);
      if (!Files.isRegularFile(file)) {
        stated = false;
        continue;
      }
      try (MappingIterator<Map<String, String>> lines =
          new CsvMapper()
              .readerForMapOf(String.class)
              .with(CsvSchema.emptySchema().withHeader())
              .readValues(file.toFile())) {
        while (lines.hasNextValue()) {
          Map<String, String> line = lines.nextValue();
          add(digests, line.get("sha256"));
          add(groups, line.get("source_group"));
        }
      } catch (IOException e) {
        throw new BundleException(
            "bundle " + bundle.ref() + ": " + file + " cannot be read: " + e, e);
      }
    }
    return new TrainedOn(stated, Set.copyOf(digests), Set.copyOf(groups));
  }

  private static void add(Set<String> to, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      to.add(value);
    }
  }

  /** Whether the clip, or another one of its source, was trained on. */
  boolean holds(IndexedClip clip) {
    if (groups.contains(clip.group())) {
      return true;
    }
    try {
      return digests.contains(Digests.sha256(clip.file()));
    } catch (IOException e) {
      // A file that cannot be read is told where it is to be scored.
      return false;
    }
  }

  /**
   * The clips of an index that were not trained on.
   *
   * @throws IllegalArgumentException if there are none, or it is not known
   */
  SoundIndex heldOut(SoundIndex index) {
    if (!stated) {
      throw new IllegalArgumentException(
          "a bundle has no " + MANIFEST + ": what it was trained on is unknown");
    }
    SoundIndex left = index.only(clip -> !holds(clip));
    if (left.clips().isEmpty()) {
      throw new IllegalArgumentException(
          "every clip of " + index.file() + " was trained on: nothing is held out");
    }
    return left;
  }
}
