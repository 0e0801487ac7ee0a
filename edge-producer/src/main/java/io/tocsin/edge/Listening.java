package io.tocsin.edge;

import io.tocsin.edge.forward.SpooledSensor;
import io.tocsin.edge.forward.StoreAndForward;
import io.tocsin.edge.mode.Ear;
import io.tocsin.edge.source.BlockFramer;
import io.tocsin.edge.source.PcmBlock;
import io.tocsin.edge.source.Supervisor;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Passes a live source's sound on as frames, each dated by the source's clock. */
final class Listening {

  private static final Duration ENDS_WITHIN = Duration.ofSeconds(3);

  private final Supervisor supervisor;
  private final SpooledSensor sensor;
  private final Ear ear;
  private final StoreAndForward forward;
  private final boolean live;
  private final BlockFramer framer;

  /**
   * @param sensor whose frames they are
   * @param ear what the sound goes to
   * @param live whether the source waits for nobody; else it waits for Kafka
   */
  Listening(
      Supervisor supervisor,
      AudioOptions audio,
      SpooledSensor sensor,
      Ear ear,
      StoreAndForward forward,
      boolean live) {
    this.supervisor = supervisor;
    this.sensor = sensor;
    this.ear = ear;
    this.forward = forward;
    this.live = live;
    this.framer = new BlockFramer(audio.rate(), audio.frameSamples());
  }

  /** Listens until the source ends, the supervisor is closed, or the process is told to end. */
  void run() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook = new Thread(() -> endWithTheProcess(ended), "tocsin-last-frame");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      listen();
      boolean unused = ear.finish();
    } finally {
      ended.countDown();
      forget(hook);
    }
  }

  /** Keeps what does not fill a frame yet. */
  private void endWithTheProcess(CountDownLatch ended) {
    supervisor.close();
    try {
      boolean unused = ended.await(ENDS_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread hook) {
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends just now: it is at work.
    }
  }

  private void listen() throws InterruptedException {
    supervisor.run(
        new Supervisor.Taker() {
          @Override
          public void take(PcmBlock block) throws IOException, InterruptedException {
            Listening.this.take(block);
          }

          @Override
          public void gap() throws InterruptedException {
            boolean unused = pass(framer.finish());
          }
        });
  }

  private void take(PcmBlock block) throws IOException, InterruptedException {
    boolean kept = pass(framer.accept(block));
    if (block.runId() != null) {
      if (!kept) {
        throw new IOException("the spool has no room; what it does not take is read again");
      }
      if (block.endsRun()) {
        forward.awaitForced();
      }
    }
  }

  private boolean pass(List<BlockFramer.Piece> pieces) throws InterruptedException {
    boolean kept = true;
    for (BlockFramer.Piece piece : pieces) {
      String run = piece.runId();
      if (run != null && piece.startsRun()) {
        sensor.begin(run);
      }
      sensor.date(piece.clock(), piece.startsRun());
      if (!live) {
        forward.awaitRoom();
      }
      kept &= ear.accept(piece.samples(), piece.capturedAtMicros());
    }
    return kept;
  }
}
