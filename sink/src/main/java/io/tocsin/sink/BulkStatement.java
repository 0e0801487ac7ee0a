package io.tocsin.sink;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * One statement over many rows. Each column of all rows travels as one array parameter, and {@code
 * {rows}} in the SQL stands for their {@code unnest(…) AS r(…)}, in the order of the rows: one
 * round trip and one plan, whatever the number of rows.
 *
 * @param <R> a row
 */
record BulkStatement<R>(String sql, List<Column<R>> columns) {

  /**
   * A column of the rows.
   *
   * @param sqlType type of the array's elements in PostgreSQL
   * @param value of type String for text and jsonb, Long for bigint, and so on; null for SQL's null
   */
  record Column<R>(String name, String sqlType, Function<R, @Nullable Object> value) {}

  BulkStatement {
    columns = List.copyOf(columns);
    sql = sql.replace("{rows}", rows(columns));
  }

  private static <R> String rows(List<Column<R>> columns) {
    String arrays =
        columns.stream().map(c -> "?::" + c.sqlType() + "[]").collect(Collectors.joining(", "));
    String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
    return "unnest(" + arrays + ") AS r(" + names + ")";
  }

  /** Number of database rows that changed. */
  int execute(Handle handle, Collection<R> rows) {
    return rows.isEmpty() ? 0 : bound(handle.createUpdate(sql), rows).execute();
  }

  /** What the statement returns. */
  <T> List<T> executeReturning(Handle handle, Collection<R> rows, RowMapper<T> mapper) {
    return rows.isEmpty() ? List.of() : bound(handle.createQuery(sql), rows).map(mapper).list();
  }

  private <S extends SqlStatement<S>> S bound(S statement, Collection<R> rows) {
    for (int i = 0; i < columns.size(); i++) {
      statement.bind(i, array(columns.get(i), rows));
    }
    return statement;
  }

  private static <R> Argument array(Column<R> column, Collection<R> rows) {
    // pgjdbc takes bytea[] as byte[][] only, every other type as Object[].
    @Nullable Object[] values =
        column.sqlType().equals("bytea")
            ? rows.stream().map(column.value()).toArray(byte[][]::new)
            : rows.stream().map(column.value()).toArray();
    return (position, statement, context) ->
        statement.setArray(
            position, statement.getConnection().createArrayOf(column.sqlType(), values));
  }
}
