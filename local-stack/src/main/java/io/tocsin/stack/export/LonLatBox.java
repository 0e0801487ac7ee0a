package io.tocsin.stack.export;

import java.util.Locale;

/** A box in degrees WGS 84; it does not cross the antimeridian. */
record LonLatBox(double west, double south, double east, double north) {

  LonLatBox {
    if (!(west >= -180 && west <= east && east <= 180)
        || !(south >= -90 && south <= north && north <= 90)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "bbox %s,%s,%s,%s is none: give west,south,east,north in degrees, west <= east and"
                  + " south <= north",
              west,
              south,
              east,
              north));
    }
  }

  /**
   * Reads {@code west,south,east,north}.
   *
   * @throws IllegalArgumentException if it is no box
   */
  static LonLatBox parse(String text) {
    String[] parts = text.split(",", -1);
    if (parts.length == 4) {
      try {
        return new LonLatBox(
            Double.parseDouble(parts[0]),
            Double.parseDouble(parts[1]),
            Double.parseDouble(parts[2]),
            Double.parseDouble(parts[3]));
      } catch (NumberFormatException e) {
        throw none(text, e);
      }
    }
    throw none(text, null);
  }

  private static IllegalArgumentException none(
      String text, @org.jspecify.annotations.Nullable Exception cause) {
    return new IllegalArgumentException(
        "bbox " + text + " is none: give west,south,east,north in degrees", cause);
  }
}
