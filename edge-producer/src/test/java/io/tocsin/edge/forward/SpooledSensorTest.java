package io.tocsin.edge.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.edge.SensorIdentity;
import io.tocsin.edge.spool.SpoolSettings;
import io.tocsin.schema.avro.AudioEncoding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import io.tocsin.schema.avro.Heartbeat;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpooledSensorTest {

  @TempDir private Path folder;

  @Test
  void aHeartbeatHasALevelOnlyWhereSoundCameAndTheClockThatDatedItLast() throws Exception {
    SensorIdentity identity =
        SensorIdentity.of("gate-3", 52.5, 13.4, 400, new Clock(ClockSource.NTP, 3_000L));
    try (StoreAndForward forward =
        StoreAndForward.open(
            ForwardSettings.of(SpoolSettings.in(folder)),
            () -> {
              throw new TimeoutException("nobody is there");
            },
            List.of())) {
      SpooledSensor sensor =
          new SpooledSensor(identity, forward, "boot", 16_000, AudioEncoding.PCM_S16LE);
      short[] half = new short[16_000];
      java.util.Arrays.fill(half, (short) 16_384);
      assertThat(sensor.accept(half, 1_777_636_800_000_000L)).isTrue();
      Heartbeat heard = sensor.heartbeat();
      assertThat(heard.getLevelDbfs()).isCloseTo(-6.02f, within(0.01f));
      assertThat(heard.getSpoolDepth()).isEqualTo(1);
      assertThat(heard.getClock()).isEqualTo(new Clock(ClockSource.NTP, 3_000L));

      // Nothing comes for ten seconds; then it does, and nobody knows of when it is.
      assertThat(sensor.heartbeat().getLevelDbfs()).isNull();
      Clock lost = new Clock(ClockSource.FREE, 10_000_000L);
      sensor.date(lost, false);
      assertThat(sensor.accept(half, 1_777_636_801_000_000L)).isTrue();
      assertThat(sensor.heartbeat().getClock()).isEqualTo(lost);
      assertThat(sensor.heartbeat().getLevelDbfs()).isNull();
    }
  }
}
