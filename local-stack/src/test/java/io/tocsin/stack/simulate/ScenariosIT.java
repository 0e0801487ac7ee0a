package io.tocsin.stack.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.simulator.city.CitySettings;
import io.tocsin.simulator.city.Scenario;
import io.tocsin.simulator.city.baseline.Baseline;
import io.tocsin.simulator.city.evaluation.Evaluation;
import io.tocsin.simulator.city.evaluation.Judgement;
import io.tocsin.simulator.city.evaluation.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two seeds of scenarios in a small city; full ones are for {@code tocsin simulate}. */
class ScenariosIT {

  private static final Logger LOG = LoggerFactory.getLogger(ScenariosIT.class);
  private static final List<Long> SEEDS = List.of(11L, 12L);
  private static final int SENSORS = 64;
  private static final double HOURS = 0.1;

  @ParameterizedTest
  @CsvSource({"S1, 0.97", "S2, 0.97", "S3, 0.97", "S4, 0.95", "S6, 0.85", "S7, 0.85", "S8, 0.85"})
  void soundsAreFound(Scenario scenario, double leastF1) {
    Map<Long, Judgement> bySeed = new LinkedHashMap<>();
    Map<String, List<Judgement>> baselines = new TreeMap<>();
    for (long seed : SEEDS) {
      CityRun run =
          CityRun.of(CitySettings.of(scenario, seed, SENSORS, HOURS), CityRun.Manner.usual(2));
      bySeed.put(seed, run.judgement());
      for (Baseline baseline : Baseline.values()) {
        Baseline.Found found = baseline.find(run.city());
        baselines
            .computeIfAbsent(baseline.key(), key -> new ArrayList<>())
            .add(Evaluation.judge(run.city().truth(), found.alerts(), found.events()));
      }
    }
    Report report = Report.of(scenario.name(), SENSORS, bySeed, baselines);
    LOG.info(
        "{}, seeds {}, figures:\n{}",
        scenario,
        SEEDS,
        String.join("\n", ReportTable.lines(report)));
    assertThat(report.f1()).isGreaterThanOrEqualTo(leastF1);
  }
}
