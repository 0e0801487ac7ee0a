package io.tocsin.jobs.distress;

import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pick;
import io.tocsin.jobs.kafka.DomainMapping;
import io.tocsin.jobs.kafka.Instants;
import io.tocsin.schema.avro.Detection;

/** Detections to picks. */
final class PickMapping implements DomainMapping<Detection, Pick> {

  private static final long serialVersionUID = 1L;

  @Override
  public Pick toDomain(Detection value) {
    return new Pick(
        value.getDetectionId(),
        value.getSensorId(),
        new GeoPoint(value.getPlace().getLatitudeDegrees(), value.getPlace().getLongitudeDegrees()),
        value.getLabel(),
        value.getProbability(),
        Instants.toMicros(value.getOnsetAt()),
        value.getOnsetSigmaMicros(),
        Instants.toMicros(value.getEndAt()),
        value.getClock().getUncertaintyMicros());
  }
}
