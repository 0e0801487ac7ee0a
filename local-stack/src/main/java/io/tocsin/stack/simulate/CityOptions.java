package io.tocsin.stack.simulate;

import io.tocsin.simulator.city.CitySettings;
import io.tocsin.simulator.city.Conditions.Sounds;
import io.tocsin.simulator.city.Scenario;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a simulated city is like, beside its scenario. */
final class CityOptions {

  @Option(names = "--sensors", defaultValue = "400", description = "Default ${DEFAULT-VALUE}.")
  private int sensors;

  @Option(
      names = "--spacing",
      defaultValue = "250",
      description = "Metres from sensor to sensor; default ${DEFAULT-VALUE}.")
  private double spacingMetres;

  @Option(
      names = "--audible-radius",
      defaultValue = "400",
      description = "Metres at which half of the sounds are picked; default ${DEFAULT-VALUE}.")
  private double audibleRadiusMetres;

  @Option(names = "--hours", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
  private double hours;

  @Option(
      names = "--false-per-true",
      description = "So many false picks for each true one, instead of the scenario's.")
  private @Nullable Double falsePerTrue;

  @Option(
      names = "--incidents",
      description =
          "Incidents a square kilometre and hour, instead of the scenario's; a pair is one.")
  private @Nullable Double incidents;

  @Option(
      names = "--meeting",
      description =
          "Let a glass and a cry of two incidents meet as near as those of a pair, as chance has"
              + " it; otherwise such incidents are left out.")
  private boolean meeting;

  int sensors() {
    return sensors;
  }

  double hours() {
    return hours;
  }

  CitySettings settings(Scenario scenario, long seed) {
    CitySettings settings =
        new CitySettings(
            scenario,
            scenario.conditions(),
            seed,
            sensors,
            spacingMetres,
            audibleRadiusMetres,
            hours);
    Sounds sounds = settings.conditions().sounds();
    if (incidents != null) {
      sounds = sounds.often(incidents);
    }
    settings = settings.with(meeting ? sounds.letMeet() : sounds);
    return falsePerTrue == null ? settings : settings.with(Scenario.falsePerTrue(falsePerTrue));
  }
}
