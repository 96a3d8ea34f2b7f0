"""Reference values of chapter 10, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Weights, pictures and codebook are stored together with the results. The
convolutions are PyTorch's own conv2d and conv_transpose2d, space to depth is
its pixel_unshuffle, and every gradient its autograd's. Needs torch and numpy.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(1010)
out = {}

SIDE, COLOURS, PATCH, CHANNELS, WIDTH = 8, 3, 4, 4, 2
GRID = SIDE // PATCH
BETA, PERCEPTUAL, SHARE, MOST, DELTA = 0.25, 0.7, 0.6, 1e3, 1e-6


def save(**tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[name.replace("__", "/")] = np.ascontiguousarray(array)


def leaf(*shape, scale=1.0):
    return (scale * torch.randn(*shape)).requires_grad_()


def pictures(x, side):
    """[B, side² · C] -> [B, C, side, side]"""
    return x.reshape(x.shape[0], side, side, -1).permute(0, 3, 1, 2)


def flat(maps):
    """[B, C, side, side] -> [B, side² · C]"""
    return maps.permute(0, 2, 3, 1).reshape(maps.shape[0], -1)


def to_rows(maps):
    """[B, C, side, side] -> [B · side², C]"""
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])


def kernel(w, taps):
    """[taps² · I, O], taps line by line, channels inside -> [O, I, taps, taps]"""
    return w.reshape(taps, taps, -1, w.shape[1]).permute(3, 2, 0, 1)


def down(x, w, b, side):
    return flat(F.conv2d(pictures(x, side), kernel(w, 4), b, stride=2, padding=1))


def up(x, w, b, side):
    # [16 · O, C] -> [C, O, 4, 4], as conv_transpose2d wants it
    return flat(F.conv_transpose2d(pictures(x, side), kernel(w, 4), b, stride=2, padding=1))


def leaky(x):
    return F.leaky_relu(x, 0.2)


def to_depth(x):
    """Colours inside, as in the book; pixel_unshuffle has them outside"""
    u = F.pixel_unshuffle(pictures(x, SIDE), PATCH)  # [B, C · p², S, S]
    u = u.reshape(-1, COLOURS, PATCH * PATCH, GRID, GRID).permute(0, 3, 4, 2, 1)
    return u.reshape(-1, PATCH * PATCH * COLOURS)


def to_space(rows):
    u = rows.reshape(-1, GRID, GRID, PATCH * PATCH, COLOURS).permute(0, 4, 3, 1, 2)
    return flat(F.pixel_shuffle(u.reshape(-1, COLOURS * PATCH * PATCH, GRID, GRID), PATCH))


def half_net(i, o):
    shapes = [(i, CHANNELS), (9 * CHANNELS, CHANNELS), (CHANNELS, o)]
    return [p for n, m in shapes for p in (leaf(n, m, scale=(2 / n) ** 0.5), leaf(m, scale=0.1))]


def half(net, rows):
    h = rows @ net[0] + net[1]
    maps = torch.relu(h).reshape(-1, GRID, GRID, CHANNELS).permute(0, 3, 1, 2)
    h = h + to_rows(F.conv2d(maps, kernel(net[2], 3), net[3], padding=1))
    return torch.relu(h) @ net[4] + net[5]


def map_net(*channels):
    pairs = zip(channels, channels[1:])
    return [p for i, o in pairs for p in (leaf(16 * i, o, scale=(2 / (16 * i)) ** 0.5), leaf(o, scale=0.1))]


def encode(net, end, x):
    if not end:
        return half(net, to_depth(x))
    y = leaky(down(x, end[0], end[1], SIDE))
    y = leaky(down(y, end[2], end[3], SIDE // 2))
    return half(net, y.reshape(-1, CHANNELS))


def decode(net, end, z):
    y = half(net, z)
    if not end:
        return to_space(y)
    y = y.reshape(-1, GRID * GRID * CHANNELS)
    y = leaky(up(y, end[0], end[1], GRID))
    return up(y, end[2], end[3], GRID * 2)


def features(net, x):
    one = leaky(down(x, net[0], net[1], SIDE))
    return [one, leaky(down(one, net[2], net[3], SIDE // 2))]


def distance(net, scales, x, y):
    pairs = zip(features(net, x), features(net, y), scales)
    return sum(((b - a) ** 2).mean() / s for a, b, s in pairs) / len(scales)


def opinion(net, x):
    y = leaky(down(x, net[0], net[1], SIDE))
    y = leaky(down(y, net[2], net[3], SIDE // 2))
    return F.softplus(-down(y, net[4], net[5], SIDE // 4)).mean()


def save_net(prefix, net):
    for n, parameter in enumerate(net):
        save(**{f"{prefix}{'wb'[n % 2]}{n // 2}": parameter})


x = torch.rand(2, SIDE * SIDE * COLOURS)
other = torch.rand(2, SIDE * SIDE * COLOURS).requires_grad_()
save(x=x, other=other)

# Order of pixels
save(depth__rows=to_depth(x))
assert torch.equal(to_space(to_depth(x)), x)

# The ruler and the discriminator, at a second batch
ruler, judge = map_net(COLOURS, 3, 4), map_net(COLOURS, 3, 4, 1)
scales = [(f**2).mean().item() for f in features(ruler, x)]
save(ruler__scales=torch.tensor(scales))
save_net("ruler/", ruler)
save_net("judge/", judge)
for name, loss in (("distance", distance(ruler, scales, x, other)), ("opinion", opinion(judge, other))):
    (d,) = torch.autograd.grad(loss, other)
    save(**{f"{name}__value": loss, f"{name}__d": d})

# Both kinds of ends
P = PATCH * PATCH * COLOURS
for ends in ("patches", "windows"):
    if ends == "patches":
        encoder, decoder, into, back = half_net(P, WIDTH), half_net(WIDTH, P), [], []
    else:
        encoder, decoder = half_net(CHANNELS, WIDTH), half_net(WIDTH, CHANNELS)
        into = map_net(COLOURS, CHANNELS // 2, CHANNELS)
        # of `Up`, [16 · O, C]
        pairs = [(CHANNELS, CHANNELS // 2), (CHANNELS // 2, COLOURS)]
        back = [p for i, o in pairs for p in (leaf(16 * o, i, scale=(2 / (4 * i)) ** 0.5), leaf(o, scale=0.1))]
    for name, net in (("encoder", encoder), ("decoder", decoder), ("into", into), ("back", back)):
        save_net(f"{ends}/{name}/", net)

    # Encoder and decoder alone, with the gradient at everything they hold
    m_z = torch.randn(2 * GRID * GRID, WIDTH)
    z_e = encode(encoder, into, x)
    grads = torch.autograd.grad((z_e * m_z).sum(), encoder + into, retain_graph=True)
    save(**{f"{ends}__m_z": m_z, f"{ends}__z_e": z_e})
    save_net(f"{ends}/encode/half_d_", grads[: len(encoder)])
    save_net(f"{ends}/encode/end_d_", grads[len(encoder) :])
    z = leaf(2 * GRID * GRID, WIDTH)
    m_x = torch.randn(2, SIDE * SIDE * COLOURS)
    y = decode(decoder, back, z)
    d_z, *grads = torch.autograd.grad((y * m_x).sum(), [z] + decoder + back)
    save(**{f"{ends}__z": z, f"{ends}__m_x": m_x, f"{ends}__y": y, f"{ends}__d_z": d_z})
    save_net(f"{ends}/decode/half_d_", grads[: len(decoder)])
    save_net(f"{ends}/decode/end_d_", grads[len(decoder) :])

    # The step, with both critics
    codebook = z_e.detach()[::2] + 0.1 * torch.randn(GRID * GRID, WIDTH)
    z_q = codebook[torch.cdist(z_e, codebook).argmin(1)]
    x_hat = decode(decoder, back, z_e + (z_q - z_e).detach())
    reconstruction = ((x_hat - x) ** 2).mean()
    perceptual = distance(ruler, scales, x, x_hat)
    adversarial = opinion(judge, x_hat)
    commitment = BETA * ((z_e - z_q) ** 2).mean()
    rest = reconstruction + PERCEPTUAL * perceptual
    last = back[-2] if back else decoder[-2]
    norms = [torch.autograd.grad(loss, last, retain_graph=True)[0].norm() for loss in (rest, adversarial)]
    weight = SHARE * torch.clamp(norms[0] / (norms[1] + DELTA), max=MOST)
    names = ("codebook", "reconstruction", "perceptual", "adversarial", "commitment", "lambda")
    values = (codebook, reconstruction, perceptual, adversarial, commitment, weight)
    save(**{f"{ends}__step__{name}": value for name, value in zip(names, values)})
    total = rest + weight.detach() * adversarial + commitment
    nets = (("encoder", encoder), ("decoder", decoder), ("into", into), ("back", back))
    for name, net in nets:
        if net:
            grads = torch.autograd.grad(total, net, retain_graph=True)
            save_net(f"{ends}/step/{name}_d_", grads)

np.savez(Path(__file__).with_name("reference.npz"), **out)
print(f"{len(out)} arrays, torch {torch.__version__}")
