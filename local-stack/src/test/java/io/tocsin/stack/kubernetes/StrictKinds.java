package io.tocsin.stack.kubernetes;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds manifests against the kinds' own definitions: Kubernetes' and Strimzi's model classes, and
 * the custom resource definition of Flink's Kubernetes operator. A field that a definition does not
 * know is an error, though a cluster would drop it silently.
 */
final class StrictKinds {

  private static final Map<String, Class<?>> MODELS =
      Map.ofEntries(
          Map.entry("v1/Namespace", Namespace.class),
          Map.entry("v1/ConfigMap", ConfigMap.class),
          Map.entry("v1/Service", Service.class),
          Map.entry("v1/PersistentVolumeClaim", PersistentVolumeClaim.class),
          Map.entry("apps/v1/Deployment", Deployment.class),
          Map.entry("apps/v1/StatefulSet", StatefulSet.class),
          Map.entry("batch/v1/Job", Job.class),
          Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
          Map.entry("kafka.strimzi.io/v1/Kafka", Kafka.class),
          Map.entry("kafka.strimzi.io/v1/KafkaNodePool", KafkaNodePool.class),
          Map.entry("kafka.strimzi.io/v1/KafkaTopic", KafkaTopic.class),
          Map.entry("kafka.strimzi.io/v1/KafkaUser", KafkaUser.class));

  private static final String FLINK = "flink.apache.org/v1beta1/FlinkDeployment";
  private static final String FLINK_DEFINITION =
      "META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";

  /** Versions of Flink that operators since the definition at hand know (1.14 for 2.2). */
  private static final List<String> NEWER_FLINK = List.of("v2_0", "v2_1", "v2_2");

  /** The models keep what they do not know in a map of their own. */
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              })
          .build();

  private final JsonSchema flink;

  StrictKinds() throws IOException {
    try (InputStream in =
        StrictKinds.class.getClassLoader().getResourceAsStream(FLINK_DEFINITION)) {
      JsonNode schema = Manifests.YAML.readTree(in).at("/spec/versions/0/schema/openAPIV3Schema");
      ObjectNode root = (ObjectNode) schema;
      ObjectNode properties = (ObjectNode) root.get("properties");
      properties.remove("status");
      ArrayNode versions = (ArrayNode) properties.at("/spec/properties/flinkVersion/enum");
      NEWER_FLINK.forEach(versions::add);
      for (String common : List.of("apiVersion", "kind")) {
        properties.putObject(common).put("type", "string");
      }
      properties.putObject("metadata").put("type", "object");
      close(root);
      flink = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(root);
    }
  }

  /** Has every object refuse what it does not name. */
  private static void close(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.path("properties").isObject()
        && !object.has("additionalProperties")
        && !object.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
      object.put("additionalProperties", false);
    }
    schema.forEach(StrictKinds::close);
  }

  /** What is wrong with a manifest; empty if nothing is. */
  List<String> wrong(JsonNode manifest) {
    String kind = manifest.path("apiVersion").asText() + "/" + manifest.path("kind").asText();
    if (kind.equals(FLINK)) {
      Set<ValidationMessage> messages = flink.validate(manifest);
      return messages.stream().map(ValidationMessage::getMessage).sorted().toList();
    }
    Class<?> model = MODELS.get(kind);
    if (model == null) {
      return List.of("no definition of " + kind + " is at hand");
    }
    try {
      STRICT.treeToValue(manifest, model);
      return List.of();
    } catch (IOException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }
}
