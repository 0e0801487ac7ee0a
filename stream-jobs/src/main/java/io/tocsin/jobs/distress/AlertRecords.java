package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import io.tocsin.association.CellAssociator.RevisedEvent;
import io.tocsin.association.GeoPoint;
import io.tocsin.association.Location;
import io.tocsin.association.SoundEvent;
import io.tocsin.jobs.kafka.Instants;
import io.tocsin.schema.avro.AlertEvent;
import io.tocsin.schema.avro.AlertState;
import io.tocsin.schema.avro.DistressAlert;
import io.tocsin.schema.avro.ErrorEllipse;
import io.tocsin.schema.avro.EventPick;
import io.tocsin.schema.avro.LocationMethod;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.Severity;
import io.tocsin.schema.wire.TraceParent;
import org.apache.kafka.common.header.Headers;

/** Alerts and sound events to Avro. */
final class AlertRecords {

  private AlertRecords() {}

  static DistressAlert alert(RatedAlert rated) {
    Alert alert = rated.alert();
    return DistressAlert.newBuilder()
        .setAlertId(alert.alertId())
        .setRevision(alert.revision())
        .setState(AlertState.valueOf(alert.state().name()))
        .setPatternId(alert.patternId())
        .setSeverity(Severity.valueOf(alert.severity().name()))
        .setProbability(alert.probability())
        .setFalseAlarmsPerDay(rated.falseAlarmsPerDay())
        .setLocation(location(alert.location()))
        .setStartedAt(Instants.ofMicros(alert.startedMicros()))
        .setEndedAt(Instants.ofMicros(alert.endedMicros()))
        .setEvents(alert.events().stream().map(AlertRecords::alertEvent).toList())
        .setExplanation(alert.explanation())
        .setReplacedBy(alert.replacedBy())
        .build();
  }

  static void headers(RatedAlert rated, Headers headers) {
    OwnerCell.addTo(headers, rated.cell());
    TraceParent trace = rated.trace();
    if (trace != null) {
      trace.child(rated.alert().alertId(), rated.alert().revision()).addTo(headers);
    }
  }

  static io.tocsin.schema.avro.SoundEvent event(TracedEvent said) {
    RevisedEvent revised = said.event();
    SoundEvent event = revised.event();
    return io.tocsin.schema.avro.SoundEvent.newBuilder()
        .setEventId(event.eventId())
        .setRevision(revised.revision())
        .setLabel(event.label())
        .setOriginAt(Instants.ofMicros(event.originMicros()))
        .setOriginSigmaMicros(event.originSigmaMicros())
        .setLocation(location(event.location()))
        .setPicks(event.picks().stream().map(AlertRecords::pick).toList())
        .setSilentSensors(event.silentSensors())
        .setLogLikelihoodRatio(event.logLikelihoodRatio())
        .setWithdrawn(revised.withdrawn())
        .build();
  }

  static void headers(TracedEvent said, Headers headers) {
    TraceParent trace = said.trace();
    if (trace != null) {
      trace.child(said.event().event().eventId(), said.event().revision()).addTo(headers);
    }
  }

  private static AlertEvent alertEvent(SoundEvent event) {
    return AlertEvent.newBuilder()
        .setEventId(event.eventId())
        .setLabel(event.label())
        .setOriginAt(Instants.ofMicros(event.originMicros()))
        .setPlace(place(event.location().point()))
        .setDetectionIds(event.picks().stream().map(p -> p.pick().detectionId()).toList())
        .build();
  }

  private static EventPick pick(SoundEvent.EventPick pick) {
    return EventPick.newBuilder()
        .setDetectionId(pick.pick().detectionId())
        .setSensorId(pick.pick().sensorId())
        .setOnsetAt(Instants.ofMicros(pick.pick().onsetMicros()))
        .setResidualMicros(pick.residualMicros())
        .setProbability(pick.pick().probability())
        .build();
  }

  private static io.tocsin.schema.avro.Location location(Location location) {
    return io.tocsin.schema.avro.Location.newBuilder()
        .setPlace(place(location.point()))
        .setEllipse(
            ErrorEllipse.newBuilder()
                .setSemiMajorMetres(location.semiMajorMetres())
                .setSemiMinorMetres(location.semiMinorMetres())
                .setAzimuthDegrees(location.azimuthDegrees())
                .build())
        .setMethod(LocationMethod.valueOf(location.method().name()))
        .setAzimuthalGapDegrees(location.azimuthalGapDegrees())
        .build();
  }

  private static Place place(GeoPoint point) {
    return Place.newBuilder()
        .setLatitudeDegrees(point.latitudeDegrees())
        .setLongitudeDegrees(point.longitudeDegrees())
        .build();
  }
}
