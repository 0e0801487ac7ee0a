package io.tocsin.jobs.distress;

import io.tocsin.association.ClockTold;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes what is known of clocks. */
final class ClockToldSerializer extends RecordSerializer<ClockTold> {

  static final ClockToldSerializer INSTANCE = new ClockToldSerializer();

  private static final long serialVersionUID = 1L;

  @Override
  public ClockTold createInstance() {
    return new ClockTold(0, List.of());
  }

  @Override
  public void serialize(ClockTold told, DataOutputView target) throws IOException {
    target.writeLong(told.sensor());
    target.writeShort(told.epochs().size());
    for (ClockTold.Epoch epoch : told.epochs()) {
      target.writeLong(epoch.number());
      target.writeLong(epoch.readings());
      target.writeLong(epoch.weight());
      target.writeLong(epoch.ahead());
      target.writeLong(epoch.squares());
    }
  }

  @Override
  public ClockTold deserialize(DataInputView source) throws IOException {
    long sensor = source.readLong();
    ClockTold.Epoch[] epochs = new ClockTold.Epoch[source.readUnsignedShort()];
    for (int i = 0; i < epochs.length; i++) {
      epochs[i] =
          new ClockTold.Epoch(
              source.readLong(),
              source.readLong(),
              source.readLong(),
              source.readLong(),
              source.readLong());
    }
    return new ClockTold(sensor, Arrays.asList(epochs));
  }

  @Override
  public TypeSerializerSnapshot<ClockTold> snapshotConfiguration() {
    return new Written();
  }

  /** What a checkpoint says of how that is written. */
  public static final class Written extends Snapshot<ClockTold> {

    /** For Flink. */
    public Written() {
      super(() -> INSTANCE);
    }
  }
}
