package io.tocsin.edge.check;

/**
 * One thing that was looked at.
 *
 * @param thing what was looked at
 * @param words how it is, and the way out where it is not well
 */
public record Finding(String thing, State state, String words) {

  /** How bad it is. */
  public enum State {
    FINE,
    /** The sensor works, but worse than it could. */
    DOUBTFUL,
    /** The sensor does not do its work. */
    WRONG
  }

  public static Finding fine(String thing, String words) {
    return new Finding(thing, State.FINE, words);
  }

  public static Finding doubtful(String thing, String words) {
    return new Finding(thing, State.DOUBTFUL, words);
  }

  public static Finding wrong(String thing, String words) {
    return new Finding(thing, State.WRONG, words);
  }

  /** As a line for people. */
  public String line() {
    String mark =
        switch (state) {
          case FINE -> "ok   ";
          case DOUBTFUL -> "hm   ";
          case WRONG -> "WRONG";
        };
    return "%s %-9s %s".formatted(mark, thing, words);
  }
}
