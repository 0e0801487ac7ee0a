package io.tocsin.stack.simulate;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.util.FlinkRuntimeException;

/**
 * The indices of a feed's picks in the order of arrival. Waits until the field is known, as a job
 * that has long been running knows it. Where a worker is to be killed, it fails halfway, once, when
 * a checkpoint has been completed.
 */
final class PickSource extends NumberSequenceSource {

  private static final long serialVersionUID = 1L;

  private final long feed;

  PickSource(PickFeed feed) {
    super(0, feed.size() - 1L);
    this.feed = feed.number();
  }

  @Override
  public SourceReader<Long, NumberSequenceSplit> createReader(SourceReaderContext context) {
    return new Reader(super.createReader(context), PickFeed.of(feed));
  }

  @SuppressWarnings("try") // A reader's close() may throw anything.
  private static final class Reader implements SourceReader<Long, NumberSequenceSplit> {

    private final SourceReader<Long, NumberSequenceSplit> numbers;
    private final PickFeed feed;
    private final CompletableFuture<Void> checkpointed = new CompletableFuture<>();
    private long given;

    Reader(SourceReader<Long, NumberSequenceSplit> numbers, PickFeed feed) {
      this.numbers = numbers;
      this.feed = feed;
    }

    @Override
    public void start() {
      numbers.start();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Long> output) throws Exception {
      if (!feed.fieldRead().isDone()) {
        return InputStatus.NOTHING_AVAILABLE;
      }
      if (feed.mustFailBefore(given)) {
        if (!checkpointed.isDone()) {
          return InputStatus.NOTHING_AVAILABLE;
        }
        feed.failed();
        throw new FlinkRuntimeException("the worker is killed, as the scenario wants it");
      }
      given++;
      return numbers.pollNext(output);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      if (!feed.fieldRead().isDone()) {
        return feed.fieldRead();
      }
      return feed.mustFailBefore(given) ? checkpointed : numbers.isAvailable();
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) throws Exception {
      numbers.notifyCheckpointComplete(checkpoint);
      if (feed.mustFailBefore(given)) {
        checkpointed.complete(null);
      }
    }

    @Override
    public List<NumberSequenceSplit> snapshotState(long checkpoint) {
      return numbers.snapshotState(checkpoint);
    }

    @Override
    public void addSplits(List<NumberSequenceSplit> splits) {
      numbers.addSplits(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
      numbers.notifyNoMoreSplits();
    }

    @Override
    public void close() throws Exception {
      numbers.close();
    }
  }
}
