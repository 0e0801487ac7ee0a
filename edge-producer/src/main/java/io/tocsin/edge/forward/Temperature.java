package io.tocsin.edge.forward;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** How hot the device is, as Linux tells it. */
final class Temperature {

  private static final Path ZONES = Path.of("/sys/class/thermal");
  private static final float MILLI = 1_000;

  private Temperature() {}

  /** The hottest thermal zone; empty where there is none, or none that can be read. */
  static Optional<Float> hottestCelsius() {
    return hottestCelsius(ZONES);
  }

  static Optional<Float> hottestCelsius(Path zones) {
    Optional<Float> hottest = Optional.empty();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(zones, "thermal_zone*")) {
      for (Path zone : found) {
        Optional<Float> one = celsius(zone.resolve("temp"));
        if (one.isPresent() && (hottest.isEmpty() || one.get() > hottest.get())) {
          hottest = one;
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return hottest;
  }

  /** A zone whose sensor sleeps cannot be read; others may. */
  private static Optional<Float> celsius(Path file) {
    try {
      return Optional.of(Long.parseLong(Files.readString(file).strip()) / MILLI);
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
