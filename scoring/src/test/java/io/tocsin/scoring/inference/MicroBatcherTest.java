package io.tocsin.scoring.inference;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class MicroBatcherTest {

  @Test
  void everyWindowIsAnsweredWithItsOwnScores() throws Exception {
    EchoModel model = new EchoModel(true);
    List<CompletableFuture<WindowScores>> answers =
        Collections.synchronizedList(new ArrayList<>(Collections.nCopies(800, null)));
    try (WindowScorer batcher = batcher(model, 2, 8, 4)) {
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
    try (WindowScorer batcher = batcher(model, 1, 8, 4)) {
      CompletableFuture<WindowScores> last = askedWhileBusy(batcher, model, 1, 2, 3, 4, 5).get(5);
      model.gate.countDown();
      assertThat(last.get(10, SECONDS).scores()).containsExactly(5);
      assertThat(model.batchSizes).containsExactly(1, 5);
    }
  }

  @Test
  void aWindowThatFailsTakesNoneWithIt() throws Exception {
    EchoModel model = new EchoModel(false);
    try (WindowScorer batcher = batcher(model, 1, 8, 4)) {
      var answers = askedWhileBusy(batcher, model, 1, EchoModel.POISON, 3, 4);
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
    try (WindowScorer batcher = batcher(new EchoModel(true), 1, 8, 4)) {
      assertThatThrownBy(() -> batcher.score(window(EchoModel.LETHAL)).get(10, SECONDS))
          .hasRootCauseInstanceOf(OutOfMemoryError.class);
      assertThat(batcher.score(window(7)).get(10, SECONDS).scores()).containsExactly(7);
    }
  }

  @Test
  void aWindowOfAnotherLengthFailsAloneAndAtOnce() throws Exception {
    EchoModel model = new EchoModel(true);
    try (WindowScorer batcher = batcher(model, 1, 8, 4)) {
      CompletableFuture<WindowScores> answer = batcher.score(new short[EchoModel.WINDOW + 1]);
      assertThat(answer).isCompletedExceptionally();
      assertThatThrownBy(answer::get)
          .hasMessageContaining("a window has 5 samples, the bundle wants 4");
      assertThat(model.batchSizes).isEmpty();
    }
  }

  @Test
  void closingAnswersWhatWaitsWithAnError() throws Exception {
    EchoModel model = new EchoModel(false);
    WindowScorer batcher = batcher(model, 1, 2, 4);
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
    try (WindowScorer batcher = batcher(model, 1, 1, 2)) {
      askedWhileBusy(batcher, model, 1, 2);
      CompletableFuture<WindowScores> answer = new CompletableFuture<>();
      Thread asker =
          started(
              () -> {
                CompletableFuture<WindowScores> third = batcher.score(window(3));
                assertThat(model.gate.getCount()).as("got in only once served").isZero();
                third.thenAccept(answer::complete);
              });
      await().until(() -> asker.getState() == Thread.State.WAITING);
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
      WindowScorer batcher, EchoModel model, int... firsts) throws InterruptedException {
    List<CompletableFuture<WindowScores>> answers = new ArrayList<>();
    answers.add(batcher.score(window(0)));
    model.entered.await();
    for (int first : firsts) {
      answers.add(batcher.score(window(first)));
    }
    return answers;
  }

  private static WindowScorer batcher(
      EchoModel model, int callers, int batch, int enqueuedBatches) {
    return batcher(
        model, new ScoringSettings(Provider.CPU, callers, batch, Duration.ZERO, enqueuedBatches));
  }

  private static WindowScorer batcher(EchoModel model, ScoringSettings settings) {
    return batcher(model, settings, InferenceMetrics.NONE);
  }

  private static WindowScorer batcher(
      EchoModel model, ScoringSettings settings, InferenceMetrics listener) {
    MicroBatcher batcher = new MicroBatcher(model, settings, "test");
    return new BatchedScorer(
        batcher, EchoModel.WINDOW, EchoModel.EMBEDDING, listener, batcher::close);
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
