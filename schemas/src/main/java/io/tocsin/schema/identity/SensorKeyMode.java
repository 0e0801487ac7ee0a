package io.tocsin.schema.identity;

/** What a reader wants of sensors' records. */
public enum SensorKeyMode {
  /** Nothing: whoever may write the topic may write for every sensor. */
  OFF,
  /** A signature of those sensors that have a key; others are believed without. */
  OPTIONAL,
  /** A signature of every sensor. */
  REQUIRED
}
