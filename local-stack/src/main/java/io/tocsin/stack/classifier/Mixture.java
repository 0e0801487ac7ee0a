package io.tocsin.stack.classifier;

import io.tocsin.audio.AudioClip;
import java.util.Arrays;
import java.util.Random;

/**
 * A sound set into background of a wanted length, at a random place and a stated signal-to-noise
 * ratio. All mixtures of one length have the same length, filling and level of background, so that
 * none of these tells labels apart.
 *
 * @param samples in the whole mixture
 * @param mostSound most samples of the sound: its loudest stretch of that length
 */
record Mixture(int samples, int mostSound) {

  private static final double BACKGROUND_RMS = 0.01;

  /** What is below this share of a sound's highest power does not belong to it: 40 dB. */
  private static final double QUIET = 1e-4;

  private static final int BLOCKS_PER_SECOND = 50;

  /** A cut of a sound: from {@code from}, {@code length} samples. */
  private record Cut(int from, int length) {}

  /**
   * The mixture.
   *
   * @param snrDecibels power of the sound where it is over mean power of the background, in dB
   * @return of the rates that sound and bed share; the bed alone where the sound is silent
   */
  AudioClip of(AudioClip sound, AudioClip bed, double snrDecibels, Random random) {
    float[] mixed = bed(bed.samples(), random);
    float[] clip = sound.samples();
    Cut cut = loudest(clip, sound.sampleRateHertz() / BLOCKS_PER_SECOND);
    int at = random.nextInt(Math.max(1, samples - cut.length() + 1));
    double loudness = rms(clip, cut.from(), cut.length());
    if (loudness > 0) {
      double gain = BACKGROUND_RMS * Math.pow(10, snrDecibels / 20) / loudness;
      for (int i = 0; i < cut.length(); i++) {
        mixed[at + i] += (float) (gain * clip[cut.from() + i]);
      }
    }
    return new AudioClip(withinFullScale(mixed), sound.sampleRateHertz());
  }

  /** A random stretch of the bed, repeated where it is too short, at the usual level. */
  private float[] bed(float[] bed, Random random) {
    float[] part = new float[samples];
    if (bed.length == 0) {
      return part;
    }
    int from = random.nextInt(bed.length);
    for (int i = 0; i < samples; i++) {
      part[i] = bed[(from + i) % bed.length];
    }
    double level = rms(part, 0, samples);
    if (level > 0) {
      for (int i = 0; i < samples; i++) {
        part[i] *= (float) (BACKGROUND_RMS / level);
      }
    }
    return part;
  }

  /** The loudest stretch, without near-silence before and behind the sound. */
  private Cut loudest(float[] clip, int block) {
    int blocks = (clip.length + block - 1) / block;
    double[] power = new double[blocks];
    for (int i = 0; i < clip.length; i++) {
      power[i / block] += clip[i] * clip[i];
    }
    double highest = Arrays.stream(power).max().orElse(0);
    int first = 0;
    while (first < blocks - 1 && power[first] <= highest * QUIET) {
      first++;
    }
    int last = blocks - 1;
    while (last > first && power[last] <= highest * QUIET) {
      last--;
    }
    int wanted = Math.max(1, Math.min(mostSound, samples) / block);
    int best = first;
    double most = -1;
    for (int from = first; from + Math.min(wanted, last - first + 1) - 1 <= last; from++) {
      double sum = 0;
      for (int i = from; i < Math.min(from + wanted, last + 1); i++) {
        sum += power[i];
      }
      if (sum > most) {
        most = sum;
        best = from;
      }
    }
    int start = best * block;
    int end = Math.min(clip.length, Math.min(best + wanted, last + 1) * block);
    return new Cut(start, Math.max(0, Math.min(end - start, samples)));
  }

  private static float[] withinFullScale(float[] mixed) {
    float peak = 0;
    for (float sample : mixed) {
      peak = Math.max(peak, Math.abs(sample));
    }
    if (peak > 1) {
      for (int i = 0; i < mixed.length; i++) {
        mixed[i] /= peak;
      }
    }
    return mixed;
  }

  private static double rms(float[] samples, int from, int length) {
    double sum = 0;
    for (int i = from; i < from + length; i++) {
      sum += samples[i] * samples[i];
    }
    return length == 0 ? 0 : Math.sqrt(sum / length);
  }
}
