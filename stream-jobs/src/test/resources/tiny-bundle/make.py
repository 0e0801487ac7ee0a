"""Makes the bundle of the jobs' tests: real ONNX graphs, small enough to be read.

The backbone squares the samples and sums them in four stretches of the window; the head calls a
window glass when the last three stretches are much louder than nothing. The other head, of another
version, says the same of glass in another place, and calls a window thud when its first stretch is
loud.

    python3 make.py      (needs the package onnx)
"""
import hashlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WINDOW = 800
STRETCHES = 4


def save(name, nodes, inputs, outputs, constants):
    graph = helper.make_graph(
        nodes, name, inputs, outputs, [numpy_helper.from_array(v, k) for k, v in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, name + ".onnx")
    return hashlib.sha256(open(name + ".onnx", "rb").read()).hexdigest()


def tensor(name, width):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", width])


stretches = np.zeros((WINDOW, STRETCHES), np.float32)
for s in range(STRETCHES):
    stretches[s * WINDOW // STRETCHES:(s + 1) * WINDOW // STRETCHES, s] = 1
backbone = save(
    "backbone",
    [helper.make_node("Mul", ["waveform", "waveform"], ["power"]),
     helper.make_node("MatMul", ["power", "stretches"], ["embedding"])],
    [tensor("waveform", WINDOW)], [tensor("embedding", STRETCHES)], {"stretches": stretches})


def head(name, weights, bias):
    return save(
        name,
        [helper.make_node("MatMul", ["embedding", "weights"], ["weighted"]),
         helper.make_node("Add", ["weighted", "bias"], ["logit"]),
         helper.make_node("Sigmoid", ["logit"], ["p"])],
        [tensor("embedding", STRETCHES)], [tensor("p", len(bias))],
        {"weights": np.array(weights, np.float32), "bias": np.array(bias, np.float32)})


first = head("head", [[0.0, 0.0], [0.2, -0.2], [0.2, -0.2], [0.2, -0.2]], [-3.0, 3.0])
head("other-head",
     [[0.6, 0.0, 0.0], [0.0, -0.2, 0.2], [0.0, -0.2, 0.2], [0.0, -0.2, 0.2]], [-3.0, 3.0, -3.0])
with open("bundle.yaml", "w") as f:
    f.write(f"""format: 1
id: tiny
version: "1"
licence: CC0-1.0
files:
  backbone.onnx: {backbone}
  head.onnx: {first}
input: {{kind: waveform, sampleRateHertz: 8000, windowSamples: {WINDOW}, hopSamples: {WINDOW // 2}}}
backbone: {{file: backbone.onnx, input: waveform, embedding: embedding}}
head: {{file: head.onnx, input: embedding, output: p, outputs: [glass, background]}}
labels:
  - {{name: glass, calibration: {{kind: platt, a: 1, b: 0}}, onThreshold: 0.6, offThreshold: 0.3}}
""")
