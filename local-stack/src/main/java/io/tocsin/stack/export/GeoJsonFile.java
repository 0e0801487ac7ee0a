package io.tocsin.stack.export;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A FeatureCollection of RFC 7946, a feature a line; a list is an array. */
final class GeoJsonFile implements FeatureFile {

  private final JsonGenerator json;
  private final List<Column> columns;

  GeoJsonFile(Path file, List<Column> columns) throws IOException {
    this.columns = columns;
    this.json = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8);
    json.writeStartObject();
    json.writeStringField("type", "FeatureCollection");
    json.writeArrayFieldStart("features");
  }

  @Override
  public String geometrySql() {
    return "ST_AsGeoJSON(place, 9)";
  }

  @Override
  public void add(Object geometry, List<@Nullable Object> values) throws IOException {
    json.writeRaw('\n');
    json.writeStartObject();
    json.writeStringField("type", "Feature");
    json.writeFieldName("geometry");
    json.writeRawValue((String) geometry);
    json.writeObjectFieldStart("properties");
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      json.writeFieldName(column.name());
      Object value = values.get(i);
      if (column.kind() == Column.Kind.LIST && value != null) {
        json.writeStartArray();
        for (String item : ((String) value).split(",", -1)) {
          json.writeString(item);
        }
        json.writeEndArray();
      } else {
        json.writePOJO(value);
      }
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  @Override
  public void close() throws IOException {
    // Closes what is open: the array and the collection.
    json.close();
  }
}
