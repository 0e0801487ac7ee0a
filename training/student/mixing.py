"""Windows as a sensor would hear them: recordings at random onset, length, pitch, distance, room, level and noise.

All classes get the same lengths, levels and backgrounds, so that neither padding nor loudness tells them apart.
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from train_yamnet_head import breaking_glass, dull_glass, scream

from . import sources
from .corpus import active_frames, FRAME

WINDOW = 15_600
BEFORE = 8_400  # samples heard before the window, whose echo reaches into it
SPAN = BEFORE + WINDOW
FFT = next_fast_len(SPAN, real=True)
OUTPUTS = ["glass_shatter", "shout_scream", "crying", "gunshot_explosion", "siren_alarm", "speech", "dog"]
OUTPUT_OF = {"glass_breaking": "glass_shatter", "vocal_distress": "shout_scream", "crying_baby": "crying",
             "gunshot": "gunshot_explosion", "siren": "siren_alarm", "speech": "speech", "dog": "dog"}
# What a recording of a label does not speak against: too near to the class, or may hold it.
SAYS_NOTHING_OF = {
    "vocal_distress": ["crying", "speech"], "crying_baby": ["shout_scream"], "vocal_taunt": ["shout_scream", "speech"],
    "laughing": ["shout_scream", "speech"], "alarm": ["siren_alarm"], "clock_alarm": ["siren_alarm"], "fireworks": ["gunshot_explosion"],
    "thunderstorm": [], "bed": ["speech"], "car_horn": ["siren_alarm"], "can_opening": ["glass_shatter"]}
BEDS = {"bed", "rain", "wind", "sea_waves", "crickets", "engine", "helicopter", "train", "insects", "airplane",
        "crackling_fire", "washing_machine", "vacuum_cleaner", "water_drops", "chirping_birds", "footsteps"}
# Share of the foreground recordings, by label; "rest" is every label of the index that is not named.
SHARES = {"glass_breaking": 0.11, "vocal_distress": 0.14, "crying_baby": 0.08, "gunshot": 0.09, "siren": 0.05,
          "speech": 0.12, "dog": 0.04, "laughing": 0.02, "impact": 0.10, "thunderstorm": 0.02, "other": 0.11,
          "rest": 0.12}
MADE = {"glass_breaking": 0.45, "vocal_distress": 0.12, "siren": 1.0}  # share that is synthesised
CREATURES = {"oa_gargoyle", "oa_skelebot"}  # growls and a robot: no human cries
SYNTHETIC = 300
FAINT = 0.0  # dB over the background below which nobody says whether a sound is heard


def siren(rng):
    """A synthetic siren (wail, yelp, two tones) or alarm (beeps): a harmonic tone on a repeating path, 2 s."""
    n = 2 * sources.RATE
    t = np.arange(n) / sources.RATE
    kind = rng.integers(4)
    low = rng.uniform(350, 800)
    if kind == 0:  # wail: slow rise and fall
        pitch = low * (1 + rng.uniform(0.6, 1.4) * (0.5 - 0.5 * np.cos(2 * np.pi * (t / rng.uniform(2, 8) + rng.random()))))
    elif kind == 1:  # yelp: the same, fast
        pitch = low * (1 + rng.uniform(0.6, 1.4) * np.abs(((t * rng.uniform(2, 5) + rng.random()) % 1) * 2 - 1))
    elif kind == 2:  # two tones
        pitch = np.where((t * rng.uniform(0.7, 2) + rng.random()) % 1 < 0.5, low, low * rng.uniform(1.2, 1.5))
    else:  # beeps
        pitch = np.full(n, rng.uniform(700, 3500))
    phase = 2 * np.pi * np.cumsum(pitch) / sources.RATE
    tilt, highest = rng.uniform(0.6, 2), float(pitch.max())
    out = sum(h ** -tilt * np.sin(h * phase + rng.uniform(0, 6.28)) for h in range(1, 12) if h * highest < 7600)
    if kind == 3:
        out = out * ((t * rng.uniform(1, 8) + rng.random()) % 1 < rng.uniform(0.3, 0.7))
    out = np.tanh(out * rng.uniform(0.5, 3))
    return (out / np.max(np.abs(out))).astype(np.float32)


@dataclass
class Mixed:
    """windows [N,15600] float32; targets [N,outputs] int8: 1 heard, 0 not, -1 not said; label and groups (a|b) of each."""

    windows: np.ndarray
    targets: np.ndarray
    labels: np.ndarray
    groups: np.ndarray


def targets_of(label):
    """What a window with a recording of this label says of each output."""
    if label == "other":
        return np.full(len(OUTPUTS), -1, np.int8)
    said = np.zeros(len(OUTPUTS), np.int8)
    for name in SAYS_NOTHING_OF.get(label, ()):
        said[OUTPUTS.index(name)] = -1
    if label in OUTPUT_OF:
        said[OUTPUTS.index(OUTPUT_OF[label])] = 1
    return said


class Mixer:
    """Draws windows from clips; the same clips and seed give the same windows."""

    def __init__(self, clips, seed, snr=(-3, 35), made=True):
        self.snr = snr
        self.by_label, self.beds = {}, []
        rng = np.random.default_rng(seed)
        for clip in clips:
            if clip.group in CREATURES:
                continue
            x = clip.samples.astype(np.float32) / 32768
            row = (x, active_frames(clip.samples), clip.group)
            if clip.label in BEDS:
                self.beds.append(x / (np.sqrt(np.mean(x ** 2)) + 1e-6))
            kind = clip.label if clip.label in SHARES else "rest"
            self.by_label.setdefault(kind, {}).setdefault((clip.label, clip.group), []).append(row)
        self.made = {}
        if made:
            makers = {"glass_breaking": (breaking_glass, dull_glass), "vocal_distress": (scream,), "siren": (siren,)}
            for label, makes in makers.items():
                rows = [make(rng).astype(np.float32) for make in makes for _ in range(SYNTHETIC)]
                self.made[label] = [(x, active_frames(x * 32768), f"synthetic{i % 12}") for i, x in enumerate(rows)]
        self.kinds = [k for k in SHARES if k in self.by_label or k in self.made]
        self.shares = np.array([SHARES[k] for k in self.kinds]) / sum(SHARES[k] for k in self.kinds)
        self.keys = {k: sorted(v) for k, v in self.by_label.items()}
        self.noise = self._noise(rng)
        self.rooms = self._rooms(rng)

    @staticmethod
    def _noise(rng, seconds=40):
        """White, pink and brown noise, of power 1."""
        n = seconds * sources.RATE
        out = []
        for slope in (0, 0.5, 1):
            spectrum = rfft(rng.standard_normal(n))
            spectrum /= np.maximum(20, np.arange(len(spectrum)) / seconds) ** slope
            x = irfft(spectrum, n)
            out.append((x / np.sqrt(np.mean(x ** 2))).astype(np.float32))
        return out

    @staticmethod
    def _rooms(rng, count=150):
        """Spectra of rooms: the direct sound and an exponentially decaying tail."""
        rooms = []
        for _ in range(count):
            n = int(sources.RATE * rng.uniform(0.05, 0.5))
            tail = rng.standard_normal(n) * np.exp(-6.9 * np.arange(n) / n)
            tail *= rng.uniform(0.02, 0.5) / np.sqrt(np.sum(tail ** 2))
            tail[0] = 1
            rooms.append(rfft(tail, FFT).astype(np.complex64))
        return rooms

    def _foreground(self, rng):
        kind = self.kinds[rng.choice(len(self.kinds), p=self.shares)]
        made = self.made.get(kind)
        if made and (kind not in self.keys or rng.random() < MADE[kind]):
            return kind, made[rng.integers(len(made))]
        label, group = self.keys[kind][rng.integers(len(self.keys[kind]))]
        rows = self.by_label[kind][label, group]
        return label, rows[rng.integers(len(rows))]

    @staticmethod
    def placed(rng, x, frames, plain=False):
        """A stretch of x around one of its active frames, in SPAN samples, at least 0.25 s of it in the window."""
        length = min(len(x), int(sources.RATE * np.exp(rng.uniform(np.log(0.3), np.log(2.0)))))
        anchor = int(frames[rng.integers(len(frames))]) * FRAME
        start = int(np.clip(anchor - rng.uniform(0, 1) * length, 0, len(x) - length))
        x = x[start:start + length]
        if not plain and rng.random() < 0.6:
            steps = np.arange(0, len(x) - 1, rng.uniform(0.82, 1.22))
            x = np.interp(steps, np.arange(len(x)), x).astype(np.float32)
        least, loud = min(len(x), sources.RATE // 4), np.max(np.abs(x))
        for _ in range(5):  # until what lies in the window is not just the recording's quiet end
            offset = BEFORE + int(rng.integers(least - len(x), WINDOW - least + 1))
            if np.max(np.abs(x[max(0, BEFORE - offset):SPAN - offset])) >= 0.4 * loud:
                break
        out = np.zeros(SPAN, np.float32)
        low, high = max(0, offset), min(SPAN, offset + len(x))
        out[low:high] = x[low - offset:high - offset]
        return out

    def _filters(self, rng, n):
        """Random distance, obstacles, microphone and room for each of n sounds: spectra [n, FFT/2+1]."""
        hertz = np.arange(FFT // 2 + 1, dtype=np.float32) * (sources.RATE / FFT)
        out = np.ones((n, len(hertz)), np.complex64)
        for i in range(n):
            if rng.random() < 0.7:
                out[i] /= np.sqrt(1 + (hertz / np.exp(rng.uniform(np.log(1200), np.log(16000)))) ** 2)
            if rng.random() < 0.3:
                out[i] *= ((hertz + 100) / 1000) ** rng.uniform(-0.3, 0.3)
            if rng.random() < 0.12:
                out[i, hertz > rng.uniform(3400, 6500)] = 0
            if rng.random() < 0.5:
                out[i] *= self.rooms[rng.integers(len(self.rooms))]
        return out

    def _bed(self, rng):
        noise = self.noise[rng.integers(3)]
        start = rng.integers(len(noise) - WINDOW)
        back = noise[start:start + WINDOW]
        if self.beds and rng.random() < 0.65:
            bed = self.beds[rng.integers(len(self.beds))]
            start = rng.integers(max(1, len(bed) - WINDOW))
            bed = np.resize(bed[start:start + WINDOW], WINDOW)
            back = bed / (np.sqrt(np.mean(bed ** 2)) + 1e-3) + back * 10 ** rng.uniform(-1.5, 0)
        return back / (np.sqrt(np.mean(back ** 2)) + 1e-6)

    def draw(self, seed, n):
        """n windows: 14 % background alone, a quarter of the others with two sounds."""
        rng = np.random.default_rng(seed)
        sounds, owner, levels = [], [], []
        targets = np.zeros((n, len(OUTPUTS)), np.int8)
        labels, groups = np.full(n, "background", "U24"), np.full(n, "bed", "U64")
        for i in range(n):
            count = 0 if rng.random() < 0.14 else 2 if rng.random() < 0.25 else 1
            said = []
            for _ in range(count):
                label, (x, frames, group) = self._foreground(rng)
                sounds.append(self.placed(rng, x, frames))
                owner.append(i), levels.append(rng.uniform(*self.snr))
                said.append(targets_of(label))
                if levels[-1] < FAINT:
                    said[-1][said[-1] == 1] = -1
                labels[i], groups[i] = ("two", f"{groups[i]}|{group}") if len(said) > 1 else (label, group)
            if said:  # heard in one is heard; not said in one is not said
                targets[i] = np.where(np.any(np.array(said) == 1, 0), 1, np.min(said, 0))
        sounds = irfft(rfft(np.stack(sounds), FFT) * self._filters(rng, len(sounds)), FFT)[:, BEFORE:SPAN]
        windows = np.stack([self._bed(rng) for _ in range(n)]).astype(np.float32)
        for x, i, level in zip(sounds, owner, levels):
            power = x ** 2
            inside = power >= power.max() * 1e-3  # all of it where it is silent
            rms = np.sqrt(power[inside].mean()) + 1e-9
            windows[i] += x * (10 ** (level / 20) / rms)
        windows /= np.sqrt(np.mean(windows ** 2, 1, keepdims=True)) + 1e-9
        windows *= (10 ** (rng.uniform(-55, -10, n) / 20))[:, None]
        return Mixed(np.clip(windows, -1, 1).astype(np.float32), targets, labels, groups)
