package io.tocsin.scoring.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for a batch, a lane for each task. A lane is ready when it fills a batch or
 * its oldest request has waited for the batch timeout; of several that are ready, the one with the
 * oldest request goes first, so none starves.
 */
final class BatchQueue {

  private final int maxBatchSize;
  private final int laneCapacity;
  private final long timeoutNanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final Map<Task, Deque<Request<?>>> lanes = new EnumMap<>(Task.class);
  private boolean closed;

  BatchQueue(ScoringSettings settings) {
    maxBatchSize = settings.maxBatchSize();
    laneCapacity = settings.maxBatchSize() * settings.maxEnqueuedBatches();
    timeoutNanos = settings.batchTimeout().toNanos();
  }

  /**
   * Adds a request, once there is room in its lane.
   *
   * @return false when the queue is closed: the request is not taken
   */
  boolean put(Request<?> request) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Deque<Request<?>> lane = lanes.computeIfAbsent(request.task(), t -> new ArrayDeque<>());
      while (!closed && lane.size() >= laneCapacity) {
        room.await();
      }
      if (closed) {
        return false;
      }
      lane.add(request);
      arrived.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a request if there is room in its lane now.
   *
   * @return false when there is none, or the queue is closed: the request is not taken
   */
  boolean offer(Request<?> request) {
    lock.lock();
    try {
      Deque<Request<?>> lane = lanes.computeIfAbsent(request.task(), t -> new ArrayDeque<>());
      if (closed || lane.size() >= laneCapacity) {
        return false;
      }
      lane.add(request);
      arrived.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a batch of one task; empty once the queue is closed. */
  List<Request<?>> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        long now = System.nanoTime();
        Deque<Request<?>> ready = ready(now);
        if (ready != null) {
          return batch(ready);
        }
        long nanos = untilOneIsReady(now);
        if (nanos == Long.MAX_VALUE) {
          arrived.await();
        } else {
          // Whether time is up or something arrived, the lanes are looked at again.
          long unused = arrived.awaitNanos(nanos);
        }
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /** What still waits, no longer the queue's. */
  List<Request<?>> close() {
    lock.lock();
    try {
      closed = true;
      List<Request<?>> left = new ArrayList<>();
      for (Deque<Request<?>> lane : lanes.values()) {
        left.addAll(lane);
        lane.clear();
      }
      arrived.signalAll();
      room.signalAll();
      return left;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Deque<Request<?>> ready(long now) {
    Deque<Request<?>> best = null;
    long longest = Long.MIN_VALUE;
    for (Deque<Request<?>> lane : lanes.values()) {
      Request<?> oldest = lane.peek();
      if (oldest == null) {
        continue;
      }
      long waited = now - oldest.acceptedNanos();
      if ((lane.size() >= maxBatchSize || waited >= timeoutNanos) && waited > longest) {
        best = lane;
        longest = waited;
      }
    }
    return best;
  }

  private long untilOneIsReady(long now) {
    long nanos = Long.MAX_VALUE;
    for (Deque<Request<?>> lane : lanes.values()) {
      Request<?> oldest = lane.peek();
      if (oldest != null) {
        nanos = Math.min(nanos, timeoutNanos - (now - oldest.acceptedNanos()));
      }
    }
    return nanos;
  }

  private List<Request<?>> batch(Deque<Request<?>> lane) {
    int size = Math.min(maxBatchSize, lane.size());
    List<Request<?>> batch = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      batch.add(lane.remove());
    }
    room.signalAll();
    return batch;
  }
}
