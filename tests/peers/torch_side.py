"""The cases in PyTorch, eager, on two threads of the CPU or on a GPU. Adam is fused, which is PyTorch's fastest."""

import torch
from torch import nn
from torch.nn.functional import mse_loss, pixel_shuffle, softplus

import side

torch.set_num_threads(2)
torch.backends.cudnn.allow_tf32 = False  # products in f32, as on the other sides

DEVICE = torch.device(side.DEVICE)
FORMAT = torch.channels_last  # of the convolutions


def on_device(array):
    return torch.from_numpy(array).to(DEVICE)


def network(layers, last):
    modules = []
    for n, (w, b) in enumerate(layers):
        linear = nn.Linear(*w.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(w.T.copy()))  # [O, I]
            linear.bias.copy_(torch.from_numpy(b))
        modules += [linear, nn.LeakyReLU(side.SLOPE) if n + 1 < len(layers) else last]
    return nn.Sequential(*modules).to(DEVICE)


class Gan:
    def __init__(self, case, arrays):
        last = nn.Identity() if case == "ring_gan" else nn.Tanh()
        self.g = network(side.layers(arrays, "g"), last)
        self.d = network(side.layers(arrays, "d"), nn.Identity())
        self.of_g, self.of_d = list(self.g.parameters()), list(self.d.parameters())
        self.mean = [p.detach().clone() for p in self.of_g]
        adam = {"lr": side.LR, "betas": (side.BETA1, side.BETA2), "eps": side.EPS, "fused": True}
        self.adam_g = torch.optim.Adam(self.of_g, **adam)
        self.adam_d = torch.optim.Adam(self.of_d, **adam)
        self.x = on_device(arrays["x"])
        self.noise = [[on_device(arrays[f"z_{p}.{n}"]) for p in "dg"] for n in range(3)]
        self.shape, self.n = self.noise[0][0].shape, 0

    def step(self, z_d, z_g):
        with torch.no_grad():
            fake = self.g(z_d)
        # One pass for real and fake together is faster than two.
        s_real, s_fake = self.d(torch.cat([self.x, fake])).chunk(2)
        d_loss = softplus(-s_real).mean() + softplus(s_fake).mean()
        self.adam_d.zero_grad()
        d_loss.backward()
        self.adam_d.step()
        g_loss = softplus(-self.d(self.g(z_g))).mean()
        self.adam_g.zero_grad()
        g_loss.backward(inputs=self.of_g)  # no gradient at the discriminator's parameters
        self.adam_g.step()
        torch._foreach_lerp_(self.mean, [p.detach() for p in self.of_g], 1 - side.decay(self.n))
        self.n += 1
        return d_loss.detach(), g_loss.detach()

    def train_once(self):
        z_d, z_g = (torch.randn(self.shape, device=DEVICE) for _ in "dg")
        return self.step(z_d, z_g)

    def first(self):
        return [loss.item() for z_d, z_g in self.noise for loss in self.step(z_d, z_g)]


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


def wait(value):
    torch.cuda.synchronize(DEVICE)


def prepare(case, arrays):
    if case == "product":
        a, b = on_device(arrays["a"]), on_device(arrays["b"])
        return lambda: a @ b, lambda: [(a @ b).square().mean().item()]
    if case == "lookup":
        z, codebook = on_device(arrays["z"]), on_device(arrays["codebook"])
        return lambda: nearest(z, codebook), lambda: nearest(z, codebook).tolist()
    training = VqVae(arrays) if case == "vq_vae" else Gan(case, arrays)
    return training.train_once, training.first


if __name__ == "__main__":
    side.serve(prepare, wait if DEVICE.type == "cuda" else lambda value: None)
