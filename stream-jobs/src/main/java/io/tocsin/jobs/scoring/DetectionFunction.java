package io.tocsin.jobs.scoring;

import io.tocsin.jobs.kafka.SensorRegistration;
import io.tocsin.jobs.settings.AwakeSince;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.detect.DetectionTracker;
import io.tocsin.scoring.detect.ScoredWindow;
import io.tocsin.scoring.detect.SoundDetection;
import io.tocsin.scoring.detect.TrackerState;
import io.tocsin.scoring.window.Lane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows each sensor's scores, those of live and of stored audio each by themselves, and joins its
 * detections with its registration. Detections of a sensor that has not registered yet wait for it:
 * the two topics are read at paces of their own.
 */
final class DetectionFunction
    extends KeyedCoProcessFunction<String, ScoredWindow, SensorRegistration, PlacedDetection> {

  private static final Logger LOG = LoggerFactory.getLogger(DetectionFunction.class);
  private static final long serialVersionUID = 1L;
  private static final int MOST_WAITING = 1_000;

  private final String bundlePath;
  private final String topic;
  private final long silenceMillis;
  private final long forgetMillis;

  private transient AwakeSince awakeSince;
  private transient DetectionTracker tracker;
  private transient Followed live;
  private transient Followed stored;
  private transient ValueState<SensorRegistration> registration;
  private transient ListState<SoundDetection> waiting;
  private transient Wake wake;
  private transient Counter detected;
  private transient Counter unplaced;

  /** One lane of a sensor: where its windows stand, and when the last one came. */
  private record Followed(ValueState<TrackerState> state, ValueState<Long> lastAt) {}

  /**
   * @param topic that the windows come from
   */
  DetectionFunction(String bundlePath, String topic, Duration silenceFlush, Duration forgetAfter) {
    this.bundlePath = bundlePath;
    this.topic = topic;
    this.silenceMillis = silenceFlush.toMillis();
    // Later than the cutter forgets, so that it never continues a run that is unknown here.
    this.forgetMillis = silenceMillis + 2 * forgetAfter.toMillis();
  }

  @Override
  public void open(OpenContext context) {
    awakeSince = new AwakeSince();
    tracker = new DetectionTracker(ModelBundle.load(Path.of(bundlePath)));
    live = followed("tracker", "last-at");
    stored = followed("stored-tracker", "stored-last-at");
    registration =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "registration", TypeInformation.of(SensorRegistration.class)));
    wake = new Wake(getRuntimeContext());
    waiting =
        getRuntimeContext()
            .getListState(
                new ListStateDescriptor<>("waiting", TypeInformation.of(SoundDetection.class)));
    detected = getRuntimeContext().getMetricGroup().counter("detections");
    unplaced = getRuntimeContext().getMetricGroup().counter("detectionsOfUnknownSensors");
  }

  private Followed followed(String tracker, String at) {
    return new Followed(
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>(tracker, TypeInformation.of(TrackerState.class))),
        getRuntimeContext().getState(new ValueStateDescriptor<>(at, Types.LONG)));
  }

  @Override
  public void processElement1(ScoredWindow window, Context context, Collector<PlacedDetection> out)
      throws Exception {
    Followed lane = window.lane() == Lane.LIVE ? live : stored;
    keep(lane, tracker.accept(lane.state().value(), window), window.trace(), out);
    long now = context.timerService().currentProcessingTime();
    long unused = awakeSince.millis(now);
    wake.noLaterThan(now + silenceMillis, context.timerService());
    lane.lastAt().update(now);
  }

  @Override
  public void processElement2(
      SensorRegistration sensor, Context context, Collector<PlacedDetection> out) throws Exception {
    if (sensor.withdrawn()) {
      registration.clear();
      return;
    }
    registration.update(sensor);
    for (SoundDetection detection : waiting.get()) {
      out.collect(new PlacedDetection(detection, sensor, topic, null));
    }
    waiting.clear();
  }

  @Override
  public void onTimer(long at, OnTimerContext context, Collector<PlacedDetection> out)
      throws Exception {
    if (wake.rings(at)) {
      long now = context.timerService().currentProcessingTime();
      look(live, now, context, out);
      look(stored, now, context, out);
    }
  }

  private void look(Followed lane, long now, OnTimerContext context, Collector<PlacedDetection> out)
      throws Exception {
    Long heard = lane.lastAt().value();
    TrackerState kept = lane.state().value();
    if (heard == null || kept == null) {
      return;
    }
    // After an outage timers are overdue, but the silence was ours: windows are yet to come.
    long last = Math.max(heard, awakeSince.millis(now));
    if (now < last + silenceMillis) {
      wake.noLaterThan(last + silenceMillis, context.timerService());
    } else if (now < last + forgetMillis) {
      // Where the windows stand is kept: the cutter may still continue the run.
      keep(lane, tracker.flush(kept), null, out);
      wake.noLaterThan(last + forgetMillis, context.timerService());
    } else {
      keep(lane, tracker.flush(kept), null, out);
      lane.state().clear();
      lane.lastAt().clear();
    }
  }

  private void keep(
      Followed lane,
      DetectionTracker.Step step,
      @Nullable String trace,
      Collector<PlacedDetection> out)
      throws Exception {
    lane.state().update(step.state());
    for (SoundDetection detection : step.detections()) {
      detected.inc();
      SensorRegistration sensor = registration.value();
      if (sensor != null) {
        out.collect(new PlacedDetection(detection, sensor, topic, trace));
      } else {
        hold(detection);
      }
    }
  }

  private void hold(SoundDetection detection) throws Exception {
    unplaced.inc();
    List<SoundDetection> held = new ArrayList<>();
    waiting.get().forEach(held::add);
    if (held.size() >= MOST_WAITING) {
      SoundDetection dropped = held.remove(0);
      LOG.warn(
          "event=detection-dropped sensor={} detection={} reason=\"{} detections wait for its"
              + " registration\"",
          dropped.sensorId(),
          dropped.detectionId(),
          MOST_WAITING);
    }
    held.add(detection);
    waiting.update(held);
  }
}
