package io.tocsin.jobs.kafka;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Either;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Lets domain records through and puts dead letters on their side output. */
public final class DeadLetterSplit<D> extends ProcessFunction<Either<DeadLetter, D>, D> {

  private static final long serialVersionUID = 1L;

  /** The side output. */
  public static final OutputTag<DeadLetter> LETTERS =
      new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class));

  @Override
  public void processElement(Either<DeadLetter, D> record, Context context, Collector<D> out) {
    if (record.isRight()) {
      out.collect(record.right());
    } else {
      context.output(LETTERS, record.left());
    }
  }
}
