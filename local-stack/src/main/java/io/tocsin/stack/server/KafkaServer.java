package io.tocsin.stack.server;

import io.tocsin.stack.Distribution;
import io.tocsin.stack.StackException;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.Launcher;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** One Kafka node, broker and KRaft controller at once, on loopback. */
public final class KafkaServer implements Server {

  private static final long ANSWER_SECONDS = 5;

  private final Distribution distribution;
  private final Launcher launcher;
  private final Path folder;
  private final int port;
  private final int controllerPort;
  private final @Nullable BrokerSecurity security;
  private final List<Child> children = new ArrayList<>();

  /**
   * @param folder for the broker's records and configuration
   * @param controllerPort a free port, used inside the node
   */
  public KafkaServer(
      Distribution distribution, Launcher launcher, Path folder, int port, int controllerPort) {
    this(distribution, launcher, folder, port, controllerPort, null);
  }

  /**
   * The same.
   *
   * @param security null for a broker that lets everyone do everything
   */
  public KafkaServer(
      Distribution distribution,
      Launcher launcher,
      Path folder,
      int port,
      int controllerPort,
      @Nullable BrokerSecurity security) {
    this.security = security;
    this.distribution = distribution;
    this.launcher = launcher;
    this.folder = folder;
    this.port = port;
    this.controllerPort = controllerPort;
  }

  /** {@code host:port} for clients. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public List<Child> children() {
    return List.copyOf(children);
  }

  @Override
  public void start() {
    Path logs = folder.resolve("records");
    Path configuration = folder.resolve("server.properties");
    try {
      Files.createDirectories(folder);
      Files.writeString(configuration, properties(logs));
    } catch (IOException e) {
      throw new UncheckedIOException(configuration + " cannot be written", e);
    }
    if (!Files.exists(logs.resolve("meta.properties"))) {
      format(configuration);
    }
    children.add(
        launcher.start(
            JavaCommand.of(
                distribution,
                launcher,
                folder,
                name(),
                List.of("-Xms256m", "-Xmx512m", "-XX:+UseG1GC"),
                "kafka.Kafka",
                List.of(configuration.toString()))));
  }

  @Override
  public void awaitReady() throws InterruptedException {
    Map<String, Object> settings =
        new HashMap<>(security == null ? Map.of() : security.administrator());
    settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
    // The first answers are refusals; the default backs off to a second of them.
    settings.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "100");
    try (Admin admin = Admin.create(settings)) {
      Readiness.await(
          name(),
          children(),
          () -> {
            if (admin.describeCluster().nodes().get(ANSWER_SECONDS, TimeUnit.SECONDS).isEmpty()) {
              throw new IOException("the cluster has no node");
            }
          });
    }
  }

  private String properties(Path logs) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("process.roles", "broker,controller");
    all.put("node.id", "1");
    all.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    all.put(
        "listeners", "BROKER://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    all.put("advertised.listeners", "BROKER://127.0.0.1:" + port);
    all.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
    all.put("inter.broker.listener.name", "BROKER");
    all.put("controller.listener.names", "CONTROLLER");
    all.put("log.dirs", logs.toString());
    // Topics come from the catalogue; a misspelt name is an error.
    all.put("auto.create.topics.enable", "false");
    all.put("offsets.topic.replication.factor", "1");
    all.put("offsets.topic.num.partitions", "8");
    all.put("transaction.state.log.replication.factor", "1");
    all.put("transaction.state.log.min.isr", "1");
    all.put("transaction.state.log.num.partitions", "8");
    all.put("share.coordinator.state.topic.replication.factor", "1");
    all.put("share.coordinator.state.topic.min.isr", "1");
    all.put("group.initial.rebalance.delay.ms", "0");
    if (security != null) {
      all.putAll(security.properties(port, controllerPort));
    }
    return all.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue().replace("\\", "\\\\") + "\n")
        .collect(Collectors.joining());
  }

  private void format(Path configuration) {
    List<String> arguments =
        new ArrayList<>(
            List.of("format", "-t", Uuid.randomUuid().toString(), "-c", configuration.toString()));
    if (security != null) {
      // In this process, so that no list of processes shows the password.
      arguments.addAll(List.of("--add-scram", security.firstUser()));
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int exitCode =
        kafka.tools.StorageTool.execute(
            arguments.toArray(new String[0]), new PrintStream(said, true, StandardCharsets.UTF_8));
    if (exitCode != 0) {
      throw new StackException(
          "Kafka's storage cannot be formatted as %s says: %s"
              .formatted(configuration, said.toString(StandardCharsets.UTF_8).strip()));
    }
  }
}
