package io.tocsin.edge.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RtspRelayTest {

  private static final String SDP =
      "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
          + "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 L16/16000/1\r\n";
  private static final long SECONDS_1900_TO_1970 = 2_208_988_800L;
  private static final long AT = 1_777_636_800_250_000L;

  private static byte[] rtp(int stamp) {
    return ByteBuffer.allocate(20).put(new byte[] {(byte) 0x80, 97, 0, 1}).putInt(stamp).array();
  }

  /** A sender report with a description behind it, as senders compound them. */
  private static byte[] report(long micros, int stamp) {
    return ByteBuffer.allocate(28 + 8)
        .put(new byte[] {(byte) 0x80, (byte) 200, 0, 6})
        .putInt(7)
        .putInt((int) (micros / 1_000_000 + SECONDS_1900_TO_1970))
        .putInt((int) Math.round(micros % 1_000_000 / 1e6 * 4_294_967_296.0))
        .putInt(stamp)
        .putInt(0)
        .putInt(0)
        .put(new byte[] {(byte) 0x81, (byte) 202, 0, 1})
        .putInt(7)
        .array();
  }

  @Test
  void aReportTiesSamplesToTheSendersClockAlsoWhereItsCountWraps() {
    SenderTimes times = new SenderTimes();
    times.described(SDP);
    assertThat(times.microsAt(0, 16_000)).isEmpty();
    times.packet(rtp(-8_000));
    assertThat(times.microsAt(0, 16_000)).isEmpty();
    times.report(report(AT, 8_000));
    assertThat(times.microsAt(0, 16_000).orElseThrow()).isCloseTo(AT - 1_000_000, within(2L));
    assertThat(times.microsAt(48_000, 48_000).orElseThrow()).isCloseTo(AT, within(2L));
    for (int stamp = -8_000; stamp < 16_000 * 60; stamp += 8_000) {
      times.packet(rtp(stamp));
    }
    // Its sampling clock runs 100 millionths slow.
    times.report(report(AT + 59_505_950, 16_000 * 59 + 16_000));
    assertThat(times.microsAt(16_000 * 60, 16_000).orElseThrow())
        .isCloseTo(AT + 59_505_950 - 500_000, within(2L));
  }

  @Test
  void aReportBeforeTheFirstPacketCountsToo() {
    SenderTimes times = new SenderTimes();
    times.described(SDP);
    times.report(report(AT, -1_600));
    times.packet(rtp(0));
    assertThat(times.microsAt(0, 16_000).orElseThrow()).isCloseTo(AT + 100_000, within(2L));
  }

  @Test
  void everyByteIsPassedOnAndTheTimesAreReadAlong() throws Exception {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(
        ("RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\nContent-Length: "
                + SDP.length()
                + "\r\n\r\n"
                + SDP)
            .getBytes(StandardCharsets.US_ASCII));
    answer.writeBytes(
        "RTSP/1.0 200 OK\r\nTransport: RTP/AVP/TCP;unicast;interleaved=2-3\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII));
    byte[] packet = rtp(160_000);
    byte[] report = report(AT, 160_000);
    answer.writeBytes(new byte[] {'$', 2, 0, (byte) packet.length});
    answer.writeBytes(packet);
    answer.writeBytes(new byte[] {'$', 3, 0, (byte) report.length});
    answer.writeBytes(report);
    SenderTimes times = new SenderTimes();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<String> asked =
          CompletableFuture.supplyAsync(
              () -> {
                try (Socket client = server.accept()) {
                  byte[] question = client.getInputStream().readNBytes(8);
                  client.getOutputStream().write(answer.toByteArray());
                  return new String(question, StandardCharsets.US_ASCII);
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      StreamAddress address =
          new StreamAddress("rtsp://me:pw@127.0.0.1:" + server.getLocalPort() + "/live?x=1");
      try (RtspRelay relay = new RtspRelay(address, times)) {
        String through = relay.through(address);
        assertThat(through).startsWith("rtsp://me:pw@127.0.0.1:").endsWith("/live?x=1");
        try (Socket client =
            new Socket(InetAddress.getLoopbackAddress(), URI.create(through).getPort())) {
          client.getOutputStream().write("DESCRIBE".getBytes(StandardCharsets.US_ASCII));
          InputStream in = client.getInputStream();
          assertThat(in.readNBytes(answer.size())).isEqualTo(answer.toByteArray());
          assertThat(asked.get()).isEqualTo("DESCRIBE");
        }
      }
    }
    assertThat(times.microsAt(0, 16_000).orElseThrow()).isCloseTo(AT, within(2L));
    assertThat(Instant.EPOCH.plus(Duration.ofNanos(AT * 1_000)))
        .isEqualTo("2026-05-01T12:00:00.250Z");
  }
}
