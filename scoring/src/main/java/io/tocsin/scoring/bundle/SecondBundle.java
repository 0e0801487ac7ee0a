package io.tocsin.scoring.bundle;

import java.nio.file.Path;
import java.util.List;

/** Holds a second bundle against the first: both must hear the same windows. */
final class SecondBundle {

  private SecondBundle() {}

  static ModelBundle load(ModelBundle first, Path folder) {
    ModelBundle second;
    try {
      second = ModelBundle.load(folder);
    } catch (BundleException e) {
      throw new BundleException(
          "bundle " + first.ref() + " has no second opinion: " + e.getMessage(), e);
    }
    if (second.ref().digest().equals(first.ref().digest())) {
      throw first.refused("its second opinion is itself; name another bundle");
    }
    if (second.sampleRateHertz() != first.sampleRateHertz()
        || second.windowSamples() != first.windowSamples()) {
      throw first.refused(
          "its windows are "
              + windows(first)
              + ", those of its second opinion "
              + second.ref()
              + " are "
              + windows(second)
              + "; name a bundle that hears the same windows");
    }
    if (names(first).stream().noneMatch(names(second)::contains)) {
      throw first.refused(
          "it knows "
              + names(first)
              + ", its second opinion "
              + second.ref()
              + " knows "
              + names(second)
              + "; name a bundle with a label in common");
    }
    return second;
  }

  private static String windows(ModelBundle bundle) {
    return bundle.windowSamples() + " samples at " + bundle.sampleRateHertz() + " Hz";
  }

  private static List<String> names(ModelBundle bundle) {
    return bundle.labels().stream().map(LabelSpec::name).toList();
  }
}
