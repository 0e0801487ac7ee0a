package io.tocsin.stack;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a module never knows (the design's table of modules). */
class BordersTest {

  private static final String FLINK = "org.apache.flink..";
  private static final String KAFKA = "org.apache.kafka..";
  private static final String ONNX = "ai.onnxruntime..";
  private static final String AVRO = "org.apache.avro..";
  private static final String JDBC = "java.sql..";
  private static final String JDBI = "org.jdbi..";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.tocsin");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "io.tocsin.schema..      | " + FLINK + "," + ONNX + "," + JDBC + "," + JDBI,
        "io.tocsin.audio..       | " + FLINK + "," + KAFKA + "," + ONNX + "," + AVRO + "," + JDBC,
        "io.tocsin.scoring..     | " + FLINK + "," + KAFKA,
        "io.tocsin.association.. | " + FLINK + "," + KAFKA + "," + AVRO + "," + JDBC + "," + JDBI,
        "io.tocsin.edge..        | " + FLINK + "," + JDBC + "," + JDBI,
        "io.tocsin.jobs..        | " + JDBC + "," + JDBI,
        "io.tocsin.sink..        | " + FLINK + "," + ONNX,
        "io.tocsin.simulator..   | " + FLINK + "," + JDBC + "," + JDBI,
      })
  void aModuleNeverKnows(String module, String foreign) {
    noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(foreign.split(","))
        .check(CLASSES);
  }

  @ParameterizedTest
  @CsvSource({
    "io.tocsin.schema..", "io.tocsin.scoring..", "io.tocsin.association..", "io.tocsin.edge..",
    "io.tocsin.jobs..", "io.tocsin.sink..", "io.tocsin.simulator..", "io.tocsin.audio.."
  })
  void nobodyKnowsTheCompositionRoot(String module) {
    noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.tocsin.stack..")
        .check(CLASSES);
  }
}
