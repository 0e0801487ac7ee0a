package io.tocsin.jobs.scoring;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.WindowAnnotator;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.inference.WindowScores;
import io.tocsin.scoring.window.AudioWindow;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * Scores windows with the bundle on trial, where there is room in its queue. It never waits: what
 * there is no room for is skipped and counted, so that no trial holds up an alert.
 */
final class ShadowFunction extends RichAsyncFunction<AudioWindow, ScoredWindow> {

  private static final long serialVersionUID = 1L;

  private final InferenceSettings settings;

  private transient @Nullable WindowScorer scorer;
  private transient WindowAnnotator annotator;
  private transient InferenceMeters meters;
  private transient Counter skipped;

  ShadowFunction(InferenceSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    ModelBundle bundle = ModelBundle.load(Path.of(settings.bundle()));
    meters = new InferenceMeters(getRuntimeContext().getMetricGroup());
    skipped = getRuntimeContext().getMetricGroup().counter("windowsSkipped");
    scorer = SharedScorers.acquire(bundle, settings.on(getRuntimeContext()), meters);
    annotator = new WindowAnnotator(bundle);
  }

  @Override
  public void close() {
    if (scorer != null) {
      scorer.close();
    }
  }

  @Override
  public void asyncInvoke(AudioWindow window, ResultFuture<ScoredWindow> result) {
    Optional<CompletableFuture<WindowScores>> answer =
        Objects.requireNonNull(scorer, "open() comes first").tryScore(window.samples());
    if (answer.isEmpty()) {
      skipped.inc();
      unscored(window, result);
      return;
    }
    var unused =
        answer
            .get()
            .whenComplete(
                (scores, error) -> {
                  if (error == null) {
                    meters.scored();
                    result.complete(Collections.singleton(annotator.annotated(window, scores)));
                  } else {
                    meters.unscored();
                    unscored(window, result);
                  }
                });
  }

  @Override
  public void timeout(AudioWindow window, ResultFuture<ScoredWindow> result) {
    meters.unscored();
    unscored(window, result);
  }

  /** What follows counts windows: one that is left out goes on without scores. */
  private void unscored(AudioWindow window, ResultFuture<ScoredWindow> result) {
    result.complete(Collections.singleton(annotator.unscored(window)));
  }
}
