# %% [markdown]
# # 04 · Escape saddles
#
# *How does one leave a saddle, and how fast?*
#
# **You will do:** predict the step at which a run leaves a saddle; kick a run off the one saddle that it would never leave.
#
# **You will learn:** how long it takes to leave a saddle, and for which methods that depends on how the axes lie.
#
# **You need:** critical points and the eigenvalues of a Hessian, as in [01: Classify critical points](01_classify_critical_points.ipynb).
#
# **Minutes:** 60

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## How does one leave?
#
# So a run that comes down from above passes saddles. Let us measure the price. A **strict saddle** has an eigenvalue $\lambda<0$. Along its eigenvector, let $y$ be the coordinate, with the saddle at $y=0$. Gradient descent multiplies it in every step by a factor above 1:
#
# $$y_t=(1-lr\,\lambda)^t\,y_0=(1+lr\,|\lambda|)^t\,y_0 .$$
#
# From an offset $\varepsilon=|y_0|$ it reaches the distance 1 after
#
# $$t=\frac{\ln(1/\varepsilon)}{\ln(1+lr\,|\lambda|)}\quad\text{steps, rounded up.}$$
#
# The offset enters through its logarithm: a start ten times closer costs a *fixed* number of steps more.
#
# ### Exercise 04.1 · Predict the escape step
#
# Return the first whole step at which the distance from the saddle, along an eigenvector with eigenvalue `lam`, is at least `distance`. The `offset` at the start may have either sign. If gradient descent never gets there, return `math.inf`. Assume `0 < lr` and, for positive `lam`, `lr < 2/lam`.

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
# With $\lambda<0$ the factor is $1-lr\,\lambda>1$. Two cases never leave: an offset of exactly zero, and a direction that does not curve down (there $|1-lr\,\lambda|\le1$).

# %% [markdown]
# The landscape is $x^2-y^2$, with $\lambda=-2$ along $y$, and $lr=0.1$, so the factor is $1.2$. The run starts at $(1,\varepsilon)$. **Before you run the next cell:** how many steps for $\varepsilon=10^{-2}$? And for $10^{-256}$, unimaginably close to the axis?

# %% tags=["figure"] mystnb={"image": {"alt": "Distance from the saddle along y against the step, logarithmic axis, for offsets 1e-2, 1e-4, 1e-8 and 1e-16: parallel straight lines that reach the distance 1 at steps 26, 51, 102 and 203, on the predicted marks."}}
from course_lib import landscapes
from course_lib.optimizers import descent

offsets, factor = np.array([1e-2, 1e-4, 1e-8, 1e-16, 1e-64, 1e-256]), 1.2
run = descent.minimize(landscapes.SADDLE, np.stack([np.ones(6), offsets], axis=1), "sgd", lr=0.1, n_steps=3300)
left = (np.abs(run.w[:, :, 1]) >= 1).argmax(axis=0)
predicted = np.ceil(np.log(1 / offsets) / math.log(factor))
assert (left == predicted).all()
fig, ax = plt.subplots()
for i, style in enumerate(["-", "--", "-.", ":"]):
    ax.semilogy(np.abs(run.w[:left[i] + 1, i, 1]), **look("sgd", marker=None, linestyle=style, label=rf"$\varepsilon=10^{{{-2**(i + 1)}}}$"))
ax.plot(predicted[:4], np.ones(4), "o", color="#009e73", markersize=10, label="predicted escape")
ax.set(xlabel="step $t$", ylabel="distance $|y_t|$", xlim=(-5, 290), ylim=(1e-17, 10), title="Squaring the offset only doubles the time")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Reading the figure:* parallel lines, one factor per step. $10^{-16}$ is $10^{-8}$ squared, and takes twice as long.
#
# What of a start *exactly* on the axis, $\varepsilon=0$? And how likely is it to come so close? If the start is uniform in $|y_0|\le1$, a run is still inside after $t$ steps when $|y_0|<1.2^{-t}$, so with probability $1.2^{-t}$. **Before you run the next cell:** which share of 10 000 random starts is left after 10 steps, which after 60? And what will happen when
# the start lies on the axis of a saddle that is *turned* by half a radian, where every product is rounded?

# %%
for epsilon, t, forecast in zip(offsets, left, predicted, strict=True):
    print(f"offset {epsilon:.0e}: predicted {forecast:.0f} steps, measured {t}")
starts = np.random.default_rng(4).uniform(-1, 1, (10_000, 2))
run = descent.minimize(landscapes.SADDLE, starts, "sgd", lr=0.1, n_steps=60)
for t in (5, 10, 60):
    print(f"still inside after {t:2} steps: predicted {1.2**-t:.2g}, measured {(np.abs(run.w[t, :, 1]) < 1).mean():.2g}")
on_axis = descent.minimize(landscapes.SADDLE, [1.0, 0.0], "sgd", lr=0.1, n_steps=10_000, keep_path=False).final
print(f"on the axis, 10 000 steps: distance {abs(on_axis[1]):.0f}")
turned = descent.minimize(landscapes.quadratic([2.0, -2.0], angle=0.5), [math.cos(0.5), math.sin(0.5)], "sgd", lr=0.1, n_steps=500)
print("on the axis of the turned saddle: left within 500 steps:", turned.diverged_at is not None)
assert on_axis[1] == 0 and turned.diverged_at > 100

# %% [markdown]
# On the axis it never leaves, for $0=1.2\cdot0$. But such starts have probability zero, and where coordinates are mixed even rounding, about $10^{-16}$, is enough to leave. This is a theorem: for strict saddles (isolated, a restriction lifted by Panageas and Piliouras 2017) and $lr<1/L$, gradient descent from a random start converges to a saddle with probability
# zero (Lee and others 2016). So it is not true that only modern methods leave saddles.
#
# "Almost surely" says nothing about *when*. Du and others (2017) built a function with a chain of saddles: while the run leaves one, it comes ever closer to the axis of the next. There plain gradient descent takes a time exponential in the dimension. With a little noise the number of steps to leave all strict saddles depends on the dimension only through logarithms (Jin and others 2017).
#
# ## Noise sets the clock
#
# Start exactly on the axis and add to the gradient along $y$, in every step, a normal number with standard deviation $\sigma$. With $q=1+lr\,|\lambda|$ the variance of $y_t$ is a geometric sum:
#
# $$y_t=q\,y_{t-1}-lr\,\sigma\,\xi_t\quad\Longrightarrow\quad \operatorname{var}y_t=(lr\,\sigma)^2\,\frac{q^{2t}-1}{q^2-1}\approx\tau^2q^{2t},\qquad\tau=\frac{lr\,\sigma}{\sqrt{q^2-1}} .$$
#
# So after a while $y_t\approx q^tz\tau$ with one standard normal $z$: as if the run had started without noise at the random offset $\varepsilon=\tau|z|$. The median of $|z|$ is $0.674$ and the mean of $\ln|z|$ is $-0.635$. This gives the median escape step and the mean, with $\tfrac12$ added to the mean for rounding up.
# (The approximation needs $\tau\ll1$.)
#
# **Before you run the next cell:** one escape needs 51 steps at $\sigma=10^{-3}$. How many at $\sigma=10^{-9}$, a million times less noise?

# %%
rng, lr, q = np.random.default_rng(5), 0.1, 1.2
for sigma in (1e-1, 1e-3, 1e-6, 1e-9):
    y, left = np.zeros(10_000), np.zeros(10_000)
    for t in range(1, 301):
        y = q * y - lr * sigma * rng.standard_normal(y.size)
        left = np.where((left == 0) & (np.abs(y) >= 1), t, left)
    tau = lr * sigma / math.sqrt(q**2 - 1)
    median = math.ceil(math.log(1 / (0.6745 * tau)) / math.log(q))
    mean = (math.log(1 / tau) + 0.635) / math.log(q) + 0.5
    print(f"sigma {sigma:.0e}: median predicted {median}, measured {np.median(left):.0f}; "
          f"mean predicted {mean:.1f}, measured {left.mean():.1f}")
    assert left.min() > 0 and abs(np.median(left) - median) <= 1 and abs(left.mean() - mean) < 0.3

# %% [markdown]
# A million times less noise costs 76 steps more. A strict saddle is a short stop for whoever is not exactly on its axis. This suggests a cheap insurance: walk as usual, and *only where the gradient is small* give a kick.
#
# ### Exercise 04.2 · Perturbed gradient descent
#
# Return the path `(n_steps + 1, n)`, start included, of this rule (after Jin and others 2017, who draw from the whole ball). In each step: if the gradient at `w` is no longer than `g_tol`, and the last kick was at least `wait` steps ago or there was none, first move `w` by a vector of length `radius` in a uniformly random direction. Then take a step of gradient
# descent from there. Do not change the array that you are given. (A vector of independent normal numbers, divided by its length, has a uniformly random direction.)

# %% tags=["exercise"]
def perturbed_gd(fun, w, *, lr, n_steps, radius, g_tol, wait, rng):
    """Return the path of gradient descent that is kicked where the gradient is small."""
    ### BEGIN SOLUTION
    path, last = [np.array(w, dtype=float)], -math.inf
    for t in range(1, n_steps + 1):
        w = path[-1]
        if np.linalg.norm(fun(w)[1]) <= g_tol and t - last >= wait:
            xi = rng.standard_normal(w.shape)
            w, last = w + radius * xi / np.linalg.norm(xi), t
        path.append(w - lr * fun(w)[1])
    return np.array(path)
    ### END SOLUTION

# %%
check.perturbed_gd(perturbed_gd)

# %% [markdown] tags=["solution"]
# After the kick the gradient is asked for again, at the new point. Why `wait`? A kicked run is still near the saddle, where the gradient is small; without a pause it would be kicked on and on, also at a minimum. A run that is back where it was after `wait` steps has found no way down: evidence of a minimum.

# %% [markdown]
# ## The slow one: $x^3$
#
# The cubic $x^3$ is often shown as the typical saddle. Notebook 01 called it a degenerate inflection: its second derivative is zero too, so there is no factor above 1. From $x_0>0$ the step is $x_t=x_{t-1}-3\,lr\,x_{t-1}^2$. Take reciprocals, for small $x$:
#
# $$\frac1{x_t}=\frac1{x_{t-1}}\cdot\frac1{1-3\,lr\,x_{t-1}}\approx\frac1{x_{t-1}}+3\,lr\qquad\Longrightarrow\qquad x_t\approx\frac1{3\,lr\,t} .$$
#
# With $x_0<1/(3\,lr)$ it never gets to the other side, where the loss falls for ever. Started beyond, at $-\varepsilon$, it does leave. The same reciprocal then *falls* in size by about $3\,lr$ a step, from $1/\varepsilon$ to $1$ at distance 1: about $1/(3\,lr\,\varepsilon)$ steps, where a strict saddle takes a multiple of $\ln(1/\varepsilon)$.
#
# **Before you run the next cell:** $lr=0.1$. How many steps from $\varepsilon=10^{-4}$ at each of the two?

# %% tags=["figure"] mystnb={"image": {"alt": "Logarithmic axes: distance to the critical point against the step up to 10 000. On x cubed, gradient descent from 1 bends onto the predicted line 1 over 0.3 t and keeps creeping; on the strict saddle from offset 1e-4 the distance along y shoots up through 1 at step 51."}}
t = np.arange(1, 10_001)
cubic = descent.minimize(landscapes.CUBIC, [1.0], "sgd", lr=0.1, n_steps=10_000)
strict = descent.minimize(landscapes.SADDLE, [1.0, 1e-4], "sgd", lr=0.1, n_steps=55)
fig, ax = plt.subplots()
ax.loglog(t, 1 / (0.3 * t), color="0.75", linewidth=6, label="predicted, $1/(3\\,lr\\,t)$")
ax.loglog(t, cubic.w[1:, 0], **look("sgd", marker=None, label="$x^3$ from $x_0=1$: stalls"))
ax.loglog(t[:55], strict.w[1:, 1], **look("sgd", marker=None, linestyle="--", label=r"$x^2-y^2$ from $\varepsilon=10^{-4}$: leaves"))
ax.set(xlabel="step $t$", ylabel="distance to the critical point", ylim=(1e-5, 10), title="A strict saddle lets go; $x^3$ does not")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Reading the figure:* the strict saddle lets go at step 51. On $x^3$ the run obeys $1/(3\,lr\,t)$ and will do so for ever.

# %%
for t in (100, 1000, 10_000):
    print(f"x^3, x at t = {t:5}: predicted {1 / (0.3 * t):.3g}, measured {cubic.w[t, 0]:.3g}, ratio {0.3 * t * cubic.w[t, 0]:.3f}")
assert (cubic.w > 0).all() and abs(0.3 * t * cubic.w[t, 0] - 1) < 2e-3
for epsilon in (1e-2, 1e-4):
    run = descent.minimize(landscapes.CUBIC, [-epsilon], "sgd", lr=0.1, n_steps=40_000)
    left, predicted = int((run.w[:, 0] <= -1).argmax()), 1 / (0.3 * epsilon)
    strict = math.ceil(math.log(1 / epsilon) / math.log(1.2))
    print(f"from {-epsilon:.0e}: predicted about {predicted:.0f} steps, measured {left}; a strict saddle with lambda = -2: {strict}")
    assert abs(left / predicted - 1) < 0.02

# %% [markdown]
# ## Do adaptive methods leave sooner?
#
# RMSprop divides each *coordinate* of the gradient by its recent size, and Adam does so with an average of gradients (notebooks 13 and 14). If the way down is itself a coordinate, a tiny gradient along it becomes a full step. If it lies askew, each coordinate also sees the steep direction, and the division does not know about directions.
#
# The test: a saddle with eigenvalues $1$ and $-0.01$, once along the axes and once turned by 45 degrees. The 50 starts are the same points of the landscape in both: about 1 from the saddle along the steep direction, and an offset $\varepsilon$ of about $10^{-3}$ along the way down. A run has escaped at the first step at which the loss is at or below $-0.005$, its value at distance 1 on the way down.
# Each method, in each position, gets a learning rate of its own: the one with the smallest median number of steps, out of 31 from $0.001$ to $5.6$, a factor of $10^{1/8}$ apart.
#
# **Predictions.** Gradient descent and heavy ball only add and scale gradients, so turning the landscape turns the run, and changes nothing else. With rate $lr$, descent takes $\ln(1/\varepsilon)/\ln(1+0.01\,lr)$ steps. Heavy ball obeys $y_{t+1}=(1+\beta+0.01\,lr)\,y_t-\beta\,y_{t-1}$. Its growth factor is the larger root of $z^2-(1+\beta+0.01\,lr)\,z+\beta=0$.
#
# RMSprop on the *turned* saddle: both coordinates see $1/\sqrt2$ of the steep gradient, so both are divided by the same number, and that makes it plain gradient descent with the rate $lr/\sqrt v$. As the steep direction dies out, $v$ shrinks, so the rate grows, until it stands at $2$, the edge of stability for curvature 1. There the run bounces in the steep direction, and along the way down it grows by the factor $1+2\cdot0.01$ a step, whatever its $lr$: for $\varepsilon=10^{-3}$ about $\ln(10^3)/\ln1.02=349$ steps. (More, where $lr$ is so large that the loss of the bounce must be outgrown first.)
# On the axes nothing holds it back: one step can be as long as the distance.

# %%
lam, rates = np.array([1.0, -0.01]), 10.0**np.arange(-3, 0.76, 0.125)
rng = np.random.default_rng(6)
c = rng.choice([-1, 1], (50, 2)) * rng.uniform(0.8, 1.2, (50, 2)) * [1, 1e-3]  # steep direction, way down
saddles = {angle: landscapes.quadratic(lam, angle=angle) for angle in (0.0, math.pi / 4)}

def turn(c, angle):
    return c @ np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])

def steps_to_escape(name, angle):
    starts, lr = np.tile(turn(c, angle), (rates.size, 1)), np.repeat(rates, len(c))[:, None]
    below = descent.minimize(saddles[angle], starts, name, lr=lr, n_steps=800, keep_path=False).loss <= -0.005
    steps = np.where(below.any(axis=0), below.argmax(axis=0), np.inf).reshape(rates.size, len(c))
    return np.median(steps, axis=1)

# %% [markdown]
# The medians of all rates are in hand; the best one counts. **Before you run the next cell:** rank the four methods, on the axes and turned.

# %%
best = {}
for name in ("sgd", "momentum", "rmsprop", "adam"):
    medians = {angle: steps_to_escape(name, angle) for angle in saddles}
    best[name] = {angle: (rates[steps.argmin()], steps.min()) for angle, steps in medians.items()}
    (lr, steps), (lr_turned, steps_turned) = best[name].values()
    print(f"{name:9} aligned {steps:3.0f} steps (lr {lr:.2g})   turned by 45 degrees {steps_turned:3.0f} steps (lr {lr_turned:.2g})")
    assert name in ("rmsprop", "adam") or (lr, steps) == (lr_turned, steps_turned)

# %% [markdown]
# Now the predictions, at the best rates and for the median offset. Heavy ball starts with $y_1=(1+0.01\,lr)\,y_0$, and not all of that grows: with the two roots $z>z'$, the growing part of $y_t$ is $z^t\,y_0\,(1+0.01\,lr-z')/(z-z')$.

# %%
typical = np.median(np.abs(c[:, 1]))
lr = {name: best[name][0.0][0] for name in ("sgd", "momentum")}
z_small, z = np.sort(np.roots([1, -(1.9 + 0.01 * lr["momentum"]), 0.9]))
growing = typical * (1 + 0.01 * lr["momentum"] - z_small) / (z - z_small)
predicted = {("sgd", 0.0): math.log(1 / typical) / math.log(1 + 0.01 * lr["sgd"]),
             ("momentum", 0.0): math.log(1 / growing) / math.log(z),
             ("rmsprop", math.pi / 4): math.log(1 / typical) / math.log(1.02)}
for (name, angle), steps in predicted.items():
    print(f"{name:9} {'turned' if angle else 'aligned':8} predicted {steps:.0f}, measured {best[name][angle][1]:.0f}")
    assert abs(steps / best[name][angle][1] - 1) < 0.06

# %% [markdown]
# Descent and heavy ball agree in both positions, as they must. Heavy ball needs two steps more than predicted, because at its best rate the steep direction has not quite died out.
#
# The adaptive methods take 2 or 3 steps if the way down is an axis: their best rate is simply a step as long as the distance. Turned, RMSprop is no better than well-tuned descent, and Adam, which contains an average of gradients, lies between. Both lose to heavy ball there. The figure shows one start, $(1, 10^{-3})$, with the same rates.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels, both axes logarithmic: distance along the way down against the step, for four methods. On the left, aligned, rmsprop and adam jump to distance 1 within three steps, momentum takes about 55 and sgd about 390. On the right, turned by 45 degrees, sgd and momentum are unchanged, adam needs about 150 and rmsprop climbs as slowly as sgd."}}
fig, axes = plt.subplots(1, 2, figsize=(8.6, 4.2), sharex=True, sharey=True)
for ax, (angle, saddle), where in zip(axes, saddles.items(), ("aligned with the axes", "turned by 45 degrees"), strict=True):
    for name in best:
        run = descent.minimize(saddle, turn(np.array([[1.0, 1e-3]]), angle), name, lr=best[name][angle][0], n_steps=450)
        down = np.abs(turn(run.w[:, 0], -angle)[:, 1])
        ax.loglog(np.arange(1, len(down)), down[1:], **look(name))
    ax.set(xlabel="step", ylim=(5e-4, 3), xlim=(0.9, 600))
    ax.set_title(where, fontsize=12.5)
axes[0].set_ylabel("distance along the way down")
axes[1].legend(loc="upper left")
fig.suptitle("Adaptive methods leave at once, if the way down is an axis", x=0.01, ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# *Reading the figure:* black and blue are the same on both sides. Red and purple arrive within three steps on the left; on the right they need about 50 and more than 100 times as many. So "adaptive methods escape saddles faster" is a statement about axes. There is another way in which adaptivity can help: it makes the *noise* of sampled gradients more equal in all directions (Staib and others 2019, in theory). Here there was no noise.

# %% [markdown]
# ## Summary
#
# | question | answer | for |
# |---|---|---|
# | steps to leave a strict saddle from offset $\varepsilon$ | $\ln(1/\varepsilon)/\ln(1+lr\,\vert\lambda\vert)$ | gradient descent along an eigenvector, to distance 1 |
# | the same with noise $\sigma$ in the gradient | median: $\varepsilon=0.674\,lr\,\sigma/\sqrt{q^2-1}$, $q=1+lr\,\vert\lambda\vert$ | small noise, start on the axis |
# | steps to leave $x^3$ from $-\varepsilon$ | about $1/(3\,lr\,\varepsilon)$; from $+\varepsilon$ never | gradient descent, $x_0<1/(3\,lr)$ |
#
# - Plain gradient descent leaves strict saddles from almost every start. How soon is a matter of $\ln(1/\varepsilon)$.
# - Methods that scale each coordinate depend on how the axes lie. Descent and heavy ball do not.

# %% [markdown]
# ## Questions to ask yourself
#
# **1.** A run hovers at a loss that hardly changes, and then drops. Was it a strict saddle? What would you measure?
#
# <details>
# <summary>Answer</summary>
#
# Follow the distance from the hovering point on a logarithmic axis. A straight line rising means a fixed factor per step: a strict saddle, and the slope gives $lr\,|\lambda|$. A creep like $1/t$ speaks for a degenerate point. And measure the gradient: it may not be a critical point at all, only a flat valley.
#
# </details>
#
# **2.** You make the noise of the gradients a thousand times smaller. By how many steps is an escape delayed, with $q=1.2$?
#
# <details>
# <summary>Answer</summary>
#
# By $\ln1000/\ln1.2\approx38$ steps, at whatever level of noise you began.
#
# </details>
#
# **3.** Adam leaves a saddle at once in your experiment. What should you try before you say that it is good at leaving saddles?
#
# <details>
# <summary>Answer</summary>
#
# Turn the landscape, tune again, and add heavy ball to the comparison.
#
# </details>
#
# ## Go deeper
#
# - J. Lee, M. Simchowitz, M. Jordan, B. Recht, *Gradient descent only converges to minimizers* (2016), arXiv 1602.04915; I. Panageas, G. Piliouras, *Gradient descent only converges to minimizers: non-isolated critical points and invariant regions* (2017), arXiv 1605.00405.
# - S. Du and others, *Gradient descent can take exponential time to escape saddle points* (2017), arXiv 1705.10412; C. Jin and others, *How to escape saddle points efficiently* (2017), arXiv 1703.00887.
# - M. Staib and others, *Escaping saddle points with adaptive gradient methods* (2019), arXiv 1901.09149.
#
# **Next:** the other way round: what can be said about the speed where there is a minimum? [05: Descend the gradient](05_descend_the_gradient.ipynb)
