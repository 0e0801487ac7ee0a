package io.tocsin.edge.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SupervisorTest {

  private static final Duration PAUSE = Duration.ofMillis(1);

  /** What a source does at one opening. */
  private interface Opening {
    Source.Capture open() throws IOException;
  }

  private record Scripted(Deque<Opening> openings, boolean endless) implements Source {
    @Override
    public String description() {
      return "scripted";
    }

    @Override
    public SourceClock clock() {
      return SourceClock.bySystem(ClockKind.SYSTEM_ON_ARRIVAL, Duration.ZERO);
    }

    @Override
    public Optional<Duration> longestSilence() {
      return Optional.of(Duration.ofMillis(300));
    }

    @Override
    public Capture open() throws IOException {
      return openings.removeFirst().open();
    }
  }

  private static PcmBlock block() {
    return PcmBlock.live(new float[160], 16_000, 0, new Clock(ClockSource.FREE, 1L), false);
  }

  /** Gives blocks, then ends, fails or stalls until it is closed. */
  private static final class Blocks implements Source.Capture {
    private final String end;
    private final CountDownLatch closed = new CountDownLatch(1);
    private int left;

    Blocks(int blocks, String end) {
      this.left = blocks;
      this.end = end;
    }

    @Override
    public @Nullable PcmBlock read() throws IOException, InterruptedException {
      if (left-- > 0) {
        return block();
      }
      if (end.equals("fails")) {
        throw new IOException("the cable is out");
      }
      if (end.equals("stalls")) {
        closed.await();
      }
      return null;
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void aSourceThatFailsOrStallsIsOpenedAgainAndWhatComesThenIsANewRun() throws Exception {
    Deque<Opening> openings =
        new ArrayDeque<>(
            List.of(
                () -> {
                  throw new IOException("nobody is there");
                },
                () -> new Blocks(2, "fails"),
                () -> new Blocks(3, "stalls"),
                () -> new Blocks(1, "ends")));
    List<Boolean> starts = new ArrayList<>();
    try (Supervisor supervisor = new Supervisor(new Scripted(openings, false), PAUSE, PAUSE)) {
      supervisor.run(block -> starts.add(block.startsRun()));
      assertThat(starts).containsExactly(true, false, true, false, false, true);
      SourceStatus status = supervisor.status();
      assertThat(status.openings()).isEqualTo(4);
      assertThat(status.failures()).isEqualTo(2);
      assertThat(status.stalls()).isEqualTo(1);
      assertThat(status.gaps()).isEqualTo(2);
      assertThat(status.seconds()).isCloseTo(0.06, org.assertj.core.api.Assertions.within(1e-9));
      assertThat(status.state()).isEqualTo(SourceStatus.State.ENDED);
    }
  }

  @Test
  void aStreamMayNotEndAndSaysWhyItDoesNotDeliver() throws Exception {
    Deque<Opening> openings = new ArrayDeque<>(List.of(() -> new Blocks(1, "ends")));
    Thread runner;
    Supervisor supervisor =
        new Supervisor(new Scripted(openings, true), Duration.ofMinutes(1), Duration.ofMinutes(1));
    try (supervisor) {
      runner =
          new Thread(
              () -> {
                try {
                  supervisor.run(block -> {});
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      runner.start();
      org.awaitility.Awaitility.await()
          .untilAsserted(
              () -> {
                assertThat(supervisor.status().state()).isEqualTo(SourceStatus.State.WAITING);
                assertThat(supervisor.status().problem()).isEqualTo("scripted has ended");
              });
    }
    runner.join();
    assertThat(supervisor.status().state()).isEqualTo(SourceStatus.State.ENDED);
  }

  @Test
  void aTakerThatIsSlowIsNoStall() throws Exception {
    Deque<Opening> openings = new ArrayDeque<>(List.of(() -> new Blocks(2, "ends")));
    CountDownLatch never = new CountDownLatch(1);
    try (Supervisor supervisor = new Supervisor(new Scripted(openings, false), PAUSE, PAUSE)) {
      supervisor.run(
          block -> {
            var unused = never.await(700, java.util.concurrent.TimeUnit.MILLISECONDS);
          });
      assertThat(supervisor.status().stalls()).isZero();
      assertThat(supervisor.status().openings()).isEqualTo(1);
    }
  }
}
