package io.tocsin.stack.bench.sink;

import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Detection;
import io.tocsin.schema.avro.EvidencePointer;
import io.tocsin.schema.avro.ModelRef;
import io.tocsin.schema.avro.Place;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;

/**
 * Detections of a fleet of thousands of sensors over some days: no two alike, in the order in which
 * they happened, common labels more often than rare ones.
 *
 * @param begin when the first may be
 * @param span over which they are spread
 * @param count how many there are in all
 */
record DetectionLoad(Instant begin, Duration span, long count) {

  private static final int SENSORS = 5_000;
  private static final List<String> LABELS =
      List.of(
          "speech",
          "vehicle",
          "dog",
          "shout_scream",
          "siren",
          "glass_shatter",
          "alarm",
          "gunshot",
          "explosion",
          "crying");
  private static final ModelRef MODEL = new ModelRef("yamnet-head", "1.2.0", "f".repeat(64));

  /** Detections of whole days. */
  static DetectionLoad ofDays(LocalDate first, int days, long count) {
    return new DetectionLoad(
        first.atStartOfDay(ZoneOffset.UTC).toInstant(), Duration.ofDays(days), count);
  }

  /**
   * The detection of that number: the same whenever it is asked for.
   *
   * @param series tells loads apart that have the same numbers
   */
  Detection detection(int series, long number) {
    Random random = new Random(31 * number + series);
    int sensor = random.nextInt(SENSORS);
    Random site = new Random(sensor);
    long micros = span.toNanos() / 1_000 / count;
    Instant onset =
        begin.plusNanos(1000 * (micros * number + random.nextLong(Math.max(1, micros))));
    float score = random.nextFloat();
    double rarity = random.nextDouble();
    return Detection.newBuilder()
        .setDetectionId("%016x%016x".formatted(random.nextLong(), number * 31 + series))
        .setSensorId("sensor-%05d".formatted(sensor))
        .setPlace(
            new Place(
                52.52 + 0.15 * site.nextGaussian(),
                13.40 + 0.25 * site.nextGaussian(),
                30.0 + site.nextInt(40),
                2.5))
        .setLabel(LABELS.get((int) (LABELS.size() * rarity * rarity)))
        .setProbability(1 / (1 + Math.exp(-8 * (score - 0.4))))
        .setScore(score)
        .setOnsetAt(onset)
        .setOnsetSigmaMicros(500 + random.nextInt(20_000))
        .setEndAt(onset.plusMillis(480L * (1 + random.nextInt(6))))
        .setLevelDbfs(-60 + 55 * random.nextFloat())
        .setClock(new Clock(ClockSource.GPS, 50L + random.nextInt(500)))
        .setModel(MODEL)
        .setEvidence(
            new EvidencePointer(
                "tocsin.audio-frames.v1",
                "%08x".formatted(site.nextInt()),
                number,
                number + 1 + random.nextInt(3)))
        .build();
  }
}
