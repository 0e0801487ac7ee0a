package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.scoring.detect.Onset;
import io.tocsin.scoring.detect.ScoredWindow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.groups.InternalOperatorMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingOperatorMetricGroup;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tiny bundle says glass, then background; the other one thud, background, glass. Both are on
 * at 0.6.
 */
class AgreementFunctionTest {

  private static final Duration KEPT = Duration.ofMinutes(1);

  private final Map<String, InterceptingOperatorMetricGroup> ofLabels = new HashMap<>();
  private final InterceptingOperatorMetricGroup metrics =
      new InterceptingOperatorMetricGroup() {
        @Override
        public MetricGroup addGroup(String key, String value) {
          return ofLabels.computeIfAbsent(
              key + "=" + value, l -> new InterceptingOperatorMetricGroup());
        }
      };

  private KeyedTwoInputStreamOperatorTestHarness<String, ScoredWindow, ScoredWindow, Void> operator;

  @BeforeEach
  void anOperator(@TempDir Path folder) throws Exception {
    String inUse = TinyFleet.bundle().toString();
    String onTrial = TinyFleet.otherBundle(folder.resolve("other")).toString();
    operator =
        new KeyedTwoInputStreamOperatorTestHarness<>(
            new Measured(new AgreementFunction(inUse, onTrial), metrics),
            ScoredWindow::sensorId,
            ScoredWindow::sensorId,
            Types.STRING);
    operator.open();
  }

  @AfterEach
  void close() throws Exception {
    operator.close();
  }

  @Test
  void eachWindowThatBothScoredIsCountedOnceForWhoeverIsOn() throws Exception {
    compare(0, 0.9f, 0.9f);
    compare(1, 0.9f, 0.6f);
    compare(2, 0.7f, 0.5f);
    compare(3, 0.1f, 0.8f);
    compare(4, 0.5f, 0.8f);
    compare(5, 0.5f, 0.59f);
    compare(6, 0.1f, 0.0f);
    assertThat(count("both")).isEqualTo(2);
    assertThat(count("onlyInUse")).isEqualTo(1);
    assertThat(count("onlyOnTrial")).isEqualTo(2);
    assertThat(count(metrics, "windowsCompared")).isEqualTo(7);
    assertThat(count(metrics, "windowsAgreed")).isEqualTo(4);
    assertThat(operator.extractOutputValues()).isEmpty();
  }

  @Test
  void onlyLabelsThatBothKnowAreCompared() {
    assertThat(ofLabels).containsOnlyKeys("label=glass");
  }

  @Test
  void theOrderInWhichTheTwoAnswerDoesNotMatter() throws Exception {
    operator.processElement2(onTrial("a", 0, 0.9f), 0);
    operator.processElement2(onTrial("a", 1, 0.1f), 0);
    operator.processElement1(inUse("a", 1, 0.9f), 0);
    operator.processElement1(inUse("a", 0, 0.1f), 0);
    assertThat(count("onlyInUse")).isEqualTo(1);
    assertThat(count("onlyOnTrial")).isEqualTo(1);
  }

  @Test
  void windowsOfOtherSensorsAndWindowsWithoutScoresAreNotCompared() throws Exception {
    operator.processElement1(inUse("a", 0, 0.9f), 0);
    operator.processElement2(onTrial("b", 0, 0.9f), 0);
    operator.processElement1(inUse("a", 1, 0.9f), 0);
    operator.processElement2(scored("a", 1), 0);
    assertThat(count(metrics, "windowsCompared")).isZero();
  }

  @Test
  void whatTheOtherNeverAnswersIsForgotten() throws Exception {
    compare(0, 0.9f, 0.9f);
    operator.processElement1(inUse("a", 1, 0.9f), 0);
    operator.processElement2(onTrial("b", 2, 0.9f), 0);
    assertThat(operator.numKeyedStateEntries()).isPositive();
    operator.setProcessingTime(KEPT.toMillis());
    assertThat(operator.numKeyedStateEntries()).isZero();
    assertThat(operator.numProcessingTimeTimers()).isZero();
    compare(3, 0.9f, 0.9f);
    assertThat(count("both")).isEqualTo(2);
  }

  private void compare(int window, float glassInUse, float glassOnTrial) throws Exception {
    operator.processElement1(inUse("a", window, glassInUse), 0);
    operator.processElement2(onTrial("a", window, glassOnTrial), 0);
  }

  private long count(String counter) {
    return count(ofLabels.get("label=glass"), counter);
  }

  private static long count(InterceptingOperatorMetricGroup group, String counter) {
    return ((Counter) group.get(counter)).getCount();
  }

  private static ScoredWindow inUse(String sensor, int window, float glass) {
    return scored(sensor, window, glass, 1 - glass);
  }

  private static ScoredWindow onTrial(String sensor, int window, float glass) {
    return scored(sensor, window, 0.99f, 1 - glass, glass);
  }

  private static ScoredWindow scored(String sensor, int window, float... scores) {
    long start = 1_800_000_000_000_000L + window * 50_000L;
    return new ScoredWindow(
        sensor,
        0,
        window,
        start,
        start + 100_000,
        0,
        0,
        scores,
        null,
        -30,
        new Onset(start, 2_000, 10),
        "boot",
        window,
        window,
        "GPS",
        50);
  }

  /** The operator with metrics that can be read. */
  private static final class Measured
      extends KeyedCoProcessOperator<String, ScoredWindow, ScoredWindow, Void> {

    private static final long serialVersionUID = 1L;

    private final transient InternalOperatorMetricGroup counted;

    Measured(AgreementFunction function, InternalOperatorMetricGroup counted) {
      super(function);
      this.counted = counted;
    }

    @Override
    public InternalOperatorMetricGroup getMetricGroup() {
      return counted;
    }
  }
}
