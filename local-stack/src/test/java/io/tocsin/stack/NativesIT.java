package io.tocsin.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What the distribution carries for boards with arm64, by the content of its files. */
class NativesIT {

  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
  private static final int MACHINE_AT = 18;
  private static final int HEADER = 20;

  /** e_machine of the ELF specification. */
  private static final int X86_64 = 0x3e;

  private static final int AARCH64 = 0xb7;

  /** Native libraries of one name in one jar, and the machines that they are for. */
  private record Library(String jar, String name) implements Comparable<Library> {
    @Override
    public int compareTo(Library other) {
      int byJar = jar.compareTo(other.jar);
      return byJar != 0 ? byJar : name.compareTo(other.name);
    }
  }

  @Test
  void everyNativeLibraryForLinuxIsThereForArm64Too() throws Exception {
    Map<Library, Set<Integer>> machines = new TreeMap<>();
    for (Path jar : jars()) {
      for (Map.Entry<String, Integer> native_ : elfFiles(jar).entrySet()) {
        String file = native_.getKey().substring(native_.getKey().lastIndexOf('/') + 1);
        // Some name the machine in the file's name instead of the folder's.
        String name = file.replaceAll("[-_]?(x86_64|x64|amd64|aarch_?64|arm64|linux\\d*)", "");
        machines
            .computeIfAbsent(new Library(jar.getFileName().toString(), name), l -> new TreeSet<>())
            .add(native_.getValue());
      }
    }
    assertThat(machines.keySet())
        .extracting(Library::jar)
        .anyMatch(jar -> jar.startsWith("onnxruntime"))
        .anyMatch(jar -> jar.startsWith("zstd-jni"))
        .anyMatch(jar -> jar.startsWith("lz4-java"))
        .anyMatch(jar -> jar.startsWith("snappy-java"));
    List<Library> missing = new ArrayList<>();
    machines.forEach(
        (library, of) -> {
          if (of.contains(X86_64) && !of.contains(AARCH64)) {
            missing.add(library);
          }
        });
    assertThat(missing).as("libraries without one for arm64").isEmpty();
  }

  private static List<Path> jars() throws IOException {
    try (var files = Files.list(Distribution.locate().lib())) {
      return files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
    }
  }

  /** Machine of each ELF file of a jar, by its path there. */
  private static Map<String, Integer> elfFiles(Path jar) throws IOException {
    Map<String, Integer> found = new TreeMap<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (entry.isDirectory() || entry.getSize() < HEADER) {
          continue;
        }
        if (entry.getName().endsWith(".class")) {
          continue;
        }
        try (InputStream in = zip.getInputStream(entry)) {
          byte[] head = in.readNBytes(HEADER);
          if (head.length == HEADER && Arrays.equals(Arrays.copyOf(head, ELF.length), ELF)) {
            found.put(
                entry.getName(),
                ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getShort(MACHINE_AT) & 0xffff);
          }
        }
      }
    }
    return found;
  }
}
