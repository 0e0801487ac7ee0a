package io.tocsin.edge.source;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.AudioFiles;
import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.schema.avro.ClockSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder into which something else writes recordings. Each complete file is one run of sound; it
 * is done with when its sound is kept. A crash before that sends it again, under the same run id
 * and numbers, so that it counts once.
 */
public final class FolderSource implements Source {

  private static final Logger LOG = LoggerFactory.getLogger(FolderSource.class);
  private static final String DONE = "done";
  private static final String UNREADABLE = "unreadable";
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final long MOST_BYTES = 256L << 20;

  /**
   * Which folder, and how its files are taken.
   *
   * @param complete a file is, when it has not changed for so long
   */
  public record Settings(
      Path folder, FileTimes times, DoneFiles done, Duration complete, Duration uncertainty) {}

  /** A file as it was looked at. */
  public record Seen(Path path, long bytes, Instant modified) {}

  private final Settings settings;
  private final CaptureClock system;

  /** Whose sound is kept: they are not read again, whatever becomes of the note of it. */
  private final Set<Seen> kept = new LinkedHashSet<>();

  public FolderSource(Settings settings, CaptureClock system) {
    this.settings = settings;
    this.system = system;
  }

  @Override
  public String description() {
    return "watch:" + settings.folder();
  }

  @Override
  public SourceClock clock() {
    return new SourceClock(settings.times().kind(), settings.uncertainty(), ClockSource.FREE);
  }

  @Override
  public boolean endless() {
    return true;
  }

  @Override
  public Optional<Duration> longestSilence() {
    return Optional.empty();
  }

  @Override
  public Capture open() throws IOException {
    if (!Files.isDirectory(settings.folder())) {
      throw new IOException(settings.folder() + " is no folder");
    }
    return new Watching();
  }

  private final class Watching implements Capture {

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<Seen, Long> unchangedSinceNanos = new HashMap<>();
    private @Nullable Seen given;

    @Override
    public @Nullable PcmBlock read() throws IOException, InterruptedException {
      noteWhatIsKept();
      while (closed.getCount() > 0) {
        for (Seen file : complete()) {
          PcmBlock block = block(file);
          if (block != null) {
            given = file;
            return block;
          }
        }
        if (closed.await(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
          break;
        }
      }
      return null;
    }

    private void noteWhatIsKept() throws IOException {
      Seen file = given;
      given = null;
      if (file != null) {
        kept.add(file);
      }
      for (Seen each : List.copyOf(kept)) {
        if (Files.exists(each.path())) {
          settings.done().add(each, DONE);
        }
        kept.remove(each);
      }
    }

    /** In the order of their names. */
    private List<Seen> complete() throws IOException {
      List<Seen> seen;
      try (Stream<Path> files = Files.list(settings.folder())) {
        seen =
            files
                .filter(AudioFiles::isAudio)
                .filter(file -> !file.getFileName().toString().startsWith("."))
                .sorted()
                .flatMap(file -> look(file).stream())
                .filter(file -> !settings.done().contains(file))
                .toList();
      }
      unchangedSinceNanos.keySet().retainAll(seen);
      long now = System.nanoTime();
      return seen.stream()
          .filter(
              file ->
                  now - unchangedSinceNanos.computeIfAbsent(file, f -> now)
                      >= settings.complete().toNanos())
          .toList();
    }

    private static Optional<Seen> look(Path file) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return attributes.isRegularFile() && attributes.size() > 0
            ? Optional.of(
                new Seen(file, attributes.size(), attributes.lastModifiedTime().toInstant()))
            : Optional.empty();
      } catch (IOException e) {
        // It is gone, or not to be seen yet.
        return Optional.empty();
      }
    }

    private @Nullable PcmBlock block(Seen file) throws IOException {
      try {
        if (file.bytes() > MOST_BYTES) {
          throw new IOException(
              "%s has %d bytes; %d at most: let the recorder cut its files"
                  .formatted(file.path(), file.bytes(), MOST_BYTES));
        }
        byte[] bytes = Files.readAllBytes(file.path());
        AudioClip clip = AudioFiles.read(bytes, file.path().toString());
        Instant at = settings.times().captured(file.path(), bytes, file.modified(), clip.seconds());
        return new PcmBlock(
            clip.samples(),
            clip.sampleRateHertz(),
            ChronoUnit.MICROS.between(Instant.EPOCH, at),
            clock().on(system.clock()),
            true,
            true,
            runId(file.path(), bytes));
      } catch (NoSuchFileException e) {
        return null;
      } catch (IOException e) {
        LOG.warn("{}; set aside as {}", e.getMessage(), UNREADABLE);
        settings.done().add(file, UNREADABLE);
        return null;
      }
    }

    /** The same for the same file, whenever it is read. */
    private static String runId(Path file, byte[] bytes) {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return "file-" + HexFormat.of().formatHex(digest.digest(bytes), 0, 16);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }
}
