package io.tocsin.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Holds asyncapi.yaml against the catalogue, so that other languages read the truth. */
class AsyncApiTest {

  private static final Path DOCUMENT = Path.of("asyncapi.yaml");

  private JsonNode document;

  @BeforeEach
  void read() throws IOException {
    document = new YAMLMapper().readTree(Files.readString(DOCUMENT));
  }

  @Test
  void isAnAsyncApi3Document() {
    assertThat(document.path("asyncapi").asText()).isEqualTo("3.0.0");
    assertThat(document.path("info").path("title").asText()).isNotBlank();
    assertThat(document.path("info").path("version").asText()).isNotBlank();
  }

  @Test
  void hasExactlyTheCataloguesTopicsAndTheirDeadLetters() {
    List<String> addresses = new ArrayList<>();
    document.path("channels").forEach(c -> addresses.add(c.path("address").asText()));
    List<String> expected = new ArrayList<>();
    Topics.all().forEach(t -> expected.addAll(List.of(t.name(), t.dlq())));
    assertThat(addresses).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void everyChannelStatesTheTopicsSettings() {
    for (Topic<?> topic : Topics.all()) {
      assertThat(settings(channel(topic.name())))
          .as(topic.name())
          .isEqualTo(new TreeMap<>(topic.settings()));
      assertThat(settings(channel(topic.dlq())))
          .as(topic.dlq())
          .isEqualTo(new TreeMap<>(Topics.DLQ_SETTINGS));
    }
  }

  @Test
  void everyMessageRefersToTheSchemaFileOfItsTopic() {
    for (Topic<?> topic : Topics.all()) {
      JsonNode messages = channel(topic.name()).path("messages");
      assertThat(messages.size()).as(topic.name()).isEqualTo(1);
      JsonNode message = document.at(pointer(messages.elements().next().path("$ref").asText()));
      assertThat(message.path("name").asText()).isEqualTo(topic.valueType().getSimpleName());
      Path schema = Path.of(message.path("payload").path("schema").path("$ref").asText());
      assertThat(schema).exists();
      assertThat(schema.getFileName()).hasToString(topic.valueType().getSimpleName() + ".avsc");
      assertThat(topic.schema().getFields())
          .as("the key of %s is a field of it", topic.name())
          .anyMatch(
              f -> f.name().equals(message.at("/bindings/kafka/key/x-tocsin-field").asText()));
    }
  }

  @Test
  void everyReferenceWithinTheDocumentResolves() {
    List<String> dangling = new ArrayList<>();
    document
        .findValuesAsText("$ref")
        .forEach(
            ref -> {
              boolean resolves =
                  ref.startsWith("#")
                      ? !document.at(pointer(ref)).isMissingNode()
                      : Files.exists(Path.of(ref));
              if (!resolves) {
                dangling.add(ref);
              }
            });
    assertThat(dangling).isEmpty();
  }

  private JsonNode channel(String address) {
    for (JsonNode channel : document.path("channels")) {
      if (channel.path("address").asText().equals(address)) {
        return channel;
      }
    }
    throw new AssertionError("no channel with address " + address);
  }

  private static TreeMap<String, String> settings(JsonNode channel) {
    JsonNode configuration = channel.at("/bindings/kafka/topicConfiguration");
    TreeMap<String, String> settings = new TreeMap<>();
    configuration
        .properties()
        .forEach(
            entry -> {
              List<String> values = new ArrayList<>();
              if (entry.getValue().isArray()) {
                entry.getValue().forEach(v -> values.add(v.asText()));
              } else {
                values.add(entry.getValue().asText());
              }
              settings.put(entry.getKey(), String.join(",", values));
            });
    return settings;
  }

  private static String pointer(String ref) {
    return ref.substring(1);
  }
}
