package io.tocsin.stack.security;

import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.stack.StackException;
import io.tocsin.stack.server.BrokerSecurity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclBinding;

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

  private final Path folder;
  private final CertificateAuthority authority;
  private final String bootstrapServers;
  private final BrokerSecurity broker;

  private StackSecurity(
      Path folder, CertificateAuthority authority, String bootstrapServers, BrokerSecurity broker) {
    this.folder = folder;
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
    return folder(stateDir).resolve(role.user() + ".properties");
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
    for (Role role : Role.values()) {
      Path file = credentials(stateDir, role);
      PrivateFiles.write(
          file,
          CredentialsText.lines(
              role.user() + " of stack " + name,
              CredentialsText.settings(
                  bootstrapServers, role.user(), passwordIn(file), authority.certificate())));
    }
    Path admin = credentials(stateDir, Role.ADMIN);
    return new StackSecurity(
        folder,
        authority,
        bootstrapServers,
        new BrokerSecurity(
            insidePort,
            key,
            trusted,
            List.of(BROKER, Role.ADMIN.user()),
            "%s=[name=%s,iterations=%d,password=%s]"
                .formatted(
                    MECHANISM.mechanismName(), Role.ADMIN.user(), ITERATIONS, passwordIn(admin)),
            CredentialsFile.references(admin),
            Map.of()));
  }

  private static String passwordIn(Path file) {
    return Files.exists(file)
        ? CredentialsText.password(CredentialsFile.read(file)).orElseGet(Secret::random)
        : Secret.random();
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
    return folder.resolve(role.user() + ".properties");
  }

  /** Where clients reach Kafka. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /**
   * Gives every role its password and its rights; doing so again changes nothing.
   *
   * @throws StackException if Kafka refuses
   */
  public void grant(Admin admin) throws InterruptedException {
    List<UserScramCredentialAlteration> passwords = new ArrayList<>();
    List<AclBinding> rights = new ArrayList<>();
    for (Role role : Role.values()) {
      if (role != Role.ADMIN) {
        passwords.add(upsertion(role.user(), passwordIn(credentials(role))));
        rights.addAll(role.rights());
      }
    }
    try {
      admin.alterUserScramCredentials(passwords).all().get();
      admin.createAcls(rights).all().get();
    } catch (ExecutionException e) {
      throw new StackException("Kafka does not take the roles' rights: " + e.getCause(), e);
    }
  }

  static UserScramCredentialUpsertion upsertion(String user, String password) {
    return new UserScramCredentialUpsertion(
        user, new ScramCredentialInfo(MECHANISM, ITERATIONS), password);
  }
}
