package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import io.tocsin.schema.wire.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * An alert as it is said.
 *
 * @param cell H3 index of the cell that says it
 * @param trace of the pick whose arrival brought it out; null for none, and for what time brought
 */
public record TracedAlert(long cell, Alert alert, @Nullable TraceParent trace) {}
