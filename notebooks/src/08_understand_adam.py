# %% [markdown]
# # 08 · Understand Adam
#
# *What is every term of Adam for, and where does it fail?*
#
# Adam is six lines long, and most of what is said about it can be checked with a list of gradients and a pencil. In
# this notebook there is hardly a loss function: you feed Adam streams of gradients that you chose, and predict the
# step before you measure it.
#
# **You will do:** predict the first step, the worst step and the longest step of Adam; repair two Adams from the
# museum; watch Adam walk to the wrong end of an interval; write AdamW.
#
# **You will learn:** why the two averages are corrected, what the size of the gradient does not change, why no step
# is bounded by `lr`, when Adam fails on a convex problem and what AMSGrad changes, and why an L2 penalty is not
# weight decay here.
#
# **You need:** RMSprop, from notebook 07; momentum, from notebook 06; a geometric sum.
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
# ## Six lines
#
# Kingma and Ba (2015) keep two moving averages for every weight: $m$ of its gradient $g$, and $v$ of the square of
# its gradient. Both start at zero. $\beta_1$, $\beta_2$ (`beta1`, `beta2`, between 0 and 1) say how slowly they
# forget; $t = 1, 2, \dots$ counts the steps; $\varepsilon$ (`eps`) is tiny. This is the function that the library runs:

# %% tags=["mirrors:course_lib.optimizers.rules.adam"]
def adam(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w, {"t": t, "m": m, "v": v}

# %% [markdown]
# You know two of these lines already. $v$ is RMSprop's. And $m$ is the velocity of the heavy ball, which sums
# $v_{\rm ball} \leftarrow \beta v_{\rm ball} + g$, times $1-\beta_1$. So nobody needs to *combine momentum with Adam*:
# it is there. **Predict** two ratios, for 50 random gradients: Adam's $m$ to the heavy ball's velocity with $\beta =
# 0.9$; and Adam's $v$ to RMSprop's with $\rho = 0.999$.

# %%
def feed(name, gradients, *, lr=1.0, **hyper):
    """Return the steps, w before minus w after, of a rule on a stream of gradients, and its last state."""
    w, state, path = np.zeros(np.shape(gradients[0])), {}, []
    for g in gradients:
        path.append(w)
        w, state = optimizers.STEPS[name](w, g, state, lr=lr, **hyper)
    return -np.diff([*path, w], axis=0), state

rng = np.random.default_rng(0)
gradients = rng.normal(size=50)
states = {name: feed(name, gradients, **hyper)[1] for name, hyper in
          (("adam", {}), ("momentum", {"beta": 0.9}), ("rmsprop", {"rho": 0.999}))}
ratios = states["adam"]["m"] / states["momentum"]["v"], states["adam"]["v"] / states["rmsprop"]["v"]
print(f"m / velocity: predicted 0.1, measured {ratios[0]:.3f};  v / RMSprop's v: predicted 1, measured {ratios[1]:.3f}")
assert np.allclose(ratios, [0.1, 1.0], rtol=1e-9)

# %% [markdown]
# New are the two lines with hats. What are they for?
#
# ## Both averages start too small
#
# Unroll $m$: after $t$ steps
#
# $$m_t = (1-\beta_1) \sum_{k=0}^{t-1} \beta_1^k\, g_{t-k}, \qquad
# \text{and the weights add up to}\quad (1-\beta_1)\sum_{k=0}^{t-1}\beta_1^k = 1 - \beta_1^t .$$
#
# An average has weights that add up to 1. These do not, because the zero at the start took the rest. If all gradients
# have the same mean, then the mean of $m_t$ is $1-\beta_1^t$ times that. Dividing by $1-\beta_1^t$ makes
# $\hat m_t$ a true weighted average. The same argument holds for $v$, with $\beta_2$. That is the **bias correction**.
# ($\hat m$ and $\hat v$ are then unbiased for gradients with constant moments; the *step* is not unbiased for anything,
# since it is a quotient with a root.)
#
# The uncorrected rule steps by $lr\, m_t/\sqrt{v_t}$, the corrected one by $lr\,\hat m_t/\sqrt{\hat v_t}$. Neglect
# $\varepsilon$. How many times as long is the uncorrected step?
#
# ### Exercise 08.1 · The step without correction
#
# Write the ratio as a function of $t$. It does not depend on the gradients.

# %% tags=["exercise"]
def uncorrected_ratio(t, beta1, beta2):
    """Return (uncorrected step) / (corrected step) at step t."""
    ### BEGIN SOLUTION
    return (1 - beta1**t) / np.sqrt(1 - beta2**t)
    ### END SOLUTION

# %%
check.uncorrected_ratio(uncorrected_ratio)

# %% [markdown]
# **Before you run the next cell:** put in $\beta_1 = 0.9$, $\beta_2 = 0.999$. Is the first step without correction too
# short or too long? Is the second step worse or better?
#
# The curve is the formula. The dots are measured: an Adam whose hats are taken off, on random gradients, divided by
# the library's Adam on the same gradients.

# %% tags=["figure"] mystnb={"image": {"alt": "Uncorrected step divided by corrected step against the step number on a logarithmic axis, for the default betas. The curve starts at 3.2, rises to 6.6 at step 12, and falls to 1 within some thousands of steps. Measured dots lie on the curve."}}
t = np.arange(1, 10_001)
ratio = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
rng = np.random.default_rng(1)
gradients, m, v, bare = rng.normal(size=1000), 0.0, 0.0, []
for g in gradients:
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    bare.append(m / math.sqrt(v))
measured = np.array(bare) / feed("adam", gradients, eps=0.0)[0]
shown = np.array([1, 2, 4, 12, 30, 100, 300, 1000]) - 1
fig, ax = plt.subplots()
ax.semilogx(t, ratio, color="0.6", label="predicted")
ax.semilogx(t[shown], measured[shown], **look("adam", linestyle="none", markevery=1, label="measured, random gradients"))
ax.set(xlabel="step $t$", ylabel="uncorrected step / corrected step", ylim=(0, 7.5), title="Uncorrected steps are too long, and at first it gets worse")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the numerator heals within tens of steps, the denominator within thousands. In between the step is
# too long by a factor that first grows. So Adam without the correction is not Adam with a small blemish.

# %%
print(f"step 1: predicted (1 - beta1) / sqrt(1 - beta2) = {0.1 / math.sqrt(0.001):.2f}, measured {measured[0]:.2f}")
print(f"worst:  predicted {ratio.max():.2f} at t = {t[ratio.argmax()]}, measured {measured.max():.2f} at t = {measured.argmax() + 1}")
print(f"still more than 5 % too long at t = {t[ratio > 1.05][-1]}")
assert np.allclose(measured, ratio[:1000], rtol=1e-9) and ratio.argmax() == 11

# %% [markdown]
# Whether it starts too long depends on the betas: with $\beta_1 = \beta_2 = \beta$ the first factor is
# $\sqrt{1-\beta} < 1$, and the uncorrected step is too short.
#
# ## From the museum: a clock and a hat
#
# Two faults of published Adams sit in these lines. In one, $t$ is never increased. In the other, $\hat v$ is
# made, and then $v$ is used. Feed a constant gradient 1 with $lr = 1$: then $m_t = 1-\beta_1^t$ and $v_t =
# 1-\beta_2^t$ exactly, so each fault has a fingerprint of two numbers, the first step and the step in the long run.
#
# | rule | first step | in the long run |
# |---|---|---|
# | Adam | 1 | 1 |
# | no correction | $0.1/\sqrt{0.001} = 3.16$ | 1 |
# | $t$ stays 1 | 1 | $10/\sqrt{1000} = 0.316$ |
# | $v$ for $\hat v$ | $1/\sqrt{0.001} = 31.6$ | 1 |
# | both of the last two | ? | ? |
#
# **Predict** the last row. It is in the museum.

# %%
from course_lib.checks import museum

w, state, path = np.zeros(1), {}, [0.0]
for _ in range(10_000):
    w, state = museum.museum_adam_start(w, np.ones(1), state, lr=1.0)
    path.append(w[0])
steps = -np.diff(path)
print(f"museum: first step predicted {1 / math.sqrt(0.001):.1f}, measured {steps[0]:.1f}; "
      f"in the long run predicted 10, measured {steps[-1]:.1f}")
assert math.isclose(steps[0], 1000**0.5, rel_tol=1e-6) and math.isclose(steps[-1], 10, rel_tol=1e-3)

# %% [markdown]
# ### Exercise 08.2 · Repair the clock and the hat
#
# A rule that is ten times too fast in the end, and 32 times in the beginning, still brings a loss down if `lr` was
# tuned with it. That is how such code survives. Find both lines.

# %% tags=["exercise"]
def museum_adam_start(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    ### BEGIN SOLUTION
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w, {"t": t, "m": m, "v": v}
    ### END SOLUTION
    ### BEGIN STUB
    # t = state.get("t", 1)
    # m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    # v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    # m_hat = m / (1 - beta1**t)
    # v_hat = v / (1 - beta2**t)
    # w = w - lr * m_hat / (np.sqrt(v) + eps)
    # return w, {"t": t, "m": m, "v": v}
    ### END STUB

# %%
check.museum_adam_start(museum_adam_start)

# %% [markdown]
# ## From the museum: brackets
#
# Another published Adam trains well on some data and returns NaN on others. Here are two weights: the first has the
# gradient 2 at every step, the second has the gradient 0 at every step, like the weight of a pixel that is always
# black. To make the fault visible we take $\varepsilon = 0.01$ and $lr = 0.1$, and five steps. Adam's steps have the
# length $lr \cdot 2/(2+\varepsilon)$ on the first weight, and 0 on the second. **Predict** where Adam ends; then look
# where the museum's does, and guess the fault from the numbers.

# %%
ends = {}
for name, step in (("library", optimizers.adam), ("museum ", museum.museum_adam)):
    w, state = np.ones(2), {}
    with np.errstate(invalid="ignore"):  # a 0/0 is waiting
        for _ in range(5):
            w, state = step(w, np.array([2.0, 0.0]), state, lr=0.1, eps=0.01)
    ends[name] = w
    print(f"{name}: w1 = {w[0]:.3f}, w2 = {w[1]:.3f}")
print(f"predicted: w1 = {1 - 5 * 0.1 * 2 / 2.01:.3f}, w2 = 1")
assert np.allclose(ends["library"], [1 - 1 / 2.01, 1]) and np.allclose(ends["museum "], [0.55, np.nan], equal_nan=True)

# %% [markdown]
# The museum's first weight is $1 - 5 \cdot 0.1 + 5 \cdot 0.01 = 0.55$: with the default $\varepsilon = 10^{-8}$ nobody
# would see that. The second weight is lost for good, since NaN stays NaN.
#
# ### Exercise 08.3 · Repair the brackets

# %% tags=["exercise"]
def museum_adam(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    ### BEGIN SOLUTION
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w, {"t": t, "m": m, "v": v}
    ### END SOLUTION
    ### BEGIN STUB
    # t = state.get("t", 0) + 1
    # m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    # v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    # m_hat = m / (1 - beta1**t)
    # v_hat = v / (1 - beta2**t)
    # w = w - lr * m_hat / np.sqrt(v_hat) + eps
    # return w, {"t": t, "m": m, "v": v}
    ### END STUB

# %%
check.museum_adam(museum_adam)

# %% [markdown]
# ## The size of the loss does not matter
#
# Multiply the loss by $c > 0$. Then $\hat m$ is multiplied by $c$, and $\sqrt{\hat v}$ too: the step stays. It is so
# for each coordinate alone, because none knows of the others. (It is *not* so for a rotation, as in notebook 07.) What
# remains is $\varepsilon$, which has the unit of a gradient and was not multiplied. It is no regularisation: it
# decides below which size a gradient is treated as nothing. With a constant gradient $c$ every step is $lr\,
# c/(c+\varepsilon)$. **Predict** that for $c = 1000$, $10^{-3}$, $10^{-8}$ and $10^{-9}$, with $\varepsilon = 10^{-8}$.

# %%
for c in (1000, 1e-3, 1e-8, 1e-9):
    steps, _ = feed("adam", np.full(100, float(c)))
    print(f"constant gradient {c:6.0e}: steps predicted {c / (c + 1e-8):.3f} lr, measured {steps.min():.3f} to {steps.max():.3f} lr")
    assert np.allclose(steps, c / (c + 1e-8), rtol=1e-6)
rng = np.random.default_rng(2)
gradients = rng.normal(size=(200, 3))
one, scaled = (feed("adam", gradients * c)[0] for c in (1.0, np.array([1e-3, 1.0, 1e3])))
print(f"three random streams, times 0.001, 1 and 1000: steps differ by less than 0.001 lr: {np.abs(one - scaled).max() < 1e-3}")
assert np.abs(one - scaled).max() < 1e-3

# %% [markdown]
# ## How long can a step be?
#
# A constant gradient gives steps of length $lr$, and one often reads that no step is longer. Take the opposite of
# constant: a long silence, then one gradient, say 1. Then $m = 1-\beta_1$ and $v = 1-\beta_2$, both corrections are
# long over, and the step is
#
# $$\frac{1-\beta_1}{\sqrt{1-\beta_2}}\; lr = 3.16\; lr .$$
#
# This is the number of the first section again. Adam's paper (section 2.1) gives it as the upper bound, where it is
# larger than 1. Is it one? Write $x_k = g_{t-k}$, $a_k = (1-\beta_1)\beta_1^k$ and $b_k = (1-\beta_2)\beta_2^k$. By the
# inequality of Cauchy and Schwarz
#
# $$\frac{|m|}{\sqrt v} = \frac{|\sum_k a_k x_k|}{\sqrt{\sum_k b_k x_k^2}}
# = \frac{\big|\sum_k \frac{a_k}{\sqrt{b_k}} \cdot \sqrt{b_k}\,x_k\big|}{\sqrt{\sum_k b_k x_k^2}} \le \sqrt{\sum_k \frac{a_k^2}{b_k}}
# \le \frac{1-\beta_1}{\sqrt{1-\beta_2}}\cdot\frac{1}{\sqrt{1-\beta_1^2/\beta_2}} ,$$
#
# if $\beta_1^2 < \beta_2$; otherwise the sum grows without bound as $t$ does. The last factor is missing in the
# paper's bound. The hats do no harm: they multiply by $\sqrt{1-\beta_2^t}/(1-\beta_1^t)$, while the sum of $t$ terms has
# the factor $1-y$ with $y = (\beta_1^2/\beta_2)^t$; and $(1-x)(1-y) \le (1-\sqrt{xy})^2$, here with $x = \beta_2^t$ and
# $\sqrt{xy} = \beta_1^t$. So no step of Adam, at any $t$, is longer than the right side times $lr$. With the default betas
# that is $3.16 \cdot 2.30 = 7.27$. Can it be reached?
#
# ### Exercise 08.4 · The longest step
#
# Return $n$ gradients, oldest first, such that Adam's $n$-th step is as long as possible (within 1 %). Choose a scale
# at which $\varepsilon$ does not matter, and let no gradient exceed $10^{150}$, whose square is still a float. When does
# the inequality of Cauchy and Schwarz hold with equality?

# %% tags=["exercise"]
def long_step_gradients(n, beta1, beta2):
    """Return n gradients, oldest first, that make Adam's last step as long as it can be."""
    ### BEGIN SOLUTION
    return (beta1 / beta2) ** np.arange(n)[::-1]
    ### END SOLUTION

# %%
check.long_step_gradients(long_step_gradients)

# %% [markdown] tags=["solution"]
# Equality holds if $\sqrt{b_k}\,x_k$ is proportional to $a_k/\sqrt{b_k}$, so $x_k \propto a_k/b_k \propto
# (\beta_1/\beta_2)^k$: gradients that grow by the factor $\beta_2/\beta_1 = 1.11$ from step to step. Both corrections
# are common factors for a given $t$ and change nothing about the best shape.

# %% [markdown]
# Three streams of 5000 gradients: constant; a spike after silence; and one that grows by 11 % a step, as gradients may do
# while a run leaves a saddle. **Predict** the last step of each.

# %% tags=["figure"] mystnb={"image": {"alt": "Length of Adam's step in units of lr over the last forty of 5000 steps, for three streams of gradients. Constant gradients: a flat line at 1. A lone spike: zero until the last step, then 3.15. Gradients growing by eleven per cent: a flat line at about 7.25, just below a dashed line at 7.27."}}
n, bound = 5000, 0.1 / math.sqrt(0.001 * (1 - 0.81 / 0.999))
hat = math.sqrt(1 - 0.999**n)  # what is left of the correction of v
streams = {"growing by 11 % a step": ((0.9 / 0.999) ** np.arange(n)[::-1], bound * hat), "constant": (np.ones(n), 1.0),
           "a spike after silence": (np.r_[np.zeros(n - 1), 1.0], 0.1 / math.sqrt(0.001) * hat)}
fig, ax = plt.subplots()
ax.axhline(bound, color="0.5", linestyle="--", label=f"bound, {bound:.2f}")
for (name, (gradients, value)), style in zip(streams.items(), (("P", 1), ("o", 0.4), ("^", 0.7)), strict=True):
    steps = feed("adam", gradients)[0][-40:]
    ax.plot(np.arange(n - 39, n + 1), steps, **look("adam", label=name, marker=style[0], alpha=style[1]))
    print(f"{name:22}: last step predicted {value:.3g} lr, measured {steps[-1]:.3g} lr")
    assert math.isclose(steps[-1], value, rel_tol=1e-5)
ax.set(xlabel="step $t$", ylabel="step / lr", ylim=(-0.3, 8), title="Growing gradients make Adam step 7 times lr")
ax.legend(loc="center left", bbox_to_anchor=(0.0, 0.62))
plt.show()

# %% [markdown]
# *Reading the figure:* growing gradients do not reach the bound once, they stay there for as long as they grow. The
# lone spike reaches less than half of it. (After 5000 steps the correction of $v$ is not quite over: both are still
# shorter by the factor $\sqrt{1 - 0.999^{5000}} = 0.997$.)
#
# So `lr` is the typical length of Adam's step, not its greatest. For $\beta_1 = \beta_2$ the bound is 1: those who
# want steps of at most $lr$ can have them so.
#
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
# ## An L2 penalty is not weight decay
#
# Two ways of keeping weights small. An **L2 penalty** $\tfrac\lambda2 \|w\|^2$ is added to the loss, so the gradient
# becomes $g + \lambda w$. **Weight decay** takes the share $lr\,\lambda$ from every weight at every step. For SGD the
# two are the same: $w - lr\,(g + \lambda w)$. In Adam, $\lambda w$ goes through $m$ and $\sqrt v$ like all the rest.
#
# **Predict** the extreme case first: the data's gradient is zero, $g = \lambda w$, $w = 1$ at the start, $lr = 0.001$,
# 1000 steps, $\lambda = 0.01$, $0.1$, $1$. What did you just learn about Adam and a factor $c$?

# %%
lams = np.array([0.01, 0.1, 1.0])
coupled, state = np.ones(3), {}
decoupled, state_w = np.ones(3), {}
for _ in range(1000):
    coupled, state = optimizers.adam(coupled, lams * coupled, state, lr=0.001)
    decoupled, state_w = optimizers.adamw(decoupled, np.zeros(3), state_w, lr=0.001, weight_decay=lams)
for lam, a, b in zip(lams, coupled, decoupled, strict=True):
    print(f"lambda {lam:4}: Adam with L2 leaves w = {a:.3f}; decoupled: predicted {(1 - 0.001 * lam)**1000:.3f}, measured {b:.3f}")
assert np.ptp(coupled) < 1e-4 and np.allclose(decoupled, (1 - 0.001 * lams) ** 1000, rtol=1e-9)

# %% [markdown]
# With the penalty inside, $\lambda$ does nothing at all: it cancels, down to $\varepsilon$. Loshchilov and Hutter
# (2019) took the decay out of the quotient and called the result **AdamW**:
#
# $$w_t = w_{t-1} - lr\left(\frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon} + \lambda\, w_{t-1}\right),
# \qquad m, v \text{ from the data's gradient alone.}$$
#
# ### Exercise 08.5 · Write AdamW
#
# You may call `optimizers.adam`.

# %% tags=["exercise"]
def adamw(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """Take Adam's step on g, and lr * weight_decay of the old w away."""
    ### BEGIN SOLUTION
    w_adam, state = optimizers.adam(w, g, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return w_adam - lr * weight_decay * w, state
    ### END SOLUTION

# %%
check.adamw(adamw)

# %% [markdown]
# Now with data. Three weights start at 1; their data gradients have mean zero, $+s, -s, +s, \dots$, with $s = 1$,
# $10$, $100$, so that the data wish nothing. Let $\lambda = 0.1$, $lr = 0.001$ and $T = 15\,000$ steps. Decoupled decay ignores
# $s$ and leaves $e^{-lr\,\lambda\,T} = e^{-1.5} = 0.223$ of each. With L2, $\sqrt v \approx s$, and $m$ averages the $\pm s$ away, so the
# step is about $lr\,\lambda w/s$. **Predict** what is left of each weight.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels, the weight against the step for data gradients of size 1, 10 and 100. Left, Adam with an L2 penalty: three curves part and end at 0.22, 0.86 and 0.98. Right, AdamW: the three curves lie on one another and end at 0.22."}}
T, s = 15_000, np.array([1.0, 10.0, 100.0])
paths, wiggles = {}, (-1.0) ** np.arange(T)
for name, rule, penalty, more in (("adam", optimizers.adam, 0.1, {}), ("adamw", optimizers.adamw, 0.0, {"weight_decay": 0.1})):
    w, state, paths[name] = np.ones(3), {}, []
    for sign in wiggles:
        w, state = rule(w, s * sign + penalty * w, state, lr=0.001, **more)
        paths[name].append(w)
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True)
for ax, name, title in zip(axes, paths, ("L2: large gradients hide the decay", "AdamW: one decay for all"), strict=True):
    for k, (line, width) in enumerate(((":", 2.2), ("--", 2.2), ("-", 1.2))):
        ax.plot(np.array(paths[name])[:, k], **look(name, marker=None, linestyle=line, linewidth=width, label=f"$s$ = {s[k]:.0f}"))
    ax.set(xlabel="step $t$", ylabel="weight", ylim=(0, 1.05), title=title)
axes[0].legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* on the left the weight with the gentlest gradients shrinks most; on the right nobody is treated
# differently, and the three curves cover one another.

# %%
for k in range(3):
    predicted, measured = math.exp(-0.001 * 0.1 * T / s[k]), paths["adam"][-1][k]
    print(f"s = {s[k]:3.0f}: L2 predicted {predicted:.3f}, measured {measured:.3f}; "
          f"AdamW predicted {math.exp(-1.5):.3f}, measured {paths['adamw'][-1][k]:.3f}")
    assert abs(measured - predicted) < 0.005 and abs(paths["adamw"][-1][k] - math.exp(-1.5)) < 0.005

# %% [markdown]
# Which of the two gives better test results is another question (notebook 12). This much is sure: in Adam they are not
# two names of one thing. The $\lambda$ of one says nothing about the $\lambda$ of the other.
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
# A comparison of optimizers at one shared `lr` compares step lengths (notebook 16).
#
# ## Summary
#
# - Adam is momentum ($m$) over RMSprop's root ($\sqrt v$), with both averages corrected for their start at zero; whoever wants momentum in Adam has it.
# - Without the correction the first step is $(1-\beta_1)/\sqrt{1-\beta_2} = 3.16$ times too long, and the twelfth 6.57 times.
# - Multiplying the loss, or one weight's gradients, by a constant changes nothing until gradients are as small as $\varepsilon$.
# - `lr` is the step of a constant gradient. A spike makes $3.16\,lr$, growing gradients up to $7.27\,lr$, which is $(1-\beta_1)/\sqrt{(1-\beta_2)(1-\beta_1^2/\beta_2)}$.
# - For given betas with $\beta_1 < \sqrt{\beta_2}$ there are convex online problems on which Adam goes to the worst point. On the one measured here AMSGrad, which never forgets the largest $v$, goes to the best.
# - Adam's L2 penalty is divided by $\sqrt v$ like every gradient; AdamW's decay is not.
# - Adamax, Nadam and Lion change one piece each: the denominator, the look-ahead, everything but the sign.
#
# ## Questions to ask oneself
#
# **1.** Somebody's Adam has a loss curve like everybody's, but only at a tenth of everybody's `lr`. What do you test first?
#
# <details>
# <summary>Answer</summary>
#
# The fingerprint on a constant gradient: the first step and the step after thousands. Both should be `lr`. A
# clock that stands still with $v$ in the root gives 32 and 10 times as much.
#
# </details>
#
# **2.** You multiply the loss by 1000 to see more digits. What changes with SGD, with Adam, with Adam and an L2 penalty that is added after the multiplication?
#
# <details>
# <summary>Answer</summary>
#
# SGD's steps are 1000 times as long. Adam's stay, except where gradients were near $\varepsilon$. With L2 the data's gradient
# is now 1000 times as large beside the same $\lambda w$, so the penalty is nearly switched off.
#
# </details>
#
# **3.** A rare word's embedding has the gradient zero for thousands of steps. Then the word occurs. How long is Adam's step, and what does it do in the next steps, when the gradient is zero again?
#
# <details>
# <summary>Answer</summary>
#
# $3.16\,lr$ in that step. Then it goes on: $m$ shrinks by $0.9$ a step and $\sqrt v$ hardly, so the whole journey is
# about $10 \cdot 3.16\,lr \approx 32\,lr$, from one gradient.
#
# </details>
#
# **4.** Does Reddi's example show that Adam is not to be trusted in training a network?
#
# <details>
# <summary>Answer</summary>
#
# It shows that no proof can promise a vanishing average regret for fixed betas, $\beta_1 < \sqrt{\beta_2}$, on all convex online problems. It was made for its betas: one huge gradient in a cycle, and
# slopes that nearly cancel. On a given problem a $\beta_2$ closer to 1 may mend it, as in the table above.
#
# </details>
#
# ## Go deeper
#
# - D. Kingma, J. Ba, *Adam: a method for stochastic optimization* (2015), arXiv 1412.6980. Section 2.1 has the bounds on the step, section 3 the correction, section 7.1 Adamax.
# - S. Reddi, S. Kale, S. Kumar, *On the convergence of Adam and beyond* (2018), arXiv 1904.09237.
# - Y. Zhang, C. Chen, N. Shi, R. Sun, Z.-Q. Luo, *Adam can converge without any modification on update rules* (2022), arXiv 2208.09632.
# - I. Loshchilov, F. Hutter, *Decoupled weight decay regularization* (2019), arXiv 1711.05101.
# - T. Dozat, *Incorporating Nesterov momentum into Adam*, ICLR workshop (2016).
# - X. Chen and others, *Symbolic discovery of optimization algorithms* (2023), arXiv 2302.06675: Lion.
# - M. Zinkevich, *Online convex programming and generalized infinitesimal gradient ascent*, ICML (2003).
#
# **Next:** every floor and every first step in this notebook was proportional to `lr`. What if `lr` changes during the run?
# [09: Schedule the learning rate](09_schedule_the_learning_rate.ipynb)
