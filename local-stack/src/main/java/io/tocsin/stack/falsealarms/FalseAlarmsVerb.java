package io.tocsin.stack.falsealarms;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.tocsin.association.FalseAlarmCurve;
import io.tocsin.association.Settings;
import io.tocsin.association.TimeSlides;
import io.tocsin.jobs.kafka.Instants;
import io.tocsin.schema.Topics;
import io.tocsin.schema.avro.FalseAlarmRates;
import io.tocsin.schema.avro.FalseAlarmStep;
import io.tocsin.schema.wire.ConfluentAvroSerializer;
import io.tocsin.stack.StackException;
import io.tocsin.stack.cli.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many alerts chance brings to a running system. */
@Command(
    name = "false-alarms",
    mixinStandardHelpOptions = true,
    description = {
      "Slides what the sensors of a running system heard apart in time, so that no two can have",
      "heard the same sound, associates it anew, and counts the alerts that still come out: as"
          + " many",
      "does chance bring. Sounds of alerts are left out; located sounds of no alert move whole."
    })
public final class FalseAlarmsVerb implements Callable<Integer> {

  @Mixin private KafkaTarget kafka = new KafkaTarget();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--hours",
      defaultValue = "24",
      description = "Up to now; default ${DEFAULT-VALUE}.")
  private double hours;

  @Option(
      names = "--slides",
      defaultValue = "20",
      description = "How often it is slid; default ${DEFAULT-VALUE}.")
  private int slides;

  @Option(
      names = "--temperature",
      description = "Of the air, °C, as DistressJob is told; default 15.")
  private double temperatureCelsius = Settings.DEFAULT.temperatureCelsius();

  @Option(
      names = "--temperature-error",
      description = "Of that, °C, as DistressJob is told; default 8.")
  private double temperatureErrorCelsius = Settings.DEFAULT.temperatureErrorCelsius();

  @Option(names = "--wind", description = "Metres a second, as DistressJob is told; default 3.")
  private double windMetresPerSecond = Settings.DEFAULT.windMetresPerSecond();

  @Option(
      names = "--reach",
      description = "Farthest that a sensor hears, metres, as DistressJob is told; default 800.")
  private double reachMetres = Settings.DEFAULT.reachMetres();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--publish",
      description = "Publish the rates: alerts from then on say falseAlarmsPerDay.")
  private boolean publish;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!(hours > 0) || slides < 1) {
      throw new ParameterException(
          spec.commandLine(), "--hours must be above 0 and --slides at least 1");
    }
    Map<String, Object> client = kafka.client();
    SchemaRegistryClient registry = kafka.registry();
    Instant now = Instant.now();
    Heard heard = heard(new TopicContents(client, registry), now);
    TimeSlides.Chance chance = chance(heard);
    if (publish) {
      publish(heard, chance, client, registry);
    }
    print(FalseAlarmReport.of(heard, chance, publish));
    return ExitCodes.DONE;
  }

  private Heard heard(TopicContents topics, Instant now) {
    try {
      return Heard.in(topics, now.minus(Duration.ofMillis(Math.round(hours * 3.6e6))), now);
    } catch (KafkaException e) {
      throw new StackException("Kafka cannot be read: " + e.getMessage(), e);
    }
  }

  private TimeSlides.Chance chance(Heard heard) {
    Settings defaults = Settings.DEFAULT;
    Settings settings =
        new Settings(
            temperatureCelsius,
            temperatureErrorCelsius,
            windMetresPerSecond,
            defaults.pickFloorMicros(),
            defaults.falsePicksPerHour(),
            reachMetres,
            defaults.sameSoundMicros());
    Set<String> alerted =
        heard.alerts().stream()
            .flatMap(alert -> alert.getEvents().stream())
            .flatMap(event -> event.getDetectionIds().stream())
            .collect(Collectors.toSet());
    return TimeSlides.over(
            heard.fromMicros(),
            heard.untilMicros(),
            heard.picks(),
            heard.sites(),
            heard.patterns(),
            settings,
            alerted)
        .slide(slides);
  }

  private static void publish(
      Heard heard,
      TimeSlides.Chance chance,
      Map<String, Object> client,
      SchemaRegistryClient registry)
      throws InterruptedException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    List<FalseAlarmRates> rates =
        heard.patterns().stream()
            .map(pattern -> rates(chance.curve(pattern.patternId()), heard, chance.slides(), now))
            .toList();
    Map<String, Object> settings = new HashMap<>(client);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    try (KafkaProducer<String, FalseAlarmRates> producer =
        new KafkaProducer<>(
            settings, new StringSerializer(), new ConfluentAvroSerializer<>(registry, false))) {
      for (FalseAlarmRates one : rates) {
        producer
            .send(
                new ProducerRecord<>(
                    Topics.FALSE_ALARMS.name(), Topics.FALSE_ALARMS.keyOf(one), one))
            .get();
      }
    } catch (ExecutionException e) {
      throw new StackException("the rates cannot be published: " + e.getCause(), e);
    }
  }

  private static FalseAlarmRates rates(
      FalseAlarmCurve curve, Heard heard, int slides, Instant now) {
    return FalseAlarmRates.newBuilder()
        .setPatternId(curve.patternId())
        .setComputedAt(now)
        .setFromAt(Instants.ofMicros(heard.fromMicros()))
        .setUntilAt(Instants.ofMicros(heard.untilMicros()))
        .setSensors(heard.sites().size())
        .setSlides(slides)
        .setSensorDays(curve.sensorDays())
        .setSteps(
            curve.steps().stream()
                .map(
                    step ->
                        FalseAlarmStep.newBuilder()
                            .setProbability(step.probability())
                            .setAlerts(step.alerts())
                            .build())
                .toList())
        .build();
  }

  private void print(FalseAlarmReport report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report));
    } else {
      report.lines().forEach(out::println);
      if (publish) {
        out.println();
        out.println("published; alerts say it from now on");
      }
    }
    out.flush();
  }
}
