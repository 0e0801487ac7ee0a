package io.tocsin.simulator.city.picture;

import java.util.Locale;

/**
 * An SVG that follows the reader's choice of light or dark. Coordinates are pixels from the top
 * left.
 */
final class Drawing {

  private static final String STYLE =
      """
      <style>
        .page{fill:#ffffff} .ink{fill:#24292f} .faint{fill:#57606a}
        .axis{stroke:#57606a;fill:none} .grid{stroke:#d0d7de;fill:none}
        .sensor{fill:#9aa4af} .truth{stroke:#1a7f37;fill:none;stroke-width:1.6}
        .decoy{stroke:#9a6700;fill:none;stroke-width:1.6}
        .right{stroke:#0969da;fill:#0969da22} .wrong{stroke:#cf222e;fill:#cf222e33}
        .dot{fill:#0969da} .alert{stroke:#cf222e;fill:none;stroke-width:2}
        .one{stroke:#0969da;fill:none;stroke-width:2} .two{stroke:#bc4c00;fill:none;stroke-width:2}
        .bar{fill:#0969da}
        @media (prefers-color-scheme: dark) {
          .page{fill:#0d1117} .ink{fill:#e6edf3} .faint{fill:#9198a1}
          .axis{stroke:#9198a1} .grid{stroke:#30363d}
          .sensor{fill:#6e7681} .truth{stroke:#3fb950} .decoy{stroke:#d29922}
          .right{stroke:#58a6ff;fill:#58a6ff33} .wrong{stroke:#ff7b72;fill:#ff7b7244}
          .dot{fill:#58a6ff} .alert{stroke:#ff7b72}
          .one{stroke:#58a6ff} .two{stroke:#ffa657} .bar{fill:#58a6ff}
        }
      </style>
      """;

  private final StringBuilder svg = new StringBuilder();

  Drawing(int width, int height) {
    svg.append(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d'"
                .formatted(width, height, width, height))
        .append(" font-family='system-ui, sans-serif' font-size='13'>\n")
        .append(STYLE)
        .append("<rect class='page' width='100%' height='100%'/>\n");
  }

  void circle(String kind, double x, double y, double radius) {
    add("<circle class='%s' cx='%.1f' cy='%.1f' r='%.1f'/>", kind, x, y, radius);
  }

  /** Radii along and across a direction that is turned clockwise from the top. */
  void ellipse(
      String kind, double x, double y, double along, double across, double azimuthDegrees) {
    add(
        "<ellipse class='%s' cx='%.1f' cy='%.1f' rx='%.1f' ry='%.1f'"
            + " transform='rotate(%.1f %.1f %.1f)'/>",
        kind, x, y, across, along, azimuthDegrees, x, y);
  }

  void square(String kind, double x, double y, double half) {
    add(
        "<rect class='%s' x='%.1f' y='%.1f' width='%.1f' height='%.1f'/>",
        kind, x - half, y - half, 2 * half, 2 * half);
  }

  void box(String kind, double x, double y, double width, double height) {
    add(
        "<rect class='%s' x='%.1f' y='%.1f' width='%.1f' height='%.1f'/>",
        kind, x, y, width, height);
  }

  void line(String kind, double x1, double y1, double x2, double y2) {
    add("<path class='%s' d='M%.1f,%.1fL%.1f,%.1f'/>", kind, x1, y1, x2, y2);
  }

  void path(String kind, double[][] points) {
    StringBuilder way = new StringBuilder();
    for (double[] point : points) {
      way.append(
          String.format(Locale.ROOT, "%s%.1f,%.1f", way.isEmpty() ? "M" : "L", point[0], point[1]));
    }
    svg.append("<path class='").append(kind).append("' d='").append(way).append("'/>\n");
  }

  /**
   * @param anchor start, middle or end
   */
  void text(String kind, double x, double y, String anchor, String text) {
    String safe = text.replace("&", "&amp;").replace("<", "&lt;");
    add("<text class='%s' x='%.1f' y='%.1f' text-anchor='%s'>%s</text>", kind, x, y, anchor, safe);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  String done() {
    return svg + "</svg>\n";
  }
}
