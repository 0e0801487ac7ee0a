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
 * A stretch of numbers out of one reader, which then ends or is silent for ever. It keeps no place
 * of its own in a savepoint: what goes on behind one is another stretch.
 */
public final class Stretch implements Source<Integer, MockSourceSplit, Set<MockSourceSplit>> {

  private static final long serialVersionUID = 1L;

  private final int from;
  private final int to;
  private final boolean ends;
  private final MockSource splits = new MockSource(Boundedness.CONTINUOUS_UNBOUNDED, 0);

  private Stretch(int from, int to, boolean ends) {
    this.from = from;
    this.to = to;
    this.ends = ends;
  }

  /** {@code from} to {@code to - 1}, then silence. */
  public static Stretch open(int from, int to) {
    return new Stretch(from, to, false);
  }

  /** {@code from} to {@code to - 1}, then the end. */
  public static Stretch ending(int from, int to) {
    return new Stretch(from, to, true);
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<Integer, MockSourceSplit> createReader(SourceReaderContext context) {
    return new Reader(from, to, ends);
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

    private final CompletableFuture<Void> never = new CompletableFuture<>();
    private final int to;
    private final boolean ends;
    private int next;

    Reader(int from, int to, boolean ends) {
      this.next = from;
      this.to = to;
      this.ends = ends;
    }

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<Integer> output) {
      if (next < to) {
        output.collect(next++);
        return InputStatus.MORE_AVAILABLE;
      }
      return ends ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public List<MockSourceSplit> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return next < to || ends ? CompletableFuture.completedFuture(null) : never;
    }

    @Override
    public void addSplits(List<MockSourceSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }
}
