package io.tocsin.jobs;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.mocks.MockSource;
import org.apache.flink.api.connector.source.mocks.MockSourceSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Numbers from 0 out of one split of the first subtask, then silence: like a topic it never ends,
 * so that no last watermark comes of its end.
 */
public final class OpenSource implements Source<Integer, MockSourceSplit, Set<MockSourceSplit>> {

  private static final long serialVersionUID = 1L;

  /** Static because a source travels to its readers by serialisation. */
  private static final CompletableFuture<Void> RELEASED = new CompletableFuture<>();

  private final int count;
  private final int held;
  private final MockSource splits = new MockSource(Boundedness.CONTINUOUS_UNBOUNDED, 0);

  public OpenSource(int count, int held) {
    this.count = count;
    this.held = held;
  }

  /** Lets go what is held, for good. */
  public static void release() {
    RELEASED.complete(null);
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<Integer, MockSourceSplit> createReader(SourceReaderContext context) {
    return new Reader(context.getIndexOfSubtask() == 0, count, held);
  }

  @Override
  public SplitEnumerator<MockSourceSplit, Set<MockSourceSplit>> createEnumerator(
      SplitEnumeratorContext<MockSourceSplit> context) {
    return splits.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<MockSourceSplit, Set<MockSourceSplit>> restoreEnumerator(
      SplitEnumeratorContext<MockSourceSplit> context, Set<MockSourceSplit> kept)
      throws IOException {
    return splits.restoreEnumerator(context, kept);
  }

  @Override
  public SimpleVersionedSerializer<MockSourceSplit> getSplitSerializer() {
    return splits.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<Set<MockSourceSplit>> getEnumeratorCheckpointSerializer() {
    return splits.getEnumeratorCheckpointSerializer();
  }

  private static final class Reader implements SourceReader<Integer, MockSourceSplit> {

    private final boolean hasSplit;
    private final int count;
    private final int held;
    private final CompletableFuture<Void> never = new CompletableFuture<>();
    private int next;

    Reader(boolean hasSplit, int count, int held) {
      this.hasSplit = hasSplit;
      this.count = count;
      this.held = held;
    }

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<Integer> output) {
      if (!hasSplit) {
        return InputStatus.NOTHING_AVAILABLE;
      }
      var split = output.createOutputForSplit("0");
      if (next < (RELEASED.isDone() ? count : count - held)) {
        split.collect(next++);
        return InputStatus.MORE_AVAILABLE;
      }
      return InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public List<MockSourceSplit> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return hasSplit && next < count ? RELEASED : never;
    }

    @Override
    public void addSplits(List<MockSourceSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }
}
