package io.tocsin.edge;

import io.tocsin.audio.FlacFrames;
import io.tocsin.audio.Levels;
import io.tocsin.audio.Pcm16;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Clock;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Makes one sensor's frames, numbers them and counts their samples: from 0 on behind each gap in
 * capture. For one thread; the figures are for any.
 */
public final class FrameCoder {

  private final SensorIdentity identity;
  private volatile String bootId;
  private final int sampleRateHertz;
  private final AudioEncoding encoding;
  private FrameNumbers numbers;
  private volatile long sequence;
  private volatile double levelDbfs = Levels.FLOOR_DBFS;
  private volatile Clock clock;

  /**
   * @param bootId names this run of the producer
   */
  public FrameCoder(
      SensorIdentity identity, String bootId, int sampleRateHertz, AudioEncoding encoding) {
    this.identity = identity;
    this.bootId = bootId;
    this.sampleRateHertz = sampleRateHertz;
    this.encoding = encoding;
    this.numbers = new FrameNumbers(sampleRateHertz);
    this.clock = identity.clock();
  }

  /**
   * Says what dates the samples that come next, until it says something else; before that, it is
   * the clock of the sensor's identity.
   *
   * @param startsRun whether there is a gap before them, however short
   */
  public void date(Clock by, boolean startsRun) {
    clock = by;
    if (startsRun) {
      numbers.gap();
    }
  }

  /**
   * Numbers what comes next from 0 under another boot id: sound that may be sent again after a
   * failure has an id of its own, by which it is known again.
   */
  public void begin(String anotherBootId) {
    bootId = anotherBootId;
    sequence = 0;
    numbers = new FrameNumbers(sampleRateHertz);
  }

  /**
   * The next frame.
   *
   * @param capturedAtMicros instant of the first sample
   */
  public AudioFrame frame(short[] samples, long capturedAtMicros) {
    levelDbfs = Levels.rmsDbfs(samples);
    ByteBuffer coded =
        encoding == AudioEncoding.FLAC
            ? ByteBuffer.wrap(FlacFrames.encode(samples, sampleRateHertz))
            : Pcm16.encode(samples);
    FrameNumbers.Place place = next(samples, capturedAtMicros);
    return AudioFrame.newBuilder()
        .setSensorId(identity.sensorId())
        .setBootId(bootId)
        .setSequence(place.sequence())
        .setCapturedAt(Instant.EPOCH.plus(capturedAtMicros, ChronoUnit.MICROS))
        .setClock(clock)
        .setSampleRateHertz(sampleRateHertz)
        .setEncoding(encoding)
        .setSamples(coded)
        .setRunSample(place.runSample())
        .build();
  }

  /**
   * Numbers a frame that is not sent, so that those behind it keep their places.
   *
   * @param capturedAtMicros instant of the first sample
   */
  public void pass(short[] samples, long capturedAtMicros) {
    levelDbfs = Levels.rmsDbfs(samples);
    var unused = next(samples, capturedAtMicros);
  }

  private FrameNumbers.Place next(short[] samples, long capturedAtMicros) {
    FrameNumbers.Place place = numbers.next(samples.length, capturedAtMicros);
    sequence = place.sequence() + 1;
    return place;
  }

  String bootId() {
    return bootId;
  }

  /** What dates the samples. */
  public Clock clock() {
    return clock;
  }

  /** How many frames were numbered. */
  public long frames() {
    return sequence;
  }

  /** Of the last frame, {@link Levels#FLOOR_DBFS} before the first. */
  public double levelDbfs() {
    return levelDbfs;
  }
}
