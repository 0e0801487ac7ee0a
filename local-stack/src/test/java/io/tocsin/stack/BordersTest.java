package io.tocsin.stack;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a module knows and never knows: the design's table of modules. */
class BordersTest {

  /** What a module may be forbidden to know. */
  private enum Technology {
    FLINK("org.apache.flink.."),
    KAFKA("org.apache.kafka.."),
    ONNX("ai.onnxruntime.."),
    AVRO("org.apache.avro..", "io.tocsin.schema.avro.."),
    SQL(
        "java.sql..",
        "javax.sql..",
        "org.jdbi..",
        "org.postgresql..",
        "org.flywaydb..",
        "com.zaxxer.hikari..");

    final String[] packages;

    Technology(String... packages) {
      this.packages = packages;
    }
  }

  /**
   * A line of the table.
   *
   * @param name of its package below io.tocsin
   * @param below the modules that it may know
   */
  private record Module(String name, List<String> below, List<Technology> never) {

    static Module of(String name, String below, Technology... never) {
      return new Module(
          name, below.isEmpty() ? List.of() : List.of(below.split(" ")), List.of(never));
    }

    String itsPackages() {
      return packagesOf(name);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** From the ground up: a module knows only modules above its own line. */
  private static final List<Module> MODULES =
      List.of(
          Module.of("schema", "", Technology.FLINK, Technology.ONNX, Technology.SQL),
          Module.of("audio", "", Technology.values()),
          Module.of("scoring", "audio", Technology.KAFKA, Technology.FLINK),
          Module.of(
              "association",
              "",
              Technology.KAFKA,
              Technology.FLINK,
              Technology.AVRO,
              Technology.SQL),
          Module.of("edge", "schema audio scoring", Technology.FLINK, Technology.SQL),
          Module.of("jobs", "schema audio scoring association", Technology.SQL),
          Module.of("sink", "schema audio", Technology.FLINK, Technology.ONNX),
          Module.of("simulator", "schema audio edge", Technology.SQL, Technology.FLINK),
          Module.of("stack", "schema audio scoring association edge jobs sink simulator"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.tocsin");

  private static String packagesOf(String module) {
    return "io.tocsin." + module + "..";
  }

  static List<Module> modules() {
    return MODULES;
  }

  static List<Module> modulesThatNeverKnow() {
    return MODULES.stream().filter(m -> !m.never().isEmpty()).toList();
  }

  @Test
  void everyModuleHasItsLine() {
    Set<String> found =
        CLASSES.stream().map(c -> c.getPackageName().split("\\.")[2]).collect(Collectors.toSet());
    assertThat(MODULES).extracting(Module::name).containsExactlyInAnyOrderElementsOf(found);
  }

  @Test
  void aLineAllowsOnlyModulesAboveIt() {
    for (int i = 0; i < MODULES.size(); i++) {
      assertThat(MODULES.subList(0, i))
          .extracting(Module::name)
          .containsAll(MODULES.get(i).below());
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void dependenciesRunDownwardsOnly(Module module) {
    String[] allowed =
        Stream.concat(
                Stream.of(module.itsPackages()), module.below().stream().map(m -> packagesOf(m)))
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(module.itsPackages())
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackages("io.tocsin..").or(resideInAnyPackage(allowed)))
        .check(CLASSES);
  }

  @Test
  void modulesAreFreeOfCycles() {
    slices().matching("io.tocsin.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @ParameterizedTest
  @MethodSource("modulesThatNeverKnow")
  void aModuleNeverKnows(Module module) {
    String[] foreign =
        module.never().stream()
            .flatMap(technology -> Arrays.stream(technology.packages))
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(module.itsPackages())
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(foreign)
        .check(CLASSES);
  }

  /** A misspelt package would forbid nothing. */
  @ParameterizedTest
  @EnumSource(Technology.class)
  void whatIsForbiddenSomewhereExistsAndIsKnownElsewhere(Technology technology) {
    assertThat(technology.packages).allMatch(BordersTest::exists);
    assertThat(CLASSES.stream().flatMap(c -> c.getDirectDependenciesFromSelf().stream()))
        .anyMatch(d -> resideInAnyPackage(technology.packages).test(d.getTargetClass()));
  }

  private static boolean exists(String pattern) {
    String name = pattern.replace("..", "");
    return BordersTest.class.getClassLoader().getResource(name.replace('.', '/')) != null
        || ModuleLayer.boot().modules().stream().anyMatch(m -> m.getPackages().contains(name));
  }

  @ParameterizedTest
  @CsvSource({
    "io.tocsin.audio..,       .*",
    "io.tocsin.scoring..,     .*",
    "io.tocsin.association.., .*",
    // Avro lives in the classes that translate, named for it.
    "io.tocsin.jobs.distress, (?!.*(Mapping|Records)).*",
    "io.tocsin.jobs.scoring,  (?!.*(Mapping|Records)).*",
    "io.tocsin.jobs.settings, .*",
    "io.tocsin.edge,          .*\\.(Framer|PcmStream).*",
    "io.tocsin.simulator,     (?!.*ScenePlayer).*",
  })
  void domainCodeHasNoAvro(String itsPackage, String names) {
    noClasses()
        .that()
        .resideInAPackage(itsPackage)
        .and()
        .haveNameMatching(names)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(Technology.AVRO.packages)
        .check(CLASSES);
  }
}
