"""The distress head: a small network on the student's embeddings, one calibrated score for each output."""

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from .distil import LOG_FLOOR, shard
from .mixing import OUTPUTS
from .network import Head

# Windows of everything else, hard negatives first of all, that may pass. One per cent is the rule; cries are short and
# faint, and an alert needs several sensors that agree on a place, and a second sound there: as in the YAMNet head.
FALSE_POSITIVE_RATE = {"shout_scream": 0.03, "crying": 0.03}
ONE_PER_CENT = 0.01


@torch.inference_mode()
def labelled_embeddings(body, folder, shards):
    """(student's embeddings, teacher's log embeddings, targets, groups) of the windows of the first shards."""
    rows = []
    for number in range(shards):
        now = shard(folder, number)
        told = np.any(now["targets"] >= 0, 1)
        x = torch.from_numpy(now["pictures"][told].astype(np.float32))[:, None]
        e = np.concatenate([body(x[i:i + 128]).numpy() for i in range(0, len(x), 128)])
        rows.append((e, np.log(now["embeddings"][told].astype(np.float32) + LOG_FLOOR), now["targets"][told], now["groups"][told]))
    return tuple(np.concatenate(r) for r in zip(*rows))


def fit(embeddings, targets, seed, epochs=12):
    """A head that has learnt what the targets say; what they do not say (-1) counts for nothing."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    head = Head(len(OUTPUTS), embeddings.shape[1])
    head.mean.copy_(torch.from_numpy(embeddings.mean(0)))
    head.scale.copy_(torch.from_numpy(1 / np.maximum(embeddings.std(0), 0.05 * embeddings.std())))
    x, y = torch.from_numpy(embeddings), torch.from_numpy(targets)
    told = (y >= 0).float()
    rare = (told.sum(0) / (y == 1).sum(0).clamp(min=1)).clamp(1, 10) ** 0.5
    optimiser = torch.optim.AdamW(head.parameters(), 2e-3, weight_decay=0.05)
    steps = epochs * (len(x) // 256)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    head.train()
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for at in range(0, len(x) - 255, 256):
            rows = order[at:at + 256]
            hidden_some = torch.nn.functional.dropout(x[rows], 0.2)
            losses = torch.nn.functional.binary_cross_entropy_with_logits(
                head.logits(hidden_some), y[rows].clamp(min=0).float(), pos_weight=rare, reduction="none")
            loss = (losses * told[rows]).sum() / len(rows)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return head.eval()


@torch.inference_mode()
def scores(head, embeddings):
    return head(torch.from_numpy(embeddings)).numpy()


def _logit(p):
    p = np.clip(p.astype(np.float64), 1e-7, 1 - 1e-7)
    return np.log(p / (1 - p))


def calibrated(score, target, rate=ONE_PER_CENT):
    """Platt's a and b, and the thresholds at the stated rate of false positives, from scores of windows not learnt from."""
    told = target >= 0
    score, target = score[told], target[told]
    fit_of = LogisticRegression(C=1e6, max_iter=1000).fit(_logit(score)[:, None], target)
    on = float(np.clip(np.quantile(score[target == 0], 1 - rate), 0.05, 0.99))
    return {"a": float(fit_of.coef_[0, 0]), "b": float(fit_of.intercept_[0]), "on": on, "off": on / 2, "rate": rate,
            "recall": float(np.mean(score[target == 1] >= on))}
