package io.tocsin.audio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * Reads WAV (integer or float PCM), FLAC and Ogg Vorbis files of any rate and channel count into
 * mono.
 */
public final class AudioFiles {

  /** Extensions, lower-case, of the files that can be read. */
  public static final Set<String> EXTENSIONS = Set.of("wav", "flac", "ogg");

  private AudioFiles() {}

  /**
   * A file at its own sample rate, mixed down to mono.
   *
   * @throws UnreadableAudioException if it is truncated, damaged or of an unknown codec
   * @throws IOException if it cannot be read at all
   */
  public static AudioClip read(Path file) throws IOException {
    return read(Files.readAllBytes(file), file.toString());
  }

  /**
   * A file that is in memory; otherwise as {@link #read(Path)}.
   *
   * @param source names it in messages
   */
  public static AudioClip read(byte[] bytes, String source) throws IOException {
    if (bytes.length >= 4 && bytes[0] == 'f' && bytes[1] == 'L' && bytes[2] == 'a') {
      return FlacFrames.readClip(new ByteArrayInputStream(bytes), source);
    }
    if (bytes.length >= 4 && bytes[0] == 'O' && bytes[1] == 'g' && bytes[2] == 'g') {
      return VorbisReader.read(bytes, source);
    }
    return WavReader.read(bytes, source);
  }

  /** As {@link #read(Path)}, resampled to {@code sampleRateHertz}. */
  public static AudioClip read(Path file, int sampleRateHertz) throws IOException {
    return Resampling.resample(read(file), sampleRateHertz);
  }

  /** Whether a file's name says that it can be read. */
  public static boolean isAudio(Path file) {
    String name = file.getFileName().toString();
    return EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }
}
