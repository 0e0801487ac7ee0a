package io.tocsin.edge.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class StandardInputTest {

  private static final int BYTES_PER_SECOND = 32_000;
  private static final Clock NTP = new Clock(ClockSource.NTP, 3_000L);

  private long nanos;

  /** What happens while somebody waits for the next 3,200 bytes. */
  private final Deque<Runnable> waits = new ArrayDeque<>();

  private final InputStream pipe =
      new InputStream() {
        @Override
        public int read() {
          throw new AssertionError("one by one");
        }

        @Override
        public int read(byte[] into, int from, int length) {
          if (waits.isEmpty()) {
            return -1;
          }
          waits.removeFirst().run();
          return 3_200;
        }
      };

  private StandardInput input(boolean live) {
    return new StandardInput(
        pipe,
        new StandardInput.Settings(BYTES_PER_SECOND, NTP, live, Duration.ofSeconds(10)),
        () -> nanos);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void read(StandardInput input) throws IOException {
    assertThat(input.stream().read(new byte[3_200], 0, 3_200)).isEqualTo(3_200);
  }

  @Test
  void whatIsPipedInTimeIsLive() throws Exception {
    StandardInput input = input(true);
    assertThat(input.status().state()).isEqualTo(SourceStatus.State.OPENING);
    for (int i = 0; i < 20; i++) {
      waits.add(() -> pass(Duration.ofMillis(100)));
      read(input);
      input.look();
    }
    // Not asked for: who pipes need not deliver.
    pass(Duration.ofMinutes(1));
    input.look();
    SourceStatus status = input.status();
    assertThat(status.state()).isEqualTo(SourceStatus.State.LIVE);
    assertThat(status.seconds()).isEqualTo(2);
    assertThat(status.stalls()).isZero();
    assertThat(input.clock()).isEqualTo(NTP);
    assertThat(input.stream().read(new byte[3_200], 0, 3_200)).isEqualTo(-1);
    assertThat(input.status().state()).isEqualTo(SourceStatus.State.ENDED);
    input.close();
  }

  @Test
  void aStallIsSaidWhileItLastsAndItsLengthIsTheClocksErrorBehindIt() throws Exception {
    StandardInput input = input(true);
    waits.add(() -> {});
    read(input);
    waits.add(
        () -> {
          pass(Duration.ofSeconds(9));
          input.look();
          assertThat(input.status().state()).isEqualTo(SourceStatus.State.LIVE);
          pass(Duration.ofSeconds(28));
          input.look();
          input.look();
          SourceStatus status = input.status();
          assertThat(status.state()).isEqualTo(SourceStatus.State.STALLED);
          assertThat(status.stalls()).isEqualTo(1);
          assertThat(status.silence()).isEqualTo(Duration.ofSeconds(37));
          assertThat(status.problem())
              .isEqualTo(
                  "standard input delivers nothing for more than 10000 ms and cannot be opened"
                      + " again; look at the program before the pipe");
        });
    read(input);
    SourceStatus status = input.status();
    assertThat(status.state()).isEqualTo(SourceStatus.State.LIVE);
    assertThat(status.problem()).isNull();
    assertThat(status.stalls()).isEqualTo(1);
    assertThat(status.gaps()).isEqualTo(1);
    Clock lost = new Clock(ClockSource.FREE, 37_000_000L);
    assertThat(input.clock()).isEqualTo(lost);
    assertThat(status.clock().on(NTP)).isEqualTo(lost);
    // A second one that nobody has looked at adds to it.
    waits.add(() -> pass(Duration.ofSeconds(11)));
    read(input);
    assertThat(input.status().stalls()).isEqualTo(2);
    assertThat(input.clock()).isEqualTo(new Clock(ClockSource.FREE, 48_000_000L));
    input.close();
  }

  @Test
  void aRecordingsTimesDoNotSufferFromAPause() throws Exception {
    StandardInput input = input(false);
    waits.add(() -> {});
    read(input);
    waits.add(() -> pass(Duration.ofSeconds(40)));
    read(input);
    assertThat(input.status().stalls()).isEqualTo(1);
    assertThat(input.clock()).isEqualTo(NTP);
    input.close();
  }

  @Test
  void aLateBeginningIsAStallButNoGap() throws Exception {
    StandardInput input = input(true);
    waits.add(() -> pass(Duration.ofSeconds(40)));
    read(input);
    assertThat(input.status().stalls()).isEqualTo(1);
    assertThat(input.status().gaps()).isZero();
    assertThat(input.clock()).isEqualTo(NTP);
    input.close();
  }
}
