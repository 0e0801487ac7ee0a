package io.tocsin.schema.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {

  /** The example of the specification. */
  private static final String EXAMPLE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private static TraceParent example() {
    return TraceParent.parse(EXAMPLE);
  }

  @Test
  void theSpecificationsExampleIsReadAndWritten() {
    assertThat(example())
        .isEqualTo(
            new TraceParent(0x4bf92f3577b34da6L, 0xa3ce929d0e0e4736L, 0x00f067aa0ba902b7L, 1));
    assertThat(example()).hasToString(EXAMPLE);
    assertThat(example().toBytes()).isEqualTo(EXAMPLE.getBytes(US_ASCII));
    assertThat(example().traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
  }

  @Test
  void idsOfAnyBitsAreKept() {
    TraceParent all = new TraceParent(-1, -1, -1, 0xff);
    assertThat(TraceParent.parse(all.toBytes())).isEqualTo(all);
    TraceParent few = new TraceParent(0, 1, Long.MIN_VALUE, 0);
    assertThat(TraceParent.parse(few.toBytes())).isEqualTo(few);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-1-2-3",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0 ",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more"
      })
  void whatIsMalformedIsNone(String value) {
    assertThat(TraceParent.parse(value.getBytes(US_ASCII))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like"
      })
  void aLaterVersionIsReadAsFarAsItIsKnown(String value) {
    assertThat(TraceParent.parse(value.getBytes(US_ASCII))).isEqualTo(example());
  }

  @Test
  void ofSeveralHeadersTheLastOneCountsAndOfNoneNone() {
    RecordHeaders headers = new RecordHeaders();
    assertThat(TraceParent.of(headers)).isNull();
    headers.add(TraceParent.HEADER, null);
    assertThat(TraceParent.of(headers)).isNull();
    headers.add(TraceParent.HEADER, "00-1-2-3".getBytes(US_ASCII));
    assertThat(TraceParent.of(headers)).isNull();
    headers.add(TraceParent.HEADER, EXAMPLE.getBytes(US_ASCII));
    assertThat(TraceParent.of(headers)).isEqualTo(example());
  }

  @Test
  void aChildIsOfTheSameTraceAndHasAParentIdOfItsOwn() {
    TraceParent child = example().child("alert", 3);
    assertThat(child.traceId()).isEqualTo(example().traceId());
    assertThat(child.flags()).isEqualTo(example().flags());
    assertThat(child.parentId()).isNotEqualTo(example().parentId()).isNotZero();
    assertThat(TraceParent.parse(child.toBytes())).isEqualTo(child);
  }

  @Test
  void aChildsIdHangsOnItsRecordAndRevisionAlone() {
    TraceParent child = example().child("alert", 3);
    assertThat(example().child("alert", 3)).isEqualTo(child);
    assertThat(new TraceParent(7, 8, 9, 0).child("alert", 3).parentId())
        .isEqualTo(child.parentId());
    assertThat(example().child("alert", 4).parentId()).isNotEqualTo(child.parentId());
    assertThat(example().child("alerts", 3).parentId()).isNotEqualTo(child.parentId());
  }
}
