package io.tocsin.stack.security;

import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** What a principal may do, and nothing beyond. Collects, and is asked once. */
final class Rights {

  private static final String ANY_HOST = "*";

  private final String principal;
  private final List<AclBinding> bindings = new ArrayList<>();

  /**
   * @param user such as {@code tocsin-sink}
   */
  Rights(String user) {
    this.principal = "User:" + user;
  }

  Rights reads(Topic<?>... topics) {
    return topics(Stream.of(topics).map(Topic::name), AclOperation.READ);
  }

  Rights writes(Topic<?>... topics) {
    return topics(Stream.of(topics).map(Topic::name), AclOperation.WRITE);
  }

  Rights readsDeadLetters() {
    return topics(Topics.all().stream().map(Topic::dlq), AclOperation.READ);
  }

  Rights writesDeadLettersOf(Topic<?>... topics) {
    return topics(Stream.of(topics).map(Topic::dlq), AclOperation.WRITE);
  }

  private Rights topics(Stream<String> names, AclOperation operation) {
    names.forEach(
        name -> {
          allow(ResourceType.TOPIC, name, PatternType.LITERAL, operation);
          allow(ResourceType.TOPIC, name, PatternType.LITERAL, AclOperation.DESCRIBE);
        });
    return this;
  }

  Rights group(String name) {
    return allow(ResourceType.GROUP, name, PatternType.LITERAL, AclOperation.READ);
  }

  Rights groupsFrom(String prefix) {
    return allow(ResourceType.GROUP, prefix, PatternType.PREFIXED, AclOperation.READ);
  }

  /** Kafka transactions, for those who are told to write exactly once. */
  Rights transactions(String prefix) {
    return allow(
        ResourceType.TRANSACTIONAL_ID,
        prefix,
        PatternType.PREFIXED,
        AclOperation.WRITE,
        AclOperation.DESCRIBE);
  }

  /** Topics that Kafka Streams makes for itself. */
  Rights ownTopics(String prefix) {
    return allow(
        ResourceType.TOPIC,
        prefix,
        PatternType.PREFIXED,
        AclOperation.CREATE,
        AclOperation.DESCRIBE,
        AclOperation.DESCRIBE_CONFIGS,
        AclOperation.READ,
        AclOperation.WRITE,
        AclOperation.DELETE);
  }

  private Rights allow(
      ResourceType type, String name, PatternType pattern, AclOperation... operations) {
    Arrays.stream(operations)
        .map(
            operation ->
                new AclBinding(
                    new ResourcePattern(type, name, pattern),
                    new AccessControlEntry(
                        principal, ANY_HOST, operation, AclPermissionType.ALLOW)))
        .filter(binding -> !bindings.contains(binding))
        .forEach(bindings::add);
    return this;
  }

  List<AclBinding> bindings() {
    return List.copyOf(bindings);
  }
}
