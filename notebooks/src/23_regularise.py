# %% [markdown]
# # 23 · Regularise
#
# *Which restraint helps on new data?*
#
# Notebook 22 showed how a gap opens between training images and new ones. This notebook tries what people do
# about it: shrink the weights, drop units, stop early, show more varied images, scale the inputs. And it asks
# each time whether that helps, by one stated rule.
#
# **You will do:** write the soft threshold, two kinds of shrinking, dropout, patience and standardising.
#
# **You will learn:** why L1 makes exact zeros and L2 does not; why weight decay and an L2 penalty lead to
# different places; what early stopping has in common with ridge. You also see which of these lowered the loss
# on new images here, and which raised the accuracy.
#
# **You need:** [22: Generalise](22_generalise.ipynb); Adam, from [14: Understand Adam](14_understand_adam.ipynb).
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Show it more than you have
#
# The cheapest restraint is more data. **Data augmentation** makes it: change a training image in a way that
# leaves its label true, anew each time. A shifted 7 is still a 7.

# %% tags=["figure"] mystnb={"image": {"alt": "Eight small images of one handwritten five, each at a slightly different place within its frame."}}
from course_lib.data import augment, datasets

data = datasets.split(datasets.load_mnist())
X = data.X_train[:1000]
y = data.y_train[:1000]
rng = np.random.default_rng(0)
copies = augment.shifted(np.tile(X[0], (8, 1)), 2, rng)
fig, axes = plt.subplots(1, 8, figsize=(9.6, 1.5))
for ax, image in zip(axes, copies, strict=True):
    ax.imshow(image.reshape(28, 28))
    ax.set_axis_off()
plt.show()

# %% [markdown]
# *Reading the figure:* one image, shifted by up to two pixels in each direction. To the network these are
# eight different rows of numbers.
#
# Does it help? The claim was declared before the run: 1 000 training images, one hidden layer, 60 epochs of
# Adam, a rate tuned for each side on images of their own, twenty fresh seeds. **Predict** how many points of
# accuracy it gains.

# %%
from course_lib.experiments import show_evidence

show_evidence("shifts_raise_the_accuracy")
show_evidence("shifts_lower_the_loss")

# %% [markdown]
# Both **hold**. The accuracy gains three points, and the loss falls by 0.13. Remember these two numbers for
# the table at the end.
#
# ## L1 and L2: a diamond and a circle
#
# A penalty is added to the loss and pulls the weights towards zero: **L2** is $\frac\lambda2\sum w_j^2$,
# **L1** is $\lambda\sum|w_j|$. Think of it as a budget. Among all weights with the same penalty, the best
# ones lie where a level line of the loss just touches the set. For L2 the set is a circle, for L1 a diamond.

# %%
from scipy.optimize import minimize_scalar

H = np.array([[1.0, 0.6], [0.6, 1.0]])
best = np.array([1.8, 0.4])


def loss(w):
    return 0.5 * np.einsum("...i,ij,...j", w - best, H, w - best)


def border(t, power):
    w = np.stack([np.cos(t), np.sin(t)], axis=-1)
    size = (np.abs(w) ** power).sum(axis=-1) ** (1 / power)
    return w / size[..., None]


plane = np.meshgrid(np.linspace(-1.3, 2.3, 200), np.linspace(-1.3, 1.5, 200))
grid = np.stack(plane, axis=-1)
# %% [markdown]
# `border` walks round a set, and a one-dimensional search finds where the loss on it is lowest. **Predict**
# where that is for the diamond.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels with grey elliptical level lines around the point (1.8, 0.4). Left, a diamond with its corners on the axes: the level line touches it at the corner on the horizontal axis, where the second weight is zero. Right, a circle: the level line touches it at a point where both weights are positive."}}
touch = {}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4.2))
for ax, power in zip(axes, (1, 2), strict=True):
    t = minimize_scalar(lambda t: loss(border(t, power)), bounds=(-1, 1.5)).x
    touch[power] = border(t, power)
    ax.contour(*grid.T, loss(grid).T, levels=12, colors="0.8", linewidths=0.9)
    ax.contour(*grid.T, loss(grid).T, levels=[loss(touch[power])], colors="0.3")
    ax.plot(*border(np.linspace(0, 2 * np.pi, 401), power).T, color="#009e73")
    ax.plot(*touch[power], "o", color="black")
    ax.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
plt.show()
for power, w in touch.items():
    print(f"L{power}: touches at ({w[0]:.2f}, {abs(w[1]):.2f})")

# %% tags=["guard"]
assert np.allclose(touch[1], [1, 0], atol=1e-4)
assert min(touch[2]) > 0.1

# %% [markdown]
# *Reading the figure:* the diamond has corners, and corners lie on the axes. So L1 often ends where a weight
# is *exactly* zero. The circle has no corners: L2 makes weights smaller, and none of them zero.
#
# For a single weight with the loss $\frac12(x-w)^2$ this can be written down. L2 gives $x = w/(1+\lambda)$.
#
# ### Exercise 23.1 · The soft threshold
#
# Write the minimiser over $x$ of $\frac12(x-w)^2 + a|x|$, for every entry of an array $w$; `amount` is $a \ge 0$.

# %% tags=["exercise"]
def soft_threshold(w, amount):
    """Return w moved towards 0 by amount, and never across it."""
    ### BEGIN SOLUTION
    return np.sign(w) * np.maximum(np.abs(w) - amount, 0)
    ### END SOLUTION

# %%
check.soft_threshold(soft_threshold)

# %% [markdown] tags=["solution"]
# Gradient steps, each followed by this threshold, solve the whole L1 problem: `penalties.lasso` does it.
# Adding only the gradient $\lambda\,\mathrm{sign}(w)$ makes no zeros: near zero it throws a weight across and
# back.

# %% [markdown]
# ## Decay or penalty?
#
# An L2 penalty adds $\lambda w$ to the gradient. **Decoupled weight decay** leaves the gradient alone and
# takes the share $\mathrm{lr}\,\lambda$ of the old $w$ away, next to the step. For plain gradient descent the
# two are one. For Adam they are not.
#
# ### Exercise 23.2 · Two ways to shrink
#
# Write one step of both, for any rule: `step(w, g, state, lr=lr)` returns the new $w$ and the new state, as
# `optimizers.sgd` does.

# %% tags=["exercise"]
def shrinking_step(step, w, g, state, *, lr, strength, decoupled):
    """Return (w, state) after a step with an L2 penalty, or decay if decoupled."""
    ### BEGIN SOLUTION
    if not decoupled:
        return step(w, g + strength * w, state, lr=lr)
    new, state = step(w, g, state, lr=lr)
    return new - lr * strength * w, state
    ### END SOLUTION

# %%
check.shrinking_step(shrinking_step)

# %% [markdown]
# Where do they lead? Let the data's loss be $\frac12(w-1)^2$ with a noisy gradient, $g = (w-1) \pm s$, and
# three weights with $s = 2, 8, 32$. At rest the average step is zero. With the penalty that means
# $(w-1) + \lambda w = 0$, whatever the rule. With decay, Adam's average step is $(w-1)/\sqrt v$ with
# $\sqrt v \approx s$. **Predict** the three resting points of both, for $\lambda = 0.5$.

# %%
from course_lib import optimizers

s = np.array([2.0, 8.0, 32.0])
for name, penalty, decay in (("penalty", 0.5, 0.0), ("decay", 0.0, 0.5)):
    w = np.zeros(3)
    state = {}
    tail = []
    for t in range(12_000):
        g = (w - 1) + s * (-1) ** t + penalty * w
        new, state = optimizers.adam(w, g, state, lr=0.02)
        w = new - 0.02 * decay * w
        tail.append(w)
    rest = np.mean(tail[-1000:], axis=0)
    predicted = np.full(3, 1 / 1.5) if penalty else 1 / (1 + 0.5 * s)
    print(f"{name:7}: predicted {predicted.round(2)}, measured {rest.round(2)}")

# %% tags=["guard"]
assert np.allclose(rest, 1 / (1 + 0.5 * s), atol=0.012)

# %% [markdown]
# **A penalty is part of the loss, so the resting point does not depend on the rule. Decay is part of the
# rule, and the resting point depends on it.** AdamW shrinks weights with noisy gradients more.
#
# ## Dropout
#
# In training, set every unit to zero with probability $p$, drawn anew each time. **Inverted** dropout divides
# the others by $1-p$ at once, so that the mean stays and nothing is left to do in evaluation. Before a linear
# model with squared error it *is*, on average over the units dropped, an L2 penalty, with the strength
# $p/(1-p)$ in the unit of each feature (Wager, Wang and Liang 2013).
#
# ### Exercise 23.3 · Inverted dropout
#
# Write the forward pass. `rng.random(shape)` gives numbers that are uniform between 0 and 1.

# %% tags=["exercise"]
def dropout(X, p, rng, training):
    """Return X with elements dropped with probability p, the others rescaled."""
    ### BEGIN SOLUTION
    if not training:
        return X
    return X * (rng.random(X.shape) >= p) / (1 - p)
    ### END SOLUTION

# %%
check.dropout(dropout)

# %% [markdown]
# ## Stop early
#
# In notebook 22 the loss on new images was lowest after some epochs. Why not stop there? One needs images that are watched,
# and a rule. **Patience**: when `patience` epochs in a row have brought no new lowest watched loss, stop, and
# go *back* to the weights of the best epoch (Prechelt 1998).
#
# ### Exercise 23.4 · Patience
#
# Given the watched losses that a long run *would* have, return two numbers: how many epochs are run, and
# which of them (1, 2, ...) is gone back to. A loss that equals the lowest is not a new lowest. If patience
# never runs out, all epochs are run.

# %% tags=["exercise"]
def stop_early(watched, patience):
    """Return (epochs run, best epoch), both counted from 1."""
    ### BEGIN SOLUTION
    best, lowest = 0, np.inf
    for epoch, loss in enumerate(watched, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
        if epoch - best >= patience:
            return epoch, best
    return len(watched), best
    ### END SOLUTION

# %%
check.stop_early(stop_early)

# %% [markdown]
# What kind of restraint is that? Take least squares by gradient descent from zero, and a direction with
# curvature $h$. After $t$ steps the share $1-(1-\mathrm{lr}\,h)^t$ of the way is done. A ridge of strength
# $\lambda$ does the share $h/(h+\lambda)$. So **stopping after $t$ steps is like ridge with
# $\lambda = 1/(\mathrm{lr}\,t)$**. **Predict** how the risk, on average over noise, depends on $t$, and
# whether the best $t$ or the best $\lambda$ is clearly better.

# %%
from course_lib.networks import random_features as rf

w = np.sqrt(1 / np.arange(1, 121))
w /= np.linalg.norm(w)
A, _ = rf.draw_examples(40, w, noise=0.0, rng=np.random.default_rng(0))
U, root, V = np.linalg.svd(A, full_matrices=False)
h = root**2 / 40
lr = 0.05 / h[0]
steps = np.geomspace(1, 100_000, 120)[:, None]
x = np.geomspace(0.01, 100, 200)
shares = {"stopping": (1 - np.exp(-x), 1 - (1 - lr * h) ** steps),
          "ridge": (x / (1 + x), h / (h + 1 / (lr * steps)))}
# %% [markdown]
# The risk is computed exactly, on average over noise of variance 1 in the examples.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels. Left: share of the way against curvature times time, logarithmic axis: the curves of stopping and of ridge rise from 0 to 1 close together. Right: risk against steps on a logarithmic axis, on average over the noise: both curves fall to one valley of nearly the same depth and rise again."}}
risk = {}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8))
for (name, (curve, share)), line in zip(shares.items(), ("k-", "g--"), strict=True):
    missed = ((share - 1) * (V @ w)) ** 2 + share**2 / root**2
    risk[name] = missed.sum(axis=1) + np.sum((w - V.T @ (V @ w)) ** 2)
    axes[0].semilogx(x, curve, line)
    axes[1].semilogx(steps, risk[name], line, label=name)
axes[0].set(xlabel=r"$\mathrm{lr}\,h\,t = h/\lambda$", ylabel="share of the way done")
axes[1].set(xlabel=r"steps $t$, or $1/(\mathrm{lr}\,\lambda)$", ylabel="expected risk")
axes[1].legend()
plt.show()

# %% tags=["guard"]
ratio = risk["stopping"] / risk["ridge"]
assert ratio.max() < 1.69
assert abs(risk["stopping"].min() / risk["ridge"].min() - 1) < 0.05

# %% [markdown]
# *Reading the figure:* left of the valley too little has been learnt, right of it the noise too. Each at its
# best, the two are equally good within a few percent. ([Ali and others
# 2019](https://arxiv.org/abs/1810.10082) prove that for tiny steps, at $\lambda = 1/(\mathrm{lr}\,t)$, the
# expected risk of stopping is never more than 1.69 times that of ridge.) Patience looks for the best $t$
# where one would otherwise look for the best $\lambda$, at the price of a single run. But watch what you will
# be judged by: the best epoch for the loss need not be the best for the accuracy.
#
# ## Standardise the inputs
#
# To **standardise** is to subtract from every input its mean and to divide by its standard deviation. Whose?
# Those of the *training* examples, also for all examples that come later. Who uses the mean of the
# examination to prepare for it has looked at it.
#
# ### Exercise 23.5 · Standardise
#
# Return both sets, standardised. Some pixels are 0 in all training images; they have the standard deviation
# 0, and should be divided by 1.

# %% tags=["exercise"]
def standardise(X_train, X_new):
    """Return (Z_train, Z_new), standardised with the statistics of X_train."""
    ### BEGIN SOLUTION
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std = np.where(std > 0, std, 1)
    return (X_train - mean) / std, (X_new - mean) / std
    ### END SOLUTION

# %%
check.standardise(standardise)

# %% [markdown]
# Standardising gives all inputs one scale. Does it cost anything on new images? A fair answer must not let
# another rate take the blame, nor a closer fit. So every scaling runs at *the same* rates, and each run stops
# at the same training loss, 0.2. The model is softmax regression on 1 000 images, drawn anew for each seed.

# %%
show_evidence("standardised_is_worse_with_adam")
show_evidence("standardised_is_worse_with_sgd")
show_evidence("centring_is_neutral_with_adam")

# %% [markdown]
# The first two **hold**. At equal rates and equal training loss, standardised pixels do worse on new images:
# nearly twice the loss with Adam, about a quarter more with gradient descent. Centring alone
# is a **tie**: it changes Adam's loss by less than 5 %. Where inputs have different *units*, as temperature
# and humidity, one must scale them. Pixels share a unit.
#
# ## Which of them helps?
#
# A fair test tunes every restraint *and* plain training, rate and strength together, on 2 000 images for
# tuning. `experiments/width.py` did that. Then twelve fresh seeds are paired: restraint minus plain, on 5 000
# new images. **One rule for all rows**, stated before the run: a restraint *holds* if the 95 % interval of
# the mean difference lies on the good side, and Holm's correction for the whole family leaves $p$ at 5 % or
# less. It is a *tie* if the interval lies within 0.01 of loss or 0.003 of accuracy, and *undecided*
# otherwise. **Predict** which panel has rows that hold.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of horizontal intervals around a dashed line at zero. Left, difference of the loss on new images for six restraints: weight decay, dropout, L2 and early stopping lie left of zero and are marked holds; max-norm and weight clipping have wide intervals, marked undecided. Right, difference of the accuracy for three: all near zero, ties or undecided."}}
from course_lib.experiments import evidence

few = ("weight_decay", "dropout", "early_stopping")
tables = {"lowers_the_loss": (*few, "l2", "max_norm", "weight_clipping"),
          "raises_the_accuracy": few}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.6))
for ax, (claim, methods) in zip(axes, tables.items(), strict=True):
    rows = [evidence(f"{method}_{claim}") for method in methods]
    spans = np.array([(row["low"], row["mean"], row["high"]) for row in rows]).T
    ax.errorbar(spans[1], range(len(rows)), xerr=np.diff(spans, axis=0),
                fmt="o", color="black")
    labels = [f"{m.replace('_', ' ')}: {r['verdict']}"
              for m, r in zip(methods, rows, strict=True)]
    ax.set_yticks(range(len(rows)), labels)
    ax.axvline(0, color="0.6", linestyle="--")
    ax.set_xlabel(claim.replace("_", " ").split(" the ")[1] + ", restraint less plain")
plt.show()

# %% tags=["guard"]
words = {name: evidence(name)["verdict"] for name in (
    "weight_decay_lowers_the_loss", "l2_lowers_the_loss", "dropout_lowers_the_loss",
    "early_stopping_lowers_the_loss", "max_norm_lowers_the_loss",
    "weight_clipping_lowers_the_loss", "weight_decay_raises_the_accuracy",
    "early_stopping_raises_the_accuracy", "dropout_raises_the_accuracy")}
assert list(words.values())[:6] == ["holds"] * 4 + ["undecided"] * 2
assert list(words.values())[6:] == ["tie", "tie", "undecided"]

# %% [markdown]
# *Reading the figure:* dots are mean differences, bars their 95 % intervals. On the left several rows hold,
# on the right none. The rows in full:

# %%
for name in ("weight_decay_lowers_the_loss", "dropout_lowers_the_loss",
             "l2_lowers_the_loss", "max_norm_lowers_the_loss",
             "weight_clipping_lowers_the_loss", "early_stopping_lowers_the_loss",
             "weight_decay_raises_the_accuracy", "dropout_raises_the_accuracy",
             "early_stopping_raises_the_accuracy"):
    show_evidence(name)

# %% [markdown]
# For the loss, the claim **holds** for weight decay, dropout, L2 and early stopping. Max-norm and weight
# clipping are **undecided**: the seeds differ, and after the correction $p$ is above 5 %. For the accuracy,
# weight decay and early stopping, which watched the accuracy here, are **ties** with plain training, and
# dropout is **undecided**.
#
# The first rows of this notebook stand out: shifted images gained 0.03 of accuracy and 0.13 of
# loss. No row of a restraint comes near to that.
#
# ## Summary
#
# - **Data augmentation** with small shifts raised the accuracy and lowered the loss on new images, by more
#   than any restraint here.
# - L1 has corners and makes exact zeros, by the soft threshold; L2 shrinks in proportion.
# - A penalty moves the minimum of the loss. Decoupled decay moves the resting point of the *rule*: above,
#   AdamW rested at about $1/(1+\lambda s)$.
# - Stopping after $t$ steps is like ridge with $\lambda = 1/(\mathrm{lr}\,t)$. Watch the measure that you will be judged by.
# - Standardise with the statistics of the training images. On pixels, at equal rates, it cost loss on new
#   images; centring was a tie.
# - Whether a restraint helps is a question for tuned runs and fresh seeds, for each measure by itself.
#
# ## Questions to ask yourself
#
# **1.** You change from Adam with an L2 penalty of 0.003 to AdamW and keep 0.003 as its weight decay. What happens?
#
# <details>
# <summary>Answer</summary>
#
# The decay acts like a penalty of strength $\lambda\sqrt v$, and gradients of single weights in a network are
# small, far below 1. So it is nearly switched off. In the tuned runs the best values were 0.003 and 1.
#
# </details>
#
# **2.** Dropout is left on in evaluation, or the old form is used and nobody rescales. Which of the two
# faults does the accuracy hardly show?
#
# <details>
# <summary>Answer</summary>
#
# The second. With $p = \tfrac12$ all hidden units are twice as large and double the logits, up to the biases;
# mostly the largest logit stays the largest. The loss shows it. The first fault costs accuracy too, and gives
# another answer every time.
#
# </details>
#
# **3.** Somebody standardises all 70 000 images first and splits afterwards. How bad is that?
#
# <details>
# <summary>Answer</summary>
#
# It uses the test images, though not their labels. With 70 000 images the means hardly change, so the effect
# is small here; with few examples it is not. The habit costs nothing: fit on training data, apply everywhere.
#
# </details>
#
# **4.** Which changes would be a bad augmentation for digits?
#
# <details>
# <summary>Answer</summary>
#
# Those that change the label: a rotation by 180 degrees makes a 6 of a 9, and a mirror makes a 2 that nobody writes.
#
# </details>
#
# ## Go deeper
#
# - P. Simard, D. Steinkraus, J. Platt, [Best practices for convolutional neural networks applied to visual
#   document analysis](https://doi.org/10.1109/ICDAR.2003.1227801), 2003: shifts and distortions.
# - R. Tibshirani, [Regression shrinkage and selection via the
#   lasso](https://doi.org/10.1111/j.2517-6161.1996.tb02080.x), 1996. A. Beck, M. Teboulle, [A fast iterative
#   shrinkage-thresholding algorithm](https://doi.org/10.1137/080716542), 2009.
# - I. Loshchilov, F. Hutter, [Decoupled weight decay regularization](https://arxiv.org/abs/1711.05101), 2019.
# - N. Srivastava and others, [Dropout](https://jmlr.org/papers/v15/srivastava14a.html), 2014. S. Wager, S.
#   Wang, P. Liang, [Dropout training as adaptive regularization](https://arxiv.org/abs/1307.1493), 2013.
# - L. Prechelt, [Early stopping, but when?](https://doi.org/10.1007/3-540-49430-8_3), 1998. A. Ali, Z.
#   Kolter, R. Tibshirani, [A continuous-time view of early stopping for least
#   squares](https://arxiv.org/abs/1810.10082), 2019.
#
# **Next:** all the parts are there: rules, schedules, gradients, starts, restraints. Put together, how far do they go?
# [24: Train MNIST from scratch](24_train_mnist_from_scratch.ipynb)
