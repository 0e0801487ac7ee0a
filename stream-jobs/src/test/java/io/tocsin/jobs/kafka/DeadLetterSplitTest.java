package io.tocsin.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.apache.flink.types.Either;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // A harness's close() may throw anything.
class DeadLetterSplitTest {

  @Test
  void lettersGoAsideAndRecordsGoOn() throws Exception {
    DeadLetter letter =
        new DeadLetter(
            "topic", 0, 7, null, null, new String[0], new byte[0][], "part", "CHECK", "E", "why");
    try (var operator =
        ProcessFunctionTestHarnesses.forProcessFunction(new DeadLetterSplit<String>())) {
      operator.processElement(Either.Right("good"), 0);
      operator.processElement(Either.Left(letter), 0);
      operator.processElement(Either.Right("better"), 0);
      assertThat(operator.extractOutputValues()).containsExactly("good", "better");
      assertThat(operator.getSideOutput(DeadLetterSplit.LETTERS))
          .extracting(r -> r.getValue().offset(), r -> r.getValue().reason())
          .containsExactly(tuple(7L, "why"));
    }
  }
}
