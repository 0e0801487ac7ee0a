package io.tocsin.jobs.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.SecondOpinion;
import io.tocsin.scoring.bundle.ModelBundle;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through the job between its topics, and to the record that is written. */
class SecondOpinionPathTest {

  @TempDir private Path folder;

  @Test
  void everyDetectionCarriesTheSecondBundlesScoreAndItsCalibratedProbability() throws Exception {
    Path other = TinyFleet.otherBundle(folder.resolve("other"));
    ModelBundle second = ModelBundle.load(other);
    ModelBundle first =
        ModelBundle.load(TinyFleet.doubtingBundle(folder.resolve("doubting"), other));
    List<PlacedDetection> detections = detections(first);
    assertThat(detections).hasSizeGreaterThan(10 * TinyFleet.SENSORS);
    DetectionRecords records = new DetectionRecords(first);
    for (PlacedDetection placed : detections) {
      // The two heads say the same of glass, by the same weights.
      assertThat(placed.detection().secondScore()).isEqualTo(placed.detection().score());
      Detection record = records.apply(placed);
      SecondOpinion opinion = record.getSecondOpinion();
      assertThat(opinion.getScore()).isEqualTo(record.getScore());
      assertThat(opinion.getModel().getId()).isEqualTo("tiny");
      assertThat(opinion.getModel().getVersion()).isEqualTo("2");
      assertThat(opinion.getModel().getDigest()).isEqualTo(second.ref().digest());
      assertThat(record.getModel().getDigest()).isEqualTo(first.ref().digest());
      // Platt's a 2, b -1: odds squared, over e.
      double odds = record.getScore() / (1 - (double) record.getScore());
      double wanted = odds * odds / Math.E / (1 + odds * odds / Math.E);
      assertThat(opinion.getProbability()).isCloseTo(wanted, within(1e-6));
      assertThat(record.getProbability()).isCloseTo(record.getScore(), within(1e-6));
    }
  }

  @Test
  void aBundleThatAsksNobodyGivesNoSecondOpinion() throws Exception {
    ModelBundle alone = ModelBundle.load(TinyFleet.bundle());
    DetectionRecords records = new DetectionRecords(alone);
    assertThat(detections(alone))
        .isNotEmpty()
        .allSatisfy(d -> assertThat(d.detection().secondScore()).isNull())
        .allSatisfy(d -> assertThat(records.apply(d).getSecondOpinion()).isNull());
  }

  private List<PlacedDetection> detections(ModelBundle bundle) throws Exception {
    StreamExecutionEnvironment environment = TinyJob.environment(TinyJob.configuration(folder));
    return TinyJob.all(
        ScoringPipeline.stages(
                TinyJob.frames(environment, RateLimiterStrategy.noOp()),
                TinyJob.sensors(environment),
                TinyFleet.settings(bundle.folder()),
                bundle)
            .detections());
  }
}
