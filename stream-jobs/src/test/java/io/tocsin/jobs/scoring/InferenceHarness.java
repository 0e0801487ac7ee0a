package io.tocsin.jobs.scoring;

import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.window.AudioWindow;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.metrics.groups.InternalOperatorMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingOperatorMetricGroup;
import org.apache.flink.runtime.metrics.util.InterceptingTaskMetricGroup;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.datastream.AsyncDataStream.OutputMode;
import org.apache.flink.streaming.api.functions.async.AsyncFunction;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** An operator that asks a model, alone, with its clock and its metrics in hand. */
@SuppressWarnings("try") // A harness's close() may throw anything.
final class InferenceHarness implements AutoCloseable {

  static final long TIMEOUT_MILLIS = 1_000;
  private static final int CAPACITY = 64;

  private final InterceptingOperatorMetricGroup metrics = new InterceptingOperatorMetricGroup();
  private final OneInputStreamOperatorTestHarness<AudioWindow, ScoredWindow> operator;

  InferenceHarness(AsyncFunction<AudioWindow, ScoredWindow> function) throws Exception {
    operator =
        new OneInputStreamOperatorTestHarness<>(
            new AsyncWaitOperatorFactory<>(
                function, TIMEOUT_MILLIS, CAPACITY, OutputMode.UNORDERED),
            TypeInformation.of(AudioWindow.class).createSerializer(new SerializerConfigImpl()),
            new MockEnvironmentBuilder()
                .setMetricGroup(
                    new InterceptingTaskMetricGroup() {
                      @Override
                      public InternalOperatorMetricGroup getOrAddOperator(
                          OperatorID id, String name, Map<String, String> more) {
                        return metrics;
                      }
                    })
                .build());
    operator.open();
  }

  void send(AudioWindow window) throws Exception {
    operator.processElement(window, 0);
  }

  void timeIs(long millis) throws Exception {
    operator.setProcessingTime(millis);
  }

  /** What comes out by the end of the input. */
  List<ScoredWindow> all() throws Exception {
    operator.endInput();
    return operator.extractOutputValues();
  }

  long count(String counter) {
    return ((Counter) metrics.get(counter)).getCount();
  }

  @Override
  public void close() throws Exception {
    operator.close();
  }
}
