package io.tocsin.jobs.scoring;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;

/**
 * Lets so many elements out of all readers of a source, and holds the others without blocking their
 * task. What is left is static: a strategy travels to its readers by serialisation.
 */
final class Gate<SplitT extends SourceSplit> implements RateLimiterStrategy<SplitT> {

  private static final long serialVersionUID = 1L;

  private static final Queue<CompletableFuture<Void>> HELD = new ArrayDeque<>();
  private static int left;

  /** Begins anew: whoever was held by a job that is over is forgotten. */
  static synchronized void set(int elements) {
    HELD.clear();
    left = elements;
  }

  @Override
  public RateLimiter<SplitT> createRateLimiter(int parallelism) {
    return requests -> passed();
  }

  private static synchronized CompletionStage<Void> passed() {
    if (left > 0) {
      left--;
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> held = new CompletableFuture<>();
    HELD.add(held);
    return held;
  }
}
