package io.tocsin.jobs.scoring;

/** Operator ids of ScoringJob: savepoints find their state by them, so they never change. */
final class ScoringUids {

  static final String FRAMES = "frames";
  static final String FRAMES_SPLIT = "frames-split";
  static final String SENSORS = "sensors";
  static final String SENSORS_SPLIT = "sensors-split";
  static final String CUT = "cut-windows";
  static final String SCORE = "score-windows";
  static final String DETECT = "detect";
  static final String DETECTIONS = "detections";
  static final String EMBEDDINGS = "embeddings";
  static final String EMBEDDINGS_SPLIT = "embeddings-split";
  static final String EMBEDDINGS_ORDER = "order-embeddings";
  static final String EMBEDDINGS_SCORE = "score-embeddings";
  static final String EMBEDDINGS_DETECT = "detect-in-embeddings";
  static final String SHADOW_SCORE = "shadow-score-windows";
  static final String SHADOW_DETECT = "shadow-detect";
  static final String SHADOW_DETECTIONS = "shadow-detections";
  static final String AGREEMENT = "shadow-agreement";
  static final String DEAD_LETTERS = "dead-letters";

  private ScoringUids() {}
}
