"""The cases in JAX: each compiled whole, with buffers that are given away and reused. JAX_PLATFORMS says where."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy
from jax.nn import leaky_relu, relu, softplus

import side

# On a GPU the other sides multiply in f32, not in its short cut of 19 bits.
jax.config.update("jax_default_matmul_precision", "highest")
if side.DEVICE != "cpu":
    jax.config.update("jax_default_device", jax.devices()[int(side.DEVICE.partition(":")[2] or 0)])


def identity(x):
    return x


def forward(net, x, last):
    for n, (w, b) in enumerate(net):
        x = x @ w + b
        x = leaky_relu(x, side.SLOPE) if n + 1 < len(net) else last(x)
    return x


def adam(net, means, grads, t, lr, recipe):
    """Step number `t`, counted from 1."""
    (m, v), (b1, b2, eps) = means, (recipe[name] for name in ["beta1", "beta2", "eps"])
    m = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, m, grads)
    v = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, v, grads)
    of_m, of_v = lr / (1 - b1**t), 1 / (1 - b2**t)
    net = jax.tree.map(lambda p, m, v: p - of_m * m / (jnp.sqrt(of_v * v) + eps), net, m, v)
    return net, (m, v)


def step(recipe, last, penalised, state, x, z_d, z_g):
    g, d, mean, adam_g, adam_d, n = state

    def slope(d):
        return jax.grad(lambda x: forward(d, x, identity).sum())(x)  # [B, X]

    def of_d(d):
        s_real, s_fake = (forward(d, x, identity) for x in (x, forward(g, z_d, last)))
        loss = softplus(-s_real).mean() + softplus(s_fake).mean()
        scale = recipe["every"] * recipe["gamma"] / 2
        return loss + scale * jnp.square(slope(d)).sum(1).mean() if penalised else loss

    def of_g(g):
        return softplus(-forward(d, forward(g, z_g, last), identity)).mean()

    lr = recipe["lr"] * (jnp.maximum(0, 1 - n / recipe["steps"]) if recipe["steps"] else 1)
    d_loss, grads = jax.value_and_grad(of_d)(d)
    d, adam_d = adam(d, adam_d, grads, n + 1, lr, recipe)
    g_loss, grads = jax.value_and_grad(of_g)(g)
    g, adam_g = adam(g, adam_g, grads, n + 1, lr, recipe)
    keep = jnp.minimum(recipe["average"], (n + 1) / (n + 10))
    mean = jax.tree.map(lambda mean, p: keep * mean + (1 - keep) * p, mean, g)
    return (g, d, mean, adam_g, adam_d, n + 1), (d_loss, g_loss)


def with_noise(recipe, last, shape, penalised, state, key, x):
    key, for_d, for_g = jax.random.split(key, 3)
    z_d, z_g = jax.random.normal(for_d, shape), jax.random.normal(for_g, shape)
    state, losses = step(recipe, last, penalised, state, x, z_d, z_g)
    return state, key, losses


def arrays_of(arrays, net):
    return [tuple(map(jnp.array, layer)) for layer in side.layers(arrays, net)]


def zeros(net):
    return tuple(jax.tree.map(jnp.zeros_like, net) for _ in "mv")


class Gan:
    """A piece of work has one step with the penalty, if there is one; with and without it are compiled apart."""

    def __init__(self, case, arrays):
        recipe, last = side.gan_recipe(arrays), identity if case == "ring_gan" else jnp.tanh
        g, d = arrays_of(arrays, "g"), arrays_of(arrays, "d")
        self.state = g, d, jax.tree.map(jnp.array, g), zeros(g), zeros(d), jnp.float32(0)
        self.x, self.key = jnp.array(arrays["x"]), jax.random.key(1)
        self.noise = [[jnp.array(arrays[f"z_{p}.{n}"]) for p in "dg"] for n in range(3)]
        shape = self.noise[0][0].shape
        self.penalised = [recipe["gamma"] > 0, *[False] * (recipe["every"] - 1)]
        self.step = jax.jit(partial(step, recipe, last), static_argnums=0, donate_argnums=1)
        self.once = jax.jit(partial(with_noise, recipe, last, shape), static_argnums=0, donate_argnums=(1, 2))

    def train_once(self):
        for penalised in self.penalised:
            self.state, self.key, losses = self.once(penalised, self.state, self.key, self.x)
        return losses

    def first(self):
        losses = []
        for penalised, (z_d, z_g) in zip(3 * self.penalised, self.noise):
            self.state, both = self.step(penalised, self.state, self.x, z_d, z_g)
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
    gamma = recipe["gamma"]
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
    nets, means = adam(nets, means, grads, n + 1, lr, recipe)
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


def norm(x, gain, bias):
    mean = x.mean(-1, keepdims=True)
    variance = jnp.square(x - mean).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * gain + bias


def project(heads, p, x):
    """Queries, keys and values, `[B, t, H, D]` each."""
    qkv = norm(x, *p[:2]) @ p[2] + p[3]
    return jnp.split(qkv.reshape(*x.shape[:2], 3 * heads, -1), 3, axis=2)


def rest(p, x, y):
    x = x + y.reshape(x.shape) @ p[4] + p[5]
    return x + relu(norm(x, *p[6:8]) @ p[8] + p[9]) @ p[10] + p[11]


def logits(model, x):
    gain, bias, w, b = model[2]
    return norm(x, gain, bias) @ w + b


def prior_loss(heads, model, codes):
    (table, positions), blocks, _ = model
    start = jnp.full_like(codes[:, :1], len(table) - 1)
    x = table[jnp.concatenate([start, codes[:, :-1]], 1)] + positions  # [B, T, W]
    for p in blocks:
        q, k, v = project(heads, p, x)
        x = rest(p, x, jax.nn.dot_product_attention(q, k, v, is_causal=True))
    log_p = jax.nn.log_softmax(logits(model, x))
    return -jnp.take_along_axis(log_p, codes[..., None], 2).mean()


def prior_step(recipe, state, codes):
    model, means, n = state
    loss, grads = jax.value_and_grad(partial(prior_loss, recipe["heads"]))(model, codes)
    up, down = (n + 1) / recipe["warm_up"], 1 - n / recipe["steps"]
    lr = recipe["lr"] * jnp.maximum(0, jnp.minimum(1, jnp.minimum(up, down)))
    model, means = adam(model, means, grads, n + 1, lr, recipe)
    return (model, means, n + 1), loss


def next_place(heads, model, cache, last, at):
    """The logits of place `at`, `[B, K]`; the cache has room for the keys and values of all places."""
    (table, positions), blocks, _ = model
    x = (table[last] + positions[at])[:, None]  # [B, 1, W]
    kept = []
    for p, (ks, vs) in zip(blocks, cache):
        q, k, v = project(heads, p, x)
        ks, vs = (jax.lax.dynamic_update_slice_in_dim(old, new, at, 1) for old, new in ((ks, k), (vs, v)))
        known = jnp.arange(ks.shape[1]) <= at
        x = rest(p, x, jax.nn.dot_product_attention(q, ks, vs, mask=known[None, None, None]))
        kept.append((ks, vs))
    return kept, logits(model, x)[:, 0]


def empty_cache(heads, model, n):
    (_, positions), blocks, _ = model
    t, w = positions.shape
    return [tuple(jnp.zeros((n, t, heads, w // heads)) for _ in "kv") for _ in blocks]


def draw(heads, n, model, key):
    (table, positions), *_ = model

    def place(carry, at):
        cache, last, key = carry
        key, here = jax.random.split(key)
        cache, scores = next_place(heads, model, cache, last, at)
        last = jax.random.categorical(here, scores)
        return (cache, last, key), last

    start = empty_cache(heads, model, n), jnp.full(n, len(table) - 1), key
    (_, _, key), codes = jax.lax.scan(place, start, jnp.arange(len(positions)))
    return codes.T, key


class Prior:
    def __init__(self, arrays):
        first, blocks, last = side.prior(arrays)
        joined = lambda parts: numpy.concatenate(parts, -1)  # noqa: E731
        blocks = [[*p[:2], joined(p[2:8:2]), joined(p[3:8:2]), *p[8:]] for p in blocks]
        self.model = jax.tree.map(jnp.array, (first, blocks, last))
        self.recipe, self.codes = side.prior_recipe(arrays), jnp.array(arrays["codes"], int)
        self.heads = self.recipe["heads"]


class Learning(Prior):
    def __init__(self, arrays):
        super().__init__(arrays)
        self.state = self.model, zeros(self.model), jnp.float32(0)
        self.step = jax.jit(partial(prior_step, self.recipe), donate_argnums=0)

    def train_once(self):
        self.state, loss = self.step(self.state, self.codes)
        return loss

    def first(self):
        return [float(self.train_once()) for _ in range(3)]


class Drawing(Prior):
    def __init__(self, arrays):
        super().__init__(arrays)
        self.key = jax.random.key(1)
        self.all = jax.jit(partial(draw, self.heads, len(self.codes)))

    def draw(self):
        codes, self.key = self.all(self.model, self.key)
        return codes

    def first(self):
        """How large the logits of each place are when the codes before it are given."""
        cache = empty_cache(self.heads, self.model, len(self.codes))
        once, sizes = jax.jit(partial(next_place, self.heads)), []
        seen = [jnp.full_like(self.codes[:, 0], len(self.model[0][0]) - 1), *self.codes.T[:-1]]
        for at, last in enumerate(seen):
            cache, scores = once(self.model, cache, last, at)
            sizes.append(float(jnp.square(scores).mean()))
        return sizes


def prepare(case, arrays):
    if case == "product":
        a, b = jnp.array(arrays["a"]), jnp.array(arrays["b"])
        product = jax.jit(jnp.matmul)
        return lambda: product(a, b), lambda: [float(jnp.square(product(a, b)).mean())]
    if case == "lookup":
        z, codebook = jnp.array(arrays["z"]), jnp.array(arrays["codebook"])
        lookup = jax.jit(nearest)
        return lambda: lookup(z, codebook), lambda: lookup(z, codebook).tolist()
    if case == "prior_draw":
        drawing = Drawing(arrays)
        return drawing.draw, drawing.first
    kinds = {"vq_vae": VqVae, "prior_step": Learning}
    training = kinds[case](arrays) if case in kinds else Gan(case, arrays)
    return training.train_once, training.first


if __name__ == "__main__":
    side.serve(prepare, jax.block_until_ready)
