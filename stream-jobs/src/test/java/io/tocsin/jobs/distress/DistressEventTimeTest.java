package io.tocsin.jobs.distress;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.association.Alert;
import io.tocsin.association.Pick;
import io.tocsin.jobs.OpenSource;
import io.tocsin.jobs.kafka.Timeless;
import io.tocsin.jobs.settings.JobEnvironment;
import io.tocsin.jobs.settings.SettingsFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.SourceTransformation;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.clock.RelativeClock;
import org.apache.flink.util.clock.SystemClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sensors and patterns hardly ever change: the alerts' time must not wait for them. */
class DistressEventTimeTest {

  private static final List<FieldChange> TABLES = tables();

  /** Ten minutes later, which moves time on. */
  private static final List<Pick> LONE_GLASS =
      new Neighbourhood()
          .sound("glass", Neighbourhood.at(40, -60), Neighbourhood.T0_MICROS + 600_000_000);

  private static final List<Pick> PICKS = picks();

  @Test
  @SuppressWarnings("try") // The iterator's close() may throw anything.
  // Without event time the job waits for ever, and Flink swallows the interrupt.
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void alertsCloseByEventTimeThoughTheTablesAreSilent() throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
    DataStream<TracedPick> picks =
        environment
            .fromSource(
                new OpenSource(PICKS.size(), LONE_GLASS.size()),
                WatermarkStrategy.<Integer>forBoundedOutOfOrderness(CellHarness.LATENESS)
                    .withTimestampAssigner((i, none) -> PICKS.get(i).onsetMicros() / 1_000)
                    .withIdleness(Duration.ofHours(1)),
                "picks")
            .setParallelism(1)
            .map(i -> new TracedPick(PICKS.get(i), null))
            .returns(TypeInformation.of(TracedPick.class))
            .setParallelism(1);
    DataStream<FieldChange> changes =
        environment
            .fromSource(new OpenSource(TABLES.size(), 0), Timeless.table(), "tables")
            .map(i -> TABLES.get(i))
            .returns(TypeInformation.of(FieldChange.class));
    DataStream<TracedAlert> alerts =
        picks
            .process(
                new ToCellsFunction(Neighbourhood.REPLICATION_METRES), DistressPipeline.BY_CELL)
            .keyBy(DistressPipeline::cell, Types.LONG)
            .connect(changes.broadcast(AssociationFunction.SITES, AssociationFunction.PATTERNS))
            .process(
                new AssociationFunction(
                    Neighbourhood.SETTINGS,
                    Neighbourhood.REPLICATION_METRES,
                    // Processing time is out of the question within this test.
                    Duration.ofHours(1)),
                TypeInformation.of(TracedAlert.class));
    Alert.State last = null;
    try (CloseableIterator<TracedAlert> said = alerts.executeAndCollect()) {
      while (last != Alert.State.CLOSED) {
        last = said.next().alert().state();
        // Only now: time must not overtake the tables on their way.
        OpenSource.release();
      }
    }
    assertThat(last).isEqualTo(Alert.State.CLOSED);
  }

  @Test
  void theJobReadsItsTablesWithoutTime() {
    StreamExecutionEnvironment environment = JobEnvironment.defaults().create();
    DistressPipeline.build(
        environment,
        SettingsFile.read(
            DistressJobSettings.class,
            "--kafka.bootstrapServers=unused:1",
            "--kafka.registryUrl=http://unused"));
    Map<String, Object> generators = new HashMap<>();
    for (Transformation<?> sink : environment.getTransformations()) {
      for (Transformation<?> one : sink.getTransitivePredecessors()) {
        if (one instanceof SourceTransformation<?, ?, ?> source) {
          generators.put(
              source.getName(), source.getWatermarkStrategy().createWatermarkGenerator(context()));
        }
      }
    }
    assertThat(generators)
        .containsOnlyKeys("detections", "sensors", "patterns", "false alarms", "said alerts");
    assertThat(generators.get("sensors")).isInstanceOf(Timeless.class);
    assertThat(generators.get("patterns")).isInstanceOf(Timeless.class);
    assertThat(generators.get("false alarms")).isInstanceOf(Timeless.class);
    assertThat(generators.get("said alerts")).isInstanceOf(Timeless.class);
    assertThat(generators.get("detections")).isNotInstanceOf(Timeless.class);
  }

  private static WatermarkGeneratorSupplier.Context context() {
    return new WatermarkGeneratorSupplier.Context() {
      @Override
      public MetricGroup getMetricGroup() {
        return new UnregisteredMetricsGroup();
      }

      @Override
      public RelativeClock getInputActivityClock() {
        return SystemClock.getInstance();
      }
    };
  }

  private static List<FieldChange> tables() {
    List<FieldChange> tables = new ArrayList<>(Neighbourhood.sensors());
    tables.add(Neighbourhood.in(Neighbourhood.GLASS_THEN_CRY));
    return tables;
  }

  private static List<Pick> picks() {
    List<Pick> picks = new Neighbourhood().distress(40, -60, Neighbourhood.T0_MICROS);
    picks.sort(Comparator.comparingLong(Pick::onsetMicros));
    picks.addAll(LONE_GLASS);
    return picks;
  }
}
