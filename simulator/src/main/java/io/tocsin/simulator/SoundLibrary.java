package io.tocsin.simulator;

import io.tocsin.audio.AudioClip;
import io.tocsin.audio.AudioFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Recordings by what they are good for in a scene. A folder with index.csv (columns file, label
 * and, where known, sha256) is read by its labels, any other by the names of its files.
 */
public final class SoundLibrary {

  /** What a recording can play. */
  public enum Role {
    GLASS,
    CRY,
    DOG,
    SIREN,
    SPEECH,
    BACKGROUND
  }

  /**
   * A recording.
   *
   * @param label as the source calls it
   * @param known whether the model was trained on it
   */
  public record Recording(Path file, String label, Role role, boolean known) {}

  private static final Map<String, Role> ROLE_OF_LABEL = roles();

  /** Names of files in Debian's ufoai-sound and asterisk-core-sounds-en-wav. */
  private static final Map<Pattern, Role> ROLE_OF_NAME =
      Map.of(
          Pattern.compile("breakglass.*"),
          Role.GLASS,
          Pattern.compile("(civ)?(fe)?(fem|male)(death|scream|hurt).*"),
          Role.CRY,
          Pattern.compile("(vm-|conf-|queue-|dir-|agent-|privacy-|auth-).*"),
          Role.SPEECH,
          Pattern.compile("(wind|rain|ambience|desert|forest).*"),
          Role.BACKGROUND);

  /** Voices of game creatures go by the same labels as people's. */
  private static final Pattern CREATURE = Pattern.compile(".*(skelebot|gargoyle).*");

  private final Map<Role, List<Recording>> byRole = new EnumMap<>(Role.class);
  private final List<String> sources = new ArrayList<>();

  private static Map<String, Role> roles() {
    Map<String, Role> roles = new HashMap<>();
    roles.put("glass_breaking", Role.GLASS);
    roles.put("glass_shatter", Role.GLASS);
    roles.put("vocal_distress", Role.CRY);
    roles.put("shout_scream", Role.CRY);
    roles.put("dog", Role.DOG);
    roles.put("siren", Role.SIREN);
    roles.put("siren_alarm", Role.SIREN);
    for (String speech : List.of("speech", "laughing", "coughing", "clapping", "footsteps")) {
      roles.put(speech, Role.SPEECH);
    }
    for (String bed : List.of("rain", "wind", "sea_waves", "crickets", "insects", "train")) {
      roles.put(bed, Role.BACKGROUND);
    }
    return roles;
  }

  /**
   * Reads folders.
   *
   * @param trainedOn digests (SHA-256) of recordings that the model was trained on
   * @throws IOException if a folder or its index cannot be read
   */
  public SoundLibrary(List<Path> folders, Set<String> trainedOn) throws IOException {
    for (Path folder : folders) {
      Path index = folder.resolve("index.csv");
      if (Files.isRegularFile(index)) {
        readIndex(folder, index, trainedOn);
      } else {
        readNames(folder, trainedOn);
      }
      sources.add(folder.toString());
    }
  }

  private void readIndex(Path folder, Path index, Set<String> trainedOn) throws IOException {
    List<String> lines = Files.readAllLines(index);
    List<String> columns = lines.isEmpty() ? List.of() : Csv.fields(lines.get(0));
    int file = column(columns, "file", index);
    int label = column(columns, "label", index);
    int digest = columns.indexOf("sha256");
    Set<Path> seen = new HashSet<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> fields = Csv.fields(line);
      Role role = ROLE_OF_LABEL.get(fields.get(label));
      Path path = folder.resolve(fields.get(file));
      if (role != null && isPersonOrThing(path) && seen.add(path)) {
        boolean known = digest >= 0 && trainedOn.contains(fields.get(digest));
        add(new Recording(path, fields.get(label), role, known));
      }
    }
  }

  private static boolean isPersonOrThing(Path file) {
    return !CREATURE.matcher(file.getFileName().toString().toLowerCase(Locale.ROOT)).matches();
  }

  private static int column(List<String> columns, String name, Path index) {
    int at = columns.indexOf(name);
    if (at < 0) {
      throw new IllegalArgumentException(index + " has no column '" + name + "': " + columns);
    }
    return at;
  }

  private void readNames(Path folder, Set<String> trainedOn) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).filter(AudioFiles::isAudio).sorted().toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      for (Map.Entry<Pattern, Role> rule : ROLE_OF_NAME.entrySet()) {
        if (rule.getKey().matcher(name).matches() && isPersonOrThing(file)) {
          String label = rule.getValue().name().toLowerCase(Locale.ROOT);
          add(new Recording(file, label, rule.getValue(), trainedOn.contains(sha256(file))));
        }
      }
    }
  }

  private void add(Recording recording) {
    byRole.computeIfAbsent(recording.role(), r -> new ArrayList<>()).add(recording);
  }

  /**
   * Recordings for a role: those that the model does not know, where there are any.
   *
   * @return possibly empty
   */
  public List<Recording> recordings(Role role) {
    List<Recording> all = byRole.getOrDefault(role, List.of());
    List<Recording> unknown = all.stream().filter(r -> !r.known()).toList();
    return unknown.isEmpty() ? all : unknown;
  }

  /** A line for people: how many recordings of each role, how many of them new to the model. */
  public String summary() {
    StringBuilder text = new StringBuilder();
    byRole.forEach(
        (role, list) ->
            text.append(text.length() == 0 ? "" : ", ")
                .append(role.name().toLowerCase(Locale.ROOT))
                .append(' ')
                .append(recordings(role).size()));
    return (text.length() == 0 ? "no" : text) + " recordings from " + String.join(", ", sources);
  }

  /** The sounding part of a recording at {@code sampleRateHertz}, its peak at 1. */
  static float[] activePart(Recording recording, int sampleRateHertz) throws IOException {
    AudioClip clip = AudioFiles.read(recording.file(), sampleRateHertz);
    return Activity.trimmed(clip.samples(), sampleRateHertz);
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
