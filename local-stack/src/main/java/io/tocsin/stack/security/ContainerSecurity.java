package io.tocsin.stack.security;

import io.tocsin.schema.access.CredentialsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The secrets of servers and parts that run in containers: an authority, certificates, and a file
 * of credentials for each role, all in one folder that no container but their maker's has.
 *
 * <p>A broker that finds its storage formatted by its image knows no password yet. So the
 * administrator comes by a certificate the first time ({@link #FIRST_ADMINISTRATOR}), and {@code
 * tocsin init --roles} gives the roles their passwords.
 *
 * @param folder its maker's alone
 * @param authority of all certificates
 */
record ContainerSecurity(Path folder, CertificateAuthority authority) {

  /** Certificates that are trusted, PEM; the one file that everyone may read. */
  static final String TRUSTED = "authority.pem";

  /** Credentials of an administrator that Kafka knows by certificate, before any password. */
  static final String FIRST_ADMINISTRATOR = "first-administrator.properties";

  private static final int CERTIFICATE_DAYS = 825;
  private static final String END_OF_KEY = "-----END PRIVATE KEY-----\n";

  /**
   * Opens the folder, makes it and its authority where they are missing.
   *
   * @param name of what is secured, for the authority's certificate
   */
  static ContainerSecurity open(Path folder, String name) throws InterruptedException {
    CertificateAuthority authority = CertificateAuthority.open(folder, name);
    PrivateFiles.write(folder.resolve(TRUSTED), authority.certificate());
    return new ContainerSecurity(folder, authority);
  }

  /**
   * A server's certificate with its key, in {@code NAME.pem}; the same one until a month before its
   * end.
   *
   * @param alternativeNames such as {@code dns:kafka}
   */
  void server(String name, List<String> alternativeNames) throws InterruptedException {
    var unused =
        authority.keyAndCertificate(name, alternativeNames, Instant.now(), CERTIFICATE_DAYS);
  }

  /**
   * Writes every role's file and the first administrator's; passwords stay.
   *
   * @param bootstrapServers Kafka, for clients with passwords
   * @param registryUrl the schema registry
   */
  void roles(String name, String bootstrapServers, String registryUrl) throws InterruptedException {
    new RoleCredentials(folder)
        .write(
            name,
            bootstrapServers,
            authority.certificate(),
            Map.of(CredentialsFile.REGISTRY_URL, registryUrl));
    Path pem =
        authority.keyAndCertificate(Role.ADMIN.user(), List.of(), Instant.now(), CERTIFICATE_DAYS);
    String keyAndChain = read(pem);
    int chain = keyAndChain.indexOf(END_OF_KEY) + END_OF_KEY.length();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("security.protocol", "SSL");
    settings.put("ssl.keystore.type", "PEM");
    settings.put("ssl.keystore.key", keyAndChain.substring(0, chain));
    settings.put("ssl.keystore.certificate.chain", keyAndChain.substring(chain));
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.truststore.certificates", authority.certificate());
    PrivateFiles.write(
        folder.resolve(FIRST_ADMINISTRATOR),
        CredentialsText.lines(Role.ADMIN.user() + " of " + name + ", by certificate", settings));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}
