package io.tocsin.scoring.cli;

import io.tocsin.scoring.inference.ScoringException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waits for scorers. */
public final class Answers {

  private Answers() {}

  /** The answer, or the scorer's own exception instead of one that wraps it. */
  public static <T> T of(CompletableFuture<T> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ScoringException scoring) {
        throw scoring;
      }
      throw e;
    }
  }
}
