package io.tocsin.edge.mode;

import io.tocsin.audio.Pcm16;
import io.tocsin.edge.FrameNumbers;
import io.tocsin.edge.SensorIdentity;
import io.tocsin.schema.avro.AudioEmbedding;
import io.tocsin.schema.avro.Privacy;
import io.tocsin.scoring.bundle.BundleException;
import io.tocsin.scoring.bundle.ModelBundle;
import io.tocsin.scoring.inference.ScoringException;
import io.tocsin.scoring.window.AudioWindow;
import io.tocsin.scoring.window.CutResult;
import io.tocsin.scoring.window.CutterState;
import io.tocsin.scoring.window.FrameAudio;
import io.tocsin.scoring.window.WindowCutter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A sensor with a model of its own: cuts its audio into the windows that the server would cut,
 * listens to each, and sends what its mode and its privacy let out. For one thread.
 *
 * <p>Audio is held until all windows are heard that may speak for or against it: the pre-roll or
 * the guard's reach, and a window. What is held is in no spool yet and lost when power fails.
 */
final class Listening implements Ear {

  /** Frames come in order, from one thread. */
  private static final Duration NO_DISORDER = Duration.ZERO;

  private record Piece(short[] samples, long fromMicros, long untilMicros) {}

  private final ModeSettings settings;
  private final SensorIdentity identity;
  private final String bootId;
  private final int sampleRateHertz;
  private final Outbox outbox;
  private final LocalModel model;
  private final WindowCutter cutter;
  private final FrameNumbers numbers;
  private final EmbeddingCoder coder;
  private final @Nullable Trigger trigger;
  private final @Nullable PrivacyGate gate;
  private final long hopMicros;
  private final long windowMicros;
  private final long leadMicros;
  private final Deque<Piece> held = new ArrayDeque<>();
  private @Nullable CutterState state;
  private long heardUntilMicros = Long.MIN_VALUE;
  private long endMicros = Long.MIN_VALUE;

  private Listening(
      ModeSettings settings,
      SensorIdentity identity,
      String bootId,
      int sampleRateHertz,
      Outbox outbox,
      LocalModel model) {
    ModelBundle bundle = model.bundle();
    this.settings = settings;
    this.identity = identity;
    this.bootId = bootId;
    this.sampleRateHertz = sampleRateHertz;
    this.outbox = outbox;
    this.model = model;
    this.cutter =
        new WindowCutter(
            bundle.sampleRateHertz(), bundle.windowSamples(), bundle.hopSamples(), NO_DISORDER);
    this.numbers = new FrameNumbers(sampleRateHertz);
    this.coder = new EmbeddingCoder(bundle);
    this.trigger =
        settings.mode() == Mode.TRIGGERED
            ? new Trigger(bundle, settings.triggers(), settings.preRoll(), settings.postRoll())
            : null;
    this.gate =
        settings.sendsAudio() && settings.privacy() != PrivacyPolicy.NONE
            ? new PrivacyGate(bundle, settings.speechThreshold(), settings.guard())
            : null;
    this.hopMicros = bundle.hopSamples() * 1_000_000L / bundle.sampleRateHertz();
    this.windowMicros = bundle.windowSamples() * 1_000_000L / bundle.sampleRateHertz();
    this.leadMicros =
        Math.max(
                trigger == null ? 0 : settings.preRoll().toNanos(),
                gate == null ? 0 : settings.guard().reach().toNanos())
            / 1_000;
  }

  /**
   * Loads the model.
   *
   * @param bootId names this run of the producer
   * @throws IllegalArgumentException if the settings do not go with the bundle, or that cannot be
   *     used
   */
  static Listening open(
      ModeSettings settings,
      SensorIdentity identity,
      String bootId,
      int sampleRateHertz,
      Outbox outbox) {
    Path folder =
        settings
            .bundle()
            .orElseThrow(() -> new IllegalArgumentException(settings.mode() + " needs no model"));
    LocalModel model;
    try {
      model = new LocalModel(ModelBundle.load(folder), settings.mode() != Mode.EMBEDDINGS);
    } catch (BundleException | ScoringException e) {
      throw new IllegalArgumentException("--bundle: " + e.getMessage(), e);
    }
    try {
      return new Listening(settings, identity, bootId, sampleRateHertz, outbox, model);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public boolean accept(short[] samples, long capturedAtMicros) throws InterruptedException {
    long untilMicros = capturedAtMicros + samples.length * 1_000_000L / sampleRateHertz;
    outbox.captured(samples);
    boolean taken = !isSetBack(capturedAtMicros) || beginAnew();
    endMicros = untilMicros;
    if (settings.sendsAudio()) {
      held.addLast(new Piece(samples, capturedAtMicros, untilMicros));
    } else {
      outbox.kept(samples, capturedAtMicros);
    }
    for (AudioWindow window : windows(samples, capturedAtMicros)) {
      taken &= hear(model.hear(window));
    }
    // Of audio in runs too short for a window nothing will be heard.
    long mostAwaited = untilMicros - leadMicros - windowMicros - hopMicros;
    boolean released = release(Math.max(heardUntilMicros - leadMicros, mostAwaited));
    return taken && released;
  }

  /** Whether the clock was stepped back: what was heard by it before is not about this sound. */
  private boolean isSetBack(long capturedAtMicros) {
    return endMicros != Long.MIN_VALUE && endMicros - capturedAtMicros > FrameNumbers.GAP_MICROS;
  }

  private boolean beginAnew() {
    boolean taken = finish();
    heardUntilMicros = Long.MIN_VALUE;
    forgetBefore(Long.MAX_VALUE);
    return taken;
  }

  private List<AudioWindow> windows(short[] samples, long capturedAtMicros) {
    FrameNumbers.Place place = numbers.next(samples.length, capturedAtMicros);
    CutResult cut =
        cutter.accept(
            state,
            new FrameAudio(
                identity.sensorId(),
                bootId,
                place.sequence(),
                capturedAtMicros,
                identity.clock().getSource().name(),
                identity.clock().getUncertaintyMicros(),
                sampleRateHertz,
                Pcm16.encode(samples).array(),
                place.runSample(),
                0,
                null));
    state = cut.state();
    return cut.windows();
  }

  private boolean hear(Heard heard) {
    long from = heard.window().startMicros();
    long until = from + windowMicros;
    heardUntilMicros = Math.max(heardUntilMicros, from + hopMicros);
    float[] scores = heard.scores();
    if (scores != null && trigger != null) {
      trigger.hear(from, until, scores);
    }
    if (scores != null && gate != null) {
      gate.hear(from, until, scores);
    }
    if (!settings.sendsEmbeddings()) {
      return true;
    }
    Optional<AudioEmbedding> embedding = coder.embedding(heard);
    return embedding.isEmpty() || outbox.embedding(embedding.get());
  }

  /** Decides on audio that ends by then. */
  private boolean release(long untilMicros) {
    boolean taken = true;
    while (!held.isEmpty() && held.getFirst().untilMicros() <= untilMicros) {
      Piece piece = held.removeFirst();
      taken &= release(piece);
      forgetBefore(piece.untilMicros());
    }
    return taken;
  }

  private void forgetBefore(long micros) {
    if (trigger != null) {
      trigger.forgetBefore(micros);
    }
    if (gate != null) {
      gate.forgetBefore(micros);
    }
  }

  private boolean release(Piece piece) {
    long from = piece.fromMicros();
    long until = piece.untilMicros();
    boolean evidence = trigger != null;
    if (trigger != null && !trigger.wants(from, until)) {
      outbox.kept(piece.samples(), from);
      return true;
    }
    if (gate == null || gate.lets(from, until)) {
      return outbox.audio(piece.samples(), from, Privacy.NONE, evidence);
    }
    return settings.privacy() == PrivacyPolicy.BLUR
        ? outbox.audio(
            Blur.blurred(piece.samples(), sampleRateHertz), from, Privacy.BLURRED, evidence)
        : outbox.audio(new short[piece.samples().length], from, Privacy.WITHHELD, evidence);
  }

  /** Decides on all that is held, with what has been heard. */
  @Override
  public boolean finish() {
    return release(Long.MAX_VALUE);
  }

  @Override
  public void close() {
    model.close();
  }
}
