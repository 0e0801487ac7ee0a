package io.tocsin.edge.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.edge.forward.ForwardStatus;
import io.tocsin.edge.source.ClockKind;
import io.tocsin.edge.source.SourceClock;
import io.tocsin.edge.source.SourceStatus;
import io.tocsin.edge.source.SourceTelling;
import io.tocsin.edge.spool.Loss;
import io.tocsin.edge.spool.SpoolStatus;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthTest {

  private long nanos;
  private ForwardStatus status = status(0, 0, true);
  private final Pulse pulse =
      new Pulse("gate \"3\"", Optional.of(Duration.ofSeconds(11)), () -> status, () -> nanos);

  private static ForwardStatus status(long accepted, long waiting, boolean reachable) {
    return new ForwardStatus(
        new SpoolStatus(
            waiting,
            waiting,
            0,
            1_000,
            Duration.ofMillis(2_500),
            accepted,
            0,
            0,
            Map.of(Loss.SIZE, 4L),
            0),
        accepted,
        4,
        reachable,
        accepted - waiting,
        1,
        0,
        Instant.parse("2026-05-01T12:00:00Z"),
        null,
        reachable ? null : "no \\ broker");
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void aSensorIsWellWhileItsSourceDeliversWhateverBecomesOfKafka() {
    assertThat(pulse.read().state()).isEqualTo(Pulse.State.STARTING);
    assertThat(pulse.read().isWell()).isTrue();
    for (int i = 1; i < 5; i++) {
      pass(Duration.ofSeconds(9));
      status = status(i, i, false);
      assertThat(pulse.read().state()).isEqualTo(Pulse.State.STORING);
      assertThat(pulse.read().isWell()).isTrue();
    }
    status = status(4, 4, true);
    assertThat(pulse.read().state()).isEqualTo(Pulse.State.DRAINING);
    pass(Duration.ofSeconds(12));
    assertThat(pulse.read().state()).isEqualTo(Pulse.State.STALLED);
    assertThat(pulse.read().isWell()).isFalse();
    status = status(5, 0, true);
    assertThat(pulse.read().state()).isEqualTo(Pulse.State.LIVE);
  }

  @Test
  void thePageSaysHowItIsInJsonAndForPrometheus() throws Exception {
    try (HealthPage page = HealthPage.open(new InetSocketAddress("127.0.0.1", 0), pulse)) {
      status = status(7, 3, false);
      HttpResponse<String> health = get(page, "/health");
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body())
          .contains(
              "\"sensorId\": \"gate \\\"3\\\"\"",
              "\"status\": \"storing\"",
              "\"spoolDepth\": 3",
              "\"spoolAgeSeconds\": 2.500",
              "\"lastCapturedAt\": \"2026-05-01T12:00:00Z\"",
              "\"lastAcknowledgedAt\": null",
              "\"problem\": \"no \\\\ broker\"");
      assertThat(get(page, "/metrics").body())
          .contains(
              "# TYPE tocsin_sensor_spool_frames gauge\n"
                  + "tocsin_sensor_spool_frames{sensor=\"gate \\\"3\\\"\"} 3\n",
              "tocsin_sensor_frames_captured_total{sensor=\"gate \\\"3\\\"\"} 7\n",
              "tocsin_sensor_spool_lost_frames_total{sensor=\"gate \\\"3\\\"\",reason=\"size\"}"
                  + " 4\n",
              "tocsin_sensor_kafka_reachable{sensor=\"gate \\\"3\\\"\"} 0\n");
      pass(Duration.ofSeconds(12));
      assertThat(get(page, "/health").statusCode()).isEqualTo(503);
      assertThat(get(page, "/elsewhere").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void thePageTellsOfTheSourceAndTheClockToo() throws Exception {
    try (CaptureClock clock = CaptureClock.stated(new Clock(ClockSource.PTP, 4_000L))) {
      SourceStatus source =
          new SourceStatus(
              "card:USB",
              new SourceClock(
                  ClockKind.SYSTEM_AT_CAPTURE, Duration.ofMillis(3), ClockSource.UNKNOWN),
              SourceStatus.State.WAITING,
              3,
              1,
              2,
              1,
              7.5,
              Duration.ofMillis(1_250),
              "it was \"unplugged\"");
      try (HealthPage page =
          HealthPage.open(
              new InetSocketAddress("127.0.0.1", 0),
              pulse,
              new SourceTelling(() -> source, clock))) {
        assertThat(new ObjectMapper().readTree(get(page, "/health").body()))
            .isEqualTo(
                new ObjectMapper()
                    .readTree(
                        """
                        {"sensorId": "gate \\"3\\"", "status": "starting", "secondsSinceLastFrame": 0.0,
                         "lastCapturedAt": "2026-05-01T12:00:00Z", "lastAcknowledgedAt": null,
                         "spoolDepth": 0, "spoolAgeSeconds": 2.5, "spoolBytes": 1000,
                         "framesDropped": 4, "framesRefused": 0, "problem": null,
                         "source": {"description": "card:USB", "state": "waiting", "openings": 3,
                          "failures": 1, "stalls": 2, "gaps": 1, "seconds": 7.5,
                          "silentSeconds": 1.25, "problem": "it was \\"unplugged\\""},
                         "clock": {"kind": "SYSTEM_AT_CAPTURE", "source": "PTP",
                          "uncertaintyMicros": 5000, "steps": 0}}
                        """));
        assertThat(get(page, "/metrics").body())
            .contains(
                "tocsin_sensor_source_live{sensor=\"gate \\\"3\\\"\"} 0\n",
                "# TYPE tocsin_sensor_source_stalls_total counter\n",
                "tocsin_sensor_source_stalls_total{sensor=\"gate \\\"3\\\"\"} 2\n",
                "tocsin_sensor_clock_uncertainty_seconds{sensor=\"gate \\\"3\\\"\"} 0.005\n");
      }
    }
  }

  private static HttpResponse<String> get(HealthPage page, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + page.port() + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void systemdIsToldOnceThatItIsReadyAndThatItLivesOnlyWhileItDoes() {
    List<List<String>> said = new ArrayList<>();
    ServiceNotices notices = new ServiceNotices(pulse, said::add, true);
    notices.tell();
    status = status(1, 0, true);
    notices.tell();
    status = status(2, 0, true);
    notices.tell();
    pass(Duration.ofSeconds(12));
    notices.tell();
    assertThat(said)
        .containsExactly(
            List.of("STATUS=starting, 0 frames kept"),
            List.of("READY=1", "WATCHDOG=1", "STATUS=live, 0 frames kept"),
            List.of("WATCHDOG=1", "STATUS=live, 0 frames kept"),
            List.of("STATUS=stalled, 0 frames kept"));
  }

  @Test
  void aSourceThatMayBeSilentForEverIsReadyAndLivesBeforeItsFirstSound() {
    List<List<String>> said = new ArrayList<>();
    Pulse patient = new Pulse("folder", Optional.empty(), () -> status, () -> nanos);
    ServiceNotices notices = new ServiceNotices(patient, said::add, true);
    notices.tell();
    pass(Duration.ofDays(3));
    notices.tell();
    assertThat(said)
        .containsExactly(
            List.of("READY=1", "WATCHDOG=1", "STATUS=live, 0 frames kept"),
            List.of("WATCHDOG=1", "STATUS=live, 0 frames kept"));
  }
}
