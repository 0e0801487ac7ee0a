"""Writes the bundle: backbone.onnx, head.onnx, manifest.csv, bundle.yaml; the graphs are checked against torch."""

import csv
import hashlib
import json
import os

import numpy as np
import onnx
import onnxruntime as ort
import torch

from .mixing import OUTPUTS
from .network import Backbone, DIMENSION, WINDOW

AGREE = 1e-4  # most that a value of a graph may differ from torch's, relative to the largest
DETECTED = ["glass_shatter", "shout_scream", "crying", "gunshot_explosion"]  # real sirens are heard too badly: MODEL_CARD.md
INDEX_LABELS = {"glass_breaking": "glass_shatter", "vocal_distress": "shout_scream", "crying_baby": "crying",
                "gunshot": "gunshot_explosion", "siren": "siren_alarm"}


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def export(module, shape, path, names):
    """Writes module as ONNX with N free, and checks it on seeded input; returns the largest difference."""
    generator = torch.Generator().manual_seed(0)
    example = torch.randn((3, *shape), generator=generator) * 0.1
    torch.onnx.export(module, (example,), path, input_names=names[:1], output_names=names[1:], opset_version=17,
                      dynamic_axes={name: {0: "N"} for name in names}, dynamo=False)
    model = onnx.load(path)
    model.doc_string = ""
    onnx.checker.check_model(model)
    onnx.save(model, path)
    with torch.inference_mode():
        expected = module(example).numpy()
    got = ort.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, {names[0]: example.numpy()})[0]
    difference = float(np.max(np.abs(got - expected)) / np.max(np.abs(expected)))
    if difference > AGREE:
        raise ValueError(f"{path} differs from torch by {difference:.2e}; at most {AGREE:.0e} is allowed")
    return difference


def write_manifest(path, clips):
    """Every recording learnt from: its digest first."""
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["sha256", "file", "label", "source", "source_url", "author", "licence", "source_group"])
        for c in sorted(clips, key=lambda c: (c.source, c.name, c.sha256)):
            out.writerow([c.sha256, c.name.replace(",", "_"), c.label, c.source, c.url, c.author, c.licence, c.group])


def write(folder, body, head, clips, calibrations, provenance):
    """Writes the whole bundle; calibrations: label -> what head.calibrated says, for each label that is detected."""
    os.makedirs(folder, exist_ok=True)
    place = lambda name: os.path.join(folder, name)
    differences = {
        "backbone.onnx": export(Backbone(body).eval(), (WINDOW,), place("backbone.onnx"), ["waveform", "embeddings"]),
        "head.onnx": export(head.eval(), (DIMENSION,), place("head.onnx"), ["embedding", "scores"])}
    write_manifest(place("manifest.csv"), clips)
    files = ("backbone.onnx", "head.onnx", "manifest.csv")
    lines = ["# Written by training/student; not by hand.", "format: 1", "id: tocsin-student", 'version: "1"',
             "licence: weights Apache-2.0; every recording learnt from and its licence is in manifest.csv", "files:"]
    lines += [f"  {name}: {sha256(place(name))}" for name in files]
    lines += ["input: {kind: waveform, sampleRateHertz: 16000, windowSamples: 15600, hopSamples: 7800}",
              "backbone: {file: backbone.onnx, input: waveform, embedding: embeddings}", "head:", "  file: head.onnx",
              "  input: embedding", "  output: scores", f"  outputs: [{', '.join(OUTPUTS)}]", "labels:"]
    for name, c in calibrations.items():
        lines += [f"  - name: {name}", f"    calibration: {{kind: platt, a: {c['a']:.6f}, b: {c['b']:.6f}}}",
                  f"    onThreshold: {c['on']:.5f}", f"    offThreshold: {c['off']:.5f}",
                  f"    falsePositiveRate: {c['rate']}"]
    kept = {k: v for k, v in INDEX_LABELS.items() if v in calibrations}
    lines += ["indexLabels: {" + ", ".join(f"{k}: {v}" for k, v in kept.items()) + "}", "provenance:"]
    lines += [f"  {key}: {json.dumps(value)}" for key, value in {
        **provenance, "manifestSha256": sha256(place("manifest.csv")),
        "recallInWithheldGroups": {k: round(c["recall"], 4) for k, c in calibrations.items()}}.items()]
    with open(place("bundle.yaml"), "w") as file:
        file.write("\n".join(lines) + "\n")
    return differences
