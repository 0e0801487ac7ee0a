package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import io.tocsin.association.GeoPoint;
import io.tocsin.association.Location;
import io.tocsin.association.Pick;
import io.tocsin.association.Severity;
import io.tocsin.association.SoundEvent;
import io.tocsin.jobs.kafka.DomainMapping;
import io.tocsin.jobs.kafka.Instants;
import io.tocsin.schema.avro.AlertEvent;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.LocationMethod;
import io.tocsin.schema.avro.Place;
import java.util.List;
import org.apache.kafka.common.header.Headers;

/**
 * Alerts, as the job finds them in its own topic. Of picks an alert bears the ids alone, and of
 * sounds no more than label, time and place; the rest is blank. What a later release says in words
 * that this one does not know is passed over.
 */
final class AlertMapping implements DomainMapping<DistressAlert, SaidAlert> {

  private static final long serialVersionUID = 1L;

  @Override
  public boolean concerns(DistressAlert value) {
    return value.getState() != AlertState.UNKNOWN
        && value.getSeverity() != io.tocsin.schema.avro.Severity.UNKNOWN
        && value.getLocation().getMethod() != LocationMethod.UNKNOWN;
  }

  @Override
  public SaidAlert toDomain(DistressAlert value) {
    return new SaidAlert(OwnerCell.NONE, alert(value));
  }

  @Override
  public SaidAlert withHeaders(SaidAlert said, Headers headers) {
    return new SaidAlert(OwnerCell.of(headers), said.alert());
  }

  private static Alert alert(DistressAlert value) {
    long endedMicros = Instants.toMicros(value.getEndedAt());
    return new Alert(
        value.getAlertId(),
        value.getRevision(),
        Alert.State.valueOf(value.getState().name()),
        value.getPatternId(),
        Severity.valueOf(value.getSeverity().name()),
        value.getProbability(),
        location(value.getLocation()),
        Instants.toMicros(value.getStartedAt()),
        endedMicros,
        value.getEvents().stream().map(event -> event(event, endedMicros)).toList(),
        value.getExplanation(),
        value.getReplacedBy());
  }

  private static SoundEvent event(AlertEvent event, long endedMicros) {
    GeoPoint point = point(event.getPlace());
    long originMicros = Instants.toMicros(event.getOriginAt());
    List<SoundEvent.EventPick> picks =
        event.getDetectionIds().stream()
            .map(
                id -> new Pick(id, "", point, event.getLabel(), 0, originMicros, 0, endedMicros, 0))
            .map(pick -> new SoundEvent.EventPick(pick, 0))
            .toList();
    return new SoundEvent(
        event.getEventId(),
        event.getLabel(),
        originMicros,
        0,
        new Location(point, 0, 0, 0, Location.Method.AUDIBLE_REGION, null),
        picks,
        List.of(),
        0);
  }

  private static Location location(io.tocsin.schema.avro.Location location) {
    return new Location(
        point(location.getPlace()),
        location.getEllipse().getSemiMajorMetres(),
        location.getEllipse().getSemiMinorMetres(),
        location.getEllipse().getAzimuthDegrees(),
        Location.Method.valueOf(location.getMethod().name()),
        location.getAzimuthalGapDegrees());
  }

  private static GeoPoint point(Place place) {
    return new GeoPoint(place.getLatitudeDegrees(), place.getLongitudeDegrees());
  }
}
