"""Reference values of chapter 11, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Needs torch and numpy.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(11)
NOISE = 0.3
out = {}


def save(**tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[name.replace("__", "/")] = np.ascontiguousarray(array)


# How badly a generator's pictures of four noises fit what is left of four others; nothing is left of the third pixel
w0, b0 = torch.randn(3, 5) * 0.6, torch.randn(5) * 0.2
w1, b1 = torch.randn(5, 6) * 0.6, torch.randn(6) * 0.2
z = torch.randn(4, 3).requires_grad_()
a = torch.randn(6, 6) * 0.5
a[2] = 0.0
y = torch.randn(4, 6)
hidden = F.leaky_relu(z @ w0 + b0, 0.2)
x = 0.5 * torch.tanh(hidden @ w1 + b1) + 0.5
energy = ((x @ a.T - y) ** 2).sum() / (2 * NOISE) + 0.5 * (z**2).sum()
energy.backward()
save(search__w0=w0, search__b0=b0, search__w1=w1, search__b1=b1)
save(search__z=z, search__a=a, search__y=y, search__energy=energy, search__d_z=z.grad)

np.savez(Path(__file__).parent / "reference.npz", **out)
