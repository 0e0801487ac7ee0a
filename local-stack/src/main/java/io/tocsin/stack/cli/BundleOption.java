package io.tocsin.stack.cli;

import io.tocsin.scoring.bundle.BundleAssembly;
import io.tocsin.stack.MissingPrerequisiteException;
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
              + ".")
  private @Nullable Path given;

  /**
   * The bundle's folder.
   *
   * @throws MissingPrerequisiteException if none is given
   * @throws io.tocsin.scoring.bundle.BundleException if what is given is none
   */
  public Path resolve() {
    if (given == null) {
      throw new MissingPrerequisiteException(
          "no model bundle is given; give one with --bundle=PATH or in " + VARIABLE);
    }
    Path home = StackOptions.home();
    return BundleAssembly.resolve(
            given.toAbsolutePath().normalize(),
            home.resolve("models/yamnet-head"),
            home.resolve(".tocsin/cache"))
        .toAbsolutePath();
  }
}
