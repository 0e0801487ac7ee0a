package io.tocsin.edge.mode;

import io.tocsin.edge.SensorIdentity;
import io.tocsin.edge.forward.SpooledSensor;

/** What a sensor's samples go to. For one thread. */
public interface Ear extends AutoCloseable {

  /**
   * Takes the next samples and sends what may go by now; returns when that is kept.
   *
   * @param capturedAtMicros instant of the first sample
   * @return false if there is no room for some of what goes, which is counted
   */
  boolean accept(short[] samples, long capturedAtMicros) throws InterruptedException;

  /** Sends of what is held what may go. */
  default boolean finish() {
    return true;
  }

  @Override
  default void close() {}

  /**
   * The one that settings ask for. No class of a model is loaded where none is needed.
   *
   * @param bootId names this run of the producer
   * @throws IllegalArgumentException if the settings do not go with the bundle, or that cannot be
   *     used
   */
  static Ear open(
      ModeSettings settings,
      SensorIdentity identity,
      String bootId,
      int sampleRateHertz,
      SpooledSensor sensor) {
    return settings.needsModel()
        ? listening(settings, identity, bootId, sampleRateHertz, new SpoolOutbox(sensor))
        : sensor::accept;
  }

  /**
   * One with a model.
   *
   * @param bootId names this run of the producer
   * @throws IllegalArgumentException if the settings do not go with the bundle, that cannot be
   *     used, or there is none
   */
  static Ear listening(
      ModeSettings settings,
      SensorIdentity identity,
      String bootId,
      int sampleRateHertz,
      Outbox outbox) {
    return Listening.open(settings, identity, bootId, sampleRateHertz, outbox);
  }
}
