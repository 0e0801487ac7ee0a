package io.tocsin.stack.bench.outage;

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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Kafka and the schema registry, which can be taken away, and a producer that can be killed. */
public final class OutageRig implements AutoCloseable {

  private static final Duration LEASH_SPEAKS = Duration.ofSeconds(10);
  private static final short ONE_BROKER = 1;

  /**
   * Options of a sensor's JVM, as its systemd unit has them. A segment of the spool must fit into
   * the old generation when it is recovered, beside 25 MB that live there.
   */
  public static final List<String> SENSOR_JVM =
      List.of("-Xmx60m", "-Xmn8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private final Path folder;
  private final Distribution distribution = Distribution.locate();
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final Launcher launcher;
  private final PostgresServer postgres;
  private final int[] ports = TcpPorts.own(4);
  private KafkaServer kafka;
  private RegistryServer registry;
  private int producers;
  private boolean closed;

  private OutageRig(Path folder, Consumer<String> progress) {
    this.folder = folder;
    this.launcher = new Launcher(folder, children::add);
    postgres = new PostgresServer(launcher, folder, ports[0], Path.of("/"), progress);
    kafka = newKafka();
    registry = newRegistry();
  }

  private KafkaServer newKafka() {
    return new KafkaServer(distribution, launcher, folder.resolve("kafka"), ports[1], ports[2]);
  }

  private RegistryServer newRegistry() {
    return new RegistryServer(
        distribution,
        launcher,
        folder.resolve("registry"),
        ports[3],
        new RegistryServer.Storage(
            postgres.jdbcUrl(PostgresServer.REGISTRY_DATABASE),
            PostgresServer.USER,
            () -> postgres.password()));
  }

  /**
   * Starts the servers and creates topics and schemas.
   *
   * @throws StackException if a server does not start
   */
  public static OutageRig start(int partitions, Consumer<String> progress)
      throws InterruptedException {
    Path folder;
    try {
      folder = Files.createTempDirectory("tocsin-outage");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder can be made", e);
    }
    OutageRig rig = new OutageRig(folder, progress);
    // Whoever stops a measurement wants its folder gone too.
    Runtime.getRuntime().addShutdownHook(new Thread(rig::close, "end-outage-rig"));
    try {
      rig.postgres.start();
      rig.postgres.awaitReady();
      rig.startUplink();
      try (Admin admin = Admin.create(rig.kafkaAddress())) {
        TopicCreation.create(admin, partitions, ONE_BROKER);
      }
      Registry.registerAll(rig.registryClient());
      return rig;
    } catch (RuntimeException | InterruptedException e) {
      rig.close();
      throw e;
    }
  }

  private void startUplink() throws InterruptedException {
    kafka.start();
    registry.start();
    kafka.awaitReady();
    registry.awaitReady();
  }

  /** Takes Kafka and the registry away, without a word to anybody. */
  void cutUplink() throws InterruptedException {
    for (Child child : kafka.children()) {
      kill(child);
    }
    for (Child child : registry.children()) {
      kill(child);
    }
  }

  /** Gives them back, with all they had; returns when they answer. */
  void restoreUplink() throws InterruptedException {
    // One that has ended would count as one that failed to start.
    kafka = newKafka();
    registry = newRegistry();
    startUplink();
  }

  /** Starts the producer, each time with the same spool. */
  Child startProducer(int sensors) {
    producers++;
    return launcher.start(
        JavaCommand.of(
            distribution,
            launcher,
            folder,
            "producer-" + producers,
            SENSOR_JVM,
            OutageProducer.class.getName(),
            List.of(
                kafka.bootstrapServers(),
                registry.url(),
                spool().toString(),
                journals().toString(),
                Integer.toString(sensors))));
  }

  /** Ends a process by kill -9, the process itself and not the leash that holds it. */
  void kill(Child child) throws InterruptedException {
    ShortCommand.run(List.of("kill", "-KILL", Long.toString(pid(child))));
    child.await();
  }

  /** Resident memory of a process. */
  public double residentMebibytes(Child child) throws InterruptedException {
    try (var lines = Files.lines(Path.of("/proc/" + pid(child) + "/status"))) {
      return lines
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElse(0)
          / 1024.0;
    } catch (IOException e) {
      throw new UncheckedIOException(child.name() + " has no status", e);
    }
  }

  private static long pid(Child child) throws InterruptedException {
    return child
        .held(LEASH_SPEAKS)
        .orElseThrow(
            () ->
                new StackException(child.name() + " ended; its last words:\n" + child.lastLines()))
        .pid();
  }

  Path spool() {
    return folder.resolve("spool");
  }

  Path journals() {
    return folder.resolve("journals");
  }

  public Map<String, Object> kafkaAddress() {
    return Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
  }

  public String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** What a run leaves, until it is closed. */
  public Path folder() {
    return folder;
  }

  public String registryUrl() {
    return registry.url();
  }

  public SchemaRegistryClient registryClient() {
    return Registry.connect(new RegistrySettings(registry.url(), false));
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
