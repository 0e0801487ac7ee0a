"""The clips that teach and the clips that test; no recording is on both sides, under whatever name."""

import os
import pickle

import numpy as np
from scipy.signal import stft

from . import sources

FRAME = 320  # 20 ms
TEMPLATE = 40  # frames of 10 ms that two cuts of one recording share
LIKE = 0.9  # correlation of log spectra from which two cuts count as one recording


def active_frames(samples):
    """Indexes of 20 ms frames within 30 dB of the loudest."""
    whole = samples[:len(samples) // FRAME * FRAME].astype(np.float32).reshape(-1, FRAME)
    power = np.mean(whole ** 2, 1) + 1e-3
    return np.flatnonzero(power > power.max() * 1e-3)


def _picture(samples):
    """Log spectrum [frames, bins] in 10 ms steps."""
    _, _, z = stft(samples / 32768, sources.RATE, nperseg=512, noverlap=352)
    return np.log(np.abs(z[4:160:4]) + 1e-4).T.astype(np.float32)


def _windows(picture, length):
    if len(picture) < length:
        picture = np.pad(picture, ((0, length - len(picture)), (0, 0)), mode="edge")
    view = np.lib.stride_tricks.sliding_window_view(picture, length, axis=0)
    # Each band's mean is taken off: the course of a sound tells recordings apart, the colour of a noise does not.
    moved = (view - view.mean(-1, keepdims=True)).reshape(len(view), -1)
    return moved / (np.linalg.norm(moved, axis=-1, keepdims=True) + 1e-6)


def without_copies(train, test):
    """The training clips that are not cuts of test recordings, and the names of those that are.

    The loudest 0.4 s of each test clip is looked for at every 10 ms of every training clip: games share recordings.
    """
    wanted = []
    for clip in test:
        picture = _picture(clip.samples)
        loud = int(np.argmax(picture.mean(1)))
        start = max(0, min(loud - 5, len(picture) - TEMPLATE))
        wanted.append(_windows(picture[start:start + TEMPLATE], TEMPLATE)[0])
    wanted = np.stack(wanted).T
    kept, copies = [], []
    for clip in train:
        like = float((_windows(_picture(clip.samples), TEMPLATE) @ wanted).max())
        (copies if like >= LIKE else kept).append(clip)
    return kept, sorted(f"{c.source}: {c.name}" for c in copies)


def load(index, packages, cache):
    """(train, test): clips to learn from and clips held out; kept in the file cache, which is read if it is there."""
    if cache and os.path.exists(cache):
        with open(cache, "rb") as file:
            return pickle.load(file)
    seen, train, test = set(), [], []
    for clip in sources.indexed(index) + sources.packaged(packages):
        if clip.sha256 not in seen:
            seen.add(clip.sha256)
            (test if sources.is_held_out(clip) else train).append(clip)
    train, copies = without_copies(train, test)
    print(f"{len(train)} clips to learn from, {len(test)} held out; copies of held-out recordings, left out:")
    print("\n".join("  " + name for name in copies) or "  none")
    if cache:
        with open(cache, "wb") as file:
            pickle.dump((train, test), file)
    return train, test
