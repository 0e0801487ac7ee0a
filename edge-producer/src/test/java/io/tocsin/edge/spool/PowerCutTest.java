package io.tocsin.edge.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a power cut in the middle of any write may take, and what it may not. */
class PowerCutTest {

  private static final int CUTS = 1_000;
  private static final int CUTS_PER_DISK = 4;
  private static final int WINDOW = 8;
  private static final int LONGEST_BODY = 700;

  private static final SpoolSettings SETTINGS =
      new SpoolSettings(
          Path.of("spool"),
          4096,
          1L << 30,
          Duration.ofDays(1),
          SpoolSettings.WhenFull.REJECT,
          WINDOW,
          Duration.ofMillis(100));

  /** What the source and the receiver know. */
  private static final class Known {
    final Map<Integer, byte[]> written = new HashMap<>();
    final List<Integer> accepted = new ArrayList<>();
    final Set<Integer> acknowledged = new HashSet<>();
    final Set<Integer> acknowledgedAndForced = new HashSet<>();
    final Set<Integer> missed = new HashSet<>();

    /** Being acknowledged when the power went: the disk may have taken that or not. */
    final Set<Integer> acknowledging = new HashSet<>();

    int acceptedSinceForce;
    int next;
  }

  @Test
  void aThousandCutsTakeNothingBeyondTheWindowAndNothingDamagedIsAccepted() throws Exception {
    int mostMissed = 0;
    int everMissed = 0;
    int comeAgain = 0;
    for (int seed = 0; seed < CUTS / CUTS_PER_DISK; seed++) {
      Random random = new Random(seed);
      Known known = new Known();
      TornDisk disk = new TornDisk(1 + random.nextInt(60_000));
      for (int cut = 0; cut < CUTS_PER_DISK; cut++) {
        workUntilCut(disk, random, known);
        disk = disk.afterCut(random, Long.MAX_VALUE);
        Set<Integer> found = found(disk, known);

        Set<Integer> missing = new HashSet<>(known.accepted);
        missing.removeAll(known.acknowledged);
        missing.removeAll(known.acknowledging);
        missing.removeAll(known.missed);
        missing.removeAll(found);
        int from = known.accepted.size() - known.acceptedSinceForce;
        assertThat(missing)
            .as("seed %d, cut %d: lost beyond the window", seed, cut)
            .isSubsetOf(known.accepted.subList(from, known.accepted.size()));
        assertThat(missing).hasSizeLessThan(WINDOW);
        Set<Integer> back = new HashSet<>(known.acknowledgedAndForced);
        back.retainAll(found);
        assertThat(back)
            .as("seed %d, cut %d: acknowledged and forced, yet back", seed, cut)
            .isEmpty();
        // Who was being acknowledged and is gone was acknowledged.
        known.acknowledging.removeAll(found);
        known.acknowledged.addAll(known.acknowledging);
        known.acknowledging.clear();
        known.missed.addAll(missing);
        known.acceptedSinceForce = 0;
        mostMissed = Math.max(mostMissed, missing.size());
        everMissed += missing.size();
        comeAgain += found.stream().filter(known.acknowledged::contains).mapToInt(i -> 1).sum();
        // Who comes again has to be acknowledged again.
        known.acknowledged.removeAll(found);
        disk = disk.afterCut(random, 1 + random.nextInt(60_000));
      }
    }
    // Or the cuts were too kind to show anything.
    assertThat(mostMissed).isEqualTo(WINDOW - 1);
    assertThat(everMissed).isGreaterThan(CUTS / 2);
    assertThat(comeAgain).isPositive();
  }

  private static Spool open(Disk disk) throws IOException {
    return new Spool(SETTINGS, disk, InstantSource.system(), () -> 0L);
  }

  /**
   * Whatever the spool gives out when it is opened again, each record checked against the source.
   */
  private static Set<Integer> found(Disk disk, Known known) throws IOException {
    Set<Integer> found = new HashSet<>();
    Spool spool = open(disk);
    recover(spool);
    for (Optional<SpoolRecord> r = claim(spool); r.isPresent(); r = claim(spool)) {
      int id = ByteBuffer.wrap(r.get().body()).getInt();
      assertThat(r.get().body()).isEqualTo(known.written.get(id));
      assertThat(found.add(id)).as("record %d twice in one spool", id).isTrue();
    }
    return found;
  }

  private static Optional<SpoolRecord> claim(Spool spool) throws IOException {
    return spool.claim(DrainOrder.OLDEST_FIRST);
  }

  private static void recover(Spool spool) throws IOException {
    while (spool.recoverNext(DrainOrder.NEWEST_FIRST)) {
      // All of them.
    }
  }

  private static void workUntilCut(Disk disk, Random random, Known known) throws IOException {
    Map<Integer, SpoolPosition> claimed = new HashMap<>();
    try {
      Spool spool = open(disk);
      boolean recoverFirst = random.nextBoolean();
      if (recoverFirst) {
        recover(spool);
      }
      while (true) {
        int what = random.nextInt(100);
        if (what < 55) {
          append(spool, random, known, claimed);
        } else if (what < 75 && !claimed.isEmpty()) {
          int id = claimed.keySet().iterator().next();
          known.acknowledging.add(id);
          spool.acknowledge(claimed.remove(id));
          known.acknowledging.remove(id);
          known.acknowledged.add(id);
        } else if (what < 85 && !claimed.isEmpty()) {
          int id = claimed.keySet().iterator().next();
          spool.release(claimed.remove(id));
        } else if (what < 95) {
          DrainOrder[] orders = DrainOrder.values();
          spool
              .claim(orders[random.nextInt(orders.length)])
              .ifPresent(r -> claimed.put(ByteBuffer.wrap(r.body()).getInt(), r.position()));
        } else if (what < 97) {
          spool.tick();
          known.acceptedSinceForce = 0;
          known.acknowledgedAndForced.addAll(known.acknowledged);
        } else {
          spool.recoverNext(DrainOrder.OLDEST_FIRST);
        }
      }
    } catch (TornDisk.PowerCut e) {
      // As wanted.
    }
  }

  private static void append(
      Spool spool, Random random, Known known, Map<Integer, SpoolPosition> claimed)
      throws IOException {
    int id = known.next++;
    byte[] body = new byte[Integer.BYTES + random.nextInt(LONGEST_BODY)];
    random.nextBytes(body);
    ByteBuffer.wrap(body).putInt(id);
    known.written.put(id, body);
    claimed.put(id, spool.append(body).orElseThrow());
    known.accepted.add(id);
    // The last that may be unforced; the one that makes the window full forces them all.
    known.acceptedSinceForce = Math.min(known.acceptedSinceForce + 1, WINDOW - 1);
  }
}
