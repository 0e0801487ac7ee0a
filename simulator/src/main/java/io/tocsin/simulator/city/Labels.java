package io.tocsin.simulator.city;

import java.util.List;
import java.util.SplittableRandom;

/** What the models of the default bundle can tell apart. */
public final class Labels {

  /** Breaking glass. */
  public static final String GLASS = "glass_shatter";

  /** A shout or scream. */
  public static final String SHOUT = "shout_scream";

  /** Crying. */
  public static final String CRYING = "crying";

  /** Either kind of cry. */
  public static final List<String> CRIES = List.of(SHOUT, CRYING);

  /** All of them. */
  public static final List<String> ALL = List.of(GLASS, SHOUT, CRYING);

  private Labels() {}

  static String any(SplittableRandom chance) {
    return ALL.get(chance.nextInt(ALL.size()));
  }

  static String anyCry(SplittableRandom chance) {
    return CRIES.get(chance.nextInt(CRIES.size()));
  }
}
