"""Reference values of chapter 1, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Logits and tables are stored together with the results. Needs torch and numpy.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(21)
out = {}


def save(**tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[name.replace("__", "/")] = np.ascontiguousarray(array)


def bce(s, target):
    return F.binary_cross_entropy_with_logits(s, torch.full_like(s, target))


# The discriminator's loss on two batches of different sizes
real = (torch.randn(7, 1) * 3).requires_grad_()
fake = (torch.randn(5, 1) * 3).requires_grad_()
loss = bce(real, 1.0) + bce(fake, 0.0)
loss.backward()
save(d_loss__s_real=real, d_loss__s_fake=fake, d_loss__loss=loss)
save(d_loss__d_s_real=real.grad, d_loss__d_s_fake=fake.grad)

# The generator's losses, at random and at extreme logits
generator = {
    "saturating": lambda s: -bce(s, 0.0),
    "non_saturating": lambda s: bce(s, 1.0),
    "double_sigmoid": lambda s: bce(torch.sigmoid(s), 1.0),
}
extreme = torch.tensor([[0.0], [1.0], [-1.0], [20.0], [-20.0], [1000.0], [-1000.0]])
save(g_loss__s=fake, g_loss__extreme=extreme)
for name, loss_of in generator.items():
    for logits, prefix in ((fake, ""), (extreme, "extreme_")):
        s = logits.detach().clone().requires_grad_()
        loss = loss_of(s)
        loss.backward()
        save(**{f"{name}__{prefix}loss": loss, f"{name}__{prefix}d_s": s.grad})

# Divergences of two tables, and the optimal value
p, q = torch.softmax(torch.randn(12), 0), torch.softmax(torch.randn(12) * 2, 0)
m = 0.5 * (p + q)
kl = lambda a, b: F.kl_div(b.log(), a, reduction="sum")
d = (p / (p + q)).requires_grad_()
value = (p * d.log() + q * (1 - d).log()).sum()
save(tables__p=p, tables__q=q, tables__kl=kl(p, q), tables__jsd=0.5 * kl(p, m) + 0.5 * kl(q, m))
save(tables__optimal_d=d, tables__value=value)

# The value's gradient at the logits of a tabular discriminator
s = torch.randn(12).requires_grad_()
value = (p * F.logsigmoid(s) + q * F.logsigmoid(-s)).sum()
value.backward()
save(tables__s=s, tables__value_at_s=value, tables__d_s=s.grad)

np.savez(Path(__file__).with_name("reference.npz"), **out)
print(f"{len(out)} arrays, torch {torch.__version__}")
