package io.tocsin.edge.source;

/** What dates a source's samples. */
public enum ClockKind {
  /** The system's clock at capture: what waits in the card's buffer is subtracted. */
  SYSTEM_AT_CAPTURE,
  /** The system's clock on arrival, less a stated delay of the way: the least that is known. */
  SYSTEM_ON_ARRIVAL,
  /** The sender's clock, as an RTSP server's RTCP sender reports tell it. */
  SENDER,
  /** A stated start and the number of samples since. */
  SAMPLE_COUNT,
  /** The device's clock, as its message tells it. */
  DEVICE,
  /** A recorder's clock, as it stands in the file's name. */
  FILE_NAME,
  /** A recorder's clock, as it stands in the file. */
  FILE_METADATA,
  /** When the file was last written to, less its length. */
  FILE_MODIFIED
}
