package io.tocsin.simulator;

import io.tocsin.audio.FlacFrames;
import io.tocsin.audio.Pcm16;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** Small recordings, made on the spot. */
public final class Recordings {

  static final int RATE = 16_000;

  private Recordings() {}

  /** A folder named as Debian's packages name theirs: two glasses, two cries, speech, wind. */
  public static SoundLibrary library(Path folder) throws IOException {
    wav(folder.resolve("breakglass1.wav"), noise(1, 0.3));
    flac(folder.resolve("breakglass2.flac"), noise(2, 0.4));
    wav(folder.resolve("femscream1.wav"), noise(3, 0.8));
    // Longer than what a scene plays of any recording.
    wav(folder.resolve("maledeath1.wav"), noise(4, 6));
    wav(folder.resolve("vm-goodbye.wav"), noise(5, 0.5));
    wav(folder.resolve("wind1.wav"), noise(6, 1));
    return new SoundLibrary(java.util.List.of(folder), Set.of());
  }

  static float[] noise(long seed, double seconds) {
    Random random = new Random(seed);
    float[] samples = new float[(int) (seconds * RATE)];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat() - 0.5f;
    }
    return samples;
  }

  static float[] tone(double hertz, double seconds) {
    float[] samples = new float[(int) (seconds * RATE)];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (0.5 * Math.sin(2 * Math.PI * hertz * i / RATE));
    }
    return samples;
  }

  static Path wav(Path file, float[] samples) throws IOException {
    byte[] bytes = Pcm16.encode(Pcm16.fromFloats(samples)).array();
    try (AudioInputStream stream =
        new AudioInputStream(
            new ByteArrayInputStream(bytes),
            new AudioFormat(RATE, Short.SIZE, 1, true, false),
            samples.length)) {
      AudioSystem.write(stream, AudioFileFormat.Type.WAVE, file.toFile());
    }
    return file;
  }

  static Path flac(Path file, float[] samples) throws IOException {
    return Files.write(file, FlacFrames.encode(Pcm16.fromFloats(samples), RATE));
  }
}
