package io.tocsin.scoring.cli;

import io.tocsin.scoring.bundle.BundleAssembly;
import io.tocsin.scoring.bundle.BundleException;
import io.tocsin.scoring.bundle.ModelBundle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names a bundle. */
final class BundleArgument {

  @Option(
      names = "--bundle",
      paramLabel = "DIR",
      defaultValue = "${env:TOCSIN_BUNDLE}",
      description =
          "Model bundle: a folder with bundle.yaml, or a YAMNet backbone that is made into one with"
              + " the project's head. Default: TOCSIN_BUNDLE, or else the project's own.")
  private @Nullable Path given;

  /**
   * The bundle, made of a backbone where that is what is given.
   *
   * @throws BundleException if it cannot be used
   */
  ModelBundle load() {
    Path home = Path.of(System.getProperty("tocsin.home", ""));
    return ModelBundle.load(
        BundleAssembly.resolve(
            given == null ? BundleAssembly.shipped(home) : given,
            home.resolve("models/yamnet-head"),
            home.resolve(".tocsin/cache")));
  }
}
