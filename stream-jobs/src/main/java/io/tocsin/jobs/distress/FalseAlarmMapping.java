package io.tocsin.jobs.distress;

import io.tocsin.association.FalseAlarmCurve;
import io.tocsin.jobs.kafka.DomainMapping;
import io.tocsin.schema.avro.FalseAlarmRates;

/** A pattern's false-alarm rates to its curve. */
final class FalseAlarmMapping implements DomainMapping<FalseAlarmRates, RateChange> {

  private static final long serialVersionUID = 1L;

  @Override
  public RateChange toDomain(FalseAlarmRates value) {
    return new RateChange(
        value.getPatternId(),
        true,
        false,
        new FalseAlarmCurve(
            value.getPatternId(),
            value.getSteps().stream()
                .map(step -> new FalseAlarmCurve.Step(step.getProbability(), step.getAlerts()))
                .toList(),
            value.getSensorDays()));
  }

  @Override
  public RateChange withdrawn(String key) {
    return new RateChange(key, true, true, null);
  }
}
