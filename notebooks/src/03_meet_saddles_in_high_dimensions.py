# %% [markdown]
# # 03 · Meet saddles in high dimensions
#
# *Why are saddles everywhere?*
#
# **You will do:** draw random Hessians and count how often one is a minimum; check the count against exact probabilities; hunt critical points in
# 50 dimensions.
#
# **You will learn:** why "one half to the power of the dimension" is wrong by a factor of 40 000 000 000 in ten dimensions; why high critical points are
# saddles and low ones minima, in one model that can be solved; what a trained network's Hessian looks like instead.
#
# **You need:** critical points and the eigenvalues of a Hessian, as in [01: Classify critical points](01_classify_critical_points.ipynb).
#
# **Minutes:** 70

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Is a minimum a row of lucky coins?
#
# A critical point in $k$ dimensions is a minimum if all $k$ eigenvalues of its Hessian are positive. One often reads: each sign is a coin, so
# the probability is $0.5^k$, and that is why there are so few minima and so many saddles. (Some say it of "all of one sign", which is minima and maxima together: twice as much.) Let us test that.
#
# A probability needs an **ensemble**: what is drawn, and how. Ours is the *Gaussian orthogonal ensemble*, GOE. Fill a $k\times k$ matrix $G$ with independent
# standard normal numbers and make it symmetric:
#
# $$A = \tfrac12(G+G^\top),\qquad \operatorname{var} A_{ii} = 1,\qquad \operatorname{var} A_{ij} = \tfrac12\quad(i\ne j).$$
#
# The diagonal has twice the variance of the rest. That makes the ensemble blind to the choice of axes: $Q^\top AQ$ has the same distribution for every rotation $Q$. The overall scale does not matter for signs.
# This is a model of "a Hessian about which we know nothing", and no more than that. Here is the cell that draws, as the library has it.

# %% tags=["mirrors:course_lib.landscapes.random_matrices.symmetric"]
import math

def symmetric(k, n, rng):
    """Draw n matrices of the GOE, shape (n, k, k)."""
    G = rng.standard_normal((n, k, k))
    return (G + G.swapaxes(1, 2)) / 2

# %% [markdown]
# **$k=1$:** one normal number, positive with probability $\tfrac12$. The coin is right.
#
# **$k=2$:** write the matrix as
#
# $$A=\begin{pmatrix}m+d&c\\c&m-d\end{pmatrix},\qquad \lambda = m\pm\sqrt{d^2+c^2} .$$
#
# Here $m$ and $d$ are half the sum and half the difference of the diagonal. All three, $m$, $d$, $c$, are independent and normal with variance $\tfrac12$: a round cloud in space. Both eigenvalues are positive
# when $m>\sqrt{d^2+c^2}$. That is a cone around the $m$ axis that opens by 45 degrees to each side. Its share of the sphere is
#
# $$P_2=\tfrac12(1-\cos45^\circ)=\frac{2-\sqrt2}{4}\approx0.146,\qquad\text{not } 0.25 .$$
#
# A **Monte Carlo** estimate draws $n$ matrices, counts the hits, and must say how far it can be trusted. Let $p$ be the share of hits. Near $p=0$ the usual "$p\pm1.96$ standard errors" breaks down: with no hit at all it gives the interval $[0,0]$, as
# if the thing were impossible. Wilson's interval (1927) does not:
#
# $$\frac{p+\dfrac{z^2}{2n}\;\pm\;z\sqrt{\dfrac{p(1-p)}{n}+\dfrac{z^2}{4n^2}}}{1+\dfrac{z^2}{n}},\qquad z=1.96 .$$
#
# It covers the truth in about 95 of 100 experiments.
#
# ### Exercise 03.1 · Count, and say how sure you are
#
# Draw `n` matrices with `symmetric(k, n, rng)`. Return three numbers: the share that have only positive eigenvalues, and the two ends of Wilson's interval. (`np.linalg.eigvalsh` takes a whole stack of matrices.)

# %% tags=["exercise"]
def positive_share(k, n, rng):
    """Return (share, low, high) for P(all eigenvalues > 0) from n matrices k x k."""
    ### BEGIN SOLUTION
    p = (np.linalg.eigvalsh(symmetric(k, n, rng)) > 0).all(axis=1).mean()
    z = 1.96
    middle, half = p + z**2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return p, (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
    ### END SOLUTION

# %%
check.positive_share(positive_share)

# %% [markdown] tags=["solution"]
# `.all(axis=1)` asks each matrix for all of its eigenvalues; `.mean()` of true and false is a share. Without hits the upper end is $z^2/(n+z^2)\approx3.8/n$: after 1000 draws without a hit the probability may well be 0.003. From here on the course uses `random_matrices.wilson`.

# %% [markdown]
# ## Exact, for every $k$
#
# The eigenvalues of the GOE have the joint density
#
# $$\frac1{Z_k}\;\prod_{i<j}|\lambda_i-\lambda_j|\;\prod_ie^{-\lambda_i^2/2} .$$
#
# The first product comes from changing variables from matrix entries to eigenvalues and eigenvectors. It is why the eigenvalues are *not* independent. We integrate it over all $\lambda_i>0$. De Bruijn (1955) did such integrals in general: the result is $k!$ times a
# Pfaffian, the root of the determinant of an antisymmetric matrix. For $k=3$ it has three terms:
#
# $$\int_{\text{all }\lambda>0}=3!\,\big(A_{01}a_2-A_{02}a_1+A_{12}a_0\big),\qquad a_i=\int_0^\infty x^ie^{-x^2/2}dx,\qquad A_{ij}=\iint_{0<x<y}(x^iy^j-x^jy^i)\,e^{-(x^2+y^2)/2}\,dx\,dy .$$
#
# With $x=r\cos\varphi$, $y=r\sin\varphi$, where $\varphi$ runs from 45 to 90 degrees, each is a line of work:
#
# $$a_0=a_2=\sqrt{\tfrac\pi2},\quad a_1=1,\qquad A_{01}=\sqrt{\tfrac\pi2}\,(\sqrt2-1),\quad A_{02}=1,\quad A_{12}=\sqrt{\tfrac\pi2}\,\big(1-\tfrac1{\sqrt2}\big) .$$
#
# So the bracket is $\tfrac{\pi}{2\sqrt2}-1$. The constant is Mehta's, $Z_k=(2\pi)^{k/2}\prod_{j=1}^k\Gamma(1+\tfrac j2)/\Gamma(\tfrac32)$, which is $Z_3=6\sqrt2\,\pi$. Hence
#
# $$P_3=\frac{6\,\big(\tfrac\pi{2\sqrt2}-1\big)}{6\sqrt2\,\pi}=\frac{\pi-2\sqrt2}{4\pi}\approx0.0249 .$$
#
# For larger $k$ the library does the same: all integrals in closed form by recursion, and the Pfaffian by elimination. Large terms nearly cancel there, so it computes with $40+4k$ decimal digits: `show_source(random_matrices.positive_probability)` shows it.
#
# **Before you run the next cell:** it draws 200 000 matrices for each $k$ up to 6. For which $k$ do you expect no hit, or nearly none?

# %%
from course_lib.landscapes import random_matrices

rng = np.random.default_rng(0)
by_hand = {1: 1 / 2, 2: (2 - math.sqrt(2)) / 4, 3: (math.pi - 2 * math.sqrt(2)) / (4 * math.pi)}
n, intervals = 200_000, {}
for k in range(1, 7):
    exact = random_matrices.positive_probability(k)
    hits = int((np.linalg.eigvalsh(random_matrices.symmetric(k, n, rng)) > 0).all(axis=1).sum())
    intervals[k] = random_matrices.wilson(hits, n)
    low, high = random_matrices.wilson(hits, n, z=4)
    assert low < exact < high and math.isclose(exact, by_hand.get(k, exact), rel_tol=1e-12)
    print(f"k = {k}: predicted {exact:.3g}, measured {hits / n:.3g}, interval {intervals[k][0]:.3g} to {intervals[k][1]:.3g}"
          f"   0.5^k = {0.5**k:.3g}")

# %% [markdown]
# Each interval is a bet that wins 95 times in 100, so of six one may well lose. (The cell insists only on intervals twice as wide.) The coin is out already at $k=2$.
#
# ## How fast does it fall?
#
# For large $k$ Dean and Majumdar (2006) found
#
# $$P_k\approx e^{-\frac{\ln3}{4}k^2} .$$
#
# The square can be understood. The density above is $e^{-E}$ with an energy $E=\sum_i\tfrac12\lambda_i^2-\sum_{i<j}\ln|\lambda_i-\lambda_j|$: charges on a line that repel each other, in a bowl. There are about $\tfrac12k^2$ pairs. To squeeze all
# charges into the right half costs each pair something, so the price is of order $k^2$. A coin pays once for each eigenvalue, and so a price of order $k$.
#
# The law is the **leading order**: it says that $-\ln P_k$ divided by $\tfrac{\ln3}4k^2$ tends to 1. It does not promise the factor in front. A ratio of three neighbours is a sharper test, because in it any factor $C e^{ck}$ cancels: if $P_k=Ce^{ck}e^{-\frac{\ln3}{4}k^2}$, then
#
# $$\frac{P_{k+1}P_{k-1}}{P_k^2}=e^{-\frac{\ln3}{2}}=\frac1{\sqrt3}\approx0.577 .$$
#
# **Before you run the next cell:** by which factor is $0.5^k$ wrong at $k=10$: a hundred, a million, more?

# %% tags=["figure"] mystnb={"image": {"alt": "Probability that all eigenvalues are positive against the dimension k from 1 to 10, logarithmic axis from 1 to 1e-15. The coin rule falls on a straight line to 0.001. The exact values curve down to 2e-14, and the Monte Carlo intervals for k up to 6 lie on them. The large-k law bends in the same way, above the exact values, 52 times too high at the end."}}
k = np.arange(1, 11)
exact = np.array([random_matrices.positive_probability(int(dim)) for dim in k])
law = np.exp(-math.log(3) / 4 * k**2)
fig, ax = plt.subplots()
ax.semilogy(k, 0.5**k, ":", color="0.45", label="coins, $0.5^k$")
ax.semilogy(k, law, "--", color="0.6", label=r"leading order, $e^{-(\ln 3/4)\,k^2}$")
ax.semilogy(k, exact, "o-", color="black", markersize=5, label="exact, GOE")
for dim, (low, high) in intervals.items():
    ax.vlines(dim, max(low, 1e-16), high, color="#009e73", linewidth=6, alpha=0.7,
              label="Monte Carlo, 95 % interval" if dim == 1 else None)
ax.set(xlabel="dimension $k$", ylabel="P(all eigenvalues > 0)", ylim=(1e-15, 2), xticks=k,
       title=rf"At $k=10$ the coins are wrong by a factor of ${0.5**10 / exact[-1] / 1e10:.1f}\cdot10^{{10}}$")
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* coins make a straight line, the truth bends away from it. Up to $k=4$ the intervals hide behind the dots. At $k=6$ there was no hit at all, and the interval reaches down to zero, out of the picture: counting has come to its end, and the exact values go on. The law bends like the truth and stays above it.

# %%
print(f"k = 10: 0.5^k is {0.5**10:.2e}, the truth {exact[9]:.2e}: too large by a factor of {0.5**10 / exact[9]:.2e}")
print(f"        the leading order alone is too large by a factor of {law[9] / exact[9]:.0f}")
P = {dim: random_matrices.positive_probability(dim) for dim in (4, 5, 6, 10, 19, 20, 21, 40)}
for dim in (5, 10, 20, 40):
    ratio = -math.log(P[dim]) / (math.log(3) / 4 * dim**2)
    print(f"k = {dim:2}: logarithm / leading order: predicted 1 for large k, measured {ratio:.3f}")
for dim in (5, 20):
    measured = P[dim + 1] * P[dim - 1] / P[dim]**2
    print(f"k = {dim:2}: ratio of three neighbours: predicted {1 / math.sqrt(3):.4f} for large k, measured {measured:.4f}")
assert abs(measured - 1 / math.sqrt(3)) < 1e-4

# %% [markdown]
# The ratio of logarithms creeps to 1 like $1+1.4/k$, so the law alone is a poor estimate of $P_{10}$. The ratio of neighbours shows that its $k^2$ is right.
#
# ## Why are the coins wrong? Eigenvalues keep their distance
#
# Each eigenvalue, picked at random, *is* positive with probability $\tfrac12$. What fails is independence. Look at $k=2$ again. The distance of the two eigenvalues is $s=2\sqrt{d^2+c^2}$. For it to vanish *two* numbers must vanish at once, $d$ and $c$. That is as unlikely as
# hitting a point in the plane. Divided by its mean, $s$ has the density
#
# $$p(s)=\tfrac\pi2\,s\,e^{-\pi s^2/4},$$
#
# zero at $s=0$. This is Wigner's surmise: exact for $k=2$, close for neighbours in large matrices. Were the matrix diagonal, its eigenvalues would be independent, and the coins right. Then $p(s)=\tfrac2\pi e^{-s^2/\pi}$, which is *largest* at $s=0$.
#
# **Before you run the next cell:** how often are two eigenvalues closer than a tenth of their mean distance: GOE $1-e^{-\pi/400}$, independent $\operatorname{erf}(0.1/\sqrt\pi)$. Which is larger, and how many times?

# %% tags=["figure"] mystnb={"image": {"alt": "Density of the distance between the two eigenvalues in units of its mean. For the GOE the histogram starts at zero, rises to a peak near 0.8 and follows the predicted line; for independent eigenvalues it is highest at zero and falls, again on its line."}}
rng = np.random.default_rng(1)
spacings = {"GOE": np.diff(np.linalg.eigvalsh(random_matrices.symmetric(2, 100_000, rng)))[:, 0],
            "independent": np.abs(np.diff(rng.standard_normal((100_000, 2))))[:, 0]}
s = np.linspace(0, 3, 301)
lines = {"GOE": np.pi / 2 * s * np.exp(-np.pi * s**2 / 4), "independent": 2 / np.pi * np.exp(-s**2 / np.pi)}
fig, ax = plt.subplots()
for (name, values), color, style in zip(spacings.items(), ("#009e73", "0.5"), ("-", "--"), strict=True):
    spacings[name] = values / values.mean()
    ax.hist(spacings[name], bins=60, range=(0, 3), density=True, color=color, alpha=0.35)
    ax.plot(s, lines[name], style, color=color, label=f"{name}, predicted")
ax.set(xlabel="distance of the two eigenvalues / its mean", ylabel="density", title="The eigenvalues of a random matrix repel each other")
ax.legend(loc="upper right")
plt.show()

# %% [markdown]
# *Reading the figure:* independent eigenvalues like to be close; those of a full random matrix hardly ever are.
#
# In a large matrix this makes the eigenvalues stand almost in rank and file. Wigner (1958) proved, for a wide class of random symmetric matrices, what shape they fill. For our scale it is
#
# $$\text{density}(x)=\frac{2}{\pi R^2}\sqrt{R^2-x^2},\qquad R=\sqrt{2k} ,$$
#
# the **semicircle law** (drawn in other units it is half an ellipse). He did *not* prove $0.5^k$, for which he is sometimes cited. The share of eigenvalues below $x=tR$ is the area up to there,
#
# $$F(t)=\tfrac12+\tfrac1\pi\big(t\sqrt{1-t^2}+\arcsin t\big)\quad\text{for }|t|\le1 .$$
#
# **Before you run the next cell:** it draws *one* matrix with $k=1000$. How smooth will the histogram of its eigenvalues be?

# %% tags=["figure"] mystnb={"image": {"alt": "Histogram of the 1000 eigenvalues of one random matrix. It fills the predicted half ellipse from -44.7 to 44.7 almost without scatter, with no eigenvalue far outside."}}
k = 1000
R = math.sqrt(2 * k)
eigenvalues = np.linalg.eigvalsh(random_matrices.symmetric(k, 1, np.random.default_rng(2))[0])
x = np.linspace(-1.1 * R, 1.1 * R, 401)
fig, ax = plt.subplots()
ax.hist(eigenvalues, bins=30, range=(-R, R), density=True, color="#009e73", alpha=0.35, label="one matrix, $k=1000$")
ax.plot(x, random_matrices.semicircle(x, R), color="black", label="semicircle law")
ax.set(xlabel="eigenvalue", ylabel="density", ylim=(0, 0.0215), title="One large matrix already shows the semicircle")
ax.legend(loc="upper right")
plt.show()

# %% [markdown]
# *Reading the figure:* a histogram of 1000 *independent* numbers in 30 bars would be ragged by about 17 % a bar. This one is much smoother, and it ends where the law ends.
#
# So the number of negative eigenvalues, the **index**, is nearly fixed: close to $k/2$. **Before you run the next cell:** with coins it would have the standard deviation $\sqrt k/2$, which is 5 for $k=100$. What will the matrices say?

# %%
for name, predicted in [("GOE", 1 - math.exp(-math.pi / 400)), ("independent", math.erf(0.1 / math.sqrt(math.pi)))]:
    measured = (spacings[name] < 0.1).mean()
    print(f"closer than 0.1, {name:11}  predicted {predicted:.2g}, measured {measured:.2g}")
    assert abs(measured - predicted) < 4 * math.sqrt(predicted / 100_000)
middle = (np.abs(eigenvalues) < R / 2).mean()
predicted = float(np.diff(random_matrices.semicircle_share(np.array([-R / 2, R / 2]), R))[0])
print(f"share of eigenvalues within R/2: predicted {predicted:.3f}, measured {middle:.3f}")
print(f"largest eigenvalue / R: predicted 1 for large k, measured {eigenvalues[-1] / R:.2f}")
index = (np.linalg.eigvalsh(random_matrices.symmetric(100, 400, np.random.default_rng(3))) < 0).sum(axis=1)
print(f"standard deviation of the index, k = 100: coins 5, measured {index.std():.1f}")
assert abs(middle - predicted) < 0.01 and abs(eigenvalues[-1] / R - 1) < 0.03 and index.std() < 1.2

# %% [markdown]
# ## High and low: a landscape that can be solved
#
# A random matrix is not a landscape. In a real one the Hessian has to do with the *loss* at which it is found: high up there are more ways down. To see this without guessing, take a random landscape in which everything can be computed, the **spherical 3-spin model**: a random cubic
#
# $$f(w)=\frac1N\sum_{i,j,k=1}^NJ_{ijk}\,w_iw_jw_k\qquad\text{on the sphere } |w|^2=N,\qquad J_{ijk}\text{ independent, standard normal.}$$
#
# Let $u=f(w)/N$ be the energy per coordinate. A cubic is homogeneous, so the gradient $g$ obeys $w\cdot g=3f$ (Euler). On the sphere only the part of $g$ along the sphere counts, $g-3u\,w$. Differentiate once more: the Hessian along the sphere is
#
# $$H=P\,(\nabla^2f)\,P-3u\,P ,$$
#
# where $P$ removes the component along $w$. The first term is a random symmetric matrix. Put $w$ on the last axis, $w=\sqrt N e_N$, and read off its entries: $\nabla^2f$ consists of the $J$ with *one* index $N$. Their variance is $6/N$ off the diagonal and $12/N$ on it: GOE again. The gradient along the sphere and $u$
# use $J$ with two and three indices $N$, which are *other* numbers, independent of these. So at a given point the Hessian is a GOE matrix, **shifted by $-3u$**. Its semicircle has the radius $R=2\sqrt{6}$ for large $N$.
#
# The energy shifts the whole semicircle, and that decides how much of it is negative. No parameter is left to fit.
#
# (One caution: among all points the *critical* ones are not drawn at random, but with a weight, the size of $\det H$. For large $N$ that weight does not move the share of negative eigenvalues at a given $u$. Bray and Dean 2007 treat such Gaussian landscapes, Auffinger, Ben Arous and Černý 2013 this one.)
#
# ### Exercise 03.2 · Index from energy
#
# Write the predicted share of negative eigenvalues at a critical point of energy `u`, a number or an array. Use $F$ from above and mind its ends.

# %% tags=["exercise"]
def index_share(u):
    """Return the predicted share of negative eigenvalues of H at energy u (a number or an array), for large N."""
    ### BEGIN SOLUTION
    t = np.clip(3 * np.asarray(u) / (2 * math.sqrt(6)), -1, 1)
    return 0.5 + (t * np.sqrt(1 - t**2) + np.arcsin(t)) / np.pi
    ### END SOLUTION

# %%
check.index_share(index_share)

# %% [markdown] tags=["solution"]
# An eigenvalue of $H$ is $x-3u$, with $x$ from the semicircle of radius $R$. It is negative when $x<3u$, so the share is $F(3u/R)$. Beyond $|3u|=R$ all are of one sign: $F$ stays at 0 or 1, hence the clipping.

# %% [markdown]
# At $u=0$ half of the directions lead down. Minima exist only for $3u\le-R$, that is $u\le-2\sqrt{2/3}\approx-1.633$. The lowest energy of all is about $-1.657$ for large $N$ (Auffinger and others computed it). **So in this model all minima are almost equally deep,**
# and every critical point well above them is a saddle with many ways down.
#
# Now measure. In $N=50$ dimensions, 240 random points on the sphere walk along the gradient, each to an energy of its own between $-1.6$ and $1.6$. From there Newton's iteration takes them to a critical point nearby, of whatever kind.

# %%
from course_lib.landscapes import spin_glass

N = 50
rng = np.random.default_rng(0)
model = spin_glass.three_spin(N, rng)
w = spin_glass.on_sphere(rng.standard_normal((240, N)))
w = spin_glass.move_to_energy(model, w, np.linspace(-1.6, 1.6, 240))
w = spin_glass.find_critical(model, w)
u, g = spin_glass.along_sphere(model, w)
share = (np.linalg.eigvalsh(spin_glass.sphere_hessian(model, w)) < 0).mean(axis=1)
print("more than 150 critical points found:", len(w) > 150)
print("every gradient along the sphere is below 1e-8:", bool((np.linalg.norm(g, axis=1) <= 1e-8).all()))

# %% [markdown]
# **Before you run the next cell:** sketch the share of negative eigenvalues against the energy, from $-1.7$ to $1.7$. Where is it steep?

# %% tags=["figure"] mystnb={"image": {"alt": "Share of negative Hessian eigenvalues against energy per coordinate from -1.7 to 1.7. The measured critical points lie on a rising S-shaped prediction: zero at -1.63, one half at 0, one at 1.63."}}
energy = np.linspace(-1.75, 1.75, 351)
fig, ax = plt.subplots()
ax.plot(energy, random_matrices.semicircle_share(3 * energy, 2 * math.sqrt(6)), color="0.65", linewidth=5,
        label="semicircle, nothing fitted")
ax.plot(u, share, "o", color="black", markersize=4, label="critical points found, $N=50$")
ax.axvline(-2 * math.sqrt(2 / 3), color="0.4", linestyle="--", linewidth=1.2)
ax.set(xlabel="energy per coordinate $u$", ylabel="share of negative eigenvalues",
       title="The higher a critical point, the more ways lead down")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Reading the figure:* the points lie on a line that was drawn without looking at them. The dashed line marks the energy below which, for large $N$, minima can exist.

# %%
predicted = random_matrices.semicircle_share(3 * u, 2 * math.sqrt(6))
for low in (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0):
    here = (u >= low) & (u < low + 0.5)
    print(f"u from {low:4} to {low + 0.5:4}: predicted {predicted[here].mean():.2f}, measured {share[here].mean():.2f}")
    assert abs(predicted[here].mean() - share[here].mean()) < 0.03
print(f"root of the mean squared difference: below 0.02: {math.sqrt(((share - predicted)**2).mean()) < 0.02}")
print(f"minima found: u from {u[share == 0].min():.2f} to {u[share == 0].max():.2f}; predicted for large N: -1.66 to -1.63")
assert u[share == 0].max() < -1.2

# %% [markdown]
# One eigenvalue of 49 is 0.02, and at $N=50$ the ends of the spectrum still wobble, so minima reach up to about $-1.4$. None was found higher. Dauphin and others (2014) saw the same rising curve in small trained networks, and Choromanska and others (2015) argued, under strong assumptions,
# that networks inherit the picture of such a model. The fear of *poor* local minima is therefore unfounded *in this model*. For networks it is an analogy: there are networks and data with poor minima.
#
# ## And a real network?
#
# Is the Hessian of a trained network then a shifted semicircle, indefinite because the dimension is high? A small one can be asked: 16 inputs (the 1797 digits of scikit-learn, shrunk to 4 × 4), 10 hidden units, 10 classes, 280 weights. For each weight one central difference of the exact gradient makes one row of $H$. We ask before and after training.
#
# **Before you run the next cell:** a semicircle around zero has about $\tfrac{4}{100\pi}\approx1.3\,\%$ of its eigenvalues within a hundredth of the largest. What do you expect here?

# %%
from course_lib.optimizers import descent

from sklearn.datasets import load_digits

from course_lib.networks.network import mlp

digits = load_digits()
X, y = digits.images.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16) / 16, digits.target
net = mlp([16, 10, 10], rng=np.random.default_rng(0), dtype=np.float64)
fun, start = net.objective(X, y), net.theta.copy()
trained = descent.minimize(fun, start, "adam", lr=0.01, n_steps=1000, keep_path=False).final
for name, theta in [("start", start), ("trained", trained)]:
    H = np.array([(fun(theta + s)[1] - fun(theta - s)[1]) / 2e-6 for s in 1e-6 * np.eye(theta.size)])
    scaled = np.linalg.eigvalsh((H + H.T) / 2)
    scaled = scaled / scaled[-1]
    print(f"{name:8} loss {fun(theta)[0]:.2f}   eigenvalues within 1 % of the largest: {(abs(scaled) < 0.01).mean():.0%}, "
          f"below -1 %: {(scaled < -0.01).mean():.0%}, smallest: {scaled[0]:.0e}")

# %% [markdown]
# Neither is a semicircle. Most eigenvalues are close to zero and a few stick out: a bulk and outliers, as Sagun and others (2017) and Ghorbani and others (2019) found in large networks. Before training there is marked negative curvature. Afterwards the negative part is thousands of times smaller than the largest eigenvalue.
# High dimension alone does not make a Hessian indefinite: structure decides. (Training was stopped at a small gradient, not at zero, so strictly this point is not critical. What a nearly flat bulk means, notebook 31 will ask.)

# %% [markdown]
# ## Summary
#
# | question | answer | for |
# |---|---|---|
# | P(all eigenvalues > 0) | $\tfrac12,\ \tfrac{2-\sqrt2}4,\ \tfrac{\pi-2\sqrt2}{4\pi},\ \dots$, about $e^{-(\ln3/4)k^2}$ to leading order | GOE |
# | share of negative eigenvalues at energy $u$ | $F(3u/R)$, $R=2\sqrt6$ | spherical 3-spin, large $N$ |
#
# - Coins fail because eigenvalues repel each other. At $k=10$ the coin rule is wrong by a factor of $4\cdot10^{10}$.
# - Index follows energy: in the model that can be solved, high critical points are saddles and all minima lie low, close together.
# - A trained network's Hessian is another thing: a bulk near zero, and outliers.

# %% [markdown]
# ## Questions to ask yourself
#
# **1.** A Hessian is known to be *diagonal*, with independent normal entries. What is the probability of a minimum in ten dimensions?
#
# <details>
# <summary>Answer</summary>
#
# Then the eigenvalues are the entries, and independent: $0.5^{10}\approx0.001$. The coins are right where the coordinates do not interact.
#
# </details>
#
# **2.** Somebody draws symmetric matrices whose entries *all* have variance 1, and finds about 0.12 for $k=2$ instead of 0.146. Who is wrong?
#
# <details>
# <summary>Answer</summary>
#
# Nobody. It is another ensemble. The cone $m>\sqrt{d^2+c^2}$ is the same, but the cloud is stretched along $c$, where the cone is narrow, so less of it is inside.
#
# </details>
#
# **3.** In the 3-spin model somebody finds a minimum far above the others. What do you check first?
#
# <details>
# <summary>Answer</summary>
#
# Whether it is a critical point at all: the length of the gradient along the sphere. Then its eigenvalues: one small negative one is easily missed.
#
# </details>
#
# ## Go deeper
#
# - D. Dean, S. Majumdar, *Large deviations of extreme eigenvalues of random matrices*, Physical Review Letters 97, 160201 (2006), arXiv cond-mat/0609651; at length: *Extreme value statistics of eigenvalues of Gaussian random matrices*, Physical Review E 77, 041108 (2008), arXiv 0801.1730.
# - E. Wigner, *On the distribution of the roots of certain symmetric matrices*, Annals of Mathematics 67, 325–327 (1958), doi:10.2307/1970008.
# - N. de Bruijn, *On some multiple integrals involving determinants*, Journal of the Indian Mathematical Society 19, 133–151 (1955); the constant $Z_k$: M. Mehta, *Random Matrices*, 3rd edition (2004).
# - E. Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the American Statistical Association 22, 209–212 (1927), doi:10.2307/2276774.
# - A. Bray, D. Dean, *Statistics of critical points of Gaussian fields on large-dimensional spaces*, Physical Review Letters 98, 150201 (2007), arXiv cond-mat/0611023.
# - A. Auffinger, G. Ben Arous, J. Černý, *Random matrices and complexity of spin glasses*, Communications on Pure and Applied Mathematics 66, 165–201 (2013), arXiv 1003.1129.
# - Y. Dauphin and others, *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization* (2014), arXiv 1406.2572; A. Choromanska and others, *The loss surfaces of multilayer networks* (2015), arXiv 1412.0233.
# - L. Sagun and others, *Empirical analysis of the Hessian of over-parametrized neural networks* (2017), arXiv 1706.04454; B. Ghorbani, S. Krishnan, Y. Xiao, *An investigation into neural net optimization via Hessian eigenvalue density* (2019), arXiv 1901.10159.
#
# **Next:** [04: Escape saddles](04_escape_saddles.ipynb)
