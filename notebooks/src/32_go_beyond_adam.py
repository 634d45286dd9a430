# %% [markdown]
# # 32 · Go beyond Adam ★
#
# *Adam gives every weight a rate of its own, and forgets that weights form matrices. What can be gained by remembering it, and
# by looking at more than one gradient?*
#
# **You will do:** find the steepest step under three measures of length; make all singular values of a matrix one without
# computing them; repair a published Muon; take a step of SAM; read nine fair comparisons.
#
# **You will learn:** what Muon, Shampoo, SOAP, K-FAC and L-BFGS have in common; why Schedule-Free and SAM look at other points; what each is worth on a small
# task.
#
# **You need:** Newton's method, from [Use curvature](07_use_curvature.ipynb); conjugate gradient, from
# [Reach the limit of gradients](12_reach_the_limit_of_gradients.ipynb); [Understand Adam](14_understand_adam.ipynb); verdicts, from
# [Compare optimizers fairly](28_compare_optimizers_fairly.ipynb).
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# A small network has learned digits for 30 steps. $G$ is the gradient of its middle layer, a matrix of 64 rows and columns. Its **singular values** say how much it stretches each of 64 directions.

# %%
from course_lib import frontier, optimizers
from course_lib.data import datasets
from course_lib.networks import mlp

digits = datasets.split(datasets.embedded_digits(), 497)
rng = np.random.default_rng(0)
net = mlp([784, 64, 64, 10], rng=rng, activation="tanh", dtype=np.float64)
fun = net.objective(digits.X_train, digits.y_train)
run = optimizers.minimize(fun, net.theta, "adam", lr=0.001, n_steps=30)
fun(run.final)
G = net.layers[2].dW.copy()

# %% [markdown]
# What do the first steps of three rules make of them?

# %% tags=["figure"] mystnb={"image": {"alt": "Singular values of a step, each divided by the largest, against their number from 1 to 64, logarithmic. Gradient descent falls through two decades within 25 numbers and ends near one thirty-thousandth. Adam drops to a third within ten numbers and then falls slowly. Muon stays above one half for 39 numbers before it falls."}}
steps = {"sgd": G, "adam": np.sign(G), "muon": frontier.newton_schulz(G)}
fig, ax = plt.subplots()
for name, step in steps.items():
    sigma = np.linalg.svd(step, compute_uv=False)
    ax.semilogy(np.arange(1, 65), sigma / sigma[0], **look(name))
ax.set(xlabel="singular value", ylabel="share of the largest", ylim=(1e-5, 2))
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* gradient descent moves along a handful of directions and hardly along the others. Adam's first step, the sign of $G$ but for $\varepsilon$, is more even. Muon moves about
# equally along dozens of directions at once. Why would one want that?
#
# ## What is a short step?
#
# "Go steeply downhill" means: among all steps of length 1, take the one with the largest first-order gain $\sum_{ij} G_{ij}D_{ij}$, and subtract it. But length 1 in which
# measure? The answer changes the method. The largest gain itself is called the **dual norm** of $G$.
#
# | the length of $D$ | the steepest $D$ gives |
# |---|---|
# | root of the sum of squares (Frobenius) | gradient descent, normalised |
# | largest $\lvert D_{ij}\rvert$ ($\ell_\infty$) | **sign descent**: Adam without memory |
# | largest singular value (**spectral norm**) | **spectral descent**: Muon without memory |
#
# The spectral norm is natural for a layer: it bounds how much $D$ changes the output, $\lVert xD\rVert \le \lVert D\rVert\,\lVert x\rVert$.
#
# ### Exercise 32.1 · The steepest step
#
# Return $D$ for the norms `"frobenius"`, `"largest"` and `"spectral"`. In the last, write $G = USV^T$: which singular values would you give to $D$?

# %% tags=["exercise"]
def steepest(G, norm):
    """Return the D of length 1 with the largest sum of G * D."""
    ### BEGIN SOLUTION
    if norm == "frobenius":
        return G / np.linalg.norm(G)
    if norm == "largest":
        return np.sign(G)
    U, _, Vt = np.linalg.svd(G, full_matrices=False)
    return U @ Vt
    ### END SOLUTION

# %%
check.steepest(steepest)

# %% [markdown]
# The three dual norms: the Frobenius norm, the sum of all $\lvert G_{ij}\rvert$, and the sum of all singular values, called the **nuclear norm**.

# %%
for norm in ("frobenius", "largest", "spectral"):
    gain = np.sum(G * frontier.steepest(G, norm))
    off = abs(gain / frontier.dual_norm(G, norm) - 1)
    print(f"{norm:9}: {gain:.4f}, off the dual norm by at most {max(off, 1e-12):.0e}")

# %% tags=["guard"]
for norm, dual in (("frobenius", np.linalg.norm(G)), ("largest", np.abs(G).sum()),
                   ("spectral", np.linalg.svd(G)[1].sum())):
    assert abs(np.sum(G * frontier.steepest(G, norm)) / dual - 1) < 1e-12
    assert abs(frontier.dual_norm(G, norm) / dual - 1) < 1e-12
sigma = {name: np.linalg.svd(step)[1] for name, step in steps.items()}
assert sigma["sgd"][25] < 1e-2 * sigma["sgd"][0]
assert (sigma["muon"] > 0.5 * sigma["muon"][0]).sum() == 39
assert 0.3 < sigma["adam"][9] / sigma["adam"][0] < 0.35
assert 30_000 < sigma["sgd"][0] / sigma["sgd"][-1] < 33_000

# %% [markdown]
# <details>
# <summary>Why this is true</summary>
#
# Write $G = USV^T$. Then $\sum G_{ij}D_{ij} = \sum_k \sigma_k\, u_k^T D v_k$. If no singular value of $D$ is above 1, then $u_k^T D v_k \le 1$, and the sum is at most $\sum_k\sigma_k$. $D = UV^T$ reaches it. For the largest entry the
# same argument works entry by entry.
#
# </details>
#
# ## Muon: a polynomial for every singular value
#
# $UV^T$ is called the **polar factor** of $G$. An SVD in every step would be slow. **Muon** (2024) comes near it with products of matrices only. Note that
# $XX^TX = US^3V^T$: an odd polynomial of a matrix acts on its singular values alone. So choose a polynomial $p$ that drives every number in $(0, 1]$ towards 1, and apply it again and again. This is the **Newton–Schulz iteration**,
#
# $$X \leftarrow aX + bXX^TX + c\,XX^TXX^TX, \qquad p(\sigma) = a\sigma + b\sigma^3 + c\sigma^5 .$$
#
# ### Exercise 32.2 · Newton–Schulz
#
# Begin with $G$ divided by its Frobenius norm, so that no singular value is above 1. Take `n_steps` steps.

# %% tags=["exercise"]
def newton_schulz(G, a, b, c, n_steps):
    """Return what the iteration makes of G."""
    ### BEGIN SOLUTION
    X = G / np.linalg.norm(G)
    for _ in range(n_steps):
        A = X @ X.T
        X = a * X + (b * A + c * A @ A) @ X
    return X
    ### END SOLUTION

# %%
check.newton_schulz(newton_schulz)

# %% [markdown]
# The classical choice is $p(\sigma) = 1.5\sigma - 0.5\sigma^3$, with $p(1) = 1$. Muon takes $a = 3.4445$, $b = -4.775$, $c = 2.0315$, and its $p(1)$ is 0.70.
#
# **Predict:** after five steps, which of the two is nearer to 1, if one starts at $\sigma = 1$? And at $\sigma = 0.01$?

# %% tags=["figure"] mystnb={"image": {"alt": "Singular value after five steps against singular value before, from 0.0001 to 1 on a logarithmic axis. The classical cubic rises slowly and reaches 1 only for values above about one fifth. Muon's quintic is above 0.68 from 0.003 on, and then waves up and down between 0.68 and 1.2."}}
sigma = np.geomspace(1e-4, 1, 2000)
cubic = frontier.polynomial(sigma, frontier.CUBIC)
quintic = frontier.polynomial(sigma)
fig, ax = plt.subplots()
ax.semilogx(sigma, cubic, color="black", linestyle="--", label="classical")
ax.semilogx(sigma, quintic, **look("muon", marker=None))
ax.set(xlabel=r"singular value $\sigma$", ylabel="after five steps")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the classical polynomial converges, but slowly where $\sigma$ is small. Muon's never settles at 1; it needs five steps to bring everything above about 0.003 to between 0.68 and 1.2. For a step, near enough is good enough.

# %% tags=["guard"]
from course_lib.frontier.orthogonal import QUINTIC

assert QUINTIC == (3.4445, -4.775, 2.0315)
assert abs(frontier.polynomial(1.0, n_steps=1) - 0.70) < 0.005
assert quintic[sigma > 0.003].min() > 0.68 and quintic.max() < 1.21
assert cubic[sigma < 0.15].max() < 0.9 and cubic[sigma > 0.3].min() > 0.98

# %% [markdown]
# Muon applies this to a momentum, and only to the matrices of hidden layers; AdamW takes the biases, and by custom the first and the last layer. One freedom is left: how large is a step? All singular values near 1 make small entries in a large
# matrix. So a **scale** is multiplied in.

# %%
for shape in ((100, 400), (400, 100), (400, 400)):
    jordan = frontier.SCALES["jordan"](*shape)
    moonlight = frontier.SCALES["moonlight"](*shape)
    print(f"{shape}: Jordan's {jordan:.0f}, Moonlight's {moonlight:.0f}")

# %% [markdown]
# Keller Jordan's original has $\sqrt{\max(1, n_\text{out}/n_\text{in})}$. Moonlight's $0.2\sqrt{\max(n_\text{in}, n_\text{out})}$ gives the step entries of about 0.2, which its authors measured for AdamW, so that AdamW's rate can be kept. It is the default in Keras 3.15; PyTorch has both.
#
# A transpose does nothing to Newton–Schulz: the step of $G^T$ is the transposed step. **But it matters to Jordan's scale.** PyTorch stores a layer's weights as (n_out, n_in), Keras and this course as (n_in, n_out).
#
# ### Exercise 32.3 · From the museum: the scale
#
# Keras 3.10 shipped this step, translated from Jordan's PyTorch code (linked in *Go deeper*; later versions changed it). It trains. Here `w` has the shape (n_in, n_out). Repair it, so that it steps as the original does.

# %% tags=["exercise"]
def museum_muon(w, g, state, *, lr, beta=0.95):
    ### BEGIN SOLUTION
    m = beta * state.get("m", 0.0) + g
    step = frontier.newton_schulz(g + beta * m)
    scale = max(1, w.shape[1] / w.shape[0]) ** 0.5
    return w - lr * scale * step, {"m": m}
    ### END SOLUTION
    ### BEGIN STUB
    # m = beta * state.get("m", 0.0) + g
    # step = frontier.newton_schulz(g + beta * m)
    # scale = max(1, w.shape[0] / w.shape[1]) ** 0.5
    # return w - lr * scale * step, {"m": m}
    ### END STUB

# %%
check.museum_muon(museum_muon)

# %% [markdown]
# ## One preconditioner for rows, one for columns
#
# AdaGrad divides by the root of a sum of squares, weight by weight. For $m \times n$ weights the full matrix of second moments would have $(mn)^2$ entries. **Shampoo** (2018) keeps two small ones:
#
# $$L \leftarrow L + GG^T, \qquad R \leftarrow R + G^TG, \qquad W \leftarrow W - \mathrm{lr}\; L^{-1/4}\, G\, R^{-1/4} .$$
#
# **SOAP** (2024) turns $G$ into the eigenvectors of $L$ and $R$, runs Adam there, and turns the step back.
#
# **Predict:** put $G = USV^T$ into Shampoo's first step, starting from $L = R = 0$. What comes out?

# %%
zero = np.zeros(G.shape)
first, _ = frontier.shampoo(zero, G, {}, lr=1.0, eps=0.0)
apart = np.abs(first + frontier.polar(G)).max()
print(f"Shampoo against the polar factor: off by at most {max(apart, 1e-7):.0e}")
ours, _ = frontier.adam_in_basis(zero, G, {}, np.eye(64), np.eye(64), lr=1.0)
adams, _ = optimizers.adam(zero, G, {}, lr=1.0, beta2=0.99)
different = np.sum(ours != adams)
print(f"SOAP in the given axes and Adam: {different} of {G.size} weights differ")

# %% [markdown]
# $L^{-1/4} = US^{-1/2}U^T$, so the step is $US^{-1/2}\,S\,S^{-1/2}V^T = UV^T$: spectral descent once more. SOAP is Adam that may choose its axes; a turn of the space, which costs Adam so much in [notebook 04](04_escape_saddles.ipynb), leaves it alone.

# %% tags=["guard"]
assert apart < 1e-6 and different == 0

# %% [markdown]
# **K-FAC** (2015) finds the same shape from curvature. For a layer $z = xW$, the **Gauss–Newton matrix** of one example is a **Kronecker product** of a small matrix of its input with a small matrix of its output: block $(a, b)$ is $x_ax_b$ times $H$, where $H$ is the loss's curvature
# in $z$. K-FAC replaces the mean of such products by the product of the means. Then the inverse needs the two small matrices only.
#
# Our network's last layer has $64\times 10$ weights. How far off is K-FAC's matrix for one example, and for 200?

# %%
X = digits.X_train[:200]
inputs = frontier.inputs_of(net, X, 4)
H = frontier.softmax_curvature(net.logits(X))
off = {}
for n in (1, 200):
    exact = frontier.gauss_newton(inputs[:n], H[:n])
    kron = np.kron(*frontier.factors(inputs[:n], H[:n]))
    off[n] = np.linalg.norm(exact - kron) / np.linalg.norm(exact)
    print(f"{n:3} examples: off by at most {max(off[n], 1e-14):.2g}, relative")

# %% [markdown]
# Its first 80 rows and columns, the weights of eight inputs:

# %% tags=["figure"] mystnb={"image": {"alt": "Two heat maps of 80 by 80 entries, exact Gauss-Newton matrix and K-FAC's. Both are made of tiles of 10 by 10 entries with a blue or red diagonal. In K-FAC's all tiles show one pattern at different strengths; in the exact one the patterns of the tiles differ."}}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4.4))
for ax, matrix, title in zip(axes, (exact, kron), ("exact", "K-FAC"), strict=True):
    ax.imshow(matrix[:80, :80], cmap="RdBu", vmin=-0.01, vmax=0.01)
    ax.set(title=title, xlabel="weight", ylabel="weight")
    ax.grid(False)
plt.show()

# %% [markdown]
# *Reading the figure:* a tile is a pair of inputs, ten outputs each. In K-FAC's matrix every tile is the same pattern at another strength. The exact one has tiles that differ: the approximation ignores how inputs and outputs go together. For one example nothing is ignored.

# %% tags=["guard"]
assert off[1] < 1e-12 and 0.05 < off[200] < 1

# %% [markdown]
# ## Curvature, read off the path
#
# Nobody has to compute a Hessian to learn about it. A step $s$ changes the gradient by some $y$, and on a quadratic $y = Hs$. **L-BFGS** keeps the last few pairs $(s, y)$ and steps along $-Bg$, where $B$ is an inverse
# Hessian that explains them: $By = s$ for the last pair. $B$ is never written down; two short loops apply it (`show_source(frontier.lbfgs)` leads there).
#
# On a quadratic, conjugate gradient is the best that gradients can do (notebook 12). **Predict:** with exact line searches, how close does L-BFGS come to it, with 10 pairs and with only one?

# %%
from course_lib.optimizers import curvature

A = np.diag(np.geomspace(1, 100, 40))
b = np.ones(40)
start = np.zeros(40)
cg = curvature.conjugate_gradient(A, b, start, n_steps=20)
one = frontier.exact_lbfgs(A, b, start, n_steps=20, memory=1)
ten = frontier.exact_lbfgs(A, b, start, n_steps=20, memory=10)

# %% [markdown]
# How far is each point from the minimum?

# %% tags=["figure"] mystnb={"image": {"alt": "Distance to the minimum against the step, logarithmic, 20 steps. The curves of conjugate gradient, drawn thick and grey, and of L-BFGS with one and with ten pairs lie on each other and fall by two decades."}}
best = np.linalg.solve(A, b)
far = [np.linalg.norm(path - best, axis=1) for path in (cg, one, ten)]
fig, ax = plt.subplots()
ax.semilogy(far[0], color="0.75", linewidth=7, label="CG")
ax.semilogy(far[1], color="#5b4636", label="L-BFGS, 1 pair")
ax.semilogy(far[2], "k.", label="L-BFGS, 10 pairs")
ax.set(xlabel="step $t$", ylabel="distance to the minimum")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the three curves are one curve, whatever the memory. The points themselves agree to machine precision at first; then rounding grows:

# %%
from course_lib.experiments import show_evidence

gap = np.abs(one - cg).max(axis=1)
print(f"one pair, first 10 steps: off by at most {max(gap[:11].max(), 1e-14):.0e};",
      f"20 steps: {max(gap.max(), 1e-8):.0e}")
show_evidence("lbfgs_needs_fewer_gradients")

# %% [markdown]
# On this smooth loss, which is no quadratic, with all examples in every gradient, the claim **holds**. With mini-batches a pair $(s, y)$ compares gradients of two different losses, and $y$ is mostly noise.

# %% tags=["guard"]
from scipy.sparse.linalg import cg as scipys_cg

for path in (one, ten):
    gaps = np.abs(path - cg).max(axis=1)
    assert gaps[5] < 1e-14 and gaps[10] < 1e-12 and gaps[20] < 1e-7
assert np.abs(scipys_cg(A, b, maxiter=10, rtol=0.0)[0] - cg[10]).max() < 1e-12

# %% [markdown]
# ## Look at another point
#
# **Sharpness-aware minimization** (SAM, 2020) wants a place whose neighbours are low too. It first goes *uphill* by a fixed length $\rho$, takes the gradient there, and makes the step from where it was.
#
# ### Exercise 32.4 · A step of SAM
#
# `fun(w)` returns the loss and the gradient.

# %% tags=["exercise"]
def sam_step(fun, w, lr, rho):
    """Return w after one step of SAM."""
    ### BEGIN SOLUTION
    g = fun(w)[1]
    up = w + rho * g / np.linalg.norm(g)
    return w - lr * fun(up)[1]
    ### END SOLUTION

# %%
check.sam_step(sam_step)

# %% [markdown]
# **Predict:** on the parabola $\tfrac12 hw^2$ the way up has the length $\rho$ however close to 0 one is. Does SAM settle at 0? If it jumps between $w$ and $-w$, how large is $\lvert w\rvert$?

# %% tags=["figure"] mystnb={"image": {"alt": "Position against step for SAM on a parabola with three values of rho, 0, 0.2 and 0.4. With rho 0 the run settles at zero; the others end jumping between two points, which lie on the dashed lines."}}
parabola = lambda w: (0.5 * w @ w, w)
fig, ax = plt.subplots()
for rho, color in ((0.0, "0.6"), (0.2, "black"), (0.4, "#009e73")):
    w = [np.array([1.0])]
    for _ in range(30):
        w.append(frontier.sam_step(parabola, w[-1], lr=0.5, rho=rho))
    ax.plot(np.ravel(w), ".-", color=color, label=rf"$\rho$ = {rho}")
    c = frontier.cycle(lr=0.5, h=1.0, rho=rho)
    ax.hlines((-c, c), 0, 30, color=color, linestyle="--", linewidth=1)
ax.set(xlabel="step $t$", ylabel="$w$")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* SAM does not settle. It ends on the two-cycle $\lvert w\rvert = \mathrm{lr}\,h\rho/(2-\mathrm{lr}\,h)$, the dashed lines: wide where the valley is sharp. To see why, put $w' = w - \mathrm{lr}\,h(w + \rho)$ equal to $-w$.
#
# **Schedule-Free** (2024) keeps three points. The steps move $z$; $x$ is the average of all $z$; the gradient is taken at $y$, between them. No schedule lowers the rate, and no end has to be known.
#
# **Predict:** on a noisy parabola, which of the three points would you hand to the user?

# %% tags=["figure"] mystnb={"image": {"alt": "Three points of Schedule-Free against the step on a noisy parabola, 400 steps. z swings widely around zero, y much less, and x, the average, runs smoothly towards zero."}}
from course_lib.frameworks.schedule_free import averaged, schedule_free_adamw

rng = np.random.default_rng(1)
w = np.array([2.0])
state = {}
points = []
for _ in range(400):
    g = w + rng.standard_normal(1)
    w, state = schedule_free_adamw(w, g, state, lr=0.1)
    points.append((state["z"][0], w[0], averaged(w, state)[0]))
z, y, x = np.transpose(points)
fig, ax = plt.subplots()
ax.plot(z, color="0.75", label="$z$")
ax.plot(y, color="#009e73", label="$y$")
ax.plot(x, color="black", label="$x$")
ax.set(xlabel="step $t$", ylabel="position")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* $z$ swings in the noise, $x$ hardly. **Evaluate at $x$**, although training holds $y$; code that forgets to switch reports the wrong point. An average can be added to any rule: the **exponential moving average** (EMA) of the weights, or their plain mean from some step on, **stochastic weight
# averaging** (SWA).

# %% tags=["guard"]
for step_length in (0.2, 0.4):
    w = np.array([1.0])
    for _ in range(60):
        w = frontier.sam_step(parabola, w, lr=0.5, rho=step_length)
    assert abs(abs(w[0]) - 0.5 * step_length / 1.5) < 1e-6
assert x[200:].std() < 0.2 * z[200:].std() and y[200:].std() < z[200:].std()

# %% [markdown]
# ## What does it buy?
#
# Each rule gets notebook 28's terms: 24 trials in a declared space, seeds 0 to 2 choose, fresh seeds judge. On `deep_narrow` the matrix rules get the hidden matrices. A step of theirs costs more seconds:

# %% tags=["nbval-ignore-output"]
from course_lib.experiments import WORKLOADS, step_costs

rules = {"adam": optimizers.adam, "muon": frontier.muon, "soap": frontier.soap}
costs = step_costs(WORKLOADS["deep_narrow"], X[:50], digits.y_train[:50], rules)
for name, (middle, low, high) in costs.items():
    print(f"{name}: {middle:.1f} times as long as adam ({low:.1f} to {high:.1f})")

# %% [markdown]
# So each matrix rule is asked two questions: against as many steps, and against as much time. For the second, the older rule got 2.2 (AdamW) and 2.0 (Adam) times as many steps, with its settings chosen for
# that length. These factors were measured before the runs, on one core. The other four comparisons are on MNIST, 600 gradients each, judged on test images.
#
# On which of the nine would you bet?

# %%
for name in ("muon_below_adamw", "muon_below_adamw_in_time", "soap_below_adam",
             "soap_below_adam_in_time", "shampoo_below_adagrad"):
    show_evidence(name)

# %% [markdown]
# With as many steps, all three claims **hold**. With as much time SOAP's claim **holds** too, and Muon's is **undecided**: these seeds do not say who is ahead. On other hardware and with larger matrices the price is another.

# %%
for name in ("sam_below_sgd", "ema_below_last", "schedule_free_below_adam",
             "schedule_free_ties_cosine"):
    show_evidence(name)

# %% [markdown]
# SAM, with half as many steps, the average, and Schedule-Free against a constant rate: these three claims **hold**. That Schedule-Free ends level with cosine decay **fails**: it ends higher. But cosine was told when the run would end.
#
# These are two small tasks: they do not say how large the effects are elsewhere.

# %% tags=["guard"]
from course_lib.data import load_results
from course_lib.experiments import evidence

mine = [r["name"] for r in load_results("evidence")["rows"] if r["notebook"] == "32"]
assert set(mine) == {
    "lbfgs_needs_fewer_gradients", "muon_below_adamw", "muon_below_adamw_in_time",
    "soap_below_adam", "soap_below_adam_in_time", "shampoo_below_adagrad",
    "sam_below_sgd",
    "ema_below_last", "schedule_free_below_adam", "schedule_free_ties_cosine"}
assert evidence("muon_below_adamw_in_time")["high"] > 0.1
assert evidence("schedule_free_ties_cosine")["low"] > 0.02

# %% [markdown]
# ## Summary
#
# - A method is steepest descent for some measure of length: the largest entry gives sign descent, the largest singular value spectral descent.
# - Muon's Newton–Schulz iteration acts on singular values one by one and brings most of them near 1. Its scale has conventions, and depends on how weights are stored.
# - Shampoo's first step is the polar factor too. SOAP is Adam in Shampoo's axes. K-FAC is exact for one example.
# - L-BFGS reads curvature off its path; on a quadratic with exact steps it is conjugate gradient.
# - SAM steps from $w$ by a gradient from uphill. Schedule-Free is read at $x$. Averages of weights are cheap.
# - Compare with as many steps *and* with as much time.
#
# ## Questions to ask yourself
#
# **1.** You multiply the loss by 1000. Which of gradient descent, Adam, Muon and L-BFGS take other steps?
#
# <details>
# <summary>Answer</summary>
#
# Gradient descent: its steps are 1000 times as long. Adam's and Muon's stay the same but for $\varepsilon$. L-BFGS' stay the same once it has a pair; its very first one has nothing to compare with.
#
# </details>
#
# **2.** Why does Muon leave biases to AdamW?
#
# <details>
# <summary>Answer</summary>
#
# A vector is a matrix with one singular value. Its polar factor is the vector divided by its length: normalised gradient descent, without any rates of their own for the weights.
#
# </details>
#
# **3.** A paper reports that a new optimizer needs 30 % fewer steps. What do you ask?
#
# <details>
# <summary>Answer</summary>
#
# How long a step takes, on which hardware; whether the old rule was tuned with as many trials, for its own length; which weights the new rule was given, and which rule took care of the others; how many seeds.
#
# </details>
#
# **4.** Your validation loss with Schedule-Free is worse than your colleague's, with the same code and data. What do you look at first?
#
# <details>
# <summary>Answer</summary>
#
# Whether both evaluate at $x$. In the authors' PyTorch package the model holds $y$ during training, and has to be switched. [Notebook 27](27_match_three_frameworks.ipynb) has Keras' version, and its bug.
#
# </details>
#
# ## Go deeper
#
# - J. Bernstein, L. Newhouse, [Old optimizer, new norm: an anthology](https://arxiv.org/abs/2409.20325), 2024: methods as steepest descent.
# - K. Jordan and others, [Muon](https://kellerjordan.github.io/posts/muon/), 2024; J. Liu and others, [Muon is scalable for LLM training](https://arxiv.org/abs/2502.16982), 2025: Moonlight's scale. The museum's piece: [Keras 3.10](https://github.com/keras-team/keras/blob/v3.10.0/keras/src/optimizers/muon.py), and [the change](https://github.com/keras-team/keras/pull/21885) that removed it.
# - V. Gupta, T. Koren, Y. Singer, [Shampoo](https://arxiv.org/abs/1802.09568), 2018; N. Vyas and others, [SOAP](https://arxiv.org/abs/2409.11321), 2024.
# - J. Martens, R. Grosse, [Optimizing neural networks with Kronecker-factored approximate curvature](https://arxiv.org/abs/1503.05671), 2015.
# - D. Liu, J. Nocedal, [On the limited memory BFGS method for large scale optimization](https://doi.org/10.1007/BF01589116), 1989.
# - P. Foret and others, [Sharpness-aware minimization for efficiently improving generalization](https://arxiv.org/abs/2010.01412), 2020.
# - A. Defazio and others, [The road less scheduled](https://arxiv.org/abs/2405.15682), 2024: Schedule-Free.
# - P. Izmailov and others, [Averaging weights leads to wider optima and better generalization](https://arxiv.org/abs/1803.05407), 2018: SWA.
#
# **Next:** one machine was enough so far. [33: Scale out](33_scale_out.ipynb)
