package io.tocsin.scoring.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * bundle.yaml.
 *
 * @param format version of this layout; 1
 * @param files SHA-256 of each file, by name
 * @param indexLabels labels of training indexes to labels of this bundle
 * @param secondOpinion a second bundle that scores windows in doubt
 * @param provenance data, training command and metrics, as written by whoever made the bundle
 */
record BundleManifest(
    int format,
    String id,
    String version,
    String licence,
    Map<String, String> files,
    Input input,
    Backbone backbone,
    Head head,
    List<LabelSpec> labels,
    @Nullable Map<String, String> indexLabels,
    @Nullable SecondOpinion secondOpinion,
    @Nullable JsonNode provenance) {

  BundleManifest {
    wanted("id", id);
    wanted("version", version);
    wanted("licence", licence);
    wanted("files", files);
    wanted("input", input);
    wanted("backbone", backbone);
    wanted("head", head);
    wanted("labels", labels);
  }

  record Input(String kind, int sampleRateHertz, int windowSamples, int hopSamples) {

    Input {
      wanted("input.kind", kind);
    }
  }

  record Backbone(String file, String input, String embedding) {

    Backbone {
      wanted("backbone.file", file);
      wanted("backbone.input", input);
      wanted("backbone.embedding", embedding);
    }
  }

  record Head(String file, String input, String output, List<String> outputs) {

    Head {
      wanted("head.file", file);
      wanted("head.input", input);
      wanted("head.output", output);
      wanted("head.outputs", outputs);
    }
  }

  record SecondOpinion(String bundle, Band band, double sample) {

    SecondOpinion {
      wanted("secondOpinion.bundle", bundle);
      wanted("secondOpinion.band", band);
    }

    record Band(double low, double high) {}
  }

  /** Guards what a reader of YAML leaves null where the file says nothing. */
  static void wanted(String key, @Nullable Object value) {
    if (value == null) {
      throw new BundleException("it does not say '" + key + "'");
    }
  }
}
