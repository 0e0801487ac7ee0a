package io.tocsin.stack.cli;

import io.tocsin.stack.Endpoints;
import io.tocsin.stack.MissingPrerequisiteException;
import io.tocsin.stack.postgres.AptInstallation;
import io.tocsin.stack.postgres.DatabaseRole;
import io.tocsin.stack.postgres.PostgresInstallation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs psql in the database of a running stack. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    description = {
      "Runs psql in the database of a running stack, as an analyst who reads.",
      "What is no option of this verb goes to psql: tocsin sql -c 'SELECT * FROM api.sensors'"
    })
public final class SqlVerb implements Callable<Integer> {

  private static final Path ROOT = Path.of("/");

  @Mixin private DatabaseOptions database = new DatabaseOptions();

  @Option(
      names = "--role",
      defaultValue = "analyst",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private DatabaseRole role = DatabaseRole.ANALYST;

  @Parameters(paramLabel = "PSQL_ARGUMENT", arity = "0..*", description = "Handed on to psql.")
  private List<String> arguments = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Endpoints at = database.endpoints();
    List<String> command = new ArrayList<>();
    command.add(
        PostgresInstallation.all(ROOT).stream()
            .findFirst()
            .map(installation -> installation.program("psql"))
            .orElseThrow(
                () ->
                    new MissingPrerequisiteException(
                        "psql is not installed; get it with: sudo " + AptInstallation.COMMAND)));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder
        .environment()
        .putAll(
            Map.of(
                "PGHOST", at.databaseHost(),
                "PGPORT", Integer.toString(at.databasePort()),
                "PGDATABASE", at.database(),
                "PGUSER", role.databaseUser(),
                "PGPASSWORD", database.password(role),
                "PGAPPNAME", "tocsin sql",
                "PGOPTIONS", "-c search_path=tocsin,public"));
    return builder.start().waitFor();
  }
}
