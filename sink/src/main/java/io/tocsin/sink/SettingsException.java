package io.tocsin.sink;

/** Settings that cannot be used; the message names the key, the value and the way out. */
public final class SettingsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With the key, the value and the way out. */
  public SettingsException(String message) {
    super(message);
  }

  /** With what led to it. */
  public SettingsException(String message, Throwable cause) {
    super(message, cause);
  }
}
