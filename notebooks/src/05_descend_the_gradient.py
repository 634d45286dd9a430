# %% [markdown]
# # 05 · Descend the gradient
#
# *How fast is gradient descent, and when does it blow up?*
#
# Gradient descent is one line of code with one number to choose. At the end of this notebook you can say, before a run
# on a quadratic, how many steps it needs, or at which step it blows up.
#
# **You will do:** write gradient descent; compute the largest learning rate that it survives, and the best one; find
# both again by experiment.
#
# **You will learn:** what a learning rate has to do with curvature; why a run zig-zags; what the **condition number**
# costs; what a small gradient says about the distance that is left.
#
# **You need:** gradients, Hessians and their eigenvalues, as in
# [01: Classify critical points](01_classify_critical_points.ipynb).
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# Here is one valley, four times, with thirty steps of gradient descent from the same start (ringed). Only the learning
# rate differs. The cell uses two tools of the course: `plotting` draws, and `descent.minimize` runs. You will write such
# a run yourself in a moment.

# %% tags=["figure"] mystnb={"image": {"alt": "Four panels with the level lines of one tilted valley and thirty steps of gradient descent from the same ringed start. With rate 0.01 the path turns into the valley and stops halfway along it; with 0.09 it runs along the valley to the minimum; with 0.18 it zig-zags across the valley and reaches the minimum; with 0.21 the zig-zag grows and leaves the picture."}}
from course_lib import landscapes, plotting
from course_lib.optimizers import descent

valley = landscapes.quadratic([1.0, 10.0], angle=0.6)
fig, axes = plt.subplots(1, 4, figsize=(9.6, 3.3), sharey=True)
for ax, lr in zip(axes, (0.01, 0.09, 0.18, 0.21), strict=True):
    run = descent.minimize(valley, [0.3, 1.9], "sgd", lr=lr, n_steps=30)
    plotting.contours(ax, valley, window=((-2.2, 2.2), (-2.2, 2.2)), levels=9)
    plotting.path(ax, run.w, "sgd", markevery=1, markersize=3, linewidth=1)
    ax.set_title(f"lr {lr}\nloss {run.loss[-1]:.1g}", fontsize=12.5)
    ax.label_outer()
plt.show()

# %% [markdown]
# *Reading the figure:* the loss after thirty steps stands above each panel. The first rate is too small, the last one is
# too large, and the two between them arrive in quite different ways. All four pictures can be computed beforehand.
#
# ## One line from 1847
#
# Let $f(w)$ be the loss at the point $w$, and $g(w)$ its gradient. After a small step, the loss has changed by about
# the slope in that direction times the length of the step. So a step against the gradient, with a small number
# $\mathrm{lr}$, the **learning rate**, gives
#
# $$f(w - \mathrm{lr}\, g) \approx f(w) - \mathrm{lr}\, |g|^2 ,$$
#
# where $|g|$ is the length of $g$. The loss goes down if $\mathrm{lr}$ is small enough. Augustin-Louis Cauchy proposed
# this in 1847, to solve systems of equations. How small is small enough? That is what this notebook is about.
#
# Here is the rule, exactly as the library has it. `state` is what a rule remembers between steps; this one remembers
# nothing. It is called `sgd`, **stochastic gradient descent**, because the line is the same whether `g` comes from all
# examples or from a random few (notebook 08). In this notebook `g` is always exact.

# %% tags=["mirrors:course_lib.optimizers.rules.sgd"]
def sgd(w, g, state, *, lr):
    """Step against the gradient."""
    w = w - lr * g
    return w, {}

# %% [markdown]
# ### Exercise 05.1 · Write the loop
#
# A rule is not yet a run. Write the loop: from the point `w`, take exactly `n_steps` steps of gradient descent. Return
# the path as an array of shape `(n_steps + 1, n)`, start included. `fun(w)` returns the pair `(loss, grad)`, as
# everywhere in this course. Leave the start that you are given unchanged.

# %% tags=["exercise"]
def gd(fun, w, *, lr, n_steps):
    """Return the path (n_steps + 1, n) of gradient descent from w."""
    ### BEGIN SOLUTION
    path = [np.array(w, dtype=float)]
    for _ in range(n_steps):
        _, g = fun(path[-1])
        path.append(path[-1] - lr * g)
    return np.array(path)
    ### END SOLUTION

# %%
check.gd(gd)

# %% [markdown]
# From here on `descent.minimize(fun, w, "sgd", lr=..., n_steps=...)` does this. It also records the loss and the length
# of the gradient, runs many starts at once, and notices when a run diverges.
#
# ## One dimension tells almost everything
#
# Take the parabola $f(w) = \tfrac12 \lambda w^2$. Its curvature is $\lambda > 0$ and its gradient is $\lambda w$. So one
# step is
#
# $$w_t = w_{t-1} - \mathrm{lr}\,\lambda\, w_{t-1} = q\, w_{t-1}, \qquad q = 1 - \mathrm{lr}\,\lambda, \qquad\text{hence}\qquad w_t = q^t\, w_0 .$$
#
# Everything depends on this one factor $q$:
#
# | learning rate | factor | the run |
# |---|---|---|
# | $0 < \mathrm{lr} < 1/\lambda$ | $0 < q < 1$ | creeps in from one side |
# | $\mathrm{lr} = 1/\lambda$ | $q = 0$ | arrives in one step |
# | $1/\lambda < \mathrm{lr} < 2/\lambda$ | $-1 < q < 0$ | jumps over the minimum each time, and closer |
# | $\mathrm{lr} = 2/\lambda$ | $q = -1$ | jumps to and fro for ever |
# | $\mathrm{lr} > 2/\lambda$ | $q < -1$ | jumps over it, and further away each time |
#
# **Before you run the next cell:** let $\lambda = 4$. Which run converges faster, the one with $\mathrm{lr} = 0.05$ or
# the one with the nine times larger $\mathrm{lr} = 0.45$?

# %% tags=["figure"] mystnb={"image": {"alt": "Four panels of the weight against the step number on a parabola of curvature 4, from 1. With rate 0.05 it falls slowly to zero from one side; with 0.25 it is zero after one step; with 0.45 it swings around zero and shrinks as slowly as the first; with 0.55 it swings ever wider."}}
lam = 4.0
rates = np.array([[0.05], [0.25], [0.45], [0.55]])
parabola = landscapes.quadratic([lam])
run = descent.minimize(parabola, np.ones((4, 1)), "sgd", lr=rates, n_steps=10)

fig, axes = plt.subplots(1, 4, figsize=(9.6, 3.4), sharey=True)
for k, ax in enumerate(axes):
    ax.axhline(0, color="0.6", linewidth=1)
    ax.plot(run.w[:, k, 0], **look("sgd", markevery=1, linewidth=1.2))
    ax.set(title=f"lr {rates[k, 0]}", xlabel="step $t$", ylim=(-3, 3))
axes[0].set_ylabel("weight $w_t$")
plt.show()

# %% [markdown]
# *Reading the figure:* the first and the third run lose the same share of their distance in each step, since
# $|q| = 0.8$ in both. Far too small and nearly too large cost the same. The last run diverges.
#
# Divergence can be predicted too. The library says that a run has diverged when a coordinate passes $10^8$, and keeps
# the step number in `run.diverged_at`. With $q = -1.2$ we have $|w_t| = 1.2^t$.
#
# **Predict** the step at which this run diverges: where does $1.2^t$ pass $10^8$?

# %%
for lr in rates[:3, 0]:
    q = 1 - lr * lam
    w = descent.minimize(parabola, [1.0], "sgd", lr=lr, n_steps=10).final[0]
    print(f"lr {lr:.2f}: q = {q:4.1f}, w_10 predicted {q**10:.3f}, measured {w:.3f}")

wild = descent.minimize(parabola, [1.0], "sgd", lr=0.55, n_steps=1000)
predicted = np.ceil(np.log(1e8) / np.log(1.2))
print(f"lr 0.55: diverges at step {wild.diverged_at}, predicted {predicted:.0f}")

# %% tags=["guard"]
assert np.allclose(run.w[:, :, 0], (1 - rates[:, 0] * lam) ** np.arange(11)[:, None])
assert wild.diverged_at == predicted == 102

# %% [markdown]
# ## Many dimensions are many parabolas
#
# Now let $f(w) = \tfrac12 w^\top H w$. The Hessian $H$ is a symmetric matrix with positive eigenvalues
# $\lambda_1, \dots, \lambda_n$. Then $g = Hw$, and a step is $w_t = (I - \mathrm{lr}\,H)\,w_{t-1}$. Write $w$ in the
# eigenvectors of $H$. Each component $c_i$ is multiplied by a factor of its own, and does not depend on the others:
#
# $$c_i(t) = (1 - \mathrm{lr}\,\lambda_i)^t\, c_i(0) .$$
#
# So a run in many dimensions is many runs in one dimension, side by side, with one learning rate for all of them. In
# the valley of the first figure the curvatures are 1 (along the valley) and 10 (across it).
#
# **Predict:** with $\mathrm{lr} = 0.18$, in how many of 30 steps does the run cross the valley's axis? And with
# $\mathrm{lr} = 0.09$?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of eigenvector components against the step, both from 1. With rate 0.18 the component along the valley (filled circles) falls smoothly and the one across it (open squares) alternates in sign while shrinking equally fast. With rate 0.09 the component across is near zero after one step, and the one along falls half as fast. All marks lie on grey predicted lines."}}
curvatures, Q = np.linalg.eigh(valley.hess(np.zeros(2)))  # columns of Q: eigenvectors
t = np.arange(31)
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), sharey=True)
for ax, lr in zip(axes, (0.18, 0.09), strict=True):
    run = descent.minimize(valley, Q @ [1.0, 1.0], "sgd", lr=lr, n_steps=30)
    along, across = (run.w @ Q).T
    for lam in curvatures:
        ax.plot(t, (1 - lr * lam) ** t, color="0.8", linewidth=5)
    ax.plot(t, along, "ko", markersize=4, label="along the valley")
    ax.plot(t, across, "ks", markersize=5, fillstyle="none", label="across the valley")
    crossings = np.sum(across[1:] * across[:-1] < -1e-20)
    ax.set(xlabel="step $t$", title=f"lr {lr}: {crossings} crossings")
axes[0].set_ylabel("component of $w_t$")
axes[1].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* grey is the prediction, black the run. With 0.18 the factor across is $1 - 1.8 = -0.8$, so the
# run changes sides in every step: this alternating sign *is* the **zig-zag**. With 0.09 the factor across is $+0.1$ and
# nothing zig-zags, but the run is *slower*: the factor along the valley is 0.91 in place of 0.82. The zig-zag is a
# symptom of a rate that is large enough for the flat direction.

# %% tags=["guard"]
assert np.allclose(along, 0.91**t)
assert np.isclose(1 - 0.18, 0.82) and round(9 / 11, 2) == 0.82
assert np.allclose(across, 0.1**t, atol=1e-12)

# %% [markdown]
# ### Exercise 05.2 · The largest stable learning rate
#
# Given `H`, symmetric with positive eigenvalues, return the boundary: below it, gradient descent on
# $\tfrac12 w^\top H w$ converges from every start; above it, from almost none.

# %% tags=["exercise"]
def largest_stable_lr(H):
    """Return the rate at which descent with the Hessian H (n, n) begins to diverge."""
    ### BEGIN SOLUTION
    return 2 / np.linalg.eigvalsh(H)[-1]
    ### END SOLUTION

# %%
check.largest_stable_lr(largest_stable_lr)

# %% [markdown] tags=["solution"]
# All factors must satisfy $-1 < 1 - \mathrm{lr}\,\lambda_i < 1$. The right-hand side holds for every
# $\mathrm{lr} > 0$; the left-hand side says $\mathrm{lr} < 2/\lambda_i$, and the largest eigenvalue makes the tightest
# demand.

# %% [markdown]
# ## Find the boundary by experiment
#
# Let $L$ be the largest eigenvalue. The claim is $\mathrm{lr} < 2/L$. The next cell tests it without using it, by
# bisection: try the rate in the middle of an interval. If the gradient is shorter after 400 steps than at the start,
# keep the upper half of the interval, else the lower half. Repeat 20 times.

# %%
def boundary(fun, start, low=0.0, high=1.0):
    for _ in range(20):
        lr = (low + high) / 2
        norm = descent.minimize(fun, start, "sgd", lr=lr, n_steps=400).grad_norm
        if norm[-1] < norm[0]:
            low = lr
        else:
            high = lr
    return low

# %% [markdown]
# Near a minimum $w^*$ of *any* smooth function, $g(w) \approx H(w^*)\,(w - w^*)$. So very close to it the boundary
# should be $2/L$ with the largest eigenvalue of $H(w^*)$. Himmelblau's and Rosenbrock's functions test this, from
# starts that are a millionth away from a minimum.
#
# The last two rows test the limits of the claim. For $x^4$ the curvature at the minimum is zero. From $x_0$ the first
# step leads to $x_0\,(1 - 4\,\mathrm{lr}\,x_0^2)$, which is closer to 0 only if $\mathrm{lr} < 1/(2x_0^2)$.
#
# **Predict:** is there one rate that is safe for $x^4$ from every start?

# %%
cases = [(valley, 0, 0), (landscapes.HIMMELBLAU, 3, 2), (landscapes.ROSENBROCK, 1, 1)]
for f, x, y in cases:
    w = np.array([x, y])
    predicted = 2 / np.linalg.eigvalsh(f.hess(w))[-1]
    measured = boundary(f, w + 1e-6)
    print(f"{f.name:15}: predicted {predicted:.4f}, measured {measured:.4f}")
for x0 in (1, 10):
    predicted = 1 / (2 * x0**2)
    measured = boundary(landscapes.QUARTIC, [x0, 0])
    print(f"x^4 from x0 = {x0:2}: predicted {predicted:.4f}, measured {measured:.4f}")

# %% tags=["guard"]
for f, x, y in cases:
    w = np.array([x, y])
    L = np.linalg.eigvalsh(f.hess(w))[-1]
    assert np.isclose(boundary(f, w + 1e-6), 2 / L, rtol=1e-3)
assert np.isclose(measured, predicted, rtol=1e-3)

# %% [markdown]
# The local boundary is right in all three landscapes. For $x^4$ the boundary depends on the start, so no rate is safe
# for all of them.
#
# ## Where is the best rate?
#
# Below the boundary, the slowest component decides how fast the error shrinks. With curvatures from $\mu$ to $L$ its
# factor is
#
# $$q = \max\big(|1 - \mathrm{lr}\,\mu|,\; |1 - \mathrm{lr}\,L|\big) .$$
#
# On a logarithmic axis $q^t$ is a straight line. So the factor of a run can be measured: fit a line to the logarithm
# of the error, and take the exponential of its slope. The cell does so at 40 rates, for $\mu = 1$ and $L = 10$.
#
# **Predict** the curve of $q$ against $\mathrm{lr}$. Where is its lowest point, and how far is that from the
# boundary, 0.2?

# %% tags=["figure"] mystnb={"image": {"alt": "The factor per step against the learning rate from 0 to 0.2, for curvatures 1 and 10. Measured dots lie on the predicted grey line: it falls in a straight line from 1 to 0.82 at rate 0.182 and then rises steeply to 1 at rate 0.2."}}
mu = 1.0
L = 10.0
lr = np.linspace(0.005, 0.2, 40)[:, None]
run = descent.minimize(valley, np.tile([1.0, 2.0], (40, 1)), "sgd", lr=lr, n_steps=400)
log_error = np.log(np.linalg.norm(run.w[200:], axis=-1))
measured = np.exp(np.polyfit(np.arange(200, 401), log_error, 1)[0])

fine = np.linspace(0, 0.2, 1001)
predicted = np.maximum(abs(1 - fine * mu), abs(1 - fine * L))
fig, ax = plt.subplots()
ax.plot(fine, predicted, color="0.75", linewidth=5, label="predicted")
ax.plot(lr, measured, "ko", markersize=4, label="fitted to 40 runs")
ax.set(xlabel="learning rate", ylabel="factor $q$ per step", title="Speed against rate")
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* the best place is next to the cliff. To the left of the corner the flat direction $\mu$ decides,
# to the right the steep direction $L$. The best rate is only nine per cent below the one at which the run stops
# converging.
#
# ### Exercise 05.3 · The best constant learning rate
#
# Compute the corner. Given `mu` and `L`, return the pair of the best constant learning rate and the factor $q < 1$ by
# which the error is multiplied in each step at that rate.

# %% tags=["exercise"]
def best_lr(mu, L):
    """Return (lr, q): the rate with the smallest worst factor, and that factor."""
    ### BEGIN SOLUTION
    lr = 2 / (L + mu)
    return lr, (L - mu) / (L + mu)
    ### END SOLUTION

# %%
check.best_lr(best_lr)

# %% [markdown] tags=["solution"]
# In the corner $1 - \mathrm{lr}\,\mu = \mathrm{lr}\,L - 1$, so $\mathrm{lr} = 2/(L+\mu)$. Put it back:
# $1 - 2\mu/(L+\mu) = (L-\mu)/(L+\mu)$. Any other constant rate makes one of the two branches larger.

# %% tags=["guard"]
theory = np.maximum(abs(1 - lr * mu), abs(1 - lr * L))[:, 0]
assert np.allclose(measured, theory, atol=1e-3)
assert np.isclose(fine[predicted.argmin()], 2 / (L + mu), atol=2e-4)
assert np.isclose(2 / (L + mu), 0.182, atol=5e-4)

# %% [markdown]
# ## What the condition number costs
#
# Only the ratio $\kappa = L/\mu$ matters for the best factor: $q = (\kappa - 1)/(\kappa + 1)$. This ratio is the
# **condition number**. To shrink an error by a million we need $q^t \le 10^{-6}$, so
#
# $$t = \left\lceil \frac{6\ln 10}{\ln\frac{\kappa+1}{\kappa-1}} \right\rceil \approx 6.9\,\kappa .$$
#
# **Predict:** this formula knows $\kappa$ and not the dimension. Does a run in a hundred dimensions, with curvatures
# spread from 1 to $\kappa$, need more steps than a run in the plane?

# %% tags=["figure"] mystnb={"image": {"alt": "Log-log plot of the steps to a millionth of the first error against the condition number from 3 to 1000. A grey predicted line rises with slope one. Filled circles for two dimensions lie on it; open squares for a hundred dimensions lie a little below it."}}
kappas = np.array([3, 10, 30, 100, 300, 1000])
predicted = np.ceil(6 * np.log(10) / np.log((kappas + 1) / (kappas - 1)))
needed = {2: [], 100: []}
for n in needed:
    for kappa in kappas:
        bowl = landscapes.quadratic(np.geomspace(1, kappa, n))
        best = 2 / (kappa + 1)
        run = descent.minimize(bowl, np.ones(n), "sgd", lr=best, n_steps=8 * kappa)
        error = np.linalg.norm(run.w, axis=-1)
        needed[n].append(descent.settled(error, 1e-6 * error[0]))

fig, ax = plt.subplots()
ax.loglog(kappas, predicted, color="0.75", linewidth=5, label="predicted")
ax.loglog(kappas, needed[2], "ko", label="2 dimensions")
ax.loglog(kappas, needed[100], "ks", fillstyle="none", label="100 dimensions")
ax.set(xlabel=r"condition number $\kappa$", ylabel="steps at the best rate")
ax.set_title("Steps to a millionth")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* ten times the condition number costs ten times the steps. In two dimensions the prediction is
# exact. In a hundred dimensions this run needs *fewer* steps, since most components shrink faster than $q$ and take
# their share of the error with them. Gradient descent takes many steps because of $\kappa$, not because of many weights.

# %%
for k, kappa in enumerate(kappas):
    counts = f"in the plane {needed[2][k]:.0f}, in 100 dimensions {needed[100][k]:.0f}"
    print(f"kappa {kappa:4}: predicted {predicted[k]:.0f}, needed {counts}")

# %% tags=["guard"]
assert list(predicted) == needed[2]
assert (np.array(needed[100]) < predicted).all()

# %% [markdown]
# A remark on the scope. The rate $2/(L+\mu)$ needs $\mu$, which is seldom known. The cautious $\mathrm{lr} = 1/L$ has
# the factor $1 - 1/\kappa$, and takes about twice as many steps.
#
# ## Which knob matters?
#
# A valley has a shape, $\kappa$, and a direction, the angle between its axis and the coordinate axes.
#
# **Before you run the next cell:** three valleys, each with its best rate. The second is the first, turned by 40°. The
# third is turned too, but has $\kappa = 4$ in place of 25. Which of the three runs are equally fast?

# %% tags=["figure"] mystnb={"image": {"alt": "Three contour plots of a valley with a path of gradient descent from a ringed start. With kappa 25 along the axes and with kappa 25 turned by 40 degrees the path zig-zags across the narrow valley and is still far from the minimum after 30 steps; with kappa 4 it reaches the minimum in a few zig-zags."}}
from course_lib import panels

fig, axes = plt.subplots(1, 3, figsize=(9.6, 4.2))
for ax, kappa, degrees in zip(axes, (25, 25, 4), (0, 40, 40), strict=True):
    panels.draw_descent(ax, kappa=kappa, degrees=degrees, lr=2 / (1 + 1 / kappa))
plt.show()

# %% [markdown]
# *Reading the figure:* the first two paths are one path, turned. Gradient descent does not see the axes: turn the
# valley and the start, and every gradient and every step turns with them. Only $\kappa$ counts.
#
# The next cell draws the same picture with sliders for angle, $\kappa$ and rate (in units of $1/L$). Run it in
# JupyterLab. **Try:** at which rate does the zig-zag begin? At which does the run leave the valley? Does the angle
# change either?

# %% tags=["nbval-ignore-output"]
panels.conditioning()

# %% [markdown]
# ## When to stop
#
# The usual rule is to stop when $|g|$ falls below a tolerance. How far from the minimum is the run then? On a quadratic
# $g = Hw$, so $|g|$ lies between $\mu\,|w|$ and $L\,|w|$. Therefore the distance $|w|$ is at most $|g|/\mu$.
#
# **Predict:** the tolerance is $10^{-4}$, and $L = 1$. How far away may the run stop if $\mu = 0.005$?

# %%
tol = 1e-4
for mu in (0.5, 0.05, 0.005):
    bowl = landscapes.quadratic([mu, 1.0])
    run = descent.minimize(bowl, [1.0, 1.0], "sgd", lr=1.0, n_steps=10_000, tol=tol)
    distance = np.linalg.norm(run.final)
    bound = tol / mu
    count = f"{run.n_steps:3} steps"
    print(f"mu {mu:<5}: {count}, at most {bound:.4f} away, measured {distance:.4f}")

# %% tags=["guard"]
assert 0.9 * bound < distance <= bound

# %% [markdown]
# The bound is nearly reached. In a flat valley a small gradient is no proof of a small distance. What *can* be proved,
# and for which functions, is the subject of the next notebook.
#
# ## Summary
#
# - On a quadratic each eigenvector's component is multiplied by $1 - \mathrm{lr}\,\lambda$ in every step.
# - The *largest* curvature limits the rate: $\mathrm{lr} < 2/L$. The *smallest* one sets the speed.
# - The best constant rate is $2/(L+\mu)$, next to the cliff; its factor is $(\kappa-1)/(\kappa+1)$, so the number of
#   steps grows in proportion to $\kappa$.
# - A rotation of the landscape changes nothing. Neither does the dimension as such.
# - $|g| \le \mathit{tol}$ says that the distance is at most $\mathit{tol}/\mu$, which is large where the valley is flat.

# %% [markdown]
# ## Questions to ask yourself
#
# **1.** A run with $\mathrm{lr} = 0.1$ converges without swinging, and one with $\mathrm{lr} = 0.3$ swings and converges
# equally fast. The loss is a parabola. Which rate converges in one step?
#
# <details>
# <summary>Answer</summary>
#
# The factors are $1 - 0.1\lambda = -(1 - 0.3\lambda)$, so $\lambda = 5$ and $\mathrm{lr} = 1/\lambda = 0.2$.
#
# </details>
#
# **2.** You multiply a loss by 10. What happens to $L$, to $\mu$, to $\kappa$, to the largest stable rate, and to the
# number of steps at the best rate?
#
# <details>
# <summary>Answer</summary>
#
# $L$ and $\mu$ are ten times larger and $\kappa$ is unchanged. The largest stable rate is ten times smaller. The number
# of steps at the best rate is the same.
#
# </details>
#
# **3.** A run zig-zags. Should you lower the rate?
#
# <details>
# <summary>Answer</summary>
#
# Not for that reason alone. On a quadratic the best constant rate zig-zags. A lower rate removes the zig-zag, and the
# flat direction becomes slower.
#
# </details>
#
# **4.** Training stops at a tolerance of $10^{-4}$. You multiply the loss by 1000 and start again, with the rate divided
# by 1000. Does it stop at the same step?
#
# <details>
# <summary>Answer</summary>
#
# No. The points are the same, and every gradient is 1000 times longer, so it stops later. A tolerance has the unit of
# the gradient.
#
# </details>
#
# ## Go deeper
#
# - A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*, Comptes rendus de l'Académie
#   des sciences 25, 536–538 (1847). On its history: C. Lemaréchal,
#   [*Cauchy and the gradient method*](https://doi.org/10.4171/dms/6/27), Documenta Mathematica, extra volume ISMP,
#   251–254 (2012).
# - G. Goh, [*Why momentum really works*](https://doi.org/10.23915/distill.00006), Distill (2017): its first part is this
#   notebook in interactive pictures.
# - J. Nocedal, S. Wright, [*Numerical optimization*](https://doi.org/10.1007/978-0-387-40065-5), second edition (2006):
#   chapter 3 on steepest descent.
#
# **Next:** which of this survives when the loss is not a quadratic?
# [06: Know what is guaranteed](06_know_what_is_guaranteed.ipynb)
