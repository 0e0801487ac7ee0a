package io.tocsin.jobs.scoring;

import io.tocsin.jobs.kafka.Instants;
import io.tocsin.jobs.kafka.OutboundRecords.AvroMapping;
import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.EvidencePointer;
import io.tocsin.schema.avro.ModelRef;
import io.tocsin.schema.avro.Place;
import io.tocsin.schema.avro.SecondOpinion;
import io.tocsin.schema.wire.TraceParent;
import io.tocsin.scoring.bundle.LabelSpec;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.SoundDetection;
import java.io.Serializable;
import java.util.HashMap;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Detections to Avro. */
final class DetectionRecords implements AvroMapping<PlacedDetection, Detection> {

  private static final long serialVersionUID = 1L;

  /** A bundle's id, version and digest. */
  private record Model(String id, String version, String digest) implements Serializable {

    static Model of(ModelBundle bundle) {
      return new Model(bundle.ref().id(), bundle.ref().version(), bundle.ref().digest());
    }

    ModelRef toAvro() {
      return ModelRef.newBuilder().setId(id).setVersion(version).setDigest(digest).build();
    }
  }

  private final Model model;
  private final @Nullable Model second;

  /** The second bundle's, by label; nothing without one. */
  private final HashMap<String, LabelSpec.Calibration> secondCalibrations = new HashMap<>();

  DetectionRecords(ModelBundle bundle) {
    model = Model.of(bundle);
    @Nullable ModelBundle other = bundle.loadSecond().orElse(null);
    second = other == null ? null : Model.of(other);
    if (other != null) {
      other.labels().forEach(l -> secondCalibrations.put(l.name(), l.calibration()));
    }
  }

  @Override
  public Detection apply(PlacedDetection placed) {
    SoundDetection d = placed.detection();
    SensorRegistration sensor = placed.sensor();
    return Detection.newBuilder()
        .setDetectionId(d.detectionId())
        .setSensorId(d.sensorId())
        .setPlace(
            Place.newBuilder()
                .setLatitudeDegrees(sensor.latitudeDegrees())
                .setLongitudeDegrees(sensor.longitudeDegrees())
                .setAltitudeMetres(sensor.altitudeMetres())
                .setAccuracyMetres(sensor.accuracyMetres())
                .build())
        .setLabel(d.label())
        .setProbability(d.probability())
        .setScore(d.score())
        .setOnsetAt(Instants.ofMicros(d.onsetMicros()))
        .setOnsetSigmaMicros(d.onsetSigmaMicros())
        .setEndAt(Instants.ofMicros(d.endMicros()))
        .setLevelDbfs(d.levelDbfs())
        .setClock(
            Clock.newBuilder()
                .setSource(ClockSource.valueOf(d.clockSource()))
                .setUncertaintyMicros(d.clockUncertaintyMicros())
                .build())
        .setModel(model.toAvro())
        .setStoredMillis(d.storedMillis())
        .setSecondOpinion(secondOpinion(d.label(), d.secondScore()))
        .setEvidence(
            EvidencePointer.newBuilder()
                .setTopic(placed.topic())
                .setBootId(d.bootId())
                .setFirstSequence(d.firstSequence())
                .setLastSequence(d.lastSequence())
                .build())
        .build();
  }

  /** The trace of what brought the detection out. */
  static void headers(PlacedDetection placed, Headers headers) {
    TraceParent trace = TraceParent.parse(placed.trace());
    if (trace != null) {
      trace.child(placed.detection().detectionId(), 0).addTo(headers);
    }
  }

  private @Nullable SecondOpinion secondOpinion(String label, @Nullable Float score) {
    LabelSpec.Calibration calibration = secondCalibrations.get(label);
    if (second == null || calibration == null || score == null) {
      return null;
    }
    return SecondOpinion.newBuilder()
        .setModel(second.toAvro())
        .setScore(score)
        .setProbability(calibration.probability(score))
        .build();
  }
}
