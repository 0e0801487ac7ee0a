package io.tocsin.scoring.inference;

import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Collects windows of many callers into batches. Every accepted window is answered exactly once: by
 * its scores, by its own error, or by the error of closing. A window that fails takes none of its
 * batch with it.
 */
final class MicroBatcher implements WindowScorer {

  /** Runs a batch; the seam to the model. */
  interface BatchModel extends AutoCloseable {

    /** Scores the first {@code count} windows of the buffer. */
    float[][] run(FloatBuffer waveforms, int count) throws OrtException;

    @Override
    void close();
  }

  private static final float FULL_SCALE = 32_768f;
  private static final long IDLE_POLL_MILLIS = 100;

  private record Request(short[] samples, CompletableFuture<WindowScores> answer) {}

  private final BatchModel model;
  private final int windowSamples;
  private final ScoringSettings settings;
  private final BlockingQueue<Request> queue;
  private final List<Thread> callers = new ArrayList<>();
  private volatile boolean closed;

  MicroBatcher(BatchModel model, int windowSamples, ScoringSettings settings, String name) {
    this.model = model;
    this.windowSamples = windowSamples;
    this.settings = settings;
    this.queue = new ArrayBlockingQueue<>(settings.maxBatchSize() * settings.maxEnqueuedBatches());
    for (int i = 0; i < settings.callers(); i++) {
      Thread caller = new Thread(this::serve, "scoring-" + name + "-" + i);
      caller.setDaemon(true);
      caller.start();
      callers.add(caller);
    }
  }

  @Override
  public CompletableFuture<WindowScores> score(short[] samples) throws InterruptedException {
    CompletableFuture<WindowScores> answer = new CompletableFuture<>();
    if (samples.length != windowSamples) {
      answer.completeExceptionally(
          new ScoringException(
              "a window has " + samples.length + " samples, the bundle wants " + windowSamples,
              null));
      return answer;
    }
    Request request = new Request(samples, answer);
    while (!closed) {
      if (queue.offer(request, IDLE_POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        if (closed && queue.remove(request)) {
          break;
        }
        return answer;
      }
    }
    answer.completeExceptionally(closedError());
    return answer;
  }

  private void serve() {
    FloatBuffer waveforms =
        ByteBuffer.allocateDirect(settings.maxBatchSize() * windowSamples * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    List<Request> batch = new ArrayList<>(settings.maxBatchSize());
    while (!closed) {
      batch.clear();
      try {
        collect(batch);
      } catch (InterruptedException e) {
        break;
      }
      if (!batch.isEmpty()) {
        answer(batch, waveforms);
      }
    }
  }

  private void collect(List<Request> batch) throws InterruptedException {
    Request first = queue.poll(IDLE_POLL_MILLIS, TimeUnit.MILLISECONDS);
    if (first == null) {
      return;
    }
    batch.add(first);
    long deadline = System.nanoTime() + settings.batchTimeout().toNanos();
    queue.drainTo(batch, settings.maxBatchSize() - batch.size());
    while (batch.size() < settings.maxBatchSize()) {
      long left = deadline - System.nanoTime();
      Request next = left <= 0 ? null : queue.poll(left, TimeUnit.NANOSECONDS);
      if (next == null) {
        return;
      }
      batch.add(next);
      queue.drainTo(batch, settings.maxBatchSize() - batch.size());
    }
  }

  private void answer(List<Request> batch, FloatBuffer waveforms) {
    try {
      float[][] scores = run(batch, waveforms);
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).answer.complete(new WindowScores(scores[i]));
      }
    } catch (OrtException | RuntimeException | Error e) {
      // Errors too: a caller that died of one would leave its windows unanswered for ever.
      if (batch.size() == 1) {
        batch
            .get(0)
            .answer
            .completeExceptionally(
                new ScoringException("a window cannot be scored: " + e.getMessage(), e));
        return;
      }
      // One of them is to blame: each is tried alone, so that only that one fails.
      for (Request request : batch) {
        answer(List.of(request), waveforms);
      }
    }
  }

  private float[][] run(List<Request> batch, FloatBuffer waveforms) throws OrtException {
    waveforms.clear();
    for (Request request : batch) {
      for (short sample : request.samples) {
        waveforms.put(sample / FULL_SCALE);
      }
    }
    return model.run(waveforms, batch.size());
  }

  @Override
  public void close() {
    closed = true;
    for (Thread caller : callers) {
      join(caller);
    }
    @Nullable Request left;
    while ((left = queue.poll()) != null) {
      left.answer.completeExceptionally(closedError());
    }
    model.close();
  }

  private static void join(Thread caller) {
    boolean interrupted = false;
    while (caller.isAlive()) {
      try {
        caller.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static ScoringException closedError() {
    return new ScoringException("the scorer was closed before the window's turn", null);
  }
}
