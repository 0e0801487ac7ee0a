"""Teaches the student to hear what the teacher hears, on mixtures drawn on the fly.

Mixtures are drawn in shards, each from its own seed, and put to the teacher (mix first, then ask); the student sees
only the log-mel pictures, since its front end is fixed. Drawing and learning may run side by side: whoever learns
waits for the next shard. One thread everywhere: same clips, same seed, same digests.
"""

import math
import os
import time
import zlib

import numpy as np
import onnxruntime as ort
import torch

from .mixing import Mixer, OUTPUTS
from .network import LogMel, Pupil

PER_SHARD, BATCH = 4096, 64
LOG_FLOOR = 0.05  # added to the teacher's embedding before its logarithm
RESTLESS = 0.4  # least spread that an output of the teacher is credited with: most hardly ever stir
KEEP = 0.998  # of the running average of weights, a step
FIELDS = ("pictures", "embeddings", "scores", "targets", "labels", "groups")


def teacher(path):
    """waveforms [N,15600] -> (embeddings [N,1024], scores [N,521]) of YAMNet, one thread."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def ask(windows):
        parts = [session.run(["embeddings", "scores"], {"waveform": windows[i:i + 64]}) for i in range(0, len(windows), 64)]
        return tuple(np.concatenate(p) for p in zip(*parts))
    return ask


@torch.inference_mode()
def pictures(windows):
    """Log-mel pictures [N,64,64] float16 of windows."""
    front = LogMel()
    return np.concatenate([front(torch.from_numpy(windows[i:i + 128]))[:, 0].numpy().astype(np.float16)
                           for i in range(0, len(windows), 128)])


def shard_path(folder, number):
    return os.path.join(folder, f"shard-{number:04d}.npz")


def draw_shards(clips, teacher_path, folder, seed, numbers, per_shard=PER_SHARD):
    """Draws the shards of these numbers that are not there yet."""
    os.makedirs(folder, exist_ok=True)
    mixer, ask = Mixer(clips, seed), teacher(teacher_path)
    for number in numbers:
        path = shard_path(folder, number)
        if os.path.exists(path):
            continue
        parts = []
        for part in range(0, per_shard, 256):
            mixed = mixer.draw([seed, number, part], 256)
            embeddings, scores = ask(mixed.windows)
            parts.append((pictures(mixed.windows), embeddings.astype(np.float16), scores.astype(np.float16),
                          mixed.targets, mixed.labels, mixed.groups))
        building = path[:-4] + ".part.npz"
        np.savez(building, **dict(zip(FIELDS, (np.concatenate(p) for p in zip(*parts)))))
        os.replace(building, path)
        print(f"shard {number} at {time.strftime('%H:%M:%S')}", flush=True)


def shard(folder, number):
    """A shard's arrays; waits until it has been drawn."""
    path = shard_path(folder, number)
    while not os.path.exists(path):
        time.sleep(1)
    with np.load(path) as arrays:
        return {name: arrays[name] for name in FIELDS}


def withheld(groups):
    """Which windows hold a source group whose labels the student is never told: scores are calibrated on those.

    About a quarter of the groups, by checksum; the teacher is heard on them all the same.
    """
    one = lambda group: group != "bed" and zlib.crc32(b"b" + group.encode()) % 4 == 0
    return np.array([any(one(g) for g in both.split("|")) for both in groups.tolist()])


def masked(rng, x):
    """Hides a stretch of time and a stretch of bands in half of the pictures each (SpecAugment, Park et al. 2019)."""
    x = x.clone()
    for i in range(len(x)):
        if rng.random() < 0.5:
            n = rng.integers(4, 17)
            at = rng.integers(0, 64 - n)
            x[i, 0, at:at + n] = x[i, 0].mean()
        if rng.random() < 0.5:
            n = rng.integers(3, 13)
            at = rng.integers(0, 64 - n)
            x[i, 0, :, at:at + n] = x[i, 0].mean()
    return x


def loss_of(pupil, x, embedding, scores, targets, label_weight):
    """Squared error of the standardised log embedding, cross entropy of the classes, and of what the labels say."""
    said_embedding, said_classes, said_labels = pupil(x)
    distance = torch.nn.functional.mse_loss(said_embedding, embedding)
    classes = torch.nn.functional.binary_cross_entropy_with_logits(said_classes, scores, reduction="sum") / len(x)
    told = targets >= 0
    labels = torch.nn.functional.binary_cross_entropy_with_logits(said_labels, targets.clamp(min=0).float(), reduction="none")
    labels = (labels * told).sum() / len(x)
    return distance + 0.04 * classes + label_weight * labels, distance, classes, labels


def learn(folder, shards, visits, seed, checkpoint, until=None, cool=6, rate=3e-3, label_weight=0.3):
    """Learns from shard after shard, over and over; a checkpoint of the running average after each visit.

    A checkpoint that is there is gone on from: the whole state is in it.
    """
    torch.manual_seed(seed)
    pupil = Pupil(len(OUTPUTS)).to(memory_format=torch.channels_last)
    first = shard(folder, 0)
    logs = np.log(first["embeddings"].astype(np.float32) + LOG_FLOOR)
    mean, scale = torch.from_numpy(logs.mean(0)), torch.from_numpy(1 / np.maximum(logs.std(0), RESTLESS))
    steps_a_visit = len(first["labels"]) // BATCH
    optimiser = torch.optim.AdamW(pupil.parameters(), rate, weight_decay=0.01)
    total, last = visits * steps_a_visit, min(visits, until or visits) * steps_a_visit
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min(1, (s + 1) / 200) * (
        0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * min(1, s / total)))) * min(1, max(0, last - s) / (cool * steps_a_visit)))
    average = {k: v.clone() for k, v in pupil.state_dict().items()}
    start = 0
    if os.path.exists(checkpoint):
        state = torch.load(checkpoint, weights_only=True)
        pupil.load_state_dict(state["pupil"]), optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        average, start = state["average"], state["visit"]
    for visit in range(start, min(visits, until or visits)):
        torch.manual_seed(seed + visit)
        rng = np.random.default_rng([seed, visit])
        now = shard(folder, visit % shards)
        now["targets"][withheld(now["groups"])] = -1
        order, sums = rng.permutation(len(now["labels"])), np.zeros(4)
        pupil.train()
        for step in range(steps_a_visit):
            rows = order[step * BATCH:(step + 1) * BATCH]
            x = masked(rng, torch.from_numpy(now["pictures"][rows].astype(np.float32))[:, None])
            e = (torch.log(torch.from_numpy(now["embeddings"][rows].astype(np.float32)) + LOG_FLOOR) - mean) * scale
            losses = loss_of(pupil, x.contiguous(memory_format=torch.channels_last), e,
                             torch.from_numpy(now["scores"][rows].astype(np.float32)),
                             torch.from_numpy(now["targets"][rows]), label_weight)
            optimiser.zero_grad()
            losses[0].backward()
            optimiser.step()
            schedule.step()
            keep = min(KEEP, (visit * steps_a_visit + step + 1) / (visit * steps_a_visit + step + 10))
            for name, value in pupil.state_dict().items():
                if value.dtype.is_floating_point:
                    average[name].lerp_(value, 1 - keep)
                else:
                    average[name].copy_(value)
            sums += [float(part.detach()) for part in losses]
        building = checkpoint + ".part"
        torch.save({"pupil": pupil.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict(),
                    "average": average, "visit": visit + 1, "visits": visits}, building)
        os.replace(building, checkpoint)
        print(f"visit {visit + 1} of {visits} at {time.strftime('%H:%M:%S')}: loss, distance, classes, labels "
              + " ".join(f"{v:.4f}" for v in sums / steps_a_visit), flush=True)


def learnt(checkpoint):
    """The pupil of a checkpoint's averaged weights, and the visits it has seen."""
    state = torch.load(checkpoint, weights_only=True)
    pupil = Pupil(len(OUTPUTS))
    pupil.load_state_dict(state["average"])
    return pupil.eval(), state["visit"]
