package io.tocsin.stack.kubernetes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tocsin.schema.TopicCreation;
import io.tocsin.stack.security.Role;
import io.tocsin.stack.security.SensorPrincipal;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;

/** The topics and rights of the code, as Strimzi wants them said. */
final class StrimziManifests {

  static final int PARTITIONS = 32;
  static final short REPLICATION_FACTOR = 3;

  private static final YAMLMapper WRITER =
      YAMLMapper.builder()
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .build();

  private StrimziManifests() {}

  /** Every topic and dead-letter topic. */
  static String topics() throws IOException {
    StringBuilder text =
        new StringBuilder(
            "# Every topic, as the code makes it; KubernetesManifestsTest holds it to that.\n");
    for (NewTopic topic : TopicCreation.wanted(PARTITIONS, REPLICATION_FACTOR)) {
      ObjectNode manifest = manifest("KafkaTopic", topic.name());
      ObjectNode spec = manifest.putObject("spec");
      spec.put("partitions", topic.numPartitions());
      spec.put("replicas", topic.replicationFactor());
      ObjectNode config = spec.putObject("config");
      new TreeMap<>(topic.configs()).forEach(config::put);
      text.append(WRITER.writeValueAsString(manifest));
    }
    return text.toString();
  }

  /** A user for each part, with the rights of its work alone. */
  static String users() throws IOException {
    StringBuilder text =
        new StringBuilder(
            "# Each part's user and rights, as the code grants them; KubernetesManifestsTest holds it to that.\n");
    for (Role role : Role.values()) {
      text.append(WRITER.writeValueAsString(user(role.user(), role.rights())));
    }
    return text.toString();
  }

  /** A user for a sensor. */
  static String sensor(String sensorId) throws IOException {
    SensorPrincipal sensor = new SensorPrincipal(sensorId);
    return "# A sensor's user: copy it for each of yours. Its key for signatures: docs/KUBERNETES.md.\n"
        + WRITER.writeValueAsString(user(sensor.user(), sensor.rights()));
  }

  private static ObjectNode manifest(String kind, String name) {
    ObjectNode manifest = WRITER.createObjectNode();
    manifest.put("apiVersion", "kafka.strimzi.io/v1");
    manifest.put("kind", kind);
    ObjectNode metadata = manifest.putObject("metadata");
    metadata.put("name", name);
    metadata.put("namespace", "tocsin");
    metadata.putObject("labels").put("strimzi.io/cluster", "tocsin");
    return manifest;
  }

  private static ObjectNode user(String name, List<AclBinding> rights) {
    ObjectNode manifest = manifest("KafkaUser", name);
    ObjectNode spec = manifest.putObject("spec");
    spec.putObject("authentication").put("type", "scram-sha-512");
    if (rights.isEmpty()) {
      return manifest;
    }
    Map<ResourcePattern, List<AclOperation>> byResource =
        rights.stream()
            .collect(
                Collectors.groupingBy(
                    AclBinding::pattern,
                    LinkedHashMap::new,
                    Collectors.mapping(
                        binding -> binding.entry().operation(), Collectors.toList())));
    ObjectNode authorization = spec.putObject("authorization");
    authorization.put("type", "simple");
    ArrayNode acls = authorization.putArray("acls");
    byResource.forEach(
        (pattern, operations) -> {
          ObjectNode acl = acls.addObject();
          ObjectNode resource = acl.putObject("resource");
          resource.put("type", camel(pattern.resourceType().name(), false));
          resource.put("name", pattern.name());
          resource.put(
              "patternType", pattern.patternType() == PatternType.PREFIXED ? "prefix" : "literal");
          ArrayNode names = acl.putArray("operations");
          operations.forEach(operation -> names.add(camel(operation.name(), true)));
        });
    return manifest;
  }

  /** DESCRIBE_CONFIGS to DescribeConfigs, TRANSACTIONAL_ID to transactionalId. */
  private static String camel(String words, boolean firstLarge) {
    String large =
        Arrays.stream(words.toLowerCase(Locale.ROOT).split("_"))
            .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
            .collect(Collectors.joining());
    return firstLarge ? large : large.substring(0, 1).toLowerCase(Locale.ROOT) + large.substring(1);
  }
}
