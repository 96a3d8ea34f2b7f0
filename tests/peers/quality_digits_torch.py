"""Chapter 3's recipe for digits in PyTorch, for the plot of quality against seconds of training.

    target/peers/bin/python tests/peers/quality_digits_torch.py --steps 56000

trains and keeps the averaged generator at milestones in target/peers/quality, each as a checkpoint that
`cargo run -p gan -- sample` reads, with the seconds so far in its name. Time spent on saving is not counted. The networks
start from PyTorch's generator of random numbers, with the book's distribution.
"""

import argparse
import gzip
import json
import time
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn.functional import softplus

import side

ROOT = Path(__file__).resolve().parent.parent.parent
BATCH, NOISE, GAMMA, EVERY, AVERAGE = 64, 64, 3.0, 4, 0.999
ADAM = {"lr": 5e-4, "betas": (0.0, 0.99), "eps": 1e-8, "fused": True}


def digits():
    """Five sixths of the training images, the others being for judges; pixels in [-1, 1]."""
    with gzip.open(ROOT / "datasets/mnist/train-images-idx3-ubyte.gz") as file:
        pixels = numpy.frombuffer(file.read(), dtype=numpy.uint8)[16:].reshape(-1, 784)
    pixels = pixels[: len(pixels) - len(pixels) // 6]
    return torch.from_numpy(pixels.astype(numpy.float32) / 127.5 - 1)


def network(widths, last):
    modules = []
    for n, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        linear, inner = nn.Linear(inputs, outputs), n + 2 < len(widths)
        variance = 2 / ((1 + side.SLOPE**2) * inputs) if inner else 2 / (inputs + outputs)
        nn.init.normal_(linear.weight, std=variance**0.5)
        nn.init.zeros_(linear.bias)
        modules += [linear, nn.LeakyReLU(side.SLOPE) if inner else last]
    return nn.Sequential(*modules)


def save(path, mean):
    """A safetensors file like those of `lab::Checkpoint`."""
    notes = {"training": "digits", "noise.signs": "0", "noise.normals": str(NOISE), "mean.layers": "3"}
    header, body = {"__metadata__": notes}, b""
    for n, p in enumerate(mean):
        array = p.T.contiguous().numpy() if p.ndim == 2 else p.numpy()  # [I, O]
        begin, body = len(body), body + array.astype("<f4").tobytes()
        header[f"mean.parameter.{n}"] = {"dtype": "F32", "shape": array.shape, "data_offsets": [begin, len(body)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=56_000)
    parser.add_argument("--milestones", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(options.seed)
    folder = ROOT / "target/peers/quality"
    folder.mkdir(parents=True, exist_ok=True)
    x, order, at = digits(), torch.empty(0, dtype=torch.long), 0
    g = network([NOISE, 256, 512, 784], nn.Tanh())
    d = network([784, 512, 256, 1], nn.Identity())
    of_g, of_d = list(g.parameters()), list(d.parameters())
    mean = [p.detach().clone() for p in of_g]
    players = [torch.optim.Adam(of, **ADAM) for of in (of_g, of_d)]
    adam_g, adam_d = players
    keep = {options.steps * (n + 1) // options.milestones for n in range(options.milestones)}
    seconds, start = 0.0, time.perf_counter()
    for n in range(options.steps):
        for adam in players:
            adam.param_groups[0]["lr"] = ADAM["lr"] * (1 - n / options.steps)
        if at + BATCH > len(order):
            order, at = torch.randperm(len(x)), 0
        real, at = x[order[at : at + BATCH]], at + BATCH

        with torch.no_grad():
            fake = g(torch.randn(BATCH, NOISE))
        s_real, s_fake = d(torch.cat([real, fake])).chunk(2)
        d_loss = softplus(-s_real).mean() + softplus(s_fake).mean()
        if n % EVERY == 0:
            examples = real.clone().requires_grad_()
            (slope,) = torch.autograd.grad(d(examples).sum(), examples, create_graph=True)
            d_loss = d_loss + EVERY * GAMMA / 2 * slope.square().sum(1).mean()
        adam_d.zero_grad()
        d_loss.backward()
        adam_d.step()

        g_loss = softplus(-d(g(torch.randn(BATCH, NOISE)))).mean()
        adam_g.zero_grad()
        g_loss.backward(inputs=of_g)
        adam_g.step()
        decay = min(AVERAGE, (n + 1) / (n + 10))
        torch._foreach_lerp_(mean, [p.detach() for p in of_g], 1 - decay)

        if n + 1 in keep:
            seconds += time.perf_counter() - start
            save(folder / f"digits_torch_{n + 1:06}_{seconds:.1f}s.safetensors", mean)
            print(f"step {n + 1}, {seconds:.1f} s, D {d_loss.item():.3f}, G {g_loss.item():.3f}", flush=True)
            start = time.perf_counter()


if __name__ == "__main__":
    main()
