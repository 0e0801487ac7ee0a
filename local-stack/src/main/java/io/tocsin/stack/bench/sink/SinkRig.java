package io.tocsin.stack.bench.sink;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.TopicCreation;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.Distribution;
import io.tocsin.stack.Folders;
import io.tocsin.stack.StackException;
import io.tocsin.stack.postgres.ClusterFolder;
import io.tocsin.stack.postgres.PostgresServer;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.Launcher;
import io.tocsin.stack.process.ShortCommand;
import io.tocsin.stack.process.TcpPorts;
import io.tocsin.stack.server.JavaCommand;
import io.tocsin.stack.server.KafkaServer;
import io.tocsin.stack.server.RegistryServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * Kafka, the schema registry and PostGIS in a folder of their own, for one use, and sinks between
 * them as processes.
 */
final class SinkRig implements AutoCloseable {

  private static final Duration LEASH_SPEAKS = Duration.ofSeconds(10);
  private static final short ONE_BROKER = 1;
  private static final int SINK_HEAP_MEBIBYTES = 256;

  private final Path folder;
  private final Distribution distribution = Distribution.locate();
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final Launcher launcher;
  private final int postgresPort;
  private final Consumer<String> progress;
  private volatile PostgresServer postgres;
  private boolean closed;
  private final KafkaServer kafka;
  private final RegistryServer registry;

  private SinkRig(Path folder, Consumer<String> progress) {
    this.folder = folder;
    this.progress = progress;
    this.launcher = new Launcher(folder, children::add);
    int[] ports = TcpPorts.own(4);
    postgresPort = ports[0];
    postgres = newPostgres();
    kafka = new KafkaServer(distribution, launcher, folder.resolve("kafka"), ports[1], ports[2]);
    registry =
        new RegistryServer(
            distribution,
            launcher,
            folder.resolve("registry"),
            ports[3],
            new RegistryServer.Storage(
                postgres.jdbcUrl(PostgresServer.REGISTRY_DATABASE),
                PostgresServer.USER,
                () -> postgres.password()));
  }

  private PostgresServer newPostgres() {
    return new PostgresServer(launcher, folder, postgresPort, Path.of("/"), progress);
  }

  /**
   * Starts the servers and creates topics and schemas.
   *
   * @param partitions of each topic
   * @throws StackException if a server does not start
   */
  static SinkRig start(int partitions, Consumer<String> progress) throws InterruptedException {
    Path folder;
    try {
      folder = Files.createTempDirectory("tocsin-sink-bench");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder can be made", e);
    }
    SinkRig rig = new SinkRig(folder, progress);
    // Whoever stops a measurement wants its folder gone too.
    Runtime.getRuntime().addShutdownHook(new Thread(rig::close, "end-sink-rig"));
    try {
      rig.startServers(partitions);
      progress.accept("Kafka, registry and PostGIS run");
      return rig;
    } catch (RuntimeException | InterruptedException e) {
      rig.close();
      throw e;
    }
  }

  private void startServers(int partitions) throws InterruptedException {
    kafka.start();
    postgres.start();
    postgres.awaitReady();
    registry.start();
    kafka.awaitReady();
    registry.awaitReady();
    try (Admin admin = Admin.create(kafkaAddress())) {
      TopicCreation.create(admin, partitions, ONE_BROKER);
    }
    Registry.registerAll(registryClient());
  }

  Map<String, Object> kafkaAddress() {
    return Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
  }

  SchemaRegistryClient registryClient() {
    return Registry.connect(new RegistrySettings(registry.url(), false));
  }

  /** A connection as the database's owner and superuser. */
  Connection connect() throws SQLException {
    return postgres.connect();
  }

  /** For files that belong to a measurement; it goes with the rig. */
  Path folder() {
    return folder;
  }

  /**
   * Starts the sink as a process.
   *
   * @param name of the process
   * @param options beside those that say where the servers are
   */
  Child startSink(String name, String groupId, List<String> options) {
    return startSink(name, groupId, List.of(), options);
  }

  /** As above for a sink that will not live long: it starts with half the work. */
  Child startShortLivedSink(String name, String groupId, List<String> options) {
    return startSink(
        name, groupId, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"), options);
  }

  private Child startSink(
      String name, String groupId, List<String> jvmOptions, List<String> options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--kafka.bootstrapServers=" + kafka.bootstrapServers(),
                "--kafka.registryUrl=" + registry.url(),
                "--kafka.groupId=" + groupId,
                "--database.jdbcUrl=" + postgres.jdbcUrl(),
                "--database.user=" + PostgresServer.USER,
                "--database.passwordFile=" + postgres.passwordFile()));
    arguments.addAll(options);
    List<String> jvm = new ArrayList<>(List.of("-Xmx" + SINK_HEAP_MEBIBYTES + "m"));
    jvm.addAll(jvmOptions);
    return launcher.start(
        JavaCommand.of(
            distribution, launcher, folder, name, jvm, "io.tocsin.sink.TocsinSink", arguments));
  }

  /** Sends a signal, such as KILL, to the process itself and not to the leash that holds it. */
  void signal(Child child, String signal) throws InterruptedException {
    long pid =
        child
            .held(LEASH_SPEAKS)
            .orElseThrow(() -> new StackException(child.name() + " ended before " + signal))
            .pid();
    ShortCommand.run(List.of("kill", "-" + signal, Long.toString(pid)));
  }

  /**
   * Restarts PostgreSQL.
   *
   * @param hard whether it is stopped at once, as a crash does (SIGQUIT), rather than in order
   */
  void restartPostgres(boolean hard) throws InterruptedException {
    for (Child running : postgres.children()) {
      signal(running, hard ? "QUIT" : "INT");
      running.await();
    }
    // One that has ended would count as one that failed to start.
    PostgresServer next = newPostgres();
    next.start();
    next.awaitReady();
    postgres = next;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    launcher.close();
    for (int i = children.size() - 1; i >= 0; i--) {
      children.get(i).stop();
    }
    ClusterFolder.candidates(folder).forEach(Folders::delete);
    Folders.delete(folder);
  }
}
