# %% [markdown]
# # 06 · Add momentum
#
# *Why does momentum work, and when does it hurt?*
#
# One more line, and gradient descent needs about $\sqrt\kappa$ steps where it needed $\kappa$. The same line makes
# runs swing that did not swing, amplifies noise, and on one harmless function never arrives. All of this can be
# predicted, to the step.
#
# **You will do:** repair a published momentum that has none, compute the factor per step of heavy ball and its best
# parameters, write Nesterov's look-ahead, and predict by how much two libraries part when the learning rate drops.
#
# **You will learn:** momentum as a damped oscillator; its phase diagram; what is the best that *any* method using
# gradients can do; what speed costs in noise; which function class each promise is about; who writes momentum how.
#
# **You need:** the factor per step, the condition number $\kappa = L/\mu$ and convexity, as in
# [03: Descend the gradient](03_descend_the_gradient.ipynb). The part on noise continues notebook 05, but stands alone.
#
# **Minutes:** 90

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
# ## One more line
#
# Gradient descent forgets each gradient as soon as it is used. Polyak (1964) kept them: a *velocity* $v$, which loses
# the share $1-\beta$ of itself in each step and gains the new gradient $g$. The point $w$ then moves by $lr$ times the
# velocity. The number $\beta$, with $0 \le \beta < 1$, is the momentum. This is the method called **heavy ball**,
# exactly as the library has it; before the first step $v = 0$, and with $\beta = 0$ it is gradient descent.

# %% tags=["mirrors:course_lib.optimizers.rules.momentum"]
def momentum(w, g, state, *, lr, beta=0.9):
    """Heavy ball: sum the gradients into a velocity, and move by it."""
    v = beta * state.get("v", 0.0) + g
    w = w - lr * v
    return w, {"v": v}

# %% [markdown]
# Is the velocity an *average* of the gradients, as one often reads? Unroll the line:
#
# $$v_t = g_t + \beta g_{t-1} + \beta^2 g_{t-2} + \dots + \beta^{t-1} g_1 .$$
#
# The weights do not add up to 1 but to $(1-\beta^t)/(1-\beta)$. So it is a **sum** that fades. On an even slope, where
# the gradient is always 1, the velocity climbs to $1/(1-\beta)$, and after $T$ steps the point has moved by
#
# $$lr \sum_{t=1}^T \frac{1-\beta^t}{1-\beta} = \frac{lr}{1-\beta}\Big(T - \beta\,\frac{1-\beta^T}{1-\beta}\Big) .$$
#
# **Before you run the next cell:** with $\beta = 0.9$, how many times faster than gradient descent does the run get in
# the end? The cell runs the library beside a momentum after published teaching material (the code is rewritten here,
# the fault is the same). Which numbers are odd?

# %%
from course_lib.checks import museum

def even_slope(w):
    return w[..., 0], np.ones_like(w)

lr, beta, T, slope = 0.01, 0.9, 100, np.array([1.0])
run = descent.minimize(even_slope, [0.0], "momentum", lr=lr, beta=beta, n_steps=T)
weights, velocities = [np.array([0.0])], [np.zeros(1)]
for _ in range(T):
    museum.museum_momentum(weights, [slope], velocities, lr=lr, beta=beta)
predicted = lr / (1 - beta) * (T - beta * (1 - beta**T) / (1 - beta))
print(f"velocity in the end: predicted {1 / (1 - beta):.2f}, library {run.state['v'][0]:.2f}, museum {velocities[0][0]:.2f}")
print(f"way after {T} steps: predicted {predicted:.2f}, library {-run.final[0]:.2f}, museum {-weights[0][0]:.2f}")
assert math.isclose(-run.final[0], predicted) and math.isclose(weights[0][0], -lr * T)

# %% [markdown]
# ### Exercise 06.1 · From the museum
#
# The museum's run is plain gradient descent, to the last digit, whatever `beta` is. Its loss falls, so nobody noticed.
# This one keeps a network's weights as a list of arrays, and a list of velocities, which the caller made as zeros; it
# changes both in place and returns nothing. Find the fault and repair it.

# %% tags=["exercise"]
def museum_momentum(weights, gradients, velocities, *, lr, beta=0.9):
    ### BEGIN SOLUTION
    for w, g, v in zip(weights, gradients, velocities, strict=True):
        v[...] = beta * v + g
        w -= lr * v
    ### END SOLUTION
    ### BEGIN STUB
    # for w, g, v in zip(weights, gradients, velocities, strict=True):
    #     v = beta * v + g
    #     w -= lr * v
    ### END STUB

# %%
check.museum_momentum(museum_momentum)

# %% [markdown] tags=["solution"]
# `v = beta * v + g` makes a new array and gives it the *name* `v`. The list still holds the old array, of zeros.
# `w -= ...`, on the other hand, changes the array itself: the two lines look alike and do different things. The
# library's rules avoid the trap: they return the new state, and whoever forgets to pass it on gets it wrong at once.
# A test that finds it: after one step, is the velocity still zero?

# %% [markdown]
# ## A ball in a bowl
#
# Put $v_t = (w_{t-1} - w_t)/lr$ into its own line, and the velocity disappears:
#
# $$w_{t+1} = w_t - lr\, g(w_t) + \beta\,(w_t - w_{t-1}) .$$
#
# Subtract $w_t$ twice, add $w_{t-1}$, and divide by $lr$, read as the square of a time step $h = \sqrt{lr}$:
#
# $$\underbrace{\frac{w_{t+1} - 2w_t + w_{t-1}}{h^2}}_{\text{acceleration}} + \underbrace{\frac{1-\beta}{h}}_{\text{friction}}\;
# \underbrace{\frac{w_t - w_{t-1}}{h}}_{\text{velocity}} = \underbrace{-\,g(w_t)}_{\text{force}} .$$
#
# This is Newton's law for a ball of mass 1 that rolls, with friction, under the force $-g$. In the parabola
# $\tfrac12\lambda w^2$ it is a damped oscillator. What a physicist knows about those should then hold here: with strong
# friction the ball creeps, with little friction it swings, and at *critical damping* in between it arrives soonest.
#
# The discrete rule can be solved exactly. With $a = lr\,\lambda$ it reads $w_{t+1} = (1+\beta-a)\,w_t - \beta\,w_{t-1}$.
# Try $w_t = z^t$:
#
# $$z^2 - (1+\beta-a)\,z + \beta = 0 .$$
#
# The two roots multiply to $\beta$. If they are complex, both have the size $\sqrt\beta$, and the run swings. They are
# complex exactly for $(1+\beta-a)^2 < 4\beta$, that is, between the two critical dampings
#
# $$(1-\sqrt\beta)^2 < a < (1+\sqrt\beta)^2 .$$
#
# **Predict:** for $a = 0.1$, the smaller critical damping is at $\beta = (1-\sqrt{0.1})^2 = 0.468$. What do runs with
# $\beta = 0.2$, $0.468$ and $0.9$ look like, and which is at the bottom first?

# %% tags=["figure"] mystnb={"image": {"alt": "Three panels of the weight against the step, from 1, on a parabola with lr times curvature 0.1. With beta 0.2 it creeps down and is still above zero after 40 steps; with beta 0.468 it falls fastest without crossing zero; with beta 0.9 it swings around zero inside a grey envelope that shrinks slowly."}}
a, betas = 0.1, np.array([[0.2], [(1 - math.sqrt(0.1))**2], [0.9]])
parabola = landscapes.quadratic([1.0])
run = descent.minimize(parabola, np.ones((3, 1)), "momentum", lr=a, beta=betas, n_steps=200)
t = np.arange(61)
fig, axes = plt.subplots(1, 3, figsize=(10, 3.6), sharey=True)
for k, kind in enumerate(["creeps", "critical", "swings"]):
    axes[k].axhline(0, color="0.6", linewidth=1)
    axes[k].plot(t, run.w[:61, k, 0], **look("momentum", marker=None))
    axes[k].set(xlabel="step $t$", title=f"{kind}: beta {betas[k, 0]:.3f}")
axes[2].plot(t, 1.05 * np.outer(0.9**(t / 2), [1, -1]), color="0.6", linestyle="--", linewidth=1.5)
axes[0].set_ylabel("weight $w_t$")
fig.suptitle("Fastest is the largest beta that does not swing", x=0.01, ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# *Reading the figure:* $\beta = 0.2$ creeps, $\beta = 0.9$ swings in an envelope (dashed) that shrinks by
# $\sqrt{0.9} = 0.949$ per step, and the critical run is at the bottom first. At critical damping both roots are
# $\sqrt\beta$; starting at rest at 1, the run is then $w_t = \big(1 + (1-\sqrt\beta)\,t\big)\sqrt\beta^{\,t}$. While it
# swings, it turns by the angle $\varphi$ in each step, where $\cos\varphi = (1+\beta-a)/(2\sqrt\beta)$.
#
# So does momentum *remove* oscillation, as is often said? Two directions, $a = 0.1$ and $a = 1.9$: gradient descent
# ($\beta=0$) creeps in the first and jumps to and fro, at every step, in the second; both with the factor $0.9$. With
# $\beta = 0.5$ both $a$ lie between the critical dampings. **Predict** the factors, and who changes sign how often:
# about every $\pi/\varphi$ steps.

# %%
critical = (1 + math.sqrt(a) * t) * (1 - math.sqrt(a))**t
assert np.allclose(run.w[:61, 1, 0], critical)
crossings = np.flatnonzero(np.diff(np.sign(run.w[:, 2, 0])))
period = 2 * math.pi / math.acos((1 + 0.9 - a) / (2 * math.sqrt(0.9)))
measured = 2 * (crossings[-1] - crossings[0]) / (len(crossings) - 1)
print(f"beta 0.9 swings once in: predicted {period:.1f} steps, measured {measured:.1f}; critical: w_20 = {critical[20]:.4f}")
for a2, gd_changes in ((0.1, 0), (1.9, 200)):
    gd, heavy = descent.minimize(parabola, np.ones((2, 1)), "momentum", lr=a2, beta=np.array([[0.0], [0.5]]), n_steps=200).w.T[0]
    phi = math.acos((1.5 - a2) / (2 * math.sqrt(0.5)))
    changes = [int((np.diff(np.sign(w)) != 0).sum()) for w in (gd, heavy)]
    print(f"a = {a2}: factor 0.9 -> {math.sqrt(0.5):.3f}; sign changes in 200 steps: without momentum {changes[0]}, "
          f"with it predicted about {200 * phi / math.pi:.0f}, measured {changes[1]}")
    assert changes[0] == gd_changes and abs(changes[1] - 200 * phi / math.pi) < 1.5 and abs(measured - period) < 0.5

# %% [markdown]
# It removes some swings in the steep direction and creates new ones in the flat direction, where there were none. In
# both it is faster. Calm is not the point; the factor per step is.
#
# ### Exercise 06.2 · The factor per step
#
# In the long run the larger root wins. Return its absolute value, for `lr_lam` $= lr\,\lambda$ and `beta`. This number
# is called the *spectral radius* of the iteration.

# %% tags=["exercise"]
def spectral_radius(lr_lam, beta):
    """Return the factor by which heavy ball multiplies the distance per step in the long run, a number."""
    ### BEGIN SOLUTION
    z = np.roots([1, -(1 + beta - lr_lam), beta])
    return abs(z).max()
    ### END SOLUTION

# %%
check.spectral_radius(spectral_radius)

# %% [markdown]
# ## The edge of stability
#
# The run decays when both roots are smaller than 1 in size. As $a$ grows, the first to leave is a negative real root,
# through $z = -1$. Put that in: $1 + (1+\beta-a) + \beta = 0$. So for $0 \le \beta < 1$ heavy ball converges exactly for
#
# $$0 < lr\,\lambda < 2\,(1+\beta) .$$
#
# With $\beta$ near 1 the largest stable rate is almost *twice* that of gradient descent. **Predict:** does a change of
# one per cent on either side of the edge suffice to turn decay into blow-up?

# %%
from course_lib.optimizers import momentum_theory

betas = np.array([[0.0], [0.5], [0.9], [0.99]])
edge = 2 * (1 + betas)
below = descent.minimize(parabola, np.ones((4, 1)), "momentum", lr=0.99 * edge, beta=betas, n_steps=4000)
above = descent.minimize(parabola, np.ones((4, 1)), "momentum", lr=1.01 * edge, beta=betas, n_steps=4000)
for k, beta in enumerate(betas[:, 0]):
    factors = [float(momentum_theory.spectral_radius(share * edge[k, 0], beta)) for share in (0.99, 1.01)]
    print(f"beta {beta:<4}: edge {edge[k, 0]:.2f}; 1 % below, factor {factors[0]:.3f}: falls below 1e-6; "
          f"1 % above, factor {factors[1]:.3f}: passes 1e8 at step {above.diverged_at[k]}")
    assert factors[0] < 1 < factors[1] and abs(below.final[k, 0]) < 1e-6 and above.diverged_at[k] > 0

# %% [markdown]
# ## The phase diagram
#
# Two numbers, $a = lr\,\lambda$ and $\beta$, decide everything on a parabola, so everything fits into one picture. The
# cell makes 6678 runs, one for each point of a grid, and measures the factor of each: how much the largest $|w_t|$
# shrinks between steps 100–200 and steps 300–400, as a 200th root. The theory is drawn on top as black lines.
#
# **Predict** before you look: in the region with complex roots the factor is $\sqrt\beta$. What do its level lines look
# like there? And for $a = 0.5$, which $\beta$ is the fastest?

# %% tags=["figure"] mystnb={"image": {"alt": "Phase diagram over lr times curvature from 0 to 4.2 and beta from 0 to 1. Measured factors are shades of grey, darkest at a = 1 and small beta. Predicted level lines are horizontal inside a region bounded by a blue curve that runs from beta 1 at a = 0 down towards 0 at a = 1 and up again to 1 at a = 4, and bend outside of it. Right of a straight black line from (2, 0) to (4, 1) the area is white: runs diverge."}}
A, B = np.meshgrid(np.linspace(0.02, 4.2, 106), np.linspace(0.06, 0.99, 63))
lr, beta = A.reshape(-1, 1), B.reshape(-1, 1)
grid = descent.minimize(parabola, np.ones_like(lr), "momentum", lr=lr, beta=beta, n_steps=400)
size = np.abs(grid.w[..., 0])
measured = (size[300:].max(axis=0) / size[100:201].max(axis=0))**(1 / 200)
predicted = momentum_theory.spectral_radius(A, B)
fig, ax = plt.subplots(figsize=(7.6, 4.8))
levels = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0]
ax.contourf(A, B, measured.reshape(A.shape), levels=[0.2, *levels], cmap="Greys_r", vmin=0.1, vmax=1.1)
lines = ax.contour(A, B, predicted, levels=levels, colors="black", linewidths=0.9)
ax.clabel(lines, levels[1:-1], manual=[(1.2, q**2) for q in levels[1:-1]])
ax.plot(np.linspace(0, 2, 401)**2, np.linspace(1, -1, 401)**2, color=look("momentum")["color"], linewidth=2.5)
ax.set(xlabel=r"$a$ = learning rate $\times$ curvature", ylabel="beta", ylim=(0.06, 1), title="Inside the blue curve only beta counts")
ax.text(3.3, 0.3, "diverges")
plt.show()

# %% [markdown]
# *Reading the figure:* dark is fast; the shades (measured) change where the black lines (predicted) run. Inside the
# blue curve $\beta = (1-\sqrt a)^2$, the critical dampings, the roots are complex, the factor is $\sqrt\beta$, and the
# lines are horizontal: the learning rate no longer matters. To the left the ball creeps; to the right it jumps to and
# fro and, beyond the line $\beta = a/2 - 1$, diverges (white). For a given $a$ the fastest $\beta$ lies *on* the blue
# curve, the ridge of critical damping. It has a steep side: with a little less momentum than critical the factor grows like a
# square root, with a little more it grows gently. For $a = 0.01$ the best is $\beta = 0.81$ with the factor $0.9$; $0.01$
# less gives $0.927$, $0.01$ more gives $0.906$.
#
# One direction is never alone. For a quadratic with curvatures from $\mu$ to $L$, the slower of the two ends decides.
# The next cell is the same diagram for $\mu = 1$, $L = 10$, over $lr$ and $\beta$, with the point of choice (square),
# its path and its loss.

# %% tags=["figure"] mystnb={"image": {"alt": "Three panels for lr 0.15 and beta 0.7. Left, the phase diagram for curvatures 1 and 10: a dark wedge with a star at its lower tip, lr 0.23 and beta 0.27, and a square at the choice. Middle, the path on the contours of the quadratic, swinging around the minimum. Right, the measured loss falls along the dashed predicted line."}}
from course_lib import panels

fig = plt.figure(figsize=(10.4, 3.9))
run = panels.fill(fig, 0.15, 0.7, mu=1.0, L=10.0, n_steps=60)
assert np.isclose(panels.factor(0.15, 0.7, 1.0, 10.0), math.sqrt(0.7))
assert np.allclose(momentum_theory.spectral_radius(0.01, np.array([0.8, 0.81, 0.82])), [0.927, 0.9, 0.906], atol=5e-4)
inside = grid.diverged_at < 0
print(f"6678 runs: largest difference, measured - predicted factor: {np.abs(measured - predicted.ravel())[inside].max():.3f}; "
      f"smallest predicted factor of a run that diverged: {predicted.ravel()[~inside].min():.2f}")
assert np.abs(measured - predicted.ravel())[inside].max() < 0.01 and predicted.ravel()[~inside].min() > 1
plt.show()

# %% [markdown]
# *Reading the figure:* with $\beta = 0.7$ and this $lr$ both directions swing, both shrink by $\sqrt{0.7} = 0.837$ per
# step, and the loss, which goes with the square of the distance, falls along the dashed line. The star is the best of
# all pairs. **Now drag** the sliders in JupyterLab (run the next cell first): move the point along the edges of the dark
# wedge down to the star. On which edge does the flat direction decide, on which the steep one?

# %% tags=["nbval-ignore-output"]
panels.momentum_panel(mu=1.0, L=10.0)

# %% [markdown]
# ## The best parameters
#
# On the left edge the flat direction is critical, on the right edge the steep one, and the star is where both are. It can
# be computed. Since the two roots multiply to $\beta$, the larger one is at least $\sqrt\beta$, and it *is*
# $\sqrt\beta$ as long as $a$ lies between the critical dampings. So take the smallest $\beta$ whose region still holds
# all of $[lr\,\mu,\, lr\,L]$: both ends lie on the blue curve, one on each branch,
#
# $$lr\,\mu = (1-\sqrt\beta)^2, \qquad lr\,L = (1+\sqrt\beta)^2 .$$
#
# (With a smaller $\beta$ one end sticks out, and its larger root turns out to be larger than this $\sqrt\beta$.)
#
# ### Exercise 06.3 · Polyak's parameters
#
# Solve the two equations: return the pair of the best learning rate and the best $\beta$ for curvatures from `mu` to `L`.

# %% tags=["exercise"]
def best_momentum(mu, L):
    """Return (lr, beta): the pair with the smallest factor per step over all curvatures from mu to L."""
    ### BEGIN SOLUTION
    r = (math.sqrt(L) - math.sqrt(mu)) / (math.sqrt(L) + math.sqrt(mu))
    return (1 + r)**2 / L, r**2
    ### END SOLUTION

# %%
check.best_momentum(best_momentum)

# %% [markdown] tags=["solution"]
# Divide the roots of the equations: $\sqrt\kappa = (1+\sqrt\beta)/(1-\sqrt\beta)$, hence
# $\sqrt\beta = (\sqrt\kappa-1)/(\sqrt\kappa+1)$. Adding them instead gives $lr = \big(2/(\sqrt L+\sqrt\mu)\big)^2$, which
# is the same. For $\mu = L$ it is gradient descent with $lr = 1/L$, which arrives in one step.

# %% [markdown]
# ## How many steps, exactly?
#
# The factor per step is now $r = (\sqrt\kappa-1)/(\sqrt\kappa+1)$, where gradient descent had $(\kappa-1)/(\kappa+1)$:
# for large $\kappa$, the number of steps goes with $\sqrt\kappa$ instead of $\kappa$. But if you count steps as
# $\ln 10^{-6}/\ln r$, you will count too few, by a fifth to a third. Why? At the best parameters both
# directions are *critical*, and there the two roots coincide. From rest at 1 the two weights are
#
# $$w_t^{(\mu)} = \big(1 + (1-r)\,t\big)\, r^t, \qquad w_t^{(L)} = \big(1 + (1+r)\,t\big)\,(-r)^t .$$
#
# The factor $t$ is the price. The spectral radius is what the ratio of two errors tends to; at step $t$ it still is
# about $r\,(1 + 1/t)$. And the steep weight first moves *away* before it converges. **Predict** from the formula, for
# $\kappa = 100$: by what factor does the error grow before it falls, and when is it below $10^{-6}$ of its start?

# %% tags=["figure"] mystnb={"image": {"alt": "Error against step for condition number 100, log scale, 0 to 300 steps. Gradient descent falls slowly, to 0.0025 at step 300. Nesterov reaches one millionth at step 154, heavy ball at 93. Heavy ball first rises above 2.6, and its curve lies on the exact formula in grey and well above a dotted straight line with the slope of the spectral radius."}}
t, bowl = np.arange(301), landscapes.quadratic([1.0, 100.0])
lr, beta, r = momentum_theory.best_heavy_ball(1.0, 100.0)
lr_n, beta_n, _ = momentum_theory.usual_nesterov(1.0, 100.0)
exact = np.sqrt(((1 + (1 - r) * t)**2 + (1 + (1 + r) * t)**2) / 2) * r**t
fig, ax = plt.subplots()
ax.semilogy(t, exact, color="0.75", linewidth=7, label="exact formula")
ax.semilogy(t, r**t, color="0.3", linestyle=":", label="spectral radius$^t$")
tuned = {"sgd": {"lr": 2 / 101}, "nesterov": {"lr": lr_n, "beta": beta_n}, "momentum": {"lr": lr, "beta": beta}}
for name, hyper in tuned.items():
    run = descent.minimize(bowl, [1.0, 1.0], name, n_steps=300, **hyper)
    ax.semilogy(t, np.linalg.norm(run.w, axis=-1) / math.sqrt(2), **look(name, markevery=30))
ax.set(xlabel="step $t$", ylabel="error / error at the start", ylim=(1e-8, 9), title="Heavy ball rises first, and then wins")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Reading the figure:* heavy ball (squares) lies on the exact formula, in grey, and *not* on the dotted line with the
# slope of the spectral radius: it grows to 2.7 times the error of the start before it falls. Gradient descent, at
# its own best rate, is still far away. Nesterov's momentum, which comes next, is slower here, and never rises. The same for
# other $\kappa$, where the gradient descent column is the formula that notebook 03 measured:

# %%
for kappa in (10, 100, 1000, 10_000):
    lr, beta, r = momentum_theory.best_heavy_ball(1.0, kappa)
    t = np.arange(int(20 * math.sqrt(kappa)))
    exact = np.sqrt(((1 + (1 - r) * t)**2 + (1 + (1 + r) * t)**2) / 2) * r**t
    run = descent.minimize(landscapes.quadratic([1.0, kappa]), [1.0, 1.0], "momentum", lr=lr, beta=beta, n_steps=t[-1])
    error = np.linalg.norm(run.w, axis=-1) / math.sqrt(2)
    gd, naive = (math.ceil(math.log(1e-6) / math.log(q)) for q in ((kappa - 1) / (kappa + 1), r))
    steps, needed = (int(descent.settled(e, 1e-6)) for e in (exact, error))
    print(f"kappa {kappa:5}: gradient descent {gd:5}; from the radius alone {naive:3}, predicted {steps:4}, needed {needed:4}; "
          f"error rises to {error.max():.3g} times (predicted {exact.max():.3g})")
    assert needed == steps and math.isclose(error.max(), exact.max(), rel_tol=1e-9)

# %% [markdown]
# The prediction is exact to the step. Two warnings come with it. These are the best parameters for the *worst*
# quadratic, and they need $\mu$, which is seldom known; with $\beta = 0.9$ or $0.99$ one bets on some $\kappa$ (best
# for $\sqrt\beta = r$: $\kappa \approx 1440$ for $0.9$). And the temporary growth is no accident: the steep weight
# alone, $(1+(1+r)\,t)\,r^t$, climbs to about $\sqrt\kappa/e$ for large $\kappa$, which is 37 for $\kappa = 10^4$.
#
# ## Nesterov: look before you step
#
# Heavy ball takes its gradient at $w$, although it already knows that the old velocity will carry it to
# $w - lr\,\beta v$. Nesterov (1983) asks for the gradient *there*:
#
# $$v_t = \beta v_{t-1} + g(w_{t-1} - lr\,\beta v_{t-1}), \qquad w_t = w_{t-1} - lr\, v_t .$$
#
# ### Exercise 06.4 · The look-ahead form
#
# Take one step of it, and return the pair `(w, v)`. `fun(w)` returns the pair `(loss, grad)`. Leave what you are given
# unchanged.

# %% tags=["exercise"]
def nesterov_lookahead(fun, w, v, *, lr, beta):
    """Return (w, v) after one step of Nesterov's momentum from the point w (n,) with the velocity v (n,)."""
    ### BEGIN SOLUTION
    _, g = fun(w - lr * beta * v)
    v = beta * v + g
    return w - lr * v, v
    ### END SOLUTION

# %%
check.nesterov_lookahead(nesterov_lookahead)

# %% [markdown]
# A library is handed the gradient at the weights that it stores, so it stores the *look-ahead point*
# $u_t = w_t - lr\,\beta v_t$ and calls it `w`. What is the rule for $u$? With a constant rate,
#
# $$u_t = w_{t-1} - lr\,v_t - lr\,\beta v_t = u_{t-1} + lr\,\beta v_{t-1} - lr\,v_t - lr\,\beta v_t = u_{t-1} - lr\,(g_t + \beta v_t),$$
#
# because $v_t - \beta v_{t-1} = g_t$. That is the form in which Keras, PyTorch and this course write it:

# %% tags=["mirrors:course_lib.optimizers.rules.nesterov"]
def nesterov(w, g, state, *, lr, beta=0.9):
    """Nesterov's momentum; w is the look-ahead point of the original form."""
    v = beta * state.get("v", 0.0) + g
    w = w - lr * (g + beta * v)
    return w, {"v": v}

# %% [markdown]
# Same method, other bookkeeping: **predict** the largest distance between the library's `w` and $w_t - lr\,\beta v_t$ of
# the look-ahead form. And is it the same as heavy ball, only written differently? On the parabola, insert $g = \lambda
# u$ as before:
#
# $$z^2 - (1-a)(1+\beta)\,z + (1-a)\,\beta = 0 .$$
#
# Where the roots are complex, their size is $\sqrt{\beta\,(1-a)}$: in contrast to heavy ball, *steep directions are
# damped more*. The price is an earlier edge: $z=-1$ gives $a = (2+2\beta)/(1+2\beta)$, only $1.36$ for $\beta = 0.9$,
# where heavy ball has $3.8$. The usual parameters for curvatures from $\mu$ to $L$ are $lr = 1/L$ and
# $\beta = (\sqrt\kappa-1)/(\sqrt\kappa+1)$, with the factor $1 - 1/\sqrt\kappa$.

# %%
w = u = np.array([-1.0, 1.5])
v, state, gap = np.zeros(2), {}, 0.0
for _ in range(500):
    w, v = momentum_theory.lookahead_nesterov(landscapes.ROSENBROCK, w, v, lr=1e-3, beta=0.9)
    u, state = optimizers.nesterov(u, landscapes.ROSENBROCK.grad(u), state, lr=1e-3, beta=0.9)
    gap = max(gap, abs(w - 1e-3 * 0.9 * v - u).max())
print(f"Rosenbrock, 500 steps: the two forms differ by less than 1e-12: {gap < 1e-12}")
w, v = [1.0], np.zeros(1)
for _ in range(2):
    w, v = momentum_theory.lookahead_nesterov(parabola, w, v, lr=0.1, beta=0.9)
heavy = descent.minimize(parabola, [1.0], "momentum", lr=0.1, beta=0.9, n_steps=2).final
print(f"parabola, lr 0.1: w_2 of heavy ball - w_2 of Nesterov: predicted {-0.9 * 0.1**2:.3f}, measured {heavy[0] - w[0]:.3f}")
norm = descent.minimize(bowl, [1.0, 1.0], "nesterov", lr=lr_n, beta=beta_n, n_steps=300).grad_norm
print(f"kappa 100: factor around step 250: predicted 0.9 (1 + 1/250) = {0.9 * 1.004:.4f}, measured {(norm[300] / norm[200])**0.01:.4f}")
assert gap < 1e-12 and math.isclose(heavy[0] - w[0], -0.009) and abs((norm[300] / norm[200])**0.01 - 0.9036) < 2e-4

# %% [markdown]
# The two forms are one method. Heavy ball is another one: the first step is the same, and from the second on, the
# gradients are taken elsewhere. Here $lr^2\beta\lambda^2 w_0 = 0.009$ lies between them after two steps.
#
# What is it good for? On quadratics tuned heavy ball is faster. But for Nesterov's momentum there is a *theorem for all*
# $\mu$-strongly convex, $L$-smooth functions, quadratic or not: with these parameters
# $f(w_t) - f^* \le (1-1/\sqrt\kappa)^t\,\big(f(w_0) - f^* + \tfrac\mu2 |w_0-w^*|^2\big)$. For heavy ball there is
# none of this speed, and we shall see why. First, the case $\mu = 0$.
#
# ## The best that any method can do
#
# For functions that are only convex and $L$-smooth, gradient descent promised $LR^2/(4t+2)$, with $R = |w_0 - w^*|$.
# Nesterov's momentum with $lr = 1/L$ and a momentum that *grows*, $\beta_t = (t-1)/(t+2)$, promises
#
# $$f(w_t) - f^* \;\le\; \frac{2LR^2}{(t+1)^2} .$$
#
# Could a cleverer method have $1/t^3$? No. Nesterov wrote down a function on which *every* method that moves only along
# gradients it has seen is slow: a chain of $n$ weights, each tied to its neighbours, pulled at one end:
#
# $$f(w) = \frac L4\Big(\tfrac12\big[w_1^2 + (w_1-w_2)^2 + \dots + (w_{n-1}-w_n)^2 + w_n^2\big] - w_1\Big) .$$
#
# Start at zero. The first gradient is zero except at $w_1$; so the second reaches $w_2$ at most, and after $t$ steps
# *at most $t$ weights have ever moved*, whatever the method. The lowest value with $t$ weights is that of a chain of length
# $t$, $\tfrac L8\big(\tfrac1{t+1} - 1\big)$, so that
#
# $$f(w_t) - f^* \;\ge\; \frac L8\Big(\frac1{t+1} - \frac1{n+1}\Big), \qquad R^2 = \frac{n\,(2n+1)}{6\,(n+1)} .$$
#
# With $n = 2t+1$ this is at least $\tfrac{3}{32} LR^2/(t+1)^2$: the same power of $t$ as the promise. **Predict** for
# $n = 101$: how close to the floor does Nesterov's momentum come in 50 steps? (The cell also asserts, at every step $k$,
# that exactly $k$ weights have moved.)

# %% tags=["figure"] mystnb={"image": {"alt": "Log-log plot of loss above the minimum against step 1 to 50 on the chain of 101 weights. Gradient descent falls slowly, Nesterov ever more steeply. Both stay above a grey area whose edge no gradient method can pass; Nesterov stays below its promised bound, a dashed line about ten times higher."}}
fun, n, t, w, y, fast = landscapes.chain(101), 101, np.arange(1, 51), np.zeros(101), np.zeros(101), []
floor, bound = (1 / (t + 1) - 1 / (n + 1)) / 8, n * (2 * n + 1) / (3 * (n + 1)) / (t + 1)**2
for k in t:
    w, previous = y - fun(y)[1], w
    y = w + (k - 1) / (k + 2) * (w - previous)
    fast.append(fun(w)[0])
    assert np.count_nonzero(w) == k and floor[k - 1] < fast[-1] <= bound[k - 1]
fig, ax = plt.subplots()
ax.fill_between(t, floor, 1e-4, color="0.85", label="out of reach of all gradient methods")
ax.loglog(t, bound, color="0.3", linestyle="--", label="promise of Nesterov, $2LR^2/(t+1)^2$")
ax.loglog(t, descent.minimize(fun, 0 * w, "sgd", lr=1.0, n_steps=50).loss[1:], **look("sgd", label="gradient descent"))
ax.loglog(t, fast, **look("nesterov", label="Nesterov, growing beta"))
ax.set(xlabel="step $t$", ylabel="loss above the minimum", ylim=(6e-4, 200), title=f"After 50 steps Nesterov is {fast[-1] / floor[-1]:.1f} times above the floor")
ax.legend(loc="upper right")
plt.show()

# %% [markdown]
# *Reading the figure:* the grey area is out of reach for *every* method that moves along gradients only, with any tuning:
# heavy ball, Nesterov, conjugate gradient. Nesterov's run stays within a factor of about 3 of it; gradient descent
# falls behind. Two limits of the statement: it holds for $t \le n$ steps (a chain of three weights is easy), and it is
# about the class of functions; on yours a method may do much better than its promise, as here. In the same way, no such
# method can beat $(\sqrt\kappa-1)/(\sqrt\kappa+1)$ per step for *all* strongly convex quadratics of every dimension: heavy
# ball's factor on quadratics is the best possible.
#
# ## What speed costs: noise
#
# Gradients from mini-batches are noisy. Add to every gradient of the parabola an independent error $\xi_t$ of mean 0 and
# standard deviation $\sigma$. The run no longer converges; it hovers, and we ask for the variance $V$ of $w$ in the
# long run. Let $C$ be the mean of $w_t w_{t-1}$. Multiply $w_{t+1} = (1+\beta-a)\,w_t - \beta\,w_{t-1} - lr\,\xi_{t+1}$ by
# $w_t$, then square it, and take means:
#
# $$C = (1+\beta-a)\,V - \beta\,C, \qquad V = \big((1+\beta-a)^2 + \beta^2\big)\,V - 2\beta\,(1+\beta-a)\,C + lr^2\sigma^2 .$$
#
# (This is the *Lyapunov equation* of the iteration, written out.) Eliminate $C$:
#
# $$V = \frac{lr\,\sigma^2}{\lambda}\cdot\frac{1+\beta}{(1-\beta)\,\big(2(1+\beta) - lr\,\lambda\big)} .$$
#
# For $\beta = 0$ this is $lr\,\sigma^2/\big(\lambda(2-lr\,\lambda)\big)$, the floor of gradient descent. For small $a$ it
# is about $\frac{lr}{1-\beta}\cdot\frac{\sigma^2}{2\lambda}$. **Predict:** raise $\beta$ from $0$ to $0.98$. What
# happens to the floor if you keep $lr$, and what if you keep $lr/(1-\beta)$, the *effective* rate?

# %% tags=["figure"] mystnb={"image": {"alt": "Variance of w against beta from 0 to 0.98, log scale. With the learning rate kept at 0.1 it rises from 0.05 to 2.5, measured squares on the predicted line. With lr/(1 - beta) kept at 0.1 it stays near 0.05, diamonds on a flat line."}}
betas, b = np.array([0.0, 0.5, 0.8, 0.9, 0.95, 0.98]), np.linspace(0, 0.985, 100)
kept = {"lr = 0.1": (0.1 + 0 * betas, 0.1 + 0 * b), "lr / (1 - beta) = 0.1": (0.1 * (1 - betas), 0.1 * (1 - b))}
rng, (fig, ax) = np.random.default_rng(0), plt.subplots()
for (label, (lr, b_lr)), marker in zip(kept.items(), "sD", strict=True):
    w, state, squares = np.zeros((6, 3000)), {}, np.zeros(6)
    for t in range(1200):
        g = w + rng.normal(size=w.shape)
        w, state = optimizers.momentum(w, g, state, lr=lr[:, None], beta=betas[:, None])
        squares += (w * w).mean(axis=1) / 700 if t >= 500 else 0.0
    ax.semilogy(b, momentum_theory.momentum_floor(b_lr, 1.0, b), color="0.65", linewidth=5)
    ax.semilogy(betas, squares, **look("momentum", marker=marker, linestyle="none", markevery=1, label=f"{label} kept"))
    assert np.allclose(squares, momentum_theory.momentum_floor(lr, 1.0, betas), rtol=0.05)
ax.set(xlabel="beta", ylabel="variance of $w$", title="At the same lr, beta 0.98 has 49 times the variance")
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# *Reading the figure:* the measured points lie on the grey lines of the formula. At the same $lr$ momentum amplifies the
# variance by nearly $1/(1-\beta)$. At the same effective rate the floor stays: there momentum is, for small rates, just
# another way to write a learning rate. It does not average the noise away.
#
# And at the *best* parameters? Let gradient descent use $2/(L+\mu)$ and heavy ball Polyak's pair. Put both into the formula,
# at $\lambda = \mu$ and at $\lambda = L$, and simplify: heavy ball's variance is larger, in both, by exactly
#
# $$\tfrac12\Big(\sqrt\kappa + \frac1{\sqrt\kappa}\Big) .$$
#
# So it is faster by about $\sqrt\kappa$ and noisier by about half of that. **Predict** the number for $\kappa = 100$.

# %%
rng, lam, kappa, variance = np.random.default_rng(1), np.array([1.0, 100.0]), 100.0, []
for lr, beta in ((2 / 101, 0.0), momentum_theory.best_heavy_ball(1.0, 100.0)[:2]):
    w, state, squares = np.zeros((2000, 2)), {}, np.zeros(2)
    for t in range(900):
        w, state = optimizers.momentum(w, lam * w + rng.normal(size=w.shape), state, lr=lr, beta=beta)
        squares += (w * w).mean(axis=0) / 600 if t >= 300 else 0.0
    variance.append(squares)
    floor = momentum_theory.momentum_floor(lr, lam, beta)
    print(f"beta {beta:.3f}: variance along mu predicted {floor[0]:.4f}, measured {squares[0]:.4f}; "
          f"along L predicted {floor[1]:.4f}, measured {squares[1]:.4f}")
predicted, measured = (math.sqrt(kappa) + 1 / math.sqrt(kappa)) / 2, variance[1] / variance[0]
print(f"heavy ball / gradient descent: predicted {predicted:.2f}, measured {measured[0]:.2f} and {measured[1]:.2f}")
assert np.allclose(measured, predicted, rtol=0.05)

# %% [markdown]
# Where the noise floor matters more than the speed towards it, as late in training, momentum buys nothing by itself: the
# rate has to come down, with or without it (notebook 09).
#
# ## A function on which tuned heavy ball never arrives
#
# Polyak's parameters are the best for *quadratics*. May one use them on any function whose curvature stays between $\mu$ and
# $L$? Lessard, Recht and Packard (2016) say no, with a function of one variable. Its slope has two inclinations, 25 and 1:
#
# $$f'(x) = 25x \;\;(x < 1), \qquad x + 24 \;\;(1 \le x < 2), \qquad 25x - 24 \;\;(x \ge 2) .$$
#
# So $\mu = 1$, $L = 25$, and $f$ is strongly convex, with its minimum at 0. Polyak's parameters are $lr = \tfrac19$,
# $\beta = \tfrac49$, with the factor $\tfrac23$ on quadratics. Look for a cycle of three points $p < 1$, $q < 1$,
# $s \ge 2$: there $w_{t+1} = (1 + \tfrac49 - \tfrac{25}9)\,w_t - \tfrac49 w_{t-1}$, plus $\tfrac{24}9$ if $w_t = s$. Three
# linear equations, which have a solution of the assumed kind. **Predict:** what does a small push off the cycle do?

# %%
two_slopes = landscapes.two_slopes
lr, beta, r = momentum_theory.best_heavy_ball(1.0, 25.0)
c = 1 + beta - 25 * lr
cycle = np.linalg.solve([[-c, 1, beta], [beta, -c, 1], [1, beta, -c]], [0.0, 0.0, 24 * lr])
heavy = descent.minimize(two_slopes, [3.3], "momentum", lr=lr, beta=beta, n_steps=30_000)
gd = descent.minimize(two_slopes, [3.3], "sgd", lr=2 / 26, n_steps=400)
last = np.sort(heavy.w[-3:, 0])
for predicted, measured in zip(np.sort(cycle), last, strict=True):
    print(f"a point of the cycle: predicted {predicted:.3f}, measured after 30 000 steps {measured:.3f}")
factor = abs(gd.w[300, 0] / gd.w[299, 0])
print(f"gradient descent: factor predicted {24 / 26:.3f}, measured {factor:.3f}; ends within 1e-12 of 0: {gd.loss[-1] < 1e-24}")
assert np.allclose(last, np.sort(cycle), atol=1e-9) and cycle[2] >= 2 and max(cycle[:2]) < 1 and gd.loss[-1] < 1e-24

# %% [markdown]
# For ever? All three points lie inside the pieces of inclination 25, so a small push $d$ off the cycle evolves by
# $d_{t+1} = -\tfrac43 d_t - \tfrac49 d_{t-1}$, that is $(z + \tfrac23)^2 = 0$: it dies out. The cycle *attracts* its
# surroundings. So does the minimum: near it the function is the parabola of curvature 25, where the run from $x_0$ reaches
# at most $(1 + 2(1+\tfrac23))\tfrac49\,x_0 = \tfrac{52}{27} x_0$, at $t=2$. As long as this stays below 1, that is for
# $0 < x_0 < 0.519$, it never notices the rest and converges. Which starts go where?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels. Left, weight against step from 3.3: heavy ball jumps between minus 1.8, 0.65 and 2.1 for ever, gradient descent falls to zero. Right, the distance from the minimum after 600 steps against the start from -4 to 4: zero for most starts, with several intervals that end on one of the three cycle points."}}
starts = np.linspace(-4, 4, 1601)[:, None]
end = descent.minimize(two_slopes, starts, "momentum", lr=lr, beta=beta, n_steps=600, keep_path=False).final[:, 0]
fig, axes = plt.subplots(1, 2, figsize=(10, 3.9))
axes[0].plot(heavy.w[:40, 0], **look("momentum", markevery=1, markersize=4, linewidth=1))
axes[0].plot(gd.w[:40, 0], **look("sgd", markevery=0.2))
axes[0].set(xlabel="step $t$", ylabel="$w_t$", ylim=(-4.4, 5.5), title="From 3.3 heavy ball cycles")
axes[0].legend(loc="upper right", ncols=2)
axes[1].plot(starts, end, ".", color=look("momentum")["color"], markersize=3)
axes[1].set(xlabel="start $x_0$, at rest", ylabel="after 600 steps", yticks=[0, 0.65, 2.1],
            title=f"{(abs(end) > 0.1).mean():.0%} of these starts do")
near = (starts[:, 0] > 0) & (starts[:, 0] < 27 / 52)
assert (abs(end[near]) < 1e-9).all() and 0.10 < (abs(end) > 0.1).mean() < 0.14
plt.show()

# %% [markdown]
# *Reading the figure:* on the left, heavy ball visits the same three points for ever while gradient descent, with its own best
# rate, arrives. On the right, most starts at rest converge (zero), and several intervals end on a point of the cycle. A
# theorem about quadratics is a theorem about quadratics; near a minimum of a smooth function it holds too, because the
# function is nearly quadratic there. In fact no choice of $(lr, \beta)$ gives heavy ball an accelerated rate for *all* $\mu$-strongly
# convex, $L$-smooth functions (Goujaud, Taylor and Dieuleveut 2023). Nesterov's theorem covers this function.
#
# ## Who writes momentum how
#
# | form | velocity | step | at a constant rate |
# |---|---|---|---|
# | course, PyTorch | $v \leftarrow \beta v + g$ | $w \leftarrow w - lr\,v$ | |
# | Keras | $u \leftarrow \beta u - lr\,g$ | $w \leftarrow w + u$ | $u = -lr\,v$: same path, same $lr$ |
# | exponential average | $m \leftarrow \beta m + (1-\beta)\,g$ | $w \leftarrow w - lr\,m$ | $m = (1-\beta)v$: same path with $lr/(1-\beta)$ |
# | PyTorch, dampening $\tau$ | $b \leftarrow \beta b + (1-\tau)\,g$, but first $b = g$ | $w \leftarrow w - lr\,b$ | $b_t = (1-\tau)\,v_t + \tau\beta^{t-1} g_1$ |
# | Nesterov, look-ahead | $v \leftarrow \beta v + g(w - lr\,\beta v)$ | $w \leftarrow w - lr\,v$ | the point that walks |
# | Nesterov, course, PyTorch | $v \leftarrow \beta v + g$ | $w \leftarrow w - lr\,(g + \beta v)$ | the look-ahead point of the row above |
# | Nesterov, Keras | $u \leftarrow \beta u - lr\,g$ | $w \leftarrow w + \beta u - lr\,g$ | $u = -lr\,v$: same path, same $lr$ |
#
# A rate quoted for one form may be ten times too large for another: with $\beta = 0.9$, an average with $lr = 0.1$ is the
# course's heavy ball with $lr = 0.01$. PyTorch spares the first gradient from dampening, so with $\tau = \beta$ it is the average
# plus an echo $\beta^t g_1$ of the first gradient. (In PyTorch, Nesterov needs $\tau = 0$.) The momentum functions are in
# `course_lib/optimizers/momentum_theory.py`, tested against the libraries themselves.
#
# These conversions hold while $lr$ stays the same. What if it drops in the middle of a run, as schedules do? The course's step is
# *new rate times velocity*, so it shrinks at once. Keras' velocity still holds steps made with the *old* rate, and they
# fade only by $\beta$ per step. **Predict:** on the even slope, at full speed, the rate drops from 0.1 to 0.01. Who
# brakes how?

# %% tags=["figure"] mystnb={"image": {"alt": "Length of the step against the step number 80 to 150. All forms move by 1 per step until step 100, when the rate drops tenfold. The course's form and the average fall to 0.1 at once; Keras' form decays smoothly to 0.1 over some thirty steps."}}
forms = {"course, PyTorch": (optimizers.momentum, 1.0), "Keras": (momentum_theory.keras_momentum, 1.0),
         "average, 10 lr": (momentum_theory.average_momentum, 10.0)}
looks = [("momentum", {"linewidth": 5}), ("keras", {"linestyle": "-"}), ("average", {"linestyle": ":", "color": "0.75"})]
fig, ax = plt.subplots()
moved = {}
for (name, (step, scale)), (style, more) in zip(forms.items(), looks, strict=True):
    run = descent.minimize(even_slope, [0.0], step, n_steps=400, beta=0.9,
                           lr=lambda t, scale=scale: scale * (0.1 if t <= 100 else 0.01))
    moved[name] = -np.diff(run.w[:, 0])
    ax.plot(range(80, 151), moved[name][79:150], **look(style, marker=None, label=name, **more))
assert np.allclose(moved["average, 10 lr"], moved["course, PyTorch"])
print(f"in total Keras' form goes further by {(moved['Keras'] - moved['course, PyTorch']).sum():.2f}")
ax.set(xlabel="step $t$", ylabel="length of the step", title="After the drop at step 100 Keras' form rolls on")
ax.legend(loc="upper right")
plt.show()

# %% [markdown]
# *Reading the figure:* until step 100 all three are one line. Then the course's form and the average take steps of a tenth
# at once, and Keras' form needs some thirty steps to get there: the area between the curves is the distance by which they
# part. Neither is wrong, but a schedule tuned for one is not tuned for the other.
#
# ### Exercise 06.5 · By how much do they part?
#
# On an even slope with the gradient `g`, both are at full speed when the rate drops from `lr_old` to `lr_new`, for good. How
# much further, in total, does Keras' form get?

# %% tags=["exercise"]
def parting(*, lr_old, lr_new, beta, g):
    """Return how much further Keras' momentum moves than the course's, after the rate has dropped, in the end."""
    ### BEGIN SOLUTION
    return (lr_old - lr_new) * beta / (1 - beta)**2 * g
    ### END SOLUTION

# %%
check.parting(parting)

# %% [markdown] tags=["solution"]
# At full speed the course's velocity is $g/(1-\beta)$. At the $k$-th step after the drop, the course moves by
# $lr_{new}\,g/(1-\beta)$. Keras' velocity starts from $lr_{old}\,g/(1-\beta)$ and approaches the same value, its excess
# shrinking by $\beta$: it is $(lr_{old} - lr_{new})\,\beta^k g/(1-\beta)$. Sum over $k \ge 1$.
#
# For the figure that is $0.09 \cdot 0.9/0.1^2 = 8.1$, as far as eight steps at the old full speed, and 8.10 is what the
# figure's cell printed.

# %% [markdown]
# ## Summary
#
# | on a quadratic, $\mu \le \lambda \le L$ | gradient descent | heavy ball | Nesterov, usual |
# |---|---|---|---|
# | stable for $lr\,\lambda$ below | $2$ | $2(1+\beta)$ | $(2+2\beta)/(1+2\beta)$ |
# | parameters | $lr = \frac{2}{L+\mu}$ | $lr = \big(\frac{2}{\sqrt L+\sqrt\mu}\big)^2$, $\sqrt\beta = \frac{\sqrt\kappa-1}{\sqrt\kappa+1}$ | $lr = \frac1L$, $\beta = \frac{\sqrt\kappa-1}{\sqrt\kappa+1}$ |
# | factor per step in the long run | $\frac{\kappa-1}{\kappa+1}$ | $\frac{\sqrt\kappa-1}{\sqrt\kappa+1}$ | $1 - \frac1{\sqrt\kappa}$ |
#
# - Momentum sums gradients: it is a ball with mass and friction. It creeps, swings or is critically damped, and critical is
#   fastest.
# - The spectral radius is the factor in the long run. At the best parameters a factor $t$ and a temporary growth of the order
#   of $\sqrt\kappa$ come on top.
# - No method that moves along gradients is faster on all convex functions than $1/t^2$, which Nesterov reaches, or on all strongly
#   convex quadratics than heavy ball.
# - At the same $lr$ the noise floor grows by nearly $1/(1-\beta)$; at the same $lr/(1-\beta)$ it stays.
# - Outside quadratics, tuned heavy ball may cycle for ever, where gradient descent and Nesterov have guarantees.
# - Keras keeps the rate inside the velocity: the same at a constant rate, and different after a drop.
#
# ## Questions to ask yourself
#
# **1.** A run with $\beta = 0.9$ swings with an envelope that shrinks by 0.949 per step. You halve $lr$, and it still swings.
# How does the envelope change?
#
# <details>
# <summary>Answer</summary>
#
# Not at all: with complex roots the factor is $\sqrt\beta = 0.949$, whatever the rate. Only the frequency falls.
#
# </details>
#
# **2.** You raise $\beta$ from 0.9 to 0.99 and keep $lr$. What happens to the effective rate, the noise floor, and the edge
# of stability?
#
# <details>
# <summary>Answer</summary>
#
# The effective rate and, for small $lr\,\lambda$, the noise floor become about ten times as large. The edge hardly moves, from
# $lr\,\lambda = 3.8$ to $3.98$.
#
# </details>
#
# **3.** A colleague fits a factor per step to the first 30 steps of heavy ball at the best parameters and finds it worse than
# the momentum_theory. Is the theory wrong?
#
# <details>
# <summary>Answer</summary>
#
# No. There the two roots coincide, the error goes like $t\,r^t$, and its ratio at step $t$ is about $r\,(1+1/t)$.
#
# </details>
#
# **4.** Why is the cycle no contradiction to Polyak's theorem, or to fast convergence near the minimum?
#
# <details>
# <summary>Answer</summary>
#
# The theorem is about quadratics, and near the minimum this function is one. The cycle visits pieces with another
# curvature and offset, where the runs that reach them obey another linear rule.
#
# </details>
#
# **5.** You move a training script with a step schedule from PyTorch to Keras, with the same numbers. What do you look at?
#
# <details>
# <summary>Answer</summary>
#
# The steps after each drop. Keras' form rolls on for about $\beta/(1-\beta)$ old steps; with $\beta = 0.9$ and a drop to
# a tenth, for 8.1. Also whether the PyTorch script used dampening.
#
# </details>
#
# ## Go deeper
#
# - B. Polyak, *Some methods of speeding up the convergence of iteration methods*, USSR Computational Mathematics and
#   Mathematical Physics 4(5), 1–17 (1964), doi:10.1016/0041-5553(64)90137-5.
# - G. Goh, *Why momentum really works*, Distill (2017), doi:10.23915/distill.00006: the phase diagram, live.
# - Y. Nesterov, *A method of solving a convex programming problem with convergence rate $O(1/k^2)$*, Soviet Mathematics
#   Doklady 27(2), 372–376 (1983); and his *Lectures on Convex Optimization* (2018), doi:10.1007/978-3-319-91578-4,
#   chapter 2: the lower bounds and the accelerated methods.
# - W. Su, S. Boyd, E. Candès, *A differential equation for modeling Nesterov's accelerated gradient method*, Journal of
#   Machine Learning Research 17(153) (2016), arXiv 1503.01243: the form with $(t-1)/(t+2)$ and its bound.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton, *On the importance of initialization and momentum in deep learning*,
#   ICML (2013), PMLR 28(3), 1139–1147: Nesterov's momentum for networks.
# - L. Lessard, B. Recht, A. Packard, *Analysis and design of optimization algorithms via integral quadratic constraints*,
#   SIAM Journal on Optimization 26(1), 57–95 (2016), doi:10.1137/15M1009597, arXiv 1408.3595: the function with the cycle.
# - B. Goujaud, A. Taylor, A. Dieuleveut, *Provable non-accelerations of the heavy-ball method* (2023), arXiv 2307.11291.
#
# **Next:** one rate still serves all coordinates:
# [07: Adapt the learning rate](07_adapt_the_learning_rate.ipynb).
