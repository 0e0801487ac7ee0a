package io.tocsin.jobs.distress;

import io.tocsin.schema.wire.TraceParent;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Writes picks on their way to a cell. */
final class CellPickSerializer extends RecordSerializer<CellPick> {

  static final CellPickSerializer INSTANCE = new CellPickSerializer();

  private static final long serialVersionUID = 1L;

  @Override
  public CellPick createInstance() {
    return new CellPick(0, PickSerializer.INSTANCE.createInstance(), null);
  }

  @Override
  public void serialize(CellPick pick, DataOutputView target) throws IOException {
    target.writeLong(pick.cell());
    PickSerializer.INSTANCE.serialize(pick.pick(), target);
    TraceParent trace = pick.trace();
    target.writeBoolean(trace != null);
    if (trace != null) {
      target.writeLong(trace.traceIdHigh());
      target.writeLong(trace.traceIdLow());
      target.writeLong(trace.parentId());
      target.writeByte(trace.flags());
    }
  }

  @Override
  public CellPick deserialize(DataInputView source) throws IOException {
    return new CellPick(
        source.readLong(), PickSerializer.INSTANCE.deserialize(source), trace(source));
  }

  private static @Nullable TraceParent trace(DataInputView source) throws IOException {
    return source.readBoolean()
        ? new TraceParent(
            source.readLong(), source.readLong(), source.readLong(), source.readUnsignedByte())
        : null;
  }

  @Override
  public TypeSerializerSnapshot<CellPick> snapshotConfiguration() {
    return new Written();
  }

  /** What a checkpoint says of how they are written. */
  public static final class Written extends Snapshot<CellPick> {

    /** For Flink. */
    public Written() {
      super(() -> INSTANCE);
    }
  }
}
