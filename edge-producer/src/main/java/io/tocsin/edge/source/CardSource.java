package io.tocsin.edge.source;

import io.tocsin.edge.clock.CaptureClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;

/** A sound card of this machine, as the JDK's javax.sound sees it. */
public final class CardSource implements Source {

  private static final int BLOCKS_PER_SECOND = 10;
  private static final List<Integer> USUAL_RATES = List.of(48_000, 44_100);
  private static final int MOST_CHANNELS = 2;

  /**
   * Which card and how it is read.
   *
   * @param device name of it or part of that; empty for the first that captures
   * @param rateHertz that is asked for first
   */
  public record Settings(
      String device,
      int rateHertz,
      Channels channels,
      Duration uncertainty,
      Duration longestSilence) {}

  private final Settings settings;
  private final CaptureClock system;

  public CardSource(Settings settings, CaptureClock system) {
    this.settings = settings;
    this.system = system;
  }

  /** Cards that capture. */
  public static List<Mixer.Info> devices() {
    List<Mixer.Info> devices = new ArrayList<>();
    for (Mixer.Info info : AudioSystem.getMixerInfo()) {
      if (captures(AudioSystem.getMixer(info))) {
        devices.add(info);
      }
    }
    return devices;
  }

  private static boolean captures(Mixer mixer) {
    for (var line : mixer.getTargetLineInfo()) {
      if (line instanceof DataLine.Info
          && TargetDataLine.class.isAssignableFrom(line.getLineClass())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String description() {
    return "card:" + settings.device();
  }

  @Override
  public SourceClock clock() {
    return SourceClock.bySystem(ClockKind.SYSTEM_AT_CAPTURE, settings.uncertainty());
  }

  @Override
  public boolean endless() {
    return true;
  }

  @Override
  public Optional<Duration> longestSilence() {
    return Optional.of(settings.longestSilence());
  }

  @Override
  public Capture open() throws IOException {
    Mixer mixer = AudioSystem.getMixer(device());
    for (AudioFormat format : formats()) {
      DataLine.Info wanted = new DataLine.Info(TargetDataLine.class, format);
      if (mixer.isLineSupported(wanted)) {
        try {
          TargetDataLine line = (TargetDataLine) mixer.getLine(wanted);
          line.open(format, (int) (format.getSampleRate() * format.getFrameSize()));
          line.start();
          return new Running(line, format);
        } catch (LineUnavailableException e) {
          throw new IOException(
              description() + " is taken or gone (" + e.getMessage() + "); does another use it?",
              e);
        } catch (IllegalArgumentException e) {
          throw new IOException(description() + " cannot be opened: " + e.getMessage(), e);
        }
      }
    }
    throw new IOException(description() + " captures none of " + formats());
  }

  private Mixer.Info device() throws IOException {
    List<Mixer.Info> devices = devices();
    String wanted = settings.device().toLowerCase(Locale.ROOT);
    return devices.stream()
        .filter(info -> info.getName().equalsIgnoreCase(settings.device()))
        .findFirst()
        .or(
            () ->
                devices.stream()
                    .filter(
                        info ->
                            (info.getName() + " " + info.getDescription())
                                .toLowerCase(Locale.ROOT)
                                .contains(wanted))
                    .findFirst())
        .orElseThrow(
            () ->
                new IOException(
                    "there is no sound card '"
                        + settings.device()
                        + "' that captures; there are "
                        + devices.stream().map(Mixer.Info::getName).toList()
                        + " (tocsin-sensor devices)"));
  }

  private List<AudioFormat> formats() {
    Set<Integer> rates = new LinkedHashSet<>(List.of(settings.rateHertz()));
    rates.addAll(USUAL_RATES);
    List<AudioFormat> formats = new ArrayList<>();
    for (int rate : rates) {
      // A channel that is chosen may be none of a card's mono.
      for (int channels = Math.max(1, settings.channels().index() + 1);
          channels <= Math.max(MOST_CHANNELS, settings.channels().index() + 1);
          channels++) {
        formats.add(new AudioFormat(rate, Short.SIZE, channels, true, false));
      }
    }
    return formats;
  }

  private final class Running implements Capture {

    private final TargetDataLine line;
    private final AudioFormat format;
    private final byte[] bytes;
    private final ArrivalTimes times;
    private volatile boolean closed;

    Running(TargetDataLine line, AudioFormat format) {
      this.line = line;
      this.format = format;
      int rate = (int) format.getSampleRate();
      this.bytes = new byte[rate / BLOCKS_PER_SECOND * format.getFrameSize()];
      this.times = new ArrivalTimes(rate, 0);
    }

    @Override
    public @Nullable PcmBlock read() throws IOException {
      int read = line.read(bytes, 0, bytes.length);
      CaptureClock.Reading now = system.read();
      if (read < format.getFrameSize()) {
        throw new IOException(
            closed
                ? description() + " was closed"
                : description() + " has stopped; was it unplugged?");
      }
      float[] samples = settings.channels().mono(bytes, read, format.getChannels());
      times.hear(now, samples.length, closed ? 0 : line.available() / format.getFrameSize());
      SlewedTimes.Dated dated = times.date(samples.length);
      return PcmBlock.live(
          samples,
          (int) format.getSampleRate(),
          dated.capturedAtMicros(),
          clock().on(system.clock(), dated.lateMicros()),
          dated.startsRun());
    }

    @Override
    public void close() {
      closed = true;
      line.stop();
      line.close();
    }
  }
}
