package io.tocsin.edge.spool;

import java.time.Instant;

/**
 * A record that waits to be acknowledged.
 *
 * @param body as it was appended
 * @param appendedAt by the wall clock of then
 */
public record SpoolRecord(SpoolPosition position, byte[] body, Instant appendedAt) {}
