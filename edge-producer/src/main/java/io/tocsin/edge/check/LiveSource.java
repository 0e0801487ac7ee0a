package io.tocsin.edge.check;

import io.tocsin.audio.Pcm16;
import io.tocsin.edge.source.PcmBlock;
import io.tocsin.edge.source.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Listens to a live source for a while. */
public final class LiveSource {

  private static final String THING = "source";
  private static final Duration OPENS_WITHIN = Duration.ofSeconds(15);

  private LiveSource() {}

  /**
   * What is to be said of it. A folder that is watched need not have anything new.
   *
   * @param heard so much of its sound
   */
  public static List<Finding> findings(Source source, Duration heard) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    if (source.longestSilence().isEmpty()) {
      try {
        source.open().close();
        findings.add(Finding.fine(THING, source.description() + " can be watched"));
      } catch (IOException e) {
        findings.add(Finding.wrong(THING, String.valueOf(e.getMessage())));
      }
    } else {
      findings.addAll(listen(source, heard));
    }
    findings.add(
        Finding.fine(
            THING,
            String.format(
                Locale.ROOT,
                "is dated by %s; %d ms are added to its clock's uncertainty",
                source.clock().kind(),
                source.clock().uncertainty().toMillis())));
    return findings;
  }

  private static List<Finding> listen(Source source, Duration heard) throws InterruptedException {
    ScheduledExecutorService end = Executors.newSingleThreadScheduledExecutor();
    ByteArrayOutputStream pcm = new ByteArrayOutputStream();
    int rate = 1;
    try (Source.Capture capture = source.open()) {
      var unused =
          end.schedule(capture::close, heard.plus(OPENS_WITHIN).toMillis(), TimeUnit.MILLISECONDS);
      PcmBlock block;
      while (pcm.size() < 2L * rate * heard.toSeconds() && (block = capture.read()) != null) {
        rate = block.rateHertz();
        pcm.writeBytes(Pcm16.encode(Pcm16.fromFloats(block.samples())).array());
      }
    } catch (IOException e) {
      if (pcm.size() == 0) {
        return List.of(Finding.wrong(THING, String.valueOf(e.getMessage())));
      }
    } finally {
      end.shutdownNow();
    }
    return SourceLevels.of(Pcm16.decode(java.nio.ByteBuffer.wrap(pcm.toByteArray())), rate)
        .findings();
  }
}
