package io.tocsin.edge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.audio.FlacFrames;
import io.tocsin.edge.mqtt.RefusedChunkException.Reason;
import io.tocsin.edge.source.Channels;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkTest {

  private static final short[] SOUND = sound();
  private static final long AT = 1_777_636_800_123_456L;

  private static short[] sound() {
    short[] samples = new short[4_000];
    Random random = new Random(2);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (short) random.nextInt();
    }
    return samples;
  }

  private static SoundChunk read(byte[] message) throws RefusedChunkException {
    return SoundChunk.of(message, Channels.MIX);
  }

  @Test
  void aBinaryChunkIsReadSampleForSampleWithItsClock() throws Exception {
    SoundChunk chunk =
        read(Messages.binary(0, 1, ClockSource.GPS, 16_000, AT, 250, Messages.pcm(SOUND)));
    assertThat(chunk.samples()).isEqualTo(SOUND);
    assertThat(chunk.rateHertz()).isEqualTo(16_000);
    assertThat(chunk.capturedAtMicros()).isEqualTo(AT);
    assertThat(chunk.clock()).isEqualTo(new Clock(ClockSource.GPS, 250L));
  }

  @Test
  void wavAndFlacBodiesTellTheirOwnRate() throws Exception {
    SoundChunk wav =
        read(Messages.binary(1, 0, ClockSource.FREE, 0, AT, -1, Messages.wav(SOUND, 22_050)));
    assertThat(wav.samples()).isEqualTo(SOUND);
    assertThat(wav.rateHertz()).isEqualTo(22_050);
    assertThat(wav.clock()).isEqualTo(new Clock(ClockSource.FREE, 1_000_000L));
    SoundChunk flac =
        read(Messages.binary(2, 0, ClockSource.FREE, 0, AT, 0, FlacFrames.encode(SOUND, 16_000)));
    assertThat(flac.samples()).isEqualTo(SOUND);
  }

  @Test
  void aJsonChunkIsReadSampleForSample() throws Exception {
    SoundChunk chunk = read(Messages.json(SOUND, 16_000, "2026-05-01T12:00:00.123456Z"));
    assertThat(chunk.samples()).isEqualTo(SOUND);
    assertThat(chunk.capturedAtMicros()).isEqualTo(AT);
    assertThat(chunk.clock()).isEqualTo(new Clock(ClockSource.NTP, 5_000L));
  }

  @Test
  void everyRefusalHasItsReasonAndSaysWhatIsWanted() {
    byte[] pcm = Messages.pcm(SOUND);
    refused(new byte[0], Reason.FORMAT, "carries its capture time");
    refused(Messages.wav(SOUND, 16_000), Reason.FORMAT, "carries its capture time");
    refused("{\"samples\": ".getBytes(StandardCharsets.UTF_8), Reason.FORMAT, "no JSON");
    refused("{\"samples\": \"??\"}".getBytes(StandardCharsets.UTF_8), Reason.FORMAT, "base64");
    refused("{\"samples\": \"\"}".getBytes(StandardCharsets.UTF_8), Reason.CAPTURE_TIME, "neither");
    refused(
        Messages.binary(9, 1, ClockSource.GPS, 16_000, AT, 0, pcm), Reason.FORMAT, "coding is 9");
    refused(
        Messages.binary(0, 3, ClockSource.GPS, 16_000, AT, 0, pcm), Reason.FORMAT, "8000 bytes");
    refused(Messages.binary(1, 0, ClockSource.GPS, 16_000, AT, 0, pcm), Reason.FORMAT, "the chunk");
    refused(Messages.binary(0, 1, ClockSource.GPS, 11_111, AT, 0, pcm), Reason.RATE, "11111 Hz");
    refused(Messages.binary(0, 1, ClockSource.GPS, 16_000, 5, 0, pcm), Reason.CAPTURE_TIME, "5 us");
    refused(
        Messages.binary(0, 1, ClockSource.GPS, 16_000, AT, 0, Arrays.copyOf(pcm, 200)),
        Reason.LENGTH,
        "6 ms; 100 to 60000 ms");
  }

  private static void refused(byte[] message, Reason reason, String words) {
    assertThatThrownBy(() -> read(message))
        .isInstanceOfSatisfying(
            RefusedChunkException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(words);
  }

  @ParameterizedTest
  @CsvSource({
    "tocsin/{sensorId}/audio, tocsin/+/audio, tocsin/gate-3/audio, gate-3",
    "{sensorId}, +, gate-3, gate-3",
    "a.b/{sensorId}, a.b/+, a.b/x, x"
  })
  void aTopicTellsTheSensor(String pattern, String filter, String topic, String sensor) {
    assertThat(new TopicPattern(pattern).filter()).isEqualTo(filter);
    assertThat(new TopicPattern(pattern).sensorId(topic)).contains(sensor);
    assertThat(new TopicPattern(pattern).sensorId("x/" + topic + "/y")).isEmpty();
  }

  @Test
  void wrongPatternsAndAddressesAreRefusedWithoutASecret() {
    assertThatThrownBy(() -> new TopicPattern("tocsin/#")).hasMessageContaining("{sensorId}");
    assertThatThrownBy(() -> new TopicPattern("a/x{sensorId}/b"))
        .hasMessageContaining("{sensorId}");
    assertThatThrownBy(() -> BrokerAddress.of("mqtt://me:s3cr3t@broker"))
        .hasMessageContaining("TOCSIN_MQTT_PASSWORD")
        .message()
        .doesNotContain("s3cr3t");
    assertThatThrownBy(() -> BrokerAddress.of("mqtt://me:s3 cr3t@broker"))
        .hasMessage("a broker's address is mqtt://HOST:PORT or mqtts://HOST:PORT");
    assertThat(BrokerAddress.of("mqtts://broker")).hasToString("mqtts://broker:8883");
    assertThat(new MqttBridge.Login("me", "s3cr3t".getBytes(StandardCharsets.UTF_8)))
        .hasToString("me");
  }
}
