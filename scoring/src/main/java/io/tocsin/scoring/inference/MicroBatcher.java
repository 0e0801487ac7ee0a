package io.tocsin.scoring.inference;

import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects requests of many threads into batches. Every request is answered exactly once: by its
 * row, by its own error, or by the error of closing. One that fails takes none of its batch with
 * it. Not to be closed from an answer's callback.
 */
final class MicroBatcher implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MicroBatcher.class);

  private final BatchModel model;
  private final ScoringSettings settings;
  private final BatchQueue queue;
  private final List<Thread> threads = new ArrayList<>();

  /** Answers are read beside the device thread, which must not wait for its readers. */
  private final @Nullable ExecutorService readers;

  /**
   * Takes the model over: closing closes it.
   *
   * @param settings with the provider resolved: CPU or CUDA
   */
  MicroBatcher(BatchModel model, ScoringSettings settings, String name) {
    this.model = model;
    this.settings = settings;
    this.queue = new BatchQueue(settings);
    this.readers = settings.provider() == Provider.CUDA ? readers(name) : null;
    List<BatchModel.Caller> callers = callers();
    for (BatchModel.Caller caller : callers) {
      threads.add(daemon(() -> serve(caller), "scoring-" + name + "-" + threads.size()));
    }
    threads.forEach(Thread::start);
  }

  private List<BatchModel.Caller> callers() {
    List<BatchModel.Caller> callers = new ArrayList<>();
    try {
      for (int i = 0; i < settings.callers(); i++) {
        callers.add(model.caller());
      }
      return callers;
    } catch (RuntimeException | Error e) {
      callers.forEach(BatchModel.Caller::close);
      if (readers != null) {
        readers.shutdown();
      }
      throw e;
    }
  }

  /** Queues a request; waits while the queue is full. */
  void submit(Request<?> request) throws InterruptedException {
    if (!queue.put(request)) {
      fail(request, closedError());
    }
  }

  /**
   * Queues a request if there is room now.
   *
   * @return false where there is none, or the batcher is closed: the request is nobody's
   */
  boolean offer(Request<?> request) {
    return queue.offer(request);
  }

  private void serve(BatchModel.Caller caller) {
    try (caller) {
      while (true) {
        List<Request<?>> batch;
        try {
          batch = queue.take();
        } catch (InterruptedException e) {
          // An answer's callback may have interrupted its thread; only closing ends the service.
          continue;
        }
        if (batch.isEmpty()) {
          return;
        }
        batch.removeIf(Request::isAbandoned);
        if (!batch.isEmpty()) {
          long begun = System.nanoTime();
          batch.forEach(r -> tell(() -> r.listener().queueWait(begun - r.acceptedNanos())));
          answer(batch, caller);
        }
      }
    }
  }

  private void answer(List<Request<?>> batch, BatchModel.Caller caller) {
    float[][] rows;
    try {
      rows = run(batch, caller);
    } catch (OrtException | RuntimeException | Error e) {
      // Errors too: a thread that died of one would leave its requests unanswered for ever.
      if (batch.size() == 1) {
        fail(batch.get(0), new ScoringException("a window cannot be scored: " + e.getMessage(), e));
        return;
      }
      // One of them is to blame: each is tried alone, so that only that one fails.
      for (Request<?> request : batch) {
        answer(List.of(request), caller);
      }
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      answer(batch.get(i), rows[i]);
    }
  }

  private float[][] run(List<Request<?>> batch, BatchModel.Caller caller) throws OrtException {
    Task task = batch.get(0).task();
    int size = settings.paddedSize(batch.size());
    // A row is made on the heap and put as a whole: single puts cost several times as much.
    float[] row = new float[caller.inputLength(task)];
    FloatBuffer input = caller.input(task);
    input.clear();
    for (Request<?> request : batch) {
      request.input().into(row);
      input.put(row);
    }
    for (int i = batch.size(); i < size; i++) {
      // Padded with the last row: real numbers, so that no other path of the arithmetic is taken.
      input.put(row);
    }
    long begun = System.nanoTime();
    float[][] rows = caller.run(task, size);
    long nanos = System.nanoTime() - begun;
    tell(() -> batch.get(0).listener().batch(batch.size(), size - batch.size(), nanos));
    return rows;
  }

  private void answer(Request<?> request, float[] row) {
    for (float number : row) {
      if (!Float.isFinite(number)) {
        fail(request, new ScoringException("a window cannot be scored: the model gives " + number));
        return;
      }
    }
    if (readers == null) {
      request.complete(row);
    } else {
      readers.execute(() -> request.complete(row));
    }
  }

  private static void fail(Request<?> request, ScoringException error) {
    tell(request.listener()::failed);
    request.fail(error);
  }

  private static void tell(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      LOG.warn("event=inference-metrics-failed reason=\"{}\"", e.toString());
    }
  }

  @Override
  public void close() {
    for (Request<?> left : queue.close()) {
      fail(left, closedError());
    }
    uninterruptibly(
        () -> {
          for (Thread thread : threads) {
            thread.join();
          }
          if (readers != null) {
            readers.shutdown();
            boolean unused = readers.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
          }
        });
    model.close();
  }

  private interface Waiting {
    void run() throws InterruptedException;
  }

  /** The model must not be closed under a thread that runs it. */
  private static void uninterruptibly(Waiting waiting) {
    boolean interrupted = false;
    while (true) {
      try {
        waiting.run();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static ExecutorService readers(String name) {
    AtomicInteger made = new AtomicInteger();
    return Executors.newFixedThreadPool(
        Math.max(1, Runtime.getRuntime().availableProcessors() - 1),
        work -> daemon(work, "answers-" + name + "-" + made.getAndIncrement()));
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  static ScoringException closedError() {
    return new ScoringException("the scorer was closed before the window's turn");
  }
}
