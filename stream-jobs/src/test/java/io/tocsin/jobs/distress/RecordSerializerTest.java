package io.tocsin.jobs.distress;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.association.Chatter;
import io.tocsin.association.ClockTold;
import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pick;
import io.tocsin.association.SensorSite;
import io.tocsin.schema.wire.TraceParent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordSerializerTest {

  private static final Pick PICK =
      new Pick("d-1", "gerät 7", new GeoPoint(52.5, -13.4), "glass", 0.75, 12L, 3L, 900L, 1L);
  private static final SensorSite SITE = new SensorSite("gerät 7", new GeoPoint(52.5, 13.4), 400);
  private static final Chatter CHATTER =
      new Chatter(-77, List.of(2_962_727L, 2_962_729L), List.of(1, 3));

  private static final ClockTold CLOCK =
      new ClockTold(
          -78,
          List.of(
              new ClockTold.Epoch(5_925_454, 2, 12_000, -7, 9),
              new ClockTold.Epoch(5_925_460, 1, 1, 3, 4)));

  /** A value, how it is written now, and what Flink's own serialiser is made for. */
  private record Written<T>(T value, RecordSerializer<T> serializer, Class<T> type) {}

  static Stream<Written<?>> values() {
    return Stream.of(
        new Written<>(PICK, PickSerializer.INSTANCE, Pick.class),
        new Written<>(new CellPick(-5, PICK, null), CellPickSerializer.INSTANCE, CellPick.class),
        new Written<>(
            new CellPick(-5, PICK, new TraceParent(-1, 2, Long.MIN_VALUE, 0xff)),
            CellPickSerializer.INSTANCE,
            CellPick.class),
        new Written<>(
            new PicksOfSecond(List.of(PICK, PICK)),
            PicksOfSecondSerializer.INSTANCE,
            PicksOfSecond.class),
        new Written<>(
            new PicksOfSecond(List.of()), PicksOfSecondSerializer.INSTANCE, PicksOfSecond.class),
        new Written<>(SITE, SensorSiteSerializer.INSTANCE, SensorSite.class),
        new Written<>(CHATTER, ChatterSerializer.INSTANCE, Chatter.class),
        new Written<>(CLOCK, ClockToldSerializer.INSTANCE, ClockTold.class),
        new Written<>(
            ClockToldSerializer.INSTANCE.createInstance(),
            ClockToldSerializer.INSTANCE,
            ClockTold.class));
  }

  @Test
  void idsThatFlinksOwnSerialiserWroteAreReadAsTheyAre() throws Exception {
    DataOutputSerializer bytes = new DataOutputSerializer(64);
    StringSerializer.INSTANCE.serialize("gerät 7", bytes);
    SensorIdSerializer ids = SensorIdSerializer.INSTANCE;
    assertThat(ids.deserialize(new DataInputDeserializer(bytes.getCopyOfBuffer())))
        .isEqualTo("gerät 7");
    assertThat(
            ids.snapshotConfiguration()
                .resolveSchemaCompatibility(StringSerializer.INSTANCE.snapshotConfiguration())
                .isCompatibleAsIs())
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 126, 127, 128, 511, 512, 513, 20_000})
  void stringsAreWrittenAsFlinkWritesThem(int length) throws Exception {
    String characters = "a~\u007f\u0080é\u3fff\u4000€\uffff😀";
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(characters.charAt(i * 7 % characters.length()));
    }
    DataOutputSerializer ours = new DataOutputSerializer(64);
    DataOutputSerializer theirs = new DataOutputSerializer(64);
    Strings.write(text.toString(), ours);
    StringValue.writeString(text.toString(), theirs);
    assertThat(ours.getCopyOfBuffer()).isEqualTo(theirs.getCopyOfBuffer());
  }

  @ParameterizedTest
  @MethodSource("values")
  <T> void whatIsWrittenIsReadAgain(Written<T> written) throws Exception {
    DataOutputSerializer bytes = new DataOutputSerializer(64);
    written.serializer.serialize(written.value, bytes);
    written.serializer.serialize(written.value, bytes);
    DataOutputSerializer copy = new DataOutputSerializer(64);
    DataInputDeserializer source = new DataInputDeserializer(bytes.getCopyOfBuffer());
    written.serializer.copy(source, copy);
    assertThat(written.serializer.deserialize(source)).isEqualTo(written.value);
    assertThat(source.available()).isZero();
    assertThat(written.serializer.deserialize(new DataInputDeserializer(copy.getCopyOfBuffer())))
        .isEqualTo(written.value);
  }

  @ParameterizedTest
  @MethodSource("values")
  <T> void whatFlinksOwnSerialiserWroteIsTakenOver(Written<T> written) {
    TypeSerializer<T> before =
        TypeInformation.of(written.type).createSerializer(new SerializerConfigImpl());
    var compatibility =
        written
            .serializer
            .snapshotConfiguration()
            .resolveSchemaCompatibility(before.snapshotConfiguration());
    assertThat(compatibility.isCompatibleAfterMigration()).isTrue();
  }

  /** Keeps what it gets, and says what it has kept. */
  private static final class Keeper extends AbstractStreamOperator<List<Object>>
      implements OneInputStreamOperator<Long, List<Object>> {

    private static final long serialVersionUID = 1L;

    private final MapStateDescriptor<Long, Chatter> chatterAs;
    private final MapStateDescriptor<String, SensorSite> sitesAs;
    private transient MapState<Long, Chatter> chatter;
    private transient BroadcastState<String, SensorSite> sites;

    Keeper(
        MapStateDescriptor<Long, Chatter> chatterAs,
        MapStateDescriptor<String, SensorSite> sitesAs) {
      this.chatterAs = chatterAs;
      this.sitesAs = sitesAs;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
      sites = context.getOperatorStateStore().getBroadcastState(sitesAs);
    }

    @Override
    public void open() throws Exception {
      super.open();
      chatter = getKeyedStateStore().getMapState(chatterAs);
    }

    @Override
    public void processElement(StreamRecord<Long> element) throws Exception {
      List<Object> kept = new ArrayList<>();
      chatter.values().forEach(kept::add);
      sites.immutableEntries().forEach(e -> kept.add(e.getValue()));
      output.collect(new StreamRecord<>(kept));
      chatter.put(CHATTER.source(), CHATTER);
      sites.put(SITE.sensorId(), SITE);
    }
  }

  @Test
  void stateOfAnEarlierReleaseIsReadAndGoesOn() throws Exception {
    Keeper before =
        new Keeper(
            new MapStateDescriptor<>("chatter", Types.LONG, TypeInformation.of(Chatter.class)),
            new MapStateDescriptor<>("sites", Types.STRING, TypeInformation.of(SensorSite.class)));
    OperatorSubtaskState kept = run(before, null, List.of());
    for (int restart = 0; restart < 2; restart++) {
      Keeper now =
          new Keeper(
              new MapStateDescriptor<>(
                  "chatter", LongSerializer.INSTANCE, ChatterSerializer.INSTANCE),
              new MapStateDescriptor<>(
                  "sites", StringSerializer.INSTANCE, SensorSiteSerializer.INSTANCE));
      kept = run(now, kept, List.of(CHATTER, SITE));
    }
  }

  /** What is kept in the end, of an operator that begins with {@code expected}. */
  private static OperatorSubtaskState run(
      Keeper keeper, @Nullable OperatorSubtaskState from, List<Object> expected) throws Exception {
    KeyedOneInputStreamOperatorTestHarness<Long, Long, List<Object>> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(keeper, k -> k, Types.LONG);
    try {
      if (from != null) {
        harness.initializeState(from);
      }
      harness.open();
      harness.processElement(1L, 0);
      assertThat(harness.extractOutputValues()).containsExactly(expected);
      return harness.snapshot(1, 1);
    } finally {
      harness.close();
    }
  }
}
