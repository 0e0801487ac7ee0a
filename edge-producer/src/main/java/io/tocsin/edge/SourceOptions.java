package io.tocsin.edge;

import io.tocsin.edge.clock.CaptureClock;
import io.tocsin.edge.mqtt.BrokerAddress;
import io.tocsin.edge.source.CardSource;
import io.tocsin.edge.source.Channels;
import io.tocsin.edge.source.ClockKind;
import io.tocsin.edge.source.FfmpegSource;
import io.tocsin.edge.source.Source;
import io.tocsin.edge.source.SourceClock;
import io.tocsin.edge.source.StreamAddress;
import io.tocsin.schema.avro.ClockSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** How a live source is read, and what keeps it going. */
final class SourceOptions {

  private static final String CARD = "card:";

  /** What dates a stream's samples. */
  enum StreamClock {
    ARRIVAL,
    SENDER,
    COUNT
  }

  @Option(
      names = "--channel",
      scope = ScopeType.INHERIT,
      description = "mix, left, right, or a number from 1; default ${DEFAULT-VALUE}.")
  private String channel = "mix";

  @Option(
      names = "--stall-after",
      scope = ScopeType.INHERIT,
      description =
          "A live source that delivers nothing for so long is opened again; default"
              + " ${DEFAULT-VALUE}.")
  private String stallAfter = "10s";

  @Option(
      names = "--restart-pause",
      scope = ScopeType.INHERIT,
      description =
          "Before a source that failed is opened again, doubled each time; default"
              + " ${DEFAULT-VALUE}.")
  private String restartPause = "1s";

  @Option(
      names = "--longest-restart-pause",
      scope = ScopeType.INHERIT,
      description = "To which the pause grows; default ${DEFAULT-VALUE}.")
  private String longestRestartPause = "60s";

  @Option(
      names = "--ffmpeg",
      scope = ScopeType.INHERIT,
      description = "The program that reads streams; default ${DEFAULT-VALUE}.")
  private String ffmpeg = "ffmpeg";

  @Option(
      names = "--stream-option",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME=VALUE",
      description =
          "Of ffmpeg's input, such as rtsp_transport=udp; a password does not belong here.")
  private Map<String, String> streamOptions = Map.of();

  @Option(
      names = "--stream-clock",
      scope = ScopeType.INHERIT,
      description =
          "ARRIVAL: the system's clock when sound arrives. SENDER: an RTSP server's clock, as its"
              + " reports tell it. COUNT: --start and the samples since, for recordings. Default"
              + " ${DEFAULT-VALUE}.")
  private StreamClock streamClock = StreamClock.ARRIVAL;

  @Option(
      names = "--stream-delay",
      scope = ScopeType.INHERIT,
      description = "From microphone to arrival, subtracted; default ${DEFAULT-VALUE}.")
  private String streamDelay = "0ms";

  @Option(
      names = "--stream-uncertainty",
      scope = ScopeType.INHERIT,
      description = "Of that delay, one standard deviation; default ${DEFAULT-VALUE}.")
  private String streamUncertainty = "250ms";

  @Option(
      names = "--sender-discipline",
      scope = ScopeType.INHERIT,
      description =
          "Of an RTSP server's clock: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private ClockSource senderDiscipline = ClockSource.FREE;

  @Option(
      names = "--sender-uncertainty",
      scope = ScopeType.INHERIT,
      description = "Of an RTSP server's clock, one standard deviation; default ${DEFAULT-VALUE}.")
  private String senderUncertainty = "1s";

  @Option(
      names = "--card-uncertainty",
      scope = ScopeType.INHERIT,
      description =
          "Of a sound card's capture times beside the clock's own, one standard deviation; default"
              + " ${DEFAULT-VALUE}.")
  private String cardUncertainty = "20ms";

  Channels channels() {
    return named("--channel", () -> Channels.of(channel));
  }

  Duration restartPause() {
    return positive("--restart-pause", restartPause);
  }

  Duration longestRestartPause() {
    return positive("--longest-restart-pause", longestRestartPause);
  }

  Duration stallAfter() {
    return positive("--stall-after", stallAfter);
  }

  /** Whether an input is one that these options open. */
  static boolean isLive(String input) {
    return input.startsWith(CARD) || (StreamAddress.isOne(input) && !BrokerAddress.isOne(input));
  }

  /**
   * The live source among the inputs; empty if there is none.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  Optional<Source> source(List<String> inputs, AudioOptions audio, CaptureClock clock) {
    if (inputs.stream().noneMatch(SourceOptions::isLive)) {
      return Optional.empty();
    }
    if (inputs.size() > 1) {
      throw new IllegalArgumentException(
          "a live source is the only input; start one sensor for each");
    }
    String input = inputs.get(0);
    return Optional.of(
        input.startsWith(CARD)
            ? card(input.substring(CARD.length()), audio, clock)
            : stream(input, audio, clock));
  }

  private Source card(String device, AudioOptions audio, CaptureClock clock) {
    return new CardSource(
        new CardSource.Settings(
            device,
            audio.rate(),
            channels(),
            named("--card-uncertainty", () -> Quantities.duration(cardUncertainty)),
            stallAfter()),
        clock);
  }

  private Source stream(String address, AudioOptions audio, CaptureClock clock) {
    boolean counted = streamClock == StreamClock.COUNT;
    boolean sender = streamClock == StreamClock.SENDER;
    if (sender && !address.startsWith("rtsp://")) {
      throw new IllegalArgumentException(
          "--stream-clock=SENDER is for rtsp:// alone; other streams tell no time that we can read");
    }
    return new FfmpegSource(
        new FfmpegSource.Settings(
            ffmpeg,
            new StreamAddress(address),
            new HashMap<>(streamOptions),
            channels(),
            counted
                ? new SourceClock(
                    ClockKind.SAMPLE_COUNT,
                    named("--stream-uncertainty", () -> Quantities.duration(streamUncertainty)),
                    ClockSource.FREE)
                : new SourceClock(
                    ClockKind.SYSTEM_ON_ARRIVAL,
                    named("--stream-uncertainty", () -> Quantities.duration(streamUncertainty)),
                    ClockSource.UNKNOWN),
            sender
                ? new SourceClock(
                    ClockKind.SENDER,
                    named("--sender-uncertainty", () -> Quantities.duration(senderUncertainty)),
                    senderDiscipline)
                : null,
            counted ? audio.start() : null,
            named("--stream-delay", () -> Quantities.duration(streamDelay)),
            stallAfter()),
        clock);
  }

  private static Duration positive(String option, String text) {
    Duration duration = named(option, () -> Quantities.duration(text));
    if (duration.toMillis() < 100) {
      throw new IllegalArgumentException(option + " is " + text + "; at least 100ms");
    }
    return duration;
  }

  private static <T> T named(String option, java.util.function.Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }
}
