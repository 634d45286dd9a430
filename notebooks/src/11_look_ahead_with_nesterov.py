# %% [markdown]
# # 11 · Look ahead with Nesterov
#
# *What does looking ahead change?*
#
# Heavy ball takes its gradient where it stands, although it knows where its velocity will carry it. Nesterov asks for the gradient *there*. This small change
# damps the steep directions, moves the edge of stability, and brings something that heavy ball lacks: a guarantee for all strongly
# convex functions.
#
# **You will do:** build the look-ahead step, predict by how much two libraries part when the learning rate drops, and build the accelerated method with a
# growing momentum.
#
# **You will learn:** what the look-ahead damps and what it costs; the theorem, and a run inside it; who writes momentum how.
#
# **You need:** heavy ball, its factor per step and its best parameters, from [10: Add momentum](10_add_momentum.ipynb); what convex, strongly convex and
# $L$-smooth mean, from [06: Know what is guaranteed](06_know_what_is_guaranteed.ipynb).
#
# **Minutes:** 65

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Look before you step
#
# Two runs in a ravine with curvatures 1 and 30, with the same learning rate and the same $\beta = 0.9$. The only difference is where the gradient is taken.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels with the contour lines of a ravine and a path from the left edge to the centre and beyond. Left, heavy ball in dark blue swings up and down across the ravine for many steps. Right, Nesterov's momentum in light blue swings once or twice across it and then follows the floor of the ravine."}}
from course_lib import landscapes, plotting
from course_lib.optimizers import descent

ravine = landscapes.quadratic([1.0, 30.0])
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.6), sharey=True)
for ax, name in zip(axes, ("momentum", "nesterov"), strict=True):
    run = descent.minimize(ravine, [-4.0, 1.0], name, lr=0.02, beta=0.9, n_steps=60)
    plotting.contours(ax, ravine, window=((-4.5, 2), (-1.2, 1.2)), levels=12)
    plotting.path(ax, run.w, name, markevery=1, markersize=3, linewidth=1.2)
    ax.set_title(name)
plt.show()

# %% [markdown]
# *Reading the figure:* along the flat direction both swing in much the same way. Across the ravine, the steep direction, heavy ball goes on swinging, and Nesterov's momentum
# calms down quickly.
#
# In words, Nesterov's step (1983) is this. From the point $w$ with the velocity $v$, the old velocity alone would move $w$ against $v$: by
# $\mathrm{lr}$ times what is left of $v$ after it has been multiplied by $\beta$. Take the gradient at that **look-ahead point**. Then renew the velocity and move $w$ as heavy ball
# does.
#
# ### Exercise 11.1 · The look-ahead form
#
# Turn the words into code: take one step and return the pair `(w, v)`. `fun(w)` returns the pair `(loss, grad)`. Leave what you are given unchanged.

# %% tags=["exercise"]
def nesterov_lookahead(fun, w, v, *, lr, beta):
    """Return (w, v) after a step of Nesterov's momentum from w (n,) and v (n,)."""
    ### BEGIN SOLUTION
    _, g = fun(w - lr * beta * v)
    v = beta * v + g
    return w - lr * v, v
    ### END SOLUTION

# %%
check.nesterov_lookahead(nesterov_lookahead)

# %% [markdown] tags=["solution"]
# In formulas: $v_t = \beta v_{t-1} + g(w_{t-1} - \mathrm{lr}\,\beta v_{t-1})$ and $w_t = w_{t-1} - \mathrm{lr}\, v_t$.

# %% [markdown]
# ## What a library stores
#
# A library is handed the gradient at the weights that it stores. So it stores the look-ahead point $u_t = w_t - \mathrm{lr}\,\beta v_t$ and calls it `w`. With a constant rate
# that gives the form of Keras, PyTorch and this course:

# %% tags=["mirrors:course_lib.optimizers.rules.nesterov"]
def nesterov(w, g, state, *, lr, beta=0.9):
    """Nesterov's momentum; w is the look-ahead point of the original form."""
    v = beta * state.get("v", 0.0) + g
    w = w - lr * (g + beta * v)
    return w, {"v": v}

# %% [markdown]
# <details>
# <summary>Why this is true</summary>
#
# $$u_t = w_{t-1} - \mathrm{lr}\,v_t - \mathrm{lr}\,\beta v_t = u_{t-1} + \mathrm{lr}\,\beta v_{t-1} - \mathrm{lr}\,v_t - \mathrm{lr}\,\beta v_t = u_{t-1} - \mathrm{lr}\,(g_t + \beta v_t),$$
#
# because $v_t - \beta v_{t-1} = g_t$.
#
# </details>
#
# **Predict:** on Rosenbrock's function, how far apart are the library's `w` and $w_t - \mathrm{lr}\,\beta v_t$ of the look-ahead form after 500 steps? And on a parabola
# with $\mathrm{lr} = 0.1$ and $\beta = 0.9$, after which step do heavy ball and Nesterov's momentum differ for the first time?

# %%
from course_lib import optimizers
from course_lib.optimizers import momentum_theory

rosenbrock = landscapes.ROSENBROCK
w = np.array([-1.0, 1.5])
u = w
v = np.zeros(2)
state = {}
for _ in range(500):
    w, v = momentum_theory.lookahead_nesterov(rosenbrock, w, v, lr=1e-3, beta=0.9)
    u, state = optimizers.nesterov(u, rosenbrock.grad(u), state, lr=1e-3, beta=0.9)
gap = np.abs(w - 1e-3 * 0.9 * v - u).max()
print(f"w at {np.round(w, 2)}, distance of the two forms {max(gap, 1e-13):.0e} at most")

# %% [markdown]
# So these are one method in two notations. Heavy ball is another method:

# %%
parabola = landscapes.quadratic([1.0])
heavy = descent.minimize(parabola, [1.0], "momentum", lr=0.1, beta=0.9, n_steps=3).w
w = np.array([1.0])
v = np.zeros(1)
for t in (1, 2, 3):
    w, v = momentum_theory.lookahead_nesterov(parabola, w, v, lr=0.1, beta=0.9)
    print(f"step {t}: heavy ball {heavy[t, 0]:.4f}, Nesterov {w[0]:.4f}")

# %% tags=["guard"]
assert gap < 1e-12
assert np.isclose(heavy[2, 0], 1 - 0.1 - 0.1 * (0.9 + 0.9))

# %% [markdown]
# ## What it damps, and where its edge is
#
# On the parabola $\tfrac12\lambda w^2$, with $a = \mathrm{lr}\,\lambda$, insert $w_t = z^t$ as in notebook 10. Heavy ball had $z^2 - (1+\beta-a)\,z + \beta = 0$. Now
#
# $$z^2 - (1-a)(1+\beta)\,z + (1-a)\,\beta = 0 .$$
#
# The two roots multiply to $(1-a)\,\beta$. Where they are complex, their size is $\sqrt{\beta\,(1-a)}$: the steeper the direction, the stronger the damping.
#
# **Predict** for $\beta = 0.9$: at which $a$ does Nesterov's momentum forget everything in one step or two? And where does it diverge? (Put $z = -1$ into the equation.) Heavy
# ball diverges at $a = 2(1+\beta) = 3.8$.

# %% tags=["figure"] mystnb={"image": {"alt": "Factor per step against a from 0 to 4 for beta 0.9. The dark blue line of heavy ball is level at 0.95 from near 0 to 3.8 and then rises. The light blue line of Nesterov's momentum falls from near 1 to 0 at a = 1, rises steeply and crosses 1 near a = 1.36. Marks of measured factors lie on both lines."}}
a = np.linspace(0.01, 4, 400)
dots = np.array([0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.1, 1.2, 1.3, 2.0, 3.0])
fig, ax = plt.subplots()
radii = (momentum_theory.spectral_radius, momentum_theory.nesterov_radius)
for name, radius in zip(("momentum", "nesterov"), radii, strict=True):
    stable = dots[radius(dots, 0.9) < 0.999]
    lr = stable[:, None]
    run = descent.minimize(parabola, np.ones_like(lr), name, lr=lr, beta=0.9,
                           n_steps=120)
    size = np.abs(run.w[..., 0])
    measured = (size[90:].max(axis=0) / size[30:61].max(axis=0)) ** (1 / 60)
    ax.plot(a, radius(a, 0.9), **look(name, marker=None))
    ax.plot(stable, measured, **look(name, linestyle="none", markevery=1, label=None))
ax.axhline(1, color="0.6", linewidth=1)
ax.set(xlabel=r"$a = \mathrm{lr}\,\lambda$", ylabel="factor per step", ylim=(0, 1.5))
ax.legend(loc="lower right")
plt.show()
print(f"edges: heavy ball {2 * 1.9:.2f}, Nesterov {(2 + 1.8) / (1 + 1.8):.3f}")

# %% [markdown]
# *Reading the figure:* the marks are measured. Heavy ball has the same factor 0.949 nearly everywhere up to its edge. Nesterov's factor is smaller almost up to
# an edge of its own, and zero at $a = 1$, where a direction is finished at once. The price is that this edge comes earlier, at
# $a = (2+2\beta)/(1+2\beta) = 1.357$.

# %% tags=["guard"]
assert round(float(momentum_theory.spectral_radius(1.0, 0.9)), 3) == 0.949
assert np.allclose(measured, momentum_theory.nesterov_radius(stable, 0.9), atol=0.02)

# %% [markdown]
# ## A theorem for all strongly convex functions
#
# The usual parameters for curvatures from $\mu$ to $L$ are $\mathrm{lr} = 1/L$ and $\beta = (\sqrt\kappa-1)/(\sqrt\kappa+1)$. On quadratics the factor is then $1 - 1/\sqrt\kappa$,
# worse than heavy ball's $(\sqrt\kappa-1)/(\sqrt\kappa+1)$. But heavy ball's is a statement about quadratics. Nesterov proved, for *every* $\mu$-strongly convex, $L$-smooth function,
#
# $$f(w_t) - f^* \;\le\; \Big(1-\frac1{\sqrt\kappa}\Big)^t\,\Big(f(w_0) - f^* + \frac\mu2\, |w_0-w^*|^2\Big) .$$
#
# We run it on a quadratic with $\kappa = 100$, and on a function of one variable that is none: `two_slopes`, whose curvature is 25, then 1 for $1 \le x < 2$, then 25 again (Lessard, Recht and
# Packard 2016). So $\mu = 1$, $L = 25$, and the theorem covers it. From 800 starts between $-4$ and $4$ we follow the worst.
#
# **Predict:** after how many steps does the theorem promise a loss below a millionth of the bracket on `two_slopes`? And may heavy ball use its best
# parameters for quadratics there?

# %%
def worst(points, fun, mu=1.0):
    """Return the largest loss / bracket over the runs, at every step."""
    loss = fun(points)[0]
    bracket = loss[0] + 0.5 * mu * np.square(points[0]).sum(axis=-1)
    return (loss / bracket).max(axis=-1)

# %% [markdown]
# `all_three` runs each method with its own parameters: gradient descent with $2/(L+\mu)$, heavy ball with Polyak's, Nesterov's momentum with those of the theorem.

# %%
def all_three(fun, starts, L, n_steps):
    """Return {name: worst at every step} for curvatures 1 to L; starts (runs, n)."""
    lr, beta, _ = momentum_theory.best_heavy_ball(1.0, L)
    settings = {"sgd": {"lr": 2 / (1 + L)}, "momentum": {"lr": lr, "beta": beta}}
    runs = {name: descent.minimize(fun, starts, name, n_steps=n_steps, **hyper).w
            for name, hyper in settings.items()}
    lr, beta, _ = momentum_theory.usual_nesterov(1.0, L)
    w = starts
    v = np.zeros_like(w)
    points = [w]
    for _ in range(n_steps):
        w, v = momentum_theory.lookahead_nesterov(fun, w, v, lr=lr, beta=beta)
        points.append(w)
    runs["nesterov"] = np.array(points)
    return {name: worst(w, fun) for name, w in runs.items()}

# %% [markdown]
# Two functions, one start for the quadratic and many for `two_slopes`:

# %%
bowl = landscapes.quadratic([1.0, 100.0])
starts = np.linspace(-4, 4, 800)[:, None]
cases = {"a quadratic": (100, all_three(bowl, np.ones((1, 2)), 100.0, 200)),
         "two_slopes": (25, all_three(landscapes.two_slopes, starts, 25.0, 100))}

# %% [markdown]
# The dashed lines in the figure are the theorem's bound for Nesterov's momentum.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of loss in shares of the bracket against step, log scale. Left, the quadratic: heavy ball in dark blue rises above 10 and then falls fastest, Nesterov in light blue falls below the grey dashed bound, gradient descent in black falls slowly. Right, two_slopes: the worst run of Nesterov falls to nothing within a few steps, gradient descent falls along a straight line, and heavy ball jumps between 0.4 and 3.6 over all 100 steps."}}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4))
bounds = {}
for ax, (title, (L, worsts)) in zip(axes, cases.items(), strict=True):
    bounds[title] = (1 - L**-0.5) ** np.arange(len(worsts["sgd"]))
    ax.semilogy(bounds[title], color="0.5", linestyle="--", label="bound for Nesterov")
    for name, shares in worsts.items():
        ax.semilogy(shares, **look(name))
    ax.set(xlabel="step $t$", ylim=(1e-10, 1e8), title=title)
axes[0].set_ylabel("loss / bracket")
axes[0].legend(loc="upper right")
plt.show()
slopes = cases["two_slopes"][1]
promised = np.ceil(np.log(1e-6) / np.log(1 - 1 / 5))
print(f"two_slopes, a millionth: promised for Nesterov after {promised:.0f} steps, "
      f"reached from all starts after {descent.settled(slopes['nesterov'], 1e-6):.0f}")
print(f"heavy ball, worst start after 100 steps: {slopes['momentum'][-1]:.2g} brackets")

# %% [markdown]
# *Reading the figure:* on the quadratic, tuned heavy ball wins in the end. On `two_slopes` its loss from the worst start never gets below a tenth of the bracket; notebook 12 shows why. Nesterov's momentum keeps its promise on
# both, and on `two_slopes` it is far better than promised: near the minimum the curvature is $L$ itself, and there a step with $\mathrm{lr} = 1/L$ finishes at once.

# %% tags=["guard"]
assert all((worsts["nesterov"] <= bounds[k] * (1 + 1e-12) + 1e-30).all()
           for k, (L, worsts) in cases.items())
assert 0.4 < slopes["momentum"].min() < slopes["momentum"].max() < 3.65
assert slopes["sgd"][-1] < 1e-3

# %% [markdown]
# ## Who writes momentum how
#
# | form | velocity | step | at a constant rate |
# |---|---|---|---|
# | course, PyTorch | $v \leftarrow \beta v + g$ | $w \leftarrow w - \mathrm{lr}\,v$ | |
# | Keras | $u \leftarrow \beta u - \mathrm{lr}\,g$ | $w \leftarrow w + u$ | $u = -\mathrm{lr}\,v$: same path, same $\mathrm{lr}$ |
# | exponential average | $m \leftarrow \beta m + (1-\beta)\,g$ | $w \leftarrow w - \mathrm{lr}\,m$ | $m = (1-\beta)v$: same path with $\mathrm{lr}/(1-\beta)$ |
# | PyTorch, dampening $\tau$ | $b \leftarrow \beta b + (1-\tau)\,g$, but first $b = g$ | $w \leftarrow w - \mathrm{lr}\,b$ | $b_t = (1-\tau)\,v_t + \tau\beta^{t-1} g_1$ |
# | Nesterov, look-ahead | $v \leftarrow \beta v + g(w - \mathrm{lr}\,\beta v)$ | $w \leftarrow w - \mathrm{lr}\,v$ | the point that walks |
# | Nesterov, course, PyTorch | $v \leftarrow \beta v + g$ | $w \leftarrow w - \mathrm{lr}\,(g + \beta v)$ | the look-ahead point of the row above |
# | Nesterov, Keras | $u \leftarrow \beta u - \mathrm{lr}\,g$ | $w \leftarrow w + \beta u - \mathrm{lr}\,g$ | $u = -\mathrm{lr}\,v$: same path, same $\mathrm{lr}$ |
#
# A rate quoted for one form may be ten times too large for another: with $\beta = 0.9$, an average with $\mathrm{lr} = 0.1$ is the course's heavy ball with
# $\mathrm{lr} = 0.01$. (Dampening spares the first gradient, so with $\tau = \beta$ it is the average plus an echo of it. PyTorch's Nesterov needs
# $\tau = 0$.)
#
# ## When the rate drops
#
# These conversions hold while $\mathrm{lr}$ stays the same. The course's step is *new rate times velocity*. Keras' velocity holds steps made with the *old* rate.
# **Predict:** on an even slope, at full speed, the rate drops from 0.1 to 0.01. Which form takes shorter steps at once, which one rolls on, and for how many steps?

# %%
def even_slope(w):
    return w[..., 0], np.ones_like(w)

def step_lengths(step, scale):
    """Return the lengths of 400 steps; the rate drops to a tenth after step 100."""
    run = descent.minimize(even_slope, [0.0], step, n_steps=400, beta=0.9,
                           lr=lambda t: scale * (0.1 if t <= 100 else 0.01))
    return -np.diff(run.w[:, 0])

course = step_lengths(optimizers.momentum, 1.0)
keras = step_lengths(momentum_theory.keras_momentum, 1.0)
average = step_lengths(momentum_theory.average_momentum, 10.0)

# %% [markdown]
# The average gets ten times the rate, as the table says.

# %% tags=["figure"] mystnb={"image": {"alt": "Length of the step against the step number 80 to 150. All forms move by 1 per step until step 100, when the rate drops tenfold. The course's form, a broad blue line, and the average, a dotted line on it, fall to 0.1 at once; Keras' form decays smoothly to 0.1 over some forty steps."}}
fig, ax = plt.subplots()
shown = np.arange(80, 151)
blue = look("momentum", marker=None, linewidth=5, label="course, PyTorch")
ax.plot(shown, course[79:150], **blue)
ax.plot(shown, average[79:150], ":", color="0.8", label="average, 10 lr")
ax.plot(shown, keras[79:150], **look("keras", marker=None, label="Keras"))
ax.set(xlabel="step $t$", ylabel="length of the step", title="The steps after a drop")
ax.legend()
plt.show()
print(f"in total Keras' form goes further by {(keras - course).sum():.2f}")

# %% [markdown]
# *Reading the figure:* until step 100 all three are one line. Then the course's form and the average shorten their steps at once, and Keras' form needs some forty steps. Neither is
# wrong, but a schedule tuned for one is not tuned for the other.

# %% tags=["guard"]
assert np.allclose(average, course)
assert keras[139] < 1.15 * course[139] < keras[129]
assert np.isclose((keras - course).sum(), 8.1, atol=0.005)

# %% [markdown]
# ### Exercise 11.2 · By how much do they part?
#
# On an even slope with the gradient `g`, both are at full speed when the rate drops from `lr_old` to `lr_new`, for good. How much further, in total, does Keras' form get?

# %% tags=["exercise"]
def parting(*, lr_old, lr_new, beta, g):
    """Return how much further Keras' momentum gets than the course's after the drop."""
    ### BEGIN SOLUTION
    return (lr_old - lr_new) * beta / (1 - beta) ** 2 * g
    ### END SOLUTION

# %%
check.parting(parting)

# %% [markdown] tags=["solution"]
# At full speed the course's velocity is $g/(1-\beta)$. At the $k$-th step after the drop, the course moves by $\mathrm{lr}_{\text{new}}\,g/(1-\beta)$. Keras' velocity starts from
# $\mathrm{lr}_{\text{old}}\,g/(1-\beta)$ and approaches the same value; its excess is $(\mathrm{lr}_{\text{old}} - \mathrm{lr}_{\text{new}})\,\beta^k g/(1-\beta)$. Sum over $k \ge 1$.
# For the figure that is $0.09 \cdot 0.9/0.1^2 = 8.1$.

# %% [markdown]
# ## A momentum that grows
#
# What if $\mu$ is zero, or nobody knows it? For functions that are only convex and $L$-smooth, gradient descent promised $LR^2/(4t+2)$ in notebook 06, with $R = |w_0 - w^*|$. Nesterov's
# method promises the square, with $\mathrm{lr} = 1/L$ and a momentum that grows with $t$ (in the form of Su, Boyd and Candès 2016):
#
# $$f(w_t) - f^* \;\le\; \frac{2LR^2}{(t+1)^2} .$$
#
# ### Exercise 11.3 · Build the accelerated method
#
# Keep two points: $w$, and the point $y$ at which gradients are taken. Both begin at the start. In step $t = 1, 2, \dots$: the new $w$ is one gradient step from $y$; then $y$ is the new $w$
# plus $\beta_t = (t-1)/(t+2)$ times what $w$ has just moved. Return all points $w$, the start first, as an array `(n_steps + 1, n)`.

# %% tags=["exercise"]
def accelerated(fun, w, *, lr, n_steps):
    """Return the points w (n_steps + 1, n) of the method with growing momentum."""
    ### BEGIN SOLUTION
    y = w
    points = [w]
    for t in range(1, n_steps + 1):
        w = y - lr * fun(y)[1]
        y = w + (t - 1) / (t + 2) * (w - points[-1])
        points.append(w)
    return np.array(points)
    ### END SOLUTION

# %%
check.accelerated(accelerated)

# %% [markdown]
# Here is a bowl with 40 curvatures from 1 down to one millionth: strongly convex on paper, and flat in practice. `momentum_theory.accelerated` does what you have just built.

# %% tags=["figure"] mystnb={"image": {"alt": "Loss above the minimum against step 1 to 1000, both axes logarithmic. Gradient descent in black falls slowly, Nesterov's method with growing momentum in light blue about twice as steeply. Each stays below its bound, a dashed line of the same colour."}}
bowl = landscapes.quadratic(np.geomspace(1e-6, 1, 40))
start = np.ones(40)
t = np.arange(1, 1001)
gd = descent.minimize(bowl, start, "sgd", lr=1.0, n_steps=1000).loss[1:]
fast = bowl(momentum_theory.accelerated(bowl, start, lr=1.0, n_steps=1000))[0][1:]
fig, ax = plt.subplots()
ax.loglog(t, 40 / (4 * t + 2), "--", color=look("sgd")["color"], linewidth=1)
ax.loglog(t, 80 / (t + 1) ** 2, "--", color=look("nesterov")["color"], linewidth=1)
ax.loglog(t, gd, **look("sgd", label="gradient descent"))
ax.loglog(t, fast, **look("nesterov", label="growing momentum"))
ax.set(xlabel="step $t$", ylabel="loss above the minimum", ylim=(1e-5, 50))
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* each run stays below its own dashed bound, and the one with the growing momentum falls ever further below gradient descent. That no method can promise more than
# $1/t^2$ for all such functions is the subject of notebook 12.

# %% tags=["guard"]
assert (gd <= 40 / (4 * t + 2)).all()
assert (fast <= 80 / (t + 1) ** 2).all()

# %% [markdown]
# ## And on a network?
#
# Sutskever and others (2013) made this form popular for networks. A network's loss is not convex, so no theorem applies. The ledger compares both on the small network of notebook 10, with
# $\beta = 0.9$ and each at its own best rate:

# %%
from course_lib.experiments import show_evidence

show_evidence("nesterov_ends_above_heavy_ball")

# %% [markdown]
# The claim *holds*, and by much: after 50 steps Nesterov's loss is about six times as high. Its best effective rate was one step of the grid smaller, as its earlier edge suggests. This is one small network with the
# whole batch; it says nothing about noise or larger models. Which of the two is better on yours is a question for a fair comparison (notebook 28).
#
# ## Summary
#
# | on a quadratic, $\mu \le \lambda \le L$ | heavy ball | Nesterov, usual |
# |---|---|---|
# | stable for $\mathrm{lr}\,\lambda$ below | $2(1+\beta)$ | $(2+2\beta)/(1+2\beta)$ |
# | parameters | $\mathrm{lr} = \big(\frac{2}{\sqrt L+\sqrt\mu}\big)^2$, $\sqrt\beta = \frac{\sqrt\kappa-1}{\sqrt\kappa+1}$ | $\mathrm{lr} = \frac1L$, $\beta = \frac{\sqrt\kappa-1}{\sqrt\kappa+1}$ |
# | factor per step in the long run | $\frac{\sqrt\kappa-1}{\sqrt\kappa+1}$ | $1 - \frac1{\sqrt\kappa}$ |
# | for all strongly convex, smooth functions | no such speed (Goujaud and others 2023) | the theorem above |
#
# - The look-ahead damps steep directions and brings the edge of stability closer.
# - Libraries store the look-ahead point; it is the same method.
# - Keras keeps the rate inside the velocity: the same at a constant rate, and different after a drop.
#
# ## Questions to ask yourself
#
# **1.** You move a training script with a step schedule from PyTorch to Keras, with the same numbers. What do you look at?
#
# <details>
# <summary>Answer</summary>
#
# The steps after each drop. Keras' form rolls on for about $\beta/(1-\beta)$ old steps; with $\beta = 0.9$ and a drop to a tenth, for 8.1. Also whether the PyTorch script
# used dampening.
#
# </details>
#
# **2.** A run with heavy ball, $\beta = 0.9$, $\mathrm{lr}\,L = 2$, is stable. You switch on Nesterov and nothing else. What happens?
#
# <details>
# <summary>Answer</summary>
#
# On a quadratic it diverges: its edge is $\mathrm{lr}\,L = 1.357$.
#
# </details>
#
# **3.** Why does the theorem not contradict that tuned heavy ball is faster on quadratics?
#
# <details>
# <summary>Answer</summary>
#
# The theorem promises a factor for *all* strongly convex, smooth functions. On the smaller class of quadratics a method may be faster, and pay for it elsewhere.
#
# </details>
#
# ## Go deeper
#
# - Y. Nesterov, *A method of solving a convex programming problem with convergence rate $O(1/k^2)$*, Soviet Mathematics Doklady 27(2), 372–376 (1983); and his *Lectures on Convex
#   Optimization* (2018), [doi:10.1007/978-3-319-91578-4](https://doi.org/10.1007/978-3-319-91578-4), section 2.2: the theorem.
# - W. Su, S. Boyd, E. Candès, *A differential equation for modeling Nesterov's accelerated gradient method*, Journal of Machine Learning Research 17(153) (2016),
#   [arXiv:1503.01243](https://arxiv.org/abs/1503.01243): the growing momentum and its bound.
# - L. Lessard, B. Recht, A. Packard, *Analysis and design of optimization algorithms via integral quadratic constraints*, SIAM Journal on Optimization 26(1), 57–95 (2016),
#   [arXiv:1408.3595](https://arxiv.org/abs/1408.3595): the function `two_slopes`.
# - B. Goujaud, A. Taylor, A. Dieuleveut, *Provable non-accelerations of the heavy-ball method* (2023), [arXiv:2307.11291](https://arxiv.org/abs/2307.11291).
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton, *On the importance of initialization and momentum in deep learning*, ICML (2013),
#   [PMLR 28(3)](https://proceedings.mlr.press/v28/sutskever13.html).
#
# **Next:** how fast can any method be that sees only gradients? [12: Reach the limit of gradients](12_reach_the_limit_of_gradients.ipynb).
