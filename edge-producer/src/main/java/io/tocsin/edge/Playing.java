package io.tocsin.edge;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.AudioFiles;
import io.tocsin.audio.Pcm16;
import io.tocsin.audio.Resampling;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Plays inputs one behind the other as one gapless stream of frames. */
final class Playing {

  /** Where frames go. */
  interface Taker {
    void take(short[] samples, long capturedAtMicros) throws InterruptedException;
  }

  private final AudioOptions audio;
  private final Taker taker;
  private final Consumer<String> complaints;
  private @Nullable Framer framer;
  private long startMicros;
  private long startNanos;

  /**
   * @param complaints about inputs that cannot be read
   */
  Playing(AudioOptions audio, Taker taker, Consumer<String> complaints) {
    this.audio = audio;
    this.taker = taker;
    this.complaints = complaints;
  }

  /**
   * Begins with the first samples.
   *
   * @param heardMicros how long ago the first of them was captured
   */
  private Framer begun(long heardMicros) {
    Framer begun = framer;
    if (begun == null) {
      startMicros =
          ChronoUnit.MICROS.between(Instant.EPOCH, audio.start())
              - (audio.startsNow() ? heardMicros : 0);
      startNanos = System.nanoTime() - heardMicros * 1_000;
      begun = new Framer(startMicros, audio.rate(), audio.frameSamples());
      framer = begun;
    }
    return begun;
  }

  /**
   * Plays a file or all audio files of a folder.
   *
   * @return whether all could be read
   */
  boolean files(Path given) throws InterruptedException {
    boolean clean = true;
    for (Path file : audioFiles(given)) {
      try {
        AudioClip clip = AudioFiles.read(file, audio.rate());
        send(begun(0).accept(Pcm16.fromFloats(clip.samples())));
      } catch (IOException e) {
        complaints.accept(e.getMessage());
        clean = false;
      }
    }
    return clean;
  }

  /**
   * Plays raw PCM until it ends.
   *
   * @return whether it could be read to its end
   */
  boolean pcm(InputStream in) throws InterruptedException {
    PcmStream stream = new PcmStream(in, audio.inputChannels());
    Resampling resampling = new Resampling(audio.inputRate(), audio.rate());
    try {
      float[] samples;
      while ((samples = stream.read(audio.inputRate() / 10)) != null) {
        send(
            begun(samples.length * 1_000_000L / audio.inputRate())
                .accept(Pcm16.fromFloats(resampling.accept(samples))));
      }
      send(begun(0).accept(Pcm16.fromFloats(resampling.finish())));
      return true;
    } catch (IOException e) {
      complaints.accept(e.getMessage());
      return false;
    }
  }

  /** Sends what does not fill a frame. */
  void finish() throws InterruptedException {
    send(begun(0).finish());
  }

  private void send(List<Framer.Piece> pieces) throws InterruptedException {
    for (Framer.Piece piece : pieces) {
      if (audio.pace() == AudioOptions.Pace.REALTIME) {
        long endMicros =
            piece.capturedAtMicros()
                + piece.samples().length * 1_000_000L / audio.rate()
                - startMicros;
        sleepUntil(startNanos + endMicros * 1_000);
      }
      taker.take(piece.samples(), piece.capturedAtMicros());
    }
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    long left = nanos - System.nanoTime();
    if (left > 0) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }

  /**
   * @throws IllegalArgumentException if there is nothing, or it cannot be listed
   */
  static List<Path> audioFiles(Path given) {
    if (!Files.exists(given)) {
      throw new IllegalArgumentException(given + " does not exist");
    }
    if (!Files.isDirectory(given)) {
      return List.of(given);
    }
    try (Stream<Path> files = Files.walk(given)) {
      return files.filter(Files::isRegularFile).filter(AudioFiles::isAudio).sorted().toList();
    } catch (IOException e) {
      throw new IllegalArgumentException(given + " cannot be listed: " + e.getMessage(), e);
    }
  }
}
