"""Reference values of chapter 4, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Where the players stand is stored together with the results. Needs torch and numpy.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(41)
out = {}


def save(**tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[name.replace("__", "/")] = np.ascontiguousarray(array)


GAMMA, ETA, BETA = 0.7, 0.2, 0.5
scores = {"linear": lambda t: t, "logistic": F.softplus}


def d_loss(f, theta, psi):
    x_real = torch.zeros((), requires_grad=True)
    s_real = psi * x_real
    # R1 as it is defined: the logit's slope at the real example
    (slope,) = torch.autograd.grad(s_real, x_real, create_graph=True)
    return f(-s_real) + f(psi * theta) + GAMMA / 2 * slope**2


def g_loss(f, theta, psi):
    return f(-psi * theta)


def field(f, w, create_graph=False):
    theta, psi = w
    (d_theta,) = torch.autograd.grad(g_loss(f, theta, psi), theta, create_graph=create_graph)
    (d_psi,) = torch.autograd.grad(d_loss(f, theta, psi), psi, create_graph=create_graph)
    return -d_theta, -d_psi


# Losses, the field and its Jacobian, at a few places
places = torch.randn(6, 2) * 1.5
save(places=places, gamma=GAMMA, eta=ETA, beta=BETA)
for name, f in scores.items():
    rows = {"d_loss": [], "g_loss": [], "field": [], "jacobian": []}
    for place in places:
        w = [v.clone().requires_grad_() for v in place]
        rows["d_loss"].append(d_loss(f, *w).detach())
        rows["g_loss"].append(g_loss(f, *w).detach())
        rows["field"].append(torch.stack([v.detach() for v in field(f, w)]))
        slopes = []
        for v in field(f, w, create_graph=True):
            row = torch.autograd.grad(v, w, allow_unused=True, retain_graph=True) if v.requires_grad else (None, None)
            slopes += [torch.zeros(()) if s is None else s for s in row]
        rows["jacobian"].append(torch.stack(slopes))
    save(**{f"{name}__{what}": torch.stack(values) for what, values in rows.items()})

# Twelve steps of PyTorch's own SGD with momentum, in both orders, from the first place
for name, f in scores.items():
    for order in ("simultaneous", "alternating"):
        theta, psi = (v.clone().requires_grad_() for v in places[0])
        of_g, of_d = (torch.optim.SGD([p], lr=ETA, momentum=BETA) for p in (theta, psi))
        path = [places[0]]
        for _ in range(12):
            if order == "simultaneous":
                v_theta, v_psi = field(f, (theta, psi))
                theta.grad, psi.grad = -v_theta, -v_psi
                of_d.step(), of_g.step()
            else:
                psi.grad = -field(f, (theta, psi))[1]
                of_d.step()
                theta.grad = -field(f, (theta, psi))[0]
                of_g.step()
            path.append(torch.stack([theta.detach(), psi.detach()]))
        save(**{f"{name}__{order}": torch.stack(path)})

# The largest eigenvalue of a step of heavy balls in the linear game without R1, as a block matrix
one, zero = torch.eye(2), torch.zeros(2, 2)
J = torch.tensor([[0.0, 1.0], [-1.0, 0.0]])
betas = torch.tensor([-0.5, 0.0, 0.5, 0.9])
radii = {"simultaneous": [], "alternating": []}
for beta in betas:
    both = torch.cat([torch.cat([one + ETA * J, ETA * beta * one], 1), torch.cat([J, beta * one], 1)])
    # One player after the other: of (θ, ψ, m_θ, m_ψ)
    d = torch.tensor([[1, 0, 0, 0], [-ETA, 1, 0, ETA * beta], [0, 0, 1, 0], [-1, 0, 0, beta]])
    g = torch.tensor([[1, ETA, ETA * beta, 0], [0, 1, 0, 0], [0, 1, beta, 0], [0, 0, 0, 1]])
    for order, m in (("simultaneous", both), ("alternating", g @ d)):
        radii[order].append(torch.linalg.eigvals(m).abs().max())
save(betas=betas, **{f"radius__{order}": torch.stack(r) for order, r in radii.items()})

# A step of PyTorch's own spectral normalisation. Its weight is [O, I], the transpose of ours, so its v is our u
own = torch.Generator().manual_seed(1802)
w, d_bar = (torch.randn(7, 5, generator=own) for _ in range(2))
layer = torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(7, 5, bias=False))
inner = layer.parametrizations.weight
with torch.no_grad():
    inner.original.copy_(w.T)
    inner[0]._v.copy_(F.normalize(torch.randn(7, generator=own), dim=0))
save(spectral__w=w, spectral__d_bar=d_bar, spectral__kept=inner[0]._v.clone())
# One step is taken when the weight is asked for in training; it begins with its u, from the v that was kept
bar = layer.weight
(bar * d_bar.T).sum().backward()
save(spectral__u=inner[0]._v, spectral__v=inner[0]._u, spectral__bar=bar.T, spectral__d_w=inner.original.grad.T)
save(spectral__norm=torch.linalg.matrix_norm(w, 2))

# A penalty on the length of a critic's gradient, differentiated twice by autograd
own = torch.Generator().manual_seed(2127)


def drawn(*shape):
    return torch.randn(*shape, generator=own)


LAMBDA = 10.0
widths = [4, 6, 5, 1]
critic = [drawn(*s) * 0.7 for i, o in zip(widths, widths[1:]) for s in ((i, o), (o,))]
critic = [p.requires_grad_() for p in critic]


def logits(x):
    for n in range(0, len(critic), 2):
        x = x @ critic[n] + critic[n + 1]
        x = F.leaky_relu(x, 0.2) if n + 2 < len(critic) else x
    return x


real, fake = drawn(7, 4), drawn(7, 4) + 1
eps = torch.rand(7, 1, generator=own)
x = (eps * real + (1 - eps) * fake).requires_grad_()
(slope,) = torch.autograd.grad(logits(x).sum(), x, create_graph=True)
penalty = LAMBDA * ((slope.norm(dim=1) - 1) ** 2).mean()
found = torch.autograd.grad(penalty, critic, allow_unused=True)
found = [torch.zeros_like(p) if g is None else g for p, g in zip(critic, found)]
save(critic__x_real=real, critic__x_fake=fake, critic__eps=eps, critic__x=x, critic__lambda=LAMBDA, critic__penalty=penalty)
for n, (p, g) in enumerate(zip(critic, found)):
    save(**{f"critic__{'wb'[n % 2]}{n // 2}": p, f"critic__d_{'wb'[n % 2]}{n // 2}": g})

# Other losses than chapter 1's, and their gradients at the logits
s_real, s_fake = (drawn(n, 1).mul(2).requires_grad_() for n in (5, 6))
save(losses__s_real=s_real, losses__s_fake=s_fake)
one, zero = torch.ones(5, 1), torch.zeros(6, 1)
losses = {
    "wasserstein": (s_fake.mean() - s_real.mean(), -s_fake.mean()),
    "least_squares": ((F.mse_loss(s_real, one) + F.mse_loss(s_fake, zero)) / 2, F.mse_loss(s_fake, torch.ones(6, 1)) / 2),
    "hinge": (F.relu(1 - s_real).mean() + F.relu(1 + s_fake).mean(), -s_fake.mean()),
}
for name, (of_d, of_g) in losses.items():
    d_real, d_fake = torch.autograd.grad(of_d, [s_real, s_fake])
    (d_g,) = torch.autograd.grad(of_g, s_fake)
    save(**{f"{name}__d": of_d, f"{name}__d_real": d_real, f"{name}__d_fake": d_fake, f"{name}__g": of_g, f"{name}__g_fake": d_g})

# Wasserstein's distance on a line: the mean distance of what has the same rank
line_real, line_fake = drawn(9), drawn(9).mul(2).add(1).requires_grad_()
distance = (line_real.sort().values - line_fake.sort().values).abs().mean()
(d_line,) = torch.autograd.grad(distance, line_fake)
save(line__real=line_real, line__fake=line_fake, line__distance=distance, line__d_fake=d_line)

np.savez(Path(__file__).with_name("reference.npz"), **out)
print(f"{len(out)} arrays, torch {torch.__version__}")
