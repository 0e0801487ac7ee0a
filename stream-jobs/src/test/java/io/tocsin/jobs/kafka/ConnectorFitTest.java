package io.tocsin.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.jobs.settings.SettingsException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Phaser;
import org.junit.jupiter.api.Test;

class ConnectorFitTest {

  @Test
  void whatTheConnectorCannotCallIsNamedWithTheWayOut() {
    assertThatThrownBy(() -> ConnectorFit.require(Phaser.class, "9.9"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContainingAll("kafka-clients 9.9", "Phaser.await()", "kafka.version");
  }

  @Test
  void whatTheConnectorCanCallIsTaken() {
    assertThatCode(
            () -> {
              ConnectorFit.require(CountDownLatch.class, "1");
              ConnectorFit.require(CyclicBarrier.class, "1");
            })
        .doesNotThrowAnyException();
  }
}
