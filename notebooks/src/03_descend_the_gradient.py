# %% [markdown]
# # 03 · Descend the gradient
#
# *How fast is gradient descent, exactly, and when does it blow up?*
#
# Gradient descent is one line of code. In this notebook that line becomes predictable: before every run you will know how
# fast it converges, or at which step it blows up, and then you will run it and see.
#
# **You will do:** write gradient descent, find the largest learning rate it survives and the best one, fit a rate of
# convergence to a run, and write a stopping rule that proves something.
#
# **You will learn:** what a learning rate has to do with curvature; which speed is guaranteed for smooth, convex and
# strongly convex functions, and which functions really are that slow; what a small gradient says, and what it does not say.
#
# **You need:** gradients, Hessians and their eigenvalues, as in
# [01: Classify critical points](01_classify_critical_points.ipynb).
#
# **Minutes:** 90
#
# The loss here is a plain function of the weights, such as the training loss of a network. Whether a low
# training loss is any good for new data is another question, and notebook 12 asks it.

# %% tags=["setup"]
import math

import matplotlib.pyplot as plt
import numpy as np

from course_lib import checks as check, landscapes, optimizers, plotting
from course_lib.landscapes import critical_points
from course_lib.notebook import show_source
from course_lib.optimizers import descent, schedules
from course_lib.plotting import look

plt.style.use("course_lib.course")

# %% [markdown]
# ## One line from 1847
#
# Let $f(w)$ be the loss at the point $w$, and $g(w)$ its gradient. After a small step, the loss has changed
# by about the slope in that direction times the length of the step. Stepping against the gradient, with a
# small number $lr$, the *learning rate*, gives
#
# $$f(w - lr\, g) \approx f(w) - lr\, |g|^2 ,$$
#
# where $|g|$ is the length of $g$. So the loss goes down, if $lr$ is small enough. Augustin-Louis Cauchy proposed this in a
# note of three pages in 1847: to solve a system of equations, make one non-negative function smaller and smaller until it
# vanishes. How small is small enough? That is what this notebook is about.
#
# The rule needs a name. Here it is, exactly as the library has it. `state` is what a rule remembers between
# steps; this one remembers nothing. It is called `sgd`, stochastic gradient descent, because the line is the
# same whether `g` comes from all examples or from a random few; Keras and PyTorch call it `SGD` too.
# **In this notebook `g` is always the exact gradient, so this is gradient descent**; the sampling
# comes in notebook 05.

# %% tags=["mirrors:course_lib.optimizers.rules.sgd"]
def sgd(w, g, state, *, lr):
    """Step against the gradient."""
    w = w - lr * g
    return w, {}

# %% [markdown]
# ### Exercise 03.1 · Write the loop
#
# A rule is not yet a run. Write the loop: from the point `w`, take `n_steps` steps of gradient descent, and return the path
# as an array of shape `(n_steps + 1, n)`, start included. `fun(w)` returns the pair `(loss, grad)`, as everywhere in this
# course. Leave the start that you are given unchanged.

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
# From here on `descent.minimize(fun, w, "sgd", lr=..., n_steps=...)` does this. It also records the loss and the length of
# the gradient at every step, runs many starts at once, and notices when a run diverges.
#
# ## One dimension tells almost everything
#
# Take the parabola $f(w) = \tfrac12 \lambda w^2$. Its curvature is $\lambda > 0$ and its gradient
# $\lambda w$, so one step is
#
# $$w_t = w_{t-1} - lr\,\lambda\, w_{t-1} = (1 - lr\,\lambda)\, w_{t-1}, \qquad\text{hence}\qquad w_t = q^t\, w_0, \quad q = 1 - lr\,\lambda .$$
#
# Everything depends on this one factor $q$:
#
# | learning rate | factor | the run |
# |---|---|---|
# | $0 < lr < 1/\lambda$ | $0 < q < 1$ | creeps in from one side: *slow* |
# | $lr = 1/\lambda$ | $q = 0$ | arrives in one step: *critical* |
# | $1/\lambda < lr < 2/\lambda$ | $-1 < q < 0$ | jumps over the minimum each time, and closer: *oscillating* |
# | $lr = 2/\lambda$ | $q = -1$ | jumps to and fro for ever |
# | $lr > 2/\lambda$ | $q < -1$ | jumps over it, and further away each time: *diverging* |
#
# **Before you run the next cell:** let $\lambda = 4$. Which converges faster, $lr = 0.05$ or the nine times
# larger $lr = 0.45$?

# %% tags=["figure"] mystnb={"image": {"alt": "Four panels of the weight against the step number on a parabola of curvature 4, from 1. With rate 0.05 it falls slowly to zero from one side; with 0.25 it is zero after one step; with 0.45 it swings around zero and shrinks as slowly as the first; with 0.55 it swings ever wider."}}
lam, rates = 4.0, np.array([[0.05], [0.25], [0.45], [0.55]])
parabola = landscapes.quadratic([lam])
run = descent.minimize(parabola, np.ones((4, 1)), "sgd", lr=rates, n_steps=10)
fig, axes = plt.subplots(1, 4, figsize=(10, 3.6), sharey=True)
for k, kind in enumerate(["slow", "critical", "oscillating", "diverging"]):
    axes[k].axhline(0, color="0.6", linewidth=1)
    axes[k].plot(run.w[:, k, 0], **look("sgd", markevery=1, linewidth=1.2))
    axes[k].set_title(f"{kind}: lr {rates[k, 0]}", fontsize=12.5)
    axes[k].set(xlabel="step $t$", ylim=(-3, 3), xticks=[0, 5, 10])
axes[0].set_ylabel("weight $w_t$")
fig.suptitle("Learning rates 0.05 and 0.45 are equally slow; 0.55 diverges", x=0.01, ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# *Reading the figure:* the first and the third run lose the same share of their distance in each step,
# $|q| = 0.8$. Far too small and nearly too large cost the same. The last panel shows divergence, and
# divergence too is predictable: $|w_t| = |q|^t$. The library calls a run diverged when a coordinate passes
# $10^8$, and keeps the step number in `run.diverged_at` instead of printing a page of warnings. From
# $1.2^t > 10^8$, that must be at step $t = \lceil 8 \ln 10 / \ln 1.2 \rceil$.

# %%
for k, lr in enumerate(rates[:, 0]):
    q = 1 - lr * lam
    assert math.isclose(run.w[10, k, 0], q**10, rel_tol=1e-9, abs_tol=1e-12)
    print(f"lr {lr:.2f}: factor {q:5.2f}, w_10 predicted {q**10:.3g}, measured {run.w[10, k, 0]:.3g}")
wild = descent.minimize(parabola, [1.0], "sgd", lr=0.55, n_steps=1000)
predicted = math.ceil(math.log(descent.TOO_FAR) / math.log(1.2))
print(f"lr 0.55 diverges at step: predicted {predicted}, measured {wild.diverged_at}")
edge = descent.minimize(parabola, [1.0], "sgd", lr=2 / lam, n_steps=1000)
print(f"lr 0.50, exactly 2/lambda: |w| after 1000 steps predicted 1, measured {abs(edge.final[0]):.2f}")
assert wild.diverged_at == predicted and abs(edge.final[0]) == 1.0

# %% [markdown]
# ## Many dimensions are many parabolas
#
# Now let $f(w) = \tfrac12 w^\top H w$, where the Hessian $H$ is a symmetric matrix with positive eigenvalues
# $\lambda_1 \le \dots \le \lambda_n$. Then $g = Hw$, and a step is $w_t = (I - lr\,H)\,w_{t-1}$. Write $w$ in
# the eigenvectors of $H$: each component is multiplied by its own factor $1 - lr\,\lambda_i$ and never hears
# of the others. One learning rate has to serve all of them.
#
# ### Exercise 03.2 · The largest stable learning rate
#
# Given such an `H`, return the boundary: below it, gradient descent on $\tfrac12 w^\top H w$ converges from
# every start; above it, from almost none.

# %% tags=["exercise"]
def largest_stable_lr(H):
    """Return the learning rate at which gradient descent on the quadratic with Hessian H (n, n) begins to diverge."""
    ### BEGIN SOLUTION
    return 2 / np.linalg.eigvalsh(H)[-1]
    ### END SOLUTION

# %%
check.largest_stable_lr(largest_stable_lr)

# %% [markdown] tags=["solution"]
# All factors must satisfy $-1 < 1 - lr\,\lambda_i < 1$. The right-hand side holds for every $lr > 0$; the
# left-hand side says $lr < 2/\lambda_i$, and the largest eigenvalue makes the tightest demand. The others
# must live with it: that is what makes gradient descent slow, and notebook 04 is about it.

# %% [markdown]
# ## Find the boundary by experiment
#
# From now on $L$ is the largest eigenvalue, and the claim is $lr < 2/L$. We test it without using it: halve
# an interval again and again, and keep the half at whose lower end the gradient is shorter after 400 steps,
# and at whose upper end it is not.
#
# Near a minimum $w^*$ of *any* smooth function, $g(w) \approx H(w^*)\,(w - w^*)$. So very close to it, the
# boundary should be $2/\lambda_{\max}(H(w^*))$: this is a local statement. The last two rows test its limits.
# For $f = x^4$ the Hessian at the minimum is zero, so no boundary is left near it. But from $x_0$ the first
# step leads to $x_0(1 - 4\,lr\,x_0^2)$, which is closer only if $lr < 1/(2x_0^2)$: here the boundary depends
# on where you start, and no rate is safe for all starts.

# %%
def boundary(fun, start, low=0.0, high=1.0):
    for _ in range(20):
        lr = (low + high) / 2
        norm = descent.minimize(fun, start, "sgd", lr=lr, n_steps=400).grad_norm
        low, high = (lr, high) if norm[-1] < norm[0] else (low, lr)
    return low

rows = [(landscapes.quadratic([1.0, 25.0], angle=0.6), (1, 1), 2 / 25)]
for f, w in ((landscapes.HIMMELBLAU, np.array([3.0, 2.0])), (landscapes.ROSENBROCK, np.array([1.0, 1.0]))):
    rows.append((f, w + 1e-6, 2 / np.linalg.eigvalsh(f.hess(w))[-1]))
rows += [(landscapes.QUARTIC, (x0, 0), 1 / (2 * x0**2)) for x0 in (1, 10)]
for f, start, predicted in rows:
    measured = boundary(f, start)
    assert math.isclose(measured, predicted, rel_tol=1e-3)
    print(f"{f.name:10}  from ({start[0]:.0f}, {start[1]:.0f}): predicted {predicted:#.3g}, measured {measured:#.3g}")

# %% [markdown]
# ## A guarantee for every smooth function
#
# The quadratic can be solved by hand; a network cannot. What survives is an inequality. A function is called
# **$L$-smooth** if its gradient changes at most $L$ times as fast as the point:
# $|g(u) - g(w)| \le L\,|u - w|$ for all $u$, $w$. With second derivatives this means that all eigenvalues of
# the Hessian lie between $-L$ and $L$, everywhere. (So $x^4$ is not $L$-smooth for any $L$.) Walk from $w$ to
# $w + d$ and add up the slopes on the way:
#
# $$f(w+d) = f(w) + g\cdot d + \int_0^1 \big(g(w + sd) - g(w)\big)\cdot d \;ds \;\le\; f(w) + g\cdot d + \int_0^1 L s\,|d|^2\,ds
# = f(w) + g\cdot d + \tfrac L2 |d|^2 .$$
#
# With the step $d = -lr\,g$ this is the **descent lemma**:
#
# $$f(w) - f(w - lr\,g) \;\ge\; lr\,\big(1 - \tfrac12 lr\,L\big)\,|g|^2 .$$
#
# The right-hand side is positive exactly for $lr < 2/L$, and largest for $lr = 1/L$, where it is
# $|g|^2/(2L)$. No convexity was used. To test it, take a function with a valley and two endless plateaus,
# $f(w) = w^2/(1+w^2)$. Its second derivative, $(2 - 6w^2)/(1+w^2)^3$, lies between $-\tfrac12$ and $2$, so
# $L = 2$.
#
# **Predict:** of 3000 random steps from random points, how many fall below the bound? Below which $lr$ can no
# step raise the loss?

# %% tags=["figure"] mystnb={"image": {"alt": "Scatter plot of the decrease of the loss divided by the squared gradient, against the learning rate from 0 to 1.3. All 3000 dots lie on or above a parabola that rises to 0.25 at rate 0.5 and crosses zero at rate 1; many touch it."}}
def plateau(w):
    x = w[..., 0]
    return x**2 / (1 + x**2), (2 * x / (1 + x**2)**2)[..., None]

rng = np.random.default_rng(0)
w, lr = rng.uniform(-2, 2, (3000, 1)), np.sort(rng.uniform(0, 1.3, (3000, 1)), axis=0)
loss, g = plateau(w)
gain = (loss - plateau(w - lr * g)[0]) / (g**2).sum(-1)
floor = (lr * (1 - 0.5 * lr * 2.0))[:, 0]
assert (gain >= floor - 1e-9).all() and 1.0 <= lr[gain < 0].min() < 1.05
fig, ax = plt.subplots()
ax.plot(lr, gain, ".", color="black", markersize=2.5)
ax.plot(lr, floor, color="0.55", linewidth=4)
ax.set(xlabel="learning rate", ylabel="loss decrease / $|g|^2$", title="None of 3000 steps is below the descent lemma")
plt.show()

# %% [markdown]
# *Reading the figure:* the grey curve is a floor. Many steps touch it: those from near $w = 0$, where the
# curvature really is $L$. Steps from elsewhere do better. The floor passes zero at $lr = 2/L = 1$, and only
# beyond it is there a step that raises the loss (dots below zero).
#
# ## Convex: a bound like $1/t$, which some function reaches
#
# A function is **convex** if it lies above all its tangents, $f(u) \ge f(w) + g(w)\cdot(u - w)$. Let $w^*$ be
# a lowest point, $f^*$ the loss there, and $R = |w_0 - w^*|$ the distance of the start. How far above $f^*$
# are we after $N$ steps with $lr = 1/L$? Expand the square of the distance:
#
# $$|w_{t+1} - w^*|^2 = |w_t - w^*|^2 - \tfrac2L\, g_t\cdot(w_t - w^*) + \tfrac1{L^2}|g_t|^2 .$$
#
# Convexity says $g_t\cdot(w_t - w^*) \ge f(w_t) - f^*$, and the descent lemma says
# $|g_t|^2/L \le 2\,\big(f(w_t) - f(w_{t+1})\big)$. Put both in:
#
# $$|w_{t+1} - w^*|^2 \le |w_t - w^*|^2 - \tfrac2L\,\big(f(w_{t+1}) - f^*\big) .$$
#
# Add these up over $N$ steps. The loss never rises, so $N\,(f(w_N) - f^*) \le \tfrac L2 R^2$, that is
# $f(w_N) - f^* \le LR^2/(2N)$. The constant can be sharpened, and then it is *exact* (Drori & Teboulle 2014):
# for every convex $L$-smooth function, in any dimension, with $lr = 1/L$,
#
# $$f(w_N) - f^* \;\le\; \frac{L R^2}{4N + 2} ,$$
#
# and some function reaches it. That function is one-dimensional and harmless: a parabola $\tfrac12 L w^2$ for
# $|w| \le \delta$, continued by its tangent lines, with $\delta = R/(2N+1)$. It carries the name of Huber. On
# the line the gradient is $L\delta$, so every step moves by $\delta$. The start $R = (2N+1)\,\delta$ is so
# far away that after $N$ steps we are still on the line, at $(N+1)\,\delta$. **Compute the loss there
# yourself,** before you run the cell: $L\delta\,\big((N+1)\delta - \tfrac12\delta\big) = \dots$

# %%
L, R = 2.0, 1.0
for N in (1, 10, 100, 1000):
    worst = landscapes.huber(L=L, delta=R / (2 * N + 1))
    measured = descent.minimize(worst, [R], "sgd", lr=1 / L, n_steps=N).loss[-1]
    predicted = L * R**2 / (4 * N + 2)
    assert math.isclose(measured, predicted, rel_tol=1e-10)
    print(f"N = {N:4}: predicted {predicted:#.3g}, measured {measured:#.3g}")

# %% [markdown]
# The two agree to ten digits at least; the assertion in the cell says so. But each row used another function,
# made for its own $N$. Is there one convex function that is the worst for *every* $N$? **Predict:** what does
# the run do on the function made for $N = 10$, after step 10?

# %% tags=["figure"] mystnb={"image": {"alt": "Log-log plot of the loss against the step. A grey line falls like one over the step. Three runs on Huber functions made for 3, 10 and 100 steps stay below it, touch it once, each at its own step, marked by a ring, and then drop to zero at once."}}
t = np.arange(1, 301)
bound = L * R**2 / (4 * t + 2)
fig, ax = plt.subplots()
ax.plot(t, bound, color="0.6", linewidth=5, label="$LR^2/(4t+2)$")
for N, style in ((3, ":"), (10, "-"), (100, "--")):
    run = descent.minimize(landscapes.huber(L=L, delta=R / (2 * N + 1)), [R], "sgd", lr=1 / L, n_steps=300)
    ax.plot(t[:run.n_steps], run.loss[1:], color="black", linestyle=style, linewidth=1.6, label=f"Huber, made for {N}")
    ax.plot(N, run.loss[N], "o", color="white", markeredgecolor="black", markersize=9)
    touch = run.loss[1:] / bound[:run.n_steps]
    assert touch.argmax() + 1 == N and touch.max() < 1 + 1e-10
ax.set(xscale="log", yscale="log", ylim=(3e-4, 1), xlabel="step $t$", ylabel="loss above the minimum",
       title="Each worst case touches the bound once")
ax.legend(loc="upper right")
plt.show()

# %% [markdown]
# *Reading the figure:* each run touches the bound at its own $N$ (ring), where it stands at $(N+1)\delta$.
# After another $N$ steps it is at $\delta$, on the edge of the parabola, and the next step ends at the
# minimum. So the bound is the best statement about *all* convex $L$-smooth functions, for $lr = 1/L$ and a
# fixed number of steps; and still no single run has to follow it. A rate from a theorem speaks about a class,
# not about your function.
#
# ## Strongly convex: a fixed factor in every step
#
# The Huber function is slow because it is flat, in the sense of having no curvature, over a long way. Rule
# that out: $f$ is **$\mu$-strongly convex** if it lies above parabolas, not only above tangents,
#
# $$f(u) \ge f(w) + g(w)\cdot(u-w) + \tfrac\mu2\,|u-w|^2, \qquad \mu > 0 .$$
#
# If $f$ has continuous second derivatives, this and $L$-smoothness say that all eigenvalues of the Hessian
# lie between $\mu$ and $L$, everywhere. Since $g(w_t) = \bar H\,(w_t - w^*)$, where $\bar H$ is the Hessian
# averaged over the straight way from $w^*$ to $w_t$, a step gives
# $w_{t+1} - w^* = (I - lr\,\bar H)(w_t - w^*)$, and therefore
#
# $$|w_{t+1} - w^*| \le q\,|w_t - w^*|, \qquad q = \max\big(|1 - lr\,\mu|,\; |1 - lr\,L|\big) .$$
#
# This is called *linear* convergence: not because of a straight line in $t$, but because the error is
# multiplied by $q < 1$ in every step, so its *logarithm* falls along a straight line. On a quadratic the
# slope is exact, as soon as the faster components are gone.
#
# ### Exercise 03.3 · Fit the rate
#
# `errors` holds $|w_t - w^*|$ for $t = 0 \dots T$. Fit a straight line to its natural logarithm, by least
# squares, over the second half of the record (from $t = T/2$ on, rounded down), and return the factor per
# step.

# %% tags=["exercise"]
def fitted_rate(errors):
    """Return the factor by which the errors (T + 1,) shrink in each step, fitted over the second half."""
    ### BEGIN SOLUTION
    t = np.arange(len(errors))[(len(errors) - 1) // 2:]
    slope, _ = np.polyfit(t, np.log(errors[t]), 1)
    return math.exp(slope)
    ### END SOLUTION

# %%
check.fitted_rate(fitted_rate)

# %% [markdown]
# ## The V
#
# Now compare slope and theory for many learning rates at once, on the quadratic with $\mu = 1$ and $L = 10$.
# **Predict** the curve of $q$ against $lr$ first: $|1 - lr\,\mu|$ falls slowly, $|1 - lr\,L|$ is a steep V of
# its own, and the larger of the two counts. Where is the lowest point?

# %% tags=["figure"] mystnb={"image": {"alt": "The factor per step against the learning rate from 0 to 0.2, for eigenvalues 1 and 10. Measured dots lie on the predicted curve: it falls in a straight line from 1 to 0.82 at rate 0.182 and then rises steeply to 1 at rate 0.2."}}
mu, L = 1.0, 10.0
lr = np.linspace(0.005, 0.199, 60)[:, None]
run = descent.minimize(landscapes.quadratic([mu, L]), np.ones((60, 2)), "sgd", lr=lr, n_steps=400)
log_error = np.log(np.linalg.norm(run.w[200:], axis=-1))
measured = np.exp(np.polyfit(np.arange(200, 401), log_error, 1)[0])
predicted = np.maximum(abs(1 - lr * mu), abs(1 - lr * L))[:, 0]
assert np.allclose(measured, predicted, atol=1e-3)
fig, ax = plt.subplots()
ax.plot(lr, predicted, color="0.65", linewidth=5, label=r"predicted, max(|1 - lr $\mu$|, |1 - lr $L$|)")
ax.plot(lr, measured, **look("sgd", linestyle="none", markevery=2, markersize=5, label="fitted to the run"))
ax.set(xlabel="learning rate", ylabel="factor per step",
       title=f"The best of 60 rates is {lr[measured.argmin(), 0]:.3f}, with factor {measured.min():.2f}")
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* every fitted slope lies on the theory, to within 0.001. To the left of the corner the
# flat direction $\mu$ decides, to the right the steep direction $L$. The best rate is only nine per cent
# below the rate at which the run diverges: the best place is next to the cliff.
#
# ### Exercise 03.4 · The best constant learning rate
#
# The corner can be computed. Given `mu` and `L`, return the pair of the best constant learning rate and the
# factor per step that it gives.

# %% tags=["exercise"]
def best_lr(mu, L):
    """Return (lr, factor): the constant learning rate with the smallest worst factor, and that factor."""
    ### BEGIN SOLUTION
    lr = 2 / (L + mu)
    return lr, (L - mu) / (L + mu)
    ### END SOLUTION

# %%
check.best_lr(best_lr)

# %% [markdown] tags=["solution"]
# In the corner $1 - lr\,\mu = lr\,L - 1$, so $lr = 2/(L+\mu)$. Put it back:
# $1 - 2\mu/(L+\mu) = (L-\mu)/(L+\mu)$. Any other constant rate makes one of the two branches larger.

# %% [markdown]
# ## What the condition number costs
#
# Only the ratio $\kappa = L/\mu$, the **condition number**, matters for the best factor:
# $q = (\kappa - 1)/(\kappa + 1)$. To shrink the error by a million we need $q^t \le 10^{-6}$, so
#
# $$t = \left\lceil \frac{6\ln 10}{\ln\frac{\kappa+1}{\kappa-1}} \right\rceil \approx \frac\kappa2\, 6\ln 10 \approx 6.9\,\kappa .$$
#
# Doubling $\kappa$ doubles the number of steps. Is that so? The fitted slopes for several $\kappa$:

# %%
for kappa in (3, 10, 30, 100, 300, 1000):
    q = (kappa - 1) / (kappa + 1)
    run = descent.minimize(landscapes.quadratic([1.0, kappa]), [1.0, 1.0], "sgd", lr=2 / (kappa + 1), n_steps=8 * kappa)
    error = np.linalg.norm(run.w, axis=-1) / np.linalg.norm(run.w[0])
    half = np.arange(4 * kappa, 8 * kappa + 1)
    fitted = math.exp(np.polyfit(half, np.log(error[half]), 1)[0])
    steps, needed = math.ceil(math.log(1e-6) / math.log(q)), (error <= 1e-6).argmax()
    print(f"kappa {kappa:4}: factor predicted {q:.3f}, fitted {fitted:.3f}; steps predicted {steps:4}, needed {needed:4}")
    assert math.isclose(fitted, q, rel_tol=1e-6) and needed == steps

# %% [markdown]
# Two remarks on the scope of this. First, $lr = 2/(L+\mu)$ needs $\mu$, which is seldom known. The cautious
# $lr = 1/L$ has the factor $1 - 1/\kappa$ and takes about twice as many steps. Second, this is the best
# *constant* rate of *plain* gradient descent, in the worst case. On quadratics, a rate that changes cleverly
# from step to step, or momentum, needs a number of steps of the order of $\sqrt\kappa$: notebooks 04 and 06.
#
# ## Smooth and convex, but not strongly: where the straight line bends
#
# In $f(x, y) = x^4 + y^2$ the curvature $12x^2$ fades as $x$ approaches 0. There is no $\mu > 0$, so no fixed
# factor is promised. What happens? On the way from $x_0 = 1$ the curvature is at most $L = 12$; take
# $lr = 1/12$. A step multiplies $x$ by $1 - 4\,lr\,x^2$, so
#
# $$\frac1{x_t^2} = \frac1{x_{t-1}^2}\,\big(1 - 4\,lr\,x_{t-1}^2\big)^{-2} \approx \frac1{x_{t-1}^2} + 8\,lr, \qquad\text{hence}\qquad
# x_t^2 \approx \frac1{8\,lr\,t}, \qquad f \approx x_t^4 \approx \frac{1}{64\,lr^2\,t^2} = \frac{2.25}{t^2} .$$
#
# (The $y^2$ is gone after a few dozen steps.) **Predict:** on which axes is $2.25/t^2$ a straight line, and
# what does a fit of a factor per step return?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of the loss against the step, for the same two runs. On the left the step axis is linear and the loss axis logarithmic: the quadratic is a straight line, the quartic bends to the right. On the right both axes are logarithmic: the quartic is straight along a grey line of slope minus two, the quadratic bends down."}}
bowl = descent.minimize(landscapes.quadratic([1.0, 12.0]), [1.0, 1.0], "sgd", lr=1 / 12, n_steps=150)
flat = descent.minimize(landscapes.QUARTIC, [1.0, 1.0], "sgd", lr=1 / 12, n_steps=10_000)
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True)
for ax, last in ((axes[0], 150), (axes[1], 10_000)):
    t = np.arange(1, last + 1)
    ax.plot(t, 2.25 / t**2, color="0.65", linewidth=5, label="$2.25/t^2$")
    ax.plot(t[:150], bowl.loss[1:], **look("sgd", linestyle="--", marker=None, label=r"quadratic, $\kappa = 12$"))
    ax.plot(t, flat.loss[1:last + 1], **look("sgd", marker=None, label="$x^4 + y^2$"))
    ax.set(yscale="log", ylim=(1e-12, 3), xlabel="step $t$")
axes[0].set(ylabel="loss", title="A fixed factor is straight here")
axes[1].set(xscale="log", title="A power of $t$ is straight here")
axes[1].legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* on the left (logarithm of the loss against $t$) the quadratic is straight and the
# quartic bends; on the right (both logarithms) it is the other way round. Someone who fits a factor per step
# to the quartic always gets a number. The trap is that the number depends on the window:

# %%
for first, last in ((10, 100), (100, 1000), (1000, 10_000)):
    t = np.arange(first, last + 1)
    factor = math.exp(np.polyfit(t, np.log(flat.loss[t]), 1)[0])
    power = np.polyfit(np.log(t), np.log(flat.loss[t]), 1)[0]
    print(f"steps {first:4} to {last:5}: fitted factor 1 - {1 - factor:.1e}, fitted power of t {power:.2f}")
print(f"loss x t^2 at t = 10000: predicted 2.25, measured {flat.loss[-1] * 1e8:.2f}")
assert abs(power + 2) < 0.02 and factor > 0.999 and abs(flat.loss[-1] * 1e8 - 2.25) < 0.02

# %% [markdown]
# The factor creeps towards 1: there is no rate. The power settles at $-2$. It is also better than the $1/t$
# of the theorem for convex functions (which applies: the run stays where the curvature is at most $L$). A
# bound is not a forecast.
#
# ## When to stop
#
# The usual rule is to stop when $|g| \le \mathit{tol}$. What is a tolerance worth? For a $\mu$-strongly
# convex $f$, take the lower parabola at $w$ and find its lowest value: it lies at $u = w - g/\mu$, and no
# value of $f$, not even $f^*$, can be below it:
#
# $$f^* \ge f(w) - \frac{|g|^2}{2\mu}, \qquad\text{so}\qquad f(w) - f^* \le \frac{|g|^2}{2\mu} .$$
#
# In the same way, adding the two parabolas at $w$ and $w^*$ gives $g\cdot(w - w^*) \ge \mu\,|w-w^*|^2$, hence
# $|w - w^*| \le |g|/\mu$. Both bounds grow as $\mu$ shrinks: a gradient of $10^{-4}$ may be 0.02 away from
# the minimum. **Predict** the last row, $x^4 + y^2$ with $\mu = 0$: where is $4x^3 = 10^{-4}$?

# %%
tol = 1e-4
for mu in (0.5, 0.05, 0.005):
    run = descent.minimize(landscapes.quadratic([mu, 1.0]), [1.0, 1.0], "sgd", lr=1.0, n_steps=10_000, tol=tol)
    gap, distance = run.loss[-1], np.linalg.norm(run.final)
    assert gap <= tol**2 / (2 * mu) and distance <= tol / mu
    print(f"mu {mu:<5}: {run.n_steps:4} steps; gap at most {tol**2 / (2 * mu):.1e}, measured {gap:.1e}; "
          f"distance at most {tol / mu:.1e}, measured {distance:.1e}")
run = descent.minimize(landscapes.QUARTIC, [1.0, 1.0], "sgd", lr=1 / 12, n_steps=10_000, tol=tol)
print(f"x^4+y^2 : {run.n_steps:4} steps; distance predicted {(tol / 4)**(1 / 3):.3f}, measured {run.final[0]:.3f}")
assert math.isclose(run.final[0], (tol / 4)**(1 / 3), rel_tol=1e-2)

# %% [markdown]
# Where $\mu$ is zero or unknown, a tolerance proves nothing about the distance. Two more warnings. Multiply
# the loss by 1000, and the same point misses the same tolerance. And the rule "stop when the loss hardly
# changes" is worse: by the descent lemma, the change in one step is about $lr\,|g|^2$, so it can be made as
# small as you like by a small $lr$, anywhere.
#
# ### Exercise 03.5 · A stopping rule
#
# Return True exactly when the inequality above *proves* that $f(w) - f^*$ is at most `gap`. `g` is the
# gradient at $w$, shape `(n,)`; $f$ is `mu`-strongly convex. With `mu = 0` the function is only convex: what
# proves the gap then?

# %% tags=["exercise"]
def can_stop(g, *, mu, gap):
    """Return whether the gradient g (n,) proves that the loss is within gap of the lowest one."""
    ### BEGIN SOLUTION
    return (g * g).sum() <= 2 * mu * gap
    ### END SOLUTION

# %%
check.can_stop(can_stop)

# %% [markdown] tags=["solution"]
# Written as a product, the rule needs no special case. With `mu = 0` it demands $g = 0$, and a convex
# function whose gradient is zero *is* at its minimum. A gradient that is not a number compares as false, so
# it never counts as finished. (Who knows in advance that the minimum is at most $R$ away has another proof, for
# every convex function: $f(w) - f^* \le g\cdot(w - w^*) \le |g|\,R$.)

# %% [markdown]
# ## Without convexity: a small gradient is all you are promised
#
# The loss of a network is not convex. The descent lemma still holds for an $L$-smooth function. Suppose also
# that the loss never goes below some $f^*$. Sum $|g_t|^2/(2L) \le f(w_t) - f(w_{t+1})$ over $N$ steps with
# $lr = 1/L$: the right-hand side telescopes, and the smallest of the squares is at most their mean,
#
# $$\min_{0 \le t < N} |g_t|^2 \;\le\; \frac{2L\,\big(f(w_0) - f^*\big)}{N} .$$
#
# Read it carefully. *Some* point of the run has a small gradient. Nothing is said about the loss there. We
# measure it on the function with the two plateaus, $w^2/(1+w^2)$, where $L = 2$ and $f^* = 0$, from 2000
# starts at once.

# %% tags=["figure"] mystnb={"image": {"alt": "Log-log plot against the number of steps up to 1000. The bound falls from 4 like one over N. Below it the largest, over 2000 starts, of the smallest squared gradient so far falls faster, from 0.4 to about 0.00002."}}
run = descent.minimize(plateau, np.geomspace(0.01, 50, 2000)[:, None], "sgd", lr=1 / 2, n_steps=1000)
N = np.arange(1, 1001)
smallest = np.minimum.accumulate(run.grad_norm[:-1]**2)
bound = 2 * 2 * run.loss[0] / N[:, None]
fig, ax = plt.subplots()
ax.loglog(N, 4 / N, color="0.65", linewidth=5, label=r"bound for $f(w_0) - f^* = 1$")
ax.loglog(N, smallest.max(axis=1), **look("sgd", marker=None, label="measured, worst of 2000 starts"))
ax.set(xlabel="number of steps $N$", ylabel=r"smallest $|g_t|^2$ so far", title="The gradient does become small, from every start")
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* from the worst of the starts the smallest gradient stays below the bound, and falls
# faster here. For all $L$-smooth functions together, in many dimensions, the order $1/N$ cannot be improved,
# not even by cleverer methods that use only gradients (Carmon et al. 2020).
#
# Now the small print, in two examples. On the plateau at $w = 100$ the gradient is about $2/w^3$: **is it
# below a tolerance of $10^{-5}$, and what is the loss?** And in $f(x,y) = x^2 + \tfrac14(y^2-1)^2$, with its
# minima at $(0, \pm 1)$ and $f^* = 0$, we start on the ridge $y = 0$.

# %%
print(f"largest measured / bound over all starts and N: predicted at most 1, measured {(smallest / bound).max():.2f}")
assert (smallest <= bound).all()
loss, g = plateau(np.array([100.0]))
print(f"plateau, w = 100: |g| = {abs(g[0]):.0e}, loss {loss:.2f} above the minimum, where it is always below 1")

def two_wells(w):
    x, y = w[..., 0], w[..., 1]
    return x**2 + (y**2 - 1)**2 / 4, np.stack([2 * x, y**3 - y], axis=-1)

run = descent.minimize(two_wells, [1.0, 0.0], "sgd", lr=0.1, n_steps=1000, tol=1e-8)
kind = critical_points.classify(two_wells(run.final)[1], critical_points.hessian(lambda w: two_wells(w)[0], run.final))
print(f"two wells: |g| = {run.grad_norm[-1]:.0e} after {run.n_steps} steps, loss {run.loss[-1]:.2f} above the minimum: a {kind}")
assert kind == "saddle" and loss > 0.999

# %% [markdown]
# Gradient descent did everything it promised, and stopped once at nearly the highest loss there is, and once
# at a saddle. From almost every other start it would have left the saddle (Lee et al. 2016); how long that
# takes is the question of notebook 02.
#
# ## Which minimum? Basins of $x\cos(\pi x)$
#
# On $[-1, 2]$ this function has a local minimum at $-0.274$ and its global one *on this interval* at $1.09$.
# (On the whole line there is none: at the odd numbers $1, 3, 5, \dots$ it is $-1, -3, -5, \dots$) Which
# starts lead where?
#
# In one dimension there is a clean answer for small rates. The step $w \mapsto w - lr\,f'(w)$ has the
# derivative $1 - lr\,f''(w)$. As long as $lr < 1/\max f''$, which is $0.075$ here, it is positive: the step
# keeps the order of points. A critical point stays where it is, so nobody can jump over it. The boundary
# between the two basins is then *exactly* the local maximum between them, at $0.274$ (the derivative is an
# even function). **Predict** the share of starts in $[-1, 2]$ that reach the better minimum.

# %% tags=["figure"] mystnb={"image": {"alt": "Above, the curve x cos(pi x) from -1 to 2 in grey, with a shallow minimum near -0.27, a maximum near 0.27 and a deep minimum near 1.09. Below, the end point of gradient descent against its start: a step from -0.27 to 1.09 exactly at the maximum."}}
X_COS = landscapes.X_COS
starts = np.linspace(-1, 2, 3001)[:, None]
end = descent.minimize(X_COS, starts, "sgd", lr=0.05, n_steps=1000, keep_path=False).final[:, 0]
fig, axes = plt.subplots(2, 1, figsize=(7.2, 5), sharex=True)
axes[0].plot(starts, X_COS.fun(starts), color="0.6")
axes[1].plot(starts, end, ".", color="black", markersize=3)
for ax in axes:
    ax.axvline(-X_COS.minima[0][0], color="0.4", linestyle="--", linewidth=1.2)
axes[0].set(ylabel="loss", title="The basins meet at the local maximum")
axes[1].set(xlabel="start $x_0$", ylabel="end of the run", yticks=[-0.27, 1.09])
plt.show()

# %% [markdown]
# *Reading the figure:* left of the dashed line, at the local maximum, every start ends at $-0.27$, right of
# it every start ends at $1.09$. The run goes to the minimum of its own valley, not to the better one.
#
# And with a larger rate? Near a minimum $w^*$ a run can only settle if $lr < 2/f''(w^*)$ (or by landing on it
# exactly). The curvature is $12.1$ at the *global* minimum and $6.53$ at the local one, so they lose their
# hold at $lr = 0.165$ and at $0.306$. **Predict** for $lr = 0.05$, $0.2$ and $0.3$: what share of the starts
# settles at which minimum?

# %%
left, right = starts[end < 0.5].max(), starts[end > 0.5].min()
assert left < -X_COS.minima[0][0] < right < left + 0.0011
print(f"first start that goes right: predicted {-X_COS.minima[0][0]:.3f}, measured {right:.3f} (starts 0.001 apart)")
print(f"share that goes right: predicted {(2 + X_COS.minima[0][0]) / 3:.1%}, measured {(end > 0.5).mean():.1%}")
for lr in (0.05, 0.2, 0.3):
    end = descent.minimize(X_COS, starts, "sgd", lr=lr, n_steps=2000, keep_path=False).final[:, 0]
    shares = [np.isclose(end, w_min[0], atol=1e-3).mean() for w_min in X_COS.minima]
    holds = [lr < 2 / X_COS.hess(w_min)[0, 0] for w_min in X_COS.minima]
    assert [share > 0 for share in shares] == holds
    print(f"lr {lr}: local minimum {shares[0]:.1%}, global minimum {shares[1]:.1%}, never settle {abs(1 - sum(shares)):.1%}")

# %% [markdown]
# At $lr = 0.3$ *every* start ends at the worse minimum. The figure shows how: for each learning rate, one run
# from $1.2$, and the last 100 of its 3000 points.

# %% tags=["figure"] mystnb={"image": {"alt": "Points visited late in a run against the learning rate from 0 to 0.33. A single branch at 1.09 splits in two at rate 0.165, then into bands that widen; from about 0.28 a single branch at -0.27 remains, which splits at rate 0.306."}}
lr = np.linspace(0.01, 0.33, 321)[:, None]
run = descent.minimize(X_COS, np.full((321, 1), 1.2), "sgd", lr=lr, n_steps=3000)
fig, ax = plt.subplots()
ax.plot(lr, run.w[-100:, :, 0].T, ".", color="black", markersize=1)
for w_min in X_COS.minima:
    ax.axvline(2 / X_COS.hess(w_min)[0, 0], color="0.5", linestyle="--", linewidth=1.2)
ax.set(xlabel="learning rate", ylabel="last 100 points of the run", yticks=[-0.27, 0.27, 1.09],
       title="A large rate leaves the sharper minimum,\nhere the better one")
at_local, at_global = (np.abs(run.w[-1, :, 0] - w_min[0]) < 1e-3 for w_min in X_COS.minima)
assert at_global[lr[:, 0] < 0.16].all() and at_local[(lr[:, 0] > 0.285) & (lr[:, 0] < 0.3)].all()
assert (run.w[:, lr[:, 0] < 0.27] > -X_COS.minima[0][0]).all()
plt.show()

# %% [markdown]
# *Reading the figure:* up to the first dashed line, at $0.165$, the run settles at $1.09$. Beyond it the run
# swings between two points, then four, then mostly without a period that one could see. When the swings grow
# so wide that they reach the maximum at $0.27$, the run falls into the flatter valley, and stays there until
# the second dashed line, at $0.306$. A large learning rate chooses by *curvature*, not by loss. That a flat
# minimum should also be the better one is another claim, which this function refutes for the training loss,
# and which notebook 18 takes up.
#
# ## Does a model become non-convex when it is large?
#
# No: one hidden layer is enough. Take the smallest, $\hat y(x) = a_1\tanh(b_1 x) + a_2\tanh(b_2 x)$, and data
# that it fits exactly with $\theta = (a_1, a_2, b_1, b_2) = (1, -1, 0.5, 3)$. Exchange the two hidden units:
# $\theta' = (-1, 1, 3, 0.5)$ computes the same function, so its loss is zero too. For a convex loss every
# point between them would have loss zero. Half-way, both units are equal and their outputs cancel, so the
# model says 0. **Predict** the loss there: it is half the mean of $y^2$.

# %%
def half_mean_square(theta):
    a, b = theta[:2], theta[2:]
    return 0.5 * ((np.tanh(x[:, None] * b) @ a - y)**2).mean()

x, theta = np.linspace(-2, 2, 41), np.array([1.0, -1.0, 0.5, 3.0])
y = np.tanh(x[:, None] * theta[2:]) @ theta[:2]
exchanged = theta[[1, 0, 3, 2]]
ends, middle = [half_mean_square(p) for p in (theta, exchanged)], half_mean_square((theta + exchanged) / 2)
print(f"loss at the two ends: predicted 0 and 0, measured {ends[0]:.3f} and {ends[1]:.3f}")
print(f"loss half-way: predicted {0.5 * (y**2).mean():.3f}, measured {middle:.3f}")
assert max(ends) < 1e-20 and math.isclose(middle, 0.5 * (y**2).mean())

# %% [markdown]
# With four weights the loss is already non-convex: it is lowest at two points and higher between them. Size
# does not bring this; it only adds more units to exchange.
#
# ## Summary
#
# | the loss is | with | gradient descent guarantees |
# |---|---|---|
# | $L$-smooth | $0 < lr < 2/L$ | the loss falls by at least $lr\,(1 - \tfrac12 lr\,L)$ times $\vert g\vert^2$ |
# | and bounded below | $lr = 1/L$ | some $\vert g_t\vert^2 \le 2L\,(f(w_0) - f^*)/N$ |
# | and convex | $lr = 1/L$ | $f(w_N) - f^* \le LR^2/(4N+2)$, reached by a Huber function |
# | and $\mu$-strongly convex | $lr = 2/(L+\mu)$ | each step multiplies the distance by at most $(\kappa-1)/(\kappa+1)$ |
#
# - The learning rate is limited by the *largest* curvature, and the speed by the *smallest*.
# - A guarantee holds for a class of functions; the single function may be faster, and a fit shows how fast.
# - A small gradient alone proves nothing about the loss. With strong convexity it does; without convexity the
#   point may lie on a plateau or be a saddle.
# - In one dimension a small rate leads to the minimum of the valley where you start; a large one can stay
#   only where the curvature is low.

# %% [markdown]
# ## Questions to ask yourself
#
# **1.** A run with $lr = 0.1$ converges without swinging, and one with $lr = 0.3$ swings and converges
# equally fast. The loss is a parabola. Which rate converges in one step?
#
# <details>
# <summary>Answer</summary>
#
# The factors are $1 - 0.1\lambda = -(1 - 0.3\lambda)$, so $\lambda = 5$ and $lr = 1/\lambda = 0.2$.
#
# </details>
#
# **2.** You rescale a loss by 10. What happens to $L$, to $\mu$, to $\kappa$, to the largest stable rate, and
# to the number of steps at the best rate?
#
# <details>
# <summary>Answer</summary>
#
# $L$ and $\mu$ are ten times larger and $\kappa$ is unchanged. The largest stable rate is ten times smaller.
# The number of steps at the best rate is the same.
#
# </details>
#
# **3.** A colleague fits a factor of 0.999 per step to the second half of a run and concludes that the loss
# is strongly convex. What would you look at?
#
# <details>
# <summary>Answer</summary>
#
# Fit several windows. A fixed factor gives the same number in all of them; a power of $t$ gives factors that
# creep towards 1, and a straight line on two logarithmic axes.
#
# </details>
#
# **4.** The bound for convex functions is exact. Why is your run faster?
#
# <details>
# <summary>Answer</summary>
#
# The bound is exact for the class and for one number of steps: some convex function reaches it at that step.
# Your function is another one, and the Huber function itself is below the bound at all other steps.
#
# </details>
#
# **5.** Training ends with $|g| = 10^{-6}$. What do you know?
#
# <details>
# <summary>Answer</summary>
#
# That the point is nearly critical. Whether it is a minimum, a saddle or a plateau, and how far the loss is
# from the lowest one, needs more: second derivatives, or a property such as strong convexity.
#
# </details>
#
# ## Go deeper
#
# - A. Cauchy, *Méthode générale pour la résolution des systèmes d'équations simultanées*, Comptes rendus de
#   l'Académie des sciences 25, 536–538 (1847); on its history C. Lemaréchal, *Cauchy and the gradient
#   method*, Documenta Mathematica, extra volume ISMP, 251–254 (2012), doi:10.4171/dms/6/27.
# - Y. Drori, M. Teboulle, *Performance of first-order methods for smooth convex minimization: a novel
#   approach*, Mathematical Programming 145, 451–482 (2014), doi:10.1007/s10107-013-0653-0, arXiv 1206.3209:
#   the exact bound and the function that reaches it.
# - A. Taylor, J. Hendrickx, F. Glineur, *Exact worst-case convergence rates of the proximal gradient method
#   for composite convex minimization*, Journal of Optimization Theory and Applications 178, 455–476 (2018),
#   arXiv 1705.04398: the factor $\max(|1 - lr\,\mu|, |1 - lr\,L|)$ for all strongly convex functions, also
#   without second derivatives.
# - Y. Nesterov, *Lectures on Convex Optimization*, second edition (2018), doi:10.1007/978-3-319-91578-4: the
#   theory of this notebook at length.
# - H. Karimi, J. Nutini, M. Schmidt, *Linear convergence of gradient and proximal-gradient methods under the
#   Polyak–Łojasiewicz condition* (2016), arXiv 1608.04636: for an $L$-smooth
#   function the inequality $f(w) - f^* \le |g|^2/(2\mu)$ already gives a fixed factor, without convexity.
# - Y. Carmon, J. Duchi, O. Hinder, A. Sidford, *Lower bounds for finding stationary points I*, Mathematical
#   Programming 184, 71–120 (2020), doi:10.1007/s10107-019-01406-y, arXiv 1710.11606.
# - J. Lee, M. Simchowitz, M. Jordan, B. Recht, *Gradient descent only converges to minimizers*, COLT (2016),
#   arXiv 1602.04915.
#
# **Next:** one steep direction forces a small rate on all the others: [04: Fix the conditioning](04_fix_the_conditioning.ipynb).
