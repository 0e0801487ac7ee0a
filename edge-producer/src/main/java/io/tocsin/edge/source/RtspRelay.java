package io.tocsin.edge.source;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between ffmpeg and an RTSP server, passes every byte on as it is, and reads along what
 * ffmpeg does not tell: the times in RTP packets and RTCP sender reports, which come interleaved on
 * the one connection (RFC 2326, 10.12).
 */
final class RtspRelay implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RtspRelay.class);
  private static final int DEFAULT_PORT = 554;
  private static final int CONNECT_MILLIS = 10_000;
  private static final int LONGEST_HEAD = 1 << 16;
  private static final int LONGEST_BODY = 1 << 20;
  private static final Pattern LENGTH =
      Pattern.compile("^content-length:\\s*(\\d{1,7})\\s*$", Pattern.MULTILINE);
  private static final Pattern CHANNELS =
      Pattern.compile("^transport:.*interleaved=(\\d{1,3})", Pattern.MULTILINE);

  private final ServerSocket door;
  private final InetSocketAddress server;
  private final SenderTimes times;
  private volatile boolean closed;
  private Socket inside;
  private Socket outside;
  private int audioChannel = -1;

  /**
   * @param address of the server, rtsp only
   * @param times learns of what passes
   * @throws IOException if there is no port, or the server is not found
   */
  RtspRelay(StreamAddress address, SenderTimes times) throws IOException {
    URI uri = URI.create(withoutUser(address.text()));
    this.server =
        new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    this.times = times;
    this.door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    this.inside = new Socket();
    this.outside = new Socket();
    thread("tocsin-rtsp-relay", this::run);
  }

  private static String withoutUser(String address) {
    return address.replaceFirst("://[^/?#]*@", "://");
  }

  /** The address for ffmpeg: the server's, but by way of this. */
  String through(StreamAddress address) {
    Matcher matcher =
        Pattern.compile("^([^:]+://(?:[^/?#]*@)?)[^/?#]+(.*)$").matcher(address.text());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(address + " has no host");
    }
    return matcher.group(1) + "127.0.0.1:" + door.getLocalPort() + matcher.group(2);
  }

  private static void thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try (Socket client = door.accept();
        Socket remote = new Socket()) {
      keep(client, remote);
      remote.connect(server, CONNECT_MILLIS);
      OutputStream up = remote.getOutputStream();
      InputStream asked = client.getInputStream();
      thread(
          "tocsin-rtsp-asks",
          () -> {
            try {
              asked.transferTo(up);
              remote.shutdownOutput();
            } catch (IOException e) {
              LOG.debug("RTSP: nothing more is asked: {}", e.toString());
            }
          });
      answers(
          new DataInputStream(new BufferedInputStream(remote.getInputStream(), 1 << 16)),
          client.getOutputStream());
    } catch (IOException e) {
      if (!closed) {
        LOG.debug("RTSP relay to {} ends: {}", server, e.toString());
      }
    }
  }

  private synchronized void keep(Socket client, Socket remote) {
    inside = client;
    outside = remote;
  }

  private void answers(DataInputStream in, OutputStream out) throws IOException {
    try {
      while (true) {
        int first = in.readUnsignedByte();
        if (first == '$') {
          packet(in, out);
        } else {
          message(first, in, out);
        }
        if (in.available() == 0) {
          out.flush();
        }
      }
    } catch (EOFException e) {
      out.flush();
    }
  }

  private void packet(DataInputStream in, OutputStream out) throws IOException {
    int channel = in.readUnsignedByte();
    int length = in.readUnsignedShort();
    byte[] payload = new byte[length];
    in.readFully(payload);
    if (channel == audioChannel) {
      times.packet(payload);
    } else if (channel == audioChannel + 1) {
      times.report(payload);
    }
    byte[] head = {'$', (byte) channel, (byte) (length >> 8), (byte) length};
    out.write(head);
    out.write(payload);
  }

  private void message(int first, DataInputStream in, OutputStream out) throws IOException {
    StringBuilder head = new StringBuilder().append((char) first);
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
      if (head.length() > LONGEST_HEAD) {
        throw new IOException("an RTSP answer of more than " + LONGEST_HEAD + " bytes");
      }
    }
    String said = head.toString();
    String lower = said.toLowerCase(Locale.ROOT).replace("\r", "");
    byte[] body = new byte[Math.min(LONGEST_BODY, number(LENGTH, lower).orElse(0))];
    in.readFully(body);
    if (lower.contains("application/sdp")) {
      times.described(new String(body, StandardCharsets.UTF_8));
    }
    // ffmpeg is asked to set up sound alone: the first is it.
    OptionalInt channel = number(CHANNELS, lower);
    if (audioChannel < 0 && channel.isPresent()) {
      audioChannel = channel.getAsInt();
    }
    out.write(said.getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
  }

  private static OptionalInt number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  @Override
  public void close() {
    closed = true;
    try {
      door.close();
      synchronized (this) {
        inside.close();
        outside.close();
      }
    } catch (IOException e) {
      LOG.debug("RTSP relay: {}", e.toString());
    }
  }
}
