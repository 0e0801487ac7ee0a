package io.tocsin.stack.bench.association;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.sun.management.OperatingSystemMXBean;
import io.tocsin.association.CellReach;
import io.tocsin.association.Pattern;
import io.tocsin.association.Pick;
import io.tocsin.association.Severity;
import io.tocsin.jobs.distress.DistressJobSettings;
import io.tocsin.jobs.distress.DistressPipeline;
import io.tocsin.jobs.distress.FieldChange;
import io.tocsin.jobs.distress.TracedAlert;
import io.tocsin.jobs.distress.TracedEvent;
import io.tocsin.jobs.distress.TracedPick;
import io.tocsin.jobs.settings.SettingsFile;
import io.tocsin.schema.wire.TraceParent;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.ProcessJoinFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * One run of the association's stages, or of a plain interval join, over a load: one slot, heap
 * state, checkpoints as often as by default from when all sensors are known. What the first quarter
 * of the picks takes is not counted.
 */
final class JobTrial {

  private static final double WARM_UP = 0.25;

  /** The jobs' own default. */
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  private static final Duration LATENESS = Duration.ofSeconds(30);
  private static final Duration WITHIN = Duration.ofSeconds(10);

  /** The load of the run that is on: jobs of this process have no other way to it than this. */
  private static volatile Course course = new Course(new CityLoad(List.of(), List.of()));

  private JobTrial() {}

  /**
   * What was measured.
   *
   * @param picksPerSecond by the clock on the wall
   * @param picksPerSecondPerCore by the processor time of the whole process
   * @param stateBytes of the largest checkpoint
   */
  record Outcome(double picksPerSecond, double picksPerSecondPerCore, long stateBytes) {}

  private static final class Course {

    private final CityLoad load;
    private final CountDownLatch sensorsSent = new CountDownLatch(1);
    private volatile long startedNanos;
    private volatile long startedCpuNanos;

    Course(CityLoad load) {
      this.load = load;
    }
  }

  /** Of every pick: what it costs to carry one along is in the figures. */
  private static final TraceParent TRACE = new TraceParent(1, 2, 3, 1);

  static Outcome association(CityLoad load, Path checkpoints) throws Exception {
    course = new Course(load);
    StreamExecutionEnvironment environment = environment(checkpoints);
    DataStream<Pick> picks = picks(environment, load);
    long sensors = load.sites().size();
    DataStream<FieldChange> changes =
        environment
            .fromSource(
                new NumberSequenceSource(0, sensors), WatermarkStrategy.noWatermarks(), "field")
            .uid("field")
            .map(new FieldOf())
            .returns(TypeInformation.of(FieldChange.class))
            .uid("field-changes");
    DistressPipeline.Stages stages =
        DistressPipeline.stages(
            picks
                .map(pick -> new TracedPick(pick, TRACE))
                .returns(TypeInformation.of(TracedPick.class))
                .uid("traced"),
            changes,
            SettingsFile.read(
                DistressJobSettings.class,
                "--kafka.bootstrapServers=unused:1",
                "--kafka.registryUrl=http://unused",
                "--allowedLateness=" + LATENESS));
    stages.alerts().sinkTo(new DiscardingSink<TracedAlert>()).uid("alerts-away");
    stages.events().sinkTo(new DiscardingSink<TracedEvent>()).uid("events-away");
    return run(environment, load);
  }

  static Outcome intervalJoin(CityLoad load, Path checkpoints) throws Exception {
    course = new Course(load);
    course.sensorsSent.countDown();
    StreamExecutionEnvironment environment = environment(checkpoints);
    DataStream<Pick> picks = picks(environment, load);
    CellOf cell = new CellOf();
    picks
        .filter(p -> p.label().equals(CityLoad.LABELS.get(0)))
        .uid("first-label")
        .keyBy(cell, Types.LONG)
        .intervalJoin(
            picks
                .filter(p -> p.label().equals(CityLoad.LABELS.get(1)))
                .uid("second-label")
                .keyBy(cell, Types.LONG))
        .between(WITHIN.negated(), WITHIN)
        .process(new Pairs())
        .returns(Types.LONG)
        .uid("join")
        .sinkTo(new DiscardingSink<Long>())
        .uid("pairs-away");
    return run(environment, load);
  }

  private static StreamExecutionEnvironment environment(Path checkpoints) {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    // Those of Flink's own clock would begin while picks wait for the sensors, whose channel a
    // barrier then blocks: neither would go on.
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofDays(1));
    configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    environment.setParallelism(1);
    return environment;
  }

  private static DataStream<Pick> picks(StreamExecutionEnvironment environment, CityLoad load) {
    return environment
        .fromSource(
            new NumberSequenceSource(0, load.picks().size() - 1),
            WatermarkStrategy.noWatermarks(),
            "picks")
        .uid("picks")
        .map(new PickOf())
        .returns(TypeInformation.of(Pick.class))
        .uid("pick-of")
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<Pick>forBoundedOutOfOrderness(LATENESS)
                .withTimestampAssigner((pick, none) -> pick.onsetMicros() / 1_000))
        .uid("pick-times");
  }

  private static Outcome run(StreamExecutionEnvironment environment, CityLoad load)
      throws Exception {
    JobGraph job = environment.getStreamGraph().getJobGraph();
    // What the run before left is not for this one to clear away.
    System.gc();
    Configuration cluster = new Configuration();
    cluster.set(RestOptions.BIND_PORT, "0");
    MiniCluster flink =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(cluster)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(1)
                .build());
    try {
      flink.start();
      flink.submitJob(job).get();
      result(flink, job.getJobID()).toJobExecutionResult(JobTrial.class.getClassLoader());
      double seconds = (System.nanoTime() - course.startedNanos) / 1e9;
      double coreSeconds = (cpuNanos() - course.startedCpuNanos) / 1e9;
      double counted = load.picks().size() * (1 - WARM_UP);
      CheckpointStatsSnapshot snapshot =
          flink.getExecutionGraph(job.getJobID()).get().getCheckpointStatsSnapshot();
      long bytes =
          snapshot == null
              ? 0
              : snapshot.getHistory().getCheckpoints().stream()
                  .mapToLong(AbstractCheckpointStats::getStateSize)
                  .max()
                  .orElse(0);
      return new Outcome(counted / seconds, counted / coreSeconds, bytes);
    } finally {
      flink.closeAsync().get();
    }
  }

  /** Waits for the end, and asks for a checkpoint from time to time. */
  private static JobResult result(MiniCluster flink, JobID job) throws Exception {
    CompletableFuture<JobResult> end = flink.requestJobResult(job);
    while (true) {
      try {
        return end.get(CHECKPOINT_INTERVAL.toMillis(), MILLISECONDS);
      } catch (TimeoutException goesOn) {
        if (course.sensorsSent.getCount() == 0) {
          // One that the end overtakes fails, which does not matter any more.
          CompletableFuture<Long> unused = flink.triggerCheckpoint(job, CheckpointType.FULL);
        }
      }
    }
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** The pick of a number; the first waits until all sensors are on their way. */
  private static final class PickOf extends RichMapFunction<Long, Pick> {

    private static final long serialVersionUID = 1L;

    @Override
    public Pick map(Long number) throws InterruptedException {
      Course now = course;
      if (number == 0) {
        now.sensorsSent.await();
      }
      if (number == (long) (now.load.picks().size() * WARM_UP)) {
        now.startedCpuNanos = cpuNanos();
        now.startedNanos = System.nanoTime();
      }
      return now.load.picks().get(number.intValue());
    }
  }

  /** The sensor of a number, and after the last one the pattern. */
  private static final class FieldOf extends RichMapFunction<Long, FieldChange> {

    private static final long serialVersionUID = 1L;

    @Override
    public FieldChange map(Long number) {
      Course now = course;
      if (number < now.load.sites().size()) {
        var site = now.load.sites().get(number.intValue());
        return new FieldChange(site.sensorId(), false, site, null);
      }
      now.sensorsSent.countDown();
      Pattern pattern =
          new Pattern(
              "both", CityLoad.LABELS, WITHIN.toMillis() * 1_000, 60, 0.5, 3, Severity.HIGH, true);
      return new FieldChange(pattern.patternId(), true, null, pattern);
    }
  }

  private static final class CellOf implements KeySelector<Pick, Long> {

    private static final long serialVersionUID = 1L;

    /** Made where it is used: H3 cannot be sent. */
    private transient @Nullable CellReach reach;

    @Override
    public Long getKey(Pick pick) {
      CellReach made = reach == null ? new CellReach(0) : reach;
      reach = made;
      return made.home(pick.place());
    }
  }

  private static final class Pairs extends ProcessJoinFunction<Pick, Pick, Long> {

    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(Pick a, Pick b, Context context, Collector<Long> out) {
      out.collect(Math.abs(a.onsetMicros() - b.onsetMicros()));
    }
  }
}
