package io.tocsin.stack.postgres;

import io.tocsin.stack.StackException;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.ChildCommand;
import io.tocsin.stack.process.Launcher;
import io.tocsin.stack.process.ShortCommand;
import io.tocsin.stack.server.Readiness;
import io.tocsin.stack.server.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A private PostgreSQL cluster with a database that has PostGIS. It listens on loopback alone. */
public final class PostgresServer implements Server {

  /** Owner of the database; in this private cluster also its superuser. */
  public static final String USER = DatabaseRole.OWNER.databaseUser();

  /** The database. */
  public static final String DATABASE = "tocsin";

  /** The schema registry's own database. */
  public static final String REGISTRY_DATABASE = "registry";

  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final int PASSWORD_BYTES = 24;

  private final Launcher launcher;
  private final Path stateDir;
  private final int port;
  private final Path root;
  private final Consumer<String> progress;
  private final List<Child> children = new ArrayList<>();
  private @Nullable String password;

  /**
   * @param stateDir of the stack; gets the password file and, where the server's account may enter
   *     it, the cluster
   * @param root the root of the file system, where PostgreSQL is looked for
   * @param progress told when something is installed
   */
  public PostgresServer(
      Launcher launcher, Path stateDir, int port, Path root, Consumer<String> progress) {
    this.launcher = launcher;
    this.stateDir = stateDir;
    this.port = port;
    this.root = root;
    this.progress = progress;
  }

  /** Address of the database for JDBC, without user and password. */
  public String jdbcUrl() {
    return jdbcUrl(DATABASE);
  }

  /** The file that holds the password and nothing else; only its owner may read it. */
  public Path passwordFile() {
    return DatabaseRole.OWNER.passwordFile(stateDir);
  }

  /** Password of {@link #USER}; made when the cluster is. */
  public String password() {
    if (password == null) {
      try {
        password = Files.readString(passwordFile()).strip();
      } catch (IOException e) {
        throw new UncheckedIOException(
            "the password of the database cannot be read; without it the cluster is lost: start"
                + " with --fresh",
            e);
      }
    }
    return password;
  }

  /** A connection to the database. */
  public Connection connect() throws SQLException {
    return connect(DATABASE);
  }

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public List<Child> children() {
    return List.copyOf(children);
  }

  @Override
  public void start() throws InterruptedException {
    PostgresInstallation installation = AptInstallation.findOrInstall(root, progress);
    ServerAccount account = ServerAccount.find();
    Path folder = ClusterFolder.choose(stateDir, account);
    Path data = folder.resolve("data");
    if (ClusterFolder.isWhole(data)) {
      installation = installationFor(data);
    } else {
      initialise(installation, account, folder);
    }
    children.add(
        launcher.start(
            new ChildCommand(
                name(),
                account.command(
                    List.of(
                        installation.program("postgres"),
                        "-D",
                        data.toString(),
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        // A socket's path may have 107 bytes only; TCP does.
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "timezone=UTC",
                        "-c",
                        "log_timezone=UTC")),
                Map.of(),
                Path.of("/"),
                // Fast shutdown: open transactions are rolled back.
                "INT",
                GRACE)));
  }

  @Override
  public void awaitReady() throws InterruptedException {
    Readiness.await(name(), children(), () -> connect("postgres").close());
    try {
      try (Connection connection = connect("postgres");
          Statement statement = connection.createStatement()) {
        for (String database : List.of(DATABASE, REGISTRY_DATABASE)) {
          if (!isThere(statement, database)) {
            statement.execute("CREATE DATABASE " + database);
          }
        }
      }
      try (Connection connection = connect();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE EXTENSION IF NOT EXISTS postgis");
        for (DatabaseRole role : DatabaseRole.values()) {
          if (role != DatabaseRole.OWNER) {
            letIn(statement, role);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a password file cannot be written in " + stateDir, e);
    } catch (SQLException e) {
      throw new StackException(
          "database " + DATABASE + " with PostGIS cannot be made: " + e.getMessage(), e);
    }
  }

  /** The migrations give each role its rights; here it gets a password, the same at every start. */
  private void letIn(Statement statement, DatabaseRole role) throws SQLException, IOException {
    Path file = role.passwordFile(stateDir);
    if (!Files.exists(file)) {
      writeSecret(file, newPassword());
    }
    try (ResultSet there =
        statement.executeQuery(
            "SELECT FROM pg_roles WHERE rolname = '" + role.databaseUser() + "'")) {
      if (!there.next()) {
        statement.execute("CREATE ROLE " + role.databaseUser());
      }
    }
    // The alphabet of our passwords has nothing to quote.
    statement.execute(
        "ALTER ROLE %s LOGIN PASSWORD '%s'"
            .formatted(role.databaseUser(), Files.readString(file).strip()));
  }

  private static boolean isThere(Statement statement, String database) throws SQLException {
    try (ResultSet databases =
        statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + database + "'")) {
      return databases.next();
    }
  }

  /** Address of one of the cluster's databases for JDBC, without user and password. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), USER, password());
  }

  private PostgresInstallation installationFor(Path data) {
    int version = ClusterFolder.version(data);
    return PostgresInstallation.all(root).stream()
        .filter(installation -> installation.majorVersion() == version)
        .findFirst()
        .orElseThrow(
            () ->
                new StackException(
                    "cluster %s was made by PostgreSQL %d, which is not installed with PostGIS; "
                            .formatted(data, version)
                        + "install postgresql-%d-postgis-3 or start with --fresh"
                            .formatted(version)));
  }

  /** Makes the cluster beside its final place, so that a killed initdb leaves no half of one. */
  private void initialise(PostgresInstallation installation, ServerAccount account, Path folder)
      throws InterruptedException {
    Path building = folder.resolve("data-" + System.nanoTime());
    Path passwordForInitdb = folder.resolve("password-" + System.nanoTime());
    try {
      writeSecret(passwordFile(), newPassword());
      writeSecret(passwordForInitdb, password());
      account.own(passwordForInitdb);
      ShortCommand.Outcome outcome =
          account.run(
              List.of(
                  installation.program("initdb"),
                  "--pgdata=" + building,
                  "--username=" + USER,
                  "--pwfile=" + passwordForInitdb,
                  "--auth=scram-sha-256",
                  "--encoding=UTF8",
                  "--locale=C",
                  "--no-instructions"));
      Files.delete(passwordForInitdb);
      if (!outcome.succeeded()) {
        throw new StackException(
            "initdb ended with exit code " + outcome.exitCode() + ":\n" + outcome.output());
      }
      Files.move(building, folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("the database cluster in " + folder + " cannot be made", e);
    }
  }

  private static void writeSecret(Path file, String secret) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, secret);
  }

  private static String newPassword() {
    byte[] bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
