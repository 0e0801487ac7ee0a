"""The pipeline, step by step or whole.

    python -m student all --index DIR/index.csv --packages PACKAGES --teacher yamnet_wave.onnx --work WORK --out BUNDLE

Steps: clips (decode, split, leave copies out), shards (mix, ask the teacher), learn (distil), ship (head,
calibration, ONNX, bundle). Each is gone on from where it stopped; shards and learn may run side by side.
"""

import argparse
import os

import numpy as np
import torch

from . import bundle, corpus, distil, head, network


def options():
    args = argparse.ArgumentParser(prog="python -m student", description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("step", choices=["clips", "shards", "learn", "ship", "bare", "all"])
    args.add_argument("--index", help="index.csv of recordings; only the free ones are learnt from")
    args.add_argument("--packages", help="folder with each Debian package unpacked into a folder of its name")
    args.add_argument("--teacher", help="yamnet_wave.onnx")
    args.add_argument("--work", required=True, help="folder for what lies between the steps")
    args.add_argument("--out", help="folder of the bundle")
    args.add_argument("--fold", type=lambda text: tuple(map(int, text.split("/"))), metavar="K/N",
                      help="part K, from 0, of a cross-validation in N parts: never learns from that part of the index")
    args.add_argument("--shards", type=int, default=20)
    args.add_argument("--per-shard", type=int, default=distil.PER_SHARD, help="windows; a multiple of 256")
    args.add_argument("--visits", type=int, default=100, help="shards learnt from, one after the other, over and over")
    args.add_argument("--until", type=int, help="stop after so many of the visits, as if the rest were to come")
    args.add_argument("--cool", type=int, default=6, help="visits before the last over which the rate falls to nothing")
    args.add_argument("--label-weight", type=float, default=0.3, help="of the labels' part in the student's loss")
    args.add_argument("--seed", type=int, default=20261121)
    return args.parse_args()


def ship(args, train):
    body, visits = distil.learnt(os.path.join(args.work, "pupil.pt"))
    e, _, targets, groups = head.labelled_embeddings(body.body, os.path.join(args.work, "shards"), args.shards)
    kept_back = distil.withheld(groups)
    unseen = kept_back | (groups == "bed") & (np.arange(len(groups)) % 4 == 0)
    scores = head.scores(head.fit(e[~unseen], targets[~unseen], args.seed), e[unseen])
    calibrations = {name: head.calibrated(scores[:, k], targets[unseen, k],
                                          head.FALSE_POSITIVE_RATE.get(name, head.ONE_PER_CENT))
                    for k, name in enumerate(head.OUTPUTS) if name in bundle.DETECTED}
    provenance = {
        "licence": "weights Apache-2.0; every recording and its licence is in manifest.csv",
        "teacherSha256": bundle.sha256(args.teacher), "seed": args.seed,
        "command": f"python -m student all --shards {args.shards} --per-shard {args.per_shard} --visits {args.visits}"
                   f" --until {visits} --cool {args.cool} --label-weight {args.label_weight}",
        "visitsLearnt": visits}
    differences = bundle.write(args.out, body.body, head.fit(e, targets, args.seed), train, calibrations, provenance)
    print("difference of ONNX from torch:", differences)
    for name, c in calibrations.items():
        print(f"{name}: threshold {c['on']:.3f}, recall in withheld groups {c['recall']:.3f}")
    for name in sorted(os.listdir(args.out)):
        print(bundle.sha256(os.path.join(args.out, name)), name)


def bare(args):
    """A bundle of random weights: to measure its speed before anything has been learnt."""
    torch.manual_seed(0)
    one = {"a": 1.0, "b": 0.0, "on": 0.5, "off": 0.25, "rate": 0.01, "recall": 0.0}
    print(bundle.write(args.out, network.Body().eval(), network.Head(len(head.OUTPUTS)).eval(), [],
                       {"glass_shatter": one}, {}))


def main():
    args = options()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    os.makedirs(args.work, exist_ok=True)
    if args.step == "bare":
        bare(args)
        return
    wanted = lambda *steps: args.step in (*steps, "all")
    if wanted("clips", "shards", "ship"):
        train, _ = corpus.load(args.index, args.packages, os.path.join(args.work, "clips.pickle"), args.fold)
    shards = os.path.join(args.work, "shards")
    if wanted("shards"):
        distil.draw_shards(train, args.teacher, shards, args.seed, range(args.shards), args.per_shard)
    if wanted("learn"):
        distil.learn(shards, args.shards, args.visits, args.seed, os.path.join(args.work, "pupil.pt"),
                     until=args.until, cool=args.cool, label_weight=args.label_weight)
    if wanted("ship"):
        ship(args, train)


if __name__ == "__main__":
    main()
