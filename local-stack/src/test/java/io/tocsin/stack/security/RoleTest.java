package io.tocsin.stack.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoleTest {

  private static Set<String> topics(List<AclBinding> rights, AclOperation operation) {
    return rights.stream()
        .filter(right -> right.pattern().resourceType() == ResourceType.TOPIC)
        .filter(right -> right.entry().operation() == operation)
        .map(right -> right.pattern().name())
        .collect(Collectors.toSet());
  }

  @Test
  void aSensorWritesItsOwnTopicsAndReadsNone() {
    List<AclBinding> rights = new SensorPrincipal("gate-3").rights();
    assertThat(topics(rights, AclOperation.WRITE))
        .containsExactlyInAnyOrder(
            Topics.SENSORS.name(),
            Topics.AUDIO_FRAMES.name(),
            Topics.AUDIO_EMBEDDINGS.name(),
            Topics.HEARTBEATS.name());
    assertThat(topics(rights, AclOperation.READ)).isEmpty();
    assertThat(rights)
        .allMatch(right -> right.entry().principal().equals("User:sensor-gate-3"))
        .allMatch(right -> right.pattern().patternType() == PatternType.LITERAL);
  }

  @Test
  void audioIsReadByScoringAndEvidenceAlone() {
    for (Role role : Role.values()) {
      assertThat(topics(role.rights(), AclOperation.READ).contains(Topics.AUDIO_FRAMES.name()))
          .as(role.user())
          .isEqualTo(role == Role.SCORING || role == Role.EVIDENCE);
    }
  }

  @Test
  void alertsAreWrittenByDistressAloneAndKeysByNobody() {
    for (Role role : Role.values()) {
      Set<String> writes = topics(role.rights(), AclOperation.WRITE);
      assertThat(writes.contains(Topics.DISTRESS_ALERTS.name()))
          .as(role.user())
          .isEqualTo(role == Role.DISTRESS);
      assertThat(writes).as(role.user()).doesNotContain(Topics.SENSOR_KEYS.name());
    }
    assertThat(topics(Role.ANALYST.rights(), AclOperation.WRITE)).isEmpty();
    assertThat(Role.ADMIN.rights()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void whoReadsATopicMayWriteItsDeadLetters(Role role) {
    Set<String> reads = topics(role.rights(), AclOperation.READ);
    reads.removeIf(topic -> topic.endsWith(Topic.DLQ_SUFFIX) || topic.startsWith(role.user()));
    // The keys' own trouble is logged; an analyst says nothing.
    reads.remove(Topics.SENSOR_KEYS.name());
    if (role != Role.ANALYST) {
      assertThat(topics(role.rights(), AclOperation.WRITE))
          .containsAll(reads.stream().map(topic -> topic + Topic.DLQ_SUFFIX).toList());
    }
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void rightsAreGivenToTheRoleAloneAndNeverToChangeTheCluster(Role role) {
    assertThat(role.rights())
        .allMatch(right -> right.entry().principal().equals("User:" + role.user()))
        .allMatch(right -> right.entry().permissionType() == AclPermissionType.ALLOW)
        .noneMatch(right -> right.pattern().resourceType() == ResourceType.CLUSTER)
        .noneMatch(right -> right.entry().operation() == AclOperation.ALL)
        .noneMatch(right -> right.pattern().name().equals("*"));
  }

  @Test
  void noSensorCanHaveTheNameOfARole() {
    for (Role role : Role.values()) {
      assertThat(SensorPrincipal.sensorOf(role.user())).isEmpty();
      assertThat(new SensorPrincipal(role.user()).user()).isNotEqualTo(role.user());
    }
  }

  @Test
  void aSensorIdThatCommandsWouldHaveToQuoteIsRefused() {
    for (String id : List.of("", "-x", "a b", "a;rm", "a/b", "a\"b", "ä", "x".repeat(101))) {
      assertThatThrownBy(() -> new SensorPrincipal(id))
          .as(id)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
