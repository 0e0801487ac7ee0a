package io.tocsin.stack.cli;

import io.tocsin.sink.SettingsException;
import io.tocsin.sink.evidence.ClipRow;
import io.tocsin.sink.evidence.EvidenceArchive;
import io.tocsin.sink.evidence.EvidenceArchive.OpenedClip;
import io.tocsin.sink.evidence.EvidenceSettings;
import io.tocsin.stack.StackException;
import io.tocsin.stack.part.Part;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Clips of audio around alerts: which there are, having them, erasing them. */
@Command(
    name = "evidence",
    mixinStandardHelpOptions = true,
    description = {
      "Lists, hands out or erases clips of audio around alerts.",
      "Who has or erases a clip, and why, is written down first."
    })
public final class EvidenceVerb implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--name",
      scope = ScopeType.INHERIT,
      defaultValue = "up",
      description = "Name of the stack; default ${DEFAULT-VALUE}.")
  private String name = "up";

  @Option(
      names = "--config",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "Settings of tocsin-evidence; default those of the stack.")
  private @Nullable Path config;

  @Option(
      names = "--person",
      scope = ScopeType.INHERIT,
      defaultValue = "${sys:user.name}",
      description = "Who asks; default ${DEFAULT-VALUE}.")
  private String person = "";

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "list, get or erase is missing");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the clips of an alert, deleted ones too.")
  int list(@Parameters(paramLabel = "ALERT") String alertId) {
    return with(
        archive -> {
          for (ClipRow clip : archive.clips(alertId)) {
            say(
                "%s  %s  %.1f s  %s"
                    .formatted(
                        clip.sensorId(),
                        clip.startedAt(),
                        Duration.between(clip.startedAt(), clip.endedAt()).toMillis() / 1000.0,
                        stateOf(clip)));
          }
          return ExitCodes.DONE;
        });
  }

  @Command(
      name = "get",
      mixinStandardHelpOptions = true,
      description = "Writes the clips of an alert into a folder.")
  int get(
      @Parameters(paramLabel = "ALERT") String alertId,
      @Option(names = "--reason", required = true, description = "Why; it is written down.")
          String reason,
      @Option(names = "--out", defaultValue = "evidence", description = "Folder; default evidence.")
          Path out) {
    return with(
        archive -> {
          List<OpenedClip> clips = archive.have(alertId, person, reason);
          if (clips.isEmpty()) {
            throw new StackException(
                "alert " + alertId + " has no clips; see: tocsin evidence list " + alertId);
          }
          for (OpenedClip clip : clips) {
            Path file = out.resolve(alertId).resolve(clip.sensorId() + ".flac");
            write(file, clip.flac());
            say("%s  from %s  gaps %s".formatted(file, clip.startedAt(), clip.gaps()));
          }
          return ExitCodes.DONE;
        });
  }

  @Command(
      name = "erase",
      mixinStandardHelpOptions = true,
      description = "Erases the clips of an alert, of a sensor and a time, or before a time.")
  int erase(
      @Parameters(paramLabel = "ALERT", arity = "0..1") @Nullable String alertId,
      @Option(names = "--sensor", description = "With --from and --until.")
          @Nullable String sensorId,
      @Option(names = "--from", description = "Instant, such as 2026-03-01T22:00:00Z.")
          @Nullable Instant from,
      @Option(names = "--until", description = "Instant.") @Nullable Instant until,
      @Option(names = "--before", description = "Instant: all that ended before it.")
          @Nullable Instant before,
      @Option(names = "--reason", required = true, description = "Why; it is written down.")
          String reason) {
    return with(
        archive -> {
          List<ClipRow> clips;
          if (alertId != null && sensorId == null && before == null) {
            clips = archive.clips(alertId);
          } else if (alertId == null && before == null && sensorId != null) {
            if (from == null || until == null) {
              throw new ParameterException(spec.commandLine(), "--sensor needs --from and --until");
            }
            clips = archive.clips(sensorId, from, until);
          } else if (alertId == null && sensorId == null && before != null) {
            clips = archive.clipsBefore(before);
          } else {
            throw new ParameterException(
                spec.commandLine(), "give an alert, or --sensor with a time, or --before");
          }
          say(archive.erase(clips, person, reason) + " clips erased");
          return ExitCodes.DONE;
        });
  }

  private int with(Function<EvidenceArchive, Integer> work) {
    Path file =
        config != null
            ? config
            : StackOptions.home()
                .resolve(".tocsin")
                .resolve(name)
                .resolve(Part.EVIDENCE)
                .resolve("settings.yaml");
    try {
      EvidenceSettings settings = EvidenceSettings.read(file, Map.of());
      try (EvidenceArchive archive =
          EvidenceArchive.open(settings.database(), settings.store(), System.getenv())) {
        return work.apply(archive);
      }
    } catch (SettingsException e) {
      throw new StackException("evidence: " + e.getMessage(), e);
    } catch (JdbiException e) {
      throw new StackException("the database says: " + e.getMessage(), e);
    }
  }

  private static String stateOf(ClipRow clip) {
    if (clip.deletedReason() != null) {
      return "deleted: " + clip.deletedReason();
    }
    if (clip.storedAt() != null) {
      return clip.bytes() + " bytes until " + clip.keptUntil() + (clip.whole() ? "" : ", gaps");
    }
    return clip.absentReason() == null ? "awaited" : "absent: " + clip.absentReason();
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new StackException(file + " cannot be written: " + e, e);
    }
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
