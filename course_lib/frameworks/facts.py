"""What four sources say about twelve optimizers: the paper, Keras 3.15, PyTorch 2.13 and optax
0.2.8. Nothing here is computed; tests/frameworks/test_facts.py compares every default, and by
`paths` every step, with the libraries.

    FACTS[name] = Page(paper, step, defaults, eps, decay, {framework: Entry or None})

A step is what is subtracted from w, in the letters of the course; m_hat and v_hat are m / (1 -
beta1^t), v / (1 - beta2^t). V is Keras' velocity, which holds the rate; `table` sets lr upright and
makes links. What weight_decay means in the other optimizers of these libraries is in `decay`.

Notebooks: 27.
"""
from typing import NamedTuple

FRAMEWORKS = ("keras", "torch", "optax")


class Entry(NamedTuple):
    """make: name in the library.
    letters: its argument -> ours.
    fixed: what chooses this rule.
    defaults: its own.
    """

    make: str
    letters: dict
    fixed: dict
    defaults: dict
    step: str
    eps: str
    decay: str


class Page(NamedTuple):
    """paper: where the rule comes from.
    step, defaults, eps, decay: what it says.
    frameworks: Entry, or None for none.
    """

    paper: str
    step: str
    defaults: str
    eps: str
    decay: str
    frameworks: dict


NO_EPS, SAME, NOTHING = "none", "as the paper's", "not in it"
SHRINK, L2, CHAIN = (
    r"$w$ loses $lr\,\lambda w$ first",
    r"L2: $g+\lambda w$ for $g$",
    "none: chain `add_decayed_weights`",
)
ROOT = r"$lr\,\hat m/(\sqrt{\hat v}+\varepsilon)$"
KERAS_ROOT = r"$lr\,\hat m/(\sqrt{\hat v}+\varepsilon/\sqrt{1-\beta_2^t})$"
KERAS_EPS = r"beside the root of the *uncorrected* $v$"
OUTSIDE, INSIDE = "outside the root", "inside the root"
NADAM_MEAN = (
    r"\frac{\mu_{t+1}\,m}{1-\prod_{s\le t+1}\mu_s}+\frac{(1-\mu_t)\,g}{1-\prod_{s\le t}\mu_s}"
)
NADAM = (
    r"$lr\,\bar m/(\sqrt{\hat v}+\varepsilon)$, $\bar m="
    + NADAM_MEAN
    + r"$, $\mu_t=\beta_1(1-\frac12\,0.96^{"
)
K_BETAS = {"beta_1": "beta1", "beta_2": "beta2"}
K_ADAM = {**K_BETAS, "epsilon": "eps"}
T_ADAM = {"betas": ("beta1", "beta2"), "eps": "eps"}
O_ADAM = {"b1": "beta1", "b2": "beta2", "eps": "eps"}
K_DEFAULTS = {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
T_DEFAULTS = {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8}
O_DEFAULTS = {"b1": 0.9, "b2": 0.999, "eps": 1e-8}

FACTS = {
    "sgd": Page(
        "Cauchy 1847; Robbins & Monro 1951", r"$lr\,g$", "none", NO_EPS, NOTHING, {
            "keras": Entry("SGD", {}, {}, {"learning_rate": 0.01, "momentum": 0.0}, SAME, NO_EPS,
                           SHRINK),
            "torch": Entry("SGD", {}, {}, {"lr": 0.001, "momentum": 0}, SAME, NO_EPS, L2),
            "optax": Entry("sgd", {}, {}, {"momentum": None}, SAME, NO_EPS, CHAIN)}),
    "momentum": Page(
        "Polyak 1964, 10.1016/0041-5553(64)90137-5", r"$lr\,g-\beta\,(w_t-w_{t-1})$: the last move "
                                                     r"again, old rate included",
        "none", NO_EPS, NOTHING, {
            "keras": Entry("SGD", {"momentum": "beta"}, {},
                           {"learning_rate": 0.01, "nesterov": False},
                           r"$-V$, $V\leftarrow\beta V-lr\,g$", NO_EPS, SHRINK),
            "torch": Entry("SGD", {"momentum": "beta"}, {},
                           {"lr": 0.001, "dampening": 0, "nesterov": False},
                           r"$lr\,v$, $v\leftarrow\beta v+g$", NO_EPS, L2 + ", so through $v$"),
            "optax": Entry("sgd", {"momentum": "beta"}, {}, {"nesterov": False},
                           r"$lr\,v$, $v\leftarrow\beta v+g$", NO_EPS, CHAIN)}),
    "nesterov": Page(
        "Nesterov 1983; Sutskever 2013", r"gradient at $w+\beta\,(w_t-w_{t-1})$, then as above",
        "none", NO_EPS, NOTHING, {
            "keras": Entry("SGD", {"momentum": "beta"}, {"nesterov": True}, {"learning_rate": 0.01},
                           r"$lr\,g-\beta V$, $V\leftarrow\beta V-lr\,g$", NO_EPS, SHRINK),
            "torch": Entry("SGD", {"momentum": "beta"}, {"nesterov": True},
                           {"lr": 0.001, "dampening": 0},
                           r"$lr\,(g+\beta v)$, $v\leftarrow\beta v+g$", NO_EPS,
                           L2 + ", so through $v$"),
            "optax": Entry("sgd", {"momentum": "beta"}, {"nesterov": True}, {},
                           r"$lr\,(g+\beta v)$, $v\leftarrow\beta v+g$", NO_EPS, CHAIN)}),
    "adagrad": Page(
        "Duchi, Hazan & Singer 2011, JMLR 12", r"$lr\,g/(\sqrt v+\varepsilon)$, $v\leftarrow "
                                               r"v+g^2$ from 0", "none", OUTSIDE,
        NOTHING, {
            "keras": Entry("Adagrad", {"epsilon": "eps"}, {},
                           {"learning_rate": 0.001, "initial_accumulator_value": 0.1,
                            "epsilon": 1e-7},
                           r"$lr\,g/\sqrt{v+\varepsilon}$, $v$ from 0.1", INSIDE, SHRINK),
            "torch": Entry("Adagrad", {"eps": "eps"}, {},
                           {"lr": 0.01, "initial_accumulator_value": 0, "eps": 1e-10,
                                                           "lr_decay": 0}, SAME, OUTSIDE, L2),
            "optax": Entry("adagrad", {"eps": "eps"}, {},
                           {"initial_accumulator_value": 0.1, "eps": 1e-7},
                           r"$lr\,g/\sqrt{v+\varepsilon}$, $v$ from 0.1", INSIDE, CHAIN)}),
    "rmsprop": Page(
        "Tieleman & Hinton 2012, lecture 6e", r"$lr\,g/\sqrt v$, $v\leftarrow\rho v+(1-\rho)g^2$",
        r"$\rho$ 0.9", NO_EPS,
        NOTHING, {
            "keras": Entry("RMSprop", {"rho": "rho", "epsilon": "eps"}, {},
                           {"learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-7},
                           r"$lr\,g/\sqrt{v+\varepsilon}$", INSIDE, SHRINK),
            "torch": Entry("RMSprop", {"alpha": "rho", "eps": "eps"}, {},
                           {"lr": 0.01, "alpha": 0.99, "eps": 1e-8},
                           r"$lr\,g/(\sqrt v+\varepsilon)$", OUTSIDE, L2),
            "optax": Entry("rmsprop", {"decay": "rho", "eps": "eps"}, {},
                           {"decay": 0.9, "eps": 1e-8, "eps_in_sqrt": True},
                           r"$lr\,g/\sqrt{v+\varepsilon}$", INSIDE + ", unless `eps_in_sqrt=False`",
                           CHAIN)}),
    "adadelta": Page(
        "Zeiler 2012, arXiv 1212.5701",
        r"$lr\,\delta$, $\delta=g\,\sqrt{u+\varepsilon}/\sqrt{v+\varepsilon}$; $u$ averages "
        r"$\delta^2$, $v$ averages $g^2$", r"$lr$ 1, $\rho$ 0.95, $\varepsilon$ 1e-6",
        "inside both roots", NOTHING, {
            "keras": Entry("Adadelta", {"rho": "rho", "epsilon": "eps"}, {},
                           {"learning_rate": 0.001, "rho": 0.95, "epsilon": 1e-7}, SAME,
                           "inside both", SHRINK),
            "torch": Entry("Adadelta", {"rho": "rho", "eps": "eps"}, {},
                           {"lr": 1.0, "rho": 0.9, "eps": 1e-6},
                           SAME, "inside both", L2),
            "optax": Entry("adadelta", {"rho": "rho", "eps": "eps"}, {},
                           {"rho": 0.9, "eps": 1e-6, "weight_decay": 0.0},
                           SAME, "inside both", L2)}),
    "adam": Page(
        "Kingma & Ba 2015, arXiv 1412.6980", ROOT, r"$lr$ 0.001, $\beta$ 0.9, 0.999, $\varepsilon$ "
                                                   r"1e-8", OUTSIDE, NOTHING, {
            "keras": Entry("Adam", K_ADAM, {}, K_DEFAULTS, KERAS_ROOT, KERAS_EPS, SHRINK),
            "torch": Entry("Adam", T_ADAM, {}, T_DEFAULTS | {"decoupled_weight_decay": False}, SAME,
                           OUTSIDE, L2),
            "optax": Entry("adam", O_ADAM, {}, O_DEFAULTS | {"eps_root": 0.0}, SAME, OUTSIDE,
                           CHAIN)}),
    "amsgrad": Page(
        "Reddi, Kale & Kumar 2018, arXiv 1904.09237", r"$lr\,m/\sqrt{v_{\max}}$: nothing is "
                                                      r"corrected", "none", NO_EPS,
        NOTHING, {
            "keras": Entry("Adam", K_ADAM, {"amsgrad": True}, K_DEFAULTS,
                           r"Keras' Adam, $v_{\max}$ for $v$", KERAS_EPS, SHRINK),
            "torch": Entry("Adam", T_ADAM, {"amsgrad": True}, T_DEFAULTS,
                           r"Adam, $v_{\max}$ for $v$: largest, then corrected", OUTSIDE, L2),
            "optax": Entry("amsgrad", O_ADAM, {}, O_DEFAULTS,
                           r"Adam, largest $\hat v$ for $\hat v$: corrected, then largest", OUTSIDE,
                           CHAIN)}),
    "adamax": Page(
        "Kingma & Ba 2015, section 7.1", r"$lr\,\hat m/u$, $u\leftarrow\max(\beta_2 u,\lvert "
                                         r"g\rvert)$",
        r"$lr$ 0.002, $\beta$ 0.9, 0.999", NO_EPS, NOTHING, {
            "keras": Entry("Adamax", K_ADAM, {}, K_DEFAULTS, r"$lr\,\hat m/(u+\varepsilon)$",
                           "beside $u$", SHRINK),
            "torch": Entry("Adamax", T_ADAM, {}, T_DEFAULTS | {"lr": 0.002},
                           r"$lr\,\hat m/u$, $\lvert g\rvert+\varepsilon$ for $\lvert g\rvert$",
                           "inside the max", L2),
            "optax": Entry("adamax", O_ADAM, {}, O_DEFAULTS,
                           r"$lr\,\hat m/u$, $\lvert g\rvert+\varepsilon$ for $\lvert g\rvert$",
                           "inside the max", CHAIN)}),
    "nadam": Page(
        "Dozat 2016, ICLR workshop", NADAM + r"t/250})$", r"$\mu_t$ as above", OUTSIDE, NOTHING, {
            "keras": Entry("Nadam", K_ADAM, {}, K_DEFAULTS, r"$\mu_t=\beta_1(1-\frac12\,0.96^{t})$",
                           OUTSIDE, SHRINK),
            "torch": Entry("NAdam", T_ADAM, {}, T_DEFAULTS | {"lr": 0.002, "momentum_decay": 0.004},
                           SAME, OUTSIDE, L2),
            "optax": Entry("nadam", O_ADAM, {}, O_DEFAULTS, r"$\mu_t=\beta_1$: no warm-up", OUTSIDE,
                           CHAIN)}),
    "adamw": Page(
        "Loshchilov & Hutter 2019, arXiv 1711.05101", r"Adam's, and $\eta_t\lambda w$ with a "
                                                      r"schedule $\eta_t$ beside $lr$",
        "Adam's", OUTSIDE, r"$w$ loses $\eta_t\lambda w$", {
            "keras": Entry("AdamW", {**K_ADAM, "weight_decay": "weight_decay"}, {},
                           K_DEFAULTS | {"weight_decay": 0.004},
                           "Keras' Adam", KERAS_EPS, SHRINK),
            "torch": Entry("AdamW", {**T_ADAM, "weight_decay": "weight_decay"}, {},
                           T_DEFAULTS | {"weight_decay": 0.01},
                           "Adam's", OUTSIDE, SHRINK),
            "optax": Entry("adamw", {**O_ADAM, "weight_decay": "weight_decay"}, {},
                           O_DEFAULTS | {"weight_decay": 1e-4},
                           "Adam's", OUTSIDE, r"$lr\,\lambda w$ is part of the step")}),
    "lion": Page(
        "Chen and others 2023, arXiv 2302.06675", r"$lr\,(\mathrm{sign}(\beta_1 "
                                                  r"m+(1-\beta_1)g)+\lambda w)$, then "
        r"$m\leftarrow\beta_2 m+(1-\beta_2)g$", r"$\beta$ 0.9, 0.99", NO_EPS, r"$lr\,\lambda w$ is "
                                                                              r"part of the step", {
            "keras": Entry("Lion", {**K_BETAS, "weight_decay": "weight_decay"}, {},
                           {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.99,
                            "weight_decay": None}, SAME,
                           NO_EPS, SHRINK),
            "torch": None,
            "optax": Entry("lion", {"b1": "beta1", "b2": "beta2", "weight_decay": "weight_decay"},
                           {},
                           {"b1": 0.9, "b2": 0.99, "weight_decay": 0.001}, SAME, NO_EPS, SAME)}),
}
