package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import io.tocsin.schema.wire.TraceParent;
import org.jspecify.annotations.Nullable;

/**
 * An alert, and how often chance brings such.
 *
 * @param cell H3 index of the cell that says it
 * @param falseAlarmsPerDay expected chance alerts at least as probable, over all sensors; null
 *     while that is not known of the pattern
 * @param trace of the pick whose arrival brought it out; null for none
 */
public record RatedAlert(
    long cell, Alert alert, @Nullable Double falseAlarmsPerDay, @Nullable TraceParent trace) {}
