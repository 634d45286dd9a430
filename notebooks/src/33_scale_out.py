# %% [markdown]
# # 33 · Scale out ★
#
# *Many workers train one network together. What changes, and how many workers are worth having?*
#
# **You will do:** put a gradient together from the parts of several workers. Look at real processes that
# work together, lose one of them, and take it back. Find the largest learning rate for gradients that come
# late. Send a tenth of a gradient and lose nothing.
#
# **You will learn:** what **data-parallel training**, **all-reduce**, a **parameter server**,
# **staleness**, **local SGD** and **error feedback** are; what a checkpoint saves; why the critical batch
# size ends the race for more workers.
#
# **You need:** the noise of a batch, from [08: Sample mini-batches](08_sample_minibatches.ipynb); the
# critical batch size, from [09: Choose a batch size](09_choose_a_batch_size.ipynb); the largest stable
# rate, from [05: Descend the gradient](05_descend_the_gradient.ipynb).
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## The promise, and its end
#
# $N$ workers take $B$ examples each, add up their gradients, and make one step with the sum. A step then
# sees $NB$ examples. How long does the network of notebook 24 need until its validation loss is 0.2? The
# model below puts three things together: the steps that a batch size needs, from notebook 09; the time of
# one example's gradient; and the time in which two processes on this machine add up vectors. The last two
# were measured once and saved.

# %%
from course_lib.data import load_results
from course_lib.scaling import cost
from course_lib.training.critical_batch import fit

saved = load_results("scale_out")
sizes = 4 * np.array(saved["sizes"])
latency = saved["sums"][0] / 2
bandwidth = (sizes[-1] - sizes[-2]) / (saved["sums"][-1] - saved["sums"][-2])
rows = load_results("batch_size")["rows"]
steps = [np.exp(np.log(row["steps"]).mean()) for row in rows]
s_min, b_crit = fit([row["batch_size"] for row in rows], steps)
print(f"a message: {1000 * latency:.1f} ms; bandwidth: {bandwidth / 1e6:.0f} MB/s")
print(f"an example: {1e6 * saved['example']:.1f} microseconds; knee: {b_crit:.0f}")

# %% [markdown]
# With these constants, here is the time for 1 to 4 096 workers:

# %% tags=["figure"] mystnb={"image": {"alt": "Seconds until the loss is reached against the number of workers from 1 to 4096, both axes logarithmic, for 8, 64 and 512 examples a worker. The curves start between 0.1 and 0.7 seconds with one worker, are higher with two, and rise on; from some hundred workers on they are one line, which ends near 1000 seconds."}}
workers = 2 ** np.arange(13)
fig, ax = plt.subplots()
for batch_size, style in ((8, "-"), (64, "--"), (512, ":")):
    seconds = cost.seconds_to_target(
        workers, batch_size=batch_size, n_bytes=4 * 118_282, latency=latency,
        seconds_an_example=saved["example"], bandwidth=bandwidth,
        s_min=s_min, b_crit=b_crit)
    ax.loglog(workers, seconds, style, color="black", label=f"B = {batch_size}")
ax.set(xlabel="workers $N$", ylabel="seconds to the target")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* on this task, over this connection, a second worker makes everything slower. The
# network is small: adding up its gradient takes longer than computing it. So this notebook asks three
# questions: what is computed together, how waiting and messages can be saved, and for which tasks the curve
# goes down.
#
# ## One batch on many workers
#
# Each worker has its own rows and computes the gradient of *its* mean loss. The step wants the gradient of
# the mean over *all* rows.
#
# ### Exercise 33.1 · Put the gradient together
#
# Worker $i$ has `sizes[i]` rows, and not all have the same number. Return the gradient of the mean loss
# over all rows.

# %% tags=["exercise"]
def average(gradients, sizes):
    """Return the gradient over all rows, from each worker's own, (workers, n)."""
    ### BEGIN SOLUTION
    sizes = np.asarray(sizes)
    return sizes @ np.asarray(gradients) / sizes.sum()
    ### END SOLUTION

# %%
check.average(average)

# %% [markdown]
# The sum over all workers is called an **all-reduce**: all get it, so that all make the same step. With
# TensorFlow's `MultiWorkerMirroredStrategy` two processes did just that, over the network interface of one
# machine: 20 steps of heavy ball on 256 rows, every second row for either process. (`model.fit` of Keras
# 3.15 fails under this strategy, so the loop is written out; see `course_lib/scaling/mirrored.py`.)
#
# **Predict:** NumPy makes the same steps with all rows in one batch. How far are the weights of the two
# runs apart?

# %%
from course_lib.optimizers import minimize
from course_lib.scaling import mirrored

X, y = mirrored.data(256, 20, seed=0)

def fun(w):
    error = X @ w - y
    return 0.5 * np.mean(error**2), X.T @ error / len(y)

alone = minimize(fun, np.zeros(20), "momentum", lr=0.2, beta=0.9, n_steps=20)
together = np.array(saved["together"])
print(f"largest difference in 20 steps: {abs(together - alone.w[1:]).max():.0e}")
print("model.fit said:", saved["fit"][:60])

# %% tags=["guard"]
assert abs(together - alone.w[1:]).max() < 1e-14
assert saved["fit"].startswith("ValueError") and "PerReplica" in saved["fit"]
assert 50 < b_crit < 150 and workers[-1] == 4096 and seconds[1] > seconds[0]

# %% [markdown]
# They differ by rounding only. Data-parallel training is *not another method*: it is the large batch of
# notebook 09, with all that this means for the learning rate.
#
# ## A worker dies
#
# In the same run worker 1 was killed before step 14, with `kill -9`. Both workers wrote a **checkpoint**
# every five steps: weights, velocity and the number of the step. Then both were started again.
#
# **Predict:** how many steps does worker 0 still make? Which steps are computed twice? Does the continued
# run differ from one that was never interrupted?

# %% tags=["figure"] mystnb={"image": {"alt": "Loss against the step, logarithmic. A broad grey curve, the undisturbed run, swings down over 20 steps. Black circles lie on it from step 1 to step 13, where they end; grey squares lie on it from step 11 to step 20."}}
def losses(path):
    return [fun(w)[0] for w in np.array(path)]

broken = saved["killed"]["broken"]["w"]
resumed = saved["killed"]["resumed"]["w"]
first = saved["killed"]["resumed"]["first"]
t = np.arange(1, 21)
fig, ax = plt.subplots()
ax.semilogy(t, losses(together), color="0.8", linewidth=6, label="undisturbed")
ax.semilogy(t[:len(broken)], losses(broken), "ko", label="before the kill")
ax.semilogy(t[first:], losses(resumed), "s-", color="0.4", label="started again")
ax.set(xlabel="step $t$", ylabel="loss", xticks=range(0, 21, 5))
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* worker 0 needs the other one in every step, so it stops after step 13 too, with an
# error. The new processes go on after step 10. Steps 11 to 13 are computed twice, with the same result. A
# checkpoint must hold *all* that the rule remembers: without the velocity the second start would be another
# run.

# %%
twice = np.array(resumed)[:len(broken) - first]
print(f"killed after step {len(broken)}, started again after step {first}")
print("steps made twice differ by", abs(twice - np.array(broken)[first:]).max())
print("the end differs by", abs(resumed[-1] - together[-1]).max())

# %% tags=["guard"]
assert (len(broken), first, len(resumed)) == (13, 10, 10)
assert (first + 1, len(broken) + 1) == (11, 14)
assert abs(resumed[-1] - together[-1]).max() == 0
assert abs(twice - np.array(broken)[first:]).max() == 0
assert saved["killed"]["broken"]["codes"] == [1, -9]

# %% [markdown]
# ## Nobody waits
#
# In each step all workers wait for the slowest. The alternative is **asynchronous** training with a
# **parameter server**: it holds the weights. A worker fetches them, computes a gradient, sends it, and the
# server applies it at once, whatever the others did in the meantime. The gradient is then late. Its
# **staleness** $\tau$ is the number of steps that the server has made since the worker fetched the weights.
#
# What do late gradients cost? On a bowl with curvature $\lambda$, plain descent becomes
# $w_{t+1} = w_t - \mathrm{lr}\,\lambda\, w_{t-\tau}$. Without delay it is stable up to
# $\mathrm{lr}\,\lambda = 2$.
#
# ### Exercise 33.2 · The largest rate for late gradients
#
# Find the largest $\mathrm{lr}\,\lambda$ for which $w$ does not grow without end, for any delay from 0 to
# 10, to within half a per cent. You may run it and bisect, look for the roots of a polynomial, or find the
# formula.

# %% tags=["exercise"]
def largest_rate(delay):
    """Return the largest stable lr * curvature for gradients of `delay` steps ago."""
    ### BEGIN SOLUTION
    low, high = 0.0, 2.5
    for _ in range(50):
        a = (low + high) / 2
        polynomial = np.zeros(delay + 2)  # z^(delay+1) - z^delay + a
        polynomial[0] = 1.0
        polynomial[1] -= 1.0
        polynomial[-1] += a
        stable = abs(np.roots(polynomial)).max() <= 1 + 1e-9
        low, high = (a, high) if stable else (low, a)
    return low
    ### END SOLUTION

# %%
check.largest_rate(largest_rate)

# %% [markdown]
# **Predict:** if the delay grows tenfold, what becomes of the largest rate? The cell measures it: 400 rates
# for each delay, each a run of 4 000 steps of the library's `sgd` with late gradients; a run counts as
# stable if it ends nearer than it started.

# %% tags=["figure"] mystnb={"image": {"alt": "Largest stable rate times curvature against delay plus one, both axes logarithmic. Seven black circles fall from 2 at delay 0 along a grey line to 0.05 at delay 30; beyond the first two they lie on a straight line of slope minus one."}}
from course_lib.scaling import workers as sim

parabola = lambda w: (0.5 * (w**2).sum(axis=-1), w)
delays = np.array([0, 1, 2, 4, 8, 15, 30])
a = np.geomspace(0.02, 2.5, 400)[:, None]
measured = []
for delay in delays:
    path = sim.stale_descent(parabola, np.ones_like(a), "sgd", lr=a, delay=delay,
                             n_steps=4000)
    measured.append(a[abs(path[-1]) < 1].max())
predicted = [sim.largest_stale_rate(delay) for delay in delays]
fig, ax = plt.subplots()
ax.loglog(delays + 1, predicted, color="0.7", linewidth=4, label="formula")
ax.loglog(delays + 1, measured, "o", color="black", label="measured")
ax.set(xlabel=r"delay $\tau$, plus 1", ylabel=r"largest stable lr $\times$ curvature")
ax.legend()
plt.show()
print("measured / formula:", np.round(np.array(measured) / predicted, 2))

# %% [markdown]
# *Reading the figure:* the line was not fitted; it is
#
# $$\mathrm{lr}\,\lambda < 2\,\sin\frac{\pi}{4\tau + 2}.$$
#
# For long delays that is nearly $\pi/(2\tau)$: ten times the delay allows a tenth of the rate.
#
# <details>
# <summary>Why this is true</summary>
#
# Put $w_t = z^t$: then $z^{\tau+1} = z^\tau - a$ with $a = \mathrm{lr}\,\lambda$. At the edge a root lies
# on the unit circle, $z = e^{i\varphi}$, so $z^\tau(z - 1) = -a$. The size of the left side is
# $|z-1| = 2\sin(\varphi/2)$. Its angle is $\tau\varphi + \tfrac{\varphi}{2} + \tfrac{\pi}{2}$, and it must
# be that of $-a$, which is $\pi$. The first solution is $\varphi = \pi/(2\tau+1)$, and
# $a = 2\sin(\varphi/2)$ gives the formula.
#
# </details>
#
# ## How late are real gradients?
#
# `ParameterServerStrategy` was run on this machine, as one server and one, two or three workers, each a
# process of its own. Each made 200 steps, lengthened by some products of matrices. The server counts its
# steps, so each gradient knows its staleness.
#
# **Predict:** if all $N$ workers are equally fast, which staleness is typical?

# %% tags=["figure"] mystnb={"image": {"alt": "Three histograms of staleness for one, two and three workers. One worker: all 200 steps at 0. Two workers: most at 1. Three workers: spread over 0 to 3, most at 2."}}
fig, axes = plt.subplots(1, 3, figsize=(9.6, 3.2), sharey=True)
for ax, n, run in zip(axes, saved["workers"], saved["server"], strict=True):
    counts = np.bincount(run["staleness"], minlength=5)
    ax.bar(range(5), counts[:5], color="0.4")
    ax.set(xlabel="staleness", title=f"workers: {n}", xticks=range(5))
    print(f"{n} workers: mean staleness {np.mean(run['staleness']):.2f}")
axes[0].set_ylabel("steps")
plt.show()

# %% [markdown]
# *Reading the figure:* while a worker computes, each of the other $N-1$ finishes about one step. So the
# mean staleness is near $N-1$, and a little less here: three workers share two processor cores, and take
# turns. All three runs arrived at the weights that the task hides.

# %% tags=["guard"]
late = [np.mean(run["staleness"]) for run in saved["server"]]
assert late[0] == 0 and 0.7 < late[1] < 1.1 and 1.4 < late[2] < 2.1
assert all(run["distance"][1] < 1e-6 < run["distance"][0] for run in saved["server"])
assert np.bincount(saved["server"][1]["staleness"]).argmax() == 1
assert np.bincount(saved["server"][2]["staleness"]).argmax() == 2
assert all(len(run["staleness"]) == 200 for run in saved["server"])
assert abs(np.array(measured) / predicted - 1).max() < 0.02
assert abs(2 * np.sin(np.pi / (4 * 100 + 2)) / (np.pi / 200) - 1) < 0.01

# %% [markdown]
# Workers may also be threads of one process, which share one array of weights and do not wait for each other
# even while they write. That is **Hogwild**. On *sparse* examples two threads rarely want the same weight at
# once. Here four threads train 100 weights with examples of four features, and each update also raises a
# counter beside its weight.
#
# **Predict:** which share of the updates is lost, because another thread wrote in between?

# %%
from course_lib.scaling import hogwild

raced = hogwild.race(100, threads=4, seed=0)
print(f"lost: {raced['lost']:.2%}, distance {max(raced['distance'], 1e-9):.0e}")

# %% [markdown]
# None is lost, and the weights are found. In Python only one thread runs at a time, and it may be
# interrupted between two lines of this kind, but not within one of them. Where threads really run at once,
# as in C++, some updates are lost; the paper shows that on sparse problems this does little harm.
#
# ## Send less
#
# Eight workers have *different* data: each has a bowl with its own minimum and its own curvatures, and we
# want the minimum of the mean. They could send only the five largest of 50 entries of each gradient. What
# was not sent is lost. Or is it kept?
#
# ### Exercise 33.3 · Error feedback
#
# A worker keeps what it did not send, and adds it to the next gradient. Return what is sent, an array like
# $g$ that has at most $k$ entries other than zero, and what is kept.

# %% tags=["exercise"]
def send(g, kept, k):
    """Return (sent, kept): the k largest entries of g + kept, and the rest."""
    ### BEGIN SOLUTION
    wanted = g + kept
    largest = np.argsort(-abs(wanted))[:k]
    sent = np.zeros_like(wanted)
    sent[largest] = wanted[largest]
    return sent, wanted - sent
    ### END SOLUTION

# %%
check.send(send)

# %% [markdown]
# Here are the eight workers, and a descent in which each sends what its `send` makes of its gradient.

# %%
from course_lib.scaling import compression

rng = np.random.default_rng(0)
H = np.exp(rng.uniform(np.log(0.2), 0, (8, 50)))
C = 1 + rng.standard_normal((8, 50))
best = (H * C).sum(axis=0) / H.sum(axis=0)

def descend(senders, n_steps, lr=0.03):
    w = np.zeros(50)
    distance = []
    for _ in range(n_steps):
        gradients = H * (w - C)
        sent = [send(g) for send, g in zip(senders, gradients, strict=True)]
        w = w - lr * sim.average(sent, np.ones(8))
        distance.append(np.linalg.norm(w - best))
    return distance

# %% [markdown]
# **Predict:** all workers send 5 of 50 entries. How close does the run come to the minimum, without and
# with this memory?

# %% tags=["figure"] mystnb={"image": {"alt": "Distance to the minimum against numbers sent by a worker, logarithmic distance axis. The full gradient, a black line, needs the most numbers for the same distance at first. Five largest without memory, a dashed line, falls from 7 to 3 and stays there. Five largest with memory, dash-dotted, falls to about a tenth and stays there."}}
largest = lambda g: compression.top_k(g, 5)
ways = {"all 50": (50, [np.copy] * 8), "5 largest": (5, [largest] * 8),
        "5 largest, memory": (5, [compression.with_memory(largest) for _ in range(8)])}
styles = dict(zip(ways, ("-", "--", "-."), strict=True))
ends = {}
fig, ax = plt.subplots()
for name, (numbers, senders) in ways.items():
    n_steps = 15_000 // numbers
    distance = descend(senders, n_steps)
    ends[name] = distance[-1]
    ax.semilogy(numbers * np.arange(1, n_steps + 1), distance, styles[name], label=name)
ax.set(xlabel="numbers sent by each worker", ylabel="distance to the minimum")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* without memory the run stops far from the minimum: there the workers' gradients
# cancel each other, but their *largest* entries do not. With memory every entry is sent at last. At
# this rate the run comes near the minimum with far fewer numbers than whole gradients need; those, however,
# would also bear a larger rate. A small error is left, because entries come late.
#
# One can also send less often. In **local SGD** each worker makes $k$ steps alone, then all take the mean
# of their weights.
#
# **Predict:** with different data on each worker, does it end at the same minimum for every $k$?

# %%
funs = [lambda w, h=h, c=c: (0.5 * (h * (w - c) ** 2).sum(), h * (w - c))
        for h, c in zip(H, C, strict=True)]
drift = {}
for period in (1, 4, 16, 64):
    path = sim.local_sgd(funs, np.zeros(50), lr=0.1, period=period,
                         n_rounds=2000 // period)
    drift[period] = np.linalg.norm(path[-1] - best)
    print(f"k = {period:2}: {len(path) - 1:4} messages, distance {drift[period]:.1e}")

# %% tags=["guard"]
assert 20 < ends["5 largest"] / ends["5 largest, memory"] < 80
assert drift[1] < 1e-5 < drift[4] < drift[16] < drift[64]

# %% [markdown]
# It does not: the longer the workers are alone, the farther each walks towards its own minimum, and the
# mean of those is another point. This is called **client drift**. With $k = 1$ it is the method of the
# second section.
#
# ## How many workers are worth having?
#
# In a **ring all-reduce** each worker talks to its neighbour only. The vector is cut into $N$ parts; after
# $N-1$ messages each part is summed somewhere, and after $N-1$ more everybody has all sums. No worker ever
# sends more than twice the vector.
#
# A message of $s$ bytes takes $\text{latency} + s/\text{bandwidth}$ seconds, so a ring takes
# $2(N-1)$ latencies, and $2(N-1)/N$ times the bytes divided by the bandwidth.
#
# Now a large task, with numbers that are *assumed*: 100 million weights, 5 ms an example, links of 10 GB/s
# with a latency of 10 microseconds, and a critical batch of 100 000 examples.
#
# **Predict:** with 8 examples a worker, from which number of workers on does it no longer pay to double it?

# %% tags=["figure"] mystnb={"image": {"alt": "Seconds to the target against workers from 1 to 4096 for the large task, both axes logarithmic, with a grey vertical line for each curve. For 8 examples a worker the curve is level from 1 to 2 workers and then falls steadily to below 1000 seconds. For 64 it falls from the start and begins to flatten near its line. For 512 it falls too, and flattens near its line; beyond 1000 workers it is level."}}
fig, ax = plt.subplots()
gains = {}
for batch_size, style in ((8, "-"), (64, "--"), (512, ":")):
    seconds = cost.seconds_to_target(
        workers, batch_size=batch_size, n_bytes=4e8, latency=1e-5, bandwidth=1e10,
        seconds_an_example=5e-3, s_min=1000, b_crit=1e5)
    gains[batch_size] = seconds[:-1] / seconds[1:]
    ax.loglog(workers, seconds, style, color="black", label=f"B = {batch_size}")
    ax.axvline(1e5 / batch_size, color="0.8")
ax.set(xlabel="workers $N$", ylabel="seconds to the target")
ax.legend()
plt.show()
for batch_size, gain in gains.items():
    print(f"B = {batch_size}: gain of doubling", gain.round(2))

# %% [markdown]
# *Reading the figure:* the grey lines stand where $NB$ is the critical batch. Before them twice the workers
# need about half the time; beyond them a step sees more examples than it can use, and the curve becomes
# level. With 8 examples the critical batch lies beyond 4 096 workers; what bends that curve earlier is the
# time of the messages. So it is the *task*, by its critical batch, that says how many workers are worth
# having.
#
# A sweep is easier to scale than a run: its runs do not talk to each other. The sweep of notebook 28 runs
# on a cluster of machines by one line around it, and a worker that is killed loses nothing but the run it
# was making:
#
# ```python
# with Client("tcp://scheduler:8786"), joblib.parallel_config(backend="dask"):
#     sweep("runs.jsonl", settings, jobs, run, n_jobs=64)
# ```
#
# ## Summary
#
# - Data-parallel training makes the steps of one large batch. The parts are averaged by their numbers of rows.
# - A checkpoint holds the weights, what the rule remembers, and the step; steps since the last one are computed again.
# - Without waiting, gradients come about $N - 1$ steps late. Plain descent is then stable up to $2\sin(\pi/(4\tau+2))$.
# - Compressed gradients need a memory of what was not sent. Workers that are long alone drift to their own minima.
# - More workers help until their batch reaches the critical one, if the messages take less time than the gradients.
#
# ## Questions to ask yourself
#
# **1.** You go from one worker to eight, with 32 examples each, and keep the rate of plain SGD. What will you notice?
#
# <details>
# <summary>Answer</summary>
#
# A step now sees 256 examples, so its noise is smaller, but the run needs about as many steps as before. To
# use the larger batch, raise the rate, up to eight times, as long as it stays below the critical batch and
# the edge of stability.
#
# </details>
#
# **2.** The mean of the workers' gradients is wrong if the last worker has only five rows. Why did nobody notice?
#
# <details>
# <summary>Answer</summary>
#
# The five rows count as much as the others' 32, so the error is small and the loss falls as it should.
# Compare with one large batch, to the last digit.
#
# </details>
#
# **3.** An asynchronous run with 16 equal workers explodes at a rate at which a synchronous one is calm. Which rate would you try?
#
# <details>
# <summary>Answer</summary>
#
# The staleness is near 15, so the edge is at $2\sin(\pi/62) = 0.10$ instead of 2: about a twentieth of the
# synchronous edge.
#
# </details>
#
# ## Go deeper
#
# - P. Patarasuk, X. Yuan, [Bandwidth optimal all-reduce algorithms for clusters of workstations](https://doi.org/10.1016/j.jpdc.2008.09.002), 2009.
# - F. Niu, B. Recht, C. Ré, S. Wright, [Hogwild!: a lock-free approach to parallelizing stochastic gradient descent](https://arxiv.org/abs/1106.5730), 2011.
# - S. Stich, [Local SGD converges fast and communicates little](https://arxiv.org/abs/1805.09767), 2019.
# - S. Karimireddy and others, [Error feedback fixes SignSGD and other gradient compression schemes](https://arxiv.org/abs/1901.09847), 2019.
# - S. McCandlish and others, [An empirical model of large-batch training](https://arxiv.org/abs/1812.06162), 2018.
#
# **Next:** [34: Put claims on trial](34_put_claims_on_trial.ipynb), where popular sentences about all of
# this meet their controls.
