package io.tocsin.edge;

import io.tocsin.edge.forward.SpooledSensor;
import io.tocsin.edge.source.BlockFramer;
import io.tocsin.edge.source.PcmBlock;
import io.tocsin.edge.source.Supervisor;
import java.io.IOException;
import java.util.List;

/** Passes a live source's sound on as frames, each dated by the source's clock. */
final class Listening {

  private final Supervisor supervisor;
  private final SpooledSensor sensor;
  private final Keeper keeper;
  private final BlockFramer framer;

  /** Where frames are kept. */
  interface Keeper {
    /**
     * @return whether there is room for it
     */
    boolean keep(short[] samples, long capturedAtMicros) throws InterruptedException;

    /** Waits until all that was kept would outlast a power cut. */
    void force() throws InterruptedException;
  }

  /**
   * @param sensor whose frames they are
   */
  Listening(Supervisor supervisor, AudioOptions audio, SpooledSensor sensor, Keeper keeper) {
    this.supervisor = supervisor;
    this.sensor = sensor;
    this.keeper = keeper;
    this.framer = new BlockFramer(audio.rate(), audio.frameSamples());
  }

  /** Listens until the source ends or the supervisor is closed. */
  void run() throws InterruptedException {
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
        keeper.force();
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
      kept &= keeper.keep(piece.samples(), piece.capturedAtMicros());
    }
    return kept;
  }
}
