package io.tocsin.edge.mqtt;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Topics on which devices publish, with the sensor's id as one of their levels, such as {@code
 * tocsin/{sensorId}/audio}.
 */
public record TopicPattern(String text) {

  private static final String ID = "{sensorId}";
  private static final Pattern LEVELS =
      Pattern.compile("(?:[^/+#{}]*/)*\\{sensorId}(?:/[^/+#{}]*)*");

  /**
   * @throws IllegalArgumentException saying what is allowed
   */
  public TopicPattern {
    if (!LEVELS.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' has not {sensorId} as one of its levels, such as tocsin/{sensorId}/audio");
    }
  }

  /** As it is subscribed to. */
  String filter() {
    return text.replace(ID, "+");
  }

  /** The sensor's id in a topic; empty if it is no such topic. */
  Optional<String> sensorId(String topic) {
    int at = text.indexOf(ID);
    Matcher matcher =
        Pattern.compile(
                Pattern.quote(text.substring(0, at))
                    + "([^/]+)"
                    + Pattern.quote(text.substring(at + ID.length())))
            .matcher(topic);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
