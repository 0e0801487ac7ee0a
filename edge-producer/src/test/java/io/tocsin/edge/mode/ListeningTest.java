package io.tocsin.edge.mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tocsin.edge.SensorIdentity;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.Privacy;
import io.tocsin.schema.check.Plausibility;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.Float16;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListeningTest {

  private static final int RATE = SpeechBundle.RATE_HERTZ;
  private static final int FRAME = RATE / 10;
  private static final long FRAME_MICROS = 100_000;
  private static final long START = 1_700_000_000_000_000L;
  private static final SensorIdentity IDENTITY =
      SensorIdentity.of(
          "s-1", 52.5, 13.4, 400, Clock.newBuilder().setUncertaintyMicros(700).build());

  /** Speaks in each window's first quarter, half as often as windows begin. */
  private static final int SPEECH = 11_500;

  private static final int GLASS = 20_000;

  @TempDir private static Path folder;
  private Path bundle;

  @BeforeAll
  void writeBundle() {
    bundle = SpeechBundle.write(folder.resolve("tiny"));
  }

  /** Something that left, or stayed. */
  private record Left(long atMicros, short[] samples, Privacy privacy, boolean evidenceOnly) {}

  private static final class Box implements Outbox {

    private final List<AudioEmbedding> embeddings = new ArrayList<>();
    private final List<Left> audio = new ArrayList<>();
    private final List<Long> kept = new ArrayList<>();
    private int captured;

    @Override
    public void captured(short[] samples) {
      captured += samples.length;
    }

    @Override
    public boolean embedding(AudioEmbedding embedding) {
      assertThat(Plausibility.problemOf("s-1", embedding, Instant.now())).isEmpty();
      return embeddings.add(embedding);
    }

    @Override
    public boolean audio(short[] samples, long atMicros, Privacy privacy, boolean evidenceOnly) {
      return audio.add(new Left(atMicros, samples, privacy, evidenceOnly));
    }

    @Override
    public void kept(short[] samples, long atMicros) {
      kept.add(atMicros);
    }

    List<Integer> framesWith(Privacy privacy) {
      return audio.stream()
          .filter(l -> l.privacy() == privacy)
          .map(l -> frame(l.atMicros()))
          .toList();
    }
  }

  private static int frame(long atMicros) {
    return (int) ((atMicros - START) / FRAME_MICROS);
  }

  private ModeSettings settings(Mode mode, PrivacyPolicy privacy) {
    return new ModeSettings(
        mode,
        privacy,
        Optional.of(bundle),
        Map.of(),
        Duration.ofMillis(300),
        Duration.ofMillis(500),
        0.5,
        new PrivacyGuard(0.75, 0.75, Duration.ofMillis(200)));
  }

  /** Faint noise; at {@code loud} frames glass, at {@code spoken} ones speech. */
  private static short[] sound(int frames, List<Integer> loud, List<Integer> spoken) {
    Random random = new Random(11);
    short[] samples = new short[frames * FRAME];
    for (int i = 0; i < samples.length; i++) {
      int frame = i / FRAME;
      double level = 30;
      if (loud.contains(frame)) {
        level = GLASS;
      } else if (spoken.contains(frame) && i % (2 * SpeechBundle.HOP) < 200) {
        level = SPEECH;
      }
      samples[i] = (short) ((random.nextDouble() * 2 - 1) * level);
    }
    return samples;
  }

  private static Box play(ModeSettings settings, short[] samples) throws InterruptedException {
    Box box = new Box();
    try (Ear ear = Ear.listening(settings, IDENTITY, "boot", RATE, box)) {
      for (int f = 0; f * FRAME < samples.length; f++) {
        ear.accept(
            Arrays.copyOfRange(samples, f * FRAME, (f + 1) * FRAME), START + f * FRAME_MICROS);
      }
      ear.finish();
    }
    assertThat(box.captured).isEqualTo(samples.length);
    return box;
  }

  @Test
  void embeddingsOfEveryWindowLeaveAndNoAudio() throws Exception {
    short[] samples = sound(20, List.of(7), List.of());
    Box box = play(settings(Mode.EMBEDDINGS, PrivacyPolicy.NONE), samples);

    assertThat(box.audio).isEmpty();
    assertThat(box.kept).hasSize(20);
    assertThat(box.embeddings)
        .hasSize((samples.length - SpeechBundle.WINDOW) / SpeechBundle.HOP + 1);
    ModelBundle loaded = ModelBundle.load(bundle);
    for (int w = 0; w < box.embeddings.size(); w++) {
      AudioEmbedding embedding = box.embeddings.get(w);
      assertThat(embedding.getSequence()).isEqualTo(w);
      assertThat(embedding.getCapturedAt())
          .isEqualTo(Instant.ofEpochSecond(0, (START + w * 50_000L) * 1_000));
      assertThat(embedding.getWindowMicros()).isEqualTo(SpeechBundle.WINDOW_MICROS);
      assertThat(embedding.getModel().getDigest()).isEqualTo(loaded.backboneDigest());
      assertThat(embedding.getClock().getUncertaintyMicros()).isEqualTo(700);
      // The backbone sums the squares of each quarter.
      float[] quarters = Float16.decode(embedding.getVector());
      for (int q = 0; q < quarters.length; q++) {
        double power = 0;
        for (int i = 0; i < SpeechBundle.WINDOW / 4; i++) {
          double sample =
              samples[w * SpeechBundle.HOP + q * SpeechBundle.WINDOW / 4 + i] / 32_768.0;
          power += sample * sample;
        }
        assertThat((double) quarters[q]).isCloseTo(power, within(0.001 * power + 1e-6));
      }
    }
    AudioEmbedding loudest = box.embeddings.get(13);
    assertThat(loudest.getOnset().getAt())
        .isBetween(loudest.getCapturedAt(), loudest.getCapturedAt().plusMillis(60));
  }

  @Test
  void aGapLeavesOneNumberOutSoThatTheServerEndsTheRunToo() throws Exception {
    Box box = new Box();
    short[] second = new short[RATE];
    try (Ear ear =
        Ear.listening(settings(Mode.EMBEDDINGS, PrivacyPolicy.NONE), IDENTITY, "b", RATE, box)) {
      ear.accept(second, START);
      ear.accept(second, START + 60_000_000);
    }
    List<Long> numbers = box.embeddings.stream().map(AudioEmbedding::getSequence).toList();
    assertThat(numbers.subList(0, 19)).first().isEqualTo(0L);
    assertThat(numbers).doesNotContain(19L).contains(18L, 20L).hasSize(38);
    assertThat(box.embeddings.get(19).getCapturedAt())
        .isEqualTo(Instant.ofEpochSecond(0, (START + 60_000_000) * 1_000));
  }

  @Test
  void aTriggerLetsAudioOutFromItsPreRollToItsPostRollAndEmbeddingsAlways() throws Exception {
    short[] samples = sound(40, List.of(20), List.of());
    Box box = play(settings(Mode.TRIGGERED, PrivacyPolicy.NONE), samples);

    assertThat(box.embeddings).hasSize(79);
    List<Integer> sent = box.framesWith(Privacy.NONE);
    // The first window that holds the glass begins up to a window before it, the last ends behind.
    assertThat(sent).contains(17, 18, 19, 20, 21, 22, 23, 24, 25);
    assertThat(sent.get(0)).isBetween(15, 17);
    assertThat(sent.get(sent.size() - 1)).isBetween(25, 27);
    assertThat(sent).isSorted().doesNotHaveDuplicates();
    assertThat(box.audio).allMatch(Left::evidenceOnly);
    assertThat(box.audio)
        .allSatisfy(
            left -> {
              int from = frame(left.atMicros()) * FRAME;
              assertThat(left.samples()).isEqualTo(Arrays.copyOfRange(samples, from, from + FRAME));
            });
    assertThat(box.kept.size() + box.audio.size()).isEqualTo(40);
  }

  @Test
  void aThresholdOfTheSettingsStandsForTheBundles() throws Exception {
    ModeSettings never =
        new ModeSettings(
            Mode.TRIGGERED,
            PrivacyPolicy.NONE,
            Optional.of(bundle),
            Map.of("background", 1.0),
            Duration.ZERO,
            Duration.ZERO,
            0.5,
            new PrivacyGuard(0.75, 0.75, Duration.ZERO));
    assertThat(play(never, sound(40, List.of(20), List.of())).audio).isEmpty();
  }

  @Test
  void aLabelThatTheBundleDoesNotKnowIsRefusedWithThoseItKnows() {
    ModeSettings wrong =
        new ModeSettings(
            Mode.TRIGGERED,
            PrivacyPolicy.NONE,
            Optional.of(bundle),
            Map.of("thunder", 0.5),
            Duration.ZERO,
            Duration.ZERO,
            0.5,
            new PrivacyGuard(0.75, 0.75, Duration.ZERO));
    assertThatThrownBy(() -> Ear.listening(wrong, IDENTITY, "b", RATE, new Box()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("thunder")
        .hasMessageContaining("glass");
  }

  @Test
  void speechIsWithheldAsSilenceThatSaysSoAndNothingElseIs() throws Exception {
    List<Integer> spoken = List.of(10, 11, 12, 13, 14);
    short[] samples = sound(40, List.of(), spoken);
    Box box = play(settings(Mode.FRAMES, PrivacyPolicy.WITHHOLD), samples);

    assertThat(box.embeddings).isEmpty();
    assertThat(box.audio)
        .extracting(l -> frame(l.atMicros()))
        .containsExactlyElementsOf(numbers(0, 40));
    assertThat(box.audio).noneMatch(Left::evidenceOnly);
    List<Integer> withheld = box.framesWith(Privacy.WITHHELD);
    assertThat(withheld).containsAll(spoken).allMatch(f -> f >= 9 && f <= 15);
    assertThat(box.audio)
        .allSatisfy(
            left -> {
              int from = frame(left.atMicros()) * FRAME;
              short[] expected =
                  left.privacy() == Privacy.WITHHELD
                      ? new short[FRAME]
                      : Arrays.copyOfRange(samples, from, from + FRAME);
              assertThat(left.samples()).isEqualTo(expected);
            });
  }

  @Test
  void glassAmongSpeechIsLetOutWithWhatIsBeforeIt() throws Exception {
    List<Integer> spoken = numbers(10, 30);
    Box box = play(settings(Mode.FRAMES, PrivacyPolicy.WITHHOLD), sound(40, List.of(20), spoken));
    assertThat(box.framesWith(Privacy.NONE)).contains(18, 19, 20, 21, 22);
    assertThat(box.framesWith(Privacy.WITHHELD)).contains(11, 12, 13, 14, 25, 26, 27, 28);
  }

  @Test
  void theMoreItSoundsLikeSpeechTheMoreItMustSoundLikeDistress() {
    ModelBundle loaded = ModelBundle.load(bundle);
    PrivacyGate gate =
        new PrivacyGate(loaded, 0.3, new PrivacyGuard(0.25, 1.0, Duration.ofMillis(500)));
    // Outputs: speech, background, glass, which is off below 0.4.
    gate.hear(0, 1_000_000, new float[] {0.99f, 0, 0.39f});
    assertThat(gate.lets(0, 1_000_000)).isFalse();
    gate.hear(10_000_000, 11_000_000, new float[] {1, 0, 0.4f});
    assertThat(gate.lets(10_000_000, 11_000_000)).isTrue();
    gate.hear(20_000_000, 21_000_000, new float[] {0.5f, 0, 0.26f});
    assertThat(gate.lets(20_000_000, 21_000_000)).isTrue();
    gate.hear(30_000_000, 31_000_000, new float[] {0.5f, 0, 0.24f});
    assertThat(gate.lets(30_000_000, 31_000_000)).isFalse();
    // Before and behind what opens it.
    gate.hear(40_000_000, 41_000_000, new float[] {0.9f, 0, 0.1f});
    gate.hear(41_400_000, 42_400_000, new float[] {0, 0, 0.11f});
    gate.hear(42_800_000, 43_800_000, new float[] {0.9f, 0, 0.1f});
    assertThat(gate.lets(40_000_000, 40_800_000)).isFalse();
    assertThat(gate.lets(40_000_000, 41_000_000)).isTrue();
    assertThat(gate.lets(42_800_000, 43_000_000)).isTrue();
    assertThat(gate.lets(42_950_000, 43_800_000)).isFalse();
  }

  @Test
  void aGuardAboveTheOffThresholdWouldKeepDetectionsInAndIsRefused() {
    assertThatThrownBy(() -> new PrivacyGuard(0.2, 1.1, Duration.ZERO))
        .hasMessage("--guard-share-in-speech is 1.1; above 0, at most 1");
    assertThatThrownBy(() -> new PrivacyGuard(0, 1, Duration.ZERO))
        .hasMessageContaining("--guard-share is 0.0");
    assertThatThrownBy(() -> new PrivacyGuard(0.2, 1, Duration.ofMinutes(2)))
        .hasMessageContaining("--guard-reach is PT2M");
  }

  @Test
  void aBundleThatCannotTellSpeechKeepsAllInButWhatSoundsLikeDistress() throws Exception {
    Path deaf = SpeechBundle.write(folder.resolve("deaf"), "thud");
    ModeSettings settings =
        new ModeSettings(
            Mode.FRAMES,
            PrivacyPolicy.WITHHOLD,
            Optional.of(deaf),
            Map.of(),
            Duration.ZERO,
            Duration.ZERO,
            0.5,
            new PrivacyGuard(0.75, 0.75, Duration.ofMillis(100)));
    Box box = play(settings, sound(40, List.of(20), List.of()));
    assertThat(box.framesWith(Privacy.NONE)).contains(20).allMatch(f -> f > 16 && f < 24);
  }

  @Test
  void runsTooShortForAWindowAreSentSomeTimeAndKeptInByPrivacy() throws Exception {
    Box box = new Box();
    try (Ear ear =
        Ear.listening(settings(Mode.FRAMES, PrivacyPolicy.WITHHOLD), IDENTITY, "b", RATE, box)) {
      for (int i = 0; i < 20; i++) {
        ear.accept(new short[FRAME / 2], START + i * 1_000_000L);
      }
      assertThat(box.audio).hasSizeGreaterThan(17).allMatch(l -> l.privacy() == Privacy.WITHHELD);
    }
  }

  /**
   * What was heard by a clock before it was set back speaks neither for nor against what sounds at
   * the same times again.
   */
  @Test
  void aClockThatIsSetBackOpensThePrivacyGateForNobody() throws Exception {
    Box box = new Box();
    short[] before = sound(40, List.of(38), List.of());
    short[] after = sound(40, List.of(1), numbers(6, 40));
    try (Ear ear =
        Ear.listening(settings(Mode.FRAMES, PrivacyPolicy.WITHHOLD), IDENTITY, "b", RATE, box)) {
      for (int f = 0; f < 40; f++) {
        ear.accept(
            Arrays.copyOfRange(before, f * FRAME, (f + 1) * FRAME), START + f * FRAME_MICROS);
      }
      for (int f = 0; f < 40; f++) {
        ear.accept(
            Arrays.copyOfRange(after, f * FRAME, (f + 1) * FRAME),
            START - 2_000_000 + f * FRAME_MICROS);
      }
      ear.finish();
    }
    assertThat(box.audio).hasSize(80);
    assertThat(box.audio.subList(0, 44)).allMatch(l -> l.privacy() == Privacy.NONE);
    assertThat(box.audio.subList(46, 79)).allMatch(l -> l.privacy() == Privacy.WITHHELD);
  }

  @Test
  void withoutABundleThereIsNoModeThatListens() {
    assertThatThrownBy(() -> ModeSettings.of(Mode.EMBEDDINGS, PrivacyPolicy.NONE, Optional.empty()))
        .hasMessageContaining("--bundle is missing");
    assertThatThrownBy(() -> ModeSettings.of(Mode.FRAMES, PrivacyPolicy.BLUR, Optional.empty()))
        .hasMessageContaining("--bundle is missing");
    assertThat(ModeSettings.frames().needsModel()).isFalse();
  }

  private static List<Integer> numbers(int from, int to) {
    return java.util.stream.IntStream.range(from, to).boxed().toList();
  }
}
