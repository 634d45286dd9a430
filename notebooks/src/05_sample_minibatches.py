# %% [markdown]
# # 05 · Sample mini-batches
#
# *What does noise cost, and how big should a batch be?*
#
# Nobody trains a network with the exact gradient. A few examples give an estimate of it, which is cheap, right on average, and noisy. In this notebook
# the noise becomes a number: you will know how long it keeps you from the minimum, when a larger batch pays, and when it
# stops paying.
#
# **You will do:** choose a learning rate for a wanted accuracy, repair an epoch that shuffles the
# wrong thing, write the estimator of the gradient noise scale, and carry a learning rate from one batch size to another.
#
# **You will learn:** what sampling leaves right and what it makes wrong; why a constant rate ends at a *noise floor*; how a batch size
# spends steps, examples, time and memory; and where the knee of that trade-off lies.
#
# **You need:** gradient descent and its factor $1 - lr\,\lambda$, as in [03: Descend the gradient](03_descend_the_gradient.ipynb), and what a
# variance is. That `net.loss_and_grad` returns the gradient of a network is enough for now.
#
# **Minutes:** 90. The cells themselves run for about a minute.

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
# ## Three names for one loop
#
# A training loss is a mean over $n$ examples, and so is its gradient: $G(w) = \frac1n\sum_i g_i(w)$, where $g_i$ is the gradient of the loss of
# example $i$. Replace the mean over all of them by the mean over a batch of $B$:
#
# | examples in a step | name | steps in an epoch |
# |---|---|---|
# | all $n$ | batch gradient descent, also full-batch | 1 |
# | one | stochastic gradient descent in the strict sense | $n$ |
# | $B$ of them | mini-batch SGD; in practice simply "SGD" | $n/B$, rounded up |
#
# An **epoch** is one pass through all examples. So a loop in which every step uses the whole data set is *not* SGD, whatever its function is called.
# And SGD does not pick a random *direction*: it picks random *examples*, and then steps against their mean gradient. This does not make the run calmer. It adds
# variance, and what it buys is cheap steps.
#
# The network of this notebook is small, 784-32-10, so that hundreds of runs fit in it. The images are MNIST: 55 000 for training, 5 000 for validation. The test images
# stay closed. (Without a network connection, 1 797 smaller digits take their place; every cell runs with them, and the text speaks of MNIST.) `learn` trains a
# fresh network from a seed, through stages of `(epochs, batch_size, lr)`; we need it near the end.

# %%
from course_lib.checks import museum
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
# ## Is the gradient of a batch right?
#
# On average, yes. Draw an example at random, each with probability $1/n$: the mean of what you get is $\sum_i \frac1n g_i = G$. The mean of $B$ such draws has the same
# mean. One says that the batch gradient is **unbiased**: $E[g_B] = G$. This holds at *fixed* weights, with replacement or without.
#
# Without replacement it can be checked to the last digit. An epoch uses every example once, so the batch gradients of one epoch, all taken at the same weights,
# average to $G$ exactly, if each counts as much as it has examples. **Predict:** what happens if the last batch, which is smaller, counts as much as the
# others? And is a single batch of 999 also close to $G$?

# %%
_, G = net.loss_and_grad(X, y)
G, parts, counts = G.copy(), [], []
for rows in datasets.batches(len(X), 999, np.random.default_rng(0)):
    parts.append(net.loss_and_grad(X[rows], y[rows])[1].copy())
    counts.append(len(rows))
def error(estimate):
    return np.linalg.norm(estimate - G) / np.linalg.norm(G)
weighted, plain = error(np.average(parts, axis=0, weights=counts)), error(np.mean(parts, axis=0))
print(f"mean over the epoch, weighted by length: predicted error 0, measured {weighted:.4f}")
print(f"each batch counted alike: error above 0.001: {plain > 0.001}; a single batch: above 0.02: {error(parts[0]) > 0.02}")
assert weighted < 1e-5 < min(plain, error(parts[0]))

# %% [markdown]
# ## How wrong is a single batch?
#
# Let $\sigma^2 = \frac1n\sum_i |g_i - G|^2$, the variance of the gradient of one example, summed over the coordinates. (In the letters of the papers it is $\mathrm{tr}\,\Sigma$, the trace of
# the covariance matrix $\Sigma$.) With replacement, the $B$ draws are independent and variances add up:
#
# $$E\,|g_B - G|^2 = \frac{\sigma^2}{B} .$$
#
# Without replacement, a drawn example is not drawn again. The sum of all $n$ deviations is zero, so any two different draws are correlated: each of the $n-1$
# others has on average $-1/(n-1)$ of the deviation of the first. The variance of the mean is then
#
# $$\frac{1}{B^2}\Big(B\,\sigma^2 - B(B-1)\,\frac{\sigma^2}{n-1}\Big) = \frac{\sigma^2}{B}\cdot\frac{n-B}{n-1} .$$
#
# **Predict:** with $n = 256$ examples, by what factor is a batch of 64 better without replacement than with? And a batch of 256?
#
# The cell takes the gradients of 256 images one by one, centres them, and draws 2000 batches of each size. If example $i$ was drawn $c_i$ times, then
# $|g_B - G|^2 = c^\top K c / B^2$, where $K$ holds the inner products of the centred gradients. So no gradient has to be computed again.

# %% tags=["figure"] mystnb={"image": {"alt": "Squared error of the batch gradient against batch size from 1 to 256, both axes logarithmic. Dots with replacement lie on a straight falling line. Dots without replacement lie on a curve that leaves it near 64 and plunges to zero at 256."}}
n, rng, drawn = 256, np.random.default_rng(0), np.array([1, 2, 4, 8, 16, 32, 64, 128, 192, 240])
g = np.array([net.loss_and_grad(X[i:i + 1], y[i:i + 1])[1].astype(float) for i in range(n)])
K = (g - g.mean(0)) @ (g - g.mean(0)).T
fig, ax = plt.subplots()
for name, law, marker, draw in (
        ("with", 1, "o", lambda B: rng.multinomial(B, np.full(n, 1 / n), 2000)),
        ("without", (n - drawn) / (n - 1), "s", lambda B: rng.multivariate_hypergeometric(np.ones(n, int), B, 2000))):
    measured = [((c @ K) * c).sum(1).mean() / B**2 for c, B in zip(map(draw, drawn), drawn, strict=True)]
    predicted = np.trace(K) / n / drawn * law
    ax.loglog(drawn, predicted, color="0.6", zorder=1)
    ax.loglog(drawn, measured, marker, color="black", fillstyle="full" if marker == "o" else "none", label=f"{name} replacement")
    assert np.allclose(measured, predicted, rtol=0.1)
ax.set(xlabel="batch size $B$", ylabel="mean of $|g_B - G|^2$", title="Both laws hold, to the end of the data set")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* grey lines are the formulas, dots are measured. The factor at $B = 64$ is $192/255 = 0.75$, and at $B = 256$ it is 0: a
# batch that holds everything has no error. While $B$ is far below $n$, which is the usual case, the two ways agree, and what counts is $1/B$. Mind the root:
# **to halve the error $|g_B - G|$ you need four times the batch.** That is the whole reason why small batches are a bargain.
#
# ## What noise costs: the floor
#
# How does a run look that follows such gradients? Take the parabola $f(w) = \tfrac12\lambda w^2$ with gradients $\lambda w + \xi$, where the noise $\xi$ has mean
# zero, variance $\sigma^2/B$, and is drawn afresh at each step, independently of $w$. With $q = 1 - lr\,\lambda$, a step is
#
# $$w_{t+1} = q\, w_t - lr\,\xi_t \qquad\Longrightarrow\qquad E[w_{t+1}^2] = q^2\, E[w_t^2] + lr^2\,\frac{\sigma^2}{B} .$$
#
# The first term shrinks if $|q| < 1$; the second arrives anew in every step. They balance when $E[w^2]\,(1 - q^2) = lr^2\sigma^2/B$, and since $1 - q^2 = lr\,\lambda\,(2 - lr\,\lambda)$,
#
# $$E[w^2] \;\to\; \frac{lr\;\sigma^2}{B\,\lambda\,(2 - lr\,\lambda)} .$$
#
# This is the **noise floor**. It does not depend on the start or on the number of steps: with a constant rate the run stops getting better. Half the rate, or twice the batch, puts the floor
# at about half its height.
#
# The cell uses a loss with honest sampling noise: $f_i(w) = \tfrac12\lambda(w - x_i)^2$ for a thousand numbers $x_i$ with mean 0 and variance 1. The gradient
# of a batch is $\lambda(w - \bar x_B)$, where $\bar x_B$ is the mean of its numbers, so that $\sigma = \lambda$. **Predict** the height for $\lambda = 4$, $lr = 0.25$, $B = 1$. And
# where does the formula blow up?

# %%
lam, x = 4.0, np.random.default_rng(0).standard_normal(1000)
x = (x - x.mean()) / x.std()

def sampled(batch_size, rng):
    def fun(w):
        batch = x[rng.integers(len(x), size=(len(w), batch_size))].mean(axis=1, keepdims=True)
        return 0.5 * lam * w[:, 0]**2, lam * (w - batch)
    return fun

def measured_floor(lr, batch_size):
    run = descent.minimize(sampled(batch_size, np.random.default_rng(1)), np.zeros((200, 1)), "sgd", lr=lr, n_steps=1500)
    return (run.w[500:]**2).mean()

print(f"lr 0.25, B 1: predicted {batch_noise.sgd_floor(0.25, lam=lam, sigma=lam, batch_size=1):.2f}, measured {measured_floor(0.25, 1):.2f}")

# %% [markdown]
# With $lr = 1/\lambda$ the memory $q$ is zero: every step jumps to its own example, and the run is as noisy as the data. Now the whole formula, against the rate and against the batch size.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels with logarithmic axes. Left: the floor rises with the learning rate, first as a straight line, then steeply near one half, for batches of 1 and 16, sixteen times apart. Right: the floor falls as one over the batch size for two rates. Dots lie on the lines."}}
rates, batch_sizes = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45, 0.48]), np.array([1, 4, 16, 64])
fine, worst = np.geomspace(0.009, 0.49, 200), []
fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 4.2), sharey=True)
for marker, B, lr in (("o", 1, 0.3), ("s", 16, 0.03)):
    for ax, at, dots in ((left, (fine, B), (rates, B)), (right, (lr, batch_sizes), (lr, batch_sizes))):
        f = [measured_floor(*pair) for pair in np.broadcast(*dots)]
        ax.loglog(fine if ax is left else batch_sizes, batch_noise.sgd_floor(at[0], lam=lam, sigma=lam, batch_size=at[1]), color="0.6")
        ax.loglog(dots[0] if ax is left else dots[1], f, marker, color="black", label=f"$B$ = {B}" if ax is left else f"lr {lr}")
        worst.append(np.max(np.abs(f / batch_noise.sgd_floor(dots[0], lam=lam, sigma=lam, batch_size=dots[1]) - 1)))
left.set(xlabel="learning rate", ylabel="mean of $w^2$ at the end", title="Infinite at the edge, lr 0.5")
right.set(xlabel="batch size $B$", title="Twice the batch, half the floor")
_ = left.legend(), right.legend()
plt.show()
assert max(worst) < 0.15

# %% [markdown]
# *Reading the figure:* lines are the formula, dots are runs; the largest deviation is below 15 %, the accuracy of 200 runs. The floor is proportional to $lr/B$ as long as $lr\,\lambda$ is small, and it has an end:
# at $lr = 2/\lambda = 0.5$, the boundary of notebook 03, it goes to infinity. So noise does not move the boundary here, but near it the floor is as useless as divergence. (Here the noise is the same at
# every $w$. Where it grows with the distance, as in least squares, the boundary itself comes down.)
#
# ### Exercise 05.1 · The largest rate for a wanted floor
#
# Turn the formula round. Return the learning rate whose noise floor $E[w^2]$ is exactly `floor`, for the parabola of curvature `lam` and gradient noise of standard deviation `sigma` for one example.

# %% tags=["exercise"]
def rate_for_floor(floor, *, lam, sigma, batch_size):
    """Return the learning rate at which E[w^2] settles at floor."""
    ### BEGIN SOLUTION
    return 2 * batch_size * lam * floor / (sigma**2 + batch_size * lam**2 * floor)
    ### END SOLUTION

# %%
check.rate_for_floor(rate_for_floor)

# %% [markdown] tags=["solution"]
# From $F B\lambda\,(2 - lr\,\lambda) = lr\,\sigma^2$, with $F$ the floor, collect $lr$: $2FB\lambda = lr\,(\sigma^2 + FB\lambda^2)$. The result is always below $2/\lambda$, as it must be. For a low
# floor it is nearly $2FB\lambda/\sigma^2$: proportional to the batch size. Here the *linear scaling rule* appears for the first time.

# %% [markdown]
# ## Averaging: keep the rate, lose the noise
#
# To get below the floor one may lower the rate (Robbins & Monro 1951: rates that fall like $1/t$ reach the minimum; notebook 09 is about schedules). Or one keeps the rate and **averages the points visited**,
# $\bar w_T = \frac1T\sum_{t=1}^T w_t$ (Ruppert 1988; Polyak & Juditsky 1992). Sum up the rule $lr\,\lambda\, w_t = w_t - w_{t+1} - lr\,\xi_t$ over $t$, and divide by $T$:
#
# $$\lambda\,\bar w_T = \frac{w_1 - w_{T+1}}{lr\;T} - \frac1T\sum_t \xi_t
# \qquad\Longrightarrow\qquad E[\bar w_T^2] \approx \frac{\sigma^2}{B\,\lambda^2\,T} .$$
#
# The first term fades like $1/T$, its square like $1/T^2$. What remains does not contain the learning rate. **Predict** for $lr = 0.02$, $0.1$ and $0.4$, with $\sigma = \lambda$, $B = 1$ and
# $T = 5000$: the error of the average, and by what factor it beats the last point.

# %% tags=["figure"] mystnb={"image": {"alt": "Mean squared error against the number of steps, both axes logarithmic. Three flat lines show the last points of runs with three rates, at three heights. The three averages fall and merge into one grey line that goes down as one over the number of steps."}}
rates, runs, T = (0.02, 0.1, 0.4), 400, 5000
lr = np.repeat(rates, runs)[:, None]
run = descent.minimize(sampled(1, np.random.default_rng(2)), np.ones((3 * runs, 1)), "sgd", lr=lr, n_steps=T)
t = np.arange(1, T + 1)
points = run.w[1:, :, 0].reshape(T, 3, runs)
averages = np.cumsum(points, axis=0) / t[:, None, None]
fig, ax = plt.subplots()
ax.loglog(t, 1 / t, color="0.75", linewidth=6, label="$\\sigma^2/(B\\lambda^2 T)$")
for k, style in enumerate((":", "--", "-")):
    ax.loglog(t, (points[:, k]**2).mean(1), color="0.5", linestyle=style, linewidth=1)
    ax.loglog(t, (averages[:, k]**2).mean(1), color="black", linestyle=style, linewidth=1.5, label=f"average, lr {rates[k]}")
ax.set(xlabel="steps $T$", ylabel="mean squared error", title="All averages follow one line, whatever the rate")
ax.legend(loc="lower left")
plt.show()
assert np.allclose((averages[-1]**2).mean(1) * T, 1, rtol=0.3)

# %% [markdown]
# *Reading the figure:* thin grey lines are the last points; each stays at its own floor. The averages join the broad line, the slowest rate last, because its start has to be forgotten first. At the end each average is within 30 % of the predicted
# 0.0002 (400 runs), while the last point of the fastest rate is at 4: a factor of 20 000. Moreover $\sigma^2/(B\lambda^2T)$ is just the variance of the mean of all numbers seen. No unbiased estimate
# from that many normal samples could do better.
#
# Two limits. The average forgets the start slowly, so one begins it late. And on a loss that is not a parabola the points of a constant rate are not centred at the minimum, so the average ends near it,
# not at it.
#
# ## Shuffle, or draw?
#
# Real loops do not draw with replacement. They shuffle the data anew for every epoch and walk through it. What becomes of the floor? Take $\lambda = 1$ and $B = 1$. Over one epoch,
# $w_{\text{end}} = q^n w_0 + \sum_j a_j\, x_{\pi(j)}$ with $a_j = lr\; q^{\,n-1-j}$, $j = 0 \dots n-1$, where $\pi$ is the shuffled order. For shuffled numbers with mean 0 and variance 1, the sum has the variance
# $\frac{n}{n-1}\sum_j (a_j - \bar a)^2$ with $\bar a$ the mean of the $a_j$: only the *differences* between early and late examples count, because each comes exactly once. So at the ends of epochs
#
# $$E[w^2] \;\to\; \frac{n}{n-1}\cdot\frac{\sum_j (a_j - \bar a)^2}{1 - q^{2n}} .$$
#
# **Predict** for $n = 100$: which rate gains more from shuffling, $0.1$ or $0.001$?

# %%
n, runs = 100, 300
numbers = np.random.default_rng(0).standard_normal(n)
numbers = (numbers - numbers.mean()) / numbers.std()
for lr, epochs in ((0.1, 30), (0.01, 30), (0.001, 60)):
    rng, w, record = np.random.default_rng(1), np.zeros(runs), []
    for _ in range(epochs):
        for column in rng.permuted(np.tile(numbers, (runs, 1)), axis=1).T:
            w = w - lr * (w - column)
        record.append((w**2).mean())
    a = lr * (1 - lr)**np.arange(n)
    predicted = n / (n - 1) * ((a - a.mean())**2).sum() / (1 - (1 - lr)**(2 * n))
    drawn, measured = batch_noise.sgd_floor(lr, lam=1.0, sigma=1.0, batch_size=1), np.mean(record[epochs // 2:])
    print(f"lr {lr}: with replacement {drawn:#.2g}; shuffled: predicted {predicted:#.2g}, within 15 %: {abs(measured / predicted - 1) < 0.15}")
    assert abs(measured / predicted - 1) < 0.15

# %% [markdown]
# The smaller the rate, the more there is to gain: with $lr\,n$ below 1 the floor falls with the *square* of the rate, and no longer with the rate. (This is the floor at the *ends* of epochs; half-way through, it
# is higher. For more general losses see Mishchenko, Khaled & Richtárik 2020.)
#
# ## From the museum: an epoch that shuffles the wrong thing
#
# Input pipelines often cut the data into batches first and shuffle afterwards. Then the *order of the batches* is random, but every batch holds neighbours of the file, the same ones in every
# epoch. If the file is sorted, as folders of images, one for each class, are by default, then nearly every batch holds a single class. What do you expect in one epoch on MNIST sorted by label, with batches of 64 and $lr = 0.3$?
#
# The variance can be predicted. Split it: $\sigma^2 = \sigma_{\text{between}}^2 + \sigma_{\text{within}}^2$, where the first part is the variance of the ten classes' mean gradients, and the second the variance around the mean of the own class. In a
# batch of one class only the second part is averaged away:
#
# $$E\,|g_B - G|^2 \approx \sigma_{\text{between}}^2 + \frac{\sigma_{\text{within}}^2}{B} \qquad\text{instead of}\qquad \frac{\sigma_{\text{between}}^2 + \sigma_{\text{within}}^2}{B} .$$
#
# The cell measures both at the first weights, in units of $\sigma^2/B$, and then trains for one epoch.

# %%
order = np.argsort(y, kind="stable")
X_sorted, y_sorted = X[order], y[order]
_, sigma2 = batch_noise.exact_parts(net, X, y)
between = sum((y == k).mean() * np.square(net.loss_and_grad(X[y == k], y[y == k])[1] - G).sum() for k in range(10))
for name, epoch, theory in (("museum ", museum.museum_epoch, between + (sigma2 - between) / 64),
                            ("library", datasets.batches, sigma2 / 64)):
    trained, epoch = mlp(sizes, rng=np.random.default_rng(0)), epoch(len(X), 64, np.random.default_rng(1))
    epoch = [rows for rows in epoch if len(rows) == 64]
    variance = np.mean([np.square(net.loss_and_grad(X_sorted[rows], y_sorted[rows])[1] - G).sum() for rows in epoch])
    for rows in epoch:
        trained.theta -= 0.3 * trained.loss_and_grad(X_sorted[rows], y_sorted[rows])[1]
    print(f"{name}: predicted {theory * 64 / sigma2:.0f}, measured {variance * 64 / sigma2:.0f}; "
          f"validation accuracy above 0.9: {trained.accuracy(*valid) > 0.9}")
    assert abs(variance / theory - 1) < 0.2

# %% [markdown]
# With the museum's batches, 64 images say about as much as two or three shuffled ones would. Nothing crashes: the loss goes down for a while, every example is used once in each epoch, and the code looks tidy.
#
# ### Exercise 05.2 · Repair the epoch
#
# The function returns the batches of one epoch as a list of index arrays. Find the fault and repair it. Every index from 0 to $n-1$ must come exactly once, the last and smaller batch is kept, all randomness comes from `rng`, and any two examples may
# meet in a batch.

# %% tags=["exercise"]
def museum_epoch(n, batch_size, rng):
    ### BEGIN SOLUTION
    order = rng.permutation(n)
    return [order[start:start + batch_size] for start in range(0, n, batch_size)]
    ### END SOLUTION
    ### BEGIN STUB
    # starts = rng.permutation(np.arange(0, n, batch_size))
    # return [np.arange(start, min(start + batch_size, n)) for start in starts]
    ### END STUB

# %%
check.museum_epoch(museum_epoch)

# %% [markdown] tags=["solution"]
# First shuffle the examples, then cut. In `tf.data` the same mistake is `dataset.batch(64).shuffle(1000)`; the repair is `dataset.shuffle(n).batch(64)`, with a buffer as long as the data set: a
# shorter one only mixes neighbours.

# %% [markdown]
# ## Cheap first, then a floor
#
# "SGD converges faster than batch gradient descent" is half of a truth. One full gradient costs as much as the gradients of $n$ single examples, so the fair axis counts *examples*. The cell fits a linear model with 10 weights to
# $n = 10\,000$ examples, $\tfrac12(a_i\cdot w - b_i)^2$, by gradient descent with its best rate, by SGD with $B = 10$ and a constant rate, and by SGD with a rate that falls like $1/t$.
#
# What does theory say? Gradient descent goes down by a fixed factor in every epoch, without end. SGD takes 1000 steps in the same time, and then meets a floor. Near the minimum the covariance of $g_i$ is $s^2 H$, where $s^2$ is the mean squared residual and
# $H$ the Hessian with eigenvalues $\lambda_k$. Put $\sigma_k^2 = s^2\lambda_k$ into the formula for each coordinate, and the loss stays above its minimum by
#
# $$\sum_k \tfrac12\lambda_k E[w_k^2] = \frac{lr\; s^2}{2B}\sum_k \frac{\lambda_k}{2 - lr\,\lambda_k} .$$
#
# (The residuals here are independent of the inputs; otherwise $s^2H$ is an approximation.) And gradient descent with its best rate multiplies the loss by $q^2$ or less in every step, with
# $q = (\kappa - 1)/(\kappa + 1)$ from notebook 03. Here $\kappa$, the ratio of the largest to the smallest $\lambda_k$, is about 20. **Predict:** after how many epochs will gradient descent overtake the constant rate, if both begin at a loss of 15 and the floor is 0.004?

# %%
n, rng = 10_000, np.random.default_rng(0)
A = rng.standard_normal((n, 10)) * np.sqrt(np.geomspace(0.05, 1, 10))
b = A @ np.full(10, 3.0) + rng.standard_normal(n)
H, best = A.T @ A / n, np.linalg.lstsq(A, b)[0]
s2, eigenvalues = np.mean((A @ best - b)**2), np.linalg.eigvalsh(H)
q = (eigenvalues[-1] - eigenvalues[0]) / (eigenvalues[-1] + eigenvalues[0])

def full(w):
    return 0.5 * ((w - best) @ H * (w - best)).sum(-1), (w - best) @ H

def batch_of_ten(w):
    rows = rng.integers(n, size=(len(w), 10))
    residual = (A[rows] * w[:, None]).sum(-1) - b[rows]
    return full(w)[0], (A[rows] * residual[..., None]).mean(1)

# %% [markdown]
# `full` returns the loss *above its minimum* and the exact gradient; `batch_of_ten` the same loss, and the gradient of ten examples.

# %% tags=["figure"] mystnb={"image": {"alt": "Loss above the minimum against epochs, both axes logarithmic. SGD with a constant rate falls within a tenth of an epoch and then stays at a dashed floor. SGD with a falling rate goes on down. Gradient descent starts at one epoch, far above, and crosses the floor only after some 35 epochs."}}
start, per_epoch, lr = np.zeros((30, 10)), n // 10, 0.05
gd = descent.minimize(full, start[:1], "sgd", lr=2 / (eigenvalues[0] + eigenvalues[-1]), n_steps=80).loss[:, 0]
constant, falling = (descent.minimize(batch_of_ten, start, "sgd", lr=rule, n_steps=12 * per_epoch, keep_path=False).loss.mean(1)
                     for rule in (lr, schedules.inverse_time(0.2, 200)))
floor = lr * s2 / 20 * (eigenvalues / (2 - lr * eigenvalues)).sum()
fig, ax = plt.subplots()
ax.loglog(np.arange(1, len(constant)) / per_epoch, constant[1:], color="black", linewidth=1.2, label="SGD, constant rate")
ax.loglog(np.arange(1, len(falling)) / per_epoch, falling[1:], ":", color="black", label="SGD, rate falls like $1/t$")
ax.loglog(np.arange(1, 81), gd[1:], "o-", color="0.5", markersize=4, label="gradient descent")
ax.axhline(floor, color="0.6", linestyle="--", linewidth=1.5)
ax.set(xlabel="epochs (examples used / $n$)", ylabel="loss above its minimum", title="SGD is first by far, and then stands still", ylim=(1e-4, 60))
ax.legend()
plt.show()
print(f"floor {floor:.1g} predicted; measured within 15 %: {abs(constant[6 * per_epoch:].mean() / floor - 1) < 0.15}; gradient descent "
      f"is below it: predicted after at most {math.log(floor / gd[0]) / math.log(q * q):.0f} epochs, measured {np.argmax(gd < floor)}")

# %% [markdown]
# *Reading the figure:* the dashed line is the predicted floor. When gradient descent has made its first step, SGD is near its floor, a thousand times lower. With a rate that falls like $1/t$ there is no floor, but progress gets slow. Counted in steps, SGD's curve would look the same with
# a million examples to draw from, while each step of gradient descent would take a hundred times as long. That is why SGD is the method for *large* data (Bottou 2010), and why it is wrong to say that gradient descent is slow because a network has many *parameters*: a gradient costs a small multiple of the
# forward pass, for any number of them. It is slow because the data are many. But whoever wants ten correct digits on a small problem should take the exact gradient.
#
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
# ### Exercise 05.3 · The noise scale
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
# What has to happen to the rate when the batch is $k$ times as large? From exercise 05.1: for small rates, SGD's floor depends on $lr/B$ only. Seen otherwise, $k$ small steps with gradients that hardly change add up to one step of $k$ times the rate. Both say: **multiply the rate by $k$** (used by Krizhevsky 2014, tested at length by Goyal et al. 2017). With a fixed $\beta$ the
# same holds for momentum. Adam divides by the root of the mean squared gradient. Where noise dominates, that root falls like $1/\sqrt k$, so the step already grows by $\sqrt k$ of itself, and **the rate gets the other $\sqrt k$** (Malladi et al. 2022, who also change $1-\beta_1$ and $1-\beta_2$ to $k$ times their values, and divide $\varepsilon$ by $\sqrt k$). "Suitably larger" is thus two different rules, and both hold only
# well below the critical batch.
#
# ### Exercise 05.4 · Carry the rate over
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
# the gap goes away with more steps, and Shallue et al. (2018) found no gap that held up once everything was tuned. *SGD easily gets stuck:* its noise does not keep it anywhere in particular, and it helps it to leave saddles (notebook 02). Neither method promises more than a stationary point on a non-convex loss.
#
# ## Summary
#
# | quantity | formula | holds for |
# |---|---|---|
# | mean of $g_B$ | $G$ | fixed weights, with or without replacement |
# | $E\,\vert g_B - G\vert^2$ | $\sigma^2/B$, times $(n-B)/(n-1)$ without replacement | the same |
# | noise floor $E[w^2]$ | $lr\,\sigma^2/\big(B\lambda(2 - lr\,\lambda)\big)$ | parabola, independent noise, $0 < lr\,\lambda < 2$ |
# | averaged points | $\sigma^2/(B\lambda^2T)$ | the same, $T$ large |
# | steps to a target | $s_{\min}(1 + B_{\text{crit}}/B)$ | a model: best rates, second order |
# | $B_{\text{simple}}$ | $\mathrm{tr}\,\Sigma/\vert G\vert^2$ | an order of magnitude for $B_{\text{crit}}$ |
#
# - Small batches are cheap because the error falls only with the root of $B$; they end at a floor that falls with $lr/B$.
# - Larger batches save steps up to the critical batch size, which tends to grow during training.
# - Batch size and learning rate belong together; whoever changes one must retune the other.
#
# ## Questions to ask yourself
#
# **1.** Your run hovers at a noise floor. You halve the rate and double the batch. By what factor does the floor fall, for small $lr\,\lambda$?
#
# <details>
# <summary>Answer</summary>
#
# By about 4: the floor is proportional to $lr/B$.
#
# </details>
#
# **2.** A colleague compares $B = 32$ with $B = 1024$ at one learning rate and the same number of epochs, and concludes that small batches generalise better. What was compared?
#
# <details>
# <summary>Answer</summary>
#
# A run with 32 times as many steps with one with few steps, at a rate that suits at most one of them. Tune the rate for each, and compare at the same loss or the same cost.
#
# </details>
#
# **3.** The noise scale of your model is 500. What do you lose with $B = 500$, compared with a very small batch, and what do you gain?
#
# <details>
# <summary>Answer</summary>
#
# If the model $s_{\min}(1 + B_{\text{crit}}/B)$ holds with $B_{\text{crit}} = 500$, you use twice the examples that you would need at least, and twice the steps. Half the size would make it three times the steps and one and a half times the examples.
#
# </details>
#
# **4.** Why may one not average $\mathrm{tr}\,\Sigma/|G|^2$ over single pairs of batches?
#
# <details>
# <summary>Answer</summary>
#
# Numerator and denominator are unbiased each, but the mean of a ratio is not the ratio of the means, and the estimate of $|G|^2$ from one pair can be near zero or negative.
#
# </details>
#
# **5.** The loss of every epoch falls nicely, but within each epoch it is high at the beginning and low at the end, in every epoch alike. What do you suspect?
#
# <details>
# <summary>Answer</summary>
#
# That the order is the same in every epoch: the data are not shuffled anew. Then every batch meets the same neighbours, and the end of the order is what was seen last.
#
# </details>
#
# ## Go deeper
#
# - H. Robbins, S. Monro, *A stochastic approximation method*, Annals of Mathematical Statistics 22, 400–407 (1951), doi:10.1214/aoms/1177729586.
# - B. Polyak, A. Juditsky, *Acceleration of stochastic approximation by averaging*, SIAM Journal on Control and Optimization 30, 838–855 (1992), doi:10.1137/0330046.
# - L. Bottou, *Large-scale machine learning with stochastic gradient descent*, COMPSTAT (2010), doi:10.1007/978-3-7908-2604-3_16; L. Bottou, F. Curtis, J. Nocedal, *Optimization methods for large-scale machine learning*, arXiv 1606.04838.
# - K. Mishchenko, A. Khaled, P. Richtárik, *Random reshuffling: simple analysis with vast improvements* (2020), arXiv 2006.05988.
# - S. McCandlish, J. Kaplan, D. Amodei, OpenAI Dota Team, *An empirical model of large-batch training* (2018), arXiv 1812.06162.
# - C. Shallue and others, *Measuring the effects of data parallelism on neural network training* (2018), arXiv 1811.03600.
# - A. Krizhevsky, *One weird trick for parallelizing convolutional neural networks* (2014), arXiv 1404.5997; P. Goyal and others, *Accurate, large minibatch SGD: training ImageNet in 1 hour* (2017), arXiv 1706.02677.
# - S. Malladi, K. Lyu, A. Panigrahi, S. Arora, *On the SDEs and scaling rules for adaptive gradient algorithms* (2022), arXiv 2205.10287.
# - S. Smith, P.-J. Kindermans, C. Ying, Q. Le, *Don't decay the learning rate, increase the batch size* (2018), arXiv 1711.00489.
# - N. Keskar and others, *On large-batch training for deep learning: generalization gap and sharp minima* (2016), arXiv 1609.04836; L. Dinh and others, *Sharp minima can generalize for deep nets* (2017), arXiv 1703.04933; E. Hoffer, I. Hubara, D. Soudry, *Train longer, generalize better* (2017), arXiv 1705.08741.
# - Y. Bengio, *Practical recommendations for gradient-based training of deep architectures* (2012), arXiv 1206.5533; D. Masters, C. Luschi, *Revisiting small batch training for deep neural networks* (2018), arXiv 1804.07612.
#
# **Next:** noise is not the only thing that slows a run. What if a step remembered the ones before it? [06: Add momentum](06_add_momentum.ipynb).
