package io.tocsin.scoring.inference;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** One user's view of a batcher: checks lengths, makes requests, answers nothing once closed. */
final class BatchedScorer implements WindowScorer {

  private static final float FULL_SCALE = 32_768f;

  private final MicroBatcher batcher;
  private final int windowSamples;
  private final int embeddingLength;
  private final InferenceMetrics listener;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();

  BatchedScorer(
      MicroBatcher batcher,
      int windowSamples,
      int embeddingLength,
      InferenceMetrics listener,
      Runnable onClose) {
    this.batcher = batcher;
    this.windowSamples = windowSamples;
    this.embeddingLength = embeddingLength;
    this.listener = listener;
    this.onClose = onClose;
  }

  @Override
  public CompletableFuture<WindowScores> score(short[] samples) throws InterruptedException {
    return samples.length == windowSamples
        ? asked(Task.SCORE, row -> unitScale(samples, row), WindowScores::new)
        : refused("a window has " + samples.length + " samples, the bundle wants " + windowSamples);
  }

  @Override
  public CompletableFuture<float[]> embed(short[] samples) throws InterruptedException {
    return samples.length == windowSamples
        ? asked(Task.EMBED, row -> unitScale(samples, row), Function.identity())
        : refused("a window has " + samples.length + " samples, the bundle wants " + windowSamples);
  }

  @Override
  public CompletableFuture<WindowScores> scoreEmbedding(float[] embedding)
      throws InterruptedException {
    return embedding.length == embeddingLength
        ? asked(
            Task.SCORE_EMBEDDING,
            row -> System.arraycopy(embedding, 0, row, 0, row.length),
            WindowScores::new)
        : refused(
            "an embedding has "
                + embedding.length
                + " numbers, the bundle's backbone gives "
                + embeddingLength);
  }

  private <T> CompletableFuture<T> asked(Task task, Request.Row input, Function<float[], T> reading)
      throws InterruptedException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (closed.get()) {
      answer.completeExceptionally(MicroBatcher.closedError());
      return answer;
    }
    batcher.submit(new Request<>(task, input, answer, reading, listener, System.nanoTime()));
    return answer;
  }

  private static <T> CompletableFuture<T> refused(String why) {
    return CompletableFuture.failedFuture(new ScoringException(why));
  }

  private static void unitScale(short[] samples, float[] row) {
    for (int i = 0; i < row.length; i++) {
      row[i] = samples[i] * (1 / FULL_SCALE);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.run();
    }
  }
}
