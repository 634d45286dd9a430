# %% [markdown]
# # 06 · Know what is guaranteed
#
# *Which speed is certain, and for which functions?*
#
# On a quadratic everything can be computed. A network is no quadratic. This notebook asks what can still be *promised*,
# before a run, from a little knowledge of the loss, and how far the promises carry.
#
# **You will do:** measure a rate of convergence, write a stopping rule that proves something, and count which start
# leads to which minimum.
#
# **You will learn:** the two parabolas behind most convergence proofs; which speed is guaranteed for smooth, convex and
# **strongly convex** functions; what a small gradient says, and what it does not say.
#
# **You need:** the factor per step and the condition number from
# [05: Descend the gradient](05_descend_the_gradient.ipynb).
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# Suppose that you stand at one point $w_0$ of a loss that you cannot see, and know its value and its slope *there* (ring).
# Suppose also that the curvature lies between $\mu$ and $L$ everywhere. What do you know about all other points? (Here
# the curvature is $\tfrac12 + 1/\cosh^2 w$, so $\mu = 0.5$ and $L = 1.5$.)

# %% tags=["figure"] mystnb={"image": {"alt": "A convex loss as a black curve with its minimum at zero. At the ringed point 2.5 two grey parabolas touch it. The steep one, dashed, stays above the curve and has its lowest point near 1, marked by a triangle that points down. The flat one stays below the curve and has its lowest point near -2, marked by a triangle that points up."}}
def bowl(w):
    x = w[..., 0]
    return 0.25 * x**2 + np.log(np.cosh(x)), (0.5 * x + np.tanh(x))[..., None]


w = np.linspace(-5, 6, 301)
w0 = 2.5
loss, g = (float(np.squeeze(value)) for value in bowl(np.array([w0])))

fig, ax = plt.subplots()
ax.plot(w, bowl(w[:, None])[0], color="black", label="the loss")
ax.plot(w0, loss, "o", color="white", markeredgecolor="black", markersize=9, zorder=3)
curvatures = {"$L$": (1.5, "--", "kv"), r"$\mu$": (0.5, "-", "k^")}
for name, (curvature, line, mark) in curvatures.items():
    parabola = loss + g * (w - w0) + curvature / 2 * (w - w0) ** 2
    ax.plot(w, parabola, "0.6", linestyle=line, label=f"parabola of curvature {name}")
    ax.plot([w0 - g / curvature], [loss - g**2 / (2 * curvature)], mark, markersize=8)
ax.set(xlabel="$w$", ylabel="loss", ylim=(-4, 12), title="One point limits all others")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Reading the figure:* the loss lies between two parabolas that touch it where you stand. Their lowest points are the
# two ideas of this notebook. The upper one ($\blacktriangledown$) is a point to go to: the loss there is *at most* what
# the parabola says. The lower one ($\blacktriangle$) is a bound: the loss is *nowhere* below it.
#
# ## The parabola above: how far may a step go?
#
# A function is **$L$-smooth** if its gradient changes at most $L$ times as fast as the point,
# $|g(u) - g(w)| \le L\,|u - w|$. With second derivatives this means: all eigenvalues of the Hessian lie between $-L$ and
# $L$, everywhere. Then
#
# $$f(w+d) \;\le\; f(w) + g\cdot d + \tfrac L2 |d|^2 .$$
#
# Put in the step $d = -\mathrm{lr}\,g$. The result is the **descent lemma**:
#
# $$f(w) - f(w - \mathrm{lr}\,g) \;\ge\; \mathrm{lr}\,\big(1 - \tfrac12 \mathrm{lr}\,L\big)\,|g|^2 .$$
#
# The promise is positive for $\mathrm{lr} < 2/L$, and largest for $\mathrm{lr} = 1/L$, which leads to the lowest point of
# the parabola above. Convexity is not needed.
#
# <details>
# <summary>Why this is true</summary>
#
# Walk from $w$ to $w + d$ and add up the slopes on the way:
#
# $$f(w+d) - f(w) - g\cdot d = \int_0^1 \big(g(w + sd) - g(w)\big)\cdot d \;ds \;\le\; \int_0^1 L s\,|d|^2\,ds = \tfrac L2 |d|^2 .$$
#
# </details>
#
# To test it, take a function with a valley between two endless plateaus, $f(w) = w^2/(1+w^2)$. Its second derivative
# lies between $-\tfrac12$ and 2, so $L = 2$.
#
# **Predict:** of 3000 random steps from random points, how many win less than the promise? From which $\mathrm{lr}$ on
# can a step raise the loss?

# %% tags=["figure"] mystnb={"image": {"alt": "Scatter plot of the decrease of the loss divided by the squared gradient, against the learning rate from 0 to 1.3. All 3000 dots lie on or above a grey parabola that rises to 0.25 at rate 0.5 and crosses zero at rate 1; many touch it."}}
from course_lib.optimizers import descent

def plateau(w):
    x = w[..., 0]
    return x**2 / (1 + x**2), (2 * x / (1 + x**2) ** 2)[..., None]


rng = np.random.default_rng(0)
w = rng.uniform(-2, 2, (3000, 1))
lr = rng.uniform(0, 1.3, (3000, 1))
loss, g = plateau(w)
gain = (loss - plateau(w - lr * g)[0]) / (g**2).sum(axis=-1)
promise = (lr * (1 - 0.5 * lr * 2.0))[:, 0]

fig, ax = plt.subplots()
ax.plot(lr, gain, "k.", markersize=2.5)
ax.plot(np.sort(lr[:, 0]), promise[lr[:, 0].argsort()], color="0.55", linewidth=4)
ax.set(xlabel="learning rate", ylabel="loss decrease / $|g|^2$")
ax.set_title(f"{np.sum(gain < promise - 1e-9)} of 3000 steps win less")
plt.show()

# %% [markdown]
# *Reading the figure:* the grey curve, the promise, is a floor. Many steps touch it: those from near $w = 0$, where the
# curvature really is $L$. Only beyond $2/L = 1$ are there dots below zero, steps that raise the loss.

# %% tags=["guard"]
assert (gain >= promise - 1e-9).all()
assert 1.0 <= lr[gain < 0].min() < 1.05

# %% [markdown]
# ## Convex: a bound that some function reaches
#
# A function is **convex** if it lies above all its tangents. Let $f^*$ be its lowest value, taken at $w^*$, and let
# $R = |w_0 - w^*|$ be the distance of the start. Drori and Teboulle (2014) proved: for every convex $L$-smooth function,
# in any dimension, gradient descent with $\mathrm{lr} = 1/L$ has after $N$ steps
#
# $$f(w_N) - f^* \;\le\; \frac{L R^2}{4N + 2} .$$
#
# <details>
# <summary>Why something like this is true (half as sharp)</summary>
#
# Expand the square of the distance after a step with $\mathrm{lr} = 1/L$:
#
# $$|w_{t+1} - w^*|^2 = |w_t - w^*|^2 - \tfrac2L\, g_t\cdot(w_t - w^*) + \tfrac1{L^2}|g_t|^2 .$$
#
# Convexity says $g_t\cdot(w_t - w^*) \ge f(w_t) - f^*$, and the descent lemma says
# $|g_t|^2/L \le 2\,\big(f(w_t) - f(w_{t+1})\big)$. Put both in:
#
# $$|w_{t+1} - w^*|^2 \le |w_t - w^*|^2 - \tfrac2L\,\big(f(w_{t+1}) - f^*\big) .$$
#
# Add these up over $N$ steps. The loss never rises, so $N\,(f(w_N) - f^*) \le \tfrac L2 R^2$.
#
# </details>
#
# The bound is exact: some function reaches it. That function carries the name of Huber. It is a parabola
# $\tfrac12 L w^2$ for $|w| \le \delta$, continued by its tangent lines, with $\delta = R/(2N+1)$. On the lines the
# gradient is $L\delta$, so every step moves by $\delta$. After $N$ steps the run is still on the line, at
# $(N+1)\,\delta$, where the loss is $L\delta\,\big((N+1)\,\delta - \tfrac12\delta\big)$, which is the bound.
#
# Each $N$ has its own worst function.
#
# **Predict:** what does the run on the function made for $N = 10$ do after step 10?

# %% tags=["figure"] mystnb={"image": {"alt": "Log-log plot of the loss against the step. A grey line falls like one over the step. Three runs on Huber functions made for 3, 10 and 100 steps stay below it, touch it once, each at its own step, marked by a ring, and then drop to zero."}}
from course_lib import landscapes

L = 2.0
R = 1.0
t = np.arange(1, 301)
bound = L * R**2 / (4 * t + 2)
touch = {}
fig, ax = plt.subplots()
ax.loglog(t, bound, color="0.7", linewidth=5, label="$LR^2/(4t+2)$")
for N, style in ((3, ":"), (10, "-"), (100, "--")):
    worst = landscapes.huber(L=L, delta=R / (2 * N + 1))
    run = descent.minimize(worst, [R], "sgd", lr=1 / L, n_steps=300)
    ax.plot(t[: run.n_steps], run.loss[1:], "k", linestyle=style, label=f"made for {N}")
    ax.plot(N, run.loss[N], "o", color="white", markeredgecolor="black", markersize=9)
    touch[N] = run.loss[1:] / bound[: run.n_steps]
ax.set(ylim=(3e-4, 1), xlabel="step $t$", ylabel="loss above the minimum")
ax.legend(loc="upper right")
plt.show()

# %% [markdown]
# *Reading the figure:* each run touches the bound once, at its own $N$ (ring). After another $N$ steps it reaches the
# parabola, and the next step ends at the minimum. So the bound is the best statement about *all* convex $L$-smooth
# functions, and no single run has to follow it. A theorem speaks about a class of functions, not about yours.

# %% tags=["guard"]
for N, ratio in touch.items():
    assert ratio.argmax() + 1 == N
    assert np.isclose(ratio.max(), 1)

# %% [markdown]
# ## The parabola below: a fixed factor in every step
#
# The Huber function is slow because it is straight over a long way. Rule that out: $f$ is
# **$\mu$-strongly convex** if at every point it lies above the parabola of curvature $\mu > 0$ that touches it there,
#
# $$f(u) \;\ge\; f(w) + g(w)\cdot(u-w) + \tfrac\mu2\,|u-w|^2 .$$
#
# With second derivatives, this and $L$-smoothness say that all eigenvalues of the Hessian lie between $\mu$ and $L$.
# Then each step of gradient descent multiplies the distance by at most the same $q$ as on a quadratic:
#
# $$|w_{t+1} - w^*| \le q\,|w_t - w^*|, \qquad q = \max\big(|1 - \mathrm{lr}\,\mu|,\; |1 - \mathrm{lr}\,L|\big) .$$
#
# This is called **linear convergence**: the *logarithm* of the error falls along a straight line.
#
# <details>
# <summary>Why this is true</summary>
#
# The gradient is the sum of the Hessian's action along the straight way from $w^*$ to $w_t$. So
# $g(w_t) = \bar H\,(w_t - w^*)$, where $\bar H$ is the average of the Hessian over that way, and its eigenvalues lie
# between $\mu$ and $L$ too. A step gives $w_{t+1} - w^* = (I - \mathrm{lr}\,\bar H)(w_t - w^*)$, and the eigenvalues
# of $I - \mathrm{lr}\,\bar H$ are at most $q$ in size.
#
# </details>
#
# **Predict** for the loss of the first figure, with $\mathrm{lr} = 0.5$ from $w = 10$: which $q$ is promised? Which factor
# do you expect far out, where the curvature is nearly $\mu = 0.5$, and which at the end, where it is nearly $L = 1.5$?

# %%
lr = 0.5
run = descent.minimize(bowl, [10.0], "sgd", lr=lr, n_steps=30)
factors = abs(run.w[1:, 0] / run.w[:-1, 0])
print(f"promised: at most {max(abs(1 - lr * 0.5), abs(1 - lr * 1.5)):.3f}")
print(f"measured: largest {factors.max():.3f}, in the last step {factors[-1]:.3f}")

# %% tags=["guard"]
assert factors.max() <= 0.75 and abs(factors[-1] - 0.25) < 1e-3

# %% [markdown]
# The promise is about the worst place. Near the minimum this run is much faster.
#
# ### Exercise 06.1 · Fit the rate
#
# How fast is a run in the end? `errors` holds $|w_t - w^*|$ for $t = 0, \dots, T$. Fit a straight line to its natural
# logarithm, by least squares, over the second half of the record (from $t = T/2$ on, rounded down). Return the factor
# by which the error is multiplied in each step.

# %% tags=["exercise"]
def fitted_rate(errors):
    """Return the factor per step of errors (T + 1,), fitted over the second half."""
    ### BEGIN SOLUTION
    t = np.arange((len(errors) - 1) // 2, len(errors))
    slope, _ = np.polyfit(t, np.log(errors[t]), 1)
    return np.exp(slope)
    ### END SOLUTION

# %%
check.fitted_rate(fitted_rate)

# %% [markdown]
# ## Where the straight line bends
#
# In $f(x, y) = x^4 + y^2$ the curvature $12x^2$ fades as $x$ approaches 0. The function is convex, but there is no
# $\mu > 0$, so no factor is promised. From $(1, 1)$ the curvature on the way is at most $L = 12$. With
# $\mathrm{lr} = 1/12$ one finds $f \approx 2.25/t^2$ for large $t$.
#
# <details>
# <summary>Why this is true</summary>
#
# A step multiplies $x$ by $1 - 4\,\mathrm{lr}\,x^2$, so
# $1/x_t^2 = \big(1 - 4\,\mathrm{lr}\,x_{t-1}^2\big)^{-2}/x_{t-1}^2 \approx 1/x_{t-1}^2 + 8\,\mathrm{lr}$. Hence
# $x_t^2 \approx 1/(8\,\mathrm{lr}\,t)$ and $f \approx x_t^4 \approx 1/(64\,\mathrm{lr}^2\,t^2) = 2.25/t^2$. The part
# $y^2$ is gone after a few dozen steps.
#
# </details>
#
# **Predict:** on which axes is $2.25/t^2$ a straight line, and on which is a fixed factor straight? What does a fit of a
# factor per step return for this run?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of the loss against the step, for the same two runs. On the left the step axis is linear and the loss axis logarithmic: the quadratic is a straight line, the quartic bends to the right. On the right both axes are logarithmic: the quartic is straight along a grey line of slope minus two, the quadratic bends down."}}
start = [1.0, 1.0]
lr = 1 / 12
valley = landscapes.quadratic([1.0, 12.0])
quick = descent.minimize(valley, start, "sgd", lr=lr, n_steps=150)
flat = descent.minimize(landscapes.QUARTIC, start, "sgd", lr=lr, n_steps=10_000)

fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.9), sharey=True)
for ax, last in zip(axes, (150, 10_000), strict=True):
    t = np.arange(1, last + 1)
    ax.plot(t, 2.25 / t**2, color="0.75", linewidth=5, label="$2.25/t^2$")
    ax.plot(t[:150], quick.loss[1:], "k--", label=r"quadratic, $\kappa = 12$")
    ax.plot(t, flat.loss[1 : last + 1], "k-", label="$x^4 + y^2$")
    ax.set(yscale="log", ylim=(1e-12, 3), xlabel="step $t$")
axes[0].set_ylabel("loss")
axes[1].set_xscale("log")
axes[1].legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* with one logarithmic axis (left) the quadratic is straight, with two (right) the quartic. A fit of
# a factor to the quartic always returns a number. The trap is that the number depends on the window:

# %%
for first, last in ((10, 100), (100, 1000), (1000, 10_000)):
    t = np.arange(first, last + 1)
    factor = np.exp(np.polyfit(t, np.log(flat.loss[t]), 1)[0])
    power = np.polyfit(np.log(t), np.log(flat.loss[t]), 1)[0]
    print(f"steps {first:4} to {last:5}: factor {factor:.5f}, power of t {power:.2f}")
print(f"loss x t^2 at t = 10000: predicted 2.25, measured {flat.loss[-1] * 1e8:.2f}")

# %% tags=["guard"]
assert abs(power + 2) < 0.02 and factor > 0.999
assert abs(flat.loss[-1] * 1e8 - 2.25) < 0.02

# %% [markdown]
# The factor creeps towards 1: there is no rate. The power settles at $-2$, which is better than the $1/N$ of the theorem
# for convex functions. A bound is not a forecast.
#
# ## When may you stop?
#
# Look at the first figure again. The lowest point of the parabola below lies at $w - g/\mu$, and its value there is
# $f(w) - |g|^2/(2\mu)$. The loss is nowhere below it, not even at the minimum. So a gradient *proves* how far the loss
# is from the lowest one:
#
# $$f(w) - f^* \;\le\; \frac{|g|^2}{2\mu} .$$
#
# ### Exercise 06.2 · A stopping rule
#
# Return True exactly when this inequality proves that $f(w) - f^*$ is at most `gap`. `g` is the gradient at $w$, of shape
# `(n,)`, and $f$ is `mu`-strongly convex. With `mu = 0` the function is only convex: what proves the gap then?

# %% tags=["exercise"]
def can_stop(g, *, mu, gap):
    """Return whether g (n,) proves that the loss is within gap of the lowest one."""
    ### BEGIN SOLUTION
    return (g * g).sum() <= 2 * mu * gap
    ### END SOLUTION

# %%
check.can_stop(can_stop)

# %% [markdown] tags=["solution"]
# Written as a product, the rule needs no special case. With `mu = 0` it demands $g = 0$, and a convex function whose
# gradient is zero *is* at its minimum. A gradient that is not a number compares as false, so it never counts as finished.

# %% [markdown]
# ## Without convexity: a small gradient is all you are promised
#
# Is the loss of a network convex? Take the smallest one with two hidden units,
# $\hat y(x) = a_1\tanh(b_1 x) + a_2\tanh(b_2 x)$, and data that it fits exactly. Exchange the two units: the new weights
# compute the same function, so their loss is zero too. If the loss were convex, it would be zero on the whole straight
# line between the two.
#
# **Predict:** what does the loss look like along that line?

# %% tags=["figure"] mystnb={"image": {"alt": "Loss of a network of four weights along the straight line from one solution to the same solution with its two hidden units exchanged: zero at both ends, and a hump between them that is symmetric about the middle, 0.11 high."}}
x = np.linspace(-2, 2, 41)
theta = np.array([1.0, -1.0, 0.5, 3.0])  # a_1, a_2, b_1, b_2
exchanged = theta[[1, 0, 3, 2]]


def outputs(theta):
    return np.tanh(x[:, None] * theta[2:]) @ theta[:2]


share = np.linspace(0, 1, 101)
between = [(1 - s) * theta + s * exchanged for s in share]
hump = [0.5 * np.mean((outputs(p) - outputs(theta)) ** 2) for p in between]
fig, ax = plt.subplots(figsize=(7.2, 3.4))
ax.plot(share, hump, "k-")
ax.set(xlabel="share of the way to the exchanged weights", ylabel="loss")
plt.show()

# %% [markdown]
# *Reading the figure:* a hump, so four weights are enough for a loss that is not convex. Losses do not *become*
# non-convex because networks are large.
#
# The descent lemma still holds. If the loss never falls below $f^*$, then over $N$ steps with $\mathrm{lr} = 1/L$ all
# gains together are at most $f(w_0) - f^*$. The smallest of them is at most the mean, so
#
# $$\min_{0 \le t < N} |g_t|^2 \;\le\; \frac{2L\,\big(f(w_0) - f^*\big)}{N} .$$
#
# *Some* point of the run has a small gradient. Nothing is said about the loss there. Two examples show why that matters:
# the function with the two plateaus at $w = 100$, and $f(x,y) = x^2 + \tfrac14(y^2-1)^2$, which has its minima at
# $(0, \pm 1)$ and $f^* = 0$, from a start on the ridge $y = 0$.
#
# **Predict:** both runs end with a gradient below $10^{-5}$. How far above $f^* = 0$ are they?

# %%
from course_lib.landscapes import critical_points


def two_wells(w):
    x, y = np.moveaxis(w, -1, 0)
    return x**2 + (y**2 - 1) ** 2 / 4, np.stack([2 * x, y**3 - y], axis=-1)


loss, g = plateau(np.array([100.0]))
print(f"plateau, w = 100: |g| = {abs(g[0]):.0e}, loss {loss:.4f} above the minimum")
run = descent.minimize(two_wells, [1.0, 0.0], "sgd", lr=0.1, n_steps=1000, tol=1e-8)
H = critical_points.hessian(lambda w: two_wells(w)[0], run.final)
kind = critical_points.classify(two_wells(run.final)[1], H)
print(f"two wells: |g| = {run.grad_norm[-1]:.0e}, loss {run.loss[-1]:.2f}, at a {kind}")

# %% tags=["guard"]
assert kind == "saddle" and loss > 0.999
assert np.isclose(max(hump), hump[50]) and abs(hump[50] - 0.111) < 0.001

# %% [markdown]
# Gradient descent did all that it had promised. It stopped once at nearly the highest loss there is, and once at a
# saddle. (From almost every other start it would have left the saddle: notebook 04.)
#
# ## Which minimum? Basins of $x\cos(\pi x)$
#
# On $[-1, 2]$ this function has a local minimum at $-0.274$ and a lower one at 1.09. Which starts lead where? For small
# rates there is a clean answer. The step $w \mapsto w - \mathrm{lr}\,f'(w)$ has the derivative
# $1 - \mathrm{lr}\,f''(w)$. As long as $\mathrm{lr} < 1/\max f'' = 0.075$ it is positive, so the step keeps the order of
# points, and no run can jump over a critical point. The boundary between the two basins is then *exactly* the local
# maximum between them, at 0.274.
#
# ### Exercise 06.3 · Shares of the starts
#
# Write the tool that measures this. Run gradient descent from all `starts` (k, n), and return for each of the `minima`
# (m, n) the share of the starts whose run ends within a distance `tol` of it, as an array (m,). A run that ends nowhere
# counts for no minimum. You may use `descent.minimize`, which takes all starts at once; its `final` holds the ends.

# %% tags=["exercise"]
def basin_shares(fun, starts, minima, *, lr, n_steps, tol=1e-3):
    """Return the share of the starts (k, n) that end at each of the minima (m, n)."""
    ### BEGIN SOLUTION
    ends = descent.minimize(fun, starts, "sgd", lr=lr, n_steps=n_steps).final
    distance = np.linalg.norm(ends[:, None] - minima, axis=-1)
    return (distance <= tol).mean(axis=0)
    ### END SOLUTION

# %%
check.basin_shares(basin_shares)

# %% [markdown]
# With a larger rate, a run can only settle at a minimum $w^*$ if $\mathrm{lr} < 2/f''(w^*)$, unless it lands on it
# exactly. The curvature is 12.1 at the *lower* minimum and 6.53 at the other one. So they lose their hold at
# $\mathrm{lr} = 0.165$ and at $\mathrm{lr} = 0.306$. The figure shows, for each rate, one run from 1.2: the last 100 of
# its 3000 points.
#
# **Predict:** where does the run end with $\mathrm{lr} = 0.3$?

# %% tags=["figure"] mystnb={"image": {"alt": "Points visited late in a run against the learning rate from 0 to 0.33. A single branch at 1.09 splits in two at rate 0.165, then into bands that widen; from about 0.28 a single branch at -0.27 remains, which splits at rate 0.306."}}
X_COS = landscapes.X_COS
rates = np.linspace(0.01, 0.33, 321)
start = np.full((321, 1), 1.2)
run = descent.minimize(X_COS, start, "sgd", lr=rates[:, None], n_steps=3000)
visited = run.w[..., 0]
fig, ax = plt.subplots()
ax.plot(rates, visited[-100:].T, "k.", markersize=1)
for w_min in X_COS.minima:
    edge = 2 / X_COS.hess(w_min)[0, 0]
    ax.axvline(edge, color="0.5", linestyle="--", linewidth=1.2)
ax.set(xlabel="learning rate", ylabel="last 100 points", yticks=[-0.27, 0.27, 1.09])
plt.show()

# %% [markdown]
# *Reading the figure:* up to 0.165 (dashed) the run settles at 1.09. Beyond, it swings between two points, then four,
# then mostly without a visible period. When the swings reach the maximum at 0.27, the run falls into the flatter valley
# and stays there up to 0.306. A large rate chooses by *curvature*, not by loss, and here it chooses the worse minimum.

# %%
from course_lib.landscapes import basins

starts = np.linspace(-1, 2, 3001)[:, None]
print(f"lr 0.05: predicted share of the lower minimum {(2 - 0.27385) / 3:.3f}")
for lr in (0.05, 0.2, 0.3):
    run = descent.minimize(X_COS, starts, "sgd", lr=lr, n_steps=2000, keep_path=False)
    index = basins.arrival(run.final, X_COS.minima)
    left, right, nowhere = (np.mean(index == k) for k in (0, 1, -1))
    print(f"lr {lr}: at -0.274 {left:.3f}, at 1.09 {right:.3f}, nowhere {nowhere:.3f}")

# %% tags=["guard"]
assert (left, right, nowhere) == (1, 0, 0)
for k, curvature, edge in [(0, 6.53, 0.306), (1, 12.1, 0.165)]:
    assert abs(X_COS.hess(X_COS.minima[k])[0, 0] - curvature) < 0.05
    assert abs(2 / curvature - edge) < 1e-3
steepest = X_COS.hess(np.linspace(-1, 2, 3001)[:, None]).max()
assert abs(1 / steepest - 0.075) < 5e-4
worse, better = (float(w_min[0]) for w_min in X_COS.minima)
assert np.allclose(visited[-1, rates < 0.16], better, atol=1e-3)
assert np.allclose(visited[-1, (rates > 0.285) & (rates < 0.3)], worse, atol=1e-3)

# %% [markdown]
# With a small rate the share is the predicted one. With 0.2 the starts on the right settle nowhere. With 0.3 *every* start
# ends at the worse minimum.
#
# ## Summary
#
# | the loss is | with | gradient descent guarantees |
# |---|---|---|
# | $L$-smooth | $0 < \mathrm{lr} < 2/L$ | the loss falls by at least $\mathrm{lr}\,(1 - \tfrac12 \mathrm{lr}\,L)\,\lvert g\rvert^2$ |
# | and bounded below | $\mathrm{lr} = 1/L$ | some $\lvert g_t\rvert^2 \le 2L\,(f(w_0) - f^*)/N$ |
# | and convex | $\mathrm{lr} = 1/L$ | $f(w_N) - f^* \le LR^2/(4N+2)$, reached by a Huber function |
# | and $\mu$-strongly convex | $\mathrm{lr} = 2/(L+\mu)$ | each step multiplies the distance by at most $(\kappa-1)/(\kappa+1)$ |
#
# - A guarantee holds for a class of functions. Your function may be faster, and a fit shows how fast.
# - A small gradient proves a small loss only together with a $\mu > 0$. Without convexity the point may lie on a plateau
#   or be a saddle.
# - In one dimension a small rate leads to the minimum of the valley where you start. A large one can stay only where the
#   curvature is low.

# %% [markdown]
# ## Questions to ask yourself
#
# **1.** A colleague fits a factor of 0.999 per step to the second half of a run and concludes that the loss is strongly
# convex. What would you look at?
#
# <details>
# <summary>Answer</summary>
#
# Fit several windows. A fixed factor gives the same number in all of them; a power of $t$ gives factors that creep
# towards 1, and a straight line on two logarithmic axes.
#
# </details>
#
# **2.** The bound for convex functions is exact. Why is your run faster?
#
# <details>
# <summary>Answer</summary>
#
# The bound is exact for the class and for one number of steps: some convex function reaches it at that step. Your
# function is another one, and the Huber function itself is below the bound at all other steps.
#
# </details>
#
# **3.** Training ends with $|g| = 10^{-6}$. What do you know?
#
# <details>
# <summary>Answer</summary>
#
# That the point is nearly critical. Whether it is a minimum, a saddle or a plateau, and how far the loss is from the
# lowest one, needs more: second derivatives, or a property such as strong convexity.
#
# </details>
#
# **4.** Somebody stops when the loss changes by less than $10^{-8}$ in a step. How can that go wrong?
#
# <details>
# <summary>Answer</summary>
#
# For a small rate the change in one step is about $\mathrm{lr}\,|g|^2$. With a small $\mathrm{lr}$ it can be made as small as
# you like, anywhere.
#
# </details>
#
# ## Go deeper
#
# - Y. Drori, M. Teboulle,
#   [*Performance of first-order methods for smooth convex minimization: a novel approach*](https://arxiv.org/abs/1206.3209),
#   Mathematical Programming 145, 451–482 (2014): the exact bound and the function that reaches it.
# - A. Taylor, J. Hendrickx, F. Glineur,
#   [*Exact worst-case convergence rates of the proximal gradient method for composite convex minimization*](https://arxiv.org/abs/1705.04398),
#   Journal of Optimization Theory and Applications 178, 455–476 (2018): the factor $q$ for all strongly convex
#   functions, also without second derivatives.
# - Y. Nesterov, [*Lectures on Convex Optimization*](https://doi.org/10.1007/978-3-319-91578-4), second edition (2018): the
#   theory of this notebook at length.
# - H. Karimi, J. Nutini, M. Schmidt,
#   [*Linear convergence of gradient and proximal-gradient methods under the Polyak–Łojasiewicz condition*](https://arxiv.org/abs/1608.04636)
#   (2016): for an $L$-smooth function the inequality of the stopping rule alone gives a fixed factor, without convexity.
# - Y. Carmon, J. Duchi, O. Hinder, A. Sidford,
#   [*Lower bounds for finding stationary points I*](https://arxiv.org/abs/1710.11606), Mathematical Programming 184,
#   71–120 (2020): the order $1/N$ of the bound on $|g|^2$ cannot be improved, not even by cleverer methods that use only
#   gradients.
#
# **Next:** what can be bought with second derivatives? [07: Use curvature](07_use_curvature.ipynb)
