package io.tocsin.edge.forward;

import io.tocsin.edge.spool.SpoolPosition;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way.
 *
 * @param position where it is kept; null if the disk did not take it
 * @param live whether it comes from the source at once, not from the spool
 * @param sinceNanos when it was taken up
 */
record Outgoing(@Nullable SpoolPosition position, byte[] body, boolean live, long sinceNanos) {}
