package io.tocsin.stack.bench.scoring;

import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.stack.MissingPrerequisiteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What a fleet hears: each sensor its own endless sequence of real recordings at changing levels
 * over a quiet noise floor. No two sensors hear the same, and the same seed gives the same.
 */
final class FleetAudio {

  private static final int MOST_RECORDINGS = 400;
  private static final double NOISE_FLOOR = 40;
  private static final double QUIETEST_GAIN = 0.05;

  private final List<short[]> recordings = new ArrayList<>();
  private final long seed;

  /**
   * Reads recordings.
   *
   * @throws MissingPrerequisiteException if the folders hold none
   */
  FleetAudio(List<Path> folders, int sampleRateHertz, long seed) throws IOException {
    this.seed = seed;
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> walk = Files.walk(folder)) {
        walk.filter(AudioFiles::isAudio).filter(Files::isRegularFile).sorted().forEach(files::add);
      }
    }
    Collections.shuffle(files, new Random(seed));
    for (Path file : files.subList(0, Math.min(MOST_RECORDINGS, files.size()))) {
      recordings.add(Pcm16.fromFloats(AudioFiles.read(file, sampleRateHertz).samples()));
    }
    if (recordings.isEmpty()) {
      throw new MissingPrerequisiteException(
          "there are no WAV, FLAC or Ogg recordings in "
              + folders
              + "; name a folder with --audio=DIR");
    }
  }

  /** The sound at a sensor from its first sample on. */
  Ear at(int sensor) {
    return new Ear(new SplittableRandom(seed * 1_000_003 + sensor));
  }

  /** Plays one sensor's sound. Not safe for use by several threads. */
  final class Ear {

    private final SplittableRandom random;
    private short[] playing = new short[0];
    private int next;
    private double gain;

    private Ear(SplittableRandom random) {
      this.random = random;
    }

    /** The next {@code count} samples. */
    short[] next(int count) {
      short[] samples = new short[count];
      for (int i = 0; i < count; i++) {
        if (next >= playing.length) {
          playing = recordings.get(random.nextInt(recordings.size()));
          next = 0;
          gain = QUIETEST_GAIN + random.nextDouble() * (1 - QUIETEST_GAIN);
        }
        double sound = playing.length == 0 ? 0 : playing[next++] * gain;
        double value = sound + (random.nextDouble() - 0.5) * NOISE_FLOOR;
        samples[i] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, value));
      }
      return samples;
    }
  }
}
