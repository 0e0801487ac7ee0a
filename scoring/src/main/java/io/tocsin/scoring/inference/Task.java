package io.tocsin.scoring.inference;

/** What a model is asked for; a batch holds requests of one task. */
enum Task {
  /** A window's waveform to its scores: backbone and head. */
  SCORE,
  /** A window's waveform to its embedding: the backbone alone. */
  EMBED,
  /** An embedding to its scores: the head alone. */
  SCORE_EMBEDDING
}
