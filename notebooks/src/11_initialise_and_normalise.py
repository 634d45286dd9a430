# %% [markdown]
# # 11 · Initialise and normalise
#
# *Why do deep signals vanish or explode?*
#
# A network of fifty layers multiplies fifty matrices of random numbers. Whether a signal survives that is decided before the
# first step of training, by a single number a layer, and that number can be computed.
#
# **You will do:** predict the size of a signal and of its gradient after fifty layers, for seven activations and four
# initialisers, mostly to half a power of ten; count dead units and rescue them; repair a batch normalisation from
# the museum; write the way back through a residual block.
#
# **You will learn:** what Glorot's and He's formulas keep and what they do not, why tanh vanishes too, how far a network
# of finite width strays from the theory, and what normalisation and detours change, measured.
#
# **You need:** the way back through a layer, from [10: Backpropagate](10_backpropagate.ipynb); mean and variance.
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
# ## What a layer multiplies
#
# A layer takes a row of numbers $a$, forms weighted sums $z = aW + b$, and bends each of them: the next row is $f(z)$. On
# the way back the gradient meets the same two things in reverse: it is multiplied by the slope $f'(z)$, element by
# element, and by $W^\top$. Fifty layers are fifty slopes. **Before you run the next cell:** for which of these
# functions is the slope small for large negative $z$? For which is it small for large *positive* $z$ too?

# %% tags=["figure"] mystnb={"image": {"alt": "Seven small panels, one for each activation, the function as a solid black line and its slope as a dashed green line, from minus 5 to 5. The slopes of sigmoid and tanh are hills that fall to zero on both sides; the slopes of the other five are near 1 on the right and near 0 on the left."}}
from course_lib.networks.activations import ACTIVATIONS

z, slopes = np.linspace(-5, 5, 1001), {}
fig, axes = plt.subplots(2, 4, figsize=(9.6, 5), sharex=True, sharey=True)
for ax, (name, (f, slope)) in zip(axes.flat, ACTIVATIONS.items(), strict=False):
    slopes[name] = slope(z, f(z)).astype(float)
    ax.plot(z, f(z), color="black")
    ax.plot(z, slopes[name], color="#009e73", linestyle="--")
    ax.set_title(f"{name}: slope $\\leq$ {slopes[name].max():.2f}", fontsize=11.5)
    ax.set_ylim(-1.3, 2.2)
axes[1, 3].legend(ax.lines, ("$f(z)$", "slope $f'(z)$"), loc="center", fontsize=14)
axes[1, 3].set_axis_off()
fig.suptitle("Sigmoid and tanh are flat on both sides, the others on one side at most", x=0.01, ha="left", fontweight="bold", fontsize=13.5)
plt.show()
assert max(slopes["sigmoid"]) <= 0.25 and max(slopes["tanh"][[0, -1]]) < 0.001 and slopes["relu"].min() == 0

# %% [markdown]
# *Reading the figure:* sigmoid **and tanh** are flat on both sides. A unit that sits there is *saturated*: its slope is
# nearly zero, and so is what passes back through it. At $z = 5$ tanh's slope is 0.0002, smaller than sigmoid's 0.007. What is
# special about sigmoid is that its slope is at most 1/4 even at its best place. The other five keep a slope near 1 on
# the right. On the left ReLU's is exactly 0, leaky ReLU's is $\alpha = 0.01$. (GELU's and SiLU's rise a little above 1.)
#
# ## One layer of theory
#
# Let the layer be wide, and its weights independent, with mean 0 and variance $\mathrm{var}(w)$. A sum $z = \sum_i a_i w_i$ of
# $n_{in}$ such terms has mean 0, and
#
# $$E[z^2] = n_{in}\,\mathrm{var}(w)\; E[a^2] .$$
#
# Call $\sigma^2 = n_{in}\,\mathrm{var}(w)$ the layer's **gain**. A sum of many small terms is nearly normal, so $z$ is like
# $\sqrt q$ times a standard normal number, where $q = E[z^2]$ is the *second moment*. Then $a = f(z)$ in the next layer, and
#
# $$q_{l+1} = \sigma^2\, E\big[f(\sqrt{q_l}\,z)^2\big],\qquad\quad
# d_l = d_{l+1}\,\chi(q_l), \quad \chi(q) = \sigma^2\, E\big[f'(\sqrt q\, z)^2\big],\qquad z \text{ standard normal.}$$
#
# On the right is the way back, in the same manner: $d_l$ is the second moment of the gradient with respect to the sums of layer
# $l$, in a chain of equally wide layers (so that $W^\top$ has the gain $\sigma^2$ too). So **one number a layer**, $\chi$, decides:
# below 1 the gradient vanishes, above 1 it explodes (Poole et al. 2016; Schoenholz et al. 2017). The first map is a line of code.
# **Predict** for ReLU, without an integral: it keeps the positive half of the numbers. Which gain keeps $q$?

# %% tags=["mirrors:course_lib.networks.signal_propagation.moment_map"]
from course_lib.networks import signal_propagation as sp
from course_lib.networks.signal_propagation import average


def moment_map(name, q, *, gain):
    """Return the next second moment, gain * E[f(sqrt(q) z)^2]."""
    f, _ = ACTIVATIONS[name]
    return gain * average(lambda z: f(math.sqrt(q) * z) ** 2)


for name in ("relu", "leaky_relu", "tanh", "sigmoid"):
    print(f"{name:10} gain 1: q = 1 becomes {moment_map(name, 1.0, gain=1.0):.3f}, "
          f"the gradient's is multiplied by {sp.slope_factor(name, 1.0, gain=1.0):.3f}")
assert math.isclose(moment_map("relu", 1.0, gain=2.0), 1, rel_tol=1e-9)

# %% [markdown]
# ReLU halves both, so the gain 2 keeps both: $\mathrm{var}(w) = 2/n_{in}$, **He's initialiser**. With tanh and the gain 1, $q$
# shrinks, and with sigmoid it does not: since $f(0) = 1/2$, a sigmoid hands on its mean. But its gradient falls to 1/22.
#
# Glorot and Bengio (2010) think of $f(z) \approx z$ near zero. Then a layer multiplies the signal by $n_{in}\,\mathrm{var}(w)$, and the
# gradient by $n_{out}\,\mathrm{var}(w)$, since on the way back each input collects from $n_{out}$ outputs. One would like both to be 1.
# That cannot be, unless $n_{in} = n_{out}$. So they take the middle: $\mathrm{var}(w) = 2/(n_{in}+n_{out})$. This is called **Glorot's**
# or Xavier's initialiser.
#
# ### Exercise 11.1 · Draw as Glorot does
#
# Return weights $(n_{in}, n_{out})$ with mean 0 and that variance, drawn from `rng`. The shape of the distribution is up to you.

# %% tags=["exercise"]
def glorot_draw(rng, n_in, n_out):
    """Return a matrix of random weights, (n_in, n_out), with variance 2 / (n_in + n_out)."""
    ### BEGIN SOLUTION
    return math.sqrt(2 / (n_in + n_out)) * rng.standard_normal((n_in, n_out))
    ### END SOLUTION

# %%
check.glorot_draw(glorot_draw)

# %% [markdown] tags=["solution"]
# A uniform draw between $-c$ and $c$ has the variance $c^2/3$, which is why the paper has $c = \sqrt{6/(n_{in}+n_{out})}$. The
# theory above asks for a variance only.

# %% [markdown]
# One often reads that Xavier's initialiser "preserves the variance of the signal". Take linear layers of 512, 256, 128, 64
# and 32 units, so that $n_{in} = 2\,n_{out}$ four times. **Predict** the total factor on the way up and on the way back, with
# Glorot's variance, and with $1/n_{in}$ (which is what the framework Caffe calls "xavier" by default).

# %%
from itertools import pairwise

from course_lib.networks import initializers

rng, (up, back) = np.random.default_rng(0), np.zeros((2, 2, 60))
for seed in range(60):
    A, D = rng.standard_normal((30, 512)), rng.standard_normal((30, 32))
    W = [initializers.glorot(rng, shape, np.float64) for shape in pairwise((512, 256, 128, 64, 32))]
    for k, scale in enumerate((1.0, math.sqrt(3 / 4))):  # variance 1/n_in is 3/4 of 2/(n_in + n_in/2)
        up[k, seed] = np.mean((A @ np.linalg.multi_dot(W) * scale**4) ** 2)
        back[k, seed] = np.mean((D @ np.linalg.multi_dot(W).T * scale**4) ** 2)
predicted = np.array([[(4 / 3) ** 4, (2 / 3) ** 4], [1, 0.5**4]])
for name, (a, b), found_a, found_b in zip(("Glorot", "1/n_in"), predicted, up.mean(axis=1), back.mean(axis=1), strict=True):
    print(f"{name}: signal x {found_a:.2f} (predicted {a:.2f}), gradient x {found_b:.3f} (predicted {b:.3f})")
assert np.allclose([up.mean(axis=1), back.mean(axis=1)], predicted.T, rtol=0.2)

# %% [markdown]
# Glorot's draw preserves neither; it shares the error out between the two ways. Only the $1/n_{in}$ of the second row
# preserves the forward variance, and its gradient pays for that. In a network whose layers are equally wide all this
# falls together, $2/(n_{in}+n_{out}) = 1/n_{in}$, and the gain is 1.
#
# ### Exercise 11.2 · Growth through leaky ReLU
#
# Leaky ReLU multiplies negative numbers by $\alpha$. The sums $z$ are symmetric around 0. By which factor do `n_layers` layers
# multiply the second moment, if each has `n_in` inputs, weights of the given variance, and a leaky ReLU?

# %% tags=["exercise"]
def moment_after(n_layers, n_in, variance, alpha):
    """Return q after n_layers layers, divided by q before; alpha: the slope for z < 0."""
    ### BEGIN SOLUTION
    return (n_in * variance * (1 + alpha**2) / 2) ** n_layers
    ### END SOLUTION

# %%
check.moment_after(moment_after)

# %% [markdown] tags=["solution"]
# So the gain that keeps the signal is $2/(1+\alpha^2)$. With $\alpha = 0$ it is He's 2, with $\alpha = 1$, a linear chain, it is 1.

# %% [markdown]
# ## Fifty layers
#
# Now the whole table: seven activations, and four ways to draw the weights of layers with 200 units. "Normal 0.01" has the
# standard deviation 0.01 whatever the width, as many early networks had; its gain is $200\cdot0.01^2 = 0.02$. "Normal 1" has the gain
# 200. Glorot's gain is 1, He's is 2. The input is random with mean square 1.
#
# **Predict** one cell by hand: ReLU with normal 0.01. The first sum has $q_1 = 0.02$; each of the 49 layers after it
# multiplies by $0.02/2$. The cell prints $\log_{10} q_{50}$ as predicted, and in brackets as measured: the mean over three networks.

# %%
import functools

n, depth, theory, found = 200, 50, {}, {}
draws = {f"normal {std}": (functools.partial(initializers.normal, std=std), n * std**2) for std in (0.01, 1)}
draws |= {"glorot": (initializers.glorot, 1.0), "he": (initializers.he, 2.0)}
print("log10 q in layer 50" + "".join(f"{draw:>18}" for draw in draws))
for name in ACTIVATIONS:
    for draw, (init, gain) in draws.items():
        q = sp.forward_moments(name, gain=gain, depth=depth)
        theory[name, draw] = q, sp.backward_moments(name, q, gain=gain)
        found[name, draw] = np.array([sp.random_pass(n, depth, rng=np.random.default_rng(seed), activation=name, init=init)
                                      for seed in range(3)])  # (seed, moment, layer)
    row = [(math.log10(theory[name, draw][0][-1]), np.log10(found[name, draw][:, 0, -1]).mean()) for draw in draws]
    print(f"{name:19}" + "".join(f"{p:9.1f} ({m:6.1f})" for p, m in row))

# %% [markdown]
# Two hundred powers of ten, and nearly everywhere a formula of one line is right to a few tenths. (How far it may be off, and why
# GELU with He is the exception, is the section after next.) Now the way back. **Guess:** in how many of the 28 networks is the
# gradient's second moment, after fifty layers, within a factor of 1000 of what it was at the top?

# %% tags=["figure"] mystnb={"image": {"alt": "Table with a row for each of seven activations and a column for each of four initialisers. Every cell shows the power of ten by which fifty layers change the gradient, predicted above measured, and is the darker the further that is from zero. Pale are only tanh and ELU with Glorot and He, and ReLU and leaky ReLU with He."}}
power = np.array([[math.log10(theory[name, draw][1][0]) for draw in draws] for name in ACTIVATIONS])
seen = np.array([[np.log10(found[name, draw][:, 1, 0]).mean() for draw in draws] for name in ACTIVATIONS])
fig, ax = plt.subplots(figsize=(8.2, 5.6))
ax.imshow(np.minimum(np.abs(power), 20), aspect="auto", vmin=0, vmax=26)
for (i, j), p in np.ndenumerate(power):
    ax.text(j, i, f"{round(p, 1) + 0:.1f}\nmeasured {seen[i, j]:.1f}", ha="center", va="center", fontsize=11.5,
            color="white" if abs(p) > 12 else "black")
ax.set(xticks=range(4), xticklabels=draws, yticks=range(7), yticklabels=ACTIVATIONS, xlabel="initialiser")
ax.set_title(f"Over 50 layers, {np.sum(np.abs(power) < 3)} of 28 networks keep the gradient within 10$^3$ (powers of 10)")
ax.grid(False)
plt.show()
assert np.array_equal(np.abs(power) < 3, np.abs(seen) < 3) and np.sum(np.abs(power) < 3) == 6

# %% [markdown]
# *Reading the figure:* a cell holds $\log_{10}(d_1/d_{50})$; white is healthy. Every activation vanishes with small weights, and
# every one explodes with large ones, *sigmoid included*. "Only the sigmoid vanishes" is wrong. What is right: for
# sigmoid no usual gain helps. $\chi \le \sigma^2/16$, because the slope is at most 1/4. Tanh needs the gain 1 and ReLU the gain 2. Look also at
# GELU and SiLU: **He's gain is ReLU's, and not theirs**. Near zero they are like $z/2$, so small signals shrink by
# $\sigma^2/4$ a layer, and a signal that has begun to shrink goes on.
#
# Layer by layer, five of these networks. **Predict** which curves are straight lines on a logarithmic axis.

# %% tags=["figure"] mystnb={"image": {"alt": "Second moment of the gradient against the layer, from 50 at the top down to 1, logarithmic axis. Predicted lines and measured markers agree. Sigmoid with Glorot falls by 16 each layer and leaves the picture; ReLU with Glorot falls by 2 each layer to 10 to the minus 15; tanh with Glorot bends and ends at one hundredth; ReLU with He is level; tanh with He rises to sixty."}}
cases = {("sigmoid", "glorot"): "s", ("relu", "glorot"): "^", ("tanh", "glorot"): "v", ("relu", "he"): "o", ("tanh", "he"): "D"}
layer = np.arange(1, depth + 1)
fig, ax = plt.subplots(figsize=(8.2, 4.6))
for (name, draw), marker in cases.items():
    color = "#009e73" if name == "tanh" else "0.45" if draw == "glorot" else "black"
    ax.semilogy(layer, theory[name, draw][1], color=color, linewidth=1.4)
    for d in found[name, draw][:, 1]:
        ax.semilogy(layer[::3], d[::3], marker, color=color, markersize=5, alpha=0.6)
    ax.semilogy([], [], marker, color=color, linestyle="-", label=f"{name}, {draw}")
ax.set(xlabel="layer (the gradient comes from the right)", ylabel="gradient's second moment", ylim=(1e-17, 3e3), xlim=(0, 51))
ax.set_title("One factor a layer: predicted lines, three measured networks each")
ax.legend(loc="lower right", bbox_to_anchor=(0.72, 0))
plt.show()

# %% [markdown]
# *Reading the figure:* where $q$ has settled, $\chi(q)$ is a constant, and the line is straight. **Tanh at gain 1 is different.**
# There $\tanh^2 x \approx x^2 - \tfrac23x^4$ gives $q_{l+1} \approx q_l - 2q_l^2$ (the mean of $z^4$ is 3), so $q_l \approx 1/(2l)$; and $\chi(q) \approx 1 - 2q
# = 1 - 1/l$. The product of these falls like $1/L$: slowly, but it vanishes.
#
# One more thing before the numbers. What changes a *weight* is $dW = a^\top \delta$, the signal from below times the gradient from
# above; its second moment is, for one example, $E[a^2]$ times $d_l$. With ReLU at gain 1 the signal halves on the way up, the gradient
# halves on the way down. **Predict:** in which layer is $dW$ smallest?

# %%
for name, draw in cases:
    q, d = theory[name, draw]
    rate = (found[name, draw][:, 1, 9] / found[name, draw][:, 1, 39]) ** (1 / 30)
    print(f"{name + ', ' + draw:15}: a layer multiplies the gradient's moment by {(d[9] / d[39]) ** (1 / 30):.3f}, "
          f"measured {rate.min():.3f} to {rate.max():.3f}")
q, d, _ = found["tanh", "glorot"].mean(axis=0)
print(f"tanh, glorot: q in layer 50 about 1/100 = 0.010, the map says {theory['tanh', 'glorot'][0][-1]:.4f}, measured {q[-1]:.4f}")
for name in ("relu", "tanh", "sigmoid"):
    one = [sp.random_pass(n, depth, rng=np.random.default_rng(seed), n_examples=1, activation=name, init=initializers.glorot)
           for seed in range(10)]
    one = np.log10(np.array(one)[:, 2]).mean(axis=0)
    print(f"{name}, glorot: mean square of dW in layer 1 is 10^{one[0]:.0f}, in layer 50 10^{one[-1]:.0f}")
assert abs(q[-1] / theory["tanh", "glorot"][0][-1] - 1) < 0.25

# %% [markdown]
# With ReLU every layer's $dW$ is equally small, $2^{-50}$ times what it should be: what one layer gains from a strong signal it
# loses by a weak gradient. "The lower layers get the smallest gradients" is true of sigmoid here, and not of ReLU.
#
# ## How far does a real network stray?
#
# The map holds for infinite width. With $n$ units, the mean over $n$ squares is itself random. For ReLU, $f(z)^2$ has the mean
# $q/2$ and the mean square $\tfrac32 q^2$, so its variance over its squared mean is $\frac{3/2 - 1/4}{1/4} = 5$, and a layer changes
# $\ln q$ by a random amount of variance $5/n$. Random amounts add up: after $L$ layers **the variance of $\ln q$ is
# $5L/n$** (Hanin & Nica 2019). And as $E[q]$ is kept exactly by He's draw, the mean of $\ln q$ must be half of that below 0,
# as for any quantity whose logarithm is normal. **Predict** for $L = 50$, $n = 100$: how large is a typical network's signal?

# %%
width, v = 100, 5 * depth / 100
rng = np.random.default_rng(1)
A = rng.standard_normal((200, 1, width))
start = (A**2).mean(axis=2)
for _ in range(depth):
    A = np.maximum(A @ (math.sqrt(2 / width) * rng.standard_normal((200, width, width))), 0)
logs = np.log((A**2).mean(axis=2) / start).ravel()
print(f"200 networks: variance of ln q predicted {v:.2f}, measured {logs.var():.2f}; "
      f"typical signal predicted {math.exp(-v / 2):.2f} of the start, measured {math.exp(logs.mean()):.2f}")
off = [abs(np.log(found[key][:, k, at]).mean() - math.log(theory[key][k][at])) / s for key in theory for k, at, s in
       zip((0, 1), (-1, 0), sp.spread(key[0], theory[key][0], gain=draws[key[1]][1], width=n), strict=True)]
print(f"the tables above, {len(off)} entries: farthest from the map by {max(off):.1f} times the spread of a single network")
assert abs(logs.var() / v - 1) < 0.3 and abs(logs.mean() + v / 2) < 0.35 and max(off) < 2.5

# %% [markdown]
# So even He's initialiser is right *on average over networks* only, and a deep, narrow network can start far from it. What counts is
# depth over width. `sp.spread` computes such a standard deviation for every activation; the last line measures the tables with it. For GELU
# with He it is $10^{\pm1.4}$: there the map stretches small differences of $q$ from layer to layer.
#
# ## All directions at once
#
# The second moment is an average over directions. What does a chain of 50 square matrices do to *each* of them? Its
# *singular values* say by how much it stretches its $n$ principal directions. A Gaussian chain with gain 1 keeps the average
# square, and still does this to direction $i$ (Newman 1986, with the digamma function $\psi$):
#
# $$\ln s_i \approx \tfrac L2\Big(\ln\tfrac2n + \psi\big(\tfrac{n-i+1}{2}\big)\Big).$$
#
# An **orthogonal** matrix stretches nothing. **Predict** the middle one of 100 singular values, for both chains. And with a tanh
# after every matrix?

# %%
from scipy.special import digamma, ndtr

middle, gaussian = {}, functools.partial(initializers.normal, std=0.1)  # gain 1: variance 1/100
print(f"predicted, Gaussian linear: middle {math.exp(25 * (math.log(2 / 100) + digamma((100 - 50 + 1) / 2))):.0e}")
for name, bend in (("Gaussian", False), ("orthogonal", False), ("Gaussian", True), ("orthogonal", True)):
    for seed in range(3):
        rng, J, a = np.random.default_rng(seed), np.eye(100), np.random.default_rng(seed + 50).standard_normal(100)
        for _ in range(50):
            W = (gaussian if name == "Gaussian" else initializers.orthogonal)(rng, (100, 100), np.float64)
            a = np.tanh(a @ W) if bend else a @ W
            J = J @ W * (1 - a * a if bend else 1)
        middle.setdefault((name, bend), []).append(np.linalg.svd(J, compute_uv=False)[49])
    print(f"{name:10} {'tanh' if bend else 'linear':6}: middle {np.exp(np.log(middle[name, bend]).mean()):.0e}")
assert max(middle["Gaussian", False]) < 1e-6 and min(middle["orthogonal", False]) > 0.999

# %% [markdown]
# With Gaussian matrices half of all directions have shrunk below $10^{-7}$ although the second moment is kept: a few directions
# carry it. The orthogonal chain is perfect, and with a tanh still more than ten million times better in the middle (Saxe et al. 2014; Pennington et
# al. 2017). It is what the mean square does not tell.
#
# ## Dead units
#
# A ReLU unit is **dead** if it is off for every example: then its slope is 0 everywhere, no gradient comes back through it, and its
# weights stay as they are. When does that happen? Take $N$ independent random inputs with mean square 1, He's weights, so that $z$ has
# the variance 2, and lower the bias by $c$. The unit is off for one input with probability $\Phi(c/\sqrt2)$, where $\Phi$ is the
# normal distribution function, and for all with probability $\Phi(c/\sqrt2)^N$. Without a shift that is $2^{-N}$.
#
# Now real images. With $N = 1000$ of them the formula, with each image's own variance, gives about $10^{-8}$ for $c = 1$. **Predict:** are more units
# dead than that, or fewer? What do images have in common that random inputs do not?

# %%
from course_lib.data import datasets, load_results

data = datasets.split(datasets.load_mnist())
X, y, N = data.X_train[:5000], data.y_train[:5000], 20
rng = np.random.default_rng(2)
W = initializers.he(rng, (784, 8000), np.float64)
top = (rng.standard_normal((N, 784)) @ W).max(axis=0)
for c in (1.0, 2.0, 3.0):
    print(f"{N} random inputs, c = {c:.0f}: dead, predicted {ndtr(c / math.sqrt(2)) ** N:.3f}, measured {np.mean(top <= c):.3f}")
each = ndtr(1 / np.sqrt(2 * np.mean(X[:1000] ** 2, axis=1, dtype=float)))
dead = np.mean((X[:1000] @ W).max(axis=0) <= 1)
print(f"1000 images, c = 1: dead, if they were independent {np.prod(each):.0e}, measured {dead:.2f}, "
      f"as many as {math.log(dead) / np.log(each).mean():.0f} independent images would leave")
assert dead > 1000 * np.prod(each) and abs(ndtr(3 / math.sqrt(2)) ** N - np.mean(top <= 3)) < 0.03

# %% [markdown]
# Images share their background and the place of their ink, so a unit that is off for one is likely to be off for many. A thousand images are
# like some dozens.
#
# Nobody lowers biases on purpose. A step that is too long does it. The next cell takes ten SGD steps (64 images each) with a
# network 784-64-64-10, at three rates, and counts dead units with `net.dead_units`, over five seeds. **Guess** the shares.

# %% tags=["nbval-ignore-output"]
from course_lib.networks.network import mlp
from course_lib.training.loop import train

dead = {}
for lr in (0.1, 1.0, 3.0):
    shares, largest = [], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        net = mlp([784, 64, 64, 10], rng=rng)
        train(net, (X[:640], y[:640]), "sgd", lr=lr, epochs=1, batch_size=64, rng=rng, progress=False)
        shares.append(np.mean(net.dead_units(X[:1000])))
        largest.append(np.abs(net.theta).max())
    dead[lr] = np.mean(shares)
    print(f"lr {lr}: dead units {min(shares):.0%} to {max(shares):.0%}, largest weight {np.median(largest):.2g}")
assert dead[0.1] < 0.15 < dead[1.0] < dead[3.0] and dead[3.0] > 0.8

# %% [markdown]
# At lr 3 nearly all units die within ten steps, and weights become huge: two injuries in one. To see the first alone, we make a clean
# accident: the biases of both hidden layers are lowered by 3, and every unit is dead. Then each of five patients trains for three
# epochs at lr 0.1, three seeds each. (`train` would refuse, so it is told `allow_dead=True`.) **Predict** the order:
#
# - *as it is*: how many of the 55 050 weights have a gradient other than 0?
# - *smaller rate*, 0.01;
# - *leaky*: the same weights, with leaky ReLU, $\alpha = 0.01$;
# - *redrawn*: dead units get new weights and the bias 0;
# - *healthy*: no accident.

# %% tags=["nbval-ignore-output"]
care = {"as it is": {}, "smaller rate": {"lr": 0.01}, "leaky": {"bend": "leaky_relu"}, "redrawn": {"redraw": True}, "healthy": {"shift": 0}}
cured = {}
for name, care_of in care.items():
    for seed in range(3):
        net = mlp([784, 64, 64, 10], rng=np.random.default_rng(seed), activation=care_of.get("bend", "relu"))
        for dense in (net.layers[0], net.layers[2]):
            dense.b -= care_of.get("shift", 3.0)
            if care_of.get("redraw"):  # all are dead
                dense.W[...], dense.b[...] = initializers.he(np.random.default_rng(seed + 77), dense.W.shape), 0
        moved = np.count_nonzero(net.loss_and_grad(X[:1000], y[:1000])[1])
        train(net, (X, y), "sgd", lr=care_of.get("lr", 0.1), epochs=3 if len(X) == 5000 else 12, batch_size=64,
              rng=np.random.default_rng(9), progress=False, allow_dead=True)
        cured.setdefault(name, []).append(net.accuracy(data.X_valid, data.y_valid))
    print(f"{name:12}: accuracy {min(cured[name]):.2f} to {max(cured[name]):.2f}; weights with a gradient: {moved} of 55050")
assert max(cured["as it is"] + cured["smaller rate"] + cured["leaky"]) < 0.2 < 0.7 < min(cured["redrawn"] + cured["healthy"])

# %% [markdown]
# Dead stays dead: only the ten last biases have a gradient. A smaller rate *prevents* such an accident, and cures nothing. Leaky ReLU
# has no dead units by definition, and as many of its weights have a gradient as in a healthy network (the others belong to pixels that are always
# black); but each layer multiplies by the slope 0.01, and three epochs show nothing of it. What helps is drawing the dead units again.
#
# ### Exercise 11.3 · Rescue dead units
#
# Here is one ReLU layer, relu(XW + b). Find the units that are off for **all** of X. Return new `W` and `b` in which these units
# have weights drawn as He does, from `rng`, and the bias 0, and all others are as they were.

# %% tags=["exercise"]
def revive(X, W, b, rng):
    """X (n, n_in), W (n_in, n_units), b (n_units,); return new W and b, and leave those given as they are."""
    ### BEGIN SOLUTION
    off = (X @ W + b <= 0).all(axis=0)
    W, b = W.copy(), b.copy()
    W[:, off] = math.sqrt(2 / len(W)) * rng.standard_normal((len(W), off.sum()))
    b[off] = 0
    return W, b
    ### END SOLUTION

# %%
check.revive(revive)

# %% [markdown]
# ## All zeros
#
# The simplest start, $W = 0$, deserves a look. With ReLU all sums are 0, every slope counts as 0, and the network is dead; `train` says so.
# With sigmoid every unit puts out 1/2, so gradients flow. But all units of a layer get *the same* gradient, and stay twins for ever. So the
# weight matrix behind the input has identical columns. **Predict** its rank after training, and the rank of a trained network that began as usual.

# %% tags=["nbval-ignore-output"]
try:
    train(mlp([784, 32, 32, 10], rng=np.random.default_rng(0), init=initializers.zeros), (X, y), "sgd", lr=0.1, epochs=1,
          batch_size=64, rng=np.random.default_rng(0))
except ValueError as refusal:
    print(refusal)
ratio = {}
for init in (initializers.zeros, initializers.glorot):
    net = mlp([784, 32, 32, 10], rng=np.random.default_rng(0), activation="sigmoid", init=init)
    train(net, (X, y), "sgd", lr=0.5, epochs=5, batch_size=64, rng=np.random.default_rng(1), progress=False)
    s = np.linalg.svd(net.layers[0].W, compute_uv=False)
    ratio[init.__name__] = s[1] / s[0]
    print(f"{init.__name__}: second singular value / first {s[1] / s[0]:.0e}, so the rank is {np.sum(s > 1e-3 * s[0])} of 32; "
          f"accuracy {net.accuracy(data.X_valid, data.y_valid):.2f}")
assert ratio["zeros"] < 1e-3 < ratio["glorot"]

# %% [markdown]
# Randomness is there to make units different. (Biases may start at zero: the weights tell units apart.)
#
# ## Normalise instead
#
# Why hope for the right scale, if one can divide by it? **Batch normalisation** (Ioffe & Szegedy 2015) takes each unit's sums over the
# batch, subtracts their mean and divides by their standard deviation; then two learnt numbers a unit, $\gamma$ and $b$, scale and shift:
#
# $$\hat x = \frac{x - \mathrm{mean}}{\sqrt{\mathrm{var} + \varepsilon}},\qquad A = \gamma\,\hat x + b .$$
#
# **Layer normalisation** (Ba et al. 2016) does so over the units of one example. A batch has a price: the answer for an image depends on
# the company it is in. So in evaluation one uses running averages of mean and variance, $m \leftarrow \beta m + (1-\beta)\,\mathrm{mean}$, kept during training.
#
# Who forgets to switch (in PyTorch: `model.eval()`) may not notice, as long as test batches are mixed. The next cell trains a network with batch
# normalisation and then evaluates it in four ways. **Predict** which of them goes wrong: averages or the batch's own statistics; batches of
# mixed images, or of one digit only.

# %% tags=["nbval-ignore-output"]
rng, scores = np.random.default_rng(0), {}
net = sp.tower([784, 64, 64, 10], rng=rng, norm="batch")
train(net, (X, y), "sgd", lr=0.1, epochs=5, batch_size=64, rng=rng, progress=False)
kept = net.snapshot()
orders = {"mixed": np.arange(len(data.y_valid)), "sorted by digit": np.argsort(data.y_valid, kind="stable")}
for training in (False, True):
    for name, order in orders.items():
        net.restore(kept)
        rows = np.array_split(order, len(order) // 20)
        right = [net.logits(data.X_valid[part], training=training).argmax(axis=1) == data.y_valid[part] for part in rows]
        scores[training, name] = np.mean(np.concatenate(right))
        print(f"{'batch statistics' if training else 'running averages'}, {name}: {scores[training, name]:.2f}")
assert scores[False, "mixed"] == scores[False, "sorted by digit"] > 0.8 and scores[True, "sorted by digit"] < 0.7

# %% [markdown]
# With running averages the order of the images cannot matter. With the batch's own statistics, a batch of one digit has *its* mean subtracted,
# and what made the digit recognisable is gone.
#
# ### Exercise 11.4 · Batch normalisation in evaluation
#
# This one is in the museum. The layer works in training, and its author has even provided for running averages. Put one
# image in, alone, and every output is $b$, whatever the image. Repair it.

# %% tags=["exercise"]
def museum_batch_norm(X, gamma, b, state, *, training, beta=0.9, eps=1e-5):
    ### BEGIN SOLUTION
    if training:
        mean, var = X.mean(axis=0), X.var(axis=0)
        state = {"mean": beta * state["mean"] + (1 - beta) * mean, "var": beta * state["var"] + (1 - beta) * var}
    else:
        mean, var = state["mean"], state["var"]
    return gamma * (X - mean) / np.sqrt(var + eps) + b, state
    ### END SOLUTION
    ### BEGIN STUB
    # mean, var = X.mean(axis=0), X.var(axis=0)
    # state = {"mean": beta * state["mean"] + (1 - beta) * mean, "var": beta * state["var"] + (1 - beta) * var}
    # return gamma * (X - mean) / np.sqrt(var + eps) + b, state
    ### END STUB

# %%
check.museum_batch_norm(museum_batch_norm)

# %% [markdown]
# ## What normalisation changes, and what it does not
#
# If $W$ is multiplied by 10, the sums are, their mean and deviation are, and the normalised output stays as it was. So **the size of the weights
# before a normalisation does not matter** to the loss. But a function that does not change along a ray has a gradient that shrinks along it:
# from $\mathcal L(10W) = \mathcal L(W)$ follows $\nabla\mathcal L(10W) = \tfrac1{10}\nabla\mathcal L(W)$. **Predict** the ratios below, and what that does to the learning rate.

# %%
rng = np.random.default_rng(0)
for norm in (None, "layer", "batch"):
    net = sp.tower([784, 64, 64, 10], rng=np.random.default_rng(0), norm=norm, dtype=np.float64)
    results = []
    for scale in (1, 10):
        net.layers[0].W *= scale
        results.append((net.loss_and_grad(X[:500], y[:500])[0], np.linalg.norm(net.layers[0].dW)))
    (loss, before), (loss_10, after) = results
    print(f"{norm or 'no':5} norm: loss {loss:.2f} becomes {loss_10:.2f}, gradient is multiplied by {after / before:.3f}")
    assert norm is None or (abs(loss - loss_10) < 1e-3 and abs(after / before - 0.1) < 0.001)

# %% [markdown]
# A step of $lr\,g$ is now 10 times as short, on weights 10 times as long: relative to the weights, `lr` counts only a hundredth. With SGD
# such weights can only grow, since the gradient is at right angles to them, and so the effective rate falls by itself.
#
# And the way back? Layer normalisation of ReLU sums with second moment $\sigma^2/2$ divides the gradient by $\sigma/\sqrt2$, and $W^\top$ and the slope
# multiply its moment by $\sigma^2/2$: $\chi = 1$, at every gain. **Batch normalisation subtracts a mean too.** For two normalised examples, nearly
# independent, $E[f(z)] = 1/\sqrt{2\pi}$; the mean over the batch carries $1/(2\pi)$ of the second moment $1/2$ away, and so the division is by less:
#
# $$\chi = \frac{\sigma^2/2}{\sigma^2\left(\frac12 - \frac1{2\pi}\right)} = \frac{\pi}{\pi-1} = 1.47 \quad\text{a layer, at every gain:}$$
#
# the gradient *explodes*, and no initialiser can mend it (Yang et al. 2019, for large batches).
#
# The remedy is a **detour**: a *residual block* puts out $x + F(x)$ (He et al. 2016). Let $F(x) = \mathrm{relu}(x)\,W$ with gain 2. Both parts
# have the second moment $q$ and are uncorrelated, so each block *doubles* it, and the gradient too: $2^{L}$ for $L$ blocks. With $W$
# divided by $\sqrt L$ it is $(1+1/L)^{L} \approx e$. With a layer normalisation in front, $F$ always adds 1, so $q_l = q_1 + l$, and the gradient's factors
# $1 + 1/q_l$ multiply to $(q_1+L)/q_1$. Here are all five at 200 units and 100 examples, from layer 2 on, because the sums of the first layer have
# another size. **Which of these would you train?**

# %% tags=["figure"] mystnb={"image": {"alt": "Second moment of the gradient against the layer, logarithmic axis, relative to the top. Grey predicted lines and measured markers of five networks: a bare detour rises to 10 to the 14, batch normalisation to 10 to the 8, layer normalisation with detour to about 25, the damped detour to 2.7, and layer normalisation stays at 1."}}
layer, (fig, ax) = np.arange(2, 50), plt.subplots(figsize=(8.2, 4.8))
kinds = (("detour", {"residual": True}, 2.0 ** (49 - layer)), ("layer norm", {"norm": "layer"}, np.ones(48)),
         ("batch norm", {"norm": "batch"}, (math.pi / (math.pi - 1)) ** (49 - layer)),
         ("layer norm, detour", {"norm": "layer", "residual": True}, 50 / (layer + 1)),
         ("damped detour", {"residual": True, "init": functools.partial(initializers.normal, std=(2 / n / 48) ** 0.5)}, (49 / 48) ** (49 - layer)))
for (name, settings, line), marker, color in zip(kinds, "^Dsov", ("0", "0.45", "0.45", "#009e73", "0"), strict=True):
    passes = [sp.random_pass(n, 50, rng=np.random.default_rng(seed), n_examples=100, **settings) for seed in range(3)]
    d = np.log([d[1:49] / d[48] for _, d, _ in passes]).mean(axis=0)
    ax.semilogy(layer, line, color=color, linewidth=1.4)
    ax.semilogy(layer[::3], np.exp(d[::3]), marker, color=color, label=f"{name}: {line[0]:.2g} predicted, {math.exp(d[0]):.2g} measured")
    assert abs(d[0] - math.log(line[0])) < 1
ax.set(xlabel="layer (the gradient comes from the right)", ylabel="gradient's second moment", ylim=(0.1, 1e20),
       title="Detours and batch norm explode; a normalised detour does not")
ax.legend(loc="upper right", fontsize=10.5)
plt.show()

# %% [markdown]
# *Reading the figure:* in layer normalisation with a detour the signal grows by a fixed amount a layer and not by a factor, and the gradient
# stays tame. The bare detour reaches $10^{14}$, and batch normalisation nearly $10^8$. (Second moments; the gradient's length grows by the root of
# these.) The formula for batch normalisation is for infinite width first, and then large batches. With 200 units and 100 examples it is right
# to a percent a layer; do not expect this of every width and batch.
#
# ### Exercise 11.5 · The way back through a residual block
#
# A block puts out $A = X + \mathrm{relu}(X)\,W$. Given $D$, the gradient of the loss with respect to $A$, return $A$, and the gradients with
# respect to $X$ and to $W$.

# %% tags=["exercise"]
def residual_block(X, W, D):
    """X (n, k), W (k, k), D (n, k); return A, dX and dW."""
    ### BEGIN SOLUTION
    relu = np.maximum(X, 0)
    return X + relu @ W, D + (D @ W.T) * (X > 0), relu.T @ D
    ### END SOLUTION

# %%
check.residual_block(residual_block)

# %% [markdown] tags=["solution"]
# The first $D$ is what the detour is for: whatever the layers do, $D$ itself arrives below. Since it is *added*, it can
# also be too much, as the bare detours in the figure show.

# %% [markdown]
# ## Which of them train?
#
# So far nothing has been trained. The theory makes a forecast: of nine deep networks (sigmoid, tanh and ReLU; normal 0.01, Glorot and
# He) three have a healthy gradient: tanh with Glorot, tanh with He, and ReLU with He. Now MNIST: 20 hidden layers of 64 units, the first
# 5 000 images, four epochs of plain SGD, batches of 64. Each network has its **own learning rate**, tuned on validation images over three
# seeds; then three fresh seeds. That takes some minutes, so `experiments/depth.py` has done it. Below the nine stand ReLU with He and
# normalisation, detour, or both. **Forecast** those five too, from the last figure.

# %% tags=["figure"] mystnb={"image": {"alt": "Validation accuracy of fourteen networks, three dots each. Of nine plain networks only tanh with Glorot, tanh with He and ReLU with He lie above one half; the others lie near one tenth. Below, normalised networks with detours lie near 0.9, those without detours scatter between 0.3 and 0.8, and the bare detour lies below 0.4."}}
saved = load_results("depth")["rows"]
labels, learns = [], [k for k, row in enumerate(saved[:9]) if np.median(row["accuracy"]) > 0.5]
fig, ax = plt.subplots(figsize=(8.2, 5.6))
for place, row in enumerate(saved):
    activation, init, norm, detour = row["network"]
    extra = " + ".join([f"{norm} norm"] * bool(norm) + ["detour"] * detour)
    labels.append(f"{extra or activation + ', ' + init}, lr {row['lr']:.2g}")
    ax.plot(row["accuracy"], [place] * 3, "s" if extra else "o", color="#009e73" if extra else "black", alpha=0.7)
ax.set(yticks=range(14), yticklabels=labels, xlabel="validation accuracy", xlim=(0, 1), ylim=(13.5, -0.5))
fig.suptitle(f"{len(learns)} of 9 plain networks learn: those with a healthy gradient", x=0.01, ha="left", fontsize=13.5, fontweight="bold")
plt.show()
assert learns == [4, 5, 8]  # tanh with Glorot and He, ReLU with He

# %% [markdown]
# *Reading the figure:* a row is a network with its rate, a mark a fresh seed; the green squares are all ReLU with He. The forecast for the
# nine is right. Within these four epochs:
#
# - **Tanh with He is ahead of tanh with Glorot.** Both are healthy by the first figure; a healthy gradient does not say *how fast* a
#   network learns.
# - **Normalisation alone is no cure here.** Batch norm without detours overlaps with plain ReLU and He. Layer norm lies below that on these seeds, and lay
#   above it on the three seeds of the tuning (0.71 to 0.84, against 0.56 to 0.71). With so much scatter we order none of the three.
# - **A bare detour is worse** than none: its large gradients need a rate ten times as small.
# - **Both together** are best among the ReLU networks, with every seed. Layer or batch norm: their marks overlap, a tie.
#
# And longer training, other widths, other optimizers? Not measured here. To close, two rows of the table again, at their saved rates:

# %% tags=["nbval-ignore-output"]
again = {}
for place in (7, 11):
    row = saved[place]
    (activation, init, norm, detour), rng = row["network"], np.random.default_rng(10)
    net = sp.tower([784, *[64] * 20, 10], rng=rng, activation=activation, init=draws[init][0], norm=norm, residual=detour)
    train(net, (X, y), "sgd", lr=row["lr"], epochs=4 if len(X) == 5000 else 16, batch_size=64, rng=rng, progress=False,
          allow_dead=True)
    again[place] = net.accuracy(data.X_valid, data.y_valid)
    print(f"{labels[place]}: {again[place]:.2f} now, saved {min(row['accuracy']):.2f} to {max(row['accuracy']):.2f}")
assert again[7] < 0.45 and again[11] > 0.6

# %% [markdown]
# ## Summary
#
# - A wide layer multiplies the signal's second moment as $q \mapsto \sigma^2E[f(\sqrt q z)^2]$ and the gradient's by $\chi(q) =
#   \sigma^2E[f'(\sqrt qz)^2]$, with the gain $\sigma^2 = n_{in}\,\mathrm{var}(w)$. Measured at depth 50, for 28 networks, it is right to about
#   half a power of ten, GELU with He excepted.
# - *Every* activation vanishes or explodes at the wrong gain. ReLU wants 2 (He), tanh about 1, where its gradient still falls like $1/L$;
#   sigmoid's slope is at most 1/4, and no usual gain helps it. He's gain is not GELU's or SiLU's.
# - Glorot's $2/(n_{in}+n_{out})$ preserves neither way where widths change; it balances the two.
# - At width $n$ and depth $L$, $\ln q$ of a ReLU network has the variance $5L/n$.
# - Dead units have no gradient, so nothing that only changes the step revives them. A smaller rate prevents, a new draw cures.
# - Equal weights stay equal: the random draw is there to tell units apart.
# - Before a normalisation the size of the weights does not matter, and the gradient falls as $1/|W|$. Layer norm has $\chi = 1$ with ReLU,
#   batch norm $\pi/(\pi-1)$; a bare detour doubles, a normalised one grows by a fixed amount.
# - Of nine plain networks with 20 layers those three trained whose gradient was healthy at the start; normalisation and detour
#   *together* did best among those with ReLU.
#
# ## Questions to ask oneself
#
# **1.** A network with ReLU and Glorot's initialiser has 6 equally wide hidden layers and trains well. Does that contradict the table?
#
# <details>
# <summary>Answer</summary>
#
# No. The gain is 1, so each of its layers halves the moment: $2^{-6} = 1/64$, or 1/8 in length, which a larger rate makes up for. With fifty
# layers it is $2^{-50}$.
#
# </details>
#
# **2.** You double the width of a ReLU network, but keep the weights' standard deviation. What happens to the signal after 10 layers?
#
# <details>
# <summary>Answer</summary>
#
# The gain $n_{in}\,\mathrm{var}(w)$ doubles in each hidden layer (not in the first, whose inputs are as before), so the second moment
# grows by about $2^{9}$ to $2^{10}$. That is why initialisers divide by the width.
#
# </details>
#
# **3.** Your run reports that 30 % of the ReLU units of a layer are dead. Is that an emergency?
#
# <details>
# <summary>Answer</summary>
#
# The layer is as good as one of 70 % its width, which often suffices. Ask *when* it happened: at the start it points to biases or data, after the
# first steps to a rate that is too high. If all of a layer are dead, nothing below it learns any more.
#
# </details>
#
# **4.** A network with layer normalisation after every matrix is trained with SGD, and somebody adds weight decay to "keep the weights small".
# What does the decay change?
#
# <details>
# <summary>Answer</summary>
#
# Not the function: the size of those weights is divided out. It changes the *effective* learning rate, which is proportional to
# $lr/|W|^2$: smaller weights, larger relative steps.
#
# </details>
#
# **5.** Two networks have the same second moment after 50 linear layers, one with Gaussian and one with orthogonal matrices. In which of them can
# you tell from the output what the input was?
#
# <details>
# <summary>Answer</summary>
#
# In the orthogonal one, exactly. In the Gaussian chain half of the directions are $10^7$ times weaker than the average of the input, and
# single precision has lost them.
#
# </details>
#
# ## Go deeper
#
# - X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010, PMLR 9:249.
# - K. He, X. Zhang, S. Ren, J. Sun, *Delving deep into rectifiers* (2015), arXiv 1502.01852; *Deep residual learning* (2016), arXiv 1512.03385.
# - B. Poole and others, *Exponential expressivity in deep neural networks through transient chaos* (2016), arXiv 1606.05340.
# - S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein, *Deep information propagation* (2017), arXiv 1611.01232.
# - B. Hanin, M. Nica, *Products of many large random matrices and gradients in deep neural networks* (2020), arXiv 1812.05994.
# - A. Saxe, J. McClelland, S. Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear neural networks* (2014), arXiv 1312.6120.
# - J. Pennington, S. Schoenholz, S. Ganguli, *Resurrecting the sigmoid in deep learning through dynamical isometry* (2017), arXiv 1711.04735.
# - C. M. Newman, *The distribution of Lyapunov exponents: exact results for random matrices* (1986), doi 10.1007/BF01463398.
# - S. Ioffe, C. Szegedy, *Batch normalization* (2015), arXiv 1502.03167. J. L. Ba, J. R. Kiros, G. E. Hinton, *Layer normalization* (2016), arXiv 1607.06450.
# - G. Yang and others, *A mean field theory of batch normalization* (2019), arXiv 1902.08129.
#
# **Next:** a network that trains is not yet a network that does well on new data. [12: Regularise](12_regularise.ipynb)
