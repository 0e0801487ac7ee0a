package io.tocsin.stack.classifier;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.AudioFiles;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.cli.ClipScorer;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What was heard in clips.
 *
 * @param unread files that could not be read, and why
 */
record Hearing(List<ScoredClip> clips, List<String> unread) {

  /** How a clip's sound is come by: as it is in its file, or with something done to it. */
  interface Source {

    /** Sound of any rate. */
    AudioClip sound(IndexedClip clip) throws IOException;
  }

  /** As the file has it. */
  static final Source FILES = clip -> AudioFiles.read(clip.file());

  /** Scores clips as a stream would: the same windows, hop and filling up. */
  static Hearing of(ModelBundle bundle, List<IndexedClip> clips, Source source)
      throws InterruptedException {
    List<ScoredClip> scored = new ArrayList<>(clips.size());
    List<String> unread = new ArrayList<>();
    try (WindowScorer scorer = SharedScorers.acquire(bundle, ScoringSettings.cpu())) {
      ClipScorer scorers = new ClipScorer(bundle, scorer);
      for (IndexedClip clip : clips) {
        try {
          scored.add(scored(clip, scorers.score(clip.name(), source.sound(clip))));
        } catch (IOException e) {
          unread.add(why(clip, e));
        }
      }
    }
    return new Hearing(List.copyOf(scored), List.copyOf(unread));
  }

  private static ScoredClip scored(IndexedClip clip, ClipScorer.Heard heard) {
    return new ScoredClip(
        clip,
        heard.windows().stream().map(ScoredWindow::scores).toList(),
        heard.detections().stream()
            .map(SoundDetection::label)
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** Why a clip could not be read, with its name. */
  static String why(IndexedClip clip, IOException e) {
    if (e instanceof NoSuchFileException) {
      return clip.file() + ": there is no such file";
    }
    String message = String.valueOf(e.getMessage());
    return message.contains(clip.file().toString()) ? message : clip.file() + ": " + message;
  }
}
