package io.tocsin.edge.spool;

/**
 * A record that waits to be acknowledged.
 *
 * @param body as it was appended
 */
public record SpoolRecord(SpoolPosition position, byte[] body) {}
