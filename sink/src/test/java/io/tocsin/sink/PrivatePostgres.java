package io.tocsin.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;

/**
 * A PostgreSQL server of the test's own, in a temporary folder and on a free port. As root it runs
 * as user postgres, because PostgreSQL refuses root.
 */
public final class PrivatePostgres {

  /** What a machine without PostGIS must do. */
  public static final String MISSING =
      "PostGIS is not installed under /usr/lib/postgresql: install Debian's package"
          + " postgresql-15-postgis-3, or these tests are skipped";

  private static final Path INSTALLATIONS = Path.of("/usr/lib/postgresql");

  private final Path bin;
  private final Path folder;
  private final int port;
  private int databases;

  private PrivatePostgres(Path bin, Path folder, int port) {
    this.bin = bin;
    this.folder = folder;
    this.port = port;
  }

  /** The newest installation with PostGIS. */
  public static Optional<Path> installation() throws IOException {
    if (!Files.isDirectory(INSTALLATIONS)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(INSTALLATIONS)) {
      return versions
          .filter(v -> Files.isExecutable(v.resolve("bin/initdb")))
          .filter(
              v ->
                  Files.exists(
                      Path.of("/usr/share/postgresql")
                          .resolve(v.getFileName())
                          .resolve("extension/postgis.control")))
          .max(Comparator.comparing(v -> Integer.parseInt(v.getFileName().toString())))
          .map(v -> v.resolve("bin"));
    }
  }

  public static PrivatePostgres start(Path bin) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("tocsin-postgres");
    if (root()) {
      UserPrincipal postgres =
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres");
      Files.setOwner(folder, postgres);
    }
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    PrivatePostgres server = new PrivatePostgres(bin, folder, port);
    server.command("initdb", "-D", server.cluster(), "-U", "tocsin", "-A", "trust", "-E", "UTF8");
    server.start();
    return server;
  }

  public void start() throws IOException, InterruptedException {
    command(
        "pg_ctl",
        "-D",
        cluster(),
        "-w",
        "-l",
        folder.resolve("server.log").toString(),
        "-o",
        "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off",
        "start");
  }

  /** Stops the server at once, as a crash would: connections break, transactions are lost. */
  public void stopAtOnce() throws IOException, InterruptedException {
    command("pg_ctl", "-D", cluster(), "-w", "-m", "immediate", "stop");
  }

  /** Address of a new, empty database. */
  public String newDatabase() {
    String name = "test" + ++databases;
    Jdbi.create(url("postgres"), "tocsin", "").useHandle(h -> h.execute("CREATE DATABASE " + name));
    return url(name);
  }

  public void close() throws IOException, InterruptedException {
    stopAtOnce();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  private String cluster() {
    return folder.resolve("cluster").toString();
  }

  private void command(String name, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (root()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.add(bin.resolve(name).toString());
    command.addAll(List.of(arguments));
    // Not a pipe: the server inherits it and would keep it open.
    Path output = Files.createTempFile("tocsin-" + name, ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    String said = Files.readString(output);
    Files.delete(output);
    assertThat(ended && process.exitValue() == 0).as("%s: %s", command, said).isTrue();
  }

  private static boolean root() {
    return "root".equals(System.getProperty("user.name"));
  }
}
