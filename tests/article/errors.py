"""The article's lines that stop Python, each with the error that Python gives. Standard library alone.

The names are the article's; where a line needs TensorFlow, a number or a function stands for what TensorFlow would give.
"""


def e14():
    input_shape = (100,)  # [121]
    return input_shape[1]  # [100]


# The names that are used and not defined, each alone.
# ruff: noqa: F821


def e22_batch_size():
    return dict(size=(batch_size, 100))  # [131]


def e22_noise_dim():
    return dict(size=(64, noise_dim))  # [131]


def e22_epochs():
    for epoch in range(epochs):  # [150]
        pass


def e22_data_loader():
    for data in data_loader:  # [151]
        pass


def e28():
    def vector_quantizer_loss(vq, x):  # [189]
        q = vq(x)  # [190]
        return (x - q) ** 2

    vq_output, data = 0.5, 1.0
    return vector_quantizer_loss(vq_output, data)  # [213]


def encoder_loss(encoder_output, x):  # [186]
    return (encoder_output - x) ** 2


def e29():
    def train_step(data):
        encoder_output = data
        encoder_loss = encoder_loss(encoder_output, data)  # [212]
        return encoder_loss

    return train_step(1.0)


def e31():
    """What an optimizer does with each pair that it is given, with numbers for tensors."""

    def apply_gradients(pairs):
        return [variable - 0.1 * gradient for gradient, variable in pairs]

    encoder, vq, decoder = [1.0, 2.0], [3.0], [4.0]
    gradients = [[0.1, 0.2], [0.3], [0.4]]  # [217]: as it was asked, list by list
    return apply_gradients(zip(gradients, [encoder, vq, decoder]))  # [218]


EXPECTED = {
    e14: IndexError,
    e22_batch_size: NameError,
    e22_noise_dim: NameError,
    e22_epochs: NameError,
    e22_data_loader: NameError,
    e28: TypeError,
    e29: UnboundLocalError,
    e31: TypeError,
}


def main():
    for lines, expected in EXPECTED.items():
        try:
            lines()
        except Exception as error:
            if type(error) is not expected:
                raise
            print(f"{lines.__name__.upper()}: {expected.__name__}: {error}")
        else:
            raise SystemExit(f"{lines.__name__.upper()}: no error; expected {expected.__name__}")


if __name__ == "__main__":
    main()
