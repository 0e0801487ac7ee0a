package io.tocsin.stack;

import io.tocsin.audio.Pcm16;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Sensor;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What sensors send. */
final class Frames {

  static final int RATE_HERTZ = 16_000;

  private static final Clock GOOD_CLOCK =
      Clock.newBuilder().setSource(ClockSource.GPS).setUncertaintyMicros(1_000).build();

  /** YAMNet's: 0.975 s, half overlapping. */
  private static final int WINDOW_SAMPLES = 15_600;

  private static final int HOP_SAMPLES = WINDOW_SAMPLES / 2;

  private Frames() {}

  /** Windows that a sensor's gapless audio gives. */
  static long windowsOf(long samples) {
    return 1 + (samples - WINDOW_SAMPLES) / HOP_SAMPLES;
  }

  /** A second of faint noise, from which the model hears nothing; one window. */
  static AudioFrame second(String sensorId) {
    return frame(sensorId, 0, now(), noise(RATE_HERTZ));
  }

  static AudioFrame frame(String sensorId, long sequence, Instant capturedAt, short[] samples) {
    return AudioFrame.newBuilder()
        .setSensorId(sensorId)
        .setBootId("boot")
        .setSequence(sequence)
        .setCapturedAt(capturedAt)
        .setClock(GOOD_CLOCK)
        .setSampleRateHertz(RATE_HERTZ)
        .setEncoding(AudioEncoding.PCM_S16LE)
        .setSamples(Pcm16.encode(samples))
        .build();
  }

  /** Whole seconds of {@code samples}, one frame each; the rest is left out. */
  static List<AudioFrame> seconds(String sensorId, Instant start, short[] samples) {
    List<AudioFrame> frames = new ArrayList<>();
    for (int second = 0; (second + 1) * RATE_HERTZ <= samples.length; second++) {
      frames.add(
          frame(
              sensorId,
              second,
              start.plusSeconds(second),
              Arrays.copyOfRange(samples, second * RATE_HERTZ, (second + 1) * RATE_HERTZ)));
    }
    return frames;
  }

  static short[] noise(int samples) {
    Random random = new Random(1);
    short[] noise = new short[samples];
    for (int i = 0; i < samples; i++) {
      noise[i] = (short) (8 * random.nextGaussian());
    }
    return noise;
  }

  static Sensor sensor(String sensorId, double latitudeDegrees, double longitudeDegrees) {
    return Sensor.newBuilder()
        .setSensorId(sensorId)
        .setPlace(
            Place.newBuilder()
                .setLatitudeDegrees(latitudeDegrees)
                .setLongitudeDegrees(longitudeDegrees)
                .build())
        .setAudibleRadiusMetres(400)
        .setRegisteredAt(now())
        .build();
  }

  /** As exact as the contracts are. */
  static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }
}
