"""Reference values of chapter 3, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Weights, inputs and noise are stored together with the results. Needs torch
and numpy.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_default_dtype(torch.float64)
torch.manual_seed(33)
out = {}


def save(**tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[name.replace("__", "/")] = np.ascontiguousarray(array)


class Net(torch.nn.Module):
    """Three layers, leaky ReLUs of slope 0.2 between them; weights [I, O]."""

    def __init__(self, widths, last=None):
        super().__init__()
        shapes = [s for i, o in zip(widths, widths[1:]) for s in ((i, o), (o,))]
        self.p = torch.nn.ParameterList([torch.randn(s) * 0.7 for s in shapes])
        self.last = last or (lambda x: x)

    def forward(self, x):
        for n in range(0, len(self.p), 2):
            x = x @ self.p[n] + self.p[n + 1]
            x = F.leaky_relu(x, 0.2) if n + 2 < len(self.p) else self.last(x)
        return x


def save_net(prefix, parameters):
    for n, parameter in enumerate(parameters):
        save(**{f"{prefix}{'wb'[n % 2]}{n // 2}": parameter})


def save_gradient(prefix, net, loss):
    grads = torch.autograd.grad(loss, list(net.p), allow_unused=True)
    save_net(prefix, [torch.zeros_like(p) if g is None else g for g, p in zip(grads, net.p)])


def copy(net):
    twin = Net([1, 1, 1, 1], net.last)
    twin.p = torch.nn.ParameterList([p.detach().clone() for p in net.p])
    return twin


def bce(s, target):
    return F.binary_cross_entropy_with_logits(s, torch.full_like(s, target))


def paired(a, b):
    return bce(a - b, 1.0)


g, d, d_of_two = Net([3, 6, 5, 4], torch.tanh), Net([4, 6, 5, 1]), Net([8, 6, 5, 1])
real, z = torch.randn(6, 4), torch.randn(6, 3)
fake = g(z).detach()
save_net("g__", g.p)
save_net("d__", d.p)
save_net("d_of_two__", d_of_two.p)
save(x_real=real, z=z, x_fake=fake)

# The generator's step in the three games, and with two examples to a pack
save(s_real=d(real))
for name, loss_of in {
    "non_saturating": lambda s: bce(s, 1.0),
    "saturating": lambda s: -bce(s, 0.0),
    "relativistic": lambda s: paired(s, d(real).detach()),
}.items():
    loss = loss_of(d(g(z)))
    save(**{f"g_step__{name}__loss": loss})
    save_gradient(f"g_step__{name}__", g, loss)
loss = bce(d_of_two(torch.cat([g(z)[0::2], g(z)[1::2]], dim=1)), 1.0)
save(packed__loss=loss)
save_gradient("packed__", g, loss)

# The gradient at the examples, and the zero-centred penalties
x = real.clone().requires_grad_()
d(x).sum().backward()
save(through__d_x=x.grad)


def penalty(net, x, gamma):
    x = x.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(net(x).sum(), x, create_graph=True)
    return gamma / 2 * slope.square().sum(1).mean()


for name, x, gamma in (("r1", real, 1.5), ("r2", fake, 0.5)):
    loss = penalty(d, x, gamma)
    save(**{f"{name}__gamma": gamma, f"{name}__value": loss})
    save_gradient(f"{name}__", d, loss)
loss = bce(d(real), 1.0) + bce(d(fake), 0.0) + penalty(d, real, 1.5) + penalty(d, fake, 0.5)
save(d_step__loss=loss)
save_gradient("d_step__", d, loss)

# The relativistic loss: a batch, and single pairs far out
a, b = torch.randn(7, 1) * 2, torch.randn(7, 1) * 2
a.requires_grad_()
b.requires_grad_()
loss = paired(a, b)
loss.backward()
save(paired__a=a, paired__b=b, paired__loss=loss, paired__d_a=a.grad, paired__d_b=b.grad)
gap = torch.tensor([0.0, 1.0, -1.0, 20.0, -20.0, 1000.0, -1000.0]).requires_grad_()
losses = F.binary_cross_entropy_with_logits(gap, torch.ones_like(gap), reduction="none")
losses.sum().backward()
save(extremes__gap=gap, extremes__loss=losses, extremes__d_a=gap.grad)


# Three whole steps: D, then G against the new D on fresh noise
STEPS = 3
rounds = [(torch.randn(6, 4), torch.randn(6, 3), torch.randn(6, 3)) for _ in range(STEPS)]
for n, (x, z_d, z_g) in enumerate(rounds):
    save(**{f"rounds__{n}__x_real": x, f"rounds__{n}__z_d": z_d, f"rounds__{n}__z_g": z_g})
DECAY = 0.9
save(rounds__lr=0.03, rounds__decay=DECAY)
for name, beta1, beta2, relativistic, r1, r2, detach in (
    ("simple", 0.5, 0.999, False, 0.0, 0.0, True),
    ("penalised", 0.0, 0.99, False, 1.5, 0.0, True),
    ("relativistic", 0.0, 0.99, True, 1.5, 0.5, True),
    ("attached", 0.5, 0.999, False, 0.0, 0.0, False),
):
    g_now, d_now = copy(g), copy(d)
    adam = lambda net: torch.optim.Adam(net.parameters(), lr=0.03, betas=(beta1, beta2))
    adam_g, adam_d = adam(g_now), adam(d_now)
    mean = AveragedModel(g_now, multi_avg_fn=get_ema_multi_avg_fn(DECAY))
    mean.update_parameters(g_now)  # the first call copies
    for n, (x, z_d, z_g) in enumerate(rounds):
        adam_d.zero_grad()
        adam_g.zero_grad()
        fakes = g_now(z_d)
        fakes = fakes.detach() if detach else fakes
        s_real, s_fake = d_now(x), d_now(fakes)
        d_loss = paired(s_real, s_fake) if relativistic else bce(s_real, 1.0) + bce(s_fake, 0.0)
        if r1 + r2 > 0:
            d_loss = d_loss + penalty(d_now, x, r1) + penalty(d_now, fakes, r2)
        d_loss.backward()
        adam_d.step()
        # What the attached fakes left in G's gradients stays there.
        s_fake = d_now(g_now(z_g))
        g_loss = paired(s_fake, d_now(x).detach()) if relativistic else bce(s_fake, 1.0)
        g_loss.backward()
        adam_g.step()
        mean.update_parameters(g_now)
        save(**{f"{name}__d_loss_{n}": d_loss, f"{name}__g_loss_{n}": g_loss})
    save_net(f"{name}__g_", g_now.p)
    save_net(f"{name}__d_", d_now.p)
    save_net(f"{name}__mean_", mean.module.p)


# Fréchet distance, from the eigenvalues of the product of the covariances
def frechet(a, b):
    c, k = torch.cov(a.T), torch.cov(b.T)
    cross = torch.linalg.eigvals(c @ k).real.clamp(min=0).sqrt().sum()
    return (a.mean(0) - b.mean(0)).square().sum() + c.trace() + k.trace() - 2 * cross


mix = torch.randn(5, 5)
a = torch.randn(40, 5) @ mix + torch.randn(5)
b = torch.randn(30, 5) @ torch.randn(5, 5)
flat = torch.randn(4, 5) @ mix  # fewer examples than features
save(frechet__a=a, frechet__b=b, frechet__flat=flat)
save(frechet__a_b=frechet(a, b), frechet__a_flat=frechet(a, flat))


# Precision and recall by neighbours
def among(x, others, k):
    # The k-th neighbour, not counting the point itself.
    reach = torch.cdist(others, others).kthvalue(k + 1, dim=1).values
    return (torch.cdist(x, others) <= reach).any(1).double().mean()


a, b = torch.randn(14, 2), torch.randn(11, 2) * torch.tensor([1.5, 0.4]) + 0.5
save(neighbours__real=a, neighbours__fake=b)
for k in (1, 3):
    save(**{f"neighbours__precision_{k}": among(b, a, k), f"neighbours__recall_{k}": among(a, b, k)})

# Parzen windows
samples, test = torch.randn(12, 3), torch.randn(8, 3) * 1.3
save(parzen__samples=samples, parzen__test=test)
for name, sigma in (("narrow", 0.05), ("wide", 0.6)):
    normal = torch.distributions.MultivariateNormal(samples, sigma**2 * torch.eye(3))
    each = normal.log_prob(test[:, None, :])  # [8, 12]
    density = torch.logsumexp(each, dim=1) - np.log(len(samples))
    save(**{f"parzen__{name}_sigma": sigma, f"parzen__{name}": density.mean()})

# Kernel distance, pair by pair; from a generator of its own
rng = np.random.default_rng(311)
a = torch.from_numpy(rng.standard_normal((7, 4)))
b = torch.from_numpy(rng.standard_normal((5, 4)) * 1.4 + 0.3)


def alike(x, y):
    return (torch.dot(x, y) / len(x) + 1) ** 3


def within(x):
    pairs = [alike(x[i], x[j]) for i in range(len(x)) for j in range(len(x)) if i != j]
    return torch.stack(pairs).mean()


between = torch.stack([alike(x, y) for x in a for y in b]).mean()
save(kid__a=a, kid__b=b, kid__a_b=within(a) + within(b) - 2 * between)

np.savez(Path(__file__).with_name("reference.npz"), **out)
print(f"{len(out)} arrays, torch {torch.__version__}")
