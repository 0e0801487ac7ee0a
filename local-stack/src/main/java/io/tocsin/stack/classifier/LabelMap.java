package io.tocsin.stack.classifier;

import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Index labels in a bundle's words. What is not known is background: a negative for all labels. */
record LabelMap(Map<String, String> byIndexLabel, Set<String> labels) {

  LabelMap {
    byIndexLabel = Map.copyOf(byIndexLabel);
    labels = Set.copyOf(labels);
  }

  /** Of a bundle's own map and {@code more}, which goes before it; labels are the bundle's. */
  static LabelMap of(ModelBundle bundle, Map<String, String> more) {
    return of(bundle, more, bundle.labels().stream().map(LabelSpec::name).toList());
  }

  /** As above, for other labels than the bundle's. */
  static LabelMap of(ModelBundle bundle, Map<String, String> more, Collection<String> labels) {
    Map<String, String> all = new HashMap<>(bundle.indexLabels());
    all.putAll(more);
    return new LabelMap(all, Set.copyOf(labels));
  }

  /** What the bundle calls a sound; null for background. */
  @Nullable String labelOf(IndexedClip clip) {
    String mapped = byIndexLabel.getOrDefault(clip.label(), clip.label());
    return labels.contains(mapped) ? mapped : null;
  }

  /** Every label that a bundle's map and {@code more} can give. */
  static List<String> possible(ModelBundle bundle, Map<String, String> more) {
    Set<String> possible = new TreeSet<>(bundle.indexLabels().values());
    possible.addAll(more.values());
    return List.copyOf(possible);
  }
}
