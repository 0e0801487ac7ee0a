package io.tocsin.jobs.distress;

import io.tocsin.association.FalseAlarmCurve;
import org.jspecify.annotations.Nullable;

/**
 * A change of what rates of false alarms depend on: a pattern's curve, or a sensor.
 *
 * @param id of the pattern or sensor
 * @param isCurve which of the two
 * @param withdrawn whether it is no more
 * @param curve null for a sensor, and when withdrawn
 */
public record RateChange(
    String id, boolean isCurve, boolean withdrawn, @Nullable FalseAlarmCurve curve) {}
