"""What a bundle hears of the held-out recordings, beside YAMNet; prints JSON.

    python -m student.evaluate --bundle BUNDLE --teacher yamnet_wave.onnx --classes yamnet_class_map.csv --work WORK

Clip level: of every held-out recording a stretch (at most 2 s around a place where it sounds, the same for all
classes) lies somewhere in three seconds of held-out background at a stated signal-to-noise ratio; the clip's score is
the highest of its windows, cut with the bundle's hop. Beside it: YAMNet's own classes, and a head of the same kind on
YAMNet's embeddings, taught on the same windows. Intervals: 95 %, bootstrap over source groups.
"""

import argparse
import csv
import json
import os

import numpy as np
import onnxruntime as ort
import yaml

from . import corpus, distil, head
from .mixing import BEDS, CREATURES, FFT, Mixer, OUTPUTS, SPAN, targets_of, WINDOW
from .network import Body

HOP, SECONDS = 7_800, 3
SPEECH_CLIPS = 150
RAW = {"glass_shatter": ["Glass", "Shatter", "Breaking", "Smash, crash"],
       "shout_scream": ["Screaming", "Shout", "Yell", "Bellow", "Children shouting"],
       "crying": ["Baby cry, infant cry", "Crying, sobbing", "Whimper", "Wail, moan"],
       "gunshot_explosion": ["Gunshot, gunfire", "Explosion", "Machine gun", "Fusillade", "Artillery fire", "Cap gun", "Burst, pop", "Boom"],
       "siren_alarm": ["Siren", "Civil defense siren", "Alarm", "Police car (siren)", "Ambulance (siren)",
                       "Fire engine, fire truck (siren)", "Emergency vehicle", "Car alarm", "Smoke detector, smoke alarm"]}

NAMED = list(RAW)


def mixtures(clips, beds, snr, seed):
    """Three seconds for each clip: float32 [N, 48000]."""
    rng = np.random.default_rng([seed, int(snr)])
    out = []
    for clip in clips:
        x = Mixer.placed(rng, clip.samples.astype(np.float32) / 32768, corpus.active_frames(clip.samples), plain=True)
        bed = beds[rng.integers(len(beds))].samples.astype(np.float32)
        start = rng.integers(max(1, len(bed) - SECONDS * 16_000))
        back = np.resize(bed[start:start + SECONDS * 16_000], SECONDS * 16_000)
        back /= np.sqrt(np.mean(back ** 2)) + 1e-6
        power = x ** 2
        x /= np.sqrt(power[power > power.max() * 1e-3].mean()) + 1e-9
        at = rng.integers(0, SECONDS * 16_000 - SPAN)
        back[at:at + SPAN] += x * 10 ** (snr / 20)
        back *= 10 ** (rng.uniform(-45, -15) / 20) / np.sqrt(np.mean(back ** 2))
        out.append(np.clip(back, -1, 1))
    return np.stack(out).astype(np.float32)


def windows_of(waveforms):
    starts = range(0, waveforms.shape[1] - WINDOW + 1, HOP)
    return np.stack([waveforms[:, s:s + WINDOW] for s in starts], 1)


def session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


class Columns:
    """Clip scores [N, outputs] by each way to hear."""

    def __init__(self, args, folder):
        with open(os.path.join(args.bundle, "bundle.yaml")) as file:
            self.bundle = yaml.safe_load(file)
        self.backbone = session(os.path.join(args.bundle, self.bundle["backbone"]["file"]))
        self.head = session(os.path.join(args.bundle, self.bundle["head"]["file"]))
        self.ask = distil.teacher(args.teacher)
        with open(args.classes, newline="") as file:
            names = [row["display_name"] for row in csv.DictReader(file)]
        self.raw = [[names.index(n) for n in RAW.get(o, ()) if n in names] for o in OUTPUTS]
        _, logs, targets, _ = head.labelled_embeddings(Body().eval(), folder, args.head_shards)
        self.teacher_head = head.fit(logs, targets, args.seed)

    def embeddings(self, windows):
        return np.concatenate([self.backbone.run(None, {"waveform": windows[i:i + 64]})[0] for i in range(0, len(windows), 64)])

    def heard(self, waveforms):
        cut = windows_of(waveforms)
        n, per, _ = cut.shape
        flat = np.ascontiguousarray(cut.reshape(n * per, WINDOW))
        ours = self.head.run(None, {"embedding": self.embeddings(flat)})[0]
        e, s = self.ask(flat)
        raw = np.stack([s[:, k].max(1) if k else np.zeros(len(s)) for k in self.raw], 1)
        theirs = head.scores(self.teacher_head, np.log(e + distil.LOG_FLOOR))
        return {k: v.reshape(n, per, -1).max(1) for k, v in
                {"student": ours, "yamnetClasses": raw, "yamnetHead": theirs}.items()}


def auc(positive, negative):
    return float(np.mean((positive[:, None] > negative[None]) + 0.5 * (positive[:, None] == negative[None])))


def average_precision(positive, negative):
    every = np.concatenate([positive, negative])
    hit = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])[np.argsort(-every, kind="stable")]
    return float(np.sum(np.cumsum(hit) / np.arange(1, len(hit) + 1) * hit) / len(positive))


def recall_at(positive, negative, rate):
    return float(np.mean(positive > np.quantile(negative, 1 - rate)))


def interval(positive, negative, groups, measure, seed, times=300):
    """95 % by drawing source groups of positives, and negatives, anew."""
    rng = np.random.default_rng(seed)
    names = sorted(set(groups))
    rows = [np.flatnonzero(np.array(groups) == g) for g in names]
    values = []
    for _ in range(times):
        drawn = np.concatenate([rows[i] for i in rng.integers(len(rows), size=len(rows))])
        values.append(measure(positive[drawn], negative[rng.integers(len(negative), size=len(negative))]))
    return [round(float(v), 3) for v in np.quantile(values, [0.025, 0.975])]


def measured(scores, targets, groups, k, seed):
    positive, negative = scores[targets[:, k] == 1, k], scores[targets[:, k] == 0, k]
    own = [g for g, t in zip(groups, targets[:, k]) if t == 1]
    at1 = lambda p, n: recall_at(p, n, 0.01)
    return {"n": len(positive), "groups": len(set(own)), "negatives": len(negative),
            "auc": round(auc(positive, negative), 4), "aucInterval": interval(positive, negative, own, auc, seed),
            "averagePrecision": round(average_precision(positive, negative), 4),
            "recallAt1pctFpr": round(at1(positive, negative), 3), "interval": interval(positive, negative, own, at1, seed)}


def at_threshold(passed, target, labels):
    """Recall and false positives, and the labels that pass most often without being it."""
    wrong = {}
    for p, t, label in zip(passed, target, labels):
        if t == 0:
            wrong.setdefault(label, []).append(p)
    often = sorted(((name, round(float(np.mean(p)), 2), len(p)) for name, p in wrong.items()), key=lambda r: -r[1])
    return {"recall": round(float(passed[target == 1].mean()), 3),
            "falsePositives": round(float(passed[target == 0].mean()), 4), "confusions": often[:5]}


def held_out(test, seed):
    """Held-out clips to score, and held-out backgrounds; speech is thinned."""
    rng = np.random.default_rng(seed)
    speech = [c for c in test if c.label == "speech"]
    keep = {id(speech[i]) for i in rng.permutation(len(speech))[:SPEECH_CLIPS]}
    sounds = [c for c in test if c.label not in BEDS and c.group not in CREATURES
              and (c.label != "speech" or id(c) in keep)]
    return sounds, [c for c in test if c.label in BEDS]


def esc10(columns, train, test, seed):
    """Accuracy on held-out ESC-10 clips of a linear head on mean embeddings of the others, ours and YAMNet's."""
    from sklearn.linear_model import LogisticRegression
    pick = lambda clips: [c for c in clips if c.source.startswith("ESC-10") or c.label == "rain" and c.fold]
    x, y = {}, {}
    for side, clips in (("train", pick(train)), ("test", pick(test))):
        rows = {"student": [], "yamnet": []}
        for c in clips:
            cut = windows_of((c.samples.astype(np.float32) / 32768)[None])[0]
            rows["student"].append(np.log(columns.embeddings(cut) + 0.05).mean(0))
            rows["yamnet"].append(np.log(columns.ask(cut)[0] + distil.LOG_FLOOR).mean(0))
        x[side], y[side] = {k: np.stack(v) for k, v in rows.items()}, np.array([c.label for c in clips])
    rng, out = np.random.default_rng(seed), {"train": len(y["train"]), "test": len(y["test"])}
    for name in ("student", "yamnet"):
        mean, std = x["train"][name].mean(0), x["train"][name].std(0) + 0.05
        model = LogisticRegression(C=0.01, max_iter=2000).fit((x["train"][name] - mean) / std, y["train"])
        right = model.predict((x["test"][name] - mean) / std) == y["test"]
        drawn = [right[rng.integers(len(right), size=len(right))].mean() for _ in range(1000)]
        out[name] = {"accuracy": round(float(right.mean()), 4),
                     "interval": [round(float(v), 3) for v in np.quantile(drawn, [0.025, 0.975])]}
    return out


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--bundle", "--teacher", "--classes", "--work"):
        args.add_argument(name, required=True)
    args.add_argument("--snr", type=float, nargs="*", default=[20, 10, 5, 0])
    args.add_argument("--draws", type=int, default=3)
    args.add_argument("--head-shards", type=int, default=8)
    args.add_argument("--seed", type=int, default=7)
    args = args.parse_args()
    train, test = corpus.load(None, None, os.path.join(args.work, "clips.pickle"))
    columns = Columns(args, os.path.join(args.work, "shards"))
    sounds, beds = held_out(test, args.seed)
    targets = np.stack([targets_of(c.label) for c in sounds] * args.draws)
    groups = [c.group for c in sounds] * args.draws
    thresholds = {label["name"]: label["onThreshold"] for label in columns.bundle["labels"]}
    report = {"bundle": columns.bundle["id"], "esc10": esc10(columns, train, test, args.seed), "snr": {}}
    for snr in args.snr:
        heard = columns.heard(np.concatenate([mixtures(sounds, beds, snr, args.seed + d) for d in range(args.draws)]))
        rows = report["snr"][f"{snr:g}"] = {}
        for name in NAMED:
            k = OUTPUTS.index(name)
            rows[name] = {column: measured(s, targets, groups, k, args.seed) for column, s in heard.items()}
            if name in thresholds:
                rows[name]["student"]["atThreshold"] = at_threshold(
                    heard["student"][:, k] >= thresholds[name], targets[:, k], [c.label for c in sounds] * args.draws)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
