# %% [markdown]
# # 16 · Schedule the learning rate
#
# *What does a changing learning rate buy, and how would you know?*
#
# A schedule makes the learning rate depend on the step: high here, low there, up first, down at the end. Schedules help, often much. But a schedule changes several things at once, and the
# help is easily credited to the wrong one. In this notebook every schedule gets a control.
#
# **You will do:** compose a warm-up with a cosine, compute how far a schedule can carry you, repair an experiment that praises decay for nothing, clip a network's gradient, and limit the
# weights of a layer.
#
# **You will learn:** that without noise a falling rate has nothing to offer on a bowl, and what it offers against noise; what is special about Adam's first steps; what a learning-rate range test
# overlooks; and that gradient clipping, weight clipping, max-norm and pruning are four different things.
#
# **You need:** gradient descent and its factor $1 - lr\,\lambda$, as in [05: Descend the gradient](05_descend_the_gradient.ipynb). For the section on warm-up, also the formulas of Adam
# (notebook 14).
#
# **Minutes:** 90. The cells themselves run for about half a minute.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Seven shapes
#
# A schedule is a function of the step number $t = 1, 2, \dots$ that returns the learning rate $lr_t$. Let $n$ be the planned number of steps and $p = (t-1)/n$ the share of them that lies behind us.
# With a highest rate $lr$:
#
# | schedule | $lr_t$ | with $p = \frac12$ |
# |---|---|---|
# | step, a tenth after every third of $n$ | $lr \cdot 0.1^{\lfloor 3p \rfloor}$ | 0.1 |
# | inverse time, half after $n/4$ | $lr/(1 + 4p)$ | 0.333 |
# | exponential, a hundredth after $n$ | $lr \cdot 0.01^{\,p}$ | 0.1 |
# | polynomial of power 2 | $lr\,(1-p)^2$ | 0.25 |
# | cosine | $lr\,(1 + \cos \pi p)/2$ | 0.5 |
# | warm-up over $n/10$, then cosine | $lr\, t/(n/10)$, then the cosine of the rest | a little more than the cosine |
# | one-cycle | up by half a cosine for $0.3\,n$ steps, down by another | the same, more so |
#
# The last but one is a *composition*: `schedules.warmup` takes any schedule and climbs to its first value. **Predict** the two missing numbers: which share of the way down lies behind us at $p = \frac12$,
# if the way down begins at $p_0$? It is $(0.5 - p_0)/(1 - p_0)$; put it into the cosine.

# %% tags=["figure"] mystnb={"image": {"alt": "Seven learning-rate schedules over 300 steps as curves from 0 to 1. Step is a staircase of three levels, inverse time, exponential and polynomial fall fast at first, cosine stays high for long and falls in the middle, warm-up with cosine rises along a straight line first, and one-cycle rises along half a cosine until step 90."}}
import math

from course_lib import landscapes, optimizers
from course_lib.optimizers import descent, schedules

n, t = 300, np.arange(1, 301)
shapes = {"step": schedules.step(1.0, 100), "inverse time": schedules.inverse_time(1.0, 75), "exponential": schedules.exponential(1.0, 300, 0.01),
          "polynomial": schedules.polynomial(1.0, 300, power=2), "cosine": schedules.cosine(1.0, 300),
          "warm-up, cosine": schedules.warmup(schedules.cosine(1.0, 270), 30), "one-cycle": schedules.one_cycle(1.0, 300)}
way = [(1 + math.cos(math.pi * (0.5 - start) / (1 - start))) / 2 for start in (0.1, 0.3)]
fig, ax = plt.subplots(figsize=(8.4, 4.2))
lines = [("black", "-"), ("black", "--"), ("black", ":"), ("0.6", "-"), ("0.6", "--"), ("#009e73", "-"), ("#009e73", "--")]
for (name, schedule), (color, line) in zip(shapes.items(), lines, strict=True):
    ax.plot(t, [schedule(int(step)) for step in t], color=color, linestyle=line, label=name)
ax.set(xlabel="step $t$", ylabel="learning rate / highest", title="Half-way, the rates differ by a factor of 8")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()
for (name, schedule), predicted in zip(shapes.items(), [0.1, 1 / 3, 0.1, 0.25, 0.5, *way], strict=True):
    print(f"{name:15}: half-way predicted {predicted:.2f}, measured {schedule(151):.2f}")
    assert math.isclose(schedule(151), predicted, abs_tol=0.01)

# %% [markdown]
# *Reading the figure:* all start from the same highest rate or climb to it, yet half-way they differ by a factor of 8. So "with a schedule" says little: two schedules of one name and one start can spend very different amounts
# of learning rate. (The cosine is Loshchilov & Hutter's of 2017, without their restarts; `schedules.restarts` has them.)
#
# ### Exercise 16.1 · Compose a warm-up and a cosine
#
# Return $lr_t$. For $t = 1 \dots n_w$ it climbs linearly, $lr_t = lr\; t/n_w$. Afterwards it follows half a cosine, $lr\,(1+\cos\pi p)/2$, where $p$ is the share of the *remaining* $n - n_w$ steps that
# lies behind us: $p = 0$ at $t = n_w + 1$. You need not think of $t > n$.

# %% tags=["exercise"]
def warm_cosine(t, *, lr, n_warmup, n_steps):
    """Return the learning rate of step t = 1 ... n_steps, as a number."""
    ### BEGIN SOLUTION
    if t <= n_warmup:
        return lr * t / n_warmup
    p = (t - 1 - n_warmup) / (n_steps - n_warmup)
    return lr * (1 + math.cos(math.pi * p)) / 2
    ### END SOLUTION

# %%
check.warm_cosine(warm_cosine)

# %% [markdown] tags=["solution"]
# Two slips are common. With $(t-1)/n_w$ the first step has the rate 0: a batch is computed and thrown away. With $p = (t-1)/n$ the rate jumps down where the warm-up ends, because the cosine has not waited.

# %% [markdown]
# ## Does the order of the rates matter?
#
# On a bowl without noise, gradient descent multiplies the coordinate of curvature $\lambda_i$ by $1 - lr_t\,\lambda_i$ at step $t$. After $n$ steps
#
# $$w_i = w_{i,0} \prod_{t=1}^{n} (1 - lr_t\,\lambda_i) .$$
#
# A product does not depend on the order of its factors. So the same rates from high to low, from low to high or shuffled must end at the same point. And as long as $lr_t \le 1/\lambda_{\max}$, no factor is negative, and every factor gets
# *smaller* as its rate grows: **of all schedules that never exceed such a rate, the constant one is best**. (Rates beyond $2/\lambda_{\max}$, mixed in the right proportions, can do better; the classical choice is Chebyshev's. They do not belong to the schedules
# of this notebook.)
#
# **Predict** who wins from $(1, 1)$ with $\lambda = 1, 10$ in 100 steps: the rate 0.1 falling like $1/t$, rising, shuffled, or staying where it is?

# %%
bowl, falling = landscapes.quadratic([1.0, 10.0]), schedules.inverse_time(0.1, 10)
down = np.array([falling(t) for t in range(1, 101)])
rates = {"falling": down, "rising": down[::-1], "shuffled": np.random.default_rng(0).permutation(down), "constant": np.full(100, 0.1)}
for name, lr in rates.items():
    run = descent.minimize(bowl, [1.0, 1.0], "sgd", lr=lambda t, lr=lr: float(lr[t - 1]), n_steps=100)
    predicted = 0.5 * np.prod(1 - lr)**2 + 5 * np.prod(1 - 10 * lr)**2
    print(f"{name:8}: sum of rates {lr.sum():4.1f}, final loss predicted {predicted:.2e}, measured {run.loss[-1]:.2e}")
    assert math.isclose(run.loss[-1], predicted, rel_tol=1e-6)

# %% [markdown]
# Falling, rising and shuffled are equal; constant wins by seven powers of ten. For small rates the product is about $e^{-\lambda_i \sum_t lr_t}$, so in a flat direction the *sum of the rates* is all that counts: a schedule is an amount of
# way to go. Whoever lets the rate fall too fast never arrives, even with unlimited time. Robbins and Monro (1951) asked for $\sum_t lr_t = \infty$ for that reason, and for $\sum_t lr_t^2 < \infty$ because of the noise, which comes further down.
#
# ### Exercise 16.2 · How far does a schedule go?
#
# On a slope of constant gradient $-1$ every step has the length $lr_t$. How far does `w` get? Four numbers, in this order (`math.inf` is allowed, and 1 % of error is too):
#
# 1. constant 0.1, 1000 steps;
# 2. exponential, $0.1 \cdot 0.99^{t-1}$, any number of steps;
# 3. cosine from 0.1 to 0 in 1000 steps;
# 4. inverse time, $0.1/(1 + (t-1)/10)$, any number of steps.

# %% tags=["exercise"]
### BEGIN SOLUTION
distances = [100.0, 10.0, 50.0, math.inf]
### END SOLUTION

# %%
check.distances(distances)

# %% [markdown] tags=["solution"]
# 1. $1000 \cdot 0.1$.
# 2. A geometric series, $0.1/(1 - 0.99)$: a hundred steps' worth, however long it runs.
# 3. The mean of $(1 + \cos\pi p)/2$ over $p$ from 0 to 1 is one half (exactly 50.05 with these steps).
# 4. For large $t$ it is $1/t$, and the harmonic series diverges, slowly: a million steps bring it to about 12.

# %% [markdown]
# ## From the museum: decay gets the credit
#
# Course notes and posts often show this experiment. One run has a constant rate, another a rate that decays. The second ends lower, so decay "improves convergence". The rates are in the small print: the constant run has 0.01, and the
# other one *starts at 0.1*.
#
# We know better how this bowl works. **Predict** the ratio of the final losses, constant over decayed, from the products above. Then the control: a constant rate of 0.1.

# %%
from course_lib.data import datasets
from course_lib.checks import museum
from course_lib.training.range_test import lr_range, on_batches
from course_lib.networks.network import mlp
from course_lib.training.loop import train

claimed = museum.museum_decay_gain(bowl, [1.0, 1.0], (0.01, 0.1), 100)
end = {name: 0.5 * np.prod(1 - lr)**2 + 5 * np.prod(1 - 10 * lr)**2 for name, lr in (("low", np.full(100, 0.01)), ("high", np.full(100, 0.1)), ("decayed", down))}
control = descent.minimize(bowl, [1.0, 1.0], "sgd", lr=0.1, n_steps=100).loss[-1] / end["decayed"]
print(f"museum:  'decay divides the loss by' predicted {end['low'] / end['decayed']:.1f}, measured {claimed:.1f}")
print(f"control: decay divides the loss by   predicted {end['high'] / end['decayed']:.0e}, measured {control:.0e}")
assert math.isclose(claimed, end["low"] / end["decayed"], rel_tol=1e-6) and control < 1e-6

# %% [markdown]
# The gain of 20 belongs to the tenfold rate. At equal first rates decay does harm here, by seven powers of ten.
#
# ### Exercise 16.3 · Repair the experiment
#
# The function was meant to return what decay gains: the final loss at a constant rate over the final loss with decay. It may choose among `rates`. Find what is unfair, and repair it. Which control is fair? Not one shared rate,
# which may suit one arm and not the other: **each arm gets its own best of the same rates.**

# %% tags=["exercise"]
def museum_decay_gain(fun, w, rates, n_steps):
    ### BEGIN SOLUTION
    def best(schedule):
        return min(descent.minimize(fun, w, "sgd", lr=schedule(lr), n_steps=n_steps).loss[-1] for lr in rates)

    return best(schedules.constant) / best(lambda lr: schedules.inverse_time(lr, n_steps // 10))
    ### END SOLUTION
    ### BEGIN STUB
    # def final_loss(lr):
    #     return descent.minimize(fun, w, "sgd", lr=lr, n_steps=n_steps).loss[-1]
    #
    # decayed = min(final_loss(schedules.inverse_time(lr, n_steps // 10)) for lr in rates)
    # return final_loss(min(rates)) / decayed
    ### END STUB

# %%
check.museum_decay_gain(museum_decay_gain)

# %% [markdown] tags=["solution"]
# Decay had been tried at every rate, the constant arm at the smallest only. The rule for all comparisons of this kind: the same budget of steps, the same grid of rates, the best of each arm, and the best not at the edge of the grid. (Notebook 28 adds seeds and
# intervals.)

# %% [markdown]
# ## What decay is really good for: noise
#
# Now let every gradient carry noise: $g = w + \xi_t$ on $f = \frac12 w^2$, where the $\xi_t$ are independent with mean 0 and variance 1. Then $w_t = (1 - lr)\, w_{t-1} - lr\, \xi_t$, and squaring and averaging gives, for a constant rate,
#
# $$E[w_n^2] = (1-lr)^{2n}\, w_0^2 + \frac{lr}{2 - lr}\left(1 - (1-lr)^{2n}\right).$$
#
# The first term wants a high rate, the second, the noise floor, a low one. A constant rate has to compromise. A falling one need not: with $lr_t = 1/t$ the first step forgets $w_0$ altogether, and by induction $w_n = -\frac1n \sum_t \xi_t$, the mean of
# the noise, so $E[w_n^2] = 1/n$.
#
# Start at $w_0 = 10$, with $n = 1000$ steps. The control gets the *best* constant rate, which the formula tells. **Predict:** what does decay gain, honestly?

# %% tags=["figure"] mystnb={"image": {"alt": "Log-log plot of the mean square of w over 2000 runs against the step. A constant rate of 0.1 falls fast and stays at 0.05. The best constant rate for 1000 steps falls late and ends near 0.0035. The rate 1/t follows a straight line down to 0.001."}}
def mean_square(lr, n, start=10.0):
    left = (1 - lr)**(2 * n)
    return left * start**2 + lr / (2 - lr) * (1 - left)

grid, n, rng = np.geomspace(1e-4, 1, 401), 1000, np.random.default_rng(0)
best = float(grid[np.argmin(mean_square(grid, n))])
arms = {"constant 0.1": (0.1, mean_square(0.1, n)), "best constant": (best, mean_square(best, n)), "1/t": (schedules.inverse_time(1.0, 1), 1 / n)}
ends, (fig, ax) = {}, plt.subplots()
for (name, (lr, _)), line in zip(arms.items(), (":", "--", "-"), strict=True):
    loss = descent.minimize(lambda w: (0.5 * (w**2).sum(axis=-1), w + rng.standard_normal(w.shape)), np.full((2000, 1), 10.0), "sgd", lr=lr, n_steps=n).loss
    ends[name] = 2 * loss[-1].mean()
    ax.loglog(np.arange(1, n + 1), 2 * loss[1:].mean(axis=1), **look("sgd", label=name, linestyle=line, marker=None))
ax.set(xlabel="step $t$", ylabel="mean of $w^2$ over 2000 runs", title="Against noise, decay beats the best constant rate")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the dotted run is fast and then stands on its floor. The best constant rate is slower, and its floor is lower. Only the falling rate has both. The numbers:

# %%
for name, (_, predicted) in arms.items():
    print(f"{name:13}: mean of w^2 predicted {predicted:.2g}, measured within 12 %: {abs(ends[name] / predicted - 1) < 0.12}")
    assert abs(ends[name] / predicted - 1) < 0.12
predicted, gain = arms["best constant"][1] * n, ends["best constant"] / ends["1/t"]
print(f"honest gain: predicted {predicted:.1f}, measured within 20 %: {abs(gain / predicted - 1) < 0.2}")
for n in (100, 1000, 10_000):
    print(f"best constant rate for {n:5} steps: {grid[np.argmin(mean_square(grid, n))]:.1g}")

# %% [markdown]
# A factor of 3.5, measured against the best that a constant rate can do. (Nothing here says that $1/t$ is right for you: its constant must fit the curvature, and with a network's changing curvature it usually does not.)
#
# The last lines are worth remembering too: **the best constant rate depends on how long you train.** It falls nearly as fast as $1/n$.
#
# ## One-cycle
#
# Smith and Topin (2018) let the rate rise to a high peak and fall to almost nothing. PyTorch's proportions, which `schedules.one_cycle` shares, are: from $lr/25$ up to $lr$ in the first 30 % of the steps, then down to $lr/250\,000$. (Their momentum runs the other way; ours stays where it is.)
#
# **Predict** for $n = 600$ the step of the peak, and the mean rate. Half a cosine between two values has their mean as its mean.

# %%
cycle = schedules.one_cycle(0.8, 600)
lr = np.array([cycle(t) for t in range(1, 601)])
predicted = 0.8 * (0.3 * (1 / 25 + 1) / 2 + 0.7 * (1 / 250_000 + 1) / 2)
print(f"peak: predicted at step {round(0.3 * 600)}, measured at step {lr.argmax() + 1}; first rate predicted {0.8 / 25:.3f}, measured {lr[0]:.3f}")
print(f"mean rate: predicted {predicted:.3f}, measured {lr.mean():.3f}")
assert lr.argmax() + 1 == 180 and math.isclose(lr.mean(), predicted, rel_tol=0.01)

# %% [markdown]
# So at the same peak a one-cycle and a cosine spend the same amount of learning rate, half of a constant rate's. They differ in *where*.
#
# ## The same question on a network
#
# A small network, 784-32-10, learns 5000 images of MNIST by SGD, in batches of 50, for 6 epochs. The judge is the loss on the validation images; the test images stay closed. Four schedules, one budget, one grid of highest rates, six seeds
# each. (Without a network connection 1 797 smaller digits take the place of MNIST; every cell runs with them, and the text speaks of MNIST.)
#
# What did we learn from the bowls? At *low* rates the noise floor is low, and what is missing is way to go: there **cosine should lose to constant**, because it spends half the rate. At high rates the floor is what hurts: there cosine should win.
# And its best rate should be *higher*. A number too: a cosine of highest rate $2\,lr$ has the same sum of rates as the constant $lr$, so at low rates **cosine at 0.1 should equal constant at 0.05**.

# %%
data = datasets.split(datasets.load_mnist())
X, y, valid, real = data.X_train[:5000], data.y_train[:5000], (data.X_valid, data.y_valid), data.name == "mnist"
N = 6 * math.ceil(len(X) / 50)
kinds = {"constant": schedules.constant, "cosine": lambda lr: schedules.cosine(lr, N), "one-cycle": lambda lr: schedules.one_cycle(lr, N),
         "warm-up, cosine": lambda lr: schedules.warmup(schedules.cosine(lr, N - N // 10), N // 10)}

def final_loss(schedule, seed):
    rng = np.random.default_rng(seed)
    net = mlp([784, 32, 10], rng=rng)
    train(net, (X, y), "sgd", lr=schedule, epochs=6, batch_size=50, rng=rng, progress=False)
    return net.loss(*valid)

tried = np.array([0.05, 0.1, 0.2, 0.4, 0.8, 1.6])
seeds = {name: np.array([[final_loss(kind(lr), seed) for lr in tried] for seed in range(6)]) for name, kind in kinds.items()}
print(f"{len(X)} images, {sum(loss.size for loss in seeds.values())} runs of {N} steps")

# %% [markdown]
# **Predict** which curve is lowest on the left of the figure, which on the right, and where the four minima stand.

# %% tags=["figure"] mystnb={"image": {"alt": "Validation loss against the highest rate, on log axes, for four schedules, with pale bars from the lowest to the highest of six seeds. On the left the constant rate is clearly lowest. Constant and cosine have their minimum at 0.4, one-cycle and warm-up with cosine a lower one at 0.8. At 1.6 all have climbed steeply."}}
found, (fig, ax) = {name: np.median(loss, axis=0) for name, loss in seeds.items()}, plt.subplots()
for (name, loss), style, color in zip(found.items(), ("o-", "s--", "^-", "D--"), ("black", "black", "#009e73", "#009e73"), strict=True):
    ax.plot(tried, loss, style, color=color, label=name)
    ax.vlines(tried, seeds[name].min(axis=0), seeds[name].max(axis=0), color=color, linewidth=5, alpha=0.3)
    ax.plot(tried[loss.argmin()], loss.min(), "o", markersize=15, markerfacecolor="none", color="0.35")
ax.set(xscale="log", yscale="log", ylim=(0.17, 0.7), xlabel="highest learning rate", ylabel="validation loss, median of 6 seeds")
_ = ax.set_xticks(tried, [f"{lr:g}" for lr in tried]), ax.set_yticks([0.2, 0.3, 0.5], ["0.2", "0.3", "0.5"])
ax.set_title("A falling rate pays at a high rate only")
_ = ax.minorticks_off(), ax.legend(loc="upper center")
plt.show()

# %% [markdown]
# *Reading the figure:* rings mark each schedule's best rate, pale bars reach from the lowest of the six seeds to the highest. On the left the constant rate wins; the three schedules that fall coincide, for they spend the same amount. Further right the order turns round. Now replay the museum's experiment here: constant at 0.05 against cosine at 0.4 looks like a triumph of
# decay. Most of it is the rate.

# %%
constant, cosine, best = found["constant"], found["cosine"], {name: loss.argmin() for name, loss in found.items()}
for name in ("cosine", "one-cycle", "warm-up, cosine"):
    worse, better = (seeds[name] > seeds["constant"]).all(axis=0)[0], (seeds[name] < seeds["constant"]).all(axis=0)[4]
    wins = (seeds[name][:, best[name]] < seeds["constant"][:, best["constant"]]).sum()
    print(f"{name:15}: in all seeds worse than constant at 0.05: {bool(worse)}, better at 0.8: {bool(better)}; "
          f"both at their best: ahead in at least 5 of 6: {bool(wins >= 5)}")
rate_alone, all_of_it = constant[0] - constant.min(), constant[0] - cosine.min()
print(f"cosine at 0.1 and constant at 0.05 agree within 8 %: {bool(abs(cosine[1] / constant[0] - 1) < 0.08)}")
print(f"share of the museum's gain that a higher constant rate gives too: above one half: {bool(rate_alone > 0.5 * all_of_it)}")
if real:
    assert abs(cosine[1] / constant[0] - 1) < 0.08 and rate_alone > 0.5 * all_of_it
    assert all(loss[0] > constant[0] + 0.02 for name, loss in found.items() if name != "constant")
    assert cosine[4] < 0.9 * constant[4] and found["one-cycle"].min() < 0.94 * constant.min()

# %% [markdown]
# An honest summary for *this* network and budget. **At their own best rates, cosine and constant are tied**: the medians differ by about 5 %, and seed by seed now the one is ahead and now the other. The
# prediction that the cosine's best rate is higher shows only beside it: at 0.8 the cosine is far better than the constant rate, but 0.4 suits both. What the falling rate buys at 0.4 is reliability: its bar is short. With a climb in front, in
# one-cycle or warm-up, the rate can be doubled once more, and that is ahead of the tuned constant rate in at least five of six seeds, by about 12 %. Six seeds do not choose between these two. That one-cycle trains ten
# times faster, as was reported for some larger networks ("super-convergence"), is neither shown nor refuted by this.
#
# ## What is special about Adam's first steps?
#
# Why climb at all? For Adam there is a precise answer. Let a coordinate's gradients be pure noise: independent, symmetric about 0, all with the same distribution. Adam steps by $lr\; \hat m_t/\sqrt{\hat v_t}$. At $t = 1$, $\hat m_1 = g$ and $\hat v_1 = g^2$, so the step is $\pm lr$:
# **the whole rate, on the evidence of a single batch.** Later the average $\hat m_t = \sum_i a_i g_i$ cancels the noise, with weights $a_i = (1-\beta_1)\beta_1^{t-i}/(1-\beta_1^t)$. For $\beta_2 \to 1$, $\hat v_t$ is the plain mean of the squares, the mixed terms of
# $\hat m_t^2/\hat v_t$ average to 0 by symmetry, and each $g_i^2/\hat v_t$ averages to 1, since no $i$ is special. So
#
# $$E\left[\frac{\hat m_t^2}{\hat v_t}\right] = \sum_{i=1}^{t} a_i^2 = \frac{1-\beta_1}{1+\beta_1} \cdot \frac{1+\beta_1^t}{1-\beta_1^t} .$$
#
# Its root falls from 1 to $\sqrt{0.1/1.9} = 0.229$ with $\beta_1 = 0.9$. (SGD's steps have no such beginning.)
#
# There is a second quantity in the literature: the variance of the factor $1/\sqrt{\hat v_t}$ (Liu et al. 2020). For normal noise of variance 1 it is $\frac{t}{t-2} - \frac t2\,\frac{\Gamma((t-1)/2)^2}{\Gamma(t/2)^2}$, and *infinite* for $t \le 2$. **Predict** both at $t = 10$ and
# $t = 100$.

# %%
rng, state, w, rms, spread = np.random.default_rng(0), {}, np.zeros(50_000), [], []
for t in range(1, 101):
    stepped, state = optimizers.adam(w, rng.standard_normal(w.shape), state, lr=1.0)
    rms.append(np.sqrt(np.mean(stepped**2)))
    spread.append(np.var(1 / np.sqrt(state["v"] / (1 - 0.999**t))))
t = np.arange(1, 101)
rms_theory = np.sqrt(0.1 / 1.9 * (1 + 0.9**t) / (1 - 0.9**t))
spread_theory = [t / (t - 2) - t / 2 * math.exp(2 * (math.lgamma((t - 1) / 2) - math.lgamma(t / 2))) for t in range(3, 101)]
for t in (1, 10, 100):
    factor = "infinite" if t < 3 else f"{spread_theory[t - 3]:.2g}, measured within 10 %: {abs(spread[t - 1] / spread_theory[t - 3] - 1) < 0.1}"
    print(f"t = {t:3}: rms step / lr predicted {rms_theory[t - 1]:.2f}, measured {rms[t - 1]:.2f}; variance of the factor predicted {factor}")
assert np.allclose(rms, rms_theory, rtol=0.02) and np.allclose(spread[9:], spread_theory[7:], rtol=0.1)

# %% [markdown]
# The second variance is infinite at first, yet no step is longer than $lr$ at $t = 1$: where the factor is huge, the gradient is tiny. That is why Ma and Yarats (2021) look at the size of the whole step, as we did. For a network both count only if its
# gradients are mostly noise. Are they?
#
# Freeze the network at its start. Give Adam 20 batches, record the steps it *would* take, and repeat this with 20 shuffles of the images. The variance across the shuffles, averaged over all weights with a gradient, is what chance does to a step. **Predict** for pure noise:
# it falls from 1 to $\sum a_i^2 = 0.067$ at $t = 20$. For SGD it stays the same.

# %% tags=["figure"] mystnb={"image": {"alt": "Variance across shuffles, relative to the first step, against the step from 1 to 20, on a log axis. SGD's black curve stays near 1. Adam's falls to about 0.05, a little below the dashed grey prediction for pure noise, which ends at 0.067."}}
net, orders = mlp([784, 32, 10], rng=np.random.default_rng(0)), {"adam": [], "sgd": []}
for name, seed in ((name, seed) for name in orders for seed in range(20)):
    rng, state, steps = np.random.default_rng(seed), {}, []
    for rows, _ in zip(datasets.batches(len(X), 50, rng), range(20), strict=False):
        moved, state = optimizers.STEPS[name](net.theta, net.loss_and_grad(X[rows], y[rows])[1], state, lr=1.0)
        steps.append(moved - net.theta)
    orders[name].append(steps)
alive, (fig, ax) = np.all(np.abs(orders["adam"])[:, 0] > 0.5, axis=0), plt.subplots()
chance = {name: np.var(steps, axis=0)[:, alive].mean(axis=1) for name, steps in orders.items()}
for name, variance in chance.items():
    ax.semilogy(np.arange(1, 21), variance / variance[0], **look(name))
ax.semilogy(np.arange(1, 21), rms_theory[:20]**2, "--", color="0.5", label="Adam, pure noise (theory)")
ax.set(xlabel="step $t$ (weights frozen)", ylabel="variance / that of step 1", xticks=[1, 5, 10, 15, 20], title="Adam's first steps depend most on chance")
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* the variance of Adam's step falls about as pure noise would have it; SGD's does not change. The numbers:

# %%
ratio = {name: variance[-1] / variance[0] for name, variance in chance.items()}
print(f"adam: variance at t = 20 over t = 1 predicted about {rms_theory[19]**2:.2f}, measured below 0.1: {bool(ratio['adam'] < 0.1)}")
print(f"sgd:  predicted 1, measured within 30 %: {bool(abs(ratio['sgd'] - 1) < 0.3)}")
print(f"share of the squared first step of adam that is chance: above one half: {bool(chance['adam'][0] > 0.5)}")
assert 0.01 < ratio["adam"] < 0.1 and abs(ratio["sgd"] - 1) < 0.3 and (chance["adam"][0] > 0.5 or not real)

# %% [markdown]
# A warm-up makes exactly these steps short. With a linear one over $n_w$ steps, the first is only $lr/n_w$ long. Whether that matters for the end of a run is another question, which this cell does not answer; it has to be measured, network by network. And SGD, whose first steps are like
# all others, profited from the warm-up in the figure of four schedules: there the reason must be another one. (One candidate is a high curvature at the start; notebook 31 measures curvature along a run.)
#
# ## The range test, and where it misleads
#
# To find a rate without a grid of runs, Smith (2017) raises the rate geometrically, one step at each rate, and watches the loss: it falls, and then it blows up. How far from the edge is the blow-up?
#
# Test it on a bowl whose edge we know: $\lambda = 1, 100$, so $lr < 2/100 = 0.02$. The steep coordinate has been multiplied by $\prod_k |1 - 100\, lr_k|$. Below the edge the factors shrink it to almost nothing, and beyond the edge it has to come all
# the way back. In the limit of a slow test from a low rate, the sum of logarithms becomes an integral, and it is back at its start at $lr = u/\lambda$ where
#
# $$\int_0^u \ln|1-s|\, \frac{ds}{s} = 0 \qquad\Longrightarrow\qquad u = 12.6$$
#
# (the integral is minus the real part of the dilogarithm $\mathrm{Li}_2(u)$). **Predict:** the slow test blows up at $0.126$, six times the edge. Then with a little noise in the gradient, which does not let the steep coordinate shrink to nothing.

# %%
def ramp(n_steps, noise=0.0):
    rng, valley = np.random.default_rng(0), landscapes.quadratic([1.0, 100.0])
    return lr_range(lambda w: (float(valley(w)[0]), valley(w)[1] + noise * rng.standard_normal(2)), np.ones(2), "sgd",
                    lr_low=1e-4, lr_high=1.0, n_steps=n_steps)

tests = {"100 steps": ramp(100), "1600 steps": ramp(1600), "1600 steps, noise": ramp(1600, noise=0.01)}
blow_up = {name: rates[-1] for name, (rates, _) in tests.items()}
print(f"1600 steps, no noise: blow-up predicted at {12.6 / 100:.2f}, measured at {blow_up['1600 steps']:.2f}; the edge is at 0.02")
print(f"100 steps, no noise: measured at {blow_up['100 steps']:.2f}; 1600 steps, noise 0.01: {blow_up['1600 steps, noise']:.3f}")
assert math.isclose(blow_up["1600 steps"], 0.126, rel_tol=0.03) and 0.02 < blow_up["1600 steps, noise"] < 0.03
rng = np.random.default_rng(0)
net = mlp([784, 32, 10], rng=rng)
rates, loss = lr_range(on_batches(net, (X, y), batch_size=50, rng=rng), net.theta.copy(), "sgd", lr_low=1e-3, lr_high=10.0, n_steps=100)
smooth, centre = np.convolve(loss, np.ones(9) / 9, "valid"), rates[4:-4]

# %% [markdown]
# Noise saves the test. So on the network, whose gradients are noisy, it should be of more use. The last lines of the cell made one ramp of 100 steps there, from 0.001 to 10. **Predict** where the smoothed loss is lowest, compared with the tuned rates of the grid, 0.4 and 0.8.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of loss against a rising learning rate on log axes. Left, a bowl: without noise the loss climbs back only near rate 0.13, far right of the dotted edge at 0.02; with noise it blows up soon after the edge. Right, the network: grey batch losses and a smoothed curve that is lowest near 0.3, with vertical lines at 0.4 and 0.8 for the tuned rates of cosine and one-cycle."}}
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4))
for (name, test), line, color in zip(tests.items(), ("-.", "-", ":"), ("black", "black", "#009e73"), strict=True):
    left.loglog(*test, line, color=color, label=name)
left.axvline(0.02, color="0.4", linestyle="--", linewidth=1.2)
left.set(xlabel="rate (dashed: the edge 0.02)", ylabel="loss", title="Bowl: six times too late", ylim=(1e-9, 1e3))
left.legend(loc="lower left")
right.semilogx(rates, loss, ".", centre, smooth, "-", color="black", markersize=4)
for kind, line in (("cosine", "--"), ("one-cycle", "-.")):
    right.axvline(tried[found[kind].argmin()], color="0.45", linestyle=line, linewidth=1.4, label=f"best for {kind}")
right.set(xlabel="rate", ylabel="loss of the batch", title="Network: right to a factor of 3", ylim=(0, 4))
right.legend(loc="upper left")
plt.show()
apart = math.exp(max(abs(np.log(centre[smooth.argmin()] / tried[loss.argmin()])) for loss in found.values()))
print(f"network: lowest at a rate within a factor of 4 of all four tuned rates: {bool(apart < 4)}")
assert not real or apart < 4

# %% [markdown]
# *Reading the figure:* on the left the solid curve passes the edge as if nothing were there, and turns only when it has undone its own shrinking. On the right the smoothed loss is lowest at a rate a little below the tuned ones.
#
# Good for a first guess, then. But *one* number cannot be right for four schedules, whose best rates are 0.4 and 0.8, nor for every length of training: for the noisy bowl the best constant rate fell like $1/n$. What the test overlooks:
#
# - it sees steep directions late, above all without noise;
# - it sees the first hundred steps, in which the network is not the one that will need the rate;
# - where its loss is lowest, that is also because by then it has trained for longest.
#
# Use it to centre a grid.
#
# ## Summary
#
# - A schedule is a function $t \mapsto lr_t$. In flat directions what counts is the sum of its rates: how far it can go.
# - Without noise on a bowl, no schedule with $lr_t \le lr \le 1/\lambda_{\max}$ beats the constant $lr$. "Decay helped" needs the control: each arm at its own best rate, same budget.
# - Against noise, decay pays: early it has a high rate's speed, late a low rate's floor. On the noisy parabola the honest gain was 3.5; on the small network a cosine was tied with a tuned constant rate, and about 12 % of the loss was gained with a climb in front of it.
# - The best constant rate falls with the number of steps.
# - Under pure noise, Adam's first step is $\sqrt{19}$ = 4.4 times as long (rms) as its later ones. A warm-up shortens exactly these.
# - A noiseless range test can blow up at 6.3 times the edge. Use range tests to centre a grid.
# - Clipping by norm keeps the direction, by value it does not; both change the mean of noisy gradients. Neither is weight clipping, max-norm or pruning.
#
# ## Questions to ask yourself
#
# **1.** A paper compares a cosine from 0.5 with a constant rate of 0.05 and reports half the error. What do you ask?
#
# <details>
# <summary>Answer</summary>
#
# How a constant rate of 0.5 does, and the ones between: the best constant rate of the same grid, with the same number of steps. Only what is left is the cosine's.
#
# </details>
#
# **2.** You double the number of epochs and keep `schedules.exponential(0.1, n_steps=1000)`. The run had ended at step 5000. What will the second half do?
#
# <details>
# <summary>Answer</summary>
#
# Next to nothing. After 5000 steps the rate is $10^{-6}$; the sum of all rates still to come is about $10^{-6} \cdot 1000/\ln 10 \approx 0.0004$, against 43 before. A schedule has to be stretched with the budget.
#
# </details>
#
# **3.** Every gradient of a run is longer than the limit, and it is clipped by norm before plain SGD. What is the rule then?
#
# <details>
# <summary>Answer</summary>
#
# Normalised gradient descent: every step has the length $lr \cdot c$. Near the minimum it cannot settle below that scale until the gradients become shorter than the limit.
#
# </details>
#
# **4.** All gradients are multiplied by the same constant factor, 0.01, as if all had been clipped alike. What does that change for SGD, and what for Adam?
#
# <details>
# <summary>Answer</summary>
#
# For SGD it is a rate a hundred times smaller. For Adam it changes nothing but the role of $\varepsilon$. So with Adam, clipping acts only through *which* gradients are clipped: a rare long one counts less in $m$ and $v$.
#
# </details>
#
# ## Go deeper
#
# - H. Robbins, S. Monro, *A stochastic approximation method*, Annals of Mathematical Statistics 22, 400–407 (1951), doi 10.1214/aoms/1177729586: the two sums.
# - I. Loshchilov, F. Hutter, *SGDR: stochastic gradient descent with warm restarts*, ICLR (2017), arXiv 1608.03983: the cosine.
# - L. N. Smith, *Cyclical learning rates for training neural networks*, WACV (2017), arXiv 1506.01186: the range test.
# - L. N. Smith, N. Topin, *Super-convergence: very fast training of neural networks using large learning rates* (2018), arXiv 1708.07120: one-cycle.
# - P. Goyal et al., *Accurate, large minibatch SGD: training ImageNet in 1 hour* (2017), arXiv 1706.02677: linear warm-up.
# - L. Liu et al., *On the variance of the adaptive learning rate and beyond*, ICLR (2020), arXiv 1908.03265; J. Ma, D. Yarats, *On the adequacy of untuned warmup for adaptive optimization*, AAAI (2021), arXiv 1910.04209: two accounts of Adam's warm-up.
# - R. Pascanu, T. Mikolov, Y. Bengio, *On the difficulty of training recurrent neural networks*, ICML (2013), arXiv 1211.5063: clipping by norm, and the cliff.
# - M. Arjovsky, S. Chintala, L. Bottou, *Wasserstein GAN* (2017), arXiv 1701.07875: weight clipping, and its authors' doubts about it. N. Srivastava et al., *Dropout*, Journal of Machine Learning Research 15, 1929–1958 (2014): max-norm. S. Han et al., *Learning both weights and connections for efficient
#   neural networks*, NIPS (2015), arXiv 1506.02626: pruning by size.
#
# **Next:** a schedule does not see the gradient. What if one gradient is suddenly huge?
# [17: Clip the step](17_clip_the_step.ipynb)
