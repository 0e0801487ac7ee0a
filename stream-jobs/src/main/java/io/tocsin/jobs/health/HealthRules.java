package io.tocsin.jobs.health;

import io.tocsin.schema.avro.Heartbeat;
import io.tocsin.schema.avro.SensorState;
import java.time.Duration;

/** What a heartbeat, or the lack of one, says of a sensor. Pure. */
final class HealthRules {

  /** A state and why. */
  record Verdict(SensorState state, String reason) {}

  private final SensorHealthSettings settings;

  HealthRules(SensorHealthSettings settings) {
    this.settings = settings;
  }

  /**
   * @param heartbeat the newest one
   * @param seenAtMillis when the broker took it, milliseconds since the epoch
   * @param nowMillis the time to judge at
   */
  Verdict judge(Heartbeat heartbeat, long seenAtMillis, long nowMillis) {
    Duration quiet = Duration.ofMillis(nowMillis - seenAtMillis);
    if (quiet.compareTo(settings.silentAfter()) > 0) {
      return new Verdict(
          SensorState.SILENT,
          "no heartbeat for more than " + settings.silentAfter().toSeconds() + " s");
    }
    // Spool first: a heartbeat that waited with the rest looks like a clock that is behind.
    if (heartbeat.getSpoolAgeMillis() > settings.lateSpool().toMillis()) {
      return new Verdict(
          SensorState.LATE,
          "its oldest unsent record is " + heartbeat.getSpoolAgeMillis() / 1000 + " s old");
    }
    long offset = offsetMillis(heartbeat, seenAtMillis);
    if (Math.abs(offset) > settings.faultyClock().toMillis()) {
      return new Verdict(
          SensorState.FAULTY,
          "its clock is " + offset + " ms from the broker's; discipline it by GPS, PTP or NTP");
    }
    return new Verdict(SensorState.ONLINE, "");
  }

  /** Sensor clock minus broker clock in milliseconds, transport included. */
  static long offsetMillis(Heartbeat heartbeat, long seenAtMillis) {
    return heartbeat.getSentAt().toEpochMilli() - seenAtMillis;
  }
}
