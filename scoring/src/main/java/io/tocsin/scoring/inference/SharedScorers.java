package io.tocsin.scoring.inference;

import io.tocsin.scoring.bundle.ModelBundle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One loaded model a bundle, device and process, whatever the number of users: a session a task
 * would double the memory and oversubscribe the cores. The last to close it unloads it.
 */
public final class SharedScorers {

  private static final Logger LOG = LoggerFactory.getLogger(SharedScorers.class);
  private static final List<Shared> LOADED = new ArrayList<>();

  private SharedScorers() {}

  /** As {@link #acquire(ModelBundle, ScoringSettings, InferenceMetrics)}, with nobody listening. */
  public static WindowScorer acquire(ModelBundle bundle, ScoringSettings settings) {
    return acquire(bundle, settings, InferenceMetrics.NONE);
  }

  /**
   * A scorer of {@code bundle}; close it when done. Users on one device share the first one's batch
   * settings; other devices have models of their own. The cores and a CUDA device do not both serve
   * a bundle: whoever asks for the other is told so.
   *
   * @param listener hears of this user's windows
   * @throws ScoringException if the model does not load, CUDA is asked for where there is none, or
   *     the process runs the bundle on another provider already
   */
  public static WindowScorer acquire(
      ModelBundle bundle, ScoringSettings settings, InferenceMetrics listener) {
    synchronized (LOADED) {
      Shared shared = loaded(bundle, settings);
      if (shared == null) {
        shared = new Shared(bundle.ref().digest(), ModelSession.open(bundle, settings), bundle);
        LOADED.add(shared);
      } else {
        shared.warnOfOthers(bundle, settings);
      }
      shared.users++;
      return shared.scorer(bundle, listener);
    }
  }

  private static @Nullable Shared loaded(ModelBundle bundle, ScoringSettings wanted) {
    for (Shared shared : LOADED) {
      if (!shared.digest.equals(bundle.ref().digest())) {
        continue;
      }
      ScoringSettings actual = shared.settings;
      if (wanted.provider() != Provider.AUTO && wanted.provider() != actual.provider()) {
        throw new ScoringException(
            "bundle "
                + bundle.ref()
                + " runs on "
                + actual.provider()
                + " in this process already, "
                + wanted.provider()
                + " was asked for; give all of its users the same provider");
      }
      if (actual.provider() == Provider.CPU || actual.deviceIndex() == wanted.deviceIndex()) {
        return shared;
      }
    }
    return null;
  }

  private static void release(Shared shared) {
    synchronized (LOADED) {
      if (--shared.users > 0) {
        return;
      }
      LOADED.remove(shared);
    }
    // Outside the lock: answers that are still read may themselves ask for a scorer.
    shared.batcher.close();
  }

  private static final class Shared {

    private final String digest;
    private final ScoringSettings settings;
    private final int embeddingLength;
    private final MicroBatcher batcher;
    private int users;

    Shared(String digest, ModelSession session, ModelBundle bundle) {
      this.digest = digest;
      this.settings = session.settings();
      this.embeddingLength = session.embeddingLength();
      try {
        this.batcher = new MicroBatcher(session, settings, bundle.ref().toString());
      } catch (RuntimeException | Error e) {
        session.close();
        throw e;
      }
    }

    WindowScorer scorer(ModelBundle bundle, InferenceMetrics listener) {
      return new BatchedScorer(
          batcher, bundle.windowSamples(), embeddingLength, listener, () -> release(this));
    }

    void warnOfOthers(ModelBundle bundle, ScoringSettings wanted) {
      if (!wanted.on(settings.provider()).equals(settings)) {
        LOG.warn(
            "event=settings-not-taken bundle={} wanted=\"{}\" kept=\"{}\" reason=\"the first user's"
                + " hold while the model is loaded\"",
            bundle.ref(),
            wanted,
            settings);
      }
    }
  }
}
