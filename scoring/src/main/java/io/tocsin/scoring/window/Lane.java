package io.tocsin.scoring.window;

/** Which of a sensor's two streams a window was cut from. */
public enum Lane {
  /** Audio that came as it was captured. */
  LIVE,
  /** Audio that the sensor had stored and sent behind the live one. */
  STORED
}
