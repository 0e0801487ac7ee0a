package io.tocsin.jobs.scoring;

import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.InferenceMetrics;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * Holds up the model that all users of a bundle in this process share: it hangs on a window until
 * it is released.
 */
final class HeldModel implements AutoCloseable {

  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final WindowScorer scorer;

  /** Hangs when it returns; the model must have one caller and no user yet. */
  HeldModel(InferenceSettings settings) throws InterruptedException {
    ModelBundle bundle = ModelBundle.load(Path.of(settings.bundle()));
    InferenceMetrics holding =
        new InferenceMetrics() {
          @Override
          public void queueWait(long nanos) {
            hanging.countDown();
            try {
              gate.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    scorer = SharedScorers.acquire(bundle, settings.scoring(), holding);
    CompletableFuture<?> unused = scorer.score(new short[bundle.windowSamples()]);
    hanging.await();
  }

  void release() {
    gate.countDown();
  }

  @Override
  public void close() {
    release();
    scorer.close();
  }
}
