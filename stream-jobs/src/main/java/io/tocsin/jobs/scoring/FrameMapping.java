package io.tocsin.jobs.scoring;

import io.tocsin.audio.FlacFrames;
import io.tocsin.audio.Pcm16;
import io.tocsin.audio.UnreadableAudioException;
import io.tocsin.jobs.kafka.DomainMapping;
import io.tocsin.jobs.kafka.Instants;
import io.tocsin.jobs.kafka.RefusedRecordException;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.AudioFrame;
import io.tocsin.schema.check.Plausibility;
import io.tocsin.scoring.window.FrameAudio;

/** Avro frames to samples at the source's rate. */
final class FrameMapping implements DomainMapping<AudioFrame, FrameAudio> {

  private static final long serialVersionUID = 1L;

  private static final int LOWEST_RATE_HERTZ = 8_000;
  private static final int HIGHEST_RATE_HERTZ = 192_000;

  /** Rates without a simple ratio to the bundle's cost a filter for every sample. */
  private static final int LEAST_COMMON_HERTZ = 25;

  private final int bundleRateHertz;

  /**
   * @param bundleRateHertz to which windows will be resampled
   */
  FrameMapping(int bundleRateHertz) {
    this.bundleRateHertz = bundleRateHertz;
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
        samples(frame));
  }

  private boolean isPlausible(int rateHertz) {
    return rateHertz == bundleRateHertz
        || (rateHertz >= LOWEST_RATE_HERTZ
            && rateHertz <= HIGHEST_RATE_HERTZ
            && rateHertz % LEAST_COMMON_HERTZ == 0);
  }

  private static short[] samples(AudioFrame frame) {
    if (frame.getEncoding() == AudioEncoding.PCM_S16LE) {
      return Pcm16.decode(frame.getSamples());
    }
    try {
      short[] samples =
          FlacFrames.decode(frame.getSamples(), "samples", mostSamples(frame.getSampleRateHertz()));
      if (samples.length == 0) {
        throw new RefusedRecordException("samples holds a FLAC stream without a sample", null);
      }
      return samples;
    } catch (UnreadableAudioException e) {
      throw new RefusedRecordException(e.getMessage(), e);
    }
  }

  private static int mostSamples(int sampleRateHertz) {
    return Math.toIntExact(Plausibility.LONGEST_FRAME.toSeconds() * sampleRateHertz);
  }
}
