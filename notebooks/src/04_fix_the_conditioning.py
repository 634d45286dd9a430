# %% [markdown]
# # 04 · Fix the conditioning
#
# *Why does it zig-zag, and what do curvature methods buy?*
#
# In notebook 03 the steepest direction of a valley set the learning rate, and the flattest one paid for it. Here you will
# look at the damage, and then try the cures one by one: a rate for every coordinate, the whole Hessian, and finally the
# cleverest use of gradients alone. For each one you will know beforehand what it buys, and find the case in which it fails.
#
# **You will do:** compute what a rescaling of the axes can mend, write Newton's method, the variant that avoids saddles, and
# a line search; find the start beyond which Newton's method explodes.
#
# **You will learn:** where the zig-zag comes from; why a rotation by 45° defeats every method that treats coordinates
# separately; what "quadratic convergence" looks like in digits; why Newton's method likes saddles; what no method that
# only sees gradients can do better.
#
# **You need:** learning rate, condition number and the fitted rate from
# [03: Descend the gradient](03_descend_the_gradient.ipynb), saddles from
# [01: Classify critical points](01_classify_critical_points.ipynb).
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
# ## Which knob matters?
#
# The landscape of this notebook is the valley $f(w) = \tfrac12 w^\top H w$. Its Hessian $H$ has the eigenvalues
# $\mu \le L$, and $\kappa = L/\mu$ is its **condition number**. In this section $L = 1$ and $\mu = 1/\kappa$. The eigenvectors
# may be turned against the axes by any angle. Gradient descent takes the steps $w_{t+1} = w_t - lr\,H w_t$, and notebook 03
# found the best constant rate and its factor per step,
#
# $$lr = \frac{2}{L+\mu}, \qquad q = \frac{\kappa - 1}{\kappa + 1} .$$
#
# **Before you run the next cell:** three valleys, each with its best rate. The second is the first, turned by 40°. The third
# is turned too, but has $\kappa = 4$ instead of 25. Which of the three runs are equally fast?

# %% tags=["figure"] mystnb={"image": {"alt": "Three contour plots of a valley with a path of gradient descent from a ringed start. With kappa 25 along the axes and with kappa 25 turned by 40 degrees the path zig-zags across the narrow valley and is still far from the minimum after 30 steps; with kappa 4 it reaches the minimum in a few zig-zags."}}
from course_lib import panels
from course_lib.landscapes import basins
from course_lib.optimizers import curvature

knobs = [(25, 0), (25, 40), (4, 40)]
fig, axes = plt.subplots(1, 3, figsize=(10.5, 4.2))
for ax, (kappa, degrees) in zip(axes, knobs, strict=True):
    q = panels.draw_descent(ax, kappa=kappa, degrees=degrees, lr=2 / (1 + 1 / kappa))
    distance = np.linalg.norm(ax.lines[0].get_xydata(), axis=1)
    assert np.allclose(distance, math.sqrt(2) * q**np.arange(31)) and math.isclose(q, (kappa - 1) / (kappa + 1))
fig.suptitle("Turning the valley changes nothing; its condition number sets the pace", x=0.01, ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# *Reading the figure:* the first two paths are one path, turned. Gradient descent has no axes: if $H$ becomes
# $QHQ^\top$ with a rotation $Q$, and the start becomes $Qw_0$, then the gradient becomes $Qg$ and every step is turned along.
# Only $\kappa$ matters, and the third run, with the smaller $\kappa$, is quickly down. (The start has the component 1 along both eigenvectors. At
# the best rate each step multiplies both by $q$ or $-q$, so the distance is $\sqrt2\,q^t$; the assertion in the cell checks that for all 31 points of all three runs.)
#
# Turn the knobs yourself. In JupyterLab, run the next cell: it draws the same picture for any angle, $\kappa$ and learning rate
# (in units of $1/L$), and the factor per step that theory predicts. Who only reads has seen the message in the three panels above.
# **Try:** at which rate does the zig-zag begin? At which rate does the run leave the valley? Does the angle change either?

# %% tags=["nbval-ignore-output"]
panels.conditioning()

# %% [markdown]
# ## Why does it zig-zag?
#
# Write $w$ in the eigenvectors of $H$. The components, $c_\mu$ along the valley and $c_L$ across it, do not know of each other:
#
# $$c_\mu(t) = (1 - lr\,\mu)^t\,c_\mu(0), \qquad c_L(t) = (1 - lr\,L)^t\,c_L(0) .$$
#
# The component across changes its sign in every step as soon as $1 - lr\,L < 0$, that is $lr > 1/L$. That alternating sign *is*
# the zig-zag. It is the price of a rate that is long enough for the flat direction. **Predict** for $\kappa = 25$ and the best
# rate: of 30 steps, how many cross the valley's axis? And with half that rate?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of eigenvector components against the step, both from 1. Left, at the best rate 1.92: the component along the valley falls smoothly to 0.09 in 30 steps, the one across alternates in sign with the same size. Right, at half the rate: the component across is gone after one step, the one along falls more slowly, to 0.31. Measured dots lie on grey predicted curves."}}
kappa, best, t = 25, 2 / (1 + 1 / 25), np.arange(31)
bowl = landscapes.quadratic([1 / kappa, 1.0], math.radians(40))
eigenvalues, Q = np.linalg.eigh(bowl.hess(np.zeros(2)))        # columns of Q are the eigenvectors
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True)
for ax, lr, crossings in ((axes[0], best, 30), (axes[1], best / 2, 0)):
    c = descent.minimize(bowl, Q @ np.ones(2), "sgd", lr=lr, n_steps=30).w @ Q
    assert np.allclose(c, (1 - lr * eigenvalues)**t[:, None]) and (c[1:, 1] * c[:-1, 1] < -1e-12).sum() == crossings
    for k, line, name in ((0, "-", "along the valley"), (1, "--", "across the valley")):
        ax.plot(t, (1 - lr * eigenvalues[k])**t, color="0.75", linewidth=5)
        ax.plot(t, c[:, k], **look("sgd", markevery=1, markersize=4, linewidth=1, linestyle=line, label=name))
    ax.set(xlabel="step $t$", title=f"lr {lr:.2f}: {crossings} crossings")
_ = axes[0].set_ylabel("component of $w_t$"), axes[1].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* grey is the prediction, black the run. At the best rate the run creeps in along the valley, and across it jumps from wall to wall, and both components shrink by the
# same factor 0.923; so the zig-zag does not die out before the creeping does. Half the rate removes the zig-zag and makes the run *slower*: the factor along the valley becomes 0.962.
# The zig-zag is a symptom. The disease is $\kappa$.
#
# ## How bad does it get?
#
# $1 - q = 2/(\kappa + 1)$ is the share of the error that a step removes. Notebook 03 tested this in the plane, up to
# $\kappa = 1000$. Now ten dimensions, random starts, eigenvalues spread evenly on a logarithmic scale, and $\kappa$ over three and a half
# decades; the share comes from the loss, which shrinks by $q^2$ in each step once the faster components are gone.
# **Predict** the slope of the line on two logarithmic axes.

# %% tags=["figure"] mystnb={"image": {"alt": "Log-log plot of the share of the error removed per step against the condition number from 3 to 10000. Eight measured dots lie on the predicted grey line, which falls with slope minus one from about 0.5 to 0.0002."}}
kappa = np.logspace(0.5, 4, 8)
lam = np.array([np.geomspace(1 / k, 1, 10) for k in kappa])    # a row of eigenvalues for each run
run = descent.minimize(lambda w: (0.5 * (lam * w * w).sum(-1), lam * w), np.random.default_rng(0).standard_normal((8, 10)),
                       "sgd", lr=2 / (1 + 1 / kappa)[:, None], n_steps=40_100, keep_path=False)
first, last = (2 * kappa + 40).astype(int), (4 * kappa + 80).astype(int)
loss_ratio = run.loss[last, np.arange(8)] / run.loss[first, np.arange(8)]
removed, predicted = 1 - loss_ratio**(0.5 / (last - first)), 2 / (kappa + 1)
fig, ax = plt.subplots()
ax.loglog(kappa, predicted, color="0.7", linewidth=5, label=r"predicted, $2/(\kappa+1)$")
ax.loglog(kappa, removed, **look("sgd", linestyle="none", markevery=1, label="measured, ten dimensions"))
ax.set(xlabel=r"condition number $\kappa$", ylabel="share of the error removed per step",
       title="Ten times the condition number, a tenth of the progress")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the dots lie on the line over the whole range, and for large $\kappa$ its slope is $-1$. The Hessians of trained
# networks have a few large eigenvalues and very many close to zero (Sagun et al. 2017), so a large $\kappa$ is no exotic case.

# %%
for k in (0, 1, 3, 5, 7):
    print(f"kappa {kappa[k]:6.0f}: share removed per step predicted {predicted[k]:#.2g}, measured {removed[k]:#.2g}")
slope = np.polyfit(np.log(kappa[3:]), np.log(removed[3:]), 1)[0]
print(f"slope from kappa = 100 on: predicted -1, measured {slope:.2f}")
assert np.allclose(removed, predicted, rtol=5e-3) and abs(slope + 1) < 0.01

# %% [markdown]
# ## First cure: a rate for every coordinate
#
# If one rate cannot serve all directions, take several. Let $D$ be the diagonal of $H$, and divide each coordinate of the gradient by
# its own curvature: $w \leftarrow w - lr\,D^{-1} g$. This is **diagonal preconditioning**. It is gradient descent in other
# units: with $u = D^{1/2} w$ the step reads $u \leftarrow u - lr\,D^{-1/2}HD^{-1/2}u$. So the condition number that counts is now
# that of
#
# $$\tilde H = D^{-1/2}\,H\,D^{-1/2}, \qquad \tilde H_{ij} = \frac{H_{ij}}{\sqrt{H_{ii}H_{jj}}} .$$
#
# ### Exercise 04.1 · What is left of the condition number?
#
# Given `H`, symmetric with positive eigenvalues, return the condition number of $\tilde H$. Leave `H` unchanged.

# %% tags=["exercise"]
def scaled_condition(H):
    """Return the condition number of H (n, n) after each coordinate is rescaled by its own curvature."""
    ### BEGIN SOLUTION
    d = np.sqrt(np.diag(H))
    eigenvalues = np.linalg.eigvalsh(H / np.outer(d, d))
    return eigenvalues[-1] / eigenvalues[0]
    ### END SOLUTION

# %%
check.scaled_condition(scaled_condition)

# %% [markdown] tags=["solution"]
# `np.outer(d, d)` holds $\sqrt{H_{ii}H_{jj}}$. The matrix $D^{-1}H$ has the same eigenvalues, but it is not symmetric, and `eigvalsh`
# would silently read one of its triangles only.

# %% [markdown]
# ## How a rotation defeats it
#
# Take two variables. $\tilde H$ has ones on its diagonal and $r = H_{12}/\sqrt{H_{11}H_{22}}$ beside it. Its eigenvalues are
# $1 \pm r$, so
#
# $$\tilde\kappa = \frac{1+|r|}{1-|r|}, \qquad \text{best rate } \frac{2}{(1+r)+(1-r)} = 1, \qquad \text{factor per step } \frac{\tilde\kappa-1}{\tilde\kappa+1} = |r| .$$
#
# If the valley runs along an axis, then $r = 0$ and one step is enough, whatever $\kappa$. If it is turned by 45°, the two diagonal entries
# are equal, $D$ is a multiple of the identity, and nothing at all has changed. **Predict** the curve in between: does the cure
# fade slowly as the valley turns, or fast?

# %% tags=["figure"] mystnb={"image": {"alt": "Condition number after diagonal scaling against the angle of the valley, logarithmic axis, for an original value of 100. It is 1 at 0 degrees, rises steeply to 26 at 15 degrees, is flat at 100 around 45 degrees, and falls symmetrically to 1 at 90 degrees. Dots from runs lie on the curve."}}
degrees, r, factor = np.arange(0, 91, 5), [], []
for angle in np.radians(degrees):
    bowl = landscapes.quadratic([0.01, 1.0], angle)
    H = bowl.hess(np.zeros(2))
    run = descent.minimize(bowl, [1.0, 0.6], curvature.newton_like_rule(lambda g, H: -g / np.diag(H), bowl.hess), lr=1.0, n_steps=20)
    factor.append((np.linalg.norm(run.final) / np.linalg.norm(run.w[0]))**(1 / 20))
    r.append(abs(H[0, 1]) / math.sqrt(H[0, 0] * H[1, 1]))
effective, measured = [(1 + np.array(x)) / (1 - np.array(x)) for x in (r, factor)]
assert np.allclose(measured, effective, rtol=1e-6)
fig, ax = plt.subplots()
ax.semilogy(degrees, effective, color="0.7", linewidth=5, label="predicted, (1 + |r|) / (1 - |r|)")
ax.semilogy(degrees, measured, **look("diagonal", linestyle="none", markevery=1, label="from the factor of a run"))
ax.set(xlabel="angle of the valley (degrees)", ylabel="condition number", title="Diagonal scaling cures a valley along the axes only")
_ = ax.legend(loc="lower center"), ax.set_xticks(range(0, 91, 15))
plt.show()

# %% [markdown]
# *Reading the figure:* fast. The original $\kappa$ is 100. A turn by 15° brings a quarter of it back, and between 35° and
# 55° diagonal scaling is worth next to nothing. The dots come from runs with $lr = 1$: two steps multiply the error by exactly $r^2$.
#
# AdaGrad, RMSprop and Adam (notebooks 07 and 08) also scale each coordinate separately, by a size measured from past gradients. So the same must
# happen to them. Multiply one axis's curvature by any factor, and the gradient on it is multiplied too, and divided
# out again (up to their tiny `eps`). On a valley *along the axes* the run cannot depend on $\kappa$ at all. **Predict** the column "100 along the axes"
# from the column "1", for each rule. Gradient descent is there as a control: which two of its columns must be equal?

# %%
def fewest_steps(name, kappa, degrees):
    """Steps until the distance stays below a thousandth of the first (in 1500), at the best of 81 learning rates."""
    a, rates = math.radians(degrees), np.geomspace(1e-3, 10, 81)[:, None]
    start = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]]) @ [1.0, 0.6]
    run = descent.minimize(landscapes.quadratic([1 / kappa, 1.0], a), np.tile(start, (81, 1)), name, lr=rates, n_steps=1500)
    distance = np.linalg.norm(run.w, axis=-1)
    return int(descent.settled(distance, 1e-3 * distance[0]).min())

print("steps, kappa =     1   100 along the axes   100 turned by 45 degrees")
for name in ("sgd", "adagrad", "rmsprop", "adam"):
    counts = [fewest_steps(name, kappa, degrees) for kappa, degrees in ((1, 0), (100, 0), (100, 45))]
    assert counts[1] == (counts[2] if name == "sgd" else counts[0]) and counts[2] >= counts[1]
    print(f"{name:12} {counts[0]:7} {counts[1]:20} {counts[2]:26}")
print(f"adam, kappa = 1000: along the axes {fewest_steps('adam', 1000, 0)}, turned {fewest_steps('adam', 1000, 45)}")

# %% [markdown]
# Along the axes the counts agree to the step. Turned, AdaGrad loses most. Adam, which also has momentum (notebook 06), loses little at
# $\kappa = 100$ and much at 1000. (The large counts of
# RMSprop have another cause: with a constant rate its steps do not shrink, so a high accuracy needs a small rate.) A network's axes
# are its single weights. Whether its valleys run along them is a question about that network, not about the rule.
#
# ## Second cure: the whole Hessian
#
# Divide by all of $H$, not only by its diagonal. Near $w$ the loss is almost a quadratic in the step $d$,
#
# $$f(w+d) \approx f(w) + g\cdot d + \tfrac12 d^\top H d ,$$
#
# and the gradient of the right-hand side, $g + Hd$, vanishes for $d = -H^{-1}g$. That is **Newton's step**. A word on words: the
# Hessian is the second derivative of the *loss*, so it is the *first* derivative of the gradient. One sometimes reads that second-order
# methods use the second derivative of the gradient; nothing here does.
#
# On a quadratic the model is exact, and one step arrives, for every $\kappa$ and every angle. Nor do units matter: rewrite the problem in
# $u = Aw$ with any invertible $A$, and Newton's points are rewritten in the same way.
#
# ### Exercise 04.2 · Newton's step
#
# Return the new point. `w` and `g` have shape `(n,)`, `H` has shape `(n, n)`. Solving a linear system is cheaper and more accurate than
# inverting a matrix.

# %% tags=["exercise"]
def newton_step(w, g, H):
    """Return the point (n,) after a full Newton step from w."""
    ### BEGIN SOLUTION
    return w - np.linalg.solve(H, g)
    ### END SOLUTION

# %%
check.newton_step(newton_step)

# %% [markdown]
# In the library `curvature.newton(g, H)` returns the direction $d$, and `curvature.newton_like_rule(curvature.newton, hess)` makes it an update rule for
# `descent.minimize`.
#
# ## What does quadratic convergence look like?
#
# Let $e_k$ be the error after $k$ Newton steps in one dimension. Expand $f'$ at the minimum $w^* = 0$: $f'(w) = f''w + \tfrac12 f'''w^2 + \dots$
# and $f''(w) = f'' + f'''w + \dots$, all derivatives at 0. Then
#
# $$e_{k+1} = e_k - \frac{f'(e_k)}{f''(e_k)} \approx \frac{f'''}{2f''}\,e_k^2 .$$
#
# The error is *squared*: the number of correct digits, $-\log_{10}|e_k|$, **doubles**. Three cases, one formula each:
#
# | $f$ | Newton's map | error | digits |
# |---|---|---|---|
# | $e^w - w$ | $w - 1 + e^{-w}$ | $\tfrac12 e_k^2$ | $\times\,2$, plus 0.301 |
# | $\log\cosh w$ | $w - \tfrac12\sinh 2w$ | $-\tfrac23 e_k^3$, since $f''' = 0$ | $\times\,3$, plus 0.176 |
# | $w^4$ | $\tfrac23 w$ | $\tfrac23 e_k$, since $f'' = 0$ | plus 0.176 |
#
# Ordinary numbers end after 16 digits, four doublings from the first. Python's `decimal` goes on; here with 600 digits. **Predict:** how many digits are right after 8 steps
# from $w = 1$, for the first and for the last function?

# %%
from decimal import Decimal, localcontext

maps = {"log cosh w": lambda w: w - ((2 * w).exp() - (-2 * w).exp()) / 4, "exp(w) - w": lambda w: w - 1 + (-w).exp(),
        "w^4": lambda w: 2 * w / 3}
digits = {name: [] for name in maps}
with localcontext(prec=600):
    for name, newton_map in maps.items():
        w = Decimal(1)
        while len(digits[name]) < 8 and abs(w) > Decimal("1e-100"):
            w = newton_map(w)
            digits[name].append(float(-abs(w).log10()))
for (name, d), forecast in zip(digits.items(), (lambda x: 3 * x + math.log10(1.5), lambda x: 2 * x + math.log10(2),
                                                lambda x: x + math.log10(1.5)), strict=True):
    print(f"{name:10}: digits {' '.join(f'{x:.1f}' for x in d)}; last step predicted {forecast(d[-2]):.1f}, measured {d[-1]:.1f}")
    assert abs(d[-1] - forecast(d[-2])) < 1e-6

# %% [markdown]
# The same digits as a picture:

# %% tags=["figure"] mystnb={"image": {"alt": "Correct digits against the Newton step, on a logarithmic axis. For log cosh the curve rises steepest, to above 100 digits in six steps; for exp(w) - w it becomes a straight line that doubles each step, to 98 at step eight; for w to the fourth it bends and reaches only 1.4."}}
fig, ax = plt.subplots()
for (name, d), marker in zip(digits.items(), "sov", strict=True):
    ax.semilogy(np.arange(1, len(d) + 1), d, **look("newton", marker=marker, linestyle="-", markevery=1, linewidth=1.5, label=name))
ax.axhline(16, color="0.6", linestyle="--", linewidth=1.2)
ax.annotate("ordinary numbers end here", (1, 16), (0, 5), textcoords="offset points", color="0.3", fontsize=11)
ax.set(xlabel="Newton step", ylabel="correct digits", title="The number of correct digits doubles in each step")
_ = ax.legend(loc="lower right"), ax.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
plt.show()

# %% [markdown]
# *Reading the figure:* on this axis doubling is a straight line, and $e^w - w$ follows one as soon as the error is small. $\log\cosh$, which
# is symmetric about its minimum, does better and triples. $w^4$ gains a constant 0.176 digits a step: where $H$ is singular *at* the minimum, Newton's method
# has only a fixed factor. The promise of doubling holds near a minimum with an invertible Hessian that is Lipschitz around it, and nowhere else.
#
# ## Where does it blow up?
#
# $f(w) = \log\cosh w$ looks like $\tfrac12 w^2$ near zero and like $|w| - \log 2$ far out. It is convex, its second derivative
# $1/\cosh^2 w$ is positive everywhere and at most 1. Gradient descent with $lr = 1$ reaches the minimum from every start. One could
# not ask for a kinder function. Newton's map is
#
# $$N(w) = w - \frac{f'(w)}{f''(w)} = w - \tanh w\,\cosh^2 w = w - \tfrac12\sinh 2w .$$
#
# Far out the curvature is nearly zero, so the step is huge. Somewhere between "triples the digits" and "explodes" is a point where the step
# leads exactly to the mirror image, $N(w) = -w$. The run then jumps to and fro for ever: a 2-cycle. **Predict** the threshold from
#
# $$\tanh w\,\cosh^2 w = 2w .$$
#
# The cell solves that equation by bisection, and then bisects again over *starts*, with runs that know nothing of the equation.

# %%
def bisect(is_low, low=0.5, high=2.0):
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if is_low(middle) else (low, middle)
    return low
def returns_to_zero(start):
    w = np.array([start])
    while 1e-3 < abs(w) < 3:
        w = w + curvature.newton(np.tanh(w), 1 / np.cosh(w)[:, None]**2)
    return abs(w) <= 1e-3

predicted = bisect(lambda w: math.tanh(w) * math.cosh(w)**2 < 2 * w)
measured = bisect(returns_to_zero)
print(f"Newton on log cosh explodes from |w| = {predicted:.2f} on (predicted), {measured:.2f} (measured)")
assert math.isclose(predicted, measured, rel_tol=1e-9)

# %% [markdown]
# The two agree to nine digits at least. Below the threshold the digits triple, above it the run explodes: Newton's method has a *local* guarantee
# only, even on a convex function whose Hessian is positive everywhere.
#
# ## Where does it go at a saddle?
#
# $d = -H^{-1}g$ leads to the point where the model's gradient vanishes. It does not ask whether that is a minimum. In the
# eigenvectors of $H$, with eigenvalues $\lambda_i$, the step is $d_i = -g_i/\lambda_i$: along a direction of negative curvature the sign is
# wrong, and Newton walks *uphill*, towards the saddle. **Predict** where one step from $(1, 0.3)$ ends on the saddle $x^2 - y^2$.
#
# A second popular belief is that second-order steps "fluctuate less". Suppose the gradient carries noise of standard deviation $\sigma$ in each
# coordinate. Newton divides it by $\lambda_i$ too, so the new point scatters by $\sigma/\lambda_i$; a step of gradient descent scatters
# by $lr\,\sigma$. **Predict** both for $\lambda = (0.01, 1)$, $\sigma = 0.1$, $lr = 1$.

# %%
one_step = descent.minimize(landscapes.SADDLE, [1.0, 0.3], curvature.newton_like_rule(curvature.newton, landscapes.SADDLE.hess), lr=1.0, n_steps=1)
print(f"saddle x^2 - y^2 from (1, 0.3): predicted (0, 0), measured ({abs(one_step.final[0]):.0f}, {abs(one_step.final[1]):.0f})")
assert np.abs(one_step.final).max() < 1e-12

rng, eigenvalues, sigma = np.random.default_rng(0), np.array([0.01, 1.0]), 0.1
noise = sigma * rng.standard_normal((20_000, 2))
scatter = curvature.newton(noise, np.tile(np.diag(eigenvalues), (20_000, 1, 1))).std(axis=0)
print(f"scatter of a Newton step: predicted 10 and 0.1, measured {scatter[0]:.2g} and {scatter[1]:.2g}")
print(f"scatter of a step of gradient descent: predicted 0.1 and 0.1, measured {noise.std(axis=0)[0]:.1g} and {noise.std(axis=0)[1]:.1g}")
assert np.allclose(scatter, sigma / eigenvalues, rtol=0.03)

# %% [markdown]
# With noise, the whole Hessian makes things *worse* in the flat directions. Stochastic second-order methods live with large batches and
# averaging for that reason (notebook 19).
#
# ## Third cure: the size of the curvature, not its sign
#
# Keep the idea of dividing by the curvature, and repair the sign: let $H = Q\Lambda Q^\top$ be the decomposition into eigenvectors (the
# columns of $Q$) and eigenvalues (the diagonal of $\Lambda$), and take
#
# $$|H| = Q\,|\Lambda|\,Q^\top, \qquad d = -|H|^{-1} g .$$
#
# Then $g\cdot d = -\sum_i (q_i\cdot g)^2/|\lambda_i| < 0$: every step points downhill. Dauphin et al. (2014) call this *saddle-free* Newton.
#
# ### Exercise 04.3 · Saddle-free Newton
#
# Return the direction $d$. An eigenvalue whose size is below `floor` counts as `floor`, so that nothing is divided by zero.

# %% tags=["exercise"]
def saddle_free(g, H, *, floor=1e-8):
    """Return -|H|^(-1) g, shape (n,), where |H| has the eigenvectors of H and the sizes of its eigenvalues."""
    ### BEGIN SOLUTION
    eigenvalues, Q = np.linalg.eigh(H)
    sizes = np.maximum(np.abs(eigenvalues), floor)
    return -Q @ ((Q.T @ g) / sizes)
    ### END SOLUTION

# %%
check.saddle_free(saddle_free)

# %% [markdown] tags=["solution"]
# `np.abs(H)` would be something else: it takes the size of every *entry*, which changes the eigenvectors too. Read the last line from the right: components of $g$ in the
# eigenvectors, each divided by the size of its curvature, and back.

# %% [markdown]
# ## How fast does it leave?
#
# Take $f(x, y) = \tfrac12(x^2 - |\lambda|\,y^2)$ and the start $(1, 10^{-6})$. Along $y$ the gradient is $-|\lambda| y$, and dividing by $|\lambda|$ gives $y \leftarrow y + y$:
# the distance **doubles**, whatever $\lambda$ is. Gradient descent with $lr = 1$ multiplies by $1 + |\lambda|$. So the steps until $|y| \ge 1$ are
#
# $$\lceil \log_2 10^6\rceil = 20 \quad\text{(saddle-free)}, \qquad \Big\lceil\frac{\ln 10^6}{\ln(1+|\lambda|)}\Big\rceil \quad\text{(gradient descent)} .$$

# %%
for size in (1.0, 0.1, 0.001):
    saddle = landscapes.quadratic([1.0, -size])
    print(f"lambda = -{size}:", end="")
    for name, rule, predicted in (("saddle-free", curvature.newton_like_rule(curvature.saddle_free, saddle.hess), 20),
                                  ("gradient descent", "sgd", math.ceil(math.log(1e6) / math.log(1 + size)))):
        path = descent.minimize(saddle, [1.0, 1e-6], rule, lr=1.0, n_steps=predicted + 2).w
        measured = int((np.abs(path[:, 1]) >= 1).argmax())
        print(f"  {name} predicted {predicted}, measured {measured}", end="")
        assert measured == predicted
    print()

# %% [markdown]
# That is the best one can say for curvature: flat saddles, on which gradient descent idles for thousands of steps, cost no more than steep ones.
#
# ## Fourth cure: check the step before you take it
#
# Newton's direction on $\log\cosh$ was right; its length was wrong. So try the full step, and shorten it until the loss has really gone down. Is "down"
# enough? Take $f = w^2$ and the points $w_k = (-1)^k(1 + 2^{-k})$: the loss falls in every step, and still tends to 1, not to 0. The steps
# are long and gain next to nothing. Larry Armijo (1966) asked for a gain in proportion: accept a rate $s$ if
#
# $$f(w + s\,d) \;\le\; f(w) + c\,s\;g\cdot d , \qquad c = 10^{-4} ,$$
#
# else halve it. As $g\cdot d < 0$ is the slope along $d$, this asks for the share $c$ of what the slope promises. A small enough $s$ always passes, since $c < 1$.
#
# ### Exercise 04.4 · Armijo's rule
#
# Return the first of `lr`, `lr/2`, `lr/4`, … that passes. `fun(w)` returns `(loss, grad)`. A loss that is NaN or infinite must not pass.

# %% tags=["exercise"]
def armijo(fun, w, d, *, lr=1.0, c=1e-4):
    """Return the first of lr, lr/2, lr/4, ... for which the step lr * d decreases the loss enough."""
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
# The test is written `not new <= bound` and not `new > bound`: a NaN fails every comparison, so the first form rejects it and the second would
# accept it. The library's version also refuses a direction that points uphill, where this loop would never end.

# %% [markdown]
# ## What does the check buy?
#
# Three questions. **One:** on $\tfrac12\lambda w^2$ with $d = -g$, the test reads $s \le 2(1-c)/\lambda$, so the accepted rate is the
# largest $2^{-k}$ below that. **Two:** does Newton with Armijo return from $w = 3$ on $\log\cosh$, far beyond the threshold? And how often must it shorten its steps? **Three:** the
# curved valley of Rosenbrock's function, from $(-1.2, 1)$: how far do Newton and gradient descent come, both with Armijo?
#
# (The cell writes $\log\cosh w$ as $\log(1 + 2\sinh^2\tfrac w2)$. It is the same number, but near zero `np.log(np.cosh(w))` rounds to 0, and a line search that
# sees no decrease starves.)

# %%
for lam in (1.0, 25.0, 1000.0):
    s = curvature.armijo(landscapes.quadratic([lam]), np.ones(1), np.array([-lam]))
    predicted = 2.0**-max(0, math.ceil(math.log2(lam / (2 * (1 - 1e-4)))))
    print(f"lambda {lam:6.0f}: accepted rate predicted 1/{1 / predicted:.0f}, measured 1/{1 / s:.0f}")
    assert s == predicted
log_cosh = landscapes.Landscape("log cosh", lambda w: np.log1p(2 * np.sinh(w / 2)**2)[..., 0], np.tanh,
                                lambda w: 1 / np.cosh(w)[..., None]**2, (np.zeros(1),), ((-4, 4),), n=1)
safe = descent.minimize(log_cosh, [3.0], curvature.line_search(log_cosh, curvature.newton, log_cosh.hess), lr=1.0, n_steps=20, tol=1e-12)
print(f"log cosh from 3: accepted rates {', '.join(f'1/{1 / s:.0f}' for s in safe.state['rates'])}; |w| at the end below 1e-12: {abs(safe.final[0]) < 1e-12}")

# %% [markdown]
# One step is shortened. Then the full steps pass, because near the minimum a full Newton step wins half of what the slope promises, and $c < \tfrac12$; so the tripling of digits is kept. Now the valley.

# %% tags=["figure"] mystnb={"image": {"alt": "Contours of Rosenbrock's curved valley with two paths from (-1.2, 1). Gradient descent with line search takes small steps near the start, one long leap across the bend, and then small steps again; after 300 steps it has not reached the minimum. Newton with line search follows the bend in 21 steps to the minimum at (1, 1)."}}
ROSENBROCK, start = landscapes.ROSENBROCK, [-1.2, 1.0]
downhill = curvature.line_search(ROSENBROCK, lambda g, H: -g, ROSENBROCK.hess)
guarded = curvature.line_search(ROSENBROCK, curvature.newton, ROSENBROCK.hess)
gd = descent.minimize(ROSENBROCK, start, downhill, lr=1.0, n_steps=300)
newton = descent.minimize(ROSENBROCK, start, guarded, lr=1.0, n_steps=100, tol=1e-6)
bare = descent.minimize(ROSENBROCK, start, curvature.newton_like_rule(curvature.newton, ROSENBROCK.hess), lr=1.0, n_steps=100, tol=1e-6)
fig, ax = plt.subplots(figsize=(7.2, 4.6))
plotting.contours(ax, ROSENBROCK, log=True)
plotting.path(ax, gd.w, "sgd", markevery=5, markersize=4, linewidth=1.2, label="gradient descent, 300 steps")
plotting.path(ax, newton.w, "newton", markevery=1, markersize=9, linewidth=1.5, label=f"Newton, {newton.n_steps} steps")
assert newton.n_steps == 21 and (np.diff(newton.loss) < 0).all() and 0.05 < np.linalg.norm(gd.final - 1) < 0.15 and bare.n_steps == 6 and bare.loss.max() > 1400
_ = ax.legend(loc="lower center"), ax.set_title("Same line search: Newton is there in 21 steps")
plt.show()

# %% [markdown]
# *Reading the figure:* both runs use the same line search. It makes gradient descent safe, and not fast. A long trial step happened to land on the other side of the bend, which saved it
# much of the way; but there $\kappa$ is about 2500, no choice of $s$ changes the direction, and after 300 steps it is still 0.1 away. Newton's direction follows the bend. With full steps it would need only 6 steps here, but on the way the loss would rise from 24 to 1400: the line search
# trades a little speed near by for safety far away.
#
# ## Where does each rule end up?
#
# All this changes not only how fast a run arrives, but *where*. 10 000 runs at once, one from each point of a grid; the grey tells which
# minimum it reached. Two landscapes: Himmelblau's function with four minima, all with loss 0, and the "three-hump camel"
# $2x^2 - 1.05x^4 + \tfrac16x^6 + xy + y^2$, with its lowest point in the middle and two poorer minima. **Predict:** (a) the camel is
# unchanged under $w \to -w$, and so are all four rules; what follows for its two outer minima? (b) Which of the four rules
# ends at saddles?
#
# Each rule gets 500 steps at one rate, written in the picture; Newton gets 50. The critical points come from `critical_points.find` of notebook
# 01, minima first.

# %% tags=["figure"] mystnb={"image": {"alt": "Eight square images of basins of attraction, two landscapes by four rules. For gradient descent, momentum and Adam each image is divided into grey regions around the minima, smooth for gradient descent, with interleaved bands for momentum and wavy borders for Adam. For Newton large green regions around saddles and maxima appear, with fractal borders."}}
rates, arrived = {"sgd": 0.01, "momentum": 0.003, "adam": 0.1, "newton": 1.0}, {}
fig, axes = plt.subplots(2, 4, figsize=(10.5, 5.8), sharey="row")
for row, f in zip(axes, (landscapes.HIMMELBLAU, landscapes.CAMEL), strict=True):
    points, n_minima = basins.critical(f)
    for ax, (rule, lr) in zip(row, rates.items(), strict=True):
        step, n_steps = (curvature.newton_like_rule(curvature.newton, f.hess), 50) if rule == "newton" else (rule, 500)
        ends = descent.minimize(f, basins.grid(f.window, 100), step, lr=lr, n_steps=n_steps, keep_path=False).final
        arrived[f.name, rule] = basins.arrival(ends, points, tol=0.05)
        basins.draw(ax, arrived[f.name, rule], points, n_minima=n_minima, window=f.window)
        _ = ax.set_title(f"{rule}, lr {lr}", fontsize=12), row[0].set_ylabel(f.name)
fig.suptitle("Another rule, other basins; Newton ends at saddles too (green)", x=0.01, ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# *Reading the figure:* above Himmelblau's function, below the camel. Dots are minima, crosses the other critical points. A run does not go to the nearest minimum,
# nor to the lowest, but to the one in whose basin it started, and the basins belong to the rule and its rate as much as to the landscape. Newton's are torn, and much of the plane (green) is drawn to
# saddles and to the maximum.

# %%
for f in (landscapes.HIMMELBLAU, landscapes.CAMEL):
    plain, n_minima = arrived[f.name, "sgd"], 4 if f is landscapes.HIMMELBLAU else 3
    for rule in rates:
        index = arrived[f.name, rule]
        counts = np.bincount(index[index >= 0], minlength=n_minima)
        print(f"{f.name:16} {rule:8}: another end than gradient descent {(index != plain).mean():3.0%}, at no minimum {(index >= n_minima).mean():3.0%}")
        assert rule == "newton" or ((index >= 0) & (index < n_minima)).all()
        assert f is not landscapes.CAMEL or counts[0] == counts[2]
print("camel: outer basins equally large for all four rules, as predicted; lowest minimum reached by gradient descent from "
      f"{(arrived[landscapes.CAMEL.name, 'sgd'] == 1).mean():.0%} of the starts")

# %% [markdown]
# No rule is drawn to the global minimum as such. A popular claim says that adaptive or second-order methods reach it faster; here they
# merely reach *other* minima from the same starts, and Newton reaches points that are no minima at all.
#
# ## And without the Hessian? The limit of gradients
#
# A network with the 118 282 weights of notebook 13 has a Hessian of $1.4\cdot10^{10}$ entries: 56 GB in single precision, and solving with it costs about
# $n^3/3 \approx 5\cdot10^{14}$ operations a step. So: how far can gradients alone go?
#
# After $t$ steps of any method that moves within the span of the gradients it has seen, the error on a quadratic is $w_t - w^* = p_t(H)\,(w_0 - w^*)$ with a polynomial
# $p_t$ of degree $t$ and $p_t(0) = 1$. (For gradient descent it is $(1 - lr\,\lambda)^t$.) Which polynomial is smallest on all of $[\mu, L]$? The answer has been known since
# Chebyshev, and its largest value there is
#
# $$\frac{2}{q_*^t + q_*^{-t}} \approx 2q_*^t, \qquad q_* = \frac{\sqrt\kappa - 1}{\sqrt\kappa + 1} .$$
#
# A **square root** of $\kappa$, where gradient descent has $\kappa$ itself. A recurrence of Chebyshev's polynomials gives the method: heavy ball, with coefficients that change for a while.

# %% tags=["mirrors:course_lib.optimizers.curvature.chebyshev"]
def chebyshev(grad, w, *, mu, L, n_steps):
    if not 0 < mu <= L < np.inf:
        raise ValueError(f"chebyshev needs 0 < mu <= L, both finite, got mu = {mu} and L = {L}")
    centre, spread = (L + mu) / 2, (L - mu) / (L + mu)
    path = [np.array(w, dtype=float)]
    omega = 1.0
    for t in range(1, n_steps + 1):
        before = path[max(t - 2, 0)]
        w = path[-1] + (omega - 1) * (path[-1] - before) - omega / centre * grad(path[-1])
        path.append(w)
        omega = 1 / (1 - spread**2 * omega / (2 if t == 1 else 4))
    return np.array(path)

# %% [markdown]
# Look at the line with `omega`. It is heavy ball, $v \leftarrow \beta v + g$, $w \leftarrow w - lr\,v$, in other letters: with a constant $\omega$, the momentum is
# $\beta = \omega - 1$ and the rate is $lr = \omega/\text{centre}$. And $\omega_t$ converges: to $\beta = q_*^2$ and $lr = 4/(\sqrt L + \sqrt\mu)^2$, which are exactly the best constant heavy ball (notebook 06 derives it).
# **Conjugate gradient** does one thing better: it needs neither $\mu$ nor $L$, and finds at each step the polynomial that is best *for this
# $H$ and this start*, in the norm $|e|_H = \sqrt{e^\top H e}$. On $\tfrac12 w^\top H w - b\cdot w$, with $r = b - Hw$ (the negative gradient) and first $p = r$, it repeats
#
# $$s = \frac{r\cdot r}{p\cdot Hp}, \qquad w \leftarrow w + s\,p, \qquad r_+ = r - s\,Hp, \qquad p \leftarrow r_+ + \frac{r_+\cdot r_+}{r\cdot r}\,p, \qquad r \leftarrow r_+ .$$
#
# Each $p$ is $H$-orthogonal to all before ($p_i\cdot Hp_j = 0$), so no step undoes an earlier one. $H$ is used only in products $Hp$; `show_source(curvature.conjugate_gradient)` opens it.
#
# ## One figure for all
#
# $\kappa = 100$, 300 eigenvalues evenly spread from 1 to 100, and a start with the same energy in each eigenvector. Plotted is $|e_t|_H/|e_0|_H$ for four methods, each with its best constants from theory, and, in grey, the prediction for each:
#
# | method | prediction | factor |
# |---|---|---|
# | gradient descent | $q^t$ | $q = 99/101 = 0.980$ |
# | heavy ball | $\big(1 + (1+q_*)\,t\big)\,q_*^t$ | $q_* = 9/11 = 0.818$, after a transient |
# | Chebyshev | $2/(q_*^t + q_*^{-t})$ | $q_* = 0.818$ |
# | conjugate gradient | $2/(q_*^t + q_*^{-t})$, a bound | at most $q_* = 0.818$ |
#
# The transient: for heavy ball with the best constants, the two roots of the recurrence $e_{t+1} = (1 + \beta - lr\,\lambda)\,e_t - \beta\,e_{t-1}$ *coincide* at $\lambda = \mu$ and $\lambda = L$. A double root
# (a Jordan block of the iteration matrix) gives not $q_*^t$ but $t\,q_*^t$: at $\lambda = L$ exactly $(1 + (1 + q_*)t)\,(-q_*)^t$. The
# expression in the table bounds the run for every eigenvalue between.
# **Predict:** which methods have *longer* errors than at the start, for a while?

# %%
kappa, n, n_steps = 100.0, 300, 120
q, q_star = (kappa - 1) / (kappa + 1), (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
lam = np.linspace(1, kappa, n)
bowl, start = landscapes.quadratic(lam), 1 / np.sqrt(lam)
lr, beta = 4 / (math.sqrt(kappa) + 1)**2, q_star**2
paths = {"gradient descent": descent.minimize(bowl, start, "sgd", lr=2 / (kappa + 1), n_steps=n_steps).w,
         "heavy ball": descent.minimize(bowl, start, "momentum", lr=lr, beta=beta, n_steps=n_steps).w,
         "Chebyshev": curvature.chebyshev(bowl.grad, start, mu=1.0, L=kappa, n_steps=n_steps),
         "conjugate gradient": curvature.conjugate_gradient(np.diag(lam), np.zeros(n), start, n_steps=n_steps)}
errors = {name: np.sqrt((lam * w * w).sum(-1) / n) for name, w in paths.items()}
t = np.arange(n_steps + 1)
best = 2 / (q_star**t + q_star**-t)
predicted = dict(zip(paths, (q**t, (1 + (1 + q_star) * t) * q_star**t, best, best), strict=True))
assert all((errors[name] <= predicted[name] * (1 + 1e-9) + 1e-13).all() for name in paths)

# %% [markdown]
# The assertion at the end says that no error is above its prediction, at any step. Here are the four as curves.

# %% tags=["figure"] mystnb={"image": {"alt": "Semilogarithmic plot of the error against the step up to 120 for kappa 100. Gradient descent falls only to a hundredth, below its grey line. Heavy ball falls almost parallel to Chebyshev's method, about ten times higher, below its own grey line. Chebyshev lies just below its grey line. Conjugate gradient follows Chebyshev's slope to step 40 and then bends down ever more steeply."}}
looks = {"gradient descent": look("sgd"), "heavy ball": look("momentum"),
         "Chebyshev": look("chebyshev", marker=None, linestyle="--"), "conjugate gradient": look("cg", linestyle="-", markersize=11)}
fig, ax = plt.subplots(figsize=(7.2, 4.8))
for name in paths:
    ax.semilogy(t, predicted[name], color="0.8", linewidth=5, label="predictions" if name == "Chebyshev" else None)
for name in paths:
    ax.semilogy(t, errors[name], **looks[name] | {"label": name, "linewidth": 1.8})
ax.set(xlabel="step $t$", ylabel="error $|e_t|_H$ / $|e_0|_H$", ylim=(1e-13, 30),
       title=r"$\kappa$ = 100: the root of $\kappa$ decides, and CG ends below it")
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* grey are the predictions, from the slowest to the fastest: gradient descent, heavy ball's transient and slope, Chebyshev's line,
# which is also the bound for conjugate gradient. Now the slopes in numbers: a factor per step, fitted over two windows, beside the factor of the *predicted* curve in the same window.

# %%
print("factor per step            steps 20-40          steps 60-90")
for name in paths:
    line = f"{name:19}"
    for window in (np.arange(20, 41), np.arange(60, 91)):
        fits = [math.exp(np.polyfit(window, np.log(curve[window]), 1)[0]) for curve in (predicted[name], errors[name])]
        line += f"  predicted {fits[0]:.2f}, {fits[1]:.2f}"
        assert fits[1] < fits[0] + 0.005 and (name == "conjugate gradient" or fits[1] > fits[0] - 0.015)
    print(line)
print(f"largest error of heavy ball: predicted at most {predicted['heavy ball'].max():.1f}, measured {errors['heavy ball'].max():.1f}")
for name in ("heavy ball", "Chebyshev", "conjugate gradient"):
    steps = [(curve[name] <= 1e-6).argmax() for curve in (predicted, errors)]
    print(f"{name}: steps to 1e-6 predicted at most {steps[0]}, measured {steps[1]}")

# %% [markdown]
# Where measured and predicted differ, there is a reason:
#
# - **Gradient descent** is a little faster than $q = 0.980$: eigenvalues next to 1 and to 100 have factors slightly below $q$, and they are still on their way out. Only when they are gone is the slope $q$.
# - **Heavy ball** is slower than $q_* = 0.818$, by the double root: $t\,q_*^t$ has the factor $q_*(1 + 1/t)$ at step $t$. The grey line is the worst case, reached by a start along the steepest eigenvector; this start is spread over all, and stays below. It still needs nine steps more than Chebyshev's method, whose changing coefficients avoid the double root's delay.
# - **Chebyshev** is on its line: its polynomial has the same size on the whole interval.
# - **Conjugate gradient** keeps Chebyshev's slope for some forty steps and then is *superlinear*. The spectrum is a set of 300 points and not an interval. The polynomial
#   begins to place zeros on the outermost points, and for what remains $\kappa$ is smaller (Beckermann & Kuijlaars 2001). With $k$ distinct eigenvalues it would be done after $k$ steps, but for rounding.
#
# No method of this kind can promise more than Chebyshev's line: for each $t$ there is a quadratic with condition number $\kappa$, and a start, on which even conjugate gradient is exactly that slow (Greenbaum 1979).
# Beyond a square root, one must know more about $H$.
#
# ## Summary
#
# | cure | buys | fails |
# |---|---|---|
# | diagonal scaling (and AdaGrad, RMSprop, Adam) | $\kappa$ does not matter, if the valley runs along the axes | turned by 45° |
# | Newton | $\kappa$ does not matter; digits double near a minimum with invertible $H$ | far away ($\log\cosh$ from 1.09 on); drawn to saddles; noise; $n^2$ numbers |
# | saddle-free Newton | always downhill; doubles the distance from a saddle in each step | a full step may still be too long; as costly as Newton |
# | Armijo's rule | the loss falls in every step | changes the length, not the direction |
# | heavy ball, Chebyshev | $\sqrt\kappa$ in place of $\kappa$, on quadratics | need $\mu$ and $L$; heavy ball has a transient |
# | conjugate gradient | Chebyshev's bound or better, no constants to set | this form needs a quadratic and exact products $Hp$ |

# %% [markdown]
# ## Questions to ask yourself
#
# **1.** Your loss has two weights, one in metres and one in millimetres. Which of the methods here take the same steps in other units?
#
# <details>
# <summary>Answer</summary>
#
# Newton's method, under every invertible linear change of variables; and diagonal scaling, under a change of the units of single coordinates. Gradient descent, heavy ball, conjugate gradient and
# saddle-free Newton depend on the units, since lengths and angles enter their definitions. Under a rotation it is the other way round: all of them stay the same except diagonal scaling.
#
# </details>
#
# **2.** In three dimensions, can diagonal scaling ever make the condition number *larger*?
#
# <details>
# <summary>Answer</summary>
#
# In two dimensions it cannot. From three on it can, a little: dividing by the diagonal is within a factor $n$ of the best diagonal scaling (van der Sluis 1969), but it need not be the best, and not scaling is one of the choices. Try `scaled_condition` on random matrices.
#
# </details>
#
# **3.** From which $|w|$ on does Newton's method with rate $\tfrac12$ in place of 1 explode on $\log\cosh w$?
#
# <details>
# <summary>Answer</summary>
#
# The map is $w - \tfrac14\sinh 2w$, so the 2-cycle solves $\sinh 2w = 8w$: $|w| = 1.63$. A shorter constant rate moves the threshold and does not remove it, and it costs the digits: near zero the error is only halved. Armijo's rule removes the threshold and keeps the tripling.
#
# </details>
#
# **4.** Conjugate gradient needs 20 steps on a problem with $n = 10^6$. What may you guess about its spectrum?
#
# <details>
# <summary>Answer</summary>
#
# That the condition number is small (about $\tfrac12\sqrt\kappa\,\ln(2/\text{tolerance})$ steps are enough), or that the eigenvalues lie in a few tight clusters, or that the start has few components. The dimension alone hardly matters.
#
# </details>
#
# **5.** A run with a line search reports that its rates have become $10^{-9}$. What do you look at?
#
# <details>
# <summary>Answer</summary>
#
# Whether the gradient is that of the loss (central differences, notebook 01); whether the decrease can still be resolved, for near a minimum it is smaller than the rounding error of the loss itself; and how large the curvature along $d$ is.
#
# </details>
#
# ## Go deeper
#
# - J. Nocedal, S. J. Wright, *Numerical Optimization*, 2nd edition (2006), doi:10.1007/978-0-387-40065-5: chapter 3 on line search and Newton's method, chapter 5 on conjugate gradient.
# - L. Armijo, *Minimization of functions having Lipschitz continuous first partial derivatives*, Pacific Journal of Mathematics 16, 1–3 (1966), doi:10.2140/pjm.1966.16.1.
# - Y. Dauphin, R. Pascanu, C. Gulcehre, K. Cho, S. Ganguli, Y. Bengio, *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization* (2014), arXiv 1406.2572.
# - M. Hestenes, E. Stiefel, *Methods of conjugate gradients for solving linear systems*, Journal of Research of the National Bureau of Standards 49, 409–436 (1952), doi:10.6028/jres.049.044.
# - G. Golub, R. Varga, *Chebyshev semi-iterative methods, successive overrelaxation iterative methods, and second order Richardson iterative methods*, Numerische Mathematik 3, 147–156 (1961), doi:10.1007/BF01386013.
# - A. van der Sluis, *Condition numbers and equilibration of matrices*, Numerische Mathematik 14, 14–23 (1969), doi:10.1007/BF02165096.
# - A. Greenbaum, *Comparison of splittings used with the conjugate gradient algorithm*, Numerische Mathematik 33, 181–193 (1979).
# - B. Beckermann, A. Kuijlaars, *Superlinear convergence of conjugate gradients*, SIAM Journal on Numerical Analysis 39, 300–329 (2001).
# - L. Sagun, U. Evci, V. U. Güney, Y. Dauphin, L. Bottou, *Empirical analysis of the Hessian of over-parametrized neural networks* (2017), arXiv 1706.04454.
#
# **Next:** until now every gradient was exact. What does it cost to estimate it from a few examples?
# [05: Sample mini-batches](05_sample_minibatches.ipynb)
