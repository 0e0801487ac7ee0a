package io.tocsin.scoring.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives each row its first number back, in units of a sample; waits at the gate; keeps what it was
 * asked. Sample -1 is poison, -2 an error of the device, -3 answered with no number.
 */
class EchoModel implements BatchModel {

  static final int WINDOW = 4;
  static final int EMBEDDING = 2;
  static final short POISON = -1;
  static final short LETHAL = -2;
  static final short SENSELESS = -3;

  final CountDownLatch gate;
  final CountDownLatch entered = new CountDownLatch(1);
  final List<Integer> batchSizes = Collections.synchronizedList(new ArrayList<>());
  final List<Task> tasks = Collections.synchronizedList(new ArrayList<>());
  final List<Float> rows = Collections.synchronizedList(new ArrayList<>());
  final AtomicBoolean closed = new AtomicBoolean();
  final AtomicInteger openCallers = new AtomicInteger();

  EchoModel(boolean open) {
    gate = new CountDownLatch(open ? 0 : 1);
  }

  @Override
  public Caller caller() {
    openCallers.incrementAndGet();
    return new EchoCaller();
  }

  @Override
  public void close() {
    assertThat(openCallers.get()).as("callers still open").isZero();
    assertThat(closed.compareAndSet(false, true)).as("closed once").isTrue();
  }

  private final class EchoCaller implements Caller {

    private final FloatBuffer windows = FloatBuffer.allocate(64 * WINDOW);
    private final FloatBuffer embeddings = FloatBuffer.allocate(64 * EMBEDDING);

    @Override
    public int inputLength(Task task) {
      return task == Task.SCORE_EMBEDDING ? EMBEDDING : WINDOW;
    }

    @Override
    public FloatBuffer input(Task task) {
      return task == Task.SCORE_EMBEDDING ? embeddings : windows;
    }

    @Override
    public float[][] run(Task task, int size) {
      entered.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      batchSizes.add(size);
      tasks.add(task);
      float[][] echoes = new float[size][];
      for (int i = 0; i < size; i++) {
        float first = input(task).get(i * inputLength(task)) * 32_768;
        rows.add(first);
        if (first == POISON) {
          throw new IllegalArgumentException("poison");
        }
        if (first == LETHAL) {
          throw new OutOfMemoryError("of the device");
        }
        echoes[i] = new float[] {first == SENSELESS ? Float.NaN : first};
      }
      return echoes;
    }

    @Override
    public void close() {
      openCallers.decrementAndGet();
    }
  }
}
