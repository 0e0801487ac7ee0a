package io.tocsin.edge.source;

import io.tocsin.edge.clock.CaptureClock;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads 16-bit little-endian PCM as it comes and dates it. For one thread. */
final class PcmCapture {

  /**
   * For so long the first blocks are held back: what a server or ffmpeg had stored comes at once,
   * and only what comes behind it tells when.
   */
  static final Duration SETTLING = Duration.ofSeconds(2);

  /** For so long a sender's first report is waited for; most come within five seconds. */
  static final Duration SENDER_SPEAKS = Duration.ofSeconds(8);

  /** A sender's clock that differs from ours by more was never set. */
  private static final long LIKELY_MICROS = 3_600_000_000L;

  private static final Logger LOG = LoggerFactory.getLogger(PcmCapture.class);
  private static final int BLOCKS_PER_SECOND = 10;
  private static final long MICROS_PER_SECOND = 1_000_000;

  private final InputStream in;
  private final PcmFormat format;
  private final Dating dating;
  private final byte[] bytes;
  private final @Nullable ArrivalTimes times;
  private final SlewedTimes sentTimes = new SlewedTimes();
  private final Deque<float[]> held = new ArrayDeque<>();
  private int kept;
  private long counted;
  private boolean settled;
  private boolean ended;
  private boolean bySender;
  private boolean warned;

  /**
   * How samples are dated.
   *
   * @param startMicros instant of the first, from which they are counted; null to go by arrival
   */
  record Dating(
      SourceClock sourceClock,
      CaptureClock system,
      @Nullable Long startMicros,
      long delayMicros,
      Channels channels,
      @Nullable Sender sender) {}

  /** A sender that tells its own time; before it does, arrival counts. */
  record Sender(SenderTimes times, SourceClock clock) {}

  private record Dated(SlewedTimes.Dated at, boolean bySender) {}

  /** What the bytes are. */
  record PcmFormat(int rateHertz, int channels) {}

  PcmCapture(InputStream in, PcmFormat format, Dating dating) {
    this.in = in;
    this.format = format;
    this.dating = dating;
    this.bytes = new byte[frameBytes() * Math.max(1, format.rateHertz() / BLOCKS_PER_SECOND)];
    this.times =
        dating.startMicros() == null
            ? new ArrivalTimes(format.rateHertz(), dating.delayMicros())
            : null;
    this.settled = times == null;
  }

  private int frameBytes() {
    return format.channels() * Short.BYTES;
  }

  @Nullable PcmBlock read() throws IOException {
    if (!settled) {
      settle();
    }
    float[] next = held.isEmpty() ? hear() : held.removeFirst();
    return next == null ? null : date(next);
  }

  private void settle() throws IOException {
    settled = true;
    long since = 0;
    do {
      float[] heard = hear();
      if (heard == null) {
        return;
      }
      since = held.isEmpty() ? System.nanoTime() : since;
      held.addLast(heard);
    } while (System.nanoTime() - since < settling().toNanos());
  }

  private Duration settling() {
    return dating.sender() == null || sent(0).isPresent() ? SETTLING : SENDER_SPEAKS;
  }

  /** What is there, at least a sample; null at the end. */
  private float @Nullable [] hear() throws IOException {
    while (!ended) {
      int read = in.read(bytes, kept, bytes.length - kept);
      CaptureClock.Reading now = dating.system().read();
      if (read < 0) {
        ended = true;
        break;
      }
      int length = (kept + read) / frameBytes() * frameBytes();
      if (length > 0) {
        float[] samples = mono(length);
        kept = kept + read - length;
        System.arraycopy(bytes, length, bytes, 0, kept);
        if (times != null) {
          times.hear(now, samples.length, 0);
        }
        return samples;
      }
      kept += read;
    }
    return null;
  }

  private float[] mono(int length) throws IOException {
    try {
      return dating.channels().mono(bytes, length, format.channels());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private PcmBlock date(float[] samples) {
    Dated dated = times == null ? counted() : live(samples.length, times);
    SlewedTimes.Dated at = dated.at();
    boolean starts = counted == 0 || at.startsRun() || dated.bySender() != bySender;
    bySender = dated.bySender();
    counted += samples.length;
    return PcmBlock.live(
        samples,
        format.rateHertz(),
        at.capturedAtMicros(),
        clock().on(dating.system().clock(), at.lateMicros()),
        starts);
  }

  /** What dates the samples just now. */
  SourceClock clock() {
    Sender sender = dating.sender();
    return bySender && sender != null ? sender.clock() : dating.sourceClock();
  }

  private Dated counted() {
    long start = dating.startMicros() == null ? 0 : dating.startMicros();
    return new Dated(
        new SlewedTimes.Dated(start + counted * MICROS_PER_SECOND / format.rateHertz(), false, 0),
        false);
  }

  private Dated live(int samples, ArrivalTimes arrival) {
    SlewedTimes.Dated arrived = arrival.date(samples);
    OptionalLong sent = sent(counted);
    if (sent.isPresent()
        && Math.abs(sent.getAsLong() - arrived.capturedAtMicros()) < LIKELY_MICROS) {
      double length = (double) samples * MICROS_PER_SECOND / format.rateHertz();
      return new Dated(sentTimes.date((double) sent.getAsLong(), length, false), true);
    }
    if (sent.isPresent() && !warned) {
      warned = true;
      LOG.warn(
          "the sender's clock says {} us since 1970, ours {}: it was never set; sound is dated by"
              + " its arrival",
          sent.getAsLong(),
          arrived.capturedAtMicros());
    }
    return new Dated(arrived, false);
  }

  private OptionalLong sent(long sample) {
    Sender sender = dating.sender();
    return sender == null
        ? OptionalLong.empty()
        : sender.times().microsAt(sample, format.rateHertz());
  }
}
