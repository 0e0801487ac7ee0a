package io.tocsin.stack.cli;

import io.tocsin.stack.Endpoints;
import io.tocsin.stack.RunningStack;
import io.tocsin.stack.StackException;
import io.tocsin.stack.postgres.DatabaseRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import picocli.CommandLine.Option;

/** Which running stack's database a verb means. */
public final class DatabaseOptions {

  @Option(
      names = "--name",
      defaultValue = "up",
      description = "Name of the running stack; default ${DEFAULT-VALUE}.")
  private String name = "up";

  /**
   * Where the stack is.
   *
   * @throws StackException if it does not run
   */
  public Endpoints endpoints() {
    return RunningStack.endpoints(stateDir())
        .orElseThrow(
            () ->
                new StackException(
                    "stack %s does not run; start it with: ./tocsin up --name=%s"
                        .formatted(name, name)));
  }

  /** The password of a role of its database. */
  public String password(DatabaseRole role) {
    Path file = role.passwordFile(stateDir());
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the password of role %s cannot be read in %s; restart the stack, which writes it"
              .formatted(role.databaseUser(), file),
          e);
    }
  }

  /** A connection to its database. */
  public Connection connect(DatabaseRole role) throws SQLException {
    return DriverManager.getConnection(
        endpoints().jdbcUrl() + "?ApplicationName=tocsin", role.databaseUser(), password(role));
  }

  private Path stateDir() {
    return StackOptions.home().resolve(".tocsin").resolve(name);
  }
}
