"""Chapter 3's and chapter 8's training in PyTorch, for quality against time.

    python torch_quality.py gan|vq-vae START FOLDER

reads where to begin from START, trains on the digits in datasets/mnist, leaves the networks at each mark in FOLDER, and
prints for each the mark, seconds of training until there, and the file.
"""

import gzip
import json
import sys
import time
from pathlib import Path

import numpy
import torch

import side
from torch_side import FORMAT, Gan, VqVae

DIGITS = Path(__file__).resolve().parents[2] / "datasets/mnist/train-images-idx3-ubyte.gz"


def digits():
    """All training digits, `[N, 784]`, in [0, 1]."""
    pixels = numpy.frombuffer(gzip.open(DIGITS).read(), dtype=numpy.uint8, offset=16)
    return torch.from_numpy(pixels.reshape(-1, 784).copy()).float() / 255


def batches(x, size, generator):
    """Batches without end, every image once in each turn."""
    while True:
        order = torch.randperm(len(x), generator=generator)
        for n in range(len(x) // size):
            yield x[order[n * size : (n + 1) * size]]


class Digits(Gan):
    """Chapter 3's pair on the digits."""

    def __init__(self, arrays, generator):
        super().__init__(arrays, torch.nn.Tanh())
        batch, learnt = map(round, map(float, arrays["sizes"]))
        self.shape = (batch, arrays["g.0"].shape[0])
        self.data = batches(2 * digits()[:learnt] - 1, batch, generator)

    def train_once(self):
        self.step(next(self.data), torch.randn(self.shape), torch.randn(self.shape))

    def networks(self):
        turned = [p.T if p.dim() == 2 else p for p in self.mean]
        return {f"g.{n}": p.numpy() for n, p in enumerate(turned)}


class Codes(VqVae):
    """The twin of the table, on the digits."""

    def __init__(self, arrays, generator):
        images = digits()
        batch = int(arrays["batch"][0])
        super().__init__({**arrays, "x": images[:batch].numpy()})
        self.data = batches(images, batch, generator)

    def train_once(self):
        self.x = next(self.data).reshape(-1, 1, 28, 28).to(memory_format=FORMAT)
        super().train_once()

    def networks(self):
        arrays = {"codebook": self.codebook.numpy()}
        for name, half in (("encoder", self.encoder), ("decoder", self.decoder)):
            for n, p in enumerate(half.parameters()):
                p = p.detach()
                p = p.permute(2, 3, 1, 0).reshape(-1, p.shape[0]) if p.dim() == 4 else p
                arrays[f"{name}.{n}"] = p.numpy()
        return arrays


def main(system, start, folder):
    arrays = side.load(start)
    torch.manual_seed(1)
    generator = torch.Generator().manual_seed(1)
    run = {"gan": Digits, "vq-vae": Codes}[system](arrays, generator)
    seconds, left = 0, []
    for mark in map(int, arrays["marks"]):
        begin = time.perf_counter()
        while run.n < mark:
            run.train_once()
        seconds += time.perf_counter() - begin
        file = str(Path(folder) / f"{system}-torch-{mark}.safetensors")
        side.save(file, run.networks())
        left.append([mark, seconds, file])
    print(json.dumps(left))


if __name__ == "__main__":
    main(*sys.argv[1:])
