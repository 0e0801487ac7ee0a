package io.tocsin.stack.security;

import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.stack.server.BrokerSecurity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * The security of a stack on one machine: TLS with an authority of its own, a user with a password
 * for each role, and rights for each that reach no further than its work. All of it lies in one
 * folder of the stack's state, for its owner alone.
 */
public final class StackSecurity {

  static final ScramMechanism MECHANISM = ScramMechanism.SCRAM_SHA_512;
  static final int ITERATIONS = 8192;

  private static final String BROKER = "tocsin-broker";
  private static final int BROKER_DAYS = 825;

  private final RoleCredentials roles;
  private final CertificateAuthority authority;
  private final String bootstrapServers;
  private final BrokerSecurity broker;

  private StackSecurity(
      RoleCredentials roles,
      CertificateAuthority authority,
      String bootstrapServers,
      BrokerSecurity broker) {
    this.roles = roles;
    this.authority = authority;
    this.bootstrapServers = bootstrapServers;
    this.broker = broker;
  }

  /** The folder of a stack's secrets. */
  public static Path folder(Path stateDir) {
    return stateDir.resolve("security");
  }

  /** The credentials of a role in a stack, whether it is secured or not. */
  public static Path credentials(Path stateDir, Role role) {
    return new RoleCredentials(folder(stateDir)).file(role);
  }

  /** Whether the stack of that folder is a secured one. */
  public static boolean isThere(Path stateDir) {
    return Files.exists(credentials(stateDir, Role.ADMIN));
  }

  /**
   * Makes what is missing: authority, the broker's certificate, passwords. Passwords stay over
   * restarts.
   *
   * @param name of the stack
   * @param insidePort a free port for the broker's own connections
   */
  public static StackSecurity prepare(
      Path stateDir, String name, String bootstrapServers, int insidePort)
      throws InterruptedException {
    Path folder = PrivateFiles.folder(folder(stateDir));
    CertificateAuthority authority = CertificateAuthority.open(folder, name);
    Path trusted = PrivateFiles.write(folder.resolve("authority.pem"), authority.certificate());
    Path key =
        authority.keyAndCertificate(
            BROKER, List.of("ip:127.0.0.1", "dns:localhost"), Instant.now(), BROKER_DAYS);
    RoleCredentials roles = new RoleCredentials(folder);
    roles.write("stack " + name, bootstrapServers, authority.certificate(), Map.of());
    return new StackSecurity(
        roles,
        authority,
        bootstrapServers,
        new BrokerSecurity(
            insidePort,
            key,
            trusted,
            List.of(BROKER, Role.ADMIN.user()),
            "%s=[name=%s,iterations=%d,password=%s]"
                .formatted(
                    MECHANISM.mechanismName(),
                    Role.ADMIN.user(),
                    ITERATIONS,
                    roles.password(Role.ADMIN)),
            CredentialsFile.references(roles.file(Role.ADMIN)),
            Map.of()));
  }

  /** What the broker is told. */
  public BrokerSecurity broker() {
    return broker;
  }

  /** The authority of the stack's certificates. */
  public CertificateAuthority authority() {
    return authority;
  }

  /** The credentials of a role. */
  public Path credentials(Role role) {
    return roles.file(role);
  }

  /** Where clients reach Kafka. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /**
   * Gives every role its password and its rights; doing so again changes nothing.
   *
   * @throws io.tocsin.stack.StackException if Kafka refuses
   */
  public void grant(Admin admin) throws InterruptedException {
    roles.grant(admin);
  }

  static UserScramCredentialUpsertion upsertion(String user, String password) {
    return new UserScramCredentialUpsertion(
        user, new ScramCredentialInfo(MECHANISM, ITERATIONS), password);
  }
}
