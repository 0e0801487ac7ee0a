package io.tocsin.edge.spool;

/** Why a record is gone without having been acknowledged. */
public enum Loss {
  /** The oldest segment made room for new records. */
  SIZE,
  /** Older than the spool keeps records. */
  AGE,
  /** There was no room for it and the oldest were to be kept. */
  REJECTED,
  /** What lay on the disk was not what was written; one stretch of bytes counts as one. */
  CORRUPT
}
