package io.tocsin.stack.cli;

import io.tocsin.audio.UnreadableAudioException;
import io.tocsin.jobs.settings.SettingsException;
import io.tocsin.scoring.bundle.BundleException;
import io.tocsin.stack.MissingPrerequisiteException;
import io.tocsin.stack.StackException;
import java.io.UncheckedIOException;
import java.util.List;

/** Exit codes of the tocsin command line. */
public final class ExitCodes {

  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int MISSING_PREREQUISITE = 3;

  /** Failures whose message alone tells a user what to do. */
  private static final List<Class<? extends Exception>> EXPLAINED =
      List.of(
          MissingPrerequisiteException.class,
          StackException.class,
          SettingsException.class,
          BundleException.class,
          IllegalArgumentException.class,
          IllegalStateException.class,
          UnreadableAudioException.class,
          UncheckedIOException.class);

  private ExitCodes() {}

  /** Whether the message alone tells a user what to do. */
  public static boolean isExplained(Exception failure) {
    return failure.getMessage() != null
        && EXPLAINED.stream().anyMatch(type -> type.isInstance(failure));
  }

  /** The exit code of a failed verb. */
  public static int of(Exception failure) {
    return failure instanceof MissingPrerequisiteException ? MISSING_PREREQUISITE : FAILED;
  }
}
