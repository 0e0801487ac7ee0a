package io.tocsin.stack.falsealarms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.association.ChanceAlert;
import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pattern;
import io.tocsin.association.SensorSite;
import io.tocsin.association.Severity;
import io.tocsin.association.TimeSlides;
import io.tocsin.stack.Tocsin;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class FalseAlarmReportTest {

  private static final long HOUR_MICROS = 3_600_000_000L;

  private static FalseAlarmReport report(ChanceAlert... alerts) {
    Pattern pattern = new Pattern("pair", List.of("a", "b"), 1, 1, 0.6, 3, Severity.LOW, true);
    Heard heard =
        new Heard(
            0,
            12 * HOUR_MICROS,
            List.of(),
            List.of(
                new SensorSite("s1", new GeoPoint(0, 0), 400),
                new SensorSite("s2", new GeoPoint(0, 0.01), 400)),
            List.of(pattern),
            List.of());
    return FalseAlarmReport.of(
        heard, new TimeSlides.Chance(List.of(alerts), 50, 2 * 0.5 * 50), false);
  }

  @Test
  void ratesAreASensorDayAndADayOfAllSensorsFromThePatternsOwnMinimumOn() {
    FalseAlarmReport report =
        report(
            new ChanceAlert("pair", 0.65, 1),
            new ChanceAlert("pair", 0.75, 0),
            new ChanceAlert("pair", 0.75, 0),
            new ChanceAlert("other", 0.99, 0));
    FalseAlarmReport.OfPattern pair = report.patterns().get(0);
    assertThat(pair.chanceAlertsThen()).isCloseTo(3 / 50.0, within(1e-12));
    assertThat(pair.byProbability().get(0))
        .isEqualTo(new FalseAlarmReport.Step(0.6, 3, 3 / 50.0, 2 * 3 / 50.0, false));
    assertThat(pair.byProbability())
        .filteredOn(step -> step.probability() == 0.8)
        .singleElement()
        .satisfies(
            step -> {
              assertThat(step.chanceAlerts()).isZero();
              assertThat(step.upperBound()).isTrue();
              assertThat(step.perSensorDay()).isCloseTo(2.3026 / 50, within(1e-4));
            });
    assertThat(report.lines()).anyMatch(line -> line.contains("at most 0.046"));
  }

  @Test
  void withoutAStackItSaysHowToStartOneOrNameAnother() {
    StringWriter err = new StringWriter();
    CommandLine line = Tocsin.commandLine();
    line.setErr(new PrintWriter(err, true));
    assertThat(line.execute("false-alarms", "--name=no-such-stack")).isEqualTo(1);
    assertThat(err.toString()).contains("no-such-stack does not run", "--bootstrap-servers");
    assertThat(line.execute("false-alarms", "--slides=0")).isEqualTo(2);
  }
}
