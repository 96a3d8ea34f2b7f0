"""The cases in JAX: each compiled whole, with buffers that are given away and reused. JAX_PLATFORMS says where."""

from functools import partial

import jax
import jax.numpy as jnp
from jax.nn import leaky_relu, relu, softplus

import side

# On a GPU the other sides multiply in f32, not in its short cut of 19 bits.
jax.config.update("jax_default_matmul_precision", "highest")
if side.DEVICE != "cpu":
    jax.config.update("jax_default_device", jax.devices()[int(side.DEVICE.partition(":")[2] or 0)])


def forward(net, x, last):
    for n, (w, b) in enumerate(net):
        x = x @ w + b
        x = leaky_relu(x, side.SLOPE) if n + 1 < len(net) else last(x)
    return x


def adam(net, means, grads, t, lr=side.LR, betas=(side.BETA1, side.BETA2), eps=side.EPS):
    """Step number `t`, counted from 1."""
    (m, v), (b1, b2) = means, betas
    m = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, m, grads)
    v = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, v, grads)
    of_m, of_v = lr / (1 - b1**t), 1 / (1 - b2**t)
    net = jax.tree.map(lambda p, m, v: p - of_m * m / (jnp.sqrt(of_v * v) + eps), net, m, v)
    return net, (m, v)


def step(last, state, x, z_d, z_g):
    g, d, mean, adam_g, adam_d, n = state

    def of_d(d):
        s_real, s_fake = (forward(d, x, lambda s: s) for x in (x, forward(g, z_d, last)))
        return softplus(-s_real).mean() + softplus(s_fake).mean()

    def of_g(g):
        return softplus(-forward(d, forward(g, z_g, last), lambda s: s)).mean()

    d_loss, grads = jax.value_and_grad(of_d)(d)
    d, adam_d = adam(d, adam_d, grads, n + 1)
    g_loss, grads = jax.value_and_grad(of_g)(g)
    g, adam_g = adam(g, adam_g, grads, n + 1)
    keep = jnp.minimum(side.AVERAGE, (n + 1) / (n + 10))
    mean = jax.tree.map(lambda mean, p: keep * mean + (1 - keep) * p, mean, g)
    return (g, d, mean, adam_g, adam_d, n + 1), (d_loss, g_loss)


def with_noise(last, shape, state, key, x):
    key, for_d, for_g = jax.random.split(key, 3)
    z_d, z_g = jax.random.normal(for_d, shape), jax.random.normal(for_g, shape)
    state, losses = step(last, state, x, z_d, z_g)
    return state, key, losses


def arrays_of(arrays, net):
    return [tuple(map(jnp.array, layer)) for layer in side.layers(arrays, net)]


def zeros(net):
    return tuple(jax.tree.map(jnp.zeros_like, net) for _ in "mv")


class Gan:
    def __init__(self, case, arrays):
        last = (lambda x: x) if case == "ring_gan" else jnp.tanh
        g, d = arrays_of(arrays, "g"), arrays_of(arrays, "d")
        self.state = g, d, jax.tree.map(jnp.array, g), zeros(g), zeros(d), jnp.float32(0)
        self.x, self.key = jnp.array(arrays["x"]), jax.random.key(1)
        self.noise = [[jnp.array(arrays[f"z_{p}.{n}"]) for p in "dg"] for n in range(3)]
        shape = self.noise[0][0].shape
        self.step = jax.jit(partial(step, last), donate_argnums=0)
        self.once = jax.jit(partial(with_noise, last, shape), donate_argnums=(0, 1))

    def train_once(self):
        self.state, self.key, losses = self.once(self.state, self.key, self.x)
        return losses

    def first(self):
        losses = []
        for z_d, z_g in self.noise:
            self.state, both = self.step(self.state, self.x, z_d, z_g)
            losses += map(float, both)
        return losses


def nearest(z, codebook):
    """XLA finds the largest of a row faster by `top_k` than by `argmax`."""
    return jax.lax.top_k(z @ codebook.T - jnp.square(codebook).sum(1) / 2, 1)[1][:, 0]  # [N]


def conv(x, w, b):
    """A 3 × 3 convolution with weights `[9C, O]` and zeros around grids `[B, S, S, C]`."""
    w = w.reshape(3, 3, -1, w.shape[1])
    return jax.lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + b


def half(net, x):
    (w_1, b_1), second, (w_3, b_3) = net
    s = x @ w_1 + b_1
    return relu(s + conv(relu(s), *second)) @ w_3 + b_3


def vq_step(recipe, state, x):
    gamma, betas = recipe["gamma"], (recipe["beta1"], recipe["beta2"])
    nets, means, codebook, counts, sums, n = state
    patches = x.reshape(-1, 7, 4, 7, 4).transpose(0, 1, 3, 2, 4).reshape(-1, 7, 7, 16)

    def terms(nets):
        encoder, decoder = nets
        z_e = half(encoder, patches)  # [B, 7, 7, D]
        rows = jax.lax.stop_gradient(z_e).reshape(-1, z_e.shape[-1])  # [N, D]
        indices = nearest(rows, codebook)
        z_q = codebook[indices].reshape(z_e.shape)
        made = half(decoder, z_e + jax.lax.stop_gradient(z_q - z_e))
        reconstruction = jnp.square(made - patches).mean() / recipe["variance"]
        return reconstruction + recipe["beta"] * jnp.square(z_e - z_q).mean(), (reconstruction, rows, indices)

    (_, (reconstruction, rows, indices)), grads = jax.value_and_grad(terms, has_aux=True)(nets)
    lr = recipe["lr"] * jnp.maximum(0, 1 - n / recipe["steps"])
    nets, means = adam(nets, means, grads, n + 1, lr, betas, recipe["eps"])
    chosen = jnp.zeros_like(counts).at[indices].add(1)
    counts = gamma * counts + (1 - gamma) * chosen
    sums = gamma * sums + (1 - gamma) * jnp.zeros_like(sums).at[indices].add(rows)
    codebook = jnp.where(chosen[:, None] > 0, sums / counts[:, None], codebook)
    return (nets, means, codebook, counts, sums, n + 1), reconstruction


class VqVae:
    def __init__(self, arrays):
        nets = [arrays_of(arrays, "encoder"), arrays_of(arrays, "decoder")]
        codebook = jnp.array(arrays["codebook"])
        counts, sums = jnp.zeros(len(codebook)), jnp.zeros_like(codebook)
        self.state = nets, zeros(nets), codebook, counts, sums, jnp.float32(0)
        self.x = jnp.array(arrays["x"])
        self.step = jax.jit(partial(vq_step, side.recipe(arrays)), donate_argnums=0)

    def train_once(self):
        self.state, reconstruction = self.step(self.state, self.x)
        return reconstruction

    def first(self):
        return [float(self.train_once()) for _ in range(3)]


def prepare(case, arrays):
    if case == "product":
        a, b = jnp.array(arrays["a"]), jnp.array(arrays["b"])
        product = jax.jit(jnp.matmul)
        return lambda: product(a, b), lambda: [float(jnp.square(product(a, b)).mean())]
    if case == "lookup":
        z, codebook = jnp.array(arrays["z"]), jnp.array(arrays["codebook"])
        lookup = jax.jit(nearest)
        return lambda: lookup(z, codebook), lambda: lookup(z, codebook).tolist()
    training = VqVae(arrays) if case == "vq_vae" else Gan(case, arrays)
    return training.train_once, training.first


if __name__ == "__main__":
    side.serve(prepare, jax.block_until_ready)
