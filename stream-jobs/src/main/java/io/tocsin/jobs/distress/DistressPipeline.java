package io.tocsin.jobs.distress;

import io.tocsin.association.GeoPoint;
import io.tocsin.association.SensorSite;
import io.tocsin.jobs.kafka.DeadLetter;
import io.tocsin.jobs.kafka.DeadLetterSplit;
import io.tocsin.jobs.kafka.InboundRecords;
import io.tocsin.jobs.kafka.OutboundRecords;
import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.jobs.kafka.Timeless;
import io.tocsin.schema.Topics;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.EitherTypeInfo;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.Either;

/**
 * The whole of DistressJob.
 *
 * <pre>
 *   tocsin.detections.v1 ── decode ─ to every H3 cell within reach ─ by cell ─▶ associate ─┬─▶ rate ─▶ tocsin.distress-alerts.v1
 *                                                                                ▲         └── ▲ ───▶ tocsin.sound-events.v1
 *   tocsin.patterns.v1 ──── decode ─┬─ broadcast ────────────────────────────────┘             │
 *   tocsin.sensors.v1 ───── decode ─┴┬─ broadcast ─────────────────────────────────────────────┘
 *   tocsin.false-alarms.v1 ─ decode ─┘
 *   tocsin.distress-alerts.v1 ─ decode ─ to the cell that said it ─ by cell ─▶ associate
 *        each: undecodable, implausible ─▶ &lt;topic&gt;.dlq
 * </pre>
 *
 * <p>The job reads its own alerts: a worker that died, or that was given up and lives, may have
 * said one that the attempt in its place would never come by, and that nobody else would take back.
 *
 * <p>Dead letters are split off before watermarks are made. Alerts open on arrival; the watermark
 * only closes them.
 */
public final class DistressPipeline {

  private static final String PART = "distress";

  /** Picks and said alerts on their way to cells. */
  static final TypeInformation<Either<CellPick, CellAlert>> BY_CELL =
      new EitherTypeInfo<>(new CellPickType(), TypeInformation.of(CellAlert.class));

  private DistressPipeline() {}

  /** Builds the job's topology in {@code environment}. */
  public static void build(StreamExecutionEnvironment environment, DistressJobSettings settings) {

    SingleOutputStreamOperator<TracedPick> picks =
        environment
            .fromSource(
                InboundRecords.source(
                    Topics.DETECTIONS,
                    TracedPick.class,
                    new PickMapping(settings.allowedLateness()),
                    settings.kafka(),
                    PART),
                WatermarkStrategy.<Either<DeadLetter, TracedPick>>forBoundedOutOfOrderness(
                        settings.allowedLateness())
                    .withTimestampAssigner(
                        (record, kafka) ->
                            record.isRight()
                                ? notAhead(record.right().pick().onsetMicros() / 1_000)
                                : Long.MIN_VALUE)
                    .withIdleness(settings.idleness()),
                "detections")
            .uid(DistressUids.DETECTIONS)
            .process(new DeadLetterSplit<TracedPick>(), TypeInformation.of(TracedPick.class))
            .name("detections: split off dead letters")
            .uid(DistressUids.DETECTIONS_SPLIT);

    SingleOutputStreamOperator<SensorRegistration> sensors =
        environment
            .fromSource(
                InboundRecords.table(
                    Topics.SENSORS,
                    SensorRegistration.class,
                    new SensorRegistration.Mapping(),
                    settings.kafka(),
                    PART),
                Timeless.table(),
                "sensors")
            .uid(DistressUids.SENSORS)
            .process(
                new DeadLetterSplit<SensorRegistration>(),
                TypeInformation.of(SensorRegistration.class))
            .name("sensors: split off dead letters")
            .uid(DistressUids.SENSORS_SPLIT);

    SingleOutputStreamOperator<FieldChange> patterns =
        environment
            .fromSource(
                InboundRecords.table(
                    Topics.PATTERNS,
                    FieldChange.class,
                    new PatternMapping(),
                    settings.kafka(),
                    PART),
                Timeless.table(),
                "patterns")
            .uid(DistressUids.PATTERNS)
            .process(new DeadLetterSplit<FieldChange>(), TypeInformation.of(FieldChange.class))
            .name("patterns: split off dead letters")
            .uid(DistressUids.PATTERNS_SPLIT);

    SingleOutputStreamOperator<RateChange> curves =
        environment
            .fromSource(
                InboundRecords.table(
                    Topics.FALSE_ALARMS,
                    RateChange.class,
                    new FalseAlarmMapping(),
                    settings.kafka(),
                    PART),
                Timeless.table(),
                "false alarms")
            .uid(DistressUids.FALSE_ALARMS)
            .process(new DeadLetterSplit<RateChange>(), TypeInformation.of(RateChange.class))
            .name("false alarms: split off dead letters")
            .uid(DistressUids.FALSE_ALARMS_SPLIT);

    DataStream<FieldChange> changes =
        sensors
            .map(DistressPipeline::siteChange)
            .returns(TypeInformation.of(FieldChange.class))
            .name("sensor changes")
            .uid(DistressUids.SENSOR_CHANGES)
            .union(patterns);

    SingleOutputStreamOperator<SaidAlert> said =
        environment
            .fromSource(
                InboundRecords.source(
                    Topics.DISTRESS_ALERTS,
                    SaidAlert.class,
                    new AlertMapping(),
                    settings.kafka(),
                    PART),
                Timeless.table(),
                "said alerts")
            .uid(DistressUids.SAID_ALERTS)
            .process(new DeadLetterSplit<SaidAlert>(), TypeInformation.of(SaidAlert.class))
            .name("said alerts: split off dead letters")
            .uid(DistressUids.SAID_ALERTS_SPLIT);

    Stages stages =
        associated(
            toCells(picks, settings)
                .union(
                    said.process(new AlertsToCellsFunction(settings.anchorWithinMetres()), BY_CELL)
                        .name("said alerts to the cells that said them")
                        .uid(DistressUids.SAID_ALERTS_TO_CELLS)),
            changes,
            settings);
    rated(
            stages.alerts(),
            sensors
                .map(s -> new RateChange(s.sensorId(), false, s.withdrawn(), null))
                .returns(TypeInformation.of(RateChange.class))
                .name("registered sensors")
                .uid(DistressUids.REGISTERED)
                .union(curves))
        .sinkTo(
            OutboundRecords.sink(
                Topics.DISTRESS_ALERTS,
                AlertRecords::alert,
                AlertRecords::headers,
                settings.kafka(),
                PART))
        .name("alerts")
        .uid(DistressUids.ALERTS);

    stages
        .events()
        .sinkTo(
            OutboundRecords.sink(
                Topics.SOUND_EVENTS,
                AlertRecords::event,
                AlertRecords::headers,
                settings.kafka(),
                PART))
        .name("sound events")
        .uid(DistressUids.SOUND_EVENTS);

    picks
        .getSideOutput(DeadLetterSplit.LETTERS)
        .union(
            sensors.getSideOutput(DeadLetterSplit.LETTERS),
            patterns.getSideOutput(DeadLetterSplit.LETTERS),
            curves.getSideOutput(DeadLetterSplit.LETTERS),
            said.getSideOutput(DeadLetterSplit.LETTERS))
        .sinkTo(OutboundRecords.deadLetters(settings.kafka(), PART))
        .name("dead letters")
        .uid(DistressUids.DEAD_LETTERS);
  }

  /** What lies between the topics. */
  public record Stages(DataStream<TracedAlert> alerts, DataStream<TracedEvent> events) {}

  /**
   * Picks to alerts, whatever they come from and go to, where no attempt but this one ever speaks;
   * {@code picks} with watermarks that lag by the settings' lateness, {@code changes} without time.
   */
  public static Stages stages(
      DataStream<TracedPick> picks, DataStream<FieldChange> changes, DistressJobSettings settings) {
    return associated(toCells(picks, settings), changes, settings);
  }

  private static DataStream<Either<CellPick, CellAlert>> toCells(
      DataStream<TracedPick> picks, DistressJobSettings settings) {
    return picks
        .process(new ToCellsFunction(settings.replicationMetres()), BY_CELL)
        .name("to every cell within reach")
        .uid(DistressUids.TO_CELLS);
  }

  private static Stages associated(
      DataStream<Either<CellPick, CellAlert>> byCell,
      DataStream<FieldChange> changes,
      DistressJobSettings settings) {
    SingleOutputStreamOperator<TracedAlert> alerts =
        byCell
            .keyBy(DistressPipeline::cell, Types.LONG)
            .connect(changes.broadcast(AssociationFunction.SITES, AssociationFunction.PATTERNS))
            .process(
                new AssociationFunction(
                    settings.association(),
                    settings.replicationMetres(),
                    settings.allowedLateness()),
                TypeInformation.of(TracedAlert.class))
            .name("associate")
            .uid(DistressUids.ASSOCIATE)
            // Alerts are few; none waits for others on its way to be rated.
            .setBufferTimeout(0);
    return new Stages(alerts, alerts.getSideOutput(AssociationFunction.EVENTS));
  }

  /** Alerts with how often chance brings such; {@code changes} without time. */
  static SingleOutputStreamOperator<RatedAlert> rated(
      DataStream<TracedAlert> alerts, DataStream<RateChange> changes) {
    return alerts
        .connect(changes.broadcast(RatingFunction.CURVES, RatingFunction.SENSORS))
        .process(new RatingFunction(), TypeInformation.of(RatedAlert.class))
        .name("rate")
        .uid(DistressUids.RATE);
  }

  static long cell(Either<CellPick, CellAlert> arriving) {
    return arriving.isLeft() ? arriving.left().cell() : arriving.right().cell();
  }

  /** A clock that runs ahead must not rush the time of all the others. */
  private static long notAhead(long onsetMillis) {
    return Math.min(onsetMillis, System.currentTimeMillis());
  }

  private static FieldChange siteChange(SensorRegistration sensor) {
    return new FieldChange(
        sensor.sensorId(),
        false,
        sensor.withdrawn()
            ? null
            : new SensorSite(
                sensor.sensorId(),
                new GeoPoint(sensor.latitudeDegrees(), sensor.longitudeDegrees()),
                sensor.audibleRadiusMetres()),
        null);
  }
}
