package io.tocsin.schema.access;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.net.ssl.SSLSocketFactory;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Settings that every Kafka client of ours begins with. */
public final class KafkaAccess {

  private static final Set<String> SECRET =
      Set.of("sasl.jaas.config", "ssl.keystore.key", "basic.auth.user.info");

  private KafkaAccess() {}

  /**
   * Credentials by reference, with {@code further} settings over them.
   *
   * @param credentials a {@link CredentialsFile}; null for none
   * @param further such as from a settings file or flags
   * @throws CredentialsException if the file cannot be used, or {@code further} holds a secret
   */
  public static Map<String, String> settings(
      @Nullable Path credentials, Map<String, String> further) {
    requireNoSecret(further);
    Map<String, String> settings =
        credentials == null
            ? new TreeMap<>()
            : new TreeMap<>(CredentialsFile.references(credentials));
    further.forEach(
        (key, value) ->
            settings.merge(
                key,
                value,
                (ours, theirs) -> key.equals("config.providers") ? ours + "," + theirs : theirs));
    return settings;
  }

  /**
   * The file that a setting names, or else the environment.
   *
   * @return null where neither does
   */
  public static @Nullable Path credentials(
      @Nullable String setting, Map<String, String> environment) {
    String named =
        setting == null || setting.isBlank() ? environment.get(CredentialsFile.VARIABLE) : setting;
    return named == null || named.isBlank() ? null : Path.of(named).toAbsolutePath();
  }

  /**
   * Refuses secrets among settings that lists of processes, logs and plans of jobs show.
   *
   * @throws CredentialsException naming the key, never the value
   */
  public static void requireNoSecret(Map<String, String> settings) {
    settings.forEach(
        (key, value) -> {
          if (isSecret(key) && !value.startsWith("${")) {
            throw new CredentialsException(
                key
                    + " holds a secret, which a setting or flag would show to others; write it into"
                    + " a file of mode 600 and name that as credentials (or in "
                    + CredentialsFile.VARIABLE
                    + ")");
          }
        });
  }

  private static boolean isSecret(String key) {
    String lower = key.toLowerCase(Locale.ROOT);
    return SECRET.stream().anyMatch(lower::endsWith) || lower.endsWith("password");
  }

  /**
   * Looks whether Kafka's client would take the settings, key stores and certificates too; connects
   * to nothing.
   *
   * @throws KafkaException whose innermost cause says why not
   */
  public static void check(Map<String, ?> settings) {
    Map<String, Object> all = new TreeMap<>(settings);
    all.putIfAbsent(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:9092");
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    AbstractConfig parsed = new ProducerConfig(all);
    String protocol = parsed.getString("security.protocol");
    if (protocol.equals(SecurityProtocol.SSL.name)
        || protocol.equals(SecurityProtocol.SASL_SSL.name)) {
      try (DefaultSslEngineFactory stores = new DefaultSslEngineFactory()) {
        stores.configure(parsed.values());
      }
    }
  }

  /**
   * Sockets of another protocol than Kafka's that trust and show what Kafka's settings say.
   *
   * @param settings those that begin with {@code ssl.}
   * @throws KafkaException if a key or certificate cannot be used
   */
  public static SSLSocketFactory sockets(Map<String, String> settings) {
    Map<String, Object> all = new TreeMap<>(settings);
    all.keySet().removeIf(key -> !key.startsWith("ssl."));
    all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:9092");
    all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    try (DefaultSslEngineFactory stores = new DefaultSslEngineFactory()) {
      stores.configure(new ProducerConfig(all).values());
      return stores.sslContext().getSocketFactory();
    }
  }
}
