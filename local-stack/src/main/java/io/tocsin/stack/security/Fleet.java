package io.tocsin.stack.security;

import io.tocsin.stack.StackException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.resource.ResourcePatternFilter;

/**
 * The sensors that a Kafka lets in.
 *
 * @param admin a client that may everything
 */
public record Fleet(Admin admin) {

  /**
   * A sensor as Kafka knows it.
   *
   * @param password whether it has one
   * @param rights how many of those that it needs it has
   * @param rightsWanted how many it needs
   */
  public record Member(String sensorId, boolean password, int rights, int rightsWanted) {

    /** Whether Kafka takes its records. */
    public boolean isLetIn() {
      return password && rights == rightsWanted;
    }
  }

  /** Lets a sensor in with that password; one it had before counts no longer. */
  public void add(SensorPrincipal sensor, String password) throws InterruptedException {
    done(
        "let " + sensor.user() + " in",
        admin
            .alterUserScramCredentials(List.of(StackSecurity.upsertion(sensor.user(), password)))
            .all());
    done("grant " + sensor.user() + " its rights", admin.createAcls(sensor.rights()).all());
  }

  /**
   * Takes a sensor's rights, which counts at once, and its password, which counts when it connects
   * again.
   *
   * @return whether it was let in before
   */
  public boolean revoke(SensorPrincipal sensor) throws InterruptedException {
    boolean known =
        members().stream().anyMatch(member -> member.sensorId().equals(sensor.sensorId()));
    done("take the rights of " + sensor.user(), admin.deleteAcls(List.of(all(sensor))).all());
    List<UserScramCredentialAlteration> password =
        List.of(new UserScramCredentialDeletion(sensor.user(), StackSecurity.MECHANISM));
    try {
      admin.alterUserScramCredentials(password).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof ResourceNotFoundException)) {
        throw refused("take the password of " + sensor.user(), e);
      }
    }
    return known;
  }

  private static AclBindingFilter all(SensorPrincipal sensor) {
    return new AclBindingFilter(
        ResourcePatternFilter.ANY,
        new AccessControlEntryFilter(
            "User:" + sensor.user(), null, AclOperation.ANY, AclPermissionType.ANY));
  }

  /** Every sensor that has a password or a right, by id. */
  public List<Member> members() throws InterruptedException {
    Set<String> passwords = new TreeSet<>();
    for (String user :
        done("list its users", admin.describeUserScramCredentials().all()).keySet()) {
      SensorPrincipal.sensorOf(user).ifPresent(passwords::add);
    }
    Map<String, Set<AclBinding>> rights = new TreeMap<>();
    for (AclBinding binding :
        done("list its rights", admin.describeAcls(AclBindingFilter.ANY).values())) {
      String principal = binding.entry().principal();
      if (principal.startsWith("User:")) {
        SensorPrincipal.sensorOf(principal.substring("User:".length()))
            .ifPresent(
                sensor ->
                    rights.computeIfAbsent(sensor, s -> new java.util.HashSet<>()).add(binding));
      }
    }
    Set<String> all = new TreeSet<>(passwords);
    all.addAll(rights.keySet());
    List<Member> members = new ArrayList<>();
    for (String sensor : all) {
      List<AclBinding> wanted = new SensorPrincipal(sensor).rights();
      Set<AclBinding> has = rights.getOrDefault(sensor, Set.of());
      members.add(
          new Member(
              sensor,
              passwords.contains(sensor),
              (int) wanted.stream().filter(has::contains).count(),
              wanted.size()));
    }
    return members;
  }

  private static <T> T done(String what, KafkaFuture<T> asked) throws InterruptedException {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      throw refused(what, e);
    }
  }

  private static StackException refused(String what, ExecutionException e) {
    return new StackException("Kafka does not " + what + ": " + e.getCause(), e);
  }
}
