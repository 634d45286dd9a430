# %% [markdown]
# # 15 · Meet Adam's family ★
#
# *What does each relative of Adam add, and where does Adam fail?*
#
# Many update rules are made of the same few parts: an average of gradients above the fraction line, a size of past
# gradients below it, and sometimes one thing more. In this notebook you take five relatives of Adam apart. This
# notebook goes deeper; nothing later needs it.
#
# **You will do:** predict what a change of units does to a step, write Adadelta and Lion, and watch Adam walk to the wrong
# end of an interval.
#
# **You will learn:** on which convex problem Adam fails and what AMSGrad changes; where Adadelta gets its learning rate
# from; what Nadam, Adamax and Lion add.
#
# **You need:** AdaGrad and RMSprop, from [notebook 13](13_adapt_the_learning_rate.ipynb); Adam, from
# [notebook 14](14_understand_adam.ipynb).
#
# **Minutes:** 60

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## One stream of gradients, six rules
#
# Here is what the family does with one and the same stream: noise around 1 for 100 steps, silence for 100 steps, and then
# noise around 10. All have $\mathrm{lr} = 1$, so the figure shows step lengths and no race.

# %% tags=["figure"] mystnb={"image": {"alt": "Six panels of step length against 300 steps: noise around 1, silence, noise around 10. Adam and AMSGrad look alike: near 1, then nothing, then a rise to nearly 3 that fades. Nadam jumps to more than 4 at once. Adamax never exceeds 1. Lion is at 1 nearly all the time, silence included. Adadelta's steps stay below 0.01."}}
from course_lib import optimizers


def steps_of(name, gradients, *, lr=1.0, **hyper):
    """Return the steps, w before minus w after, of a rule on these gradients."""
    rule = optimizers.STEPS[name]
    path, _ = optimizers.follow(rule, gradients, 0 * gradients[0], lr=lr, **hyper)
    return -np.diff(path, axis=0)


stream = np.repeat([1.0, 0.0, 10.0], 100)
stream += np.where(stream > 0, np.random.default_rng(0).normal(size=300), 0)
fig, axes = plt.subplots(2, 3, figsize=(9.6, 4.6), sharex=True)
family = ("adam", "amsgrad", "nadam", "adamax", "lion", "adadelta")
for ax, name in zip(axes.flat, family, strict=True):
    ax.plot(steps_of(name, stream), color="black", linewidth=1.2)
    ax.set_title(name)
fig.supxlabel("step $t$")
fig.supylabel("step / lr")
plt.show()

# %% [markdown]
# *Reading the figure:* Adam and AMSGrad hardly differ, because $v$ hardly falls here. Nadam answers at once to the large gradients, and
# Adamax never takes a long step. Lion steps by `lr` even in the silence. Adadelta's steps are more than a hundred times shorter than Adam's,
# at the same $\mathrm{lr} = 1$.
#
# | rule | above the line | below the line | what is added |
# |---|---|---|---|
# | Adam | average of $g$ | root of the average of $g^2$ | |
# | AMSGrad | the same | root of the *largest* average so far | it never forgets a large gradient |
# | Nadam | the average one step ahead | as Adam | Nesterov's look-ahead |
# | Adamax | as Adam | decaying maximum of the sizes | one large gradient counts at once |
# | Lion | only the *sign* of an average | nothing | every weight moves by `lr` |
# | Adadelta | $g$ times the size of past *steps* | root of the average of $g^2$ | a step with the unit of $w$ |
#
# ## Why does a loss change with t?
#
# In the next problem the loss changes from step to step. That is what happens in training: every mini-batch has a loss of
# its own, and the optimizer steps on the loss of the batch that it has just seen. A theory of such **online learning**
# lets an opponent choose the losses.
#
# Reddi, Kale and Kumar (2018) chose these. The weight lives in $[-1, 1]$ and is put back there after each step. At step
# $t$ the loss is a straight line: $f_t(w) = 3\,w$ for $t = 1, 4, 7, \dots$ and $f_t(w) = -w$ otherwise. Three losses add up to
# the slope 1, so the best fixed point is $w = -1$. (In their stochastic version the steep line comes at random, and rarely.)
#
# Take $\beta_1 = 0$ and $\beta_2 = 0.1$. In the long run Adam's $v$ repeats every three steps: about 8.2 after the steep
# line, then 1.7, then 1.1. **Predict:** add up the three steps $-3/\sqrt{8.2}$, $+1/\sqrt{1.7}$, $+1/\sqrt{1.1}$. Which way
# does Adam walk? AMSGrad divides all three by the largest root. Which way does it walk?

# %%
cycle = np.array([3.0, -1.0, -1.0])
small = {"beta1": 0.0, "beta2": 0.1}
for name, hyper in (("adam", small), ("amsgrad", small), ("sgd", {})):
    move = -steps_of(name, np.tile(cycle, 50), **hyper)[-3:].sum()
    print(f"{name:7}: {move:+.3f} lr in three steps")

# %% tags=["guard"]
v1 = (8.1 + 0.1 * 0.99) / (1 - 0.001)
v2 = 0.1 * v1 + 0.9
v3 = 0.1 * v2 + 0.9
assert [round(v, 1) for v in (v1, v2, v3)] == [8.2, 1.7, 1.1]
adam_moves = -3 / v1**0.5 + 1 / v2**0.5 + 1 / v3**0.5
assert np.isclose(-steps_of("adam", np.tile(cycle, 50), **small)[-3:].sum(), adam_moves)
assert np.isclose(move, -1)

# %% [markdown]
# The steep gradient is divided by its own size. The two small ones come when $v$ has forgotten it. A smaller rate does not
# help, since all three steps shrink alike.
#
# The **regret** is what one pays more than the best fixed point would have paid, all steps added up. A method that learns
# has a regret per step that tends to 0. At $w = +1$ one pays $3 + 3$ too much at the steep line and $-1 - 1$ at the other
# two, that is 2/3 a step. **Predict** the two panels, now with the rate $0.5/\sqrt t$.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels over 3000 steps, with a logarithmic step axis. Left, the weight: Adam rises from 0 to plus 1 and stays there, AMSGrad and SGD fall to minus 1. Right, the regret per step on a log scale: Adam's levels off at about 0.67, those of SGD and AMSGrad fall steadily to 0.03 and 0.01."}}
T = 3000
slopes = np.resize(cycle, T)
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4))
for name, hyper in (("adam", small), ("amsgrad", small), ("sgd", {})):
    w = np.zeros(())
    state = {}
    path = []
    for t in range(T):
        path.append(w)
        lr = 0.5 / np.sqrt(t + 1)
        w, state = optimizers.STEPS[name](w, np.array(slopes[t]), state, lr=lr, **hyper)
        w = np.clip(w, -1, 1)
    regret = np.cumsum(slopes * (np.array(path) + 1)) / np.arange(1, T + 1)
    axes[0].semilogx(np.arange(1, T + 1, 3), path[::3], **look(name, marker=None))
    axes[1].loglog(np.arange(3, T + 1, 3), regret[2::3], **look(name, marker=None))
    print(f"{name:7}: ends at {path[-1]:+.2f}, regret per step {regret[-1]:.2f}")
axes[0].set(xlabel="step $t$", ylabel="$w$", title="Weight")
axes[1].set(xlabel="step $t$", ylabel="regret / $t$", title="Regret")
axes[1].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* Adam goes to the worst point, stays there, and pays 2/3 a step. The other two learn.
#
# ## Is it the default's problem too?
#
# $\beta_2 = 0.1$ is no value that anybody uses. But for *every* pair with $\beta_1 < \sqrt{\beta_2}$ there is such a
# problem; it is chosen after the betas. The authors' own experiment has the slope 1010 once in 101 steps and $-10$
# otherwise, so $-1$ is again the best point. **Predict:** with $\beta_1 = 0.9$, for which of $\beta_2 = 0.99$, $0.999$ and
# $0.9999$ does Adam drift the wrong way, upwards? Each remembers about $1/(1-\beta_2)$ steps.

# %%
slow_cycle = np.append(1010.0, np.full(100, -10.0))
for beta2 in (0.99, 0.999, 0.9999):
    drift = -steps_of("adam", np.tile(slow_cycle, 200), beta2=beta2)[-101:].sum()
    print(f"beta2 = {beta2:6}: w drifts by {drift:+.2f} lr in a cycle")

# %% tags=["guard"]
assert drift < 0 < -steps_of("adam", np.tile(slow_cycle, 200))[-101:].sum()

# %% [markdown]
# The default's memory of ten cycles is not long enough here; a hundred cycles are. So both statements are true: for given
# betas there is a convex problem on which Adam fails, and for *this* problem a larger $\beta_2$ helps. Zhang and others
# (2022) prove the second kind of statement for a large class of problems.
#
# ## Units, and Adadelta
#
# Give the loss a unit, say euro, and the weights another, say metres. A gradient is then in euro per metre. In gradient
# descent $\mathrm{lr}\, g$ must be metres, so `lr` is in m²/euro: whoever changes the unit of the loss must change `lr`.
#
# ### Exercise 15.1 · Predict the powers
#
# (a) The loss is multiplied by $c$, nothing else. (b) The loss is the same, but the weights are counted in a unit that is $c$
# times longer: $w = c\,u$, and the rule runs on the numbers $u$. All hyper-parameters stay; $\varepsilon$ is negligible.
# By which power of $c$ is the step multiplied, *as a movement of* $w$? Give for each rule the pair (power in a, power in
# b). For example `(1, 0)` would mean: $c$ times as long in (a), unchanged in (b).

# %% tags=["exercise"]
### BEGIN SOLUTION
unit_powers = {"sgd": (1, 2), "adagrad": (0, 1), "rmsprop": (0, 1), "newton": (0, 0)}
### END SOLUTION

# %%
check.unit_powers(unit_powers)

# %% [markdown] tags=["solution"]
# (a) $g$ and $H$ become $c$ times as large: the step of gradient descent too, and in the three quotients $c$ cancels.
# (b) By the chain rule the gradient in $u$ is $c\,g$, and the Hessian $c^2 H$. The step in $u$ is multiplied by $c$ for
# gradient descent, by 1 for the normalised rules, and by $1/c$ for Newton's method; as a movement of $w = c\,u$, each is
# multiplied by $c$ once more.

# %% [markdown]
# Only Newton's method needs no rate with a unit. Zeiler (2012) asked for a rule of that kind without a Hessian. His
# **Adadelta** puts a quantity in metres above the line: the size of the past steps. It keeps two averages that begin at 0
# and forget with $\rho$: $v$ of the squared gradients, as in RMSprop, and $u$ of the squared steps.
#
# $$\Delta = \frac{\sqrt{u + \varepsilon}}{\sqrt{v + \varepsilon}}\; g , \qquad w \leftarrow w - \mathrm{lr}\,\Delta .$$
#
# ### Exercise 15.2 · Write Adadelta
#
# Three things have to be in the right order: $v$ already holds the present gradient when $\Delta$ is made; $u$ does not yet
# hold the present step; and $u$ averages $\Delta^2$, without `lr`. The state is `{"v": v, "u": u}`.

# %% tags=["exercise"]
def adadelta(w, g, state, *, lr=1.0, rho=0.95, eps=1e-6):
    """Step by g, times the size of past steps over that of the gradients."""
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
# Where does the first metre come from? $u$ begins at 0, so the first step is $\sqrt\varepsilon\,|g|/\sqrt{v}$: the number that
# is advertised as a guard against division by zero sets the length. On a given stream of gradients every later step is
# proportional to $\sqrt\varepsilon$ too, because each $u$ is proportional to $\varepsilon$. **Predict** how many times farther
# Adadelta walks with $\varepsilon = 10^{-4}$ than with $10^{-6}$ on the same gradients, and what the figure shows for a
# real run on $\tfrac12 w^2$.

# %% tags=["figure"] mystnb={"image": {"alt": "The weight of Adadelta on a parabola against 400 steps for three values of epsilon. With 1e-2 it is at 0 within ten steps, with 1e-4 within a hundred, and with 1e-6 only near step 400."}}
from course_lib import landscapes
from course_lib.optimizers import descent

stream = np.random.default_rng(0).normal(5, 1, size=1000)
far, near = [steps_of("adadelta", stream, eps=eps).sum() for eps in (1e-4, 1e-6)]
print(f"same gradients: {far / near:.2f} times farther")
parabola = landscapes.quadratic([1.0])
fig, ax = plt.subplots()
for eps, line in ((1e-2, "-"), (1e-4, "--"), (1e-6, ":")):
    run = descent.minimize(parabola, [1.0], "adadelta", lr=1.0, n_steps=400,
                           tol=None, eps=eps)
    ax.plot(run.w[:, 0], line, color="black", label=f"eps = {eps:.0e}")
    print(f"eps = {eps:.0e}: first step {1 - run.w[1, 0]:.2g}")
ax.set(xlabel="step", ylabel="$w$", title="Adadelta on a parabola")
ax.legend()
plt.show()

# %% tags=["guard"]
assert np.isclose(far / near, 10, rtol=0.01)

# %% [markdown]
# *Reading the figure:* the smaller $\varepsilon$ is, the longer the run takes to get under way. Adadelta does not do without
# a learning rate. Its name is $\sqrt\varepsilon$.
#
# ## Nadam and Adamax, each in one identity
#
# **Nadam** (Dozat 2016) looks ahead as Nesterov does: in place of $m$ it uses $\beta_1 m + (1-\beta_1)\,g$, which is what $m$
# would be if the same gradient came once more. (At first its $\beta_1$ is smaller; here we look after that.)
#
# **Adamax**, from Adam's paper, replaces $\sqrt v$ by $u_t = \max(\beta_2 u_{t-1}, |g_t|)$. A spike after silence then moves a
# weight by $(1-\beta_1)\,\mathrm{lr}$ only, where Adam moves it by 3.16 `lr`. Its longest step, in the long run, is
# $(1-\beta_1)/(1-\beta_1/\beta_2)$ times `lr`: hardly more than one.

# %%
noise = np.random.default_rng(3).normal(size=2000)
rule = optimizers.nadam
path, state = optimizers.follow(rule, noise, 0.0, lr=1.0, momentum_decay=1.0)
ahead = (0.9 * state["m"] + 0.1 * noise[-1]) / np.sqrt(state["v"] / (1 - 0.999**2000))
print(f"nadam:  predicted {ahead:.4f}, measured {path[-2] - path[-1]:.4f}")
spike = np.append(np.zeros(9000), 1.0)
for name in ("adam", "adamax"):
    print(f"{name:6}: a spike moves w by {steps_of(name, spike)[-1]:.2f} lr")
longest = steps_of("adamax", 0.999 ** np.arange(500)).max()
print(f"adamax: longest {longest:.3f} lr, predicted {0.1 / (1 - 0.9 / 0.999):.3f} lr")

# %% tags=["guard"]
assert np.isclose(ahead, path[-2] - path[-1])
assert np.isclose(longest, 0.1 / (1 - 0.9 / 0.999), rtol=1e-4)

# %% [markdown]
# ## Lion: only the sign
#
# Chen and others (2023) let a program search for update rules. It found one that keeps a single average $m$, which begins
# at 0, and moves by a sign:
#
# $$c = \beta_1\, m + (1-\beta_1)\, g, \qquad w \leftarrow w - \mathrm{lr}\,\big(\mathrm{sign}(c) + \lambda\, w\big).$$
#
# ### Exercise 15.3 · Write Lion
#
# After the step, and not before it, $m$ becomes the average of itself and $g$ with $\beta_2$ in place of $\beta_1$. The decay
# takes its share of the old `w`. The state is `{"m": m}`.

# %% tags=["exercise"]
def lion(w, g, state, *, lr, beta1=0.9, beta2=0.99, weight_decay=0.0):
    """Move every weight by lr against the sign of an average, and decay it."""
    ### BEGIN SOLUTION
    m = state.get("m", 0.0)
    c = beta1 * m + (1 - beta1) * g
    w = w - lr * (np.sign(c) + weight_decay * w)
    return w, {"m": beta2 * m + (1 - beta2) * g}
    ### END SOLUTION

# %%
check.lion(lion)

# %% [markdown]
# Feed Lion and Adam 10 000 streams of noise, whose sizes differ by factors of up to a million. Lion moves every weight by `lr`. In
# Adam $\hat m$ averages the noise away: its mean square is $(1-\beta_1)/(1+\beta_1) = 1/19$ of the noise's. **Predict** the
# typical step of Adam, and how the two histograms differ.

# %% tags=["figure"] mystnb={"image": {"alt": "Histograms of the steps of 10 000 weights in units of lr. Lion: two spikes at minus 1 and plus 1. Adam: a bell around 0 whose width is about 0.23."}}
sizes = np.geomspace(1e-3, 1e3, 10_000)
noise = np.random.default_rng(4).normal(size=(300, 10_000)) * sizes
fig, ax = plt.subplots()
for name in ("adam", "lion"):
    last = steps_of(name, noise)[-1]
    ax.hist(last, bins=56, range=(-1.1, 1.1), color=look(name)["color"], alpha=0.6,
            label=name)
    print(f"{name}: root mean square step {np.sqrt(np.mean(last**2)):.3f} lr")
ax.set(xlabel="step / lr", ylabel="weights", title="Noise of all sizes")
ax.legend()
plt.show()
print(f"predicted for adam: {19**-0.5:.3f} lr")

# %% [markdown]
# *Reading the figure:* on pure noise Lion's step is more than four times as long as Adam's at the same `lr`. That is one
# reason why its authors advise a smaller `lr` than for AdamW, and a decay larger by the same factor.
#
# ## Do they differ on a network?
#
# Each rule has its own best rate, and no weight decay, on the small network of notebook 14.

# %%
from course_lib.experiments.ledger import show_evidence

show_evidence("amsgrad_ends_as_low_as_adam")
show_evidence("nadam_ends_below_adam")
show_evidence("lion_ends_below_adam")

# %% [markdown]
# AMSGrad and Adam are a **tie**: what fails on a made-up problem makes no difference here. Nadam against Adam is
# **undecided**. That Lion ends below Adam **fails**: it ends higher, by about 0.025. Its authors report gains on much larger
# networks with weight decay, which this small test does not touch.
#
# ## Summary
#
# - Every mini-batch has its own loss. On some convex problems of this kind Adam walks to the worst point; on the one
#   measured here AMSGrad, which never forgets the largest $v$, goes to the best.
# - For given betas there is such a problem; for that problem a larger $\beta_2$ can help.
# - Gradient descent's rate has the unit m²/euro, that of AdaGrad and RMSprop is a length, and Adadelta's is
#   $\sqrt\varepsilon$.
# - Nadam looks ahead, Adamax divides by a maximum, and Lion moves every weight by `lr`.
# - On one small network AMSGrad and Adam tied, Nadam was undecided, and Lion ended higher.
#
# ## Questions to ask yourself
#
# **1.** Does Reddi's example show that Adam is not to be trusted in training a network?
#
# <details>
# <summary>Answer</summary>
#
# It shows that no proof can promise a vanishing regret for fixed betas with $\beta_1 < \sqrt{\beta_2}$ on all convex online
# problems. It was made for its betas: one huge gradient in a cycle, and slopes that nearly cancel.
#
# </details>
#
# **2.** You compare Lion and AdamW at `lr` = 0.001 for both. What have you compared?
#
# <details>
# <summary>Answer</summary>
#
# Step lengths, above all. On noise Lion's step is four times as long at the same `lr`. Tune both.
#
# </details>
#
# **3.** You move an Adadelta script from PyTorch to Keras and keep $\mathrm{lr} = 1$, but each library uses its own default
# $\varepsilon$: PyTorch $10^{-6}$, Keras $10^{-7}$. What becomes of the steps on the same gradients?
#
# <details>
# <summary>Answer</summary>
#
# As long as $\varepsilon$ is negligible beside $v$, every step becomes shorter by the factor $\sqrt{10} \approx 3.2$. (The
# default rates differ too: PyTorch has 1, Keras 0.001.)
#
# </details>
#
# ## Go deeper
#
# - S. Reddi, S. Kale, S. Kumar, [*On the convergence of Adam and beyond*](https://arxiv.org/abs/1904.09237), ICLR (2018).
# - Y. Zhang and others, [*Adam can converge without any modification on update rules*](https://arxiv.org/abs/2208.09632)
#   (2022).
# - M. Zeiler, [*ADADELTA: an adaptive learning rate method*](https://arxiv.org/abs/1212.5701) (2012); section 3.2 has the
#   argument from units.
# - T. Dozat, [*Incorporating Nesterov momentum into Adam*](https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ), ICLR
#   workshop (2016).
# - D. Kingma, J. Ba, [*Adam: a method for stochastic optimization*](https://arxiv.org/abs/1412.6980), ICLR (2015); section
#   7.1 has Adamax.
# - X. Chen and others, [*Symbolic discovery of optimization algorithms*](https://arxiv.org/abs/2302.06675) (2023): Lion.
#
# **Next:** every floor and every first step so far was proportional to `lr`. What if `lr` changes during the run?
# [16: Schedule the learning rate](16_schedule_the_learning_rate.ipynb)
