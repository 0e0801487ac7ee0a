package io.tocsin.stack.classifier;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.AudioFiles;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.stack.classifier.HeadTraining.Lesson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What clips teach. Windows that are filled up with silence teach nothing, or a head learns that
 * short sounds are followed by it; short clips teach through mixtures, in which all labels have the
 * same length and filling. Mixtures take their background from the clip's own fold, so that a fold
 * that is held out is held out with all of its sounds.
 *
 * @param stream every window of the clip, as a stream would cut it: to be judged on
 * @param lessons windows and mixtures to learn from
 */
record Lessons(EmbeddedClip stream, List<Lesson> lessons) {

  private static final double LEAST_SNR_DECIBELS = 3;
  private static final double MOST_SNR_DECIBELS = 25;

  /** What clips teach, and which could not be read. */
  record All(List<Lessons> clips, List<String> unread) {}

  /**
   * How lessons are made.
   *
   * @param mixes mixtures of each clip
   * @param beds index labels of background for mixtures; where there are none, any background is
   * @param foldOf the fold of each source group
   */
  record Making(int mixes, List<String> beds, long seed, Map<String, Integer> foldOf) {

    int foldOf(IndexedClip clip) {
      return foldOf.getOrDefault(clip.group(), 0);
    }
  }

  static All of(ModelBundle bundle, List<IndexedClip> clips, LabelMap map, Making making)
      throws InterruptedException {
    List<Lessons> all = new ArrayList<>();
    List<String> unread = new ArrayList<>();
    try (Embedder embedder = new Embedder(bundle)) {
      List<EmbeddedClip> streams = new ArrayList<>();
      for (IndexedClip clip : clips) {
        try {
          streams.add(embedder.embed(clip, AudioFiles.read(clip.file())));
        } catch (IOException e) {
          unread.add(Hearing.why(clip, e));
        }
      }
      Beds beds = beds(streams, map, making, bundle.sampleRateHertz());
      for (EmbeddedClip stream : streams) {
        String label = map.labelOf(stream.clip());
        List<Lesson> lessons = new ArrayList<>(windows(stream, label));
        for (float[] embedding : mixtures(bundle, embedder, stream, beds, making)) {
          lessons.add(new Lesson(embedding, label));
        }
        all.add(new Lessons(stream, List.copyOf(lessons)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new All(List.copyOf(all), List.copyOf(unread));
  }

  private static Beds beds(
      List<EmbeddedClip> streams, LabelMap map, Making making, int sampleRateHertz) {
    List<IndexedClip> clips = streams.stream().map(EmbeddedClip::clip).toList();
    Beds beds = new Beds(clips, Set.copyOf(making.beds()), sampleRateHertz);
    return beds.isEmpty()
        ? new Beds(clips.stream().filter(c -> map.labelOf(c) == null).toList(), sampleRateHertz)
        : beds;
  }

  /** A window each; none where the clip's fold has no background of another source. */
  private static List<float[]> mixtures(
      ModelBundle bundle, Embedder embedder, EmbeddedClip stream, Beds beds, Making making)
      throws IOException, InterruptedException {
    IndexedClip clip = stream.clip();
    Mixture mixture = new Mixture(bundle.windowSamples(), bundle.windowSamples());
    Random random = new Random(making.seed() ^ 31L * clip.name().hashCode());
    AudioClip sound = AudioFiles.read(clip.file(), bundle.sampleRateHertz());
    List<float[]> embeddings = new ArrayList<>();
    for (int i = 0; i < making.mixes() && sound.samples().length > 0; i++) {
      AudioClip bed =
          beds.any(
              random,
              b -> !b.group().equals(clip.group()) && making.foldOf(b) == making.foldOf(clip));
      if (bed == null) {
        return embeddings;
      }
      double share = random.nextDouble();
      double snr = LEAST_SNR_DECIBELS + share * (MOST_SNR_DECIBELS - LEAST_SNR_DECIBELS);
      AudioClip mixed = mixture.of(sound, bed, snr, random);
      embeddings.add(embedder.embed(clip, mixed).windows().get(0));
    }
    return embeddings;
  }

  /** Windows without filling; of a label's clips only those that hold the sound. */
  private static List<Lesson> windows(EmbeddedClip clip, @Nullable String label) {
    List<Lesson> lessons = new ArrayList<>();
    for (int window = 0; window < clip.whole(); window++) {
      if (label == null || clip.isActive(window)) {
        lessons.add(new Lesson(clip.windows().get(window), label));
      }
    }
    return lessons;
  }

  IndexedClip clip() {
    return stream.clip();
  }

  /** The clip as a head hears it. */
  ScoredClip heard(LinearHead head) {
    return new ScoredClip(clip(), stream.windows().stream().map(head::scores).toList(), Set.of());
  }
}
