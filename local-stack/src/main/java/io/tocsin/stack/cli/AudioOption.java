package io.tocsin.stack.cli;

import io.tocsin.simulator.AudioPackages;
import io.tocsin.stack.MissingPrerequisiteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where recordings for scenes come from. */
public final class AudioOption {

  private static final String VARIABLE = "TOCSIN_AUDIO";

  @Option(
      names = "--audio",
      paramLabel = "DIR",
      defaultValue = "${env:" + VARIABLE + "}",
      description =
          "Folder with WAV, FLAC or Ogg recordings, and an index.csv or names that tell what they"
              + " are. Default: "
              + VARIABLE
              + ", else Debian's packages ufoai-sound and asterisk-core-sounds-en-wav, fetched and"
              + " unpacked without root.")
  private @Nullable Path given;

  /**
   * Folders with recordings.
   *
   * @param home holds {@code .tocsin/cache}, where packages are kept
   * @throws MissingPrerequisiteException if there are none and none can be fetched
   */
  public List<Path> resolve(Path home) throws InterruptedException {
    if (given != null) {
      if (!Files.isDirectory(given)) {
        throw new MissingPrerequisiteException(
            "there is no folder of recordings at "
                + given
                + "; give one with --audio=DIR or in "
                + VARIABLE);
      }
      return List.of(given.toAbsolutePath().normalize());
    }
    try {
      return AudioPackages.fetch(home.resolve(".tocsin/cache/audio"));
    } catch (IOException e) {
      throw new MissingPrerequisiteException(String.valueOf(e.getMessage()));
    }
  }
}
