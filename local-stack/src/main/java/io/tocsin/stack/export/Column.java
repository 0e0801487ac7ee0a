package io.tocsin.stack.export;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * A property of an exported feature.
 *
 * @param name of the column in the table and in the file
 * @param kind how it is read and written
 */
record Column(String name, Kind kind) {

  /** UTC with all six digits, so that texts sort as instants do. */
  private static final DateTimeFormatter INSTANT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

  /** Types that every format knows; an instant is a text there, a list one with commas. */
  enum Kind {
    TEXT,
    WHOLE,
    NUMBER,
    INSTANT,
    LIST
  }

  static Column text(String name) {
    return new Column(name, Kind.TEXT);
  }

  static Column whole(String name) {
    return new Column(name, Kind.WHOLE);
  }

  static Column number(String name) {
    return new Column(name, Kind.NUMBER);
  }

  static Column instant(String name) {
    return new Column(name, Kind.INSTANT);
  }

  static Column list(String name) {
    return new Column(name, Kind.LIST);
  }

  /** The value in the row at hand: a String, a Long or a Double. */
  @Nullable Object read(ResultSet row) throws SQLException {
    return switch (kind) {
      case TEXT -> row.getString(name);
      case WHOLE -> {
        long value = row.getLong(name);
        yield row.wasNull() ? null : value;
      }
      case NUMBER -> {
        double value = row.getDouble(name);
        yield row.wasNull() || !Double.isFinite(value) ? null : value;
      }
      case INSTANT -> {
        OffsetDateTime value = row.getObject(name, OffsetDateTime.class);
        yield value == null ? null : INSTANT.format(value.withOffsetSameInstant(ZoneOffset.UTC));
      }
      case LIST -> {
        Array value = row.getArray(name);
        yield value == null ? null : String.join(",", (String[]) value.getArray());
      }
    };
  }
}
