package io.tocsin.stack.classifier;

import io.tocsin.scoring.bundle.BundleAssembly;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.stack.cli.StackOptions;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Bundles to be compared. */
final class BundlesOption {

  private static final String VARIABLE = "TOCSIN_BUNDLE";

  @Option(
      names = "--bundle",
      paramLabel = "DIR",
      split = ",",
      defaultValue = "${env:" + VARIABLE + "}",
      description =
          "Model bundles, separated by commas: folders with bundle.yaml, or a YAMNet backbone (an"
              + " ONNX file or a folder with one) that is made into a bundle with the project's head."
              + " Default: "
              + VARIABLE
              + ", or else the project's own.")
  private List<Path> given = List.of();

  /**
   * The bundles, verified.
   *
   * @throws io.tocsin.scoring.bundle.BundleException if what is given is none
   */
  List<ModelBundle> load() {
    Path home = StackOptions.home();
    List<Path> asked = given.isEmpty() ? List.of(BundleAssembly.shipped(home)) : given;
    return asked.stream()
        .map(
            path ->
                ModelBundle.load(
                    BundleAssembly.resolve(
                            path.toAbsolutePath().normalize(),
                            home.resolve("models/yamnet-head"),
                            home.resolve(".tocsin/cache"))
                        .toAbsolutePath()))
        .toList();
  }
}
