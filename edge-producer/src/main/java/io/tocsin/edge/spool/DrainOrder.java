package io.tocsin.edge.spool;

/** Which of the waiting records goes first. */
public enum DrainOrder {
  OLDEST_FIRST,
  NEWEST_FIRST
}
