package io.tocsin.stack.bench.soak;

import io.tocsin.stack.faults.Fleet;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a soak left in the database. The first and the last round of each fleet do not count: they
 * have no sound before or behind them.
 *
 * @param detections rows, of all rounds
 * @param detectionsOfRound in most rounds
 * @param rounds that count, of all fleets
 * @param roundsUnlike how many of them have other detections than most have, to the microsecond
 * @param alerts that stand, of all rounds
 * @param alertsOfRound stand in most rounds
 * @param roundsOfOtherAlerts how many have more or fewer
 * @param retracted alerts that were taken back, of all rounds
 */
record SoakOutcome(
    int detections,
    int detectionsOfRound,
    int rounds,
    int roundsUnlike,
    int alerts,
    int alertsOfRound,
    int roundsOfOtherAlerts,
    int retracted) {

  private static final String AGE =
      """
      SELECT coalesce(extract(epoch FROM clock_timestamp() - max(ended_at)), 0)
      FROM tocsin.detection WHERE sensor_id LIKE 'fleet-%' AND onset_at > now() - interval '1 hour'
      """;

  private static final String DETECTIONS =
      """
      SELECT sensor_id, label,
        (extract(epoch FROM onset_at) * 1000000)::bigint AS onset,
        (extract(epoch FROM ended_at) * 1000000)::bigint AS ended
      FROM tocsin.detection WHERE sensor_id LIKE 'fleet-%'
      """;

  private static final String ALERTS =
      """
      SELECT a.alert_id, a.state, min(d.sensor_id) AS sensor_id,
        (extract(epoch FROM min(d.onset_at)) * 1000000)::bigint AS onset
      FROM tocsin.distress_alert a
        JOIN tocsin.alert_detection l USING (alert_id)
        JOIN tocsin.detection d USING (detection_id)
      WHERE d.sensor_id LIKE 'fleet-%'
      GROUP BY a.alert_id, a.state
      """;

  /** A round of a fleet. */
  record Round(int fleet, long number) {}

  /** How old the newest detection is that has a row; 0 while there is none. */
  static double ageSeconds(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(AGE);
        ResultSet result = statement.executeQuery()) {
      result.next();
      return result.getDouble(1);
    }
  }

  /** Reads all of it. */
  static SoakOutcome read(Connection connection, SoakLoad load) throws SQLException {
    Map<Round, TreeSet<String>> heard = new HashMap<>();
    int detections = 0;
    try (PreparedStatement statement = connection.prepareStatement(DETECTIONS);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        Fleet.Sensor sensor = Fleet.Sensor.of(row.getString("sensor_id")).orElseThrow();
        Round round = round(load, sensor, row.getLong("onset"));
        long begins = load.fleet(round.fleet()).startMicros() + round.number() * load.roundMicros();
        heard
            .computeIfAbsent(round, r -> new TreeSet<>())
            .add(
                "%02d %s at %d to %d"
                    .formatted(
                        sensor.number(),
                        row.getString("label"),
                        row.getLong("onset") - begins,
                        row.getLong("ended") - begins));
        detections++;
      }
    }
    Map<Round, Integer> standing = new HashMap<>();
    int retracted = 0;
    try (PreparedStatement statement = connection.prepareStatement(ALERTS);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        if (row.getString("state").equals("RETRACTED")) {
          retracted++;
        } else {
          Fleet.Sensor sensor = Fleet.Sensor.of(row.getString("sensor_id")).orElseThrow();
          standing.merge(round(load, sensor, row.getLong("onset")), 1, Integer::sum);
        }
      }
    }
    return of(load, heard, standing, detections, retracted);
  }

  /** What the rounds come to. */
  static SoakOutcome of(
      SoakLoad load,
      Map<Round, TreeSet<String>> heard,
      Map<Round, Integer> standing,
      int detections,
      int retracted) {
    List<Round> rounds =
        IntStream.range(0, load.fleets())
            .boxed()
            .flatMap(
                fleet ->
                    IntStream.range(1, load.rounds() - 1)
                        .mapToObj(number -> new Round(fleet, number)))
            .toList();
    TreeSet<String> none = new TreeSet<>();
    TreeSet<String> usual = most(rounds.stream().map(r -> heard.getOrDefault(r, none)).toList());
    int alertsUsual = most(rounds.stream().map(r -> standing.getOrDefault(r, 0)).toList());
    return new SoakOutcome(
        detections,
        usual.size(),
        rounds.size(),
        (int) rounds.stream().filter(r -> !heard.getOrDefault(r, none).equals(usual)).count(),
        standing.values().stream().mapToInt(Integer::intValue).sum(),
        alertsUsual,
        (int) rounds.stream().filter(r -> standing.getOrDefault(r, 0) != alertsUsual).count(),
        retracted);
  }

  private static Round round(SoakLoad load, Fleet.Sensor sensor, long onsetMicros) {
    long into = onsetMicros - load.fleet(sensor.fleet()).startMicros();
    return new Round(sensor.fleet(), Math.floorDiv(into, load.roundMicros()));
  }

  private static <T> T most(List<T> all) {
    return Collections.max(
            all.stream()
                .collect(Collectors.groupingBy(one -> one, Collectors.counting()))
                .entrySet(),
            Map.Entry.comparingByValue())
        .getKey();
  }
}
