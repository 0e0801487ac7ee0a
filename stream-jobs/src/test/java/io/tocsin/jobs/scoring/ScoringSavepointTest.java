package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tocsin.jobs.CommittedSavepoint;
import io.tocsin.jobs.Overheard;
import io.tocsin.jobs.Stretch;
import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.window.CutterState;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.WindowCutter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an earlier build had kept of three sensors' audio is taken up by this one. The savepoint was
 * taken behind eleven frames of each: in the middle of a window, and of a sound at the second.
 */
@Timeout(60)
class ScoringSavepointTest {

  private static final CommittedSavepoint SAVEPOINT = new CommittedSavepoint("scoring");
  private static final int SENSORS = 3;
  private static final int FRAMES_BEFORE = SENSORS * 11;
  private static final int FRAMES = SENSORS * 30;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ModelBundle bundle = ModelBundle.load(TinyFleet.bundle());

  /** What came out. */
  private record Heard(List<String> windows, List<String> detections) {}

  @Test
  void whatWasHalfHeardBeforeAnEarlierBuildsSavepointIsDetectedBehindIt() throws Exception {
    Heard uninterrupted = run(CommittedSavepoint.fresh(), 0, true);
    Heard forgetful = run(CommittedSavepoint.fresh(), FRAMES_BEFORE, true);
    Heard restored = run(CommittedSavepoint.from(SAVEPOINT.uri(), false), FRAMES_BEFORE, false);

    assertThat(restored.windows())
        .containsExactlyInAnyOrderElementsOf(without(uninterrupted.windows(), windowsBefore()));
    List<String> expected = without(uninterrupted.detections(), SAVEPOINT.said());
    assertThat(restored.detections()).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(forgetful.detections()).isNotEmpty();
    assertThat(without(expected, forgetful.detections()))
        .as("sounds that no one knows who has not heard their beginning")
        .isNotEmpty();
  }

  @Test
  void anOperatorUnderAnotherUidIsRefused() {
    StreamExecutionEnvironment renamed = CommittedSavepoint.from(SAVEPOINT.uri(), false);
    build(renamed, Stretch.ending(FRAMES_BEFORE, FRAMES), registrations(false));
    renamed.getTransformations().stream()
        .flatMap(end -> end.getTransitivePredecessors().stream())
        .filter(t -> ScoringUids.DETECT.equals(t.getUid()))
        .forEach(t -> t.setUid("detect-sounds"));

    assertThatThrownBy(renamed::execute)
        .hasStackTraceContaining("Cannot map checkpoint/savepoint state for operator")
        .hasStackTraceContaining("the operator is not available in the new program");
  }

  @Test
  void stateOfAnotherTypeUnderTheSameUidIsRefused() {
    StreamExecutionEnvironment changed = CommittedSavepoint.from(SAVEPOINT.uri(), true);
    frames(changed, Stretch.ending(FRAMES_BEFORE, FRAMES))
        .keyBy(FrameAudio::sensorId)
        .process(new CutsOtherwise(), Types.STRING)
        .uid(ScoringUids.CUT)
        .sinkTo(new DiscardingSink<>())
        .uid("away");

    assertThatThrownBy(changed::execute)
        .hasStackTraceContaining("StateMigrationException")
        .hasStackTraceContaining("must not be incompatible with the old state serializer");
  }

  /** With {@code -Dtocsin.savepoints.record=true}; what is tested is the one of before. */
  @BeforeEach
  void takeTheSavepointAnewWhereThatIsAskedFor(@TempDir Path folder) throws Exception {
    if (!CommittedSavepoint.isToBeTaken()) {
      return;
    }
    StreamExecutionEnvironment environment = CommittedSavepoint.fresh();
    Overheard.forget();
    build(environment, Stretch.open(0, FRAMES_BEFORE), Stretch.open(0, SENSORS));
    var job = environment.executeAsync();
    int windows = windowsBefore().size();
    await().atMost(PATIENCE).until(() -> Overheard.of(ScoredWindow.class).size() == windows);
    SAVEPOINT.take(job, folder, ScoringSavepointTest::detections);
  }

  /** Windows that are whole before the savepoint, by the pure cutter. */
  private List<String> windowsBefore() {
    WindowCutter cutter =
        new WindowCutter(
            bundle.sampleRateHertz(),
            bundle.windowSamples(),
            bundle.hopSamples(),
            WindowCutter.MOST_EARLY);
    List<String> windows = new ArrayList<>();
    for (int sensor = 0; sensor < SENSORS; sensor++) {
      @Nullable CutterState state = null;
      for (int i = sensor; i < FRAMES_BEFORE; i += SENSORS) {
        var cut = cutter.accept(state, frame(i));
        state = cut.state();
        cut.windows().forEach(w -> windows.add(TinyFleet.name(w.sensorId(), w.startMicros())));
      }
    }
    return windows;
  }

  private static List<String> without(List<String> all, List<String> some) {
    List<String> left = new ArrayList<>(all);
    left.removeAll(some);
    return left;
  }

  private Heard run(StreamExecutionEnvironment environment, int from, boolean registers)
      throws Exception {
    Overheard.forget();
    build(environment, Stretch.ending(from, FRAMES), registrations(registers));
    environment.execute();
    return new Heard(
        Overheard.of(ScoredWindow.class).stream()
            .map(w -> TinyFleet.name(w.sensorId(), w.startMicros()))
            .toList(),
        detections());
  }

  private static Stretch registrations(boolean registers) {
    return Stretch.ending(registers ? 0 : SENSORS, SENSORS);
  }

  private static List<String> detections() {
    return Overheard.of(PlacedDetection.class).stream()
        .map(PlacedDetection::detection)
        .map(ScoringSavepointTest::told)
        .toList();
  }

  private static String told(SoundDetection sound) {
    return String.join(
        " ",
        sound.sensorId(),
        sound.label(),
        Long.toString(sound.onsetMicros()),
        Long.toString(sound.endMicros()),
        Float.toString(sound.score()));
  }

  private void build(
      StreamExecutionEnvironment environment, Stretch frames, Stretch registrations) {
    ScoringPipeline.Stages stages =
        ScoringPipeline.stages(
            frames(environment, frames),
            sensors(environment, registrations),
            TinyFleet.settings(TinyFleet.bundle()),
            bundle);
    overheard(stages.scores(), ScoredWindow.class);
    overheard(stages.detections(), PlacedDetection.class);
  }

  /** A frame of each sensor in turn. */
  private static FrameAudio frame(int number) {
    return TinyFleet.frame((long) number % SENSORS * TinyFleet.FRAMES + number / SENSORS);
  }

  private static DataStream<FrameAudio> frames(
      StreamExecutionEnvironment environment, Stretch stretch) {
    return environment
        .fromSource(stretch, WatermarkStrategy.noWatermarks(), "frames")
        .uid(ScoringUids.FRAMES)
        .map(ScoringSavepointTest::frame)
        .returns(TypeInformation.of(FrameAudio.class))
        .uid(ScoringUids.FRAMES_SPLIT);
  }

  private static DataStream<SensorRegistration> sensors(
      StreamExecutionEnvironment environment, Stretch stretch) {
    return environment
        .fromSource(stretch, WatermarkStrategy.noWatermarks(), "sensors")
        .uid(ScoringUids.SENSORS)
        .map(TinyFleet::registration)
        .returns(TypeInformation.of(SensorRegistration.class))
        .uid(ScoringUids.SENSORS_SPLIT);
  }

  private static <T> void overheard(DataStream<T> stream, Class<T> type) {
    stream
        .map(new Overheard<T>())
        .returns(TypeInformation.of(type))
        .uid("overheard-" + type.getSimpleName())
        .sinkTo(new DiscardingSink<>())
        .uid("away-" + type.getSimpleName());
  }

  /** What a change that nobody thought through might make of the cutting function. */
  private static final class CutsOtherwise
      extends KeyedProcessFunction<String, FrameAudio, String> {

    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(FrameAudio frame, Context context, Collector<String> out)
        throws Exception {
      ValueState<String> state =
          getRuntimeContext().getState(new ValueStateDescriptor<>("cutter", Types.STRING));
      state.update(frame.bootId());
    }
  }
}
