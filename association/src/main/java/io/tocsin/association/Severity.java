package io.tocsin.association;

/** How urgent an alert is. */
public enum Severity {
  LOW,
  MEDIUM,
  HIGH,
  CRITICAL
}
