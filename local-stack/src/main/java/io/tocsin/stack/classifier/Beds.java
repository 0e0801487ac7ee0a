package io.tocsin.stack.classifier;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.AudioFiles;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Recordings that other sounds are set into: labels that last and that are nobody's distress. */
final class Beds {

  /** Labels of ESC-50 that go on without events. */
  static final List<String> USUAL =
      List.of(
          "rain",
          "wind",
          "sea_waves",
          "crickets",
          "engine",
          "helicopter",
          "train",
          "insects",
          "airplane",
          "washing_machine",
          "vacuum_cleaner");

  /** Decoded recordings that are kept. */
  private static final int MOST_KEPT = 200;

  private final List<IndexedClip> clips;
  private final int sampleRateHertz;
  private final Map<String, AudioClip> read = new HashMap<>();

  /** Of the clips of these labels, read at a rate. */
  Beds(List<IndexedClip> clips, Set<String> labels, int sampleRateHertz) {
    this(clips.stream().filter(c -> labels.contains(c.label())).toList(), sampleRateHertz);
  }

  /** Of all of these clips. */
  Beds(List<IndexedClip> clips, int sampleRateHertz) {
    this.clips = clips;
    this.sampleRateHertz = sampleRateHertz;
  }

  boolean isEmpty() {
    return clips.isEmpty();
  }

  /**
   * Any bed that {@code wanted} wants.
   *
   * @return null where there is none
   */
  @Nullable AudioClip any(Random random, Predicate<IndexedClip> wanted) throws IOException {
    List<IndexedClip> possible = clips.stream().filter(wanted).toList();
    if (possible.isEmpty()) {
      return null;
    }
    IndexedClip clip = possible.get(random.nextInt(possible.size()));
    AudioClip known = read.get(clip.name());
    if (known == null) {
      known = AudioFiles.read(clip.file(), sampleRateHertz);
      if (read.size() < MOST_KEPT) {
        read.put(clip.name(), known);
      }
    }
    return known;
  }
}
