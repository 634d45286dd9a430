# %% [markdown]
# # 20 · Initialise
#
# *Why do deep signals vanish or explode?*
#
# A network of fifty layers multiplies fifty matrices of random numbers. Whether a signal survives that is decided before the
# first step of training, by a single number for each layer. That number can be computed.
#
# **You will do:** predict the size of a signal and of its gradient after fifty layers, for seven activations and four
# initialisers; write Glorot's initialiser; find dead units and rescue them.
#
# **You will learn:** what LeCun's, Xavier Glorot's and He's formulas keep and what they do not; what vanishing and exploding
# gradients have in common; how far a network of finite width strays from the theory.
#
# **You need:** the way back through a layer, from [18: Backpropagate](18_backpropagate.ipynb); mean and variance.
#
# **Minutes:** 65

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## What the layers see
#
# Three networks, alike but for the size of their first weights. Each has ten tanh layers with 200 units, and
# gets the same random inputs. The histograms show the numbers that layers 1, 4, 7 and 10 put out. **Guess**
# before you look: what becomes of the signal if the weights are small, and what if they are large?

# %% tags=["figure"] mystnb={"image": {"alt": "Twelve histograms of tanh outputs, three rows by four columns for layers 1, 4, 7 and 10. First row, standard deviation 0.01: a spike at zero from layer 4 on. Second row, 0.07: spread over the whole range in layer 1, then a hill that narrows slowly. Third row, 0.3: nearly all outputs pile up at minus one and one."}}
from course_lib.networks import mlp

X = np.random.default_rng(0).standard_normal((500, 200))
fig, axes = plt.subplots(3, 4, figsize=(9.6, 5.4), sharex=True)
sizes = {}
for row, std in zip(axes, (0.01, 0.07, 0.3), strict=True):
    rng = np.random.default_rng(1)
    A = X
    for layer in range(1, 11):
        A = np.tanh(A @ (std * rng.standard_normal((200, 200))))
        sizes[std, layer] = np.sqrt(np.mean(A**2))
        if layer % 3 == 1:
            ax = row[layer // 3]
            ax.hist(A.ravel(), bins=41, range=(-1, 1), color="0.45")
            ax.set_yticks([])
            ax.set_title(f"std {std}, layer {layer}", fontsize=11)
for ax in axes[-1]:
    ax.set_xlabel("output")
plt.show()

# %% [markdown]
# *Reading the figure:* small weights squeeze everything to zero. Large weights drive every unit to the ends
# of tanh, where it is **saturated**: its slope is nearly zero. In between, the outputs stay spread out
# through ten layers, though they narrow.
#
# Which standard deviation is right, and why does it depend on the width? The rest of the notebook computes it.
#
# ## What comes back
#
# On the way back the gradient meets two things at each layer. It is multiplied by the slope $f'(z)$, element
# by element, and then by $W^\top$. **Predict:** for which of these functions is the slope small for large
# negative $z$? For which is it small for large *positive* $z$ too?

# %% tags=["figure"] mystnb={"image": {"alt": "Seven small panels, one for each activation, the function as a solid black line and its slope as a dashed green line, from minus 5 to 5. The slopes of sigmoid and tanh are hills that fall to zero on both sides; the slopes of the other five are near 1 on the right and near 0 on the left."}}
from course_lib.networks.activations import ACTIVATIONS

z = np.linspace(-5, 5, 1001)
slopes = {}
fig, axes = plt.subplots(2, 4, figsize=(9.6, 4.8), sharex=True, sharey=True)
for ax, (name, (f, slope)) in zip(axes.flat, ACTIVATIONS.items(), strict=False):
    slopes[name] = slope(z, f(z)).astype(float)
    ax.plot(z, f(z), color="black")
    ax.plot(z, slopes[name], color="#009e73", linestyle="--")
    ax.set_title(f"{name}: slope $\\leq$ {slopes[name].max():.2f}", fontsize=11)
    ax.set_ylim(-1.3, 2.2)
axes[1, 3].legend(ax.lines, ("$f(z)$", "slope $f'(z)$"), loc="center", fontsize=14)
axes[1, 3].set_axis_off()
fig.supxlabel("$z$")
plt.show()

# %% tags=["guard"]
assert max(slopes["sigmoid"]) <= 0.25
assert max(slopes["tanh"][[0, -1]]) < max(slopes["sigmoid"][[0, -1]]) < 0.007
assert slopes["relu"].min() == 0

# %% [markdown]
# *Reading the figure:* sigmoid **and tanh** are flat on both sides. What is special about sigmoid is that its
# slope is at most 0.25 even at its best place. The other five keep a slope near 1 on the right. On the left,
# ReLU's slope is exactly 0.
#
# ## One number for each layer
#
# Take a wide layer whose weights are independent, with mean 0 and variance $\mathrm{var}(w)$. A sum of
# $n_{in}$ inputs, each times its weight, has mean 0 and the mean square
#
# $$q = n_{in}\,\mathrm{var}(w) \times \text{mean square of the inputs} .$$
#
# Call $\sigma^2 = n_{in}\,\mathrm{var}(w)$ the **gain** of the layer. A sum of many small terms is nearly
# normal. So the next layer sees $f(\sqrt q\,z)$ with a standard normal $z$, and
#
# $$q_{\text{next}} = \sigma^2\, E\big[f(\sqrt{q}\,z)^2\big], \qquad
# \chi(q) = \sigma^2\, E\big[f'(\sqrt q\, z)^2\big] .$$
#
# The first formula is the way forward. The second is the way back: $\chi$ is what a layer does to the mean
# square of the gradient. Below 1 the gradient **vanishes** layer by layer, above 1 it **explodes** (Poole and
# others 2016; Schoenholz and others 2017).
#
# **Predict** for ReLU, which keeps the positive half of the numbers: what happens to $q$ at gain 1, and which gain keeps it?

# %% tags=["mirrors:course_lib.networks.signal_propagation.moment_map"]
import math

from course_lib.networks import signal_propagation as sp
from course_lib.networks.signal_propagation import average


def moment_map(name, q, *, gain):
    """Return the next second moment, gain * E[f(sqrt(q) z)^2]."""
    f, _ = ACTIVATIONS[name]
    return gain * average(lambda z: f(math.sqrt(q) * z) ** 2)


for name in ("relu", "tanh", "sigmoid"):
    q = sp.forward_moments(name, gain=1.0, depth=50)
    chi = sp.slope_factor(name, 1.0, gain=1.0)
    print(f"{name:7} q = 1, {q[1]:.3f}, {q[2]:.3f}, ..., in layer 50 {q[-1]:.2g}; "
          f"chi(1) = {chi:.3f}")

# %% tags=["guard"]
assert math.isclose(moment_map("relu", 1.0, gain=2.0), 1, rel_tol=1e-9)
assert 0.26 < sp.forward_moments("sigmoid", gain=1.0, depth=50)[-1] < 0.27

# %% [markdown]
# ReLU halves the mean square on both ways, so the gain 2 keeps both. With tanh $q$ falls towards 0. With
# sigmoid it falls too, and then settles near 0.26, because a sigmoid hands on its mean of one half. But of
# the three, sigmoid's gradient shrinks most.
#
# Three initialisers carry names, and each is a choice of the gain:
#
# | name | $\mathrm{var}(w)$ | what it keeps |
# |---|---|---|
# | LeCun (1998) | $1/n_{in}$ | the signal, where $f(z) \approx z$ |
# | Glorot, or Xavier (2010) | $2/(n_{in}+n_{out})$ | a compromise: forwards wants $1/n_{in}$, backwards $1/n_{out}$ |
# | He (2015) | $2/n_{in}$ | the signal through ReLU |
#
# Where layers are equally wide, Glorot's and LeCun's are the same.
#
# ### Exercise 20.1 · Draw as Glorot does
#
# Return weights $(n_{in}, n_{out})$ with mean 0 and Glorot's variance, drawn from `rng`. The shape of the
# distribution is up to you.

# %% tags=["exercise"]
def glorot_draw(rng, n_in, n_out):
    """Return random weights (n_in, n_out) with variance 2 / (n_in + n_out)."""
    ### BEGIN SOLUTION
    return math.sqrt(2 / (n_in + n_out)) * rng.standard_normal((n_in, n_out))
    ### END SOLUTION

# %%
check.glorot_draw(glorot_draw)

# %% [markdown] tags=["solution"]
# A uniform draw between $-c$ and $c$ has the variance $c^2/3$, which is why the paper has $c = \sqrt{6/(n_{in}+n_{out})}$.

# %% [markdown]
# ### Exercise 20.2 · Growth through leaky ReLU
#
# Leaky ReLU multiplies negative numbers by $\alpha$. The sums $z$ are symmetric around 0. By which factor do
# `n_layers` layers multiply the mean square, if each has `n_in` inputs, weights of the given variance, and a
# leaky ReLU?

# %% tags=["exercise"]
def moment_after(n_layers, n_in, variance, alpha):
    """Return q after n_layers layers, divided by q before."""
    ### BEGIN SOLUTION
    return (n_in * variance * (1 + alpha**2) / 2) ** n_layers
    ### END SOLUTION

# %%
check.moment_after(moment_after)

# %% [markdown] tags=["solution"]
# So the gain that keeps the signal is $2/(1+\alpha^2)$. With $\alpha = 0$ it is He's 2, with $\alpha = 1$, a
# linear chain, it is 1.

# %% [markdown]
# ## Fifty layers against theory
#
# Seven activations, four ways to draw, layers of 200 units. "Normal 0.01" has that standard deviation
# whatever the width, so its gain is $200\cdot 0.01^2 = 0.02$; "normal 1" has the gain 200. The cell computes
# what theory says of the gradient after fifty layers, and measures three random networks of each kind.

# %%
import functools

from course_lib.networks import initializers

n = 200
draws = {
    "normal 0.01": (functools.partial(initializers.normal, std=0.01), n * 0.01**2),
    "normal 1": (functools.partial(initializers.normal, std=1), n),
    "glorot": (initializers.glorot, 1.0),
    "he": (initializers.he, 2.0),
}
theory = {}
found = {}
for name in ACTIVATIONS:
    for draw, (init, gain) in draws.items():
        q = sp.forward_moments(name, gain=gain, depth=50)
        theory[name, draw] = sp.backward_moments(name, q, gain=gain)
        passes = [sp.random_pass(n, 50, rng=np.random.default_rng(seed),
                                 activation=name, init=init) for seed in range(3)]
        found[name, draw] = np.array([d for _, d, _ in passes])

# %% [markdown]
# **Guess:** in how many of the 28 networks is the gradient's mean square, after fifty layers, within a factor
# of 1000 of what it was at the top?

# %% tags=["figure"] mystnb={"image": {"alt": "Table with a row for each of seven activations and a column for each of four initialisers. Every cell shows the power of ten by which fifty layers change the gradient, predicted above measured, and is the darker the further that is from zero. Pale are only tanh and ELU with Glorot and He, and ReLU and leaky ReLU with He."}}
power = np.array([[np.log10(theory[a, d][0]) for d in draws] for a in ACTIVATIONS])
seen = np.array([[np.log10(found[a, d][:, 0]).mean() for d in draws]
                 for a in ACTIVATIONS])
fig, ax = plt.subplots(figsize=(8.2, 5.4))
ax.imshow(np.minimum(np.abs(power), 20), aspect="auto", vmin=0, vmax=26)
for (i, j), p in np.ndenumerate(power):
    text = f"{round(p, 1) + 0:.1f}\nmeasured {seen[i, j]:.1f}"
    color = "white" if abs(p) > 12 else "black"
    ax.text(j, i, text, ha="center", va="center", fontsize=11.5, color=color)
ax.set_xticks(range(4), draws)
ax.set_yticks(range(7), ACTIVATIONS)
ax.set_xlabel("initialiser")
ax.set_title(f"{np.sum(np.abs(power) < 3)} of 28 keep the gradient within 10$^3$")
ax.grid(False)
plt.show()

# %% tags=["guard"]
assert np.array_equal(np.abs(power) < 3, np.abs(seen) < 3)
assert np.sum(np.abs(power) < 3) == 6

# %% [markdown]
# *Reading the figure:* white is healthy. Every activation vanishes with small weights, and every one explodes
# with large ones, *sigmoid included*. "Only the sigmoid vanishes" is wrong. What is right: for sigmoid no
# usual gain helps. Tanh wants a gain near 1, ReLU wants 2. **He's gain is ReLU's, and not GELU's or SiLU's.**
#
# Layer by layer, five of these networks. **Predict** which curves are straight lines on a logarithmic axis.

# %% tags=["figure"] mystnb={"image": {"alt": "Mean square of the gradient against the layer, from 50 at the top down to 1, logarithmic axis. Predicted lines and measured markers agree. Sigmoid with Glorot falls steeply and leaves the picture; ReLU with Glorot falls by 2 each layer; tanh with Glorot bends and ends near one hundredth; ReLU with He is level; tanh with He rises slowly."}}
cases = {("sigmoid", "glorot"): ("s", "0.45"), ("relu", "glorot"): ("^", "0.45"),
         ("tanh", "glorot"): ("v", "#009e73"), ("relu", "he"): ("o", "black"),
         ("tanh", "he"): ("D", "#009e73")}
layer = np.arange(1, 51)
fig, ax = plt.subplots(figsize=(8.2, 4.6))
for (name, draw), (marker, color) in cases.items():
    ax.semilogy(layer, theory[name, draw], color=color, linewidth=1.4)
    for measured in found[name, draw]:
        ax.semilogy(layer[::3], measured[::3], marker, color=color, markersize=5,
                    alpha=0.6)
    ax.semilogy([], [], marker, color=color, linestyle="-", label=f"{name}, {draw}")
ax.set(xlabel="layer (the gradient comes from the right)", ylim=(1e-17, 3e3))
ax.set_ylabel("gradient's mean square")
ax.legend(loc="lower right", bbox_to_anchor=(0.72, 0))
plt.show()

# %% [markdown]
# *Reading the figure:* lines are theory, markers three networks each. A constant $\chi$ makes a straight
# line. Tanh at gain 1 bends: its signal shrinks from layer to layer, and a smaller signal is bent less. The
# gradient then falls only like one over the depth. Slowly, but it vanishes.
#
# <details>
# <summary>Why this is true</summary>
#
# For small $x$, $\tanh^2 x \approx x^2 - \tfrac23x^4$. With $E[z^4] = 3$ this gives
# $q_{l+1} \approx q_l - 2q_l^2$, so $q_l \approx 1/(2l)$. The slope gives $\chi(q) \approx 1 - 2q = 1 - 1/l$.
# The product of these factors up to layer $L$ falls like $1/L$.
#
# </details>
#
# ## How far does a real network stray?
#
# The maps hold for infinite width. With $n$ units, the mean of $n$ squares is itself random, and a ReLU layer
# changes $\ln q$ by a random amount with variance $5/n$. These amounts add up: after $L$ layers, **the
# variance of $\ln q$ is $5L/n$** (Hanin and Nica 2019). He's draw keeps the *mean* of $q$, so a typical
# network lies below it, by the factor $e^{-5L/(2n)}$. **Predict** both for $L = 50$ and $n = 100$.

# %%
rng = np.random.default_rng(1)
A = rng.standard_normal((200, 1, 100))
start = np.mean(A**2, axis=2)
for _ in range(50):
    W = math.sqrt(2 / 100) * rng.standard_normal((200, 100, 100))
    A = np.maximum(A @ W, 0)
logs = np.log(np.mean(A**2, axis=2) / start).ravel()
v = 5 * 50 / 100
print(f"variance of ln q: predicted {v:.2f}, measured in 200 networks {logs.var():.2f}")
print(f"typical signal: predicted {math.exp(-v / 2):.2f}, "
      f"measured {math.exp(logs.mean()):.2f} of the start")

# %% tags=["guard"]
assert abs(logs.var() / v - 1) < 0.3
assert abs(logs.mean() + v / 2) < 0.35

# %% [markdown]
# What counts is depth over width. Even He's initialiser is right on average over networks only.
#
# ## Dead units
#
# A ReLU unit is **dead** if it is off for every example. Then its slope is 0 everywhere, no gradient comes
# back through it, and its weights stay as they are. The usual cause is a step that is too long. The cell
# takes ten steps of SGD with a network 784-64-64-10 on MNIST, at three rates, with five seeds each, and
# counts.

# %% tags=["nbval-ignore-output"]
from course_lib.data import datasets
from course_lib.training import train

data = datasets.split(datasets.load_mnist())
X = data.X_train[:640]
y = data.y_train[:640]
dead = {}
for lr in (0.1, 1.0, 3.0):
    shares = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        net = mlp([784, 64, 64, 10], rng=rng)
        train(net, (X, y), "sgd", lr=lr, epochs=1, batch_size=64, rng=rng,
              progress=False)
        shares.append(np.mean(net.dead_units(X)))
    dead[lr] = np.mean(shares)
    print(f"lr {lr}: dead units {min(shares):.0%} to {max(shares):.0%}")

# %% tags=["guard"]
assert dead[0.1] < 0.15 < dead[1.0] < dead[3.0]

# %% [markdown]
# A smaller rate *prevents* most of this. It does not cure it: a dead unit has no gradient, and nothing times any rate is
# nothing. (In a higher layer, a change below it may wake it by chance.) What cures is a new draw.
#
# ### Exercise 20.3 · Rescue dead units
#
# Here is one ReLU layer, $\mathrm{relu}(XW + b)$. Find the units that are off for **all** of X. Return new
# `W` and `b` in which these units have weights drawn as He does, from `rng`, and the bias 0. All others stay
# as they were.

# %% tags=["exercise"]
def revive(X, W, b, rng):
    """Return new W and b for X (n, n_in), W (n_in, n_units), b (n_units,)."""
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
# Why not start with $W = 0$? With ReLU every unit is dead, and `train` refuses. With sigmoid gradients flow,
# but all units of a layer get *the same* gradient and stay twins. The cell counts the directions that the
# first weight matrix uses after training, its **rank**.

# %% tags=["nbval-ignore-output"]
rank = {}
for init in (initializers.zeros, initializers.glorot):
    rng = np.random.default_rng(0)
    net = mlp([784, 32, 10], rng=rng, activation="sigmoid", init=init)
    train(net, (X, y), "sgd", lr=0.5, epochs=10, batch_size=64, rng=rng,
          progress=False)
    s = np.linalg.svd(net.layers[0].W, compute_uv=False)
    rank[init.__name__] = np.sum(s > 1e-3 * s[0])
    print(f"{init.__name__}: rank {rank[init.__name__]} of 32")

# %% tags=["guard"]
assert rank["zeros"] == 1
assert rank["glorot"] == 32

# %% [markdown]
# Randomness is there to make units different. Biases may start at zero, since the weights tell the units apart.
#
# ## Summary
#
# - A wide layer multiplies the signal's mean square by a map of $q$, and the gradient's by $\chi(q)$. Both depend on the gain
#   $\sigma^2 = n_{in}\,\mathrm{var}(w)$.
# - Vanishing and exploding gradients are one thing: a factor for each layer, to the power of the depth.
#   *Every* activation does either at the wrong gain.
# - LeCun's $1/n_{in}$ and Glorot's $2/(n_{in}+n_{out})$ suit tanh. He's $2/n_{in}$ suits ReLU. No usual gain helps sigmoid.
# - At width $n$ and depth $L$, the variance of $\ln q$ in a ReLU network is $5L/n$.
# - Dead units have no gradient. A smaller rate prevents most of them, a new draw cures them.
# - Equal weights stay equal, so the draw must be random.
#
# ## Questions to ask yourself
#
# **1.** A network with ReLU and Glorot's initialiser has 6 equally wide hidden layers and trains well. Does
# that contradict the table?
#
# <details>
# <summary>Answer</summary>
#
# No. The gain is 1, so each of its layers halves the mean square: $2^{-6} = 1/64$, or $1/8$ in length, which
# a larger rate makes up for. With fifty layers it is $2^{-50}$.
#
# </details>
#
# **2.** You double the width of a ReLU network, but keep the weights' standard deviation. What happens to the
# signal after 10 layers?
#
# <details>
# <summary>Answer</summary>
#
# The gain $n_{in}\,\mathrm{var}(w)$ doubles in each hidden layer (not in the first, whose inputs are as
# before), so the mean square after 10 layers is about $2^{9}$ times as large. That is why initialisers divide
# by the width.
#
# </details>
#
# **3.** Layers of 512, 256, 128, 64 and 32 linear units are drawn as Glorot says. Is the variance of the signal preserved?
#
# <details>
# <summary>Answer</summary>
#
# No. Each layer has $n_{in} = 2 n_{out}$, so it multiplies the signal by $2n_{in}/(n_{in}+n_{out}) = 4/3$ and
# the gradient by $2/3$. After four layers that is $3.2$ and $0.2$. Glorot's draw shares the error out between
# the two ways.
#
# </details>
#
# **4.** Your run reports that 30 % of the ReLU units of a layer are dead. Is that an emergency?
#
# <details>
# <summary>Answer</summary>
#
# The layer is as good as one of 70 % its width, which often suffices. Ask *when* it happened: at the start it
# points to biases or data, after the first steps to a rate that is too high. If all of a layer are dead,
# nothing below it learns any more.
#
# </details>
#
# ## Go deeper
#
# - X. Glorot, Y. Bengio, [Understanding the difficulty of training deep feedforward neural
#   networks](https://proceedings.mlr.press/v9/glorot10a.html), AISTATS 2010.
# - K. He, X. Zhang, S. Ren, J. Sun, [Delving deep into rectifiers](https://arxiv.org/abs/1502.01852), 2015.
# - Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, [Efficient BackProp](https://doi.org/10.1007/3-540-49430-8_2), 1998.
# - B. Poole and others, [Exponential expressivity in deep neural networks through transient
#   chaos](https://arxiv.org/abs/1606.05340), 2016.
# - S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein, [Deep information
#   propagation](https://arxiv.org/abs/1611.01232), 2017.
# - B. Hanin, M. Nica, [Products of many large random matrices and gradients in deep neural
#   networks](https://arxiv.org/abs/1812.05994), 2019.
# - A. Saxe, J. McClelland, S. Ganguli, [Exact solutions to the nonlinear dynamics of learning in deep linear
#   neural networks](https://arxiv.org/abs/1312.6120), 2014: orthogonal weights, which stretch nothing.
#
# **Next:** why hope for the right scale, if one can divide by it?
# [21: Normalise](21_normalise.ipynb)
