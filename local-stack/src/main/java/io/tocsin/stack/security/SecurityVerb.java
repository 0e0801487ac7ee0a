package io.tocsin.stack.security;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes what a secured system in containers needs to know of itself. */
@Command(
    name = "security",
    mixinStandardHelpOptions = true,
    description = {
      "Makes an authority for certificates, servers' certificates and a file of credentials for each",
      "role, where they are missing, and hands copies to their readers. Talks to no server: tocsin",
      "init --roles tells Kafka. docker-compose.secure.yml runs it; a stack on one machine has its own",
      "(./tocsin up --secure)."
    })
public final class SecurityVerb implements Callable<Integer> {

  @Option(names = "--folder", required = true, description = "Where everything is kept.")
  private Path folder = Path.of("");

  @Option(
      names = "--name",
      defaultValue = "compose",
      description = "Of what is secured, for certificates and files; default ${DEFAULT-VALUE}.")
  private String name = "";

  @Option(
      names = "--bootstrap-servers",
      required = true,
      description = "Kafka, as clients with passwords reach it.")
  private String bootstrapServers = "";

  @Option(names = "--registry-url", required = true, description = "The schema registry.")
  private String registryUrl = "";

  @Option(
      names = "--certificate",
      paramLabel = "NAME=dns:HOST,ip:ADDRESS",
      description = "A server's certificate with its key, in NAME.pem.")
  private Map<String, String> certificates = new LinkedHashMap<>();

  @Option(
      names = "--hand-out",
      paramLabel = "FOLDER=OWNER:FILE,FILE",
      description = {
        "Copies of these files, of mode 600 and of this owner, into that folder, which becomes its",
        "owner's alone. OWNER is a number or a name; 'anyone' may be given authority.pem."
      })
  private Map<Path, String> handOuts = new LinkedHashMap<>();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    List<HandOut> readers = readers();
    ContainerSecurity security = ContainerSecurity.open(folder.toAbsolutePath(), name);
    for (Map.Entry<String, String> server : certificates.entrySet()) {
      security.server(server.getKey(), List.of(server.getValue().split(",", -1)));
    }
    security.roles(name, bootstrapServers, registryUrl);
    readers.forEach(reader -> reader.from(security.folder()));
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "certificates and credentials are in place; %d readers have theirs%n", readers.size());
    out.flush();
    return 0;
  }

  /** Before anything is made, so that a slip leaves nothing behind. */
  private List<HandOut> readers() {
    try {
      return handOuts.entrySet().stream()
          .map(reader -> HandOut.parse(reader.getKey(), reader.getValue()))
          .toList();
    } catch (IllegalArgumentException e) {
      throw (ParameterException)
          new ParameterException(spec.commandLine(), String.valueOf(e.getMessage())).initCause(e);
    }
  }
}
