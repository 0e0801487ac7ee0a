package io.tocsin.stack.bench.scoring;

import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.simulator.SoundLibrary;
import io.tocsin.simulator.SoundLibrary.Role;
import io.tocsin.stack.MissingPrerequisiteException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a fleet hears: each sensor its own endless sequence of real recordings at changing levels
 * over a quiet noise floor, one in twenty of breaking glass or a cry, the others of weather,
 * speech, dogs and sirens. No two sensors hear the same, and the same seed gives the same.
 */
public final class FleetAudio {

  private static final int MOST_RECORDINGS = 400;
  private static final double DISTRESS_SHARE = 0.05;
  private static final double NOISE_FLOOR = 40;
  private static final double QUIETEST_GAIN = 0.05;

  private final List<short[]> everyday;
  private final List<short[]> distress;
  private final long seed;

  /**
   * Reads recordings.
   *
   * @throws MissingPrerequisiteException if the folders hold none
   */
  public FleetAudio(List<Path> folders, int sampleRateHertz, long seed) throws IOException {
    this.seed = seed;
    SoundLibrary library = new SoundLibrary(folders, Set.of());
    this.everyday =
        read(library, sampleRateHertz, Role.BACKGROUND, Role.SPEECH, Role.DOG, Role.SIREN);
    this.distress = read(library, sampleRateHertz, Role.GLASS, Role.CRY);
  }

  private List<short[]> read(SoundLibrary library, int sampleRateHertz, Role... roles)
      throws IOException {
    List<Path> files = new ArrayList<>();
    for (Role role : roles) {
      library.recordings(role).forEach(r -> files.add(r.file()));
    }
    if (files.isEmpty()) {
      throw new MissingPrerequisiteException(
          "there are no recordings of "
              + List.of(roles)
              + " among "
              + library.summary()
              + "; name a folder with --audio=DIR");
    }
    Collections.shuffle(files, new Random(seed));
    List<short[]> recordings = new ArrayList<>();
    for (Path file : files.subList(0, Math.min(MOST_RECORDINGS, files.size()))) {
      recordings.add(Pcm16.fromFloats(AudioFiles.read(file, sampleRateHertz).samples()));
    }
    return recordings;
  }

  /** The sound at a sensor from its first sample on. */
  public Ear at(int sensor) {
    return new Ear(new SplittableRandom(seed * 1_000_003 + sensor));
  }

  /** Plays one sensor's sound. Not safe for use by several threads. */
  public final class Ear {

    private final SplittableRandom random;
    private short[] playing = new short[0];
    private int next;
    private double gain;

    private Ear(SplittableRandom random) {
      this.random = random;
    }

    /** The next {@code count} samples. */
    public short[] next(int count) {
      short[] samples = new short[count];
      for (int i = 0; i < count; i++) {
        if (next >= playing.length) {
          List<short[]> kind = random.nextDouble() < DISTRESS_SHARE ? distress : everyday;
          playing = kind.get(random.nextInt(kind.size()));
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
