package io.tocsin.jobs.scoring;

import io.tocsin.jobs.kafka.DeadLetterSplit;
import io.tocsin.jobs.kafka.InboundRecords;
import io.tocsin.jobs.kafka.OutboundRecords;
import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.schema.Topic;
import io.tocsin.schema.Topics;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.EmbeddedWindow;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.OrderedEmbedding;
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
 *   tocsin.audio-frames.v1 ─────▶ cut windows ─▶ score (async, shared session) ─▶ detect ─┬─▶ tocsin.detections.v1
 *                                       └─▶ score with a bundle on trial ─▶ detect ─────────▶ tocsin.detections.shadow.v1
 *   tocsin.audio-embeddings.v1 ─▶ put in order ─▶ score (head alone) ──────────▶ detect ─┘
 *   tocsin.sensors.v1 ──────────▶ to every detect
 *
 *   undecodable or implausible records of any of these ─▶ &lt;topic&gt;.dlq
 * </pre>
 *
 * <p>Everything between the sources and the sinks is keyed by sensor. Frames that a sensor had
 * stored go the same way in a lane of their own, in cutting and in detecting; there are no
 * watermarks that they could hold back.
 */
public final class ScoringPipeline {

  private static final String PART = "scoring";
  private static final long SCORE_TIMEOUT_SECONDS = 120;

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

    SingleOutputStreamOperator<EmbeddedWindow> embeddings =
        environment
            .fromSource(
                InboundRecords.source(
                    Topics.AUDIO_EMBEDDINGS,
                    EmbeddedWindow.class,
                    new EmbeddingMapping(bundle),
                    settings.kafka(),
                    PART),
                WatermarkStrategy.noWatermarks(),
                "embeddings")
            .uid(ScoringUids.EMBEDDINGS)
            .process(
                new DeadLetterSplit<EmbeddedWindow>(), TypeInformation.of(EmbeddedWindow.class))
            .name("embeddings: split off dead letters")
            .uid(ScoringUids.EMBEDDINGS_SPLIT);

    Stages stages = stages(frames, sensors, settings, bundle);
    stages
        .detections()
        .union(embedded(embeddings, sensors, settings))
        .sinkTo(
            OutboundRecords.sink(
                Topics.DETECTIONS,
                new DetectionRecords(bundle),
                DetectionRecords::headers,
                settings.kafka(),
                PART))
        .name("detections")
        .uid(ScoringUids.DETECTIONS);

    if (settings.shadowBundle() != null) {
      shadowed(stages, sensors, settings, settings.shadowBundle())
          .sinkTo(
              OutboundRecords.sink(
                  Topics.SHADOW_DETECTIONS,
                  new DetectionRecords(ModelBundle.load(Path.of(settings.shadowBundle()))),
                  DetectionRecords::headers,
                  settings.kafka(),
                  PART))
          .name("shadow: detections")
          .uid(ScoringUids.SHADOW_DETECTIONS);
    }

    frames
        .getSideOutput(DeadLetterSplit.LETTERS)
        .union(sensors.getSideOutput(DeadLetterSplit.LETTERS))
        .union(embeddings.getSideOutput(DeadLetterSplit.LETTERS))
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
                    settings.silenceFlush(),
                    settings.forgetAfter(),
                    settings.storedWithin()),
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
        detections(scores, sensors, settings, settings.bundle(), Topics.AUDIO_FRAMES)
            .name("detect")
            .uid(ScoringUids.DETECT);
    return new Stages(windows, scores, detections);
  }

  /** Embeddings from the edge to detections: the head alone, and a tracker of their own. */
  static DataStream<PlacedDetection> embedded(
      DataStream<EmbeddedWindow> embeddings,
      DataStream<SensorRegistration> sensors,
      ScoringJobSettings settings) {
    SingleOutputStreamOperator<OrderedEmbedding> ordered =
        embeddings
            .keyBy(EmbeddedWindow::sensorId)
            .process(
                new EmbeddingOrderFunction(settings.silenceFlush(), settings.forgetAfter()),
                TypeInformation.of(OrderedEmbedding.class))
            .name("order embeddings")
            .uid(ScoringUids.EMBEDDINGS_ORDER);
    SingleOutputStreamOperator<ScoredWindow> scores =
        AsyncDataStream.unorderedWait(
                ordered,
                new EmbeddingInferenceFunction(settings.inference()),
                SCORE_TIMEOUT_SECONDS,
                TimeUnit.SECONDS,
                settings.capacity())
            .returns(TypeInformation.of(ScoredWindow.class))
            .name("score embeddings")
            .uid(ScoringUids.EMBEDDINGS_SCORE);
    return detections(scores, sensors, settings, settings.bundle(), Topics.AUDIO_EMBEDDINGS)
        .name("detect in embeddings")
        .uid(ScoringUids.EMBEDDINGS_DETECT);
  }

  private static SingleOutputStreamOperator<PlacedDetection> detections(
      DataStream<ScoredWindow> scores,
      DataStream<SensorRegistration> sensors,
      ScoringJobSettings settings,
      String bundle,
      Topic<?> heardIn) {
    return scores
        .keyBy(ScoredWindow::sensorId)
        .connect(sensors.keyBy(SensorRegistration::sensorId))
        .process(
            new DetectionFunction(
                bundle, heardIn.name(), settings.silenceFlush(), settings.forgetAfter()),
            TypeInformation.of(PlacedDetection.class));
  }

  /**
   * The bundle on trial: the same windows, detections of its own, and how far it agrees with the
   * bundle in use.
   */
  static DataStream<PlacedDetection> shadowed(
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
                settings.shadowCapacity())
            .returns(TypeInformation.of(ScoredWindow.class))
            .name("shadow: score windows")
            .uid(ScoringUids.SHADOW_SCORE);

    stages
        .scores()
        .keyBy(ScoredWindow::sensorId)
        .connect(shadowScores.keyBy(ScoredWindow::sensorId))
        .process(new AgreementFunction(settings.bundle(), bundle), Types.VOID)
        .name("shadow: agreement")
        .uid(ScoringUids.AGREEMENT);

    return detections(shadowScores, sensors, settings, bundle, Topics.AUDIO_FRAMES)
        .name("shadow: detect")
        .uid(ScoringUids.SHADOW_DETECT);
  }
}
