# %% [markdown]
# # 12 · Regularise
#
# *Why is a lower training loss not the goal?*
#
# Every notebook so far made a loss small. Nobody is paid for a small loss on images that have their labels already. Here
# you train on 1 000 images, look at 5 000 others, and measure what stands between the two numbers: the size of the
# model, its start, its penalties, its stopping time, and even the way its inputs were scaled.
#
# **You will do:** watch a gap open that was zero; cross a pole at which a model has just enough features; shrink weights
# in two ways and see where each leads; drop units, stop early, standardise; and put four things called "clipping" on one table.
#
# **You will learn:** which parts of generalisation have exact formulas, what L1, L2, dropout and early stopping have in
# common, why the optimizer decides among models that fit equally well, and how to judge a remedy.
#
# **You need:** networks and training loops (notebooks 10 and 13; their use is enough), Adam ([08](08_understand_adam.ipynb)),
# condition numbers ([04](04_fix_the_conditioning.ipynb)).
#
# **Minutes:** 90

# %% tags=["setup"]
import math

import matplotlib.pyplot as plt
import numpy as np

from course_lib import checks as check, landscapes, optimizers, plotting
from course_lib.landscapes import critical_points
from course_lib.notebook import show_source
from course_lib.optimizers import descent, schedules
from course_lib.plotting import look

plt.style.use("course_lib.course")

# %% [markdown]
# ## A gap that is zero
#
# The **training loss** is the mean over images that were used to choose the weights. The **generalisation loss** is the mean over
# all images that might come. We estimate it on *new* images that chose nothing. The difference, new minus training, is the **gap**.
#
# Take a network that has not been trained: one hidden layer of 64 ReLU units, random weights. Its weights know neither set of
# images. So both means estimate the same number, and the gap is zero, up to chance: each mean of $n$ losses with variance $s^2$ has the standard
# error $s/\sqrt n$, and the squares of the two standard errors add up. **Predict:** in how many of 20 untrained networks is the gap
# longer than three standard errors?
#
# (With the embedded digits in place of MNIST all cells run; the text speaks of MNIST.)

# %%
from course_lib.data import datasets
from course_lib.networks import losses, mlp, penalties
from course_lib.training import train
from threadpoolctl import threadpool_limits
_ = threadpool_limits(1, user_api="blas")  # small matrix products are faster on one thread
data = datasets.split(datasets.load_mnist())
real = data.name == "mnist"
X, y, new = data.X_train[:1000], data.y_train[:1000], (data.X_valid, data.y_valid)
def each_loss(net, X, y):
    return -losses.log_softmax(net.logits(X))[np.arange(len(y)), y].astype(float)
z = []
for net in [mlp([784, 64, 10], rng=np.random.default_rng(seed)) for seed in range(20)]:
    a, b = each_loss(net, X, y), each_loss(net, *new)
    z.append((b.mean() - a.mean()) / math.sqrt(a.var() / len(a) + b.var() / len(b)))
print(f"longer than three standard errors: predicted 0 of 20, measured {np.sum(np.abs(z) > 3)} of 20")

# %% [markdown]
# Every step of training after that uses the 1 000 images to choose the weights. From then on their mean is no longer fair: it is low partly
# *because* it was made low. How far does that go? Train three networks with Adam for 60 epochs, long after all training images are right.
#
# **Before you run the next cell:** once all training images are classified correctly, how can the training loss still fall? Only by making
# the logits larger. What does that do to the loss of a new image that is classified wrongly, and what to the accuracy?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels against epochs. Left: on a logarithmic axis the solid training loss falls by a factor of a thousand, while the dashed loss on new images falls to about 0.35 within eight epochs and rises to 0.45. Right: the dashed accuracy on new images rises to about 0.9 and stays level."}}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4))
fits, nets = [], []
for seed in range(3):
    rng = np.random.default_rng(seed)
    nets.append(mlp([784, 64, 10], rng=rng))
    fits.append(train(nets[-1], (X, y), "adam", lr=0.01, epochs=60, batch_size=100, rng=rng, valid=new))
    axes[0].semilogy(np.arange(60) + 0.5, fits[-1].train_loss, color="black", label="training" if seed == 0 else None)
    axes[0].semilogy(np.arange(1, 61), fits[-1].valid_loss, "--", color="#009e73", label="new images" if seed == 0 else None)
    axes[1].plot(np.arange(1, 61), fits[-1].valid_accuracy, "--", color="#009e73")
axes[0].set(xlabel="epoch", ylabel="loss", title="On new images the loss turns ...")
axes[1].set(xlabel="epoch", ylabel="accuracy on new images", ylim=(0.7, 1), title="... the accuracy does not")
axes[0].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* three seeds in each panel; solid is training, dashed is new. The gap of the loss opens without end, because nothing ends it: the
# training loss has no minimum, only smaller values further out. The accuracy has been settled long before.
#
# If that explanation is right, the damage is *confidence*. Then it can be undone without touching a single decision: multiply all logits by one number $c < 1$,
# which changes no largest logit. **Predict:** does the loss on new images come back to its minimum over the epochs, and where is $c$? (For the demonstration $c$ is
# chosen on the very images that judge it. One number from 5 000 images cannot learn much by heart.)

# %% tags=["nbval-ignore-output"]
grid = np.linspace(0.05, 1, 39, dtype=np.float32)
for fit, net in zip(fits, nets, strict=True):
    logits = net.logits(new[0])
    scaled = [losses.softmax_cross_entropy(c * logits, new[1])[0] for c in grid]
    lowest, last = fit.valid_loss.min(), fit.valid_loss[-1]
    print(f"loss on new images: lowest {lowest:.2f}, at the end {last:.2f}, with logits times {grid[np.argmin(scaled)]:.1f}: {min(scaled):.2f}; "
          f"accuracy then {fit.valid_accuracy[fit.valid_loss.argmin()]:.2f}, now {fit.valid_accuracy[-1]:.2f}")
    assert not real or (last > 1.2 * lowest and min(scaled) < 1.02 * lowest and fit.valid_accuracy[-1] > fit.valid_accuracy[fit.valid_loss.argmin()] - 0.01)

# %% [markdown]
# So there are two gaps, and they behave differently. Say which one you mean before you say "it overfits".
#
# ## Wider networks: the gap at equal training loss
#
# How does the gap depend on the number of weights? To compare fairly, train each width until the training loss is 0.01, or for 300 epochs if that never
# happens. Each width gets its own learning rate. Tuned for what? With a small rate a small network does not arrive in 300 epochs, and that is a restraint too. So `experiments/width.py` chose twice, with three seeds: *to
# fit*, among the rates with which all three arrive (if there is none, the one with the lowest training loss); and *for the loss* on 2 000 tuning images, whatever the training loss. Five fresh seeds were then measured. This takes minutes, so it is saved.
#
# A count gives a guess for the width that can fit: the network must produce 10 numbers for each of 1 000 images, 10 000 in all, and has $795\,h + 10$ weights and biases
# with $h$ hidden units. That is enough from $h = 12.6$ on. Being *right* needs less than producing given numbers, so the true width should be somewhat smaller.
# **Predict:** beyond that width, with 5, 10, 40 times more weights than needed, does the loss on new images rise or fall?

# %%
from course_lib.data import load_results
saved = load_results("width")
fit, tuned = ([row for row in saved["widths"] if row["tuned_for"] == goal] for goal in ("fit", "loss"))
width = np.array([row["width"] for row in fit])
runs, other = (np.array([row["runs"] for row in rows]) for rows in (fit, tuned))  # (width, seed, what)
for goal, rows in (("to fit", fit), ("for the loss", tuned)):
    for row in rows[:9 if rows is fit else 5]:
        (a, b, c, d), (*_, e, f) = np.mean(row["runs"], axis=0), np.std(row["runs"], axis=0, ddof=1)
        print(f"{goal:12} width {row['width']:3}, lr {row['lr']:.4f}: training loss {a:.3f}, right {b:6.1%}; new loss {c:.2f} +- {e:.2f}, right {d:.1%} +- {f:.1%}")
first = [width[(loss <= 0.01).all(axis=1)][0] for loss in (runs[:, :, 0], other[:, :, 0])]
print(f"first width that always reaches 0.01: predicted somewhat below 12.6; measured {first[0]}, with rates tuned for the loss {first[1]}")
assert np.array_equal(runs[4:], other[4:]) and first[0] < 12.6

# %% [markdown]
# From width 32 on the two ways choose the same rates. Now the picture, and a saved number deserves a check: before it draws, the next cell repeats one of the runs, width 16 with the first seed, and compares.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels against width from 2 to 512. Left: the training loss falls to 0.01 at width 8 and stays there. The dashed loss on new images, with rates chosen to fit, has a peak near 4 at width 4 and falls to 0.3; a dotted curve, with rates tuned for the loss, falls from 1.6 without a peak and joins it at width 32. Right: accuracies; on new images both rise with the width to 0.91."}}
row, rng = fit[3], np.random.default_rng(10)
net = mlp([784, row["width"], 10], rng=rng)
train(net, (X, y), "adam", lr=row["lr"], epochs=row["epochs"][0], batch_size=100, rng=rng)
assert not real or np.allclose([net.loss(*new), net.accuracy(*new)], row["runs"][0][2:], atol=0.03)
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4))
for ax, columns, name, title in zip(axes, ((0, 2), (1, 3)), ("loss", "accuracy"), ("One training loss ...", "... many gaps"), strict=True):
    for values, line, color, label in ((runs[..., columns[0]], "o-", "black", "training"), (runs[..., columns[1]], "s--", "#009e73", "new images"),
                                       (other[..., columns[1]], "^:", "0.5", "new images, rate tuned for them")):
        ax.plot(width, values.mean(axis=1), line, color=color, label=label)
        ax.plot(width, values, ".", color=color, alpha=0.5)
    ax.set_xscale("log", base=2)
    ax.set(xlabel="hidden units", ylabel=name, xticks=width[::2], xticklabels=width[::2], title=title)
axes[0].legend()
plt.show()
assert runs[1, :, 2].min() > 3 and other[:, :, 2].mean(axis=1).argmin() == runs[:, :, 2].mean(axis=1).argmin() == 8

# %% [markdown]
# *Reading the figure:* small dots are seeds. From width 8 on all networks that were trained to fit have the *same* training loss. It cannot tell you which of them is good, and the number of weights misleads you: the largest network has forty times as many weights as numbers to fit, and it is the best of all.
# The dashed peak is at width 4, just too small to fit: 300 epochs at a rate that tries hard made it confident, and on every third new image it is wrong. **The dotted curve has no peak.** There small networks got small rates, and ran out of epochs before they became confident: the rate restrained them. So whether such a peak exists depends on how
# the rate was chosen, and a figure of this kind must say it. What both agree on: the widest is the best, and the accuracy rises all the way. (For these images, this rule and this way of stopping; labels with errors were not tried.)
#
# ## The pole in between: double descent
#
# For least squares the whole curve has a formula. Let $y = \sum_j w_j x_j + $ noise, with $D$ independent normal features $x_j$ of variance 1. You fit
# only $p$ of them to $n$ examples, by the coefficients of least squares; where many fit exactly ($p > n$), by the *shortest*. Call $a$ the sum of $w_j^2$ over
# the $p$ features that you use, and $b$ the variance that they leave unexplained: the other $w_j^2$, and the noise. On average over examples
#
# $$\text{training error} = b\left(1 - \frac pn\right)_+, \qquad
# \text{risk} = \begin{cases} b\left(1 + \dfrac{p}{n-p-1}\right) & p \le n - 2\\[2ex]
# b\left(1 + \dfrac{n}{p-n-1}\right) + a\left(1 - \dfrac np\right) & p \ge n + 2\end{cases}$$
#
# where the **risk** is the mean squared error on new examples (Breiman and Freedman 1983; Belkin, Hsu and Xu 2020). In between it is infinite. Take $n = 40$,
# $D = 120$, $w_j^2$ proportional to $1/j$ with sum 1, and noise of variance 0.05. **Predict** before you look: is $p = 120$ better or worse than the best $p < 40$, if
# the features come in the order of their importance, and if they come in random order?

# %% tags=["figure"] mystnb={"image": {"alt": "Mean squared error against the number of features, logarithmic axis, in two panels. Training error falls to zero at 40 features. The risk has a pole at 40. Left, important features first: two minima of nearly the same height, 0.68 at ten features and 0.72 at about 85. Right, random order: it rises from the start to the pole and is lowest at 120 features. Dots of simulations lie on the curves."}}
from course_lib.networks.random_features import draw_examples, expected_errors, least_squares, measured_errors, relu_features
n, D, noise = 40, 120, 0.05
w = np.sqrt(1 / np.arange(1, D + 1) / np.sum(1 / np.arange(1, D + 1)))
few, fine, rng = (2, 5, 10, 20, 30, 35, 45, 50, 60, 80, 120), np.arange(1, D + 1), np.random.default_rng(0)
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True)
for ax, shuffle, title in zip(axes, (False, True), ("By importance: two valleys", "In random order: one"), strict=True):
    inside = fine / D if shuffle else np.cumsum(w**2)
    risk = np.array([expected_errors(p, n=n, inside=a, left=1 + noise - a)[1] for p, a in zip(fine, inside, strict=True)])
    measured = np.array([measured_errors(p, n=n, w=w, noise=noise, n_draws=200, rng=rng, shuffle=shuffle)[:, 1] for p in few])
    error = measured.std(axis=1) / math.sqrt(200)
    ax.semilogy(fine, risk, color="0.6", linewidth=3)
    ax.errorbar(few, measured.mean(axis=1), yerr=2 * error, fmt="o", color="black", markersize=5)
    ax.set(xlabel="features $p$", ylabel="risk", ylim=(0.5, 20), title=title)
    assert (abs(measured.mean(axis=1) - risk[np.array(few) - 1]) < 4 * error).all() and (risk[:38].min() < risk[-1]) != shuffle
plt.show()

# %% [markdown]
# *Reading the figure:* grey is the formula, dots are means of 200 simulations with two standard errors. The training error, not drawn, is zero from $p = 40$ on.
# On the left the small model that uses the ten most important features is best, with 0.68; the largest has 0.74, and the best of the large ones, $p \approx 85$, has 0.71. On the right
# every $p < 40$ is worse than using no feature at all (1.05), and the largest model is best. So "bigger is better" and "smaller is better" are both true, each of its own problem: what counts is whether you know
# which features matter. Near $p = n$ both lose, because there is exactly one way to fit, and it must fit the noise too. The formula says more: from $p = 40$ on the training error is zero. **The training error cannot see the second half of the
# picture at all.**
#
# Does this happen with images? Take 200 training digits, $p$ random ReLU features $\max(0, x\cdot v)$ with normal $v$, and least squares on the ten numbers 0 or 1 that code the label. There is no formula here, but two predictions. The pole is at $p = 200$. And
# a **ridge**, a penalty $\frac\lambda2|w|^2$ added to the loss, removes it, since it forbids the huge weights that fit the noise. **Predict** the accuracy at the pole: a few points lower, or near chance?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels against the number of random features from 10 to 4000. Left, squared error on new digits, logarithmic: without ridge it has a peak above one hundred at 200 and then falls below all smaller models; with ridge it falls smoothly. Right, accuracy: without ridge it drops to about 0.15 at 200; with ridge it rises throughout."}}
p_values, n = (10, 30, 60, 100, 150, 180, 200, 220, 250, 300, 500, 1000, 2000, 4000), 200
onehot, found = np.eye(10), np.zeros((2, len(p_values), 3, 2))
for j, i, seed in np.ndindex(found.shape[:3]):
    features = relu_features(X[:n], p_values[i], rng=np.random.default_rng(seed))
    fit = features(new[0][:1000]) @ least_squares(features(X[:n]), onehot[y[:n]], strength=(0, 0.1)[j])
    found[j, i, seed] = np.sum((fit - onehot[new[1][:1000]]) ** 2) / len(fit), np.mean(fit.argmax(axis=1) == new[1][:1000])
assert not real or (found[0, :, :, 0].mean(axis=1).argmax() == 6 and (found[0, 6, :, 1] < 0.4).all() and (found[1, 6, :, 1] > 0.6).all())
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4))
for k, (ax, name, draw) in enumerate(zip(axes, ("squared error on new digits", "accuracy on new digits"), ("loglog", "semilogx"), strict=True)):
    for values, line, color, label in zip(found[..., k], ("o-", "s--"), ("black", "#009e73"), ("least norm", r"ridge, $\lambda$ = 0.1"), strict=True):
        getattr(ax, draw)(p_values, values, line[0], color=color, markersize=4)
        getattr(ax, draw)(p_values, values.mean(axis=1), line[1:], color=color, label=label)
    ax.set(xlabel="random features $p$", ylabel=name, title=("The pole is at $p = n$ ...", "... and ridge removes it")[k])
axes[0].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* dots are three draws of the features, $n = 200$. Without ridge the accuracy at the pole is nearly that of guessing. With it the pole is gone. (We did not tune $\lambda$.)
#
# ## The optimizer chooses
#
# With $p > n$ infinitely many $w$ have training error zero. Why should one get the shortest? Because of the optimizer: every gradient of least squares, $X^T(Xw-y)/n$, is a combination of the rows of $X$. Started at zero, gradient descent never leaves the space of these combinations, and
# there lies exactly one solution, the shortest. Started at $w_0$, it keeps for ever the part of $w_0$ that is orthogonal to all rows, so it ends at the shortest solution plus that part, and
# with the features of the formula above the risk is predicted exactly. Adam divides every coordinate by its own root, so its steps are *not* combinations of rows. **Predict:** all three reach training error zero. Which has the largest risk, which the smallest? Adam starts at zero.

# %%
n, rows = 40, []
for seed in range(10):
    rng = np.random.default_rng(seed)
    A, b = draw_examples(n, w, noise=noise, rng=rng)
    short, far = least_squares(A, b), rng.normal(size=D) / math.sqrt(D)
    kept = far - least_squares(A, A @ far)  # the part of the start that no row can see
    for start, step, lr in ((np.zeros(D), "sgd", n / np.linalg.norm(A, 2) ** 2), (far, "sgd", n / np.linalg.norm(A, 2) ** 2), (np.zeros(D), "adam", 0.003)):
        v = descent.minimize(lambda v, A=A, b=b: (np.mean((A @ v - b) ** 2) / 2, A.T @ (A @ v - b) / n), start, step, lr=lr, n_steps=3000).w[-1]
        rows.append((np.mean((A @ v - b) ** 2), noise + np.sum((short + kept * (start is far) - w) ** 2), noise + np.sum((v - w) ** 2)))
training, predicted, measured = np.array(rows).reshape(10, 3, 3).transpose(2, 1, 0)
for k, name in enumerate(("descent from zero", "descent from far ", "Adam from zero   ")):
    theory = f"risk predicted {predicted[k].mean():.2f}" if k < 2 else "no prediction      "
    print(f"{name}: training error below 1e-5: {training[k].max() < 1e-5}; {theory}, measured {measured[k].mean():.2f} +- {measured[k].std(ddof=1):.2f}")
assert np.allclose(predicted[:2], measured[:2], rtol=1e-6) and (measured[2] > measured[0]).sum() >= 9

# %% [markdown]
# Three answers with the same training error, and three risks. This is what "the optimizer regularises" means, where it can be proved. (Wilson et al. 2017 build data on which Adam's choice is far worse. That it is worse *here* is measured, and no law.)
#
# ## L1 and L2: what a penalty does to one weight
#
# Let $\hat w$ be the weight that the data want, with curvature 1: the loss is $\frac12(w-\hat w)^2$. Add a penalty and minimise:
#
# - **L2**, $\frac\lambda2 w^2$: the minimum is at $\hat w/(1+\lambda)$. All weights shrink in proportion, and none becomes zero.
# - **L1**, $\lambda|w|$: the slope of the penalty is $\lambda$ however small $w$ is. A weight that is further than $\lambda$ from zero moves by $\lambda$ towards it; all others are pulled to exactly zero.
#
# ### Exercise 12.1 · The soft threshold
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

# %% [markdown]
# With several features that are orthogonal ($X^TX/n = I$), the loss $|Xw-y|^2/(2n)$ is a sum of such single weights, so the whole path over $\lambda$ is known: with $\hat w = X^Ty/n$, L1 gives the soft threshold of $\hat w$, and L2 gives $\hat w/(1+\lambda)$. The measurement does not use that: `penalties.lasso`
# takes gradient steps, each followed by a soft threshold (a *proximal* step), and knows nothing of orthogonality.
#
# **Predict:** from which $\lambda$ on are all weights zero, if the largest $|\hat w|$ is 2? And if one only adds the gradient of the penalty, $\lambda\,\mathrm{sign}(w)$, and takes 1 000 ordinary steps with $lr = 0.1$: how many weights are *exactly* zero? (An assertion in the cell knows.)

# %% tags=["figure"] mystnb={"image": {"alt": "Eight weights against the strength of the penalty, two panels. Left, L1: every weight goes to zero along a straight line and stays there, one after another; the last near 2. Right, L2: all shrink along curves and none reaches zero. Dots from the solver lie on the lines."}}
rng = np.random.default_rng(1)
A = np.linalg.qr(rng.normal(size=(60, 8)))[0] * math.sqrt(60)
b = A @ [2.0, -1.5, 1.0, -0.7, 0.4, -0.2, 0.1, 0.05] + 0.3 * rng.normal(size=60)
wanted, lam, dots, v = A.T @ b / 60, np.linspace(0, 2.5, 251), np.linspace(0, 2.4, 13), np.zeros(8)
for _ in range(1000):
    v, _ = optimizers.sgd(v, A.T @ (A @ v - b) / 60 + penalties.l1(v, strength=0.5)[1], {}, lr=0.1)
solved = [np.array([solve(A, b, strength=strength) for strength in dots]) for solve in (penalties.lasso, least_squares)]
assert np.sum(np.abs(wanted) <= 0.5) == np.sum(penalties.lasso(A, b, strength=0.5) == 0) == 4 and np.sum(v == 0) == 0
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True)
titles = f"L1: one by one, all zero from {np.abs(wanted).max():.2f} on", "L2: smaller, never zero"
for ax, line, points, title in zip(axes, (penalties.soft_threshold(wanted, lam[:, None]), wanted / (1 + lam[:, None])), solved, titles, strict=True):
    ax.plot(lam, line, color="0.6")
    ax.plot(dots, points, "o", color="black", markersize=4)
    ax.set(xlabel=r"strength $\lambda$", ylabel="weight", title=title)
plt.show()

# %% [markdown]
# *Reading the figure:* grey is theory, dots are what the solvers found. Follow one weight on the left: it loses the same amount per unit of $\lambda$ all the way, until it is gone. At $\lambda = 0.5$ four of eight are exactly zero. With the gradient of $|w|$ none is: near zero it throws a weight
# across and back, by $lr\,\lambda$. Whoever wants zeros needs the threshold.
#
# ## Decay or penalty?
#
# An L2 penalty adds $\lambda w$ to the gradient. **Decoupled weight decay** leaves the gradient alone and takes the share $lr\,\lambda$ of the old $w$ away, next to the step. Notebook 08 saw how *fast* the two shrink a weight on which the data are neutral. Here is the other question: where do they *lead* when the data want something?
#
# ### Exercise 12.2 · Two ways to shrink
#
# Write one step of both, for any rule: `step(w, g, state, lr=lr)` returns the new $w$ and the new state, as `optimizers.sgd` does.

# %% tags=["exercise"]
def shrinking_step(step, w, g, state, *, lr, strength, decoupled):
    """Return (w, state) after one step of a rule with an L2 penalty, or, if decoupled, with weight decay."""
    ### BEGIN SOLUTION
    if not decoupled:
        return step(w, g + strength * w, state, lr=lr)
    new, state = step(w, g, state, lr=lr)
    return new - lr * strength * w, state
    ### END SOLUTION

# %%
check.shrinking_step(shrinking_step)

# %% [markdown]
# Let the data's loss be $\frac12(w-1)^2$, and its gradient noisy: $g = (w-1) \pm s$, with the sign changing at every step, and $s = 2, 8, 32$ for three weights. At rest the average step is zero. That is an equation for $w$:
#
# | rule | L2 penalty | decoupled decay |
# |---|---|---|
# | sgd | $(w-1) + \lambda w = 0$: $\;w = \frac1{1+\lambda}$ | the same |
# | momentum, $\beta$ | the same | $\frac{w-1}{1-\beta} + \lambda w = 0$: $\;w = \frac1{1+(1-\beta)\lambda}$ |
# | Adam | the same: $\hat m$ is zero where the penalised gradient is, on average | $\frac{w-1}{\sqrt v} + \lambda w = 0$, $\sqrt v \approx s$: $\;w \approx \frac1{1+\lambda s}$ |
#
# **Predict** with $\lambda = 0.5$, $\beta = 0.9$. The mean over the last 1 000 of 12 000 steps is measured.

# %%
s, lam, lr, T = np.array([2.0, 8.0, 32.0]), 0.5, 0.02, 12_000
theory = {("sgd", 0): 1 / (1 + lam), ("sgd", lam): 1 / (1 + lam), ("momentum", 0): 1 / (1 + lam), ("momentum", lam): 1 / (1 + 0.1 * lam),
          ("adam", 0): 1 / (1 + lam), ("adam", lam): 1 / (1 + lam * s)}
for (name, decay), predicted in theory.items():
    v, state, tail = np.zeros(3), {}, np.zeros(3)
    for t in range(1, T + 1):
        old, g = v, (v - 1) + s * (-1) ** t
        v, state = optimizers.STEPS[name](v, g + (lam - decay) * v, state, lr=lr)
        v = v - lr * decay * old
        tail += v * (t > T - 1000) / 1000
    print(f"{name:8} {'decay  ' if decay else 'penalty'}: predicted {np.round(predicted + 0 * s, 2)}, measured {np.round(tail, 2)}")
    assert np.allclose(tail, predicted, atol=0.012)

# %% [markdown]
# For sgd the two are one method, step by step. For the others they are not: **a penalty is part of the loss, so the resting point does not depend on the rule; decay is part of the rule, and the resting point depends on it.** AdamW shrinks weights with noisy gradients more: its $\lambda$ acts like a penalty of strength
# $\lambda s$. (The smallest $s$ shows the approximation: $\sqrt v$ also holds the mean gradient.) "L2 in Adam is weight decay" is false in speed (08) and in destination (here). Which of them is better on new images neither formula decides; a table at the end measures it.
#
# ## Dropout
#
# In training, set every unit to zero with probability $p$, drawn anew each time. **Inverted** dropout divides the others by $1-p$ at once, so that nothing is left to do in evaluation. A unit of value $x$ becomes $x/(1-p)$ with probability $1-p$, and 0 otherwise. Its mean is $x$. Its variance is
#
# $$(1-p)\,\frac{x^2}{(1-p)^2} - x^2 = x^2\,\frac{p}{1-p}.$$
#
# ### Exercise 12.3 · Inverted dropout
#
# Write the forward pass. `rng.random(shape)` gives numbers that are uniform between 0 and 1.

# %% tags=["exercise"]
def dropout(X, p, rng, training):
    """Return X with elements dropped with probability p, the others rescaled; in evaluation X."""
    ### BEGIN SOLUTION
    if not training:
        return X
    return X * (rng.random(X.shape) >= p) / (1 - p)
    ### END SOLUTION

# %%
check.dropout(dropout)

# %% [markdown]
# Put it before a linear model: inputs $x$ with dropout, squared error. The noise has mean zero, so the average loss over all masks is the plain loss plus the variance of the output. That is a sum over features,
#
# $$\overline{\text{loss}} = \tfrac1n|Xw-y|^2 + \frac p{1-p}\sum_j w_j^2\,\overline{x_j^2} .$$
#
# Dropout *is* an L2 penalty here, whose strength is measured in the unit of each feature (Wager, Wang and Liang 2013; for squared error it is exact). **Predict** for the solution $w$ of plain least squares, and for the $w$ that minimises the formula, with $p = 0.4$: which of them has the smaller loss with dropout on, and which without?

# %%
from course_lib.networks.layers import Dense, Dropout

p, layer = 0.4, Dropout(0.4, rng=np.random.default_rng(0))
units = np.array([layer.forward(np.array([1.0, 2.0, 3.0]), training=True) for _ in range(50_000)])
print(f"mean: predicted [1 2 3], measured {units.mean(axis=0).round(1)}; variance: predicted {np.round(np.array([1, 4, 9]) * p / (1 - p), 1)}, measured {units.var(axis=0).round(1)}")
rng = np.random.default_rng(0)
A = rng.normal(size=(30, 5)) * [1, 2, 0.5, 1, 3]
b, second = A @ [1, -1, 2, 0, 0.5] + rng.normal(size=30), np.mean(A**2, axis=0)
for name, strength in (("least squares:", 0), ("the formula's:", p / (1 - p))):
    v = np.linalg.solve(A.T @ A / 30 + strength * np.diag(second), A.T @ b / 30)
    drawn, plain = [np.mean((layer.forward(A, training=True) @ v - b) ** 2) for _ in range(10_000)], np.mean((A @ v - b) ** 2)
    predicted = plain + p / (1 - p) * np.sum(v**2 * second)
    print(f"w of {name} loss with dropout predicted {predicted:.2f}, measured {np.mean(drawn):.2f}; without it {plain:.2f}")
    assert abs(np.mean(drawn) - predicted) < 4 * np.std(drawn) / 100

# %% [markdown]
# A larger training loss, without dropout, was bought on purpose.
#
# ### From the museum: evaluation
#
# Dropout has two well-known faults, both outside the training loop, so the training loss looks healthy. In one, dropout stays **on in evaluation**. In the other, the old form is used, which does not rescale in training but should multiply by $1-p$ in evaluation, and **nobody rescales**: with $p = \frac12$ the hidden units arrive twice as large as they did, on average, in training.
#
# **Predict**, for accuracy and for loss on new images: which fault does the accuracy not show? (Doubling the hidden units doubles the logits, up to the small biases.)

# %% tags=["nbval-ignore-output"]
from course_lib.networks.activations import Activation
from course_lib.networks.network import Network
table = []
for seed in range(3):
    rng = np.random.default_rng(seed)
    net = Network([Dense(784, 64), Activation("relu"), Dropout(0.5, rng=rng), Dense(64, 10)], rng=rng)
    train(net, (X, y), "adam", lr=0.003, epochs=60, batch_size=100, rng=rng)
    good, bias = net.logits(new[0]), net.layers[-1].b
    cases = {"right": good, "left on": net.logits(new[0], training=True), "not rescaled": bias + 2 * (good - bias)}
    table.append([(losses.softmax_cross_entropy(z, new[1])[0], np.mean(z.argmax(axis=1) == new[1])) for z in cases.values()])
table = np.array(table, dtype=float)
for k, name in enumerate(cases):
    print(f"{name:12}: loss {table[:, k, 0].mean():.2f} +- {table[:, k, 0].std(ddof=1):.2f}, accuracy {table[:, k, 1].mean():.3f} +- {table[:, k, 1].std(ddof=1):.3f}")
assert not real or (np.ptp(table[:, [0, 2], 1], axis=1).max() < 0.01 and (table[:, 2, 0] > 1.4 * table[:, 0, 0]).all() and (table[:, 1, 1] < table[:, 0, 1] - 0.02).all())

# %% [markdown]
# The second fault is nearly invisible in the accuracy, and multiplies the loss by about 1.7. The first costs accuracy and gives another answer every time. A layer that behaves differently in training and evaluation needs a test of both.
#
# ## Stop early
#
# The loss on new images was lowest after some epochs. Why not stop there? One needs images that are watched, and a rule. **Patience**: after each epoch compare the watched loss with the lowest so far; when `patience` epochs in a row have brought no new lowest, stop, and go *back* to the weights of the best epoch (Prechelt 1998).
#
# ### Exercise 12.4 · Patience
#
# Given the watched losses that a long run *would* have, return two numbers: how many epochs are run, and which of them (1, 2, ...) is gone back to. A loss that equals the lowest is not a new lowest. If patience never runs out, all epochs are run.

# %% tags=["exercise"]
def stop_early(watched, patience):
    """Return (epochs run, best epoch), both counted from 1."""
    ### BEGIN SOLUTION
    best, lowest = 0, math.inf
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
# What kind of regulariser is that? On a quadratic loss it can be computed. Take least squares by gradient descent from zero, and an eigenvector of $X^TX/n$ with eigenvalue $h$. The share of the way that is done along it is, after $t$ steps, $1-(1-lr\,h)^t$; with ridge of strength $\lambda$ it is $h/(h+\lambda)$. Both are near 1 for large $h$ and near 0
# for small $h$, with the change near $h \approx 1/(lr\,t)$ and $h \approx \lambda$. So **stopping after $t$ steps is like ridge with $\lambda = 1/(lr\,t)$**. Like, not equal: with $x = lr\,h\,t$ and small steps the shares are $1-e^{-x}$ and $x/(1+x)$, which differ by up to 0.204.
#
# Ali, Kolter and Tibshirani (2019) prove for the limit of small steps: at $\lambda = 1/(lr\,t)$ the risk of stopping, without the noise of the new examples, is never more than 1.69 times that of ridge. **Predict:** and if both $t$ and $\lambda$ are the best ones, is one of them clearly better?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels. Left: share of the way against curvature times time, logarithmic axis: the curves of early stopping and of ridge rise from 0 to 1 close together, stopping being steeper. Right: risk against steps on a logarithmic axis: both curves fall to one valley of the same depth and rise again; dots of real runs of gradient descent lie on the curve of stopping."}}
A, b, x, some = *draw_examples(n, w, noise=1.0, rng=np.random.default_rng(0)), np.geomspace(0.01, 100, 200), 4 ** np.arange(7)
U, root, V = np.linalg.svd(A, full_matrices=False)
h, lr, steps = root**2 / n, 0.05 * n / root[0] ** 2, np.unique(np.r_[some, np.geomspace(1, 100_000, 120).astype(int)])[:, None]
shares = (1 - np.exp(-x), 1 - (1 - lr * h) ** steps), (x / (1 + x), h / (h + 1 / (lr * steps)))
risks = [np.sum((share * (U.T @ b) / root - V @ w) ** 2, axis=1) + np.sum((w - V.T @ (V @ w)) ** 2) for _, share in shares]
run = descent.minimize(lambda v: (np.mean((A @ v - b) ** 2) / 2, A.T @ (A @ v - b) / n), np.zeros(D), "sgd", lr=lr, n_steps=4096)
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4))
for look_of, (curve, _), risk, label in zip(({"color": "black"}, {"color": "#009e73", "linestyle": "--"}), shares, risks, ("stopping", "ridge"), strict=True):
    axes[0].semilogx(x, curve, **look_of)
    axes[1].semilogx(steps, risk, **look_of, label=label)
axes[1].semilogx(some, np.sum((run.w[some] - w) ** 2, axis=1), "o", color="black", label="descent, measured")
axes[0].set(xlabel=r"$lr\,h\,t = h/\lambda$", ylabel="share of the way done", title="Stopping is like ridge ...")
axes[1].set(xlabel=r"steps $t$, or $1/(lr\,\lambda)$", ylabel="risk without noise", title="... and as good at its best")
axes[1].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* left of the valley too little has been learnt, right of it the noise too. The dots are runs of gradient descent, and lie on the curve that the shares predict. Patience looks for the best $t$ where one would otherwise look for the best $\lambda$, at the price of a single run. The next cell first prints the numbers of the figure.
#
# Then it trains the network of the first figure, with patience 5 and 2 000 watched images that belong neither to the 1 000 nor to the new ones: a loss on watched images that was *chosen* to be lowest is no longer a fair estimate. **Predict** from the first figure: what happens to the loss on new images, and what to the accuracy?

# %% tags=["nbval-ignore-output"]
ratio = risks[0] / risks[1]
print(f"stopping over ridge: predicted at most 1.69, measured at most {ratio.max():.2f}; each at its best: {risks[0].min() / risks[1].min():.2f}")
assert np.allclose(np.sum((run.w[some] - w) ** 2, axis=1), risks[0][np.isin(steps[:, 0], some)]) and ratio.max() < 1.69 and abs(risks[0].min() / risks[1].min() - 1) < 0.05
watched, table = (data.X_train[1000:][-2000:], data.y_train[1000:][-2000:]), []
for seed, patience in np.ndindex(5, 2):
    rng = np.random.default_rng(seed)
    net = mlp([784, 64, 10], rng=rng)
    fit = train(net, (X, y), "adam", lr=0.01, epochs=30, batch_size=100, rng=rng, valid=watched, patience=5 if patience else None)
    table.append((len(fit.valid_loss), net.loss(*new), net.accuracy(*new), net.loss(X, y)))
table = np.array(table, dtype=float).reshape(5, 2, 4)
for k, name in enumerate(("30 epochs", "patience 5")):
    epochs, loss, right, training = table[:, k].mean(axis=0)
    print(f"{name:10}: {epochs:2.0f} epochs, training loss {training:.3f}, new loss {loss:.2f} +- {table[:, k, 1].std(ddof=1):.2f}, right {right:.1%} +- {table[:, k, 2].std(ddof=1):.1%}")
assert not real or (np.mean(table[:, 1, 1] < table[:, 0, 1]) == 1 and table[:, 1, 2].mean() < table[:, 0, 2].mean() + 0.002)

# %% [markdown]
# The loss gains, and the accuracy gains nothing: it even loses a little, because it was still rising when the loss turned. Watch what you will be judged by.
#
# ## Standardise the inputs: preconditioning before the first step
#
# To **standardise** is to subtract from every input its mean and to divide by its standard deviation. Whose mean? That of the *training* examples, also for all examples that come later. In use they come one at a time and have no mean; and whoever uses the mean of the examination to prepare for it has looked at it.
#
# ### Exercise 12.5 · Standardise
#
# Return both sets, standardised. Some pixels are 0 in all training images; they have standard deviation 0, and should be divided by 1.

# %% tags=["exercise"]
def standardise(X_train, X_new):
    """Return (Z_train, Z_new), standardised column by column with the statistics of X_train."""
    ### BEGIN SOLUTION
    mean, std = X_train.mean(axis=0), X_train.std(axis=0)
    std = np.where(std > 0, std, 1)
    return (X_train - mean) / std, (X_new - mean) / std
    ### END SOLUTION

# %%
check.standardise(standardise)

# %% [markdown]
# What does it do for the optimizer? For squared loss, half the mean of $(w\cdot x - y)^2$ with a constant input 1 for the bias, the Hessian is the matrix of second moments $H = \overline{x x^T}$, and gradient descent at its best rate needs about $\frac\kappa2\ln 1000$ steps to come a thousand times closer, with the condition number $\kappa$ of $H$ (notebook 04).
# Two inputs, independent: temperature, $20 \pm 5$ degrees, and humidity, $0.6 \pm 0.2$. With means $\mu$ and variances $\sigma^2$, $H$ has the entries $\mu_i\mu_j$, plus $\sigma_i^2$ on the diagonal.
#
# Centred, $H$ is diagonal with entries $1$, $25$, $0.04$, so $\kappa = 625$. Standardised, $\kappa = 1$. **Predict** the order of magnitude for raw inputs: near $25$, $625$, or above $10\,000$? A large mean makes one long direction, in which nothing but the mean changes.

# %%
mu, sd = np.array([1, 20, 0.6]), np.array([0, 5, 0.2])
sample = mu + sd * np.random.default_rng(0).normal(size=(100_000, 3))
for name, shift, unit in (("raw", 0 * mu, 1), ("centred", [0, 20, 0.6], 1), ("standardised", [0, 20, 0.6], [1, 5, 0.2])):
    H = np.outer((mu - shift) / unit, (mu - shift) / unit) + np.diag((sd / unit) ** 2)
    top, low = np.linalg.eigvalsh(H)[[-1, 0]]
    Z = (sample - shift) / unit
    kappa = np.linalg.cond(Z.T @ Z / len(Z))
    predicted = math.log(1000) / -math.log((top - low) / (top + low)) if top - low > 1e-9 else 1
    run = descent.minimize(lambda v, H=H: (v @ H @ v / 2, H @ v), np.ones(3), "sgd", lr=2 / (top + low), n_steps=math.ceil(predicted))
    taken = np.argmax(np.linalg.norm(run.w, axis=1) <= math.sqrt(3) / 999)
    print(f"{name:12}: condition number predicted {top / low:8.3g}, of a sample {kappa:8.3g}; steps predicted at most {predicted:8.3g}, taken {taken:8.3g}")
    assert abs(kappa / (top / low) - 1) < 0.05 and 0 < taken <= math.ceil(predicted)
h1 = [np.linalg.norm(np.c_[Z, np.ones(1000)], 2) ** 2 / 1000 for Z in (X, X - X.mean(axis=0))]
print(f"pixels, largest eigenvalue: raw predicted at least {1 + np.sum(X.mean(axis=0) ** 2):.0f}, measured {h1[0]:.0f}; centred {h1[1]:.1f}")

# %% [markdown]
# And pixels, 784 and a constant? There is no finite $\kappa$ to predict, since hundreds of pixels never change. The largest eigenvalue $h_1$ bounds the rate ($lr < 2/h_1$ for squared loss). Raw, it is at least the squared length of the mean image, plus 1 for the constant; that much the last line predicted. Centring removes it. Standardising then blows up
# rare pixels: one that is inked in a single image of 1 000 gets a value near $\sqrt{1000} \approx 32$ there.
#
# Steps are counted for softmax regression (no hidden layer), all 1 000 images in each step, start at zero, until the training loss is 0.2. Each rule and each scaling has its own rate, the best for the number of steps on a grid of factor 2; three sets of 1 000 images. New images are scaled with the statistics of the training images. **Predict:** which scaling is
# fastest? All stop at the *same training loss*: are they equally good on new images?

# %% tags=["nbval-ignore-output"]
def steps_to(A, labels, step, lr, spread):
    scale = (lambda Z: (Z - A.mean(axis=0)) / spread(A.std(axis=0))) if spread else (lambda Z: Z)
    net = mlp([784, 10], rng=np.random.default_rng(0))
    run = descent.minimize(net.objective(scale(A), labels), 0 * net.theta, step, lr=lr, n_steps=50)
    t = int(np.argmax(run.loss <= 0.2))
    net.theta = run.w[t]
    return t or 1000, net.loss(scale(new[0]), new[1]), net.accuracy(scale(new[0]), new[1])
best, sets = {}, [(data.X_train[i:i + 1000], data.y_train[i:i + 1000]) for i in ((0, 1000, 2000) if real else (0, 100, 200))]
for step, rates in (("sgd", 0.64 * 2.0 ** np.arange(6)), ("adam", 0.0192 * 2.0 ** np.arange(4))):
    for name, spread in (("raw", None), ("centred", np.ones_like), ("standardised", lambda sd: np.where(sd > 0, sd, 1))):
        runs = np.array([[steps_to(*some, step, lr, spread) for some in sets] for lr in rates])
        k = runs[:, :, 0].sum(axis=1).argmin()
        best[step, name], mean, sd = runs[k], runs[k].mean(axis=0), runs[k].std(axis=0, ddof=1)
        assert not real or 0 < k < len(rates) - 1  # no best rate at the edge of the grid
        print(f"{step:4} {name:12}: {mean[0]:3.0f} steps; new loss {mean[1]:.2f} +- {sd[1]:.2f}, right {mean[2]:.1%} +- {sd[2]:.1%}")
# %% [markdown]
# Centring is preconditioning that costs one subtraction: about a quarter of the steps with sgd, and nothing lost there. Standardised inputs are fastest, and on new images *worst*: rare pixels now shout, and what they say was learnt from a handful of images. For Adam, which gives every weight nearly the same step however rare its input is, the loss on new images more than doubles (and centring alone costs it something). So
# preconditioning is not neutral. Among the many solutions with one training loss, the scaling and the rule choose together. (Where inputs have different *units*, as temperature and humidity, there is no honest alternative to scaling them. Pixels share a unit.)
#
# ## Four things that are called clipping
#
# Notebook 09 told them apart on four numbers. Now one network, the same start and batches, Adam with $lr = 0.003$ for 40 epochs; only one thing is different in each row. **Predict** the number that each row pins down: gradient clipping at 0.1, weight clipping at 0.05, max-norm 1, and pruning of 80 % of the weights of each matrix after training.

# %% tags=["nbval-ignore-output"]
def matrices(net, change):
    for layer in net.layers[::2]:
        change(layer.W)
cases = {"nothing": {}, "gradient clipping": {"clip_norm": 0.1}, "weight clipping": {"after_step": lambda net, lr: matrices(net, lambda W: penalties.clip_weights(W, 0.05))},
         "max-norm": {"after_step": lambda net, lr: matrices(net, lambda W: penalties.max_norm(W, 1.0))}, "pruning": {}}
print("                   largest |w|  longest column  longest step's g  zeros  training loss  new loss")
rows, rngs = {}, {name: np.random.default_rng(0) for name in cases}
for name, options in cases.items():
    net = mlp([784, 64, 10], rng=rngs[name])
    fit = train(net, (X, y), "adam", lr=0.003, epochs=40, batch_size=100, rng=rngs[name], **options)
    matrices(net, lambda W, share=0.8 * (name == "pruning"): penalties.prune(W, share))
    weights, columns = net.theta[net.is_matrix == 1], max(np.linalg.norm(layer.W, axis=0).max() for layer in net.layers[::2])
    rows[name] = np.abs(weights).max(), columns, min(fit.grad_norm.max(), options.get("clip_norm", np.inf)), np.mean(weights == 0), net.loss(X, y), net.loss(*new)
    print("{:18} {:11.2f} {:15.2f} {:17.2f} {:6.0%} {:14.3f} {:9.2f}".format(name, *rows[name]))
assert np.allclose([rows["weight clipping"][0], rows["max-norm"][1], rows["gradient clipping"][2], rows["pruning"][3]], (0.05, 1, 0.1, 0.8), rtol=0.02)

# %% [markdown]
# Each row has its own fixed number: 0.10 for the gradient, 0.05 for the weights, 1.00 for the columns, 80 % for the zeros. Gradient clipping confines nothing: the weights are as large as before, and the training loss is even smaller. Weight clipping and max-norm confine the *weights*, so they can no longer fit
# as closely. Pruning came after training and threw away what had been learnt. None of the four has a smaller loss on new images than plain training *at these strengths*, so strengths must be tuned.
#
# ## Which of them helps?
#
# "Weight clipping prevents overfitting" is a sentence that one meets. So is the same of most methods here. A fair test tunes all of them, *and* plain training, learning rate and strength together, on 2 000 images for tuning, and counts five fresh seeds on the new ones. As there are two gaps, it is done twice: tuned for the loss, and tuned for the
# accuracy. `experiments/width.py` did it (64 hidden units, Adam, 60 epochs). **Predict** which panel shows differences.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of dots, a row for each of nine methods, five seeds each, and a grey line for the mean of plain training. Left, loss on new images after tuning for the loss: weight decay, L2, dropout and max-norm lie left of the line, pruning on it. Right, accuracy after tuning for accuracy: nearly all dots lie around the line; early stopping is below it."}}
rows = {goal: [row for row in saved["means"] if row["tuned_for"] == goal] for goal in ("loss", "accuracy")}
fig, axes = plt.subplots(1, 2, figsize=(10.4, 4.6), sharey=True)
for ax, goal, column, title in zip(axes, rows, (2, 3), ("Loss: some help", "Accuracy: none beats plain"), strict=True):
    for k, row in enumerate(rows[goal]):
        values = np.array(row["runs"])[:, column]
        ax.plot(values, [-k] * 5, "o", color="0.6", markersize=5)
        ax.plot(values.mean(), -k, "|", color="black", markersize=18, markeredgewidth=2.5)
    ax.axvline(np.mean([run[column] for run in rows[goal][0]["runs"]]), color="0.6", linestyle="--")
    ax.set(xlabel=f"{goal} on new images, tuned for {goal}", title=title)
axes[1].set_xticks([0.895, 0.9, 0.905, 0.91, 0.915])
axes[0].set_yticks(-np.arange(9), [row["name"].replace("none", "plain training") for row in rows["loss"]])
plt.show()
mean = {goal: [np.mean(row["runs"], axis=0)[column] for row in rows[goal]] for goal, column in (("loss", 2), ("accuracy", 3))}
assert max(mean["loss"][1:4]) < mean["loss"][0] - 0.02 and max(mean["accuracy"]) < mean["accuracy"][0] + 0.003

# %% [markdown]
# *Reading the figure:* grey dots are seeds, the bar is their mean, the dashed line is plain training, tuned as well as the others.
#
# The two panels tell two stories. On the **loss**, plain training at its best rate has 0.346 (standard deviation of the seeds 0.003). Weight decay and dropout have 0.318 and L2 in Adam 0.322: they help. Weight clipping, its limit tuned with everything else, has 0.331, with a deviation of 0.011: it confines weights, and helps half as much. Max-norm has 0.324,
# but with a deviation of 0.031 that is a tie with everybody. Early stopping and gradient clipping, 0.339 and 0.340, gain about a quarter of what decay gains; a finer grid of rates might give that to plain training too (not tried). Pruning chose to prune nothing. On the **accuracy** nobody is better than plain training by more than the spread: a tie, with early
# stopping a point below. (There max-norm chose a limit that no column reaches; hence the same five dots.)
#
# So what of the sentence? *Gradient clipping* controls explosions (notebook 09); as a remedy for overfitting it does next to nothing here. *Weight clipping*, made for the critic of a Wasserstein GAN, restrains, but less than its gentler relatives. And "prevents" is too much for every row: with training losses below 0.13 throughout, no method came near to closing the gap.
# L2 in Adam and decoupled decay, which are two things, are tied here, each with its own $\lambda$: 0.003 and 1. With one $\lambda$ for both the comparison would mean nothing.
#
# ## Summary
#
# - Training loss is measured on the images that chose the weights. Before training the gap is zero; afterwards the gap in loss grows with confidence even where the gap in accuracy stands still.
# - From the width that fits on, training loss says nothing about new images; the widest network was the best here. In least squares the risk has a pole at $p = n$, with an exact formula on both sides; whether the far side is better depends on the features. Ridge removes the pole.
# - Where many solutions fit, the optimizer, its start and the scaling of the inputs choose among them.
# - L1 subtracts, and makes exact zeros by the soft threshold; L2 divides. A penalty moves the minimum of the loss; decoupled decay moves the resting point of the *rule*: $1/(1+\lambda s)$ for AdamW.
# - Inverted dropout keeps the mean and adds the variance $x^2 p/(1-p)$; before a linear model it is an L2 penalty. Test evaluation separately.
# - Stopping after $t$ steps is like ridge with $\lambda = 1/(lr\,t)$. Watch images that judge nothing else.
# - Standardising is preconditioning: statistics from the training images only. It is not neutral on new images.
# - Clipping gradients, clipping weights, max-norm and pruning fix four different numbers. Whether one helps is a question for tuned runs and fresh seeds, for each measure by itself.
#
# ## Questions to ask oneself
#
# **1.** The validation loss of a run rises from epoch 8 on, and a colleague says that the network is getting worse. What do you ask?
#
# <details>
# <summary>Answer</summary>
#
# Worse at what? If the accuracy stands still or rises, it is getting too confident, and one number that divides the logits may repair it. If decisions are what counts, it is not getting worse.
#
# </details>
#
# **2.** Forty examples, forty features, training error zero. The next one to try: drop ten features, add a hundred, or add a ridge?
#
# <details>
# <summary>Answer</summary>
#
# Any of them leaves the pole. Ridge is the one that needs no luck with the order of features, and it can be tuned on held-out examples. What is certain is that $p = n$ without ridge is the worst place.
#
# </details>
#
# **3.** You change from Adam with an L2 penalty of 0.003 to AdamW and keep 0.003 as its weight decay. What happens?
#
# <details>
# <summary>Answer</summary>
#
# The decay acts like a penalty of strength $\lambda\sqrt v$, and gradients of single weights in a network are small, far below 1. So it is nearly switched off. In the table above the best values were 0.003 and 1.
#
# </details>
#
# **4.** Somebody standardises all 70 000 images first and splits afterwards. How bad is that?
#
# <details>
# <summary>Answer</summary>
#
# It uses the test images, though not their labels. With 70 000 images the means hardly change, so the effect is small here; with few examples, or when the scaling is chosen by how well it works, it is not. The habit costs nothing: fit on training data, apply everywhere.
#
# </details>
#
# ## Go deeper
#
# - M. Belkin, D. Hsu, J. Xu, *Two models of double descent for weak features* (2020), arXiv 1903.07571: the formula. L. Breiman, D. Freedman, *How many variables should be entered in a regression equation?*, Journal of the American Statistical Association 78 (1983): its left half.
# - M. Belkin, D. Hsu, S. Ma, S. Mandal, *Reconciling modern machine learning practice and the bias-variance trade-off* (2019), arXiv 1812.11118. T. Hastie and others, *Surprises in high-dimensional ridgeless least squares interpolation* (2022), arXiv 1903.08560.
# - A. Wilson and others, *The marginal value of adaptive gradient methods in machine learning* (2017), arXiv 1705.08292: which solution Adam chooses.
# - R. Tibshirani, *Regression shrinkage and selection via the lasso* (1996), doi 10.1111/j.2517-6161.1996.tb02080.x. A. Beck, M. Teboulle, *A fast iterative shrinkage-thresholding algorithm* (2009), doi 10.1137/080716542.
# - I. Loshchilov, F. Hutter, *Decoupled weight decay regularization* (2019), arXiv 1711.05101.
# - N. Srivastava and others, *Dropout*, Journal of Machine Learning Research 15 (2014). S. Wager, S. Wang, P. Liang, *Dropout training as adaptive regularization* (2013), arXiv 1307.1493.
# - L. Prechelt, *Early stopping, but when?* (1998), doi 10.1007/3-540-49430-8_3. A. Ali, Z. Kolter, R. Tibshirani, *A continuous-time view of early stopping for least squares* (2019), arXiv 1810.10082.
# - M. Arjovsky, S. Chintala, L. Bottou, *Wasserstein GAN* (2017), arXiv 1701.07875: what weight clipping is for. C. Guo and others, *On calibration of modern neural networks* (2017), arXiv 1706.04599: one number for all logits.
#
# **Next:** all the parts are there: rules, schedules, gradients, starts, restraints. Put together, how far do they go, honestly measured? [13: Train MNIST from scratch](13_train_mnist_from_scratch.ipynb)
