package io.tocsin.scoring.inference;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class MicroBatcherTest {

  private static final int WINDOW = 4;
  private static final short POISON = -1;
  private static final short LETHAL = -2;

  /** Gives each window its first sample back; waits at the gate; keeps what it was asked. */
  private static final class EchoModel implements MicroBatcher.BatchModel {

    private final CountDownLatch gate;
    private final CountDownLatch entered = new CountDownLatch(1);
    private final List<Integer> batchSizes = Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean closed = new AtomicBoolean();

    EchoModel(boolean open) {
      gate = new CountDownLatch(open ? 0 : 1);
    }

    @Override
    public float[][] run(FloatBuffer waveforms, int count) {
      entered.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      batchSizes.add(count);
      float[][] scores = new float[count][];
      for (int i = 0; i < count; i++) {
        float first = waveforms.get(i * WINDOW) * 32_768;
        if (first == POISON) {
          throw new IllegalArgumentException("poison");
        }
        if (first == LETHAL) {
          throw new OutOfMemoryError("of the device");
        }
        scores[i] = new float[] {first};
      }
      return scores;
    }

    @Override
    public void close() {
      assertThat(closed.compareAndSet(false, true)).as("closed once").isTrue();
    }
  }

  @Test
  void everyWindowIsAnsweredWithItsOwnScores() throws Exception {
    EchoModel model = new EchoModel(true);
    List<CompletableFuture<WindowScores>> answers =
        Collections.synchronizedList(new ArrayList<>(Collections.nCopies(800, null)));
    try (MicroBatcher batcher = batcher(model, 2, 8, 4)) {
      List<Thread> askers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int from = t * 200;
        askers.add(
            started(
                () -> {
                  for (int i = from; i < from + 200; i++) {
                    answers.set(i, batcher.score(window(i)));
                  }
                }));
      }
      for (Thread asker : askers) {
        asker.join();
      }
      for (int i = 0; i < 800; i++) {
        assertThat(answers.get(i).get(10, SECONDS).scores()).containsExactly(i);
      }
    }
    assertThat(model.batchSizes.stream().mapToInt(n -> n).sum()).isEqualTo(800);
    assertThat(model.batchSizes).allMatch(n -> n >= 1 && n <= 8);
    assertThat(model.closed).isTrue();
  }

  @Test
  void windowsThatWaitGoAsOneBatch() throws Exception {
    EchoModel model = new EchoModel(false);
    try (MicroBatcher batcher = batcher(model, 1, 8, 4)) {
      CompletableFuture<WindowScores> last = askedWhileBusy(batcher, model, 1, 2, 3, 4, 5).get(5);
      model.gate.countDown();
      assertThat(last.get(10, SECONDS).scores()).containsExactly(5);
      assertThat(model.batchSizes).containsExactly(1, 5);
    }
  }

  @Test
  void aWindowThatFailsTakesNoneWithIt() throws Exception {
    EchoModel model = new EchoModel(false);
    try (MicroBatcher batcher = batcher(model, 1, 8, 4)) {
      var answers = askedWhileBusy(batcher, model, 1, POISON, 3, 4);
      model.gate.countDown();
      assertThat(answers.get(1).get(10, SECONDS).scores()).containsExactly(1);
      assertThatThrownBy(() -> answers.get(2).get(10, SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(ScoringException.class)
          .hasMessage("a window cannot be scored: poison");
      assertThat(answers.get(3).get(10, SECONDS).scores()).containsExactly(3);
      assertThat(answers.get(4).get(10, SECONDS).scores()).containsExactly(4);
      assertThat(model.batchSizes).as("the failing batch, then each alone").contains(4);
    }
  }

  @Test
  void anErrorOfTheModelLeavesTheBatcherServing() throws Exception {
    try (MicroBatcher batcher = batcher(new EchoModel(true), 1, 8, 4)) {
      assertThatThrownBy(() -> batcher.score(window(LETHAL)).get(10, SECONDS))
          .hasRootCauseInstanceOf(OutOfMemoryError.class);
      assertThat(batcher.score(window(7)).get(10, SECONDS).scores()).containsExactly(7);
    }
  }

  @Test
  void aWindowOfAnotherLengthFailsAloneAndAtOnce() throws Exception {
    EchoModel model = new EchoModel(true);
    try (MicroBatcher batcher = batcher(model, 1, 8, 4)) {
      CompletableFuture<WindowScores> answer = batcher.score(new short[WINDOW + 1]);
      assertThat(answer).isCompletedExceptionally();
      assertThatThrownBy(answer::get)
          .hasMessageContaining("a window has 5 samples, the bundle wants 4");
      assertThat(model.batchSizes).isEmpty();
    }
  }

  @Test
  void closingAnswersWhatWaitsWithAnError() throws Exception {
    EchoModel model = new EchoModel(false);
    MicroBatcher batcher = batcher(model, 1, 2, 4);
    var answers = askedWhileBusy(batcher, model, 1, 2, 3, 4, 5);
    Thread closer = started(batcher::close);
    await().until(() -> closer.getState() == Thread.State.WAITING);
    assertThat(model.closed).as("not while it runs").isFalse();
    model.gate.countDown();
    closer.join();
    assertThat(model.closed).isTrue();
    assertThat(answers.get(0).get(10, SECONDS).scores()).containsExactly(0);
    for (var answer : answers.subList(1, 6)) {
      assertThat(answer).isCompletedExceptionally();
      assertThatThrownBy(answer::get).hasMessageContaining("the scorer was closed");
    }
    assertThatThrownBy(() -> batcher.score(window(9)).get())
        .hasMessageContaining("the scorer was closed");
  }

  @Test
  void whoAsksWaitsWhileTheQueueIsFull() throws Exception {
    EchoModel model = new EchoModel(false);
    try (MicroBatcher batcher = batcher(model, 1, 1, 2)) {
      askedWhileBusy(batcher, model, 1, 2);
      CompletableFuture<WindowScores> answer = new CompletableFuture<>();
      Thread asker =
          started(
              () -> {
                CompletableFuture<WindowScores> third = batcher.score(window(3));
                assertThat(model.gate.getCount()).as("got in only once served").isZero();
                third.thenAccept(answer::complete);
              });
      await().until(() -> asker.getState() == Thread.State.TIMED_WAITING);
      assertThat(answer).isNotDone();
      model.gate.countDown();
      assertThat(answer.get(10, SECONDS).scores()).containsExactly(3);
    }
  }

  @Test
  void settingsThatCannotWorkAreRefused() {
    assertThatThrownBy(() -> new ScoringSettings(Provider.CPU, 0, 16, Duration.ZERO, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("callers 0");
  }

  /** Window 0 is with the model, which waits at its gate; then those given are asked for. */
  private static List<CompletableFuture<WindowScores>> askedWhileBusy(
      MicroBatcher batcher, EchoModel model, int... firsts) throws InterruptedException {
    List<CompletableFuture<WindowScores>> answers = new ArrayList<>();
    answers.add(batcher.score(window(0)));
    model.entered.await();
    for (int first : firsts) {
      answers.add(batcher.score(window(first)));
    }
    return answers;
  }

  private static MicroBatcher batcher(
      MicroBatcher.BatchModel model, int callers, int batch, int enqueuedBatches) {
    ScoringSettings settings =
        new ScoringSettings(Provider.CPU, callers, batch, Duration.ZERO, enqueuedBatches);
    return new MicroBatcher(model, WINDOW, settings, "test");
  }

  private static short[] window(int first) {
    return new short[] {(short) first, 0, 0, 0};
  }

  private interface Work {
    void run() throws Exception;
  }

  private static Thread started(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
