package io.tocsin.scoring.inference;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A window is with the model, which waits at its gate; one more may wait in the queue. */
@Timeout(20)
class LeftOutWindowsTest {

  private final EchoModel model = new EchoModel(false);
  private final MicroBatcher batcher =
      new MicroBatcher(
          model, new ScoringSettings(Provider.CPU, 1, 1, Duration.ZERO, 1), "left-out");

  @Test
  void aWindowThatMayBeLeftOutIsRefusedAtOnceWhileTheQueueIsFull() throws Exception {
    try (WindowScorer scorer = scorer()) {
      CompletableFuture<WindowScores> first = scorer.score(window(1));
      model.entered.await();
      Optional<CompletableFuture<WindowScores>> second = scorer.tryScore(window(2));
      assertThat(second).isPresent();
      assertThat(scorer.tryScore(window(3))).isEmpty();
      assertThat(scorer.tryScore(window(4))).isEmpty();
      model.gate.countDown();
      assertThat(first.get(10, SECONDS).scores()).containsExactly(1);
      assertThat(second.get().get(10, SECONDS).scores()).containsExactly(2);
      assertThat(scorer.tryScore(window(5)).orElseThrow().get(10, SECONDS).scores())
          .containsExactly(5);
    }
    assertThat(model.rows).containsExactly(1f, 2f, 5f);
  }

  @Test
  void aWindowOfAnotherLengthIsAnsweredWithItsErrorThoughTheQueueIsFull() throws Exception {
    try (WindowScorer scorer = scorer()) {
      CompletableFuture<WindowScores> first = scorer.score(window(1));
      model.entered.await();
      assertThat(scorer.tryScore(window(2))).isPresent();
      assertThat(scorer.tryScore(new short[3]).orElseThrow())
          .failsWithin(Duration.ofSeconds(10))
          .withThrowableOfType(ExecutionException.class)
          .withMessageContaining("3 samples");
      model.gate.countDown();
      assertThat(first.get(10, SECONDS).scores()).containsExactly(1);
    }
  }

  @Test
  void aClosedScorerLeavesEveryWindowOut() {
    model.gate.countDown();
    WindowScorer scorer = scorer();
    scorer.close();
    assertThat(scorer.tryScore(window(1))).isEmpty();
  }

  private WindowScorer scorer() {
    return new BatchedScorer(
        batcher, EchoModel.WINDOW, EchoModel.EMBEDDING, InferenceMetrics.NONE, batcher::close);
  }

  private static short[] window(int first) {
    return new short[] {(short) first, 0, 0, 0};
  }
}
