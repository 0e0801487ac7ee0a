package io.tocsin.jobs.distress;

import io.tocsin.association.Pattern;
import io.tocsin.association.SensorSite;
import org.jspecify.annotations.Nullable;

/**
 * A change of what association goes by; exactly one of a sensor and a pattern.
 *
 * @param id of the sensor or pattern
 * @param isPattern which of the two
 * @param site the sensor; null when withdrawn
 * @param pattern the pattern; null when withdrawn
 */
public record FieldChange(
    String id, boolean isPattern, @Nullable SensorSite site, @Nullable Pattern pattern) {}
