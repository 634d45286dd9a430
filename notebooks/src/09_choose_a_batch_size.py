# %% [markdown]
# # 09 · Choose a batch size
#
# *How big should a batch be?*
#
# A larger batch makes each step better and dearer. Up to some size it saves steps in proportion; beyond it, examples are wasted. This notebook measures where that **critical batch size** lies,
# shows how to estimate it from a few gradients, and what has to happen to the learning rate on the way there.
#
# **You will do:** write the estimator of the **gradient noise scale**, carry a learning rate from one batch size to another, and build **gradient accumulation**.
#
# **You will learn:** how a batch size spends steps, examples, time and memory; which scaling rule holds for which optimizer, and where it breaks.
#
# **You need:** the variance of a batch gradient and the noise floor, from [08: Sample mini-batches](08_sample_minibatches.ipynb).
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## How many steps does a batch size need?
#
# The task: train a network 784-32-10 by SGD on 55 000 MNIST images until the validation loss is 0.2. For each batch size $B$ from 16 to 4 096, a ladder of learning rates was climbed with six
# seeds. Then sixteen *fresh* seeds were counted, since the winner of a tuning has also been lucky. That takes ten minutes, so `experiments/batch_size.py` has done it, and the cell reads what it saved.
#
# If a batch of $4B$ did the work of four steps, the number of steps would fall by four each time. That is **perfect scaling**. The noise cannot fall below zero, so it must end.
#
# **Predict** which share of the steps of 256 is left with 4 096: a sixteenth, a quarter, or more than a half?

# %%
from course_lib.data import load_results

saved = load_results("batch_size")
B = np.array([row["batch_size"] for row in saved["rows"]])
steps = np.array([row["steps"] for row in saved["rows"]])
for row, size, median in zip(saved["rows"], B, np.median(steps, axis=1), strict=True):
    print(f"B {size:4}: lr {row['lr']:.2f}, median steps {median:4.0f}, "
          f"examples {size * median / 1000:3.0f} thousand")

# %% [markdown]
# Theory suggests a curve for this (McCandlish and others 2018): $\text{steps} = s_{\min}\,(1 + B_{\text{crit}}/B)$. Far below $B_{\text{crit}}$ it is perfect scaling, far above it a constant. At the
# knee, $B = B_{\text{crit}}$, one takes twice the smallest possible number of steps and uses twice the smallest possible number of examples. Each seed gives a curve of its own, so the knee gets
# an interval.

# %% tags=["figure"] mystnb={"image": {"alt": "Steps to a validation loss of 0.2 against batch size from 16 to 4096, both axes logarithmic, with sixteen dots for each size. They first follow a straight dashed line of perfect scaling, bend near a grey vertical band around 91, and are nearly level from 1024 on. A broad grey fitted curve passes through all of them."}}
from course_lib.experiments.comparison import t_interval
from course_lib.training.critical_batch import fit

s_min, b_crit = fit(B, np.exp(np.log(steps).mean(axis=1)))
knees = [fit(B, column)[1] for column in steps.T]
_, low, high = np.exp(t_interval(np.log(knees)))
fine = np.geomspace(12, 5000, 200)
fig, ax = plt.subplots()
ax.loglog(fine, s_min * b_crit / fine, "--", color="0.6", label="perfect scaling")
ax.loglog(fine, s_min * (1 + b_crit / fine), color="0.7", linewidth=4, label="fitted")
ax.loglog(B, steps, "o", color="black", alpha=0.35, markersize=5)
ax.axvspan(low, high, color="0.85", label="95 % interval of the knee")
ax.set(xlabel="batch size $B$", ylabel="steps to loss 0.2", ylim=(80, 3000))
ax.legend()
plt.show()
print(f"steps = {s_min:.0f} (1 + {b_crit:.0f}/B), knee {low:.0f} to {high:.0f}")

# %% [markdown]
# *Reading the figure:* larger batches shorten training, up to a point. The knee lies near 91. From 256 to 4 096, for sixteen times the work in each step, the number of steps falls by less than a third.
#
# Each rate was the lowest one within 5 % of the best of its ladder: the optimum is flat, and above it, with large batches, some runs never arrive. Does the saved result come out again? The cell repeats one seed of two batch sizes.

# %% tags=["nbval-ignore-output"]
from course_lib.data import load_mnist, split
from course_lib.networks import mlp
from course_lib.training import batch_noise, steps_to_target, train

data = split(load_mnist())
pair = (data.X_train, data.y_train)
valid = (data.X_valid, data.y_valid)
for row in (saved["rows"][1], saved["rows"][3]):
    rng = np.random.default_rng(200)
    net = mlp([784, 32, 10], rng=rng)
    again = steps_to_target(net, pair, valid, lr=row["lr"], target=0.2, max_steps=3000,
                            batch_size=row["batch_size"], rng=rng)
    print(f"B {row['batch_size']}: {again:.0f} steps, in the file {row['steps'][0]}")

# %% tags=["guard"]
assert 80 < low < b_crit < high < 105
assert np.median(steps[-1]) / np.median(steps[B == 256]) > 2 / 3

# %% [markdown]
# (Another processor may round otherwise and end a few steps earlier or later.)
#
# ## Can the knee be predicted? The gradient noise scale
#
# A step against $g_B$ gains from the gradient $G$ and loses by the noise. To second order, the best gain of one step is proportional to $1/(1 + B_{\text{noise}}/B)$: the formula that we fitted. If all
# directions had the same curvature, $B_{\text{noise}}$ would be the **gradient noise scale**, the batch size at which noise and signal are equally long:
#
# $$B_{\text{simple}} = \frac{\mathrm{tr}\,\Sigma}{|G|^2} = \frac{\sigma^2}{|G|^2} .$$
#
# <details>
# <summary>Why this is true</summary>
#
# Let $H$ be the Hessian. The expected gain of one step is
#
# $$\mathrm{lr}\,|G|^2 - \tfrac12 \mathrm{lr}^2\Big(G^\top H G + \frac{\mathrm{tr}(H\Sigma)}{B}\Big) .$$
#
# The best rate makes it $\dfrac{|G|^4}{2\,G^\top HG}\cdot\dfrac{1}{1 + B_{\text{noise}}/B}$ with $B_{\text{noise}} = \dfrac{\mathrm{tr}(H\Sigma)}{G^\top HG}$. Steps that gain less by a factor must be more by the same factor.
# If $H$ is a multiple of the identity, it cancels.
#
# </details>
#
# How can one measure it? Not by $|g_B|^2$ alone: that holds noise of its own, $E\,|g_B|^2 = |G|^2 + \mathrm{tr}\,\Sigma/B$. But two batch sizes, $b$ and $B$, give two such equations, and only two numbers are unknown.
#
# ### Exercise 09.1 · The noise scale
#
# The rows of `g_small` and `g_big` are gradients of batches of `b_small` and `b_big` examples. Take the mean of the squared lengths over all pairs, solve the two equations for $|G|^2$ and $\mathrm{tr}\,\Sigma$, and return the
# estimate of $B_{\text{simple}}$.

# %% tags=["exercise"]
def noise_scale(g_small, g_big, b_small, b_big):
    """Return the gradient noise scale from gradients (pairs, n), a number."""
    ### BEGIN SOLUTION
    small = (g_small**2).sum(axis=1).mean()
    big = (g_big**2).sum(axis=1).mean()
    signal = (b_big * big - b_small * small) / (b_big - b_small)
    noise = (small - big) / (1 / b_small - 1 / b_big)
    return noise / signal
    ### END SOLUTION

# %%
check.noise_scale(noise_scale)

# %% [markdown] tags=["solution"]
# Subtract the two equations, and $|G|^2$ disappears: $\mathrm{tr}\,\Sigma \approx (|g_b|^2 - |g_B|^2)/(1/b - 1/B)$. Multiply each by its batch size and subtract, and $\mathrm{tr}\,\Sigma$ disappears:
# $|G|^2 \approx (B\,|g_B|^2 - b\,|g_b|^2)/(B - b)$. Both are unbiased. Their ratio is not, and the second may be negative for a single pair: average first, divide last.

# %% [markdown]
# **Predict:** during training $|G|$ shrinks, and the disagreement between the examples shrinks less. What does the noise scale do? And is its mean before the loss reaches 0.2 near the knee, 91? `follow` returns the exact and the estimated noise scale at the moments of one run. For this small
# network both parts can also be had exactly, in one pass (`show_source(batch_noise.exact_parts)`). The cell looks at three runs with batches of 64 on 20 000 images, and estimates from 40 pairs of batches of 64 and
# 1 024.

# %% tags=["nbval-ignore-output"]
moments = [0, 50, 100, 200, 400, 1600]
some = (data.X_train[:20_000], data.y_train[:20_000])

def follow(seed):
    rng = np.random.default_rng(seed)
    net = mlp([784, 32, 10], rng=rng)
    table = []
    for t in range(moments[-1] + 1):
        if t in moments:
            signal, noise = batch_noise.exact_parts(net, *some)
            guess = batch_noise.estimated_scale(net, *some, rng=rng)
            table.append((noise / signal, guess))
        rows = rng.integers(len(some[0]), size=64)
        net.theta -= 0.35 * net.loss_and_grad(some[0][rows], some[1][rows])[1]
    return table

scales = np.array([follow(seed) for seed in range(3)])

# %% [markdown]
# Now the mean over the first 400 steps, in which a run with batches of 64 reaches the target. It weighs each step by its worth, $1/(1 + B_{\text{simple}}/64)$ of a noiseless one.

# %% tags=["nbval-ignore-output"]
exact = scales[:, :5, 0].mean(axis=0)
worth = 1 / (1 + exact / 64)
way = np.trapezoid(exact * worth, moments[:5]) / np.trapezoid(worth, moments[:5])
print(f"exact scale, weighted mean: {way:.0f}; knee {b_crit:.0f}")

# %% tags=["guard"]
assert data.name != "mnist" or len(data.X_train) == 55_000
assert data.name != "mnist" or 1 / 3 < way / b_crit < 3
assert data.name != "mnist" or (scales[:, -1, 0] > 2 * scales[:, 0, 0]).all()

# %% [markdown]
# Now the whole course of the three runs.

# %% tags=["figure"] mystnb={"image": {"alt": "Gradient noise scale against training step on logarithmic axes, for three runs. Thin lines of exact values start a little below a grey horizontal band, rise unevenly, and end about ten times higher; crosses of the two-batch estimates lie on or near them. The band is the interval of the knee."}}
fig, ax = plt.subplots()
ax.axhspan(low, high, color="0.85", label="knee")
for run in scales:
    ax.loglog(np.add(moments, 1), run[:, 0], color="0.5", linewidth=1)
    ax.loglog(np.add(moments, 1), run[:, 1], "X", color="black", markersize=6)
ax.set(xlabel="step + 1", ylabel="gradient noise scale")
ax.legend(["knee", "exact", "estimated"])
plt.show()

# %% [markdown]
# *Reading the figure:* at first the noise scale falls or stays level; then it grows about tenfold. The estimates lie near the exact values. The knee was measured over the whole way to a loss of 0.2, and lies between the
# early and the late values.
#
# The weighted mean agrees with the knee within a factor of three. An order of magnitude for the price of a few gradients is what one gets: $B_{\text{simple}}$ leaves out the curvature, and changes on the way. But it does tell that **a batch that is too large at the beginning may be right at the end.**
#
# ## One rate does not fit all batch sizes
#
# What has to happen to the rate when the batch is $k$ times as large? In notebook 08 the noise floor of SGD depended on $\mathrm{lr}/B$ only. Seen otherwise, $k$ small steps with gradients that hardly change add up
# to one step of $k$ times the rate. Both say: **multiply the rate by $k$**, the **linear scaling rule** (Krizhevsky 2014; Goyal and others 2017). With a fixed $\beta$ the same holds for momentum.
#
# Adam divides by the root of the mean squared gradient. Where noise dominates, that root falls like $1/\sqrt k$. So the step already grows by $\sqrt k$ of itself, and **the rate gets the other $\sqrt k$**, the **square-root
# scaling rule** (Malladi and others 2022, who also change $\beta_1$, $\beta_2$ and $\varepsilon$).
#
# ### Exercise 09.2 · Carry the rate over
#
# A learning rate `lr` was tuned for batches of `old`. Return the first guess for batches of `new` (larger or smaller) for `rule`, one of `"sgd"`, `"momentum"` and `"adam"`.

# %% tags=["exercise"]
def scaled_rate(rule, lr, *, old, new):
    """Return the learning rate for the new batch size."""
    ### BEGIN SOLUTION
    return lr * (new / old) ** (0.5 if rule == "adam" else 1)
    ### END SOLUTION

# %%
check.scaled_rate(scaled_rate)

# %% [markdown]
# How far do the rules carry? If a rule is right, the final losses of all batch sizes lie on *one* curve, once the rate is divided by the rule's factor. The cell trains on 5 120 images, six epochs
# each, for three batch sizes and many rates.
#
# **Predict:** the argument needs gradients that hardly change over $k$ small steps. Will the curves agree at low rates or at high ones, and what happens at the other end?

# %%
few = (data.X_train[:5120], data.y_train[:5120])

def final_loss(rule, lr, size):
    rng = np.random.default_rng(0)
    net = mlp([784, 32, 10], rng=rng)
    train(net, few, rule, lr=lr, epochs=6, batch_size=size, rng=rng, progress=False)
    return net.loss(*valid)

base = {"sgd": 2.0 ** np.arange(-6, 2), "adam": 2.0 ** np.arange(-12, -4)}
curves = {(rule, size): [final_loss(rule, lr * (size / 64) ** power, size)
                         for lr in base[rule]]
          for rule, power in (("sgd", 1), ("adam", 0.5)) for size in (64, 256, 1024)}

# %% [markdown]
# The rate on the axis below is that of a batch of 64.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of final validation loss against the rate divided by the rule's factor, log axes, for batches of 64, 256 and 1024. Left, SGD: the three curves lie on each other at low rates; that of 1024 turns up first, then that of 256, then that of 64. Right, Adam: the three curves have their lowest points at nearly the same place, and spread at low rates."}}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True)
for ax, rule, by in zip(axes, ("sgd", "adam"), ("k", r"\sqrt{k}"), strict=True):
    for size, style in ((64, "-"), (256, "--"), (1024, ":")):
        line = look(rule, linestyle=style, marker=None, label=f"$B$ {size}")
        ax.loglog(base[rule], curves[rule, size], **line)
    ax.set(xlabel=f"{rule}: lr / ${by}$", ylabel="validation loss", ylim=(0.15, 3))
    ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* left, SGD's three curves are one curve at low rates. Each batch size leaves it where its own rate, $k$ times as large, comes near 1: all three have the same edge of stability. Right, Adam's curves differ at
# low rates, where the larger batches have made too few steps, but their lowest points lie at nearly the same place. These are single runs; the ledger has twenty of each for SGD:

# %%
from course_lib.experiments import show_evidence

show_evidence("four_times_a_low_rate_keeps_the_loss")
show_evidence("four_times_the_best_rate_keeps_the_loss")
show_evidence("warm_up_ends_lower")

# %% [markdown]
# So linear scaling from a low rate is a *tie*, and from the best rate it *fails*: four times the best rate of 64 is too much for 256. Goyal and others (2017) therefore raise the rate slowly at first, **warm-up**. Here, with each
# side at its own best rate, its advantage is *undecided*.
#
# ## Grow the batch instead of decaying the rate
#
# The floor depends on $\mathrm{lr}/B$. So a rate divided by four, and a batch multiplied by four, should do the same to it (Smith and others 2018). The examples used are the same, the steps are not.
#
# **Predict:** three stages of two epochs each, from $B = 32$ and $\mathrm{lr} = 0.5$. How do the training losses of the two ways compare, and how many steps does each take?

# %%
def staged(decay, growth):
    """Return the steps taken after each epoch, and its mean training loss."""
    rng = np.random.default_rng(0)
    net = mlp([784, 32, 10], rng=rng)
    runs = [train(net, few, "sgd", lr=0.5 / decay**k, epochs=2, rng=rng,
                  batch_size=32 * growth**k, progress=False) for k in range(3)]
    lengths = [len(run.loss) // 2 for run in runs for _ in range(2)]
    return np.cumsum(lengths), np.concatenate([run.train_loss for run in runs])

# %% [markdown]
# A mark is an epoch.

# %% tags=["figure"] mystnb={"image": {"alt": "Training loss of each epoch against the number of steps, log scale, six marks for each of three ways. Decaying the rate and growing the batch reach the same heights, below the constant schedule; growing needs 420 steps in all, the two others 960."}}
fig, ax = plt.subplots()
runs = {"constant": staged(1, 1), "decay": staged(4, 1), "grow": staged(1, 4)}
for (name, (taken, losses)), style in zip(runs.items(), ["s:", "o-", "*--"]):
    ax.semilogy(taken, losses, style, color="black", label=f"{name}: {taken[-1]} steps")
ax.set(xlabel="steps", ylabel="training loss of the epoch")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* *decay* and *grow* lie at the same heights, below *constant*, and *grow* is done after 420 steps instead of 960. On one core that saves little time, since the examples are the same. On many machines that share
# a batch it does. The ledger, each side at its own best first rate:

# %%
show_evidence("growing_ends_like_decaying")

# %% tags=["guard"]
counts = [taken[-1] for taken, _ in runs.values()]
assert data.name != "mnist" or counts == [960, 960, 420]

# %% [markdown]
# A *tie*, as promised.
#
# ## What does a step cost in time and memory?
#
# To multiply a batch by a weight matrix, a processor fetches the whole matrix from memory, whatever $B$ is. With few rows it mostly waits; with many it uses each weight $B$ times, until arithmetic is the
# limit. On top comes a fixed cost for each call. So the time *per example* first falls and then is constant.
#
# **Predict** where the bend is, for a network 784-128-128-10: near 2, near 30, or near 1 000?

# %% tags=["figure", "nbval-ignore-output"] mystnb={"image": {"alt": "Time per example in microseconds against batch size, both axes logarithmic: from batches of 2 on it falls several times over, until batches of some tens; larger ones bring little more. A single hollow mark for a batch of 1 stands far above the line."}}
from timeit import repeat

wide = mlp([784, 128, 128, 10], rng=np.random.default_rng(0))
sizes = [1, 2, 4, 8, 16, 64, 256, 1024]

def micro(size):
    def call():
        wide.loss_and_grad(few[0][:size], few[1][:size])
    return 1e6 * min(repeat(call, number=1, repeat=max(9, 400 // size))) / size

times = [micro(size) for size in sizes]
fig, ax = plt.subplots()
ax.loglog(sizes[1:], times[1:], "o-", color="black")
ax.loglog(sizes[:1], times[:1], "o", color="black", fillstyle="none")
ax.set(xlabel="batch size $B$", ylabel="microseconds per example")
plt.show()

# %% [markdown]
# *Reading the figure:* your curve has your machine's numbers; on the machine of this page larger batches bring little beyond some tens of examples. On a graphics card, which has thousands of units to keep busy, it lies further to the right.
#
# The single row, the hollow mark, is a case of its own: NumPy multiplies a column by *one* row without the fast matrix routine. Two rows together are then cheaper than one:

# %% tags=["nbval-ignore-output"]
for rows in (1, 2):
    D = few[0][:rows]
    seconds = min(repeat(lambda: np.matmul(D.T, D[:, :128]), number=10))
    print(f"{rows} row(s): {1e5 * seconds:.0f} microseconds")

# %% [markdown]
# And memory? The way back needs what the layers received and gave on the way up: 784 inputs, twice 128 sums and 128 ReLU outputs, and 10 logits, at 4 bytes. **Predict** the kilobytes for each example.

# %%
import tracemalloc

peaks = []
for rows in (np.arange(512), np.arange(1024)):
    tracemalloc.start()
    wide.loss_and_grad(few[0][rows], few[1][rows])
    peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
kept = 4 * (784 + 4 * 128 + 10)
print(f"kept {kept / 1000:.1f} kB, at the peak {(peaks[1] - peaks[0]) / 512e3:.1f} kB")

# %% tags=["guard"]
assert kept < (peaks[1] - peaks[0]) / 512 < 1.5 * kept

# %% [markdown]
# The rest are temporary arrays. Memory grows with $B$ without any bend; the weights, their gradient and the state of the optimizer do not grow.
#
# ### Exercise 09.3 · Build gradient accumulation
#
# A batch does not fit in memory. Add up the gradients of several smaller parts and divide once. `gradient(rows)` returns the *mean* gradient of some examples; the last part may be smaller than the others. Return the mean gradient of all of `rows`.

# %% tags=["exercise"]
def accumulate(gradient, rows, part):
    """Return the mean gradient of all rows, from parts of at most part examples."""
    ### BEGIN SOLUTION
    total = 0.0
    for start in range(0, len(rows), part):
        some = rows[start:start + part]
        total = total + len(some) * gradient(some)
    return total / len(rows)
    ### END SOLUTION

# %%
check.accumulate(accumulate)

# %% [markdown] tags=["solution"]
# The mean of the parts' means counts the examples of a smaller last part too much. Weighted by length, the result is the mean over all rows, to the last digits: the step is the same as with the large batch, and takes as much time as its parts.

# %% [markdown]
# ## How to choose
#
# <div class="alert alert-info">
#
# 1. **Fill the hardware.** Time a few steps for $B = 16, 32, 64, \dots$ and take the smallest size from which the time per example is flat. If it does not fit in memory, accumulate.
# 2. **Look at the noise scale.** Is $B$ far below it? Then larger batches save steps nearly in proportion, *if* machines work in parallel. Is $B$ above it? Then they mostly waste examples.
# 3. **Retune the learning rate** for every size that you compare. Start from linear scaling for SGD and momentum, from the square root for Adam.
# 4. **Do not tune the batch size for accuracy.** With rate and number of steps tuned for each, Shallue and others (2018) found no evidence that larger batches generalise worse. It is a knob for time and memory.
# 5. **Late noise?** Decay the rate, grow the batch, or average the weights.
#
# </div>
#
# "32, 64 or 128" comes from the time a processor idles (Bengio 2012 recommends 32), from the noise scale, and from habit. Hardware likes multiples of 8, 16 or 32; that the size must be a *power* of two is not so.
#
# *Do large batches get stuck in poor minima?* Keskar and others (2016) suggested that they find **sharp minima**, which generalise worse. Dinh and others (2017) showed that sharpness changes under rescaling while the function does not. Hoffer and others
# (2017) found that much of the gap goes away with more steps.
#
# ## Summary
#
# | quantity | formula | holds for |
# |---|---|---|
# | steps to a target | $s_{\min}(1 + B_{\text{crit}}/B)$ | a model: best rates, second order |
# | gradient noise scale | $\mathrm{tr}\,\Sigma/\vert G\vert^2$ | an order of magnitude for $B_{\text{crit}}$ |
# | rate for $k$ times the batch | $k\,\mathrm{lr}$ for SGD and momentum, $\sqrt k\,\mathrm{lr}$ for Adam | well below the critical batch and the edge of stability |
#
# - Larger batches save steps up to the critical batch size; beyond it they waste examples.
# - Batch size and learning rate belong together: whoever changes one must retune the other.
#
# ## Questions to ask yourself
#
# **1.** A colleague compares $B = 32$ with $B = 1024$ at one learning rate and the same number of epochs, and concludes that small batches generalise better. What was compared?
#
# <details>
# <summary>Answer</summary>
#
# A run with 32 times as many steps with one with few steps, at a rate that suits at most one of them. Tune the rate for each, and compare at the same loss or the same cost.
#
# </details>
#
# **2.** The noise scale of your model is 500. What do you lose with $B = 500$, compared with a very small batch, and what do you gain?
#
# <details>
# <summary>Answer</summary>
#
# If the model $s_{\min}(1 + B_{\text{crit}}/B)$ holds with $B_{\text{crit}} = 500$, you use twice the examples that you would need at least, and twice the steps. Half the size would make it three times the steps and one and a half times the examples.
#
# </details>
#
# **3.** Why may one not average $\mathrm{tr}\,\Sigma/|G|^2$ over single pairs of batches?
#
# <details>
# <summary>Answer</summary>
#
# Numerator and denominator are unbiased each, but the mean of a ratio is not the ratio of the means, and the estimate of $|G|^2$ from one pair can be near zero or negative.
#
# </details>
#
# ## Go deeper
#
# - S. McCandlish, J. Kaplan, D. Amodei, OpenAI Dota Team, *An empirical model of large-batch training* (2018), [arXiv:1812.06162](https://arxiv.org/abs/1812.06162).
# - C. Shallue and others, *Measuring the effects of data parallelism on neural network training* (2018), [arXiv:1811.03600](https://arxiv.org/abs/1811.03600).
# - A. Krizhevsky, *One weird trick for parallelizing convolutional neural networks* (2014), [arXiv:1404.5997](https://arxiv.org/abs/1404.5997).
# - P. Goyal and others, *Accurate, large minibatch SGD: training ImageNet in 1 hour* (2017), [arXiv:1706.02677](https://arxiv.org/abs/1706.02677).
# - S. Malladi, K. Lyu, A. Panigrahi, S. Arora, *On the SDEs and scaling rules for adaptive gradient algorithms* (2022), [arXiv:2205.10287](https://arxiv.org/abs/2205.10287).
# - S. Smith, P.-J. Kindermans, C. Ying, Q. Le, *Don't decay the learning rate, increase the batch size* (2018), [arXiv:1711.00489](https://arxiv.org/abs/1711.00489).
# - N. Keskar and others, *On large-batch training for deep learning: generalization gap and sharp minima* (2016), [arXiv:1609.04836](https://arxiv.org/abs/1609.04836); L. Dinh and others, *Sharp minima can generalize for deep
#   nets* (2017), [arXiv:1703.04933](https://arxiv.org/abs/1703.04933); E. Hoffer, I. Hubara, D. Soudry, *Train longer, generalize better* (2017), [arXiv:1705.08741](https://arxiv.org/abs/1705.08741).
# - Y. Bengio, *Practical recommendations for gradient-based training of deep architectures* (2012), [arXiv:1206.5533](https://arxiv.org/abs/1206.5533).
#
# **Next:** noise is not the only thing that slows a run. What if a step remembered the ones before it? [10: Add momentum](10_add_momentum.ipynb).
