package io.tocsin.scoring.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.scoring.evaluate.GroupFolds.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GroupFoldsTest {

  private static List<Member> members() {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      members.add(new Member("dogs" + i % 40, "dog"));
    }
    for (int i = 0; i < 10; i++) {
      members.add(new Member("panes" + i % 5, "glass"));
    }
    members.add(new Member("panes0", "dog"));
    return members;
  }

  @Test
  void aRareLabelIsSpreadOverAllFolds() {
    Map<String, Integer> folds = GroupFolds.deal(members(), 5);
    Map<Integer, Long> glass =
        members().stream()
            .filter(m -> m.label().equals("glass"))
            .collect(Collectors.groupingBy(m -> folds.get(m.group()), Collectors.counting()));
    assertThat(glass).hasSize(5).allSatisfy((fold, clips) -> assertThat(clips).isEqualTo(2));
    Map<Integer, Long> dogs =
        members().stream()
            .filter(m -> m.label().equals("dog"))
            .collect(Collectors.groupingBy(m -> folds.get(m.group()), Collectors.counting()));
    assertThat(dogs.values()).allSatisfy(clips -> assertThat(clips).isBetween(39L, 42L));
  }

  @Test
  void everyGroupHasOneFoldWhateverTheOrder() {
    List<Member> shuffled = new ArrayList<>(members());
    Collections.shuffle(shuffled, new Random(5));
    Map<String, Integer> folds = GroupFolds.deal(members(), 5);
    assertThat(folds).hasSize(45);
    assertThat(GroupFolds.deal(shuffled, 5)).isEqualTo(folds);
  }

  @Test
  void moreFoldsThanGroupsAreRefused() {
    assertThatThrownBy(() -> GroupFolds.deal(List.of(new Member("a", "dog")), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 source groups cannot be dealt into 2 folds");
    assertThatThrownBy(() -> GroupFolds.deal(members(), 1)).hasMessageContaining("1 folds");
  }
}
