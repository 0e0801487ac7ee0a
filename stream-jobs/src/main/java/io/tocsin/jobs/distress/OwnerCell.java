package io.tocsin.jobs.distress;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The header that says which cell said an alert: its job reads it back, and asks that cell alone.
 */
final class OwnerCell {

  /** The header's name. Its value is the cell's H3 index as H3 writes it: in hexadecimal digits. */
  static final String HEADER = "tocsin-cell";

  /** What no header says, nor one that is malformed; H3's own number for no cell. */
  static final long NONE = 0;

  private OwnerCell() {}

  /** Adds it to what a record bears. */
  static void addTo(Headers headers, long cell) {
    headers.add(HEADER, Long.toHexString(cell).getBytes(US_ASCII));
  }

  /** What a record's header says; {@link #NONE} where it says nothing. Not proven to be a cell. */
  static long of(Headers headers) {
    Header header = headers.lastHeader(HEADER);
    if (header == null || header.value() == null) {
      return NONE;
    }
    try {
      return Long.parseUnsignedLong(new String(header.value(), US_ASCII), 16);
    } catch (NumberFormatException e) {
      return NONE;
    }
  }
}
