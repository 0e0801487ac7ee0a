package io.tocsin.stack.export;

import io.tocsin.stack.StackException;
import io.tocsin.stack.cli.DatabaseOptions;
import io.tocsin.stack.cli.ExitCodes;
import io.tocsin.stack.postgres.DatabaseRole;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a part of the archive to a file. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes alerts, detections, sensors or events of a running stack to a file: points in WGS"
            + " 84 (EPSG:4326) by time.")
public final class ExportVerb implements Callable<Integer> {

  @Mixin private DatabaseOptions database = new DatabaseOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--what", required = true, description = "${COMPLETION-CANDIDATES}.")
  private Subject what = Subject.ALERTS;

  @Option(names = "--format", required = true, description = "${COMPLETION-CANDIDATES}.")
  private Export.Format format = Export.Format.GEOJSON;

  @Option(names = "--out", required = true, description = "The file; it is replaced.")
  private Path out = Path.of("");

  @Option(
      names = "--since",
      defaultValue = "1970-01-01T00:00:00Z",
      description = "From this time on, such as 2026-03-01T12:00:00Z; default: all.")
  private Instant since = Instant.EPOCH;

  @Option(
      names = "--until",
      defaultValue = "9999-12-31T00:00:00Z",
      description = "Before this time; default: all.")
  private Instant until = Instant.MAX;

  @Option(
      names = "--bbox",
      description = "Only within west,south,east,north in degrees; default: everywhere.")
  private @Nullable String box;

  @Override
  public Integer call() throws IOException {
    Export export =
        new Export(what, format, since, until, box == null ? null : LonLatBox.parse(box));
    try (Connection connection = database.connect(DatabaseRole.ANALYST);
        Statement settings = connection.createStatement()) {
      // The limit of an analyst's questions is none for a copy that streams.
      settings.execute("SET statement_timeout = 0");
      long rows = export.write(connection, out);
      PrintWriter told = spec.commandLine().getOut();
      told.printf("%d %s in %s%n", rows, what.name().toLowerCase(Locale.ROOT), out);
      told.flush();
    } catch (SQLException e) {
      throw new StackException(
          "%s cannot be read: %s; the sink makes the tables at its first start"
              .formatted(what.name().toLowerCase(Locale.ROOT), e.getMessage()),
          e);
    }
    return ExitCodes.DONE;
  }
}
