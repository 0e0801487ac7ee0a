package io.tocsin.jobs.scoring;

import io.tocsin.audio.FlacFrames;
import io.tocsin.audio.Pcm16;
import io.tocsin.audio.UnreadableAudioException;
import io.tocsin.jobs.kafka.DomainMapping;
import io.tocsin.jobs.kafka.Instants;
import io.tocsin.jobs.kafka.RefusedRecordException;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.avro.Privacy;
import io.tocsin.schema.check.Plausibility;
import io.tocsin.schema.wire.TraceParent;
import io.tocsin.scoring.window.FrameAudio;
import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;

/** Avro frames to 16-bit PCM at the source's rate. */
final class FrameMapping implements DomainMapping<AudioFrame, FrameAudio> {

  private static final long serialVersionUID = 1L;

  private static final int LOWEST_RATE_HERTZ = 8_000;
  private static final int HIGHEST_RATE_HERTZ = 192_000;

  /** Rates without a simple ratio to the bundle's cost a filter for every sample. */
  private static final int LEAST_COMMON_HERTZ = 25;

  /** Eight years at 16 kHz: microseconds of it are still a long. */
  private static final long MOST_RUN_SAMPLES = 1L << 42;

  private final int bundleRateHertz;

  /**
   * @param bundleRateHertz to which windows will be resampled
   */
  FrameMapping(int bundleRateHertz) {
    this.bundleRateHertz = bundleRateHertz;
  }

  /** What is only to be heard by people is scored already, by its embeddings. */
  @Override
  public boolean concerns(AudioFrame frame) {
    return !frame.getEvidenceOnly();
  }

  @Override
  public FrameAudio toDomain(AudioFrame frame) {
    if (!isPlausible(frame.getSampleRateHertz())) {
      throw new RefusedRecordException(
          "sampleRateHertz is "
              + frame.getSampleRateHertz()
              + "; a multiple of "
              + LEAST_COMMON_HERTZ
              + " from "
              + LOWEST_RATE_HERTZ
              + " to "
              + HIGHEST_RATE_HERTZ
              + " is wanted: resample at the sensor (tocsin-sensor --rate "
              + bundleRateHertz
              + ")",
          null);
    }
    return new FrameAudio(
        frame.getSensorId(),
        frame.getBootId(),
        frame.getSequence(),
        Instants.toMicros(frame.getCapturedAt()),
        frame.getClock().getSource().name(),
        frame.getClock().getUncertaintyMicros(),
        frame.getSampleRateHertz(),
        frame.getPrivacy() == Privacy.NONE ? pcm(frame) : silence(frame),
        runSample(frame),
        Math.max(0, frame.getStoredMillis()),
        null);
  }

  @Override
  public FrameAudio withHeaders(FrameAudio frame, Headers headers) {
    TraceParent trace = TraceParent.of(headers);
    return trace == null ? frame : frame.in(trace.toString());
  }

  /** A count that is none, or beyond what instants can be told by, is not used. */
  private static long runSample(AudioFrame frame) {
    Long sample = frame.getRunSample();
    return sample == null || sample < 0 || sample > MOST_RUN_SAMPLES
        ? FrameAudio.NOT_COUNTED
        : sample;
  }

  private boolean isPlausible(int rateHertz) {
    return rateHertz == bundleRateHertz
        || (rateHertz >= LOWEST_RATE_HERTZ
            && rateHertz <= HIGHEST_RATE_HERTZ
            && rateHertz % LEAST_COMMON_HERTZ == 0);
  }

  private static byte[] pcm(AudioFrame frame) {
    if (frame.getEncoding() == AudioEncoding.PCM_S16LE) {
      return bytes(frame.getSamples());
    }
    try {
      short[] samples =
          FlacFrames.decode(frame.getSamples(), "samples", mostSamples(frame.getSampleRateHertz()));
      if (samples.length == 0) {
        throw new RefusedRecordException("samples holds a FLAC stream without a sample", null);
      }
      return Pcm16.encode(samples).array();
    } catch (UnreadableAudioException e) {
      throw new RefusedRecordException(e.getMessage(), e);
    }
  }

  /**
   * What a sensor's policy took away or changed says nothing of what was there. As silence it keeps
   * the windows of the sound around it where they were.
   */
  private static byte[] silence(AudioFrame frame) {
    return new byte[pcm(frame).length];
  }

  /** The record's own array, where its samples are all of that. */
  private static byte[] bytes(ByteBuffer samples) {
    if (samples.hasArray()
        && samples.arrayOffset() == 0
        && samples.array().length == samples.remaining()) {
      return samples.array();
    }
    byte[] bytes = new byte[samples.remaining()];
    samples.duplicate().get(bytes);
    return bytes;
  }

  private static int mostSamples(int sampleRateHertz) {
    return Math.toIntExact(Plausibility.LONGEST_FRAME.toSeconds() * sampleRateHertz);
  }
}
