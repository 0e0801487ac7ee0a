package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import org.jspecify.annotations.Nullable;

/**
 * An alert, and how often chance brings such.
 *
 * @param falseAlarmsPerDay expected chance alerts at least as probable, over all sensors; null
 *     while that is not known of the pattern
 */
public record RatedAlert(Alert alert, @Nullable Double falseAlarmsPerDay) {}
