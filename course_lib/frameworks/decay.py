"""What weight decay means in every optimizer of Keras 3.15, PyTorch 2.13, optax 0.2.8 (its main
package) and in scikit-learn 1.9: who shrinks the weights, who adds a penalty to the gradient, and
the exceptions.

    DECAYS[library][meaning] = names; MEANINGS says each meaning in a sentence

tests/frameworks/test_decay.py reads these meanings from the sources of the versions that are
installed, and finds every optimizer that is missing here.

Notebooks: 27.
"""
MEANINGS = {
    "shrinks": r"$w$ loses $\mathrm{lr}\,\lambda w$ beside the step (**decoupled**)",
    "shrinks first": "$w$ is shrunk so, then computed anew from the optimizer's state, which keeps "
                     "a part of it",
    "penalty": r"L2: $\lambda w$ is added to the gradient (**coupled**)",
    "in the ratio": "part of the step before its length is set by a trust ratio",
    "in the momentum": r"$\lambda w$ is added after the division, before the momentum",
    "without the rate": r"$w$ loses $\lambda w$: the rate is not in it",
    "penalty by batch": r"L2 with $\lambda/B$ for $\lambda$, $B$ the size of the batch",
    "none": "no argument for it",
}
DECAYS = {
    "keras": {
        "shrinks": ("Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Lamb", "Lion",
                    "Muon", "Nadam", "RMSprop", "SGD"),
        "shrinks first": ("Ftrl", "ScheduleFreeAdamW"),
    },
    "torch": {
        "shrinks": ("Adafactor", "AdamW", "Muon"),
        "penalty": ("ASGD", "Adadelta", "Adagrad", "Adam", "Adamax", "NAdam", "RAdam", "RMSprop",
                    "SGD"),
        "none": ("LBFGS", "Rprop", "SparseAdam"),
    },
    "optax": {
        "shrinks": ("adamaxw", "adamw", "adan", "lion", "nadamw"),
        "penalty": ("adadelta", "lars"),
        "in the ratio": ("lamb",),
        "in the momentum": ("novograd",),
        "without the rate": ("adafactor",),
        "none": ("adabelief", "adagrad", "adam", "adamax", "amsgrad", "fromage", "lbfgs", "nadam",
                 "noisy_sgd", "optimistic_adam", "optimistic_adam_v2",
                 "optimistic_gradient_descent", "polyak_sgd", "radam", "rmsprop", "rprop", "sgd",
                 "sign_sgd", "signum", "sm3", "yogi"),
    },
    "sklearn": {"penalty by batch": ("MLPClassifier",), "penalty": ("SGDClassifier",)},
}
TITLES = {"keras": "Keras", "torch": "PyTorch", "optax": "optax", "sklearn": "scikit-learn"}
MANY = 12  # more names than this are counted


def decay_table():
    """Return the conventions as a Markdown table: a row for each library and meaning."""
    rows = [["library", "what the argument does", "in"], ["---"] * 3]
    for library, meanings in DECAYS.items():
        for meaning, names in meanings.items():
            named = ", ".join(f"`{name}`" for name in names)
            rows.append([TITLES[library], MEANINGS[meaning],
                         f"the {len(names)} others" if len(names) > MANY else named])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"
