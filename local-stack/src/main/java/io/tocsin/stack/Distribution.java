package io.tocsin.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * What the build leaves to be run: {@code lib/} with every jar and {@code registry/} with the
 * schema registry's server.
 *
 * @param folder {@code local-stack/target/dist} in a checkout
 */
public record Distribution(Path folder) {

  private static final Properties BUILD = build();

  /**
   * The distribution that this very class was loaded from, or the one beside it in a checkout.
   *
   * @throws StackException if there is none
   */
  public static Distribution locate() {
    Path source;
    try {
      source =
          Path.of(Distribution.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new StackException("the folder of the running program cannot be told", e);
    }
    // Either target/dist/lib/tocsin-local-stack.jar or target/classes.
    Path folder = source.resolve(Files.isDirectory(source) ? "../dist" : "../..");
    Distribution found = new Distribution(folder.normalize());
    if (!Files.isDirectory(found.lib()) || !Files.isDirectory(found.registry())) {
      throw new StackException(
          "no built distribution in "
              + found.folder()
              + "; build one with ./mvnw -DskipTests package");
    }
    return found;
  }

  /** Version of this build. */
  public static String version() {
    return BUILD.getProperty("version", "");
  }

  /** Every jar of Tocsin and of what it uses, Kafka's and Flink's servers included. */
  public Path lib() {
    return folder.resolve("lib");
  }

  /** The schema registry's server. */
  public Path registry() {
    return folder.resolve("registry");
  }

  /** Class path of everything in {@link #lib}. */
  public String classPath() {
    return lib() + "/*";
  }

  /** The java program of the running JDK. */
  public String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** The packages of the JDK that Flink reaches into. */
  public List<String> opens() {
    return List.of(BUILD.getProperty("jvm.opens", "").split(" ", -1));
  }

  private static Properties build() {
    Properties properties = new Properties();
    try (InputStream in = Distribution.class.getResourceAsStream("build.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }
}
