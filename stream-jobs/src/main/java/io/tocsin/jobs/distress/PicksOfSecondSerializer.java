package io.tocsin.jobs.distress;

import io.tocsin.association.Pick;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes the picks of a second. */
final class PicksOfSecondSerializer extends RecordSerializer<PicksOfSecond> {

  static final PicksOfSecondSerializer INSTANCE = new PicksOfSecondSerializer();

  private static final long serialVersionUID = 1L;

  @Override
  public PicksOfSecond createInstance() {
    return new PicksOfSecond(List.of());
  }

  @Override
  public void serialize(PicksOfSecond second, DataOutputView target) throws IOException {
    target.writeInt(second.picks().size());
    for (Pick pick : second.picks()) {
      PickSerializer.INSTANCE.serialize(pick, target);
    }
  }

  @Override
  public PicksOfSecond deserialize(DataInputView source) throws IOException {
    int size = source.readInt();
    List<Pick> picks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      picks.add(PickSerializer.INSTANCE.deserialize(source));
    }
    return new PicksOfSecond(picks);
  }

  @Override
  public TypeSerializerSnapshot<PicksOfSecond> snapshotConfiguration() {
    return new Written();
  }

  /** What a checkpoint says of how they are written. */
  public static final class Written extends Snapshot<PicksOfSecond> {

    /** For Flink. */
    public Written() {
      super(() -> INSTANCE);
    }
  }
}
