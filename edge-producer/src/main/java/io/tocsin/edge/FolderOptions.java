package io.tocsin.edge;

import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.edge.source.DoneFiles;
import io.tocsin.edge.source.FileTimes;
import io.tocsin.edge.source.FolderSource;
import io.tocsin.edge.source.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** How a watched folder's files are dated and done with. */
final class FolderOptions {

  private static final String WATCH = "watch:";
  private static final String LIST = "watched-files";

  /** What dates a file. */
  enum Time {
    NAME,
    METADATA,
    MODIFIED
  }

  /** What becomes of a file whose sound is kept. */
  enum Done {
    MOVE,
    REMEMBER
  }

  @Option(
      names = "--watch-time",
      scope = ScopeType.INHERIT,
      description = {
        "What tells when a file's first sample was captured. NAME: --watch-pattern. METADATA: the",
        "bext chunk of a Broadcast WAV. MODIFIED: when it was last written to, less its length.",
        "Default ${DEFAULT-VALUE}."
      })
  private Time time = Time.NAME;

  @Option(
      names = "--watch-pattern",
      scope = ScopeType.INHERIT,
      description =
          "Of the time in a name, letters as of java.time's DateTimeFormatter; default"
              + " ${DEFAULT-VALUE}.")
  private String pattern = "yyyyMMdd_HHmmss";

  @Option(
      names = "--watch-zone",
      scope = ScopeType.INHERIT,
      description = "Of times in names and metadata; default ${DEFAULT-VALUE}.")
  private String zone = "UTC";

  @Option(
      names = "--watch-complete",
      scope = ScopeType.INHERIT,
      description =
          "A file that has not changed for so long is complete; default ${DEFAULT-VALUE}.")
  private String complete = "3s";

  @Option(
      names = "--watch-uncertainty",
      scope = ScopeType.INHERIT,
      description = "Of those times, one standard deviation; default ${DEFAULT-VALUE}.")
  private String uncertainty = "2s";

  @Option(
      names = "--watch-done",
      scope = ScopeType.INHERIT,
      description = {
        "MOVE: a file whose sound is kept goes into the folder's own folder 'done'. REMEMBER: it",
        "stays, and a list beside the spool tells. Default ${DEFAULT-VALUE}."
      })
  private Done done = Done.MOVE;

  /** Whether an input is a folder to watch. */
  static boolean isWatched(List<String> inputs) {
    return inputs.stream().anyMatch(input -> input.startsWith(WATCH));
  }

  /**
   * The folder among the inputs; empty if there is none.
   *
   * @param state folder for what is remembered
   * @throws IllegalArgumentException naming what is wrong
   */
  Optional<Source> source(List<String> inputs, Path state, CaptureClock clock) {
    Optional<String> folder = inputs.stream().filter(i -> i.startsWith(WATCH)).findFirst();
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    if (inputs.size() > 1) {
      throw new IllegalArgumentException("a watched folder is the only input");
    }
    return Optional.of(
        new FolderSource(
            new FolderSource.Settings(
                Path.of(folder.get().substring(WATCH.length())),
                times(),
                doneFiles(state),
                duration("--watch-complete", complete),
                duration("--watch-uncertainty", uncertainty)),
            clock));
  }

  private DoneFiles doneFiles(Path state) {
    try {
      return done == Done.MOVE
          ? new DoneFiles.Moved()
          : DoneFiles.Remembered.in(state.resolve(LIST));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          state.resolve(LIST) + " cannot be used: " + e.getMessage(), e);
    }
  }

  private FileTimes times() {
    try {
      ZoneId where = ZoneId.of(zone);
      return switch (time) {
        case NAME -> new FileTimes.ByName(DateTimeFormatter.ofPattern(pattern, Locale.ROOT), where);
        case METADATA -> new FileTimes.ByMetadata(where);
        case MODIFIED -> new FileTimes.ByModified();
      };
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "--watch-zone is " + zone + "; UTC or such as Europe/Berlin", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--watch-pattern is " + pattern + ": " + e.getMessage(), e);
    }
  }

  private static Duration duration(String option, String text) {
    try {
      return Quantities.duration(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }
}
