package io.tocsin.sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AppendingTest {

  private final Appending appending = new Appending();

  @Test
  void pausesDoubleWhileBatchesHoldKnownRowsAndEndWithABatchOfNewOnes() {
    for (int pause : new int[] {1, 2, 4, 8, 16, 32, 64, 64}) {
      assertThat(appending.isWorthATry()).isTrue();
      appending.failed();
      for (int batch = 0; batch < pause; batch++) {
        assertThat(appending.isWorthATry()).isFalse();
      }
    }
    assertThat(appending.isWorthATry()).isTrue();
    appending.succeeded();
    assertThat(appending.isWorthATry()).isTrue();
    appending.failed();
    assertThat(appending.isWorthATry()).isFalse();
    assertThat(appending.isWorthATry()).isTrue();
  }
}
