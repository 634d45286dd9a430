# %% [markdown]
# # 07 · Use curvature
#
# *What do methods that know the curvature buy?*
#
# In a valley the steepest direction limits the learning rate, and the flattest one pays for it. Here are four cures: a
# rate for every coordinate, the whole Hessian, the size of its curvatures, and a check of each step. For each one you
# will know beforehand what it buys, and meet the case in which it fails.
#
# **You will do:** compute what a rescaling of the axes can mend; write Newton's step, its variant that avoids saddles,
# and a **line search**.
#
# **You will learn:** what a rotation does to methods with a rate for every coordinate; what **quadratic convergence**
# looks like; why Newton's method likes saddles; what it costs when gradients are noisy.
#
# **You need:** the condition number $\kappa = L/\mu$ from [05: Descend the gradient](05_descend_the_gradient.ipynb), and
# saddles from [01: Classify critical points](01_classify_critical_points.ipynb).
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# Two runs in the curved valley of Rosenbrock's function. One goes against the gradient (black), the other along a direction
# that is computed from the Hessian, Newton's (green). Both shorten a step that does not lower the loss enough, by the
# same rule.

# %% tags=["figure"] mystnb={"image": {"alt": "Contours of Rosenbrock's curved valley with two paths from (-1.2, 1). Gradient descent with line search takes small steps near the start, one long leap across the bend, and then small steps again; after 300 steps it has not reached the minimum. Newton with line search follows the bend in 21 steps to the minimum at (1, 1)."}}
from course_lib import landscapes, plotting
from course_lib.optimizers import curvature, descent

f = landscapes.ROSENBROCK
downhill = curvature.line_search(f, lambda g, H: -g, f.hess)
guarded = curvature.line_search(f, curvature.newton, f.hess)
start = [-1.2, 1.0]
gd = descent.minimize(f, start, downhill, lr=1.0, n_steps=300)
newton = descent.minimize(f, start, guarded, lr=1.0, n_steps=100, tol=1e-6)

fig, ax = plt.subplots(figsize=(7.2, 4.6))
plotting.contours(ax, f, log=True)
plotting.path(ax, gd.w, "sgd", markevery=5, markersize=4)
plotting.path(ax, newton.w, "newton", markevery=1)
ax.set_title(f"{gd.n_steps} steps of gradient descent, {newton.n_steps} of Newton")
plt.show()

# %% [markdown]
# *Reading the figure:* Newton's direction follows the bend and arrives. Gradient descent leaps across it once, by luck,
# and then creeps: near the minimum $\kappa$ is about 2500. After 300 steps it is still 0.1 away.

# %% tags=["guard"]
assert newton.n_steps == 21
assert 2450 < np.linalg.cond(f.hess(np.ones(2))) < 2550
assert abs(np.linalg.norm(gd.final - 1) - 0.1) < 0.05

# %% [markdown]
# ## First cure: a rate for every coordinate
#
# Let the loss be $\tfrac12 w^\top H w$, and let $D$ be the diagonal of $H$. Divide each coordinate of the gradient by its
# own curvature: $w \leftarrow w - \mathrm{lr}\,D^{-1} g$. This is **diagonal preconditioning**. It is gradient descent in
# other units, $u = D^{1/2} w$, so the condition number that counts is now that of
#
# $$\tilde H = D^{-1/2}\,H\,D^{-1/2}, \qquad \tilde H_{ij} = \frac{H_{ij}}{\sqrt{H_{ii}H_{jj}}} .$$
#
# ### Exercise 07.1 · What is left of the condition number?
#
# Given `H`, symmetric with positive eigenvalues, return the condition number of $\tilde H$. Leave `H` unchanged.

# %% tags=["exercise"]
def scaled_condition(H):
    """Return the condition number of H (n, n) after diagonal preconditioning."""
    ### BEGIN SOLUTION
    d = np.sqrt(np.diag(H))
    eigenvalues = np.linalg.eigvalsh(H / np.outer(d, d))
    return eigenvalues[-1] / eigenvalues[0]
    ### END SOLUTION

# %%
check.scaled_condition(scaled_condition)

# %% [markdown] tags=["solution"]
# `np.outer(d, d)` holds $\sqrt{H_{ii}H_{jj}}$. The matrix $D^{-1}H$ has the same eigenvalues, but it is not symmetric, and
# `eigvalsh` would silently read one of its triangles only.

# %% [markdown]
# With two weights, $\tilde H$ has ones on its diagonal and $r = H_{12}/\sqrt{H_{11}H_{22}}$ beside it. Its eigenvalues are
# $1 \pm r$, so $\tilde\kappa = (1+|r|)/(1-|r|)$. If the valley runs along an axis, $r = 0$ and one step is enough,
# whatever $\kappa$. If it is turned by 45°, the diagonal entries are equal, and nothing has changed at all. The cell
# measures $\tilde\kappa$ by runs: at the best rate, 1, the factor per step is $q = (\tilde\kappa-1)/(\tilde\kappa+1)$.
#
# **Predict** the curve of $\tilde\kappa$ in between, for $\kappa = 100$: does the cure fade slowly as the valley turns,
# or fast?

# %% tags=["figure"] mystnb={"image": {"alt": "Condition number after diagonal scaling against the angle of the valley, logarithmic axis, for an original value of 100. It is 1 at 0 degrees, rises steeply to 26 at 15 degrees, is flat at 100 around 45 degrees, and falls symmetrically to 1 at 90 degrees. Dots from runs lie on the grey curve."}}
degrees = np.arange(0, 91, 5)
predicted = []
measured = []
for angle in np.radians(degrees):
    bowl = landscapes.quadratic([0.01, 1.0], angle)
    H = bowl.hess(np.zeros(2))
    r = abs(H[0, 1]) / np.sqrt(H[0, 0] * H[1, 1])
    predicted.append((1 + r) / (1 - r))
    rule = curvature.newton_like_rule(lambda g, H: -g / np.diag(H), bowl.hess)
    w = descent.minimize(bowl, [1.0, 0.6], rule, lr=1.0, n_steps=20, tol=None).w
    q = (np.linalg.norm(w[20]) / np.linalg.norm(w[0])) ** (1 / 20)
    measured.append((1 + q) / (1 - q))

fig, ax = plt.subplots()
ax.semilogy(degrees, predicted, color="0.75", linewidth=5, label="formula")
ax.semilogy(degrees, measured, "ko", label="from the factor $q$ of a run")
ax.set(xlabel="angle of the valley (degrees)", ylabel="condition number left")
ax.legend(loc="lower center")
plt.show()

# %% [markdown]
# *Reading the figure:* fast. A turn by 15° brings back a quarter of $\kappa = 100$. Between 35° and 55° diagonal
# preconditioning is worth little.

# %% tags=["guard"]
assert np.allclose(measured, predicted, rtol=1e-6)
assert abs(predicted[degrees.searchsorted(15)] - 26) < 1
assert min(predicted[degrees.searchsorted(35) : degrees.searchsorted(55)]) > 85

# %% [markdown]
# ## Does the same happen to the rules that deep learning uses?
#
# RMSprop and Adam, which notebooks 13 and 14 explain, also have a rate for every coordinate: they divide by a size that
# is measured from past gradients. Adam has **momentum** too (notebook 10), a memory of past steps. The figure has heavy
# ball as a control: momentum, and nothing else.
#
# Each rule runs from five starts at distance 1, at the rate that is best for the slowest of them. It has arrived when the
# loss stays below $0.5\cdot10^{-6}$.

# %% tags=["figure"] mystnb={"image": {"alt": "Steps against the angle of the valley from 0 to 45 degrees for four rules, five marks at each angle with a line through the medians, logarithmic axis. Gradient descent and heavy ball are flat lines, near 230 and 130. Adam stays close to heavy ball at all angles. RMSprop is highest: about 600 at 0 degrees and more than 800 from 10 degrees on."}}
angles = np.array([0, 5, 10, 20, 30, 40, 45])
around = np.random.default_rng(0).uniform(0, 2 * np.pi, 5)
counts = {"rmsprop": [], "sgd": [], "adam": [], "momentum": []}
fig, ax = plt.subplots()
for name, steps in counts.items():
    for a in np.radians(angles):
        bowl = landscapes.quadratic([0.01, 1.0], a)
        starts = np.column_stack([np.cos(around + a), np.sin(around + a)])
        steps.append(descent.fewest_steps(bowl, starts, name, target=0.5e-6)[1])
    style = look(name, markevery=1, fillstyle="none")
    ax.semilogy(angles, steps, **style | {"linestyle": "none", "label": None})
    ax.semilogy(angles, np.median(steps, axis=1), **style | {"marker": None})
ax.set(xlabel="angle of the valley (degrees)", ylabel="steps", ylim=(70, 4000))
ax.legend(loc="upper right", ncols=2)
plt.show()

# %% [markdown]
# *Reading the figure:* marks are starts, lines are medians. Gradient descent and heavy ball do not see the axes: their
# lines are flat. RMSprop's line rises with the first degrees. Adam's stays near heavy ball's at every angle, so momentum
# alone, without a rate for every coordinate, gives almost the same picture. Three rows of the course's ledger of evidence,
# each with 40 starts, and each side at its own best rate:

# %%
from course_lib.experiments import show_evidence

show_evidence("turning_slows_rmsprop")
show_evidence("turning_slows_adam")
show_evidence("turned_adam_is_slower_than_heavy_ball")

# %% [markdown]
# The first and the third statement **hold**: RMSprop pays for the turn, and turned Adam is no quicker than its momentum.
# Whether the turn slows Adam at this $\kappa$ is **undecided**: it does from most starts, but a few aligned runs swing for
# very long.
#
# A network's axes are its single weights. Whether its valleys run along them is a question about that network, and not
# about the rule.

# %% tags=["guard"]
for name in ("sgd", "momentum"):
    assert np.array_equal(counts[name], [counts[name][0]] * len(angles))
medians = {name: np.median(steps, axis=1) for name, steps in counts.items()}
assert abs(medians["sgd"][0] - 230) < 10 and abs(medians["momentum"][0] - 130) < 10
assert abs(medians["rmsprop"][0] - 600) < 10 and medians["rmsprop"][2:].min() > 800
assert (abs(medians["adam"] / medians["momentum"] - 1) < 0.1).all()

# %% [markdown]
# ## Second cure: the whole Hessian
#
# Near $w$ the loss is almost a quadratic in the step $d$, $f(w) + g\cdot d + \tfrac12 d^\top H d$. Its gradient, $g + Hd$,
# vanishes for $d = -H^{-1}g$. That is **Newton's step**. On a quadratic it arrives at once, for every $\kappa$ and every
# angle. (The Hessian is the *first* derivative of the gradient.)
#
# ### Exercise 07.2 · Newton's step
#
# Return the new point. `w` and `g` have shape `(n,)`, `H` has shape `(n, n)`. Solve a system rather than invert a matrix.

# %% tags=["exercise"]
def newton_step(w, g, H):
    """Return the point (n,) after a full Newton step from w."""
    ### BEGIN SOLUTION
    return w - np.linalg.solve(H, g)
    ### END SOLUTION

# %%
check.newton_step(newton_step)

# %% [markdown]
# What happens near a minimum, when the loss is not a quadratic? Let $e_k$ be the error after $k$ steps in one dimension.
# A Taylor expansion at the minimum gives
#
# $$e_{k+1} \approx \frac{f'''}{2f''}\,e_k^2 .$$
#
# The error is *squared*, so the number of correct digits, $-\log_{10}|e_k|$, **doubles**. This is called **quadratic
# convergence**. Three functions, each with its minimum at 0:
#
# | $f$ | Newton's map | error | digits |
# |---|---|---|---|
# | $e^w - w$ | $w - 1 + e^{-w}$ | $\tfrac12 e_k^2$ | twice as many |
# | $\log\cosh w$ | $w - \tfrac12\sinh 2w$ | $-\tfrac23 e_k^3$, since $f''' = 0$ | three times as many |
# | $w^4$ | $\tfrac23 w$ | $\tfrac23 e_k$, since $f'' = 0$ | a constant more |
#
# Ordinary numbers end after 16 digits, but Python's `decimal` goes on.
#
# **Predict:** roughly how many digits are right after 8 steps from $w = 1$, for the first and for the last function?

# %% tags=["figure"] mystnb={"image": {"alt": "Correct digits against the Newton step, on a logarithmic axis. For log cosh the curve rises steepest, to above 100 digits in seven steps; for exp(w) - w it becomes a straight line that doubles each step, to 97 at step eight; for w to the fourth it bends and reaches only 1.4."}}
from decimal import Decimal, localcontext

maps = {
    "log cosh w": (lambda w: w - ((2 * w).exp() - (-2 * w).exp()) / 4, "s-"),
    "exp(w) - w": (lambda w: w - 1 + (-w).exp(), "o-"),
    "w^4": (lambda w: 2 * w / 3, "v-"),
}
digits = {name: [] for name in maps}
fig, ax = plt.subplots()
for name, (newton_map, style) in maps.items():
    w = Decimal(1)
    with localcontext(prec=600):
        while len(digits[name]) < 8 and abs(w) > Decimal("1e-100"):
            w = newton_map(w)
            digits[name].append(float(-abs(w).log10()))
    ax.semilogy(range(1, len(digits[name]) + 1), digits[name], "k" + style, label=name)
ax.set(xlabel="Newton step", ylabel="correct digits")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Reading the figure:* on this axis doubling is a straight line, and $e^w - w$ follows one as soon as the error is small.
# It has 97 digits after eight steps. $w^4$ has 1.4: where $H$ cannot be inverted *at* the minimum, Newton's method has only
# a fixed factor.

# %% tags=["guard"]
for name, power, share in [("log cosh w", 3, 1.5), ("exp(w) - w", 2, 2)]:
    d = digits[name]
    assert abs(d[-1] - (power * d[-2] + np.log10(share))) < 1e-6
assert round(digits["exp(w) - w"][7]) == 97
assert 15 < -np.log10(np.finfo(float).eps) < 16
assert round(digits["w^4"][7], 1) == 1.4

# %% [markdown]
# ## Where does it blow up?
#
# $\log\cosh w$ looks like $\tfrac12 w^2$ near zero and like $|w|$ far out. It is convex, and its curvature $1/\cosh^2 w$
# is positive everywhere. But far out the curvature is nearly zero, so Newton's step is huge. Somewhere between "triples
# the digits" and "explodes" is a start from which the step leads exactly to the mirror image:
#
# $$w - \tfrac12\sinh 2w = -w, \qquad\text{that is}\qquad \sinh 2w = 4w .$$
#
# **Predict** the threshold: solve that equation roughly, with a calculator. The cell looks for the last start
# from which Newton's method returns to 0.

# %%
starts = np.linspace(0.5, 2, 15_001)
w = starts
for _ in range(100):
    w = np.clip(w - np.sinh(2 * w) / 2, -3, 3)  # a run that leaves stays at the end
last = starts[abs(w) < 1e-3].max()
ratio = np.sinh(2 * last) / (4 * last)
print(f"last start that returns: {last:.4f}; there sinh(2w) / 4w = {ratio:.4f}")

# %% tags=["guard"]
assert np.isclose(np.sinh(2 * last), 4 * last, rtol=1e-3)
assert abs(last - 1.0887) < 2e-4

# %% [markdown]
# So Newton's method has a *local* guarantee only, even on a convex function whose curvature is positive everywhere.
#
# ## Third cure: the size of the curvature, not its sign
#
# Newton's step leads to where the model's gradient vanishes, be it a minimum or not. Along an eigenvector with eigenvalue
# $\lambda$ the step is $-g/\lambda$: where the curvature is negative the sign is wrong, and Newton walks *uphill*, to the
# saddle. Keep the division and repair the sign. With the eigenvectors as the columns of $Q$ and the eigenvalues on the
# diagonal of $\Lambda$, let
#
# $$|H| = Q\,|\Lambda|\,Q^\top, \qquad d = -|H|^{-1} g .$$
#
# Now every step points downhill. Dauphin et al. (2014) call this **saddle-free Newton**.
#
# ### Exercise 07.3 · Saddle-free Newton
#
# Return the direction $d$. An eigenvalue whose size is below `floor` counts as `floor`, so that nothing is divided by
# zero.

# %% tags=["exercise"]
def saddle_free(g, H, *, floor=1e-8):
    """Return -|H|^(-1) g, shape (n,); sizes below floor count as floor."""
    ### BEGIN SOLUTION
    eigenvalues, Q = np.linalg.eigh(H)
    sizes = np.maximum(np.abs(eigenvalues), floor)
    return -Q @ ((Q.T @ g) / sizes)
    ### END SOLUTION

# %%
check.saddle_free(saddle_free)

# %% [markdown] tags=["solution"]
# `np.abs(H)` would be something else: it takes the size of every *entry*, which changes the eigenvectors too. Read the
# last line from the right: components of $g$ in the eigenvectors, each divided by the size of its curvature, and back.

# %% [markdown]
# What does it buy? Take the saddle $\tfrac12(x^2 - |\lambda|\,y^2)$ and the start $(1, 10^{-6})$. Gradient descent with
# $\mathrm{lr} = 1$ multiplies $y$ by $1 + |\lambda|$ in each step. With $|\lambda| = 0.001$ it needs 13 823 steps until
# $|y| \ge 1$. Saddle-free Newton divides the gradient by $|\lambda|$, so $y$ doubles, whatever $\lambda$ is, and 20 steps
# are enough. Newton's own step lands *on* the saddle and stays there.

# %% tags=["guard"]
saddle = landscapes.quadratic([1.0, -0.001])
free = curvature.newton_like_rule(curvature.saddle_free, saddle.hess)
plain = curvature.newton_like_rule(curvature.newton, saddle.hess)
for step, n_steps in [("sgd", 13_823), (free, 20)]:
    y = descent.minimize(saddle, [1.0, 1e-6], step, lr=1.0, n_steps=n_steps).w[:, 1]
    assert y[-2] < 1 <= y[-1]
assert np.allclose(descent.minimize(saddle, [1, 1e-6], plain, lr=1, n_steps=1).final, 0)

# %% [markdown]
# ## Fourth cure: check the step before you take it
#
# Newton's direction on $\log\cosh$ was right; its length was wrong. So try the full step, and shorten it until the loss
# has gone down. Is "down" enough? No: steps may be long and gain next to nothing, for ever. Armijo (1966) asked for a gain
# in proportion. Accept a rate $\mathrm{lr}$ if
#
# $$f(w + \mathrm{lr}\,d) \;\le\; f(w) + c\,\mathrm{lr}\;g\cdot d , \qquad c = 10^{-4} ,$$
#
# else halve it. As $g\cdot d < 0$ is the slope along $d$, this asks for the share $c$ of what the slope promises. Such a
# search for a rate is called a **line search**.
#
# ### Exercise 07.4 · Armijo's rule
#
# Return the first of `lr`, `lr/2`, `lr/4`, … that passes. `fun(w)` returns `(loss, grad)`. A new loss that is NaN must
# not pass.

# %% tags=["exercise"]
def armijo(fun, w, d, *, lr=1.0, c=1e-4):
    """Return the first of lr, lr/2, lr/4, ... that passes Armijo's test."""
    ### BEGIN SOLUTION
    loss, g = fun(w)
    slope = (g * d).sum()
    while not fun(w + lr * d)[0] <= loss + c * lr * slope:
        lr = lr / 2
    return lr
    ### END SOLUTION

# %%
check.armijo(armijo)

# %% [markdown] tags=["solution"]
# The test is written `not new <= bound` and not `new > bound`: a NaN fails every comparison, so the first form rejects it
# and the second would accept it. Both sides change with `lr`. The library's version also refuses a direction that points
# uphill, where this loop would never end.

# %% [markdown]
# The first figure shows what it buys: the same line search makes both runs safe, and only Newton's fast. The search
# changes the length of a step, and not its direction.
#
# ## Does it survive noise?
#
# Gradients of networks are estimated from samples (notebook 08). Add noise of standard deviation 0.1 to each coordinate
# of the gradient, on a valley with the curvatures 0.01 and 1. The run does not settle; it hovers in a cloud around the
# minimum. Newton divides by the curvature. So with the rate 0.01 it is *exactly as fast in the flat direction* as gradient
# descent with $\mathrm{lr} = 1$.
#
# **Predict:** three clouds, gradient descent with $\mathrm{lr} = 1$, Newton with the rate 1, and Newton with the rate 0.01.
# Which is the widest, and which the narrowest?

# %% tags=["figure"] mystnb={"image": {"alt": "Three scatter plots of where noisy runs hover, on the same axes, flat direction horizontal. Gradient descent: a cloud of width 0.7 and height 0.1. Newton at rate 1: a band that fills the whole width, 10 wide, and is 0.1 high. Newton at rate 0.01: as wide as gradient descent and almost a line, 0.007 high."}}
lam = np.array([0.01, 1.0])
cases = {"descent, lr 1": 1.0, "Newton, 1": 1.0 / lam, "Newton, 0.01": 0.01 / lam}
clouds = {}
fig, axes = plt.subplots(1, 3, figsize=(9.6, 3.4), sharex=True, sharey=True)
for ax, (name, step) in zip(axes, cases.items(), strict=True):
    rng = np.random.default_rng(0)
    w = np.zeros((2000, 2))
    for _ in range(1000):
        w = w - step * (lam * w + 0.1 * rng.standard_normal(w.shape))
    clouds[name] = w
    ax.plot(w[:, 0], w[:, 1], "k.", markersize=1.5)
    ax.set(title=name, xlabel="flat direction", xlim=(-4, 4), ylim=(-0.5, 0.5))
axes[0].set_ylabel("steep direction")
plt.show()

# %% [markdown]
# *Reading the figure:* a full Newton step spreads the noise over the whole flat direction. At equal speed there, Newton is
# no wider than gradient descent, and much calmer in the steep direction. In numbers:

# %%
for name, w in clouds.items():
    flat, steep = w.std(axis=0)
    loss = 0.5 * np.mean((w * w) @ lam)
    print(f"{name:13}: spread {flat:5.2f} along, {steep:.4f} across; loss {loss:.4f}")
show_evidence("newton_at_equal_speed_is_calmer")

# %% tags=["guard"]
eta = np.array([1.0, 0.01])
formula = 0.1 / lam[0] * np.sqrt(eta / (2 - eta))
assert np.allclose([clouds[n][:, 0].std() for n in list(cases)[1:]], formula, rtol=0.1)

# %% [markdown]
# So with noise a second-order method needs a small rate too. That it is calmer at equal speed **holds**.
#
# ## Which minimum does each rule reach?
#
# One can read that second-order or adaptive methods find the *global* minimum. Test it on the "three-hump camel",
# $2x^2 - 1.05x^4 + \tfrac16x^6 + xy + y^2$: its lowest point lies in the middle, between two poorer minima. Each picture
# shows 6400 runs, one from each point of a grid; the grey says which minimum a run reached.
#
# **Predict:** which of the four rules also ends at saddles? Does the share of starts that reach the lowest minimum belong
# to the rule, or to the rule and its rate?

# %% tags=["figure"] mystnb={"image": {"alt": "Eight square images of basins of attraction of the three-hump camel, four rules by two rates. For gradient descent, momentum and Adam each image is divided into three grey regions around the minima, smooth for gradient descent and momentum, ragged for Adam at the larger rate. For Newton they are vertical stripes, and wide green stripes end at saddles."}}
from course_lib.landscapes import basins
CAMEL = landscapes.CAMEL
points, n_minima = basins.critical(CAMEL)
lowest = np.argmin(CAMEL.fun(points))
grid = basins.grid(CAMEL.window, 80)
full = curvature.newton_like_rule(curvature.newton, CAMEL.hess)
tried = {"sgd": (0.01, 0.1), "momentum": (0.003, 0.03), "adam": (0.1, 0.3)}
tried["newton"] = (0.5, 1)
shares = {}
fig, axes = plt.subplots(2, 4, figsize=(9.6, 5.8), sharex=True, sharey=True)
for column, (rule, rates) in zip(axes.T, tried.items(), strict=True):
    for ax, lr in zip(column, rates, strict=True):
        step = full if rule == "newton" else rule
        run = descent.minimize(CAMEL, grid, step, lr=lr, n_steps=900, keep_path=False)
        index = basins.arrival(run.final, points, tol=0.05)
        shares[rule, lr] = [np.mean(index == lowest), np.mean(index >= n_minima)]
        basins.draw(ax, index, points, n_minima=n_minima, window=CAMEL.window)
        ax.set_title(f"{rule}, lr {lr}\nlowest: {shares[rule, lr][0]:.0%}", fontsize=12)
fig.supxlabel("$w_1$ to the right, $w_2$ upwards", fontsize=12)
plt.show()

# %% [markdown]
# *Reading the figure:* white dots are minima, crosses saddles. A run goes to the minimum in whose **basin of attraction** it
# started, which need not be the nearest or the lowest. The basins belong to the rule *and its rate*. Newton's are
# stripes, and from the green ones it ends at a saddle. Above each picture: the share that reaches the lowest minimum.

# %% tags=["guard"]
assert len(grid) == 6400
assert max(share[0] for share in shares.values()) < 0.7
assert shares["newton", 1][0] < shares["sgd", 0.01][0]
assert all((share[1] > 0) == (rule == "newton") for (rule, _), share in shares.items())

# %% [markdown]
# Here no rule is drawn to the lowest minimum as such. The differences between the first three rules are about as large as
# those between two rates of one rule.
#
# ## Summary
#
# | cure | buys | fails |
# |---|---|---|
# | a rate for every coordinate | $\kappa$ does not matter, if the valley runs along the axes | a turn by 15° brings a quarter of $\kappa = 100$ back |
# | Newton | $\kappa$ does not matter; digits double near a minimum with invertible $H$ | far away; drawn to saddles; a full step amplifies noise; $n^2$ numbers |
# | saddle-free Newton | downhill; leaves flat saddles as fast as steep ones | a full step may still be too long; as costly as Newton |
# | Armijo's rule | the loss falls in every step | changes the length, not the direction |
#
# Which minimum is reached depends on the rule, its rate and the start.

# %% [markdown]
# ## Questions to ask yourself
#
# **1.** Your loss has two weights, one in metres and one in millimetres. Which of the methods here take the same steps in
# other units?
#
# <details>
# <summary>Answer</summary>
#
# Newton's method, under every invertible linear change of variables; and diagonal preconditioning, under a change of the
# units of single coordinates. Gradient descent, heavy ball and saddle-free Newton depend on the units, since lengths and
# angles enter their definitions. Under a rotation it is the other way round: all of them stay the same except diagonal
# preconditioning.
#
# </details>
#
# **2.** In three dimensions, can diagonal preconditioning make the condition number *larger*?
#
# <details>
# <summary>Answer</summary>
#
# In two dimensions it cannot. From three on it can, a little: dividing by the diagonal is within a factor $n$ of the best
# diagonal scaling, but it need not be the best, and not scaling is one of the choices. Try `scaled_condition` on random
# matrices.
#
# </details>
#
# **3.** From which $|w|$ on does Newton's method with rate $\tfrac12$ in place of 1 explode on $\log\cosh w$?
#
# <details>
# <summary>Answer</summary>
#
# The map is $w - \tfrac14\sinh 2w$, so the jump to the mirror image solves $\sinh 2w = 8w$: $|w| = 1.63$. A shorter
# constant rate moves the threshold and does not remove it, and it costs the digits: near zero the error is only halved.
#
# </details>
#
# **4.** A run with a line search reports that its rates have become $10^{-9}$. What do you look at?
#
# <details>
# <summary>Answer</summary>
#
# Whether the gradient is that of the loss (notebook 02); whether the decrease can still be resolved, for near a minimum it
# is smaller than the rounding error of the loss; and how large the curvature along $d$ is.
#
# </details>
#
# ## Go deeper
#
# - J. Nocedal, S. J. Wright, [*Numerical Optimization*](https://doi.org/10.1007/978-0-387-40065-5), second edition (2006):
#   chapter 3 on line search and Newton's method.
# - L. Armijo,
#   [*Minimization of functions having Lipschitz continuous first partial derivatives*](https://doi.org/10.2140/pjm.1966.16.1),
#   Pacific Journal of Mathematics 16, 1–3 (1966).
# - Y. Dauphin, R. Pascanu, C. Gulcehre, K. Cho, S. Ganguli, Y. Bengio,
#   [*Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*](https://arxiv.org/abs/1406.2572)
#   (2014).
# - A. van der Sluis, [*Condition numbers and equilibration of matrices*](https://doi.org/10.1007/BF02165096), Numerische
#   Mathematik 14, 14–23 (1969): how good the diagonal is.
#
# **Next:** until now every gradient was exact. What does it cost to estimate it from a few examples?
# [08: Sample mini-batches](08_sample_minibatches.ipynb)
