package io.tocsin.edge.source;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an RTP sender says of its clock: each sender report ties a count of its sampling clock to
 * its wall clock (RFC 3550, 6.4.1), and each packet has its count. Safe for use by two threads.
 */
final class SenderTimes {

  private static final Pattern AUDIO =
      Pattern.compile("^m=audio [^\\r\\n]* (\\d{1,3})\\s*$", Pattern.MULTILINE);
  private static final int SENDER_REPORT = 200;
  private static final int TIMESTAMP_AT = 4;
  private static final int REPORT_BYTES = 20;
  private static final int HEAD_BYTES = 12;
  private static final long SECONDS_1900_TO_1970 = 2_208_988_800L;
  private static final double MICROS_PER_SECOND = 1e6;

  private int clockHertz;
  private long firstCount = -1;
  private long count;
  private long reportCount;
  private double reportMicros = Double.NaN;

  /** Hears the stream's description (SDP, RFC 4566). */
  synchronized void described(String sdp) {
    int at = sdp.indexOf("m=audio");
    if (at < 0) {
      return;
    }
    String audio = sdp.substring(at);
    int end = audio.indexOf("\nm=");
    String section = end < 0 ? audio : audio.substring(0, end);
    Matcher type = AUDIO.matcher(section);
    int payload = type.find() ? Integer.parseInt(type.group(1)) : -1;
    Matcher map =
        Pattern.compile("^a=rtpmap:" + payload + " [^/\\s]+/(\\d{1,6})", Pattern.MULTILINE)
            .matcher(section);
    clockHertz = map.find() ? Integer.parseInt(map.group(1)) : usual(payload);
  }

  /** Of payload types that need no description (RFC 3551, 6). */
  private static int usual(int payload) {
    return switch (payload) {
      case 10, 11 -> 44_100;
      case 14 -> 90_000;
      default -> 8_000;
    };
  }

  /** Hears a packet of sound. */
  synchronized void packet(byte[] rtp) {
    if (rtp.length < HEAD_BYTES) {
      return;
    }
    long stamp = Integer.toUnsignedLong(ByteBuffer.wrap(rtp).getInt(TIMESTAMP_AT));
    count = firstCount < 0 ? stamp : near(stamp);
    if (firstCount < 0) {
      firstCount = count;
      // A report may have come before.
      reportCount = near(reportCount & 0xffff_ffffL);
    }
  }

  /** The count without its wraps at 32 bits: that nearest to the last. */
  private long near(long stamp) {
    return count + (int) (stamp - count);
  }

  /** Hears a packet of RTCP, which may hold several reports. */
  synchronized void report(byte[] rtcp) {
    ByteBuffer packet = ByteBuffer.wrap(rtcp);
    for (int at = 0; at + HEAD_BYTES <= rtcp.length; ) {
      int length = (Short.toUnsignedInt(packet.getShort(at + 2)) + 1) * 4;
      if ((packet.get(at + 1) & 0xff) == SENDER_REPORT && at + REPORT_BYTES <= rtcp.length) {
        double seconds =
            Integer.toUnsignedLong(packet.getInt(at + 8))
                - SECONDS_1900_TO_1970
                + Integer.toUnsignedLong(packet.getInt(at + 12)) / 4_294_967_296.0;
        long stamp = Integer.toUnsignedLong(packet.getInt(at + 16));
        reportMicros = seconds * MICROS_PER_SECOND;
        reportCount = firstCount < 0 ? stamp : near(stamp);
      }
      at += length;
    }
  }

  /**
   * The sender's wall clock at a sample, microseconds since the epoch; empty before the first
   * report. Sound that was lost on the way would shift it: TCP loses none.
   *
   * @param sample number of it in the stream as ffmpeg decodes it
   */
  synchronized OptionalLong microsAt(long sample, int rateHertz) {
    if (firstCount < 0 || Double.isNaN(reportMicros) || clockHertz <= 0) {
      return OptionalLong.empty();
    }
    double sinceReport =
        (double) (firstCount - reportCount) / clockHertz + (double) sample / rateHertz;
    return OptionalLong.of(Math.round(reportMicros + sinceReport * MICROS_PER_SECOND));
  }
}
