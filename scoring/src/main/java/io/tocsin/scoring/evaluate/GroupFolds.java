package io.tocsin.scoring.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Deals groups into folds so that no group is on two sides and each label is spread as evenly as
 * its groups allow: labels from the rarest on, of each its largest groups first, each into the fold
 * that has fewest of the label (after Sechidis, Tsoumakas and Vlahavas 2011, here of groups).
 */
public final class GroupFolds {

  private GroupFolds() {}

  /** A sound as far as splitting goes. */
  public record Member(String group, String label) {}

  /**
   * The fold of each group, from 0 on. Same members in any order, same folds.
   *
   * @throws IllegalArgumentException with fewer than two folds, or more folds than groups
   */
  public static Map<String, Integer> deal(List<Member> members, int folds) {
    Map<String, Map<String, Integer>> byGroup = new TreeMap<>();
    Map<String, Integer> byLabel = new TreeMap<>();
    for (Member member : members) {
      byGroup
          .computeIfAbsent(member.group(), g -> new TreeMap<>())
          .merge(member.label(), 1, Integer::sum);
      byLabel.merge(member.label(), 1, Integer::sum);
    }
    if (folds < 2 || byGroup.size() < folds) {
      throw new IllegalArgumentException(
          byGroup.size()
              + " source groups cannot be dealt into "
              + folds
              + " folds; two folds at least, and a group for each, are wanted");
    }
    List<String> rarestFirst = new ArrayList<>(byLabel.keySet());
    rarestFirst.sort(Comparator.comparingInt((String l) -> byLabel.getOrDefault(l, 0)));
    Dealt dealt = new Dealt(folds);
    for (String label : rarestFirst) {
      List<String> groups = new ArrayList<>(new TreeSet<>(byGroup.keySet()));
      groups.removeIf(g -> count(byGroup, g, label) == 0 || dealt.foldOf.containsKey(g));
      groups.sort(Comparator.comparingInt((String g) -> -count(byGroup, g, label)));
      groups.forEach(g -> dealt.add(g, byGroup.getOrDefault(g, Map.of()), label));
    }
    return Map.copyOf(dealt.foldOf);
  }

  private static int count(Map<String, Map<String, Integer>> byGroup, String group, String label) {
    return byGroup.getOrDefault(group, Map.of()).getOrDefault(label, 0);
  }

  private static final class Dealt {

    private final Map<String, Integer> foldOf = new HashMap<>();
    private final List<Map<String, Integer>> labelsOf = new ArrayList<>();
    private final int[] size;

    Dealt(int folds) {
      size = new int[folds];
      for (int i = 0; i < folds; i++) {
        labelsOf.add(new HashMap<>());
      }
    }

    void add(String group, Map<String, Integer> labels, String by) {
      int best = 0;
      for (int fold = 1; fold < size.length; fold++) {
        int more = labelsOf.get(fold).getOrDefault(by, 0) - labelsOf.get(best).getOrDefault(by, 0);
        if (more < 0 || (more == 0 && size[fold] < size[best])) {
          best = fold;
        }
      }
      foldOf.put(group, best);
      for (Map.Entry<String, Integer> label : labels.entrySet()) {
        labelsOf.get(best).merge(label.getKey(), label.getValue(), Integer::sum);
        size[best] += label.getValue();
      }
    }
  }
}
