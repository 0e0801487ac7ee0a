package io.tocsin.stack.server;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a broker is secured: clients come over TLS with a user's name and a password (SCRAM-SHA-512),
 * the broker itself and its controller with a certificate, and who has no right does nothing.
 *
 * @param insidePort free, for clients with certificates, such as the broker itself
 * @param keyAndCertificate the broker's, PEM
 * @param authority certificates that are trusted, PEM
 * @param mayEverything users whom no right is asked of
 * @param firstUser as Kafka's storage tool takes it, for the first start
 * @param administrator settings of a client that may everything
 * @param further settings of the broker over these
 */
public record BrokerSecurity(
    int insidePort,
    Path keyAndCertificate,
    Path authority,
    List<String> mayEverything,
    String firstUser,
    Map<String, String> administrator,
    Map<String, String> further) {

  public BrokerSecurity {
    mayEverything = List.copyOf(mayEverything);
    administrator = Map.copyOf(administrator);
    further = Map.copyOf(further);
  }

  /** With other settings of the broker over these. */
  public BrokerSecurity with(Map<String, String> other) {
    return new BrokerSecurity(
        insidePort, keyAndCertificate, authority, mayEverything, firstUser, administrator, other);
  }

  Map<String, String> properties(int port, int controllerPort) {
    Map<String, String> all = new LinkedHashMap<>();
    String clients = "BROKER://127.0.0.1:" + port + ",INSIDE://127.0.0.1:" + insidePort;
    all.put("listeners", clients + ",CONTROLLER://127.0.0.1:" + controllerPort);
    all.put("advertised.listeners", clients);
    all.put("listener.security.protocol.map", "BROKER:SASL_SSL,INSIDE:SSL,CONTROLLER:SSL");
    all.put("inter.broker.listener.name", "INSIDE");
    all.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
    all.put(
        "listener.name.broker.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    all.put("ssl.keystore.type", "PEM");
    all.put("ssl.keystore.location", keyAndCertificate.toString());
    all.put("ssl.truststore.type", "PEM");
    all.put("ssl.truststore.location", authority.toString());
    all.put("listener.name.inside.ssl.client.auth", "required");
    all.put("listener.name.controller.ssl.client.auth", "required");
    // A certificate's CN is the user's name.
    all.put("ssl.principal.mapping.rules", "RULE:^CN=([^,]+).*$/$1/,DEFAULT");
    all.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    all.put("allow.everyone.if.no.acl.found", "false");
    all.put(
        "super.users",
        String.join(";", mayEverything.stream().map(user -> "User:" + user).toList()));
    all.putAll(further);
    return all;
  }

  /** Holds a password. */
  @Override
  public String toString() {
    return "BrokerSecurity[insidePort=" + insidePort + "]";
  }
}
