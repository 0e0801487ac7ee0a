package io.tocsin.jobs.scoring;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.WindowAnnotator;
import io.tocsin.scoring.inference.Float16;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.window.OrderedEmbedding;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the process's shared scorer for the head's view of embeddings. One that cannot be scored
 * goes on without scores and is counted. Without its waveform there is no second opinion.
 */
final class EmbeddingInferenceFunction extends RichAsyncFunction<OrderedEmbedding, ScoredWindow> {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddingInferenceFunction.class);
  private static final long serialVersionUID = 1L;

  private final InferenceSettings settings;

  private transient @Nullable WindowScorer scorer;
  private transient WindowAnnotator annotator;
  private transient InferenceMeters meters;

  EmbeddingInferenceFunction(InferenceSettings settings) {
    this.settings = settings;
  }

  @Override
  public void open(OpenContext context) {
    ModelBundle bundle = ModelBundle.load(Path.of(settings.bundle()));
    meters = new InferenceMeters(getRuntimeContext().getMetricGroup());
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
  public void asyncInvoke(OrderedEmbedding window, ResultFuture<ScoredWindow> result)
      throws InterruptedException {
    float[] embedding = Float16.decode(ByteBuffer.wrap(window.window().embedding()));
    var unused =
        Objects.requireNonNull(scorer, "open() comes first")
            .scoreEmbedding(embedding)
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
  public void timeout(OrderedEmbedding window, ResultFuture<ScoredWindow> result) {
    unscored(window, "no answer in time", result);
  }

  private void unscored(OrderedEmbedding window, String why, ResultFuture<ScoredWindow> result) {
    meters.unscored();
    LOG.warn(
        "event=embedding-unscored sensor={} start={} reason=\"{}\"",
        window.window().sensorId(),
        window.window().startMicros(),
        why);
    result.complete(Collections.singleton(annotator.unscored(window)));
  }
}
