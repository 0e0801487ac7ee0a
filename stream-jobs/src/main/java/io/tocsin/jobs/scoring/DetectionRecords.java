package io.tocsin.jobs.scoring;

import io.tocsin.jobs.kafka.Instants;
import io.tocsin.jobs.kafka.OutboundRecords.AvroMapping;
import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.EvidencePointer;
import io.tocsin.schema.avro.Place;
import io.tocsin.scoring.bundle.ModelRef;
import io.tocsin.scoring.detect.SoundDetection;

/** Detections to Avro. */
final class DetectionRecords implements AvroMapping<PlacedDetection, Detection> {

  private static final long serialVersionUID = 1L;

  private final String modelId;
  private final String modelVersion;
  private final String modelDigest;

  DetectionRecords(ModelRef model) {
    this.modelId = model.id();
    this.modelVersion = model.version();
    this.modelDigest = model.digest();
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
        .setModel(
            io.tocsin.schema.avro.ModelRef.newBuilder()
                .setId(modelId)
                .setVersion(modelVersion)
                .setDigest(modelDigest)
                .build())
        .setEvidence(
            EvidencePointer.newBuilder()
                .setTopic(Topics.AUDIO_FRAMES.name())
                .setBootId(d.bootId())
                .setFirstSequence(d.firstSequence())
                .setLastSequence(d.lastSequence())
                .build())
        .build();
  }
}
