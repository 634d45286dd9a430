# %% [markdown]
# # 17 · Clip the step
#
# *What does clipping do, and what does it cost?*
#
# A schedule knows the number of the step, and not the gradient. So it is no help against a gradient that is suddenly
# huge. **Gradient clipping** shortens such a gradient before the step. In this notebook you see what that saves, what it
# costs, and which three other things are called nearly the same.
#
# **You will do:** clip a network's gradient, put clipping in front of any update rule, and limit the weights of a layer.
#
# **You will learn:** that clipping by norm keeps the direction and clipping by value does not; that clipping changes the
# mean of noisy gradients; and that gradient clipping, weight clipping, **max-norm** and **pruning** are four things.
#
# **You need:** gradient descent, from [notebook 05](05_descend_the_gradient.ipynb); noisy gradients, from
# [notebook 08](08_sample_minibatches.ipynb).
#
# **Minutes:** 65

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## A cliff
#
# Take $f = w_1^4 + w_2^2$ from $(10, 5)$ with $\mathrm{lr} = 0.1$. The gradient is
# $(4 w_1^3, 2 w_2) = (4000, 10)$. One step of gradient descent leads to $w_1 = 10 - 400$, where the gradient
# is larger still. Two cures hold it back by a limit $c$, here 1:
#
# - **by value**: each coordinate is cut to $[-c, c]$;
# - **by norm**: the gradient is multiplied by $c/|g|$ if it is longer than $c$.

# %% tags=["figure"] mystnb={"image": {"alt": "Grey contours of the function, steep on the right. From the ringed start at (10, 5), clipping by norm runs straight left, almost horizontally, until the first coordinate is about 2, and then bends down to the minimum. Clipping by value first runs down along a diagonal to the first axis, and then along it to the minimum."}}
from course_lib import landscapes, plotting
from course_lib.optimizers import clipping, descent

cliff = landscapes.QUARTIC


def walk(clip):
    fun = lambda w: (cliff(w)[0], clip(cliff(w)[1]))
    return descent.minimize(fun, [10.0, 5.0], "sgd", lr=0.1, n_steps=400)


by_value = walk(lambda g: clipping.by_value(g, 1.0))
by_norm = walk(lambda g: clipping.by_norm(g, 1.0))
fig, ax = plt.subplots()
plotting.contours(ax, cliff, window=((-1, 11), (-0.5, 6)), log=True)
plotting.path(ax, by_value.w, "other", label="by value")
plotting.path(ax, by_norm.w, "sgd", label="by norm")
ax.set_title("Two ways down a cliff")
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# *Reading the figure:* both arrive, at a rate far beyond the edge at the start. By norm the path keeps the direction of the
# gradient; by value it begins along a diagonal, because both coordinates are cut to the same number.
#
# **Predict** two numbers: the angle of the first step by norm to the first axis, and the number of full steps by value
# until $4|w_1|^3 \le 1$.

# %%
free = walk(lambda g: g)
print(f"no clipping: w_1 = {free.w[1, 0]:.0f}, diverged at step {free.diverged_at}")
for name, run in (("by value", by_value), ("by norm", by_norm)):
    step = run.w[0] - run.w[1]
    angle = np.degrees(np.arctan2(step[1], step[0]))
    print(f"{name:8}: first step at {angle:.2f} degrees")
arrived = (4 * np.abs(by_value.w[:, 0]) ** 3 <= 1).argmax()
predicted = np.ceil((10 - 0.25 ** (1 / 3)) / 0.1)
print(f"by value: {arrived} full steps, predicted {predicted:.0f}")

# %% tags=["guard"]
assert arrived == 94
assert free.diverged_at == 3
assert by_value.loss[-1] < 1e-4
assert by_norm.loss[-1] < 1e-4

# %% [markdown]
# Neither direction is "right": the gradient does not point at the minimum. But by value the path depends on the axes, like
# the adaptive rules of [notebook 13](13_adapt_the_learning_rate.ipynb), and by norm it does not.
#
# <details>
# <summary>Why this is true</summary>
#
# By norm the path follows the gradient, so $\mathrm{d}w_2/\mathrm{d}w_1 = 2w_2/(4w_1^3)$. Separating the variables gives
# $w_2 = 5\, e^{1/400 - 1/(4 w_1^2)}$: nearly constant until $w_1$ is about 1, as in the figure. By norm, a turned
# landscape has the turned path, because lengths do not change in a rotation.
#
# </details>
#
# ## Clip a network's gradient
#
# A network's gradient is a list of arrays, one for each layer. Clipping by the **global norm** takes them together.
#
# ### Exercise 17.1 · The global norm
#
# Return a new list in which the *whole* gradient has at most the length `limit`, and its old direction. A gradient of
# zero is possible.

# %% tags=["exercise"]
def clip_global(grads, limit):
    """Return the arrays of grads, together no longer than limit > 0."""
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    factor = limit / max(norm, limit)
    return [g * factor for g in grads]
    ### END SOLUTION

# %%
check.clip_global(clip_global)

# %% [markdown] tags=["solution"]
# One factor for all arrays. Clipping each layer by itself would change the proportions between the layers, and so the
# direction. With `max(norm, limit)` below the line, short gradients get the factor 1.

# %% [markdown]
# ### Exercise 17.2 · In front of any rule
#
# Write a function that takes an update rule and a limit, and returns a *new rule* with clipping by norm in front. The
# gradient, one flat array, is shortened if it is longer than `limit`. Then the rule is called with all that it was given.

# %% tags=["exercise"]
def with_clipping(step, limit):
    """Return the update rule `step` with clipping by norm in front of it."""
    ### BEGIN SOLUTION
    def clipped_step(w, g, state, **hyper):
        norm = np.sqrt(np.sum(g**2))
        return step(w, g * (limit / max(norm, limit)), state, **hyper)

    return clipped_step
    ### END SOLUTION

# %%
check.with_clipping(with_clipping)

# %% [markdown]
# ## Clipping is not free
#
# A batch gradient is right on average. Is a clipped one? Let the gradient be $+1$ with probability 0.9 and $-19$ with
# probability 0.1. **Predict** its mean, the mean when it is clipped at 1, and the limit from which on the mean has the right
# sign.

# %% tags=["figure"] mystnb={"image": {"alt": "Mean of the clipped gradient against the limit, from 0.1 to 100 on a log axis. It rises with the limit to 0.8 at limit 1, falls through zero at limit 9, and is constant at minus 1 from limit 19 on."}}
limits = np.geomspace(0.1, 100, 200)
means = [0.9 * min(1, c) - 0.1 * min(19, c) for c in limits]
rng = np.random.default_rng(0)
g = np.where(rng.random(100_000) < 0.9, 1.0, -19.0)
fig, ax = plt.subplots()
ax.semilogx(limits, means, color="black")
ax.axhline(0, color="0.6")
ax.set(xlabel="limit", ylabel="mean of the clipped", title="Mean after clipping")
plt.show()
for c in (1.0, 9.0, 100.0):
    clipped = clipping.by_value(g, c)
    print(f"limit {c:5}: mean of 100 000 gradients {clipped.mean():+.2f}")

# %% [markdown]
# *Reading the figure:* below a limit of 9 the mean of the clipped gradients has the wrong sign, and descent walks *uphill*
# on average. Where the rare long gradients are the message and not the noise, clipping throws the message away.
#
# ## What it buys against heavy tails
#
# Now let the rare long gradients *be* the noise: $g = w + \xi$ on $\tfrac12 w^2$, where $\xi$ has the symmetric **heavy
# tails** of Student's t with 1.5 degrees of freedom. Its mean is 0 and its variance is infinite. Rates and limit were tuned
# on other noise. **Predict** how the two runs differ.

# %% tags=["figure"] mystnb={"image": {"alt": "Median of the distance from the minimum over 40 runs against the step, on a log axis. Without clipping the curve falls at once, flattens from step 400 on and ends near 0.2. Clipped, at a higher rate, it falls more slowly at first, crosses the other after some 700 steps and ends near 0.05."}}
from course_lib.experiments.ledger import evidence, show_evidence

tuned = evidence("clipping_helps_against_heavy_tails")["tuned"]
noise = np.random.default_rng(3).standard_t(1.5, (1000, 40))
fig, ax = plt.subplots()
for label, limit, lr, color in (
        ("without clipping", np.inf, tuned["lr_free"], "0.6"),
        ("clipped", tuned["limit"], tuned["lr_clipped"], "black")):
    w = np.full(40, 10.0)
    middle = []
    for xi in noise:
        w = w - lr * np.clip(w + xi, -limit, limit)
        middle.append(np.median(np.abs(w)))
    ax.semilogy(middle, color=color, label=f"{label}, lr {lr:.2g}, limit {limit:g}")
ax.set(xlabel="step", ylabel="median of |w| over 40 runs", title="Heavy tails")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* without clipping the rate must be so small that the longest gradients do no harm. With clipping it may
# be three times as large. The clipped run is slower at first, because the gradient at the start is itself cut from 10 to 1.
# It ends nearer to the minimum.
#
# Does that hold on other seeds, and what of skewed noise, whose long gradients all point one way?

# %%
show_evidence("clipping_helps_against_heavy_tails")
show_evidence("clipping_hurts_with_skewed_noise")

# %% [markdown]
# Both rows **hold**. Against symmetric heavy tails, clipped descent ends nearer to the minimum, by a factor
# of about $e^{1.04} \approx 2.8$. With skewed noise and the limit 2 it ends farther away, by a factor of
# about seven: the mean of the clipped gradient vanishes at a wrong point, and no rate can repair that.
#
# ## On a network
#
# `train(..., clip_norm=c)` clips by the global norm and keeps `grad_norm`, the length before clipping. So one can see how
# often a limit acts, here on 5 000 images of MNIST with the tuned rate.

# %% tags=["figure"] mystnb={"image": {"alt": "Length of the gradient at each of 600 steps as dots on a log axis, most of them between 0.3 and 2, falling slowly, with a dashed line at the limit 1; more than a third of the dots lie above it."}}
from course_lib.data import datasets
from course_lib.networks import mlp
from course_lib.training import train

images = datasets.split(datasets.load_mnist())
few = (images.X_train[:5000], images.y_train[:5000])
lr = evidence("clipped_network_ends_as_low")["tuned"]["lr_clipped"]
rng = np.random.default_rng(0)
net = mlp([784, 32, 10], rng=rng)
kept = train(net, few, "sgd", lr=lr, epochs=6, batch_size=50, rng=rng,
             clip_norm=1.0, progress=False)
fig, ax = plt.subplots()
ax.semilogy(kept.grad_norm, ".", color="black", markersize=4)
ax.axhline(1.0, color="0.5", linestyle="--")
share = np.mean(kept.grad_norm > 1.0)
ax.set(xlabel="step", ylabel="length of the gradient", title=f"Clipped: {share:.0%}")
plt.show()

# %% [markdown]
# *Reading the figure:* the dashed line is the limit 1, which many use. The title says what share of the gradients it
# shortens.

# %%
show_evidence("clipped_network_ends_as_low")

# %% [markdown]
# With the usual limit 1 and its own best rate, clipped descent against descent without clipping is **undecided** on this
# network: neither a gain nor a harm was found. What clipping is for is the run that would explode without it.
#
# ## Four different things
#
# Gradient clipping is mixed up with three others, and then credited with preventing overfitting. Look at what they do to
# one loss, $\tfrac12|w - a|^2$ with the minimum $a = (3,\ 0.4,\ -2,\ 0.05)$:
#
# | name | what is changed, and when |
# |---|---|
# | gradient clipping | a long gradient is shortened before the step |
# | weight clipping | after each step, every weight is cut to $[-c, c]$ |
# | max-norm | after each step, a unit's incoming weights are shortened to the length $c$ if they are longer |
# | pruning | after training, small weights are set to 0 |
#
# **Predict** where each ends, with $c = 1$ and pruning below 0.5.

# %%
a = np.array([3.0, 0.4, -2.0, 0.05])


def end(shorten=lambda g: g, limit=lambda w: w):
    w = np.zeros(4)
    for _ in range(300):
        w = limit(w - 0.1 * shorten(w - a))
    return w


ends = {"plain training": end(),
        "gradient clipping": end(shorten=lambda g: clipping.by_norm(g, 1.0)),
        "weight clipping": end(limit=lambda w: np.clip(w, -1, 1)),
        "max-norm": end(limit=lambda w: clipping.by_norm(w, 1.0)),
        "pruning": np.where(np.abs(end()) < 0.5, 0.0, end())}
for name, w in ends.items():
    print(f"{name:17}: {(w.round(2) + 0.0).tolist()}")

# %% tags=["guard"]
assert np.allclose(ends["gradient clipping"], a, atol=1e-6)
assert np.allclose(ends["max-norm"], a / np.linalg.norm(a), atol=1e-6)

# %% [markdown]
# Gradient clipping ends where plain training ends: here it changes the way, and not the set of points that can be reached.
# The others change *where* one ends. Weight clipping breaks the proportions of the large weights, max-norm keeps them, and
# pruning drops the small weights.
#
# ### Exercise 17.3 · Max-norm of a layer
#
# `W` has the shape (n_in, n_out): its *column* $k$ holds the incoming weights of unit $k$. Return a new array in which every
# column that is longer than `limit` is shortened to this length. All others stay.

# %% tags=["exercise"]
def max_norm(W, limit):
    """Return W (n_in, n_out) with no column longer than limit > 0."""
    ### BEGIN SOLUTION
    norms = np.sqrt((W**2).sum(axis=0))
    return W * (limit / np.maximum(norms, limit))
    ### END SOLUTION

# %%
check.max_norm(max_norm)

# %% [markdown]
# Now the four on a network, with plain training as the control: the same start and batches, Adam for 20 epochs on 1 000
# images. The library's `penalties` has the three that change weights.

# %%
from course_lib.networks import penalties


def trained(change=lambda W: W, share=0.0, **options):
    """Return the matrices; change(W) acts on each of them after every step."""
    rng = np.random.default_rng(0)
    net = mlp([784, 64, 10], rng=rng)
    matrices = [layer.W for layer in net.layers[::2]]

    def limit(net, lr):
        for W in matrices:
            change(W)

    data = (images.X_train[:1000], images.y_train[:1000])
    train(net, data, "adam", lr=0.003, epochs=20, batch_size=100, rng=rng,
          progress=False, after_step=limit, **options)
    for W in matrices:
        penalties.prune(W, share)
    return matrices

# %% [markdown]
# **Guess** which number each of the four pins down, if any: the largest weight, the longest column, or the share of zeros.

# %% tags=["figure"] mystnb={"image": {"alt": "Five histograms of the weights of the first layer, counts on a log axis. Plain and gradient clipping: nearly the same broad bell. Weight clipping: a narrow block with two high edges at minus and plus 0.05. Max-norm: a narrower bell. Pruning: a spike at zero, a gap, and the two tails."}}
cases = {"plain": {}, "gradient clipping": {"clip_norm": 0.1},
         "weight clipping": {"change": lambda W: penalties.clip_weights(W, 0.05)},
         "max-norm": {"change": lambda W: penalties.max_norm(W, 1.0)},
         "pruning": {"share": 0.8}}
fig, axes = plt.subplots(1, 5, figsize=(9.6, 3), sharey=True)
for ax, (name, options) in zip(axes, cases.items(), strict=True):
    W, last = trained(**options)
    ax.hist(W.ravel(), bins=np.linspace(-0.3, 0.3, 41), color="0.4", log=True)
    ax.set_title(name, fontsize=10)
    longest = max(np.linalg.norm(M, axis=0).max() for M in (W, last))
    largest = max(np.abs(M).max() for M in (W, last))
    print(f"{name:17}: largest weight {largest:.2f}, longest column {longest:.2f}, "
          f"zeros {np.mean(W == 0):.0%}")
axes[0].set(ylabel="count")
axes[2].set(xlabel="weight in the first layer")
plt.show()

# %% [markdown]
# *Reading the figure:* gradient clipping leaves the histogram nearly as it was. Weight clipping piles the
# large weights up at both ends, max-norm shortens the columns, and pruning empties the middle. Each of these
# three pins down its own number; gradient clipping pins down none.
#
# Whether any of them helps on new images is a question for tuned runs and fresh seeds;
# [notebook 23](23_regularise.ipynb) asks it of weight clipping and max-norm.
#
# ## Summary
#
# - Clipping by norm keeps the gradient's direction, by value it does not. Both make a rate usable that would
#   explode without them.
# - Clipping changes the mean of noisy gradients. On the noisy parabola it was a gain against symmetric heavy
#   tails, and a loss with skewed noise.
# - Record how often it acts: `train` keeps the length of every gradient before clipping.
# - Gradient clipping changes the way. Weight clipping, max-norm and pruning change the points that can be reached.
#
# ## Questions to ask yourself
#
# **1.** Every gradient of a run is longer than the limit, and it is clipped by norm before plain gradient descent. What is
# the rule then?
#
# <details>
# <summary>Answer</summary>
#
# Normalised gradient descent: every step has the length $\mathrm{lr} \cdot c$. Near the minimum it cannot settle below that
# scale until the gradients become shorter than the limit.
#
# </details>
#
# **2.** All gradients are multiplied by the same constant factor, 0.01. What does that change for gradient descent, and
# what for Adam?
#
# <details>
# <summary>Answer</summary>
#
# For gradient descent it is a rate a hundred times smaller. For Adam it changes nothing but the role of $\varepsilon$. So
# with Adam, clipping acts only through *which* gradients are clipped: a rare long one counts less in $m$ and $v$.
#
# </details>
#
# **3.** Somebody clips the gradients of each of four workers, and then averages them. Is that the same as clipping the
# average?
#
# <details>
# <summary>Answer</summary>
#
# No. The average of the four is never longer than the longest of them, and may need no clipping at all. Clipping first
# changes the mean, as in the section on its cost.
#
# </details>
#
# ## Go deeper
#
# - R. Pascanu, T. Mikolov, Y. Bengio,
#   [*On the difficulty of training recurrent neural networks*](https://arxiv.org/abs/1211.5063), ICML (2013): clipping by
#   norm, and the cliff.
# - T. Mikolov, [*Statistical language models based on neural
#   networks*](https://www.fit.vutbr.cz/~imikolov/rnnlm/thesis.pdf), PhD thesis, Brno (2012): clipping by
#   value.
# - J. Zhang and others, [*Why are adaptive methods good for attention models?*](https://arxiv.org/abs/1912.03194) (2020):
#   heavy tails, and clipping against them.
# - M. Arjovsky, S. Chintala, L. Bottou, [*Wasserstein GAN*](https://arxiv.org/abs/1701.07875) (2017): weight clipping, and
#   its authors' doubts about it.
# - N. Srivastava and others, [*Dropout*](https://jmlr.org/papers/v15/srivastava14a.html), Journal of Machine Learning
#   Research 15 (2014): max-norm.
# - S. Han and others, [*Learning both weights and connections for efficient neural
#   networks*](https://arxiv.org/abs/1506.02626) (2015): pruning by size. The first was Y. LeCun and others,
#   [*Optimal brain
#   damage*](https://proceedings.neurips.cc/paper/1989/hash/6c9882bbac1c7093bd25041881277658-Abstract.html)
#   (1990).
#
# **Next:** where do a network's gradients come from? [18: Backpropagate](18_backpropagate.ipynb)
