package io.tocsin.stack.security;

import io.tocsin.schema.access.CredentialsFile;
import io.tocsin.schema.identity.SensorKeyPair;
import io.tocsin.stack.StackException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The last step for a sensor that was let in by printed commands. */
@Command(
    name = "publish-key",
    mixinStandardHelpOptions = true,
    description = "Publishes the public key in a sensor's file, so that its records are believed.")
final class FleetPublishKeyVerb implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "The sensor's, as add wrote it.")
  private Path file = Path.of("");

  @Mixin private FleetTarget target = new FleetTarget();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    CredentialsFile credentials = CredentialsFile.read(file);
    String sensorId =
        credentials
            .value(CredentialsFile.SENSOR_ID)
            .orElseThrow(
                () ->
                    new StackException(
                        file + " lacks " + CredentialsFile.SENSOR_ID + "; is it a sensor's?"));
    SensorKeyPair key =
        SensorKeyPair.of(credentials)
            .orElseThrow(() -> new StackException(file + " holds no key to sign with"));
    target.keys().add(sensorId, key.publicKey());
    PrintWriter say = spec.commandLine().getOut();
    say.printf("what sensor %s signs is believed%n", sensorId);
    say.flush();
    return 0;
  }
}
