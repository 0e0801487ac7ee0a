package io.tocsin.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds every schema against all its committed versions: what was ever written must be readable by
 * this build, and what this build writes by every older one.
 *
 * <p>A deliberate, compatible change adds a version: run this test with {@code
 * -Dtocsin.schemas.record=true} once and commit the new file.
 */
class SchemaHistoryTest {

  private static final Path HISTORY = Path.of("history");

  static Stream<Topic<?>> topics() {
    return Topics.all().stream();
  }

  @ParameterizedTest
  @MethodSource("topics")
  void everySchemaIsFullTransitiveCompatibleWithItsHistory(Topic<?> topic)
      throws IOException, SchemaValidationException {
    List<Schema> history = history(topic);
    assertThat(history).as("committed versions of " + topic.name()).isNotEmpty();
    SchemaValidator fullTransitive =
        new SchemaValidatorBuilder().mutualReadStrategy().validateAll();
    fullTransitive.validate(topic.schema(), newestFirst(history));
  }

  @ParameterizedTest
  @MethodSource("topics")
  void theCurrentSchemaIsTheNewestCommittedVersion(Topic<?> topic) throws IOException {
    List<Schema> history = history(topic);
    if (Boolean.getBoolean("tocsin.schemas.record")
        && (history.isEmpty() || !history.get(history.size() - 1).equals(topic.schema()))) {
      Path next = folder(topic).resolve("v" + (history.size() + 1) + ".avsc");
      Files.createDirectories(next.getParent());
      Files.writeString(next, topic.schema().toString(true) + "\n");
      history = history(topic);
    }
    assertThat(history).isNotEmpty();
    assertThat(history.get(history.size() - 1))
        .as(
            "newest version under schemas/%s; record a new one if the change is meant",
            folder(topic))
        .isEqualTo(topic.schema());
  }

  @Test
  void anIncompatibleChangeIsCaught() {
    Schema was = new Schema.Parser().parse(record("{\"name\":\"a\",\"type\":\"long\"}"));
    Schema withoutDefault =
        new Schema.Parser()
            .parse(
                record("{\"name\":\"a\",\"type\":\"long\"},{\"name\":\"b\",\"type\":\"string\"}"));
    SchemaValidator fullTransitive =
        new SchemaValidatorBuilder().mutualReadStrategy().validateAll();
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> fullTransitive.validate(withoutDefault, List.of(was))))
        .isInstanceOf(SchemaValidationException.class);
  }

  @ParameterizedTest
  @MethodSource("topics")
  void everyFieldIsDocumented(Topic<?> topic) {
    assertThat(undocumented(topic.schema(), topic.valueType().getSimpleName())).isEmpty();
  }

  private static List<String> undocumented(Schema schema, String path) {
    List<String> missing = new ArrayList<>();
    switch (schema.getType()) {
      case RECORD -> {
        if (schema.getDoc() == null || schema.getDoc().isBlank()) {
          missing.add(path);
        }
        for (Schema.Field field : schema.getFields()) {
          String at = path + "." + field.name();
          if (field.doc() == null || field.doc().isBlank()) {
            missing.add(at);
          }
          missing.addAll(undocumented(field.schema(), at));
        }
      }
      case ARRAY -> missing.addAll(undocumented(schema.getElementType(), path));
      case MAP -> missing.addAll(undocumented(schema.getValueType(), path));
      case UNION -> schema.getTypes().forEach(s -> missing.addAll(undocumented(s, path)));
      default -> {}
    }
    return missing;
  }

  private static String record(String fields) {
    return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}";
  }

  private static List<Schema> newestFirst(List<Schema> history) {
    List<Schema> reversed = new ArrayList<>(history);
    java.util.Collections.reverse(reversed);
    return reversed;
  }

  private static Path folder(Topic<?> topic) {
    return HISTORY.resolve(topic.valueType().getSimpleName());
  }

  /** Every version that was ever committed, the oldest first. */
  static List<Schema> history(Topic<?> topic) throws IOException {
    List<Schema> versions = new ArrayList<>();
    for (int version = 1; ; version++) {
      Path file = folder(topic).resolve("v" + version + ".avsc");
      if (!Files.exists(file)) {
        return versions;
      }
      versions.add(new Schema.Parser().parse(Files.readString(file)));
    }
  }
}
