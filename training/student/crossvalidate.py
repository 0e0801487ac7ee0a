"""What students that never heard a part of the recordings hear of that part, beside YAMNet; prints JSON.

    python -m student.crossvalidate --teacher yamnet_wave.onnx --classes yamnet_class_map.csv --work WORK --folds N

WORK/fold-K holds what `python -m student all --fold K/N --work WORK/fold-K --out WORK/fold-K/bundle` left: the clips of
both sides, the shards and the bundle. Every recording of the index is scored by the student, and by the head on
YAMNet's embeddings, that no recording of its source group has taught; the scores of all parts make one table. Clips lie
in backgrounds of their own part, as in `student.evaluate`. For ESC-10 a linear head on mean embeddings is taught on the
other parts' clips. Intervals: 95 %, bootstrap over source groups.
"""

import argparse
import json
import os

import numpy as np
from sklearn.linear_model import LogisticRegression

from . import corpus, distil, evaluate
from .mixing import BEDS, CREATURES, OUTPUTS, targets_of

DISTRESS = ("glass_shatter", "shout_scream", "crying", "gunshot_explosion", "siren_alarm")


class Part:
    """A fold: its clips, and the three ways to hear them."""

    def __init__(self, args, k):
        folder = os.path.join(args.work, f"fold-{k}")
        self.train, self.test = corpus.load(None, None, os.path.join(folder, "clips.pickle"))
        both = {c.group for c in self.train} & {c.group for c in self.test}
        if both:
            raise ValueError(f"fold {k}: {len(both)} source groups are on both sides: {sorted(both)[:5]}")
        self.columns = evaluate.Columns(argparse.Namespace(**{**vars(args), "bundle": os.path.join(folder, "bundle")}),
                                        os.path.join(folder, "shards"))
        self.sounds = [c for c in self.test if c.label not in BEDS and c.group not in CREATURES]
        self.beds = [c for c in self.test if c.label in BEDS]

    def heard(self, snr, args):
        """Scores [draws * clips, outputs] by column."""
        drawn = [evaluate.mixtures(self.sounds, self.beds, snr, args.seed + d) for d in range(args.draws)]
        return self.columns.heard(np.concatenate(drawn))


def table(parts, snr, args):
    """A row for each distress label that the index has recordings of."""
    heard = [part.heard(snr, args) for part in parts]
    clips = [c for part in parts for _ in range(args.draws) for c in part.sounds]
    targets, groups = np.stack([targets_of(c.label) for c in clips]), [c.group for c in clips]
    pooled = {name: np.concatenate([h[name] for h in heard]) for name in heard[0]}
    rows = {}
    for name in DISTRESS:
        k = OUTPUTS.index(name)
        if (targets[:, k] == 1).any():
            rows[name] = {column: evaluate.measured(s, targets, groups, k, args.seed) for column, s in pooled.items()}
            rows[name]["clips"] = int((targets[:, k] == 1).sum() // args.draws)
    return rows


def is_esc10(clip):
    return clip.source.startswith("ESC-10") or clip.label == "rain" and bool(clip.fold)


def esc10(parts, args):
    """Accuracy over all ESC-10 clips: each is named by a linear head that its own part has not taught."""
    right, groups = {"student": [], "yamnet": []}, []
    for part in parts:
        sides = {"test": [c for c in part.test if is_esc10(c)],
                 "train": [c for other in parts if other is not part for c in other.test if is_esc10(c)]}
        x, y = {}, {side: np.array([c.label for c in clips]) for side, clips in sides.items()}
        for side, clips in sides.items():
            cuts = [evaluate.windows_of((c.samples.astype(np.float32) / 32768)[None])[0] for c in clips]
            x[side] = {"student": np.stack([np.log(part.columns.embeddings(w) + 0.05).mean(0) for w in cuts]),
                       "yamnet": np.stack([np.log(part.columns.ask(w)[0] + distil.LOG_FLOOR).mean(0) for w in cuts])}
        groups += [c.group for c in sides["test"]]
        for name in right:
            mean, std = x["train"][name].mean(0), x["train"][name].std(0) + 0.05
            model = LogisticRegression(C=0.01, max_iter=2000).fit((x["train"][name] - mean) / std, y["train"])
            right[name] += (model.predict((x["test"][name] - mean) / std) == y["test"]).tolist()
    rng, names = np.random.default_rng(args.seed), sorted(set(groups))
    rows = [np.flatnonzero(np.array(groups) == g) for g in names]
    out = {"clips": len(groups)}
    for name, hits in right.items():
        hits = np.array(hits)
        drawn = [hits[np.concatenate([rows[i] for i in rng.integers(len(rows), size=len(rows))])].mean() for _ in range(1000)]
        out[name] = {"accuracy": round(float(hits.mean()), 4),
                     "interval": [round(float(v), 3) for v in np.quantile(drawn, [0.025, 0.975])]}
    return out


def markdown(report):
    """The tables as the model card has them."""
    lines = ["| label | SNR | clips (groups) | AUC: ours | YAMNet classes | YAMNet + head | recall at 1 % false positives: ours "
             "| YAMNet classes | YAMNet + head |", "|" + "---|" * 9]
    columns = ("student", "yamnetClasses", "yamnetHead")
    for label in DISTRESS:
        for snr, rows in report["snr"].items():
            if label in rows:
                row = rows[label]
                cell = lambda c, value, ends: f"{row[c][value]:.3f} ({row[c][ends][0]:.2f}–{row[c][ends][1]:.2f})"
                lines.append(f"| {label} | {snr} dB | {row['clips']} ({row['student']['groups']}) | "
                             + " | ".join(cell(c, "auc", "aucInterval") for c in columns) + " | "
                             + " | ".join(cell(c, "recallAt1pctFpr", "interval") for c in columns) + " |")
    return "\n".join(lines)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--teacher", "--classes", "--work"):
        args.add_argument(name, required=True)
    args.add_argument("--folds", type=int, default=5)
    args.add_argument("--snr", type=float, nargs="*", default=[20, 10, 5, 0])
    args.add_argument("--draws", type=int, default=3)
    args.add_argument("--head-shards", type=int, default=8)
    args.add_argument("--seed", type=int, default=7)
    args.add_argument("--markdown", help="file to write the table into as well")
    args = args.parse_args()
    parts = [Part(args, k) for k in range(args.folds)]
    report = {"folds": args.folds, "clips": sum(len(p.test) for p in parts), "esc10": esc10(parts, args),
              "snr": {f"{snr:g}": table(parts, snr, args) for snr in args.snr}}
    if args.markdown:
        with open(args.markdown, "w") as file:
            file.write(markdown(report) + "\n")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
