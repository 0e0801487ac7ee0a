package io.tocsin.edge;

import io.tocsin.audio.FlacFrames;
import io.tocsin.audio.Levels;
import io.tocsin.audio.Pcm16;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Makes one sensor's frames, numbers them and counts their samples: from 0 on behind each gap in
 * capture. For one thread; the figures are for any.
 */
public final class FrameCoder {

  private final SensorIdentity identity;
  private final String bootId;
  private final int sampleRateHertz;
  private final AudioEncoding encoding;
  private final FrameNumbers numbers;
  private volatile long sequence;
  private volatile double levelDbfs = Levels.FLOOR_DBFS;

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
        .setClock(identity.clock())
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

  /** How many frames were numbered. */
  public long frames() {
    return sequence;
  }

  /** Of the last frame, {@link Levels#FLOOR_DBFS} before the first. */
  public double levelDbfs() {
    return levelDbfs;
  }
}
