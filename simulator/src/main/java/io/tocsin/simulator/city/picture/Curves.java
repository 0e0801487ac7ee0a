package io.tocsin.simulator.city.picture;

import io.tocsin.simulator.city.evaluation.Judgement.Share;
import io.tocsin.simulator.city.evaluation.Report;
import io.tocsin.simulator.city.evaluation.Tally;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** F1 against the threshold on the score, and recall against the number of audible sensors. */
public final class Curves {

  private static final int WIDTH = 640;
  private static final int HEIGHT = 420;
  private static final int LEFT = 60;
  private static final int RIGHT = 20;
  private static final int TOP = 70;
  private static final int BOTTOM = 50;

  private Curves() {}

  /** Of sound events and of alerts, each against the rank of its score. */
  public static String f1(Report report, String title) {
    Drawing drawing = framed(title, "share of what was found that the threshold leaves out");
    curve(drawing, "one", report.detail().eventCurve(), Tally.Point::f1);
    curve(drawing, "two", report.detail().alertCurve(), Tally.Point::f1);
    drawing.line("one", LEFT, 48, LEFT + 24, 48);
    drawing.text("faint", LEFT + 30, 52, "start", "F1 of sound events");
    drawing.line("two", LEFT + 190, 48, LEFT + 214, 48);
    drawing.text("faint", LEFT + 220, 52, "start", "F1 of alerts");
    for (int percent = 0; percent <= 100; percent += 25) {
      drawing.text("faint", x(percent / 100.0), HEIGHT - BOTTOM + 18, "middle", percent + " %");
    }
    return drawing.done();
  }

  private static void curve(
      Drawing drawing,
      String kind,
      List<Tally.Point> points,
      ToDoubleFunction<Tally.Point> figure) {
    double[][] way = new double[points.size()][];
    for (int i = 0; i < way.length; i++) {
      way[i] =
          new double[] {
            x((double) i / Math.max(1, way.length)), y(figure.applyAsDouble(points.get(i)))
          };
    }
    if (way.length > 0) {
      drawing.path(kind, way);
    }
  }

  /** Recall of sounds by how many sensors picked them. */
  public static String recall(Report report, String title) {
    Drawing drawing = framed(title, "sensors that picked the sound");
    Map<Integer, Share> shares = report.detail().recallBySensors();
    int most = shares.keySet().stream().mapToInt(n -> n).max().orElse(4);
    double slot = (double) (WIDTH - LEFT - RIGHT) / (most - 2);
    shares.forEach(
        (sensors, share) -> {
          double recall = (double) share.part() / share.whole();
          double left = LEFT + (sensors - 3) * slot + 0.15 * slot;
          drawing.box("bar", left, y(recall), 0.7 * slot, y(0) - y(recall));
          drawing.text(
              "faint",
              left + 0.35 * slot,
              HEIGHT - BOTTOM + 18,
              "middle",
              Integer.toString(sensors));
        });
    drawing.text("faint", LEFT, 52, "start", "share of sounds found");
    return drawing.done();
  }

  private static Drawing framed(String title, String below) {
    Drawing drawing = new Drawing(WIDTH, HEIGHT);
    drawing.text("ink", 16, 26, "start", title);
    for (int tenth = 0; tenth <= 10; tenth += 2) {
      double y = y(tenth / 10.0);
      drawing.line(tenth == 0 ? "axis" : "grid", LEFT, y, WIDTH - RIGHT, y);
      drawing.text(
          "faint", LEFT - 8, y + 4, "end", String.format(Locale.ROOT, "%.1f", tenth / 10.0));
    }
    drawing.text("faint", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", below);
    return drawing;
  }

  private static double x(double share) {
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double share) {
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  }
}
