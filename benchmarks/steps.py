"""The ways to take one optimizer step on n weights that bench.py times; each contestant is a
function without arguments.
"""
import numpy as np

HYPER = {"sgd": {"lr": 1e-4}, "momentum": {"lr": 1e-4, "beta": 0.9}, "adam": {"lr": 1e-4},
         "adamw": {"lr": 1e-4, "weight_decay": 0.01}}
# how many arrays of n floats a step has to read or write at the least: w, g and each state array,
# then w and the state again
PASSES = {"sgd": 3, "momentum": 5, "adam": 7, "adamw": 7}


def arrays(n):
    """Return weights and a gradient, float32."""
    rng = np.random.default_rng(0)
    return rng.standard_normal(n, np.float32), rng.standard_normal(n, np.float32)


def course(name, n, wrap=lambda step: step):
    """This course's rule, called on the whole vector, or wrapped."""
    from course_lib.optimizers.rules import STEPS

    w, g = arrays(n)
    step, kept = wrap(STEPS[name]), {"w": w, "state": {}}

    def run():
        kept["w"], kept["state"] = step(kept["w"], g, kept["state"], **HYPER[name])

    return run


def blockwise(name, n):
    """The same rule as `train` applies it: whole, or slice by slice on all cores."""
    from course_lib.optimizers.rules import blockwise as wrap

    return course(name, n, wrap)


def compiled(name, n):
    """The same rule, compiled by XLA; every step is given its gradient as a NumPy array."""
    from course_lib.frameworks import compiled as wrap

    return course(name, n, wrap)


def torch_step(name, n, threads, **variant):
    """PyTorch's optimizer of that name on one tensor; variant: foreach=True or fused=True."""
    import torch

    w, g = arrays(n)
    p = torch.nn.Parameter(torch.tensor(w))
    p.grad = torch.tensor(g)
    kind = {
        "sgd": torch.optim.SGD,
        "momentum": torch.optim.SGD,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
    }[name]
    hyper = {"momentum" if key == "beta" else key: value for key, value in HYPER[name].items()}
    optimizer = kind([p], **hyper, **variant)

    def run():
        torch.set_num_threads(threads)
        optimizer.step()
        return p

    return run


def keras_step(name, n):
    """Keras' optimizer of that name on one variable, inside a compiled function."""
    from course_lib.frameworks.tensorflow_quietly import import_tensorflow

    tf = import_tensorflow()
    optimizers = tf.keras.optimizers
    make = {
        "sgd": lambda: optimizers.SGD(1e-4),
        "momentum": lambda: optimizers.SGD(1e-4, momentum=0.9),
        "adam": lambda: optimizers.Adam(1e-4),
        "adamw": lambda: optimizers.AdamW(1e-4, weight_decay=0.01),
    }
    w, g = arrays(n)
    variable, gradient, optimizer = tf.keras.Variable(w), tf.constant(g), make[name]()
    optimizer.build([variable])
    step = tf.function(lambda: optimizer.apply([gradient], [variable]))
    return lambda: (
        step(),
        variable.value[0].numpy(),
    )  # reading one weight waits for the step to end


def copy_floor(name, n):
    """Copying: as many passes over n floats as the step must make at the least, on one thread."""
    source, target = arrays(n)

    def run():
        for _ in range(PASSES[name] // 2):
            np.copyto(target, source)
        if PASSES[name] % 2:
            np.copyto(target[:n // 2], source[:n // 2])

    return run


def contestants(name, n, with_torch):
    """Return {name: function} for one rule and one size."""
    found = {"course_lib": blockwise(name, n), "course_lib, plain": course(name, n),
             "course_lib, compiled": compiled(name, n), "Keras": keras_step(name, n),
             "copying alone": copy_floor(name, n)}
    if with_torch:
        for threads in (1, 2):
            for label, variant in (
                ("default", {}),
                ("foreach", {"foreach": True}),
                ("fused", {"fused": True}),
            ):
                found[f"PyTorch, {label}, {threads} thread{'s' * (threads > 1)}"] = torch_step(
                    name, n, threads, **variant
                )
    return found
