package io.tocsin.jobs.distress;

import io.tocsin.association.Alert;
import io.tocsin.association.CellAssociator.RevisedEvent;
import io.tocsin.schema.avro.DistressAlert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.apache.flink.types.Either;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** A subtask of the associating operator, with Kryo off as in the job. */
final class CellHarness implements AutoCloseable {

  static final Duration LATENESS = Duration.ofSeconds(30);
  static final int MAX_PARALLELISM = 128;

  private final KeyedBroadcastOperatorTestHarness<
          Long, Either<CellPick, CellAlert>, FieldChange, TracedAlert>
      operator;

  private CellHarness(
      int parallelism, int subtask, @Nullable OperatorSubtaskState from, int fromParallelism)
      throws Exception {
    operator =
        new KeyedBroadcastOperatorTestHarness<>(
            new CoBroadcastWithKeyedOperator<>(
                new AssociationFunction(
                    Neighbourhood.SETTINGS, Neighbourhood.REPLICATION_METRES, LATENESS),
                List.of(AssociationFunction.SITES, AssociationFunction.PATTERNS)),
            DistressPipeline::cell,
            Types.LONG,
            MAX_PARALLELISM,
            parallelism,
            subtask);
    ((SerializerConfigImpl) operator.getExecutionConfig().getSerializerConfig())
        .setGenericTypes(false);
    if (from != null) {
      operator.initializeState(
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              from, MAX_PARALLELISM, fromParallelism, parallelism, subtask));
    }
    operator.open();
  }

  static CellHarness started() throws Exception {
    CellHarness harness = new CellHarness(1, 0, null, 1);
    harness.change(Neighbourhood.sensors());
    harness.change(Neighbourhood.in(Neighbourhood.GLASS_THEN_CRY));
    return harness;
  }

  /** Subtask {@code subtask} of {@code parallelism} that knows {@code sensors} and the pattern. */
  static CellHarness started(List<FieldChange> sensors, int parallelism, int subtask)
      throws Exception {
    CellHarness harness = new CellHarness(parallelism, subtask, null, 1);
    harness.change(sensors);
    harness.change(Neighbourhood.in(Neighbourhood.GLASS_THEN_CRY));
    return harness;
  }

  /** Subtask {@code subtask} of {@code parallelism}, from what one subtask alone had kept. */
  static CellHarness restored(OperatorSubtaskState kept, int parallelism, int subtask)
      throws Exception {
    return new CellHarness(parallelism, subtask, kept, 1);
  }

  OperatorSubtaskState snapshot() throws Exception {
    return operator.snapshot(1, 1);
  }

  void change(List<FieldChange> changes) throws Exception {
    for (FieldChange change : changes) {
      change(change);
    }
  }

  void change(FieldChange change) throws Exception {
    operator.processBroadcastElement(change, 0);
  }

  void send(List<CellPick> picks) throws Exception {
    for (CellPick pick : picks) {
      send(pick);
    }
  }

  void send(CellPick pick) throws Exception {
    operator.processElement(Either.Left(pick), pick.pick().onsetMicros() / 1_000);
  }

  /** The topic brings an alert, as this job wrote it. */
  void hear(TracedAlert said) throws Exception {
    RatedAlert rated = new RatedAlert(said.cell(), said.alert(), null, null);
    Headers headers = new RecordHeaders();
    AlertRecords.headers(rated, headers);
    hear(AlertRecords.alert(rated), headers);
  }

  /** The topic brings an alert that bears no header. */
  void hearHeadless(Alert alert) throws Exception {
    RatedAlert rated = new RatedAlert(OwnerCell.NONE, alert, null, null);
    hear(AlertRecords.alert(rated), new RecordHeaders());
  }

  private void hear(DistressAlert record, Headers headers) throws Exception {
    AlertMapping mapping = new AlertMapping();
    SaidAlert read = mapping.withHeaders(mapping.toDomain(record), headers);
    for (CellAlert said : Neighbourhood.toCells(read)) {
      operator.processElement(Either.Right(said), 0);
    }
  }

  /** The broadcast side is idle, as {@code Timeless} makes it; then both sides' time is this. */
  void watermark(long micros) throws Exception {
    operator.watermark(Math.floorDiv(micros, 1_000));
  }

  void processingTime(Duration sinceStart) throws Exception {
    operator.setProcessingTime(sinceStart.toMillis());
  }

  /** What has been said since the last call. */
  List<Alert> said() {
    return saidInTraces().stream().map(TracedAlert::alert).toList();
  }

  /** What has been said since the last call. */
  List<TracedAlert> saidInTraces() {
    List<TracedAlert> alerts = new ArrayList<>(operator.extractOutputValues());
    operator.getOutput().clear();
    return alerts;
  }

  List<RevisedEvent> events() {
    return eventsInTraces().stream().map(TracedEvent::event).toList();
  }

  List<TracedEvent> eventsInTraces() {
    Queue<StreamRecord<TracedEvent>> events = operator.getSideOutput(AssociationFunction.EVENTS);
    return events == null ? List.of() : events.stream().map(StreamRecord::getValue).toList();
  }

  int keyedStateEntries() {
    return ((HeapKeyedStateBackend<?>) operator.getOperator().getKeyedStateBackend())
        .numKeyValueStateEntries();
  }

  int eventTimeTimers() {
    return operator.numEventTimeTimers();
  }

  int processingTimeTimers() {
    return operator.numProcessingTimeTimers();
  }

  @Override
  public void close() {
    try {
      operator.close();
    } catch (Exception e) {
      throw new AssertionError("the operator does not close", e);
    }
  }

  /** The last word on each alert, by revision, without those taken back; in order of ids. */
  static List<Alert> lastWords(List<Alert> said) {
    Map<String, Alert> last = new TreeMap<>();
    for (Alert alert : said) {
      last.merge(alert.alertId(), alert, (a, b) -> b.revision() >= a.revision() ? b : a);
    }
    return last.values().stream().filter(a -> a.state() != Alert.State.RETRACTED).toList();
  }
}
