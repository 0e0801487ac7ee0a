package io.tocsin.edge.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscribe;
import io.tocsin.edge.mqtt.RefusedChunkException.Reason;
import io.tocsin.edge.source.Channels;
import io.tocsin.schema.avro.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes the sound of devices that speak MQTT on: of any number of them, over one connection, which
 * is made again when it breaks. A message is acknowledged when its sound is kept; the broker holds
 * what it has for the bridge while that is away.
 */
public final class MqttBridge implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MqttBridge.class);
  private static final int UNACKNOWLEDGED = 64;
  private static final int KEEP_ALIVE_SECONDS = 15;
  private static final long LONGEST_PAUSE_SECONDS = 30;
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(2);

  /** Beyond so many of a reason, refusals are counted and only every so many is named. */
  private static final long NAMED = 20;

  /**
   * How the broker is reached and what is heard.
   *
   * @param authorities that its certificate is judged by, PEM; null for the JDK's
   * @param sensorIds whose sound is taken
   * @param keptFor so long the broker is asked to hold messages while the bridge is away
   */
  public record Settings(
      BrokerAddress broker,
      @Nullable Path authorities,
      @Nullable Login login,
      String clientId,
      TopicPattern topics,
      Set<String> sensorIds,
      Channels channels,
      Duration keptFor) {}

  /** A name and a password, which is never shown. */
  public record Login(String user, byte[] password) {
    @Override
    public String toString() {
      return user;
    }
  }

  /** Where sound goes. */
  public interface Taker {
    /**
     * Takes a stretch of a device's sound.
     *
     * @param capturedAtMicros instant of the first sample
     * @return whether all of it is kept
     */
    boolean take(
        String sensorId, short[] samples, int rateHertz, long capturedAtMicros, Clock clock);
  }

  private final Settings settings;
  private final Taker taker;
  private final Mqtt5AsyncClient client;
  private final ExecutorService executor;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicBoolean anew = new AtomicBoolean();
  private final Map<Reason, Long> refused = new EnumMap<>(Reason.class);
  private final Map<String, Instant> lastHeard = new TreeMap<>();
  private long connections;
  private long chunks;
  private long notKept;
  private boolean connected;
  private @Nullable String problem;

  /**
   * @throws IOException if the authorities' certificates cannot be read
   */
  public MqttBridge(Settings settings, Taker taker) throws IOException {
    this.settings = settings;
    this.taker = taker;
    this.executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "tocsin-mqtt");
              thread.setDaemon(true);
              return thread;
            });
    Mqtt5ClientBuilder builder =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(settings.clientId())
            .serverHost(settings.broker().host())
            .serverPort(settings.broker().port())
            .automaticReconnect()
            .maxDelay(LONGEST_PAUSE_SECONDS, TimeUnit.SECONDS)
            .applyAutomaticReconnect()
            .addConnectedListener(context -> isConnected())
            .addDisconnectedListener(this::isDisconnected);
    if (settings.broker().tls()) {
      builder = builder.sslConfig(BrokerAddress.trusting(settings.authorities()));
    }
    Login login = settings.login();
    if (login != null) {
      builder =
          builder.simpleAuth().username(login.user()).password(login.password()).applySimpleAuth();
    }
    this.client = builder.buildAsync();
    // Before the connection: the broker delivers at once what it has kept.
    client.publishes(MqttGlobalPublishFilter.ALL, this::hear, executor, true);
  }

  /** Listens until this is closed. */
  public void run() throws InterruptedException {
    connect();
    closed.await();
  }

  private void connect() {
    var unused =
        client
            .connectWith()
            .cleanStart(false)
            .sessionExpiryInterval(settings.keptFor().toSeconds())
            .keepAlive(KEEP_ALIVE_SECONDS)
            .restrictions()
            .receiveMaximum(UNACKNOWLEDGED)
            .applyRestrictions()
            .send()
            .thenCompose(
                ack ->
                    client.subscribe(
                        Mqtt5Subscribe.builder()
                            .addSubscription()
                            .topicFilter(settings.topics().filter())
                            .qos(MqttQos.AT_LEAST_ONCE)
                            .retainHandling(Mqtt5RetainHandling.DO_NOT_SEND)
                            .applySubscription()
                            .build()))
            .whenComplete(
                (ack, failure) -> {
                  if (failure != null && closed.getCount() > 0) {
                    lost(settings.broker() + " does not let us listen: " + failure.getMessage());
                  }
                });
  }

  private synchronized void isConnected() {
    connected = true;
    connections++;
    problem = null;
    LOG.info("{}: connected, listening to {}", settings.broker(), settings.topics().text());
  }

  private void isDisconnected(MqttClientDisconnectedContext context) {
    if (closed.getCount() > 0) {
      lost(settings.broker() + ": " + context.getCause().getMessage());
    }
  }

  private synchronized void lost(String why) {
    connected = false;
    if (!why.equals(problem)) {
      LOG.warn("{}; tried again and again", why);
    }
    problem = why;
  }

  private void hear(Mqtt5Publish message) {
    String topic = message.getTopic().toString();
    try {
      if (accept(topic, message.getPayloadAsBytes())) {
        message.acknowledge();
      } else {
        again();
      }
    } catch (RefusedChunkException e) {
      refuse(e.reason(), topic, String.valueOf(e.getMessage()));
      // It would come again and again.
      message.acknowledge();
    } catch (RuntimeException e) {
      LOG.error("{}: a chunk is neither kept nor acknowledged", topic, e);
      again();
    }
  }

  private boolean accept(String topic, byte[] payload) throws RefusedChunkException {
    String sensorId =
        settings
            .topics()
            .sensorId(topic)
            .orElseThrow(
                () ->
                    new RefusedChunkException(
                        Reason.TOPIC, "the topic is none like " + settings.topics().text()));
    if (!settings.sensorIds().contains(sensorId)) {
      throw new RefusedChunkException(
          Reason.UNKNOWN_DEVICE, "no sensor of this bridge; add it to --mqtt-devices");
    }
    SoundChunk chunk = SoundChunk.of(payload, settings.channels());
    boolean kept =
        taker.take(
            sensorId, chunk.samples(), chunk.rateHertz(), chunk.capturedAtMicros(), chunk.clock());
    heard(sensorId, kept);
    return kept;
  }

  private synchronized void heard(String sensorId, boolean kept) {
    lastHeard.put(sensorId, Instant.now());
    chunks += kept ? 1 : 0;
    notKept += kept ? 0 : 1;
  }

  /** A broker sends what was not acknowledged again when the connection is made anew. */
  private void again() {
    if (anew.compareAndSet(false, true)) {
      CompletableFuture.delayedExecutor(LONGEST_PAUSE_SECONDS, TimeUnit.SECONDS)
          .execute(
              () -> {
                anew.set(false);
                if (closed.getCount() > 0) {
                  var unused = client.disconnect().thenRun(this::connect);
                }
              });
    }
  }

  private synchronized void refuse(Reason reason, String topic, String why) {
    long count = refused.merge(reason, 1L, Long::sum);
    if (count <= NAMED || count % NAMED == 0) {
      LOG.warn("{}: chunk refused: {} ({} for that reason so far)", topic, why, count);
    }
  }

  /** How it is. */
  public synchronized BridgeStatus status() {
    Map<String, Long> byName = new TreeMap<>();
    for (Reason reason : Reason.values()) {
      byName.put(reason.name().toLowerCase(Locale.ROOT), refused.getOrDefault(reason, 0L));
    }
    return new BridgeStatus(
        settings.broker().toString(),
        connected,
        connections,
        chunks,
        byName,
        notKept,
        new TreeMap<>(lastHeard),
        problem);
  }

  @Override
  public void close() {
    closed.countDown();
    client
        .disconnect()
        .orTimeout(ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(failure -> null)
        .join();
    executor.shutdownNow();
  }
}
