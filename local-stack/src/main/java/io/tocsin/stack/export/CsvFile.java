package io.tocsin.stack.export;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CSV with a header line; the last column, wkt, is the point as well-known text. */
final class CsvFile implements FeatureFile {

  private final SequenceWriter rows;

  CsvFile(Path file, List<Column> columns) throws IOException {
    CsvSchema.Builder schema = CsvSchema.builder().setUseHeader(true);
    columns.forEach(column -> schema.addColumn(column.name()));
    schema.addColumn("wkt");
    ObjectWriter writer = new CsvMapper().writer(schema.build());
    this.rows = writer.writeValues(file.toFile());
  }

  @Override
  public String geometrySql() {
    return "ST_AsText(place, 9)";
  }

  @Override
  public void add(Object geometry, List<@Nullable Object> values) throws IOException {
    List<@Nullable Object> row = new ArrayList<>(values);
    row.add(geometry);
    rows.write(row);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
