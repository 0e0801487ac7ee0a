package io.tocsin.edge.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.audio.Pcm16;
import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.edge.clock.ClockDiscipline;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTest {

  private static final int RATE = 16_000;
  private static final long BEGIN = 1_777_636_800_000_000L;
  private static final Clock CLOCK = new Clock(ClockSource.GPS, 1_000L);

  private static CaptureClock.Reading at(long micros) {
    return new CaptureClock.Reading(BEGIN + micros, 0);
  }

  @Test
  void blocksThatWaitedAreDatedByThoseThatDidNot() {
    ArrivalTimes times = new ArrivalTimes(RATE, 0);
    Random random = new Random(3);
    long[] dated = new long[200];
    // Two seconds that a server had stored come at once, twenty more as they are captured.
    for (int i = 0; i < 20; i++) {
      times.hear(at(2_000_000 + i), 1_600, 0);
    }
    for (int i = 0; i < 20; i++) {
      dated[i] = times.date(1_600).capturedAtMicros() - BEGIN;
    }
    for (int i = 20; i < 200; i++) {
      times.hear(at((i + 1) * 100_000L + random.nextInt(70_000)), 1_600, 0);
      dated[i] = times.date(1_600).capturedAtMicros() - BEGIN;
    }
    for (int i = 0; i < 200; i++) {
      assertThat(dated[i]).isCloseTo(i * 100_000L, within(5_000L));
    }
  }

  @Test
  void aDriftingSourceIsFollowedWithoutAGapAndLostSoundIsOne() {
    ArrivalTimes times = new ArrivalTimes(RATE, 0);
    int gaps = -1;
    double arrival = 0;
    long last = 0;
    for (int i = 0; i < 6_000; i++) {
      // 100 millionths slow.
      arrival += 100_010;
      times.hear(at(Math.round(arrival)), 1_600, 0);
      SlewedTimes.Dated dated = times.date(1_600);
      gaps += dated.startsRun() ? 1 : 0;
      last = dated.capturedAtMicros() - BEGIN;
    }
    assertThat(gaps).isZero();
    assertThat(last).isCloseTo(Math.round(arrival - 100_010), within(4_000L));
    arrival += 700_000;
    for (int i = 0; i < 400; i++) {
      arrival += 100_010;
      times.hear(at(Math.round(arrival)), 1_600, 0);
      SlewedTimes.Dated dated = times.date(1_600);
      gaps += dated.startsRun() ? 1 : 0;
      last = dated.capturedAtMicros() - BEGIN;
    }
    assertThat(gaps).isEqualTo(1);
    assertThat(last).isCloseTo(Math.round(arrival - 100_010), within(4_000L));
  }

  @Test
  void aStepOfTheClockStartsANewRun() {
    ArrivalTimes times = new ArrivalTimes(RATE, 50_000);
    times.hear(at(100_000), 1_600, 0);
    assertThat(times.date(1_600)).isEqualTo(new SlewedTimes.Dated(BEGIN - 50_000, true, 0));
    times.hear(at(200_000), 1_600, 0);
    assertThat(times.date(1_600).startsRun()).isFalse();
    times.hear(new CaptureClock.Reading(BEGIN + 330_000, 1), 1_600, 0);
    assertThat(times.date(1_600)).isEqualTo(new SlewedTimes.Dated(BEGIN + 180_000, true, 0));
  }

  /** A block, dated, and when its sound was captured. */
  private record Told(SlewedTimes.Dated dated, double truly) {}

  /** Blocks of 100 ms that arrive after delays that change from second to second. */
  private static List<Told> told(Random random, double[] leastDelays, double rateError) {
    ArrivalTimes times = new ArrivalTimes(RATE, 0);
    List<Told> told = new ArrayList<>();
    double arrived = 0;
    for (int i = 0; i < leastDelays.length * 10; i++) {
      double captured = i * 100_000 * (1 + rateError);
      double delay = leastDelays[i / 10] + random.nextInt(30_000);
      arrived = Math.max(arrived, captured + 100_000 + delay);
      times.hear(at(Math.round(arrived)), 1_600, 0);
      told.add(new Told(times.date(1_600), BEGIN + captured));
    }
    return told;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noBlockOrFrameIsDatedBeforeTheOneBeforeItUnlessAStepIsMarked(long seed) {
    Random random = new Random(seed);
    double[] delays = new double[120];
    double delay = 300_000;
    for (int s = 0; s < delays.length; s++) {
      if (random.nextInt(8) == 0) {
        delay = random.nextInt(seed % 2 == 0 ? 400_000 : 3_000_000);
      }
      delays[s] = delay;
    }
    BlockFramer framer = new BlockFramer(RATE, RATE / 5);
    List<BlockFramer.Piece> frames = new ArrayList<>();
    SlewedTimes.Dated before = null;
    boolean set = false;
    for (Told told : told(random, delays, -1e-4)) {
      SlewedTimes.Dated now = told.dated();
      if (before != null && !now.startsRun()) {
        assertThat(now.capturedAtMicros())
            .isGreaterThan(before.capturedAtMicros() + 99_000)
            .isLessThan(before.capturedAtMicros() + 141_000);
      }
      set |= before != null && now.capturedAtMicros() < before.capturedAtMicros();
      frames.addAll(
          framer.accept(block(new float[1_600], RATE, now.capturedAtMicros(), now.startsRun())));
      before = now;
    }
    // Delays that fall by less than half a second are slewed, whatever else they do.
    assertThat(set && seed % 2 == 0).isFalse();
    for (int i = 1; i < frames.size(); i++) {
      if (!frames.get(i).startsRun()) {
        assertThat(frames.get(i).capturedAtMicros())
            .isGreaterThan(frames.get(i - 1).capturedAtMicros());
      }
    }
  }

  @Test
  void timesThatWereTooLateAreSlewedAndSayMeanwhileHowLateTheyAre() {
    double[] delays = new double[120];
    java.util.Arrays.fill(delays, 0, 20, 320_000);
    java.util.Arrays.fill(delays, 20, delays.length, 200_000);
    List<Told> told = told(new Random(5), delays, 0);
    assertThat(told.subList(1, told.size())).noneMatch(t -> t.dated().startsRun());
    long behind = told.get(250).dated().lateMicros();
    assertThat(behind).isBetween(80_000L, 120_000L);
    assertThat(told.get(1_100).dated().lateMicros()).isZero();
    assertThat(told.get(1_100).dated().capturedAtMicros() - told.get(1_100).truly())
        .isBetween(199_000.0, 205_000.0);
    SourceClock arrival = SourceClock.bySystem(ClockKind.SYSTEM_ON_ARRIVAL, Duration.ofMillis(20));
    assertThat(arrival.on(new Clock(ClockSource.NTP, 0L), behind).getUncertaintyMicros())
        .isEqualTo(behind);
    assertThat(arrival.on(new Clock(ClockSource.NTP, 0L), 300).getUncertaintyMicros())
        .isEqualTo(20_000L);
  }

  @Test
  void timesThatWereFarTooLateAreSetBackAsANewRun() {
    double[] delays = new double[40];
    java.util.Arrays.fill(delays, 0, 20, 1_400_000);
    java.util.Arrays.fill(delays, 20, delays.length, 200_000);
    List<Told> told = told(new Random(5), delays, 0);
    List<Told> runs = told.stream().filter(t -> t.dated().startsRun()).toList();
    // The blocks that were late come at once; the last of them is the first of the new delay.
    assertThat(runs).hasSizeBetween(2, 4);
    assertThat(told.get(300).dated().capturedAtMicros() - told.get(300).truly())
        .isBetween(199_000.0, 720_000.0);
  }

  private static PcmBlock block(float[] samples, int rate, long at, boolean starts) {
    return PcmBlock.live(samples, rate, at, CLOCK, starts);
  }

  @ParameterizedTest
  @ValueSource(ints = {16_000, 48_000, 44_100})
  void framesHoldTheSoundAndTakeTheirTimesFromTheBlocks(int rate) {
    BlockFramer framer = new BlockFramer(RATE, RATE);
    List<BlockFramer.Piece> pieces = new ArrayList<>();
    // The source's clock runs 1 % fast against its samples.
    for (int i = 0; i < 35; i++) {
      float[] samples = new float[rate / 10];
      java.util.Arrays.fill(samples, 0.25f);
      pieces.addAll(framer.accept(block(samples, rate, BEGIN + i * 101_000L, i == 0)));
    }
    pieces.addAll(framer.finish());
    assertThat(pieces).extracting(p -> p.samples().length).containsExactly(RATE, RATE, RATE, 8_000);
    for (int second = 0; second < 4; second++) {
      assertThat(pieces.get(second).capturedAtMicros())
          .isCloseTo(BEGIN + second * 1_010_000L, within(1_100L));
      assertThat(pieces.get(second).startsRun()).isEqualTo(second == 0);
      assertThat(pieces.get(second).samples()[4_000]).isCloseTo((short) 8_192, within((short) 9));
    }
  }

  @Test
  void aGapEndsAFrame() {
    BlockFramer framer = new BlockFramer(RATE, RATE);
    List<BlockFramer.Piece> pieces = new ArrayList<>();
    pieces.addAll(framer.accept(block(new float[4_000], RATE, BEGIN, true)));
    pieces.addAll(framer.accept(block(new float[20_000], RATE, BEGIN + 9_000_000, true)));
    pieces.addAll(framer.finish());
    assertThat(pieces)
        .extracting(
            p -> p.samples().length,
            BlockFramer.Piece::capturedAtMicros,
            BlockFramer.Piece::startsRun)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(4_000, BEGIN, true),
            org.assertj.core.groups.Tuple.tuple(16_000, BEGIN + 9_000_000, true),
            org.assertj.core.groups.Tuple.tuple(4_000, BEGIN + 10_000_000, false));
  }

  @Test
  void aChannelIsChosenOrAllAreMixed() {
    byte[] stereo = {0, 64, 0, 0, 0, 0, 0, -64, 5};
    assertThat(Channels.MIX.mono(stereo, 8, 2)).containsExactly(0.25f, -0.25f);
    assertThat(Channels.of("left").mono(stereo, 8, 2)).containsExactly(0.5f, 0);
    assertThat(Channels.of("2").mono(stereo, 8, 2)).containsExactly(0, -0.5f);
    assertThatThrownBy(() -> Channels.of("3").mono(stereo, 8, 2))
        .hasMessage("channel 3 is wanted, but the source has 2");
    assertThatThrownBy(() -> Channels.of("0")).hasMessageContaining("'0' is no channel");
  }

  @Test
  void noSecretOfAnAddressIsSaid() {
    StreamAddress address = new StreamAddress("rtsp://admin:s3cr3t@10.0.0.7:554/live?token=abcdef");
    assertThat(address).hasToString("rtsp://10.0.0.7:554/live");
    assertThat(
            address.redact(
                "rtsp://admin:s3cr3t@10.0.0.7:554/live?token=abcdef: 401; s3cr3t, token=abcdef"))
        .isEqualTo("rtsp://10.0.0.7:554/live: 401; …, …");
    assertThatThrownBy(() -> new StreamAddress("admin:s3cr3t@10.0.0.7"))
        .message()
        .doesNotContain("s3cr3t");
  }

  @Test
  void aWavStreamsHeadIsReadAndABrokenOneRefused() throws Exception {
    ByteArrayOutputStream wav = new ByteArrayOutputStream();
    byte[] pcm = {1, 2, 3, 4, 5, 6, 7, 8};
    AudioSystem.write(
        new AudioInputStream(
            new ByteArrayInputStream(pcm), new AudioFormat(44_100, 16, 2, true, false), 2),
        AudioFileFormat.Type.WAVE,
        wav);
    ByteArrayInputStream in = new ByteArrayInputStream(wav.toByteArray());
    assertThat(WavHead.read(in)).isEqualTo(new PcmCapture.PcmFormat(44_100, 2));
    assertThat(in.readAllBytes()).isEqualTo(pcm);
    assertThatThrownBy(() -> WavHead.read(new ByteArrayInputStream(new byte[100])))
        .isInstanceOf(IOException.class)
        .hasMessage("the stream is no WAV");
    assertThatThrownBy(() -> WavHead.read(new ByteArrayInputStream(new byte[0])))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void aRecordingIsDatedFromItsStartByItsSamples() throws Exception {
    short[] samples = new short[RATE];
    new Random(1).ints(RATE).forEach(i -> samples[Math.abs(i % RATE)] = (short) i);
    try (CaptureClock clock = CaptureClock.stated(ClockDiscipline.FREE)) {
      SourceClock counted =
          new SourceClock(ClockKind.SAMPLE_COUNT, Duration.ofMillis(7), ClockSource.FREE);
      PcmCapture capture =
          new PcmCapture(
              new ByteArrayInputStream(Pcm16.encode(samples).array()),
              new PcmCapture.PcmFormat(RATE, 1),
              new PcmCapture.Dating(counted, clock, BEGIN, 0, Channels.MIX, null));
      int read = 0;
      PcmBlock block;
      while ((block = capture.read()) != null) {
        assertThat(block.capturedAtMicros()).isEqualTo(BEGIN + read * 1_000_000L / RATE);
        assertThat(block.clock()).isEqualTo(new Clock(ClockSource.FREE, 7_000L));
        assertThat(block.startsRun()).isEqualTo(read == 0);
        for (short sample : Pcm16.fromFloats(block.samples())) {
          assertThat(sample).isEqualTo(samples[read++]);
        }
      }
      assertThat(read).isEqualTo(RATE);
    }
  }

  @Test
  void aSourcesErrorAddsToTheSystemClocksWhereItGoesByThat() {
    assertThat(
            SourceClock.bySystem(ClockKind.SYSTEM_AT_CAPTURE, Duration.ofMillis(3))
                .on(new Clock(ClockSource.PTP, 4_000L)))
        .isEqualTo(new Clock(ClockSource.PTP, 5_000L));
    assertThat(
            new SourceClock(ClockKind.FILE_NAME, Duration.ofSeconds(2), ClockSource.FREE)
                .on(new Clock(ClockSource.PTP, 4_000L)))
        .isEqualTo(new Clock(ClockSource.FREE, 2_000_000L));
  }

  @Test
  void aSenderWhoseClockWasNeverSetIsDatedByArrival() throws Exception {
    SenderTimes times = new SenderTimes();
    times.described("m=audio 0 RTP/AVP 0\r\n");
    times.packet(new byte[20]);
    byte[] report = new byte[28];
    report[1] = (byte) 200;
    report[3] = 6;
    times.report(report);
    assertThat(times.microsAt(0, RATE)).isPresent();
    SourceClock arrival = SourceClock.bySystem(ClockKind.SYSTEM_ON_ARRIVAL, Duration.ofMillis(250));
    SourceClock sender = new SourceClock(ClockKind.SENDER, Duration.ofMillis(5), ClockSource.NTP);
    try (CaptureClock clock = CaptureClock.stated(CLOCK)) {
      PcmCapture capture =
          new PcmCapture(
              new ByteArrayInputStream(new byte[2 * RATE]),
              new PcmCapture.PcmFormat(RATE, 1),
              new PcmCapture.Dating(
                  arrival, clock, null, 0, Channels.MIX, new PcmCapture.Sender(times, sender)));
      PcmBlock block = java.util.Objects.requireNonNull(capture.read());
      assertThat(block.clock().getSource()).isEqualTo(ClockSource.GPS);
      assertThat(block.capturedAtMicros()).isGreaterThan(BEGIN);
      assertThat(capture.clock()).isEqualTo(arrival);
    }
  }
}
