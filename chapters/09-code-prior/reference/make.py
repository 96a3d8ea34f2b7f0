"""Reference values of chapter 9, made with PyTorch on the CPU in f64.

    python make.py        # writes reference.npz beside this file

Weights, codes and gradients are stored together with the results. Needs
torch and numpy.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(99)
out = {}


def save(**tensors):
    for name, tensor in tensors.items():
        array = torch.as_tensor(tensor).detach().numpy().astype(np.float64)
        out[name.replace("__", "/")] = np.ascontiguousarray(array)


def leaf(*shape, scale=1.0):
    return (scale * torch.randn(*shape)).requires_grad_()


# Embeddings of 5 codes and a start token, at 3 places
table, positions, d_x = leaf(6, 4), leaf(3, 4), torch.randn(6, 4)
seen = torch.tensor([[5, 0, 3], [5, 3, 3]])
x = (table[seen] + positions).reshape(6, 4)
d_table, d_positions = torch.autograd.grad(x, [table, positions], d_x)
save(embed__table=table, embed__positions=positions, embed__seen=seen)
save(embed__x=x, embed__d_x=d_x, embed__d_table=d_table, embed__d_positions=d_positions)

# Layer normalisation
x, gain, bias, d_y = leaf(4, 6), leaf(6), leaf(6), torch.randn(4, 6)
y = F.layer_norm(x, (6,), gain, bias, eps=1e-5)
d_x, d_gain, d_bias = torch.autograd.grad(y, [x, gain, bias], d_y)
save(norm__x=x, norm__gain=gain, norm__bias=bias, norm__d_y=d_y, norm__y=y)
save(norm__d_x=d_x, norm__d_gain=d_gain, norm__d_bias=d_bias)


# One head, and several heads in several sequences
def attention(q, k, v):
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


q, k, v, d_y = leaf(5, 3), leaf(5, 3), leaf(5, 3), torch.randn(5, 3)
y = attention(q[None], k[None], v[None])[0]
d_q, d_k, d_v = torch.autograd.grad(y, [q, k, v], d_y)
save(attention__q=q, attention__k=k, attention__v=v, attention__d_y=d_y)
save(attention__y=y, attention__d_q=d_q, attention__d_k=d_k, attention__d_v=d_v)


def heads(q, k, v, b, t, h):
    parts = [x.reshape(b, t, h, -1).transpose(1, 2) for x in (q, k, v)]
    return attention(*parts).transpose(1, 2).reshape(b * t, -1)


q, k, v, d_y = leaf(8, 6), leaf(8, 6), leaf(8, 6), torch.randn(8, 6)
y = heads(q, k, v, 2, 4, 3)
d_q, d_k, d_v = torch.autograd.grad(y, [q, k, v], d_y)
save(heads__q=q, heads__k=k, heads__v=v, heads__d_y=d_y)
save(heads__y=y, heads__d_q=d_q, heads__d_k=d_k, heads__d_v=d_v)

# A whole model: K = 5 codes, T = 4 places, W = 6, 2 heads, 2 blocks
K, T, W, H, L, B = 5, 4, 6, 2, 2, 3
linear = lambda i, o: [leaf(i, o, scale=i**-0.5), leaf(o, scale=0.1)]
normed = lambda: [(1 + 0.1 * torch.randn(W)).requires_grad_(), leaf(W, scale=0.1)]
parameters = [leaf(K + 1, W), leaf(T, W)]
for _ in range(L):
    parameters += normed()
    for _ in range(4):
        parameters += linear(W, W)
    parameters += normed() + linear(W, 4 * W) + linear(4 * W, W)
parameters += normed() + linear(W, K)


def logits(codes):
    p = iter(parameters)
    table, positions = next(p), next(p)
    start = torch.full((len(codes), 1), K)
    seen = torch.cat([start, codes[:, :-1]], 1)
    x = (table[seen] + positions).reshape(-1, W)
    norm = lambda x: F.layer_norm(x, (W,), next(p), next(p), eps=1e-5)
    apply = lambda x: x @ next(p) + next(p)
    for _ in range(L):
        a = norm(x)
        q, k, v = apply(a), apply(a), apply(a)
        x = x + apply(heads(q, k, v, len(codes), T, H))
        x = x + apply(torch.relu(apply(norm(x))))
    return apply(norm(x))


codes = torch.randint(K, (B, T))
s = logits(codes)
loss = F.cross_entropy(s, codes.reshape(-1))
grads = torch.autograd.grad(loss, parameters)
flat = lambda arrays: torch.cat([a.reshape(-1) for a in arrays])
save(model__sizes=[K, T, W, H, L], model__codes=codes, model__logits=s, model__loss=loss)
save(model__parameters=flat(parameters), model__gradient=flat(grads))
nats = F.cross_entropy(s, codes.reshape(-1), reduction="none")
save(model__bits=nats.sum() / np.log(2) / B)
save(model__tempered=torch.softmax(s / 0.7, 1))

# A PixelCNN: K = 4 codes on 3 × 3 places, C = 3 channels, two blocks. A generator of its own
K, C, SIDE, L, B = 4, 3, 3, 2, 2
own = torch.Generator().manual_seed(1601)


def drawn(*shape, scale=1.0):
    return (scale * torch.randn(*shape, generator=own)).requires_grad_()


def masked_conv(x, w, b, live):
    """Rows of places, weights with a row for each tap and channel; the first `live` of nine taps stay."""
    inputs, outputs = w.shape[0] // 9, w.shape[1]
    kernel = w.reshape(3, 3, inputs, outputs).permute(3, 2, 0, 1)
    mask = (torch.arange(9) < live).reshape(3, 3)
    x = x.reshape(-1, SIDE, SIDE, inputs).permute(0, 3, 1, 2)
    y = F.conv2d(x, kernel * mask, b, padding=1)
    return y.permute(0, 2, 3, 1).reshape(-1, outputs)


x, w, b = drawn(B * 9, 2), drawn(18, 3), drawn(3)
d_y = drawn(B * 9, 3).detach()
save(masked__x=x, masked__w=w, masked__b=b, masked__d_y=d_y)
for name, live in [("a", 4), ("b", 5)]:
    y = masked_conv(x, w, b, live)
    d_x, d_w, d_b = torch.autograd.grad(y, [x, w, b], d_y)
    save(**{f"masked__{name}__y": y, f"masked__{name}__d_x": d_x})
    save(**{f"masked__{name}__d_w": d_w, f"masked__{name}__d_b": d_b})

parameters = [drawn(K, C), drawn(SIDE * SIDE, C)]
for _ in range(1 + L):
    parameters += [drawn(9 * C, C, scale=0.3), drawn(C, scale=0.1)]
parameters += [drawn(C, K), drawn(K, scale=0.1)]
codes = torch.randint(K, (B, SIDE * SIDE), generator=own)
p = iter(parameters)
x = (next(p)[codes] + next(p)).reshape(-1, C)
h = masked_conv(x, next(p), next(p), 4)
for _ in range(L):
    h = h + masked_conv(torch.relu(h), next(p), next(p), 5)
s = torch.relu(h) @ next(p) + next(p)
loss = F.cross_entropy(s, codes.reshape(-1))
grads = torch.autograd.grad(loss, parameters)
save(pixelcnn__sizes=[K, SIDE * SIDE, C, L], pixelcnn__codes=codes, pixelcnn__logits=s)
save(pixelcnn__parameters=flat(parameters), pixelcnn__gradient=flat(grads), pixelcnn__loss=loss)

np.savez(Path(__file__).with_name("reference.npz"), **out)
print(f"{len(out)} arrays, torch {torch.__version__}")
