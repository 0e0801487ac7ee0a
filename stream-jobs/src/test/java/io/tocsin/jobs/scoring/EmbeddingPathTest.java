package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.audio.Levels;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.Onset;
import io.tocsin.scoring.detect.OnsetPicker;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.inference.Float16;
import io.tocsin.scoring.inference.SharedScorers;
import io.tocsin.scoring.inference.WindowScorer;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.EmbeddedWindow;
import io.tocsin.scoring.window.EmbeddingOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The same fleet's sound, once as frames and once as the embeddings that its devices make. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddingPathTest {

  private static final int WINDOWS_PER_SECOND = 1_800;
  private static final double PROBABILITY_TOLERANCE = 0.001;

  /** What the source sends: static, because a source travels by serialisation. */
  private static volatile List<EmbeddedWindow> sent = List.of();

  @TempDir private static Path folder;

  private final ModelBundle bundle = ModelBundle.load(TinyFleet.bundle());
  private final List<List<EmbeddedWindow>> fleet = new ArrayList<>();
  private List<SoundDetection> heard = List.of();

  @BeforeAll
  void theFleetIsHeardByItsFrames() throws Exception {
    StreamExecutionEnvironment environment = environment();
    heard =
        sorted(
            ScoringPipeline.stages(
                    TinyJob.frames(environment, RateLimiterStrategy.noOp()),
                    TinyJob.sensors(environment),
                    TinyFleet.settings(TinyFleet.bundle()),
                    bundle)
                .detections());
    assertThat(heard).hasSizeGreaterThan(10 * TinyFleet.SENSORS);
    embedFleet();
  }

  @Test
  void embeddingsGiveTheDetectionsOfTheirFrames() throws Exception {
    assertIsHeard(detections(fleet.stream().flatMap(List::stream).toList(), calm()));
  }

  @Test
  void embeddingsOutOfOrderAndTwiceGiveTheSameDetections() throws Exception {
    assertIsHeard(detections(disordered(new Random(7)), calm()));
  }

  @Test
  void embeddingsGiveTheSameDetectionsThoughTheJobFails() throws Exception {
    FailsOnPurpose.after(500, 1_400, 2_100);
    assertIsHeard(
        detections(disordered(new Random(8)), RateLimiterStrategy.perSecond(WINDOWS_PER_SECOND)));
    assertThat(FailsOnPurpose.failures()).isEqualTo(3);
  }

  private static RateLimiterStrategy<?> calm() {
    FailsOnPurpose.after();
    return RateLimiterStrategy.noOp();
  }

  private void assertIsHeard(List<SoundDetection> detections) {
    assertThat(detections)
        .usingElementComparator(EmbeddingPathTest::compareButScores)
        .containsExactlyElementsOf(heard);
    for (int i = 0; i < heard.size(); i++) {
      assertThat(detections.get(i).probability())
          .isCloseTo(heard.get(i).probability(), within(PROBABILITY_TOLERANCE));
    }
  }

  /** What a frame's detection and an embedding's share to the last bit. */
  private static int compareButScores(SoundDetection a, SoundDetection b) {
    return Comparator.comparing(SoundDetection::sensorId)
        .thenComparing(SoundDetection::onsetMicros)
        .thenComparing(SoundDetection::label)
        .thenComparing(SoundDetection::detectionId)
        .thenComparing(SoundDetection::onsetSigmaMicros)
        .thenComparing(SoundDetection::endMicros)
        .thenComparing(SoundDetection::levelDbfs)
        .thenComparing(SoundDetection::bootId)
        .compare(a, b);
  }

  private List<SoundDetection> detections(List<EmbeddedWindow> windows, RateLimiterStrategy<?> pace)
      throws Exception {
    sent = windows;
    StreamExecutionEnvironment environment = environment();
    DataGeneratorSource<EmbeddedWindow> source =
        new DataGeneratorSource<>(
            number -> sent.get(number.intValue()),
            windows.size(),
            pace,
            TypeInformation.of(EmbeddedWindow.class));
    DataStream<EmbeddedWindow> embeddings =
        environment
            .fromSource(source, WatermarkStrategy.noWatermarks(), "embeddings")
            .map(new FailsOnPurpose<>())
            .returns(TypeInformation.of(EmbeddedWindow.class));
    return sorted(
        ScoringPipeline.embedded(
            embeddings, TinyJob.sensors(environment), TinyFleet.settings(TinyFleet.bundle())));
  }

  private StreamExecutionEnvironment environment() {
    return TinyJob.environment(TinyJob.configuration(folder));
  }

  private static List<SoundDetection> sorted(DataStream<PlacedDetection> stream) throws Exception {
    return TinyJob.all(stream).stream()
        .map(PlacedDetection::detection)
        .sorted(EmbeddingPathTest::compareButScores)
        .toList();
  }

  /** As devices do it: the backbone, the onset and the level of each window. */
  private void embedFleet() throws Exception {
    OnsetPicker onsets = new OnsetPicker(bundle.sampleRateHertz());
    try (WindowScorer scorer =
        SharedScorers.acquire(
            bundle, TinyFleet.settings(TinyFleet.bundle()).inference().scoring())) {
      String sensor = "";
      for (AudioWindow window : TinyFleet.windows(bundle)) {
        if (!window.sensorId().equals(sensor)) {
          fleet.add(new ArrayList<>());
          sensor = window.sensorId();
        }
        Onset onset = onsets.pick(window);
        List<EmbeddedWindow> own = fleet.get(fleet.size() - 1);
        own.add(
            new EmbeddedWindow(
                sensor,
                window.bootId(),
                own.size(),
                window.startMicros(),
                Float16.encode(scorer.embed(window.samples()).get()),
                (float) Levels.rmsDbfs(window.samples()),
                onset.atMicros(),
                onset.sigmaMicros(),
                onset.strengthDecibels(),
                window.clockSource(),
                window.clockUncertaintyMicros(),
                0,
                null));
      }
    }
  }

  /**
   * Each sensor's windows but its first out of order, as far as may wait, and every fifth twice.
   */
  private List<EmbeddedWindow> disordered(Random random) {
    List<EmbeddedWindow> all = new ArrayList<>();
    for (List<EmbeddedWindow> own : fleet) {
      List<EmbeddedWindow> shuffled = new ArrayList<>(own);
      for (int from = 1; from < own.size(); from += EmbeddingOrder.MOST_EARLY) {
        Collections.shuffle(
            shuffled.subList(from, Math.min(from + EmbeddingOrder.MOST_EARLY, own.size())), random);
      }
      for (int i = 0; i < shuffled.size(); i++) {
        all.add(shuffled.get(i));
        if (i % 5 == 4) {
          all.add(shuffled.get(i - random.nextInt(5)));
        }
      }
    }
    return all;
  }
}
