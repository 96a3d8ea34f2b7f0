"""Reference values of chapter 6, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Inputs, weights and noise are stored together with the results. Needs torch and numpy.
"""

from pathlib import Path

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(61)
out = {}


def save(prefix, **tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[f"{prefix}/{name}"] = np.ascontiguousarray(array)


def leaf(*shape, scale=1.0):
    return (torch.randn(*shape) * scale).requires_grad_()


def network(prefix, widths, activations):
    layers = []
    for n, (i, o) in enumerate(zip(widths, widths[1:])):
        w, b = leaf(i, o, scale=i**-0.5), leaf(o, scale=0.3)
        save(prefix, **{f"w{n}": w, f"b{n}": b})
        layers.append((w, b, activations[n]))

    def forward(x):
        for w, b, activation in layers:
            x = activation(x @ w + b)
        return x

    return forward, layers


def save_gradients(prefix, layers):
    for n, (w, b, _) in enumerate(layers):
        save("through", **{f"{prefix}_d_w{n}": w.grad, f"{prefix}_d_b{n}": b.grad})


# Encoder, lookup, decoder: x -> z_e -> z_q -> y, with detach where Eq. 6.2 has sg
identity = lambda x: x
encoder, encoder_layers = network("encoder", [5, 6, 3], [torch.tanh, identity])
decoder, decoder_layers = network("decoder", [3, 6, 5], [torch.tanh, identity])
x, codebook = torch.randn(9, 5), leaf(7, 3, scale=0.7)
z_e = encoder(x)
z_e.retain_grad()
indices = torch.cdist(z_e, codebook).argmin(1)
z_q = codebook[indices]
z_st = z_e + (z_q - z_e).detach()
z_st.retain_grad()
loss = ((decoder(z_st) - x) ** 2).mean()
loss.backward()
assert codebook.grad is None
save("through", x=x, codebook=codebook, indices=indices, loss=loss, z_e=z_e, z_q=z_q, d_z_e=z_e.grad, d_z_st=z_st.grad)
save_gradients("encoder", encoder_layers)
save_gradients("decoder", decoder_layers)

# The loss smoothed by noise, as a mean over places in the plane
z, places, losses, s = leaf(4, 2), torch.randn(30, 2) * 1.5, torch.randn(30), 0.6
w = torch.softmax(-torch.cdist(z, places) ** 2 / (2 * s**2), 1)
value = (w @ losses).sum()
value.backward()
save("smoothed", z=z, places=places, losses=losses, s=s, value=value, d_z=z.grad)

# Gumbel-softmax on minus the squared distances
z, codebook, tau = leaf(6, 3), leaf(5, 3), 0.7
noise = -torch.log(-torch.log(torch.rand(6, 5)))
p = torch.softmax((noise - torch.cdist(z, codebook) ** 2) / tau, 1)
mixture = p @ codebook
d_out = torch.randn(6, 3)
(mixture * d_out).sum().backward()
save("gumbel", z=z, codebook=codebook, noise=noise, tau=tau, d_z_q=d_out, z_q=mixture, p=p)
save("gumbel", d_z=z.grad, d_codebook=codebook.grad)

# The rotation trick, with the matrix written out for each row
z, e, d_out = leaf(5, 4), torch.randn(5, 4), torch.randn(5, 4)
rows = []
for n in range(5):
    with torch.no_grad():
        a, b = z[n] / z[n].norm(), e[n] / e[n].norm()
        r = (a + b) / (a + b).norm()
        turn = torch.eye(4) - 2 * torch.outer(r, r) + 2 * torch.outer(b, a)
        turn = turn * e[n].norm() / z[n].norm()
    rows.append(turn @ z[n])
turned = torch.stack(rows)
(turned * d_out).sum().backward()
save("rotation", z=z, e=e, d_z_q=d_out, turned=turned, d_z=z.grad)

# Finite scalar quantisation with levels 4, 5, 2, 3
levels = torch.tensor([4, 5, 2, 3])
half = (levels - 1) / 2
z, d_out = leaf(12, 4, scale=1.2), torch.randn(12, 4)
u = torch.tanh(z)
digits = torch.floor(u * half + half + 0.5)
z_q = u + ((digits - half) / half - u).detach()
strides = torch.tensor([1, 4, 20, 40])
(z_q * d_out).sum().backward()
save("fsq", z=z, d_z_q=d_out, z_q=z_q, indices=(digits * strides).sum(1), d_z=z.grad)

np.savez(Path(__file__).with_name("reference.npz"), **out)
print(f"{len(out)} arrays, torch {torch.__version__}")
