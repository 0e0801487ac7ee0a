package io.tocsin.jobs.distress;

import io.tocsin.association.Chatter;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes background rates. */
final class ChatterSerializer extends RecordSerializer<Chatter> {

  static final ChatterSerializer INSTANCE = new ChatterSerializer();

  private static final long serialVersionUID = 1L;

  @Override
  public Chatter createInstance() {
    return new Chatter(0, List.of(), List.of());
  }

  @Override
  public void serialize(Chatter chatter, DataOutputView target) throws IOException {
    int size = chatter.epochs().size();
    target.writeLong(chatter.source());
    target.writeShort(size);
    for (int i = 0; i < size; i++) {
      target.writeLong(chatter.epochs().get(i));
      target.writeInt(chatter.counts().get(i));
    }
  }

  @Override
  public Chatter deserialize(DataInputView source) throws IOException {
    long number = source.readLong();
    int size = source.readUnsignedShort();
    Long[] epochs = new Long[size];
    Integer[] counts = new Integer[size];
    for (int i = 0; i < size; i++) {
      epochs[i] = source.readLong();
      counts[i] = source.readInt();
    }
    return new Chatter(number, Arrays.asList(epochs), Arrays.asList(counts));
  }

  @Override
  public TypeSerializerSnapshot<Chatter> snapshotConfiguration() {
    return new Written();
  }

  /** What a checkpoint says of how background rates are written. */
  public static final class Written extends Snapshot<Chatter> {

    /** For Flink. */
    public Written() {
      super(() -> INSTANCE);
    }
  }
}
