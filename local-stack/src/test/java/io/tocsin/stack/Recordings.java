package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.simulator.SoundLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** Sound for tests. */
final class Recordings {

  private Recordings() {}

  /** Recordings of breaking glass, two seconds of near silence before, between and behind them. */
  static short[] breakingGlass(Path library, int recordings) throws IOException {
    List<Path> glass =
        new SoundLibrary(List.of(library), Set.of())
            .recordings(SoundLibrary.Role.GLASS).stream()
                .map(SoundLibrary.Recording::file)
                .sorted()
                .limit(recordings)
                .toList();
    assertThat(glass).as("recordings of breaking glass in " + library).hasSize(recordings);
    short[] silence = Frames.noise(2 * Frames.RATE_HERTZ);
    List<short[]> pieces = new ArrayList<>(List.of(silence));
    for (Path file : glass) {
      pieces.add(Pcm16.fromFloats(AudioFiles.read(file, Frames.RATE_HERTZ).samples()));
      pieces.add(silence);
    }
    short[] all = new short[pieces.stream().mapToInt(piece -> piece.length).sum()];
    int at = 0;
    for (short[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }

  /** Writes 16-bit PCM, mono, at {@link Frames#RATE_HERTZ}. */
  static void writeWav(Path file, short[] samples) throws IOException {
    AudioFormat format = new AudioFormat(Frames.RATE_HERTZ, Short.SIZE, 1, true, false);
    AudioSystem.write(
        new AudioInputStream(
            new ByteArrayInputStream(Pcm16.encode(samples).array()), format, samples.length),
        AudioFileFormat.Type.WAVE,
        file.toFile());
  }
}
