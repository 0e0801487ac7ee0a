package io.tocsin.edge.spool;

/** Which of the waiting records goes first. */
public enum DrainOrder {
  OLDEST_FIRST,
  /**
   * The newest segment first, its records in the order in which they came: who listens to them
   * needs what belongs together in one piece.
   */
  NEWEST_FIRST
}
