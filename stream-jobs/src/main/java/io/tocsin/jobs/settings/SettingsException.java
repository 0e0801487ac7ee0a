package io.tocsin.jobs.settings;

/** Settings that cannot be used; the message names the key, the value and the way out. */
public final class SettingsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SettingsException(String message) {
    super(message);
  }

  SettingsException(String message, Throwable cause) {
    super(message, cause);
  }
}
