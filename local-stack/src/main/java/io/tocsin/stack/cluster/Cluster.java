package io.tocsin.stack.cluster;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.Distribution;
import io.tocsin.stack.Endpoints;
import io.tocsin.stack.Folders;
import io.tocsin.stack.JvmProgram;
import io.tocsin.stack.Provisioning;
import io.tocsin.stack.StackException;
import io.tocsin.stack.part.Part;
import io.tocsin.stack.part.PartSurroundings;
import io.tocsin.stack.postgres.ClusterFolder;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.Launcher;
import io.tocsin.stack.process.TcpPorts;
import io.tocsin.stack.server.FlinkRest;
import io.tocsin.stack.server.JavaCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Three brokers, the schema registry, PostGIS, a Flink session cluster with ScoringJob and
 * DistressJob, and two sinks: each a process of its own on loopback, in one folder. What ends by
 * itself is started again, as a supervisor would. All of it ends with this program, however it
 * ends.
 */
public final class Cluster implements AutoCloseable {

  /** Whose disk can be filled. */
  private static final int LIMITED_BROKER = 2;

  /** Of every topic. */
  private static final int PARTITIONS = 4;

  /** Under which the sinks keep their offsets. */
  public static final String SINK_GROUP = "tocsin-sink";

  private static final String SINK_PART = "tocsin-sink";
  private static final List<String> JOBS = List.of("tocsin-distress", "tocsin-scoring");
  private static final int SINK_HEAP_MEBIBYTES = 192;

  private final Path folder;
  private final Path bundle;
  private final Consumer<String> progress;
  private final Distribution distribution = Distribution.locate();
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final Launcher launcher;
  private final KafkaBrokers kafka;
  private final FlinkSession flink;
  private final Storage storage;
  private final List<Member> sinks;
  private final Supervisor supervisor;
  private @Nullable LimitedDisk brokerDisk;
  private @Nullable LimitedDisk postgresDisk;
  private boolean closed;

  private Cluster(Path folder, Path bundle, Consumer<String> progress) {
    this.folder = folder;
    this.bundle = bundle;
    this.progress = progress;
    this.launcher = new Launcher(folder, children::add);
    IntSupplier ports = () -> TcpPorts.own(1)[0];
    this.kafka = new KafkaBrokers(distribution, launcher, folder, ports);
    this.flink = new FlinkSession(distribution, launcher, folder.resolve("flink"), ports);
    this.storage = new Storage(distribution, launcher, folder, ports, progress);
    this.sinks =
        List.of("sink-a", "sink-b").stream()
            .map(name -> new Member(name, starts -> startSink(name)))
            .toList();
    this.supervisor = new Supervisor(members(), progress);
  }

  /**
   * Starts everything and waits until the jobs run; nothing is left running after an error.
   *
   * @param folder for all that the processes write; kept at the end
   * @param bundle folder of the model bundle
   * @param jobSettings further settings of the jobs, by job
   * @param limitsDisks whether a broker and PostgreSQL have disks of their own that can be filled
   * @param progress told a line at each step
   * @throws StackException if a process does not start; the message names its log
   * @throws io.tocsin.stack.MissingPrerequisiteException if disks are to be limited and cannot be
   */
  public static Cluster start(
      Path folder,
      Path bundle,
      Map<String, List<String>> jobSettings,
      boolean limitsDisks,
      Consumer<String> progress)
      throws InterruptedException {
    Cluster cluster = servers(folder, bundle, limitsDisks, progress);
    try {
      cluster.startParts(jobSettings);
      return cluster;
    } catch (RuntimeException | InterruptedException e) {
      cluster.close();
      throw e;
    }
  }

  /**
   * Starts the servers alone, without jobs and sinks, and waits until they answer; nothing is left
   * running after an error.
   *
   * @throws StackException if a process does not start; the message names its log
   */
  public static Cluster servers(Path folder, Path bundle, Consumer<String> progress)
      throws InterruptedException {
    return servers(folder, bundle, false, progress);
  }

  private static Cluster servers(
      Path folder, Path bundle, boolean limitsDisks, Consumer<String> progress)
      throws InterruptedException {
    Cluster cluster = new Cluster(folder, bundle, progress);
    // Whoever stops a campaign wants its processes gone too.
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "end-cluster"));
    try {
      if (limitsDisks) {
        cluster.limitDisks();
      }
      cluster.startServers();
      return cluster;
    } catch (RuntimeException | InterruptedException e) {
      cluster.close();
      throw e;
    }
  }

  private void limitDisks() throws InterruptedException {
    brokerDisk = LimitedDisk.over(kafka.folderOf(LIMITED_BROKER));
    postgresDisk = LimitedDisk.over(ClusterFolder.place(folder));
  }

  private void startServers() throws InterruptedException {
    for (Member broker : kafka.members()) {
      broker.start();
    }
    storage.postgres().start();
    storage.registry().start();
    kafka.awaitReady();
    progress.accept("three brokers and PostGIS answer");
    storage.awaitRegistry();
    Provisioning.apply(
        kafka.bootstrapServers(),
        new RegistrySettings(storage.registryUrl(), false),
        Map.of(),
        PARTITIONS,
        KafkaBrokers.REPLICATION);
    flink.start();
    flink.awaitReady();
    progress.accept("a JobManager and %d TaskManagers run".formatted(FlinkSession.TASK_MANAGERS));
  }

  /**
   * Starts the sinks and both jobs, once.
   *
   * @param jobSettings further settings of the jobs, by job
   * @throws StackException if one does not start; the message names its log
   */
  public void startParts(Map<String, List<String>> jobSettings) throws InterruptedException {
    for (Member sink : sinks) {
      sink.start();
    }
    for (String name : JOBS) {
      Part part = part(name);
      List<String> arguments =
          new ArrayList<>(List.of("--config=" + writeSettings(part, part.name())));
      arguments.addAll(jobSettings.getOrDefault(name, List.of()));
      flink.submit(new JvmProgram(name, part.mainClass(), part.heapMebibytes(), arguments));
    }
    progress.accept("two sinks, " + String.join(" and ", JOBS) + " run");
    supervisor.start();
  }

  private Path writeSettings(Part part, String name) {
    try {
      Path own = Files.createDirectories(folder.resolve(name));
      Path file = own.resolve("settings.yaml");
      new YAMLMapper()
          .writeValue(
              file.toFile(),
              part.settings()
                  .apply(
                      new PartSurroundings(
                          endpoints(),
                          bundle,
                          own,
                          FlinkSession.TASK_MANAGERS,
                          null,
                          SensorKeyMode.OFF)));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("settings of " + name + " cannot be written", e);
    }
  }

  private static Part part(String name) {
    return Part.ALL.stream().filter(part -> part.name().equals(name)).findFirst().orElseThrow();
  }

  private Child startSink(String name) {
    Part part = part(SINK_PART);
    return startJvm(
        new JvmProgram(
            name,
            part.mainClass(),
            SINK_HEAP_MEBIBYTES,
            List.of("--config=" + writeSettings(part, name), "--kafka.instanceId=" + name)));
  }

  private Child startJvm(JvmProgram program) {
    return launcher.start(
        JavaCommand.of(
            distribution,
            launcher,
            folder,
            program.name(),
            List.of("-Xmx" + program.heapMebibytes() + "m", "-XX:+UseSerialGC"),
            program.mainClass(),
            program.arguments()));
  }

  /**
   * A program of the distribution as a member, not started yet and not supervised; it ends with the
   * cluster.
   */
  public Member member(JvmProgram program) {
    return new Member(program.name(), starts -> startJvm(program));
  }

  /** Every process of the cluster. */
  public List<Member> members() {
    List<Member> all = new ArrayList<>(kafka.members());
    all.add(storage.postgres());
    all.add(storage.registry());
    all.add(flink.zooKeeper());
    all.add(flink.jobManager());
    all.addAll(flink.taskManagers());
    all.addAll(sinks);
    return all;
  }

  public List<Member> brokers() {
    return kafka.members();
  }

  /** The ports that each broker listens on, in the order of {@link #brokers()}. */
  public List<List<Integer>> brokerPorts() {
    return kafka.ports();
  }

  public int postgresPort() {
    return endpoints().databasePort();
  }

  public Member registry() {
    return storage.registry();
  }

  public Member postgres() {
    return storage.postgres();
  }

  public Member jobManager() {
    return flink.jobManager();
  }

  /** The disk of a broker, where disks are limited. */
  public LimitedDisk brokerDisk() {
    return Objects.requireNonNull(brokerDisk, "disks are not limited");
  }

  /** The disk of PostgreSQL, where disks are limited. */
  public LimitedDisk postgresDisk() {
    return Objects.requireNonNull(postgresDisk, "disks are not limited");
  }

  public List<Member> taskManagers() {
    return flink.taskManagers();
  }

  /** The JobManager and all TaskManagers. */
  public List<Member> flink() {
    List<Member> all = new ArrayList<>(flink.taskManagers());
    all.add(flink.jobManager());
    return all;
  }

  /** The TaskManager that has the most work just now. */
  public Member busiestTaskManager() throws InterruptedException {
    return flink.busiestTaskManager();
  }

  public List<Member> sinks() {
    return sinks;
  }

  /** What ended by itself and was started again, a name each time. */
  public List<String> startedAgain() {
    return supervisor.startedAgain();
  }

  /**
   * What is not as it should be just now: a process that is not there, a partition that lacks a
   * copy, a job that does not run; empty when all is well.
   */
  public String ailment() throws InterruptedException {
    for (Member member : members()) {
      if (!member.isAlive()) {
        return member.name() + " does not run";
      }
    }
    try {
      long lacking = kafka.underReplicated();
      if (lacking > 0) {
        return lacking + " partitions lack a copy";
      }
      int there = flink.rest().overview().taskManagers();
      if (there != FlinkSession.TASK_MANAGERS) {
        return there + " TaskManagers are there";
      }
      List<FlinkRest.Job> jobs = flink.rest().jobs();
      for (String name : JOBS) {
        if (jobs.stream().noneMatch(job -> job.name().equals(name) && job.isFullyRunning())) {
          return name + " does not run: Flink knows " + jobs;
        }
      }
      return "";
    } catch (IOException | StackException e) {
      return e.toString();
    }
  }

  /** Where clients reach the servers; Kafka's address names all three brokers. */
  public Endpoints endpoints() {
    return storage.endpoints(kafka.bootstrapServers(), flink.restUrl());
  }

  /** Settings of any Kafka client. */
  public Map<String, Object> kafkaSettings() {
    return kafka.clientSettings();
  }

  /** A new client of the schema registry. */
  public SchemaRegistryClient registryClient() {
    return Registry.connect(new RegistrySettings(storage.registryUrl(), false));
  }

  /** A connection to the database, as its owner. */
  public Connection connect() throws SQLException {
    return storage.connect();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    supervisor.close();
    launcher.close();
    // Nothing that they hold is wanted any more, so that they may all go at once.
    List<Thread> ending = new ArrayList<>();
    for (Child child : children) {
      if (child.isAlive()) {
        Thread thread = new Thread(child::stop, "end-" + child.name());
        thread.start();
        ending.add(thread);
      }
    }
    try {
      for (Thread thread : ending) {
        thread.join();
      }
      if (brokerDisk != null) {
        brokerDisk.unmount();
      }
      if (postgresDisk != null) {
        postgresDisk.unmount();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ClusterFolder.candidates(folder).forEach(Folders::delete);
  }
}
