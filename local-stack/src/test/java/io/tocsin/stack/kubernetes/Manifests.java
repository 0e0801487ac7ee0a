package io.tocsin.stack.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What deploy/kubernetes holds. */
final class Manifests {

  static final Path FOLDER = Path.of("../deploy/kubernetes").toAbsolutePath().normalize();

  static final YAMLMapper YAML = new YAMLMapper();

  /** One document of a file. */
  record Manifest(Path file, JsonNode content) {

    String kind() {
      return content.path("kind").asText();
    }

    String apiVersion() {
      return content.path("apiVersion").asText();
    }

    String name() {
      return content.at("/metadata/name").asText();
    }

    @Override
    public String toString() {
      return FOLDER.relativize(file) + ": " + kind() + " " + name();
    }
  }

  private Manifests() {}

  /** Every document of every file, kustomizations left out. */
  static List<Manifest> all() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .filter(file -> !file.endsWith("kustomization.yaml"))
          .sorted()
          .flatMap(file -> documents(file).stream().map(content -> new Manifest(file, content)))
          .toList();
    }
  }

  /** Those of a kind. */
  static List<Manifest> of(String kind) throws IOException {
    return all().stream().filter(manifest -> manifest.kind().equals(kind)).toList();
  }

  /** The one of a kind and name that is no patch. */
  static Manifest only(String kind, String name) throws IOException {
    List<Manifest> found =
        of(kind).stream()
            .filter(manifest -> manifest.name().equals(name))
            .filter(manifest -> manifest.file().getParent().equals(FOLDER))
            .toList();
    assertThat(found).as(kind + " " + name).hasSize(1);
    return found.get(0);
  }

  private static List<JsonNode> documents(Path file) {
    try (var parser = new YAMLFactory().createParser(file.toFile())) {
      List<JsonNode> documents = new ArrayList<>();
      YAML.readerFor(JsonNode.class).<JsonNode>readValues(parser).forEachRemaining(documents::add);
      return documents;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
