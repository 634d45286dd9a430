# %% [markdown]
# # 23 · Regularise
#
# *Which restraint helps on new data?*
#
# **You will do:** shrink weights in two ways and see where each leads; drop units, stop early, standardise.
#
# **You will learn:** what L1, L2, dropout and early stopping have in common, and how to judge a remedy.
#
# **You need:** [22: Generalise](22_generalise.ipynb); Adam ([14](14_understand_adam.ipynb)); condition numbers ([05](05_descend_the_gradient.ipynb)).
#
# **Minutes:** 60

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## L1 and L2: what a penalty does to one weight
#
# Let $\hat w$ be the weight that the data want, with curvature 1: the loss is $\frac12(w-\hat w)^2$. Add a penalty and minimise:
#
# - **L2**, $\frac\lambda2 w^2$: the minimum is at $\hat w/(1+\lambda)$. All weights shrink in proportion, and none becomes zero.
# - **L1**, $\lambda|w|$: the slope of the penalty is $\lambda$ however small $w$ is. A weight that is further than $\lambda$ from zero moves by $\lambda$ towards it; all others are pulled to exactly zero.
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

# %% [markdown]
# With several features that are orthogonal ($X^TX/n = I$), the loss $|Xw-y|^2/(2n)$ is a sum of such single weights, so the whole path over $\lambda$ is known: with $\hat w = X^Ty/n$, L1 gives the soft threshold of $\hat w$, and L2 gives $\hat w/(1+\lambda)$. The measurement does not use that: `penalties.lasso`
# takes gradient steps, each followed by a soft threshold (a *proximal* step), and knows nothing of orthogonality.
#
# **Predict:** from which $\lambda$ on are all weights zero, if the largest $|\hat w|$ is 2? And if one only adds the gradient of the penalty, $\lambda\,\mathrm{sign}(w)$, and takes 1 000 ordinary steps with $lr = 0.1$: how many weights are *exactly* zero? (An assertion in the cell knows.)

# %% tags=["figure"] mystnb={"image": {"alt": "Eight weights against the strength of the penalty, two panels. Left, L1: every weight goes to zero along a straight line and stays there, one after another; the last near 2. Right, L2: all shrink along curves and none reaches zero. Dots from the solver lie on the lines."}}
import math

from course_lib import optimizers
from course_lib.networks import penalties
from course_lib.networks.random_features import draw_examples, least_squares
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
# An L2 penalty adds $\lambda w$ to the gradient. **Decoupled weight decay** leaves the gradient alone and takes the share $lr\,\lambda$ of the old $w$ away, next to the step. Notebook 14 saw how *fast* the two shrink a weight on which the data are neutral. Here is the other question: where do they *lead* when the data want something?
#
# ### Exercise 23.2 · Two ways to shrink
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
# ### Exercise 23.3 · Inverted dropout
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
from course_lib.data import datasets, load_results
from course_lib.networks import losses, mlp
from course_lib.training import train
data = datasets.split(datasets.load_mnist())
real = data.name == "mnist"
X, y, new = data.X_train[:1000], data.y_train[:1000], (data.X_valid, data.y_valid)
n, D = 40, 120
weights_of_features = np.sqrt(1 / np.arange(1, D + 1) / np.sum(1 / np.arange(1, D + 1)))
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
# ### Exercise 23.4 · Patience
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
from course_lib.optimizers import descent
w = weights_of_features
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
# ### Exercise 23.5 · Standardise
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
# What does it do for the optimizer? For squared loss, half the mean of $(w\cdot x - y)^2$ with a constant input 1 for the bias, the Hessian is the matrix of second moments $H = \overline{x x^T}$, and gradient descent at its best rate needs about $\frac\kappa2\ln 1000$ steps to come a thousand times closer, with the condition number $\kappa$ of $H$ (notebook 07).
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

# %% [markdown]
# ## Which of them helps?
#
# "Weight clipping prevents overfitting" is a sentence that one meets. So is the same of most methods here. A fair test tunes all of them, *and* plain training, learning rate and strength together, on 2 000 images for tuning, and counts five fresh seeds on the new ones. As there are two gaps, it is done twice: tuned for the loss, and tuned for the
# accuracy. `experiments/width.py` did it (64 hidden units, Adam, 60 epochs). **Predict** which panel shows differences.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of dots, a row for each of nine methods, five seeds each, and a grey line for the mean of plain training. Left, loss on new images after tuning for the loss: weight decay, L2, dropout and max-norm lie left of the line, pruning on it. Right, accuracy after tuning for accuracy: nearly all dots lie around the line; early stopping is below it."}}
saved = load_results("width")
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
# So what of the sentence? *Gradient clipping* controls explosions (notebook 17); as a remedy for overfitting it does next to nothing here. *Weight clipping*, made for the critic of a Wasserstein GAN, restrains, but less than its gentler relatives. And "prevents" is too much for every row: with training losses below 0.13 throughout, no method came near to closing the gap.
# L2 in Adam and decoupled decay, which are two things, are tied here, each with its own $\lambda$: 0.003 and 1. With one $\lambda$ for both the comparison would mean nothing.
#
# ## Summary
#
# - L1 subtracts, and makes exact zeros by the soft threshold; L2 divides. A penalty moves the minimum of the loss; decoupled decay moves the resting point of the *rule*: $1/(1+\lambda s)$ for AdamW.
# - Inverted dropout keeps the mean and adds the variance $x^2 p/(1-p)$; before a linear model it is an L2 penalty. Test evaluation separately.
# - Stopping after $t$ steps is like ridge with $\lambda = 1/(lr\,t)$. Watch images that judge nothing else.
# - Standardising is preconditioning: statistics from the training images only. It is not neutral on new images.
# - Clipping gradients, clipping weights, max-norm and pruning fix four different numbers. Whether one helps is a question for tuned runs and fresh seeds, for each measure by itself.
#
# ## Questions to ask yourself
#
# **1.** You change from Adam with an L2 penalty of 0.003 to AdamW and keep 0.003 as its weight decay. What happens?
#
# <details>
# <summary>Answer</summary>
#
# The decay acts like a penalty of strength $\lambda\sqrt v$, and gradients of single weights in a network are small, far below 1. So it is nearly switched off. In the table above the best values were 0.003 and 1.
#
# </details>
#
# **2.** Somebody standardises all 70 000 images first and splits afterwards. How bad is that?
#
# <details>
# <summary>Answer</summary>
#
# It uses the test images, though not their labels. With 70 000 images the means hardly change, so the effect is small here; with few examples, or when the scaling is chosen by how well it works, it is not. The habit costs nothing: fit on training data, apply everywhere.
#
# </details>
#
# **3.** The validation loss of a run rises from epoch 8 on, and a colleague says that the network is getting worse. What do you ask?
#
# <details>
# <summary>Answer</summary>
#
# Worse at what? If the accuracy stands still or rises, it is getting too confident, and one number that divides the logits may repair it. If decisions are what counts, it is not getting worse.
#
# </details>
#
# ## Go deeper
#
# - R. Tibshirani, *Regression shrinkage and selection via the lasso* (1996), doi 10.1111/j.2517-6161.1996.tb02080.x. A. Beck, M. Teboulle, *A fast iterative shrinkage-thresholding algorithm* (2009), doi 10.1137/080716542.
# - I. Loshchilov, F. Hutter, *Decoupled weight decay regularization* (2019), arXiv 1711.05101.
# - N. Srivastava and others, *Dropout*, Journal of Machine Learning Research 15 (2014). S. Wager, S. Wang, P. Liang, *Dropout training as adaptive regularization* (2013), arXiv 1307.1493.
# - L. Prechelt, *Early stopping, but when?* (1998), doi 10.1007/3-540-49430-8_3. A. Ali, Z. Kolter, R. Tibshirani, *A continuous-time view of early stopping for least squares* (2019), arXiv 1810.10082.
# - M. Arjovsky, S. Chintala, L. Bottou, *Wasserstein GAN* (2017), arXiv 1701.07875: what weight clipping is for. C. Guo and others, *On calibration of modern neural networks* (2017), arXiv 1706.04599: one number for all logits.
#
# **Next:** all the parts are there. Put together, how far do they go? [24: Train MNIST from scratch](24_train_mnist_from_scratch.ipynb)
