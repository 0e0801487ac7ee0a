package io.tocsin.edge.source;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import javax.sound.sampled.spi.MixerProvider;

/** A sound card of this process, found by javax.sound as it finds a machine's own. */
public final class OtherMixers extends MixerProvider {

  static final String NAME = "Tocsin test card";

  /** What it captures, stereo at its rate; behind that it stalls. */
  static final int RATE = 48_000;

  static final short[] LEFT = ramp(4 * RATE / 10, 3);
  static final short[] RIGHT = ramp(4 * RATE / 10, -5);

  private static final Mixer.Info INFO = new Info();

  private static final class Info extends Mixer.Info {
    Info() {
      super(NAME, "Tocsin", "for tests", "1");
    }
  }

  private static short[] ramp(int samples, int step) {
    short[] ramp = new short[samples];
    for (int i = 0; i < samples; i++) {
      ramp[i] = (short) (i * step);
    }
    return ramp;
  }

  @Override
  public Mixer.Info[] getMixerInfo() {
    return new Mixer.Info[] {INFO};
  }

  @Override
  public Mixer getMixer(Mixer.Info info) {
    DataLine.Info lines =
        new DataLine.Info(
            TargetDataLine.class,
            new AudioFormat[] {new AudioFormat(RATE, 16, 2, true, false)},
            0,
            1 << 20);
    return proxy(
        Mixer.class,
        (self, method, arguments) ->
            switch (method.getName()) {
              case "getMixerInfo" -> INFO;
              case "getTargetLineInfo" -> new Line.Info[] {lines};
              case "isLineSupported" ->
                  lines.matches((Line.Info) arguments[0])
                      || ((DataLine.Info) arguments[0])
                          .getFormats()[0].matches(lines.getFormats()[0]);
              case "getLine" -> line();
              default -> throw new UnsupportedOperationException(method.getName());
            });
  }

  private static TargetDataLine line() {
    CountDownLatch closed = new CountDownLatch(1);
    int[] at = {0};
    return proxy(
        TargetDataLine.class,
        (self, method, arguments) -> {
          switch (method.getName()) {
            case "read":
              return read((byte[]) arguments[0], (int) arguments[2], at, closed);
            case "available":
              return 0;
            case "stop", "close":
              closed.countDown();
              return null;
            default:
              return null;
          }
        });
  }

  private static int read(byte[] bytes, int length, int[] at, CountDownLatch closed)
      throws InterruptedException {
    int frames = Math.min(length / 4, LEFT.length - at[0]);
    if (frames == 0) {
      closed.await();
    }
    for (int i = 0; i < frames; i++) {
      put(bytes, 4 * i, LEFT[at[0] + i]);
      put(bytes, 4 * i + 2, RIGHT[at[0] + i]);
    }
    at[0] += frames;
    return 4 * frames;
  }

  private static void put(byte[] bytes, int at, short sample) {
    bytes[at] = (byte) sample;
    bytes[at + 1] = (byte) (sample >> 8);
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
