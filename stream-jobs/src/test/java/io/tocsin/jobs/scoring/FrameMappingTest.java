package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.audio.FlacFrames;
import io.tocsin.jobs.kafka.RefusedRecordException;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Privacy;
import io.tocsin.scoring.window.FrameAudio;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameMappingTest {

  private static final int RATE_HERTZ = 16_000;
  private static final Instant CAPTURED = Instant.parse("2026-05-01T12:00:00.000123Z");

  private final FrameMapping mapping = new FrameMapping(RATE_HERTZ);

  @Test
  void aFlacFrameGivesItsSamplesAndItsMicroseconds() {
    var frame = mapping.toDomain(frame(RATE_HERTZ, FlacFrames.encode(sound(), RATE_HERTZ)));
    assertThat(frame.samples()).isEqualTo(sound());
    assertThat(frame.capturedAtMicros()).isEqualTo(1_777_636_800_000_123L);
  }

  @ParameterizedTest
  @ValueSource(ints = {8_000, 11_025, 44_100, 48_000, 192_000})
  void otherRatesKeepTheirSamples(int rateHertz) {
    var frame = mapping.toDomain(frame(rateHertz, FlacFrames.encode(sound(), rateHertz)));
    assertThat(frame.sampleRateHertz()).isEqualTo(rateHertz);
    assertThat(frame.samples()).isEqualTo(sound());
  }

  @ParameterizedTest
  @ValueSource(ints = {4_000, 7_975, 44_101, 192_025})
  void anImplausibleRateIsRefusedWithTheWayOut(int rateHertz) {
    assertThatThrownBy(() -> mapping.toDomain(frame(rateHertz, new byte[] {1})))
        .isInstanceOf(RefusedRecordException.class)
        .hasMessageContaining(Integer.toString(rateHertz))
        .hasMessageContaining("--rate 16000");
  }

  @Test
  void damagedFlacIsDecodedOrRefusedAndNothingElse() {
    byte[] whole = FlacFrames.encode(sound(), RATE_HERTZ);
    int refused = 0;
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      byte[] damaged = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      for (int i = random.nextInt(4); i >= 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        mapping.toDomain(frame(RATE_HERTZ, damaged));
      } catch (RefusedRecordException e) {
        assertThat(e).hasMessageContaining("samples");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(300);
  }

  @Test
  void whatTheProducerSaysOfRunAndStoreIsKeptIfItCanBe() {
    byte[] flac = FlacFrames.encode(sound(), RATE_HERTZ);
    assertThat(mapping.toDomain(frame(RATE_HERTZ, flac)).runSample())
        .isEqualTo(FrameAudio.NOT_COUNTED);
    AudioFrame counted = frame(RATE_HERTZ, flac);
    counted.setRunSample(4_800L);
    counted.setStoredMillis(90_000);
    assertThat(mapping.toDomain(counted).runSample()).isEqualTo(4_800);
    assertThat(mapping.toDomain(counted).storedMillis()).isEqualTo(90_000);
    for (long impossible : new long[] {-5, Long.MAX_VALUE}) {
      counted.setRunSample(impossible);
      assertThat(mapping.toDomain(counted).runSample()).isEqualTo(FrameAudio.NOT_COUNTED);
    }
  }

  @Test
  void whatIsOnlyForPeopleToHearIsPassedOver() {
    AudioFrame frame = frame(RATE_HERTZ, FlacFrames.encode(sound(), RATE_HERTZ));
    assertThat(mapping.concerns(frame)).isTrue();
    frame.setEvidenceOnly(true);
    assertThat(mapping.concerns(frame)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(value = Privacy.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void whatAPolicyChangedIsSilenceOfTheSameLength(Privacy privacy) {
    AudioFrame frame = frame(RATE_HERTZ, FlacFrames.encode(sound(), RATE_HERTZ));
    frame.setPrivacy(privacy);
    assertThat(mapping.toDomain(frame).samples()).isEqualTo(new short[sound().length]);
    frame.setPrivacy(Privacy.NONE);
    assertThat(mapping.toDomain(frame).samples()).isEqualTo(sound());
  }

  private static short[] sound() {
    Random random = new Random(1);
    short[] samples = new short[1_600];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) (8_000 * Math.sin(i * 0.2) + random.nextGaussian() * 300);
    }
    return samples;
  }

  private static AudioFrame frame(int rateHertz, byte[] flac) {
    return AudioFrame.newBuilder()
        .setSensorId("a")
        .setBootId("boot")
        .setSequence(0)
        .setCapturedAt(CAPTURED)
        .setClock(Clock.newBuilder().setSource(ClockSource.GPS).setUncertaintyMicros(50).build())
        .setSampleRateHertz(rateHertz)
        .setEncoding(AudioEncoding.FLAC)
        .setSamples(ByteBuffer.wrap(flac))
        .build();
  }
}
