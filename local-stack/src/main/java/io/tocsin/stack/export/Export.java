package io.tocsin.stack.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One export: a subject, a period, a box.
 *
 * @param since rows from this time on
 * @param until rows before this time
 * @param box only rows within it, or everywhere
 */
record Export(
    Subject subject, Format format, Instant since, Instant until, @Nullable LonLatBox box) {

  /** Rows that the database hands over at a time: what bounds the memory. */
  private static final int ROWS_AT_A_TIME = 2_000;

  /** The formats. */
  enum Format {
    GEOJSON,
    CSV,
    GEOPACKAGE
  }

  /**
   * Writes the file in one step: it is there whole or not at all.
   *
   * @param connection whose transaction this ends
   * @return rows written
   */
  long write(Connection connection, Path file) throws SQLException, IOException {
    Path target = file.toAbsolutePath();
    // GeoPackage libraries insist on the ending.
    Path half = target.resolveSibling(".half-" + target.getFileName());
    Files.deleteIfExists(half);
    try {
      long rows;
      try (FeatureFile features = open(half)) {
        rows = write(connection, features);
      }
      Files.move(half, target, StandardCopyOption.REPLACE_EXISTING);
      return rows;
    } finally {
      Files.deleteIfExists(half);
    }
  }

  private FeatureFile open(Path file) throws IOException {
    return switch (format) {
      case GEOJSON -> new GeoJsonFile(file, subject.columns());
      case CSV -> new CsvFile(file, subject.columns());
      case GEOPACKAGE -> new GeoPackageFile(file, subject);
    };
  }

  private long write(Connection connection, FeatureFile features) throws SQLException, IOException {
    // Without a transaction the driver would fetch all rows at once.
    connection.setAutoCommit(false);
    try (PreparedStatement query = connection.prepareStatement(sql(features.geometrySql()))) {
      query.setFetchSize(ROWS_AT_A_TIME);
      query.setObject(1, OffsetDateTime.ofInstant(since, ZoneOffset.UTC));
      query.setObject(2, OffsetDateTime.ofInstant(until, ZoneOffset.UTC));
      if (box != null) {
        query.setDouble(3, box.west());
        query.setDouble(4, box.south());
        query.setDouble(5, box.east());
        query.setDouble(6, box.north());
      }
      long rows = 0;
      try (ResultSet found = query.executeQuery()) {
        while (found.next()) {
          List<@Nullable Object> values = new ArrayList<>(subject.columns().size());
          for (Column column : subject.columns()) {
            values.add(column.read(found));
          }
          features.add(found.getObject("geom"), values);
          rows++;
        }
      }
      connection.rollback();
      return rows;
    }
  }

  private String sql(String geometry) {
    List<String> names = new ArrayList<>();
    subject.columns().forEach(column -> names.add(column.name()));
    return """
        SELECT %s, %s AS geom FROM %s
        WHERE %s >= ? AND %s < ? %s
        ORDER BY %s, %s
        """
        .formatted(
            String.join(", ", names),
            geometry,
            subject.table(),
            subject.timeColumn(),
            subject.timeColumn(),
            box == null ? "" : "AND place::geometry && ST_MakeEnvelope(?, ?, ?, ?, 4326)",
            subject.timeColumn(),
            subject.idColumn());
  }
}
