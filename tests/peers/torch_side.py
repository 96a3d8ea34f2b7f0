"""The cases in PyTorch, eager, on two threads of the CPU or on a GPU. Adam is fused, which is PyTorch's fastest.

With `--compiled` the passes of the GAN go through `torch.compile`, but for those that are differentiated twice, which it
does not take.
"""

import sys

import numpy
import torch
from torch import nn
from torch.nn.functional import cross_entropy, mse_loss, pixel_shuffle, scaled_dot_product_attention, softplus

import side

torch.set_num_threads(2)
torch.backends.cudnn.allow_tf32 = False  # products in f32, as on the other sides

DEVICE = torch.device(side.DEVICE)
COMPILED = "--compiled" in sys.argv
FORMAT = torch.channels_last  # of the convolutions


def on_device(array):
    return torch.from_numpy(array).to(DEVICE)


def network(layers, last):
    modules = []
    for n, layer in enumerate(layers):
        modules += [linear(*layer), nn.LeakyReLU(side.SLOPE) if n + 1 < len(layers) else last]
    return nn.Sequential(*modules).to(DEVICE)


class Gan:
    def __init__(self, arrays, last):
        self.recipe = side.gan_recipe(arrays)
        self.g, self.d = network(side.layers(arrays, "g"), last), network(side.layers(arrays, "d"), nn.Identity())
        self.of_g, self.of_d = list(self.g.parameters()), list(self.d.parameters())
        self.mean = [p.detach().clone() for p in self.of_g]
        betas = self.recipe["beta1"], self.recipe["beta2"]
        adam = {"betas": betas, "eps": self.recipe["eps"], "fused": True}
        self.adam_g, self.adam_d = torch.optim.Adam(self.of_g, **adam), torch.optim.Adam(self.of_d, **adam)
        self.n = 0
        if COMPILED:
            for name in ["made", "d_loss_alone", "g_loss"]:
                setattr(self, name, torch.compile(getattr(self, name)))

    def made(self, z):
        return self.g(z)

    def d_loss_alone(self, x, fake):
        # One pass for real and fake together is faster than two.
        s_real, s_fake = self.d(torch.cat([x, fake])).chunk(2)
        return softplus(-s_real).mean() + softplus(s_fake).mean()

    def g_loss(self, z):
        return softplus(-self.d(self.g(z))).mean()

    def d_loss(self, x, fake):
        gamma, every = self.recipe["gamma"], self.recipe["every"]
        if gamma == 0 or self.n % every != 0:
            return self.d_loss_alone(x, fake)
        x = x.detach().requires_grad_()
        s_real, s_fake = self.d(x), self.d(fake)
        (slope,) = torch.autograd.grad(s_real.sum(), x, create_graph=True)
        penalty = every * gamma / 2 * slope.square().sum(1).mean()
        return softplus(-s_real).mean() + softplus(s_fake).mean() + penalty

    def step(self, x, z_d, z_g):
        for adam in (self.adam_g, self.adam_d):
            adam.param_groups[0]["lr"] = side.gan_lr(self.recipe, self.n)
        with torch.no_grad():
            fake = self.made(z_d)
        d_loss = self.d_loss(x, fake)
        self.adam_d.zero_grad()
        d_loss.backward(inputs=self.of_d)
        self.adam_d.step()
        g_loss = self.g_loss(z_g)
        self.adam_g.zero_grad()
        g_loss.backward(inputs=self.of_g)  # no gradient at the discriminator's parameters
        self.adam_g.step()
        keep = side.decay(self.recipe, self.n)
        torch._foreach_lerp_(self.mean, [p.detach() for p in self.of_g], 1 - keep)
        self.n += 1
        return d_loss.detach(), g_loss.detach()


class TimedGan(Gan):
    """On one batch again and again; a piece of work has one step with the penalty, if there is one."""

    def __init__(self, case, arrays):
        super().__init__(arrays, nn.Identity() if case == "ring_gan" else nn.Tanh())
        self.x = on_device(arrays["x"])
        self.noise = [[on_device(arrays[f"z_{p}.{n}"]) for p in "dg"] for n in range(3)]
        self.shape = self.noise[0][0].shape

    def train_once(self):
        for _ in range(self.recipe["every"]):
            losses = self.step(self.x, *(torch.randn(self.shape, device=DEVICE) for _ in "dg"))
        return losses

    def first(self):
        return [loss.item() for noise in self.noise for loss in self.step(self.x, *noise)]


def linear(w, b):
    module = nn.Linear(*w.shape)
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(w.T.copy()))  # [O, I]
        module.bias.copy_(torch.from_numpy(b))
    return module


def norm(gain, bias):
    module = nn.LayerNorm(len(gain))
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(gain))
        module.bias.copy_(torch.from_numpy(bias))
    return module


def nearest(z, codebook):
    halves = codebook.square().sum(1) / 2  # [K]
    return torch.addmm(halves, z, codebook.T, alpha=-1).argmin(1)  # [N]


def conv(w, b, size, **more):
    """A convolution from weights `[size * size * I, O]`, place by place and in it channel by channel."""
    outputs, inputs = w.shape[1], w.shape[0] // size**2
    module = nn.Conv2d(inputs, outputs, size, **more)
    weight = torch.from_numpy(w).reshape(size, size, inputs, outputs)
    with torch.no_grad():
        module.weight.copy_(weight.permute(3, 2, 0, 1))
        module.bias.copy_(torch.from_numpy(b))
    return module


class Half(nn.Module):
    """An encoder, whose first layer takes patches, or a decoder, whose last layer gives them."""

    def __init__(self, layers, patch):
        super().__init__()
        first, second, last = layers
        self.first = conv(*first, patch, stride=patch)
        self.second = conv(*second, 3, padding=1)
        self.last = conv(*last, 1)

    def forward(self, x):
        s = self.first(x)
        return self.last(torch.relu(s + self.second(torch.relu(s))))


class VqVae:
    def __init__(self, arrays):
        self.encoder = Half(side.layers(arrays, "encoder"), 4).to(DEVICE, memory_format=FORMAT)
        self.decoder = Half(side.layers(arrays, "decoder"), 1).to(DEVICE, memory_format=FORMAT)
        parameters = [*self.encoder.parameters(), *self.decoder.parameters()]
        self.recipe = side.recipe(arrays)
        betas = self.recipe["beta1"], self.recipe["beta2"]
        self.adam = torch.optim.Adam(parameters, betas=betas, eps=self.recipe["eps"], fused=True)
        self.codebook = on_device(arrays["codebook"])
        self.counts, self.sums = torch.zeros(len(self.codebook), device=DEVICE), torch.zeros_like(self.codebook)
        self.x = on_device(arrays["x"]).reshape(-1, 1, 28, 28).to(memory_format=FORMAT)
        self.n = 0

    def train_once(self):
        left = max(0, 1 - self.n / self.recipe["steps"])
        self.adam.param_groups[0]["lr"] = self.recipe["lr"] * left
        z_e = self.encoder(self.x).permute(0, 2, 3, 1)  # [B, 7, 7, D]
        rows = z_e.detach().reshape(-1, z_e.shape[-1])  # [N, D]
        indices = nearest(rows, self.codebook)
        z_q = self.codebook[indices].reshape(z_e.shape)
        passed = z_e + (z_q - z_e).detach()
        made = pixel_shuffle(self.decoder(passed.permute(0, 3, 1, 2)), 4)
        reconstruction = mse_loss(made, self.x) / self.recipe["variance"]
        loss = reconstruction + self.recipe["beta"] * mse_loss(z_e, z_q)
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()
        self.learn(rows, indices)
        self.n += 1
        return reconstruction.detach()

    def learn(self, rows, indices):
        n = torch.bincount(indices, minlength=len(self.codebook)).float()
        sums = torch.zeros_like(self.sums).index_add_(0, indices, rows)
        self.counts.lerp_(n, 1 - self.recipe["gamma"])
        self.sums.lerp_(sums, 1 - self.recipe["gamma"])
        means = self.sums / self.counts[:, None]
        self.codebook = torch.where(n[:, None] > 0, means, self.codebook)

    def first(self):
        return [self.train_once().item() for _ in range(3)]


class Block(nn.Module):
    """One projection for queries, keys and values, and attention by PyTorch's own function."""

    def __init__(self, p, heads):
        super().__init__()
        self.norm_1, self.norm_2 = norm(*p[:2]), norm(*p[10:12])
        self.qkv = linear(numpy.concatenate(p[2:8:2], 1), numpy.concatenate(p[3:8:2]))
        self.out, self.up, self.down = linear(*p[8:10]), linear(*p[12:14]), linear(*p[14:16])
        self.shape = (3, heads, len(p[0]) // heads)

    def project(self, x):
        """Queries, keys and values, `[B, H, t, D]` each."""
        return self.qkv(self.norm_1(x)).unflatten(-1, self.shape).permute(2, 0, 3, 1, 4)

    def rest(self, x, y):
        x = x + self.out(y.transpose(1, 2).flatten(2))
        return x + self.down(torch.relu(self.up(self.norm_2(x))))

    def forward(self, x):
        q, k, v = self.project(x)
        return self.rest(x, scaled_dot_product_attention(q, k, v, is_causal=True))

    def next(self, x, kept, at):
        """For place `at` alone, `x` being `[B, 1, W]`; `kept` has room for the keys and values of all places."""
        q, k, v = self.project(x)
        kept[0][:, :, at : at + 1], kept[1][:, :, at : at + 1] = k, v
        known = [part[:, :, : at + 1] for part in kept]
        return self.rest(x, scaled_dot_product_attention(q, *known))


class Prior(nn.Module):
    def __init__(self, arrays):
        super().__init__()
        (table, positions), blocks, (gain, bias, *head) = side.prior(arrays)
        self.recipe = side.prior_recipe(arrays)
        self.table = nn.Embedding.from_pretrained(on_device(table).clone(), freeze=False)
        self.positions = nn.Parameter(on_device(positions).clone())
        self.blocks = nn.ModuleList(Block(p, self.recipe["heads"]) for p in blocks)
        self.norm, self.head = norm(gain, bias), linear(*head)
        self.start, self.codes = len(table) - 1, on_device(arrays["codes"]).long()
        self.to(DEVICE)

    def logits(self, x):
        return self.head(self.norm(x))

    def forward(self, seen):
        x = self.table(seen) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.logits(x)

    def cache(self):
        n, (t, _) = len(self.codes), self.positions.shape
        _, heads, width = self.blocks[0].shape
        return [[torch.empty(n, heads, t, width, device=DEVICE) for _ in "kv"] for _ in self.blocks]

    def next(self, cache, last, at):
        x = (self.table(last) + self.positions[at])[:, None]
        for block, kept in zip(self.blocks, cache):
            x = block.next(x, kept, at)
        return self.logits(x)[:, 0]


class Learning:
    def __init__(self, arrays):
        self.model = Prior(arrays)
        self.recipe = self.model.recipe
        betas = self.recipe["beta1"], self.recipe["beta2"]
        self.adam = torch.optim.Adam(self.model.parameters(), betas=betas, eps=self.recipe["eps"], fused=True)
        self.n = 0

    def train_once(self):
        codes = self.model.codes
        seen = torch.cat([torch.full_like(codes[:, :1], self.model.start), codes[:, :-1]], 1)
        self.adam.param_groups[0]["lr"] = side.prior_lr(self.recipe, self.n)
        loss = cross_entropy(self.model(seen).flatten(0, 1), codes.flatten())
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()
        self.n += 1
        return loss.detach()

    def first(self):
        return [self.train_once().item() for _ in range(3)]


class Drawing:
    def __init__(self, arrays):
        self.model = Prior(arrays).eval()

    @torch.inference_mode()
    def draw(self):
        model, cache = self.model, self.model.cache()
        codes = torch.empty_like(model.codes)
        last = torch.full_like(codes[:, 0], model.start)
        for at in range(codes.shape[1]):
            p = torch.softmax(model.next(cache, last, at), 1)
            last = torch.multinomial(p, 1)[:, 0]
            codes[:, at] = last
        return codes

    @torch.inference_mode()
    def first(self):
        """How large the logits of each place are when the codes before it are given."""
        model, cache = self.model, self.model.cache()
        seen = [torch.full_like(model.codes[:, 0], model.start), *model.codes.T[:-1]]
        return [model.next(cache, last, at).square().mean().item() for at, last in enumerate(seen)]


def wait(value):
    torch.cuda.synchronize(DEVICE)


def prepare(case, arrays):
    if case == "product":
        a, b = on_device(arrays["a"]), on_device(arrays["b"])
        return lambda: a @ b, lambda: [(a @ b).square().mean().item()]
    if case == "lookup":
        z, codebook = on_device(arrays["z"]), on_device(arrays["codebook"])
        return lambda: nearest(z, codebook), lambda: nearest(z, codebook).tolist()
    if case == "prior_draw":
        drawing = Drawing(arrays)
        return drawing.draw, drawing.first
    kinds = {"vq_vae": VqVae, "prior_step": Learning}
    training = kinds[case](arrays) if case in kinds else TimedGan(case, arrays)
    return training.train_once, training.first


if __name__ == "__main__":
    side.serve(prepare, wait if DEVICE.type == "cuda" else lambda value: None)
