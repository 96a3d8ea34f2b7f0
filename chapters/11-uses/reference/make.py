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

def grids(x, side):
    """[B, side² · C] -> [B, C, side, side]"""
    return x.reshape(x.shape[0], side, side, -1).permute(0, 3, 1, 2)


def rows(maps):
    """[B, C, side, side] -> [B, side² · C]"""
    return maps.permute(0, 2, 3, 1).reshape(maps.shape[0], -1)


def kernel(w):
    """[16 · I, O], taps line by line, channels inside -> [O, I, 4, 4]"""
    return w.reshape(4, 4, -1, w.shape[1]).permute(3, 2, 0, 1).contiguous()


def down(x, w, b, side):
    return rows(F.conv2d(grids(x, side), kernel(w), b, stride=2, padding=1))


def up(x, w, b, side):
    # [16 · O, C] -> [C, O, 4, 4], as conv_transpose2d wants it
    return rows(F.conv_transpose2d(grids(x, side), kernel(w), b, stride=2, padding=1))


def cycle():
    """Two generators and two discriminators on pictures of 4 × 4 places and two channels"""
    draws, weight = torch.Generator().manual_seed(1112), 0.8

    def leaf(*shape, scale):
        return (scale * torch.randn(*shape, generator=draws)).requires_grad_()

    def g_net():
        return [leaf(32, 3, scale=0.3), leaf(3, scale=0.1), leaf(32, 3, scale=0.3), leaf(2, scale=0.1)]

    def d_net():
        return [leaf(32, 3, scale=0.3), leaf(3, scale=0.1), leaf(48, 1, scale=0.3), leaf(1, scale=0.1)]

    def g_of(net, x):
        hidden = F.leaky_relu(down(x, net[0], net[1], 4), 0.2)
        return x + up(hidden, net[2], net[3], 2)

    def d_of(net, x):
        hidden = F.leaky_relu(down(x, net[0], net[1], 4), 0.2)
        return down(hidden, net[2], net[3], 2)

    g, d = [g_net(), g_net()], [d_net(), d_net()]
    x = [torch.randn(3, 32, generator=draws) for _ in range(2)]
    losses = []
    for way in range(2):
        made = g_of(g[way], x[way])
        home = g_of(g[1 - way], made)
        adversarial = F.softplus(-d_of(d[1 - way], made)).mean()
        losses.append(adversarial + weight * F.l1_loss(home, x[way]))
    sum(losses).backward()
    for n in range(2):
        save(**{f"translate__x{n}": x[n], f"translate__loss{n}": losses[n]})
        for of, net in (("g", g[n]), ("d", d[n])):
            names = [f"translate__{of}{n}__{name}" for name in ("w0", "b0", "w1", "b1")]
            save(**dict(zip(names, net)))
            if of == "g":
                save(**{name.replace("g", "d_g", 1): p.grad for name, p in zip(names, net)})
    save(translate__lambda=weight)


cycle()

np.savez(Path(__file__).parent / "reference.npz", **out)
