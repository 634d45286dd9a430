# %% [markdown]
# # 19 · Check gradients
#
# *How do I know that a gradient is right?*
#
# A wrong gradient is not always noticed, and then the network may never become as good as it could. This notebook is
# about finding out: by comparing the gradient with one that was made in another way.
#
# **You will do:** measure how well two gradients agree; write the complex step, which is exact to the last
# digits; find three planted faults, and clear one innocent network.
#
# **You will learn:** which disagreement is rounding and which is a fault; when a numerical difference itself
# is wrong; what a gradient costs in time and in memory.
#
# **You need:** [18: Backpropagate](18_backpropagate.ipynb); central differences, as in
# [02: Differentiate numerically](02_differentiate_numerically.ipynb).
#
# **Minutes:** 70

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Four networks
#
# Four people have written the backward pass of a small network with layers 6-8-5-3. **Three of them made one
# mistake each; the fourth made none.** Each network trains for 200 steps of Adam. **Guess:** which of the
# four losses fall?

# %% tags=["figure"] mystnb={"image": {"alt": "Training loss against step for four networks called A, B, C and D. All four curves fall to a small fraction of where they start within 200 steps; no curve stands out."}}
from course_lib import optimizers
from course_lib.checks.nb19 import suspect

fig, ax = plt.subplots()
curves = {}
for name in "ABCD":
    net, X, y = suspect(name)
    state = {}
    losses = []
    for _ in range(200):
        losses.append(net.loss(X, y))
        _, g = net.loss_and_grad(X, y)
        net.theta, state = optimizers.adam(net.theta, g, state, lr=0.01)
    curves[name] = losses
    ax.plot(losses, dict(A="k-", B="g--", C="k:", D="g-.")[name], label=name)
ax.set(xlabel="step", ylabel="training loss")
ax.legend()
plt.show()

# %% tags=["guard"]
assert all(losses[-1] < 0.5 * losses[0] for losses in curves.values())

# %% [markdown]
# *Reading the figure:* all four losses fall. A falling loss is no proof of a right gradient.
#
# ## How well do two gradients agree?
#
# Make the gradient in a second way that shares no code with the first. The **central difference** needs the
# loss only, and the loss is easier to get right:
#
# $$n_i = \frac{f(w + h e_i) - f(w - h e_i)}{2h},$$
#
# where $e_i$ moves coordinate $i$ alone. Call the gradient of backpropagation $a$, for analytic, and the
# other one $n$, for numerical.
#
# The two never agree exactly. The difference $|a - n|$ alone says nothing: $10^{-5}$ is a disaster between
# gradients of size $10^{-5}$. So divide:
#
# $$\text{relative error} = \frac{|a - n|}{\max(|a|, |n|)} .$$
#
# Where a single entry should be 0, $n$ holds a little rounding noise. The relative error of that *entry* is
# 1, though nothing is wrong. So take all entries of one parameter together, $W_1$ say, and for $|\cdot|$ the
# Euclidean length. Do not take all parameters at once: a wrong bias could hide behind a large matrix.
#
# ### Exercise 19.1 · Relative error

# %% tags=["exercise"]
def relative_error(a, n):
    """Return |a - n| / max(|a|, |n|), with Euclidean lengths; 0.0 if both are zero."""
    ### BEGIN SOLUTION
    size = max(np.linalg.norm(a), np.linalg.norm(n))
    return np.linalg.norm(a - n) / size if size > 0 else 0.0
    ### END SOLUTION

# %%
check.relative_error(relative_error)

# %% [markdown]
# ## Rounding, truncation, and a step that needs neither
#
# Let $\varepsilon$ be the distance from 1 to the next number: about $10^{-16}$ in float64 and $10^{-7}$ in
# float32. A central difference has two errors. The **truncation error** is $\tfrac{h^2}{6} f'''$ and falls
# with $h$. The **rounding error** is about $\varepsilon f/h$ and grows as $h$ falls. Their sum is least near
# $h = \varepsilon^{1/3}$, and about $\varepsilon^{2/3}$ is left.
#
# Can one do better? Step in the **imaginary** direction. Taylor's series with $ih$ is
#
# $$f(w + ih) = f(w) + ih\,f'(w) - \tfrac{h^2}{2} f''(w) - \tfrac{ih^3}{6} f'''(w) + \dots$$
#
# so $\operatorname{Im} f(w + ih)/h = f'(w) - \tfrac{h^2}{6} f'''(w) + \dots$ Nothing is subtracted, so
# nothing cancels, and $h$ can be $10^{-20}$. This is the **complex step** (Squire and Trapp 1998). The price:
# `f` must take complex numbers.
#
# ### Exercise 19.2 · The complex step
#
# Return the gradient of $f$ at $w$, one coordinate after the other. In Python $i$ is written `1j`, and a
# complex number has `.real` and `.imag`.

# %% tags=["exercise"]
def complex_gradient(f, w, h=1e-20):
    """Return the gradient (k,) of f at the real vector w (k,) by imaginary steps."""
    ### BEGIN SOLUTION
    w = np.array(w, dtype=complex)
    n = np.empty(w.size)
    for i in range(w.size):
        w[i] += 1j * h
        n[i] = f(w).imag / h
        w[i] = w[i].real
    return n
    ### END SOLUTION

# %%
check.complex_gradient(complex_gradient)

# %% [markdown]
# Now three ways on one network with layers 6-8-5-3 and tanh units, 119 weights in all. One seed gives one
# network in every precision, complex numbers included. **Predict:** with both axes logarithmic, which slopes
# have rounding and truncation? Which of the three curves is no V?

# %%
from course_lib.networks import gradient_check, mlp


def small(kind, seed=0):
    return mlp([6, 8, 5, 3], rng=np.random.default_rng(seed), activation="tanh",
               dtype=kind)


rng = np.random.default_rng(2)
X = rng.normal(size=(20, 6))
y = rng.integers(0, 3, 20)
central = gradient_check.central_gradient
ways = {"float32": (central, "s:", "0.55", 1e-6),
        "float64": (central, "o-", "black", 1e-12),
        "complex128": (gradient_check.complex_gradient, "^--", "#009e73", 1e-12)}
print(f"{small('float64').theta.size} weights")

# %% [markdown]
# `training_loss` makes of a network the function $f(\theta)$ of all its weights.

# %% tags=["figure", "nbval-ignore-output"] mystnb={"image": {"alt": "Relative error against the step h, both axes logarithmic. Central differences in float64 make a V with its lowest point near 1e-10 at h about 1e-5; those in float32 a V with its lowest point near 1e-4 at h about 1e-2. The complex step falls like h squared to about 1e-16 and stays flat."}}
_, a = small("float64").loss_and_grad(X, y)
errors = {}
fig, ax = plt.subplots(figsize=(7.6, 4.6))
for kind, (way, line, color, least) in ways.items():
    steps = np.geomspace(least, 1, 37)
    net = small(kind)
    f = gradient_check.training_loss(net, X, y)
    errors[kind] = np.array([
        gradient_check.relative_error(a, way(f, net.theta.real, h).astype(float))
        for h in steps])
    ax.loglog(steps, errors[kind], line, color=color, markersize=4, label=kind)
    print(f"{kind}: least error {errors[kind].min():.0e}")
ax.set(xlabel="step $h$", ylabel="relative error", ylim=(1e-17, 20))
ax.legend(loc="lower right")
plt.show()

# %% tags=["guard"]
assert errors["complex128"].min() < 1e-14
assert 1e-11 < errors["float64"].min() < 1e-8
assert 1e-5 < errors["float32"].min() < 1e-2

# %% [markdown]
# *Reading the figure:* rounding has the slope $-1$, truncation the slope 2. Both differences make a V, with
# its lowest point where theory puts it, up to a factor of about ten: single derivatives are smaller than the
# loss. The complex step has no rounding branch. It falls to the last digits and stays there.
#
# Where is the line between rounding and fault? Take a modest fault: *one* weight of $W_1$ gets a derivative
# that is 1 % too large. **Predict** which of the three ways can see it. The cell looks at 20 networks, at the
# best $h$ of each way.

# %% tags=["nbval-ignore-output"]
noise = {kind: [] for kind in ways}
fault = []
for seed in range(20):
    exact = small("float64", seed)
    a = gradient_check.by_parameter(exact, exact.loss_and_grad(X, y)[1])
    for kind, (way, *_) in ways.items():
        net = small(kind, seed)
        f = gradient_check.training_loss(net, X, y)
        n = gradient_check.by_parameter(net, way(f, net.theta.real))
        noise[kind].append(max(gradient_check.relative_error(a[k], n[k]) for k in a))
    wrong = a["W1"].copy()
    wrong[3, 4] *= 1.01
    fault.append(gradient_check.relative_error(wrong, a["W1"]))
print(f"the fault: {min(fault):.0e} to {max(fault):.0e}")
for kind, largest in noise.items():
    print(f"{kind}: largest error without it {max(largest):.0e}")

# %% tags=["guard"]
assert max(noise["complex128"]) < 1e-13 < 1e-6 < min(fault)
assert max(noise["float64"]) < 1e-7
assert max(noise["float32"]) > min(fault)

# %% [markdown]
# This is why gradients are checked in **float64**, even if the network will be trained in float32. Between
# rounding and faults lies a gap of several powers of ten. In float32 the two overlap. Reasonable lines for
# networks of this size, for each parameter:
#
# | way | fine | look again | fault |
# |---|---|---|---|
# | complex step | below $10^{-13}$ | | above $10^{-12}$ |
# | central, float64 | below $10^{-7}$ | $10^{-7}$ to $10^{-4}$ | above $10^{-4}$ |
# | central, float32 | | below $10^{-2}$ | above $10^{-2}$ |
#
# "Look again" means: halve $h$. Truncation falls to a quarter, rounding doubles, and a fault stays.
#
# ## When the difference is wrong
#
# There is one more way to fail, and it accuses the innocent. ReLU has a **kink** at 0. If $z$ is closer to 0
# than the step, one of the two values comes from the other branch: the difference **straddles** the kink.
# **Predict** the slope that a central difference measures at $z = 0.3\,h$, where the true slope is 1.

# %% tags=["figure"] mystnb={"image": {"alt": "ReLU near its kink at zero, around z = 0.3 h. A dashed line, the secant through the points at -0.7 h and 1.3 h, is flatter than the function to the right of the kink; a shaded band marks the window of width 2 h in which this happens."}}
from course_lib.networks.activations import relu

ends = np.array([0.3 - 1, 0.3 + 1])
line = np.array([-2, 0, 2])
fig, ax = plt.subplots()
ax.axvspan(-1, 1, color="0.93")
ax.plot(line, relu(line), color="black", label="ReLU")
ax.plot(ends, relu(ends), "o--", color="#009e73", label="central difference")
ax.set(xlabel="$z / h$", ylabel="ReLU")
ax.legend()
plt.show()
print(f"measured slope {(relu(ends[1]) - relu(ends[0])) / 2:.2f}")

# %% tags=["guard"]
assert np.isclose((relu(ends[1]) - relu(ends[0])) / 2, 0.65)

# %% [markdown]
# *Reading the figure:* the secant reaches over the kink, and its slope is 0.65 in place of 1. Inside the grey
# window, which is $2h$ wide, the difference is wrong by up to one half. The complex step does not move the
# real part, so it cannot straddle.
#
# How often? For one unit, a window of $2h$ is hit about $0.8\,h$ of the time if $z$ is standard normal. With
# $h = 6\cdot10^{-6}$ that is rare. But a layer has many units and meets many examples, and one pair of them
# at the kink can spoil all the weights that lead to the unit. So if differences raise an alarm in a ReLU
# network, and only in the parameters below one layer, suspect a kink. **Try another $h$, other data, or the
# complex step.**
#
# ## Three wrong gradients and an innocent
#
# Back to the four networks. The cell compares each gradient with central differences in float64, parameter by
# parameter. `check_network` is your exercise 19.1 around two forward passes for each weight.

# %%
print("         W1       b1       W2       b2       W3       b3")
for name in "ABCD":
    disagreement = gradient_check.check_network(*suspect(name))
    print(f"{name}:  " + "".join(f"{e:9.0e}" for e in disagreement.values()))

# %% [markdown]
# Differences accuse all four. Read each row against the table of thresholds. Where only one number is
# suspicious, or where a ReLU may sit at its kink, ask the witness who cannot straddle. The function below
# asks it; call it with the names that you doubt, in a cell of your own.

# %%
def witness(name):
    """Return the relative error of each parameter by the complex step."""
    net, X, y = suspect(name)
    twin, _, _ = suspect(name, complex)
    f = gradient_check.training_loss(twin, X, y)
    n = gradient_check.complex_gradient(f, net.theta)
    a = gradient_check.by_parameter(net, net.loss_and_grad(X, y)[1])
    n = gradient_check.by_parameter(net, n)
    return {part: gradient_check.relative_error(a[part], n[part]) for part in a}

# %% [markdown]
# ### Exercise 19.3 · Find the three, and clear the fourth
#
# Do not read the source of `suspect`; that would be the solution. The backward pass has nine lines, and each
# uses those before it:
#
# | from the loss | layer 3 | layer 2 | layer 1 |
# |---|---|---|---|
# | `D3` $= \partial\ell/\partial Z_3$ | `dW3`, `db3` | `D2` $= (D_3W_3^\top)\odot\varphi'$, `dW2`, `db2` | `D1` $= (D_2W_2^\top)\odot\varphi'$, `dW1`, `db1` |
#
# For each suspect, list the parameters whose gradient is wrong. Then find the one line whose fault spoils
# exactly these. Answer with a dict such as `{"A": "dW2", "B": ..., "C": ..., "D": ...}`, and `"none"` for the
# innocent.

# %% tags=["exercise"]
### BEGIN SOLUTION
found = {"A": "db1", "B": "D2", "C": "D3", "D": "none"}
### END SOLUTION

# %%
check.found(found)

# %% [markdown] tags=["solution"]
# A: only `b1` is wrong, by a factor: the rows of `D1` were averaged and not added up. B: all of layers 1 and
# 2, nothing of layer 3: the slope of the second tanh was taken at its output in place of its input. C:
# everything, by the factor 20: the loss is a mean and its gradient a sum. D: central differences complain of
# `W1` and `b1`, the complex step of nothing: one unit lies $10^{-7}$ from its kink for one example.

# %% [markdown]
# ## What does a gradient cost?
#
# Nearly all the time goes into matrix products, so count multiplications. For $n$ examples, a layer
# $n_{in} \to n_{out}$ costs $n\,n_{in}\,n_{out}$ of them on the way forward. On the way back it costs the
# same for $dW = X^\top D$, and once more for $dX = D W^\top$, which the first layer does not need.
# **Predict** the ratio of a whole gradient to a forward pass, for six equal layers and for 784-128-128-10.

# %%
from itertools import pairwise
from time import thread_time
from timeit import repeat

from threadpoolctl import threadpool_limits


def counted(sizes):
    pairs = [n_in * n_out for n_in, n_out in pairwise(sizes)]
    return 3 - pairs[0] / sum(pairs)


def least_time(call):
    return min(repeat(call, timer=thread_time, number=1, repeat=40))

# %% [markdown]
# The cell takes the least processor time of 40 rounds, on one thread. It draws bars for the measured ratio,
# and a mark where counting puts it. The last digits are your machine's.

# %% tags=["figure", "nbval-ignore-output"] mystnb={"image": {"alt": "Time of a gradient divided by the time of a forward pass for three networks, as bars from zero. A mark on each bar shows the ratio counted from multiplications, 2.15, 2.00 and 2.83; each bar ends near its mark."}}
cases = {"784-128-128-10": [784, 128, 128, 10], "2048-512-10": [2048, 512, 10],
         "six of 512": [512] * 7}
ratio = {}
with threadpool_limits(1, user_api="blas"):
    for name, widths in cases.items():
        rng = np.random.default_rng(0)
        net = mlp(widths, rng=rng)
        X = rng.normal(size=(256, widths[0])).astype(np.float32)
        y = rng.integers(0, widths[-1], 256)
        up = least_time(lambda: net.logits(X, training=True))
        ratio[name] = least_time(lambda: net.loss_and_grad(X, y)) / up
fig, ax = plt.subplots(figsize=(7.6, 3.2))
ax.barh(list(cases), ratio.values(), color="0.75")
ax.plot([counted(widths) for widths in cases.values()], list(cases), "|",
        color="black", markersize=22, markeredgewidth=3)
ax.set_xlabel("time of a gradient / time of a forward pass")
plt.show()
for name, widths in cases.items():
    print(f"{name:14}: counted {counted(widths):.2f}, measured {ratio[name]:.2f}")

# %% tags=["guard"]
assert all(abs(ratio[name] / counted(cases[name]) - 1) < 0.25 for name in cases)

# %% [markdown]
# *Reading the figure:* counting comes near the clock; how near depends on what else your machine is doing.
# **A gradient costs two to three forward passes, whatever the number of weights.** Forward differences would
# need one pass for *each* weight, more than a hundred thousand for the first network.
#
# So one popular sentence falls: "gradient descent is slow because a network has so many parameters". More
# parameters make the forward pass slower, and the gradient in proportion. For functions of any kind, reverse
# mode costs a small constant times the way forward ([Baydin and others
# 2018](https://arxiv.org/abs/1502.05767)).
#
# ## What must be kept in memory?
#
# The way back needs numbers from the way forward. $dW = X^\top D$ needs the *input* of each dense layer. An
# activation needs its slope, and for ReLU, tanh and sigmoid the slope can be had from the *output*, which is
# the next layer's input anyway. So for 784-128-128-10 with ReLU, $784 + 128 + 128 = 1040$ numbers must be
# kept for each example. GELU's slope cannot be had from its output, so its input must stay too.
#
# **Predict:** from how many examples on do the kept numbers outnumber the weights? The cell counts the arrays
# that this library's layers hold after a pass, under the names `X` (an input) and `A` (an output). An array
# that two layers share counts once.

# %% tags=["figure"] mystnb={"image": {"alt": "Numbers kept against the number of examples, two straight lines from the origin: GELU above ReLU. A dashed horizontal line marks the number of weights; ReLU's line crosses it near 114 examples."}}
batch = np.array([16, 64, 128, 256])
fig, ax = plt.subplots()
for bend, line in (("relu", "o-"), ("gelu", "s--")):
    net = mlp([784, 128, 128, 10], rng=np.random.default_rng(0), activation=bend)
    kept = []
    for n in batch:
        net.loss_and_grad(np.zeros((n, 784)), np.zeros(n, int))
        arrays = [vars(layer).get(name) for layer in net.layers for name in "XA"]
        own = {id(array): array.size for array in arrays if array is not None}
        kept.append(sum(own.values()))
    ax.plot(batch, kept, line, label=bend)
    each = kept[0] / batch[0]
    equal = net.theta.size / each
    print(f"{bend}: {each:.0f} numbers an example, as many as weights at {equal:.0f}")
ax.axhline(net.theta.size, color="0.5", linestyle=":", label="weights")
ax.set(xlabel="examples in the batch", ylabel="numbers kept", ylim=(0, None))
ax.legend()
plt.show()

# %% tags=["guard"]
assert kept[0] == 1296 * 16
assert round(net.theta.size / 1040) == 114

# %% [markdown]
# *Reading the figure:* the memory grows with the batch, and from 114 examples on the activations are the
# larger part. In a convolutional network, where each weight serves at many places of an image, they can be
# the larger part by far. One can pay with time instead: keep every third layer, say, and compute the others
# again on the way back. That is called **checkpointing** (Griewank and Walther 2000).
#
# ## Summary
#
# - A gradient is believed when it agrees with one that was made in another way. A falling loss proves nothing.
# - Compare each parameter by itself, with the relative error of Euclidean lengths.
# - Central differences leave about $\varepsilon^{2/3}$: check in float64. The complex step leaves about
#   $\varepsilon$ and needs no best $h$.
# - At a kink a difference may be wrong where the gradient is right.
# - A gradient costs two to three forward passes, for any number of weights. It must keep the input of each
#   dense layer, and of an activation what its slope needs.
#
# ## Questions to ask yourself
#
# **1.** Your check gives $3\cdot10^{-5}$ for one parameter, in float64 with tanh units. You halve $h$. What
# do you expect if it was truncation, rounding, or a fault?
#
# <details>
# <summary>Answer</summary>
#
# Truncation falls to a quarter, $8\cdot10^{-6}$. Rounding doubles, $6\cdot10^{-5}$. A fault stays.
#
# </details>
#
# **2.** Why must dropout be switched off, or its random numbers be fixed, for a check?
#
# <details>
# <summary>Answer</summary>
#
# Each call of the loss would draw another mask, so $f(w+h)$ and $f(w-h)$ would belong to two different
# functions. Their difference does not go to zero with $h$, and $n$ grows like $1/h$. Batch normalisation is
# different: in training its loss is a function of $\theta$ and the batch alone. Check it in training mode,
# with the whole batch.
#
# </details>
#
# **3.** A gradient is 20 times too large, in every entry. Why would Adam hardly tell, and what would SGD do?
#
# <details>
# <summary>Answer</summary>
#
# A constant factor does not change Adam's steps, up to its small `eps`. SGD takes steps that are 20 times too
# long, so it wants a twentieth of the rate, and nobody asks why.
#
# </details>
#
# **4.** The network is too large to move every weight by itself. What can two forward passes still tell?
#
# <details>
# <summary>Answer</summary>
#
# The slope along one random direction $v$: it must agree with $g\cdot v$, as in exercise 18.5. A fault
# anywhere changes $g\cdot v$ for nearly every $v$. Where the fault sits is not told.
#
# </details>
#
# ## Go deeper
#
# - W. Squire, G. Trapp, [Using complex variables to estimate derivatives of real
#   functions](https://doi.org/10.1137/S003614459631241X), SIAM Review 40, 1998.
# - J. R. R. A. Martins, P. Sturdza, J. J. Alonso, [The complex-step derivative
#   approximation](https://doi.org/10.1145/838250.838251), ACM TOMS 29, 2003.
# - J. N. Lyness, C. B. Moler, [Numerical differentiation of analytic
#   functions](https://doi.org/10.1137/0704019), SIAM Journal on Numerical Analysis 4, 1967.
# - A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind, [Automatic differentiation in machine
#   learning: a survey](https://arxiv.org/abs/1502.05767), JMLR 18, 2018.
# - A. Griewank, A. Walther, [Algorithm 799: revolve](https://doi.org/10.1145/347837.347846), ACM TOMS 26,
#   2000: checkpointing.
#
# **Next:** the deltas are multiplied by a matrix and a slope at every layer. What is left of them after fifty?
# [20: Initialise](20_initialise.ipynb)
