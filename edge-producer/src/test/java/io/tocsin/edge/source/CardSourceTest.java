package io.tocsin.edge.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.audio.Pcm16;
import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.edge.clock.ClockDiscipline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sound.sampled.Mixer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class CardSourceTest {

  private final CaptureClock clock = CaptureClock.stated(ClockDiscipline.FREE);

  @AfterEach
  void close() {
    clock.close();
  }

  private CardSource card(String device, String channel) {
    return new CardSource(
        new CardSource.Settings(
            device, 16_000, Channels.of(channel), Duration.ofMillis(20), Duration.ofMillis(300)),
        clock);
  }

  @Test
  void aCardIsFoundByAPartOfItsNameAndReadAtItsOwnRate() throws Exception {
    assertThat(CardSource.devices()).extracting(Mixer.Info::getName).contains(OtherMixers.NAME);
    List<Short> heard = new ArrayList<>();
    List<Integer> rates = new ArrayList<>();
    Supervisor supervisor =
        new Supervisor(card("test CARD", "right"), Duration.ofMinutes(1), Duration.ofMinutes(1));
    Thread runner =
        new Thread(
            () -> {
              try {
                supervisor.run(
                    block -> {
                      rates.add(block.rateHertz());
                      for (short sample : Pcm16.fromFloats(block.samples())) {
                        heard.add(sample);
                      }
                    });
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try (supervisor) {
      runner.start();
      // Then the card delivers nothing any more.
      org.awaitility.Awaitility.await().until(() -> supervisor.status().stalls() == 1);
    }
    runner.join();
    assertThat(rates).containsOnly(OtherMixers.RATE);
    assertThat(heard).hasSize(OtherMixers.RIGHT.length);
    for (int i = 0; i < heard.size(); i++) {
      assertThat(heard.get(i)).isEqualTo(OtherMixers.RIGHT[i]);
    }
  }

  @Test
  void aCardThatIsNotThereIsNamedBesideThoseThatAre() {
    assertThatThrownBy(() -> card("no such card", "mix").open())
        .hasMessageContaining("'no such card'")
        .hasMessageContaining(OtherMixers.NAME);
    assertThatThrownBy(() -> card(OtherMixers.NAME, "7").open())
        .hasMessageContaining("captures none of");
  }
}
