package io.tocsin.sink;

/**
 * Whether the next batch is worth a try as one of new rows only. After a batch that was not, one
 * batch is upserted without a try, then 2, 4 … up to 64: a replay of what is there costs little
 * more than its upserts.
 */
final class Appending {

  private static final int LONGEST_PAUSE = 64;

  private int pause = 1;
  private int batchesToSkip;

  /** Asked once a batch. */
  boolean isWorthATry() {
    if (batchesToSkip > 0) {
      batchesToSkip--;
      return false;
    }
    return true;
  }

  void succeeded() {
    pause = 1;
  }

  void failed() {
    batchesToSkip = pause;
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }
}
