package io.tocsin.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.sf.geographiclib.Geodesic;
import net.sf.geographiclib.GeodesicData;

/**
 * Lays out a scene: sensors, true pairs (a glass, then a cry one to six seconds later a few metres
 * away) and decoys that must not alert: either alone, both but a kilometre apart, both but more
 * than a minute apart, dogs, a siren, speech. A function of its settings and the library.
 */
public final class Scene {

  private static final double LEAD_SECONDS = 6;
  private static final double TAIL_SECONDS = 10;
  private static final double SEPARATION_METRES = 300;
  private static final int NEIGHBOURING_SLOTS = 2;
  private static final double SHORTEST_CRY_SECONDS = 0.5;

  /**
   * Closer than this in time and space a glass and a cry belong together, whoever meant them to.
   */
  private static final double PAIR_SECONDS = 11;

  private static final double PAIR_METRES = 80;

  private final SceneSettings settings;
  private final SoundLibrary library;
  private final Random random;
  private final List<SceneTruth.Sound> sounds = new ArrayList<>();
  private final List<SceneTruth.Distress> distress = new ArrayList<>();
  private final List<double[]> places = new ArrayList<>();
  private final List<SoundLibrary.Recording> cries;

  private Scene(
      SceneSettings settings,
      SoundLibrary library,
      List<SoundLibrary.Recording> cries,
      Random random) {
    this.settings = settings;
    this.library = library;
    this.cries = cries;
    this.random = random;
  }

  /**
   * Composes a scene.
   *
   * @throws IllegalArgumentException if the library has no glass or no cry
   */
  public static SceneTruth compose(SceneSettings settings, SoundLibrary library)
      throws java.io.IOException {
    List<SoundLibrary.Recording> cries =
        longEnough(library.recordings(SoundLibrary.Role.CRY), settings);
    Random random = new Random(settings.seed());
    SceneTruth truth;
    do {
      truth = new Scene(settings, library, cries, random).compose();
    } while (hasPairByChance(truth));
    return truth;
  }

  /**
   * Whether a glass and a cry of different incidents came so near that they would rightly alert.
   */
  private static boolean hasPairByChance(SceneTruth truth) {
    for (SceneTruth.Sound glass : truth.sounds()) {
      for (SceneTruth.Sound cry : truth.sounds()) {
        if (glass.role() == SoundLibrary.Role.GLASS
            && cry.role() == SoundLibrary.Role.CRY
            && !glass.incident().equals(cry.incident())
            && Math.abs(glass.atSeconds() - cry.atSeconds()) < PAIR_SECONDS
            && Math.hypot(
                    glass.eastMetres() - cry.eastMetres(), glass.northMetres() - cry.northMetres())
                < PAIR_METRES) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<SoundLibrary.Recording> longEnough(
      List<SoundLibrary.Recording> all, SceneSettings settings) throws java.io.IOException {
    List<SoundLibrary.Recording> enough = new ArrayList<>();
    for (SoundLibrary.Recording recording : all) {
      float[] active = SoundLibrary.activePart(recording, settings.sampleRateHertz());
      if (active.length >= SHORTEST_CRY_SECONDS * settings.sampleRateHertz()) {
        enough.add(recording);
      }
    }
    return enough.isEmpty() ? all : enough;
  }

  private SceneTruth compose() {
    if (library.recordings(SoundLibrary.Role.GLASS).isEmpty() || cries.isEmpty()) {
      throw new IllegalArgumentException(
          "a scene wants breaking glass and cries; there are " + library.summary());
    }
    List<String> incidents = new ArrayList<>();
    for (int i = 1; i <= settings.truePairs(); i++) {
      incidents.add("pair-" + i);
    }
    for (String decoy :
        List.of(
            "glass-1",
            "glass-2",
            "cry-1",
            "cry-2",
            "far-1",
            "far-2",
            "dog-1",
            "dog-2",
            "dog-3",
            "siren-1",
            "speech-1",
            "speech-2")) {
      incidents.add("decoy-" + decoy);
    }
    Collections.shuffle(incidents, random);
    // The two halves of a pair that is minutes apart take a slot each, with six slots between.
    int first = random.nextInt(Math.max(1, incidents.size() - 7));
    incidents.add(first, "decoy-late-glass");
    incidents.add(first + 7, "decoy-late-cry");
    double at = LEAD_SECONDS;
    double[] latePlace = new double[2];
    for (String incident : incidents) {
      if (incident.equals("decoy-late-cry")) {
        places.add(latePlace);
        add(incident, SoundLibrary.Role.CRY, at, latePlace);
      } else {
        double[] place = incident.startsWith("decoy-far") ? corner() : place();
        places.add(place);
        if (incident.equals("decoy-late-glass")) {
          latePlace = place;
        }
        incident(incident, at, place);
      }
      at += settings.slotSeconds();
    }
    sounds.sort(Comparator.comparingDouble(SceneTruth.Sound::atSeconds));
    return new SceneTruth(
        Math.ceil(at + TAIL_SECONDS - settings.slotSeconds()), sensors(), sounds, distress);
  }

  private void incident(String name, double at, double[] place) {
    if (name.startsWith("pair")) {
      double cryAt = at + 1.2 + random.nextDouble() * 4.3;
      double[] near = {place[0] + random.nextGaussian() * 5, place[1] + random.nextGaussian() * 5};
      add(name, SoundLibrary.Role.GLASS, at, place);
      add(name, SoundLibrary.Role.CRY, cryAt, near);
      double[] point = geographic(place);
      distress.add(new SceneTruth.Distress(name, at, cryAt, point[0], point[1]));
    } else if (name.startsWith("decoy-far")) {
      add(name, SoundLibrary.Role.GLASS, at, place);
      add(
          name,
          SoundLibrary.Role.CRY,
          at + 1 + random.nextDouble() * 3,
          new double[] {-place[0], -place[1]});
    } else if (name.contains("glass")) {
      add(name, SoundLibrary.Role.GLASS, at, place);
    } else if (name.contains("cry")) {
      add(name, SoundLibrary.Role.CRY, at, place);
    } else if (name.contains("dog")) {
      add(name, SoundLibrary.Role.DOG, at, place);
    } else if (name.contains("siren")) {
      add(name, SoundLibrary.Role.SIREN, at, place);
    } else {
      add(name, SoundLibrary.Role.SPEECH, at, place);
    }
  }

  private void add(String incident, SoundLibrary.Role role, double at, double[] place) {
    List<SoundLibrary.Recording> choice =
        role == SoundLibrary.Role.CRY ? cries : library.recordings(role);
    if (choice.isEmpty()) {
      return;
    }
    SoundLibrary.Recording recording = choice.get(random.nextInt(choice.size()));
    double[] point = geographic(place);
    sounds.add(
        new SceneTruth.Sound(
            incident,
            role,
            at,
            place[0],
            place[1],
            point[0],
            point[1],
            recording.file().toString()));
  }

  /** Somewhere within the array, away from where it just sounded. */
  private double[] place() {
    double half = settings.spacingMetres() * (Math.sqrt(settings.sensors()) - 1) / 2;
    for (int tries = 0; ; tries++) {
      double[] place = {
        (random.nextDouble() * 2 - 1) * half * 0.95, (random.nextDouble() * 2 - 1) * half * 0.95
      };
      boolean free = true;
      int from = Math.max(0, places.size() - NEIGHBOURING_SLOTS);
      for (double[] other : places.subList(from, places.size())) {
        double distance = Math.hypot(place[0] - other[0], place[1] - other[1]);
        free &= distance >= SEPARATION_METRES;
      }
      if (free || tries > 200) {
        return place;
      }
    }
  }

  /** Near a corner of the array; the opposite corner is a kilometre away. */
  private double[] corner() {
    double half = settings.spacingMetres() * (Math.sqrt(settings.sensors()) - 1) / 2;
    double x = half * (0.93 + random.nextDouble() * 0.07);
    double y = half * (0.93 + random.nextDouble() * 0.07) * (random.nextBoolean() ? 1 : -1);
    return new double[] {x, y};
  }

  private List<SceneTruth.SensorTruth> sensors() {
    List<SceneTruth.SensorTruth> sensors = new ArrayList<>();
    int side = (int) Math.ceil(Math.sqrt(settings.sensors()));
    for (int i = 0; i < settings.sensors(); i++) {
      double east =
          (i % side - (side - 1) / 2.0) * settings.spacingMetres() + random.nextGaussian() * 20;
      double north =
          (Math.floorDiv(i, side) - (side - 1) / 2.0) * settings.spacingMetres()
              + random.nextGaussian() * 20;
      double[] point = geographic(new double[] {east, north});
      sensors.add(
          new SceneTruth.SensorTruth(
              String.format("sensor-%02d", i + 1), point[0], point[1], east, north));
    }
    return sensors;
  }

  private double[] geographic(double[] place) {
    GeodesicData line =
        Geodesic.WGS84.Direct(
            settings.latitudeDegrees(),
            settings.longitudeDegrees(),
            Math.toDegrees(Math.atan2(place[0], place[1])),
            Math.hypot(place[0], place[1]));
    return new double[] {line.lat2, line.lon2};
  }
}
