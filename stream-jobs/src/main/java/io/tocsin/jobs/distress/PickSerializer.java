package io.tocsin.jobs.distress;

import io.tocsin.association.GeoPoint;
import io.tocsin.association.Pick;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Writes picks. */
final class PickSerializer extends RecordSerializer<Pick> {

  static final PickSerializer INSTANCE = new PickSerializer();

  private static final long serialVersionUID = 1L;

  @Override
  public Pick createInstance() {
    return new Pick("", "", new GeoPoint(0, 0), "", 0, 0, 0, 0, 0);
  }

  @Override
  public void serialize(Pick pick, DataOutputView target) throws IOException {
    Strings.write(pick.detectionId(), target);
    Strings.write(pick.sensorId(), target);
    target.writeDouble(pick.place().latitudeDegrees());
    target.writeDouble(pick.place().longitudeDegrees());
    Strings.write(pick.label(), target);
    target.writeDouble(pick.probability());
    target.writeLong(pick.onsetMicros());
    target.writeLong(pick.onsetSigmaMicros());
    target.writeLong(pick.endMicros());
    target.writeLong(pick.clockUncertaintyMicros());
  }

  @Override
  public Pick deserialize(DataInputView source) throws IOException {
    return new Pick(
        StringValue.readString(source),
        StringValue.readString(source),
        new GeoPoint(source.readDouble(), source.readDouble()),
        StringValue.readString(source),
        source.readDouble(),
        source.readLong(),
        source.readLong(),
        source.readLong(),
        source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<Pick> snapshotConfiguration() {
    return new Written();
  }

  /** What a checkpoint says of how picks are written. */
  public static final class Written extends Snapshot<Pick> {

    /** For Flink. */
    public Written() {
      super(() -> INSTANCE);
    }
  }
}
