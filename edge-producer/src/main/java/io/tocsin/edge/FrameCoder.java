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

  /** A jump of the capture time that is a gap; a smaller one is the clock's. */
  private static final long GAP_MICROS = 50_000;

  private final SensorIdentity identity;
  private volatile String bootId;
  private final int sampleRateHertz;
  private final AudioEncoding encoding;
  private long runSample;
  private long endMicros = Long.MIN_VALUE;
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
      endMicros = Long.MIN_VALUE;
    }
  }

  /**
   * Numbers what comes next from 0 under another boot id: sound that may be sent again after a
   * failure has an id of its own, by which it is known again.
   */
  public void begin(String anotherBootId) {
    bootId = anotherBootId;
    sequence = 0;
    endMicros = Long.MIN_VALUE;
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
    if (endMicros == Long.MIN_VALUE || Math.abs(capturedAtMicros - endMicros) > GAP_MICROS) {
      runSample = 0;
    }
    long first = runSample;
    runSample += samples.length;
    endMicros = capturedAtMicros + samples.length * 1_000_000L / sampleRateHertz;
    long number = sequence;
    sequence = number + 1;
    return AudioFrame.newBuilder()
        .setSensorId(identity.sensorId())
        .setBootId(bootId)
        .setSequence(number)
        .setCapturedAt(Instant.EPOCH.plus(capturedAtMicros, ChronoUnit.MICROS))
        .setClock(clock)
        .setSampleRateHertz(sampleRateHertz)
        .setEncoding(encoding)
        .setSamples(coded)
        .setRunSample(first)
        .build();
  }

  String bootId() {
    return bootId;
  }

  /** What dates the samples. */
  public Clock clock() {
    return clock;
  }

  /** How many frames were made. */
  public long frames() {
    return sequence;
  }

  /** Of the last frame, {@link Levels#FLOOR_DBFS} before the first. */
  public double levelDbfs() {
    return levelDbfs;
  }
}
