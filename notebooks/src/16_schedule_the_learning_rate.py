# %% [markdown]
# # 16 · Schedule the learning rate
#
# *What does a changing learning rate buy, and how would you know?*
#
# A **learning-rate schedule** makes the rate depend on the step: up first, down at the end. A schedule can
# help. But it changes several things at once, and the help is easily credited to the wrong one. Here every
# schedule gets a control.
#
# **You will do:** compose a warm-up with a cosine, compute how far a schedule can go, repair an experiment that praises
# decay for nothing, and write the rule that reduces the rate on a plateau.
#
# **You will learn:** what a falling rate has to offer on a bowl without noise, and what against noise;
# what is special about Adam's first steps; and what a **learning-rate range test** overlooks.
#
# **You need:** gradient descent and its factor $1 - \mathrm{lr}\,\lambda$, from
# [notebook 05](05_descend_the_gradient.ipynb); for one section Adam, from [notebook 14](14_understand_adam.ipynb).
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Three schedules, one network
#
# A small network learns 5 000 images of MNIST in 600 steps of gradient descent. Each schedule has its own best highest
# rate, tuned on other seeds.

# %%
from course_lib.data import datasets
from course_lib.networks import mlp
from course_lib.optimizers import descent, schedules
from course_lib.training import train

images = datasets.split(datasets.load_mnist())
few = (images.X_train[:5000], images.y_train[:5000])
valid = (images.X_valid, images.y_valid)
N = 6 * len(few[0]) // 50


def run(schedule, seed=0):
    rng = np.random.default_rng(seed)
    net = mlp([784, 32, 10], rng=rng)
    return train(net, few, "sgd", lr=schedule, epochs=6, batch_size=50, rng=rng,
                 valid=valid, progress=False).valid_loss

# %% [markdown]
# The left panel shows the rates, the right one what they lead to.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels. Left, the rate over 600 steps: constant at 0.4, a cosine from 0.4 to 0, and one-cycle, which rises to 0.8 in the first third and falls to 0. Right, validation loss after each of six epochs: one-cycle is far the highest after the first epoch, above 1, and the lowest at the end; constant and cosine end close together."}}
three = {"constant": (schedules.constant(0.4), "0.6", "-"),
         "cosine": (schedules.cosine(0.4, N), "black", "--"),
         "one-cycle": (schedules.one_cycle(0.8, N), "#009e73", "-.")}
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4))
for name, (schedule, color, line) in three.items():
    style = {"color": color, "linestyle": line, "label": name}
    left.plot([schedule(t) for t in range(1, N + 1)], **style)
    right.plot(np.arange(1, 7), run(schedule), **style)
left.set(xlabel="step", ylabel="learning rate", title="Rates")
right.set(xlabel="epoch", ylabel="validation loss", title="Losses")
left.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* while its rate is high, one-cycle is behind; it ends lowest, when its rate has fallen. This is one
# seed.
#
# ## The shapes
#
# A schedule is a function of the step $t = 1, 2, \dots$ that returns the rate. Let $n$ be the number of steps, and
# $p = (t-1)/n$ the share of them that lies behind us. With a highest rate `lr`:
#
# | schedule | rate | half-way |
# |---|---|---|
# | step: a tenth after every third | $\mathrm{lr} \cdot 0.1^{\lfloor 3p \rfloor}$ | 0.1 |
# | exponential: a hundredth after $n$ | $\mathrm{lr} \cdot 0.01^{\,p}$ | 0.1 |
# | inverse time: half after $n/4$ | $\mathrm{lr}/(1 + 4p)$ | 0.33 |
# | inverse square root, after a climb of $n_w = n/10$ steps | $\mathrm{lr}\,\sqrt{n_w/t}$ | 0.45 |
# | polynomial of power 2 | $\mathrm{lr}\,(1-p)^2$ | 0.25 |
# | linear to zero | $\mathrm{lr}\,(1-p)$ | 0.5 |
# | cosine | $\mathrm{lr}\,(1 + \cos \pi p)/2$ | 0.5 |
# | warm-up–stable–decay | up a line, constant, down a line | 1 |
# | one-cycle | up by half a cosine for $0.3\,n$ steps, down by another | ? |
#
# **Predict** the last number: at $p = \tfrac12$, which share of the way down lies behind us? Put it into the cosine.

# %% tags=["figure"] mystnb={"image": {"alt": "Nine learning-rate schedules over 300 steps in three panels. Left, step is a staircase of three levels, exponential and inverse time fall fast at first. Middle, polynomial, linear and cosine fall to zero. Right, inverse square root peaks at step 30 and falls slowly, warm-up-stable-decay is a trapezium, one-cycle peaks at step 90."}}
n = 300
shapes = {"step": schedules.step(1.0, 100),
          "exponential": schedules.exponential(1.0, n, 0.01),
          "inverse time": schedules.inverse_time(1.0, 75),
          "polynomial": schedules.polynomial(1.0, n, power=2),
          "linear": schedules.polynomial(1.0, n), "cosine": schedules.cosine(1.0, n),
          "inverse root": schedules.inverse_root(1.0, 30),
          "stable": schedules.warmup_stable_decay(1.0, n),
          "one-cycle": schedules.one_cycle(1.0, n)}
fig, axes = plt.subplots(1, 3, figsize=(9.6, 3.4), sharey=True)
for k, (name, schedule) in enumerate(shapes.items()):
    style = [("0.6", "-"), ("black", "--"), ("#009e73", "-.")][k % 3]
    rates = [schedule(t) for t in range(1, n + 1)]
    label = f"{name} {schedule(151):.2f}"
    axes[k // 3].plot(rates, color=style[0], linestyle=style[1], label=label)
    axes[k // 3].legend(fontsize=10)
axes[1].set(xlabel="step $t$ (the legends name the rate half-way)")
plt.show()

# %% tags=["guard"]
half_way = {name: round(float(schedule(151)), 2) for name, schedule in shapes.items()}
assert half_way["inverse time"] == 0.33 and half_way["inverse root"] == 0.45
assert half_way["one-cycle"] == 0.81 and half_way["exponential"] == 0.1

# %% [markdown]
# *Reading the figure:* the legends name the rate half-way. All have the same highest rate, yet half-way they
# differ by a factor of ten. So "with a schedule" says little. (One-cycle: $(0.5 - 0.3)/0.7$ of the way down,
# which leaves 0.81.)
#
# Schedules compose: `schedules.warmup` climbs to the first rate of any schedule, and then follows it.
#
# ### Exercise 16.1 · Compose a warm-up and a cosine
#
# For $t = 1 \dots n_w$ the rate climbs linearly to `lr`, which it has at $t = n_w$. Afterwards it follows half a cosine
# over the remaining $n - n_w$ steps, with $p = 0$ at $t = n_w + 1$ and $p = 1$ one step after the last.

# %% tags=["exercise"]
def warm_cosine(t, *, lr, n_warmup, n_steps):
    """Return the learning rate of step t = 1 ... n_steps, as a number."""
    ### BEGIN SOLUTION
    if t <= n_warmup:
        return lr * t / n_warmup
    p = (t - 1 - n_warmup) / (n_steps - n_warmup)
    return lr * (1 + np.cos(np.pi * p)) / 2
    ### END SOLUTION

# %%
check.warm_cosine(warm_cosine)

# %% [markdown] tags=["solution"]
# Two slips are common. With $(t-1)/n_w$ the first step has the rate 0: a batch is computed and thrown away. With
# $p = (t-1)/n$ the rate jumps down where the warm-up ends, because the cosine has not waited.

# %% [markdown]
# ## Does the order of the rates matter?
#
# On a bowl without noise, gradient descent multiplies the coordinate of curvature $\lambda$ by
# $1 - \mathrm{lr}_t\,\lambda$ at step $t$. No rate here exceeds $1/\lambda_{\max}$.
#
# **Predict** who wins from $(1, 1)$ with $\lambda = 1, 10$ in 100 steps: the rate 0.1 falling like $1/t$, the same rates
# in rising order, or constant?

# %%
from course_lib import landscapes

bowl = landscapes.quadratic([1.0, 10.0])
falling = schedules.inverse_time(0.1, 10)
down = np.array([falling(t) for t in range(1, 101)])
orders = {"falling": down, "rising": down[::-1], "constant": np.full(100, 0.1)}
for name, lr in orders.items():
    end = descent.minimize(bowl, [1, 1], "sgd", lr=lambda t: lr[t - 1], n_steps=100)
    print(f"{name:8}: sum of rates {lr.sum():4.1f}, final loss {end.loss[-1]:.2e}")

# %% [markdown]
# A product does not depend on the order of its factors. And as long as no rate exceeds $1/\lambda_{\max}$,
# every factor gets smaller as its rate grows: **the schedule that stays at the highest rate is best**.
#
# For small rates the product is about $e^{-\lambda \sum_t \mathrm{lr}_t}$. So in a flat direction only the *sum of the
# rates* counts: it is the distance that a schedule can go.
#
# ### Exercise 16.2 · How far does a schedule go?
#
# On a slope of constant gradient $-1$ every step has the length $\mathrm{lr}_t$. How far does `w` get? Give four numbers,
# to within 1 %, in this order (`np.inf` is allowed):
#
# 1. constant 0.1, 1000 steps;
# 2. exponential, $0.1 \cdot 0.99^{t-1}$, any number of steps;
# 3. cosine from 0.1 to 0 in 1000 steps;
# 4. inverse time, $0.1/(1 + (t-1)/10)$, any number of steps.

# %% tags=["exercise"]
### BEGIN SOLUTION
distances = [100.0, 10.0, 50.0, np.inf]
### END SOLUTION

# %%
check.distances(distances)

# %% [markdown] tags=["solution"]
# A geometric series stops at $0.1/(1 - 0.99)$: a hundred steps' worth, however long it runs. The mean of the lifted
# cosine is one half. For large $t$ the last rate is $1/t$, and the harmonic series diverges, slowly.

# %% [markdown]
# ## From the museum: decay gets the credit
#
# One can meet this experiment: a run with a constant rate, a run whose rate decays, and the second ends lower. So decay
# "improves convergence". The rates are in the small print: the constant run has 0.01, and the other one *starts at 0.1*.
# The museum's version reports how many times lower the loss ends; the control starts both at 0.1.

# %%
from course_lib.checks import museum

gain = museum.museum_decay_gain(bowl, [1.0, 1.0], (0.01, 0.1), 100)
fair = {name: descent.minimize(bowl, [1.0, 1.0], "sgd", lr=lr, n_steps=100).loss[-1]
        for name, lr in (("constant", 0.1), ("decay", falling))}
print(f"museum:  the loss divided by {gain:.1f}")
print(f"control: the loss divided by {fair['constant'] / fair['decay']:.0e}")

# %% [markdown]
# At equal first rates decay does harm here, by seven powers of ten.
#
# ### Exercise 16.3 · Repair the experiment
#
# The function should return what decay gains: the loss at the end of a constant run over the loss at the end of a
# decaying one. It may choose among `rates`. One shared rate is no fair control, because it may suit one arm and not the
# other: each arm gets its own best of the same rates.

# %% tags=["exercise"]
def museum_decay_gain(fun, w, rates, n_steps):
    ### BEGIN SOLUTION
    def best(schedule):
        runs = [descent.minimize(fun, w, "sgd", lr=schedule(lr), n_steps=n_steps)
                for lr in rates]
        return min(run.loss[-1] for run in runs)

    decayed = best(lambda lr: schedules.inverse_time(lr, n_steps // 10))
    return best(schedules.constant) / decayed
    ### END SOLUTION
    ### BEGIN STUB
    # def final_loss(lr):
    #     return descent.minimize(fun, w, "sgd", lr=lr, n_steps=n_steps).loss[-1]
    #
    # decayed = min(
    #     final_loss(schedules.inverse_time(lr, n_steps // 10)) for lr in rates)
    # return final_loss(min(rates)) / decayed
    ### END STUB

# %%
check.museum_decay_gain(museum_decay_gain)

# %% [markdown]
# ## What decay is good for: noise
#
# Let every gradient carry noise: $g = w + \xi_t$ on $f = \tfrac12 w^2$, with $\xi_t$ of mean 0 and variance 1. For a
# constant rate the mean of $w^2$ after $n$ steps is
#
# $$(1-\mathrm{lr})^{2n}\, w_0^2 + \frac{\mathrm{lr}}{2 - \mathrm{lr}}\left(1 - (1-\mathrm{lr})^{2n}\right).$$
#
# The first term wants a high rate. The second, the noise floor, wants a low one. A constant rate has to compromise; a
# falling one need not. With $\mathrm{lr}_t = 1/t$ the point $w_n$ is minus the mean of the noise so far, whose mean square is
# $1/n$.
#
# **Predict:** from $w_0 = 10$ with $n = 1000$ steps, how many times lower does $1/t$ end than the *best* constant rate?

# %%
def mean_square(lr, n):
    left = (1 - lr) ** (2 * n)
    return 100 * left + lr / (2 - lr) * (1 - left)


grid = np.geomspace(1e-4, 1, 401)
best = grid[mean_square(grid, 1000).argmin()]

# %% [markdown]
# The figure shows the mean over 2 000 runs.

# %% tags=["figure"] mystnb={"image": {"alt": "Log-log plot of the mean square of w over 2000 runs against the step. A constant rate of 0.1 falls fast and stays at 0.05. The best constant rate for 1000 steps falls late and ends near 0.0035. The rate 1/t follows a straight line down to 0.001."}}
arms = {"constant 0.1": (0.1, ":"), "best constant": (best, "--"),
        "1/t": (schedules.inverse_time(1.0, 1), "-")}
noise = np.random.default_rng(0)
noisy = lambda w: (0.5 * (w**2).sum(-1), w + noise.normal(size=w.shape))
start = np.full((2000, 1), 10.0)
squares = {}
fig, ax = plt.subplots()
for name, (lr, line) in arms.items():
    many = descent.minimize(noisy, start, "sgd", lr=lr, n_steps=1000, keep_path=False)
    squares[name] = 2 * many.loss.mean(axis=1)
    style = look("sgd", label=name, linestyle=line, marker=None)
    ax.loglog(np.arange(1, 1001), squares[name][1:], **style)
ax.set(xlabel="step $t$", ylabel="mean of $w^2$", title="Noisy parabola")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the dotted run is fast and then stands on its floor. The best constant rate is slower, and its
# floor is lower. Only the falling rate has both. The formula gives these numbers:

# %%
for name, predicted in (("best constant", mean_square(best, 1000)), ("1/t", 1 / 1000)):
    print(f"{name:13}: predicted {predicted:.4f}, measured {squares[name][-1]:.4f}")
for n in (100, 1000, 10_000):
    print(f"best for {n:5} steps: {grid[mean_square(grid, n).argmin()]:.1g}")

# %% tags=["guard"]
assert np.isclose(squares["best constant"][-1], mean_square(best, 1000), rtol=0.12)
assert np.isclose(squares["1/t"][-1], 0.001, rtol=0.12)

# %% [markdown]
# So decay gains a factor of more than three here, against the best that a constant rate can do. The last lines are worth
# remembering too: **the best constant rate depends on how long you train.**
#
# ## The same question on the network
#
# At low rates the noise floor is low, and what is missing is distance. At high rates the floor is what hurts. A cosine
# goes half as far as a constant rate. **Predict** who is lower at 0.05, and who at 0.8.

# %%
for lr in (0.05, 0.8):
    losses = [run(schedule)[-1] for schedule in (lambda t: lr, schedules.cosine(lr, N))]
    print(f"highest rate {lr:4}: constant {losses[0]:.3f}, cosine {losses[1]:.3f}")

# %% [markdown]
# In these runs the shared rate alone decides who wins. In the next rows each schedule has its own best rate, on forty fresh
# seeds.

# %%
from course_lib.experiments.ledger import show_evidence

for claim in ("cosine_ends_below_constant", "one_cycle_ends_below_cosine",
              "one_cycle_ends_below_warm_cosine", "linear_ends_as_low_as_cosine",
              "stable_decay_ends_as_low_as_cosine", "inverse_root_ends_above_cosine"):
    show_evidence(claim)

# %% [markdown]
# That cosine ends below constant **holds**, by about 0.012. One-cycle ends lower still, and lower
# than a warm-up with cosine: both rows **hold**. Linear and cosine are a **tie**, within the margin of 0.005 that was
# declared beforehand. That warm-up–stable–decay ties with cosine **fails**: it ends *lower*, by about 0.02. Whether the
# inverse square root ends higher is **undecided**. All this is one small network and 600 steps. That one-cycle trains
# ten times faster, as was reported for some larger networks ("super-convergence"), is neither shown nor refuted.
#
# ## Reduce on a plateau
#
# All these schedules are planned before the run. **Reduce on plateau** looks at the run instead: when the validation loss
# has not reached a new lowest value for `patience` epochs in a row, the rate is multiplied by `factor`.
#
# ### Exercise 16.4 · Write it
#
# `losses` are the losses of the epochs, in order. Return the list of the rates that those epochs had: the first is `lr`, and
# each is decided by the losses of the epochs *before*. After a fall the count of epochs begins anew; the lowest loss
# stays. An equal loss is no improvement.

# %% tags=["exercise"]
def plateau_rates(losses, *, lr, patience, factor):
    """Return the rate of every epoch, a list as long as losses."""
    ### BEGIN SOLUTION
    rates = []
    lowest = np.inf
    waited = 0
    for loss in losses:
        rates.append(lr)
        waited = 0 if loss < lowest else waited + 1
        lowest = min(lowest, loss)
        if waited == patience:
            lr = lr * factor
            waited = 0
    return rates
    ### END SOLUTION

# %%
check.plateau_rates(plateau_rates)

# %% [markdown]
# In the library it is `schedules.reduce_on_plateau`, and in Keras `ReduceLROnPlateau`.
#
# ## Adam's first steps
#
# Why climb at all? For Adam there is one precise answer. Let a coordinate's gradients be pure noise. At
# $t = 1$ the step is $\pm\mathrm{lr}$: the whole rate, on the evidence of a single batch. Later the average
# $\hat m_t$ cancels the noise, and the mean square of the step, in units of `lr`, is
#
# $$\frac{1-\beta_1}{1+\beta_1} \cdot \frac{1+\beta_1^t}{1-\beta_1^t} \qquad \text{for } \beta_2 \to 1.$$
#
# <details>
# <summary>Why this is true</summary>
#
# $\hat m_t = \sum_i a_i g_i$ with the weights $a_i = (1-\beta_1)\beta_1^{t-i}/(1-\beta_1^t)$, and $\hat v_t$ becomes the
# plain mean of the $g_i^2$. In $\hat m_t^2/\hat v_t$ the mixed terms average to 0, if the noise is symmetric. Each
# $g_i^2/\hat v_t$ has the mean 1: the $t$ of them add up to $t$, and all have the same distribution. What is left is
# $\sum_i a_i^2$, two geometric sums.
#
# </details>
#
# The next cell draws the root of it, and measures it.

# %% tags=["figure"] mystnb={"image": {"alt": "Root mean square of Adam's step in units of lr against the step from 1 to 60, for pure noise. It starts at 1 and falls within about twenty steps to 0.23. The measured dots lie on the grey curve."}}
from course_lib import optimizers

noise = np.random.default_rng(0).normal(size=(60, 20_000))
path, _ = optimizers.follow(optimizers.adam, noise, np.zeros(20_000), lr=1.0)
rms = np.sqrt((np.diff(path, axis=0) ** 2).mean(axis=1))
t = np.arange(1, 61)
formula = np.sqrt(0.1 / 1.9 * (1 + 0.9**t) / (1 - 0.9**t))
fig, ax = plt.subplots()
ax.plot(t, formula, color="0.6")
ax.plot(t, rms, **look("adam", linestyle="none", markevery=3))
ax.set(xlabel="step $t$", ylabel="rms step / lr", title="Pure noise", ylim=(0, 1.1))
plt.show()
print(f"rms step: {rms[0]:.2f} at first, 1 / {1 / rms[-1]:.1f} at step 60")

# %% tags=["guard"]
assert np.allclose(rms, formula, rtol=0.02)
assert round(float(formula[-1]), 2) == 0.23

# %% [markdown]
# *Reading the figure:* the first step is $\sqrt{19} = 4.4$ times as long as the later ones, and pure chance. A **warm-up**
# makes exactly these steps short. Whether that helps the end of a run has to be measured, network by network. The
# steps of gradient descent have no such beginning; if a warm-up helps there, the reason is another one.
#
# ## The range test, and where it misleads
#
# To find a rate without a grid of runs, Smith (2017) raised it linearly over a few epochs and watched the accuracy. The
# ramp in use today came later: the rate grows geometrically, step by step, and one watches the loss, which falls and
# then blows up. How far from the edge is the blow-up?
#
# Try it on a bowl with $\lambda = 1, 100$, whose edge is at $2/100$. The steep coordinate is multiplied by
# $|1 - 100\,\mathrm{lr}_t|$ at every step. Below the edge that shrinks it to almost nothing, and beyond the
# edge it has to come all the way back.
#
# **Predict** at about how many times the edge a slow ramp blows up, and whether a little noise in the gradients makes the
# test better or worse.

# %%
from course_lib.training.range_test import lr_range, on_batches

rng = np.random.default_rng(0)
net = mlp([784, 32, 10], rng=rng)
batch_loss = on_batches(net, few, batch_size=50, rng=rng)
on_network = lr_range(batch_loss, net.theta.copy(), "sgd",
                      lr_low=1e-3, lr_high=10.0, n_steps=100)
print(f"network: lowest at a rate of {on_network[0][on_network[1].argmin()]:.2f}")

# %% [markdown]
# The figure has the bowl on the left, and the same test on the network on the right. The band reaches from the best rate
# of a cosine to that of a one-cycle.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of loss against a rising rate. Left, a bowl: without noise the loss falls far below 1e-9 and climbs back only near 0.13, with noise it blows up soon after the edge at 0.02. Right, batch losses of the network fall from 2.4, are lowest at the left end of a grey band from 0.4 to 0.8, and then scatter upwards."}}
steep = landscapes.quadratic([1.0, 100.0])
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4))
for sigma, line in ((0.0, "-"), (0.01, ":")):
    rng = np.random.default_rng(0)
    fun = lambda w: (float(steep(w)[0]), steep(w)[1] + sigma * rng.normal(size=2))
    rates, losses = lr_range(
        fun, np.ones(2), "sgd", lr_low=1e-4, lr_high=1.0, n_steps=1600)
    left.loglog(rates, losses, line, color="black", label=f"noise {sigma}")
    print(f"noise {sigma}: blow-up at {rates[-1]:.3f}, edge at 0.02")
right.semilogx(*on_network, ".", color="black")
right.axvspan(0.4, 0.8, color="0.9")
left.set(xlabel="rate", ylabel="loss", title="Bowl", ylim=(1e-9, 1e3))
right.set(xlabel="rate", ylabel="loss of the batch", title="Network", ylim=(0, 4))
left.legend()
plt.show()

# %% tags=["guard"]
from scipy.optimize import brentq
from scipy.special import spence

back = brentq(lambda u: spence(1 - u + 0j).real, 5, 20)
assert round(back, 1) == 12.6 and round(back / 2, 1) == 6.3
assert rates[-1] < 0.03
smooth = lambda w: (float(steep(w)[0]), steep(w)[1])
quiet, _ = lr_range(smooth, np.ones(2), "sgd", lr_low=1e-4, lr_high=1.0, n_steps=1600)
assert abs(quiet[-1] / 0.02 - back / 2) < 0.1

# %% [markdown]
# *Reading the figure:* without noise the loss passes the edge as if nothing were there: the steep coordinate of a slow ramp
# is back where it started at 6.3 times the edge. With noise it blows up soon after the edge. On the network, in this run,
# the losses are lowest near the band.
#
# <details>
# <summary>Why this is true</summary>
#
# The sum of the logarithms of the factors becomes an integral over the logarithm of the rate. With
# $s = 100\,\mathrm{lr}$ it vanishes where $\int_0^u \ln|1-s|\,\frac{\mathrm{d}s}{s} = 0$, that is at $u = 12.6$ (the
# integral is minus the real part of the dilogarithm of $u$). The edge is at $s = 2$.
#
# </details>
#
# Good for a first guess, then: use it to centre a grid. It sees the first hundred steps only, and one number cannot be
# right for schedules whose best rates differ, nor for every length of training.
#
# ## Summary
#
# - A schedule is a function of the step. In flat directions what counts is the sum of its rates.
# - Without noise on a bowl, no schedule that stays below $1/\lambda_{\max}$ beats the constant highest rate. "Decay helped"
#   needs a control: each arm at its own best rate, with the same budget.
# - Against noise decay can pay: it has a high rate's speed early, and a low rate's floor late.
# - On the small network, each at its own best rate, cosine ended below constant, and one-cycle below cosine with and
#   without a warm-up; linear and cosine tied.
# - Under pure noise Adam's first step is 4.4 times as long as its later ones. A warm-up shortens it.
# - Without noise a range test can blow up at 6.3 times the edge. Use range tests to centre a grid.
#
# ## Questions to ask yourself
#
# **1.** A paper compares a cosine from 0.5 with a constant rate of 0.05 and reports half the error. What do you ask?
#
# <details>
# <summary>Answer</summary>
#
# How a constant rate of 0.5 does, and the ones between: the best constant rate of the same grid, with the same number of
# steps. Only what is left is the cosine's.
#
# </details>
#
# **2.** You double the number of epochs and keep `schedules.exponential(0.1, n_steps=1000)`, which falls to a tenth in every
# 1000 steps. The run had ended at step 5000. What will the second half do?
#
# <details>
# <summary>Answer</summary>
#
# Next to nothing. After 5000 steps the rate is $10^{-6}$; the sum of all rates still to come is about 0.0004, against 43
# before. A schedule has to be stretched with the budget.
#
# </details>
#
# **3.** A run follows a linear decay to zero. Half-way you are given twice the budget. What would you rather have used?
#
# <details>
# <summary>Answer</summary>
#
# Warm-up–stable–decay: as long as the decay has not begun, the constant part can be made longer. Linear and cosine must know
# the end from the beginning.
#
# </details>
#
# ## Go deeper
#
# - H. Robbins, S. Monro, [*A stochastic approximation method*](https://doi.org/10.1214/aoms/1177729586) (1951): the rates
#   must add up to infinity, and their squares must not.
# - I. Loshchilov, F. Hutter, [*SGDR: stochastic gradient descent with warm restarts*](https://arxiv.org/abs/1608.03983),
#   ICLR (2017): the cosine.
# - L. N. Smith, [*Cyclical learning rates for training neural networks*](https://arxiv.org/abs/1506.01186),
#   WACV (2017): the range test, in section 3.3. L. N. Smith, N. Topin,
#   [*Super-convergence*](https://arxiv.org/abs/1708.07120) (2018): one-cycle.
# - J. Howard, S. Gugger, [*fastai: a layered API for deep learning*](https://arxiv.org/abs/2002.04688) (2020): the library
#   whose learning-rate finder ramps geometrically and looks at the loss.
# - P. Goyal and others, [*Accurate, large minibatch SGD*](https://arxiv.org/abs/1706.02677) (2017): linear warm-up.
# - A. Vaswani and others, [*Attention is all you need*](https://arxiv.org/abs/1706.03762) (2017): the inverse square root.
#   S. Hu and others, [*MiniCPM*](https://arxiv.org/abs/2404.06395) (2024): warm-up–stable–decay.
# - L. Liu and others, [*On the variance of the adaptive learning rate and
#   beyond*](https://arxiv.org/abs/1908.03265), ICLR (2020); J. Ma, D. Yarats, [*On the adequacy of untuned
#   warmup*](https://arxiv.org/abs/1910.04209), AAAI (2021): two accounts of Adam's warm-up.
#
# **Next:** a schedule does not see the gradient. What if one gradient is suddenly huge?
# [17: Clip the step](17_clip_the_step.ipynb)
