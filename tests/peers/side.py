"""What a peer's process does: it answers `time CASE N` and `first CASE FILE`, a line each, with a list of numbers."""

import json
import os
import sys
import time

import numpy

# Where a peer computes: `cpu` or `cuda:N`.
DEVICE = os.environ.get("PEER_DEVICE", "cpu")

SLOPE = 0.2  # of the leaky ReLUs


def gan_recipe(arrays):
    """Numbers of a pair's recipe by name."""
    names = ["lr", "beta1", "beta2", "eps", "steps", "average", "gamma", "every"]
    recipe = dict(zip(names, map(float, arrays["recipe"])))
    return {**recipe, "every": round(recipe["every"])}


def gan_lr(recipe, n):
    """The step size of step n, counted from 0; it falls to zero, if over any steps."""
    return recipe["lr"] * (max(0, 1 - n / recipe["steps"]) if recipe["steps"] else 1)


def decay(recipe, n):
    """The decay of the averaged generator at step n, counted from 0."""
    return min(recipe["average"], (n + 1) / (n + 10))


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


def prior(arrays):
    """Chapter 9's parameters in its own order: the embeddings, sixteen arrays for each block, and what comes behind."""
    count = sum(name.startswith("prior.") for name in arrays)
    all = [arrays[f"prior.{n}"] for n in range(count)]
    return all[:2], [all[n : n + 16] for n in range(2, count - 4, 16)], all[-4:]


def prior_recipe(arrays):
    """Numbers of chapter 9's recipe by name."""
    recipe = dict(zip(["lr", "beta1", "beta2", "eps", "steps", "warm_up", "heads"], map(float, arrays["recipe"])))
    return {**recipe, "heads": round(recipe["heads"])}


def prior_lr(recipe, n):
    """The step size of step n, counted from 0: up, then down to zero."""
    return recipe["lr"] * max(0, min(1, (n + 1) / recipe["warm_up"], 1 - n / recipe["steps"]))


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
