package io.tocsin.edge.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.edge.clock.ClockDiscipline;
import io.tocsin.schema.avro.Clock;
import io.tocsin.schema.avro.ClockSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class FolderSourceTest {

  private static final int RATE = 16_000;

  private final CaptureClock clock = CaptureClock.stated(ClockDiscipline.FREE);

  @TempDir private Path folder;

  @AfterEach
  void close() {
    clock.close();
  }

  private static byte[] wav(int samples) throws IOException {
    ByteArrayOutputStream wav = new ByteArrayOutputStream();
    AudioSystem.write(
        new AudioInputStream(
            new ByteArrayInputStream(new byte[2 * samples]),
            new AudioFormat(RATE, 16, 1, true, false),
            samples),
        AudioFileFormat.Type.WAVE,
        wav);
    return wav.toByteArray();
  }

  private FolderSource source(DoneFiles done) {
    return new FolderSource(
        new FolderSource.Settings(
            folder,
            FileTimes.byName("yyyyMMdd_HHmmss"),
            done,
            Duration.ofMillis(50),
            Duration.ofSeconds(2)),
        clock);
  }

  private static PcmBlock next(Source.Capture capture) throws Exception {
    return Objects.requireNonNull(capture.read());
  }

  @Test
  void completeFilesComeInOrderDatedByTheirNamesAndAreMovedWhenTheirSoundIsKept() throws Exception {
    Files.write(folder.resolve("S1_20260501_120010.wav"), wav(3 * RATE));
    Files.write(folder.resolve("S1_20260501_120000.wav"), wav(RATE));
    Files.write(folder.resolve(".S1_20260501_110000.wav"), wav(RATE));
    Files.writeString(folder.resolve("notes.txt"), "no sound");
    try (Source.Capture capture = source(new DoneFiles.Moved()).open()) {
      PcmBlock first = next(capture);
      assertThat(first.capturedAtMicros()).isEqualTo(1_777_636_800_000_000L);
      assertThat(first.samples()).hasSize(RATE);
      assertThat(first.clock()).isEqualTo(new Clock(ClockSource.FREE, 2_000_000L));
      assertThat(first.startsRun() && first.endsRun()).isTrue();
      assertThat(folder.resolve("S1_20260501_120000.wav")).exists();
      PcmBlock second = next(capture);
      assertThat(second.capturedAtMicros()).isEqualTo(1_777_636_810_000_000L);
      assertThat(second.runId()).isNotEqualTo(first.runId());
      assertThat(folder.resolve("done/S1_20260501_120000.wav")).exists();
      assertThat(folder.resolve("S1_20260501_120000.wav")).doesNotExist();
    }
  }

  @Test
  void aFileWhoseSoundWasNotKeptComesAgainAfterARestartAsTheSameRun() throws Exception {
    Files.write(folder.resolve("20260501_120000.wav"), wav(RATE));
    PcmBlock lost;
    try (Source.Capture capture = source(new DoneFiles.Moved()).open()) {
      lost = next(capture);
    }
    try (Source.Capture capture = source(new DoneFiles.Moved()).open()) {
      assertThat(next(capture).runId()).isEqualTo(lost.runId()).startsWith("file-");
    }
  }

  @Test
  void filesThatStayAreRememberedOverARestart() throws Exception {
    Path list = folder.resolve("state/watched-files");
    Path file = folder.resolve("20260501_120000.wav");
    Files.write(file, wav(RATE));
    List<Long> taken = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      Files.write(folder.resolve("2026050%d_130000.wav".formatted(2 + run)), wav(RATE));
      try (Source.Capture capture = source(DoneFiles.Remembered.in(list)).open()) {
        for (int i = run; i < 2; i++) {
          taken.add(next(capture).capturedAtMicros() / 1_000_000);
        }
        // Says that the last is kept; no other comes, so that it would wait.
        CompletableFuture<PcmBlock> unused = later(capture);
        int expected = 2 + run;
        org.awaitility.Awaitility.await()
            .until(() -> Files.exists(list) && Files.readAllLines(list).size() == expected);
      }
    }
    assertThat(taken)
        .containsExactly(
            Instant.parse("2026-05-01T12:00:00Z").getEpochSecond(),
            Instant.parse("2026-05-02T13:00:00Z").getEpochSecond(),
            Instant.parse("2026-05-03T13:00:00Z").getEpochSecond());
    assertThat(file).exists();
  }

  private static CompletableFuture<PcmBlock> later(Source.Capture capture) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return capture.read();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void aFileThatMayStillGrowWaits() throws Exception {
    Files.write(folder.resolve("20260501_120000.wav"), wav(RATE));
    FolderSource source =
        new FolderSource(
            new FolderSource.Settings(
                folder,
                new FileTimes.ByModified(),
                new DoneFiles.Moved(),
                Duration.ofHours(1),
                Duration.ofSeconds(5)),
            clock);
    try (Source.Capture capture = source.open()) {
      CompletableFuture<PcmBlock> block = later(capture);
      org.awaitility.Awaitility.await()
          .during(Duration.ofMillis(1_200))
          .until(() -> !block.isDone());
    }
  }

  @Test
  void aFileThatIsNoSoundOrTellsNoTimeIsSetAside() throws Exception {
    Files.writeString(folder.resolve("20260501_110000.wav"), "no WAV");
    Files.write(folder.resolve("untimed.wav"), wav(RATE));
    Files.write(folder.resolve("z20260501_120000.wav"), wav(RATE));
    try (Source.Capture capture = source(new DoneFiles.Moved()).open()) {
      assertThat(next(capture).capturedAtMicros()).isEqualTo(1_777_636_800_000_000L);
      assertThat(folder.resolve("unreadable/20260501_110000.wav")).exists();
      assertThat(folder.resolve("unreadable/untimed.wav")).exists();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "yyyyMMdd_HHmmss, UTC, SITE-7_20260501_140000_x.wav, 2026-05-01T14:00:00Z",
    "yyyyMMdd_HHmmss, Europe/Berlin, 20260501_140000.wav, 2026-05-01T12:00:00Z",
    "yyyyMMdd'T'HHmmssX, Europe/Berlin, a-20260501T140000Z.flac, 2026-05-01T14:00:00Z",
    "yyyy-MM-dd HH-mm-ss.SSS, UTC, mic 2026-05-01 14-00-00.250.ogg, 2026-05-01T14:00:00.250Z"
  })
  void namesTellTimes(String pattern, String zone, String name, Instant expected) throws Exception {
    assertThat(
            new FileTimes.ByName(DateTimeFormatter.ofPattern(pattern), ZoneId.of(zone))
                .captured(Path.of(name), new byte[0], Instant.EPOCH, 1))
        .isEqualTo(expected);
  }

  private static byte[] broadcastWav(String date, String time, long samplesSinceMidnight) {
    ByteBuffer bext = ByteBuffer.allocate(602).order(ByteOrder.LITTLE_ENDIAN);
    bext.position(320);
    bext.put((date + time).getBytes(StandardCharsets.US_ASCII)).putLong(samplesSinceMidnight);
    ByteBuffer wav = ByteBuffer.allocate(12 + 8 + 16 + 8 + 602).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(0);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16).putShort((short) 1);
    wav.putShort((short) 1).putInt(48_000).putInt(96_000).putShort((short) 2).putShort((short) 16);
    wav.put("bext".getBytes(StandardCharsets.US_ASCII)).putInt(602).put(bext.array());
    return wav.array();
  }

  @Test
  void aBroadcastWavTellsItsTimeToTheSample() throws Exception {
    FileTimes times = new FileTimes.ByMetadata(ZoneOffset.UTC);
    assertThat(
            times.captured(
                Path.of("x.wav"),
                broadcastWav("2026-05-01", "12:00:00", 48_000L * 43_200 + 12_000),
                Instant.EPOCH,
                1))
        .isEqualTo("2026-05-01T12:00:00.250Z");
    assertThat(
            times.captured(
                Path.of("x.wav"), broadcastWav("2026:05:01", "12-30-01", 0), Instant.EPOCH, 1))
        .isEqualTo("2026-05-01T12:30:01Z");
    assertThatThrownBy(() -> times.captured(Path.of("x.wav"), wav(RATE), Instant.EPOCH, 1))
        .hasMessageContaining("no bext chunk");
  }

  @Test
  void aFileThatWasWrittenToWhileItWasRecordedBeganItsLengthBefore() throws Exception {
    Path file = folder.resolve("x.wav");
    Files.write(file, wav(RATE));
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-05-01T12:00:10Z")));
    FolderSource source =
        new FolderSource(
            new FolderSource.Settings(
                folder,
                new FileTimes.ByModified(),
                new DoneFiles.Moved(),
                Duration.ofMillis(20),
                Duration.ofSeconds(5)),
            clock);
    try (Source.Capture capture = source.open()) {
      assertThat(next(capture).capturedAtMicros())
          .isEqualTo(Instant.parse("2026-05-01T12:00:09Z").getEpochSecond() * 1_000_000);
    }
    assertThat(source.clock().kind()).isEqualTo(ClockKind.FILE_MODIFIED);
  }
}
