package io.tocsin.jobs.distress;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink how picks on their way to a cell are written. */
final class CellPickType extends TypeInformation<CellPick> {

  private static final long serialVersionUID = 1L;

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<CellPick> getTypeClass() {
    return CellPick.class;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<CellPick> createSerializer(SerializerConfig config) {
    return CellPickSerializer.INSTANCE;
  }

  @Override
  public String toString() {
    return "CellPick";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CellPickType;
  }

  @Override
  public int hashCode() {
    return CellPickType.class.hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof CellPickType;
  }
}
