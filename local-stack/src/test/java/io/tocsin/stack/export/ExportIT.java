package io.tocsin.stack.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.stack.bench.GeneratedArchive;
import io.tocsin.stack.postgres.DatabaseRole;
import io.tocsin.stack.postgres.PostgresInstallation;
import io.tocsin.stack.process.ShortCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exports, views and tiles as GDAL reads them. */
class ExportIT {

  private static final Instant UNTIL = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant SINCE = Instant.parse("2026-02-20T00:00:00Z");
  private static final int DETECTIONS = 5_000;

  @TempDir private static Path folder;
  private static GeneratedArchive archive;

  @BeforeAll
  static void fill() throws Exception {
    assumeTrue(
        !PostgresInstallation.all(Path.of("/")).isEmpty(),
        "PostgreSQL with PostGIS is not installed; ./tocsin doctor --install gets it");
    archive =
        GeneratedArchive.create(
            folder.resolve("archive"),
            new GeneratedArchive.Size(100, DETECTIONS, 300, 20, 3, UNTIL),
            line -> {});
  }

  @AfterAll
  static void stop() {
    if (archive != null) {
      archive.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Export.Format.class)
  void everyFormatHoldsTheRowsInWgs84AsGdalReadsThem(Export.Format format) throws Exception {
    requireGdal();
    Path file = written(Subject.DETECTIONS, format, null);

    String told =
        gdal(Map.of(), "ogrinfo", "-so", "-al", "-oo", "GEOM_POSSIBLE_NAMES=wkt", file.toString());

    assertThat(told).contains("Feature Count: " + DETECTIONS, "detection_id", "Extent: (13.");
    // CSV states neither type nor coordinate system.
    if (format != Export.Format.CSV) {
      assertThat(told).contains("Geometry: Point", "GEOGCRS[\"WGS 84\"", "ID[\"EPSG\",4326]");
    }
  }

  @Test
  void aBoxAndAPeriodNarrowAnExport() throws Exception {
    LonLatBox box = LonLatBox.parse("13.35,52.50,13.40,52.55");
    Path file = written(Subject.EVENTS, Export.Format.GEOJSON, box);
    JsonNode features = new ObjectMapper().readTree(file.toFile()).get("features");

    assertThat(features.size())
        .isEqualTo(
            number(
                "SELECT count(*) FROM tocsin.sound_event WHERE place::geometry &&"
                    + " ST_MakeEnvelope(13.35, 52.50, 13.40, 52.55, 4326)"));
    assertThat(features.size()).isBetween(1, 319);
    for (JsonNode feature : features) {
      assertThat(feature.at("/geometry/coordinates/0").asDouble()).isBetween(13.35, 13.40);
      assertThat(feature.at("/geometry/coordinates/1").asDouble()).isBetween(52.50, 52.55);
    }
  }

  @Test
  void timesKeepTheirMicrosecondsAndListsAreLists() throws Exception {
    Path file = written(Subject.ALERTS, Export.Format.GEOJSON, null);
    JsonNode first = new ObjectMapper().readTree(file.toFile()).at("/features/0/properties");

    assertThat(Instant.parse(first.get("started_at").asText()))
        .isEqualTo(
            Instant.parse(
                text("SELECT to_json(min(started_at)) #>> '{}' FROM tocsin.distress_alert")));
    assertThat(first.at("/labels/1").asText()).isEqualTo("shout_scream");
  }

  @Test
  void theSameExportIsTheSameBytes() throws Exception {
    byte[] first = Files.readAllBytes(written(Subject.SENSORS, Export.Format.CSV, null));
    assertThat(Files.readAllBytes(written(Subject.SENSORS, Export.Format.CSV, null)))
        .isEqualTo(first);
  }

  @Test
  void gdalReadsEveryViewOfTheApiAsAnAnalyst() throws Exception {
    requireGdal();
    String told =
        gdal(
            Map.of("PGPASSWORD", archive.password(DatabaseRole.ANALYST)),
            "ogrinfo",
            "-so",
            "-al",
            postgres("schemas=api"));
    for (String view : List.of("sensors", "alerts", "events")) {
      String layer = told.substring(told.indexOf("Layer name: " + view + "\n"));
      assertThat(layer).contains("Geometry: Point");
      assertThat(layer.substring(0, layer.indexOf("Data axis"))).contains("ID[\"EPSG\",4326]");
    }
    assertThat(told).contains("Layer name: alert_ellipses", "Geometry: Polygon");
  }

  @Test
  void gdalReadsTheTables() throws Exception {
    requireGdal();
    String told =
        gdal(
            Map.of("PGPASSWORD", archive.password(DatabaseRole.ANALYST)),
            "ogrinfo",
            "-so",
            postgres("schemas=tocsin"),
            "tocsin.detection");
    assertThat(told).contains("Feature Count: " + DETECTIONS, "ID[\"EPSG\",4326]");
  }

  @Test
  void aTileDecodesToTheSensorsInIt() throws Exception {
    requireGdal();
    Path tile = folder.resolve("10-550-335.mvt");
    try (Connection connection = archive.connect(DatabaseRole.ANALYST);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT api.sensor_tile(10, 550, 335)")) {
      row.next();
      Files.write(tile, row.getBytes(1));
    }
    Path decoded = folder.resolve("tile.geojson");
    gdal(
        Map.of(),
        "ogr2ogr",
        "-f",
        "GeoJSON",
        "-oo",
        "X=550",
        "-oo",
        "Y=335",
        "-oo",
        "Z=10",
        "-t_srs",
        "EPSG:4326",
        decoded.toString(),
        "MVT:" + tile);
    JsonNode features = new ObjectMapper().readTree(decoded.toFile()).get("features");

    assertThat(features.size()).isBetween(1, 100);
    for (JsonNode feature : features) {
      String place =
          text(
              "SELECT ST_X(place::geometry) || ' ' || ST_Y(place::geometry) FROM tocsin.sensor"
                  + " WHERE sensor_id = '"
                  + feature.at("/properties/sensor_id").asText()
                  + "'");
      // A tile of zoom 10 has 4096 steps in 0.35 degrees.
      assertThat(feature.at("/geometry/coordinates/0").asDouble())
          .isCloseTo(Double.parseDouble(place.split(" ")[0]), within(1e-4));
      assertThat(feature.at("/geometry/coordinates/1").asDouble())
          .isCloseTo(Double.parseDouble(place.split(" ")[1]), within(1e-4));
    }
  }

  private static Path written(Subject what, Export.Format format, LonLatBox box) throws Exception {
    Path file =
        folder.resolve(
            "export."
                + switch (format) {
                  case GEOJSON -> "geojson";
                  case CSV -> "csv";
                  case GEOPACKAGE -> "gpkg";
                });
    try (Connection connection = archive.connect(DatabaseRole.ANALYST)) {
      new Export(what, format, SINCE, UNTIL.plusSeconds(60), box).write(connection, file);
    }
    return file;
  }

  private static String postgres(String more) {
    String address = archive.jdbcUrl().replaceFirst(".*//", "");
    return "PG:host=%s port=%s dbname=%s user=tocsin_analyst %s"
        .formatted(
            address.split("[:/]")[0], address.split("[:/]")[1], address.split("[:/]")[2], more);
  }

  private static void requireGdal() throws InterruptedException {
    assumeTrue(
        ShortCommand.run(List.of("ogrinfo", "--version")).succeeded(),
        "ogrinfo is not installed; get it with: apt-get install --no-install-recommends gdal-bin");
  }

  private static String gdal(Map<String, String> environment, String... command)
      throws InterruptedException {
    ShortCommand.Outcome outcome = ShortCommand.run(List.of(command), environment);
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    return outcome.output();
  }

  private static long number(String sql) throws Exception {
    return Long.parseLong(text(sql));
  }

  private static String text(String sql) throws Exception {
    try (Connection connection = archive.connect(DatabaseRole.OWNER);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
