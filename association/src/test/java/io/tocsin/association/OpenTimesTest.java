package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OpenTimesTest {

  @Test
  void nothingIsOpenAtFirst() {
    assertThat(new OpenTimes().least()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void isTheLeastOfWhatIsOpenInAnyOrderOfClosing() {
    Random random = new Random(7);
    OpenTimes times = new OpenTimes();
    List<Long> open = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      if (open.isEmpty() || random.nextInt(100) < (i < 4_000 ? 55 : 40)) {
        // Few values, so that many are open more than once.
        long micros = random.nextInt(200) - 50;
        times.open(micros);
        open.add(micros);
      } else {
        times.close(open.remove(random.nextInt(open.size())));
      }
      long least = open.isEmpty() ? Long.MAX_VALUE : Collections.min(open);
      assertThat(times.least()).isEqualTo(least);
    }
  }
}
