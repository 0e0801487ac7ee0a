package io.tocsin.edge;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options from the environment, where the command line and its files do not give them:
 * --stall-after from TOCSIN_SENSOR_STALL_AFTER, and so on; and INPUT from TOCSIN_SENSOR_INPUT,
 * where an address may hold a password that no list of processes is to show.
 *
 * @param environment such as the process's
 */
record EnvironmentDefaults(Map<String, String> environment) implements IDefaultValueProvider {

  private static final String PREFIX = "TOCSIN_SENSOR_";

  /** Of this process; picocli makes it. */
  EnvironmentDefaults() {
    this(System.getenv());
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (argument.isPositional()) {
      return environment.get(PREFIX + argument.paramLabel());
    }
    if (!(argument instanceof OptionSpec option) || !option.longestName().startsWith("--")) {
      return null;
    }
    return environment.get(
        PREFIX + option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT));
  }
}
