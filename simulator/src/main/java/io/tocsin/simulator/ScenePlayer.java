package io.tocsin.simulator;

import io.tocsin.audio.Pcm16;
import io.tocsin.edge.FleetProducer;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.edge.SensorLink;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;

/**
 * Plays a scene into Kafka through the edge producer, all sensors at once. Faster than real time
 * the capture times run faster too: they begin in the past and end about now, never in the future.
 */
public final class ScenePlayer {

  private static final double CHUNK_SECONDS = 0.5;
  private static final double HEARTBEAT_SECONDS = 10;
  private static final int DUPLICATE_EVERY = 50;

  private final SceneTruth truth;
  private final SceneSettings settings;
  private final double speed;
  private final List<SensorLink> links = new ArrayList<>();
  private final List<SceneRenderer> renderers = new ArrayList<>();
  private final List<Long> publishedNanos = new ArrayList<>();
  private final long sceneStartMicros;
  private final long playStartNanos;
  private final long playStartMillis;
  private long frames;
  private long duplicates;

  /**
   * Renders nothing yet, but registers the sensors.
   *
   * @param speed times real time
   */
  public ScenePlayer(
      SceneTruth truth,
      SceneSettings settings,
      SoundLibrary library,
      FleetProducer fleet,
      double speed)
      throws IOException {
    this.truth = truth;
    this.settings = settings;
    this.speed = speed;
    Clock clock = Clock.newBuilder().setSource(ClockSource.GPS).setUncertaintyMicros(1_000).build();
    SceneRenderer.Clips clips = new SceneRenderer.Clips();
    String bootId = "scene-" + settings.seed() + "-" + System.currentTimeMillis();
    for (int i = 0; i < truth.sensors().size(); i++) {
      SceneTruth.SensorTruth sensor = truth.sensors().get(i);
      renderers.add(new SceneRenderer(truth, i, settings, library, clips));
      links.add(
          new SensorLink(
              SensorIdentity.of(
                  sensor.sensorId(),
                  sensor.latitudeDegrees(),
                  sensor.longitudeDegrees(),
                  settings.audibleRadiusMetres(),
                  clock),
              fleet,
              bootId,
              settings.sampleRateHertz(),
              AudioEncoding.PCM_S16LE));
    }
    fleet.flush();
    playStartNanos = System.nanoTime();
    playStartMillis = System.currentTimeMillis();
    long now = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    sceneStartMicros = now - Math.round(truth.durationSeconds() * (1 - 1 / speed) * 1e6);
  }

  /**
   * Plays the scene to its end.
   *
   * @param progress told the scene's time in seconds, every chunk
   */
  public void play(DoubleConsumer progress) throws InterruptedException {
    int chunk = (int) (CHUNK_SECONDS * settings.sampleRateHertz());
    int chunks = (int) Math.round(truth.durationSeconds() / CHUNK_SECONDS);
    double nextHeartbeat = 0;
    for (int c = 0; c < chunks; c++) {
      long dueNanos = playStartNanos + Math.round((c + 1) * CHUNK_SECONDS / speed * 1e9);
      TimeUnit.NANOSECONDS.sleep(Math.max(0, dueNanos - System.nanoTime()));
      long capturedAt =
          sceneStartMicros + (long) c * chunk * 1_000_000L / settings.sampleRateHertz();
      for (int i = 0; i < links.size(); i++) {
        AudioFrame frame =
            links.get(i).frame(Pcm16.fromFloats(renderers.get(i).next(chunk)), capturedAt);
        var unused = links.get(i).send(frame);
        if (++frames % DUPLICATE_EVERY == 0) {
          sendAgain(links.get(i), frame);
        }
      }
      publishedNanos.add(System.nanoTime());
      if (c * CHUNK_SECONDS >= nextHeartbeat) {
        links.forEach(ScenePlayer::beat);
        nextHeartbeat += HEARTBEAT_SECONDS * Math.max(1, speed / 4);
      }
      progress.accept((c + 1) * CHUNK_SECONDS);
    }
  }

  private void sendAgain(SensorLink link, AudioFrame frame) {
    var unused = link.send(frame);
    duplicates++;
  }

  private static void beat(SensorLink link) {
    var unused = link.heartbeat();
  }

  /** The scene's beginning on the capture clock, microseconds since the epoch. */
  public long sceneStartMicros() {
    return sceneStartMicros;
  }

  /** Wall-clock time, milliseconds, at which audio up to {@code sceneSeconds} was published. */
  public long publishedMillis(double sceneSeconds) {
    int chunk =
        (int)
            Math.max(
                0,
                Math.min(publishedNanos.size() - 1, Math.ceil(sceneSeconds / CHUNK_SECONDS) - 1));
    return playStartMillis + (publishedNanos.get(chunk) - playStartNanos) / 1_000_000;
  }

  /** Distinct frames sent. */
  public long framesProduced() {
    return frames;
  }

  /** Frames sent a second time, as a network would. */
  public long duplicatesProduced() {
    return duplicates;
  }

  /** Samples of each sensor. */
  public long samplesPerSensor() {
    return Math.round(truth.durationSeconds() / CHUNK_SECONDS)
        * (long) (CHUNK_SECONDS * settings.sampleRateHertz());
  }
}
