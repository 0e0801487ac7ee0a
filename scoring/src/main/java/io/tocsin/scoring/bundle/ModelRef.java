package io.tocsin.scoring.bundle;

/**
 * Which model made a value.
 *
 * @param digest SHA-256 over the names and digests of bundle.yaml and of the files it lists,
 *     lower-case hexadecimal: other weights, thresholds or calibration make another model
 */
public record ModelRef(String id, String version, String digest) {

  @Override
  public String toString() {
    return id + "@" + version;
  }
}
