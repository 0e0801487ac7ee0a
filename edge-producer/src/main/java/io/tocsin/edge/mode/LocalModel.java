package io.tocsin.edge.mode;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.Provider;
import io.tocsin.scoring.inference.ScoringSettings;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.window.AudioWindow;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bundle that listens at the sensor: one window at a time, on one thread of one core. */
final class LocalModel implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LocalModel.class);

  private final ModelBundle bundle;
  private final WindowScorer scorer;
  private final boolean scores;

  /**
   * @param scores whether the head is asked as well
   */
  LocalModel(ModelBundle bundle, boolean scores) {
    this.bundle = bundle;
    this.scores = scores;
    this.scorer =
        SharedScorers.acquire(bundle, new ScoringSettings(Provider.CPU, 1, 1, Duration.ZERO, 1));
  }

  ModelBundle bundle() {
    return bundle;
  }

  /** Listens to a window; one that the model fails on is logged and has no scores. */
  Heard hear(AudioWindow window) throws InterruptedException {
    float @Nullable [] embedding = null;
    try {
      embedding = scorer.embed(window.samples()).get();
      return new Heard(
          window, embedding, scores ? scorer.scoreEmbedding(embedding).get().scores() : null);
    } catch (ExecutionException e) {
      LOG.warn(
          "event=window-unscored sensor={} start={} reason=\"{}\"",
          window.sensorId(),
          window.startMicros(),
          String.valueOf(e.getCause()));
      return new Heard(window, embedding, null);
    }
  }

  @Override
  public void close() {
    scorer.close();
  }
}
