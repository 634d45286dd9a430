# %% [markdown]
# # 17 · Debug a failing run
#
# *The loss is wrong. What is broken?* A network rarely stops with an error message. It learns a little less than it
# could, or nothing, or far too well, and the curve looks like many other curves. This notebook is a practice: ten
# patients, the instruments to examine them, and a table of what to do.
#
# **You will do:** diagnose ten broken runs from what they left behind; write two of the tests; cure each run and
# measure the cure; find out whether a run that stands still is at a critical point.
#
# **You will learn:** in which order to look; what the first loss, twenty examples and the length of a step tell; why
# one symptom has many causes, and which test tells them apart; and what a plateau is.
#
# **You need:** a training loop and its three checks, from [13: Train MNIST from scratch](13_train_mnist_from_scratch.ipynb);
# saddles and how one leaves them, from [02: Meet saddles](02_meet_saddles_in_high_dimensions.ipynb).
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
# ## A healthy run first
#
# You cannot see what is wrong with a curve if you do not know how it looks when all is well. So here is a run without
# fault: the network 784-64-64-10 with ReLU and He's weights, 2 000 training images of MNIST, 1 000 for validation, batches of
# 50, five epochs of SGD with $lr = 0.1$. **Predict** the number of steps and the first loss. (Notebook 13: guessing
# costs $\ln 10$, and random logits add about $0.9$ times the mean square of a pixel, here 0.1.)
#
# (Without MNIST, the embedded digits take its place: 1 297 images, and other numbers than those in the text.)

# %%
from course_lib.training import broken_runs, diagnosis
from course_lib.data import datasets
from course_lib.networks.network import mlp
from course_lib.training.loop import train

images = datasets.load_mnist()
splits, real = datasets.split(images), images.name == "mnist"
well = broken_runs.healthy(splits)
n, pixels = len(well.data[1]), np.mean(well.data[0] ** 2)
print(f"steps: predicted {5 * math.ceil(n / 50)}, taken {len(well.history.loss)}")
print(f"first loss: predicted {math.log(10) + 0.9 * pixels:.1f}, give or take 0.3; measured {well.history.loss[0]:.1f}")
print(f"validation accuracy above 85 %: {well.accuracy > 0.85}")
assert abs(well.history.loss[0] - math.log(10) - 0.9 * pixels) < 0.3 and well.accuracy > 0.85

# %% [markdown]
# ## Ten patients
#
# `broken_runs` has ten functions, `run_a` to `run_j`. Each makes a run that differs from a healthy one in a single
# point. **Do not read that module yet**: it names the causes. What you get is what you would have in real life.
#
# | of each run | what it is |
# |---|---|
# | `run.start`, `run.net` | the network before and after training |
# | `run.data`, `run.valid` | images and labels as the run saw them, in the order of the file |
# | `run.fresh`, `run.accuracy` | images as they will come when the network is used, and the accuracy on them |
# | `run.history` | loss, length of the gradient and rate of every step; validation loss and accuracy of every epoch |
# | `run.ratio` | for every step and weight matrix $W$: $\lvert\Delta W\rvert/\lvert W\rvert$, step over weights |
# | `run.flow` | for every step and weight matrix: root mean square of the gradient's entries |
#
# One of each of these causes is among them, in an order that you do not know:

# %%
letters = "abcdefghij"
runs = {letter: getattr(broken_runs, f"run_{letter}")(splits) for letter in letters}
print(", ".join(broken_runs.CAUSES))

# %% [markdown]
# **Before you run the next cell:** which of these ten words would you expect to give a loss of 2.3 for ever?

# %% tags=["figure"] mystnb={"image": {"alt": "Ten small panels, a to j: loss of each batch against the step on one logarithmic scale, black, over the healthy run in grey that falls from 2.5 to 0.2. Runs b, e and i stay flat at 2.3; c and j shoot up far beyond the frame and then stay flat at 2.3; g has three points only, far above; f falls slowly to 1.8; a falls to 1; h jumps up and down; d falls below the healthy run."}}
fig, axes = plt.subplots(2, 5, figsize=(11.5, 5.4), sharex=True, sharey=True)
for ax, letter in zip(axes.flat, letters, strict=True):
    loss = np.minimum(np.nan_to_num(runs[letter].history.loss, nan=1e9), 3e4)
    ax.plot(np.arange(1, len(well.history.loss) + 1), well.history.loss, color="0.72", linewidth=3)
    ax.plot(np.arange(1, len(loss) + 1), loss, color="black", linewidth=1.6, marker="o" if len(loss) < 9 else None)
    ax.text(0.93, 0.86, letter, transform=ax.transAxes, fontsize=22, fontweight="bold", ha="right")
    ax.set(yscale="log", ylim=(5e-3, 4e4))
for ax in axes[1]:
    ax.set_xlabel("step $t$")
for ax in axes[:, 0]:
    ax.set_ylabel("loss of the batch")
flat = [letter for letter in letters if abs(np.median(runs[letter].history.loss[-50:]) - math.log(10)) < 0.15]
fig.suptitle(f"Five of ten end at guessing, ln 10 = 2.3: {', '.join(flat)}", x=0.01, ha="left", fontweight="bold")
plt.show()
assert flat == ["b", "c", "e", "i", "j"]

# %% [markdown]
# *Reading the figure:* grey is the healthy run, black the patient; the scale is the same everywhere and ends at 40 000. A
# curve alone is not a diagnosis. Five end at $\ln 10$, and they have five different causes.
#
# ## Numbers beside the curves
#
# Four more questions, in the order in which a run happens. *Before the first step:* is the first loss that of guessing?
# *During the first steps:* how long are they, beside the weights, in each layer? *Does a gradient come back* to the
# first layer? *At the end:* is the accuracy what the loss promises, and the same on fresh images?

# %% tags=["nbval-ignore-output"]
print("       first loss   accuracy, valid   fresh   largest |dW|/|W|, by layer      flow, first step, by layer")
for letter, run in {"well": well, **runs}.items():
    valid = f"{run.history.valid_accuracy[-1]:.0%}" if len(run.history.valid_accuracy) else "-"
    fresh = "diverged" if math.isnan(run.accuracy) else f"{run.accuracy:.0%}"
    ratio = " ".join(f"{r:.0e}" for r in run.ratio[:40].max(axis=0)[[0, 1, -1]])
    flow = " ".join(f"{r:.0e}" for r in run.flow[0][[0, 1, -1]])
    print(f"{letter:4} {run.history.loss[0]:12.3g}   {valid:>15} {fresh:>7}   {ratio:>28}    {flow:>28}")
assert [letter for letter in letters if runs[letter].history.loss[0] > 10] == ["c", "g"]
assert [letter for letter in letters if not runs[letter].flow.any()] == ["e", "i"]

# %% [markdown]
# (The columns show the first, the second and the last matrix.) The lengths of the steps deserve a picture.

# %% tags=["figure"] mystnb={"image": {"alt": "For the healthy run and runs a to j: the longest step over the weight length, first layer as a circle and last layer as a square, logarithmic axis. Healthy: both near 0.02. Run a: circle at 0.0004, square at 0.05. Run b: both near 1e-6. Runs c, g and j: far above 1. Runs e and i: zero, drawn at the bottom. The others are near the healthy run."}}
fig, ax = plt.subplots(figsize=(8.6, 4.2))
ax.axhspan(1e-5, 0.5, color="0.9")
for place, run in enumerate([well, *runs.values()]):
    longest = np.clip(run.ratio[:40].max(axis=0), 1e-8, 1e4)
    ax.plot(place - 0.12, longest[0], "o", color="black", markersize=11, label="first layer" if place == 0 else None)
    ax.plot(place + 0.12, longest[-1], "s", color="#009e73", markersize=11, label="last layer" if place == 0 else None)
ax.set(yscale="log", ylim=(4e-9, 1e7), xticks=range(11), ylabel=r"longest step, $|\Delta W|\,/\,|W|$", xlabel="run")
ax.set_xticklabels(["well", *letters], fontsize=15)
ax.set_title("Steps: too short in b, too long in c, g, j, none in e, i")
ax.legend(loc="upper left", ncols=2)
plt.show()
longest = {letter: run.ratio[:40].max() for letter, run in runs.items()}
assert [x for x in letters if longest[x] > 0.5] == ["c", "g", "j"] and [x for x in letters if longest[x] < 1e-5] == ["b", "e", "i"]

# %% [markdown]
# *Reading the figure:* the longest of the first 40 steps, in the first and the last layer. The grey band reaches from $10^{-5}$ to
# $0.5$: outside of it something is wrong, inside nothing is proved. Points at $10^{-8}$ are zeros, those at $10^4$ lie there or
# higher. In one run the two layers are a hundred times apart.
#
# ## How sharp is the start?
#
# In notebook 03 gradient descent was stable for $lr < 2/\lambda$, where $\lambda$ is the largest eigenvalue of the Hessian $H$.
# The largest eigenvalue of a network's Hessian is called its **sharpness**. $H$ has $55\,050^2$ entries here; nobody writes
# them down. But $H$ times a vector $u$ of length 1 is cheap, by central differences of the gradient $g$,
#
# $$H u \approx \frac{g(w + hu) - g(w - hu)}{2h},$$
#
# and repeating $u \leftarrow Hu/|Hu|$ turns $u$ to the eigenvector whose eigenvalue is largest in size: **power iteration**. Both are in
# `course_lib.landscapes.sharpness` (`show_source` opens them); notebook 18 will need them again.
#
# Take the simplest network first, 784-10 without hidden layers, all weights zero. All $p_k$ are then $1/10$, and one can show that its sharpness is a
# tenth of the largest eigenvalue of $\tilde X^T\tilde X/n$, where $\tilde X$ are the images with a column of ones for the bias.
# **Predict** what pixels from 0 to 255 do to it: 255 times as sharp, or $255^2$ times?

# %%
from threadpoolctl import threadpool_limits
from course_lib.networks.initializers import glorot, zeros
from course_lib.landscapes.sharpness import extremes, hvp, power_iteration

def sharp_at_start(sizes, init, scale):
    """Return the sharpness before training, on the first 300 images of the healthy run, pixels multiplied by scale."""
    net = mlp(sizes, rng=np.random.default_rng(0), activation="tanh", init=init, dtype=np.float64)
    fun, w = net.objective(scale * well.data[0][:300], well.data[1][:300]), net.theta.copy()
    with threadpool_limits(1):
        return power_iteration(lambda u: hvp(fun, w, u), w.size, rng=np.random.default_rng(1), n_steps=60, tol=1e-2)[0]

# %% [markdown]
# Beside it stands a healthy network of three layers, with tanh in place of ReLU: differences of gradients dislike kinks. (One BLAS thread is faster for
# small matrices; `train` does the same.)

# %%
ones = np.c_[well.data[0][:300].astype(float), np.ones(300)]
top = np.linalg.eigvalsh(ones.T @ ones / 300)[-1] / 10
linear, grey = sharp_at_start([784, 10], zeros, 1), sharp_at_start([784, 10], zeros, 255)
deep = sharp_at_start([784, 64, 64, 10], glorot, 1)
print(f"784-10: sharpness predicted {top:.1f}, measured {linear:.1f}; 2 / sharpness {2 / linear:.1g}")
print(f"784-10, pixels to 255: {grey / linear:.2g} times as sharp, 255^2 = {255**2:.2g}; 2 / sharpness {2 / grey:.0e}")
print(f"784-64-64-10: sharpness {deep:.1f}; 2 / sharpness {2 / deep:.1g}")
assert abs(linear / top - 1) < 0.02 and 0.85 < grey / linear / 255**2 <= 1.01 and 0.1 < 2 / deep < 3

# %% [markdown]
# Nearly $255^2$ (the column of ones is not scaled). So whoever forgets to divide by 255 would need a rate tens of thousands of times lower.
# The bound $2/\lambda$ belongs to gradient descent on a quadratic, with all data; batches and a loss that is not quadratic change it. As an order of magnitude it
# is worth having: for the network of three layers it lies above the healthy rate 0.1, below 3, and far above $10^{-5}$. Look into `run.lr` of your patients.
#
# ### Exercise 17.1 · Diagnose runs a to e
#
# Write a dict from each letter to one of `broken_runs.CAUSES`. You may examine the runs with any code you like: insert
# cells below. A wrong diagnosis gets a hint about the next test to make.

# %% tags=["exercise"]
### BEGIN SOLUTION
first_five = {"a": "saturated units", "b": "rate too low", "c": "unscaled inputs", "d": "label leak", "e": "dead units"}
### END SOLUTION

# %%
check.first_five(first_five)

# %% [markdown] tags=["solution"]
# a: the last layer learns, the layers below hardly move: their tanh is saturated. b: steps of $10^{-6}$ of the weights.
# c: the first loss is above 100 although weights and rate are those of the healthy run; the pixels go up to 255. d: 100 % on validation
# images, much less on fresh ones; an image of `run.data` shows a stamp in the margin. e: all gradients are zero, and
# `run.start.dead_units` says that all units of the second layer are off.

# %% [markdown]
# ### Exercise 17.2 · Diagnose runs f to j

# %% tags=["exercise"]
### BEGIN SOLUTION
other_five = {"f": "wrong loss", "g": "exploding signal", "h": "not shuffled", "i": "zero weights", "j": "rate too high"}
### END SOLUTION

# %%
check.other_five(other_five)

# %% [markdown] tags=["solution"]
# f: the accuracy rises well while the loss stays above 1.46 $= \ln(1 + 9/e)$, the least that a softmax of a softmax can reach.
# g: the first loss is in the hundreds with healthy inputs; the signal grows threefold from layer to layer. h: the
# loss of a batch is tiny, then jumps; a batch holds one digit, or two. i: the hidden gradients are zero because all weights are. j: a
# healthy first loss, and steps longer than the weights.

# %% [markdown]
# *From here on the causes are named. Try the two exercises first.*
#
# ## The checklist: cheapest test first
#
# Most of these faults can be found **before** training. A fault makes symptoms further down, as too large inputs make a
# too large first loss, so the order matters: data, then loss, then network, then steps. Three of the tests you met in notebook 13; write two of them here.
#
# ### Exercise 17.3 · Twenty examples by heart
#
# Train on the first twenty examples with `n_steps` steps of `optimizers.adam`, all twenty in one batch. Return the
# loss after, divided by the loss before. The network must come back with the weights it had.

# %% tags=["exercise"]
def loss_left(net, X, y, *, n_steps=200, lr=0.01):
    """Return the share of the loss on twenty examples that n_steps of Adam leave; net.theta stays."""
    ### BEGIN SOLUTION
    start, X, y, state = net.theta.copy(), X[:20], y[:20], {}
    before = net.loss(X, y)
    for _ in range(n_steps):
        _, g = net.loss_and_grad(X, y)
        net.theta, state = optimizers.adam(net.theta, g, state, lr=lr)
    left = net.loss(X, y) / before
    net.theta = start
    return left
    ### END SOLUTION

# %%
check.loss_left(loss_left)

# %% [markdown]
# ### Exercise 17.4 · The length of a step
#
# Given a network's weight matrices before and after a step, return for each layer the length of the change over the
# length before, where the length of a matrix is the root of the sum of its squared entries. Assume that no matrix is zero before.

# %% tags=["exercise"]
def update_ratios(before, after):
    """Return |after - before| / |before| for each pair of matrices in two lists."""
    ### BEGIN SOLUTION
    return [np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in zip(before, after, strict=True)]
    ### END SOLUTION

# %%
check.update_ratios(update_ratios)

# %% [markdown]
# `diagnosis.sanity_check` makes fourteen such tests with any network of this course, leaves the network as it is, and prints what is
# suspicious. A healthy network must be flagged for nothing, or nobody will read the warnings. **Predict:** what does it say to the
# healthy run, and to run c, whose fault is in the data: one finding, or several? And for how many of the ten does the *first* finding name the true cause?

# %% tags=["nbval-ignore-output"]
def examine(run, **more):
    return diagnosis.sanity_check(run.start, run.data, valid=run.valid, step="sgd", lr=run.lr, rng=np.random.default_rng(0), **more)

print("healthy:")
assert examine(well) == {}
print("run c:")
examine(runs["c"])
print("all, by name:")
found = {letter: examine(runs[letter], quiet=True) for letter in letters}
for letter in letters:
    print(f"{letter}: {', '.join(found[letter])}")
first = {letter: next(iter(names)) for letter, names in found.items()}
assert "".join(first[x][0] for x in letters) == "srildpsoar" and first["a"] == "saturated"

# %% [markdown]
# One fault, several symptoms: that is why the first finding is the one to look into first.
# (`signal`: it grows or dies from layer to layer; `order`: neighbours in the file have the same label; `alike`: all
# units of a layer have the same weights; `perfect`: the loss of a perfect answer, which should be 0; `ratio`: a step over the weights.)
#
# The first finding names the cause ten times of ten, but these are the ten that the list was made for. It knows nothing of a mislabelled class, a bug in
# augmentation, or validation data from another year. **No finding is not a proof of health.** And a finding is no proof of illness:
# sorted data are fine if the loop shuffles.
#
# ## Symptom, cause, test, cure
#
# | run | symptom | cause | test that tells it from others | cure |
# |---|---|---|---|---|
# | a | learns slowly; only the last layer moves | saturated tanh: slopes near 0 | share of slopes below 5 % | smaller weights (Glorot) |
# | b | flat; gradients as in a healthy run | rate too low | $\lvert\Delta W\rvert/\lvert W\rvert$ below $10^{-5}$ | higher rate |
# | c | first loss above 100, then flat at 2.3 | inputs 0 … 255 | root mean square of the inputs | divide by 255 |
# | d | validation too good to be true | the label is in the data | accuracy on fresh images; variance between classes | take it out |
# | e | flat; hidden gradients exactly 0, weights not | dead ReLU | share of units with slope 0 for all data | bias 0 |
# | f | accuracy rises, loss stays above 1.46 | softmax twice | loss of a perfect answer | give the loss the logits |
# | g | first loss in the hundreds, then NaN | weights too large in a deep network | growth of the signal per layer | He's weights |
# | h | batch losses near 0, then jumps; validation bad | examples sorted, not shuffled | labels of neighbours in the file | shuffle |
# | i | flat; hidden gradients exactly 0, weights too | all weights start at zero | are the units of a layer alike? | random weights |
# | j | first loss healthy, then up, then flat at 2.3 | rate too high | $\lvert\Delta W\rvert/\lvert W\rvert$ above 0.5 | lower rate |
#
# A cure that was not tried is a guess. `cured(letter)` repeats a run with its cause removed and nothing else changed,
# the same images, and the same seed. **Predict:** which cure brings least in accuracy, though it is among the most important?

# %% tags=["nbval-ignore-output"]
cured = {letter: broken_runs.cured(letter, splits) for letter in letters}
for letter in letters:
    before, after = runs[letter], cured[letter]
    was = "diverged" if math.isnan(before.accuracy) else f"{before.accuracy:8.0%}"
    print(f"{letter}: accuracy on fresh images: before {was}, cured {after.accuracy:.0%}")
promise = {name: run.history.valid_accuracy[-1] for name, run in (("before", runs["d"]), ("cured", cured["d"]))}
print(f"d promised {promise['before']:.0%} before, {promise['cured']:.0%} cured")
assert all(not runs[x].accuracy >= cured[x].accuracy for x in letters) and promise["before"] > 0.99
assert min(cured[x].accuracy for x in letters) > (0.8 if real else 0.5) and promise["before"] - runs["d"].accuracy > 0.05

# %% [markdown]
# Run d gains a few points only. But before the cure it *promised* a perfect score, and somebody would have relied on it: the
# accuracy was not low, it was false. Such faults make good curves, which is why nobody looks for them.
#
# Was the cause of f really the loss? Theory says more than "it will be better": the softmax's outputs lie between 0 and 1, so the second softmax
# of the best answer, $(1, 0, \dots, 0)$, gives $p = e/(e+9)$. **Predict** the least loss, and whether run f came below it.

# %%
least = math.log(1 + 9 / math.e)
said = runs["f"].net.loss_function(100 * np.eye(10), np.arange(10))[0]
print(f"least loss: predicted ln(1 + 9/e) = {least:.3f}, loss of a perfect answer {said:.3f}")
print(f"any batch of run f below it: {bool((runs['f'].history.loss < least).any())}; of its cure: {bool((cured['f'].history.loss < least).any())}")
assert math.isclose(said, least, rel_tol=1e-6) and runs["f"].history.loss.min() > least > cured["f"].history.loss.min()

# %% [markdown]
# ## It stands still: is that a critical point?
#
# "It is stuck in a local minimum" is the usual diagnosis of a flat curve, and it is rarely tested. Here is a run that really stands
# still. The images are shrunk to 7 × 7 pixels, 500 of them; one hidden layer of 16 tanh units; double precision; gradient
# descent on *all* examples, so that nothing fluctuates, with $lr = 0.5$. All weights start very small: normal numbers of standard
# deviation $s = 10^{-6}$. At $W_1 = W_2 = 0$ there is a critical point, once the output biases have learnt how frequent the classes are. What kind of point is it?
#
# Near zero $\tanh z \approx z$. Let a hidden unit have the incoming weights $a$ and the outgoing weights $c$. To second order it changes the loss by
#
# $$-a^T C\, c, \qquad C = \frac1n\sum_{i} x_i\,(e_{y_i} - f)^T \quad (49 \times 10),$$
#
# with $e_y$ the unit vector of the label and $f$ the frequencies of the classes. Let $\sigma$ be the largest singular value of $C$. Such a form has the
# eigenvalues $+\sigma$ and $-\sigma$, the latter along $(a, c) = (u, v)/\sqrt2$ with the singular vectors $u$, $v$. **So it is a saddle**, $\lambda = -\sigma$, once for each hidden unit.
# **Predict** both ends of the Hessian's spectrum.

# %%
def shrink(X):
    return X.reshape(-1, 7, 4, 7, 4).mean(axis=(2, 4)).reshape(-1, 49).astype(float)

def tiny(rng, shape, dtype):
    return (1e-6 * rng.standard_normal(shape)).astype(dtype)

X, y = shrink(splits.X_train[:500]), splits.y_train[:500]
net = mlp([49, 16, 10], rng=np.random.default_rng(0), activation="tanh", init=tiny, dtype=np.float64)
start, fun = net.theta.copy(), net.objective(X, y)

# %% [markdown]
# Here are both, the number from $C$ and the one from power iteration. (`extremes` finds both ends of the spectrum: it adds a number to
# all eigenvalues, or subtracts it, so that the wanted end becomes the largest in size.)

# %%
f = np.bincount(y, minlength=10) / 500
C = X.T @ (np.eye(10)[y] - f) / 500
sigma = np.linalg.svd(C, compute_uv=False)[0]
saddle = np.r_[np.zeros(start.size - 10), np.log(f)]
(low, high), _ = extremes(fun, saddle, rng=np.random.default_rng(1), tol=1e-3)
print(f"gradient there below 1e-12: {np.linalg.norm(fun(saddle)[1]) < 1e-12}")
print(f"smallest eigenvalue: predicted {-sigma:.3f}, measured {low:.3f}; largest: at least {sigma:.3f}, measured {high:.3f}")
assert abs(low / sigma + 1) < 0.01 and high > 0.99 * sigma

# %% [markdown]
# (The largest may be larger than $\sigma$, because the output biases have curvatures of their own.)
#
# Now the time. Each unit's coordinate along the way down starts as a normal number of standard deviation $s$; sixteen of them have
# the length $\varepsilon \approx 4s$. As in notebook 02 gradient descent multiplies it by $1 + lr\,\sigma$ in every step. At distance $r$ the loss has
# fallen by $\tfrac12\sigma r^2$. We call the run escaped when the loss is 0.01 below the plateau, so at $r = \sqrt{0.02/\sigma}$:
#
# $$t = \frac{\ln(r/\varepsilon)}{\ln(1 + lr\,\sigma)} .$$
#
# The plateau is the loss of knowing only the frequencies, $-\sum_k f_k \ln f_k$. **Predict** the escape step, then the one for
# a start a thousand times farther away, $s = 10^{-3}$.

# %%
def descend(s, lr=0.5, n_steps=1500):
    """Return the run of full-batch gradient descent from weights of size s."""
    return descent.minimize(fun, start * s / 1e-6, "sgd", lr=lr, n_steps=n_steps)

def forecast(s, lr=0.5):
    return math.log(math.sqrt(0.02 / sigma) / (4 * s)) / math.log(1 + lr * sigma)

plateau = -np.sum(f * np.log(f))
run, near, slow = descend(1e-6), descend(1e-3, n_steps=400), descend(1e-6, lr=0.05, n_steps=3000)
for name, tried, t in (("s = 1e-6", run, forecast(1e-6)), ("s = 1e-3", near, forecast(1e-3)), ("s = 1e-6, lr / 10", slow, forecast(1e-6, 0.05))):
    left = np.argmax(tried.loss < plateau - 0.01)
    print(f"{name}: escape predicted at step {t:.0f}, measured {left}")
    assert 0.8 < left / t < 1.25

# %% [markdown]
# The two starts are late by nearly the same number of steps, as if $\varepsilon$ were a little smaller than $4s$: the sixteen numbers are one draw, and until
# the output biases have learnt the frequencies, $C$ is not yet what the formula takes it for. A start a thousand times farther away saves a hundred
# steps, as the logarithm says. And a rate ten times lower makes this plateau ten times *longer*: here lowering the rate is no cure.
#
# ## Near a critical point, or just slow?
#
# A small gradient alone proves nothing, because "small" has a unit, loss per weight. Compare it with the curvature. If $w^*$ is critical and no
# curvature between $w$ and $w^*$ exceeds $L$ in size, then
#
# $$|g(w)| = |g(w) - g(w^*)| \le L\,|w - w^*| \qquad\Longrightarrow\qquad |w - w^*| \ge \frac{|g|}{L} .$$
#
# So $|g|/L$ is a length: **no critical point is closer than that** (as far as $L$ may be taken from $w$ itself, as the largest
# eigenvalue in size there). During our plateau the true distance is known. **Predict:** is it above $|g|/L$ at all times?

# %%
left = int(np.argmax(run.loss < plateau - 0.01))
moments = [0, left // 2, left, left + 100, 1500]
table = []
for t in moments:
    with threadpool_limits(1):
        (low, high), _ = extremes(fun, run.w[t], rng=np.random.default_rng(1), tol=2e-3)
    L, shift = max(-low, high), np.r_[np.zeros(start.size - 10), np.full(10, np.log(f).mean())]
    distance = np.linalg.norm(run.w[t] - saddle + shift)  # adding one number to all ten logits changes nothing
    table.append([run.loss[t], run.grad_norm[t], low, high, run.grad_norm[t] / L, distance])
    print("step {}: loss {:.2f}, |g| {:.1e}, eigenvalues {:+.2f} to {:.2f}, |g|/L {:.4f}, true distance {:.4f}".format(t, *table[-1]))
assert all(row[4] < row[5] for row in table) and table[1][4] < 0.02 and abs(table[1][2] / sigma + 1) < 0.02

# %% [markdown]
# In the middle of the plateau a critical point *may* be within a hundredth, and it is; its smallest eigenvalue is that of the saddle. At the start
# the run was still far away, for the biases had to move first. At the end the loss is low, $|g|/L$ is small again and there is hardly any negative
# curvature left: this time it approaches something like a minimum.
#
# The contrast: two runs whose curves are as flat, and that are at no critical point. *Rate too low*: the same network with Glorot's
# weights, $lr = 10^{-4}$. *Noise*: a network without a hidden layer, whose loss is convex and so has no saddles, on labels of which 30 % are drawn at
# random, by SGD with batches of 5 and $lr = 3$ (notebook 05: a floor set by the noise). **Predict** for both: is $|g|/L$ small? What happens at a
# rate ten times higher, and at one ten times lower?

# %%
noisy = np.where(np.random.default_rng(2).random(500) < 0.3, np.random.default_rng(3).integers(0, 10, 500), y)
def flat_run(kind, factor=1.0):
    """Return the mean losses of 20 epochs, the network and its loss function; after 15 epochs the rate is multiplied by factor."""
    sizes, labels, lr, batch_size = ([49, 16, 10], y, 1e-4, 500) if kind == "rate too low" else ([49, 10], noisy, 3.0, 5)
    rng = np.random.default_rng(4)
    net = mlp(sizes, rng=rng, activation="tanh", init=glorot, dtype=np.float64)
    change = 15 * math.ceil(500 / batch_size)
    history = train(net, (X, labels), "sgd", lr=lambda t: lr * (factor if t > change else 1), epochs=20, batch_size=batch_size,
                    rng=rng, progress=False)
    return history, net, net.objective(X, labels)

flats = {(kind, factor): flat_run(kind, factor) for kind in ("rate too low", "noise") for factor in (0.1, 1.0, 10.0)}

# %% [markdown]
# For both, the full gradient (not that of a batch) and both ends of the spectrum at the end of the unchanged run:

# %%
lengths = {}
for kind in ("rate too low", "noise"):
    _, net_flat, objective = flats[kind, 1.0]
    at = net_flat.theta.copy()
    g = np.linalg.norm(objective(at)[1])
    (low, high), _ = extremes(objective, at, rng=np.random.default_rng(1), tol=2e-3)
    lengths[kind] = g / max(-low, high)
    print(f"{kind:12}: |g| {g:.2f}, eigenvalues {low:+.2f} to {high:.2f}: |g|/L {lengths[kind]:.2f}; plateau of the saddle {table[1][4]:.4f}")
print("more than 20 times as far as in the plateau: " + ", ".join(f"{kind} {d > 20 * table[1][4]}" for kind, d in lengths.items()))
assert min(lengths.values()) > 20 * table[1][4]

# %% [markdown]
# Neither is near a critical point. So something else holds them, and changing the rate shows what.

# %% tags=["figure"] mystnb={"image": {"alt": "Three panels of loss. Left, the saddle: flat at 2.29 until step 180, then falling to 0.1; at a tenth of the rate flat throughout. Middle, rate too low: flat at 2.4 whatever the rate. Right, noise floor: flat near 1.7 until epoch 15, then with a tenth of the rate a drop to 1.2."}}
fig, axes = plt.subplots(1, 3, figsize=(11.5, 4.2))
axes[0].plot(run.loss[:500], color="black", label="$lr$ = 0.5")
axes[0].plot(slow.loss[:500], color="#009e73", linestyle="--", label="$lr$ / 10 throughout")
axes[0].axvline(forecast(1e-6), color="0.6", linestyle=":", label="predicted escape")
for ax, kind, factor, name in ((axes[1], "rate too low", 10.0, "10 $lr$"), (axes[2], "noise", 0.1, "$lr$ / 10")):
    epochs = np.arange(1, 21)
    ax.plot(epochs, flats[kind, 1.0][0].train_loss, color="black", label=f"$lr$ = {flats[kind, 1.0][0].lr[0]:g}")
    ax.plot(epochs, flats[kind, factor][0].train_loss, color="#009e73", linestyle="--", label=f"{name} after 15 epochs")
    ax.set_xlabel("epoch")
for ax, title in zip(axes, ("Saddle: it leaves by itself", "Rate too low: just slow", "Noise: lower the rate"), strict=True):
    ax.set(title=title, ylim=(0, 3.6), ylabel="training loss")
    ax.legend(loc="upper right", fontsize=11)
axes[0].set_xlabel("step $t$")
plt.show()

# %% [markdown]
# *Reading the figure:* three flat curves, three reasons. Left, the run sits near a saddle and leaves at the predicted step (dotted); a lower rate only
# prolongs it. Middle, nothing is wrong with the place: the run has not moved; even ten times the rate is not enough to see. Right, the run moves a lot and goes nowhere
# on average; a lower rate brings the loss down at once. The numbers:

# %% tags=["nbval-ignore-output"]
fall = {}
for (kind, factor), (history, _, _) in flats.items():
    fall[kind, factor] = history.train_loss[-1] - history.train_loss[10:15].mean()
    print(f"{kind:12}, rate x {factor:<4g} after epoch 15: loss of the last epoch {fall[kind, factor]:+.2g} against epochs 11 to 15")
ratio = fall["rate too low", 10.0] / fall["rate too low", 1.0]
steps = (3 + 4 * 10) / (3 + 4)  # an epoch is one step here; from epoch 13, the middle, to the last loss there are seven
print(f"rate too low: ten times the rate falls predicted {steps:.1f} times as far, measured {ratio:.1f}")
assert fall["noise", 0.1] < -0.2 and fall["noise", 10.0] > 1 and abs(fall["noise", 1.0]) < 0.2 and abs(ratio / steps - 1) < 0.3

# %% [markdown]
# ### Exercise 17.5 · Is it a critical point?
#
# Put the argument into a function. Given the length of the full gradient and the smallest and largest eigenvalue of the
# Hessian, say `"not critical"` if no critical point can be within `radius`, judged by $|g| > L \cdot$ `radius` with $L$ the larger of the
# two eigenvalues in size; else `"saddle"` if `low` is below $-tol\cdot L$; else `"minimum or flat"`.

# %% tags=["exercise"]
def kind_of_plateau(grad_norm, low, high, *, radius, tol=0.01):
    """Return 'not critical', 'saddle' or 'minimum or flat'."""
    ### BEGIN SOLUTION
    L = max(abs(low), abs(high))
    if grad_norm > L * radius:
        return "not critical"
    return "saddle" if low < -tol * L else "minimum or flat"
    ### END SOLUTION

# %%
check.kind_of_plateau(kind_of_plateau)

# %% [markdown]
# The first answer is a proof, as far as $L$ is right on the way. The other two are not: with a small $|g|/L$ a critical point
# *may* be near. Along a direction with nearly no curvature a tiny gradient can go on for ever, towards no critical point at all.
#
# ## Summary
#
# - Look in the order in which a run happens: data, loss, network, steps. One fault makes many symptoms; the first is the one to look into.
# - Five of ten broken runs ended at $\ln 10$, for five different reasons. A curve is a symptom, not a diagnosis.
# - The first loss, twenty examples, the loss of a perfect answer and $|\Delta W|/|W|$ are cheap, and can be predicted.
# - A checklist that found ten of ten known faults can still be blind for the eleventh. No finding is not a proof of health.
# - The worst fault had the best curve: a leak promises what it cannot keep.
# - A cure is tested by changing one thing and measuring again.
# - A plateau near a saddle has a small $|g|/L$, negative curvature, and an end that can be predicted. A rate too low and the noise of batches make
#   curves as flat, far from any critical point; a changed rate tells them apart.
#
# ## Questions to ask oneself
#
# **1.** A run has a first loss of 2.31, and 2.30 after an epoch. Which three causes of this notebook remain, and which single measurement separates them?
#
# <details>
# <summary>Answer</summary>
#
# Dead units, zero weights, a rate too low (a saddle plateau comes close to zero weights). The gradient of the first layer: exactly 0 with dead
# units or zero weights, healthy with a rate too low. The weights themselves tell the first two apart.
#
# </details>
#
# **2.** Twenty examples cannot be learnt by heart: the loss stays at 1.46, but all twenty are classified correctly. What do you look at?
#
# <details>
# <summary>Answer</summary>
#
# At the loss function: a perfect answer has the loss $\ln(1 + 9/e) = 1.46$, if the softmax was applied twice. Data, weights and rate cannot
# set a floor under the loss while all answers are right.
#
# </details>
#
# **3.** Somebody normalises the inputs and the run heals. Does that prove that the inputs were the cause?
#
# <details>
# <summary>Answer</summary>
#
# It proves that this change is enough. A lower rate might have been enough too: with large inputs the stable rate is lower, as
# run c's sharpness shows. Which of the two to call the cause depends on what else one wants from the rate.
#
# </details>
#
# **4.** A deep network's loss is flat, the gradient's length is $10^{-7}$, all eigenvalues of the Hessian are between $-10^{-8}$ and $10^{-8}$. Is it at a critical point?
#
# <details>
# <summary>Answer</summary>
#
# Not near one: $|g|/L = 10$, so none is within a distance of 10 unless the curvature grows on the way. All is just
# scaled down, as behind saturated units.
#
# </details>
#
# ## Go deeper
#
# - A. Karpathy, *A recipe for training neural networks* (2019), on the author's blog: an order of tests, from looking at the data to the first loss and a single batch learnt by heart.
# - X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS (2010), PMLR 9: saturation, measured layer by layer.
# - K. He and others, *Delving deep into rectifiers* (2015), arXiv 1502.01852: why a factor of 3 in a layer is a factor of $3^L$ in a network.
# - S. Kaufman, S. Rosset, C. Perlich, O. Stitelman, *Leakage in data mining*, ACM TKDD 6:15 (2012), doi 10.1145/2382577.2382579.
# - B. Pearlmutter, *Fast exact multiplication by the Hessian*, Neural Computation 6 (1994), doi 10.1162/neco.1994.6.1.147.
# - A. Saxe, J. McClelland, S. Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear neural networks* (2014), arXiv 1312.6120: plateaus near saddles, and how long they last.
# - J. Cohen and others, *Gradient descent on neural networks typically occurs at the edge of stability* (2021), arXiv 2103.00065.
#
# **Next:** this is the last notebook so far. Notebook 18 is planned: it will follow the sharpness, which you have just measured, along a whole run of
# gradient descent, and ask why it comes to rest at $2/lr$.
