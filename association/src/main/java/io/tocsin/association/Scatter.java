package io.tocsin.association;

/**
 * Keys for hash tables from numbers that differ in a few bits only, such as those of H3 cells,
 * whose unused digits are all ones: as they are, whole neighbourhoods fall into one bucket.
 */
public final class Scatter {

  /** 2⁶⁴ by the golden ratio (Knuth, TAOCP 3, 6.4); odd, so that multiplication is one to one. */
  private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

  private Scatter() {}

  /** One to one: another number gives another key. */
  public static long key(long number) {
    return number * MULTIPLIER;
  }
}
