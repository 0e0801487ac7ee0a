"""Windows a second of two backbones on one core, measured in turns so that both see the same weather; prints JSON.

    python -m student.speed BUNDLE/backbone.onnx yamnet_wave.onnx
"""

import json
import sys
import time

import numpy as np
import onnxruntime as ort


def windows_a_second(paths, batch=16, seconds=0.4, rounds=15):
    """Median and best windows a second of each backbone, one thread, never the same payload twice in a row."""
    rng = np.random.default_rng(1)
    payloads = [rng.standard_normal((batch, 15_600)).astype(np.float32) * 0.1 for _ in range(7)]
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    sessions = [ort.InferenceSession(p, options, providers=["CPUExecutionProvider"]) for p in paths]
    rates = [[] for _ in paths]
    for _ in range(rounds):
        for session, seen in zip(sessions, rates):
            began, done = time.perf_counter(), 0
            used = time.process_time()
            while time.perf_counter() - began < seconds:
                session.run(["embeddings"], {"waveform": payloads[done % 7]})
                done += 1
            seen.append(done * batch / (time.process_time() - used))
    return {path: {"medianPerCpuSecond": round(float(np.median(r))), "best": round(max(r))} for path, r in zip(paths, rates)}


if __name__ == "__main__":
    print(json.dumps(windows_a_second(sys.argv[1:]), indent=1))
