package io.tocsin.edge.forward;

/** A rate that may be exceeded for one second's worth. Not safe for use by several threads. */
final class TokenBucket {

  private static final double NANOS_PER_SECOND = 1e9;

  private final double perSecond;
  private double tokens;
  private long atNanos;

  TokenBucket(double perSecond, long nowNanos) {
    this.perSecond = perSecond;
    this.tokens = perSecond;
    this.atNanos = nowNanos;
  }

  /** Whether something may be taken now; it may be more than there is, which is then owed. */
  boolean allows(long nowNanos) {
    tokens = Math.min(perSecond, tokens + (nowNanos - atNanos) * perSecond / NANOS_PER_SECOND);
    atNanos = nowNanos;
    return tokens > 0;
  }

  void take(long amount) {
    tokens -= amount;
  }
}
