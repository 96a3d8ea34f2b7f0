"""Reference values of chapter 5, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Latents, codebooks and weights are stored together with the results. Needs
torch and numpy.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(25)
out = {}


def save(**tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[name.replace("__", "/")] = np.ascontiguousarray(array)


def leaf(tensor):
    return tensor.detach().clone().requires_grad_()


z, codebook = torch.randn(12, 5), torch.randn(7, 5)
save(z=z, codebook=codebook)

# All squared distances, and the gradient of a weighted sum of them
w = torch.randn(12, 7)
a, e = leaf(z), leaf(codebook)
d = ((a[:, None, :] - e[None, :, :]) ** 2).sum(-1)
loss = (w * d).sum()
loss.backward()
save(distances__w=w, distances__d=d, distances__loss=loss)
save(distances__d_z=a.grad, distances__d_codebook=e.grad)

# The nearest, twice over; what stands for each latent; the distortion
indices = torch.cdist(z, codebook).argmin(1)
assert (indices == d.argmin(1)).all()
e = leaf(codebook)
z_q = F.embedding(indices, e)
z_q.retain_grad()
loss = F.mse_loss(z_q, z, reduction="sum") / z.shape[0]
loss.backward()
save(indices=indices, z_q=z_q, distortion__loss=loss)
save(distortion__d_z_q=z_q.grad, distortion__d_codebook=e.grad)

# Gather, with an index that is there twice and one that is missing
w = torch.randn(12, 5)
e = leaf(codebook)
loss = (w * F.embedding(indices, e)).sum()
loss.backward()
save(gather__w=w, gather__loss=loss, gather__d_codebook=e.grad)

# Usage, entropy, cluster means
counts = torch.bincount(indices, minlength=7)
means = codebook.clone()
for k in range(7):
    if counts[k] > 0:
        means[k] = z[indices == k].mean(0)
entropy = torch.distributions.Categorical(probs=counts / counts.sum()).entropy()
save(usage__counts=counts, usage__entropy=entropy, lloyd__means=means)

# Directions
x = leaf(z)
loss = (w * F.normalize(x, dim=1)).sum()
loss.backward()
cosine = F.cosine_similarity(z[:, None, :], codebook[None, :, :], dim=2)
save(normalize_rows__loss=loss, normalize_rows__d_x=x.grad, cosine__indices=cosine.argmax(1))

# Patches of 4 x 4 out of images of 8 x 8, one image a row
images, w = leaf(torch.randn(3, 64)), torch.randn(12, 16)
cut = F.unfold(images.view(3, 1, 8, 8), kernel_size=4, stride=4)
cut = cut.transpose(1, 2).reshape(12, 16)
loss = (w * cut).sum()
loss.backward()
save(images=images, patches__w=w, patches__cut=cut, patches__loss=loss, patches__d_images=images.grad)

np.savez(Path(__file__).with_name("reference.npz"), **out)
print(f"{len(out)} arrays, torch {torch.__version__}", indices.tolist(), counts.tolist())
