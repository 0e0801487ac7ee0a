package io.tocsin.stack.security;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Sensors of a secured Kafka. */
@Command(
    name = "fleet",
    mixinStandardHelpOptions = true,
    description = {
      "Adds sensors to a secured Kafka, lists and revokes them: of the stack that runs here",
      "(./tocsin up --secure), or of another cluster by --credentials, or as commands by --print."
    },
    subcommands = {
      FleetAddVerb.class,
      FleetListVerb.class,
      FleetRevokeVerb.class,
      FleetPublishKeyVerb.class
    })
public final class FleetVerb implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "add, list, revoke or publish-key is missing");
  }
}
