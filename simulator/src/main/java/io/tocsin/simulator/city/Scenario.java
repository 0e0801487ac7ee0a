package io.tocsin.simulator.city;

import io.tocsin.simulator.city.Conditions.Clocks;
import io.tocsin.simulator.city.Conditions.FalsePicks;
import io.tocsin.simulator.city.Conditions.Faults;
import io.tocsin.simulator.city.Conditions.Layout;
import io.tocsin.simulator.city.Conditions.Paths;
import io.tocsin.simulator.city.Conditions.Sounds;
import io.tocsin.simulator.city.Conditions.Transport;

/** What an association has to stand. All but S1 and S2 have the usual false picks. */
public enum Scenario {
  S1("clean: clocks to 10 ms, no false picks"),
  S2("noise: one false pick for each true one"),
  S3("clocks: half to 1 ms, half to 10 ms, a third drifting, 2 % off by 2 s"),
  S4("transport: 5 % lost, 5 % twice, 30 s disorder, a district's backlog of 10 min"),
  S5("city: 30 % of paths blocked, echoes, ±15 °C, wind"),
  S6("density: sounds of one label at once, 100 to 1,000 m apart"),
  S7("edges: sources outside the array and at corners of cells"),
  S8("one sensor with 300 false picks a day"),
  S9("fleet-wide bursts: fireworks and thunder"),
  S10("decoys: glass and shout together in time, 300 m apart"),
  S11("faults: a killed worker, a tenth of the sensors dead, a changed model");

  private final String description;

  Scenario(String description) {
    this.description = description;
  }

  /** In a line. */
  public String description() {
    return description;
  }

  /** Its knobs. */
  public Conditions conditions() {
    return switch (this) {
      case S1 -> Conditions.CLEAN;
      case S2 -> Conditions.CLEAN.with(falsePerTrue(1));
      case S3 -> Conditions.USUAL.with(new Clocks(0.010, 0.5, 0.001, 1 / 3.0, 0.02, 2));
      case S4 -> Conditions.USUAL.with(new Transport(0.05, 0.05, 30, 600));
      case S5 -> Conditions.USUAL.with(new Paths(0.3, 0.050, 0.2, 15, 5));
      case S6 -> Conditions.USUAL.with(new Sounds(Layout.INSIDE, 6, 0.2, 0, 1, 0, false));
      case S7 -> Conditions.USUAL.with(new Sounds(Layout.EDGES, 6, 0.4, 0, 0, 0, false));
      case S8 -> Conditions.USUAL.with(new FalsePicks(0, 1, 10, 300));
      case S9 -> Conditions.USUAL.with(new Sounds(Layout.INSIDE, 6, 0.4, 0, 0, 4, false));
      case S10 -> Conditions.USUAL.with(new Sounds(Layout.INSIDE, 6, 0.3, 0.4, 0, 0, false));
      case S11 -> Conditions.USUAL.with(new Faults(true, 0.1, true));
    };
  }

  /** So many false picks for each true one, whatever the label. */
  public static FalsePicks falsePerTrue(double ratio) {
    return new FalsePicks(ratio, 0, 0, 0);
  }
}
