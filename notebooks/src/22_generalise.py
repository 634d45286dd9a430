# %% [markdown]
# # 22 · Generalise
#
# *Why is a low training loss not the goal?*
#
# Every notebook so far made a loss small. But nobody is paid for a small loss on images that have their
# labels already. Here you train on 1 000 images, look at 5 000 others, and measure what stands between the
# two numbers.
#
# **You will do:** watch a gap open that was zero; split an error into bias and variance; build a curve of double descent.
#
# **You will learn:** what underfitting and overfitting are; why the loss and the accuracy on new images can
# disagree; what happens at the interpolation threshold, where a model has just enough features; why the
# optimizer decides among models that fit equally well.
#
# **You need:** networks, from [18: Backpropagate](18_backpropagate.ipynb); Adam, from [14: Understand
# Adam](14_understand_adam.ipynb).
#
# **Minutes:** 70

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Two gaps
#
# The **training loss** is the mean over images that were used to choose the weights. The **generalisation
# loss** is the mean over all images that might come. We estimate it on *new* images that chose nothing. The
# difference, new minus training, is the **gap**.
#
# Three networks with one hidden layer of 64 units train with Adam for 60 epochs, long after all training
# images are right. Once they are, the training loss can still fall, mostly by making the logits larger.
# **Predict:** what does that do to the loss of new images, some of which are classified wrongly? And to the
# accuracy?

# %%
from course_lib.data import datasets
from course_lib.networks import mlp
from course_lib.training import train
from threadpoolctl import threadpool_limits

_ = threadpool_limits(1, user_api="blas")  # faster for matrices as small as these
data = datasets.split(datasets.load_mnist())
X = data.X_train[:1000]
y = data.y_train[:1000]
new = (data.X_valid, data.y_valid)
nets = []
fits = []
for seed in range(3):
    rng = np.random.default_rng(seed)
    nets.append(mlp([784, 64, 10], rng=rng))
    fits.append(train(nets[-1], (X, y), "adam", lr=0.01, epochs=60, batch_size=100,
                      rng=rng, valid=new, progress=False))

# %% [markdown]
# The new images are the validation images, which chose nothing here. Their loss gets a scale of its own:
# beside three decades of training loss one would not see it.

# %% tags=["figure", "nbval-ignore-output"] mystnb={"image": {"alt": "Three panels against epochs. Left, logarithmic: the training loss falls by a factor of more than a thousand. Middle, on its own scale: the loss on new images falls to about 0.35 within ten epochs and rises to about 0.45. Right: the accuracy on new images rises to about 0.9 and stays level."}}
fig, axes = plt.subplots(1, 3, figsize=(9.6, 3.4))
for ax, name in zip(axes, ("train_loss", "valid_loss", "valid_accuracy"), strict=True):
    ax.plot(np.arange(1, 61), np.transpose([getattr(fit, name) for fit in fits]), "k")
    ax.set(xlabel="epoch", ylabel=name.replace("_", " "))
axes[0].set_yscale("log")
axes[1].set_ylim(0.3, 0.6)
plt.show()
curve = np.mean([fit.valid_loss for fit in fits], axis=0)
print(f"loss on new images: lowest {curve.min():.2f}, at the end {curve[-1]:.2f}")

# %% tags=["guard"]
if data.name == "mnist":
    assert curve[-1] > 1.2 * curve.min()
    assert all(f.valid_accuracy[-1] > f.valid_accuracy[f.valid_loss.argmin()] - 0.01
               for f in fits)

# %% [markdown]
# *Reading the figure:* three seeds in each panel. The training loss falls to the last epoch. The loss on new
# images turns after some epochs, so the gap goes on growing, while the accuracy has settled.
#
# The two words for this are **underfitting**, before the turn, and **overfitting**, after it. But say which
# measure you mean. If the damage is *confidence*, it can be undone without touching a single decision:
# multiply all logits by one number $c < 1$. **Predict:** does the loss on new images come back to its lowest
# value?

# %% tags=["nbval-ignore-output"]
from course_lib.networks import losses

grid = np.linspace(0.05, 1, 39)
outputs = [net.logits(new[0]) for net in nets]
scaled = np.mean([[losses.softmax_cross_entropy(c * z, new[1])[0] for c in grid]
                  for z in outputs], axis=0)
print(f"logits times {grid[scaled.argmin()]:.2f}: loss {scaled.min():.2f}")

# %% tags=["guard"]
if data.name == "mnist":
    assert scaled.min() < 1.05 * curve.min()

# %% [markdown]
# It does, and goes a little below. The network did not forget how to read digits, it became too sure of
# itself. (Here $c$ was chosen on the images that judge it. One number cannot learn 5 000 images by heart.)
#
# ## How large is a gap by chance?
#
# Before training, the weights know neither set of images. Both means estimate the same number, and the gap is
# zero up to chance: a mean of $n$ losses with variance $s^2$ has the **standard error** $s/\sqrt n$, and the
# squares of the two standard errors add up.
#
# ### Exercise 22.1 · The gap and its standard error
#
# Given the losses of single images, for the training images and for the new ones, return the gap and its standard error.

# %% tags=["exercise"]
def gap(train, new):
    """Return mean(new) - mean(train) and its standard error, for arrays of losses."""
    ### BEGIN SOLUTION
    error = np.sqrt(train.var() / len(train) + new.var() / len(new))
    return new.mean() - train.mean(), error
    ### END SOLUTION

# %%
check.gap(gap)

# %% [markdown]
# ## Bias and variance
#
# Where does an error on new data come from? Fit many models, each to its own training set. Their average may
# miss the truth: that is the **bias**. And each of them strays from their average: that is the **variance**.
# On average over training sets, the squared error against the truth is
#
# $$\text{bias}^2 + \text{variance} .$$
#
# ### Exercise 22.2 · Bias and variance
#
# `fits` holds the predictions of many models, one model a row, at some points; `truth` holds the true values
# there. Return the squared bias and the variance, each averaged over the points.

# %% tags=["exercise"]
def bias_variance(fits, truth):
    """Return (bias^2, variance) for fits (n_fits, n_points) and truth (n_points,)."""
    ### BEGIN SOLUTION
    mean = fits.mean(axis=0)
    return np.mean((mean - truth) ** 2), np.mean(fits.var(axis=0))
    ### END SOLUTION

# %%
check.bias_variance(bias_variance)

# %% [markdown]
# Now measure. The truth is one wave of a sine, at 20 points. Each of 400 training sets adds noise of variance
# 0.09, and polynomials of degree 1 to 14 are fitted. For least squares with $p$ coefficients, the variance is
# known: $0.09\,p/20$. **Predict:** which part falls with the degree, which rises, and where is their sum
# least: at a small, a middle or a large degree?

# %%
x = np.linspace(-1, 1, 20)
truth = np.sin(np.pi * x)
noisy = truth + 0.3 * np.random.default_rng(0).standard_normal((400, 20))
degrees = 1 + np.arange(14)
bias2 = []
variance = []
for degree in degrees:
    Q, _ = np.linalg.qr(np.polynomial.legendre.legvander(x, degree))
    predictions = noisy @ Q @ Q.T
    bias2.append(np.mean((predictions.mean(axis=0) - truth) ** 2))
    variance.append(np.mean(predictions.var(axis=0)))
total = np.add(bias2, variance)

# %% [markdown]
# The picture shows both parts and their sum.

# %% tags=["figure"] mystnb={"image": {"alt": "Error against the degree of a polynomial from 1 to 14, logarithmic axis. The squared bias falls in steps and leaves the picture; the variance rises slowly, and dots of the formula lie on it; their sum is a valley with its lowest point at degree 3."}}
fig, ax = plt.subplots()
ax.semilogy(degrees, bias2, "s--", color="0.5", label="squared bias")
ax.semilogy(degrees, variance, color="#009e73", label="variance")
ax.semilogy(degrees, 0.09 * (degrees + 1) / 20, "o", color="#009e73", label="formula")
ax.semilogy(degrees, total, color="black", label="sum")
ax.set(xlabel="degree", ylabel="mean squared error", ylim=(1e-3, 1))
ax.legend()
plt.show()
print(f"least sum {total.min():.3f} at degree {degrees[total.argmin()]}")

# %% tags=["guard"]
assert np.allclose(variance, 0.09 * (degrees + 1) / 20, rtol=0.1)
assert degrees[total.argmin()] == 3

# %% [markdown]
# *Reading the figure:* few coefficients underfit, and the bias is large. Many overfit, and the variance is
# large. In between lies a valley. This is the classical picture of the **bias-variance trade-off**, and for a
# long time it was the whole picture.
#
# ## Wider networks: the gap at equal training loss
#
# Networks do not always follow it. Train each width until the training loss is 0.01, or for 300 epochs if
# that never happens. Each width has its own learning rate, tuned in two ways on images of their own: *to
# fit*, and *for the loss* on images that are not trained on. `experiments/width.py` did it, with five fresh
# seeds.
#
# With $h$ hidden units there are $795\,h + 10$ weights. **Predict:** from a certain width on all networks
# reach the same training loss. Among those, does the loss on new images rise or fall with the width?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of the loss on new images against the number of hidden units. Left, all widths from 2 to 512, logarithmic: with rates chosen to fit a dashed curve has a peak near 4 at width 4; with rates tuned for the loss a dotted curve falls without a peak and joins it at width 32. Right, widths from 16 on, on their own scale: the loss falls to about 0.31 at width 512, small dots are seeds."}}
from course_lib.data import load_results

saved = load_results("width")["widths"]
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8))
for goal, line, color in (("fit", "s--", "#009e73"), ("loss", "^:", "0.4")):
    rows = [row for row in saved if row["tuned_for"] == goal]
    width = np.array([row["width"] for row in rows])
    runs = np.array([row["runs"] for row in rows])
    for ax, first in zip(axes, (0, 3), strict=True):
        ax.semilogx(width[first:], runs[first:, :, 2].mean(axis=1), line, color=color,
                    label=f"tuned for: {goal}", base=2)
        ax.plot(width[first:], runs[first:, :, 2], ".", color=color, alpha=0.4)
        ax.set(xlabel="hidden units", ylabel="loss on new images")
axes[0].set_yscale("log")
axes[0].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* with rates tuned to fit, all networks from width 8 on have the same training loss, so
# it cannot tell which of them is good. On new images the widest, with forty times as many weights as numbers
# to fit, is the best. The peak at width 4 is there only for rates that were chosen to fit; where the rate was
# tuned for the loss, it restrained the small networks: up to width 16 they do not reach the training loss of
# 0.01.
#
# A saved number deserves a check. The next cell repeats one of the runs, width 16 with the first seed.

# %% tags=["nbval-ignore-output"]
row = next(row for row in saved if row["width"] == 16)
rng = np.random.default_rng(10)
net = mlp([784, 16, 10], rng=rng)
train(net, (X, y), "adam", lr=row["lr"], epochs=row["epochs"][0], batch_size=100,
      rng=rng, progress=False)
print(f"loss on new images: {net.loss(*new):.3f} now, {row['runs'][0][2]:.3f} saved")

# %% tags=["guard"]
if data.name == "mnist":
    assert abs(net.loss(*new) - row["runs"][0][2]) < 0.03
means = {goal: np.array([np.mean(row["runs"], axis=0)[2] for row in saved
                         if row["tuned_for"] == goal]) for goal in ("fit", "loss")}
assert means["fit"][1] > 3
assert means["fit"].argmin() == means["loss"].argmin() == 8

# %% [markdown]
# The comparison of widths was run again, on seeds that no choice has seen:

# %%
from course_lib.experiments import show_evidence

show_evidence("wide_beats_narrow")

# %% [markdown]
# It **holds**: the wide network has the lower loss with every seed, at one and the same training loss.
#
# ## The threshold in between: double descent
#
# For least squares the whole curve has a formula. Let $y = \sum_j w_j x_j + $ noise, with independent normal
# features. You fit only $p$ of them to $n$ examples. For $p < n$ there is one best fit. For $p > n$ many fit
# exactly, and you take the *shortest*. The place where a model can just fit everything, $p = n$, is the
# **interpolation threshold**.
#
# Call $a$ the sum of $w_j^2$ over the features that you use, and $b$ the variance that they leave
# unexplained. The **risk**, the mean squared error on new examples, is on average
#
# $$\begin{cases} b\left(1 + \dfrac{p}{n-p-1}\right) & p \le n - 2\\[2ex]
# b\left(1 + \dfrac{n}{p-n-1}\right) + a\left(1 - \dfrac np\right) & p \ge n + 2\end{cases}$$
#
# and in between it is infinite (Belkin, Hsu and Xu 2020). **Predict** for $n = 40$, 120 features of unequal
# importance and noise of variance 0.05: is $p = 120$ better or worse than the best $p < 40$, if the features
# come in the order of their importance, and if they come in random order?

# %%
from course_lib.networks import random_features as rf

w = np.sqrt(1 / np.arange(1, 121))
w /= np.linalg.norm(w)
p_all = np.arange(1, 121)
used = {"by importance": np.cumsum(w**2), "random order": p_all / 120}
few = (2, 10, 20, 30, 35, 45, 50, 60, 85, 120)
rng = np.random.default_rng(0)
risk = {}
measured = {}
for name, inside in used.items():
    risk[name] = np.array([rf.expected_errors(p, n=40, inside=a, left=1.05 - a)[1]
                           for p, a in zip(p_all, inside, strict=True)])
    shuffle = name == "random order"
    measured[name] = [rf.measured_errors(p, n=40, w=w, noise=0.05, n_draws=200, rng=rng,
                                         shuffle=shuffle)[:, 1].mean() for p in few]

# %% [markdown]
# The upper row shows the peak, the lower row the same curves near their lowest values.

# %% tags=["figure"] mystnb={"image": {"alt": "Four panels of the risk against the number of features, two columns and two rows. Above, logarithmic: both curves have a pole at 40 features. Below, on a narrow scale: by importance there are two valleys, at about ten features and at about 85, the first a little deeper; in random order the curve is lowest at 120 features. Dots of simulations lie on the curves."}}
fig, axes = plt.subplots(2, 2, figsize=(9.6, 5.6), sharex=True)
for column, name in zip(axes.T, risk, strict=True):
    for ax in column:
        ax.plot(p_all, risk[name], color="0.6", linewidth=3)
        ax.plot(few, measured[name], "o", color="black", markersize=5)
    column[0].set(title=name, yscale="log", ylim=(0.5, 30), ylabel="risk")
    column[1].set(xlabel="features $p$", ylim=(0.6, 1.4), ylabel="risk")
plt.show()

# %% tags=["guard"]
assert risk["by importance"][:38].min() < risk["by importance"][-1]
assert risk["random order"][:38].min() > risk["random order"][-1]

# %% [markdown]
# *Reading the figure:* lines are the formula, dots means of 200 simulations. After the pole the risk comes
# down again: this is **double descent**. By importance, a small model that knows the right ten features is
# best. In random order the largest model is. So "bigger is better" and "smaller is better" are both true,
# each of its own problem. The training error is zero from $p = 40$ on, and cannot see the second half at all.
#
# ### Exercise 22.3 · Build a curve of double descent
#
# Fit least squares on the first $p$ columns of `X`, for each $p$ in `p_values`. Where many fit exactly, take
# the shortest. Return an array with a row for each $p$: the mean squared error on the training examples, and
# on the new ones.

# %% tags=["exercise"]
def double_descent(X, y, X_new, y_new, p_values):
    """Return (len(p_values), 2): training and new mean squared error for each p."""
    ### BEGIN SOLUTION
    rows = []
    for p in p_values:
        w = np.linalg.pinv(X[:, :p]) @ y
        rows.append((np.mean((X[:, :p] @ w - y) ** 2),
                     np.mean((X_new[:, :p] @ w - y_new) ** 2)))
    return np.array(rows)
    ### END SOLUTION

# %%
check.double_descent(double_descent)

# %% [markdown]
# Does this happen with images? The cell takes 200 digits, $p$ random ReLU features $\max(0, x\cdot v)$, and
# least squares on the ten numbers 0 or 1 that code the label. A **ridge** adds the penalty
# $\frac\lambda2|w|^2$. It forbids the huge weights that fit the noise. **Predict** what the ridge does to the
# peak.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels against the number of random features from 10 to 2000. Left, squared error on new digits, logarithmic: without ridge it has a peak at 200, far above all other values, and then falls; with ridge it falls smoothly. Right, the same on a narrow scale: beyond the peak the curve without ridge comes down below the lowest value of the small models."}}
p_values = (10, 30, 60, 100, 150, 180, 200, 220, 250, 300, 500, 1000, 2000)
target = np.eye(10)[new[1][:1000]]
found = np.zeros((2, len(p_values), 3))
for i, seed in np.ndindex(len(p_values), 3):
    features = rf.relu_features(X[:200], p_values[i], rng=np.random.default_rng(seed))
    A = features(X[:200])
    for k, strength in enumerate((0, 0.1)):
        B = rf.least_squares(A, np.eye(10)[y[:200]], strength=strength)
        error = features(new[0][:1000]) @ B - target
        found[k, i, seed] = np.sum(error**2) / len(target)
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8))
for ax in axes:
    ax.plot(p_values, found[0].mean(axis=1), "o-", color="black", label="shortest")
    ax.plot(p_values, found[1].mean(axis=1), "s--", color="#009e73", label="ridge")
    ax.set(xlabel="random features $p$", ylabel="squared error, new", xscale="log")
axes[0].set_yscale("log")
axes[1].set_ylim(0.2, 1.0)
axes[0].legend()
plt.show()

# %% tags=["guard"]
if data.name == "mnist":
    assert found[0].mean(axis=1).argmax() == 6
    assert found[1].max() < 2
    assert found[0, -1].mean() < found[0, :5].mean(axis=1).min()

# %% [markdown]
# *Reading the figure:* without ridge the peak stands at $p = n = 200$, and far behind it the error is lower
# than for any of the smaller models tried. With a ridge the peak is gone. (Its strength was not tuned.)
#
# ## The optimizer chooses
#
# With $p > n$ infinitely many $w$ have training error zero. Why should one get the shortest? Because of the
# optimizer. Every gradient of least squares is a combination of the rows of $X$. Started at zero, gradient
# descent never leaves the space of these combinations, and there lies exactly one solution: the shortest.
# Adam divides every coordinate by a root of its own, so its steps are *not* such combinations. **Predict:**
# both start at zero and reach a training error of zero. Do they end at the same risk?

# %%
from course_lib.optimizers import minimize

A, b = rf.draw_examples(40, w, noise=0.05, rng=np.random.default_rng(0))
shortest = rf.least_squares(A, b)


def squared(v):
    error = A @ v - b
    return error @ error / 80, A.T @ error / 40


for rule, lr in (("sgd", 40 / np.linalg.norm(A, 2) ** 2), ("adam", 0.003)):
    v = minimize(squared, np.zeros(120), rule, lr=lr, n_steps=6000).final
    away = np.linalg.norm(v - shortest)
    print(f"{rule:4}: distance from the shortest solution {away:.0e}")
show_evidence("adam_leaves_the_shortest")

# %% [markdown]
# It **holds** too, averaged over three rates: same training error, same start, and a larger risk. This is
# what "the optimizer regularises" means, where it can be proved. That Adam's choice is worse *here* is
# measured, and no law.
#
# ## Summary
#
# - The training loss is measured on the images that chose the weights. The gap on new images is zero before
#   training, up to its standard error, and grew afterwards.
# - A gap in the loss can be confidence alone. Say which measure you mean.
# - The error of a model has a **bias**, which falls as the model grows, and a **variance**. Up to the
#   **interpolation threshold** the variance grows; past it, it can fall again. That is double descent.
# - Among networks that all fit, the training loss does not tell which is best on new images.
# - Where many solutions fit, the optimizer and its start choose among them.
#
# ## Questions to ask yourself
#
# **1.** The validation loss of a run rises from epoch 8 on, and a colleague says that the network is getting
# worse. What do you ask?
#
# <details>
# <summary>Answer</summary>
#
# Worse at what? If the accuracy stands still or rises, it is getting too confident, and one number that
# divides the logits may repair it. If decisions are what counts, it is not getting worse.
#
# </details>
#
# **2.** Forty examples, forty features, training error zero. The next one to try: drop ten features, add a
# hundred, or add a ridge?
#
# <details>
# <summary>Answer</summary>
#
# Any of them leaves the pole. Ridge is the one that needs no luck with the order of features, and it can be
# tuned on held-out examples. What is certain is that $p = n$ without ridge is the worst place.
#
# </details>
#
# **3.** Somebody chooses the best of 200 networks by their loss on 500 new images, and reports that loss. What is wrong?
#
# <details>
# <summary>Answer</summary>
#
# The 500 images chose. Among 200 noisy numbers the lowest is low partly by chance, so it is no longer a fair
# estimate. A third set, which chose nothing, gives one.
#
# </details>
#
# ## Go deeper
#
# - M. Belkin, D. Hsu, J. Xu, [Two models of double descent for weak
#   features](https://arxiv.org/abs/1903.07571), 2020: the formula for $p > n$.
# - M. Belkin, D. Hsu, S. Ma, S. Mandal, [Reconciling modern machine learning practice and the bias-variance
#   trade-off](https://arxiv.org/abs/1812.11118), 2019.
# - T. Hastie and others, [Surprises in high-dimensional ridgeless least squares
#   interpolation](https://arxiv.org/abs/1903.08560), 2022.
# - A. Wilson and others, [The marginal value of adaptive gradient methods in machine
#   learning](https://arxiv.org/abs/1705.08292), 2017: which solution Adam chooses.
# - C. Guo and others, [On calibration of modern neural networks](https://arxiv.org/abs/1706.04599), 2017: one
#   number for all logits.
#
# **Next:** which restraint helps on new data?
# [23: Regularise](23_regularise.ipynb)
