package io.tocsin.stack.bench;

import io.tocsin.stack.Folders;
import io.tocsin.stack.postgres.ClusterFolder;
import io.tocsin.stack.postgres.DatabaseRole;
import io.tocsin.stack.postgres.PostgresServer;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.Launcher;
import io.tocsin.stack.process.TcpPorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.flywaydb.core.Flyway;

/**
 * A database cluster of its own with Tocsin's schema and made-up rows: the same size gives the same
 * rows. Closing it deletes the cluster.
 */
public final class GeneratedArchive implements AutoCloseable {

  private static final String ROWS = "/io/tocsin/sink/generated-fleet.sql";
  private static final Path ROOT = Path.of("/");

  private final Path folder;
  private final PostgresServer server;
  private final List<Child> children;

  private GeneratedArchive(Path folder, PostgresServer server, List<Child> children) {
    this.folder = folder;
    this.server = server;
    this.children = children;
  }

  /**
   * How much there is.
   *
   * @param until when the last day ends
   */
  public record Size(
      int sensors, long detections, int events, int alerts, int days, Instant until) {}

  /**
   * Starts a cluster and fills it.
   *
   * @param folder for the cluster and its logs; deleted at the end
   * @throws io.tocsin.stack.MissingPrerequisiteException if PostGIS is missing
   */
  public static GeneratedArchive create(Path folder, Size size, Consumer<String> progress)
      throws InterruptedException, SQLException {
    ClusterFolder.candidates(folder).forEach(Folders::delete);
    Folders.delete(folder);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be made", e);
    }
    List<Child> children = new ArrayList<>();
    PostgresServer server =
        new PostgresServer(
            new Launcher(folder, children::add), folder, TcpPorts.own(1)[0], ROOT, progress);
    GeneratedArchive archive = new GeneratedArchive(folder, server, children);
    try {
      server.start();
      server.awaitReady();
      archive.fill(size, progress);
      return archive;
    } catch (InterruptedException | SQLException | RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  /** Where it is, without user and password. */
  public String jdbcUrl() {
    return server.jdbcUrl();
  }

  /** Password of a role. */
  public String password(DatabaseRole role) {
    try {
      return Files.readString(role.passwordFile(folder)).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("the password of " + role + " cannot be read", e);
    }
  }

  /** A new connection. */
  public Connection connect(DatabaseRole role) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), role.databaseUser(), password(role));
  }

  private void fill(Size size, Consumer<String> progress) throws SQLException {
    Flyway.configure()
        .dataSource(jdbcUrl(), DatabaseRole.OWNER.databaseUser(), password(DatabaseRole.OWNER))
        .schemas("tocsin")
        .defaultSchema("tocsin")
        .locations("classpath:db/migration")
        .load()
        .migrate();
    try (Connection connection = connect(DatabaseRole.OWNER);
        Statement statement = connection.createStatement()) {
      // What is measured is reading: a crash meanwhile costs nothing but a new start.
      statement.execute("ALTER SYSTEM SET fsync = off");
      statement.execute("ALTER SYSTEM SET max_wal_size = '8GB'");
      statement.execute("SELECT pg_reload_conf()");
      List<String> indexes = takeDownIndexes(statement);
      progress.accept("making %,d detections".formatted(size.detections()));
      statement.execute(
          """
          SET fleet.sensors = %d; SET fleet.detections = %d; SET fleet.events = %d;
          SET fleet.alerts = %d; SET fleet.days = %d; SET fleet.until = '%s';
          """
              .formatted(
                  size.sensors(),
                  size.detections(),
                  size.events(),
                  size.alerts(),
                  size.days(),
                  size.until()));
      statement.execute(rows());
      progress.accept("making their indexes");
      statement.execute("SET maintenance_work_mem = '512MB'");
      for (String index : indexes) {
        statement.execute(index);
      }
      statement.execute("VACUUM ANALYZE");
    }
  }

  /** An index that is made at once takes a third of the time; the key stays. */
  private static List<String> takeDownIndexes(Statement statement) throws SQLException {
    List<String> names = new ArrayList<>();
    List<String> definitions = new ArrayList<>();
    try (ResultSet found =
        statement.executeQuery(
            """
            SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
            FROM pg_index AS i
            WHERE i.indrelid = 'tocsin.detection'::regclass AND NOT i.indisprimary
            ORDER BY 1
            """)) {
      while (found.next()) {
        names.add(found.getString(1));
        // ON ONLY would leave the partitions without.
        definitions.add(found.getString(2).replace(" ON ONLY ", " ON "));
      }
    }
    for (String name : names) {
      statement.execute("DROP INDEX " + name);
    }
    return definitions;
  }

  private static String rows() {
    try (InputStream sql = GeneratedArchive.class.getResourceAsStream(ROWS)) {
      if (sql == null) {
        throw new IllegalStateException(ROWS + " is not in the jar of the sink");
      }
      return new String(sql.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(ROWS + " cannot be read", e);
    }
  }

  @Override
  public void close() {
    children.forEach(Child::stop);
    ClusterFolder.candidates(folder).forEach(Folders::delete);
    Folders.delete(folder);
  }
}
