"""Reference values of chapter 2, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Weights, inputs and noise are stored together with the results. Needs torch
and numpy.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(22)
out = {}


def save(**tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[name.replace("__", "/")] = np.ascontiguousarray(array)


def leaf(*shape):
    return torch.randn(*shape).requires_grad_()


def bce(s, target):
    return F.binary_cross_entropy_with_logits(s, torch.full_like(s, target))


# G: 3 -> 5 (relu) -> 4 (tanh); D: 4 -> 6 (leaky relu 0.2) -> 1
g = [leaf(3, 5), leaf(5), leaf(5, 4), leaf(4)]
d = [leaf(4, 6), leaf(6), leaf(6, 1), leaf(1)]
generate = lambda z: torch.tanh(torch.relu(z @ g[0] + g[1]) @ g[2] + g[3])
judge = lambda x: F.leaky_relu(x @ d[0] + d[1], 0.2) @ d[2] + d[3]
real, z = torch.randn(8, 4), torch.randn(6, 3)
save(step__x_real=real, step__z=z)
for prefix, parameters in (("g", g), ("d", d)):
    for n, parameter in enumerate(parameters):
        save(**{f"{prefix}__{'wb'[n % 2]}{n // 2}": parameter})


def gradients(name, prefix, parameters, loss):
    for n, grad in enumerate(torch.autograd.grad(loss, parameters, retain_graph=True)):
        save(**{f"{name}__{prefix}_d_{'wb'[n % 2]}{n // 2}": grad})


# One step of D, the fakes detached, and the leak when they are not
fake = generate(z)
loss = bce(judge(real), 1.0) + bce(judge(fake.detach()), 0.0)
save(step__x_fake=fake, step__loss=loss)
gradients("step", "d", d, loss)
gradients("leak", "g", g, bce(judge(fake), 0.0))

# What reaches the fakes under the two generator losses
for name, loss_of in {
    "saturating": lambda s: -bce(s, 0.0),
    "non_saturating": lambda s: bce(s, 1.0),
}.items():
    x = fake.detach().clone().requires_grad_()
    loss = loss_of(judge(x))
    loss.backward()
    save(**{f"input__{name}_loss": loss, f"input__{name}_d_x": x.grad})

# Smoothed targets, one-sided and two-sided; the article's loss
s_real, s_fake = torch.randn(7, 1) * 2, torch.randn(5, 1) * 2
save(smooth__s_real=s_real, smooth__s_fake=s_fake)
for name, (a, b) in {"one": (0.9, 0.0), "two": (0.9, 0.1)}.items():
    r, f = s_real.clone().requires_grad_(), s_fake.clone().requires_grad_()
    loss = bce(r, a) + bce(f, b)
    loss.backward()
    save(**{f"smooth__{name}_loss": loss, f"smooth__{name}_d_real": r.grad, f"smooth__{name}_d_fake": f.grad})
r = s_real.clone().requires_grad_()
loss = bce(r, 1.0) + bce(r, 0.0)
loss.backward()
save(article__loss=loss, article__d_s=r.grad)

np.savez(Path(__file__).with_name("reference.npz"), **out)
print(f"{len(out)} arrays, torch {torch.__version__}")
