# %% [markdown]
# # 15 · Meet Adam's family
#
# *What does each relative of Adam add?*
#
# **You will do:** predict how units change a step, write Adadelta, watch Adam walk to the wrong end of an interval.
#
# **You will learn:** where Adadelta gets its units from; on which convex problem Adam fails, and what AMSGrad
# changes; what Nadam, Adamax and Lion each change in Adam.
#
# **You need:** AdaGrad and RMSprop, from notebook 13; Adam, from notebook 14.
#
# **Minutes:** 60

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# Two helpers feed a rule with gradients of our choice: `feed` returns its steps, `walk` the points.

# %%
import math

from course_lib import landscapes, optimizers
from course_lib.optimizers import descent


def feed(name, gradients, *, lr=1.0, **hyper):
    """Return the steps, w before minus w after, of a rule on a stream of gradients, and its last state."""
    w, state, path = np.zeros(np.shape(gradients[0])), {}, []
    for g in gradients:
        path.append(w)
        w, state = optimizers.STEPS[name](w, g, state, lr=lr, **hyper)
    return -np.diff([*path, w], axis=0), state


def walk(name, gradients, lr=1.0, **hyper):
    w, state, path = np.zeros(()), {}, [0.0]
    for g in gradients:
        w, state = optimizers.STEPS[name](w, g, state, lr=lr, **hyper)
        path.append(float(w))
    return np.array(path)

# %% [markdown]
# ## Units, and Adadelta
#
# Give the loss a unit, say euro, and the weights another, say metres. A gradient is then in euro per metre. In
# gradient descent, $lr\cdot g$ must be metres, so `lr` has the unit m²/euro: whoever changes the unit of the loss
# must change `lr`. In AdaGrad and RMSprop, $g/\sqrt v$ has no unit, so `lr` is in metres. In Newton's method,
# $H^{-1}g$ is in metres by itself, and no `lr` is needed.
#
# ### Exercise 15.1 · Predict the powers
#
# (a) The loss is multiplied by $c$, nothing else. (b) The loss is the same, but the weights are counted in a unit
# that is $c$ times longer: $w = c\,u$, and the rule runs on the numbers $u$. All hyper-parameters stay as they are;
# $\varepsilon$ is negligible. From the same place, and with the same history, by which power of $c$ is the step
# multiplied *as a movement of* $w$? Give for each rule the pair (power in a, power in b). For example `(1, 0)` would
# mean: $c$ times as long in (a), unchanged in (b).

# %% tags=["exercise"]
### BEGIN SOLUTION
unit_powers = {"sgd": (1, 2), "adagrad": (0, 1), "rmsprop": (0, 1), "newton": (0, 0)}
### END SOLUTION

# %%
check.unit_powers(unit_powers)

# %% [markdown] tags=["solution"]
# (a) $g$ and $H$ become $c$ times as large: the step of gradient descent too, and in the three quotients $c$ cancels.
# (b) By the chain rule the gradient in $u$ is $c\,g$, and the Hessian $c^2 H$. The step in $u$ is multiplied by $c$
# for gradient descent, by 1 for the normalised rules, and by $1/c$ for Newton; as a movement of $w = c\,u$, each is
# multiplied by $c$ once more.

# %% [markdown]
# Zeiler (2012) asked for a rule whose step has the right unit without a rate. Put in the numerator a quantity in
# metres that is at hand: the size of the past steps, averaged like the gradients.
#
# $$v_t = \rho\,v_{t-1} + (1-\rho)\,g_t^2, \qquad \Delta_t = \frac{\sqrt{u_{t-1} + \varepsilon}}{\sqrt{v_t + \varepsilon}}\; g_t, \qquad
# u_t = \rho\,u_{t-1} + (1-\rho)\,\Delta_t^2, \qquad w_t = w_{t-1} - lr\,\Delta_t,$$
#
# with $u_0 = v_0 = 0$ and $lr = 1$, which is then no more than a factor for those who want one. Note that $\Delta_t$
# uses the *old* average $u_{t-1}$, and that $\varepsilon$ stands inside both roots.
#
# ### Exercise 15.2 · Write Adadelta
#
# The state is `{"v": v, "u": u}`.

# %% tags=["exercise"]
def adadelta(w, g, state, *, lr=1.0, rho=0.95, eps=1e-6):
    """Step by g, times the root mean square of past steps over that of the gradients."""
    ### BEGIN SOLUTION
    v = rho * state.get("v", 0.0) + (1 - rho) * g * g
    u = state.get("u", 0.0)
    delta = np.sqrt(u + eps) / np.sqrt(v + eps) * g
    u = rho * u + (1 - rho) * delta * delta
    w = w - lr * delta
    return w, {"v": v, "u": u}
    ### END SOLUTION

# %%
check.adadelta(adadelta)

# %% [markdown]
# ## Where does Adadelta get its metres from?
#
# The units promise Adadelta the powers $(0, 0)$ of Newton's method. But the average $u$ starts at zero. Its first
# metre comes from $\varepsilon$, which stands in the numerator and so is in *square metres*, and is not rescaled with
# $w$. How long does this matter? As long as $g^2 \gg \varepsilon$, the recursion for $u$ is
#
# $$u_t = \rho\,u_{t-1} + (1-\rho)\,(u_{t-1} + \varepsilon)\,\frac{g_t^2}{v_t}, \qquad u_0 = 0 .$$
#
# It is linear in $u$ and $\varepsilon$ together, so $u_t = \varepsilon \cdot F_t$, where $F_t$ depends on the ratios
# $g_t^2/v_t$ only. For a given history of gradients *every* step, not just the first, is proportional to
# $\sqrt\varepsilon$. **Predict** the powers of Adadelta with $\varepsilon$ left alone, and how much farther
# $\varepsilon = 10^{-4}$ travels than $10^{-6}$ on the same gradients.

# %%
gradients = np.random.default_rng(0).normal(size=200)
c, predicted = 10.0, {"sgd": (1, 2), "adagrad": (0, 1), "rmsprop": (0, 1), "adadelta": (0, 1)}
for name, powers in predicted.items():
    last, last_c = (np.diff(walk(name, factor * gradients))[-1] for factor in (1.0, c))
    measured = math.log10(last_c / last), math.log10(c * last_c / last)
    print(f"{name:8}: predicted {powers}, measured ({abs(measured[0]):.2f}, {measured[1]:.2f})")
    assert np.allclose(measured, powers, atol=0.01)
far, near = (abs(walk("adadelta", np.full(1000, 5.0), eps=eps)[-1]) for eps in (1e-4, 1e-6))
print(f"distance with eps 1e-4 / with eps 1e-6: predicted 10, measured {far / near:.1f}")
rescaled = np.diff(walk("adadelta", c * gradients, eps=1e-6 / c**2))[-1]
print(f"with eps in the new square metres the power is (0, {math.log10(c * rescaled / np.diff(walk('adadelta', gradients))[-1]):.2f})")

# %% [markdown]
# (In the measurement the gradients are the same stream in all units, times $c$ where the unit says so; with a loss
# times $c$ and with $w = c\,u$ it is $c\,g$ both times, and the step in $u$ is turned into one in $w$ by another
# $c$.)
#
# So Adadelta does not do without a learning rate: on a given history it has one, $\sqrt\varepsilon$, in metres. What
# it adds is the growth factor $F_t$. On a real loss the gradients answer to the steps, and a run may grow out of its
# small start; but the start is set by a number that is advertised as a guard against division by zero. Where $g = 1$,
# the first step is $\sqrt\varepsilon/\sqrt{1-\rho+\varepsilon}$, 0.0045 with the defaults. **Predict** from it
# roughly where a run on $\tfrac12 w^2$ from $w = 1$ is after ten steps.

# %%
parabola = landscapes.quadratic([1.0])
for eps in (1e-6, 1e-4, 1e-2):
    run = descent.minimize(parabola, [1.0], "adadelta", lr=1.0, n_steps=1000, eps=eps)
    first, needed = math.sqrt(eps / (0.05 + eps)), int(descent.settled(run.loss, 1e-2 * run.loss[0]))
    print(f"eps {eps:.0e}: first step predicted {first:.2g}, measured {1 - run.w[1, 0]:.2g}; "
          f"w after 10 steps {run.w[10, 0]:.2f}; 1 % of the loss after {needed} steps")
    assert math.isclose(1 - run.w[1, 0], first, rel_tol=1e-6)

# %% [markdown]
# ## A convex problem that Adam gets wrong
#
# Reddi, Kale and Kumar (2018) looked for what the average over *recent* squares may spoil. Here is the example of their
# first theorem. The weight lives in $[-1, 1]$; after each step it is put back into the interval (projected). At step
# $t$ the loss is a straight line,
#
# $$f_t(w) = \begin{cases} C\,w & t = 1, 4, 7, \dots \\ -w & \text{otherwise,}\end{cases} \qquad C > 2 .$$
#
# Three steps together have the slope $C - 2 > 0$, so the best fixed point is $w = -1$. The **regret** after $T$ steps
# is $R_T = \sum_{t \le T} (f_t(w_t) - f_t(-1))$, with $w_t$ the point before step $t$. A method that learns makes
# $R_T/T$ tend to 0. One that sits at $w = +1$ pays $2(C-2)$ per three steps.
#
# Let $\beta_1 = 0$, $\beta_2 = 1/(1+C^2)$ and $lr_t = a/\sqrt t$ with $a < \sqrt{1-\beta_2}$, as in the theorem. For
# $C = 3$ we have $\beta_2 = 0.1$. **Predict on paper:** in the long run $v$ repeats every three steps, so $v_1 = 0.1\,v_3 + 0.9
# \cdot 9$ after the steep step, $v_2 = 0.1\, v_1 + 0.9$, $v_3 = 0.1\,v_2 + 0.9$. Solve, add up the three steps, and say where Adam goes.
# AMSGrad is Adam that divides by the largest $v$ so far, here always $v_1$. Where does it go, and plain SGD?

# %%
v1 = (8.1 + 0.1 * 0.99) / (1 - 0.001)  # the three equations, put into one another
v2 = 0.1 * v1 + 0.9
v3 = 0.1 * v2 + 0.9
moves = {"adam": -3 / math.sqrt(v1) + 1 / math.sqrt(v2) + 1 / math.sqrt(v3), "amsgrad": (-3 + 2) / math.sqrt(v1), "sgd": -3.0 + 2}
hyper = {"adam": {"beta1": 0.0, "beta2": 0.1}, "amsgrad": {"beta1": 0.0, "beta2": 0.1}, "sgd": {}}
for name, predicted in moves.items():
    measured = -feed(name, [3.0, -1.0, -1.0] * 50, **hyper[name])[0][-3:].sum()
    print(f"{name:7}: w moves by {predicted:+.3f} lr in three steps, measured {measured:+.3f} lr")
    assert math.isclose(measured, predicted, rel_tol=1e-3)

# %% [markdown]
# Adam goes up, towards the worst point. The steep gradient is large, but it is divided by its own size; the two small
# ones come when $v$ has forgotten it. A smaller rate does not help, since all three steps shrink alike. Now with the
# projection and $lr_t = 0.5/\sqrt t$, from $w = 0$. **Predict** the average regret of Adam: $2(C-2)/3 = 0.667$.

# %%
def online(name, T, **hyper):
    """Return the points w_t (T,) before each step, and the regret R_t (T,), for C = 3."""
    slopes, w, state, path = np.resize([3.0, -1.0, -1.0], T), np.zeros(1), {}, []
    for t, slope in enumerate(slopes, 1):
        path.append(w[0])
        w, state = optimizers.STEPS[name](w, np.array([slope]), state, lr=0.5 / math.sqrt(t), **hyper)
        w = np.clip(w, -1, 1)
    return np.array(path), np.cumsum(slopes * (np.array(path) + 1))

# %% [markdown]
# AMSGrad divides all three steps by the same number here, as it divides by the largest $v$. SGD with $lr \propto 1/\sqrt t$ has a regret of at most a constant times $\sqrt T$ on
# convex problems like this (Zinkevich 2003). Their $R_T/T$ should fall.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels over 3000 steps, with a logarithmic step axis. Left, the weight: Adam rises from 0 to plus 1 and stays there, AMSGrad and SGD fall to minus 1. Right, the regret divided by the number of steps, on a log scale: Adam's stays at about 0.67, those of SGD and AMSGrad fall steadily to 0.03 and 0.01."}}
T = 3000
runs = {name: online(name, T, **hyper[name]) for name in ("adam", "amsgrad", "sgd")}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4))
for name, (path, regret) in runs.items():
    style = look(name, marker=None)
    axes[0].semilogx(np.arange(1, T + 1, 3), path[::3], **style)
    axes[1].loglog(np.arange(3, T + 1, 3), regret[2::3] / np.arange(3, T + 1, 3), **style)
axes[1].axhline(2 / 3, color="0.6", linewidth=6, alpha=0.5, zorder=1)
axes[0].set(xlabel="step $t$", ylabel="$w_t$, before each steep step", title="Adam goes to the worst point ...", ylim=(-1.15, 1.15))
axes[1].set(xlabel="steps $T$", ylabel="regret / $T$", title="... and pays 2/3 a step for ever")
axes[1].legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* the grey band is the price of sitting at $+1$. The points are drawn once per three steps;
# within three steps $w$ moves by a few $lr_t$, so the curves are smooth only where $lr_t$ is small.

# %%
for name, (path, regret) in runs.items():
    print(f"{name:7}: regret / T = {regret[299] / 300:.2f} at T = 300, {regret[-1] / T:.2f} at T = 3000; ends at w = {path[-3:].mean():+.1f}")
assert abs(runs["adam"][1][-1] / T - 2 / 3) < 0.02 and runs["adam"][0][-3:].min() > 0.95
assert all(runs[name][1][-1] / T < 0.05 and runs[name][0][-3:].max() < -0.95 for name in ("amsgrad", "sgd"))

# %% [markdown]
# ## Is it the default's problem too?
#
# $\beta_2 = 0.1$ is no value that anybody uses. The authors' second theorem says: for *every* $\beta_1 <
# \sqrt{\beta_2}$ there is such a problem. (That is the condition under which our bound on the step exists.)
# The problem is chosen after the betas. Their experiment has the slope $1010$ once in 101 steps and $-10$ otherwise, so
# again the best point is $-1$. **Predict:** with $\beta_1 = 0.9$, for which of $\beta_2 = 0.99, 0.999, 0.9999$ does Adam
# drift the wrong way, upwards? Each remembers about $1/(1-\beta_2)$ steps.

# %%
cycle = np.r_[1010.0, np.full(100, -10.0)]
beta2 = np.array([0.99, 0.999, 0.9999])
steps, _ = feed("adam", np.repeat(np.tile(cycle, 200)[:, None], 3, axis=1), beta2=beta2)
drift = -steps[-101:].sum(axis=0)
for b, d in zip(beta2, drift, strict=True):
    print(f"beta2 = {b:6}: memory {1 / (1 - b):5.0f} steps, w drifts by {d:+.2f} lr in 101 steps: {'wrong' if d > 0 else 'right'} way")
assert (drift[:2] > 0.08).all() and drift[2] < -0.05

# %% [markdown]
# A memory of ten cycles, the default's, is not long enough: the sum of slopes is only 10, the small remainder of $1010 - 1000$, and
# forgetting a tenth of $v$ tips the balance. With a hundred cycles Adam turns round. So both statements are true.
# For given betas there is a convex problem on which Adam fails; and for *this* problem a larger $\beta_2$ helps. Zhang et
# al. (2022) prove the second kind of statement for a large class: fix the problem first, take $\beta_2$ close enough to 1
# and $\beta_1 < \sqrt{\beta_2}$, and Adam comes to the neighbourhood of critical points.
#
# (AMSGrad in the paper corrects nothing; the library corrects $m$ and the largest $v$, as PyTorch does. With
# these $\beta_2 = 0.1$ and $\beta_1 = 0$ both corrections are over after a few steps.)
#
# ## Nadam and Adamax, each in one identity
#
# **Nadam** (Dozat 2016) looks ahead as Nesterov does: in place of $m$ it uses $\beta_1 m + (1-\beta_1)\,g$, what $m$
# would be if the same gradient came once more. (At the start its $\beta_1$ is smaller and warms up; here we look after that.)
#
# **Adamax** (Kingma and Ba, section 7.1) replaces $\sqrt v$ by $u_t = \max(\beta_2 u_{t-1}, |g_t|)$, which needs no
# correction. A spike after silence then moves $w$ by $(1-\beta_1)\,lr$ only. Its longest step? As $|g_{t-k}| \le u_t/\beta_2^k$,
# a geometric sum gives $|m| \le u\,(1-\beta_1)/(1-\beta_1/\beta_2)$ in the long run. The paper has $lr$; it is $1.01\,lr$, for gradients that
# shrink by the factor $\beta_2$. **Predict**, then run.

# %%
rng = np.random.default_rng(3)
gradients = rng.normal(size=2000)
steps, state = feed("nadam", gradients, momentum_decay=1.0)  # 1: the warm-up is over soon
look_ahead = (0.9 * state["m"] + 0.1 * gradients[-1]) / math.sqrt(state["v"] / (1 - 0.999**2000))
spike = feed("adamax", np.r_[np.zeros(500), 1.0])[0][-1]
longest = feed("adamax", 0.999 ** np.arange(500))[0].max()
print(f"nadam: last step predicted {look_ahead:.3f} lr, measured {steps[-1]:.3f} lr")
print(f"adamax: a spike predicted 0.1 lr, measured {spike:.3f} lr; longest step predicted {0.1 / (1 - 0.9 / 0.999):.3f} lr, measured {longest:.3f} lr")
assert math.isclose(steps[-1], look_ahead, rel_tol=1e-6) and math.isclose(spike, 0.1, rel_tol=1e-6)
assert math.isclose(longest, 0.1 / (1 - 0.9 / 0.999), rel_tol=1e-4)

# %% [markdown]
# ## Lion: only the sign
#
# Chen et al. (2023) let a program search for update rules, and found one with a single average: $c = \beta_1 m +
# (1-\beta_1)\,g$, then $w \leftarrow w - lr\,({\rm sign}(c) + \lambda w)$, and only then $m \leftarrow \beta_2 m + (1-\beta_2)\,g$.
# Without decay every weight with $c \ne 0$ moves by exactly $lr$, in every step, whatever its gradient. **Predict** for $n =
# 10\,000$ weights whose gradients differ by factors of a million: the smallest and the largest step of a weight, and the Euclidean length of
# the whole step, for Lion. And is Adam's longer or shorter on noise? There $\hat m$ averages some signs away: independent
# gradients of mean 0 and variance 1 give $\hat m$ the variance $(1-\beta_1)/(1+\beta_1) = 1/19$ and $\sqrt{\hat v} \approx 1$,
# so about $\sqrt{n/19}\; lr$.

# %%
rng = np.random.default_rng(4)
n, scales = 10_000, np.geomspace(1e-3, 1e3, 10_000)
noise = rng.normal(size=(300, n)) * scales
lion, adam_steps = feed("lion", noise)[0][-1], feed("adam", noise)[0][-1]
print(f"lion: every weight predicted 1 lr, measured {np.abs(lion).min():.3f} to {np.abs(lion).max():.3f} lr")
print(f"whole step: lion predicted {math.sqrt(n):.0f} lr, measured {np.linalg.norm(lion):.0f} lr; "
      f"adam predicted about {math.sqrt(n / 19):.0f} lr, measured about {np.linalg.norm(adam_steps):.0f} lr")
assert np.allclose(np.abs(lion), 1, rtol=1e-9) and math.isclose(np.linalg.norm(adam_steps), math.sqrt(n / 19), rel_tol=0.05)

# %% [markdown]
# At one and the same `lr`, Lion's step is more than four times as long as Adam's on pure noise. That is one reason why its
# authors recommend a smaller `lr` for it than for AdamW, and a decay larger by the same factor, since the share lost per step is $lr\,\lambda$.
# A comparison of optimizers at one shared `lr` compares step lengths (notebook 28).
#
# ## Summary
#
# - Adadelta takes its unit from past steps, and its first metre from $\varepsilon$.
# - For given betas with $\beta_1 < \sqrt{\beta_2}$ there are convex online problems on which Adam goes to the worst
#   point. On the one measured here AMSGrad, which never forgets the largest $v$, goes to the best.
# - Adamax, Nadam and Lion change one piece each: the denominator, the look-ahead, everything but the sign.
#
# ## Questions to ask yourself
#
# **1.** Does Reddi's example show that Adam is not to be trusted in training a network?
#
# <details>
# <summary>Answer</summary>
#
# It shows that no proof can promise a vanishing average regret for fixed betas, $\beta_1 < \sqrt{\beta_2}$, on all
# convex online problems. It was made for its betas. On a given problem a $\beta_2$ closer to 1 may mend it.
#
# </details>
#
# **2.** Why do the authors of Lion recommend a smaller rate than for AdamW?
#
# <details>
# <summary>Answer</summary>
#
# Every weight moves by the whole rate in every step, while Adam's noisy weights move by about a quarter of it.
#
# </details>
#
# **3.** Which number is the learning rate of Adadelta?
#
# <details>
# <summary>Answer</summary>
#
# On a given history of gradients, $\sqrt\varepsilon$.
#
# </details>
#
# ## Go deeper
#
# - M. Zeiler, *ADADELTA: an adaptive learning rate method* (2012), https://arxiv.org/abs/1212.5701.
# - S. Reddi, S. Kale, S. Kumar, *On the convergence of Adam and beyond* (2018), https://arxiv.org/abs/1904.09237.
# - Y. Zhang, C. Chen, N. Shi, R. Sun, Z.-Q. Luo, *Adam can converge without any modification on update rules*
#   (2022), https://arxiv.org/abs/2208.09632.
# - X. Chen and others, *Symbolic discovery of optimization algorithms* (2023), https://arxiv.org/abs/2302.06675.
#
# **Next:** [16: Schedule the learning rate](16_schedule_the_learning_rate.ipynb)
