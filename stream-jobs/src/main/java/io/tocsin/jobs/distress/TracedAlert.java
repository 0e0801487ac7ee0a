package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import io.tocsin.schema.wire.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * An alert as it is said.
 *
 * @param trace of the pick whose arrival brought it out; null for none, and for what time brought
 */
public record TracedAlert(Alert alert, @Nullable TraceParent trace) {}
