package io.tocsin.scoring.bundle;

import org.jspecify.annotations.Nullable;

/** A model bundle that cannot be used; the message names the bundle, the value and the way out. */
public final class BundleException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public BundleException(String message) {
    super(message);
  }

  public BundleException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
