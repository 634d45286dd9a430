# %% [markdown]
# # 27 · Match three frameworks
#
# *Is Adam the same Adam in Keras, PyTorch and scikit-learn?*
#
# You move a model from one library to another, keep the optimizer's name and every number you typed, and the loss curve is another
# one. Nobody made a mistake. The libraries differ in things that no tutorial mentions: where $\varepsilon$ stands, what
# `weight_decay` means, whether the velocity remembers the old learning rate. Here you measure every one of these differences,
# with five gradients and a pencil. And once, somebody did make a mistake, and you will find it.
#
# **You will do:** read a page for each of twelve optimizers; convert a velocity between two conventions; write the rule that
# scikit-learn calls `adaptive`; hide a bug from a test; track down a live bug in Keras; run your own optimizer inside `fit`.
#
# **You will learn:** which differences matter and how large they are; which settings make two libraries agree to the last digit;
# what a good test of an optimizer looks like; how one reports a bug.
#
# **You need:** momentum and its conventions (notebook 10), the adaptive rules (13), Adam and AdamW (08).
# PyTorch is not needed; where it is installed, its numbers are measured anew.
#
# **Minutes:** 90

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Five gradients
#
# To compare two optimizers, training is a bad instrument: it takes long, and everything has a part in the result. Feed both the
# same gradients instead, and look where the weights go. Which gradients? An ordinary stream shows little. Optimizers differ
# where something *happens*: when a weight that never had a gradient gets its first one; when gradients shrink by a factor of 300; when
# they are zero; when they are as small as $\varepsilon$. So here is a table, a row for each of five steps, a column for each of
# five weights. Every number in it is exact in binary, and so are the hyper-parameters: $lr = 1/16$, $\beta = \rho = \beta_1 = 3/4$,
# $\beta_2 = 15/16$, $\varepsilon = 2^{-10}$. Where two rules are the same, their paths will agree to the last digit.

# %%
import math

from course_lib import landscapes, optimizers, plotting
from course_lib.optimizers import descent, schedules
from course_lib.frameworks.paths import GRADIENTS, HYPER, START, coupled, distance, drive_keras, path_of, keras_path
from course_lib.frameworks.tensorflow_quietly import import_tensorflow

import_tensorflow()
import keras

streams = ("ordinary", "wakes up", "drops", "silent", "size of eps")
print(f"{'':9}" + "".join(f"{name:>13}" for name in streams))
for t, g in enumerate(GRADIENTS, start=1):
    print(f"step {t}:  " + "".join(f"{value:13.4g}" for value in g))

# %% [markdown]
# The next cells show a page for each optimizer: what its paper says, what Keras, PyTorch and optax do, and how far apart they are. A
# distance is the largest difference to the path of this course's rule, in any weight, at any of the five steps. It is given four times:
# with equal numbers everywhere; when the rate drops to a quarter after the third step; with `weight_decay` $\lambda = 1/4$
# (to be compared with a plain shrinking of $w$ by $lr\,\lambda w$); and with each library's own defaults, but at one rate (and with $\beta = 3/4$ for momentum, whose own default is 0). A dash: it does
# not have that.
#
# Keras is measured while you wait. PyTorch and optax were measured when this page was written, and the numbers lie in a file beside
# this notebook; `python -m experiments.frameworks` makes it anew.
#
# ## Momentum: one formula, two memories
#
# **Predict** before you look: for which of these three do you expect differences with equal numbers? When the rate drops? With decay?

# %%
from course_lib.data import load_results

from IPython.display import Markdown, display

from course_lib.frameworks.facts import FACTS
from course_lib.frameworks.table import page

stored = load_results("three_frameworks")
for name in ("sgd", "momentum", "nesterov"):
    display(Markdown(page(name, stored)))

# %% [markdown]
# With equal numbers all are the same to the last digit. Then two things part them.
#
# *The rate.* Keras multiplies the gradient by $lr$ when it enters the velocity; PyTorch and optax multiply the velocity by $lr$ when it
# leaves. Polyak's own formula repeats the last *move*, so it is on Keras' side.
#
# *The decay.* In Keras every optimizer takes `weight_decay` in one sense: it shrinks $w$. In PyTorch's SGD and Adam the same word means an L2
# penalty, $\lambda w$ is added to the gradient, and goes through the velocity. For plain SGD that is the same: 0. For momentum it is not.
#
# How much is the first of these? Let a run have the constant gradient 1 and $lr = 0.1$, until the velocity is at its full $v = 1/(1-\beta) = 10$.
# Then the rate drops to 0.01, and at that moment the valley's floor is reached: the gradient is zero, and the weight coasts. What is still
# to come is a geometric sum, $\beta v + \beta^2 v + \dots = \beta v/(1-\beta) = 90$, times the rate that counts.
# **Predict** how far each convention coasts.

# %% tags=["figure"] mystnb={"image": {"alt": "Weight against step for two conventions of momentum. Both fall together until step 60, where the rate drops from 0.1 to 0.01 and the gradient becomes zero. The course's curve turns flat at once and coasts 0.9 further; Keras' curve keeps its slope and coasts 9 further."}}
beta, rate, gradient = 0.9, (lambda t: 0.1 if t <= 60 else 0.01), (lambda t, w: np.array([1.0 if t <= 60 else 0.0]))
theirs = drive_keras(keras.optimizers.SGD(0.1, momentum=beta), np.zeros(1), gradient, 120, lr=rate)[:, 0]
w, state, ours = np.zeros(1), {}, []
for t in range(1, 121):
    w, state = optimizers.momentum(w, gradient(t, w), state, lr=rate(t), beta=beta)
    ours.append(w[0])
fig, ax = plt.subplots()
ax.plot(range(1, 121), ours, **look("momentum", label="PyTorch, optax, this course: w - lr v"))
ax.plot(range(1, 121), theirs, **look("momentum", marker=None, linestyle=":", linewidth=3, label="Keras, scikit-learn: the rate is inside the velocity"))
ax.axvline(60, color="0.7")
ax.set(xlabel="step $t$ (the rate drops after 60)", ylabel="weight $w$", title="After a drop the old rate coasts on in Keras' velocity")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* up to the grey line there is one curve. After it, a schedule that says 0.01 is obeyed at once by one
# convention, and only after about twenty steps by the other.
#
# ### Exercise 27.1 · A velocity that changes its rate
#
# Somebody's training in Keras has to follow a schedule exactly as PyTorch would. Just after the rate has been changed, and before the next step, one
# may write into Keras' velocity `u`. What has to be written there? (`u` is an array; return a new one.)

# %% tags=["exercise"]
def converted_velocity(u, *, lr_old, lr_new):
    """Return the velocity with which Keras goes on as PyTorch would after the rate changed."""
    ### BEGIN SOLUTION
    return u * lr_new / lr_old
    ### END SOLUTION

# %%
check.converted_velocity(converted_velocity)

# %% [markdown]
# (Under a smooth schedule the rate changes at every step, and so the conversion would be due at every step.) Here are the numbers of the figure, and a third run in which
# Keras' velocity is rewritten at step 60.

# %%
optimizer, w_60 = keras.optimizers.SGD(0.1, momentum=beta), np.zeros(1)
first = drive_keras(optimizer, np.zeros(1), gradient, 60)
optimizer.momentums[0].assign(optimizer.momentums[0] * 0.01 / 0.1)
variable = optimizer._trainable_variables[0]
optimizer.learning_rate = 0.01
for _ in range(60):
    optimizer.apply([np.zeros(1)], [variable])
coasted = {"course": ours[59] - ours[-1], "Keras": theirs[59] - theirs[-1], "Keras, converted": first[-1, 0] - float(variable.numpy()[0])}
for name, predicted in (("course", 0.01 * 90), ("Keras", 0.1 * 90), ("Keras, converted", 0.01 * 90)):
    print(f"{name:16}: coasts {predicted:.1f} predicted, {coasted[name]:.2f} measured")
    assert math.isclose(coasted[name], predicted, rel_tol=0.01)

# %% [markdown]
# ## Dividing by a root: where is $\varepsilon$?
#
# **Predict:** for which of these three do all libraries put $\varepsilon$ in the same place?

# %%
for name in ("adagrad", "rmsprop", "adadelta"):
    display(Markdown(page(name, stored)))

# %% [markdown]
# Adadelta is the one that all write as its paper does; what differs are the defaults: Keras' rate is 0.001, a thousandth of the paper's.
# For the others, ask below which size a gradient is treated as small. Take the first step, $v = (1-\rho)\,g^2$ in RMSprop. Outside the root, $\varepsilon$ is compared
# with $\sqrt{v}$; inside, with $v$. The two terms are equal at
#
# $$g = \frac{\varepsilon}{\sqrt{1-\rho}} \ \text{ (outside)}, \qquad g = \sqrt{\frac{\varepsilon}{1-\rho}} \ \text{ (inside)}.$$
#
# With Keras' $\rho = 0.9$ and $\varepsilon = 10^{-7}$ the second is $10^{-3}$; with PyTorch's $\rho = 0.99$ and $\varepsilon = 10^{-8}$ the first is $10^{-7}$.
# And Adam: the paper adds $\varepsilon$ to $\sqrt{\hat v}$, which is $|g|$ at the first step. Keras adds it to $\sqrt v = \sqrt{1-\beta_2}\,|g|$, which is 32 times smaller; so
# its $10^{-7}$ acts like $3.2\cdot 10^{-6}$ in the paper's place. (The paper itself mentions this form, since it saves work.)
# **Predict** the first step, in units of $lr$, for $g = 10^{-6}$: Adam in PyTorch, Adam in Keras, RMSprop in PyTorch, RMSprop in Keras.

# %% tags=["figure"] mystnb={"image": {"alt": "Two log-log panels of the first step over lr against the gradient. Left, Adam: PyTorch's curve is at 1 down to gradients of 1e-7, Keras' falls off below 1e-5. Right, RMSprop: PyTorch's curve is at 10 down to 1e-6, Keras' at 3.2 and falls off below 1e-3. Dots measured in Keras lie on its curves."}}
g = np.geomspace(1e-9, 1, 19)  # the seventh is 1e-6
formulas = {"adam": (g / (g + 1e-8), g / (g + 1e-7 / math.sqrt(0.001)), keras.optimizers.Adam(1.0)),
            "rmsprop": (g / (0.1 * g + 1e-8), g / np.sqrt(0.1 * g * g + 1e-7), keras.optimizers.RMSprop(1.0))}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True)
for ax, (name, (outside, keras_says, optimizer)), times in zip(axes, formulas.items(), ("$10^{-5}$", "$10^{-3}$"), strict=True):
    measured = -drive_keras(optimizer, np.zeros(len(g)), lambda t, w: g, 1)[0]
    ax.loglog(g, outside, **look(name, marker=None, linestyle="-", label="PyTorch"))
    ax.loglog(g, keras_says, **look(name, marker=None, linestyle=":", label="Keras"))
    ax.loglog(g, measured, **look(name, linestyle="none", markevery=1, label="Keras, measured"))
    ax.set(xlabel="gradient $g$", ylabel="first step / $lr$", title=f"{name}: Keras' $\\varepsilon$ is felt below {times}")
    ax.legend(loc="lower right")
    print(f"{name:7} at g = 1e-6: PyTorch {outside[6]:.3g} lr; Keras predicted {keras_says[6]:.3g} lr, measured {measured[6]:.3g} lr")
    assert np.allclose(measured, keras_says, rtol=1e-3)
plt.show()

# %% [markdown]
# *Reading the figure:* where a curve is flat, the optimizer does what it is for, the size of the gradient does not matter. The knee is where it
# stops. In Keras' RMSprop that is at a gradient of one thousandth, which is no rare sight in a network.
#
# AdaGrad's difference is of another kind: Keras and optax do not start the sum at 0 but at 0.1. A weight whose gradients stay small
# against $\sqrt{0.1} = 0.32$ does not get AdaGrad's equal treatment for a long time: for a constant gradient of 0.01 the first step is
# $0.01/\sqrt{0.1001} = 0.03$ in place of 1, times $lr$.
#
# ## The family of Adam
#
# Six pages. **Predict** in which of them the place of $\varepsilon$ is all that differs.

# %%
for name in ("adam", "amsgrad", "adamax", "nadam", "adamw", "lion"):
    display(Markdown(page(name, stored)))

# %% [markdown]
# In Adam, AdamW and Adamax the place of $\varepsilon$ is all that differs, as long as the numbers are equal. The tiny number in PyTorch's Nadam is rounding: it keeps the product of the $\mu$ in single precision. Large is optax' Nadam, which has no
# warm-up of $\mu$ at all. Keras has the warm-up, but over within some dozens of steps ($0.96^t$), where the paper has thousands ($0.96^{t/250}$).
#
# AMSGrad comes in **three variants**. Its idea: the denominator must never fall. The paper takes the largest $v$ so far, and corrects nothing. Keras and PyTorch take
# the largest $v$ and correct it afterwards, by $1/(1-\beta_2^t)$, a factor that *falls*. optax corrects first and then takes the largest. So test the idea itself: one
# gradient 1, then 999 gradients of 0.001. The largest $v$ is $0.001$, from the first step; the largest $\hat v$ is 1. **Predict** the denominator after 1000 steps,
# compared with that after the first: in which variant has it fallen?

# %%
def denominators(gradients, beta2=0.999):
    """Return what stands below the fraction line, without eps, for the paper, for PyTorch and Keras, and for optax."""
    v = v_max = v_hat_max = 0.0
    rows = []
    for t, g in enumerate(gradients, start=1):
        v = beta2 * v + (1 - beta2) * g * g
        v_max, v_hat_max = max(v_max, v), max(v_hat_max, v / (1 - beta2**t))
        rows.append([math.sqrt(v_max), math.sqrt(v_max / (1 - beta2**t)), math.sqrt(v_hat_max)])
    return np.array(rows)

below = denominators([1.0] + [0.001] * 999)
predicted = (1, math.sqrt((1 - 0.999) / (1 - 0.999**1000)), 1)
for name, value, ratio in zip(("paper", "PyTorch, Keras", "optax"), predicted, below[-1] / below[0], strict=True):
    print(f"{name:14}: denominator after 1000 steps / after the first: predicted {value:.3f}, measured {ratio:.3f}")
assert np.allclose(below[-1] / below[0], predicted, rtol=1e-6)

# %% [markdown]
# In PyTorch and Keras the denominator that never falls falls by a factor of 25, while the correction fades. In the paper's and optax' form it stays.
#
# Now the settings that make Keras agree with this course's rules, which are PyTorch's. Where only the place of $\varepsilon$ differs, an $\varepsilon$ too small to matter
# does it: then 0/0 is still avoided. For Nadam it is `momentum_decay=1`, in PyTorch's letters.

# %%
tiny = ({"epsilon": 1e-30}, {"eps": 1e-30})
agree = {"adagrad": tiny, "rmsprop": tiny, "adam": tiny, "amsgrad": tiny, "adamw": tiny, "nadam": ({}, {"momentum_decay": 1.0})}
for name, (theirs_too, ours_too) in agree.items():
    letters = FACTS[name].frameworks["keras"].letters.values()
    hyper = {letter: HYPER[letter] for letter in letters} | ours_too
    gap = distance(keras_path(name, "same", **theirs_too), path_of(optimizers.STEPS[name], hyper))
    print(f"{name:8} with {theirs_too or ours_too}: apart by {'nothing' if gap < 1e-12 else f'{gap:.1e}'}")
    assert gap < 1e-8

# %% [markdown]
# (Nadam's rest is rounding too: Keras makes its 0.96 a single-precision number first.)
#
# ## What `weight_decay` means
#
# All AdamWs shrink $w$ by $lr\,\lambda w$, so they agree in meaning. But the default $\lambda$ is 0.004, 0.01 and 0.0001. The paper has $\eta_t\lambda w$, with a schedule $\eta_t$ that
# is *not* the rate: whoever reads $\lambda$ in that paper has to divide by $lr$ to use it here.
#
# And `weight_decay` in plain Adam? Let $\lambda = 0.1$, $lr = 0.01$, gradients of the data zero, $w = 1$, 50 steps. Keras shrinks: $(1-lr\,\lambda)^{50} = 0.951$. PyTorch's L2 gives
# Adam the gradient $\lambda w$, and Adam makes steps of length about $lr$ of it, however small $\lambda$ is (notebook 14): $1 - 50 \cdot 0.01 = 0.5$; a bit more is left, since $\sqrt{\hat v}$ remembers the larger gradients of the start.
# **Predict** what changes in each when $\lambda$ is a hundred times smaller.

# %%
for lam in (0.1, 0.001):
    shrunk = drive_keras(keras.optimizers.Adam(0.01, weight_decay=lam), np.ones(1), lambda t, w: np.zeros(1), 50)[-1, 0]
    l2, w, state = coupled(optimizers.adam, lam), np.ones(1), {}
    for _ in range(50):
        w, state = l2(w, np.zeros(1), state, lr=0.01)
    print(f"lambda {lam}: Keras' Adam predicted {(1 - 0.01 * lam) ** 50:.3f}, measured {shrunk:.3f}; L2 predicted about 0.5, measured {w[0]:.3f}")
    assert math.isclose(shrunk, (1 - 0.01 * lam) ** 50, rel_tol=1e-5) and 0.5 <= w[0] < 0.55

# the same for PyTorch, on the five gradients: its Adam with weight_decay is our Adam on g + lambda w
hyper = {name: HYPER[name] for name in ("beta1", "beta2", "eps")}
gap = distance(path_of(coupled(optimizers.adam, 0.25), hyper), stored["torch"]["paths"]["adam"]["decay"])
print(f"PyTorch's Adam(weight_decay=1/4) and Adam with an L2 penalty, on the five gradients: apart by less than 1e-12: {gap < 1e-12}")
assert gap < 1e-12

# %% [markdown]
# Is PyTorch here? Then every one of its numbers is made again now, in a process of its own, and compared with the file.

# %% tags=["nbval-ignore-output"]
from course_lib.frameworks.torch_process import torch_paths, torch_version

recorded = stored["torch"]
known = {(name, setting): path for name, paths in recorded["paths"].items() for setting, path in paths.items() if path}
if torch_version():
    live = torch_paths([(name, setting, {}) for name, setting in known])
    gap = max(distance(*pair) for pair in zip(live, known.values(), strict=True))
    print(f"PyTorch {torch_version()}, live: {len(live)} paths, apart from those in the file by {'less than 1e-12' if gap < 1e-12 else gap}")
    assert gap < 1e-12 or torch_version() != recorded["version"]
else:
    print(f"PyTorch is not installed: its column shows what PyTorch {recorded['version']} did when the file was written.")
    print("`make test-torch` installs the CPU build and measures it here.")

# %% [markdown]
# Code travels between libraries, often under the wrong heading. Three lines of widely read tutorials, run in the library they were said to be for. **Guess** which of them fail.

# %%
from sklearn.linear_model import SGDClassifier
from sklearn.neural_network import MLPClassifier

lines = {"keras.optimizers.Adam(model_parameters, lr=0.001)": lambda: keras.optimizers.Adam([], lr=0.001),
         "keras.optimizers.Adam(0.001).step()": lambda: keras.optimizers.Adam(0.001).step(),
         "SGDClassifier(loss='log').fit(X, y)": lambda: SGDClassifier(loss="log").fit([[0.0], [1.0]], [0, 1])}
for line, attempt in lines.items():
    try:
        attempt()
        said = "runs"
    except Exception as error:
        said = type(error).__name__
    print(f"{line:50} {said}")
    assert said != "runs"

# %% [markdown]
# All three. The first two are `torch.optim` code under the heading Keras, where it is `keras.optimizers.Adam(learning_rate=0.001)` and `optimizer.apply(gradients, variables)`.
# In the third the loss is called `log_loss`.
#
# ## scikit-learn: what is adaptive in `'adaptive'`?
#
# `SGDClassifier` and `MLPClassifier` take `learning_rate='adaptive'`, and one reads that this is Adam, or something like it. It looks at no gradient. After each epoch it looks at the mean
# training loss. The epoch has *failed* if $loss > best - tol$, where $best$ is the lowest loss of the epochs before. After some failures in a row (`patience`), the rate is divided by 5, for all
# weights, and the count starts again. (At a rate of $10^{-6}$ or less training ends instead.) That is a schedule, not an optimizer.
#
# ### Exercise 27.2 · The rule behind 'adaptive'
#
# Given the losses of the epochs, return the rate that each epoch was trained with, as a list. The first one has `lr`. Leave the end at $10^{-6}$ out.

# %% tags=["exercise"]
def adaptive_rates(losses, *, lr, tol, patience):
    """Return the rate of every epoch."""
    ### BEGIN SOLUTION
    rates, best, failures = [], math.inf, 0
    for loss in losses:
        rates.append(lr)
        failures = failures + 1 if loss > best - tol else 0
        best = min(best, loss)
        if failures == patience:
            lr, failures = lr / 5, 0
    return rates
    ### END SOLUTION

# %%
check.adaptive_rates(adaptive_rates)

# %% [markdown]
# To prove that nothing else is in it, train from scratch: `replay_mlp` takes this course's network, the rule above and momentum, and from scikit-learn only what is random, the first weights and the order of
# the images. 500 handwritten digits, 16 hidden units, `n_iter_no_change=2`. Its documentation says that the rate falls when *two consecutive epochs* fail. **Predict** how many it takes.

# %%
from course_lib.data import datasets
from course_lib.frameworks.sklearn_replay import replay_mlp
from threadpoolctl import threadpool_limits

digits = datasets.split(datasets.embedded_digits())
X, y = digits.X_train[:500].astype(float), digits.y_train[:500]
again = {"hidden": 16, "lr": 0.1, "beta": 0.9, "tol": 1e-3, "n_iter_no_change": 2, "batch_size": 50, "epochs": 60, "seed": 1}
theirs = MLPClassifier((16,), solver="sgd", learning_rate="adaptive", learning_rate_init=0.1, nesterovs_momentum=False, alpha=0.0,
                       batch_size=50, tol=1e-3, n_iter_no_change=2, max_iter=60, random_state=1)
with threadpool_limits(1):  # such small products are faster on one thread
    theirs.fit(X, y)
    losses, rates, net = replay_mlp(X, y, **again)
same = np.allclose(losses, theirs.loss_curve_, rtol=0, atol=1e-9) and np.allclose(net.layers[0].W, theirs.coefs_[0], rtol=0, atol=1e-9)
print(f"{len(losses)} losses, and the first layer's weights, are theirs to nine digits: {same}")
assert same and math.isclose(rates[-1], theirs._optimizer.learning_rate)

# %% [markdown]
# As every loss is theirs, there is nothing else in `'adaptive'`. And the rule that gave it waits for `n_iter_no_change + 1` failures: three here, eleven with the default of 10. Not two.
# (`SGDClassifier` waits for `n_iter_no_change`, 5 by default.)
#
# The curve hides one more thing that you know already. scikit-learn's velocity holds the rate, as Keras' does. **What** do you expect in the first epoch after the first drop,
# compared with a momentum that obeys at once?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels against the epoch. Left, the training loss on a logarithmic axis: scikit-learn's curve and the replay cover each other; at the first drop of the rate their loss jumps up, while that of the course's momentum goes down. Right, the rate falls in a staircase of factors of five from 0.1."}}
with threadpool_limits(1):
    course_losses, _, _ = replay_mlp(X, y, step=optimizers.momentum, **again)
drops = [k for k in range(1, len(rates)) if rates[k] < rates[k - 1]]
at, failed = drops[0], [losses[k] > min(losses[:k], default=math.inf) - 1e-3 for k in range(len(losses))]
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4))
axes[0].semilogy(theirs.loss_curve_, color="0.65", linewidth=5, label="scikit-learn")
axes[0].semilogy(losses, color="black", linewidth=1.2, label="from scratch, rate inside $v$")
axes[0].semilogy(course_losses, color="#009e73", linestyle="--", label="from scratch, $w - lr\\,v$")
axes[0].set(xlabel="epoch, from 0", ylabel="training loss", title="The first drop starts with a jump")
axes[0].legend()
axes[1].semilogy(rates, color="black", drawstyle="steps-post")
axes[1].set(xlabel="epoch, from 0", ylabel="rate", title=f"'adaptive': divided by 5, {len(drops)} times")
plt.show()
print(f"before the first drop {failed[:at][::-1].index(False)} failures in a row; loss before and after: {losses[at - 1]:.2f}, {losses[at]:.2f}; with w - lr v: {course_losses[at - 1]:.2f}, {course_losses[at]:.2f}")
assert losses[at] > 2 * losses[at - 1] and course_losses[at] < 0.5 * losses[at]

# %% [markdown]
# *Reading the figure:* the thick grey line is scikit-learn, the thin black one lies on it. Where the rate falls for the first time, the dashed green curve, with the rate outside, goes on nearly as before. The black one jumps **up**:
# the velocity still makes moves of the old size, and gradients at the new rate are too weak to correct them.
# (With other seeds the jump is smaller or absent. In all five that a test runs, that epoch's loss is at least a fifth higher than with the rate outside.)
#
# `SGDClassifier` has no momentum, and one rate for each of its binary problems. Here it is, from scratch, on "is it an 8?"; and the Adam of `MLPClassifier`, on the five gradients. That Adam is
# written with $\varepsilon$ beside the uncorrected root. **Predict** whose Adam that is; and what `learning_rate='adaptive'` changes when `solver='adam'`.

# %%
import warnings

from course_lib.frameworks.sklearn_replay import mlp_adam_path, replay_sgd

eight = np.where(y == 8, 1.0, -1.0)
sgd = SGDClassifier(loss="log_loss", penalty=None, learning_rate="adaptive", eta0=0.1, shuffle=False, tol=1e-3).fit(X, eight)
w, intercept, rates = replay_sgd(X, eight, lr=0.1, tol=1e-3, n_iter_no_change=5, epochs=1000)
print(f"SGDClassifier: {sgd.n_iter_} epochs, ours {len(rates)}, with {len(set(rates))} rates; same weights to nine digits: {np.allclose(w, sgd.coef_[0], atol=1e-9)}")
path = mlp_adam_path(GRADIENTS, START, lr=1 / 16, **{name: HYPER[name] for name in ("beta1", "beta2", "eps")})
others = {"Keras'": keras_path("adam", "same"), "PyTorch's": stored["torch"]["paths"]["adam"]["same"]}
print("MLPClassifier's Adam:", ", ".join(f"to {name} {distance(path, other):.2g}" for name, other in others.items()))
with warnings.catch_warnings(action="ignore"):  # two epochs are not enough, it says
    a, b = (MLPClassifier((4,), solver="adam", learning_rate=rule, max_iter=2, random_state=0).fit(X, y) for rule in ("constant", "adaptive"))
print(f"solver='adam' with 'constant' and with 'adaptive': same weights: {np.array_equal(a.coefs_[0], b.coefs_[0])}")

# %% [markdown]
# It is Keras' Adam, to the last digit, with $\varepsilon = 10^{-8}$. (Its `alpha` is an L2 penalty, not a decay.) And with Adam the word `adaptive` is ignored.
#
# ## The oracle lab
#
# You will write optimizers, or change some. How would you know that one is right? Many stop at one step: Adam's first step is $lr\cdot\mathrm{sign}(g)$, and a line of code tests that.
# Below are ten wrong Adams, each made by replacing one piece of the right one's source. **Predict** how many of them pass the one-step test. Then the same ten on the five gradients.

# %%
from course_lib.checks.nb15 import caught_by_table, passes_one_step
from course_lib.optimizers.calling import mutant

WRONG = {"the clock stays at 1": ('state.get("t", 0) + 1', "1"), "v for v_hat": ("np.sqrt(v_hat)", "np.sqrt(v)"),
         "m for m_hat": ("lr * m_hat", "lr * m"), "v forgets the past": ('beta2 * state.get("v", 0.0)', "0.0"),
         "m is never stored": ('"m": m, ', ""), "eps inside the root": ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat + eps)"),
         "no eps": ("np.sqrt(v_hat) + eps", "np.sqrt(v_hat)"), "beta2 in m": ('beta1 * state.get("m"', 'beta2 * state.get("m"'),
         "one power too few": ("1 - beta2**t", "1 - beta2"), "uphill": ("w = w - lr", "w = w + lr")}
adams = {name: mutant(optimizers.adam, pieces) for name, pieces in WRONG.items()}
with np.errstate(all="ignore"):
    verdicts = {name: (passes_one_step(adam), caught_by_table(adam)) for name, adam in adams.items()}
for name, (one, table) in verdicts.items():
    print(f"{name:20}: {'passes the one-step test' if one else 'caught by one step':24}  {'caught' if table else 'NOT caught'} by the table")
assert sum(one for one, _ in verdicts.values()) == 7 and all(table for _, table in verdicts.values()) and not caught_by_table(optimizers.adam)

# %% [markdown]
# Seven of ten pass one step, none passes the table. It is no accident: at $t = 1$ both hats make the betas cancel, the state is empty, and an ordinary gradient hides $\varepsilon$. What the table has more is: several steps,
# silence, a drop, and a gradient of the size of $\varepsilon$. (This course's own tests use such a table on all twelve rules; `tests/oracle/mutants.toml` lists some two hundred wrong versions, and all are found out.)
#
# ### Exercise 27.3 · A bug of your own
#
# Write an Adam with a bug that `passes_one_step` and is caught by the table: one that is not in the list above, if you can. It must keep the form of a rule: nothing that it is given may be changed.

# %% tags=["exercise"]
def hidden_bug(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    ### BEGIN SOLUTION
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w, {"t": t, "m": m_hat, "v": v}
    ### END SOLUTION

# %%
check.hidden_bug(hidden_bug)

# %% [markdown]
# ## A live bug
#
# Schedule-Free AdamW (Defazio and others, 2024) needs no schedule. It has three points. Steps move $z$; $x$ is the average of all $z$ so far; and the gradient is taken in between, at $y = (1-\beta_1)\,z + \beta_1\,x$. That is what
# $\beta_1$ is for: at 0 it is Adam without momentum, near 1 gradients are taken at the average itself. So on any problem another $\beta_1$ must give another path.
#
# Keras has it as `keras.optimizers.ScheduleFreeAdamW`. Take the bowl $f(w) = w^2/2$ from $w = 1$, with three values of `beta_1`. **Predict** how many different end points you will see.

# %% tags=["nbval-ignore-output"]
class_under_test = keras.optimizers.ScheduleFreeAdamW
betas = (0.1, 0.5, 0.9)
keras_paths = {b: drive_keras(class_under_test(0.1, beta_1=b), np.ones(1), lambda t, w: w, 60)[:, 0] for b in betas}
for b, path in keras_paths.items():
    print(f"Keras {keras.__version__}, beta_1 = {b}: w = {path[9]:.4f} after 10 steps, {path[-1]:.4f} after 60")

# %% [markdown]
# With Keras 3.15.1 the three lines are the same. (If yours differ, your Keras is newer and has repaired it; the rest of this section shows how it was found, and a cell below says which of the two you have.)
# A number that changes nothing is a symptom one can search for in any code. Before asking what is wrong, have something that is right:
#
# ### Exercise 27.4 · Schedule-Free, without an alias
#
# In the contract of the course, `w` is $y$; carry $t$, $v$, $z$, $x$ in the state. $z$ and $x$ begin where $w$ is. With $c = 1/t$, without weight decay:
#
# $$v \leftarrow \beta_2 v + (1-\beta_2)\,g^2, \quad z \leftarrow z - lr\,\frac{g}{\sqrt{v/(1-\beta_2^t)} + \varepsilon}, \quad x \leftarrow (1-c)\,x + c\,z, \quad y = (1-\beta_1)\,z + \beta_1\,x .$$

# %% tags=["exercise"]
def schedule_free(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the next y, and the state with t, v, z, x."""
    ### BEGIN SOLUTION
    t = state.get("t", 0) + 1
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    z = state.get("z", w) - lr * g / (np.sqrt(v / (1 - beta2**t)) + eps)
    x = (1 - 1 / t) * state.get("x", w) + z / t
    w = (1 - beta1) * z + beta1 * x
    return w, {"t": t, "v": v, "z": z, "x": x}
    ### END SOLUTION

# %%
check.schedule_free(schedule_free)

# %% [markdown]
# The library's `schedule_free_adamw` is this, with decay and rates that change; on the five gradients it agrees with optax' version to $10^{-12}$ (a test does that). Now Keras saves memory: it stores $z$ and $y$ only, and gets the
# old $x$ back from $y = (1-\beta_1) z + \beta_1 x$. Put that in, and the new $y$ is
#
# $$y_{\rm new} = (1-c)\,y_{\rm old} + c\,z_{\rm new} + (1-c)(1-\beta_1)\,(z_{\rm new} - z_{\rm old}) .$$
#
# There is one place where $\beta_1$ stands, and it is multiplied by $z_{\rm new} - z_{\rm old}$. If a program has lost $z_{\rm old}$ and takes $z_{\rm new}$ for it, then $\beta_1$ is gone, and what remains, $(1-c)\,y + c\,z$, is the running average of $z$.
# So the suspicion makes a **prediction**: Keras' variable is not $y$ but $x$, as if $\beta_1$ were 1. Test it; and test what `.value` of a Keras variable is, since Keras' code keeps the old $z$ by `momentum_old = momentum.value` before it changes `momentum`.

# %% tags=["nbval-ignore-output"]
from course_lib.frameworks.schedule_free import diagnose, repaired

verdict = diagnose(class_under_test)  # on the five gradients, for two values of beta_1
print(f"Keras {keras.__version__}: " + {
    "aliased": "its variable is x for every beta_1, as predicted: the bug is here",
    "right": "its variable is y for every beta_1: this version is repaired, and needs no work-round",
    "something else": "its variable is neither x nor y: another story, look again"}[verdict])
z = keras.Variable(1.0)
z_old, z_copy = z.value, keras.ops.copy(z)
z.assign_sub(0.25)
print(f"z was 1 and is {float(z):.2f} now; 'z.value', kept before: {float(z_old):.2f}; a copy, made before: {float(z_copy):.2f}")
print(f"with copies, on the five gradients: {diagnose(repaired())}\n")
show_source(repaired)
assert verdict in ("aliased", "right") and float(z_copy) == 1.0 and float(z_old) == 0.75 and diagnose(repaired()) == "right"

# %% [markdown]
# On TensorFlow `z.value` is no number but the variable itself under a second name: an **alias**. Whoever changes `z` changes `z_old` too. It is the fault of notebook 10's museum turned round: there the old array should have changed, and stayed;
# here the old number should have stayed, and changed. No error, no warning, a falling loss, and a test that compares final losses passes.
# (With PyTorch below Keras it is the same, which `make test-torch` checks. On JAX arrays cannot be changed, so an alias does no harm: there we once measured two different paths for two `beta_1`.)
#
# The work-round is the class whose source you see: it lets Keras make its step, and then computes $y_{\rm new}$ by the formula above, from copies. That is right also where Keras is repaired, since Keras' own $y$ is not used.
#
# **How one reports such a thing.** Search the issue tracker for the class and the symptom first. Then one issue for one fault, which a stranger can check within a minute:
#
# 1. *Title:* what happens, where: "ScheduleFreeAdamW: beta_1 has no effect (TensorFlow backend)".
# 2. *Versions:* Keras, backend, Python, system.
# 3. *A script* that runs as it is, without data, model or training: a variable, three gradients, two values of `beta_1`, two printed numbers.
# 4. *Expected and actual*, with the reason why it must be so: the formula and its source; not "it trains badly".
# 5. *The cause*, if you have it, and how sure you are: the alias, and the five-line proof with `z.value`.
# 6. *A repair and a test that fails without it:* `ops.copy`; "two values of `beta_1` give two paths".
#
# The tone is that of a colleague. The people who wrote this gave it away, and you will have an alias of your own soon.
#
# ## Your own optimizer inside `fit`
#
# Last, the way back: a rule of this course, or one of yours, as a Keras optimizer. Keras calls `build` once with all variables and `update_step` for each at every step; schedules and clipping remain Keras' business.

# %% tags=["mirrors:course_lib.frameworks.keras_bridge.keras_optimizer"]
def keras_optimizer(step, *, lr, **hyper):
    import keras

    class Wrapped(keras.optimizers.Optimizer):
        def build(self, variables):
            super().build(variables)
            self.states = [{} for _ in variables]

        def update_step(self, gradient, variable, learning_rate):
            k = self._get_variable_index(variable)
            w, g = variable.numpy(), gradient.numpy()
            w, self.states[k] = step(w, g, self.states[k], lr=float(learning_rate), **hyper)
            self.assign(variable, w)

    return Wrapped(learning_rate=lr)

# %% [markdown]
# (`self.assign` writes into the variable. `variable = w` would only give the name another meaning: alias and museum once more.) Try it: a linear classifier of digits from zero weights, batches in the order of the file,
# three epochs of Adam with $\varepsilon = 10^{-4}$. By hand it is this course's network and the same rule. **Predict** the distance of the weights, in single precision.
# (Why not $\varepsilon = 10^{-8}$? Some gradients are zero but for rounding, about $10^{-9}$, and rounding is not the same in two libraries. Adam would make steps of a good part of $lr$ of them.)

# %%
from course_lib.networks.network import mlp

X, y = digits.X_train[:500], digits.y_train[:500]
model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, kernel_initializer="zeros")])
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(optimizer=keras_optimizer(optimizers.adam, lr=0.001, eps=1e-4), loss=loss, run_eagerly=True)
model.fit(X, y, batch_size=50, epochs=3, shuffle=False, verbose=0)
net, state = mlp([784, 10], rng=np.random.default_rng(0)), {}
net.theta = np.zeros_like(net.theta)
for start in [*range(0, 500, 50)] * 3:
    _, g = net.loss_and_grad(X[start:start + 50], y[start:start + 50])
    net.theta, state = optimizers.adam(net.theta, g, state, lr=0.001, eps=1e-4)
gap = np.abs(model.get_weights()[0] - net.layers[0].W).max()
print(f"weights after 30 steps, in Keras' fit and by hand: apart by less than 1e-5: {gap < 1e-5}")
assert gap < 1e-5

# %% [markdown]
# ## Summary
#
# - Same name, same numbers, other steps: on the five gradients Keras' Adam is 0.019 from PyTorch's, its RMSprop 0.068, optax' Nadam 0.079. Each comes from one cause that can be written down.
# - Keras puts $\varepsilon$ inside the root (AdaGrad, RMSprop) or beside the uncorrected root (Adam). Its $10^{-7}$ in RMSprop treats gradients below $10^{-3}$ as small.
# - `weight_decay` shrinks $w$ in Keras, in every optimizer. In PyTorch it is an L2 penalty, but for AdamW. The defaults of AdamW differ by a factor of 100.
# - A velocity that holds the rate (Keras, scikit-learn, Polyak) goes on at the old rate after a drop; multiply it by $lr_{\rm new}/lr_{\rm old}$.
# - `learning_rate='adaptive'` in scikit-learn divides one rate by 5 on a plateau of the training loss. Its Adam is Keras'.
# - One step tests next to nothing of an optimizer. Five well-chosen gradients caught all ten wrong Adams, of which seven passed one step.
# - `keras.optimizers.ScheduleFreeAdamW` in Keras 3.15.1 ignores `beta_1` on TensorFlow: an aliased variable.
#
# ## Questions to ask yourself
#
# **1.** You port a training with RMSprop from PyTorch to Keras. Which arguments do you give, and what remains different?
#
# <details>
# <summary>Answer</summary>
#
# `learning_rate=0.01` and `rho=0.99` are PyTorch's defaults; `epsilon` has to be so small that its place does not matter for your gradients, since no value is right for all sizes. If there was weight decay, it was an L2 penalty:
# add it to the loss, not as `weight_decay`. If there was momentum, look at that page as well.
#
# </details>
#
# **2.** A colleague says that Keras' Adam and PyTorch's Adam gave the same results on his problem, so there is no difference. What do you ask?
#
# <details>
# <summary>Answer</summary>
#
# How large the gradients are. For $|g| = 0.01$ the first steps differ by 0.03 %, which nobody sees. The difference is in the weights whose gradients are tiny, and it is largest in the first thousand steps, before
# $\sqrt{1-\beta_2^t}$ has come near 1.
#
# </details>
#
# **3.** `MLPClassifier(solver='adam', learning_rate='adaptive')`: what does the second argument do?
#
# <details>
# <summary>Answer</summary>
#
# Nothing; it belongs to `solver='sgd'`. You compared the weights. A library that accepts an argument and ignores it makes it easy to believe in effects that are not there.
#
# </details>
#
# **4.** How would you have found the Schedule-Free bug without reading any code?
#
# <details>
# <summary>Answer</summary>
#
# By asking of every argument: what must change if I change it? Two runs with two values of `beta_1`, and a test that they differ. The same question, asked of all arguments, is a cheap test for anything that you write yourself.
#
# </details>
#
# ## Go deeper
#
# - D. Kingma, J. Ba, *Adam: a method for stochastic optimization* (2015), arXiv 1412.6980. Section 2 gives both places of $\varepsilon$.
# - I. Loshchilov, F. Hutter, *Decoupled weight decay regularization* (2019), arXiv 1711.05101.
# - S. Reddi, S. Kale, S. Kumar, *On the convergence of Adam and beyond* (2018), arXiv 1904.09237: AMSGrad.
# - A. Defazio and others, *The road less scheduled* (2024), arXiv 2405.15682: Schedule-Free.
# - I. Sutskever and others, *On the importance of initialization and momentum in deep learning* (2013): the velocity with the rate inside, and Nesterov's as it is used today.
# - M. Zeiler, *Adadelta: an adaptive learning rate method* (2012), arXiv 1212.5701.
# - D. Choi and others, *On empirical comparisons of optimizers for deep learning* (2019), arXiv 1910.05446: how much hyper-parameters, $\varepsilon$ among them, decide a comparison.
#
# **Next:** now that you know which rule runs, which one should? [28: Compare optimizers fairly](28_compare_optimizers_fairly.ipynb)
