package io.tocsin.sink;

import io.tocsin.schema.progress.Heartbeats;
import io.tocsin.schema.progress.Progress;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether a loop over Kafka's records gets them written, and what it waits for where it does not.
 */
public final class LoopProgress {

  private final Progress progress;
  private final Heartbeats heartbeats;
  private @Nullable String trouble;

  /**
   * @param consumer whose records the loop takes, as a member of a group
   */
  public LoopProgress(Progress progress, Consumer<?, ?> consumer) {
    this.progress = progress;
    this.heartbeats = new Heartbeats(consumer::metrics);
  }

  /** Something was written for good. */
  public void written() {
    progress.made();
  }

  /** An attempt failed for want of something. */
  public void failed(Throwable reason) {
    trouble = Faults.rootOf(reason).toString();
  }

  /** An attempt went well. */
  public void recovered() {
    trouble = null;
  }

  /**
   * A round is over.
   *
   * @param waiting what there is to be done yet; empty for nothing
   */
  public void turned(Optional<String> waiting) {
    Optional<String> what =
        trouble != null
            ? Optional.of(waiting.map(w -> w + ": ").orElse("") + trouble)
            : heartbeats.silence().or(() -> waiting);
    if (what.isPresent()) {
      progress.waits(what.get());
    } else {
      progress.made();
    }
  }
}
