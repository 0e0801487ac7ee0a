package io.tocsin.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import org.junit.jupiter.api.Test;

class FrameCoderTest {

  private static final int RATE_HERTZ = 16_000;
  private static final long START_MICROS = 1_800_000_000_000_000L;

  @Test
  void samplesAreCountedFromTheLastGapInCapture() {
    FrameCoder coder =
        new FrameCoder(
            SensorIdentity.of(
                "sensor", 52.5, 13.4, 400, Clock.newBuilder().setUncertaintyMicros(50).build()),
            "boot",
            RATE_HERTZ,
            AudioEncoding.PCM_S16LE);
    assertThat(coder.frame(new short[1_600], START_MICROS).getRunSample()).isZero();
    assertThat(coder.frame(new short[4_000], START_MICROS + 100_000).getRunSample())
        .isEqualTo(1_600);
    // The clock was set by 20 ms: no sample is missing.
    assertThat(coder.frame(new short[1_600], START_MICROS + 370_000).getRunSample())
        .isEqualTo(5_600);
    assertThat(coder.frame(new short[1_600], START_MICROS + 600_000).getRunSample()).isZero();
    assertThat(coder.frame(new short[1_600], START_MICROS + 100_000).getRunSample()).isZero();
    assertThat(coder.frame(new short[1_600], START_MICROS + 200_000).getRunSample())
        .isEqualTo(1_600);
    // What is not sent keeps its place.
    coder.pass(new short[1_600], START_MICROS + 300_000);
    AudioFrame behind = coder.frame(new short[1_600], START_MICROS + 400_000);
    assertThat(behind.getRunSample()).isEqualTo(4_800);
    assertThat(behind.getSequence()).isEqualTo(7);
  }

  @Test
  void framesStateTheClockThatDatesThemAndBeginAnewWhereTheyAreToldTo() {
    Clock identitys = new Clock(ClockSource.NTP, 50L);
    Clock another = new Clock(ClockSource.GPS, 5L);
    FrameCoder coder =
        new FrameCoder(
            SensorIdentity.of("sensor", 52.5, 13.4, 400, identitys),
            "boot",
            RATE_HERTZ,
            AudioEncoding.PCM_S16LE);
    assertThat(coder.frame(new short[1_600], START_MICROS).getClock()).isEqualTo(identitys);
    coder.date(another, false);
    AudioFrame next = coder.frame(new short[1_600], START_MICROS + 100_000);
    assertThat(next.getClock()).isEqualTo(another);
    assertThat(next.getRunSample()).isEqualTo(1_600);
    coder.date(another, true);
    AudioFrame behindAStep = coder.frame(new short[1_600], START_MICROS + 200_000);
    assertThat(behindAStep.getRunSample()).isZero();
    assertThat(behindAStep.getSequence()).isEqualTo(2);
    coder.begin("file-1");
    AudioFrame ofAFile = coder.frame(new short[1_600], START_MICROS + 300_000);
    assertThat(ofAFile.getBootId()).isEqualTo("file-1");
    assertThat(ofAFile.getSequence()).isZero();
    assertThat(ofAFile.getRunSample()).isZero();
  }
}
