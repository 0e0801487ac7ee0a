package io.tocsin.stack.security;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tocsin.schema.TopicCreation;
import io.tocsin.schema.Topics;
import io.tocsin.stack.Distribution;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.Launcher;
import io.tocsin.stack.process.TcpPorts;
import io.tocsin.stack.server.KafkaServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;

/**
 * A secured broker alone, as a stack has it, with two doors more: one whose certificate has
 * expired, one whose certificate is another host's. Beside it a registry that knows every schema.
 */
final class SecuredBroker implements AutoCloseable {

  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final Path stateDir;
  private final int[] ports = TcpPorts.own(5);
  private final StackSecurity security;
  private final HttpServer registry;

  private SecuredBroker(Path stateDir) throws InterruptedException, IOException {
    this.stateDir = stateDir;
    this.security = StackSecurity.prepare(stateDir, "it", "127.0.0.1:" + ports[0], ports[1]);
    this.registry =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext("/", SecuredBroker::knowsEverySchema);
  }

  static SecuredBroker start(Path stateDir) throws Exception {
    SecuredBroker broker = new SecuredBroker(stateDir);
    try {
      broker.startServers();
      return broker;
    } catch (Exception e) {
      broker.close();
      throw e;
    }
  }

  private void startServers() throws Exception {
    registry.start();
    Instant longAgo = Instant.now().minus(10, ChronoUnit.DAYS);
    Path expired =
        security.authority().keyAndCertificate("expired", List.of("ip:127.0.0.1"), longAgo, 1);
    Path elsewhere =
        security
            .authority()
            .keyAndCertificate("elsewhere", List.of("dns:kafka.example.org"), Instant.now(), 30);
    String clients =
        "BROKER://127.0.0.1:%d,INSIDE://127.0.0.1:%d,EXPIRED://127.0.0.1:%d,ELSEWHERE://127.0.0.1:%d"
            .formatted(ports[0], ports[1], ports[2], ports[3]);
    KafkaServer kafka =
        new KafkaServer(
            Distribution.locate(),
            new Launcher(stateDir, children::add),
            stateDir.resolve("kafka"),
            ports[0],
            ports[4],
            security
                .broker()
                .with(
                    Map.of(
                        "listeners",
                        clients + ",CONTROLLER://127.0.0.1:" + ports[4],
                        "advertised.listeners",
                        clients,
                        "listener.security.protocol.map",
                        "BROKER:SASL_SSL,INSIDE:SSL,CONTROLLER:SSL,EXPIRED:SSL,ELSEWHERE:SSL",
                        "listener.name.expired.ssl.keystore.location",
                        expired.toString(),
                        "listener.name.elsewhere.ssl.keystore.location",
                        elsewhere.toString())));
    kafka.start();
    kafka.awaitReady();
    try (Admin admin = admin()) {
      TopicCreation.create(admin, 1, (short) 1);
      security.grant(admin);
    }
  }

  /** The answer to every question for a schema: it is the seventh, that of sensors' keys. */
  private static void knowsEverySchema(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      byte[] answer =
          new ObjectMapper()
              .writeValueAsBytes(
                  Map.of(
                      "subject",
                      Topics.SENSOR_KEYS.subject(),
                      "version",
                      1,
                      "id",
                      7,
                      "schema",
                      Topics.SENSOR_KEYS.schema().toString()));
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  Admin admin() {
    Map<String, Object> settings = new HashMap<>(security.broker().administrator());
    settings.put("bootstrap.servers", address());
    return Admin.create(settings);
  }

  StackSecurity security() {
    return security;
  }

  String address() {
    return "127.0.0.1:" + ports[0];
  }

  String addressForCertificates() {
    return "127.0.0.1:" + ports[1];
  }

  String addressWithExpiredCertificate() {
    return "127.0.0.1:" + ports[2];
  }

  String addressWithAnothersCertificate() {
    return "127.0.0.1:" + ports[3];
  }

  String registryUrl() {
    return "http://127.0.0.1:" + registry.getAddress().getPort();
  }

  /** Lets a sensor in. */
  String letIn(String sensorId) throws InterruptedException {
    String password = Secret.random();
    try (Admin admin = admin()) {
      new Fleet(admin).add(new SensorPrincipal(sensorId), password);
    }
    return password;
  }

  /**
   * A file of credentials.
   *
   * @param changes settings over those of a user with a password; an empty one takes it away
   */
  Path credentials(String name, String user, String password, Map<String, String> changes) {
    Map<String, String> settings =
        new HashMap<>(
            CredentialsText.settings(
                address(), user, password, security.authority().certificate()));
    changes.forEach(
        (key, value) -> {
          if (value.isEmpty()) {
            settings.remove(key);
          } else {
            settings.put(key, value);
          }
        });
    return PrivateFiles.write(
        stateDir.resolve(name + ".properties"), CredentialsText.lines(name, settings));
  }

  /** Where a client with a certificate goes. */
  Map<String, String> byCertificate(Path keyAndCertificate) {
    return Map.of(
        "bootstrap.servers", addressForCertificates(),
        "security.protocol", "SSL",
        "sasl.mechanism", "",
        "sasl.jaas.config", "",
        "ssl.keystore.type", "PEM",
        "ssl.keystore.location", keyAndCertificate.toString());
  }

  @Override
  public void close() {
    registry.stop(0);
    children.forEach(Child::stop);
  }
}
