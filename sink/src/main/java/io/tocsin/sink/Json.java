package io.tocsin.sink;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tocsin.schema.avro.AlertEvent;
import io.tocsin.schema.avro.EventPick;
import io.tocsin.schema.avro.EvidencePointer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Nested parts of records as JSON text, with the field names of the Avro contracts. */
final class Json {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final JsonStringEncoder QUOTES = JsonStringEncoder.getInstance();

  private Json() {}

  static String texts(Collection<String> texts) {
    ArrayNode array = NODES.arrayNode();
    texts.forEach(array::add);
    return array.toString();
  }

  /** JSON has no NaN and no infinity: such a number becomes null. */
  static String numbers(Map<String, Double> numbers) {
    ObjectNode object = NODES.objectNode();
    new TreeMap<>(numbers).forEach((name, number) -> object.set(name, number(number)));
    return object.toString();
  }

  static @Nullable String evidence(@Nullable EvidencePointer evidence) {
    if (evidence == null) {
      return null;
    }
    // By hand: there is one a detection, and a tree of nodes for each was a tenth of the work.
    StringBuilder json = new StringBuilder(160).append("{\"topic\":\"");
    QUOTES.quoteAsString(evidence.getTopic(), json);
    json.append("\",\"bootId\":\"");
    QUOTES.quoteAsString(evidence.getBootId(), json);
    return json.append("\",\"firstSequence\":")
        .append(evidence.getFirstSequence())
        .append(",\"lastSequence\":")
        .append(evidence.getLastSequence())
        .append('}')
        .toString();
  }

  static String picks(List<EventPick> picks) {
    ArrayNode array = NODES.arrayNode();
    for (EventPick pick : picks) {
      array
          .addObject()
          .put("detectionId", pick.getDetectionId())
          .put("sensorId", pick.getSensorId())
          .put("onsetAt", pick.getOnsetAt().toString())
          .put("residualMicros", pick.getResidualMicros())
          .set("probability", number(pick.getProbability()));
    }
    return array.toString();
  }

  static String alertEvents(List<AlertEvent> events) {
    ArrayNode array = NODES.arrayNode();
    for (AlertEvent event : events) {
      ObjectNode object = array.addObject();
      object.put("eventId", event.getEventId());
      object.put("label", event.getLabel());
      object.put("originAt", event.getOriginAt().toString());
      object.set("latitudeDegrees", number(event.getPlace().getLatitudeDegrees()));
      object.set("longitudeDegrees", number(event.getPlace().getLongitudeDegrees()));
      event.getDetectionIds().forEach(object.putArray("detectionIds")::add);
    }
    return array.toString();
  }

  private static JsonNode number(double value) {
    return Double.isFinite(value) ? NODES.numberNode(value) : NODES.nullNode();
  }
}
