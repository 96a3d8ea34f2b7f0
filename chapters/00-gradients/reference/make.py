"""Reference values of chapter 0, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Weights, inputs and upstream gradients are stored together with the results,
so that nothing depends on a generator. Needs torch and numpy.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(20)
out = {}


def save(**tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[name.replace("__", "/")] = np.ascontiguousarray(array)


def leaf(*shape):
    return torch.randn(*shape).requires_grad_()


# Linear layer
x, w, b, d_y = leaf(7, 5), leaf(5, 3), leaf(3), torch.randn(7, 3)
y = x @ w + b
y.backward(d_y)
save(linear__x=x, linear__w=w, linear__b=b, linear__d_y=d_y, linear__y=y)
save(linear__d_x=x.grad, linear__d_w=w.grad, linear__d_b=b.grad)

# Activations
d_y = torch.randn(6, 4)
a = torch.randn(6, 4) * 2
save(activation__x=a, activation__d_y=d_y)
activations = {
    "relu": F.relu,
    "leaky_relu": lambda v: F.leaky_relu(v, 0.2),
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}
for name, f in activations.items():
    x = a.clone().requires_grad_()
    y = f(x)
    y.backward(d_y)
    save(**{f"{name}__y": y, f"{name}__d_x": x.grad})

# Binary cross-entropy on logits: ordinary logits with soft targets, then extremes
s, t = leaf(5, 3), torch.rand(5, 3)
loss = F.binary_cross_entropy_with_logits(s, t)
loss.backward()
save(bce__s=s, bce__t=t, bce__loss=loss, bce__d_s=s.grad)
s = torch.tensor([0.0, 1.0, -1.0, 20.0, -20.0, 1000.0, -1000.0])
for target in (0.0, 1.0):
    x = s.clone().requires_grad_()
    each = F.binary_cross_entropy_with_logits(
        x, torch.full_like(x, target), reduction="none"
    )
    each.sum().backward()
    save(**{f"extreme__loss_{target:.0f}": each, f"extreme__d_s_{target:.0f}": x.grad})
save(extreme__s=s)

# Mean squared error
y, t = leaf(5, 3), torch.randn(5, 3)
loss = F.mse_loss(y, t)
loss.backward()
save(mse__y=y, mse__t=t, mse__loss=loss, mse__d_y=y.grad)

# Cross-entropy of a softmax
s, t = leaf(6, 10), torch.tensor([3, 0, 9, 9, 1, 5])
loss = F.cross_entropy(s, t)
loss.backward()
save(cross_entropy__s=s, cross_entropy__t=t, cross_entropy__loss=loss, cross_entropy__d_s=s.grad)

# Ten steps of each optimiser on given gradients; the parameters after each step
start, gradients = torch.randn(4, 3), torch.randn(10, 12)
save(optimiser__start=start, optimiser__gradients=gradients)
optimisers = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam_half": lambda p: torch.optim.Adam(p, lr=2e-4, betas=(0.5, 0.999)),
    "adam_zero": lambda p: torch.optim.Adam(p, lr=2e-3, betas=(0.0, 0.99)),
}
for name, make in optimisers.items():
    p = start.clone().requires_grad_()
    optimiser = make([p])
    rows = []
    for g in gradients:
        p.grad = g.reshape(4, 3).clone()
        optimiser.step()
        rows.append(p.detach().clone().reshape(-1))
    save(**{f"optimiser__{name}": torch.stack(rows)})

# A network: 6 -> 8 (leaky ReLU) -> 4 (tanh) -> 3, cross-entropy
sizes = [(6, 8), (8, 4), (4, 3)]
weights = [leaf(i, o) for i, o in sizes]
biases = [leaf(o) for _, o in sizes]
x, t = leaf(9, 6), torch.tensor([0, 1, 2, 2, 1, 0, 0, 2, 1])
h = F.leaky_relu(x @ weights[0] + biases[0], 0.2)
h = torch.tanh(h @ weights[1] + biases[1])
loss = F.cross_entropy(h @ weights[2] + biases[2], t)
loss.backward()
save(mlp__x=x, mlp__t=t, mlp__loss=loss, mlp__d_x=x.grad)
for n, (w, b) in enumerate(zip(weights, biases)):
    save(**{f"mlp__w{n}": w, f"mlp__b{n}": b, f"mlp__d_w{n}": w.grad, f"mlp__d_b{n}": b.grad})

np.savez(Path(__file__).with_name("reference.npz"), **out)
print(f"{len(out)} arrays, torch {torch.__version__}")
