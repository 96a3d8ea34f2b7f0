"""Reference values of chapter 8, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Weights, inputs and codebook are stored together with the results; the
convolution is PyTorch's own conv2d. Needs torch and numpy.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(88)
out = {}


def save(**tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[name.replace("__", "/")] = np.ascontiguousarray(array)


def leaf(*shape, scale=1.0):
    return (scale * torch.randn(*shape)).requires_grad_()


def to_maps(rows, side):
    """[B·S², C] -> [B, C, S, S]"""
    return rows.reshape(-1, side, side, rows.shape[1]).permute(0, 3, 1, 2)


def to_rows(maps):
    """[B, C, S, S] -> [B·S², C]"""
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])


def kernel(w, c):
    """[9C, O], taps line by line -> [O, C, 3, 3]"""
    return w.reshape(3, 3, c, -1).permute(3, 2, 0, 1)


def conv(rows, w, b, side):
    maps = to_maps(rows, side)
    return to_rows(F.conv2d(maps, kernel(w, rows.shape[1]), b, padding=1))


def columns(rows, side):
    """unfold has channels outside, taps inside; here it is the other way"""
    c = rows.shape[1]
    u = F.unfold(to_maps(rows, side), 3, padding=1)  # [B, C·9, S²]
    u = u.reshape(-1, c, 9, side * side).permute(0, 3, 2, 1)
    return u.reshape(-1, 9 * c)


# Order of pixels
x = torch.rand(1, 784)
depth = to_rows(F.pixel_unshuffle(x.reshape(1, 1, 28, 28), 7))
save(depth__x=x, depth__rows=depth)

# Columns and convolution: two grids of 3 x 3, two channels to three
side = 3
x = leaf(2 * side * side, 2)
w, b = leaf(18, 3), leaf(3)
weights = torch.randn(2 * side * side, 18)
save(conv__x=x, conv__w=w, conv__b=b, columns__weights=weights)
loss = (columns(x, side) * weights).sum()
(d_x,) = torch.autograd.grad(loss, x)
save(columns__loss=loss, columns__d_x=d_x, columns__value=columns(x, side))
weights = torch.randn(2 * side * side, 3)
y = conv(x, w, b, side)
loss = (y * weights).sum()
d_x, d_w, d_b = torch.autograd.grad(loss, [x, w, b])
save(conv__weights=weights, conv__y=y, conv__loss=loss, conv__d_x=d_x, conv__d_w=d_w, conv__d_b=d_b)


# One whole step: patches of 7 x 7, three channels, latents of two components
def half_net(i, c, o):
    shapes = [(i, c), (9 * c, c), (9 * c, c), (c, o)]
    return [p for n, m in shapes for p in (leaf(n, m, scale=(2 / n) ** 0.5), leaf(m, scale=0.1))]


def half(net, rows, side):
    h = rows @ net[0] + net[1]
    h = h + conv(torch.relu(h), net[2], net[3], side)
    h = h + conv(torch.relu(h), net[4], net[5], side)
    return torch.relu(h) @ net[6] + net[7]


BETA, VARIANCE, side = 0.25, 0.09, 4
encoder, decoder = half_net(49, 3, 2), half_net(2, 3, 49)
images = torch.rand(2, 784)
x = to_rows(F.pixel_unshuffle(images.reshape(2, 1, 28, 28), 7))
z_e = half(encoder, x, side)
codebook = z_e.detach()[::5] + 0.1 * torch.randn(7, 2)
indices = torch.cdist(z_e, codebook).argmin(1)
z_q = codebook[indices]
x_hat = half(decoder, z_e + (z_q - z_e).detach(), side)
reconstruction = ((x_hat - x) ** 2).mean() / VARIANCE
commitment = BETA * ((z_e - z_q) ** 2).mean()
save(step__images=images, step__codebook=codebook, step__z_e=z_e, step__indices=indices)
save(step__reconstruction=reconstruction, step__commitment=commitment)
for prefix, net in (("encoder", encoder), ("decoder", decoder)):
    grads = torch.autograd.grad(reconstruction + commitment, net, retain_graph=True)
    for n, (parameter, grad) in enumerate(zip(net, grads)):
        kind = f"{'wb'[n % 2]}{n // 2}"
        save(**{f"{prefix}__{kind}": parameter, f"step__{prefix}_d_{kind}": grad})

np.savez(Path(__file__).with_name("reference.npz"), **out)
print(f"{len(out)} arrays, torch {torch.__version__}")
