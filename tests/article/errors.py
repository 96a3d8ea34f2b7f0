"""The article's lines that stop Python, each with the error that Python gives. Standard library alone.

The names are the article's; where a line needs TensorFlow, a number or a function stands for what TensorFlow would give.
"""


def e14():
    input_shape = (100,)  # [121]
    return input_shape[1]  # [100]


def e22():
    def train_step(data):
        return batch_size, noise_dim  # [131]  # noqa: F821

    for epoch in range(epochs):  # [150]  # noqa: F821
        train_step(None)


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


EXPECTED = {e14: IndexError, e22: NameError, e28: TypeError, e29: UnboundLocalError}


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
