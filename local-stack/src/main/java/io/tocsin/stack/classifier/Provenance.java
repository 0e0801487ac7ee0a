package io.tocsin.stack.classifier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.scoring.bundle.BundleRevision;
import io.tocsin.scoring.bundle.ModelBundle;
import java.util.Map;
import java.util.TreeMap;

/** How a bundle came to be: enough to make it again, and nothing of when or where. */
final class Provenance {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Provenance() {}

  /**
   * The record of one verb.
   *
   * @param settings every option that decides the result
   */
  static ObjectNode of(
      String command, ModelBundle base, SoundIndex index, Map<String, Object> settings) {
    ObjectNode node = JSON.createObjectNode();
    node.put("command", command);
    node.putObject("base")
        .put("id", base.ref().id())
        .put("version", base.ref().version())
        .put("digest", base.ref().digest())
        .put("backboneSha256", base.backboneDigest());
    node.putObject("index")
        .put("file", String.valueOf(index.file().getFileName()))
        .put("sha256", index.sha256())
        .put("clips", index.clips().size());
    JsonNode said = JSON.valueToTree(new TreeMap<>(settings));
    node.set("settings", said);
    JsonNode before = BundleRevision.provenanceOf(base);
    if (before != null) {
      node.set("baseProvenance", before);
    }
    return node;
  }
}
