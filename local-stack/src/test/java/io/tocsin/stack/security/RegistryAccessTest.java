package io.tocsin.stack.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.tocsin.schema.wire.Registry;
import io.tocsin.schema.wire.RegistrySettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLException;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry behind TLS and a password, of an authority that no machine knows. */
class RegistryAccessTest {

  private static final String PASSWORD = "geheim";

  @TempDir private static Path home;

  private static CertificateAuthority authority;
  private static HttpsServer server;

  @BeforeAll
  static void startRegistry() throws Exception {
    authority = CertificateAuthority.open(home.resolve("authority"), "it");
    Path key = authority.keyAndCertificate("registry", List.of("ip:127.0.0.1"), Instant.now(), 30);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    try (DefaultSslEngineFactory stores = new DefaultSslEngineFactory()) {
      stores.configure(
          new ProducerConfig(
                  Map.of(
                      "bootstrap.servers",
                      "127.0.0.1:9092",
                      "key.serializer",
                      StringSerializer.class,
                      "value.serializer",
                      StringSerializer.class,
                      "ssl.keystore.type",
                      "PEM",
                      "ssl.keystore.location",
                      key.toString()))
              .values());
      server.setHttpsConfigurator(new HttpsConfigurator(stores.sslContext()));
    }
    server
        .createContext(
            "/",
            exchange -> {
              byte[] answer = "[\"tocsin.sensors.v1-value\"]".getBytes(UTF_8);
              exchange.getResponseHeaders().add("Content-Type", "application/json");
              exchange.sendResponseHeaders(200, answer.length);
              exchange.getResponseBody().write(answer);
              exchange.close();
            })
        .setAuthenticator(
            new BasicAuthenticator("registry") {
              @Override
              public boolean checkCredentials(String user, String password) {
                return user.equals("gate-3") && password.equals(PASSWORD);
              }
            });
    server.start();
  }

  @AfterAll
  static void stopRegistry() {
    if (server != null) {
      server.stop(0);
    }
  }

  private static SchemaRegistryClient client(String password, boolean trusting) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("schema.registry.basic.auth.user.info", "gate-3:" + password);
    if (trusting) {
      settings.put("schema.registry.ssl.truststore.type", "PEM");
      settings.put("schema.registry.ssl.truststore.certificates", authority.certificate());
    }
    Path file =
        PrivateFiles.write(
            home.resolve("registry-" + trusting + ".properties"),
            CredentialsText.lines("a client", settings));
    return Registry.connect(
        new RegistrySettings(
            "https://127.0.0.1:" + server.getAddress().getPort(), false, file.toString()));
  }

  @Test
  void theFileOfCredentialsLetsAClientIn() throws Exception {
    assertThat(client(PASSWORD, true).getAllSubjects()).containsExactly("tocsin.sensors.v1-value");
  }

  @Test
  void aWrongPasswordIsRefused() {
    assertThatThrownBy(() -> client("falsch", true).getAllSubjects())
        .isInstanceOf(RestClientException.class);
  }

  @Test
  void anAuthorityThatTheFileDoesNotNameIsNotTrusted() {
    assertThatThrownBy(() -> client(PASSWORD, false).getAllSubjects())
        .isInstanceOf(SSLException.class);
  }
}
