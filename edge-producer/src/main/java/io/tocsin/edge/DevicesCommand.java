package io.tocsin.edge;

import io.tocsin.edge.source.CardSource;
import java.util.List;
import java.util.concurrent.Callable;
import javax.sound.sampled.Mixer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists sound cards. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description = "Lists the sound cards that capture, as inputs for the sensor.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:there is one", "1:there is none"})
final class DevicesCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    List<Mixer.Info> devices = CardSource.devices();
    for (Mixer.Info device : devices) {
      spec.commandLine()
          .getOut()
          .println("'card:" + device.getName() + "'  " + device.getDescription());
    }
    if (devices.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(
              "tocsin-sensor: no sound card captures; is one plugged in, and may this user use it"
                  + " (group audio)?");
    }
    return devices.isEmpty() ? 1 : 0;
  }
}
