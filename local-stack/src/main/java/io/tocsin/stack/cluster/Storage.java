package io.tocsin.stack.cluster;

import io.tocsin.stack.Distribution;
import io.tocsin.stack.Endpoints;
import io.tocsin.stack.StackException;
import io.tocsin.stack.postgres.PostgresServer;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.Launcher;
import io.tocsin.stack.server.RegistryServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/** PostGIS, and the schema registry that keeps its schemas in it. */
final class Storage {

  private static final int MOST_TRIES = 10;
  private static final long BETWEEN_TRIES_MILLIS = 500;

  private final Distribution distribution;
  private final Launcher launcher;
  private final Path folder;
  private final Consumer<String> progress;
  private final int registryPort;
  private final int postgresPort;
  private final Member registry = new Member("registry", starts -> startRegistry());
  private final Member postgres = new Member("postgres", this::startPostgres);
  private volatile PostgresServer database;

  Storage(
      Distribution distribution,
      Launcher launcher,
      Path folder,
      IntSupplier freePorts,
      Consumer<String> progress) {
    this.distribution = distribution;
    this.launcher = launcher;
    this.folder = folder;
    this.progress = progress;
    this.registryPort = freePorts.getAsInt();
    this.postgresPort = freePorts.getAsInt();
    this.database = newPostgres();
  }

  Member registry() {
    return registry;
  }

  Member postgres() {
    return postgres;
  }

  void awaitRegistry() throws InterruptedException {
    newRegistry().awaitReady();
  }

  String registryUrl() {
    return newRegistry().url();
  }

  /** A connection to the database, as its owner. */
  Connection connect() throws SQLException {
    return database.connect();
  }

  Endpoints endpoints(String bootstrapServers, String flinkUrl) {
    return new Endpoints(
        bootstrapServers,
        registryUrl(),
        flinkUrl,
        database.jdbcUrl(),
        "127.0.0.1",
        postgresPort,
        PostgresServer.DATABASE,
        PostgresServer.USER,
        database.passwordFile().toString());
  }

  private PostgresServer newPostgres() {
    return new PostgresServer(launcher, folder, postgresPort, Path.of("/"), progress);
  }

  /** Returns when it answers: what the dead one leaves in memory is let go a moment later. */
  private Child startPostgres(int startsBefore) throws InterruptedException {
    for (int tries = 1; ; tries++) {
      PostgresServer next = newPostgres();
      next.start();
      try {
        next.awaitReady();
        database = next;
        return next.children().get(0);
      } catch (StackException e) {
        if (tries == MOST_TRIES || startsBefore == 0) {
          throw e;
        }
        Thread.sleep(BETWEEN_TRIES_MILLIS);
      }
    }
  }

  private RegistryServer newRegistry() {
    return new RegistryServer(
        distribution,
        launcher,
        folder.resolve("registry"),
        registryPort,
        new RegistryServer.Storage(
            database.jdbcUrl(PostgresServer.REGISTRY_DATABASE),
            PostgresServer.USER,
            database::password));
  }

  private Child startRegistry() {
    RegistryServer next = newRegistry();
    next.start();
    return next.children().get(0);
  }
}
