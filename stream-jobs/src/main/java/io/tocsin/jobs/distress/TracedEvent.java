package io.tocsin.jobs.distress;

import io.tocsin.association.CellAssociator.RevisedEvent;
import io.tocsin.schema.wire.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * A sound event as it is said.
 *
 * @param trace of the pick whose arrival brought it out; null for none, and for what time brought
 */
public record TracedEvent(RevisedEvent event, @Nullable TraceParent trace) {}
