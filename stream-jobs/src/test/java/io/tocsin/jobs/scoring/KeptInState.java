package io.tocsin.jobs.scoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;

/**
 * Keeps what passes in state, as a transactional sink does: what a job still answers behind its
 * last savepoint does not count, since the job that goes on from there answers it again. What is
 * seen from outside is static: a function travels to its task by serialisation.
 */
final class KeptInState extends RichMapFunction<String, String> implements CheckpointedFunction {

  private static final long serialVersionUID = 1L;

  private static final Map<String, Queue<String>> PASSED = new ConcurrentHashMap<>();
  private static final Map<String, Queue<String>> AT_END = new ConcurrentHashMap<>();

  private final String name;
  private transient List<String> kept;
  private transient ListState<String> state;

  KeptInState(String name) {
    this.name = name;
  }

  /** What has passed since {@link #clear}, whether it counts or not. */
  static Queue<String> passed(String name) {
    return PASSED.computeIfAbsent(name, n -> new ConcurrentLinkedQueue<>());
  }

  /** What counts, of the jobs that have ended since {@link #clear}. */
  static Queue<String> atEnd(String name) {
    return AT_END.computeIfAbsent(name, n -> new ConcurrentLinkedQueue<>());
  }

  static void clear() {
    PASSED.clear();
    AT_END.clear();
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    state =
        context.getOperatorStateStore().getListState(new ListStateDescriptor<>(name, Types.STRING));
    kept = new ArrayList<>();
    state.get().forEach(kept::add);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    state.update(kept);
  }

  @Override
  public String map(String element) {
    passed(name).add(element);
    kept.add(element);
    return element;
  }

  @Override
  public void close() {
    if (kept != null) {
      atEnd(name).addAll(kept);
    }
  }
}
