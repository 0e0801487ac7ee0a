package io.tocsin.scoring.cli;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.AudioFiles;
import io.tocsin.scoring.inference.ScoringException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Parameters;

/** The parameters that name sound files, and the way through them. */
final class SoundInputs {

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description = "WAV, FLAC or Ogg; or a folder, with those below it.")
  private List<Path> inputs = List.of();

  /** What is done with each file. */
  interface Work {
    void on(Path file, AudioClip clip) throws IOException, InterruptedException;
  }

  /**
   * Goes through all files, in order within a folder. One that fails is named and the others go on.
   *
   * @param err where failures are told
   * @return exit code: 0, or 1 if any file failed
   */
  int each(PrintWriter err, Work work) throws InterruptedException {
    int worst = 0;
    for (Path input : inputs) {
      try {
        for (Path file : files(input)) {
          worst = Math.max(worst, one(file, err, work));
        }
      } catch (IOException e) {
        worst = failed(err, e);
      }
    }
    return worst;
  }

  private static int one(Path file, PrintWriter err, Work work) throws InterruptedException {
    try {
      work.on(file, AudioFiles.read(file));
      return 0;
    } catch (IOException e) {
      return failed(err, e);
    } catch (ScoringException e) {
      err.println(file + ": " + e.getMessage());
      return 1;
    }
  }

  private static List<Path> files(Path input) throws IOException {
    if (!Files.isDirectory(input)) {
      return List.of(input);
    }
    try (Stream<Path> files = Files.walk(input)) {
      List<Path> found =
          files.filter(f -> Files.isRegularFile(f) && AudioFiles.isAudio(f)).sorted().toList();
      if (found.isEmpty()) {
        throw new IOException(input + " holds no file named " + AudioFiles.EXTENSIONS);
      }
      return found;
    }
  }

  private static int failed(PrintWriter err, IOException e) {
    err.println(
        e instanceof NoSuchFileException
            ? e.getMessage() + ": there is no such file"
            : e.getMessage());
    return 1;
  }
}
