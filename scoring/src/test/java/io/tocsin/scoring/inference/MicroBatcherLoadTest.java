package io.tocsin.scoring.inference;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads, all tasks, poison among the windows, given up ones, and closing in between. */
@Timeout(60)
class MicroBatcherLoadTest {

  private static final int ASKERS = 6;
  private static final int EACH = 400;
  private static final int ALL = ASKERS * EACH;

  /** What came of a request, and how often it was answered. */
  private record Outcome(
      int first,
      CompletableFuture<?> answer,
      CompletableFuture<?> counted,
      AtomicInteger answered) {}

  private static final class Counting implements InferenceMetrics {

    private final AtomicInteger windows = new AtomicInteger();
    private final AtomicInteger padded = new AtomicInteger();
    private final AtomicInteger waits = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public void batch(int batchWindows, int paddedWindows, long inferenceNanos) {
      windows.addAndGet(batchWindows);
      padded.addAndGet(paddedWindows);
      nanos.addAndGet(inferenceNanos);
    }

    @Override
    public void queueWait(long waitNanos) {
      assertThat(waitNanos).isNotNegative();
      waits.incrementAndGet();
    }

    @Override
    public void failed() {
      failures.incrementAndGet();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyRequestIsAnsweredExactlyOnceWithItsOwn(long seed) throws Exception {
    Random random = new Random(seed);
    Counting counting = new Counting();
    EchoModel model = new EchoModel(true);
    List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    WindowScorer scorer = scorer(model, counting, random);
    ask(scorer, seed, outcomes, new CountDownLatch(ALL));
    for (Outcome outcome : outcomes) {
      assertAnswered(outcome, false);
    }
    scorer.close();
    assertThat(outcomes).hasSize(ALL);
    long failed = outcomes.stream().filter(o -> o.answer.isCompletedExceptionally()).count();
    assertThat(failed).isPositive();
    assertThat(counting.failures).hasValue((int) failed);
    assertThat(counting.waits).hasValue(ALL);
    long senseless = outcomes.stream().filter(o -> o.first == EchoModel.SENSELESS).count();
    assertThat(counting.windows.get()).isEqualTo((int) (ALL - failed + senseless));
    assertThat(counting.nanos.get()).isPositive();
    assertThat(model.closed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void closingUnderLoadLeavesNoRequestUnanswered(long seed) throws Exception {
    Random random = new Random(seed);
    EchoModel model = new EchoModel(true);
    List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    WindowScorer scorer = scorer(model, InferenceMetrics.NONE, random);
    CountDownLatch closeAfter = new CountDownLatch(1 + random.nextInt(ALL));
    Thread closer =
        new Thread(
            () -> {
              try {
                closeAfter.await();
                scorer.close();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    closer.start();
    ask(scorer, seed, outcomes, closeAfter);
    closer.join();
    assertThat(outcomes).hasSize(ALL);
    for (Outcome outcome : outcomes) {
      assertAnswered(outcome, true);
    }
    assertThat(model.closed).isTrue();
  }

  private static WindowScorer scorer(EchoModel model, InferenceMetrics listener, Random random) {
    boolean padded = random.nextBoolean();
    ScoringSettings settings =
        new ScoringSettings(
            random.nextBoolean() ? Provider.CPU : Provider.CUDA,
            0,
            1 + random.nextInt(3),
            8,
            random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(1),
            1 + random.nextInt(3),
            padded ? List.of(3, 8) : List.of());
    MicroBatcher batcher = new MicroBatcher(model, settings, "load");
    return new BatchedScorer(
        batcher, EchoModel.WINDOW, EchoModel.EMBEDDING, listener, batcher::close);
  }

  private static void ask(
      WindowScorer scorer, long seed, List<Outcome> outcomes, CountDownLatch asked)
      throws InterruptedException {
    List<Thread> askers = new ArrayList<>();
    for (int t = 0; t < ASKERS; t++) {
      int from = t * EACH;
      Random random = new Random(seed * 100 + t);
      Thread asker =
          new Thread(
              () -> {
                for (int i = from; i < from + EACH; i++) {
                  outcomes.add(asked(scorer, i, random.nextInt(20)));
                  asked.countDown();
                }
              });
      asker.start();
      askers.add(asker);
    }
    for (Thread asker : askers) {
      asker.join();
    }
  }

  private static Outcome asked(WindowScorer scorer, int number, int lot) {
    int first =
        switch (lot) {
          case 0 -> EchoModel.POISON;
          case 1 -> EchoModel.LETHAL;
          case 2 -> EchoModel.SENSELESS;
          default -> number;
        };
    try {
      CompletableFuture<?> answer =
          switch (number % 3) {
            case 0 -> scorer.score(new short[] {(short) first, 0, 0, 0});
            case 1 -> scorer.embed(new short[] {(short) first, 0, 0, 0});
            default -> scorer.scoreEmbedding(new float[] {first / 32_768f, 0});
          };
      AtomicInteger answered = new AtomicInteger();
      CompletableFuture<?> counted =
          answer.whenComplete((row, error) -> answered.incrementAndGet());
      return new Outcome(first, answer, counted, answered);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertAnswered(Outcome outcome, boolean closing) throws Exception {
    Object answer =
        outcome.answer.handle((row, error) -> error == null ? row : error).get(10, SECONDS);
    // Whoever waits for the answer may be told before it is counted.
    Object unused = outcome.counted.handle((row, error) -> true).get(10, SECONDS);
    assertThat(outcome.answered).hasValue(1);
    if (closing && answer instanceof ScoringException closed) {
      if (closed.getMessage().contains("the scorer was closed")) {
        return;
      }
    }
    if (outcome.first < 0) {
      assertThat(answer)
          .isInstanceOfSatisfying(
              ScoringException.class,
              e -> assertThat(e).hasMessageStartingWith("a window cannot be scored: "));
    } else if (answer instanceof WindowScores scores) {
      assertThat(scores.scores()).containsExactly(outcome.first);
    } else {
      assertThat((float[]) answer).containsExactly(outcome.first);
    }
  }
}
