package io.tocsin.sink.evidence;

/** Why a clip was deleted. */
enum DeletedReason {
  /** Its time was over. */
  RETENTION,
  /** The alert was taken back. */
  RETRACTED,
  /** Somebody asked for it. */
  ERASED,
  /** A later revision of the alert rests on other sensors. */
  NOT_CONTRIBUTING
}
