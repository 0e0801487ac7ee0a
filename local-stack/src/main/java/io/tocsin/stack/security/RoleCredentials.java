package io.tocsin.stack.security;

import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.stack.StackException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.common.acl.AclBinding;

/**
 * A file of credentials for each {@link Role}, all in one folder. What they hold is what Kafka is
 * told of the roles' passwords, and it is kept nowhere else.
 */
public record RoleCredentials(Path folder) {

  /** The file of a role. */
  public Path file(Role role) {
    return folder.resolve(role.user() + ".properties");
  }

  /**
   * Writes every role's file; passwords of files that are there stay.
   *
   * @param name of what the roles belong to
   * @param authority certificates that are trusted, PEM
   * @param further settings of Tocsin's own that each file is to hold
   */
  void write(String name, String bootstrapServers, String authority, Map<String, String> further) {
    for (Role role : Role.values()) {
      Path file = file(role);
      String password =
          Files.exists(file)
              ? CredentialsText.password(CredentialsFile.read(file)).orElseGet(Secret::random)
              : Secret.random();
      Map<String, String> settings =
          new LinkedHashMap<>(
              CredentialsText.settings(bootstrapServers, role.user(), password, authority));
      settings.putAll(further);
      PrivateFiles.write(file, CredentialsText.lines(role.user() + " of " + name, settings));
    }
  }

  /**
   * The password in a role's file.
   *
   * @throws StackException if it holds none
   * @throws io.tocsin.schema.access.CredentialsException if it cannot be read
   */
  String password(Role role) {
    return CredentialsText.password(CredentialsFile.read(file(role)))
        .orElseThrow(
            () ->
                new StackException(
                    file(role) + " holds no password; write the files anew: ./tocsin security"));
  }

  /**
   * Gives every role its password and its rights; doing so again changes nothing.
   *
   * @throws StackException if Kafka refuses, or a file holds no password
   * @throws io.tocsin.schema.access.CredentialsException if a file cannot be read
   */
  public void grant(Admin admin) throws InterruptedException {
    List<UserScramCredentialAlteration> passwords = new ArrayList<>();
    List<AclBinding> rights = new ArrayList<>();
    for (Role role : Role.values()) {
      passwords.add(StackSecurity.upsertion(role.user(), password(role)));
      rights.addAll(role.rights());
    }
    try {
      admin.alterUserScramCredentials(passwords).all().get();
      admin.createAcls(rights).all().get();
    } catch (ExecutionException e) {
      throw new StackException("Kafka does not take the roles' rights: " + e.getCause(), e);
    }
  }
}
