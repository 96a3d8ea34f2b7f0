"""What a peer's process does: it answers `time CASE N` and `first CASE FILE`, a line each, with a list of numbers."""

import json
import os
import sys
import time

import numpy

# Where a peer computes: `cpu` or `cuda:N`.
DEVICE = os.environ.get("PEER_DEVICE", "cpu")

# Adam's constants and the decay of the averaged generator are those of `gan::training::Config::default()`.
LR, BETA1, BETA2, EPS, AVERAGE = 2e-4, 0.5, 0.999, 1e-8, 0.999
SLOPE = 0.2


def decay(n):
    """The decay of the averaged generator at step n, counted from 0."""
    return min(AVERAGE, (n + 1) / (n + 10))


def load(path):
    """The arrays of a safetensors file: the length of a header, the header, the numbers."""
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + int.from_bytes(content[:8], "little")
    arrays = {}
    for name, entry in json.loads(content[8:start]).items():
        if name != "__metadata__":
            begin, end = (start + at for at in entry["data_offsets"])
            numbers = numpy.frombuffer(content[begin:end], dtype="<f4")
            arrays[name] = numbers.reshape(entry["shape"]).copy()
    return arrays


def save(path, arrays):
    """The inverse of `load`."""
    header, numbers, at = {}, [], 0
    for name, array in arrays.items():
        array = numpy.ascontiguousarray(array, dtype="<f4")
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [at, at + array.nbytes]}
        numbers.append(array.tobytes())
        at += array.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(numbers))


def layers(arrays, net):
    """Weights `[I, O]` and biases `[O]` of a network, first layer first."""
    count = sum(name.startswith(f"{net}.") for name in arrays) // 2
    return [(arrays[f"{net}.{2 * n}"], arrays[f"{net}.{2 * n + 1}"]) for n in range(count)]


def recipe(arrays):
    """Numbers of chapter 8's recipe by name; the step size falls to zero over `steps`."""
    names = ["lr", "beta1", "beta2", "eps", "steps", "variance", "beta", "gamma"]
    return dict(zip(names, map(float, arrays["recipe"])))


def serve(prepare, wait=lambda value: None):
    """`prepare(case, arrays)` gives two functions: one piece of work, and what it gives as a list of numbers.

    `wait` waits until the value that a piece of work returns is there.
    """
    ready = {}
    for line in sys.stdin:
        verb, case, last = line.split()
        if verb == "first":
            arrays = load(last)
            numbers = prepare(case, arrays)[1]()
            ready[case] = prepare(case, arrays)[0]
        else:
            work, stamps = ready[case], [time.perf_counter()]
            for _ in range(int(last)):
                wait(work())
                stamps.append(time.perf_counter())
            numbers = [b - a for a, b in zip(stamps, stamps[1:])]
        print(json.dumps(numbers), flush=True)
