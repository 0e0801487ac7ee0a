package io.tocsin.stack.doctor;

import io.tocsin.stack.StackPorts;
import io.tocsin.stack.doctor.Finding.State;
import io.tocsin.stack.postgres.AptInstallation;
import io.tocsin.stack.postgres.PostgresInstallation;
import io.tocsin.stack.process.TcpPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks for what the demo, a running stack, sensors and the tests need on a machine. */
public final class Doctor {

  private static final int JAVA_VERSION = 17;
  private static final long MEBIBYTE = 1L << 20;
  private static final long MEMORY_MEBIBYTES = 4_000;
  private static final long DISK_MEBIBYTES = 3_000;

  private Doctor() {}

  /** One finding for each thing, in the order in which a newcomer needs them. */
  public static List<Finding> examine(Machine machine, StackPorts ports) {
    List<Finding> findings = new ArrayList<>();
    findings.add(java(machine));
    findings.add(postgis(machine));
    if (machine.rootUser()) {
      findings.add(databaseAccount(machine));
    }
    findings.add(bundle(machine));
    findings.add(audio(machine));
    findings.add(memory(machine));
    findings.add(disk(machine));
    findings.addAll(ports(machine, ports));
    findings.add(docker(machine));
    findings.addAll(OptionalPrograms.examine(machine.root()));
    return findings;
  }

  private static Finding java(Machine machine) {
    boolean enough = machine.javaVersion() >= JAVA_VERSION;
    return new Finding(
        "JDK 17 or newer",
        enough ? State.OK : State.MISSING,
        enough
            ? "Java " + machine.javaVersion()
            : "Java %d runs; get a newer one with: sudo apt-get install openjdk-17-jdk-headless"
                .formatted(machine.javaVersion()));
  }

  private static Finding postgis(Machine machine) {
    List<PostgresInstallation> there = PostgresInstallation.all(machine.root());
    if (!there.isEmpty()) {
      PostgresInstallation newest = there.get(0);
      return new Finding(
          "PostgreSQL with PostGIS",
          State.OK,
          "PostgreSQL " + newest.majorVersion() + " in " + newest.programs());
    }
    boolean installs =
        machine.rootUser() && Files.isExecutable(machine.root().resolve("usr/bin/apt-get"));
    return new Finding(
        "PostgreSQL with PostGIS",
        State.MISSING,
        "get it with: "
            + (installs
                ? AptInstallation.COMMAND + " (up and demo do that by themselves as root)"
                : "sudo " + AptInstallation.COMMAND));
  }

  private static Finding databaseAccount(Machine machine) {
    String thing = "account for PostgreSQL";
    Path accounts = machine.root().resolve("etc/passwd");
    try {
      for (String name : List.of("postgres", "nobody")) {
        if (Files.isReadable(accounts)
            && Files.readAllLines(accounts).stream().anyMatch(l -> l.startsWith(name + ":"))) {
          return new Finding(thing, State.OK, name + " (PostgreSQL does not run as root)");
        }
      }
    } catch (IOException e) {
      return new Finding(thing, State.MISSING, accounts + " cannot be read: " + e.getMessage());
    }
    return new Finding(
        thing,
        State.MISSING,
        "PostgreSQL does not run as root; make one with: useradd --system postgres");
  }

  private static Finding bundle(Machine machine) {
    String given = machine.environment().get("TOCSIN_BUNDLE");
    if (given == null || given.isBlank()) {
      return new Finding("model bundle", State.OK, "the project's own; TOCSIN_BUNDLE is not set");
    }
    return existing("model bundle", given, "TOCSIN_BUNDLE");
  }

  private static Finding audio(Machine machine) {
    String given = machine.environment().get("TOCSIN_AUDIO");
    if (given == null || given.isBlank()) {
      boolean apt = Files.isExecutable(machine.root().resolve("usr/bin/apt-get"));
      return new Finding(
          "recordings",
          apt ? State.OPTIONAL : State.MISSING,
          apt
              ? "TOCSIN_AUDIO is not set; the demo fetches Debian's package ufoai-sound"
              : "give a folder of recordings with --audio=DIR or in TOCSIN_AUDIO");
    }
    return existing("recordings", given, "TOCSIN_AUDIO");
  }

  private static Finding existing(String thing, String given, String variable) {
    boolean there = Files.exists(Path.of(given));
    return new Finding(
        thing,
        there ? State.OK : State.MISSING,
        there ? given : variable + " is " + given + ", which is not there; correct it");
  }

  private static Finding memory(Machine machine) {
    Long available = availableMebibytes(machine.root().resolve("proc/meminfo"));
    if (available == null) {
      return new Finding("memory", State.OPTIONAL, "this system does not tell");
    }
    boolean enough = available >= MEMORY_MEBIBYTES;
    return new Finding(
        "memory",
        enough ? State.OK : State.MISSING,
        "%d MiB available of %d needed%s"
            .formatted(available, MEMORY_MEBIBYTES, enough ? "" : "; end other programs"));
  }

  private static @Nullable Long availableMebibytes(Path meminfo) {
    if (!Files.isReadable(meminfo)) {
      return null;
    }
    try {
      for (String line : Files.readAllLines(meminfo)) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        }
      }
    } catch (IOException e) {
      return null;
    }
    return null;
  }

  private static Finding disk(Machine machine) {
    long free = machine.freeDiskBytes() / MEBIBYTE;
    boolean enough = free >= DISK_MEBIBYTES;
    return new Finding(
        "disk",
        enough ? State.OK : State.MISSING,
        "%d MiB free in %s of %d needed%s"
            .formatted(
                free, machine.home(), DISK_MEBIBYTES, enough ? "" : "; make room, or move there"));
  }

  /** A taken port hinders nothing but `up` without options: the demo takes the next. */
  private static List<Finding> ports(Machine machine, StackPorts ports) {
    Map<String, Integer> wanted =
        new TreeMap<>(
            Map.of(
                "kafka", ports.kafka(),
                "registry", ports.registry(),
                "flink", ports.flink(),
                "postgres", ports.postgres()));
    List<Finding> findings = new ArrayList<>();
    wanted.forEach(
        (server, port) -> {
          boolean free = machine.portIsFree().test(port);
          String holder =
              TcpPorts.holder(machine.root().resolve("proc"), port).map(h -> " by " + h).orElse("");
          findings.add(
              new Finding(
                  "port for " + server,
                  free ? State.OK : State.OPTIONAL,
                  free
                      ? port + " is free"
                      : "%d is taken%s; up needs --%s-port=N or --free-ports, the demo takes the next"
                          .formatted(port, holder, server)));
        });
    return findings;
  }

  private static Finding docker(Machine machine) {
    boolean there = Files.isExecutable(machine.root().resolve("usr/bin/docker"));
    return new Finding(
        "Docker",
        there ? State.OK : State.OPTIONAL,
        there ? "usr/bin/docker" : "not there; needed for docker compose alone");
  }
}
