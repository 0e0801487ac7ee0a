package io.tocsin.edge.source;

import io.tocsin.edge.clock.CaptureClock;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Any stream that ffmpeg reads, through a process of it. */
public final class FfmpegSource implements Source {

  private static final Logger LOG = LoggerFactory.getLogger(FfmpegSource.class);
  private static final String TRANSPORT = "rtsp_transport";
  private static final int WORDS = 3;
  private static final long ENDS_WITHIN_SECONDS = 2;

  /**
   * What is to be read and how.
   *
   * @param program ffmpeg's name or path
   * @param options of the input, such as rtsp_transport → tcp; they replace ours
   * @param sender clock of an RTSP server whose reports are to date the sound, where it sends such;
   *     null to go by arrival
   * @param start instant of the first sample, from which samples are counted; null to go by arrival
   * @param delay that the way takes at least, beside what the clock's uncertainty covers
   */
  public record Settings(
      String program,
      StreamAddress address,
      Map<String, String> options,
      Channels channels,
      SourceClock clock,
      @Nullable SourceClock sender,
      @Nullable Instant start,
      Duration delay,
      Duration longestSilence) {}

  private final Settings settings;
  private final CaptureClock system;
  private volatile SourceClock clock;

  public FfmpegSource(Settings settings, CaptureClock system) {
    this.settings = settings;
    this.system = system;
    this.clock = settings.clock();
  }

  @Override
  public String description() {
    return settings.address().toString();
  }

  @Override
  public SourceClock clock() {
    return clock;
  }

  @Override
  public boolean endless() {
    return settings.start() == null;
  }

  @Override
  public Optional<Duration> longestSilence() {
    return Optional.of(settings.longestSilence());
  }

  /** ffmpeg and its arguments; no shell looks at them. */
  List<String> command(String address) {
    List<String> command =
        new ArrayList<>(
            List.of(settings.program(), "-nostdin", "-hide_banner", "-loglevel", "warning"));
    Map<String, String> options = new TreeMap<>(inputOptions(settings.address().scheme()));
    options.putAll(settings.options());
    if (settings.sender() != null) {
      options.put(TRANSPORT, "tcp");
    }
    options.forEach((name, value) -> command.addAll(List.of("-" + name, value)));
    command.addAll(List.of("-i", address, "-map", "0:a:0", "-bitexact"));
    command.addAll(List.of("-c:a", "pcm_s16le", "-f", "wav", "-flush_packets", "1", "pipe:1"));
    return command;
  }

  /**
   * Without loss over RTSP. ffmpeg looks at five seconds of other streams before it passes any on:
   * that is more than finding the sound takes.
   */
  private static Map<String, String> inputOptions(String scheme) {
    return switch (scheme) {
      case "rtsp", "rtsps" -> Map.of(TRANSPORT, "tcp", "allowed_media_types", "audio");
      case "http", "https" -> Map.of("analyzeduration", "500000", "probesize", "65536");
      default -> Map.of("analyzeduration", "1000000");
    };
  }

  @Override
  public Capture open() throws IOException {
    SourceClock sender = settings.sender();
    if (sender == null) {
      return new Running(started(settings.address().text()), null, () -> {});
    }
    SenderTimes times = new SenderTimes();
    RtspRelay relay = new RtspRelay(settings.address(), times);
    try {
      return new Running(
          started(relay.through(settings.address())),
          new PcmCapture.Sender(times, sender),
          relay::close);
    } catch (IOException e) {
      relay.close();
      throw e;
    }
  }

  private Process started(String address) throws IOException {
    try {
      return new ProcessBuilder(command(address)).start();
    } catch (IOException e) {
      throw new IOException(
          settings.program()
              + " cannot be started ("
              + settings.address().redact(String.valueOf(e.getMessage()))
              + "); install it (Debian: apt-get install ffmpeg), or say --ffmpeg",
          e);
    }
  }

  private final class Running implements Capture {

    private final Process process;
    private final PcmCapture.@Nullable Sender sender;
    private final Runnable withIt;
    private final Thread listener;
    private final Thread hook;
    private final Deque<String> lastWords = new ArrayDeque<>();
    private @Nullable PcmCapture capture;
    private volatile boolean closed;

    Running(Process process, PcmCapture.@Nullable Sender sender, Runnable withIt)
        throws IOException {
      this.process = process;
      this.sender = sender;
      this.withIt = withIt;
      // ffmpeg notices that we are gone when it next writes: one that is stalled never would.
      this.hook = new Thread(process::destroyForcibly, "tocsin-ffmpeg-end");
      Runtime.getRuntime().addShutdownHook(hook);
      process.getOutputStream().close();
      this.listener = new Thread(this::listen, "tocsin-ffmpeg-words");
      listener.setDaemon(true);
      listener.start();
    }

    private void listen() {
      try (BufferedReader words =
          new BufferedReader(
              new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
        String line;
        while ((line = words.readLine()) != null) {
          String redacted = settings.address().redact(line);
          LOG.debug("ffmpeg: {}", redacted);
          synchronized (lastWords) {
            lastWords.addLast(redacted);
            if (lastWords.size() > WORDS) {
              lastWords.removeFirst();
            }
          }
        }
      } catch (IOException e) {
        LOG.debug("ffmpeg says no more: {}", e.toString());
      }
    }

    @Override
    public @Nullable PcmBlock read() throws IOException, InterruptedException {
      try {
        if (capture == null) {
          capture = begin();
        }
        PcmBlock block = capture.read();
        clock = capture.clock();
        if (block == null) {
          ended();
        }
        return block;
      } catch (EOFException e) {
        ended();
        throw new IOException(description() + " delivers no sound" + said(), e);
      }
    }

    private PcmCapture begin() throws IOException {
      PcmCapture.PcmFormat format = WavHead.read(process.getInputStream());
      Instant start = settings.start();
      return new PcmCapture(
          process.getInputStream(),
          format,
          new PcmCapture.Dating(
              settings.clock(),
              system,
              start == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, start),
              settings.delay().toNanos() / 1_000,
              settings.channels(),
              sender));
    }

    private void ended() throws IOException, InterruptedException {
      if (closed) {
        throw new IOException(description() + " was closed");
      }
      if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(description() + " ends, but ffmpeg does not" + said());
      }
      listener.join(TimeUnit.SECONDS.toMillis(ENDS_WITHIN_SECONDS));
      if (process.exitValue() != 0) {
        throw new IOException(
            "ffmpeg ends with " + process.exitValue() + " on " + description() + said());
      }
    }

    private String said() {
      synchronized (lastWords) {
        return lastWords.isEmpty() ? "" : ": " + String.join(" / ", lastWords);
      }
    }

    @Override
    public void close() {
      closed = true;
      withIt.run();
      process.destroy();
      try {
        if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      } catch (IllegalStateException e) {
        // The JVM ends just now, and ffmpeg with it.
        process.destroyForcibly();
      }
    }
  }
}
