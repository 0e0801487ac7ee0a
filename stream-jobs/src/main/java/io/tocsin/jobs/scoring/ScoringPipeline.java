package io.tocsin.jobs.scoring;

import io.tocsin.jobs.kafka.DeadLetterSplit;
import io.tocsin.jobs.kafka.InboundRecords;
import io.tocsin.jobs.kafka.OutboundRecords;
import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.schema.Topics;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.FrameAudio;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The whole of ScoringJob.
 *
 * <pre>
 *   tocsin.audio-frames.v1 ─ decode ─┬─ by sensor ─ cut windows ─ score (async, shared session)
 *                                    │                                   │ by sensor
 *                                    │                  │
 *                                    │                  └ (bundle on trial) ─ score ─ detect ─▶ tocsin.detections.shadow.v1
 *                                    │
 *   tocsin.sensors.v1 ───── decode ──┼───────────────────────────────▶ detect ─▶ tocsin.detections.v1
 *                                    │
 *                                    └─ undecodable, implausible ─▶ &lt;topic&gt;.dlq
 * </pre>
 */
public final class ScoringPipeline {

  private static final String PART = "scoring";
  private static final long SCORE_TIMEOUT_SECONDS = 120;

  /** More than the model's queue ever holds, so that the trial never waits for room here. */
  private static final int SHADOW_CAPACITY = 4_096;

  private ScoringPipeline() {}

  /** Builds the job's topology in {@code environment}. */
  public static void build(
      StreamExecutionEnvironment environment, ScoringJobSettings settings, ModelBundle bundle) {

    SingleOutputStreamOperator<FrameAudio> frames =
        environment
            .fromSource(
                InboundRecords.source(
                    Topics.AUDIO_FRAMES,
                    FrameAudio.class,
                    new FrameMapping(bundle.sampleRateHertz()),
                    settings.kafka(),
                    PART),
                WatermarkStrategy.noWatermarks(),
                "frames")
            .uid(ScoringUids.FRAMES)
            .process(new DeadLetterSplit<FrameAudio>(), TypeInformation.of(FrameAudio.class))
            .name("frames: split off dead letters")
            .uid(ScoringUids.FRAMES_SPLIT);

    SingleOutputStreamOperator<SensorRegistration> sensors =
        environment
            .fromSource(
                InboundRecords.table(
                    Topics.SENSORS,
                    SensorRegistration.class,
                    new SensorRegistration.Mapping(),
                    settings.kafka(),
                    PART),
                WatermarkStrategy.noWatermarks(),
                "sensors")
            .uid(ScoringUids.SENSORS)
            .process(
                new DeadLetterSplit<SensorRegistration>(),
                TypeInformation.of(SensorRegistration.class))
            .name("sensors: split off dead letters")
            .uid(ScoringUids.SENSORS_SPLIT);

    Stages stages = stages(frames, sensors, settings, bundle);
    stages
        .detections()
        .sinkTo(
            OutboundRecords.sink(
                Topics.DETECTIONS, new DetectionRecords(bundle.ref()), settings.kafka(), PART))
        .name("detections")
        .uid(ScoringUids.DETECTIONS);

    if (settings.shadowBundle() != null) {
      shadow(stages, sensors, settings, settings.shadowBundle());
    }

    frames
        .getSideOutput(DeadLetterSplit.LETTERS)
        .union(sensors.getSideOutput(DeadLetterSplit.LETTERS))
        .sinkTo(OutboundRecords.deadLetters(settings.kafka(), PART))
        .name("dead letters")
        .uid(ScoringUids.DEAD_LETTERS);
  }

  /** What lies between the topics. */
  record Stages(
      DataStream<AudioWindow> windows,
      DataStream<ScoredWindow> scores,
      DataStream<PlacedDetection> detections) {}

  /** Frames to detections, whatever they come from and go to. */
  static Stages stages(
      DataStream<FrameAudio> frames,
      DataStream<SensorRegistration> sensors,
      ScoringJobSettings settings,
      ModelBundle bundle) {
    SingleOutputStreamOperator<AudioWindow> windows =
        frames
            .keyBy(FrameAudio::sensorId)
            .process(
                new WindowCuttingFunction(
                    bundle.sampleRateHertz(),
                    bundle.windowSamples(),
                    bundle.hopSamples(),
                    settings.disorderBound(),
                    settings.forgetAfter()),
                TypeInformation.of(AudioWindow.class))
            .name("cut windows")
            .uid(ScoringUids.CUT);

    SingleOutputStreamOperator<ScoredWindow> scores =
        AsyncDataStream.unorderedWait(
                windows,
                new InferenceFunction(settings.inference()),
                SCORE_TIMEOUT_SECONDS,
                TimeUnit.SECONDS,
                settings.capacity())
            .returns(TypeInformation.of(ScoredWindow.class))
            .name("score windows")
            .uid(ScoringUids.SCORE);

    DataStream<PlacedDetection> detections =
        detections(scores, sensors, settings, settings.bundle())
            .name("detect")
            .uid(ScoringUids.DETECT);
    return new Stages(windows, scores, detections);
  }

  private static SingleOutputStreamOperator<PlacedDetection> detections(
      DataStream<ScoredWindow> scores,
      DataStream<SensorRegistration> sensors,
      ScoringJobSettings settings,
      String bundle) {
    return scores
        .keyBy(ScoredWindow::sensorId)
        .connect(sensors.keyBy(SensorRegistration::sensorId))
        .process(
            new DetectionFunction(bundle, settings.silenceFlush(), settings.forgetAfter()),
            TypeInformation.of(PlacedDetection.class));
  }

  /** The bundle on trial: the same windows, detections of its own, and how far the two agree. */
  private static void shadow(
      Stages stages,
      DataStream<SensorRegistration> sensors,
      ScoringJobSettings settings,
      String bundle) {
    SingleOutputStreamOperator<ScoredWindow> shadowScores =
        AsyncDataStream.unorderedWait(
                stages.windows(),
                new ShadowFunction(settings.inference().withBundle(bundle)),
                SCORE_TIMEOUT_SECONDS,
                TimeUnit.SECONDS,
                SHADOW_CAPACITY)
            .returns(TypeInformation.of(ScoredWindow.class))
            .name("shadow: score windows")
            .uid(ScoringUids.SHADOW_SCORE);

    detections(shadowScores, sensors, settings, bundle)
        .name("shadow: detect")
        .uid(ScoringUids.SHADOW_DETECT)
        .sinkTo(
            OutboundRecords.sink(
                Topics.SHADOW_DETECTIONS,
                new DetectionRecords(ModelBundle.load(Path.of(bundle)).ref()),
                settings.kafka(),
                PART))
        .name("shadow: detections")
        .uid(ScoringUids.SHADOW_DETECTIONS);

    stages
        .scores()
        .keyBy(ScoredWindow::sensorId)
        .connect(shadowScores.keyBy(ScoredWindow::sensorId))
        .process(new AgreementFunction(settings.bundle(), bundle), Types.VOID)
        .name("shadow: agreement")
        .uid(ScoringUids.AGREEMENT);
  }
}
