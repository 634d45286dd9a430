# %% [markdown]
# # 12 · Reach the limit of gradients ★
#
# *How fast can any method be that sees only gradients?*
#
# Momentum needs about $\sqrt\kappa$ steps where gradient descent needs $\kappa$. Could a cleverer method need only
# $\sqrt[3]\kappa$? On quadratics the answer is one picture: every such method is a polynomial. This notebook goes deeper;
# nothing later needs it.
#
# **You will do:** compute the polynomial of heavy ball, predict the steps of the best possible method, and write
# **conjugate gradient**.
#
# **You will learn:** why $\sqrt\kappa$ is the limit; how **Chebyshev's method** and conjugate gradient reach it; what is
# known about convex functions; why a theorem on quadratics is only that.
#
# **You need:** heavy ball, its best parameters and Nesterov's momentum, as in
# [10: Add momentum](10_add_momentum.ipynb) and [11: Look ahead with Nesterov](11_look_ahead_with_nesterov.ipynb).
#
# **Minutes:** 65

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# Newton's method needs the Hessian. For the network of notebook 24, with its 118 282 weights, that is a matrix of
# $1.4\cdot10^{10}$ entries, 56 GB in single precision, and solving with it takes about $5.5\cdot10^{14}$ operations. So it
# matters how far gradients alone can go.
#
# Take a quadratic with 400 curvatures, evenly spread from $\mu = 1$ to $L = 25$, and a start with the error 1 along each
# eigenvector. Run three methods for ten steps, each with its best constants. What is left of the error, along each
# eigenvector?

# %% tags=["figure"] mystnb={"image": {"alt": "Error after ten steps against the curvature from 1 to 25 for three methods. Gradient descent, black, falls from 0.45 at curvature 1 to zero in a wide middle and rises to 0.45 at 25. Heavy ball, blue, swings near zero in the middle and reaches 0.08 at 1 and 0.3 at 25. Chebyshev's method, green dash-dotted, swings evenly between -0.035 and 0.035 over the whole interval."}}
from course_lib import landscapes
from course_lib.optimizers import curvature, descent, momentum_theory

mu = 1.0
L = 25.0
lam = np.linspace(mu, L, 400)
bowl = landscapes.quadratic(lam)
ones = np.ones(400)
lr, beta, q = momentum_theory.best_heavy_ball(mu, L)
gd = descent.minimize(bowl, ones, "sgd", lr=2 / (L + mu), n_steps=10).w
heavy = descent.minimize(bowl, ones, "momentum", lr=lr, beta=beta, n_steps=10).w
cheb = curvature.chebyshev(lambda w: lam * w, ones, mu=mu, L=L, n_steps=10)

fig, ax = plt.subplots()
ax.plot(lam, gd[10], **look("sgd", marker=None, label="gradient descent"))
ax.plot(lam, heavy[10], **look("momentum", marker=None, label="heavy ball"))
ax.plot(lam, cheb[10], **look("chebyshev", marker=None, label="Chebyshev"))
ax.set(xlabel=r"curvature $\lambda$", ylabel="error left after 10 steps")
ax.legend(loc="upper center")
plt.show()

# %% [markdown]
# *Reading the figure:* gradient descent is excellent in the middle and poor at both ends. Heavy ball is better, and still
# worst at the ends. Chebyshev's method wastes nothing: its error swings evenly over the whole interval. These curves are not three
# stories but three *polynomials*.

# %% tags=["guard"]
n_weights = 118_282
assert np.isclose(n_weights**2, 1.4e10, rtol=0.01)
assert np.isclose(4 * n_weights**2 / 1e9, 56, rtol=0.01)
assert np.isclose(n_weights**3 / 3, 5.5e14, rtol=0.01)
assert round(float(abs(cheb[10]).max()), 3) == 0.035
assert abs(abs(heavy[10]).max() - 0.3) < 0.05 and abs(heavy[10, 0] - 0.08) < 0.005

# %% [markdown]
# ## Every gradient method is a polynomial
#
# Look at one eigenvector with curvature $\lambda$. The gradient there is $\lambda$ times the error. A step adds multiples
# of gradients seen so far. So after $t$ steps the error is the first error times a polynomial in $\lambda$:
#
# $$e_t = p_t(\lambda)\, e_0, \qquad p_t \text{ of degree at most } t, \qquad p_t(0) = 1 .$$
#
# It is 1 at $\lambda = 0$, because where the gradient vanishes nothing moves. For gradient descent
# $p_t(\lambda) = (1 - \mathrm{lr}\,\lambda)^t$. This $p_t$ is called the **residual polynomial** of the method.
#
# Heavy ball, $v \leftarrow \beta v + g$, $w \leftarrow w - \mathrm{lr}\,v$, can be written without the velocity (notebook
# 10). For the error this gives a recurrence. Before the first step the velocity is zero.
#
# $$p_{t+1} = (1 + \beta - \mathrm{lr}\,\lambda)\,p_t - \beta\,p_{t-1}, \qquad p_0 = 1, \quad p_1 = 1 - \mathrm{lr}\,\lambda .$$
#
# ### Exercise 12.1 · The polynomial of heavy ball
#
# Return $p_t(\lambda)$ for an array of curvatures `lam`. It must work for $t = 0$ and $t = 1$ too.

# %% tags=["exercise"]
def heavy_ball_polynomial(lam, t, *, lr, beta):
    """Return p_t at the curvatures lam (n,), an array (n,)."""
    ### BEGIN SOLUTION
    before = np.ones(len(lam))
    now = before
    for k in range(t):
        momentum = beta * (now - before) if k > 0 else 0
        before, now = now, now - lr * lam * now + momentum
    return now
    ### END SOLUTION

# %%
check.heavy_ball_polynomial(heavy_ball_polynomial)

# %% [markdown] tags=["solution"]
# $(1 + \beta - \mathrm{lr}\,\lambda)\,p_t - \beta\,p_{t-1}$ is $p_t - \mathrm{lr}\,\lambda\,p_t + \beta\,(p_t - p_{t-1})$: a
# gradient step plus the share $\beta$ of the last move. In the first step there is no last move.

# %% [markdown]
# ## Which polynomial is smallest?
#
# We do not know which eigenvectors the error has. So a method is as good as its polynomial is small on *all* of
# $[\mu, L]$. Which polynomial of degree $t$ with $p_t(0) = 1$ has the smallest maximum there? The answer
# goes back to Pafnuty Chebyshev, and the first figure shows it: the one that swings evenly. Its largest value is
#
# $$m_t = \frac{2}{q^t + q^{-t}} \approx 2q^t, \qquad q = \frac{\sqrt\kappa - 1}{\sqrt\kappa + 1} .$$
#
# There is the **square root** of $\kappa$: no polynomial can do better.
#
# <details>
# <summary>Why this is true</summary>
#
# Chebyshev's polynomial $T_t(\cos\varphi) = \cos t\varphi$ swings $t+1$ times between $\pm1$ on $[-1, 1]$. Map $[\mu, L]$
# to $[-1, 1]$, and divide by the value at the image of $\lambda = 0$ to make $p_t(0) = 1$. That image lies at
# $(L + \mu)/(L - \mu)$, up to its sign, and $T_t$ there is $(q^t + q^{-t})/2$.
#
# Could another polynomial $r$ with $r(0) = 1$ and degree $t$ stay below $m_t$ in size on all of $[\mu, L]$? Then $p_t - r$
# would have the sign of $p_t$ at its $t+1$ extreme points, so at least $t$ zeros between them, and one more at 0. That is
# too many for its degree.
#
# </details>
#
# For gradient descent the largest value is $\big(\frac{\kappa-1}{\kappa+1}\big)^t$. For heavy ball it is
# $\big(1 + (1+q)\,t\big)\,q^t$, at $\lambda = L$: the best parameters make a double root there, and a double root brings
# the factor $t$.
#
# **Predict** for $\kappa = 25$: whose largest value grows before it falls? And after 30 steps, how many times larger is
# heavy ball's than Chebyshev's?

# %%
def polynomials(bowl, start, mu, L, n_steps):
    lr, beta, _ = momentum_theory.best_heavy_ball(mu, L)
    fast = {"lr": lr, "beta": beta, "n_steps": n_steps}
    gd = descent.minimize(bowl, start, "sgd", lr=2 / (L + mu), n_steps=n_steps).w
    heavy = descent.minimize(bowl, start, "momentum", **fast).w
    cheb = curvature.chebyshev(bowl.grad, start, mu=mu, L=L, n_steps=n_steps)
    return {"sgd": gd, "momentum": heavy, "chebyshev": cheb}

# %% [markdown]
# The largest error over the interval, at every step:

# %% tags=["figure"] mystnb={"image": {"alt": "Largest error on the interval from 1 to 25 against the step from 0 to 40, log scale. Measured marks lie on grey predicted lines. Gradient descent falls slowly to 0.04. Heavy ball first rises to 1.9, then falls with the slope of Chebyshev's method, well above it. Chebyshev falls from the first step and is lowest, near a ten-millionth at the end."}}
t = np.arange(41)
theory = {
    "sgd": ((L - mu) / (L + mu)) ** t,
    "momentum": (1 + (1 + q) * t) * q**t,
    "chebyshev": 2 / (q**t + q**-t),
}
runs = polynomials(bowl, ones, mu, L, 40)
largest = {name: abs(w).max(axis=1) for name, w in runs.items()}
fig, ax = plt.subplots()
for name, size in largest.items():
    ax.semilogy(t, theory[name], color="0.8", linewidth=6)
    ax.semilogy(t, size, **look(name, linestyle="none", markevery=2))
ax.set(xlabel="step $t$", ylabel=r"largest $|p_t(\lambda)|$")
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* heavy ball rises first, to 1.9, and pays for its double root with a factor that grows like $t$.
# The two fast methods have the same slope in the long run. Gradient descent has another.

# %%
for name, size in largest.items():
    predicted = theory[name][30]
    print(f"{name:9} at step 30: predicted {predicted:.2e}, measured {size[30]:.2e}")
ratio = largest["momentum"][30] / largest["chebyshev"][30]
print(f"heavy ball / Chebyshev: {ratio:.1f}")

# %% tags=["guard"]
for name, size in largest.items():
    assert np.allclose(size, theory[name], rtol=2e-3)
assert abs(largest["momentum"].max() - 1.9) < 0.05

# %% [markdown]
# ### Exercise 12.2 · The fewest steps
#
# Return the smallest whole number $t$ with $m_t \le$ `target`. So many steps does the best polynomial need that is made
# for all of $[\mu, L]$. `kappa` is at least 1 and `target` is positive; a target of 1 or more needs no step.

# %% tags=["exercise"]
def steps_to_target(kappa, target):
    """Return the smallest whole t with 2 / (q**t + q**-t) <= target."""
    ### BEGIN SOLUTION
    q = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    t = 0
    while 2 * q**t / (1 + q ** (2 * t)) > target:
        t = t + 1
    return t
    ### END SOLUTION

# %%
check.steps_to_target(steps_to_target)

# %% [markdown] tags=["solution"]
# The fraction is multiplied by $q^t$ above and below: for $\kappa = 1$ and so $q = 0$ the power $q^{-t}$ would divide by
# zero. A closed form exists as well: $m_t = 1/\cosh(t\ln(1/q))$, so $t$ is the inverse cosh of 1/`target`, divided by
# $\ln(1/q)$ and rounded up.

# %% [markdown]
# ## Chebyshev's method is heavy ball with a careful start
#
# A recurrence of Chebyshev's polynomials gives the method. It needs $\mu$ and $L$.

# %% tags=["mirrors:course_lib.optimizers.curvature.chebyshev"]
def chebyshev(grad, w, *, mu, L, n_steps):
    if not 0 < mu <= L < np.inf:
        raise ValueError(f"0 < mu <= L must hold, both finite, got mu = {mu}, L = {L}")
    centre, spread = (L + mu) / 2, (L - mu) / (L + mu)
    path = [np.array(w, dtype=float)]
    omega = 1.0
    for t in range(1, n_steps + 1):
        before = path[max(t - 2, 0)]
        move = (omega - 1) * (path[-1] - before)
        path.append(path[-1] + move - omega / centre * grad(path[-1]))
        omega = 1 / (1 - spread**2 * omega / (2 if t == 1 else 4))
    return np.array(path)

# %% [markdown]
# The line with `omega` is heavy ball in other letters: the momentum is $\beta = \omega - 1$, and the rate is
# $\mathrm{lr} = \omega/\text{centre}$. Only, $\omega$ changes from step to step.
#
# **Predict:** the first step has $\omega = 1$. What is it, then? And to which $\beta$ does the momentum converge, for
# $\kappa = 25$?

# %%
centre = (L + mu) / 2
spread = (L - mu) / (L + mu)
omega = 1.0
for t in range(1, 9):
    print(f"step {t}: momentum {omega - 1:.4f}, lr {omega / centre:.4f}")
    omega = 1 / (1 - spread**2 * omega / (2 if t == 1 else 4))
print(f"best constant heavy ball: momentum {beta:.4f}, lr {lr:.4f}")

# %% tags=["guard"]
for _ in range(60):
    omega = 1 / (1 - spread**2 * omega / 4)
assert np.isclose(omega - 1, beta) and np.isclose(omega / centre, lr)

# %% [markdown]
# It begins with a plain gradient step and ends as the best constant heavy ball. Between the two it avoids the rise.
#
# ## Conjugate gradient needs no constants
#
# **Conjugate gradient** (CG) finds, at each step, the polynomial that is best *for this $H$ and this start*, without $\mu$
# and $L$. "Best" is meant in the norm $|e|_H = \sqrt{e^\top H e}$, which is the root of twice the loss above the minimum.
# On $\tfrac12 w^\top H w - b\cdot w$, with $r = b - Hw$ (the negative gradient) and at first $p = r$, it repeats
#
# $$s = \frac{r\cdot r}{p\cdot Hp}, \qquad w \leftarrow w + s\,p, \qquad r_+ = r - s\,Hp .$$
#
# Then the next direction is $p \leftarrow r_+ + \dfrac{r_+\cdot r_+}{r\cdot r}\,p$, and $r_+$ takes the place of $r$. The
# number $s$ is the exact best step along $p$. All directions satisfy $p_i\cdot Hp_j = 0$ for $i \ne j$, so no step undoes an
# earlier one.
#
# ### Exercise 12.3 · Conjugate gradient
#
# Write it. Return the path from `w`, of shape `(n_steps + 1, n)`. Use $H$ only in one product `H @ p` a step, and once for
# the first $r$.

# %% tags=["exercise"]
def conjugate_gradient(H, b, w, *, n_steps):
    """Return the path (n_steps + 1, n) of conjugate gradient from w (n,)."""
    ### BEGIN SOLUTION
    r = b - H @ w
    p = r
    path = [w]
    for _ in range(n_steps):
        Hp = H @ p
        s = (r @ r) / (p @ Hp)
        path.append(path[-1] + s * p)
        new = r - s * Hp
        p = new + (new @ new) / (r @ r) * p
        r = new
    return np.array(path)
    ### END SOLUTION

# %%
check.conjugate_gradient(conjugate_gradient)

# %% [markdown]
# Now all four on one quadratic: $\kappa = 100$, 300 curvatures from 1 to 100, and a start with the same energy along each
# eigenvector.
#
# **Predict:** which curve bends down in the end, and why only that one?

# %% tags=["figure"] mystnb={"image": {"alt": "Semilogarithmic plot of the error in the H-norm against the step up to 120 for kappa 100. Gradient descent, black circles, falls to about a hundredth. Heavy ball, blue squares, rises above 1 at first and then falls parallel to Chebyshev, green dash-dotted, which is straight. Conjugate gradient, grey diamonds, lies a little below Chebyshev and nearly parallel to it up to about step 40, then bends down ever more steeply and leaves the picture."}}
lam = np.linspace(1, 100, 300)
bowl = landscapes.quadratic(lam)
start = 1 / np.sqrt(lam)
runs = polynomials(bowl, start, 1.0, 100.0, 120)
runs["cg"] = curvature.conjugate_gradient(np.diag(lam), 0 * lam, start, n_steps=120)
errors = {name: np.sqrt((lam * w * w).mean(axis=-1)) for name, w in runs.items()}
fig, ax = plt.subplots(figsize=(7.2, 4.6))
for name, error in errors.items():
    style = look(name, linewidth=1.6)
    if name == "cg":
        style |= {"color": "0.45", "marker": "D", "linestyle": "-"}
    ax.semilogy(error, **style)
ax.set(xlabel="step $t$", ylabel="error $|e_t|_H$ / $|e_0|_H$", ylim=(1e-13, 30))
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* Chebyshev's line is straight: its polynomial is made for the whole interval. CG lies below it, with
# nearly the same slope for some forty steps, and then becomes faster and faster, which is called **superlinear** convergence. The spectrum is
# 300 points and not an interval. CG's polynomial places zeros on the outermost points, and for what remains $\kappa$ is
# smaller. With $k$ distinct eigenvalues it would be done after $k$ steps, but for rounding.

# %%
q = 9 / 11  # for kappa = 100
limit = 2 / (q ** np.arange(121.0) + q ** -np.arange(121.0))
print(f"limit for all quadratics: {np.argmax(limit <= 1e-6)} steps to a millionth")
for name in ("momentum", "chebyshev", "cg"):
    print(f"{name}: {np.argmax(errors[name] <= 1e-6)} steps")

# %% tags=["guard"]
assert (errors["cg"] <= limit * (1 + 1e-9) + 1e-13).all()
assert (errors["chebyshev"] <= limit * (1 + 1e-9)).all()
assert errors["momentum"].max() > 1

# %% [markdown]
# Chebyshev's method is a little better than its limit here, because this start is spread over all eigenvectors and the
# limit is about the worst one. No method that moves along gradients has a smaller factor than $q$ per step for *all*
# quadratics with this $\kappa$, in every dimension (Nesterov 2018).
#
# ## Convex functions: the chain
#
# Without $\mu > 0$, gradient descent promises $LR^2/(4t+2)$ (notebook 06), with $R = |w_0 - w^*|$. Nesterov's momentum with
# $\mathrm{lr} = 1/L$ and a momentum that *grows*, $\beta_t = (t-1)/(t+2)$, promises
#
# $$f(w_t) - f^* \;\le\; \frac{2LR^2}{(t+1)^2} .$$
#
# Could a cleverer method have $1/t^3$? No. Nesterov wrote down a chain of $n$ weights, each tied to its neighbours, and
# pulled at one end:
#
# $$f(w) = \frac L4\Big(\tfrac12\big[w_1^2 + (w_1-w_2)^2 + \dots + (w_{n-1}-w_n)^2 + w_n^2\big] - w_1\Big) .$$
#
# Start at zero. The first gradient is zero except at $w_1$, so the second reaches $w_2$ at most. After $t$ steps *at most
# $t$ weights have ever moved*, whatever the method. That gives a floor for the loss which no gradient method can pass in $t \le n$ steps:
#
# $$f(w_t) - f^* \;\ge\; \frac L8\Big(\frac1{t+1} - \frac1{n+1}\Big) .$$
#
# With $n = 2t+1$ this is at least $\tfrac{3}{32} LR^2/(t+1)^2$: the same power of $t$ as the promise.
#
# **Predict** for $n = 101$: how close to the floor does Nesterov's momentum come in 50 steps?

# %%
n = 101
fun = landscapes.chain(n)
t = np.arange(1, 51)
floor = (1 / (t + 1) - 1 / (n + 1)) / 8
R2 = n * (2 * n + 1) / (6 * (n + 1))  # the square of R for this chain
promise = 2 * R2 / (t + 1) ** 2
zero = np.zeros(n)
path = momentum_theory.accelerated(fun, zero, lr=1.0, n_steps=50)
fast = fun(path[1:])[0]
slow = descent.minimize(fun, zero, "sgd", lr=1.0, n_steps=50).loss[1:]

# %% [markdown]
# Both runs, the promise and the floor:

# %% tags=["figure"] mystnb={"image": {"alt": "Log-log plot of loss above the minimum against step 1 to 50 on the chain of 101 weights. Gradient descent falls slowly, Nesterov ever more steeply. Both stay above a grey area whose edge no gradient method can pass. A dashed line, Nesterov's promise, lies above both."}}
fig, ax = plt.subplots()
ax.fill_between(t, floor, 1e-4, color="0.85", label="out of reach")
ax.loglog(t, promise, color="0.3", linestyle="--", label="Nesterov's promise")
ax.loglog(t, slow, **look("sgd", label="gradient descent"))
ax.loglog(t, fast, **look("nesterov", label="Nesterov, growing beta"))
ax.set(xlabel="step $t$", ylabel="loss above the minimum", ylim=(6e-4, 200))
ax.legend(loc="upper right")
plt.show()

# %% [markdown]
# *Reading the figure:* the grey area is out of reach for every method that moves along gradients only, with any tuning.
# Nesterov's run stays within a factor of about three of it; gradient descent falls behind. The statement is about a class
# of functions: on yours, a method may do much better than its promise, as here.

# %%
print(f"after 50 steps: Nesterov {fast[-1] / floor[-1]:.2f} times the floor, "
      f"gradient descent {slow[-1] / floor[-1]:.2f} times")

# %% tags=["guard"]
assert (floor < fast).all() and (fast <= promise).all()
assert [np.count_nonzero(w) for w in path] == list(range(51))
assert (fast / floor).max() < 3.2

# %% [markdown]
# ## Where a theorem on quadratics ends
#
# Polyak's parameters are the best for *quadratics*. May one use them for every function whose curvature stays between
# $\mu$ and $L$? Lessard, Recht and Packard (2016) tried it on a function of one variable, whose slope has
# two inclinations, 25 and 1:
#
# $$f'(x) = 25x \;\;(x < 1), \qquad x + 24 \;\;(1 \le x < 2), \qquad 25x - 24 \;\;(x \ge 2) .$$
#
# It is strongly convex with $\mu = 1$ and $L = 25$, and its minimum is at 0.
#
# **Predict:** from $x = 3.3$, what does heavy ball do with Polyak's parameters, $\mathrm{lr} = \tfrac19$ and
# $\beta = \tfrac49$? And Nesterov's momentum, whose theorem covers this function?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels. Left, weight against step from 3.3: heavy ball jumps between -1.8, 0.65 and 2.1 for ever, while gradient descent and Nesterov fall to zero. Right, the end of heavy ball after 600 steps against the start from -4 to 4: zero for most starts, and 0.65 or 2.1, two points of the cycle, for several intervals of starts."}}
two_slopes = landscapes.two_slopes
polyak = {"lr": 1 / 9, "beta": 4 / 9}
usual = {"lr": 1 / 25, "beta": 4 / 6}
used = {"momentum": polyak, "nesterov": usual, "sgd": {"lr": 2 / 26}}
starts = np.linspace(-4, 4, 1601)[:, None]
ends = descent.minimize(two_slopes, starts, "momentum", n_steps=600, **polyak).final

fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.9))
for name, hyper in used.items():
    w = descent.minimize(two_slopes, [3.3], name, n_steps=40, **hyper).w
    axes[0].plot(w, **look(name, markevery=1, markersize=4, linewidth=1.2))
axes[0].set(xlabel="step $t$", ylabel="$w_t$", ylim=(-4.4, 6))
axes[0].legend(loc="upper right", ncols=2)
axes[1].plot(starts, ends, ".", color=look("momentum")["color"], markersize=3)
axes[1].set(xlabel="start, at rest", ylabel="heavy ball after 600 steps")
plt.show()

# %% [markdown]
# *Reading the figure:* heavy ball visits three points for ever; gradient descent and Nesterov's momentum arrive. On the
# right, most starts at rest converge, and several intervals of starts end on the cycle. A theorem about quadratics is a
# theorem about quadratics.

# %%
run = descent.minimize(two_slopes, [3.3], "momentum", n_steps=30_000, **polyak)
print("after 30 000 steps heavy ball visits", np.sort(run.w[-3:, 0]).round(3))
print(f"{np.mean(abs(ends) > 0.1):.0%} of the starts end on the cycle")

# %% tags=["guard"]
c = 1 + 4 / 9 - 25 / 9
system = [[-c, 1, 4 / 9], [4 / 9, -c, 1], [1, 4 / 9, -c]]
cycle = np.linalg.solve(system, [0, 0, 24 / 9])
assert np.allclose(np.sort(run.w[-3:, 0]), np.sort(cycle))
assert 0.1 < np.mean(abs(ends) > 0.1) < 0.14
for name in ("nesterov", "sgd"):
    end = descent.minimize(two_slopes, [3.3], name, n_steps=400, **used[name]).final
    assert abs(end[0]) < 1e-9

# %% [markdown]
# <details>
# <summary>Why the cycle attracts</summary>
#
# Look for points $p < 1$, $q < 1$, $s \ge 2$ that follow one another. On them
# $w_{t+1} = (1 + \tfrac49 - \tfrac{25}9)\,w_t - \tfrac49 w_{t-1}$, plus $\tfrac{24}9$ if $w_t = s$. These are three linear
# equations, and their solution is of the assumed kind. All three points lie inside the pieces of inclination 25, so a small
# push $d$ off the cycle evolves by $d_{t+1} = -\tfrac43 d_t - \tfrac49 d_{t-1}$, that is $(z + \tfrac23)^2 = 0$: it dies
# out. So does a push off the minimum: from $0 < x_0 < \tfrac{27}{52}$ the run stays in the piece around 0, and converges.
#
# </details>
#
# No choice of $\mathrm{lr}$ and $\beta$ gives heavy ball an accelerated rate for *all* $\mu$-strongly convex, $L$-smooth
# functions (Goujaud, Taylor and Dieuleveut 2023). Nesterov's momentum has one.
#
# ## Summary
#
# | method | largest error on a quadratic after $t$ steps | needs |
# |---|---|---|
# | gradient descent | $\big(\frac{\kappa-1}{\kappa+1}\big)^t$ | $\mu$, $L$ |
# | heavy ball | $\big(1 + (1+q)\,t\big)\,q^t$ with $q = \frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}$ | $\mu$, $L$ |
# | Chebyshev | $2/(q^t + q^{-t})$, the limit | $\mu$, $L$ |
# | conjugate gradient | at most Chebyshev's, in the norm of $H$ | exact products $Hp$, a quadratic |
#
# - On a quadratic a gradient method is a polynomial with $p_t(0) = 1$, and $\sqrt\kappa$ is the limit.
# - On convex functions the limit is the order $1/t^2$, and Nesterov's momentum reaches it.
# - What is best on quadratics need not even converge elsewhere.

# %% [markdown]
# ## Questions to ask yourself
#
# **1.** Why is $p_t(0) = 1$ for every method?
#
# <details>
# <summary>Answer</summary>
#
# Along an eigenvector with $\lambda = 0$ the gradient is zero at every point, so no gradient method moves there, and the
# error stays what it was.
#
# </details>
#
# **2.** All curvatures are 1 except one, which is 1000. How many steps does CG need?
#
# <details>
# <summary>Answer</summary>
#
# Two, but for rounding. A polynomial of degree 2 with $p(0) = 1$ can be zero at both curvatures.
#
# </details>
#
# **3.** CG needs 20 steps on a problem with $n = 10^6$. What may you guess about its spectrum?
#
# <details>
# <summary>Answer</summary>
#
# That the condition number is small (about $\tfrac12\sqrt\kappa\,\ln(2/\text{tolerance})$ steps are enough), or that the
# eigenvalues lie in a few tight clusters, or that the start has few components. The dimension alone hardly matters.
#
# </details>
#
# **4.** Networks are not quadratics. What is left of this notebook for them?
#
# <details>
# <summary>Answer</summary>
#
# Near a minimum with an invertible Hessian a smooth loss is almost a quadratic, so there the limits are about right. Far
# from it they promise nothing; and with noisy gradients CG's directions lose their orthogonality.
#
# </details>
#
# ## Go deeper
#
# - G. Golub, R. Varga,
#   [*Chebyshev semi-iterative methods, successive overrelaxation iterative methods, and second order Richardson iterative methods*](https://doi.org/10.1007/BF01386013),
#   Numerische Mathematik 3, 147–156 (1961).
# - M. Hestenes, E. Stiefel, [*Methods of conjugate gradients for solving linear systems*](https://doi.org/10.6028/jres.049.044),
#   Journal of Research of the National Bureau of Standards 49, 409–436 (1952).
# - J. Nocedal, S. Wright, [*Numerical Optimization*](https://doi.org/10.1007/978-0-387-40065-5), second edition (2006),
#   chapter 5: CG, and what clusters of eigenvalues do to it.
# - Y. Nesterov, [*Lectures on Convex Optimization*](https://doi.org/10.1007/978-3-319-91578-4), second edition (2018),
#   chapter 2: the chain, and the lower bounds with and without $\mu$.
# - W. Su, S. Boyd, E. Candès,
#   [*A differential equation for modeling Nesterov's accelerated gradient method*](https://arxiv.org/abs/1503.01243), Journal
#   of Machine Learning Research 17(153) (2016): the growing momentum and its bound.
# - L. Lessard, B. Recht, A. Packard,
#   [*Analysis and design of optimization algorithms via integral quadratic constraints*](https://arxiv.org/abs/1408.3595),
#   SIAM Journal on Optimization 26(1), 57–95 (2016): the function with the cycle.
# - B. Goujaud, A. Taylor, A. Dieuleveut,
#   [*Provable non-accelerations of the heavy-ball method*](https://arxiv.org/abs/2307.11291) (2023).
# - G. Goh, [*Why momentum really works*](https://doi.org/10.23915/distill.00006), Distill (2017): its last part has the
#   polynomials in interactive pictures.
#
# **Next:** one rate still serves all coordinates. [13: Adapt the learning rate](13_adapt_the_learning_rate.ipynb)
