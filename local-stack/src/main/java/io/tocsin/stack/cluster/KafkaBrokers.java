package io.tocsin.stack.cluster;

import io.tocsin.stack.Distribution;
import io.tocsin.stack.StackException;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.Launcher;
import io.tocsin.stack.server.JavaCommand;
import io.tocsin.stack.server.Readiness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Three Kafka nodes, each broker and KRaft controller. Every record lies on all three, and two must
 * have it before it counts as written.
 */
final class KafkaBrokers {

  static final short REPLICATION = 3;

  private static final int LEAST_IN_SYNC = 2;
  private static final long ANSWER_SECONDS = 10;

  private record Node(int id, int port, int controllerPort, Path folder) {}

  private final Distribution distribution;
  private final Launcher launcher;
  private final List<Node> nodes;
  private final String clusterId = Uuid.randomUuid().toString();
  private final List<Member> members;

  KafkaBrokers(Distribution distribution, Launcher launcher, Path folder, IntSupplier freePorts) {
    this.distribution = distribution;
    this.launcher = launcher;
    this.nodes =
        IntStream.rangeClosed(1, REPLICATION)
            .mapToObj(
                id ->
                    new Node(
                        id,
                        freePorts.getAsInt(),
                        freePorts.getAsInt(),
                        folder.resolve("kafka-" + id)))
            .toList();
    this.members =
        nodes.stream().map(node -> new Member("kafka-" + node.id(), n -> start(node))).toList();
  }

  /** {@code host:port} of each for clients, comma-separated. */
  String bootstrapServers() {
    return nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
  }

  List<Member> members() {
    return members;
  }

  /** The ports that each listens on: clients' and other brokers', and the controllers'. */
  List<List<Integer>> ports() {
    return nodes.stream().map(node -> List.of(node.port(), node.controllerPort())).toList();
  }

  /** Where a broker keeps its records and all else. */
  Path folderOf(int broker) {
    return nodes.get(broker).folder();
  }

  Map<String, Object> clientSettings() {
    return Map.of(
        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
        bootstrapServers(),
        AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
        "200");
  }

  /** Waits until all nodes are there, and has two of them keep what is written. */
  void awaitReady() throws InterruptedException {
    try (Admin admin = Admin.create(clientSettings())) {
      Readiness.await(
          "kafka",
          members.stream().map(Member::running).toList(),
          () -> {
            int there =
                admin.describeCluster().nodes().get(ANSWER_SECONDS, TimeUnit.SECONDS).size();
            if (there < nodes.size()) {
              throw new IOException("the cluster has " + there + " nodes of " + nodes.size());
            }
          });
      // The controller does not heed the brokers' own files here.
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.BROKER, ""),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry(
                              TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                              Integer.toString(LEAST_IN_SYNC)),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new StackException("Kafka refuses its setting: " + e.getCause(), e);
    }
  }

  /** Partitions that have not all their copies in sync. */
  long underReplicated() throws InterruptedException {
    try (Admin admin = Admin.create(clientSettings())) {
      return admin
          .describeTopics(admin.listTopics().names().get(ANSWER_SECONDS, TimeUnit.SECONDS))
          .allTopicNames()
          .get(ANSWER_SECONDS, TimeUnit.SECONDS)
          .values()
          .stream()
          .flatMap(topic -> topic.partitions().stream())
          .filter(partition -> partition.isr().size() < REPLICATION)
          .count();
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new StackException("Kafka does not say how its partitions are: " + e, e);
    }
  }

  private Child start(Node node) {
    Path configuration = node.folder().resolve("server.properties");
    Path records = node.folder().resolve("records");
    if (!Files.exists(records.resolve("meta.properties"))) {
      try {
        Files.createDirectories(node.folder());
        Files.writeString(configuration, properties(node, records));
      } catch (IOException e) {
        throw new UncheckedIOException(configuration + " cannot be written", e);
      }
      format(configuration);
    }
    return launcher.start(
        JavaCommand.of(
            distribution,
            launcher,
            node.folder(),
            "kafka-" + node.id(),
            List.of("-Xms320m", "-Xmx320m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"),
            "kafka.Kafka",
            List.of(configuration.toString())));
  }

  private String properties(Node node, Path records) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("process.roles", "broker,controller");
    all.put("node.id", Integer.toString(node.id()));
    all.put(
        "controller.quorum.voters",
        nodes.stream()
            .map(voter -> voter.id() + "@127.0.0.1:" + voter.controllerPort())
            .collect(Collectors.joining(",")));
    all.put(
        "listeners",
        "BROKER://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
            .formatted(node.port(), node.controllerPort()));
    all.put("advertised.listeners", "BROKER://127.0.0.1:" + node.port());
    all.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
    all.put("inter.broker.listener.name", "BROKER");
    all.put("controller.listener.names", "CONTROLLER");
    all.put("log.dirs", records.toString());
    all.put("auto.create.topics.enable", "false");
    String copies = Integer.toString(REPLICATION);
    String inSync = Integer.toString(LEAST_IN_SYNC);
    all.put("default.replication.factor", copies);
    all.put("offsets.topic.replication.factor", copies);
    all.put("offsets.topic.num.partitions", "4");
    all.put("transaction.state.log.replication.factor", copies);
    all.put("transaction.state.log.min.isr", inSync);
    all.put("transaction.state.log.num.partitions", "4");
    all.put("share.coordinator.state.topic.replication.factor", copies);
    all.put("share.coordinator.state.topic.min.isr", inSync);
    all.put("group.initial.rebalance.delay.ms", "0");
    return all.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
        .collect(Collectors.joining());
  }

  private void format(Path configuration) {
    List<String> arguments =
        new ArrayList<>(List.of("format", "-t", clusterId, "-c", configuration.toString()));
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
