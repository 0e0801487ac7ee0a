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
  void aBatchIsFilledUpToTheNextAllowedSizeWithRealNumbersThatNobodyHears() throws Exception {
    EchoModel model = new EchoModel(false);
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    InferenceMetrics listener =
        new InferenceMetrics() {
          @Override
          public void batch(int windows, int paddedWindows, long inferenceNanos) {
            heard.add(windows + "+" + paddedWindows);
          }
        };
    try (WindowScorer batcher = batcher(model, sizes(Duration.ZERO, 4, 8), listener)) {
      var answers = askedWhileBusy(batcher, model, 11, 12, 13, 14, 15);
      model.gate.countDown();
      for (int i = 1; i < answers.size(); i++) {
        assertThat(answers.get(i).get(10, SECONDS).scores()).containsExactly(10 + i);
      }
    }
    assertThat(model.batchSizes).containsExactly(4, 8);
    assertThat(model.rows.subList(4, 12)).containsExactly(11f, 12f, 13f, 14f, 15f, 15f, 15f, 15f);
    assertThat(heard).containsExactly("1+3", "5+3");
  }

  @Test
  void aWindowThatFailsInAPaddedBatchFailsAloneInPaddedBatchesOfOne() throws Exception {
    EchoModel model = new EchoModel(false);
    try (WindowScorer batcher = batcher(model, sizes(Duration.ZERO, 4, 8))) {
      var answers = askedWhileBusy(batcher, model, 11, EchoModel.POISON);
      model.gate.countDown();
      assertThat(answers.get(1).get(10, SECONDS).scores()).containsExactly(11);
      assertThatThrownBy(() -> answers.get(2).get(10, SECONDS)).hasMessageContaining("poison");
      assertThat(model.batchSizes).containsOnly(4);
    }
  }

  @Test
  void aBatchWaitsForMoreUntilItIsFull() throws Exception {
    EchoModel model = new EchoModel(true);
    try (WindowScorer batcher = batcher(model, sizes(Duration.ofDays(1), 1, 2, 3))) {
      CompletableFuture<WindowScores> first = batcher.score(window(1));
      CompletableFuture<WindowScores> second = batcher.score(window(2));
      assertThat(first).isNotDone();
      CompletableFuture<WindowScores> third = batcher.score(window(3));
      for (CompletableFuture<WindowScores> answer : List.of(first, second, third)) {
        assertThat(answer.get(10, SECONDS).scores()).hasSize(1);
      }
      assertThat(model.batchSizes).containsExactly(3);
    }
  }

  @Test
  void aBatchThatDoesNotFillGoesWhenItsTimeIsUp() throws Exception {
    EchoModel model = new EchoModel(true);
    try (WindowScorer batcher = batcher(model, sizes(Duration.ofMillis(20), 64))) {
      assertThat(batcher.score(window(1)).get(10, SECONDS).scores()).containsExactly(1);
    }
  }

  @Test
  void tasksDoNotShareABatch() throws Exception {
    EchoModel model = new EchoModel(false);
    try (WindowScorer batcher = batcher(model, 1, 8, 4)) {
      var unused = askedWhileBusy(batcher, model, 1, 2);
      CompletableFuture<float[]> embedding = batcher.embed(window(3));
      CompletableFuture<WindowScores> scores = batcher.scoreEmbedding(new float[] {4 / 32_768f, 0});
      model.gate.countDown();
      assertThat(embedding.get(10, SECONDS)).containsExactly(3);
      assertThat(scores.get(10, SECONDS).scores()).containsExactly(4);
      assertThat(model.tasks)
          .containsExactly(Task.SCORE, Task.SCORE, Task.EMBED, Task.SCORE_EMBEDDING);
      assertThat(model.batchSizes).containsExactly(1, 2, 1, 1);
    }
  }

  @Test
  void aWindowThatNobodyWaitsForAnyMoreIsNotScored() throws Exception {
    EchoModel model = new EchoModel(false);
    try (WindowScorer batcher = batcher(model, 1, 8, 4)) {
      var answers = askedWhileBusy(batcher, model, 1, 2, 3);
      assertThat(answers.get(2).cancel(false)).isTrue();
      model.gate.countDown();
      assertThat(answers.get(3).get(10, SECONDS).scores()).containsExactly(3);
      assertThat(model.rows).containsExactly(0f, 1f, 3f);
    }
  }

  @Test
  void aScoreThatIsNoNumberFailsItsWindowAlone() throws Exception {
    EchoModel model = new EchoModel(false);
    try (WindowScorer batcher = batcher(model, 1, 8, 4)) {
      var answers = askedWhileBusy(batcher, model, EchoModel.SENSELESS, 2);
      model.gate.countDown();
      assertThatThrownBy(() -> answers.get(1).get(10, SECONDS))
          .hasMessageContaining("a window cannot be scored: the model gives NaN");
      assertThat(answers.get(2).get(10, SECONDS).scores()).containsExactly(2);
      assertThat(model.batchSizes).as("not tried again").containsExactly(1, 2);
    }
  }

  @Test
  void aListenerThatFailsHarmsNoWindow() throws Exception {
    InferenceMetrics broken =
        new InferenceMetrics() {
          @Override
          public void batch(int windows, int paddedWindows, long inferenceNanos) {
            throw new IllegalStateException("no registry");
          }

          @Override
          public void queueWait(long nanos) {
            throw new IllegalStateException("no registry");
          }
        };
    EchoModel model = new EchoModel(true);
    try (WindowScorer batcher = batcher(model, sizes(Duration.ZERO, 8), broken)) {
      assertThat(batcher.score(window(1)).get(10, SECONDS).scores()).containsExactly(1);
    }
  }

  @Test
  void aCallbackThatInterruptsItsThreadHarmsNoWindow() throws Exception {
    EchoModel model = new EchoModel(false);
    try (WindowScorer batcher = batcher(model, 1, 1, 8)) {
      var answers = askedWhileBusy(batcher, model, 1, 2);
      var unused = answers.get(0).whenComplete((s, e) -> Thread.currentThread().interrupt());
      model.gate.countDown();
      assertThat(answers.get(1).get(10, SECONDS).scores()).containsExactly(1);
      assertThat(answers.get(2).get(10, SECONDS).scores()).containsExactly(2);
    }
  }

  @Test
  void aModelWithoutRoomForAllCallersGivesBackWhatItGave() {
    EchoModel model =
        new EchoModel(true) {
          @Override
          public Caller caller() {
            if (openCallers.get() == 2) {
              throw new OutOfMemoryError("direct buffers");
            }
            return super.caller();
          }
        };
    assertThatThrownBy(() -> batcher(model, 3, 8, 4)).isInstanceOf(OutOfMemoryError.class);
    assertThat(model.openCallers).hasValue(0);
    assertThat(model.closed).as("stays its owner's to close").isFalse();
  }

  @Test
  void settingsThatCannotWorkAreRefused() {
    assertThatThrownBy(() -> new ScoringSettings(Provider.CPU, 0, 16, Duration.ZERO, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("callers 0");
    assertThatThrownBy(() -> sizes(Duration.ZERO, 4, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("allowedBatchSizes are [4, 2]");
    assertThatThrownBy(
            () -> new ScoringSettings(Provider.CPU, 0, 1, 8, Duration.ZERO, 1, List.of(1, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the last being maxBatchSize 8");
    assertThatThrownBy(
            () -> new ScoringSettings(Provider.CUDA, -1, 1, 8, Duration.ZERO, 1, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("deviceIndex is -1");
  }

  @Test
  void cudaHasOneCallerAndFixedSizesWhateverIsAsked() {
    ScoringSettings asked =
        new ScoringSettings(Provider.AUTO, 3, 16, 48, Duration.ZERO, 2, List.of());
    assertThat(asked.on(Provider.CUDA))
        .isEqualTo(
            new ScoringSettings(
                Provider.CUDA, 3, 1, 48, Duration.ZERO, 2, List.of(1, 2, 4, 8, 16, 32, 48)));
    assertThat(asked.on(Provider.CPU))
        .isEqualTo(new ScoringSettings(Provider.CPU, 0, 16, 48, Duration.ZERO, 2, List.of()));
    assertThat(ScoringSettings.cuda(1).on(Provider.CUDA)).isEqualTo(ScoringSettings.cuda(1));
    assertThat(ScoringSettings.cpu().on(Provider.CPU)).isEqualTo(ScoringSettings.cpu());
  }

  private static ScoringSettings sizes(Duration timeout, Integer... sizes) {
    return new ScoringSettings(
        Provider.CPU, 0, 1, sizes[sizes.length - 1], timeout, 4, List.of(sizes));
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
