package io.tocsin.association;

import static org.assertj.core.api.Assertions.assertThat;

import io.tocsin.association.Accounts.Best;
import io.tocsin.association.Ears.Ear;
import io.tocsin.association.Ears.Free;
import io.tocsin.association.Ears.Moments;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountsTest {

  private static final double METRES_PER_SECOND = Settings.DEFAULT.speedOfSound();
  private static final double STEP = 25;
  private static final Moments MOMENTS =
      new Moments(
          City.T0 + 5_000_000, City.T0 + 25_000_000, City.T0 + 14_000_000, City.T0 + 16_000_000);

  /** What a city's sensors picked of a cry in the middle, and by chance within half a minute. */
  private static List<Ear> ears(long seed, int chance) {
    City city = new City(7, seed);
    city.sound("cry", 30, -40, City.T0 + 10_000_000);
    city.chance("cry", chance, City.T0, 30_000_000);
    SiteIndex sites = city.index();
    List<Ear> ears = new ArrayList<>();
    for (SensorSite site : city.sites) {
      List<Free> free = new ArrayList<>();
      for (Pick pick : city.picks) {
        if (pick.sensorId().equals(site.sensorId())) {
          free.add(new Free(new Arrival(pick, sites, Settings.DEFAULT), 6 + pick.probability()));
        }
      }
      SiteIndex.Sited sited = sites.get(Background.sensor(site.sensorId()));
      ears.add(new Ear(site.sensorId(), sited.x(), sited.y(), City.RADIUS, free));
    }
    return ears;
  }

  @Test
  void theLikeliestAccountIsThatOfEveryPickHeldToBeOnTimeByTurns() {
    for (int seed = 1; seed < 4; seed++) {
      List<Ear> ears = ears(seed, 40);
      List<Best> places =
          new Accounts(new Ears(ears), STEP, METRES_PER_SECOND).places(0, 0, 150, MOMENTS);
      assertThat(places).hasSizeGreaterThan(100);
      for (Best place : places) {
        assertThat(place.logLikelihood()).isEqualTo(oneByOne(ears, place));
      }
    }
  }

  private static double oneByOne(List<Ear> ears, Best place) {
    double all = 0;
    for (Ear ear : ears) {
      all += silence(ear, place);
    }
    double best = Double.NEGATIVE_INFINITY;
    for (Ear of : ears) {
      for (Free onTime : of.picks()) {
        if (MOMENTS.has(origin(onTime, place))) {
          double ratio = all;
          for (Ear ear : ears) {
            double most = Double.NEGATIVE_INFINITY;
            for (Free pick : ear == of ? List.of(onTime) : ear.picks()) {
              most = Math.max(most, heard(pick, onTime, place));
            }
            if (ear == of) {
              ratio += most - silence(ear, place);
            } else if (!ear.picks().isEmpty()) {
              ratio += Math.max(0, most - silence(ear, place));
            }
          }
          best = Math.max(best, ratio);
        }
      }
    }
    return best;
  }

  private static double heard(Free pick, Free onTime, Best place) {
    double said =
        Audibility.logHeard(pick.distance(place.x(), place.y()), City.RADIUS) + pick.odds();
    if (pick == onTime) {
      return said;
    }
    double own = pick.arrival().sigma;
    double other = onTime.arrival().sigma;
    double coarse = STEP / 2 / METRES_PER_SECOND;
    double late = (origin(pick, place) - origin(onTime, place)) * 1e-6;
    return said
        + Math.log(OriginFit.density(late, Math.sqrt(own * own + other * other + coarse * coarse)));
  }

  private static double origin(Free pick, Best place) {
    return pick.arrival().pick.onsetMicros()
        - pick.distance(place.x(), place.y()) / METRES_PER_SECOND * 1e6;
  }

  private static double silence(Ear ear, Best place) {
    return Audibility.logMissed(ear.distance(place.x(), place.y()), City.RADIUS);
  }

  @Test
  void noAccountIsLikelierThanTheBoundOfItsSurroundings() {
    for (int seed = 1; seed < 20; seed++) {
      for (double radius : new double[] {30, 100, 200}) {
        Ears ears = new Ears(ears(seed, 4 * seed));
        Accounts accounts = new Accounts(ears, STEP, METRES_PER_SECOND);
        double bound =
            AccountBound.of(ears, 10, -20, radius, accounts.coarse(), MOMENTS, METRES_PER_SECOND);
        double most =
            accounts.places(10, -20, radius, MOMENTS).stream()
                .mapToDouble(Best::logLikelihood)
                .max()
                .orElseThrow();
        assertThat(bound).as("seed %d, %.0f m", seed, radius).isGreaterThanOrEqualTo(most);
        // A tight one, or it would spare nothing.
        assertThat(bound).isLessThan(most + 25 + radius / 4);
      }
    }
  }

  @Test
  void whereNoPickCanBeOnTimeNothingIsLikely() {
    Moments before = new Moments(City.T0 - 20_000_000, City.T0 - 10_000_000, 0, 0);
    Ears ears = new Ears(ears(1, 20));
    Accounts accounts = new Accounts(ears, STEP, METRES_PER_SECOND);
    assertThat(AccountBound.of(ears, 0, 0, 100, accounts.coarse(), before, METRES_PER_SECOND))
        .isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(accounts.places(0, 0, 100, before)).isEmpty();
  }
}
