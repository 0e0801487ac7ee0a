package io.tocsin.edge.mode;

/** What becomes of audio in which people speak and nothing is heard of distress. */
public enum PrivacyPolicy {
  /** It leaves the device like any other. */
  NONE,
  /** It leaves as noise of the same level in each half second and octave. */
  BLUR,
  /** It stays; silence of the same length leaves in its place. */
  WITHHOLD
}
