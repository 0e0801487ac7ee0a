package io.tocsin.edge.mqtt;

import io.tocsin.schema.avro.ClockSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** What devices send, made by the contract's words and not by the code that reads it. */
final class Messages {

  private Messages() {}

  static byte[] binary(
      int coding, int channels, ClockSource clock, int rate, long at, int micros, byte[] body) {
    return ByteBuffer.allocate(24 + body.length)
        .put("TOCA".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) coding)
        .put((byte) channels)
        .put((byte) clock.ordinal())
        .putInt(rate)
        .putLong(at)
        .putInt(micros)
        .put(body)
        .array();
  }

  static byte[] json(short[] samples, int rate, String capturedAt) {
    return """
        {"capturedAt": "%s", "sampleRateHertz": %d, "channels": 1, "encoding": "PCM_S16LE",
         "clock": {"source": "NTP", "uncertaintyMicros": 5000}, "samples": "%s"}
        """
        .formatted(capturedAt, rate, Base64.getEncoder().encodeToString(pcm(samples)))
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] pcm(short[] samples) {
    ByteBuffer bytes = ByteBuffer.allocate(samples.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(samples);
    return bytes.array();
  }

  static byte[] wav(short[] samples, int rate) {
    ByteArrayOutputStream wav = new ByteArrayOutputStream();
    try {
      AudioSystem.write(
          new AudioInputStream(
              new ByteArrayInputStream(pcm(samples)),
              new AudioFormat(rate, 16, 1, true, false),
              samples.length),
          AudioFileFormat.Type.WAVE,
          wav);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return wav.toByteArray();
  }
}
