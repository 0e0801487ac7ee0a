package io.tocsin.stack.cluster;

import io.tocsin.stack.StackException;
import io.tocsin.stack.process.Child;
import io.tocsin.stack.process.ShortCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process of the cluster that can be taken away, without a word to anybody, and given back. */
public final class Member {

  private static final Duration LEASH_SPEAKS = Duration.ofSeconds(10);
  private static final double KIBIBYTES = 1_024;

  private final String name;
  private final Starter starter;
  private @Nullable Child child;
  private boolean wanted;
  private int starts;

  /** Starts the process; the next start is told how many there were before. */
  interface Starter {
    Child start(int startsBefore) throws InterruptedException;
  }

  Member(String name, Starter starter) {
    this.name = name;
    this.starter = starter;
  }

  /** What the process is called. */
  public String name() {
    return name;
  }

  /** Starts the process; it should run from now on. */
  public synchronized void start() throws InterruptedException {
    child = starter.start(starts);
    starts++;
    wanted = true;
  }

  /** Ends the process by KILL and waits for its end. */
  public synchronized void kill() throws InterruptedException {
    wanted = false;
    signal("KILL");
    running().await();
  }

  /** Stops the process where it is; its connections stay open. */
  public void freeze() throws InterruptedException {
    signal("STOP");
  }

  /** Lets a frozen process go on. */
  public void thaw() throws InterruptedException {
    signal("CONT");
  }

  /** Processor time that the running process has used so far, in user and system. */
  public Duration processorTime() throws InterruptedException {
    return ProcessHandle.of(pid("its processor time was read"))
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow(() -> new StackException("the processor time of " + name + " is not known"));
  }

  /**
   * Memory that the running process and its descendants have for themselves, in mebibytes: pages
   * that several share count in parts (proc(5), Pss).
   */
  public double memoryMebibytes() throws InterruptedException {
    ProcessHandle process =
        ProcessHandle.of(pid("its memory was read"))
            .orElseThrow(() -> new StackException("the memory of " + name + " is not known"));
    return Stream.concat(Stream.of(process), process.descendants())
        .mapToDouble(Member::mebibytes)
        .sum();
  }

  /** 0 for a process that ended meanwhile. */
  private static double mebibytes(ProcessHandle process) {
    try {
      return Files.readAllLines(Path.of("/proc/" + process.pid() + "/smaps_rollup")).stream()
          .filter(line -> line.startsWith("Pss:"))
          .mapToDouble(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / KIBIBYTES)
          .sum();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Whether the process runs. */
  public synchronized boolean isAlive() {
    return child != null && child.isAlive();
  }

  /** Whether the process ended, with exit code 0. */
  public synchronized boolean endedWell() {
    return child != null && !child.isAlive() && child.exitCode() == 0;
  }

  /**
   * Starts the process again if it ended by itself.
   *
   * @return whether it had
   */
  synchronized boolean startIfEnded() throws InterruptedException {
    boolean ended = wanted && !isAlive();
    if (ended) {
      start();
    }
    return ended;
  }

  /** How often it was started. */
  public synchronized int starts() {
    return starts;
  }

  /** The process that was started last. */
  synchronized Child running() {
    if (child == null) {
      throw new StackException(name + " was never started");
    }
    return child;
  }

  private synchronized void signal(String signal) throws InterruptedException {
    ShortCommand.run(List.of("kill", "-" + signal, Long.toString(pid(signal))));
  }

  private synchronized long pid(String before) throws InterruptedException {
    return running()
        .held(LEASH_SPEAKS)
        .orElseThrow(
            () ->
                new StackException(
                    name + " ended before " + before + ":\n" + running().lastLines()))
        .pid();
  }
}
