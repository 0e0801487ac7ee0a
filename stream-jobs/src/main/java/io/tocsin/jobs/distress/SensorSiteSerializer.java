package io.tocsin.jobs.distress;

import io.tocsin.association.GeoPoint;
import io.tocsin.association.SensorSite;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** Writes sensors. */
final class SensorSiteSerializer extends RecordSerializer<SensorSite> {

  static final SensorSiteSerializer INSTANCE = new SensorSiteSerializer();

  private static final long serialVersionUID = 1L;

  @Override
  public SensorSite createInstance() {
    return new SensorSite("", new GeoPoint(0, 0), 0);
  }

  @Override
  public void serialize(SensorSite site, DataOutputView target) throws IOException {
    Strings.write(site.sensorId(), target);
    target.writeDouble(site.place().latitudeDegrees());
    target.writeDouble(site.place().longitudeDegrees());
    target.writeDouble(site.audibleRadiusMetres());
  }

  @Override
  public SensorSite deserialize(DataInputView source) throws IOException {
    return new SensorSite(
        StringValue.readString(source),
        new GeoPoint(source.readDouble(), source.readDouble()),
        source.readDouble());
  }

  @Override
  public TypeSerializerSnapshot<SensorSite> snapshotConfiguration() {
    return new Written();
  }

  /** What a checkpoint says of how sensors are written. */
  public static final class Written extends Snapshot<SensorSite> {

    /** For Flink. */
    public Written() {
      super(() -> INSTANCE);
    }
  }
}
