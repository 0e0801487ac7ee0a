package io.tocsin.stack.simulate;

import io.tocsin.jobs.distress.TracedAlert;
import io.tocsin.jobs.distress.TracedEvent;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps the time at which something was said; and lets the picks come once the first watermark is
 * here, for that has overtaken no sensor and no pattern on its way.
 */
final class SayingOperator<T> extends AbstractStreamOperator<Said>
    implements OneInputStreamOperator<T, Said> {

  private static final long serialVersionUID = 1L;

  private final long feed;

  SayingOperator(PickFeed feed) {
    this.feed = feed.number();
  }

  @Override
  public void processElement(StreamRecord<T> said) {
    long at = said.hasTimestamp() ? said.getTimestamp() : Long.MIN_VALUE;
    T word = said.getValue();
    output.collect(
        new StreamRecord<>(
            word instanceof TracedAlert alert
                ? new Said(alert.alert(), null, at)
                : new Said(null, ((TracedEvent) word).event(), at)));
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (mark.getTimestamp() >= ArrivalWatermarks.BEFORE_ALL_PICKS.getTimestamp()) {
      PickFeed.of(feed).fieldRead().complete(null);
    }
    super.processWatermark(mark);
  }
}
