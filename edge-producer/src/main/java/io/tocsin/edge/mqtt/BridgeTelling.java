package io.tocsin.edge.mqtt;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.edge.health.Telling;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What a bridge has to tell. */
public record BridgeTelling(Supplier<BridgeStatus> bridge) implements Telling {

  private static final double MILLIS_PER_SECOND = 1e3;

  @Override
  public ObjectNode facts() {
    BridgeStatus status = bridge.get();
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    ObjectNode mqtt =
        facts
            .putObject("mqtt")
            .put("broker", status.broker())
            .put("connected", status.connected())
            .put("connections", status.connections())
            .put("chunks", status.chunks())
            .put("notKept", status.notKept())
            .put("problem", status.problem());
    ObjectNode refused = mqtt.putObject("refused");
    status.refused().forEach(refused::put);
    ObjectNode heard = mqtt.putObject("lastHeard");
    status.lastHeard().forEach((device, at) -> heard.put(device, at.toString()));
    return facts;
  }

  @Override
  public List<Figure> figures() {
    BridgeStatus status = bridge.get();
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.gauge("mqtt_connected", "1 while the broker is", status.connected() ? 1 : 0));
    figures.add(
        Figure.counter("mqtt_connections_total", "Made to the broker", status.connections()));
    figures.add(Figure.counter("mqtt_chunks_total", "Taken from devices", status.chunks()));
    figures.add(
        Figure.counter(
            "mqtt_not_kept_total", "Chunks that the spool had no room for", status.notKept()));
    status
        .refused()
        .forEach(
            (reason, count) ->
                figures.add(
                    Figure.counter("mqtt_refused_total", "Messages that are no chunk", count)
                        .of("reason", reason)));
    Instant now = Instant.now();
    status
        .lastHeard()
        .forEach(
            (device, at) ->
                figures.add(
                    Figure.gauge(
                            "mqtt_device_silence_seconds",
                            "Since the device was heard",
                            Duration.between(at, now).toMillis() / MILLIS_PER_SECOND)
                        .of("device", device)));
    return figures;
  }
}
