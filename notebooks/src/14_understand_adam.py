# %% [markdown]
# # 14 · Understand Adam
#
# *What is every term of Adam for?*
#
# Adam is six lines long, and much of what is said about it can be checked with a list of gradients and a pencil. You choose the gradients, predict the step, and then measure it.
#
# **You will do:** watch Adam beside its two parents; repair two published versions of it; find the longest step that it
# can take; write AdamW.
#
# **You will learn:** why the two averages are corrected, what the size of the loss does not change, why `lr` is no
# bound on a step, and why an L2 penalty is not **weight decay** here.
#
# **You need:** RMSprop, from [notebook 13](13_adapt_the_learning_rate.ipynb); momentum, from
# [notebook 10](10_add_momentum.ipynb); a geometric sum.
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Adam and its two parents
#
# Adam remembers two things of every weight: the average of its gradient, like momentum, and the average of its squared
# gradient, like RMSprop. Here are the three on a narrow valley and on a small network that learns 5 000 images of
# MNIST. Each has its own best learning rate, tuned on other starts.

# %%
from course_lib import landscapes
from course_lib.data import datasets
from course_lib.experiments.ledger import evidence, show_evidence
from course_lib.networks import mlp
from course_lib.optimizers import descent
from course_lib.training import train

images = datasets.split(datasets.load_mnist())
ravine = landscapes.quadratic([0.01, 1.0], angle=np.pi / 6)


def on_network(name, lr):
    """Return the validation loss after each of six epochs."""
    rng = np.random.default_rng(0)
    net = mlp([784, 32, 10], rng=rng)
    few = (images.X_train[:5000], images.y_train[:5000])
    valid = (images.X_valid, images.y_valid)
    return train(net, few, name, lr=lr, epochs=6, batch_size=50, rng=rng,
                 valid=valid, progress=False).valid_loss

# %% [markdown]
# The rates come from the ledger, where each claim keeps what it was tuned to.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels for momentum, rmsprop and adam. Left, loss on a logarithmic axis against 300 steps on a ravine. Right, validation loss after each of six epochs of a small network; all three fall by about a third and end close together."}}
CLAIMS = {"momentum": ("adam_settles_after_heavy_ball", "adam_ends_below_heavy_ball"),
          "rmsprop": ("adam_settles_before_rmsprop", "adam_ends_below_rmsprop")}
rates = {name: [evidence(claim)["tuned"]["lr_parent"] for claim in claims]
         for name, claims in CLAIMS.items()}
rates["adam"] = [evidence(claim)["tuned"]["lr_adam"] for claim in CLAIMS["rmsprop"]]

fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4))
for name, (lr_ravine, lr_network) in rates.items():
    run = descent.minimize(ravine, [1.0, 0.2], name, lr=lr_ravine, n_steps=300)
    left.semilogy(run.loss, **look(name))
    right.plot(np.arange(1, 7), on_network(name, lr_network), **look(name, markevery=1))
left.set(xlabel="step", ylabel="loss", title="Ravine of condition 100")
right.set(xlabel="epoch", ylabel="validation loss", title="Small network")
right.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* on this ravine Adam and heavy ball go down together. RMSprop is far behind, because it settles only at
# a small rate ([notebook 13](13_adapt_the_learning_rate.ipynb)). On the network the three end close together.
#
# One run is no evidence. **Before you run the next cell:** on which of the two does Adam beat heavy ball, and on which
# RMSprop? Each line below compares tuned rules on fresh seeds.

# %%
for claim in ("adam_settles_after_heavy_ball", "adam_ends_below_heavy_ball",
              "adam_settles_before_rmsprop", "adam_ends_below_rmsprop"):
    show_evidence(claim)

# %% [markdown]
# On ravines at random angles the two rows **hold**: Adam needs fewer steps than RMSprop and more than heavy ball. (A
# run that has not settled after 3 000 steps counts as 3 000.) On the network, that Adam ends below heavy ball
# **holds**, by about 0.012; against RMSprop it is **undecided**. So Adam is not simply the better of its parents. What
# does it do?
#
# ## Six lines
#
# Kingma and Ba (2015) start both averages at zero. With $t = 1, 2, \dots$,
#
# $$m_t = \beta_1\, m_{t-1} + (1-\beta_1)\, g_t, \qquad v_t = \beta_2\, v_{t-1} + (1-\beta_2)\, g_t^2 ,$$
#
# $$\hat m_t = \frac{m_t}{1-\beta_1^t}, \qquad \hat v_t = \frac{v_t}{1-\beta_2^t}, \qquad
# w_t = w_{t-1} - \mathrm{lr}\, \frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon} .$$
#
# The numbers $\beta_1 = 0.9$ and $\beta_2 = 0.999$ (`beta1`, `beta2`) say how slowly each average forgets, and
# $\varepsilon$ (`eps`) is tiny. You know two of the lines already: $v$ is RMSprop's, and $m$ is heavy ball's velocity
# times $1-\beta_1$. So momentum need not be added to Adam. It is there.
#
# New are the two hats. What are they for?
#
# ## Why does Adam divide by $1-\beta^t$?
#
# Let every gradient be 1. After the first step, the average of the gradients should be 1, but $m_1 = 0.1 \cdot 1$: the
# zero at the start has taken the rest. In general $m_t = 1-\beta_1^t$ and $v_t = 1-\beta_2^t$ for this stream, so the
# division by these two numbers makes true averages of them. This is called **bias correction**.
#
# Without the hats the step is $\mathrm{lr}\, m_t/\sqrt{v_t}$. That is Adam's step times
#
# $$\frac{1-\beta_1^t}{\sqrt{1-\beta_2^t}} .$$
#
# Two tools measure it: `steps_of` feeds a rule with gradients of our choice, and `no_hats` is an Adam without hats.

# %%
from course_lib import optimizers


def steps_of(rule, gradients, *, lr=1.0, **hyper):
    """Return the steps, w before minus w after, of a rule on these gradients."""
    path, _ = optimizers.follow(rule, gradients, 0 * gradients[0], lr=lr, **hyper)
    return -np.diff(path, axis=0)


hats = ("m_hat / (np.sqrt(v_hat)", "m / (np.sqrt(v)")  # as it is, and without hats
no_hats = optimizers.mutant(optimizers.adam, hats)

# %% [markdown]
# **Predict:** put in the two betas. Is the first step without correction too short or too long, and by what factor? Is
# the second one better or worse?

# %% tags=["figure"] mystnb={"image": {"alt": "Uncorrected step divided by corrected step against the step number on a logarithmic axis. The curve starts at 3.16, rises to 6.57 at step 12, and falls to 1 within some thousands of steps. Measured dots lie on the curve."}}
noise = np.random.default_rng(1).normal(size=5000)
t = np.arange(1, 5001)
formula = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
measured = steps_of(no_hats, noise, eps=0.0) / steps_of(optimizers.adam, noise, eps=0.0)
dots = np.array([1, 2, 4, 12, 30, 100, 300, 1000, 4000]) - 1
fig, ax = plt.subplots()
ax.semilogx(t, formula, color="0.6")
ax.semilogx(t[dots], measured[dots], **look("adam", linestyle="none", markevery=1))
ax.set(xlabel="step $t$", ylabel="uncorrected / corrected step",
       title=f"Worst at step {t[measured.argmax()]}")
plt.show()

# %% [markdown]
# *Reading the figure:* both averages start too small, but the one below the root recovers a hundred times more slowly.
# So the error **grows** before it fades. The dots are measured on random gradients: the ratio does not depend on them.

# %%
print(f"step 1: predicted {0.1 / 0.001**0.5:.2f}, measured {measured[0]:.2f} times")
print(f"worst:  predicted {formula.max():.2f} at step {t[formula.argmax()]}, "
      f"measured {measured.max():.2f} at step {t[measured.argmax()]}")

# %% tags=["guard"]
assert np.allclose(measured, formula, rtol=1e-6)
assert t[measured.argmax()] == 12

# %% [markdown]
# With other betas it can be the other way round. If $\beta_1 = \beta_2 = \beta$, the first factor is
# $\sqrt{1-\beta} < 1$, and the uncorrected steps are too short.
#
# ## From the museum: a clock and a hat
#
# The museum keeps faulty code that is modelled on published teaching material. One of its Adams has two faults in these lines: $t$ is
# stored but never increased, and $\hat v$ is computed, but $v$ is used. Feed the rule the gradient 1 for ever, with $\mathrm{lr} = 1$. Each fault then has a
# fingerprint of two numbers:
#
# | rule | first step | in the long run |
# |---|---|---|
# | Adam | $1$ | $1$ |
# | no correction at all | $0.1/\sqrt{0.001}$ | $1$ |
# | $t$ stays 1 | $1$ | $\frac{1}{0.1} \Big/ \sqrt{\frac{1}{0.001}}$ |
# | $v$ in place of $\hat v$ | $1/\sqrt{0.001}$ | $1$ |
# | both of the last two | ? | ? |
#
# **Predict** the last row, which is the museum's.

# %%
from course_lib.checks import museum

exhibit = steps_of(museum.museum_adam_start, np.ones(10_000))
print(f"museum: first step {exhibit[0]:.1f}, in the long run {exhibit[-1]:.1f}")

# %% tags=["guard"]
assert np.allclose([exhibit[0], exhibit[-1]], [1000**0.5, 10], rtol=1e-3)

# %% [markdown]
# The first number is $1/\sqrt{0.001} = 31.6$ and the last one $1/0.1 = 10$. A rule that is 32 times too fast at first,
# and ten times in the end, can still bring a loss down, if its rate was tuned with the faults in it. So they are easily overlooked.
#
# ### Exercise 14.1 · Repair the clock and the hat

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
# ## From the museum: brackets and 0/0
#
# Another exhibit can train well on some data and returns NaN on others. Take two weights that start at 1. The first
# always has the gradient 2, the second always 0, like the weight of a pixel that is black in every image. To make the
# fault visible, let $\varepsilon = 0.01$, $\mathrm{lr} = 0.1$, and take five steps.
#
# **Predict** where Adam ends. Then look where the museum's version ends, and guess its fault from the two numbers.

# %%
pair = np.tile([2.0, 0.0], (5, 1))
with np.errstate(invalid="ignore"):  # a division by zero is waiting
    for name, rule in (("library", optimizers.adam), ("museum", museum.museum_adam)):
        moved = steps_of(rule, pair, lr=0.1, eps=0.01).sum(axis=0)
        print(f"{name:7}: w = {np.round(1 - moved, 3).tolist()}")
print(f"predicted: w = {[round(1 - 5 * 0.1 * 2 / (2 + 0.01), 3), 1.0]}")

# %% tags=["guard"]
assert np.isnan(moved[1])
assert np.isclose(moved[0], 5 * 0.1 - 5 * 0.01)

# %% [markdown]
# The museum's first weight is $1 - 5\,(0.1 - 0.01)$: with the usual $\varepsilon = 10^{-8}$ nobody would see that. The
# second weight is lost for good, because NaN stays NaN.
#
# ### Exercise 14.2 · Repair the brackets

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
# The function that ran in all these cells is `optimizers.adam`; `show_source(optimizers.adam)` prints its six lines.
#
# ## The size of the loss does not matter
#
# Multiply the loss by $c > 0$. Then $\hat m$ and $\sqrt{\hat v}$ are both multiplied by $c$, and the step stays. This
# holds for each coordinate alone, since no coordinate knows of the others. (It does *not* hold for a rotation, as in
# notebook 13.) What remains is $\varepsilon$. It has the unit of a gradient, and it was not multiplied: it decides
# which gradients are so small that they count as nothing.
#
# With a constant gradient $c$ every step is $\mathrm{lr}\, c/(c+\varepsilon)$. Work it out for $c = 1000$,
# $10^{-3}$, $10^{-8}$ and $10^{-9}$, with $\varepsilon = 10^{-8}$.

# %%
for c in (1000, 1e-3, 1e-8, 1e-9):
    last = steps_of(optimizers.adam, np.full(100, float(c)))[-1]
    predicted = c / (c + 1e-8)
    print(f"gradient {c:6.0e}: predicted {predicted:.3f} lr, measured {last:.3f} lr")

# %% [markdown]
# ## How long can a step be?
#
# A constant gradient gives steps of length `lr`. One can read that no step is longer. Take the opposite: a long
# silence, and then one gradient. Both corrections are over by then, so the step is
# $(1-\beta_1)/\sqrt{1-\beta_2} = 3.16$ times `lr`. That is the bound in Adam's paper. It is too low. The true bound, for
# $\beta_1^2 < \beta_2$, is
#
# $$\frac{|w_t - w_{t-1}|}{\mathrm{lr}} \le \frac{1-\beta_1}{\sqrt{1-\beta_2}} \cdot \frac{1}{\sqrt{1-\beta_1^2/\beta_2}} .$$
#
# With the usual betas that is 7.27 times `lr`, more than twice as much. The last factor comes from the gradients just before the last one:
# $m$ remembers about ten steps and $v$ about a thousand.
#
# ### Exercise 14.3 · The longest step
#
# Return $n$ gradients, oldest first, such that Adam's $n$-th step is as long as it can be (within 1 %). Think of the
# last few gradients: which of them add much to $m$, and little to $v$? Choose sizes at which $\varepsilon$ does not
# matter, and let no gradient exceed $10^{150}$, whose square is still a float.

# %% tags=["exercise"]
def long_step_gradients(n, beta1, beta2):
    """Return n gradients, oldest first, that make Adam's last step longest."""
    ### BEGIN SOLUTION
    return (beta1 / beta2) ** np.arange(n)[::-1]
    ### END SOLUTION

# %%
check.long_step_gradients(long_step_gradients)

# %% [markdown] tags=["solution"]
# The gradients grow by the factor $\beta_2/\beta_1$ from step to step, here by 11 %.

# %% [markdown]
# <details>
# <summary>Why this is true</summary>
#
# Write $x_k = g_{t-k}$, $a_k = (1-\beta_1)\beta_1^k$ and $b_k = (1-\beta_2)\beta_2^k$. The inequality of Cauchy and
# Schwarz, $(\sum p_k q_k)^2 \le \sum p_k^2 \sum q_k^2$, with $p_k = a_k/\sqrt{b_k}$ and $q_k = \sqrt{b_k}\,x_k$ gives
#
# $$\frac{|m|}{\sqrt v} = \frac{|\sum_k p_k q_k|}{\sqrt{\sum_k q_k^2}} \le \sqrt{\sum_k \frac{a_k^2}{b_k}} .$$
#
# The sum is a geometric one with the ratio $\beta_1^2/\beta_2$, which gives the bound after many steps. Equality needs
# $q_k$ proportional to $p_k$, so $x_k$ proportional to $a_k/b_k$, that is to $(\beta_1/\beta_2)^k$.
#
# The hats do no harm. After $t$ steps they multiply by $\sqrt{1-x}/(1-\sqrt{xy})$ and the sum by $1-y$, where
# $x = \beta_2^t$ and $y = (\beta_1^2/\beta_2)^t$, so that $\sqrt{xy} = \beta_1^t$. Now $x + y \ge 2\sqrt{xy}$, because
# $(\sqrt x - \sqrt y)^2 \ge 0$. Hence $(1-x)(1-y) = 1 - x - y + xy \le 1 - 2\sqrt{xy} + xy = (1-\sqrt{xy})^2$, and the
# bound holds at every step.
#
# </details>
#
# Now three streams of 5 000 gradients: constant ones; a spike after silence; and gradients that grow as in the
# solution, as they may do while a run leaves a saddle.

# %% tags=["figure"] mystnb={"image": {"alt": "Length of Adam's step in units of lr over the last forty of 5000 steps, for three streams of gradients. Constant gradients: a flat line at 1. A spike after silence: zero until the last step, then 3.15. Growing gradients: a flat line at 7.25, just below a dashed line at 7.27."}}
n = 5000
bound = 0.1 / np.sqrt(0.001 * (1 - 0.9**2 / 0.999))
streams = {"growing": (0.999 / 0.9) ** np.arange(-n + 1.0, 1.0), "constant": np.ones(n),
           "spike": np.append(np.zeros(n - 1), 1.0)}
last = np.arange(n - 39, n + 1)
fig, ax = plt.subplots()
ax.axhline(bound, color="0.5", linestyle="--", label="bound")
for (name, gradients), marker in zip(streams.items(), "Po^", strict=True):
    steps = steps_of(optimizers.adam, gradients)[-40:]
    ax.plot(last, steps, **look("adam", label=name, marker=marker))
    print(f"{name:8}: last step {steps[-1]:.2f} lr (bound {bound:.2f})")
ax.set(xlabel="step $t$", ylabel="step / lr", title="Adam may step 7 times lr")
ax.legend(loc="center left", bbox_to_anchor=(0, 0.6))
plt.show()

# %% [markdown]
# *Reading the figure:* growing gradients keep every step near the bound for as long as they grow; the spike reaches
# less than half of it, once. (At step 5 000 the correction of $v$ still shortens the steps by 0.3 %.)
#
# So `lr` is the step of a *constant* gradient, and not the longest one. With $\beta_1 = \beta_2$ the bound is 1.
#
# ## An L2 penalty is not weight decay
#
# There are two ways to keep weights small. An **L2 penalty** $\tfrac\lambda2 |w|^2$ is added to the loss, which
# adds $\lambda w$ to the gradient. **Weight decay** takes the share $\mathrm{lr}\,\lambda$ of the weight away in every
# step. In gradient descent the two are the same: $w - \mathrm{lr}\,(g + \lambda w)$. In Adam the penalty goes through
# $m$ and $\sqrt v$ like every other gradient.
#
# **Predict** the extreme case, where the data's gradient is zero: $w = 1$, $g = \lambda w$, $\mathrm{lr} = 0.001$, and
# 1 000 steps. What is left of $w$ for $\lambda = 0.01$, $0.1$ and $1$? (What does Adam do with a factor $c$?)

# %%
strengths = np.array([0.01, 0.1, 1.0])
penalised = np.ones(3)
state = {}
for _ in range(1000):
    g = strengths * penalised
    penalised, state = optimizers.adam(penalised, g, state, lr=0.001)
decayed = (1 - 0.001 * strengths) ** 1000
for k in range(3):
    print(f"lambda {strengths[k]:4}: with the penalty w = {penalised[k]:.3f}, "
          f"with decay {decayed[k]:.3f}")

# %% [markdown]
# With the penalty inside, $\lambda$ cancels: how strong the penalty is makes no difference. Loshchilov and Hutter (2019) took the decay out of the
# quotient, so that it meets neither $m$ nor $v$, and called the result **AdamW**.
#
# ### Exercise 14.4 · Write AdamW
#
# Adam's step is made from the data's gradient `g` alone. The share $\mathrm{lr}\,\lambda$ is taken of the weight as it
# was *before* the step. You may call `optimizers.adam`.

# %% tags=["exercise"]
def adamw(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """Take Adam's step on g, and the decay of the old w, which never meets m or v."""
    ### BEGIN SOLUTION
    hyper = {"beta1": beta1, "beta2": beta2, "eps": eps}
    new, state = optimizers.adam(w, g, state, lr=lr, **hyper)
    return new - lr * weight_decay * w, state
    ### END SOLUTION

# %%
check.adamw(adamw)

# %% [markdown]
# Now with data. Three weights start at 1. Their gradients are $+s, -s, +s, \dots$ with $s = 1$, $10$ and $100$: they
# cancel in the long run, so only the penalty or the decay shrinks the weights. Let $\lambda = 0.1$,
# $\mathrm{lr} = 0.001$, and take 15 000 steps. Decay leaves $e^{-1.5}$ of every weight. With the penalty $\sqrt v \approx s$, so the
# pull is about $\lambda w/s$. **Predict** what is left of each weight.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels, the weight against the step for gradients of size 1, 10 and 100. Left, Adam with an L2 penalty: three curves part and end at 0.22, 0.86 and 0.99. Right, AdamW: the three curves lie on one another and end at 0.22."}}
s = np.array([1.0, 10.0, 100.0])
sign = (-1.0) ** np.arange(1, 15_001)
paths = {"adam": [np.ones(3)], "adamw": [np.ones(3)]}
state = {"adam": {}, "adamw": {}}
for g in np.outer(sign, s):
    for name, penalty in (("adam", 0.1), ("adamw", 0.0)):
        decay = {"weight_decay": 0.1} if name == "adamw" else {}
        w = paths[name][-1]
        w, state[name] = optimizers.STEPS[name](
            w, g + penalty * w, state[name], lr=0.001, **decay)
        paths[name].append(w)

fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True)
for ax, name, title in zip(axes, paths, ("Adam with penalty", "AdamW"), strict=True):
    for k, line in enumerate((":", "--", "-")):
        style = look(name, marker=None, linestyle=line, label=f"$s$ = {s[k]:g}")
        ax.plot(np.array(paths[name])[:, k], **style)
    ax.set(xlabel="step $t$", ylabel="weight", ylim=(0, 1.05), title=title)
axes[0].legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* with the penalty, the weight with the gentlest gradients shrinks most, and the others hardly.
# With decay the three curves cover one another: every weight loses the same share.

# %%
predictions = {"adam": np.exp(-1.5 / s), "adamw": np.exp(-1.5 * s / s)}
for name, predicted in predictions.items():
    measured = paths[name][-1]
    print(f"{name:5}: predicted {predicted.round(2)}, measured {measured.round(2)}")

# %% tags=["guard"]
assert np.allclose(paths["adam"][-1], np.exp(-1.5 / s), atol=0.005)
assert np.allclose(paths["adamw"][-1], np.exp(-1.5), atol=0.005)
assert np.ptp(penalised) < 1e-4

# %% [markdown]
# Which of the two is better on new data is another question; [notebook 23](23_regularise.ipynb) asks it. In Adam they
# are two different things, and the $\lambda$ of one says nothing about the $\lambda$ of the other.
#
# ## Summary
#
# - Adam divides a momentum by RMSprop's root, and corrects both averages for their start at zero.
# - Without the correction the first step is 3.16 times too long, and the twelfth 6.57 times.
# - A constant factor on the loss, or on one weight's gradients, changes nothing, until gradients are as small as
#   $\varepsilon$.
# - `lr` is the step of a constant gradient. A spike makes 3.16 `lr`, and growing gradients up to 7.27 `lr`.
# - Adam's L2 penalty is divided by $\sqrt v$ like every gradient. AdamW's decay is not.
# - Each at its own best rate, Adam beat RMSprop on ravines and lost to heavy ball there; on a small network it ended
#   below heavy ball, and against RMSprop the row is undecided.
#
# ## Questions to ask yourself
#
# **1.** Somebody's Adam has the usual loss curve, but only at a tenth of the usual rate. What do you test first?
#
# <details>
# <summary>Answer</summary>
#
# Feed it a constant gradient and look at the first step and at the step after some thousands. Both should be `lr`. If
# $t$ stands still and $v$ has lost its hat, they are 32 and 10 times `lr`.
#
# </details>
#
# **2.** You multiply the loss by 1000. What changes with gradient descent, with Adam, and with Adam and an L2 penalty
# that is added after the multiplication?
#
# <details>
# <summary>Answer</summary>
#
# The steps of gradient descent are 1000 times as long. Adam's stay, except where gradients were near $\varepsilon$. With
# the penalty, the data's gradient is now 1000 times as large beside the same $\lambda w$, so the penalty is nearly
# switched off.
#
# </details>
#
# **3.** A rare word's weight has the gradient zero for thousands of steps. Then the word occurs once. How long is
# Adam's step, and what happens in the next steps, in which the gradient is zero again?
#
# <details>
# <summary>Answer</summary>
#
# 3.16 `lr` in that step. Then it goes on: $m$ shrinks by the factor 0.9 a step and $\sqrt v$ hardly, so the whole
# journey is about $10 \cdot 3.16 \approx 32$ times `lr`, from one gradient.
#
# </details>
#
# ## Go deeper
#
# - D. Kingma, J. Ba, [*Adam: a method for stochastic optimization*](https://arxiv.org/abs/1412.6980), ICLR (2015).
#   Section 2.1 has the bounds on the step, section 3 the correction.
# - I. Loshchilov, F. Hutter, [*Decoupled weight decay regularization*](https://arxiv.org/abs/1711.05101), ICLR (2019):
#   AdamW.
# - D. Choi and others, [*On empirical comparisons of optimizers for deep learning*](https://arxiv.org/abs/1910.05446)
#   (2019): what tuning does to comparisons such as that of the first figure.
#
# **Next:** which other rules are made of these parts, and where does Adam fail?
# [15: Meet Adam's family](15_meet_adams_family.ipynb)
