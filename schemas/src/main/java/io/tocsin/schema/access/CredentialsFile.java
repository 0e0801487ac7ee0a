package io.tocsin.schema.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.jspecify.annotations.Nullable;

/**
 * Who a Kafka client is: a properties file of Kafka's own client settings (security.protocol,
 * sasl.*, ssl.*), as Kafka's tools take it, that its owner alone may read. {@code ${env:NAME}} in a
 * value stands for an environment variable. Keys that begin with {@code tocsin.} are Tocsin's own,
 * those that begin with {@code schema.registry.} are for the registry's client.
 *
 * @param path of the file, absolute
 * @param values what it says, variables filled in
 */
public record CredentialsFile(Path path, Map<String, String> values) {

  /** The environment variable that names the file where no setting does. */
  public static final String VARIABLE = "TOCSIN_KAFKA_CREDENTIALS";

  /** Tocsin's own keys. */
  public static final String OWN_PREFIX = "tocsin.";

  /** Keys of the registry's client. */
  public static final String REGISTRY_PREFIX = "schema.registry.";

  /** Name of the sensor that the file was made for. */
  public static final String SENSOR_ID = "tocsin.sensor.id";

  /** The registry's address. */
  public static final String REGISTRY_URL = "tocsin.registry.url";

  private static final String GIVEN_BY_SYSTEMD = "CREDENTIALS_DIRECTORY";
  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);
  private static final Pattern ENVIRONMENT = Pattern.compile("\\$\\{env:([A-Za-z_][A-Za-z0-9_]*)}");
  private static final Pattern USERNAME = Pattern.compile("username=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern REFERABLE = Pattern.compile("[^:{}$]+");

  public CredentialsFile {
    values = Map.copyOf(values);
  }

  /**
   * Reads a file.
   *
   * @throws CredentialsException if it cannot be read, others may read it, or a variable is not set
   */
  public static CredentialsFile read(Path path) {
    return read(path, System.getenv());
  }

  static CredentialsFile read(Path path, Map<String, String> environment) {
    Path file = path.toAbsolutePath();
    requirePrivate(file, environment);
    Properties read = new Properties();
    try (Reader text = new StringReader(Files.readString(file, UTF_8))) {
      read.load(text);
    } catch (IOException | IllegalArgumentException e) {
      // The text is not repeated: it may be a secret.
      throw new CredentialsException(
          "credentials "
              + file
              + " cannot be read ("
              + e.getClass().getSimpleName()
              + "); a text file of key=value lines is wanted");
    }
    Map<String, String> values = new TreeMap<>();
    read.stringPropertyNames()
        .forEach(key -> values.put(key, filled(file, key, read.getProperty(key, ""), environment)));
    CredentialsFile credentials = new CredentialsFile(file, values);
    credentials.keystore().ifPresent(keys -> requirePrivate(keys, environment));
    return credentials;
  }

  private static String filled(
      Path file, String key, String value, Map<String, String> environment) {
    return ENVIRONMENT
        .matcher(value)
        .replaceAll(
            found -> {
              String held = environment.get(found.group(1));
              if (held == null) {
                throw new CredentialsException(
                    "credentials "
                        + file
                        + ": "
                        + key
                        + " wants the environment variable "
                        + found.group(1)
                        + ", which is not set");
              }
              return Matcher.quoteReplacement(
                  key.equals(SaslConfigs.SASL_JAAS_CONFIG)
                      ? held.replace("\\", "\\\\").replace("\"", "\\\"")
                      : held);
            });
  }

  /**
   * Refuses a file that others than its owner may read.
   *
   * @throws CredentialsException saying how to mend it
   */
  public static void requirePrivate(Path file) {
    requirePrivate(file, System.getenv());
  }

  static void requirePrivate(Path file, Map<String, String> environment) {
    String given = environment.get(GIVEN_BY_SYSTEMD);
    if (given != null && file.startsWith(given)) {
      // Another user's file, which an access list opens for the service alone.
      return;
    }
    try {
      if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        if (!Files.exists(file)) {
          throw new NoSuchFileException(file.toString());
        }
        return;
      }
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
      if (!OWNERS.containsAll(mode)) {
        throw new CredentialsException(
            file
                + " may be read by others ("
                + PosixFilePermissions.toString(mode)
                + "); let its owner alone read it: chmod 600 "
                + file);
      }
    } catch (NoSuchFileException e) {
      throw new CredentialsException(file + " is not there; is the path right?");
    } catch (IOException e) {
      throw new CredentialsException(file + " cannot be looked at: " + e);
    }
  }

  private Optional<Path> keystore() {
    return Optional.ofNullable(values.get(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG)).map(Path::of);
  }

  /**
   * Settings for a Kafka client that name the file's values without holding them: the client reads
   * them where it is made, so that no plan of a job, no list of settings and no log shows them.
   *
   * @throws CredentialsException if the file cannot be used, here and now
   */
  public static Map<String, String> references(Path file) {
    CredentialsFile credentials = read(file);
    if (!REFERABLE.matcher(credentials.path.toString()).matches()) {
      throw new CredentialsException(
          credentials.path + " has one of : { } $ in its path; give it another name");
    }
    Map<String, String> settings = new TreeMap<>();
    settings.put("config.providers", CredentialsProvider.NAME);
    settings.put(
        "config.providers." + CredentialsProvider.NAME + ".class",
        CredentialsProvider.class.getName());
    credentials
        .kafka()
        .keySet()
        .forEach(
            key ->
                settings.put(
                    key,
                    "${" + CredentialsProvider.NAME + ":" + credentials.path + ":" + key + "}"));
    return settings;
  }

  /** The settings for Kafka's clients; the address, where the file holds one, is none of them. */
  public Map<String, String> kafka() {
    Map<String, String> settings = new TreeMap<>(values);
    settings
        .keySet()
        .removeIf(
            key ->
                key.startsWith(OWN_PREFIX)
                    || key.startsWith(REGISTRY_PREFIX)
                    || key.equals("bootstrap.servers"));
    return settings;
  }

  /** Settings for the registry's client, without their prefix. */
  public Map<String, String> registry() {
    Map<String, String> settings = new TreeMap<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(REGISTRY_PREFIX)) {
            settings.put(key.substring(REGISTRY_PREFIX.length()), value);
          }
        });
    return settings;
  }

  /** A value, where the file has it. */
  public Optional<String> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** Who Kafka takes the client for, such as {@code User:gate-3}; empty where the file is mute. */
  public Optional<String> principal() {
    Matcher user = USERNAME.matcher(values.getOrDefault(SaslConfigs.SASL_JAAS_CONFIG, ""));
    if (user.find()) {
      return Optional.of("User:" + user.group(1));
    }
    return certificate().flatMap(CredentialsFile::commonName).map(name -> "User:" + name);
  }

  /** The client's own certificate; empty where it has none, or none that can be read. */
  public Optional<X509Certificate> certificate() {
    try {
      @Nullable String pem = values.get(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG);
      if (pem == null && keystore().isPresent()) {
        pem = Files.readString(keystore().get());
      }
      int from = pem == null ? -1 : pem.indexOf("-----BEGIN CERTIFICATE-----");
      if (pem == null || from < 0) {
        return Optional.empty();
      }
      Collection<?> found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem.substring(from).getBytes(UTF_8)));
      return found.stream().map(X509Certificate.class::cast).findFirst();
    } catch (IOException | CertificateException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> commonName(X509Certificate certificate) {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName())
          .getRdns().stream()
              .filter(part -> part.getType().equalsIgnoreCase("CN"))
              .map(Rdn::getValue)
              .map(String::valueOf)
              .findFirst();
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }

  /** Names the file and what it is for, never what it holds. */
  @Override
  public String toString() {
    return "credentials " + path;
  }
}
