package io.tocsin.jobs.scoring;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.WindowAnnotator;
import io.tocsin.scoring.inference.InferenceMetrics;
import io.tocsin.scoring.inference.SecondOpinion;
import io.tocsin.scoring.inference.Tensors;
import io.tocsin.scoring.window.AudioWindow;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the process's shared scorer, and the second bundle where the first names one. A window that
 * cannot be scored goes on without scores and is counted: what follows must not wait for it.
 */
final class InferenceFunction extends RichAsyncFunction<AudioWindow, ScoredWindow> {

  private static final Logger LOG = LoggerFactory.getLogger(InferenceFunction.class);
  private static final long serialVersionUID = 1L;

  private final InferenceSettings settings;

  private transient @Nullable SecondOpinion scorer;
  private transient WindowAnnotator annotator;
  private transient InferenceMeters meters;

  InferenceFunction(InferenceSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    ModelBundle bundle = ModelBundle.load(Path.of(settings.bundle()));
    MetricGroup group = getRuntimeContext().getMetricGroup();
    meters = new InferenceMeters(group);
    // Of the whole process: every subtask says the same.
    group.gauge("tensorsOpen", Tensors::live);
    InferenceMetrics second =
        bundle.secondOpinion().isPresent()
            ? new InferenceMeters(group.addGroup("secondOpinion"))
            : InferenceMetrics.NONE;
    scorer = SecondOpinion.acquire(bundle, settings.on(getRuntimeContext()), meters, second);
    annotator = new WindowAnnotator(bundle);
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
    SecondOpinion open = Objects.requireNonNull(scorer, "open() comes first");
    var unused =
        open.score(window.samples(), SecondOpinion.key(window.sensorId(), window.startMicros()))
            .whenComplete(
                (scores, error) -> {
                  if (error == null) {
                    meters.scored();
                    result.complete(Collections.singleton(annotator.annotated(window, scores)));
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
    meters.unscored();
    LOG.warn(
        "event=window-unscored sensor={} start={} reason=\"{}\"",
        window.sensorId(),
        window.startMicros(),
        why);
    result.complete(Collections.singleton(annotator.unscored(window)));
  }
}
