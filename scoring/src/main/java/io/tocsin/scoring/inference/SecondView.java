package io.tocsin.scoring.inference;

import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the second bundle and puts its scores beside the first one's. */
final class SecondView implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SecondView.class);

  private final ModelBundle bundle;
  private final WindowScorer scorer;
  private final Doubt doubt;

  /** The second bundle's output for each label of the first; -1 for one that it does not know. */
  private final int[] outputs;

  /** Waits where the second bundle's queue is full, so that the first bundle's threads need not. */
  private final ExecutorService asking;

  /** Takes the scorer over: closing closes it. */
  SecondView(ModelBundle first, ModelBundle bundle, WindowScorer scorer) {
    this.bundle = bundle;
    this.scorer = scorer;
    this.doubt = Doubt.of(first, first.secondOpinion().orElseThrow());
    List<String> known = bundle.labels().stream().map(LabelSpec::name).toList();
    this.outputs =
        first.labels().stream()
            .map(LabelSpec::name)
            .mapToInt(name -> known.contains(name) ? bundle.outputs().indexOf(name) : -1)
            .toArray();
    this.asking =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "second-opinion-" + bundle.ref());
              thread.setDaemon(true);
              return thread;
            });
  }

  ModelBundle bundle() {
    return bundle;
  }

  boolean isWanted(WindowScores first, long key) {
    return doubt.concerns(first.scores(), key);
  }

  /** Answers with both scores, or with the first alone where the second cannot be had. */
  void ask(short[] samples, WindowScores first, CompletableFuture<WindowScores> answer) {
    try {
      asking.execute(() -> askWaiting(samples, first, answer));
    } catch (RejectedExecutionException e) {
      answer.complete(without(first, e));
    }
  }

  private void askWaiting(
      short[] samples, WindowScores first, CompletableFuture<WindowScores> answer) {
    try {
      var unused =
          scorer
              .score(samples)
              .whenComplete(
                  (second, error) ->
                      answer.complete(error == null ? both(first, second) : without(first, error)));
    } catch (InterruptedException e) {
      answer.complete(without(first, e));
    }
  }

  private WindowScores both(WindowScores first, WindowScores second) {
    float[] byLabel = new float[outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      byLabel[i] = outputs[i] < 0 ? Float.NaN : second.scores()[outputs[i]];
    }
    return new WindowScores(first.scores(), byLabel);
  }

  private WindowScores without(WindowScores first, @Nullable Throwable why) {
    LOG.warn("event=no-second-opinion bundle={} reason=\"{}\"", bundle.ref(), String.valueOf(why));
    return first;
  }

  @Override
  public void close() {
    // What waits is answered by the closed scorer: with the first bundle's scores alone.
    asking.shutdown();
    scorer.close();
    try {
      boolean unused = asking.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
