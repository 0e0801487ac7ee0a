package io.tocsin.association;

import java.util.List;

/**
 * What a cell keeps: the picks within its reach that may still matter, and what it has said.
 *
 * @param picks by onset
 * @param said what is out, by id
 * @param settledMicros time up to which all has been judged; picks of before may be forgotten
 */
public record CellState(List<Pick> picks, List<Memo> said, long settledMicros) {

  /** Nothing yet. */
  public static final CellState EMPTY = new CellState(List.of(), List.of(), Long.MIN_VALUE);

  /**
   * What was said of an alert or an event.
   *
   * @param kind ALERT or EVENT
   * @param revision of the last word
   * @param content digest of the last word, so that nothing is said twice
   * @param closed whether it was the last word for good
   * @param lastOnsetMicros newest evidence
   * @param alert the last word itself, for taking it back; empty for events and for what was taken
   *     back
   */
  public record Memo(
      String kind,
      String id,
      int revision,
      String content,
      boolean closed,
      long lastOnsetMicros,
      List<Alert> alert) {}
}
