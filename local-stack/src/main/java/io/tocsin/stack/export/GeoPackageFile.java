package io.tocsin.stack.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mil.nga.geopackage.BoundingBox;
import mil.nga.geopackage.GeoPackage;
import mil.nga.geopackage.GeoPackageManager;
import mil.nga.geopackage.contents.Contents;
import mil.nga.geopackage.db.GeoPackageDataType;
import mil.nga.geopackage.features.columns.GeometryColumns;
import mil.nga.geopackage.features.user.FeatureColumn;
import mil.nga.geopackage.features.user.FeatureDao;
import mil.nga.geopackage.features.user.FeatureRow;
import mil.nga.geopackage.features.user.FeatureTableMetadata;
import mil.nga.geopackage.geom.GeoPackageGeometryData;
import mil.nga.sf.GeometryType;
import mil.nga.sf.Point;
import org.jspecify.annotations.Nullable;

/** An OGC GeoPackage with one table of points in EPSG:4326, named as the subject. */
final class GeoPackageFile implements FeatureFile {

  private static final long WGS_84 = 4326;
  private static final int ROWS_A_TRANSACTION = 10_000;

  private final GeoPackage geoPackage;
  private final FeatureDao features;
  private final List<Column> columns;
  private @Nullable BoundingBox extent;
  private int written;

  GeoPackageFile(Path file, Subject subject) {
    this.columns = subject.columns();
    if (!GeoPackageManager.create(file.toFile(), false).exists()) {
      throw new IllegalStateException(file + " cannot be made");
    }
    this.geoPackage = GeoPackageManager.open(file.toFile(), false);
    String table = subject.name().toLowerCase(Locale.ROOT);
    GeometryColumns geometry = new GeometryColumns();
    geometry.setTableName(table);
    geometry.setColumnName("geom");
    geometry.setGeometryType(GeometryType.POINT);
    geometry.setZ((byte) 0);
    geometry.setM((byte) 0);
    geometry.setSrsId(WGS_84);
    List<FeatureColumn> properties = new ArrayList<>();
    for (Column column : columns) {
      properties.add(FeatureColumn.createColumn(column.name(), type(column.kind())));
    }
    geoPackage.createFeatureTable(FeatureTableMetadata.create(geometry, properties));
    this.features = geoPackage.getFeatureDao(table);
    geoPackage.beginTransaction();
  }

  /** An instant is a text: the format's own DATETIME ends at milliseconds. */
  private static GeoPackageDataType type(Column.Kind kind) {
    return switch (kind) {
      case WHOLE -> GeoPackageDataType.INTEGER;
      case NUMBER -> GeoPackageDataType.DOUBLE;
      case TEXT, INSTANT, LIST -> GeoPackageDataType.TEXT;
    };
  }

  @Override
  public String geometrySql() {
    return "ST_AsBinary(place)";
  }

  @Override
  public void add(Object geometry, List<@Nullable Object> values) throws IOException {
    GeoPackageGeometryData data = GeoPackageGeometryData.createFromWkb(WGS_84, (byte[]) geometry);
    FeatureRow row = features.newRow();
    row.setGeometry(data);
    for (int i = 0; i < columns.size(); i++) {
      row.setValue(columns.get(i).name(), values.get(i));
    }
    features.insert(row);
    if (data.getGeometry() instanceof Point point) {
      extend(point);
    }
    if (++written % ROWS_A_TRANSACTION == 0) {
      geoPackage.endAndBeginTransaction();
    }
  }

  private void extend(Point point) {
    BoundingBox here = new BoundingBox(point.getX(), point.getY(), point.getX(), point.getY());
    extent = extent == null ? here : extent.union(here);
  }

  @Override
  public void close() throws IOException {
    try (GeoPackage open = geoPackage) {
      open.endTransaction();
      Contents contents = features.getContents();
      if (extent != null) {
        contents.setBoundingBox(extent);
      }
      open.getContentsDao().update(contents);
    } catch (java.sql.SQLException e) {
      throw new IOException("the extent of the GeoPackage cannot be written", e);
    }
  }
}
