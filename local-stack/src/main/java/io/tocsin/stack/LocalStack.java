package io.tocsin.stack;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.part.Part;
import io.tocsin.stack.part.PartSurroundings;
import io.tocsin.stack.postgres.ClusterFolder;
import io.tocsin.stack.postgres.PostgresServer;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.Launcher;
import io.tocsin.stack.process.ProcessIdentity;
import io.tocsin.stack.process.TcpPorts;
import io.tocsin.stack.security.Role;
import io.tocsin.stack.security.StackSecurity;
import io.tocsin.stack.server.FlinkCluster;
import io.tocsin.stack.server.FlinkRest;
import io.tocsin.stack.server.JavaCommand;
import io.tocsin.stack.server.KafkaServer;
import io.tocsin.stack.server.RegistryServer;
import io.tocsin.stack.server.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * Kafka, the schema registry, PostGIS and Flink as child processes on loopback, with topics,
 * schemas and the default pattern in place; and, when asked, the parts of Tocsin.
 *
 * <p>Processes end with this program, however it ends. {@link #close} ends them in reverse order
 * and may be called from another thread, also while the stack is starting.
 */
public final class LocalStack implements AutoCloseable {

  private static final Path ROOT = Path.of("/");
  private static final Path PROC = Path.of("/proc");
  private static final short ONE_BROKER = 1;
  private static final Duration LEASH_SPEAKS = Duration.ofSeconds(5);

  /** Ports inside a server lie below those that clients get by chance. */
  private static final int INSIDE_PORTS = 12_000;

  /** Where Prometheus looks for Flink; the next free ports where these are taken. */
  private static final int METRICS_PORT = 9249;

  private static final int METRICS_PORT_COUNT = 2_500;

  private static final int INSIDE_PORT_COUNT = 10_000;

  private final StackSettings settings;
  private final Consumer<String> progress;
  private final StackLock lock;
  private final Distribution distribution;
  private final Launcher launcher;
  private final Endpoints endpoints;
  private final @Nullable StackSecurity security;
  private final KafkaServer kafka;
  private final RegistryServer registry;
  private final PostgresServer postgres;
  private final FlinkCluster flink;
  private final Instant startedAt = Instant.now();
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Child> unexpectedEnd = new CompletableFuture<>();
  private volatile boolean closing;
  private volatile boolean ready;
  private boolean closed;

  private LocalStack(StackSettings settings, Consumer<String> progress, StackLock lock)
      throws InterruptedException {
    this.settings = settings;
    this.progress = progress;
    this.lock = lock;
    Path stateDir = settings.stateDir();
    RunningStack.endLeftovers(stateDir);
    StackPorts ports = settings.ports();
    if (settings.freePorts()) {
      ports = ports.movedToFree(TcpPorts::isFree);
    } else {
      ports.requireFree(TcpPorts::isFree, PROC);
    }
    // After the check of ports, so that a start that is refused deletes nothing.
    if (settings.fresh()) {
      ClusterFolder.candidates(stateDir).forEach(Folders::delete);
      Folders.empty(stateDir, StackLock.file(stateDir));
    }
    int controllerPort = TcpPorts.firstFree(firstInsidePort(), TcpPorts::isFree);
    int rpcPort = TcpPorts.firstFree(controllerPort + 1, TcpPorts::isFree);
    this.distribution = Distribution.locate();
    this.launcher = new Launcher(stateDir, children::add);
    requireAsBefore(settings);
    this.security =
        settings.secured()
            ? StackSecurity.prepare(
                stateDir,
                settings.name(),
                "127.0.0.1:" + ports.kafka(),
                TcpPorts.firstFree(rpcPort + 1, TcpPorts::isFree))
            : null;
    this.kafka =
        new KafkaServer(
            distribution,
            launcher,
            stateDir.resolve("kafka"),
            ports.kafka(),
            controllerPort,
            security == null ? null : security.broker());
    this.postgres = new PostgresServer(launcher, stateDir, ports.postgres(), ROOT, progress);
    this.registry =
        new RegistryServer(
            distribution,
            launcher,
            stateDir.resolve("registry"),
            ports.registry(),
            new RegistryServer.Storage(
                postgres.jdbcUrl(PostgresServer.REGISTRY_DATABASE),
                PostgresServer.USER,
                postgres::password));
    this.flink =
        new FlinkCluster(
            distribution,
            launcher,
            stateDir.resolve("flink"),
            ports.flink(),
            rpcPort,
            TcpPorts.firstFree(
                metricsPort(settings.ports()),
                port -> TcpPorts.isFree(port) && TcpPorts.isFree(port + 1)),
            settings.taskSlots());
    this.endpoints =
        new Endpoints(
            kafka.bootstrapServers(),
            registry.url(),
            flink.restUrl(),
            postgres.jdbcUrl(),
            "127.0.0.1",
            ports.postgres(),
            PostgresServer.DATABASE,
            PostgresServer.USER,
            postgres.passwordFile().toString());
  }

  /**
   * A stack whose processes are not started yet; takes the state folder for itself.
   *
   * @param progress told a line at each step
   * @throws StackException if the stack of that name runs or a port is taken
   */
  public static LocalStack prepare(StackSettings settings, Consumer<String> progress)
      throws InterruptedException {
    StackLock lock = StackLock.take(settings);
    try {
      return new LocalStack(settings, progress, lock);
    } catch (RuntimeException | InterruptedException e) {
      lock.close();
      throw e;
    }
  }

  /** Starts the servers of a stack and what they hold; nothing is left running after an error. */
  public static LocalStack start(StackSettings settings, Consumer<String> progress)
      throws InterruptedException {
    LocalStack stack = prepare(settings, progress);
    try {
      stack.startServers();
      return stack;
    } catch (RuntimeException | InterruptedException e) {
      stack.close();
      throw e;
    }
  }

  /**
   * Starts the servers, creates topics, registers schemas, publishes the default pattern.
   *
   * @throws StackException if a server does not start; the message names its log
   * @throws MissingPrerequisiteException if PostGIS is missing and cannot be installed
   */
  public void startServers() throws InterruptedException {
    recordProcesses();
    // PostgreSQL first: it alone may be missing, and the registry needs it.
    for (Server server : List.of(postgres, kafka, flink)) {
      server.start();
    }
    recordProcesses();
    awaitReady(postgres);
    registry.start();
    recordProcesses();
    awaitReady(kafka);
    awaitReady(registry);
    awaitReady(flink);
    children.forEach(this::watch);
    Provisioning.apply(
        endpoints.bootstrapServers(),
        new RegistrySettings(endpoints.registryUrl(), false),
        clientSettings(Role.ADMIN),
        settings.topicPartitions(),
        ONE_BROKER);
    if (security != null) {
      Map<String, Object> administrator = new HashMap<>(clientSettings(Role.ADMIN));
      administrator.put("bootstrap.servers", endpoints.bootstrapServers());
      try (Admin admin = Admin.create(administrator)) {
        security.grant(admin);
      }
      progress.accept("every role has its password and its rights");
    }
    progress.accept("topics, schemas and the default pattern are in place");
  }

  /**
   * Starts every wanted part of Tocsin and waits until the Flink jobs run.
   *
   * @param bundle folder of the model bundle
   */
  public void startParts(Path bundle) throws InterruptedException {
    for (Part part : Part.wanted(System.getenv())) {
      startPart(part, bundle);
      requireAllAlive();
      progress.accept(part.name() + " runs");
    }
  }

  /** Starts one part; a Flink job goes on from its newest checkpoint, if there is one. */
  public void startPart(Part part, Path bundle) throws InterruptedException {
    JvmProgram program =
        new JvmProgram(
            part.name(),
            part.mainClass(),
            part.heapMebibytes(),
            List.of("--config=" + writeSettings(part, bundle)));
    switch (part.kind()) {
      case FLINK_JOB -> submitJob(program);
      case PROCESS -> watch(startJvm(program));
    }
  }

  /** Kafka's users and rights are made when its storage is, and stay with it. */
  private static void requireAsBefore(StackSettings settings) {
    Path stateDir = settings.stateDir();
    boolean was = StackSecurity.isThere(stateDir);
    if (Files.isDirectory(stateDir.resolve("kafka")) && was != settings.secured()) {
      throw new StackException(
          was
              ? "stack %1$s is secured; say --secure, or --fresh to begin anew without"
                  .formatted(settings.name())
              : "stack %1$s is not secured; say --fresh to begin anew, or give another --name"
                  .formatted(settings.name()));
    }
  }

  /** Of each program its own, lest two stacks that start at once find the same ports free. */
  private static int firstInsidePort() {
    return INSIDE_PORTS + (int) (ProcessHandle.current().pid() * 10 % INSIDE_PORT_COUNT);
  }

  /** As far from its default as Flink's port is, for the same reason. */
  private static int metricsPort(StackPorts wanted) {
    return METRICS_PORT
        + Math.floorMod(wanted.flink() - StackPorts.DEFAULTS.flink(), METRICS_PORT_COUNT);
  }

  /** Says in stack.json that everything that was asked for runs. */
  public void markReady() throws InterruptedException {
    ready = true;
    recordProcesses();
  }

  /**
   * Submits a Flink job whose classes are in the distribution and waits until all its subtasks run.
   * It goes on from its newest checkpoint, if there is one.
   *
   * @param program understands the settings of {@link FlinkCluster#submit}
   */
  public FlinkRest.Job submitJob(JvmProgram program) throws InterruptedException {
    return flink.submit(program);
  }

  /** Deletes the checkpoints of a job that has ended: submitted again, it starts anew. */
  public void forgetCheckpoints(String job) {
    Folders.delete(flink.checkpointsOf(job));
  }

  /** Starts a program of the distribution in a JVM of its own, which ends with the stack. */
  public Child startJvm(JvmProgram program) throws InterruptedException {
    Child child =
        launcher.start(
            JavaCommand.of(
                distribution,
                launcher,
                folderOf(program.name()),
                program.name(),
                List.of("-Xmx" + program.heapMebibytes() + "m"),
                program.mainClass(),
                program.arguments()));
    recordProcesses();
    return child;
  }

  /** Completed with the first server or part that ends while it should run. */
  public CompletableFuture<Child> unexpectedEnd() {
    return unexpectedEnd;
  }

  /** Where clients reach the servers. */
  public Endpoints endpoints() {
    return endpoints;
  }

  /**
   * Settings of a Kafka client that comes as {@code role}; empty where the stack is not secured.
   */
  public Map<String, String> clientSettings(Role role) {
    return security == null ? Map.of() : CredentialsFile.references(security.credentials(role));
  }

  /** Flink's REST interface: jobs, metrics, cancelling. */
  public FlinkRest flink() {
    return flink.rest();
  }

  /**
   * The process of a server or part.
   *
   * @throws StackException if there is none of that name
   */
  public long processId(String name) {
    return StackFile.read(settings.stateDir()).stream()
        .flatMap(file -> file.processes().stream())
        .filter(held -> held.name().equals(name))
        .map(held -> held.process().pid())
        .findFirst()
        .orElseThrow(() -> new StackException("no process " + name + " runs"));
  }

  /** The page on which Prometheus finds what the Flink jobs count. */
  public String metricsUrl() {
    return flink.metricsUrl();
  }

  /** A connection to the database, as its owner. */
  public Connection connect() throws SQLException {
    return postgres.connect();
  }

  /** Password of the database's owner. */
  public String databasePassword() {
    return postgres.password();
  }

  /** The folder of everything that the stack writes. */
  public Path stateDir() {
    return settings.stateDir();
  }

  /** Whether {@link #close} was called. */
  public boolean isClosing() {
    return closing;
  }

  /** Ends all processes, the last started first, and frees the state folder. */
  @Override
  public void close() {
    closing = true;
    launcher.close();
    synchronized (children) {
      if (closed) {
        return;
      }
      closed = true;
      for (int i = children.size() - 1; i >= 0; i--) {
        children.get(i).stop();
      }
      StackFile.remove(settings.stateDir());
      lock.close();
    }
  }

  private void awaitReady(Server server) throws InterruptedException {
    server.awaitReady();
    progress.accept(server.name() + " answers");
  }

  private void requireAllAlive() {
    Child ended = unexpectedEnd.getNow(null);
    if (ended != null) {
      throw endedUnexpectedly(ended);
    }
  }

  /** The failure that the end of a process means which should run. */
  public static StackException endedUnexpectedly(Child ended) {
    return new StackException(
        "%s ended with exit code %d; the end of %s:%n%s"
            .formatted(ended.name(), ended.exitCode(), ended.log(), ended.lastLines()));
  }

  private void watch(Child child) {
    var unused =
        child
            .onEnd()
            .thenAccept(
                ended -> {
                  if (!ended.isStopping()) {
                    unexpectedEnd.complete(ended);
                  }
                });
  }

  private Path writeSettings(Part part, Path bundle) {
    Path folder = folderOf(part.name());
    Path file = folder.resolve("settings.yaml");
    int parallelism = Math.max(1, Math.min(settings.topicPartitions(), settings.taskSlots() / 2));
    Map<String, Object> tree =
        part.settings()
            .apply(
                new PartSurroundings(
                    endpoints,
                    bundle,
                    folder,
                    parallelism,
                    security == null ? null : security.credentials(part.role()),
                    settings.sensorKeys()));
    try {
      new YAMLMapper().writeValue(file.toFile(), tree);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
    return file;
  }

  private Path folderOf(String program) {
    Path folder = settings.stateDir().resolve(program);
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be made", e);
    }
  }

  private void recordProcesses() throws InterruptedException {
    List<StackFile.Held> alive = new ArrayList<>();
    for (Child child : children) {
      if (child.isAlive()) {
        child
            .held(LEASH_SPEAKS)
            .ifPresent(
                process -> alive.add(new StackFile.Held(child.name(), process, child.leash())));
      }
    }
    synchronized (children) {
      if (!closed) {
        new StackFile(
                settings.name(), startedAt, ready, ProcessIdentity.current(), alive, endpoints)
            .write(settings.stateDir());
      }
    }
  }
}
