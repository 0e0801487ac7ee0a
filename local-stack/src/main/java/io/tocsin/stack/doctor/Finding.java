package io.tocsin.stack.doctor;

/**
 * What the doctor says of one thing.
 *
 * @param thing that was looked for
 * @param state how it is
 * @param detail what was found; where it is missing, how to get it
 */
public record Finding(String thing, State state, String detail) {

  /** How a thing is. */
  public enum State {
    /** There. */
    OK,
    /** Not there, and not needed. */
    OPTIONAL,
    /** Not there, and the demo needs it. */
    MISSING
  }

  /** Whether the demo cannot run for it. */
  public boolean hinders() {
    return state == State.MISSING;
  }

  /** A line of the doctor's table. */
  public String line() {
    return "%-8s  %-24s  %s".formatted(state, thing, detail);
  }
}
