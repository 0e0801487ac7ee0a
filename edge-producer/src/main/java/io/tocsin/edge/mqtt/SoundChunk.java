package io.tocsin.edge.mqtt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.audio.AudioClip;
import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.audio.UnreadableAudioException;
import io.tocsin.edge.mqtt.RefusedChunkException.Reason;
import io.tocsin.edge.source.Channels;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

/**
 * A device's chunk of sound, as docs/SENSOR.md lays down: binary, or JSON with base64.
 *
 * @param capturedAtMicros instant of the first sample, microseconds since the epoch
 */
record SoundChunk(short[] samples, int rateHertz, long capturedAtMicros, Clock clock) {

  /** What a binary chunk begins with: "TOCA". */
  static final int MAGIC = 0x544f4341;

  /** Of a binary chunk's head. */
  static final int HEAD_BYTES = 24;

  private static final int VERSION = 1;
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final int LOWEST_RATE_HERTZ = 8_000;
  private static final int HIGHEST_RATE_HERTZ = 192_000;
  private static final int RATE_STEP_HERTZ = 25;
  private static final long EARLIEST_MICROS = 946_684_800_000_000L;
  private static final long DEFAULT_UNCERTAINTY_MICROS = 1_000_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How a body is coded; the number stands in the binary head. */
  private enum Coding {
    PCM_S16LE,
    WAV,
    FLAC
  }

  /**
   * Reads a message.
   *
   * @throws RefusedChunkException saying what is wrong and what is wanted
   */
  static SoundChunk of(byte[] message, Channels channels) throws RefusedChunkException {
    if (message.length >= HEAD_BYTES && ByteBuffer.wrap(message).getInt(0) == MAGIC) {
      return binary(message, channels);
    }
    if (message.length > 0 && message[0] == '{') {
      return json(message, channels);
    }
    throw new RefusedChunkException(
        Reason.FORMAT,
        message.length
            + " bytes that begin with neither the head TOCA nor a JSON object; a chunk carries its"
            + " capture time");
  }

  /**
   * Head, big-endian: magic (4 bytes), version (1), coding (1), channels (1), clock source (1),
   * rate in Hz (4), captured at in microseconds (8), uncertainty in microseconds (4); then the
   * body.
   */
  private static SoundChunk binary(byte[] message, Channels channels) throws RefusedChunkException {
    ByteBuffer head = ByteBuffer.wrap(message);
    int version = head.get(4);
    if (version != VERSION) {
      throw new RefusedChunkException(
          Reason.FORMAT, "version is " + version + "; " + VERSION + " is known");
    }
    int uncertainty = head.getInt(20);
    return decoded(
        one(Coding.values(), head.get(5), "coding"),
        Arrays.copyOfRange(message, HEAD_BYTES, message.length),
        head.getInt(8),
        head.get(6) & 0xff,
        channels,
        head.getLong(12),
        Clock.newBuilder()
            .setSource(one(ClockSource.values(), head.get(7), "clock source"))
            .setUncertaintyMicros(uncertainty < 0 ? DEFAULT_UNCERTAINTY_MICROS : uncertainty)
            .build());
  }

  private static <T> T one(T[] values, int number, String name) throws RefusedChunkException {
    if (number < 0 || number >= values.length) {
      throw new RefusedChunkException(
          Reason.FORMAT, name + " is " + number + "; 0 to " + (values.length - 1));
    }
    return values[number];
  }

  private static SoundChunk json(byte[] message, Channels channels) throws RefusedChunkException {
    JsonNode node;
    try {
      node = JSON.readTree(new String(message, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new RefusedChunkException(Reason.FORMAT, "no JSON: " + e.getOriginalMessage());
    }
    JsonNode clock = node.path("clock");
    byte[] body;
    try {
      body = Base64.getDecoder().decode(node.path("samples").asText());
    } catch (IllegalArgumentException e) {
      throw new RefusedChunkException(Reason.FORMAT, "samples is no base64: " + e.getMessage());
    }
    return decoded(
        named(Coding.class, node.path("encoding").asText("PCM_S16LE"), "encoding"),
        body,
        node.path("sampleRateHertz").asInt(),
        node.path("channels").asInt(1),
        channels,
        capturedAt(node),
        Clock.newBuilder()
            .setSource(
                named(ClockSource.class, clock.path("source").asText("UNKNOWN"), "clock.source"))
            .setUncertaintyMicros(
                Math.max(0, clock.path("uncertaintyMicros").asLong(DEFAULT_UNCERTAINTY_MICROS)))
            .build());
  }

  private static <T extends Enum<T>> T named(Class<T> type, String name, String field)
      throws RefusedChunkException {
    try {
      return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new RefusedChunkException(
          Reason.FORMAT,
          field + " is " + name + "; one of " + Arrays.toString(type.getEnumConstants()));
    }
  }

  private static long capturedAt(JsonNode node) throws RefusedChunkException {
    if (node.path("capturedAtMicros").isIntegralNumber()) {
      return node.path("capturedAtMicros").asLong();
    }
    try {
      return ChronoUnit.MICROS.between(
          Instant.EPOCH, Instant.parse(node.path("capturedAt").asText()));
    } catch (DateTimeException | ArithmeticException e) {
      throw new RefusedChunkException(
          Reason.CAPTURE_TIME,
          "it has neither capturedAtMicros nor capturedAt (ISO-8601, UTC) of its first sample");
    }
  }

  private static SoundChunk decoded(
      Coding coding,
      byte[] body,
      int rateHertz,
      int channels,
      Channels chosen,
      long capturedAtMicros,
      Clock clock)
      throws RefusedChunkException {
    short[] samples;
    int rate = rateHertz;
    if (coding == Coding.PCM_S16LE) {
      samples = pcm(body, channels, chosen);
    } else {
      AudioClip clip = clip(body);
      samples = Pcm16.fromFloats(clip.samples());
      rate = clip.sampleRateHertz();
    }
    refuseWhatCannotBe(samples, rate, capturedAtMicros);
    return new SoundChunk(samples, rate, capturedAtMicros, clock);
  }

  private static short[] pcm(byte[] body, int channels, Channels chosen)
      throws RefusedChunkException {
    if (channels < 1 || body.length % (channels * Short.BYTES) != 0) {
      throw new RefusedChunkException(
          Reason.FORMAT,
          body.length
              + " bytes are no whole number of 16-bit samples of "
              + channels
              + " channels");
    }
    if (channels == 1) {
      short[] samples = new short[body.length / Short.BYTES];
      ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
      return samples;
    }
    try {
      return Pcm16.fromFloats(chosen.mono(body, body.length, channels));
    } catch (IllegalArgumentException e) {
      throw new RefusedChunkException(Reason.FORMAT, String.valueOf(e.getMessage()));
    }
  }

  private static AudioClip clip(byte[] body) throws RefusedChunkException {
    try {
      return AudioFiles.read(body, "the chunk");
    } catch (UnreadableAudioException e) {
      throw new RefusedChunkException(Reason.FORMAT, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new RefusedChunkException(Reason.FORMAT, e.toString());
    }
  }

  private static void refuseWhatCannotBe(short[] samples, int rate, long capturedAtMicros)
      throws RefusedChunkException {
    if (rate < LOWEST_RATE_HERTZ || rate > HIGHEST_RATE_HERTZ || rate % RATE_STEP_HERTZ != 0) {
      throw new RefusedChunkException(
          Reason.RATE,
          "sample rate is %d Hz; a multiple of %d from %d to %d"
              .formatted(rate, RATE_STEP_HERTZ, LOWEST_RATE_HERTZ, HIGHEST_RATE_HERTZ));
    }
    long millis = samples.length * 1_000L / rate;
    if (millis < SHORTEST.toMillis() || millis > LONGEST.toMillis()) {
      throw new RefusedChunkException(
          Reason.LENGTH,
          "a chunk of %d ms; %d to %d ms"
              .formatted(millis, SHORTEST.toMillis(), LONGEST.toMillis()));
    }
    if (capturedAtMicros < EARLIEST_MICROS) {
      throw new RefusedChunkException(
          Reason.CAPTURE_TIME,
          "captured at " + capturedAtMicros + " us since 1970; its clock was never set");
    }
  }
}
