# %% [markdown]
# # 03 · Meet saddles in high dimensions
#
# *Why are saddles everywhere?*
#
# **You will do:** draw random Hessians and count how often one is a minimum; measure how strongly
# eigenvalues repel each other; and hunt critical points in 50 dimensions.
#
# **You will learn:** why "one half to the power of the dimension" is wrong by a factor of
# $4\cdot10^{10}$ in ten dimensions. You will see why high critical points are saddles and low ones
# minima, in a model that can be solved, and how different the Hessians of small networks look.
#
# **You need:** critical points and the eigenvalues of a Hessian, as in
# [01: Classify critical points](01_classify_critical_points.ipynb), and what a histogram is.
#
# **Minutes:** 70

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Two ways to draw twenty numbers
#
# Each row of dots in the left picture holds twenty independent normal numbers. Each row in the right
# one holds the twenty eigenvalues of a random symmetric matrix. Both are drawn anew in every row and
# scaled to the same width.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels with twelve rows of twenty dots each. Left, independent numbers: dots clump in pairs and leave wide gaps, and stragglers lie far out. Right, eigenvalues: the dots stand at nearly even distances in every row."}}
from course_lib.landscapes import random_matrices

rng = np.random.default_rng(0)
rows = {
    "independent": np.sort(rng.standard_normal((12, 20)), axis=1),
    "eigenvalues": np.linalg.eigvalsh(random_matrices.symmetric(20, 12, rng)),
}
fig, axes = plt.subplots(1, 2, figsize=(8.4, 3.6), sharey=True)
for ax, (name, values) in zip(axes, rows.items(), strict=True):
    for i, row in enumerate(values / values.std()):
        ax.plot(row, np.full(20, i), ".", color="black", markersize=6)
    ax.set(title=name, xlabel="value / width", yticks=[])
plt.show()

# %% [markdown]
# *Reading the figure:* independent numbers clump and leave holes. Eigenvalues keep their distance.
# Keep this picture in mind: it decides how rare minima are.
#
# ## Is a minimum a row of lucky coins?
#
# A critical point in $k$ dimensions is a minimum if all $k$ eigenvalues of its Hessian are positive.
# A tempting argument says: each sign is a coin, so the probability is $0.5^k$. Let us test it.
#
# A probability needs an **ensemble**: what is drawn, and how. Ours is the *Gaussian orthogonal
# ensemble*, GOE. Fill a $k\times k$ matrix $G$ with independent standard normal numbers and make it
# symmetric, $A=\tfrac12(G+G^\top)$. This ensemble prefers no directions: turned by any rotation, it
# has the same distribution. It is a model of "a Hessian about which we know nothing", and no more
# than that.

# %% tags=["mirrors:course_lib.landscapes.random_matrices.symmetric"]
import math


def symmetric(k, n, rng):
    G = rng.standard_normal((n, k, k))
    return (G + G.swapaxes(1, 2)) / 2

# %% [markdown]
# For $k=1$ it is one normal number, and the coin is right. For $k=2$ write the matrix as
#
# $$A=\begin{pmatrix}m+d&c\\c&m-d\end{pmatrix},\qquad \lambda = m\pm\sqrt{d^2+c^2} .$$
#
# The three numbers $m$, $d$ and $c$ are independent and normal with the same variance: a round cloud
# in space. Both eigenvalues are positive if $m>\sqrt{d^2+c^2}$. That is a cone around the $m$ axis that
# opens by 45 degrees to each side. Its share of the directions is
#
# $$P_2=\tfrac12(1-\cos45^\circ)=\frac{2-\sqrt2}{4}\approx0.146,\qquad\text{and not } 0.25 .$$
#
# For larger $k$ we count. A **Monte Carlo** estimate draws $n$ matrices and must say how far it can be
# trusted. Let $p$ be the share of hits. The usual $p\pm1.96$ standard errors gives the interval
# $[0,0]$ if there was no hit, as if the thing were impossible. Wilson's interval does better:
#
# $$\frac{p+\dfrac{z^2}{2n}\;\pm\;z\sqrt{\dfrac{p(1-p)}{n}+\dfrac{z^2}{4n^2}}}{1+\dfrac{z^2}{n}},\qquad z=1.96 .$$
#
# It covers the truth in about 95 of 100 experiments.
#
# ### Exercise 03.1 · Count, and say how sure you are
#
# Draw `n` matrices with `symmetric(k, n, rng)`. Return three numbers: the share that have only positive
# eigenvalues, and the two ends of Wilson's interval. (`np.linalg.eigvalsh` takes a whole stack of
# matrices.)

# %% tags=["exercise"]
def positive_share(k, n, rng):
    """Return (share, low, high) for P(all eigenvalues > 0) from n matrices k x k."""
    ### BEGIN SOLUTION
    eigenvalues = np.linalg.eigvalsh(symmetric(k, n, rng))
    p = (eigenvalues > 0).all(axis=1).mean()
    z = 1.96
    middle = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return p, (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
    ### END SOLUTION

# %%
check.positive_share(positive_share)

# %% [markdown] tags=["solution"]
# `.all(axis=1)` asks each matrix for all of its own eigenvalues, and `.mean()` of true and false is a
# share. Without a hit the upper end is $z^2/(n+z^2)\approx3.8/n$: after 1000 draws without a hit the
# probability may well be 0.003. From here on we use `random_matrices.wilson`.

# %% [markdown]
# For every $k$ the probability is also known exactly. `random_matrices.positive_probability` computes
# it, and for large $k$ it behaves like
#
# $$P_k\approx e^{-\frac{\ln3}{4}k^2}$$
#
# ([Dean & Majumdar 2006](https://arxiv.org/abs/cond-mat/0609651)). The exponent is a *square*, and it
# can be understood: there are about $\tfrac12k^2$ pairs of eigenvalues, they repel each other, and to
# squeeze all of them onto one side costs each pair something. Coins pay only once for each eigenvalue.
#
# <details>
# <summary>Why this is true</summary>
#
# Changing variables from matrix entries to eigenvalues and eigenvectors gives the eigenvalues of the
# GOE the joint density
#
# $$\frac1{Z_k}\;\prod_{i<j}|\lambda_i-\lambda_j|\;\prod_ie^{-\lambda_i^2/2} .$$
#
# Its integral over all $\lambda_i>0$ is $k!$ times a Pfaffian, the root of the determinant of an
# antisymmetric matrix (de Bruijn 1955). For $k=3$ it has three terms:
#
# $$3!\,\big(A_{01}a_2-A_{02}a_1+A_{12}a_0\big),\qquad a_i=\int_0^\infty x^ie^{-x^2/2}dx,\qquad A_{ij}=\iint_{0<x<y}(x^iy^j-x^jy^i)\,e^{-(x^2+y^2)/2}\,dx\,dy .$$
#
# In polar coordinates each is a line of work:
# $a_0=a_2=\sqrt{\pi/2}$, $a_1=1$, $A_{01}=\sqrt{\pi/2}\,(\sqrt2-1)$, $A_{02}=1$,
# $A_{12}=\sqrt{\pi/2}\,(1-1/\sqrt2)$. The bracket is $\tfrac{\pi}{2\sqrt2}-1$. The constant is Mehta's,
# $Z_k=(2\pi)^{k/2}\prod_{j=1}^k\Gamma(1+\tfrac j2)/\Gamma(\tfrac32)$, which is $Z_3=6\sqrt2\,\pi$. So
# $P_3=(\pi-2\sqrt2)/(4\pi)\approx0.0249$. For larger $k$ the library does the same with
# $40+4k$ decimal digits, because large terms nearly cancel.
#
# The density is $e^{-E}$ with the energy
# $E=\sum_i\tfrac12\lambda_i^2-\sum_{i<j}\ln|\lambda_i-\lambda_j|$: charges on a line that repel each
# other, in a bowl. The law for large $k$ is the price in $E$ of pushing all charges to the right half.
#
# </details>
#
# **Predict:** by which factor is $0.5^k$ wrong at $k=10$: a hundred, a million, more? And if we draw
# 200 000 matrices for each $k$, from which $k$ on will there be no hit, or nearly none?

# %%
rng = np.random.default_rng(0)
n = 200_000
intervals = {}
for k in range(1, 7):
    hits = (np.linalg.eigvalsh(symmetric(k, n, rng)) > 0).all(axis=1).sum()
    intervals[k] = random_matrices.wilson(hits, n)
    exact = random_matrices.positive_probability(k)
    print(f"k = {k}: exact {exact:.3g}, measured {hits / n:.3g}, coins {0.5**k:.3g}")

# %% tags=["guard"]
for k, (low, high) in intervals.items():
    exact = random_matrices.positive_probability(k)
    assert low - (high - low) / 2 < exact < high + (high - low) / 2
assert math.isclose(random_matrices.positive_probability(2), (2 - math.sqrt(2)) / 4)

# %% [markdown]
# The same as a picture, with the exact values up to $k=10$.

# %% tags=["figure"] mystnb={"image": {"alt": "Probability that all eigenvalues are positive against the dimension k from 1 to 10, logarithmic axis from 1 to 1e-15. The coin rule falls on a straight line to 0.001. The exact values curve down to 2e-14, and the Monte Carlo intervals for k up to 6 lie on them. The large-k law bends in the same way, above the exact values."}}
k = np.arange(1, 11)
exact = np.array([random_matrices.positive_probability(int(dim)) for dim in k])
law = np.exp(-math.log(3) / 4 * k**2)

fig, ax = plt.subplots()
ax.semilogy(k, 0.5**k, ":", color="0.45", label="coins")
ax.semilogy(k, law, "--", color="0.6", label="law for large $k$")
ax.semilogy(k, exact, "o-", color="black", markersize=5, label="exact, GOE")
for dim, (low, high) in intervals.items():
    ax.vlines(dim, max(low, 1e-16), high, color="#009e73", linewidth=6, alpha=0.7)
ax.set(xlabel="dimension $k$", ylabel="P(all eigenvalues > 0)", ylim=(1e-15, 2))
ax.set_title(f"At the end coins are wrong by a factor {0.5**10 / exact[-1]:.0e}")
ax.legend(loc="lower left")
plt.show()

# %% tags=["guard"]
assert 3.5e10 < 0.5**10 / exact[-1] < 4.5e10 and 50 < law[-1] / exact[-1] < 54

# %% [markdown]
# *Reading the figure:* coins make a straight line, and the truth bends away from it. (The green bars
# are the Monte Carlo intervals.) At $k=6$ counting has come to its end, and the exact values go on.
# The law has the right bend but not the right factor in front, which it does not promise.
#
# ## Eigenvalues keep their distance
#
# Each eigenvalue, picked at random, *is* positive with the probability one half. What fails is
# independence. Look at $k=2$ again. The distance of the two eigenvalues is $2\sqrt{d^2+c^2}$. For it
# to vanish *two* numbers must vanish at once, $d$ and $c$. That is as unlikely as hitting a point in
# the plane. This is **level repulsion**.
#
# ### Exercise 03.2 · A number for repulsion
#
# Build a measure of it. For each row of eigenvalues, take the gaps between neighbours in order of size
# of the eigenvalues. For each pair of neighbouring gaps, divide the smaller by the larger. Return the
# mean of all these ratios, over all rows: one number. Rows may come unsorted.

# %% tags=["exercise"]
def spacing_ratio_of(eigenvalues):
    """Return the mean ratio of neighbouring gaps; eigenvalues has shape (..., k)."""
    ### BEGIN SOLUTION
    gaps = np.diff(np.sort(eigenvalues, axis=-1), axis=-1)
    one = gaps[..., 1:]
    other = gaps[..., :-1]
    return (np.minimum(one, other) / np.maximum(one, other)).mean()
    ### END SOLUTION

# %%
check.spacing_ratio_of(spacing_ratio_of)

# %% [markdown] tags=["solution"]
# The ratio needs no scale: it is the same for eigenvalues that are all ten times larger. That is why
# physicists use it ([Atas et al. 2013](https://arxiv.org/abs/1212.5611)).
# `random_matrices.spacing_ratio` is the same.

# %% [markdown]
# For equal gaps this ratio is 1. For many independent numbers theory gives $2\ln2-1\approx0.386$.
#
# **Predict:** on which side of $0.386$ will the eigenvalues of random matrices lie? The next figure also
# shows the distance of two eigenvalues, for $k=2$, in units of its mean. Which of the two histograms
# starts at zero?

# %% tags=["figure"] mystnb={"image": {"alt": "Density of the distance between two numbers in units of its mean. For the two eigenvalues of a random matrix the histogram starts at zero, rises to a peak near 0.8 and falls; for two independent numbers it is highest at zero and falls. A smooth line lies on the histogram of the eigenvalues."}}
rng = np.random.default_rng(1)
pairs = {
    "eigenvalues": np.linalg.eigvalsh(random_matrices.symmetric(2, 100_000, rng)),
    "independent": rng.standard_normal((100_000, 2)),
}
s = np.linspace(0, 3, 61)
fig, ax = plt.subplots()
for (name, pair), color in zip(pairs.items(), ["#009e73", "0.4"], strict=True):
    distance = np.abs(pair[:, 1] - pair[:, 0])
    distance = distance / distance.mean()
    ax.hist(distance, s, density=True, color=color, alpha=0.4, label=name)
ax.plot(s, np.pi / 2 * s * np.exp(-np.pi * s**2 / 4), color="black")
ax.set(xlabel="distance / its mean", ylabel="density", title="Distances")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* independent numbers like to be close, and eigenvalues hardly ever are. The line
# for eigenvalues, $\tfrac\pi2\,s\,e^{-\pi s^2/4}$, is **Wigner's surmise**. It is exact for $k=2$.

# %%
rng = np.random.default_rng(2)
eigenvalues = np.linalg.eigvalsh(random_matrices.symmetric(20, 2000, rng))
numbers = rng.standard_normal((2000, 20))
print(f"ratio of gaps: eigenvalues {random_matrices.spacing_ratio(eigenvalues):.3f}")
print(f"ratio of gaps: independent {random_matrices.spacing_ratio(numbers):.3f}")

# %% tags=["guard"]
assert abs(random_matrices.spacing_ratio(eigenvalues) - 0.53) < 0.01
assert abs(random_matrices.spacing_ratio(numbers) - 0.386) < 0.01

# %% [markdown]
# In a large matrix repulsion makes the eigenvalues stand almost in rank and file. The shape that they
# fill is half a circle, if the axes are scaled to fit. This is the **semicircle law**
# ([Wigner 1958](https://doi.org/10.2307/1970008)). For our scale its radius is $R=\sqrt{2k}$, and the
# share of eigenvalues below $x$ is $F(x/R)$, with
#
# $$F(z)=\tfrac12+\tfrac1\pi\big(z\sqrt{1-z^2}+\arcsin z\big)\quad\text{for }|z|\le1 .$$
#
# The **index** is the number of negative eigenvalues. It is close to $k/2$. For coins its variance is
# $k/4$, which quadruples with $k$. For eigenvalues it grows only like $\ln(k)/\pi^2$ plus a constant
# ([Majumdar et al. 2009](https://arxiv.org/abs/0910.0775)).
#
# **Predict:** how smooth will the histogram of the eigenvalues of *one* matrix with $k=1000$ be? And by
# how much does the variance of the index grow from $k=10$ to $k=40$?

# %% tags=["figure"] mystnb={"image": {"alt": "Histogram of the 1000 eigenvalues of one random matrix. It fills the predicted half ellipse from -44.7 to 44.7 almost without scatter, with no eigenvalue far outside."}}
k = 1000
R = math.sqrt(2 * k)
one = np.linalg.eigvalsh(random_matrices.symmetric(k, 1, np.random.default_rng(2))[0])
x = np.linspace(-1.1 * R, 1.1 * R, 401)

fig, ax = plt.subplots()
ax.hist(one, bins=30, range=(-R, R), density=True, color="#009e73", alpha=0.35)
ax.plot(x, random_matrices.semicircle(x, R), color="black")
ax.set(xlabel="eigenvalue", ylabel="density", title="One large matrix")
plt.show()

rng = np.random.default_rng(3)
variance = {}
for k in (10, 40):
    negative = np.linalg.eigvalsh(random_matrices.symmetric(k, 4000, rng)) < 0
    variance[k] = negative.sum(axis=1).var()
    print(f"k = {k}, variance of the index: coins {k / 4}, measured {variance[k]:.2f}")
growth = math.log(4) / math.pi**2
print(f"growth: predicted {growth:.2f}, measured {variance[40] - variance[10]:.2f}")

# %% tags=["guard"]
middle = (np.abs(one) < R / 2).mean()
share = random_matrices.semicircle_share(np.array([-R / 2, R / 2]), R)
assert abs(middle - np.diff(share)[0]) < 0.01 and abs(one[-1] / R - 1) < 0.03
assert abs(variance[40] - variance[10] - growth) < 0.05 and abs(R - 44.7) < 0.05

# %% [markdown]
# *Reading the figure:* a histogram of a thousand *independent* numbers would be ragged. This one is
# smooth, and it ends where the law ends. And the index hardly varies: in 40 dimensions its variance is
# well below 1, where coins have 10.
#
# ## High and low: a landscape that can be solved
#
# A random matrix is not a landscape. In a landscape the Hessian has to do with the *loss* at which it is
# found: high up there should be more ways down. Take one in which everything can be computed, the
# **spherical 3-spin model**. It is a random cubic of $N$ variables on a sphere,
#
# $$f(w)=\frac1N\sum_{i,j,l=1}^NJ_{ijl}\,w_iw_jw_l\qquad\text{with } |w|^2=N,$$
#
# where the $J_{ijl}$ are independent standard normal numbers. Let $u=f(w)/N$ be the energy per
# coordinate. For large $N$, the result is short: **at a critical point of energy $u$ the Hessian is a
# random matrix with the semicircle of radius $R=2\sqrt6$, shifted by $-3u$.** An eigenvalue of it is
# $x-3u$, with $x$ from the semicircle.
#
# <details>
# <summary>Why this is true</summary>
#
# A cubic obeys $w\cdot g=3f$ (Euler). On the sphere only the part of $g$ along the sphere counts,
# $g-3u\,w$. Differentiate once more: the Hessian along the sphere is
# $\Pi\,(\nabla^2f)\,\Pi-3u\,\Pi$, where $\Pi$ removes the component along $w$. The second term is the
# shift. For the first, put $w$ on the last axis, $w=\sqrt N e_N$. Then the entries of $\nabla^2f$ along
# the sphere consist of the $J$ with exactly *one* index $N$. Their variance is $6/N$ off the diagonal and
# $12/N$ on it: GOE again, of the radius $2\sqrt6$. The gradient along the sphere and $u$ use $J$ with two
# and with three indices $N$, which are other numbers, independent of these.
#
# One caution: among all points the *critical* ones are not drawn at random, but with a weight, the size
# of $\det H$. For large $N$ that does not move the share of negative eigenvalues at a given $u$
# ([Bray & Dean 2007](https://arxiv.org/abs/cond-mat/0611023),
# [Auffinger et al. 2013](https://arxiv.org/abs/1003.1129)).
#
# </details>
#
# ### Exercise 03.3 · Index from energy
#
# Write the predicted share of negative eigenvalues at a critical point of energy `u`, a number or an
# array. Use $F$ from above, and mind its ends.

# %% tags=["exercise"]
def index_share(u):
    """Return the predicted share of negative eigenvalues at energy u, for large N."""
    ### BEGIN SOLUTION
    z = np.clip(3 * np.asarray(u) / (2 * math.sqrt(6)), -1, 1)
    return 0.5 + (z * np.sqrt(1 - z**2) + np.arcsin(z)) / np.pi
    ### END SOLUTION

# %%
check.index_share(index_share)

# %% [markdown] tags=["solution"]
# An eigenvalue $x-3u$ is negative when $x<3u$, so the share is $F(3u/R)$. Beyond $|3u|=R$ all are of one
# sign: $F$ stays at 0 or 1, hence the clipping.

# %% [markdown]
# Now measure. In $N=50$ dimensions, 240 random points of the sphere walk along the gradient, each to
# an energy of its own. From there Newton's method takes them to a critical point nearby, of whatever
# kind. These are the two functions that do it.

# %%
from course_lib.landscapes import spin_glass

show_source(spin_glass.along_sphere)
show_source(spin_glass.find_critical)

# %% [markdown]
# **Predict:** sketch the share of negative eigenvalues against the energy, from $-1.7$ to $1.7$. From
# which energy down are there minima only?

# %% tags=["figure"] mystnb={"image": {"alt": "Share of negative Hessian eigenvalues against energy per coordinate from -1.75 to 1.75. The critical points found lie on a rising S-shaped prediction: zero at -1.63, one half at 0, one at 1.63."}}
rng = np.random.default_rng(0)
model = spin_glass.three_spin(50, rng)
w = spin_glass.on_sphere(rng.standard_normal((240, 50)))
w = spin_glass.move_to_energy(model, w, np.linspace(-1.6, 1.6, 240))
w = spin_glass.find_critical(model, w)
u, g = spin_glass.along_sphere(model, w)
H = spin_glass.sphere_hessian(model, w)
share = (np.linalg.eigvalsh(H) < 0).mean(axis=1)
energy = np.linspace(-1.75, 1.75, 351)
predicted = random_matrices.semicircle_share(3 * energy, 2 * math.sqrt(6))

fig, ax = plt.subplots()
ax.plot(energy, predicted, color="0.7", linewidth=5, label="predicted, large $N$")
ax.plot(u, share, "o", color="black", markersize=4, label="found, $N=50$")
ax.set(xlabel="energy $u$", ylabel="share of negative eigenvalues")
ax.set_title("Share against energy")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Reading the figure:* the points lie on a line that was drawn without looking at them. The higher a
# critical point, the more ways lead down.

# %%
forecast = random_matrices.semicircle_share(3 * u, 2 * math.sqrt(6))
error = math.sqrt(((share - forecast) ** 2).mean())
minima = u[share == 0]
print(f"{len(w)} critical points, {len(minima)} of them minima")
print(f"typical difference: {error:.3f} (one eigenvalue is {1 / 49:.3f})")
print(f"minima found from u = {minima.min():.2f} to {minima.max():.2f}", end="")
print(f"; predicted below {-2 * math.sqrt(2 / 3):.2f} for large N")

# %% tags=["guard"]
assert len(w) > 150 and error < 0.02 and 3 <= len(minima) <= 20
assert (np.linalg.norm(g, axis=1) <= 1e-8).all() and minima.max() < -1.2

# %% [markdown]
# Minima exist only where $3u\le-R$. By [Auffinger et al. 2013](https://arxiv.org/abs/1003.1129) the
# lowest energy of all is about $-1.657$. **So in this model, for large $N$, all minima are almost
# equally deep,** and every critical point well above them is a saddle with many ways
# down. At $N=50$ the ends of the spectrum still wobble, so a few minima lie somewhat higher. In small
# trained networks the same rising curve was seen
# ([Dauphin et al. 2014](https://arxiv.org/abs/1406.2572)). That is an analogy and not a proof that a
# network has no poor minima.
#
# ## And a real network?
#
# Is the Hessian of a trained network a shifted semicircle? Small ones can be asked: 16 inputs (the digits
# of scikit-learn, shrunk to 4 × 4), 10 hidden units, 10 classes, 280 weights. For each weight one central
# difference of the exact gradient makes one row of $H$. We ask before and after training.
#
# **Predict:** a semicircle around zero has about $\tfrac{4}{100\pi}\approx1.3\,\%$ of its eigenvalues
# within a hundredth of the largest. What do you expect here?

# %%
from sklearn.datasets import load_digits

from course_lib.networks import mlp
from course_lib.optimizers import descent

digits = load_digits()
X = digits.images.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16) / 16


def spectrum(fun, theta):
    steps = 1e-6 * np.eye(theta.size)
    H = np.array([fun(theta + s)[1] - fun(theta - s)[1] for s in steps])
    eigenvalues = np.linalg.eigvalsh(H + H.T)
    return eigenvalues / eigenvalues[-1]

# %% [markdown]
# Three networks, which differ in their first weights only:

# %% tags=["figure"] mystnb={"image": {"alt": "The 280 eigenvalues of three networks, divided by the largest and sorted, before training in grey and after in black. All curves are flat near zero over most of their length and rise to 1 only at the right end. Before training the left end is clearly negative, and after training it is not."}}
fig, ax = plt.subplots()
for seed in range(3):
    net = mlp([16, 10, 10], rng=np.random.default_rng(seed), dtype=np.float64)
    fun = net.objective(X, digits.target)
    start = net.theta.copy()
    run = descent.minimize(fun, start, "adam", lr=0.01, n_steps=500, keep_path=False)
    for name, theta, color in [("start", start, "0.6"), ("trained", run.final, "0")]:
        scaled = spectrum(fun, theta)
        ax.plot(scaled, color=color, label=name if seed == 0 else None)
        small = (np.abs(scaled) < 0.01).mean()
        print(f"seed {seed}, {name:7}: within 1 %: {small:.0%}", end=", ")
        print(f"below -1 %: {(scaled < -0.01).mean():.0%}, smallest {scaled[0]:.0e}")
ax.set(xlabel="rank", ylabel="eigenvalue / largest", title="Sorted eigenvalues")
ax.legend()
plt.show()

# %% tags=["guard"]
assert small > 0.9 and -1e-3 < scaled[0] < 0 and net.theta.size == 280

# %% [markdown]
# *Reading the figure:* none of the six is a semicircle. Most eigenvalues are close to zero and a few stick
# out: a **bulk and outliers**, as in larger networks
# ([Sagun et al. 2017](https://arxiv.org/abs/1706.04454),
# [Ghorbani et al. 2019](https://arxiv.org/abs/1901.10159)). Before training there is marked negative
# curvature. Afterwards the negative part is thousands of times smaller than the largest eigenvalue. In
# these networks many dimensions alone do not make a Hessian strongly indefinite. (Training was stopped
# early, so strictly these are not critical points.)
#
# ## Summary
#
# | question | answer | for |
# |---|---|---|
# | P(all eigenvalues > 0) | $\tfrac12,\ \tfrac{2-\sqrt2}4,\ \dots$, about $e^{-(\ln3/4)k^2}$ to leading order | GOE |
# | share of negative eigenvalues at energy $u$ | $F(3u/R)$, $R=2\sqrt6$ | spherical 3-spin, large $N$ |
#
# - Coins fail because eigenvalues repel each other.
# - Index follows energy: in the model that can be solved, high critical points are saddles, and all
#   minima lie low and close together.
# - The Hessians of our small networks are another thing: a bulk near zero, and outliers.

# %% [markdown]
# ## Questions to ask yourself
#
# **1.** A Hessian is known to be *diagonal*, with independent normal entries. What is the probability of
# a minimum in ten dimensions?
#
# <details>
# <summary>Answer</summary>
#
# Then the eigenvalues are the entries, and independent: $0.5^{10}\approx0.001$. The coins are right where
# the coordinates do not interact.
#
# </details>
#
# **2.** Somebody draws symmetric matrices whose entries *all* have variance 1, and finds about 0.12 for
# $k=2$ instead of 0.146. Who is wrong?
#
# <details>
# <summary>Answer</summary>
#
# Nobody. It is another ensemble. The cone $m>\sqrt{d^2+c^2}$ is the same, but the cloud is stretched
# along $c$, so less of it lies inside.
#
# </details>
#
# **3.** In the 3-spin model somebody reports a minimum far above the others. What do you check first?
#
# <details>
# <summary>Answer</summary>
#
# Whether it is a critical point at all: the length of the gradient along the sphere. Then all of its
# eigenvalues: a single small negative one makes it a saddle.
#
# </details>
#
# ## Go deeper
#
# - D. Dean, S. Majumdar, [*Large deviations of extreme eigenvalues of random
#   matrices*](https://arxiv.org/abs/cond-mat/0609651), 2006.
# - E. Wigner, [*On the distribution of the roots of certain symmetric
#   matrices*](https://doi.org/10.2307/1970008), 1958.
# - S. Majumdar et al., [*The index distribution of Gaussian random
#   matrices*](https://arxiv.org/abs/0910.0775), 2009.
# - Y. Atas et al., [*Distribution of the ratio of consecutive level spacings in random matrix
#   ensembles*](https://arxiv.org/abs/1212.5611), 2013.
# - E. Wilson, [*Probable inference, the law of succession, and statistical
#   inference*](https://doi.org/10.2307/2276774), 1927.
# - A. Bray, D. Dean, [*Statistics of critical points of Gaussian fields on large-dimensional
#   spaces*](https://arxiv.org/abs/cond-mat/0611023), 2007. A. Auffinger, G. Ben Arous, J. Černý,
#   [*Random matrices and complexity of spin glasses*](https://arxiv.org/abs/1003.1129), 2013.
# - Y. Dauphin et al., [*Identifying and attacking the saddle point problem in high-dimensional
#   non-convex optimization*](https://arxiv.org/abs/1406.2572), 2014.
# - L. Sagun et al., [*Empirical analysis of the Hessian of over-parametrized neural
#   networks*](https://arxiv.org/abs/1706.04454), 2017. B. Ghorbani, S. Krishnan, Y. Xiao,
#   [*An investigation into neural net optimization via Hessian eigenvalue
#   density*](https://arxiv.org/abs/1901.10159), 2019.
#
# **Next:** saddles are everywhere, so how does one get away from them?
# [04: Escape saddles](04_escape_saddles.ipynb)
