package io.tocsin.jobs.scoring;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.WindowAnnotator;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.window.AudioWindow;
import java.nio.file.Path;
import java.util.Collections;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the process's shared scorer. A window that cannot be scored goes on without scores and is
 * counted: what follows must not wait for it.
 */
final class InferenceFunction extends RichAsyncFunction<AudioWindow, ScoredWindow> {

  private static final Logger LOG = LoggerFactory.getLogger(InferenceFunction.class);
  private static final long serialVersionUID = 1L;
  private static final float[] NO_SCORES = {};

  private final ScoringJobSettings.InferenceSettings settings;

  private transient WindowScorer scorer;
  private transient WindowAnnotator annotator;
  private transient Counter scored;
  private transient Counter failed;

  InferenceFunction(ScoringJobSettings.InferenceSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    ModelBundle bundle = ModelBundle.load(Path.of(settings.bundle()));
    scorer = SharedScorers.acquire(bundle, settings.scoring());
    annotator = new WindowAnnotator(bundle);
    scored =
        getRuntimeContext()
            .getMetricGroup()
            .counter("windowsScored", new ThreadSafeSimpleCounter());
    failed =
        getRuntimeContext()
            .getMetricGroup()
            .counter("windowsFailed", new ThreadSafeSimpleCounter());
  }

  @Override
  public void close() {
    if (scorer != null) {
      scorer.close();
    }
  }

  @Override
  public void asyncInvoke(AudioWindow window, ResultFuture<ScoredWindow> result)
      throws InterruptedException {
    var unused =
        scorer
            .score(window.samples())
            .whenComplete(
                (scores, error) -> {
                  if (error == null) {
                    scored.inc();
                    result.complete(
                        Collections.singleton(annotator.annotated(window, scores.scores())));
                  } else {
                    unscored(window, error.toString(), result);
                  }
                });
  }

  @Override
  public void timeout(AudioWindow window, ResultFuture<ScoredWindow> result) {
    unscored(window, "no answer in time", result);
  }

  private void unscored(AudioWindow window, String why, ResultFuture<ScoredWindow> result) {
    failed.inc();
    LOG.warn(
        "event=window-unscored sensor={} start={} reason=\"{}\"",
        window.sensorId(),
        window.startMicros(),
        why);
    result.complete(Collections.singleton(annotator.annotated(window, NO_SCORES)));
  }
}
