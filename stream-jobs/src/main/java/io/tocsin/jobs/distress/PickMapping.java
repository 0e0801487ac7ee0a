package io.tocsin.jobs.distress;

import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pick;
import io.tocsin.jobs.kafka.DomainMapping;
import io.tocsin.jobs.kafka.Instants;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.wire.TraceParent;
import java.time.Duration;
import org.apache.kafka.common.header.Headers;

/**
 * Detections to picks. One of audio that its sensor had kept for longer than the allowed lateness
 * is passed over: what it would have to be associated with is settled and forgotten, so that it
 * could only raise an alert of a part of the truth, about the past. It stays in its topic and the
 * database.
 */
public final class PickMapping implements DomainMapping<Detection, TracedPick> {

  private static final long serialVersionUID = 1L;

  private final long allowedLatenessMillis;

  public PickMapping(Duration allowedLateness) {
    allowedLatenessMillis = allowedLateness.toMillis();
  }

  @Override
  public boolean concerns(Detection value) {
    return value.getStoredMillis() <= allowedLatenessMillis;
  }

  @Override
  public TracedPick toDomain(Detection value) {
    return new TracedPick(pick(value), null);
  }

  @Override
  public TracedPick withHeaders(TracedPick pick, Headers headers) {
    TraceParent trace = TraceParent.of(headers);
    return trace == null ? pick : new TracedPick(pick.pick(), trace);
  }

  private static Pick pick(Detection value) {
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
