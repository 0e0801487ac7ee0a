package io.tocsin.stack.classifier;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.Levels;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.cli.Answers;
import io.tocsin.scoring.cli.ClipWindows;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.window.AudioWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A bundle's backbone on whole clips. */
final class Embedder implements AutoCloseable {

  private final ModelBundle bundle;
  private final WindowScorer scorer;
  private final ClipWindows windows;

  Embedder(ModelBundle bundle) {
    this.bundle = bundle;
    this.scorer = SharedScorers.acquire(bundle, ScoringSettings.cpu());
    this.windows = new ClipWindows(bundle);
  }

  /** All windows of a clip's sound. */
  EmbeddedClip embed(IndexedClip clip, AudioClip sound) throws InterruptedException {
    List<AudioWindow> cut = windows.of(clip.name(), sound);
    List<CompletableFuture<float[]>> answers = new ArrayList<>(cut.size());
    for (AudioWindow window : cut) {
      answers.add(scorer.embed(window.samples()));
    }
    long samples = Math.round(sound.seconds() * bundle.sampleRateHertz());
    long beyondFirst = samples - bundle.windowSamples();
    int whole = beyondFirst < 0 ? 0 : (int) (1 + beyondFirst / bundle.hopSamples());
    return new EmbeddedClip(
        clip,
        answers.stream().map(Answers::of).toList(),
        cut.stream().map(w -> Levels.rmsDbfs(w.samples())).toList(),
        Math.min(cut.size(), whole));
  }

  @Override
  public void close() {
    scorer.close();
  }
}
