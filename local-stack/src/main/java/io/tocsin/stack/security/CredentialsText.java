package io.tocsin.stack.security;

import io.tocsin.schema.access.CredentialsFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What files of credentials hold: a user with a password, over TLS. */
final class CredentialsText {

  private static final Pattern PASSWORD = Pattern.compile(" password=\"([A-Za-z0-9_-]+)\";");

  private CredentialsText() {}

  /**
   * Settings of a client that comes with a user's name and password.
   *
   * @param authority certificates that are trusted, PEM
   */
  static Map<String, String> settings(
      String bootstrapServers, String user, String password, String authority) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("bootstrap.servers", bootstrapServers);
    settings.put("security.protocol", "SASL_SSL");
    settings.put("sasl.mechanism", "SCRAM-SHA-512");
    settings.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
            + user
            + "\" password=\""
            + password
            + "\";");
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.truststore.certificates", authority);
    return settings;
  }

  /** The password in a file that {@link #settings} made. */
  static Optional<String> password(CredentialsFile file) {
    Matcher found = PASSWORD.matcher(file.value("sasl.jaas.config").orElse(""));
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  /** As a properties file. */
  static String lines(String title, Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + escaped(entry.getValue()))
        .collect(Collectors.joining("\n", "# " + title + "\n", "\n"));
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\n", "\\n");
  }
}
