package io.tocsin.scoring.inference;

import io.tocsin.scoring.bundle.ModelBundle;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Scores windows with a bundle and, where its bundle.yaml says so, those in doubt and a sample of
 * the others with a second bundle. The first bundle's answer never depends on the second: where
 * that one fails, the window is answered without it. A bundle that names no second is just scored.
 */
public final class SecondOpinion implements AutoCloseable {

  private final ModelBundle bundle;
  private final WindowScorer first;
  private final @Nullable SecondView second;

  private SecondOpinion(ModelBundle bundle, WindowScorer first, @Nullable SecondView second) {
    this.bundle = bundle;
    this.first = first;
    this.second = second;
  }

  /**
   * Loads a bundle and its second, with the same settings for both.
   *
   * @param firstListener hears of windows in the first bundle
   * @param secondListener hears of windows in the second bundle
   * @throws ScoringException as {@link SharedScorers#acquire(ModelBundle, ScoringSettings)}
   * @throws io.tocsin.scoring.bundle.BundleException if the second does not go with the first
   */
  public static SecondOpinion acquire(
      ModelBundle bundle,
      ScoringSettings settings,
      InferenceMetrics firstListener,
      InferenceMetrics secondListener) {
    Optional<ModelBundle> other = bundle.loadSecond();
    WindowScorer first = SharedScorers.acquire(bundle, settings, firstListener);
    try {
      SecondView second = null;
      if (other.isPresent()) {
        WindowScorer scorer = SharedScorers.acquire(other.get(), settings, secondListener);
        second = new SecondView(bundle, other.get(), scorer);
      }
      return new SecondOpinion(bundle, first, second);
    } catch (RuntimeException | Error e) {
      first.close();
      throw e;
    }
  }

  /** A key for {@link #score} that is the same whenever and wherever a window is scored. */
  public static long key(String sensorId, long startMicros) {
    return Doubt.mixed(Doubt.mixed(sensorId.hashCode()) + startMicros);
  }

  /**
   * Asks for a window's scores, the second bundle's among them if it is asked.
   *
   * @param samples as {@link WindowScorer#score} takes them
   * @param key decides whether the window is in the sample: the same key, the same decision
   */
  public CompletableFuture<WindowScores> score(short[] samples, long key)
      throws InterruptedException {
    CompletableFuture<WindowScores> answer = first.score(samples);
    if (second == null) {
      return answer;
    }
    SecondView asked = second;
    CompletableFuture<WindowScores> both = new CompletableFuture<>();
    var unused =
        answer.whenComplete(
            (scores, error) -> {
              if (error != null) {
                both.completeExceptionally(error);
              } else if (asked.isWanted(scores, key)) {
                asked.ask(samples, scores, both);
              } else {
                both.complete(scores);
              }
            });
    return both;
  }

  /** Asks for an embedding's scores; without its waveform there is no second opinion. */
  public CompletableFuture<WindowScores> scoreEmbedding(float[] embedding)
      throws InterruptedException {
    return first.scoreEmbedding(embedding);
  }

  /** The second bundle, if there is one. */
  public Optional<ModelBundle> secondBundle() {
    return second == null ? Optional.empty() : Optional.of(second.bundle());
  }

  /** The bundle whose scores count. */
  public ModelBundle firstBundle() {
    return bundle;
  }

  @Override
  public void close() {
    first.close();
    if (second != null) {
      second.close();
    }
  }
}
