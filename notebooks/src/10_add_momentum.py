# %% [markdown]
# # 10 · Add momentum
#
# *Why does momentum work, and when does it hurt?*
#
# One more line, and gradient descent needs about $\sqrt\kappa$ steps where it needed $\kappa$. The same line makes runs swing that did not
# swing, and it amplifies noise. On a parabola all of this can be predicted, to the step.
#
# **You will do:** repair a published momentum that has none, compute the factor per step of heavy ball, and derive its best parameters.
#
# **You will learn:** momentum as a **damped oscillator**; its phase diagram; what its speed costs in noise; when it helps a network.
#
# **You need:** the factor per step and the **condition number** $\kappa = L/\mu$, the largest curvature over the smallest, from
# [05: Descend the gradient](05_descend_the_gradient.ipynb). The part on noise continues
# [08: Sample mini-batches](08_sample_minibatches.ipynb), but stands alone.
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## One more line
#
# Here is gradient descent (called `sgd`, as everywhere) beside momentum, in a ravine with the curvatures 1 and 30. Both have the best
# parameters for it; where these come from, you will know at the end.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels. Left, the first steps of gradient descent in black and momentum in blue on the contour lines of a long ravine: black jumps from side to side with little progress, blue makes a few wide swings and is at the centre. Right, loss against step on a logarithmic axis: the blue line falls far below the black one within 100 steps."}}
from course_lib import landscapes, plotting
from course_lib.optimizers import descent, momentum_theory

ravine = landscapes.quadratic([1.0, 30.0])
lr, beta, _ = momentum_theory.best_heavy_ball(1.0, 30.0)
tuned = {"sgd": {"lr": 2 / 31}, "momentum": {"lr": lr, "beta": beta}}
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4))
plotting.contours(left, ravine, window=((-1.5, 4.5), (-3, 3)), levels=12)
for name, hyper in tuned.items():
    run = descent.minimize(ravine, [4.0, 1.0], name, n_steps=100, **hyper)
    plotting.path(left, run.w[:25], name, markevery=1, markersize=3, linewidth=1.2)
    right.semilogy(run.loss, **look(name))
right.set(xlabel="step $t$", ylabel="loss")
right.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* gradient descent jumps across the ravine and hardly moves along it. Momentum swings wider at first, and then leaves gradient
# descent far behind.
#
# The rule is Polyak's (1964). He kept the gradients: a *velocity* $v$ loses the share $1-\beta$ of itself in each step and gains the new gradient
# $g$, and $w$ moves by $\mathrm{lr}$ times the velocity. The number $\beta$, with $0 \le \beta < 1$, is the **momentum**. This is **heavy
# ball**, as the library has it. Before the first step $v = 0$; with $\beta = 0$ it is gradient descent.

# %% tags=["mirrors:course_lib.optimizers.rules.momentum"]
def momentum(w, g, state, *, lr, beta=0.9):
    """Heavy ball: sum the gradients into a velocity, and move by it."""
    v = beta * state.get("v", 0.0) + g
    w = w - lr * v
    return w, {"v": v}

# %% [markdown]
# Is the velocity an *average* of the gradients? Unroll the line:
#
# $$v_t = g_t + \beta g_{t-1} + \beta^2 g_{t-2} + \dots + \beta^{t-1} g_1 .$$
#
# The weights do not add up to 1 but to $(1-\beta^t)/(1-\beta)$. So it is a **sum** that fades.
#
# **Predict:** on an even slope, where the gradient is always 1, what does the velocity climb to with $\beta = 0.9$? So how many times faster than
# gradient descent does the run get? The cell runs the library's rule beside a published momentum, rewritten here with its fault. Which numbers are odd?

# %%
from course_lib.checks import museum

def even_slope(w):
    return w[..., 0], np.ones_like(w)

run = descent.minimize(even_slope, [0.0], "momentum", lr=0.01, beta=0.9, n_steps=100)
w, v = np.zeros((2, 1))
for _ in range(100):
    museum.museum_momentum([w], [np.array([1.0])], [v], lr=0.01, beta=0.9)
print(f"velocity: library {run.state['v'][0]:.2f}, museum {v[0]:.2f}")
print(f"way after 100 steps: library {-run.final[0]:.2f}, museum {-w[0]:.2f}")

# %% tags=["guard"]
assert np.isclose(-run.final[0], 0.01 / 0.1 * (100 - 0.9 * (1 - 0.9**100) / 0.1))
assert np.isclose(w[0], -1.0)

# %% [markdown]
# The library's velocity climbs to $1/(1-\beta) = 10$. So its run gets ten times as fast as gradient descent, whose way is 1; the
# time that the velocity needs to climb costs the missing 0.9.
#
# ### Exercise 10.1 · From the museum
#
# The museum's run is plain gradient descent, to the last digit, whatever `beta` is. Its loss falls, so nobody noticed. This function keeps a
# network's weights as a list of arrays, and a list of velocities, which the caller made as zeros. It changes both in place and returns
# nothing. Find the fault and repair it.

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
# `w -= ...`, on the other hand, changes the array itself. The library's rules avoid the trap: they return the new state.
# A test that finds the fault: after one step, is the velocity still zero?

# %% [markdown]
# ## A ball in a bowl
#
# Put $v_t = (w_{t-1} - w_t)/\mathrm{lr}$ into its own line, and the velocity disappears:
#
# $$w_{t+1} = w_t - \mathrm{lr}\, g(w_t) + \beta\,(w_t - w_{t-1}) .$$
#
# This is Newton's law, in small time steps, for a ball that rolls with friction under the force $-g$. In the parabola $\tfrac12\lambda w^2$ it
# is a **damped oscillator**. With strong friction such a ball creeps, with little it swings. The border between the two is called **critical damping**.
#
# <details>
# <summary>Why this is true</summary>
#
# Subtract $w_t$ twice, add $w_{t-1}$, and divide by $\mathrm{lr}$, read as the square of a time step $h = \sqrt{\mathrm{lr}}$:
#
# $$\underbrace{\frac{w_{t+1} - 2w_t + w_{t-1}}{h^2}}_{\text{acceleration}} + \underbrace{\frac{1-\beta}{h}}_{\text{friction}}\;
# \underbrace{\frac{w_t - w_{t-1}}{h}}_{\text{velocity}} = \underbrace{-\,g(w_t)}_{\text{force}} .$$
#
# </details>
#
# The rule itself can be solved exactly. With $a = \mathrm{lr}\,\lambda$ it reads $w_{t+1} = (1+\beta-a)\,w_t - \beta\,w_{t-1}$. Try $w_t = z^t$:
#
# $$z^2 - (1+\beta-a)\,z + \beta = 0 .$$
#
# The two roots multiply to $\beta$. If they are complex, both have the size $\sqrt\beta$, and the run swings. They are complex exactly between
# the two critical dampings,
#
# $$(1-\sqrt\beta)^2 < a < (1+\sqrt\beta)^2 .$$
#
# **Predict:** for $a = 0.1$ the critical damping is at $\beta = (1-\sqrt{0.1})^2 = 0.468$. Compare runs with $\beta = 0.2$, $0.468$ and $0.9$. Which
# is at the bottom first, and how fast does the swinging one get smaller?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels over 60 steps. Left, the weight from 1: with beta 0.2 it creeps down, with beta 0.468 it falls faster without crossing zero, with beta 0.9 it swings around zero between two thin grey lines. Right, its absolute value on a logarithmic axis: beta 0.468 falls steepest, beta 0.2 less than half as steeply, and beta 0.9 makes arches that touch the thin grey line."}}
parabola = landscapes.quadratic([1.0])
a = 0.1
betas = np.array([0.2, (1 - np.sqrt(a)) ** 2, 0.9])
w = descent.minimize(parabola, np.ones((3, 1)), "momentum", lr=a, beta=betas[:, None],
                     n_steps=60).w[..., 0]
t = np.arange(61)
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4))
for k, style in enumerate((":", "-", "--")):
    blue = look("momentum", marker=None, linestyle=style, label=f"beta {betas[k]:.3f}")
    axes[0].plot(t, w[:, k], **blue)
    axes[1].semilogy(t, np.abs(w[:, k]), **blue)
axes[0].plot(t, np.outer(0.9 ** (t / 2), [1, -1]), color="0.6", linewidth=1)
axes[1].plot(t, 0.9 ** (t / 2), color="0.6", linewidth=1)
axes[0].set(xlabel="step $t$", ylabel="weight $w_t$")
axes[1].set(xlabel="step $t$", ylabel="$|w_t|$", ylim=(1e-8, 2))
axes[0].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the critical run is fastest and does not cross zero. $\beta = 0.2$ creeps. $\beta = 0.9$ swings inside the grey lines $\pm\sqrt{0.9}^{\,t}$,
# which shrink by the factor 0.949 per step.

# %% tags=["guard"]
assert np.allclose(w[:, 1], (1 + np.sqrt(0.1) * t) * (1 - np.sqrt(0.1)) ** t)
assert (np.abs(w[:, 2]) <= 0.9 ** (t / 2) + 1e-12).all()
assert round(np.sqrt(0.9), 3) == 0.949

# %% [markdown]
# ### Exercise 10.2 · The factor per step
#
# In the long run the larger root wins. Return its absolute value, for `lr_lam` $= \mathrm{lr}\,\lambda$ and `beta`. It is called the **spectral
# radius** of the iteration.

# %% tags=["exercise"]
def spectral_radius(lr_lam, beta):
    """Return the factor per step of heavy ball in the long run, a number."""
    ### BEGIN SOLUTION
    z = np.roots([1, -(1 + beta - lr_lam), beta])
    return abs(z).max()
    ### END SOLUTION

# %%
check.spectral_radius(spectral_radius)

# %% [markdown]
# ## The phase diagram
#
# The run decays when both roots are smaller than 1 in size. As $a$ grows, the first to leave is a negative root, through
# $z = -1$. Put that in: $1 + (1+\beta-a) + \beta = 0$. So heavy ball converges exactly for
#
# $$0 < \mathrm{lr}\,\lambda < 2\,(1+\beta) .$$
#
# This is its **edge of stability**; with $\beta$ near 1 it is almost twice as far out as that of gradient descent.
#
# Two numbers, $a = \mathrm{lr}\,\lambda$ and $\beta$, decide everything on a parabola, so everything fits into one picture. The cell makes 6 678 runs, one for each
# point of a grid, and measures the factor of each: how much the largest $|w_t|$ shrinks from steps 100–200 to steps 300–400, as a 200th root.

# %%
A, B = np.meshgrid(np.linspace(0.02, 4.2, 106), np.linspace(0.06, 0.99, 63))
lr = A.reshape(-1, 1)
beta = B.reshape(-1, 1)
start = np.ones_like(lr)
grid = descent.minimize(parabola, start, "momentum", lr=lr, beta=beta, n_steps=400)
size = np.abs(grid.w[..., 0])
measured = (size[300:].max(axis=0) / size[100:201].max(axis=0)) ** (1 / 200)
predicted = momentum_theory.spectral_radius(A, B)

# %% [markdown]
# **Predict** before you look: where the roots are complex, the factor is $\sqrt\beta$. What do its level lines look like there? And for $a = 0.5$,
# which $\beta$ is the fastest?

# %% tags=["figure"] mystnb={"image": {"alt": "Phase diagram over lr times curvature from 0 to 4.2 and beta from 0 to 1. Measured factors are shades of grey, darkest at a = 1 and small beta. Predicted level lines are horizontal inside a region bounded by a blue curve that runs from beta 1 at a = 0 down towards 0 at a = 1 and up again to 1 at a = 4, and bend outside of it. Right of a straight black line from (2, 0) to (4, 1) the area is white: runs diverge."}}
fig, ax = plt.subplots(figsize=(7.6, 4.8))
levels = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0]
ax.contourf(A, B, measured.reshape(A.shape), levels=[0.2, *levels], cmap="Greys_r",
            vmin=0.1, vmax=1.1)
lines = ax.contour(A, B, predicted, levels=levels, colors="black", linewidths=0.9)
ax.clabel(lines, levels[1:-1], manual=[(1.2, q**2) for q in levels[1:-1]])
root = np.linspace(0, 2, 401)
ax.plot(root**2, (1 - root) ** 2, color=look("momentum")["color"], linewidth=2.5)
ax.set(xlabel=r"$a$ = learning rate $\times$ curvature", ylabel="beta", ylim=(0.06, 1))
plt.show()

# %% [markdown]
# *Reading the figure:* dark is fast. The shades are measured, the black level lines are predicted, and they agree. Inside the blue curve, the critical dampings, the
# lines are horizontal: only $\beta$ counts. To the left the ball creeps, to the right it jumps to and fro and finally diverges (white).
#
# For a given $a$ the fastest $\beta$ lies *on* the blue curve: for $a = 0.5$ it is $(1-\sqrt{0.5})^2 = 0.086$.

# %%
gap = np.abs(measured - predicted.ravel())[grid.diverged_at < 0].max()
print(f"measured and predicted factors differ by {gap:.3f} at most")

# %% tags=["guard"]
assert gap < 0.01
assert len(grid.diverged_at) == 6678
assert round((1 - 0.5**0.5) ** 2, 3) == 0.086
clear = np.abs(predicted.ravel() - 1) > 0.05
assert ((grid.diverged_at >= 0) == (predicted.ravel() > 1))[clear].all()

# %% [markdown]
# One direction is never alone. For curvatures from $\mu$ to $L$ the slower of the two ends decides. Here is the same diagram for $\mu = 1$, $L = 10$ over $\mathrm{lr}$
# and $\beta$, with one choice (square), its path and its loss.

# %% tags=["figure"] mystnb={"image": {"alt": "Three panels for lr 0.15 and beta 0.7. Left, the phase diagram for curvatures 1 and 10: a dark wedge with a star at its lower tip, lr 0.23 and beta 0.27, and a square at the choice. Middle, the path on the contours of the quadratic, swinging around the minimum. Right, the measured loss falls along the dashed predicted line."}}
from course_lib import panels

fig = plt.figure(figsize=(9.6, 3.8))
_ = panels.fill(fig, 0.15, 0.7, mu=1.0, L=10.0, n_steps=60)
plt.show()

# %% [markdown]
# *Reading the figure:* with this choice both directions swing, both shrink by $\sqrt{0.7} = 0.837$ per step, and the loss falls along the dashed line. The star is
# the best of all pairs. **Now drag** the sliders in JupyterLab (run the next cell first): on which edge of the dark wedge does the flat
# direction decide, on which the steep one?

# %% tags=["nbval-ignore-output"]
panels.momentum_panel(mu=1.0, L=10.0)

# %% tags=["guard"]
assert round(panels.factor(0.15, 0.7, 1.0, 10.0), 3) == 0.837
star = momentum_theory.best_heavy_ball(1.0, 10.0)[:2]
assert np.allclose(star, (0.23, 0.27), atol=5e-3)

# %% [markdown]
# ## The best parameters
#
# On the left edge the flat direction is critical, on the right edge the steep one. At the star both are:
#
# $$\mathrm{lr}\,\mu = (1-\sqrt\beta)^2, \qquad \mathrm{lr}\,L = (1+\sqrt\beta)^2 .$$
#
# <details>
# <summary>Why this is true</summary>
#
# Since the two roots multiply to $\beta$, the larger one is at least $\sqrt\beta$, and it *is* $\sqrt\beta$ as long as $a$ lies between the critical
# dampings. So take the smallest $\beta$ whose region still holds all of $[\mathrm{lr}\,\mu,\, \mathrm{lr}\,L]$: both ends lie on the blue curve, one on each branch. (With a smaller
# $\beta$ one end sticks out, and its larger root turns out to be larger than this $\sqrt\beta$.)
#
# </details>
#
# ### Exercise 10.3 · Polyak's parameters
#
# Solve the two equations: return the best learning rate and the best $\beta$ for curvatures from `mu` to `L`.

# %% tags=["exercise"]
def best_momentum(mu, L):
    """Return (lr, beta), the pair with the smallest factor over curvatures mu to L."""
    ### BEGIN SOLUTION
    r = (np.sqrt(L) - np.sqrt(mu)) / (np.sqrt(L) + np.sqrt(mu))
    return (1 + r) ** 2 / L, r**2
    ### END SOLUTION

# %%
check.best_momentum(best_momentum)

# %% [markdown] tags=["solution"]
# Divide the roots of the equations: $\sqrt\kappa = (1+\sqrt\beta)/(1-\sqrt\beta)$, hence $\sqrt\beta = (\sqrt\kappa-1)/(\sqrt\kappa+1)$. Adding them
# instead gives $\mathrm{lr} = \big(2/(\sqrt L+\sqrt\mu)\big)^2$, which is the same. For $\mu = L$ it is gradient descent with $\mathrm{lr} = 1/L$.

# %% [markdown]
# ## How many steps, exactly?
#
# The factor per step is now $r = (\sqrt\kappa-1)/(\sqrt\kappa+1)$, where gradient descent had $(\kappa-1)/(\kappa+1)$. So for large $\kappa$ the number of steps
# goes with $\sqrt\kappa$ instead of $\kappa$. But $r^t$ promises too much. At the best parameters both directions are *critical*, the two roots
# coincide, and from rest at 1 the weights are
#
# $$w_t^{(\mu)} = \big(1 + (1-r)\,t\big)\, r^t, \qquad w_t^{(L)} = \big(1 + (1+r)\,t\big)\,(-r)^t .$$
#
# **Predict** for $\kappa = 100$, where $r = 9/11$: is the steep weight smaller or larger after one step, and by what factor?

# %% tags=["figure"] mystnb={"image": {"alt": "Error against step for condition number 100, log scale, 0 to 300 steps. Gradient descent falls slowly, to 0.0025 at step 300. Heavy ball first rises to 2.68, reaches one millionth at step 93, and lies on the exact formula in grey, well above a dotted straight line with the slope of the spectral radius."}}
t = np.arange(301)
bowl = landscapes.quadratic([1.0, 100.0])
lr, beta, r = momentum_theory.best_heavy_ball(1.0, 100.0)

def exact_error(t, r):
    """Return the length of both weights at step t, as a share of the start's."""
    return np.hypot(1 + (1 - r) * t, 1 + (1 + r) * t) / np.sqrt(2) * r**t

fig, ax = plt.subplots()
ax.semilogy(t, exact_error(t, r), color="0.75", linewidth=7, label="exact formula")
ax.semilogy(t, r**t, color="0.3", linestyle=":", label="spectral radius$^t$")
for name, hyper in (("sgd", {"lr": 2 / 101}), ("momentum", {"lr": lr, "beta": beta})):
    w = descent.minimize(bowl, [1.0, 1.0], name, n_steps=300, **hyper).w
    ax.semilogy(t, np.linalg.norm(w, axis=-1) / np.sqrt(2), **look(name))
ax.set(xlabel="step $t$", ylabel="error / error at the start", ylim=(1e-8, 9))
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Reading the figure:* heavy ball lies on the exact formula and *not* on the dotted line: it grows to 2.7 times the error of the start before it falls, since the steep weight is 2.3 times as large after one step. It
# still beats gradient descent by far. Here are the steps to a millionth of the first error for other $\kappa$, by $r^t$, by the formula and by the run, and the highest error on the way:

# %%
for kappa in (10, 100, 1000, 10_000):
    lr, beta, r = momentum_theory.best_heavy_ball(1.0, kappa)
    exact = exact_error(np.arange(int(20 * np.sqrt(kappa))), r)
    bowl = landscapes.quadratic([1.0, kappa])
    tuned = {"lr": lr, "beta": beta, "n_steps": len(exact) - 1}
    w = descent.minimize(bowl, [1.0, 1.0], "momentum", **tuned).w
    needed = descent.settled(np.linalg.norm(w, axis=-1) / np.sqrt(2), 1e-6)
    counts = [np.log(1e-6) / np.log(r), descent.settled(exact, 1e-6), needed]
    print(f"kappa {kappa}: steps {np.round(counts)}, highest error {exact.max():.3g}")

# %% tags=["guard"]
assert descent.settled(exact, 1e-6) == needed
error = np.linalg.norm(w, axis=-1) / np.sqrt(2)
assert round((99 / 101) ** 300, 4) == 0.0025
assert round((1 + (1 + 9 / 11)) * 9 / 11, 1) == 2.3
assert round(((1 + np.sqrt(0.9)) / (1 - np.sqrt(0.9))) ** 2, -1) == 1440
assert np.allclose(error, exact, rtol=1e-6, atol=1e-12)

# %% [markdown]
# The formula is exact to the step. Two warnings come with it. The best parameters need $\mu$, which is seldom known: with $\beta = 0.9$ one bets on
# $\kappa \approx 1440$. And the growth at the beginning is no accident; it is of the order of $\sqrt\kappa$.
#
# ## What speed costs: noise
#
# Add to every gradient of the parabola an independent error of mean 0 and standard deviation $\sigma$, as mini-batches do. The run then hovers, and its
# variance settles at
#
# $$V = \frac{\mathrm{lr}\,\sigma^2}{\lambda}\cdot\frac{1+\beta}{(1-\beta)\,\big(2(1+\beta) - \mathrm{lr}\,\lambda\big)}
# \;\approx\; \frac{\mathrm{lr}}{1-\beta}\cdot\frac{\sigma^2}{2\lambda} \quad\text{for small } \mathrm{lr}.$$
#
# <details>
# <summary>Why this is true</summary>
#
# Let $V$ be the variance in the long run, and $C$ the mean of $w_t w_{t-1}$. With errors $\xi_t$ the rule is
# $w_{t+1} = (1+\beta-a)\,w_t - \beta\,w_{t-1} - \mathrm{lr}\,\xi_{t+1}$. Multiply it by $w_t$, then square it, and take means:
#
# $$C = (1+\beta-a)\,V - \beta\,C, \qquad V = \big((1+\beta-a)^2 + \beta^2\big)\,V - 2\beta\,(1+\beta-a)\,C + \mathrm{lr}^2\sigma^2 .$$
#
# This is the *Lyapunov equation* of the iteration, written out. Eliminate $C$. For $\beta = 0$ the result is the floor of notebook 08.
#
# </details>
#
# **Predict:** raise $\beta$ from $0$ to $0.98$. What happens to the floor if you keep $\mathrm{lr}$, and what if you keep $\mathrm{lr}/(1-\beta)$, the
# **effective learning rate**? (`momentum_theory.hover` runs 2 000 noisy runs at once and returns their variance.)

# %% tags=["figure"] mystnb={"image": {"alt": "Variance of w against beta from 0 to 0.98, log scale. With the learning rate kept at 0.1 it rises from 0.05 to 2.5, measured squares on the predicted line. With lr/(1 - beta) kept at 0.1 it stays near 0.05, diamonds on a flat line."}}
betas = np.array([0.0, 0.5, 0.8, 0.9, 0.95, 0.98])
fig, ax = plt.subplots()
for kept, lr, marker in (("lr", 0.1, "s"), ("lr / (1 - beta)", 0.1 * (1 - betas), "D")):
    ax.semilogy(betas, momentum_theory.momentum_floor(lr, 1.0, betas), color="0.65")
    ax.semilogy(betas, momentum_theory.hover(lr, 1.0, betas), marker,
                color=look("momentum")["color"], label=f"{kept} = 0.1 kept")
ax.set(xlabel="beta", ylabel="variance of $w$")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the marks, measured, lie on the lines of the formula. At the same $\mathrm{lr}$ momentum amplifies the variance by nearly
# $1/(1-\beta)$. At the same effective rate the floor stays: there momentum is, for small rates, just another way to write a learning rate. It does not average the noise away.
#
# And at the *best* parameters? Polyak's pair makes the variance larger than gradient descent with $\mathrm{lr} = 2/(L+\mu)$ does, by the factor
# $\tfrac12\big(\sqrt\kappa + 1/\sqrt\kappa\big)$ in both directions. So heavy ball is faster by about $\sqrt\kappa$, and noisier by about half of that. (Put both pairs into the formula for $V$.)

# %% tags=["guard"]
floor = momentum_theory.momentum_floor
measured = momentum_theory.hover(0.1, 1.0, betas)
assert np.allclose(measured, floor(0.1, 1.0, betas), rtol=0.06)
lr, beta, _ = momentum_theory.best_heavy_ball(1.0, 100.0)
for lam in (1.0, 100.0):
    assert np.isclose(floor(lr, lam, beta) / floor(2 / 101, lam, 0.0), (10 + 0.1) / 2)

# %% [markdown]
# ## Does it help a network?
#
# On a parabola momentum helps where *curvature* limits the rate, and not where *noise* does. A small network, 784-32-10, on 500 images can have
# either: all images in each step, 50 steps; or batches of 10, four epochs. We sweep $\beta$ and the rate.
#
# **Predict:** plot the final training loss against the *effective* rate $\mathrm{lr}/(1-\beta)$. In which of the two cases will the curves of the three $\beta$ lie
# on each other?

# %%
from course_lib.data import load_mnist, split
from course_lib.networks import mlp
from course_lib.training import train

data = split(load_mnist())
pair = (data.X_train[:500], data.y_train[:500])

def final_loss(batch_size, epochs, effective, beta):
    net = mlp([784, 32, 10], rng=np.random.default_rng(0))
    train(net, pair, "momentum", lr=effective * (1 - beta), beta=beta, epochs=epochs,
          batch_size=batch_size, rng=np.random.default_rng(0), progress=False)
    return net.loss(*pair)

effective = {500: 2.0 ** np.arange(-2, 5), 10: 2.0 ** np.arange(-5, 1)}
losses = {(size, beta): [final_loss(size, epochs, e, beta) for e in effective[size]]
          for size, epochs in ((500, 50), (10, 4)) for beta in (0.0, 0.9, 0.97)}

# %% [markdown]
# Each curve below is one $\beta$. Its lowest point is what that $\beta$ can do at its own best rate.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of final training loss against effective learning rate, both axes logarithmic, with a curve for each of three betas. Left, all images in each step: at small rates the curves of beta 0 and 0.9 run together and that of 0.97 lies above them; without momentum the curve turns up at an effective rate of about 1, with the larger betas it goes on down to far lower losses. Right, batches of 10: all curves run together at small rates and part near their lowest points."}}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4))
for ax, size in zip(axes, (500, 10), strict=True):
    for beta, style in ((0.0, ":"), (0.9, "-"), (0.97, "--")):
        blue = look("momentum", marker=None, linestyle=style, label=f"beta {beta}")
        ax.loglog(effective[size], losses[size, beta], **blue)
    ax.set(xlabel="lr / (1 - beta)", ylabel="training loss", title=f"batches of {size}")
axes[0].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* left, without noise, a larger $\beta$ stays stable up to larger effective rates and reaches a far lower loss; $\beta = 0.97$ is sluggish at the lower rates. Right, with
# noise, the curves run together until they are near their lowest points. One start is one case. The ledger has twenty, each side at its own best rate:

# %%
from course_lib.experiments import show_evidence

show_evidence("momentum_helps_the_whole_batch")
show_evidence("momentum_changes_little_in_small_batches")

# %% [markdown]
# With the whole batch the claim *holds*, by a factor of about a hundred. That momentum makes no difference in batches of 10 *fails*: it still ends about a third lower. So with small batches
# most of the gain is gone here, and not all. Shallue and others (2018) and Zhang and others (2019) report for large workloads that momentum pays mainly for large
# batches; with small ones, plain SGD needs about as many steps.
#
# ## Summary
#
# | on a quadratic, $\mu \le \lambda \le L$ | gradient descent | heavy ball |
# |---|---|---|
# | stable for $\mathrm{lr}\,\lambda$ below | $2$ | $2(1+\beta)$ |
# | best parameters | $\mathrm{lr} = \frac{2}{L+\mu}$ | $\mathrm{lr} = \big(\frac{2}{\sqrt L+\sqrt\mu}\big)^2$, $\sqrt\beta = \frac{\sqrt\kappa-1}{\sqrt\kappa+1}$ |
# | factor per step in the long run | $\frac{\kappa-1}{\kappa+1}$ | $\frac{\sqrt\kappa-1}{\sqrt\kappa+1}$ |
#
# - Momentum sums gradients: it is a ball with mass and friction. It creeps, swings, or is critically damped, which is fastest.
# - At the best parameters a factor $t$ and a growth of the order of $\sqrt\kappa$ at the beginning come on top of the factor per step.
# - At the same $\mathrm{lr}$ the noise floor grows by nearly $1/(1-\beta)$; at the same $\mathrm{lr}/(1-\beta)$ it stays.
#
# ## Questions to ask yourself
#
# **1.** A run with $\beta = 0.9$ swings inside an envelope that shrinks by 0.949 per step. You halve $\mathrm{lr}$, and it still swings. How does the envelope change?
#
# <details>
# <summary>Answer</summary>
#
# Not at all: with complex roots the factor is $\sqrt\beta = 0.949$, whatever the rate. Only the frequency falls.
#
# </details>
#
# **2.** You raise $\beta$ from 0.9 to 0.99 and keep $\mathrm{lr}$. What happens to the effective rate, the noise floor, and the edge of stability?
#
# <details>
# <summary>Answer</summary>
#
# The effective rate and, for small $\mathrm{lr}\,\lambda$, the noise floor become about ten times as large. The edge hardly moves, from
# $\mathrm{lr}\,\lambda = 3.8$ to $3.98$.
#
# </details>
#
# **3.** A colleague fits a factor per step to the first 30 steps of heavy ball at the best parameters and finds it worse than the theory. Is the
# theory wrong?
#
# <details>
# <summary>Answer</summary>
#
# No. There the two roots coincide, the error goes like $t\,r^t$, and its ratio at step $t$ is about $r\,(1+1/t)$.
#
# </details>
#
# **4.** One can read that momentum removes oscillation. Two directions have $a = 0.1$ and $a = 1.9$; $\beta$ goes from 0 to 0.5. What happens in each?
#
# <details>
# <summary>Answer</summary>
#
# Without momentum the first creeps and the second changes its sign in every step, both with the factor 0.9. With $\beta = 0.5$ both lie between the critical dampings: the factor is
# $\sqrt{0.5} = 0.707$, and complex roots turn by the angle $\varphi$ with $\cos\varphi = (1+\beta-a)/(2\sqrt\beta)$. In 200 steps the steep direction now changes its sign some
# 118 times instead of 200, and the flat one 9 times instead of never. Calm is not the point; the factor is.
#
# </details>
#
# ## Go deeper
#
# - B. Polyak, *Some methods of speeding up the convergence of iteration methods*, USSR Computational Mathematics and Mathematical Physics 4(5), 1–17 (1964),
#   [doi:10.1016/0041-5553(64)90137-5](https://doi.org/10.1016/0041-5553(64)90137-5).
# - G. Goh, *Why momentum really works*, Distill (2017), [doi:10.23915/distill.00006](https://doi.org/10.23915/distill.00006): the phase diagram, live.
# - C. Shallue and others, *Measuring the effects of data parallelism on neural network training* (2018), [arXiv:1811.03600](https://arxiv.org/abs/1811.03600);
#   G. Zhang and others, *Which algorithmic choices matter at which batch sizes? Insights from a noisy quadratic model* (2019), [arXiv:1907.04164](https://arxiv.org/abs/1907.04164).
#
# **Next:** what if the gradient is taken where the velocity will carry you? [11: Look ahead with Nesterov](11_look_ahead_with_nesterov.ipynb).
