package io.tocsin.schema.access;

import org.apache.kafka.common.config.ConfigException;

/** Credentials cannot be used; the message names the file, what is wrong and the way out. */
public final class CredentialsException extends ConfigException {

  private static final long serialVersionUID = 1L;

  public CredentialsException(String message) {
    super(message);
  }
}
