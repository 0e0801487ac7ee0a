package io.tocsin.edge.health;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** What a part of the sensor tells beside its pulse. */
public interface Telling {

  /** For who has nothing to say. */
  Telling NOTHING =
      new Telling() {
        @Override
        public ObjectNode facts() {
          return JsonNodeFactory.instance.objectNode();
        }

        @Override
        public List<Figure> figures() {
          return List.of();
        }
      };

  /** For /health. */
  ObjectNode facts();

  /** For /metrics; those of one name behind each other. */
  List<Figure> figures();

  /**
   * A figure for Prometheus.
   *
   * @param name without the sensor's prefix, with its unit
   * @param type gauge or counter
   */
  record Figure(String name, String help, String type, Map<String, String> labels, double value) {

    /** A value that goes up and down. */
    public static Figure gauge(String name, String help, double value) {
      return new Figure(name, help, "gauge", Map.of(), value);
    }

    /** A value that only grows. */
    public static Figure counter(String name, String help, double value) {
      return new Figure(name, help, "counter", Map.of(), value);
    }

    /** A count that only grows. */
    public static Figure counter(String name, String help, long value) {
      return counter(name, help, (double) value);
    }

    /** With one label. */
    public Figure of(String label, String is) {
      return new Figure(name, help, type, Map.of(label, is), value);
    }
  }
}
