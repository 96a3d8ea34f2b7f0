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

# Both players of a pair that is told classes: five pictures of four numbers, three classes, noise of two numbers
GAMMA = 0.7
random = torch.Generator().manual_seed(119)


def layers(*widths):
    make = lambda i, o: (torch.randn(i, o, generator=random) * 0.6, torch.randn(o, generator=random) * 0.2)
    pairs = [make(i, o) for i, o in zip(widths, widths[1:])]
    return [tensor.requires_grad_() for pair in pairs for tensor in pair]


def through(net, x, last):
    for n in range(0, len(net), 2):
        x = x @ net[n] + net[n + 1]
        x = F.leaky_relu(x, 0.2) if n + 2 < len(net) else last(x)
    return x


def named(of, net):
    numbers = range(len(net))
    return {f"conditional__{of}__{'wb'[n % 2]}{n // 2}": net[n] for n in numbers}


g, d = layers(2 + 3, 6, 4), layers(4 + 3, 5, 6, 1)
y = F.one_hot(torch.tensor([0, 2, 1, 2, 0]), 3).to(torch.float64)
z, x = (torch.randn(5, n, generator=random) for n in (2, 4))
x_fake = torch.randn(5, 4, generator=random)
logit = lambda x: through(d, torch.cat([x, y], 1), lambda s: s)
drawn = through(g, torch.cat([z, y], 1), torch.tanh)
g_loss = F.softplus(-logit(drawn)).mean()
d_g = torch.autograd.grad(g_loss, g)
at = x.clone().requires_grad_()
(slope,) = torch.autograd.grad(logit(at).sum(), at, create_graph=True)
d_loss = F.softplus(-logit(x)).mean() + F.softplus(logit(x_fake)).mean()
d_loss = d_loss + 0.5 * GAMMA * (slope**2).sum(1).mean()
d_d = torch.autograd.grad(d_loss, d, allow_unused=True)
d_d = [torch.zeros_like(p) if v is None else v for p, v in zip(d, d_d)]
save(**named("g", g), **named("d", d), **named("d_g", d_g), **named("d_d", d_d))
save(conditional__x=x, conditional__x_fake=x_fake, conditional__y=y, conditional__z=z)
save(conditional__g_loss=g_loss, conditional__d_loss=d_loss)

np.savez(Path(__file__).parent / "reference.npz", **out)
