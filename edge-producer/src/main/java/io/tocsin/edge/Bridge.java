package io.tocsin.edge;

import io.tocsin.edge.forward.SpooledSensor;
import io.tocsin.edge.forward.StoreAndForward;
import io.tocsin.edge.mqtt.MqttBridge;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Frames of the devices of an MQTT bridge: each chunk becomes whole frames at its own rate at once,
 * so that none waits in memory for the next while its message is acknowledged. For the bridge's one
 * thread.
 */
final class Bridge implements MqttBridge.Taker {

  /** A device counts as alive so long after it was heard. */
  private static final Duration ALIVE = Duration.ofSeconds(60);

  private static final int SHORTEST_FRAME_MILLIS = 100;

  private final Map<String, SensorIdentity> sensors = new HashMap<>();
  private final Map<String, Device> devices = new HashMap<>();
  private final StoreAndForward forward;
  private final String bootId;
  private final int frameMillis;
  private final AudioEncoding encoding;
  private long changes;

  Bridge(
      List<SensorIdentity> sensors,
      StoreAndForward forward,
      String bootId,
      int frameMillis,
      AudioEncoding encoding) {
    sensors.forEach(sensor -> this.sensors.put(sensor.sensorId(), sensor));
    this.forward = forward;
    this.bootId = bootId;
    this.frameMillis = frameMillis;
    this.encoding = encoding;
  }

  /** What a device is now; one that changes its rate begins anew. */
  private static final class Device {
    private final int rateHertz;
    private final SpooledSensor sensor;
    private volatile long heardNanos = System.nanoTime();

    Device(
        SensorIdentity identity,
        StoreAndForward forward,
        String bootId,
        int rateHertz,
        AudioEncoding encoding) {
      this.rateHertz = rateHertz;
      this.sensor =
          new SpooledSensor(identity, forward, bootId, rateHertz, encoding, this::isAlive);
    }

    private boolean isAlive() {
      return System.nanoTime() - heardNanos < ALIVE.toNanos();
    }
  }

  @Override
  public boolean take(
      String sensorId, short[] samples, int rateHertz, long capturedAtMicros, Clock clock) {
    Device device = device(sensorId, rateHertz);
    device.heardNanos = System.nanoTime();
    device.sensor.date(clock, false);
    int frame = rateHertz * frameMillis / 1_000;
    int shortest = rateHertz * SHORTEST_FRAME_MILLIS / 1_000;
    boolean kept = true;
    for (int from = 0; from < samples.length; ) {
      int to = samples.length - from < frame + shortest ? samples.length : from + frame;
      kept &=
          device.sensor.accept(
              Arrays.copyOfRange(samples, from, to),
              capturedAtMicros + from * 1_000_000L / rateHertz);
      from = to;
    }
    return kept;
  }

  private Device device(String sensorId, int rateHertz) {
    Device known = devices.get(sensorId);
    if (known != null && known.rateHertz == rateHertz) {
      return known;
    }
    SensorIdentity identity = sensors.get(sensorId);
    if (identity == null) {
      throw new IllegalArgumentException(sensorId + " is no sensor of this bridge");
    }
    // Numbers are counted within a boot id: another rate counts anew, so its id is another.
    Device device =
        new Device(
            identity,
            forward,
            known == null ? bootId : bootId + "-" + ++changes,
            rateHertz,
            encoding);
    devices.put(sensorId, device);
    return device;
  }
}
