package io.tocsin.jobs.distress;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Writes ids of sensors, of which there may be a million, as {@link StringSerializer} does. */
final class SensorIdSerializer extends RecordSerializer<String> {

  static final SensorIdSerializer INSTANCE = new SensorIdSerializer();

  private static final long serialVersionUID = 1L;

  @Override
  public String createInstance() {
    return "";
  }

  @Override
  public void serialize(String id, DataOutputView target) throws IOException {
    Strings.write(id, target);
  }

  @Override
  public String deserialize(DataInputView source) throws IOException {
    return StringValue.readString(source);
  }

  @Override
  public TypeSerializerSnapshot<String> snapshotConfiguration() {
    return new Written();
  }

  /** What a checkpoint says of how ids are written. */
  public static final class Written extends Snapshot<String> {

    /** For Flink. */
    public Written() {
      super(() -> INSTANCE);
    }

    @Override
    public TypeSerializerSchemaCompatibility<String> resolveSchemaCompatibility(
        TypeSerializerSnapshot<String> before) {
      return before instanceof StringSerializer.StringSerializerSnapshot
          ? TypeSerializerSchemaCompatibility.compatibleAsIs()
          : super.resolveSchemaCompatibility(before);
    }
  }
}
