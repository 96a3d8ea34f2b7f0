"""Reference values of chapter 7, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Weights, latents and codebook are stored together with the results. Needs
torch and numpy.
"""

from pathlib import Path

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(77)
out = {}


def save(**tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[name.replace("__", "/")] = np.ascontiguousarray(array)


def leaf(*shape):
    return torch.randn(*shape).requires_grad_()


def nearest(z, e):
    return torch.cdist(z, e).argmin(1)


def mean(a, b):
    return ((a - b) ** 2).mean()


def per_latent(a, b):
    return ((a - b) ** 2).sum(1).mean()


BETA = 0.25
REDUCTIONS = {"mean": mean, "sum": per_latent}

# Both terms, under both reductions; code 4 is far away and never chosen.
z = torch.randn(7, 3)
codebook = torch.randn(5, 3)
codebook[4] += 50.0
indices = nearest(z, codebook)
save(terms__z_e=z, terms__codebook=codebook, terms__indices=indices)
for name, term in REDUCTIONS.items():
    z_e, e = z.clone().requires_grad_(), codebook.clone().requires_grad_()
    loss = term(z_e.detach(), e[indices])
    (d_e,) = torch.autograd.grad(loss, e)
    save(**{f"codebook__{name}_loss": loss, f"codebook__{name}_d_codebook": d_e})
    loss = BETA * term(z_e, e[indices].detach())
    (d_z,) = torch.autograd.grad(loss, z_e)
    save(**{f"commitment__{name}_loss": loss, f"commitment__{name}_d_z_e": d_z})
    z_q = e[indices]
    passed = z_e + (z_q - z_e).detach()
    loss = term(passed, z_e.detach())
    d_z, d_e = torch.autograd.grad(loss, [z_e, e], allow_unused=True)
    assert d_e is None
    save(**{f"late__{name}_loss": loss, f"late__{name}_d_z_e": d_z})

# One whole step: encoder 6 -> 5 -> 3, decoder 3 -> 5 -> 6
encoder = [leaf(6, 5), leaf(5), leaf(5, 3), leaf(3)]
decoder = [leaf(3, 5), leaf(5), leaf(5, 6), leaf(6)]
e = codebook.clone().requires_grad_()
run = lambda net, x: torch.relu(x @ net[0] + net[1]) @ net[2] + net[3]
x = torch.randn(9, 6)
z_e = run(encoder, x)
z_q = e[nearest(z_e, e)]
passed = z_e + (z_q - z_e).detach()
x_hat = run(decoder, passed)
terms = [mean(x_hat, x), mean(z_e.detach(), z_q), BETA * mean(z_e, z_q.detach())]
save(step__x=x, step__z_e=z_e)
for name, value in zip(["reconstruction", "codebook", "commitment"], terms):
    save(**{f"step__{name}": value})
for prefix, net in (("encoder", encoder), ("decoder", decoder)):
    grads = torch.autograd.grad(sum(terms), net, retain_graph=True)
    for n, (parameter, grad) in enumerate(zip(net, grads)):
        kind = f"{'wb'[n % 2]}{n // 2}"
        save(**{f"{prefix}__{kind}": parameter, f"step__{prefix}_d_{kind}": grad})
(d_e,) = torch.autograd.grad(sum(terms), e)
save(step__d_codebook=d_e)

# Moving averages, five steps, started empty and started at the codebook
GAMMA = 0.9
batches = torch.randn(5, 8, 3)
save(**{f"ema__z_e{t}": batches[t] for t in range(5)})
for name, start in {"debiased": 0.0, "plain": 1.0}.items():
    e = codebook.clone()
    counts, sums = start * torch.ones(5), start * e
    for z in batches:
        one_hot = torch.nn.functional.one_hot(nearest(z, e), 5).double()
        counts = GAMMA * counts + (1 - GAMMA) * one_hot.sum(0)
        sums = GAMMA * sums + (1 - GAMMA) * one_hot.T @ z
        e = torch.where(counts[:, None] > 0, sums / counts[:, None].clamp(min=1e-300), e)
    hat = 1 - GAMMA**5 if start == 0 else 1.0
    save(**{f"ema__{name}_codebook": e, f"ema__{name}_counts": counts / hat, f"ema__{name}_sums": sums / hat})

# Perplexity
counts = torch.tensor([5.0, 0.0, 2.0, 1.0, 8.0])
p = counts / counts.sum()
save(perplexity__counts=counts, perplexity__value=torch.exp(-torch.xlogy(p, p).sum()))

# A Gaussian posterior against N(0, 1), its sample, and a categorical posterior against the uniform prior
mu, log_var, noise, d_z = leaf(6, 4), leaf(6, 4), torch.randn(6, 4), torch.randn(6, 4)
sigma = torch.exp(log_var / 2)
posterior = torch.distributions.Normal(mu, sigma)
prior = torch.distributions.Normal(torch.zeros(6, 4), torch.ones(6, 4))
kl = torch.distributions.kl_divergence(posterior, prior)
d_mu, d_log_var = torch.autograd.grad(kl.sum(1).mean(), [mu, log_var], retain_graph=True)
save(vae__mu=mu, vae__log_var=log_var, vae__noise=noise, vae__d_z=d_z, vae__kl=kl.mean(0))
save(vae__kl_d_mu=d_mu, vae__kl_d_log_var=d_log_var)
sample = mu + sigma * noise
d_mu, d_log_var = torch.autograd.grad(sample, [mu, log_var], d_z)
save(vae__z=sample, vae__z_d_mu=d_mu, vae__z_d_log_var=d_log_var)
logits = leaf(6, 5)
posterior = torch.distributions.Categorical(logits=logits)
uniform = torch.distributions.Categorical(logits=torch.zeros(6, 5))
kl = torch.distributions.kl_divergence(posterior, uniform).mean()
(d_logits,) = torch.autograd.grad(kl, logits)
save(codes__logits=logits, codes__kl=kl, codes__kl_d_logits=d_logits)

# One whole step of a VAE: encoder 6 -> 5 -> 4, two components, decoder 2 -> 5 -> 6
VARIANCE, FREE = 0.3, 0.35
small = lambda *shape: (0.3 * torch.randn(*shape)).requires_grad_()
encoder = [small(6, 5), small(5), small(5, 4), small(4)]
decoder = [leaf(2, 5), leaf(5), leaf(5, 6), leaf(6)]
x, noise = torch.randn(9, 6), torch.randn(9, 2)
mu, log_var = run(encoder, x).split(2, 1)
x_hat = run(decoder, mu + torch.exp(log_var / 2) * noise)
reconstruction = ((x_hat - x) ** 2).sum(1).mean() / (2 * VARIANCE)
kl = 0.5 * (mu**2 + log_var.exp() - log_var - 1).mean(0)
assert kl.min() < FREE < kl.max(), kl
save(elbo__x=x, elbo__noise=noise, elbo__reconstruction=reconstruction, elbo__kl=kl)
for name, free in {"bound": 0.0, "floored": FREE}.items():
    loss = reconstruction + kl.clamp(min=free).sum()
    for prefix, net in (("encoder", encoder), ("decoder", decoder)):
        grads = torch.autograd.grad(loss, net, retain_graph=True)
        for n, (parameter, grad) in enumerate(zip(net, grads)):
            kind = f"{'wb'[n % 2]}{n // 2}"
            save(**{f"elbo__{prefix}_{kind}": parameter, f"elbo__{name}_{prefix}_d_{kind}": grad})

# Codebooks one after another, and side by side: codes, sums, and the commitment term's gradient at the latents
torch.manual_seed(716)
z = torch.randn(7, 4)
levels = [torch.randn(5, 4), 0.5 * torch.randn(3, 4), 0.25 * torch.randn(6, 4)]
parts = [torch.randn(4, 1), torch.randn(5, 3)]
save(stack__z_e=z, **{f"stack__level{n}": e for n, e in enumerate(levels)})
save(**{f"stack__part{n}": e for n, e in enumerate(parts)})
left, codes = z, []
for e in levels:
    codes.append(nearest(left, e))
    left = left - e[codes[-1]]
save(stack__residual_codes=torch.stack(codes, 1), stack__residual_z_q=z - left)
cut = z.split([1, 3], 1)
picked = [nearest(z, e) for z, e in zip(cut, parts)]
beside = torch.cat([e[k] for e, k in zip(parts, picked)], 1)
save(stack__product_codes=torch.stack(picked, 1), stack__product_z_q=beside)
for name, term in REDUCTIONS.items():
    z_e = z.clone().requires_grad_()
    left, loss = z_e, 0.0
    for e, k in zip(levels, codes):
        loss = loss + BETA * term(left, e[k].detach())
        left = left - e[k].detach()
    (d_z,) = torch.autograd.grad(loss, z_e)
    save(**{f"stack__residual_{name}_loss": loss, f"stack__residual_{name}_d_z_e": d_z})
    loss = BETA * term(z_e, beside.detach())
    (d_z,) = torch.autograd.grad(loss, z_e)
    save(**{f"stack__product_{name}_loss": loss, f"stack__product_{name}_d_z_e": d_z})

np.savez(Path(__file__).with_name("reference.npz"), **out)
print(f"{len(out)} arrays, torch {torch.__version__}")
