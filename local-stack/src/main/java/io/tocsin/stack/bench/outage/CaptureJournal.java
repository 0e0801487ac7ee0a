package io.tocsin.stack.bench.outage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the source captured and what the producer accepted, a line each, written by the source
 * itself beside everything under test. A line is in the file before the next step is taken, so that
 * a kill -9 takes none.
 */
final class CaptureJournal implements AutoCloseable {

  private static final String SUFFIX = ".journal";

  private final FileChannel file;

  private CaptureJournal(FileChannel file) {
    this.file = file;
  }

  static CaptureJournal open(Path folder, String boot) throws IOException {
    Files.createDirectories(folder);
    return new CaptureJournal(
        FileChannel.open(
            folder.resolve(boot + SUFFIX),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.APPEND));
  }

  void captured(FrameNumber frame) throws IOException {
    write("captured", frame);
  }

  void accepted(FrameNumber frame) throws IOException {
    write("accepted", frame);
  }

  void refused(FrameNumber frame) throws IOException {
    write("refused", frame);
  }

  private void write(String what, FrameNumber frame) throws IOException {
    String line = what + " " + frame.sensor() + " " + frame.sequence() + "\n";
    file.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /**
   * All journals of a folder.
   *
   * @param refused captured, and by policy not accepted
   */
  record Summary(Set<FrameNumber> captured, Set<FrameNumber> accepted, Set<FrameNumber> refused) {

    static Summary of(Path folder) {
      Summary summary = new Summary(new HashSet<>(), new HashSet<>(), new HashSet<>());
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
          String name = file.getFileName().toString();
          String boot = name.substring(0, name.length() - SUFFIX.length());
          for (String line : wholeLines(file)) {
            String[] words = line.split(" ", -1);
            summary
                .of(words[0])
                .add(new FrameNumber(Integer.parseInt(words[1]), boot, Long.parseLong(words[2])));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(folder + " cannot be read", e);
      }
      return summary;
    }

    private Set<FrameNumber> of(String what) {
      return switch (what) {
        case "captured" -> captured;
        case "accepted" -> accepted;
        default -> refused;
      };
    }

    private static List<String> wholeLines(Path file) throws IOException {
      String text = Files.readString(file, StandardCharsets.US_ASCII);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }
  }
}
