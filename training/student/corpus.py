"""The clips that teach and the clips that test; no recording is on both sides, under whatever name."""

import os
import pickle
import zlib

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


def folds_of(clips, count):
    """The fold of each source group, 0 to count - 1: each label's clips spread evenly, no group in two of them."""
    folds, sizes = {}, {}
    for label in sorted({c.label for c in clips}):
        members = {}
        for clip in clips:
            if clip.label == label:
                members.setdefault(clip.group, []).append(clip)
        for group in sorted(members, key=lambda g: (-len(members[g]), zlib.crc32(g.encode()))):
            if group not in folds:
                folds[group] = min(range(count), key=lambda k: (sizes.get((label, k), 0), sizes.get(k, 0), k))
            for key in ((label, folds[group]), folds[group]):
                sizes[key] = sizes.get(key, 0) + len(members[group])
    return folds


def split(indexed, packaged, fold=None):
    """(train, test) of clips, no recording twice; fold (k, count): test is that fold of the index and nothing else."""
    folds = folds_of(indexed, fold[1]) if fold else {}
    once = {}
    for at, clip in enumerate(indexed + packaged):
        once.setdefault(clip.sha256, (clip, at < len(indexed)))
    train, test = [], []
    for clip, of_index in once.values():
        if fold and folds.get(clip.group) == fold[0]:
            test += [clip] * of_index
        elif fold and sources.is_free(clip):
            train.append(clip)
        elif not fold:
            (test if sources.is_held_out(clip) else train).append(clip)
    return train, test


def load(index, packages, cache, fold=None):
    """(train, test): clips to learn from and clips held out; kept in the file cache, which is read if it is there.

    fold: None for what the shipped model learns from, or (k, count) for one part of a cross-validation.
    """
    if cache and os.path.exists(cache):
        with open(cache, "rb") as file:
            return pickle.load(file)
    train, test = split(sources.indexed(index), sources.packaged(packages), fold)
    train, copies = without_copies(train, test)
    print(f"{len(train)} clips to learn from, {len(test)} held out; copies of held-out recordings, left out:")
    print("\n".join("  " + name for name in copies) or "  none")
    if cache:
        with open(cache, "wb") as file:
            pickle.dump((train, test), file)
    return train, test
