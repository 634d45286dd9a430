# %% [markdown]
# # 08 · Sample mini-batches
#
# *What does the noise of a batch cost?*
#
# Nobody trains a network with the exact gradient. A few examples give an estimate of it: cheap, right on average, and noisy. Here
# the noise becomes a number. You will know how close to the minimum a noisy run gets, and what brings it closer.
#
# **You will do:** choose a learning rate for a wanted accuracy, repair an epoch that shuffles the wrong thing, and build a whole run
# of **mini-batch stochastic gradient descent**.
#
# **You will learn:** what sampling leaves right and what it makes wrong; why a constant rate ends at a *noise floor*; how averaging
# and shuffling get below it.
#
# **You need:** gradient descent and its factor $1 - \mathrm{lr}\,\lambda$, from [05: Descend the gradient](05_descend_the_gradient.ipynb);
# mean and variance, and that the variances of independent numbers add up. Proofs are folded: skip them on the first reading.
#
# **Minutes:** 70

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Three names for one loop
#
# A training loss is a mean over $n$ examples, and so is its gradient: $G(w) = \frac1n\sum_i g_i(w)$, where $g_i$ is the gradient of the
# loss of example $i$. Replace the mean over all examples by the mean over a **batch** of $B$ of them:
#
# | examples in a step | name | steps in an epoch |
# |---|---|---|
# | all $n$ | batch gradient descent, also full-batch | 1 |
# | one | stochastic gradient descent in the strict sense | $n$ |
# | $B$ of them | mini-batch SGD; in practice simply "SGD" | $n/B$, rounded up |
#
# An **epoch** is one pass through all examples. SGD does not pick a random direction. It picks random *examples* and steps against
# their mean gradient.
#
# A full gradient costs as much as the gradients of $n$ examples. So the fair axis counts *examples*, in epochs. The cell fits a linear model with 10 weights to
# $n = 10\,000$ examples: gradient descent at a rate of 1.8, near its best, and SGD with batches of 10 at a constant rate of 0.05.

# %% tags=["figure"] mystnb={"image": {"alt": "Loss above the minimum against epochs, both axes logarithmic. SGD falls steadily, reaches a dashed line near 0.004 after about one epoch, and then jumps up and down around it. Gradient descent starts at one epoch, far above, and crosses the dashed line only after some 20 epochs."}}
from course_lib.optimizers import descent
from course_lib.training import batch_noise

full, sampled, floor = batch_noise.linear_model(10_000, rng=np.random.default_rng(0))
gd = descent.minimize(full, np.zeros(10), "sgd", lr=1.8, n_steps=80).loss
by_ten = sampled(10, np.random.default_rng(1))
sgd = descent.minimize(by_ten, np.zeros(10), "sgd", lr=0.05, n_steps=12_000).loss
fig, ax = plt.subplots()
ax.loglog(np.arange(1, 12_001) / 1000, sgd[1:], linewidth=0.8, color="0.4", label="SGD")
ax.loglog(np.arange(1, 81), gd[1:], **look("sgd", label="gradient descent"))
ax.axhline(floor(0.05, 10), color="0.6", linestyle="--", label="predicted floor")
ax.set(xlabel="epochs (examples used / $n$)", ylabel="loss above its minimum")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* when gradient descent has made its first step, after one epoch, SGD is already near its final height. There
# it stays, at a level that this notebook teaches you to predict, and gradient descent passes it.

# %% tags=["guard"]
assert abs(sgd[6000:].mean() / floor(0.05, 10) - 1) < 0.15
assert sgd[900:1000].mean() < 2.5 * floor(0.05, 10) and gd[1] > 1
assert 18 < np.argmax(gd < floor(0.05, 10)) < 28

# %% [markdown]
# So "SGD is faster than gradient descent" is half of a truth. Is that only a matter of these rates? The course's ledger of evidence compares the two on twenty other data sets, each at its own best constant rate:

# %%
from course_lib.experiments import show_evidence

show_evidence("sgd_is_first_after_two_epochs")
show_evidence("descent_is_ahead_after_eighty_epochs")

# %% [markdown]
# Both claims *hold*: SGD is first by far, and gradient descent ends lower. With more examples to draw from, SGD's curve would look the same, counted in steps, and each step of gradient descent would cost more. So SGD is the method for *large* data (Bottou, Curtis and Nocedal 2018).
#
# ## Is the gradient of a batch right?
#
# On average, yes. Draw an example at random, each with probability $1/n$. The mean of its gradient is $\sum_i \frac1n g_i = G$, and the mean
# of $B$ such draws is $G$ too. One says that the batch gradient is **unbiased**. This holds at *fixed* weights, with replacement or without.
#
# We test it on MNIST, with a network small enough for many runs: 784 inputs, 32 hidden units, 10 outputs. (Without the images, smaller digits
# take their place.) An epoch uses every example once. So the batch gradients of one epoch, all taken at the same weights,
# average to $G$, if each counts as much as it has examples.
#
# **Predict:** what happens if the last batch, which is smaller, counts as much as the others? And how far is a single batch of 999 from $G$?

# %%
from course_lib.data import datasets
from course_lib.networks import mlp

data = datasets.split(datasets.load_mnist())
X = data.X_train
y = data.y_train
net = mlp([784, 32, 10], rng=np.random.default_rng(0))

def gradient(rows):
    return net.loss_and_grad(X[rows], y[rows])[1].astype(float)

# %% [markdown]
# `gradient` is the mean gradient of some examples. The errors below are lengths, in shares of $|G|$.

# %%
epoch = list(datasets.batches(len(X), 999, np.random.default_rng(0)))
parts = [gradient(rows) for rows in epoch]
lengths = [len(rows) for rows in epoch]
G = gradient(np.arange(len(X)))

def error(estimate):
    return np.linalg.norm(estimate - G) / np.linalg.norm(G)

print(f"weighted by length: {error(np.average(parts, axis=0, weights=lengths)):.4f}")
print(f"each counted alike: {error(np.mean(parts, axis=0)):.4f}")
print(f"first batch alone: {error(parts[0]):.3f}")

# %% tags=["guard"]
assert error(np.average(parts, axis=0, weights=lengths)) < 1e-5
alike = error(np.mean(parts, axis=0))
assert data.name != "mnist" or 1e-5 < alike < error(parts[0]) < 0.6

# %% [markdown]
# Weighted by length, the epoch gives $G$ up to rounding. Counting the small batch like a full one gives its few images too much weight, which makes a small error. A single batch is off by much more, in a direction that depends on the images it drew.
#
# ## How wrong is a single batch?
#
# Let $\sigma^2 = \frac1n\sum_i |g_i - G|^2$, the variance of the gradient of one example. (Papers write $\mathrm{tr}\,\Sigma$, the trace of the
# **gradient covariance** matrix $\Sigma$.) Draw $B$ examples, with or without putting them back:
#
# $$\text{with: } E\,|g_B - G|^2 = \frac{\sigma^2}{B}, \qquad \text{without: } \frac{\sigma^2}{B}\cdot\frac{n-B}{n-1} .$$
#
# <details>
# <summary>Why this is true</summary>
#
# With replacement the $B$ draws are independent, and the variance of their mean is $\sigma^2/B$. Without replacement a drawn example is
# not drawn again. The sum of all $n$ deviations is zero, so the others make up for it: any two different draws have the covariance
# $-\sigma^2/(n-1)$. The variance of the mean is then
#
# $$\frac{1}{B^2}\Big(B\,\sigma^2 - B(B-1)\,\frac{\sigma^2}{n-1}\Big) = \frac{\sigma^2}{B}\cdot\frac{n-B}{n-1} .$$
#
# </details>
#
# **Predict:** with $n = 256$ examples, by what factor is a batch of 64 better without replacement than with? And a batch of 256?
#
# The cell takes the gradients of 256 images one by one and subtracts their mean. `K` holds the inner products of these deviations: if a batch
# holds example $i$ just $c_i$ times, its squared error is $\sum_{ij} c_i K_{ij} c_j/B^2$, and no gradient has to be computed again.

# %%
n = 256
g = np.array([gradient([i]) for i in range(n)])
deviation = g - g.mean(axis=0)
K = deviation @ deviation.T
sigma2 = np.trace(K) / n

def mse(counts, batch_size):
    """Return the mean of |g_B - G|^2 over draws; counts (draws, n)."""
    return ((counts @ K) * counts).sum(axis=1).mean() / batch_size**2

# %% [markdown]
# Now draw 2 000 batches of each size, in both ways.

# %% tags=["figure"] mystnb={"image": {"alt": "Squared error of the batch gradient against batch size from 1 to 240, both axes logarithmic. Dots with replacement lie on a straight falling line. Squares without replacement lie on a curve that leaves it near 64 and plunges towards the right edge."}}
rng = np.random.default_rng(0)
sizes = np.array([1, 2, 4, 8, 16, 32, 64, 128, 192, 240])
put_back = [mse(rng.multinomial(B, np.full(n, 1 / n), 2000), B) for B in sizes]
kept_out = [
    mse(rng.multivariate_hypergeometric(np.ones(n, int), B, 2000), B) for B in sizes
]
fig, ax = plt.subplots()
shrink = (n - sizes) / (n - 1)
ax.loglog(sizes, sigma2 / sizes, sizes, sigma2 / sizes * shrink, color="0.6")
ax.loglog(sizes, put_back, "o", color="black", label="with replacement")
ax.loglog(sizes, kept_out, "s", color="black", fillstyle="none", label="without")
ax.set(xlabel="batch size $B$", ylabel="mean of $|g_B - G|^2$")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the marks are measured, the grey lines are the two formulas. Without replacement the factor at $B = 64$ is $192/255 = 0.75$, and
# a batch that holds everything has no error at all.
#
# While $B$ is far below $n$, the usual case, the two ways agree, and what counts is $1/B$. Mind the root: **to halve the error
# $|g_B - G|$ you need four times the batch.** That is why small batches are a bargain.

# %% tags=["guard"]
assert np.allclose(put_back, sigma2 / sizes, rtol=0.1)
assert np.allclose(kept_out, sigma2 / sizes * shrink, rtol=0.1)

# %% [markdown]
# ## What noise costs: the floor
#
# Take the parabola $\tfrac12\lambda w^2$, and gradients $\lambda w + \xi$ with a fresh noise $\xi$ of mean 0 and variance $\sigma^2/B$ in each
# step. With $q = 1 - \mathrm{lr}\,\lambda$,
#
# $$w_{t+1} = q\, w_t - \mathrm{lr}\,\xi_t \qquad\Longrightarrow\qquad E[w_{t+1}^2] = q^2\, E[w_t^2] + \mathrm{lr}^2\,\frac{\sigma^2}{B} .$$
#
# The first term shrinks, the second arrives anew in every step. They balance when $E[w^2]\,(1 - q^2) = \mathrm{lr}^2\sigma^2/B$, that is at
#
# $$E[w^2] \;\to\; \frac{\mathrm{lr}\;\sigma^2}{B\,\lambda\,(2 - \mathrm{lr}\,\lambda)} .$$
#
# This is the **noise floor**. It depends neither on the start nor on the number of steps: with a constant rate the run stops getting
# better. For small rates, half the rate or twice the batch halves it.
#
# The cell uses examples again: a thousand numbers $x_i$ with mean 0 and variance 1, example $i$ with the loss $\tfrac12\lambda(w - x_i)^2$. Then
# $\sigma = \lambda$. **Predict** the floor for $\lambda = 4$, $\mathrm{lr} = 0.25$, $B = 1$. And at which rate does the formula blow up?

# %%
lam = 4.0
x = np.random.default_rng(0).standard_normal(1000)
x = (x - x.mean()) / x.std()

rng = np.random.default_rng(1)

def runs(lr, batch_size, start, n_steps):
    """Return the points of 200 noisy runs, (n_steps + 1, 200)."""
    def fun(w):
        rows = rng.integers(1000, size=(200, batch_size))
        return 0.5 * lam * w[:, 0] ** 2, lam * (w - x[rows].mean(axis=1, keepdims=True))
    w = np.full((200, 1), start)
    return descent.minimize(fun, w, "sgd", lr=lr, n_steps=n_steps).w[..., 0]

def measured_floor(lr, batch_size):
    return (runs(lr, batch_size, 0.0, 1000)[300:] ** 2).mean()

predicted = batch_noise.sgd_floor(0.25, lam=lam, sigma=lam, batch_size=1)
print(f"predicted {predicted:.2f}, measured {measured_floor(0.25, 1):.2f}")

# %% [markdown]
# At $\mathrm{lr} = 1/\lambda$ every step jumps to its own example, and the run is as noisy as the data. Now many rates, and two batch sizes.

# %% tags=["figure"] mystnb={"image": {"alt": "The floor against the learning rate from 0.01 to 0.48, both axes logarithmic, for batches of 1 and 16. Two parallel lines rise, first straight, then steeply near one half; the one for 16 lies sixteen times lower. Marks lie on the lines."}}
rates = np.array([0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.45, 0.48])
fig, ax = plt.subplots()
for batch_size, marker in ((1, "o"), (16, "s")):
    measured = [measured_floor(lr, batch_size) for lr in rates]
    predicted = batch_noise.sgd_floor(rates, lam=lam, sigma=lam, batch_size=batch_size)
    ax.loglog(rates, predicted, color="0.6")
    ax.loglog(rates, measured, marker, color="black", label=f"$B$ = {batch_size}")
ax.set(xlabel="learning rate", ylabel="mean of $w^2$ at the end")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* lines are the formula, marks are runs. The floor goes with $\mathrm{lr}/B$ as long as $\mathrm{lr}\,\lambda$ is small, and at
# $\mathrm{lr} = 2/\lambda = 0.5$, the edge of stability of notebook 05, it goes to infinity. (Where noise grows with the distance from the
# minimum, as in least squares, the edge itself comes down.)
#
# <details>
# <summary>How the floor of the first picture is predicted</summary>
#
# Near the minimum of a least-squares loss the covariance of $g_i$ is about $s^2 H$, where $s^2$ is the mean squared residual and $H$ the Hessian with eigenvalues $\lambda_k$. Put $\sigma_k^2 = s^2\lambda_k$
# into the formula for each eigenvector's coordinate, and the loss stays above its minimum by
#
# $$\sum_k \tfrac12\lambda_k E[w_k^2] = \frac{\mathrm{lr}\; s^2}{2B}\sum_k \frac{\lambda_k}{2 - \mathrm{lr}\,\lambda_k} .$$
#
# </details>

# %% tags=["guard"]
assert np.allclose(measured, predicted, rtol=0.15)
assert abs(measured_floor(0.25, 1) - 1) < 0.05

# %% [markdown]
# ### Exercise 08.1 · The largest rate for a wanted floor
#
# Turn the formula round. Return the learning rate at which $E[w^2]$ settles at exactly `floor`, for the parabola of curvature `lam` and
# gradient noise of standard deviation `sigma` for one example.

# %% tags=["exercise"]
def rate_for_floor(floor, *, lam, sigma, batch_size):
    """Return the learning rate at which E[w^2] settles at floor, a number."""
    ### BEGIN SOLUTION
    return 2 * batch_size * lam * floor / (sigma**2 + batch_size * lam**2 * floor)
    ### END SOLUTION

# %%
check.rate_for_floor(rate_for_floor)

# %% [markdown] tags=["solution"]
# From $F B\lambda\,(2 - \mathrm{lr}\,\lambda) = \mathrm{lr}\,\sigma^2$, with $F$ the floor, collect $\mathrm{lr}$: $2FB\lambda = \mathrm{lr}\,(\sigma^2 + FB\lambda^2)$. The result is
# always below $2/\lambda$. For a low floor it is nearly $2FB\lambda/\sigma^2$, proportional to the batch size: here the *linear scaling rule*
# of notebook 09 appears for the first time.

# %% [markdown]
# ## Averaging: keep the rate, lose the noise
#
# To get below the floor one may lower the rate: with rates that fall like $1/t$ the run reaches the minimum (Robbins and Monro 1951;
# notebook 16). Or one keeps the rate and averages the points visited, $\bar w_T = \frac1T\sum_{t=1}^T w_t$ (**Polyak–Ruppert
# averaging**, 1988 and 1992). On the parabola, for large $T$,
#
# $$E[\bar w_T^2] \approx \frac{\sigma^2}{B\,\lambda^2\,T} .$$
#
# <details>
# <summary>Why this is true</summary>
#
# Sum the rule, written as $\mathrm{lr}\,\lambda\, w_t = w_t - w_{t+1} - \mathrm{lr}\,\xi_t$, over $t$, and divide by $\mathrm{lr}\,T$:
#
# $$\lambda\,\bar w_T = \frac{w_1 - w_{T+1}}{\mathrm{lr}\;T} - \frac1T\sum_t \xi_t .$$
#
# The first term fades like $1/T$, so its square fades like $1/T^2$. The second has the variance $\sigma^2/(BT)$.
#
# </details>
#
# The learning rate is not in the formula. **Predict** for $\mathrm{lr} = 0.02$, $0.1$ and $0.4$, with $\sigma = \lambda$, $B = 1$ and $T = 2000$: the
# error of the average. Which of the three rates gains most over its last point?

# %% tags=["figure"] mystnb={"image": {"alt": "Mean squared error against the number of steps, both axes logarithmic. Three thin grey lines, the last points of runs with three rates, become flat at three heights. The three averages in black fall and merge into one broad grey line that goes down as one over the number of steps."}}
T = 2000
t = np.arange(1, T + 1)
fig, ax = plt.subplots()
ax.loglog(t, 1 / t, color="0.75", linewidth=6, label=r"$\sigma^2/(B\lambda^2 T)$")
for lr, style in ((0.02, ":"), (0.1, "--"), (0.4, "-")):
    points = runs(lr, 1, 1.0, T)[1:]
    average = ((np.cumsum(points, axis=0) / t[:, None]) ** 2).mean(axis=1)
    ax.loglog(t, (points**2).mean(axis=1), color="0.5", linestyle=style, linewidth=1)
    ax.loglog(t, average, color="black", linestyle=style, label=f"average, lr {lr}")
ax.set(xlabel="steps $T$", ylabel="mean squared error")
ax.legend(loc="lower left")
plt.show()
print(f"average at T = {T}: predicted {1 / T:.5f}, measured {average[-1]:.5f}")

# %% [markdown]
# *Reading the figure:* each thin grey line, a last point, stays at its own floor. The averages all join the broad line, the slowest
# rate last, because its start has to be forgotten first. The fastest rate, with the worst last point, gains most.

# %% tags=["guard"]
assert abs(average[-1] * T - 1) < 0.3

# %% [markdown]
# Two limits. The average forgets the start slowly, so one begins it late. And on a loss that is not a parabola, the points of a
# constant rate are not centred at the minimum, so the average ends near it, not at it.
#
# ## Shuffle, or draw?
#
# Real loops do not draw with replacement. They shuffle the data anew for every epoch and walk through it (**random reshuffling**). What becomes of the floor?
# Each example comes exactly once, so only the *differences* between early and late examples leave a trace. For $\lambda = 1$,
# $B = 1$, data of variance 1, and $\mathrm{lr}\,n$ well below 1, the floor at the ends of epochs is about
#
# $$\text{drawn: } \frac{\mathrm{lr}}2, \qquad \text{shuffled: } \frac{\mathrm{lr}^3 n^2}{24} .$$
#
# <details>
# <summary>Why this is true</summary>
#
# Over one epoch, $w_{\text{end}} = q^n w_0 + \sum_j a_j\, x_{\pi(j)}$ with $a_j = \mathrm{lr}\; q^{\,n-1-j}$ for $j = 0 \dots n-1$, where $\pi$ is the
# shuffled order. For shuffled numbers of mean 0 and variance 1, the sum has the variance $\frac{n}{n-1}\sum_j (a_j - \bar a)^2$, with $\bar a$ the mean of the
# $a_j$. So at the ends of epochs
#
# $$E[w^2] \;\to\; \frac{n}{n-1}\cdot\frac{\sum_j (a_j - \bar a)^2}{1 - q^{2n}} .$$
#
# For small rates the $a_j$ rise evenly by $\mathrm{lr}^2$ from one to the next, so the sum of squares is about $\mathrm{lr}^4 n^3/12$. And
# $1 - q^{2n}$ is about $2n\,\mathrm{lr}$. The quotient is $\mathrm{lr}^3n^2/24$.
#
# </details>
#
# **Predict:** you halve the rate. By what factor does each floor fall? The cell measures both over two decades of rates, with 500 runs at
# each, on $n = 20$ numbers.

# %%
n = 20
rates = np.geomspace(2e-4, 2e-2, 9)
numbers = (x[:n] - x[:n].mean()) / x[:n].std()

def floor_after(orders):
    """Return the mean of w^2 at the ends of epochs 501 to 1000, for each rate."""
    w = np.zeros((len(rates), 500))
    squares = []
    for _ in range(1000):
        for column in orders().T:
            w = w - rates[:, None] * (w - column)
        squares.append((w**2).mean(axis=1))
    return np.mean(squares[500:], axis=0)

shuffled = floor_after(lambda: rng.permuted(np.tile(numbers, (500, 1)), axis=1))
drawn = floor_after(lambda: rng.choice(numbers, (500, n)))

# %% [markdown]
# A straight line on logarithmic axes is a power law, and its slope is the exponent. `np.polyfit` fits it.

# %% tags=["figure"] mystnb={"image": {"alt": "Noise floor against the learning rate from 0.0002 to 0.02, both axes logarithmic. Circles for drawing lie on a grey line of slope 1 near lr over 2. Squares for shuffling lie on a much steeper grey line, far below, from about 1e-10 at the left to 1e-4 at the right."}}
slopes = [np.polyfit(np.log(rates), np.log(f), 1)[0] for f in (drawn, shuffled)]
fig, ax = plt.subplots()
ax.loglog(rates, rates / 2, rates, rates**3 * n**2 / 24, color="0.6")
ax.loglog(rates, drawn, "o", color="black", label=f"drawn: slope {slopes[0]:.2f}")
ax.loglog(rates, shuffled, "s", color="black", label=f"shuffled: slope {slopes[1]:.2f}")
ax.set(xlabel="learning rate", ylabel="mean of $w^2$", title="Two noise floors")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the floor of drawing falls with the rate, that of shuffling with its **cube**. At half the rate it is eight times
# lower; the gain over drawing is $12/(\mathrm{lr}\,n)^2$. (Half-way through an epoch the floor is higher. For more general losses see Mishchenko, Khaled and
# Richtárik 2020.)

# %% tags=["guard"]
assert abs(slopes[0] - 1) < 0.05
assert abs(slopes[1] - 3) < 0.05

# %% [markdown]
# ## From the museum: an epoch that shuffles the wrong thing
#
# The museum's function cuts the data into batches first and shuffles afterwards. Then the *order of the batches* is random, but every batch
# holds neighbours of the file, the same ones in each epoch. If the file is sorted by class, nearly every batch holds a single class.
#
# What does that do to the noise? Split $\sigma^2$ into the variance *between* the mean gradients of the ten classes, and the variance *within* the classes.
# A batch of one class averages away only the second part:
#
# $$E\,|g_B - G|^2 \approx \sigma_{\text{between}}^2 + \frac{\sigma_{\text{within}}^2}{B} \qquad\text{instead of}\qquad \frac{\sigma_{\text{between}}^2 + \sigma_{\text{within}}^2}{B} .$$
#
# **Predict:** at the first weights the classes account for 40 % of $\sigma^2$. By what factor is the variance of a batch of 64 larger?
# (`spread` measures it over an epoch, in units of $\sigma^2/64$.)

# %%
from course_lib.checks import museum

order = np.argsort(y, kind="stable")
_, sigma2 = batch_noise.exact_parts(net, X, y)
classes = [np.flatnonzero(y == digit) for digit in range(10)]
between = sum(len(rows) * np.square(gradient(rows) - G).sum() for rows in classes)
share = between / len(y) / sigma2

def spread(cut):
    full = [rows for rows in cut(len(X), 64, rng) if len(rows) == 64]
    errors = [np.square(gradient(order[rows]) - G).sum() for rows in full]
    return np.mean(errors) * 64 / sigma2

print(f"museum: formula {1 + 63 * share:.1f}, found {spread(museum.museum_epoch):.1f}")
print(f"shuffled first: formula 1.0, found {spread(datasets.batches):.1f}")

# %% tags=["guard"]
if data.name == "mnist":
    assert np.isclose(spread(datasets.batches), 1, atol=0.1)
    assert np.isclose(spread(museum.museum_epoch), 1 + 63 * share, rtol=0.1)
    assert 0.35 < share < 0.45

# %% [markdown]
# With the museum's batches, 64 images say hardly more than two or three shuffled ones would. Nothing crashes: every example is used once in each epoch, and
# the code looks tidy. Does it matter to the run? The ledger compares the two, each at its own best rate:

# %%
show_evidence("cutting_first_ends_higher")

# %% [markdown]
# It does: the claim *holds*.
#
# ### Exercise 08.2 · Repair the epoch
#
# The function returns the batches of one epoch as a list of index arrays. Find the fault and repair it. Every index from 0 to $n-1$ comes exactly
# once, the last and smaller batch is kept, all randomness comes from `rng`, and any two examples may meet in a batch.

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
# First shuffle the examples, then cut. In `tf.data` the same mistake is `dataset.batch(64).shuffle(1000)`. The repair is
# `dataset.shuffle(n).batch(64)`, with a buffer as long as the data set: a shorter one only mixes neighbours.

# %% [markdown]
# ### Exercise 08.3 · Build the whole run
#
# Put it together: train for `epochs` epochs, shuffle anew in each, keep the last smaller batch, and step against the mean gradient of each batch. Return the last
# point, and the average of all points after a step. `gradient(w, rows)` returns the mean gradient at `w` of the examples with the indices `rows`. Leave the start
# `w` unchanged.

# %% tags=["exercise"]
def minibatch_sgd(gradient, w, n, *, lr, batch_size, epochs, rng):
    """Return (last point, average point) of mini-batch SGD from w on n examples."""
    ### BEGIN SOLUTION
    points = []
    for _ in range(epochs):
        order = rng.permutation(n)
        for start in range(0, n, batch_size):
            w = w - lr * gradient(w, order[start:start + batch_size])
            points.append(w)
    return w, np.mean(points, axis=0)
    ### END SOLUTION

# %%
check.minibatch_sgd(minibatch_sgd)

# %% [markdown]
# ## Summary
#
# | quantity | formula | holds for |
# |---|---|---|
# | mean of $g_B$ | $G$ | fixed weights, with or without replacement |
# | $E\,\vert g_B - G\vert^2$ | $\sigma^2/B$, times $(n-B)/(n-1)$ without replacement | the same |
# | noise floor $E[w^2]$ | $\mathrm{lr}\,\sigma^2/\big(B\lambda(2 - \mathrm{lr}\,\lambda)\big)$ | parabola, independent noise, $0 < \mathrm{lr}\,\lambda < 2$ |
# | averaged points | $\sigma^2/(B\lambda^2T)$ | the same, $T$ large |
# | floor with shuffling | $\mathrm{lr}^3n^2/24$ | ends of epochs, $\lambda = \sigma = B = 1$, small $\mathrm{lr}\,n$ |
#
# - Small batches are cheap because the error falls only with the root of $B$.
# - A constant rate ends at a floor that goes with $\mathrm{lr}/B$. Averaging, shuffling, or a falling rate gets below it.
# - Shuffle the examples *before* cutting them into batches.
#
# ## Questions to ask yourself
#
# **1.** Your run hovers at a noise floor with $\mathrm{lr}\,\lambda = 1$. You halve the rate and double the batch. By what factor does the floor fall?
#
# <details>
# <summary>Answer</summary>
#
# By 6. The factor $\mathrm{lr}/B$ falls to a quarter, and $2 - \mathrm{lr}\,\lambda$, which stands below the line, grows from 1 to 1.5.
#
# </details>
#
# **2.** Why does a run with averaging not simply use a tiny rate instead?
#
# <details>
# <summary>Answer</summary>
#
# A tiny rate has a low floor too, but it needs many steps to get there. The average keeps the large rate, and with it the speed.
#
# </details>
#
# **3.** The loss within each epoch is high at the beginning and low at the end, in every epoch alike. What do you suspect?
#
# <details>
# <summary>Answer</summary>
#
# That the order is the same in every epoch, for instance that of a sorted file, with the easy examples last. If the data were
# shuffled anew in each epoch, no such pattern could repeat.
#
# </details>
#
# ## Go deeper
#
# - H. Robbins, S. Monro, *A stochastic approximation method*, Annals of Mathematical Statistics 22, 400–407 (1951), [doi:10.1214/aoms/1177729586](https://doi.org/10.1214/aoms/1177729586).
# - D. Ruppert, *Efficient estimations from a slowly convergent Robbins–Monro process*, technical report, Cornell University (1988): averaging; and, independently, B. Polyak,
#   A. Juditsky, *Acceleration of stochastic approximation by averaging*, SIAM Journal on Control and Optimization 30, 838–855 (1992), [doi:10.1137/0330046](https://doi.org/10.1137/0330046).
# - L. Bottou, F. Curtis, J. Nocedal, *Optimization methods for large-scale machine learning*, SIAM Review 60, 223–311 (2018), [arXiv:1606.04838](https://arxiv.org/abs/1606.04838).
# - K. Mishchenko, A. Khaled, P. Richtárik, *Random reshuffling: simple analysis with vast improvements* (2020), [arXiv:2006.05988](https://arxiv.org/abs/2006.05988).
#
# **Next:** how many examples should a batch hold? [09: Choose a batch size](09_choose_a_batch_size.ipynb).
