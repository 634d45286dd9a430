# %% [markdown]
# # 04 · Escape saddles
#
# *How does one leave a saddle, and how fast?*
#
# **You will do:** predict the step at which a run leaves a saddle; kick a run off the one start
# from which it would never leave; and turn a landscape, to see which methods notice.
#
# **You will learn:** why leaving a strict saddle takes a number of steps that grows like a
# logarithm, why $x^3$ is worse, and when adaptive methods leave sooner.
#
# **You need:** [01: Classify critical points](01_classify_critical_points.ipynb), and the logarithm.
#
# **Minutes:** 70

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## The loss hovers, then drops
#
# Here is gradient descent, $w\leftarrow w-\mathrm{lr}\,g$, on the saddle $x^2-y^2$ with
# $\mathrm{lr}=0.1$. It starts at $(1,\,10^{-8})$, almost exactly on the ridge that leads into the
# saddle.

# %% tags=["figure"] mystnb={"image": {"alt": "Left: contours of the saddle and a path that runs from (1, 0) along the x axis to the saddle point and then up along the y axis. Right: the loss against the step; it falls from 1 to 0 within 15 steps, stays near 0 until about step 90, and then drops steeply."}}
from course_lib import landscapes, plotting
from course_lib.optimizers import descent

run = descent.minimize(landscapes.SADDLE, [1.0, 1e-8], "sgd", lr=0.1, n_steps=103)

fig, (left, right) = plt.subplots(1, 2, figsize=(8.2, 3.8))
plotting.contours(left, landscapes.SADDLE)
plotting.path(left, run.w, "sgd", markevery=1, markersize=3)
left.set(xlabel="$x$", ylabel="$y$", title="The path")
right.plot(run.loss, **look("sgd", marker=None))
right.set(xlabel="step $t$", ylabel="loss", title="The loss")
plt.show()

# %% [markdown]
# *Reading the figure:* the run comes down to the saddle, hovers there for dozens of steps, and then
# leaves. A loss that hovers like this looks like a run that has converged. How long does it take?
#
# ## The escape clock
#
# A **strict saddle** has a negative eigenvalue $\lambda$. Let $y$ be the coordinate along its
# eigenvector, with the saddle at $y=0$. There the loss is $\tfrac12\lambda y^2$ and its slope
# $\lambda y$. So gradient descent multiplies $y$ in every step by one factor, which is above 1:
#
# $$y_t=(1-\mathrm{lr}\,\lambda)^t\,y_0=(1+\mathrm{lr}\,|\lambda|)^t\,y_0 .$$
#
# From an offset $|y_0|$ it reaches the distance 1 when $(1+\mathrm{lr}\,|\lambda|)^t\,|y_0|=1$, that is
# after
#
# $$t=\frac{\ln(1/|y_0|)}{\ln(1+\mathrm{lr}\,|\lambda|)}\quad\text{steps, rounded up.}$$
#
# The offset enters through its logarithm: a start ten times closer costs a *fixed* number of steps
# more.
#
# ### Exercise 04.1 · Predict the escape step
#
# Return the first whole step $t\ge0$ at which the distance from the saddle, along an eigenvector with
# eigenvalue `lam`, is at least `distance`. The `offset` at the start may have either sign, and `lam`
# too. If gradient descent never gets there, return `math.inf`. Assume `0 < lr` and, for positive
# `lam`, `lr < 2/lam`.

# %% tags=["exercise"]
import math


def escape_step(lam, lr, offset, distance=1.0):
    """Return the first step t with |y_t| >= distance, or math.inf."""
    ### BEGIN SOLUTION
    if abs(offset) >= distance:
        return 0
    if offset == 0 or lam >= 0:
        return math.inf
    return math.ceil(math.log(distance / abs(offset)) / math.log(1 - lr * lam))
    ### END SOLUTION

# %%
check.escape_step(escape_step)

# %% [markdown] tags=["solution"]
# With $\lambda<0$ the factor is $1-\mathrm{lr}\,\lambda>1$. Two cases never leave: an offset of exactly
# zero, and a direction that does not curve down (there $|1-\mathrm{lr}\,\lambda|\le1$).

# %% [markdown]
# The saddle $x^2-y^2$ has $\lambda=-2$ along $y$, so with $\mathrm{lr}=0.1$ the factor is $1.2$.
#
# **Predict:** how many steps does a start at the offset $10^{-2}$ need? And one at $10^{-256}$,
# unimaginably close to the axis?

# %% tags=["figure"] mystnb={"image": {"alt": "Distance from the saddle along y against the step, logarithmic axis, for offsets 1e-2, 1e-4, 1e-8 and 1e-16: parallel straight lines that reach the distance 1 at steps 26, 51, 102 and 203, on the predicted marks."}}
offsets = np.array([1e-2, 1e-4, 1e-8, 1e-16, 1e-64, 1e-256])
starts = np.stack([np.ones(6), offsets], axis=1)
run = descent.minimize(landscapes.SADDLE, starts, "sgd", lr=0.1, n_steps=3300)
distance = np.abs(run.w[:, :, 1])
left = (distance >= 1).argmax(axis=0)
predicted = np.ceil(np.log(1 / offsets) / np.log(1.2)).astype(int)

fig, ax = plt.subplots()
for i, style in enumerate(["-", "--", "-.", ":"]):
    label = f"offset {offsets[i]:.0e}"
    line = look("sgd", marker=None, linestyle=style, label=label)
    ax.semilogy(distance[: left[i] + 1, i], **line)
ax.plot(predicted[:4], np.ones(4), "o", color="#009e73", label="predicted")
ax.set(xlabel="step $t$", ylabel="distance $|y_t|$", title="The escape clock")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Reading the figure:* the lines are parallel, one factor a step. $10^{-16}$ is $10^{-8}$ squared, and
# takes only twice as long.

# %%
for offset, t, forecast in zip(offsets, left, predicted, strict=True):
    print(f"offset {offset:.0e}: predicted {forecast} steps, measured {t}")

# %% tags=["guard"]
assert (left == predicted).all() and list(left[:4]) == [26, 51, 102, 203]

# %% [markdown]
# And a start *exactly* on the axis? It never leaves, because $1.2\cdot0=0$. But such starts are rare. If
# $y_0$ is uniform between $-1$ and $1$, a run is still inside after $t$ steps if $|y_0|<1.2^{-t}$. That
# has the probability $1.2^{-t}$, which shrinks to zero. This is a theorem in great generality:
# gradient descent with a rate below $1/L$, where $L$ is the largest curvature, converges to a strict
# saddle only from starts that have the probability zero
# ([Lee et al. 2016](https://arxiv.org/abs/1602.04915)). So plain descent leaves strict saddles too.
#
# But how soon? A landscape can be built so that a run, while it leaves one saddle, comes ever closer
# to the ridge of the next. There plain descent needs a number of steps that is exponential in the
# dimension ([Du et al. 2017](https://arxiv.org/abs/1705.10412)).
#
# ## Noise sets the clock
#
# Real gradients are noisy. Start exactly on the axis, and add to the slope along $y$, in every step, an
# independent normal number with the standard deviation $\sigma$. Call the factor
# $q=1+\mathrm{lr}\,|\lambda|$. After a while the run is where it would be without noise, had it started
# at a random offset of the size
#
# $$|y_0|=0.674\,\frac{\mathrm{lr}\,\sigma}{\sqrt{q^2-1}}\quad\text{(the median)}.$$
#
# The escape clock then gives the median number of steps.
#
# <details>
# <summary>Why this is true</summary>
#
# With $y_t=q\,y_{t-1}-\mathrm{lr}\,\sigma\,\xi_t$ and independent standard normal $\xi_t$, the variance
# is a geometric sum:
#
# $$\operatorname{var}y_t=(\mathrm{lr}\,\sigma)^2(1+q^2+\dots+q^{2t-2})=(\mathrm{lr}\,\sigma)^2\,\frac{q^{2t}-1}{q^2-1}\approx\tau^2q^{2t},\qquad\tau=\frac{\mathrm{lr}\,\sigma}{\sqrt{q^2-1}} .$$
#
# So $y_t\approx q^t\tau z$ with one standard normal number $z$: as if the run had started at the offset
# $\tau|z|$. The median of $|z|$ is $0.674$. The approximation needs $\tau\ll1$.
#
# </details>
#
# **Predict:** at $\sigma=10^{-3}$ the median escape takes 51 steps. How many does it take at
# $\sigma=10^{-9}$, with a million times less noise?

# %%
rng = np.random.default_rng(5)
q = 1.2
for sigma in (1e-3, 1e-6, 1e-9):
    y = np.zeros(2000)
    left = np.zeros(2000)
    for t in range(1, 301):
        y = q * y - 0.1 * sigma * rng.standard_normal(y.size)
        left = np.where((left == 0) & (np.abs(y) >= 1), t, left)
    offset = 0.6745 * 0.1 * sigma / math.sqrt(q**2 - 1)
    forecast = math.ceil(math.log(1 / offset) / math.log(q))
    middle = np.median(left)
    print(f"sigma {sigma:.0e}: predicted {forecast} steps, measured {middle:.0f}")

# %% tags=["guard"]
assert left.min() > 0 and abs(np.median(left) - forecast) <= 1
assert math.ceil(math.log(1e6) / math.log(1.2)) == 76

# %% [markdown]
# A million times less noise costs $\ln10^6/\ln1.2\approx76$ steps more. So a little noise is a cheap
# insurance. The next rule makes its own: walk as usual, and *only where the gradient is small* give a
# kick. With such kicks the number of steps to leave all strict saddles depends on the dimension only
# through logarithms ([Jin et al. 2017](https://arxiv.org/abs/1703.00887)).
#
# ### Exercise 04.2 · Perturbed gradient descent
#
# Return the path `(n_steps + 1, n)`, start included. In each step: if the gradient at `w` has length at
# most `g_tol`, and the last kick was `wait` or more steps ago or there was none, first move `w` by a
# vector of length `radius` in a uniformly random direction. Then take a step of gradient descent from
# there. Do not change the array that you are given. (A vector of independent standard normal numbers,
# divided by its length, has a uniformly random direction.)

# %% tags=["exercise"]
def perturbed_gd(fun, w, *, lr, n_steps, radius, g_tol, wait, rng):
    """Return the path of gradient descent with kicks where the gradient is small."""
    ### BEGIN SOLUTION
    path = [np.array(w, dtype=float)]
    last = -math.inf
    for t in range(1, n_steps + 1):
        w = path[-1]
        if np.linalg.norm(fun(w)[1]) <= g_tol and t - last >= wait:
            xi = rng.standard_normal(w.shape)
            w = w + radius * xi / np.linalg.norm(xi)
            last = t
        path.append(w - lr * fun(w)[1])
    return np.array(path)
    ### END SOLUTION

# %%
check.perturbed_gd(perturbed_gd)

# %% [markdown] tags=["solution"]
# After the kick the gradient is asked for again, at the new point. Why `wait`? A kicked run is still
# near the saddle, where the gradient is small. Without a pause it would be kicked on and on, also at a
# minimum. A run that is back where it was after `wait` steps has found no way down, which is evidence
# of a minimum.

# %% [markdown]
# ## From both sides of $x^3$
#
# The cubic $x^3$ is flat at 0, but not strictly curved: its second derivative is zero too, so there is
# no factor above 1. A step is $x_t=x_{t-1}-3\,\mathrm{lr}\,x_{t-1}^2$. Take reciprocals, for small $x$:
#
# $$\frac1{x_t}=\frac1{x_{t-1}}\cdot\frac1{1-3\,\mathrm{lr}\,x_{t-1}}\approx\frac1{x_{t-1}}+3\,\mathrm{lr} .$$
#
# From $x_0>0$ the reciprocal grows by about $3\,\mathrm{lr}$ a step, so the distance to 0 shrinks like
# $1/(3\,\mathrm{lr}\,t)$. With $x_0<1/(3\,\mathrm{lr})$ it never becomes negative. From $-|x_0|$, on the
# other side, the size of the reciprocal *falls* by about $3\,\mathrm{lr}$ a step.
#
# **Predict**, with $\mathrm{lr}=0.1$: how many steps does $x^3$ take from $-0.01$ to the distance 1, and
# how many does the strict saddle $x^2-y^2$ take from the offset $0.01$? When does the run from $+1$
# reach the other side?

# %% tags=["figure"] mystnb={"image": {"alt": "Logarithmic axes: distance to the critical point against the step up to 1000. The strict saddle leaves 0.01 and passes 1 at step 26. On x cubed, the run from -0.01 stays near 0.01 for a hundred steps and shoots up near step 330, and the run from +1 bends onto the grey predicted line 1 over 0.3 t and creeps towards 0."}}
cubic = landscapes.CUBIC
above = np.abs(descent.minimize(cubic, [1.0], "sgd", lr=0.1, n_steps=1000).w[:, 0])
below = np.abs(descent.minimize(cubic, [-0.01], "sgd", lr=0.1, n_steps=1000).w[:, 0])
run = descent.minimize(landscapes.SADDLE, [1.0, 0.01], "sgd", lr=0.1, n_steps=30)
strict = np.abs(run.w[:, 1])
t = np.arange(1, 1001)

fig, ax = plt.subplots()
ax.loglog(t, 1 / (0.3 * t), color="0.8", linewidth=6, label=r"$1/(3\,\mathrm{lr}\,t)$")
for values, style, name in [
    (above, "-", "$x^3$ from $+1$"),
    (below, "-.", "$x^3$ from $-0.01$"),
    (strict, "--", "$x^2-y^2$ from $0.01$"),
]:
    ax.loglog(values, style, color="black", label=name)
ax.set(xlabel="step $t$", ylabel="distance", ylim=(1e-3, 10), title="Both sides")
ax.legend(loc="lower left", fontsize=10)
plt.show()

# %% [markdown]
# *Reading the figure:* the strict saddle lets go at once. From the lower side $x^3$ holds the run more
# than ten times as long, and from the upper side for ever.

# %%
steps = (below >= 1).argmax()
print(f"x^3 from -0.01: predicted about {1 / (0.3 * 0.01):.0f} steps, measured {steps}")
print(f"strict saddle from 0.01: measured {(strict >= 1).argmax()}")
print(f"x^3 from +1, 1000 steps: predicted {1 / 300:.5f}, measured {above[1000]:.5f}")

# %% tags=["guard"]
assert abs(steps * 0.003 - 1) < 0.02 and abs(300 * above[1000] - 1) < 0.03
assert (strict >= 1).argmax() == 26 and steps > 10 * 26

# %% [markdown]
# ## Do adaptive methods leave sooner?
#
# RMSprop divides each *coordinate* of the gradient by its recent size, and Adam does so with an average
# of gradients ([notebook 13](13_adapt_the_learning_rate.ipynb) and
# [notebook 14](14_understand_adam.ipynb)). If the way down is itself a coordinate, a tiny slope along
# it becomes a full step. If it lies askew, each coordinate also sees the steep direction.
#
# So we turn the saddle. Its curvatures are $1$ and $-0.01$. A run starts about 1 from it in the steep
# direction, and about $10^{-3}$ along the way down. It has left when the loss is $-0.005$ or less, which
# is the value at distance 1. Each rule gets, at *each* angle, the rate with which it leaves soonest:
# whoever compares at one shared rate compares the rate.

# %%
def median_steps(rule, degrees, rates, starts):
    """Return the median number of steps to leave, for each rate."""
    angle = math.radians(degrees)
    saddle = landscapes.quadratic([1.0, -0.01], angle=angle)
    steep = np.array([math.cos(angle), math.sin(angle)])
    down = np.array([-math.sin(angle), math.cos(angle)])
    w = starts[:, :1] * steep + starts[:, 1:] * down
    lr = np.repeat(rates, len(w))[:, None]
    w = np.tile(w, (len(rates), 1))
    run = descent.minimize(saddle, w, rule, lr=lr, n_steps=600, keep_path=False)
    below = run.loss <= -0.005
    steps = np.where(below.any(axis=0), below.argmax(axis=0), np.inf)
    return np.median(steps.reshape(len(rates), -1), axis=1)

# %% [markdown]
# Gradient descent and heavy ball (`momentum`, [notebook 10](10_add_momentum.ipynb)) only add and scale
# whole gradients. So turning the landscape turns their runs and changes nothing else.
#
# **Predict:** sketch the steps that RMSprop and Adam need, from 0 to 90 degrees, beside the two level
# lines of descent and heavy ball. Where is the worst angle? Do they ever lose to heavy ball?

# %% tags=["figure"] mystnb={"image": {"alt": "Median steps to leave the saddle against the angle from 0 to 90 degrees, logarithmic axis, for four rules. sgd is level near 355 and momentum near 54. rmsprop and adam start at 2 and 3, rise with the angle, cross momentum near 35 degrees, and have a sharp peak at 45 degrees, rmsprop as high as sgd and adam at 150; beyond 45 degrees they fall again, as in a mirror."}}
rng = np.random.default_rng(0)
starts = rng.choice([-1, 1], (8, 2)) * rng.uniform(0.8, 1.2, (8, 2)) * [1, 1e-3]
rates = np.sort(np.append(10.0 ** np.arange(-3, 0.8, 0.125), [1.98, 3.75]))
degrees = [0, 5, 10, 15, 20, 25, 30, 35, 40, 44, 45, 46, 50, 60, 70, 80, 90]
fewest = {
    rule: [median_steps(rule, angle, rates, starts).min() for angle in degrees]
    for rule in ("sgd", "momentum", "rmsprop", "adam")
}
fig, ax = plt.subplots()
for rule, steps in fewest.items():
    ax.semilogy(degrees, steps, **look(rule, markevery=1, markersize=5))
ax.set(xlabel="turned by (degrees)", ylabel="median steps to leave")
ax.set(ylim=(1, 900), title="Steps against angle")
ax.legend(ncols=2, loc="lower center")
plt.show()

# %% [markdown]
# *Reading the figure:* on the axes both adaptive rules leave almost at once. Their advantage shrinks
# with the angle, and between 30 and 40 degrees they fall behind heavy ball. At 45 degrees there is a
# sharp peak. Only there does RMSprop need about as many steps as plain descent.

# %%
for angle in (0, 20, 45):
    i = degrees.index(angle)
    shown = [f"{rule} {steps[i]:.0f}" for rule, steps in fewest.items()]
    print(f"turned by {angle:2} degrees: " + ", ".join(shown))
print(f"descent, predicted: {math.log(1e3) / math.log(1 + 0.01 * 1.98):.0f}")
print(f"RMSprop at 45 degrees, predicted: {math.log(1e3) / math.log(1.02):.0f}")

# %% tags=["guard"]
at = degrees.index(45)
assert np.ptp(fewest["sgd"]) == 0 and np.ptp(fewest["momentum"]) == 0
assert abs(fewest["sgd"][0] - 355) < 5 and fewest["momentum"][0] in range(52, 57)
assert max(fewest["rmsprop"]) == fewest["rmsprop"][at] > 1.5 * fewest["rmsprop"][at - 1]
assert max(fewest["adam"]) == fewest["adam"][at] and abs(fewest["adam"][at] - 150) < 5
for rule in ("rmsprop", "adam"):
    assert fewest[rule][6] < fewest["momentum"][6] < fewest[rule][8]

# %% [markdown]
# Why is 45 degrees so bad? There both coordinates see the steep slope alike, so both are divided by the
# same number $\sqrt v$. That is plain descent with the rate $\mathrm{lr}/\sqrt v$. As the steep
# direction dies out, $v$ shrinks and the rate grows, until it is about 2, where descent on the
# curvature 1 begins to bounce. Along the way down this gives the factor $1.02$ a step, hence the last
# line above. That holds for a well-chosen $\mathrm{lr}$: with a smaller one the rate arrives there
# later.
#
# Were these eight starts special? The ledger repeats the comparison for other starts, with rates tuned
# on yet others. It states the logarithm of a ratio: $-0.7$ means half as many steps.

# %%
from course_lib.experiments.ledger import show_evidence

for name in (
    "rmsprop_leaves_before_heavy_ball_at_20",
    "adam_leaves_before_heavy_ball_at_20",
    "rmsprop_leaves_with_descent_at_45",
    "adam_leaves_before_descent_at_45",
    "adam_leaves_before_heavy_ball_at_45",
):
    show_evidence(name)

# %% [markdown]
# At 20 degrees the statement **holds** for RMSprop and for Adam: both leave before heavy ball. At 45
# degrees RMSprop and descent are a **tie**. Adam leaves before descent there (it **holds**), but that
# it leaves before heavy ball **fails**.
#
# A plane has only one angle. In more dimensions the way down is turned against every axis at once.
# **Predict:** which of the advantages survive a random rotation in 10 or in 50 dimensions?

# %%
for name in (
    "rmsprop_leaves_before_descent",
    "rmsprop_leaves_before_descent_in_fifty_dimensions",
    "adam_leaves_before_descent_in_fifty_dimensions",
    "adam_leaves_before_heavy_ball_in_the_plane",
    "adam_leaves_before_heavy_ball_with_a_spread",
    "adam_leaves_before_heavy_ball_in_ten_dimensions",
    "adam_leaves_before_heavy_ball_in_fifty_dimensions",
    "rmsprop_leaves_before_heavy_ball_in_ten_dimensions",
):
    show_evidence(name)

# %% [markdown]
# Both adaptive rules leave before plain descent, in 50 dimensions too: this **holds**. Against heavy
# ball it depends. For Adam it **holds** at a random angle in the plane, and in 10 dimensions if the
# steep curvatures are spread from 1 to $0.01$. If they are all equal it **fails** in 10 and in 50
# dimensions, and for RMSprop in 10. So leaving *instantly* is a matter of axes. Leaving *faster than
# plain descent* is not. (All this is without noise. For noisy gradients there is other theory:
# [Staib et al. 2019](https://arxiv.org/abs/1901.09149).)
#
# ### Exercise 04.3 · Turn any landscape
#
# Build the tool for such tests. `fun(w)` returns `(loss, grad)` for points of shape `(..., n)`, and `Q`
# is an orthogonal matrix, $Q^\top Q=I$. Return a function with the same contract, for the landscape
# turned by $Q$: its loss at the point $Qz$ is what `fun` has at $z$. Mind the gradient, which must
# belong to the turned landscape.

# %% tags=["exercise"]
def turned(fun, Q):
    """Return the function w -> (loss, grad) of the landscape turned by Q."""
    ### BEGIN SOLUTION
    def fun_turned(w):
        loss, g = fun(w @ Q)
        return loss, g @ Q.T

    return fun_turned
    ### END SOLUTION

# %%
check.turned(turned)

# %% [markdown] tags=["solution"]
# The loss at $w$ is $f(Q^\top w)$. For points in the rows of an array, $Q^\top w$ is `w @ Q`. By the
# chain rule the gradient of $f(Q^\top w)$ is $Q\,g$, in rows `g @ Q.T`. Try a rule of your own on a
# landscape and on a turned copy: from a turned start, does it take the turned path?

# %% [markdown]
# ## A prediction that failed
#
# The first edition of this notebook said of RMSprop at 45 degrees: both rates are equal, so a start a
# hundred times closer must cost as many steps more as in descent. On $x^2-y^2$ with $\mathrm{lr}=0.01$
# that is $\ln100/\ln1.02\approx233$ steps.
#
# **Predict:** is that right? Think of what $v$ does while the run waits.

# %%
offsets = np.array([1e-3, 1e-5, 1e-7, 1e-9])
root = math.sqrt(0.5)
steep = root * np.array([1.0, 1.0])
down = root * np.array([-1.0, 1.0])
saddle = landscapes.quadratic([2.0, -2.0], angle=math.pi / 4)
starts = steep + offsets[:, None] * down
run = descent.minimize(saddle, starts, "rmsprop", lr=0.01, n_steps=300)
y = np.abs(run.w @ down)
steps = (y >= 1).argmax(axis=0)
grown = (y[1:] / y[:-1])[: steps[-1], -1].max()
print(f"steps from each offset: {steps}, more for each hundredth: {np.diff(steps)}")
print(f"largest factor of y in one step: predicted 1.02, measured {grown:.2f}")

# %% tags=["guard"]
assert list(steps) == [147, 159, 167, 173] and grown > 1.5
assert math.ceil(math.log(100) / math.log(1.02)) == 233

# %% [markdown]
# It is wrong: a hundredth costs about ten steps and not 233. The argument took the rate
# $\mathrm{lr}/\sqrt v$ to be fixed. But the steep direction dies out, $v$ shrinks, and the rate grows
# step by step, until something grows again. Here $\mathrm{lr}$ is so small that the rate is still on
# its way up when the run leaves.
#
# ## Summary
#
# | question | answer | for |
# |---|---|---|
# | steps to leave a strict saddle | $\ln(1/\lvert y_0\rvert)/\ln(1+\mathrm{lr}\,\lvert\lambda\rvert)$ | descent along an eigenvector, to distance 1 |
# | the same with noise | the same, with $\lvert y_0\rvert=0.674\,\mathrm{lr}\,\sigma/\sqrt{q^2-1}$ | small noise, median |
# | steps to leave $x^3$ | $1/(3\,\mathrm{lr}\,\lvert x_0\rvert)$ from below; from above never | $x_0<1/(3\,\mathrm{lr})$ |
#
# - Plain descent leaves strict saddles from almost every start. How soon is a matter of a logarithm.
# - Rules that scale each coordinate depend on how the axes lie. Descent and heavy ball do not.
# - Adaptive rules leave at once along an axis, and before plain descent at generic angles. Whether they
#   leave before heavy ball depends on the angle, the dimension and the spread of the curvatures.
#
# ## Questions to ask yourself
#
# **1.** A run hovers at a loss that hardly changes, and then drops. Was it a strict saddle? What would
# you measure?
#
# <details>
# <summary>Answer</summary>
#
# Follow the distance from the hovering point on a logarithmic axis. A straight line rising means a
# fixed factor a step: a strict saddle, and the slope gives $\mathrm{lr}\,|\lambda|$. And measure the
# gradient: it may not be a critical point at all, only a flat valley.
#
# </details>
#
# **2.** You make the noise of the gradients a thousand times smaller. By how many steps is an escape
# delayed, with $q=1.2$?
#
# <details>
# <summary>Answer</summary>
#
# By $\ln1000/\ln1.2\approx38$ steps, at whatever level of noise you began.
#
# </details>
#
# **3.** Adam leaves a saddle at once in your experiment. What should you try before you say that it is
# good at leaving saddles?
#
# <details>
# <summary>Answer</summary>
#
# Turn the landscape by several angles, or at random in more dimensions. Tune every rule anew, and add
# heavy ball to the comparison.
#
# </details>
#
# **4.** Why is the peak at 45 degrees so sharp, and why should one not report that angle alone?
#
# <details>
# <summary>Answer</summary>
#
# Exactly there both coordinates see the steep slope with the same size. At any other angle the two
# sizes differ, and the step along the smaller one is lengthened. One degree away RMSprop needs little
# more than half as many steps. A special case of perfect symmetry says little about the others.
#
# </details>
#
# ## Go deeper
#
# - J. Lee, M. Simchowitz, M. Jordan, B. Recht,
#   [*Gradient descent converges to minimizers*](https://arxiv.org/abs/1602.04915), 2016. I. Panageas,
#   G. Piliouras, [*Gradient descent only converges to minimizers: non-isolated critical points and
#   invariant regions*](https://arxiv.org/abs/1605.00405), 2017.
# - S. Du et al., [*Gradient descent can take exponential time to escape saddle
#   points*](https://arxiv.org/abs/1705.10412), 2017.
# - C. Jin et al., [*How to escape saddle points efficiently*](https://arxiv.org/abs/1703.00887), 2017.
# - M. Staib et al., [*Escaping saddle points with adaptive gradient
#   methods*](https://arxiv.org/abs/1901.09149), 2019.
#
# **Next:** and where there is a minimum? How fast does one arrive?
# [05: Descend the gradient](05_descend_the_gradient.ipynb)
