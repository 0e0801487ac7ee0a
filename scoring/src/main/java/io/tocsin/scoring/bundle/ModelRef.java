package io.tocsin.scoring.bundle;

/**
 * Which model made a value.
 *
 * @param digest SHA-256 over the bundle's file names and digests, lower-case hexadecimal
 */
public record ModelRef(String id, String version, String digest) {

  @Override
  public String toString() {
    return id + "@" + version;
  }
}
