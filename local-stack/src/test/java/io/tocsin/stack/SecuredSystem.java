package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.edge.FleetProducer;
import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.access.KafkaAccess;
import io.tocsin.schema.identity.RecordSigner;
import io.tocsin.schema.identity.SensorKeyMode;
import io.tocsin.schema.identity.SensorKeyPair;
import io.tocsin.schema.identity.SensorSigner;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import io.tocsin.stack.postgres.ClusterFolder;
import io.tocsin.stack.security.Role;
import io.tocsin.stack.security.StackSecurity;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import picocli.CommandLine;

/** Every server and part, secured, with signatures required, as ./tocsin up --secure has them. */
final class SecuredSystem implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final String NAME = "secured";

  private final LocalStack stack;
  private final SchemaRegistryClient registry;

  private SecuredSystem(LocalStack stack) {
    this.stack = stack;
    this.registry = Registry.connect(new RegistrySettings(stack.endpoints().registryUrl(), false));
  }

  static SecuredSystem start(Path home) throws InterruptedException {
    Path bundle = Given.bundle();
    StackSettings settings =
        new StackSettings(
            home, NAME, Given.ports(), true, true, 2, 8, true, SensorKeyMode.REQUIRED);
    LocalStack stack;
    try {
      stack = LocalStack.start(settings, line -> {});
    } catch (MissingPrerequisiteException e) {
      return abort(e.getMessage());
    }
    SecuredSystem system = new SecuredSystem(stack);
    try {
      stack.startParts(bundle);
      stack.markReady();
      return system;
    } catch (RuntimeException | InterruptedException e) {
      system.close();
      throw e;
    }
  }

  LocalStack stack() {
    return stack;
  }

  SchemaRegistryClient registry() {
    return registry;
  }

  /** Runs a verb of the command line, which must succeed; what it said. */
  static String tocsin(String... arguments) {
    StringWriter said = new StringWriter();
    CommandLine line =
        Tocsin.commandLine().setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
    assertThat(line.execute(arguments)).as("%s: %s", List.of(arguments), said).isZero();
    return said.toString();
  }

  /** Lets a sensor in; its file. */
  Path add(String sensorId) {
    tocsin("fleet", "add", sensorId, "--name=" + NAME);
    return StackSecurity.folder(stack.stateDir())
        .resolve("fleet")
        .resolve(sensorId + ".properties");
  }

  /** Settings of a client that comes as {@code role}. */
  Map<String, String> as(Role role) {
    return KafkaAccess.settings(StackSecurity.credentials(stack.stateDir(), role), Map.of());
  }

  /** A connection with a sensor's credentials that signs with its key. */
  FleetProducer producer(Path credentials) {
    return producer(credentials, credentials);
  }

  /** A connection with one sensor's password that signs with another's key. */
  FleetProducer producer(Path password, Path key) {
    return producer(
        password, new SensorSigner(SensorKeyPair.of(CredentialsFile.read(key)).orElseThrow()));
  }

  FleetProducer producer(Path password, RecordSigner signer) {
    return FleetProducer.connect(
        stack.endpoints().bootstrapServers(),
        registry,
        false,
        KafkaAccess.settings(password, Map.of()),
        signer);
  }

  /** Everything in a topic, read as {@code role}. */
  List<ConsumerRecord<byte[], byte[]>> records(Role role, String topic) {
    return new TopicReader(stack.endpoints().bootstrapServers(), as(role)).records(topic);
  }

  /** The reason why {@code part} sent a record to the dead-letter topic. */
  String refusal(RecordMetadata source, String part) {
    return new Refusals(
            new TopicReader(stack.endpoints().bootstrapServers(), as(Role.ADMIN)), PATIENCE)
        .of(source, part);
  }

  @Override
  public void close() {
    stack.close();
    ClusterFolder.candidates(stack.stateDir()).forEach(Folders::delete);
  }
}
