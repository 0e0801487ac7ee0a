package io.tocsin.scoring.bundle;

import java.nio.file.Path;

/**
 * Which windows a second bundle scores as well.
 *
 * @param bundle folder of the second bundle
 * @param low a window whose highest raw score of a label lies from here ...
 * @param high ... to here is in doubt, both included
 * @param sample share of all other windows that are scored as well, from 0 to 1: they tell how the
 *     two agree where the first is sure
 */
public record SecondOpinionSpec(Path bundle, double low, double high, double sample) {

  public SecondOpinionSpec {
    if (!(low >= 0 && low <= high && high <= 1)) {
      throw new BundleException(
          "secondOpinion.band is " + low + " to " + high + "; 0 <= low <= high <= 1 is wanted");
    }
    if (!(sample >= 0 && sample <= 1)) {
      throw new BundleException(
          "secondOpinion.sample is " + sample + "; a share from 0 to 1 is wanted");
    }
  }
}
