# %% [markdown]
# # 09 · Choose a batch size
#
# *How big should a batch be?*
#
# **You will do:** write the estimator of the gradient noise scale, and carry a learning rate from one batch size to another.
#
# **You will learn:** how a batch size spends steps, examples, time and memory; and where the knee of that trade-off lies.
#
# **You need:** the noise floor of [08: Sample mini-batches](08_sample_minibatches.ipynb).
#
# **Minutes:** 60

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# The network of this notebook is small, 784-32-10, so that hundreds of runs fit in it.

# %%
import math

from course_lib.data import datasets
from course_lib.networks.network import mlp
from course_lib.training import batch_noise, train

images = datasets.load_mnist()
data, real = datasets.split(images), images.name == "mnist"
X, y, valid, sizes = data.X_train, data.y_train, (data.X_valid, data.y_valid), [784, 32, 10]
net = mlp(sizes, rng=np.random.default_rng(0))

def learn(seed, *stages):
    rng = np.random.default_rng(seed)
    fresh, told = mlp(sizes, rng=rng), {"rng": rng, "valid": valid, "progress": False}
    return [train(fresh, (X, y), "sgd", epochs=epochs, batch_size=B, lr=lr, **told) for epochs, B, lr in stages]
print(f"{len(X)} examples in batches of 64: {math.ceil(len(X) / 64)} steps in an epoch")

# %% [markdown]
# ## What does a batch cost in time and memory?
#
# Steps and examples are one thing; the clock is another. To multiply a batch of $B$ rows by a weight matrix, a processor has to fetch the whole matrix from memory, whatever $B$ is. For a single row it uses each weight once, and mostly waits. For many rows it uses each weight
# $B$ times, until arithmetic becomes the limit, and then time grows with $B$. On top comes a fixed cost for each call. So we expect for the time *per example*: first a fall like $1/B$, then a constant. **Predict** where the bend is, for a network 784-128-128-10 on one core: near 1, near 30, or near 1000?

# %% tags=["figure", "nbval-ignore-output"] mystnb={"image": {"alt": "Time per example in microseconds against batch size from 1 to 1024, both axes logarithmic: it falls steeply for small batches and is nearly constant from some tens of examples on."}}
from timeit import repeat
from threadpoolctl import threadpool_limits

wide, batch_sizes = mlp([784, 128, 128, 10], rng=np.random.default_rng(0)), [1, 4, 16, 64, 256, 1024]
def seconds(B):
    return np.median(repeat(lambda: wide.loss_and_grad(X[:B], y[:B]), number=1, repeat=max(5, 400 // B)))
with threadpool_limits(1, user_api="blas"):
    micro = [1e6 * seconds(B) / B for B in batch_sizes]
fig, ax = plt.subplots()
ax.loglog(batch_sizes, micro, "o-", color="black")
ax.set(xlabel="batch size $B$", ylabel="microseconds per example", title="Small batches waste the processor, large ones do not")
plt.show()
assert micro[0] > 3 * micro[3]

# %% [markdown]
# *Reading the figure:* your curve has your machine's numbers. The bend lies at some tens of examples on the machine on which this page was made. On a graphics card, which has thousands of units to keep busy, it lies further to the right.
#
# **Where does "32, 64 or 128" come from?** From three places, and none of them is a law. *Time:* below some tens of examples the processor idles; Bengio (2012) recommends 32 as a default with this argument. *Noise:* above the noise scale, which we measure below, more examples buy little; it is often in
# the hundreds for small problems, and in the millions for some large ones. *Habit:* powers of two. Hardware works in tiles of 8, 16 or 32 numbers, so a multiple of those can be faster than an odd number; that it must be a *power* of two is not so.
#
# And memory? The way back needs what the layers received and gave on the way up. **Predict** how many bytes that is for each example: 784 inputs, twice 128 sums and 128 ReLU outputs, and 10 logits, at 4 bytes.

# %%
import tracemalloc

peaks = []
for B in (512, 1024):
    fresh, rows = mlp([784, 128, 128, 10], rng=np.random.default_rng(0)), np.arange(B)
    tracemalloc.start()
    fresh.loss_and_grad(X[rows], y[rows])
    peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
kept, peak = 4 * (784 + 2 * (128 + 128) + 10), (peaks[1] - peaks[0]) / 512
print(f"per example: predicted at least {kept / 1000:.1f} kB, measured at the peak {peak / 1000:.1f} kB")
print(f"weights, gradient, and one batch of 4096: {8 * fresh.theta.size / 1e6:.1f} MB and {4096 * peak / 1e6:.0f} MB")
assert kept < peak < 1.5 * kept

# %% [markdown]
# The rest are temporary arrays. Memory grows with $B$ without any bend; the weights, their gradient and the state of the optimizer do not grow. When a batch does not fit, add up the gradients of several smaller ones and step once: the result is the same mean (*gradient accumulation*), and the step takes as
# much time as its parts.
#
# ## How many steps does a batch size need?
#
# Now the central experiment. For $B = 16, 64, 256, 1024, 4096$: how many SGD steps until the validation loss is 0.2? Each batch size gets **its own tuned learning rate**, the best of a ladder with factor $\sqrt2$, by the median of three seeds, both neighbours being worse. Then five fresh seeds
# are counted. This takes minutes, so `experiments/batch_size.py` has done it, and the next cells read what it saved. (The winner of a tuning has been chosen by its luck too; that is why the counts come from other seeds.)
#
# Before you look: if a batch of $4B$ did the work of four steps, the number of steps would fall by four each time. That is **perfect scaling**. The noise cannot go below zero, so it must end. **Predict** which share of the steps of 256 is left with 4096: a sixteenth, a quarter, or more than a half?

# %%
from course_lib.data import load_results
from course_lib.training.critical_batch import fit, steps_to_target

saved = load_results("batch_size")
B, median = np.array([(row["batch_size"], np.median(row["steps"])) for row in saved["rows"]]).T
s_min, b_crit = fit(B, median)
for row, perfect in zip(saved["rows"], median[0] * B[0] / B, strict=True):
    steps = np.median(row["steps"])
    print(f"B {row['batch_size']:4}: lr {row['lr']:.2f}, median steps {steps:4.0f}, perfect scaling {perfect:4.0f}, "
          f"examples {steps * row['batch_size'] / 1000:4.0f} thousand")
print(f"fit: steps = {s_min:.0f} (1 + {b_crit:.0f}/B)")

# %% [markdown]
# The last line fits the form that theory suggests (McCandlish et al. 2018), and that we derive below: $\text{steps} = s_{\min}\,(1 + B_{\text{crit}}/B)$. Far below $B_{\text{crit}}$ it is perfect scaling, far above it a constant. At $B = B_{\text{crit}}$ one takes twice the
# smallest possible number of steps, and uses twice the smallest possible number of examples, $s_{\min}B_{\text{crit}}$.

# %% tags=["figure"] mystnb={"image": {"alt": "Steps to a validation loss of 0.2 against batch size from 16 to 4096, both axes logarithmic. Dots of five seeds for each size. Up to 64 they follow a straight dashed line of perfect scaling, then bend and are nearly level from 256 on. A fitted curve passes through; a vertical line marks its knee near 100."}}
fine = np.geomspace(12, 5000, 200)
fig, ax = plt.subplots()
ax.loglog(fine, median[0] * B[0] / fine, color="0.6", linestyle="--", label="perfect scaling from 16")
ax.loglog(fine, s_min * (1 + b_crit / fine), color="0.6", linewidth=4, label="$s_{min}(1 + B_{crit}/B)$")
for row in saved["rows"]:
    ax.loglog([row["batch_size"]] * len(row["steps"]), row["steps"], "o", color="black", alpha=0.45, markersize=6)
ax.loglog(B, median, "_", color="black", markersize=20, label="five seeds, and their median")
ax.axvline(b_crit, color="0.4", linestyle=":")
ax.set(xlabel="batch size $B$", ylabel="steps to validation loss 0.2", ylim=(60, 2500), title=f"Beyond the knee near {round(b_crit, -1):.0f}, at most half can be saved",
       xticks=B, xticklabels=B.astype(int), yticks=[100, 200, 500, 1000, 2000], yticklabels=[100, 200, 500, 1000, 2000])
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the dotted line marks $B_{\text{crit}}$. From 16 to 64 the steps fall by 3.0 instead of the perfect 4; from 256 to 4096, for sixteen times the work in each step, by less than half. So larger batches shorten training, *up to a point*; 4096 needs about thirty times the examples of 16. The dots scatter most
# at 256 and 1024: the tuned rates stand close to the edge of stability.
#
# Is the file true? One cell re-runs a part of it, the first two fresh seeds of two batch sizes. Another processor may round otherwise, so we ask for agreement within a factor of 1.5.

# %%
def rerun(row, seed):
    rng = np.random.default_rng(seed)
    net = mlp(saved["sizes"], rng=rng)
    return steps_to_target(net, (X, y), valid, lr=row["lr"], batch_size=row["batch_size"], target=saved["target"],
                           max_steps=2500, rng=rng)

for row in saved["rows"][:2]:
    again = np.array([rerun(row, seed) for seed in (10, 11)])
    near = np.abs(np.log(again / row["steps"][:2])).max() < math.log(1.5)
    print(f"B {row['batch_size']}: agrees with the file within a factor of 1.5: {bool(near) if real else 'not on these digits'}")
    assert near or not real

# %% [markdown]
# ## Can the knee be predicted? The gradient noise scale
#
# Let $H$ be the Hessian. To second order, the expected gain of one step against $g_B$ is
#
# $$lr\,|G|^2 - \tfrac12 lr^2\Big(G^\top H G + \frac{\mathrm{tr}(H\Sigma)}{B}\Big) ,$$
#
# and the best rate makes it $\dfrac{|G|^4}{2\,G^\top HG}\cdot\dfrac{1}{1 + B_{\text{noise}}/B}$ with $B_{\text{noise}} = \dfrac{\mathrm{tr}(H\Sigma)}{G^\top HG}$. A step with $B \ll B_{\text{noise}}$ gains in proportion to $B$; one with
# $B \gg B_{\text{noise}}$ gains no more. The same number of steps times $(1 + B_{\text{noise}}/B)$ gives the same gain: that is the formula we fitted. If $H$ were a multiple of the identity, $H$ would cancel:
#
# $$B_{\text{simple}} = \frac{\mathrm{tr}\,\Sigma}{|G|^2} = \frac{\sigma^2}{|G|^2} .$$
#
# This **gradient noise scale** is the batch size at which noise and signal are equally long. To measure it, two batch sizes are enough. Since $E\,|g_B|^2 = |G|^2 + \mathrm{tr}\,\Sigma/B$, a small batch $b$ and a big batch $B$ are two linear equations, with the solution
#
# $$|G|^2 \approx \frac{B\,|g_B|^2 - b\,|g_b|^2}{B - b}, \qquad \mathrm{tr}\,\Sigma \approx \frac{|g_b|^2 - |g_B|^2}{1/b - 1/B} .$$
#
# Both are unbiased. Their *ratio* is not, and the first may even be negative for a single pair. So average each over many pairs, and divide at the end. (With several machines both norms come for free: $g_b$ is one machine's gradient, $g_B$ the mean of all.)
#
# ### Exercise 09.1 · The noise scale
#
# The rows of `g_small` and `g_big` are gradients of batches of `b_small` and `b_big` examples. Return the estimate of $B_{\text{simple}}$.

# %% tags=["exercise"]
def noise_scale(g_small, g_big, b_small, b_big):
    """Return the gradient noise scale from gradients (pairs, n) of small and of big batches."""
    ### BEGIN SOLUTION
    small, big = (g_small**2).sum(axis=1).mean(), (g_big**2).sum(axis=1).mean()
    signal = (b_big * big - b_small * small) / (b_big - b_small)
    noise = (small - big) / (1 / b_small - 1 / b_big)
    return noise / signal
    ### END SOLUTION

# %%
check.noise_scale(noise_scale)

# %% [markdown]
# ## Does the estimate hit, and does the scale grow?
#
# For this network both parts can also be had exactly, for all 55 000 images in one pass (`show_source(batch_noise.exact_parts)` shows the trick). So the estimator can be put to the test, at eight points of a run with $B = 64$ and the tuned rate. Each estimate takes 40 pairs of batches of 64 and 1024.
#
# **Predict:** $|G|$ shrinks as the loss goes down, and the disagreement between examples shrinks less. What will $B_{\text{simple}}$ do? Before the loss of 0.2 is reached, will its mean be near the fitted knee?

# %% tags=["nbval-ignore-output"]
def estimated(net, rng, pairs=40):
    parts = [batch_noise.scale_parts(*(net.loss_and_grad(X[rows], y[rows])[1].copy() for rows in np.split(rng.integers(len(X), size=1088), [64])),
                               64, 1024) for _ in range(pairs)]
    signal, noisy = np.mean(parts, axis=0)
    return noisy / signal

rng, t, table = np.random.default_rng(0), 0, []
while t <= 3200:
    for rows in datasets.batches(len(X), 64, rng):
        if t in (0, 50, 100, 200, 400, 800, 1600, 3200):
            signal, noisy = batch_noise.exact_parts(net, X, y)
            table.append((t, net.loss(*valid), noisy / signal, estimated(net, np.random.default_rng(1))))
            print("step {:4}: validation loss {:.2f}, noise scale exact {:4.0f}, estimated {:4.0f}".format(*table[-1]))
        net.theta -= saved["rows"][1]["lr"] * net.loss_and_grad(X[rows], y[rows])[1]
        t += 1

# %% [markdown]
# (On another processor the digits differ a little: a run at a high rate amplifies rounding.)

# %% tags=["figure"] mystnb={"image": {"alt": "Gradient noise scale against training step. A solid curve of exact values rises from below a hundred to several hundred or more; crosses of the two-batch estimates lie on it. A dotted horizontal line marks the fitted critical batch near 100; a grey band marks the steps until the loss is 0.2."}}
t, loss, exact, guess = np.array(table).T
fig, ax = plt.subplots()
ax.axvspan(0, median[1], color="0.9")
ax.plot(t, exact, "-", color="0.5", label="exact, all images")
ax.plot(t, guess, "X", color="black", label="estimated from 40 pairs of batches")
ax.axhline(b_crit, color="0.3", linestyle=":", label="knee, fitted above")
ax.set(xlabel="step", ylabel="gradient noise scale", yscale="log", title="The noise scale grows as the loss falls")
ax.yaxis.set(major_locator=plt.LogLocator(subs=(1, 2, 5)), major_formatter="{x:g}", minor_locator=plt.NullLocator())
ax.legend(loc="lower right")
plt.show()
on_the_way = np.trapezoid(np.interp(np.arange(median[1]), t, exact)) / median[1]
print(f"until the loss is 0.2, mean noise scale / fitted knee between 1/3 and 3: {1 / 3 < on_the_way / b_crit < 3}")
assert not real or (np.abs(np.log(guess / exact)).max() < 0.7 and exact[4:].mean() > 2 * exact[:4].mean() and 1 / 3 < on_the_way / b_crit < 3)

# %% [markdown]
# *Reading the figure:* the grey band ends where the sweep's target is reached. There the mean noise scale agrees with the fitted knee within a factor of three, and no theory promised more: $B_{\text{simple}}$ leaves out $H$, changes on the way, and depends on the path: a run with large batches takes another one. An
# order of magnitude for the price of a few gradients is what one gets. The scale jumps up and down, because at a high rate the run bounces across a valley and $|G|$ with it; but late in training its mean is several times higher, so **a batch that is too large at the beginning may be right at the end.** For a lower target, the knee would lie further right.
#
# ## One rate does not fit all batch sizes
#
# What has to happen to the rate when the batch is $k$ times as large? From exercise 08.1: for small rates, SGD's floor depends on $lr/B$ only. Seen otherwise, $k$ small steps with gradients that hardly change add up to one step of $k$ times the rate. Both say: **multiply the rate by $k$** (used by Krizhevsky 2014, tested at length by Goyal et al. 2017). With a fixed $\beta$ the
# same holds for momentum. Adam divides by the root of the mean squared gradient. Where noise dominates, that root falls like $1/\sqrt k$, so the step already grows by $\sqrt k$ of itself, and **the rate gets the other $\sqrt k$** (Malladi et al. 2022, who also change $1-\beta_1$ and $1-\beta_2$ to $k$ times their values, and divide $\varepsilon$ by $\sqrt k$). "Suitably larger" is thus two different rules, and both hold only
# well below the critical batch.
#
# ### Exercise 09.2 · Carry the rate over
#
# A learning rate `lr` was tuned for batches of `old`. Return the starting guess for batches of `new` (larger or smaller) for `rule`, one of `"sgd"`, `"momentum"` and `"adam"`.

# %% tags=["exercise"]
def scaled_rate(rule, lr, *, old, new):
    """Return the learning rate for the new batch size."""
    ### BEGIN SOLUTION
    return lr * (new / old) ** (0.5 if rule == "adam" else 1)
    ### END SOLUTION

# %%
check.scaled_rate(scaled_rate)

# %% [markdown]
# ## Where linear scaling holds, and where it breaks
#
# Start from $B = 64$, $lr = 0.08$, and scale by $k = 4$ and $k = 16$. Every run sees six epochs, so $k = 16$ makes a sixteenth of the steps.
#
# **Predict.** The argument needs gradients that hardly change over $k$ steps. When is this least true: at the start, or at the end? At the start; there a rate of 1.28 is too much for this network (in the sweep, no batch size wanted even 1). Goyal et al. therefore raise the rate slowly at first:
# **warm-up**, here linear over three of the six epochs. What will $k = 16$ do without, and with it?

# %% tags=["figure"] mystnb={"image": {"alt": "Validation loss against epochs on a logarithmic axis, three seeds each. Batches of 64 and 256 with rates scaled in proportion run together down to about 0.12. Batches of 1024 without warm-up stay far above, at 0.25 and more; with warm-up they start high and end near the others."}}
from course_lib.optimizers import schedules

cases = ((1, 0, "-", "black", "$B$ 64, lr 0.08"), (4, 0, "--", "black", "$B$ 256, lr 0.32"),
         (16, 0, ":", "0.45", "$B$ 1024, lr 1.28"), (16, 3, "-", "0.6", "$B$ 1024, lr 1.28, warm-up"))
(fig, ax), final = plt.subplots(), []
for k, warm, style, color, label in cases:
    lr = schedules.warmup(0.08 * k, warm * math.ceil(len(X) / (64 * k))) if warm else 0.08 * k
    runs = [learn(seed, (6, 64 * k, lr))[0].valid_loss for seed in range(3)]
    ax.semilogy(range(1, 7), np.transpose(runs), style, color=color, linewidth=1.8, label=[label, None, None])
    final.append([run[-1] for run in runs])
ax.set(xlabel="epoch", ylabel="validation loss", title="Linear scaling holds for 4, and for 16 only with warm-up", ylim=(0.1, 8))
ax.yaxis.set(major_locator=plt.LogLocator(subs=(1, 2, 5)), major_formatter="{x:g}", minor_locator=plt.NullLocator())
ax.legend(ncols=2)
plt.show()
one, four, bare, warmed = np.array(final)
print(f"k = 4 within 20 % of k = 1: {abs(four.mean() / one.mean() - 1) < 0.2}; k = 16 with warm-up within 50 %: "
      f"{warmed.mean() < 1.5 * one.mean()}; without it every seed 1.4 times worse: {(bare > 1.4 * warmed.mean()).all()}")

# %% [markdown]
# *Reading the figure:* three lines of a kind are three seeds. $k = 4$ lies on $k = 1$ with a quarter of the steps. $k = 16$ without warm-up is thrown far off in the first steps and has not recovered after six epochs; with warm-up it ends close to the others. Does warm-up
# also save $k = 32$, a rate of 2.56? Try `learn(0, (6, 2048, schedules.warmup(2.56, 81)))[0].valid_loss` and see. At some size the rule must end, since the steps cannot fall below $s_{\min}$.
#
# ## Grow the batch instead of decaying the rate
#
# The floor depends on $lr/B$. So a rate divided by 4 and a batch multiplied by 4 should do the same to it (Smith et al. 2018). The examples used are the same; the steps are not. Three runs of three epochs, beginning with $B = 32$, $lr = 0.3$: *constant*; *decay*, the rate divided by 4 after each epoch; *grow*, the batch multiplied by 4 after each epoch.
#
# **Predict:** the number of steps of *decay* and of *grow*, and their validation losses compared with each other and with *constant*.

# %% tags=["figure"] mystnb={"image": {"alt": "Training loss of each epoch against the number of steps taken, for three schedules. After the first epoch, decaying the rate and growing the batch reach the same lower losses, but growing needs less than half the steps. The constant schedule stays higher."}}
plans = {"constant": ((32, 0.3),) * 3, "decay the rate": ((32, 0.3), (32, 0.075), (32, 0.01875)),
         "grow the batch": ((32, 0.3), (128, 0.3), (512, 0.3))}
(fig, ax), ends = plt.subplots(), []
for (name, stages), style in zip(plans.items(), ("s:", "o-", "*--"), strict=True):
    for seed in range(3):
        parts = learn(seed, *((1, *stage) for stage in stages))
        steps, loss = np.cumsum([len(part.loss) for part in parts]), [part.train_loss[0] for part in parts]
        ax.plot(steps, loss, style, color="0.55" if name == "constant" else "black", linewidth=1.3, label=None if seed else name)
        ends.append([loss[-1], parts[-1].valid_loss[0], steps[-1]])
ax.set(xlabel="steps", ylabel="training loss of the epoch", title="Same losses, fewer steps")
ax.legend()
plt.show()
constant, decay, grow = np.reshape(ends, (3, 3, 3))
print(f"steps {decay[0, 2]:.0f} and {grow[0, 2]:.0f}; losses apart by less than 5 %: {np.abs(grow / decay - 1)[:, :2].max() < 0.05}; "
      f"constant more than 8 % higher: {(constant / decay)[:, 0].min() > 1.08}")

# %% [markdown]
# *Reading the figure:* a marker is an epoch, three of a kind are three seeds; "losses" are training and validation loss, on every seed. *Decay* and *grow* lie at the same heights; *grow* reaches them further left: $3\cdot1719 = 5157$ steps against
# $1719 + 430 + 108 = 2257$. On one core that saves little time, since the examples are the same; on many machines that share a batch it does.
#
# ## How to choose a batch size
#
# <div class="alert alert-info">
#
# 1. **Fill the hardware.** Time a few steps for $B = 16, 32, 64, \dots$ and take the smallest size from which the time per example is flat. Check that it fits in memory; otherwise accumulate gradients.
# 2. **Look at the noise scale.** Is $B$ far below it? Then larger batches save steps nearly in proportion, *if* you have machines that work in parallel. Is $B$ above it? Then they mostly waste examples. On one machine whose time per example is flat, the small side is the cheap side.
# 3. **Retune the learning rate** for every size that you compare. Start from linear scaling for SGD and momentum, from the square root for Adam, and warm up if the rate is large.
# 4. **Do not tune the batch size for accuracy.** With the rate, the schedule and the number of steps tuned for each, most differences vanish (Shallue et al. 2018). It is a knob for time and memory.
# 5. **Late noise?** Decay the rate, grow the batch, or average the weights. Shuffle the examples *before* cutting them.
#
# </div>
#
# Some things that one reads, and what is known. *Large batches get stuck in poor local minima:* Keskar et al. (2016) suggested something else, that they find **sharp** minima, which generalise worse. Dinh et al. (2017) showed that sharpness can be changed by rescaling the weights without changing the function; Hoffer et al. (2017) found that much of
# the gap goes away with more steps, and Shallue et al. (2018) found no gap that held up once everything was tuned. *SGD easily gets stuck:* its noise does not keep it anywhere in particular, and it helps it to leave saddles (notebook 03). Neither method promises more than a stationary point on a non-convex loss.
#
# ## Summary
#
# | quantity | formula | holds for |
# |---|---|---|
# | steps to a target | $s_{\min}(1 + B_{\text{crit}}/B)$ | a model: best rates, second order |
# | $B_{\text{simple}}$ | $\mathrm{tr}\,\Sigma/\vert G\vert^2$ | an order of magnitude for $B_{\text{crit}}$ |
#
# - Larger batches save steps up to the critical batch size, which tends to grow during training.
# - Batch size and learning rate belong together; whoever changes one must retune the other.
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
# - S. McCandlish, J. Kaplan, D. Amodei, OpenAI Dota Team, *An empirical model of large-batch training* (2018), arXiv 1812.06162.
# - C. Shallue and others, *Measuring the effects of data parallelism on neural network training* (2018), arXiv 1811.03600.
# - A. Krizhevsky, *One weird trick for parallelizing convolutional neural networks* (2014), arXiv 1404.5997; P. Goyal and others, *Accurate, large minibatch SGD: training ImageNet in 1 hour* (2017), arXiv 1706.02677.
# - S. Malladi, K. Lyu, A. Panigrahi, S. Arora, *On the SDEs and scaling rules for adaptive gradient algorithms* (2022), arXiv 2205.10287.
# - S. Smith, P.-J. Kindermans, C. Ying, Q. Le, *Don't decay the learning rate, increase the batch size* (2018), arXiv 1711.00489.
# - N. Keskar and others, *On large-batch training for deep learning: generalization gap and sharp minima* (2016), arXiv 1609.04836; L. Dinh and others, *Sharp minima can generalize for deep nets* (2017), arXiv 1703.04933; E. Hoffer, I. Hubara, D. Soudry, *Train longer, generalize better* (2017), arXiv 1705.08741.
# - Y. Bengio, *Practical recommendations for gradient-based training of deep architectures* (2012), arXiv 1206.5533; D. Masters, C. Luschi, *Revisiting small batch training for deep neural networks* (2018), arXiv 1804.07612.
#
# **Next:** what if a step remembered the ones before it? [10: Add momentum](10_add_momentum.ipynb).
