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

/** Avro frames to samples at the bundle's rate. */
final class FrameMapping implements DomainMapping<AudioFrame, FrameAudio> {

  private static final long serialVersionUID = 1L;

  private final int sampleRateHertz;

  FrameMapping(int sampleRateHertz) {
    this.sampleRateHertz = sampleRateHertz;
  }

  @Override
  public FrameAudio toDomain(AudioFrame frame) {
    if (frame.getSampleRateHertz() != sampleRateHertz) {
      throw new RefusedRecordException(
          "sampleRateHertz is "
              + frame.getSampleRateHertz()
              + ", the model hears "
              + sampleRateHertz
              + "; resample at the sensor (tocsin-sensor --rate "
              + sampleRateHertz
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
        samples(frame));
  }

  private short[] samples(AudioFrame frame) {
    if (frame.getEncoding() == AudioEncoding.PCM_S16LE) {
      return Pcm16.decode(frame.getSamples());
    }
    try {
      short[] samples = FlacFrames.decode(frame.getSamples(), "samples", mostSamples());
      if (samples.length == 0) {
        throw new RefusedRecordException("samples holds a FLAC stream without a sample", null);
      }
      return samples;
    } catch (UnreadableAudioException e) {
      throw new RefusedRecordException(e.getMessage(), e);
    }
  }

  private int mostSamples() {
    return Math.toIntExact(Plausibility.LONGEST_FRAME.toSeconds() * sampleRateHertz);
  }
}
