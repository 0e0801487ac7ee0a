package io.tocsin.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.association.Alert;
import io.tocsin.association.CellAssociator;
import io.tocsin.association.Chatter;
import io.tocsin.association.FalseAlarmCurve;
import io.tocsin.association.Pattern;
import io.tocsin.association.Pick;
import io.tocsin.association.Said;
import io.tocsin.association.SensorSite;
import io.tocsin.jobs.distress.CellPick;
import io.tocsin.jobs.distress.FieldChange;
import io.tocsin.jobs.distress.PicksOfSecond;
import io.tocsin.jobs.distress.RateChange;
import io.tocsin.jobs.distress.RatedAlert;
import io.tocsin.jobs.distress.TracedAlert;
import io.tocsin.jobs.distress.TracedEvent;
import io.tocsin.jobs.distress.TracedPick;
import io.tocsin.jobs.kafka.DeadLetter;
import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.jobs.scoring.PlacedDetection;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.detect.TrackerState;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.CutterState;
import io.tocsin.scoring.window.EmbeddedWindow;
import io.tocsin.scoring.window.EmbeddingOrderState;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.OrderedEmbedding;
import io.tocsin.scoring.window.StoredCutter;
import io.tocsin.scoring.window.StoredLane;
import io.tocsin.scoring.window.WindowCutter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * State outlives a release: every type of it has a serialiser of Flink's own, down to its leaves.
 */
class SerialisationTest {

  @ParameterizedTest
  @ValueSource(
      classes = {
        Alert.class,
        CellAssociator.RevisedEvent.class,
        Said.class,
        Chatter.class,
        PicksOfSecond.class,
        CellPick.class,
        FieldChange.class,
        RatedAlert.class,
        TracedPick.class,
        TracedAlert.class,
        TracedEvent.class,
        RateChange.class,
        FalseAlarmCurve.class,
        Pattern.class,
        Pick.class,
        SensorSite.class,
        DeadLetter.class,
        SensorRegistration.class,
        AudioWindow.class,
        EmbeddedWindow.class,
        EmbeddingOrderState.class,
        OrderedEmbedding.class,
        CutterState.class,
        StoredLane.class,
        FrameAudio.class,
        PlacedDetection.class,
        ScoredWindow.class,
        SoundDetection.class,
        TrackerState.class
      })
  void noStateOrRecordNeedsKryo(Class<?> type) {
    TypeInformation<?> information = TypeInformation.of(type);
    assertThat(information).isNotInstanceOf(GenericTypeInfo.class);
    // Refuses generic types at any depth.
    assertThat(information.createSerializer(withoutKryo())).isNotNull();
  }

  /** A record with something that only Kryo could write. */
  public record Opaque(String name, List<Thread> threads) {}

  @Test
  void aTypeThatNeedsKryoIsFound() {
    assertThatThrownBy(() -> TypeInformation.of(Opaque.class).createSerializer(withoutKryo()))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("Generic types have been disabled");
  }

  @Test
  void whatMayBeNullIsWrittenAsNull() throws Exception {
    assertThat(copied(new FieldChange("p", true, null, null), FieldChange.class))
        .isEqualTo(new FieldChange("p", true, null, null));
    RateChange withdrawn = new RateChange("p", true, true, null);
    assertThat(copied(withdrawn, RateChange.class)).isEqualTo(withdrawn);
    SensorRegistration bare = new SensorRegistration("s", 1, 2, null, 3.0, 400, false);
    assertThat(copied(bare, SensorRegistration.class)).isEqualTo(bare);
    TrackerState fresh =
        new TrackerState(List.of("glass"), 1, 2, false, List.of(), null, List.of());
    assertThat(copied(fresh, TrackerState.class)).isEqualTo(fresh);
    DeadLetter letter =
        new DeadLetter("t", 0, 7, null, null, new String[0], new byte[0][], "p", "CHECK", "E", "w");
    DeadLetter copy = copied(letter, DeadLetter.class);
    assertThat(copy.key()).isNull();
    assertThat(copy.value()).isNull();
    assertThat(copy.reason()).isEqualTo("w");
  }

  @Test
  void aSensorsWaitingAudioStaysUnder64Kibibytes() throws Exception {
    WindowCutter cutter = new WindowCutter(16_000, 15_600, 7_800, Duration.ofSeconds(5));
    String longName = "s".repeat(128);
    CutterState state = null;
    int largest = 0;
    // Every eleventh frame is lost; the ten behind it wait.
    for (int i = 0; i < 200; i++) {
      if (i % 11 != 5) {
        FrameAudio frame =
            FrameAudio.of(longName, longName, i, i * 100_000L, "GPS", 50, 16_000, new short[1_600]);
        state = cutter.accept(state, frame).state();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TypeInformation.of(CutterState.class)
            .createSerializer(withoutKryo())
            .serialize(state, new DataOutputViewStreamWrapper(bytes));
        largest = Math.max(largest, bytes.size());
      }
    }
    assertThat(largest).isBetween(40_000, 65_536);
  }

  @Test
  void theEdgesOfASensorsHolesStayUnder128Kibibytes() throws Exception {
    WindowCutter cutter = new WindowCutter(16_000, 15_600, 7_800, Duration.ofSeconds(5));
    StoredCutter stored = new StoredCutter(16_000, 15_600, 7_800);
    CutterState live = null;
    StoredLane lane = null;
    int largest = 0;
    // Of every forty frames of 0.1 s twenty are missing, and never come.
    for (int i = 0; i < 400; i++) {
      if (i % 40 < 20) {
        FrameAudio frame =
            FrameAudio.of("sensor", "boot", i, i * 100_000L, "GPS", 50, 16_000, new short[1_600])
                .inRun(i * 1_600L);
        var cut = cutter.accept(live, frame);
        live = cut.state();
        if (cut.leavesHole()) {
          lane = stored.leave(lane, cut).lane();
          largest = Math.max(largest, written(lane, StoredLane.class).length);
        }
      }
    }
    assertThat(largest).isBetween(90_000, 128 << 10);
  }

  private static <T> T copied(T value, Class<T> type) throws IOException {
    TypeSerializer<T> serializer = TypeInformation.of(type).createSerializer(withoutKryo());
    return serializer.deserialize(
        new DataInputViewStreamWrapper(new ByteArrayInputStream(written(value, type))));
  }

  private static <T> byte[] written(T value, Class<T> type) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TypeInformation.of(type)
        .createSerializer(withoutKryo())
        .serialize(value, new DataOutputViewStreamWrapper(bytes));
    return bytes.toByteArray();
  }

  private static SerializerConfigImpl withoutKryo() {
    SerializerConfigImpl config = new SerializerConfigImpl();
    config.setGenericTypes(false);
    return config;
  }
}
