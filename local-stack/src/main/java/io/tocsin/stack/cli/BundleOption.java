package io.tocsin.stack.cli;

import io.tocsin.scoring.bundle.BundleAssembly;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model bundle the scoring job uses. */
public final class BundleOption {

  /** The environment variable that stands for the option. */
  public static final String VARIABLE = "TOCSIN_BUNDLE";

  @Option(
      names = "--bundle",
      defaultValue = "${env:" + VARIABLE + "}",
      description =
          "Model bundle: a folder with bundle.yaml, or a YAMNet backbone (an ONNX file or a folder"
              + " with one) that is made into a bundle with the project's head. Default: "
              + VARIABLE
              + ", or else the project's own.")
  private @Nullable Path given;

  /**
   * The bundle's folder.
   *
   * @throws io.tocsin.scoring.bundle.BundleException if what is given is none
   */
  public Path resolve() {
    Path home = StackOptions.home();
    Path asked = given == null ? BundleAssembly.shipped(home) : given;
    return BundleAssembly.resolve(
            asked.toAbsolutePath().normalize(),
            home.resolve("models/yamnet-head"),
            home.resolve(".tocsin/cache"))
        .toAbsolutePath();
  }
}
