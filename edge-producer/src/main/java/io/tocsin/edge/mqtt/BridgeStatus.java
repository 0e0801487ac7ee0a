package io.tocsin.edge.mqtt;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a bridge is.
 *
 * @param chunks taken since the start
 * @param connections that were made since the start
 * @param refused since the start, by reason
 * @param notKept chunks that the spool had no room for; the broker has not got their
 *     acknowledgement
 * @param lastHeard of each device that was heard, by the bridge's clock
 * @param problem why there is no connection; null while there is one
 */
public record BridgeStatus(
    String broker,
    boolean connected,
    long connections,
    long chunks,
    Map<String, Long> refused,
    long notKept,
    Map<String, Instant> lastHeard,
    @Nullable String problem) {}
