package io.tocsin.scoring.inference;

import java.util.Optional;
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
        : refusedWindow(samples.length);
  }

  @Override
  public Optional<CompletableFuture<WindowScores>> tryScore(short[] samples) {
    if (samples.length != windowSamples) {
      return Optional.of(refusedWindow(samples.length));
    }
    Request<WindowScores> request =
        request(Task.SCORE, row -> unitScale(samples, row), WindowScores::new);
    return !closed.get() && batcher.offer(request)
        ? Optional.of(request.answer())
        : Optional.empty();
  }

  @Override
  public CompletableFuture<float[]> embed(short[] samples) throws InterruptedException {
    return samples.length == windowSamples
        ? asked(Task.EMBED, row -> unitScale(samples, row), Function.identity())
        : refusedWindow(samples.length);
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

  private <T> CompletableFuture<T> refusedWindow(int samples) {
    return refused("a window has " + samples + " samples, the bundle wants " + windowSamples);
  }

  private <T> Request<T> request(Task task, Request.Row input, Function<float[], T> reading) {
    return new Request<>(
        task, input, new CompletableFuture<>(), reading, listener, System.nanoTime());
  }

  private <T> CompletableFuture<T> asked(Task task, Request.Row input, Function<float[], T> reading)
      throws InterruptedException {
    Request<T> request = request(task, input, reading);
    if (closed.get()) {
      request.answer().completeExceptionally(MicroBatcher.closedError());
    } else {
      batcher.submit(request);
    }
    return request.answer();
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
