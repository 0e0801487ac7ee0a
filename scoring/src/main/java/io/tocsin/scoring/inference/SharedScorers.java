package io.tocsin.scoring.inference;

import ai.onnxruntime.OrtException;
import io.tocsin.scoring.bundle.ModelBundle;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One loaded model a bundle and process, whatever the number of callers: a session a task would
 * double the memory and oversubscribe the cores. The last to close it unloads it.
 */
public final class SharedScorers {

  private static final Map<String, Shared> BY_DIGEST = new HashMap<>();

  private SharedScorers() {}

  /**
   * A scorer of {@code bundle}; close it when done. The settings of the first caller hold for all.
   *
   * @throws ScoringException if the model does not load, or CUDA is asked for where there is none
   */
  public static WindowScorer acquire(ModelBundle bundle, ScoringSettings settings) {
    synchronized (BY_DIGEST) {
      String digest = bundle.ref().digest();
      Shared shared = BY_DIGEST.get(digest);
      if (shared == null) {
        shared = new Shared(open(bundle, settings));
        BY_DIGEST.put(digest, shared);
      }
      shared.users++;
      return new Lease(digest, shared);
    }
  }

  private static WindowScorer open(ModelBundle bundle, ScoringSettings settings) {
    ModelSession session = new ModelSession(bundle, settings.provider());
    return new MicroBatcher(
        new MicroBatcher.BatchModel() {
          @Override
          public float[][] run(FloatBuffer waveforms, int count) throws OrtException {
            return session.run(waveforms, count);
          }

          @Override
          public void close() {
            session.close();
          }
        },
        bundle.windowSamples(),
        settings,
        bundle.ref().toString());
  }

  private static final class Shared {

    private final WindowScorer scorer;
    private int users;

    Shared(WindowScorer scorer) {
      this.scorer = scorer;
    }
  }

  private static final class Lease implements WindowScorer {

    private final String digest;
    private final Shared shared;
    private final AtomicBoolean closed = new AtomicBoolean();

    Lease(String digest, Shared shared) {
      this.digest = digest;
      this.shared = shared;
    }

    @Override
    public CompletableFuture<WindowScores> score(short[] samples) throws InterruptedException {
      return shared.scorer.score(samples);
    }

    @Override
    public void close() {
      if (!closed.compareAndSet(false, true)) {
        return;
      }
      synchronized (BY_DIGEST) {
        if (--shared.users == 0) {
          BY_DIGEST.remove(digest);
          shared.scorer.close();
        }
      }
    }
  }
}
