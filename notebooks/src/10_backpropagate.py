# %% [markdown]
# # 10 · Backpropagate
#
# *How do I get the gradient of a network, and know it is right?*
#
# Every rule of the last notebooks began with a gradient that somebody handed over. Here you make it yourself: first
# for five numbers, with a pencil; then for a whole batch, with three matrix products a layer. And because a wrong
# gradient often still brings the loss down, half of this notebook is about finding out.
#
# **You will do:** send a gradient back through a graph, a dense layer, a sigmoid and a softmax; measure how well two
# gradients agree; find three planted faults, and clear one innocent network.
#
# **You will learn:** why gradients add up where a number is used twice; what the recursion of the deltas is, and why
# it is not gradient descent; which disagreement is rounding and which is a fault; what a gradient costs in time and
# memory.
#
# **You need:** the chain rule; matrix products; central differences, as in
# [01: Classify critical points](01_classify_critical_points.ipynb).
#
# **Minutes:** 80

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
# ## Five steps with a pencil
#
# Take three numbers, $x = 3$, $w = 2$, $b = -4$, and compute
#
# $$u = w\,x = 6, \qquad z = u + b = 2, \qquad f = z\,w = 4 .$$
#
# Notice that $w$ is used twice. Now go **backwards**. Let $d_q$ be the derivative of $f$ with respect to a quantity
# $q$, so $d_f = 1$. Each operation knows only its own **local slopes**: how much its result changes when one of its
# inputs does. A sum has the slope 1 for each input, and a product has for each factor the other factor. The chain rule multiplies
# along a path and adds over all paths. **Predict** $d_z$, $d_u$, $d_b$, $d_x$, and then $d_w$, which gets something
# from $f$ and something from $u$.
#
# To let a computer do the same, write down each number together with its inputs and the local slopes. The list of
# these notes is the **graph**, and a *node* is a place in the list. The way back is one loop. Inputs stand in the list before whatever is
# made of them. So if you read the list from its end, a node's derivative is complete before it is passed on. Look at the `+=`: a node that was
# used twice receives twice. These are functions of the library; `add` looks like `multiply`, with slopes 1.

# %% tags=["mirrors:course_lib.networks.scalar_graph.put", "mirrors:course_lib.networks.scalar_graph.multiply", "mirrors:course_lib.networks.scalar_graph.gradients"]
def put(graph, value, *edges):
    graph.append((float(value), edges))
    return len(graph) - 1

def multiply(graph, a, b):
    return put(graph, graph[a][0] * graph[b][0], (a, graph[b][0]), (b, graph[a][0]))

def gradients(graph, out):
    d = [0.0] * len(graph)
    d[out] = 1.0
    for node in range(out, -1, -1):
        for source, slope in graph[node][1]:
            d[source] += slope * d[node]
    return d

# %% [markdown]
# With the pencil: $d_z = w = 2$; the sum passes it on, $d_u = d_b = 2$; and $d_x = w\,d_u = 4$. Finally $w$. From the last
# product it gets $z = 2$, from the first one $x\,d_u = 6$: **together 8**. (As a check: $f = w^2x + wb$, so $\partial f/\partial w =
# 2wx + b = 8$.) What would a program report for $w$ that writes `=` in place of `+=`?
#
# The next cell builds the graph and draws it.

# %% tags=["figure"] mystnb={"image": {"alt": "A graph of six nodes. w = 2 and x = 3 lead to u = 6; u and b = -4 lead to z = 2; z and, on a second path, w lead to f = 4. On each arrow stands its local slope, below each node its derivative: f 1, z 2, u 2, b 2, x 4, w 8."}}
from course_lib.networks import scalar_graph

graph = []
x, w, b = put(graph, 3), put(graph, 2), put(graph, -4)
u = multiply(graph, w, x)
z = scalar_graph.add(graph, u, b)
f = multiply(graph, z, w)
d = gradients(graph, f)
fig, ax = plt.subplots(figsize=(8.4, 4))
scalar_graph.draw(ax, graph, {"w": (w, 0, 1), "x": (x, 0, 0), "u": (u, 1.5, 0.5), "b": (b, 1.5, -0.6), "z": (z, 3, 0), "f": (f, 4.5, 0.5)}, d)
ax.set(xlim=(-0.6, 5.1), ylim=(-1, 1.4), title="$w$ is used twice: its derivative is $2 \\cdot 1 + 3 \\cdot 2 = 8$")
plt.show()
print("d_z, d_u, d_b, d_x, d_w: predicted 2 2 2 4 8, computed", *(f"{d[node]:.0f}" for node in (z, u, b, x, w)))
assert graph[f][0] == 4 and [d[node] for node in (z, u, b, x, w)] == [2, 2, 2, 4, 8]

# %% [markdown]
# *Reading the figure:* what flows forwards stands in black, what flows backwards in green; an arrow carries its local slope. To get a node's $d$, take each arrow that leaves it, multiply the
# slope by the $d$ at the arrow's end, and add up. Two arrows leave $w$: one to $f$ with the slope 2, one to $u$ with the slope 3.
# One walk through the list gave *all* derivatives, whatever their number. Keep that in mind for the question of cost.
#
# ## From one number to a layer
#
# A network is such a graph, only a large one. Take one hidden layer, and a batch of $n$ examples, one a row of $X$:
#
# $$Z_1 = X W_1 + b_1, \qquad A_1 = \varphi(Z_1), \qquad Z_2 = A_1 W_2 + b_2, \qquad \text{loss} = \ell(Z_2, y),$$
#
# with weights $W_l$, biases $b_l$, and an activation $\varphi$ that bends every element by itself. Write
# $\delta^{(l)}_{ik} = \partial\,\text{loss}/\partial Z^{(l)}_{ik}$ for example $i$ and unit $k$ of layer $l$. Which arrows
# leave $Z^{(1)}_{ij}$? One to $A^{(1)}_{ij}$, and from there one to each unit $k$ of the next layer, with the slope $W^{(2)}_{jk}$. So
#
# $$\boxed{\;\delta^{(1)}_{ij} = \varphi'\big(Z^{(1)}_{ij}\big) \sum_k W^{(2)}_{jk}\,\delta^{(2)}_{ik}\;}
# \qquad \frac{\partial\,\text{loss}}{\partial W^{(l)}_{jk}} = \sum_i A^{(l-1)}_{ij}\,\delta^{(l)}_{ik}, \qquad
# \frac{\partial\,\text{loss}}{\partial b^{(l)}_{k}} = \sum_i \delta^{(l)}_{ik}, \qquad A^{(0)} = X .$$
#
# The boxed line is **backpropagation**: it makes the deltas of one layer from those of the next. (It is not the formula
# $w - lr\,\partial\text{loss}/\partial w$. That one *uses* the result.) Why the sums over $i$? All $n$ examples use the same weight,
# so $n$ arrows leave it, and gradients add up.
#
# Every sum is a matrix product. With $D_l$ for the array of the $\delta^{(l)}$ and $\odot$ for the element-wise product:
#
# | line | formula | shape |
# |---|---|---|
# | `D2` | $\partial\ell/\partial Z_2$ | $(n, n_2)$ |
# | `dW2`, `db2` | $A_1^\top D_2$, sum of the rows of $D_2$ | $(n_1, n_2)$, $(n_2)$ |
# | `D1` | $(D_2 W_2^\top) \odot \varphi'(Z_1)$ | $(n, n_1)$ |
# | `dW1`, `db1` | $X^\top D_1$, sum of the rows of $D_1$ | $(n_0, n_1)$, $(n_1)$ |
#
# Is it true that this is the same as the walk through the list? Below, a network of the library beside the same network as a graph of single numbers, with the same
# weights: 3 inputs, 4 tanh units, 2 outputs, 5 examples. (`place` puts the entries of an array into a graph, `dense` makes $AW + b$ of nodes.) The loss is the **mean squared
# error**, the mean of $(z - y)^2$ over all $n \cdot n_2$ entries, so `D2` is $2\,(Z_2 - y)/(n\,n_2)$. **Predict:** how many arrows
# leave one weight of $W_1$?

# %%
from course_lib.networks import activations, layers, losses, network

rng, graph = np.random.default_rng(0), []
X, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
net = network.Network([layers.Dense(3, 4), activations.Activation("tanh"), layers.Dense(4, 2)], rng=rng, loss=losses.mse, dtype=float)
loss, grad = net.loss_and_grad(X, y)
W1, b1, W2, b2 = (scalar_graph.place(graph, array) for layer in net.layers[::2] for array in (layer.W, layer.b))
Z1 = scalar_graph.dense(graph, scalar_graph.place(graph, X), W1, b1)
A1 = [[scalar_graph.tanh(graph, node) for node in row] for row in Z1]
out = scalar_graph.squared_error(graph, scalar_graph.dense(graph, A1, W2, b2), y)
d = np.array(gradients(graph, out))[np.concatenate([W1.ravel(), b1, W2.ravel(), b2])]
arrows = sum(source == W1[0, 0] for _, edges in graph for source, _ in edges)
print(f"arrows that leave one weight: predicted 5, counted {arrows}; nodes of the graph: {len(graph)}, {d.size} of them weights and biases")
print(f"same loss, and all gradients agree to 1e-14: {math.isclose(graph[out][0], loss, rel_tol=1e-14) and np.allclose(d, grad, rtol=1e-12, atol=1e-14)}")
assert arrows == 5 and abs(graph[out][0] - loss) < 1e-14 and np.abs(d - grad).max() < 1e-14

# %% [markdown]
# The same numbers, from hundreds of nodes and from a few matrix products. Five examples use each weight, so five arrows leave it, and five terms add up: that is the sum inside $X^\top D$.
#
# ### Exercise 10.1 · The way back through a dense layer
#
# A layer computes $Z = XW + b$ and later receives $D = \partial\,\text{loss}/\partial Z$. Return the three gradients `dX`, `dW`, `db`.
# If you are lost, write the shapes down: each gradient has the shape of what it belongs to.

# %% tags=["exercise"]
def dense_backward(X, W, D):
    """Return dX (n, n_in), dW (n_in, n_out), db (n_out,) for X (n, n_in), W (n_in, n_out), D (n, n_out)."""
    ### BEGIN SOLUTION
    return D @ W.T, X.T @ D, D.sum(axis=0)
    ### END SOLUTION

# %%
check.dense_backward(dense_backward)

# %% [markdown] tags=["solution"]
# There is no division by $n$ here. If the loss is a mean, the factor $1/n$ is in $D$ from the start, and a second one would make the
# gradient $n$ times too small. The library has the same three lines, `show_source(layers.Dense)`. A network's *first* layer
# leaves `dX` out there: nobody asks for the gradient of the data, and it would cost a matrix product.

# %% [markdown]
# ### Exercise 10.2 · The way back through a sigmoid
#
# An activation has no weights: $\partial\,\text{loss}/\partial Z = D \odot \varphi'(Z)$, where $D$ belongs to its output $A$. The sigmoid
# $A = 1/(1+e^{-Z})$ has a slope that can be written with $A$ alone, and $A$ is what the layer has kept. Which slope, and how large can it be?

# %% tags=["exercise"]
def sigmoid_backward(A, D):
    """Return the gradient for the sigmoid's input, given its output A and the gradient D for A, all (n, k)."""
    ### BEGIN SOLUTION
    return D * A * (1 - A)
    ### END SOLUTION

# %%
check.sigmoid_backward(sigmoid_backward)

# %% [markdown] tags=["solution"]
# At most $1/4$, at $A = 1/2$. Each sigmoid layer shrinks the deltas at least fourfold, before the weights have their say. Notebook 11 asks
# what thirty such layers do.

# %% [markdown]
# ## A softmax that does not overflow
#
# For $K$ classes the network puts out $K$ logits $z_k$; $p_k = e^{z_k}/\sum_j e^{z_j}$ are the probabilities, and the cross-entropy of an example
# with label $y$ is $-\ln p_y$. Type that in as it stands, and it works until a logit is large. How large? A float64 ends at about
# $1.8\cdot10^{308}$, a float32 at $3.4\cdot10^{38}$. **Predict** the logits at which `exp` becomes infinite: the logarithms of these. And what is
# $\infty/\infty$?
#
# Nothing is wrong with the mathematics: adding a constant to all logits of a row leaves $p$ as it is. So subtract the largest one, $c = \max_k z_k$.
# Then no exponent is positive, and one of the terms is $e^0 = 1$, so the sum is at least 1 and its logarithm is harmless:
#
# $$\ln p_k = z_k - \ln\sum_j e^{z_j} = (z_k - c) - \ln\sum_j e^{z_j - c} .$$
#
# This is the **log-sum-exp trick**. It must be done for each row by itself, and the logarithm must be taken *before* the small exponentials
# have become 0. The cell has the library's function, and tries both ways on logits just below and just above the limit.

# %% tags=["mirrors:course_lib.networks.losses.log_softmax"]
def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))

for kind in (np.float64, np.float32):
    limit = math.log(np.finfo(kind).max)
    z = np.array([[limit - 0.1, 0], [limit + 0.1, 0]], dtype=kind)
    with np.errstate(over="ignore", invalid="ignore"):
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    stable = np.exp(log_softmax(z))
    print(f"{kind.__name__}: predicted limit {limit:.1f}; p below and above it: {p[0, 0]:.0f} and {p[1, 0]}; stable: {stable[0, 0]:.0f} and {stable[1, 0]:.0f}")
    assert p[0, 0] == 1 and np.isnan(p[1, 0]) and (stable[:, 0] == 1).all()

# %% [markdown]
# Now the gradient. The loss of one example is $\ln\sum_j e^{z_j} - z_y$. Its derivative with respect to $z_k$ is
#
# $$\frac{e^{z_k}}{\sum_j e^{z_j}} - [k = y] = p_k - [k = y],$$
#
# where $[k=y]$ is 1 for the label's class, else 0. **Prediction minus truth**: no logarithm and no fraction is left. Its entries add up to 0 in each
# row (why?), and none is larger than 1 in size, however wrong the network is. For a batch the loss is the mean, so divide by $n$.
#
# ### Exercise 10.3 · Stable softmax cross-entropy

# %% tags=["exercise"]
def softmax_cross_entropy(logits, y):
    """Return the mean of -log p_y, and its gradient (n, k); logits (n, k) of any size, y (n,) integer labels."""
    ### BEGIN SOLUTION
    n = len(y)
    log_p = logits - logits.max(axis=1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=1, keepdims=True))
    D = np.exp(log_p)
    D[np.arange(n), y] -= 1
    return -log_p[np.arange(n), y].mean(), D / n
    ### END SOLUTION

# %%
check.softmax_cross_entropy(softmax_cross_entropy)

# %% [markdown]
# ## What must the first loss be?
#
# An untrained network for ten digits knows nothing. With all logits 0 each class gets $p = 1/10$, and the loss is $\ln 10$. That is worth
# a glance before any training. The network below has the size of the one in notebook 13, 784-128-128-10, and inputs whose mean square is
# 0.11, as that of MNIST's pixels. He's initialiser makes small random logits, not zeros; so the loss must be near $\ln 10$, and a little above
# (notebook 13 predicts how much). **Predict:** what if the last layer starts at zero? And what are then the entries of $n D$, at the label and elsewhere?

# %%
rng = np.random.default_rng(1)
sizes, n = [784, 128, 128, 10], 256
X, y = math.sqrt(0.11) * rng.normal(size=(n, 784)), rng.integers(0, 10, n)
nets = [network.mlp(sizes, rng=np.random.default_rng(seed), dtype=float) for seed in range(20)]
first = np.array([net.loss(X, y) for net in nets])
nets[0].layers[-1].W[...] = 0
loss, D = losses.softmax_cross_entropy(nets[0].logits(X), y)
print(f"ln 10 = {math.log(10):.2f}; 20 random starts: mean {first.mean():.2f}, from {first.min():.2f} to {first.max():.2f}")
print(f"last layer zero: predicted {math.log(10):.3g}, measured {loss:.3g}")
print(f"D times n, its entry at the label: predicted -0.9, measured {n * D[0, y[0]]:.1f}; elsewhere: predicted 0.1, measured {n * np.delete(D[0], y[0]).max():.1f}")
assert abs(loss - math.log(10)) < 1e-12 and np.abs(D.sum(axis=1)).max() < 1e-16 and 0 < first.mean() - math.log(10) < 0.25

# %% [markdown]
# ## Backpropagation computes, an optimizer uses
#
# One reads that "gradient descent propagates the error back". Two things are mixed up there. Backpropagation computes a gradient and changes
# no weight. An optimizer takes a gradient, from wherever it comes, and changes the weights. **Predict:** after ten calls of
# `loss_and_grad`, how far has `theta` moved? And do three optimizers, given one and the same gradient, make one and the same first step? (Adam's first
# step moves every weight by `lr`, notebook 08.)

# %%
net = nets[1]
before = net.theta.copy()
for _ in range(10):
    loss, g = net.loss_and_grad(X, y)
print(f"after 10 gradients theta has moved by {np.linalg.norm(net.theta - before):.0f}")
for name, predicted in (("sgd", 0.01 * np.linalg.norm(g)), ("adagrad", 0.01 * math.sqrt(np.sum(g != 0))), ("adam", 0.01 * math.sqrt(np.sum(g != 0)))):
    step = optimizers.STEPS[name](before, g, {}, lr=0.01)[0] - before
    print(f"{name:7}: first step predicted {predicted:.3g} long, measured {np.linalg.norm(step):.3g}")
    assert math.isclose(np.linalg.norm(step), predicted, rel_tol=0.02)
assert (net.theta == before).all()

# %% [markdown]
# ## How well do two gradients agree?
#
# Now the second half of the question: how do I *know*? Make the gradient in a second way that shares no code with the first. Notebook 01 has
# one: the central difference $n_i = \big(f(w + h e_i) - f(w - h e_i)\big)/2h$, where $e_i$ moves coordinate $i$ alone. It needs the loss only, and
# the loss is easier to get right. Call the gradient of backpropagation $a$, for analytic, and the other one $n$, for numerical.
#
# The two never agree exactly. The difference $|a - n|$ alone says nothing: $10^{-5}$ is a disaster between gradients of size $10^{-5}$. So divide:
#
# $$\text{relative error} = \frac{|a - n|}{\max(|a|, |n|)} .$$
#
# **Careful at zero.** Where an entry should be 0, $n$ holds a little rounding noise. The relative error of that *entry* is 1, and nothing is wrong. So
# take for $a$ and $n$ all entries of one parameter together ($W_1$, say), and for $|\cdot|$ the Euclidean length. Not all parameters at once, for a
# wrong bias could hide behind a large matrix. And two arrays of zeros agree.
#
# ### Exercise 10.4 · Relative error

# %% tags=["exercise"]
def relative_error(a, n):
    """Return |a - n| / max(|a|, |n|) for two arrays of one shape, with Euclidean lengths; 0.0 if both are zero."""
    ### BEGIN SOLUTION
    size = max(np.linalg.norm(a), np.linalg.norm(n))
    return np.linalg.norm(a - n) / size if size > 0 else 0.0
    ### END SOLUTION

# %%
check.relative_error(relative_error)

# %% [markdown]
# ## Which error is rounding, and which is a fault?
#
# Let $\varepsilon$ be the distance from 1 to the next number: $2.2\cdot10^{-16}$ in float64, $1.2\cdot10^{-7}$ in float32. A central difference
# has two errors. The *truncation* error $\tfrac{h^2}{6} f'''$ falls with $h$. The *rounding* error, about $\varepsilon f/h$, grows as $h$ falls. Their sum
# is least near $h = \varepsilon^{1/3}$, and what is left there is of the order $\varepsilon^{2/3}$:
#
# | | best $h$ | error left |
# |---|---|---|
# | float64 | $6\cdot10^{-6}$ | $4\cdot10^{-11}$ |
# | float32 | $5\cdot10^{-3}$ | $2\cdot10^{-5}$ |
#
# These are orders of magnitude. They hold if $f$, $f'$ and $f'''$ are of one size; the derivative with respect to one weight among many is
# smaller than the loss, so expect up to ten times more.
#
# Can one do better? Step in the **imaginary** direction. Taylor's series with $ih$ is
#
# $$f(w + ih) = f(w) + ih\,f'(w) - \tfrac{h^2}{2} f''(w) - \tfrac{ih^3}{6} f'''(w) + \dots
# \qquad\Longrightarrow\qquad \frac{\operatorname{Im} f(w + ih)}{h} = f'(w) - \tfrac{h^2}{6} f'''(w) + \dots$$
#
# Nothing is subtracted, so nothing cancels, and $h$ can be $10^{-20}$: the truncation error is gone, and the error is about $\varepsilon$. The price:
# `f` must take complex numbers. (Lyness and Moler 1967; this form is Squire and Trapp's, 1998.)

# %% tags=["mirrors:course_lib.networks.gradient_check.complex_gradient"]
from course_lib.networks import gradient_check

def complex_gradient(f, w, h=1e-20):
    w = np.array(w, dtype=complex)
    n = np.empty(w.size)
    for i in range(w.size):
        w[i] += 1j * h
        n[i] = f(w).imag / h
        w[i] = w[i].real
    return n

# %% [markdown]
# Now all three ways on a network with 6 inputs, hidden layers of 8 and 5 tanh units and 3 classes: 119 weights. One seed gives one network in every precision,
# complex numbers included. `training_loss` makes of a network the function $f(\theta)$, where $\theta$ holds all weights.

# %% tags=["nbval-ignore-output"]
def small(kind, seed=0):
    return network.mlp([6, 8, 5, 3], rng=np.random.default_rng(seed), activation="tanh", dtype=kind)

rng = np.random.default_rng(2)
X, y, curves = rng.normal(size=(20, 6)), rng.integers(0, 3, 20), {}
a, steps = small(float).loss_and_grad(X, y)[1], np.geomspace(1e-12, 1, 37)
for kind in (np.float32, np.float64, np.complex128):
    f, theta = gradient_check.training_loss(small(kind), X, y), small(kind).theta.real
    way = complex_gradient if kind == np.complex128 else gradient_check.central_gradient
    h = steps[18:] if kind == np.float32 else steps  # shorter steps than 1e-6 are lost in float32
    e = np.array([gradient_check.relative_error(a, way(f, theta, step).astype(float)) for step in h])
    order = np.finfo(kind).eps ** (1 if kind == np.complex128 else 2 / 3)
    print(f"{kind.__name__:10}: order predicted {order:.0e}, best measured {e.min():.0e}")
    curves[kind.__name__] = h, e
    assert order / 10 < e.min() < 20 * order

# %% [markdown]
# Next, the whole curves, with crosses at $(\varepsilon^{1/3}, \varepsilon^{2/3})$. **Predict:** in a plot with two logarithmic axes, which slopes have rounding and truncation? Which
# of the three curves are shaped like a V? On the right, for large $h$, they should coincide. Why?

# %% tags=["figure"] mystnb={"image": {"alt": "Relative error against the step h, both axes logarithmic. Central differences in float64 make a V with its lowest point near 1e-10 at h = 1e-5; those in float32 a V with its lowest point near 1e-4 at h = 1e-2. The complex step falls like h squared to 1e-16 and stays flat."}}
fig, ax = plt.subplots(figsize=(7.6, 4.6))
for (h, error), label, line, color in zip(curves.values(), ("central, float32", "central, float64", "complex step"), ("s:", "o-", "^--"), ("0.55", "black", "#009e73"), strict=True):
    ax.loglog(h, error, line, color=color, markersize=5, label=label)
for name in ("float32", "float64"):
    ax.plot(np.finfo(name).eps**(1 / 3), np.finfo(name).eps**(2 / 3), "x", color="black", markersize=12, markeredgewidth=2.5)
ax.set(xlabel="step $h$", ylabel="relative error", ylim=(1e-17, 20), title="Differences have a best step, the complex step needs none")
ax.legend(loc="upper left", bbox_to_anchor=(0, 0.42))
plt.show()
left, right = (np.polyfit(np.log(steps[part]), np.log(curves["float64"][1][part]), 1)[0] for part in (steps < 1e-6, (steps > 1e-4) & (steps < 1e-1)))
print(f"slopes of the V in float64: predicted -1 and 2, measured {left:.1f} and {right:.1f}")
print(f"complex step, h below 1e-9: all errors below 1e-13: {curves['complex128'][1][steps < 1e-9].max() < 1e-13}")
assert abs(left + 1) < 0.15 and abs(right - 2) < 0.1 and curves["complex128"][1][steps < 1e-9].max() < 1e-13

# %% [markdown]
# *Reading the figure:* the valleys lie a factor of three to ten above the crosses, as announced, because
# single derivatives are smaller than the loss. On the right all three curves follow the truncation error, proportional to $h^2$, which is the same but for
# its sign. On the left the differences drown in rounding. The complex step has nothing to drown in.
#
# Where, then, is the line between rounding and fault? It must lie above all rounding and below the smallest fault that you want to see. Take a modest fault:
# *one* of the 48 weights of $W_1$ gets a derivative that is 1 % too large. **Predict** which of the three ways finds it. We
# look at 20 networks, for each parameter at its own relative error, and in float32 and float64 use $h = \varepsilon^{1/3}$.

# %% tags=["nbval-ignore-output"]
noise, fault = {kind: [] for kind in (np.float32, np.float64, np.complex128)}, []
for seed in range(20):
    net = small(float, seed)
    a = gradient_check.by_parameter(net, net.loss_and_grad(X, y)[1])
    for kind, largest in noise.items():
        f, theta = gradient_check.training_loss(small(kind, seed), X, y), small(kind, seed).theta.real
        way = complex_gradient if kind == np.complex128 else gradient_check.central_gradient
        n = gradient_check.by_parameter(net, way(f, theta).astype(float))
        largest.append(max(gradient_check.relative_error(a[k], n[k]) for k in a))
    wrong = a["W1"].copy()
    wrong[3, 4] *= 1.01
    fault.append(gradient_check.relative_error(wrong, a["W1"]))
print(f"the fault: from {min(fault):.0e} to {max(fault):.0e}; largest error without it:", ", ".join(f"{kind.__name__} {max(e):.0e}" for kind, e in noise.items()))
assert max(noise[np.complex128]) < 1e-13 and max(noise[np.float64]) < 1e-7 and min(fault) > 1e-6 and max(noise[np.float32]) > min(fault)

# %% [markdown]
# This is why gradients are checked in **float64**, even if the network will be trained in float32: there is a gap of several powers of ten between
# rounding and faults. In float32 the two overlap. Reasonable lines for networks of this size, for each parameter:
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
# There is one more way to fail, and it accuses the innocent. ReLU, $\max(z, 0)$, has a **kink** at 0. If $z$ is closer to it than the step, one of the two
# values comes from the other branch: the difference **straddles** the kink. Say $z = s$ with $0 < s < h$. Then $n = \frac{(s + h) - 0}{2h} = \frac12 +
# \frac{s}{2h}$, and the true slope is 1. The error is $\frac12(1 - s/h)$: at most $\frac12$, and $\frac14$ on average.
#
# How often? If $z$ is standard normal, its density at 0 is $1/\sqrt{2\pi} = 0.399$, and a window of width $2h$ catches it with
# probability $0.798\,h$. The complex step does not move the real part, so it cannot straddle.
#
# With $h = 6\cdot10^{-6}$ that is five in a million. But a network has many chances. In a layer with 784 inputs, 128 units and 128 examples there are
# 12.8 million triples of a weight $W_{jk}$ and an example $i$, and moving the weight by $h$ moves $Z_{ik}$ by $h|X_{ij}|$. Let the inputs be standard normal, so that
# $|X_{ij}|$ is 0.798 on average; with He's weights $Z_{ik}$ then has the variance 2, and the density $0.399/\sqrt2$ at 0. A triple straddles with probability
# $2h \cdot 0.798 \cdot 0.399/\sqrt2 = 0.45\,h$. **Predict** the share of single units that straddle for $h = 0.01$, and how many of the
# 12.8 million triples, for $h = 0.01$ and for the best $h$.

# %%
z, h = np.random.default_rng(0).normal(size=1_000_000), 0.01
wrong = np.abs((activations.relu(z + h) - activations.relu(z - h)) / (2 * h) - (z > 0))
share, size = np.mean(wrong > 1e-6), wrong[wrong > 1e-6].mean()
spoilt = np.sum(activations.relu(z + 1e-20j).imag / 1e-20 != (z > 0))
print(f"one unit: straddles predicted {0.798 * h:.2%}, measured {share:.2%}; error there predicted 0.25, measured {size:.2f}; complex step wrong: {spoilt}")

def straddles(h, seed):
    rng = np.random.default_rng(seed)
    X, layer = rng.normal(size=(128, 784)), network.mlp([784, 128, 10], rng=rng, dtype=float).layers[0]
    Z = np.abs(layer.forward(X))
    i, k = np.nonzero(h * np.abs(X).max(axis=1, keepdims=True) > Z)
    return np.sum(h * np.abs(X[i]) > Z[i, k][:, None])
large, best = np.mean([straddles(h, seed) for seed in range(10)]), np.array([straddles(6.06e-6, seed) for seed in range(40)])
print(f"layer: predicted {0.45 * h * 12.8e6:.3g}, mean of 10 {large:.3g}; best h: predicted 35 on average, measured in 40 layers: {np.sum(best == 0)} times 0, at most {best.max()}")
assert abs(share - 0.00798) < 0.0005 and abs(size - 0.25) < 0.02 and spoilt == 0 and abs(large / 57_600 - 1) < 0.15

# %% [markdown]
# At the best step they come in bunches: one pair of an example and a unit that happens to lie at the kink spoils up to 784 weights at once.
# So most checks of such a layer see none, and now and then one sees hundreds. If central differences raise an alarm on a ReLU network, and only in the
# parameters below one layer, suspect a kink: **try another $h$, other data, or the complex step**.
#
# ## Three wrong gradients and an innocent
#
# The library's `check_network(net, X, y)` is your exercise 10.4 around two forward passes for each weight: it returns the relative error of each parameter, by central differences
# with the best $h$. (Where both gradients are as short as rounding noise, as for a bias before a batch normalisation, it counts them as equal.)
#
# Four people have written the backward pass of a network 6-8-5-3. **Three of them made one mistake each; the fourth made none.** They noticed nothing,
# because training works. **Guess:** does the loss fall with a gradient that is wrong?

# %%
from course_lib.checks.nb10 import suspect

for name in "ABCD":
    net, X, y = suspect(name)
    state, before = {}, net.loss(X, y)
    for _ in range(200):
        net.theta, state = optimizers.adam(net.theta, net.loss_and_grad(X, y)[1], state, lr=0.01)
    print(f"suspect {name}: loss {before:.1f} at first, {net.loss(X, y):.2f} after 200 steps of Adam")
    assert net.loss(X, y) < 0.5 * before

# %% [markdown]
# All four train. A falling loss is no proof of a right gradient.
#
# ### Exercise 10.5 · Find the three, and clear the fourth
#
# `suspect(name)` returns `net, X, y`. (Do not read its source; that would be the solution.) Begin with `examine("A")`. The backward pass has nine lines:
#
# | from the loss | layer 3 | layer 2 | layer 1 |
# |---|---|---|---|
# | `D3` $= \partial\ell/\partial Z_3$ | `dW3`, `db3` | `D2` $= (D_3W_3^\top)\odot\varphi'$, `dW2`, `db2` | `D1` $= (D_2W_2^\top)\odot\varphi'$, `dW1`, `db1` |
#
# Each line uses those before it. **Which line is wrong?** Find the one whose fault spoils exactly what is spoilt. Answer with a dict, `{"A": "dW2", ...}`, and
# `"none"` for the innocent. If differences accuse all four, ask a witness who cannot straddle: `suspect(name, complex)` returns the network with complex
# weights, for `complex_gradient(gradient_check.training_loss(net, X, y), net.theta.real)`, and `gradient_check.by_parameter(net, g)` cuts a gradient into parameters.

# %% tags=["exercise"]
def examine(name):
    return gradient_check.check_network(*suspect(name))

### BEGIN SOLUTION
found = {"A": "db1", "B": "D2", "C": "D3", "D": "none"}
### END SOLUTION

# %%
check.found(found)

# %% [markdown] tags=["solution"]
# A: only `b1` is wrong, by a factor: the rows of `D1` were averaged and not added up. B: all of layers 1 and 2, nothing of layer 3: the slope of the second tanh was taken
# at its output in place of its input. C: everything, by the factor 20: the loss is a mean and its gradient a sum. (Adam would never tell, since a constant factor does not change its steps; SGD would be content with a twentieth of the rate.) D: central differences complain of `W1` and `b1`, the complex step of nothing: one unit lies $10^{-7}$ from its kink for one example. With $h = 10^{-8}$ the complaint vanishes.

# %% [markdown]
# ## What does a gradient cost?
#
# Count multiplications, which a product of matrices is full of. For a batch of $n$ examples, a layer $n_{in} \to n_{out}$ costs $n\,n_{in}\,n_{out}$ forwards. On the way back
# it costs the same for $dW = X^\top D$, and once more for $dX = D W^\top$, which the first layer does not need. So the way back costs **twice** the way
# forward, less the share of the first layer. Together: a gradient costs at most *three* forward passes, whatever the number of weights.
#
# | network | forwards, per example | backwards | gradient / forward |
# |---|---|---|---|
# | 784-128-128-10 | 118 016 | 118 016 + 17 664 | 2.15 |
# | six layers 512-512 | $6 \cdot 512^2$ | $11 \cdot 512^2$ | 2.83 |
# | 2048-512-10 | ? | ? | ? |
#
# **Predict** the last row. And numerical differences? For $N$ weights, forward differences need $N + 1$ forward passes, central ones $2N$. For the first network, $N = 118\,282$, one
# gradient by forward differences has the price of $118\,283/2.15 \approx 55\,000$ gradients by backpropagation.
#
# So much for counting; now the clock. `measure` runs both in alternation and takes the least processor time of nine runs. It returns the ratio, and the time of a gradient for each
# of its multiplications.

# %%
from itertools import pairwise
from time import thread_time

def products(sizes):
    pairs = [n_in * n_out for n_in, n_out in pairwise(sizes)]
    return sum(pairs), 2 * sum(pairs) - pairs[0]  # forwards, backwards

def measure(sizes, n):
    rng, best = np.random.default_rng(0), [math.inf, math.inf]
    X, y, net = rng.normal(size=(n, sizes[0])).astype("f"), rng.integers(0, sizes[-1], n), network.mlp(sizes, rng=rng)
    for k in [0, 1] * 9:
        began = thread_time()
        net.loss_and_grad(X, y) if k else net.logits(X, training=True)
        best[k] = min(best[k], thread_time() - began)
    return best[1] / best[0], best[1] / n / sum(products(sizes))

# %% [markdown]
# What is not a matrix product (ReLU, sums, copies) costs extra, so these are wide layers. The first row is the yardstick for time; the second has four times the weights, the third four times the
# examples. **Predict** for each row the ratio, and the time per multiplication in units of the first row. Your last digits are your machine's.

# %% tags=["nbval-ignore-output"]
from threadpoolctl import threadpool_limits

yardstick = None
with threadpool_limits(1, user_api="blas"):
    for sizes, n in (([256] * 7, 256), ([512] * 7, 256), ([256] * 7, 1024), ([2048, 512, 10], 256)):
        (up, down), (ratio, each) = products(sizes), measure(sizes, n)
        yardstick = yardstick or each
        N = network.mlp(sizes, rng=np.random.default_rng(0)).theta.size
        print(f"{N:9,} weights, {n:4} examples: gradient / forward predicted {1 + down / up:.2f}, measured about {ratio:.0f}; "
              f"time per multiplication predicted 1, measured about {each / yardstick:.0f}")
        assert 0.5 < ratio / (1 + down / up) < 2 and 0.4 < each / yardstick < 2.5

# %% [markdown]
# One popular statement falls here: *"gradient descent is slow because a network has so many parameters."* With more parameters the forward pass gets slower, and the gradient
# in proportion; *per forward pass* it costs no more than before. (For functions of any kind, the way back costs a small constant times the way forward: see the survey of
# Baydin et al. 2018.) By differences each weight would cost a forward pass of its own; there the number of parameters would hurt. What makes a full-batch gradient expensive is the number of *examples*.
#
# That is why a check uses a small network. If it must be the large one, check along **one random direction** $v$ in place of $N$ axes: the slope of the loss along $v$ is
# $g\cdot v$, and two forward passes measure it. A fault anywhere in $g$ changes $g\cdot v$ for nearly every $v$; where it sits is not told.

# %%
rng = np.random.default_rng(4)
X, y = rng.normal(size=(64, 784)), rng.integers(0, 10, 64)
net = network.mlp([784, 128, 128, 10], rng=rng, activation="tanh", dtype=float)
g, theta, f, v = net.loss_and_grad(X, y)[1], net.theta.copy(), gradient_check.training_loss(net, X, y), rng.normal(size=net.theta.size)
wrong = g.copy()
gradient_check.by_parameter(net, wrong)["b1"][...] /= 64
h = 1e-5
slope = (f(theta + h * v) - f(theta - h * v)) / (2 * h)
right_error, wrong_error = (gradient_check.relative_error(a @ v, slope) for a in (g, wrong))
print(f"two forward passes: error below 1e-6 with the right gradient: {right_error < 1e-6}; with a mean in db1: {wrong_error:.1%}")
assert right_error < 1e-6 and wrong_error > 1e-4

# %% [markdown]
# ## What does it cost in memory?
#
# The way back needs what the layers received on the way up: $A_{l-1}$ for $dW_l$, and the input and output of each activation for its slope. So none of it may be thrown away before
# the way back has passed. For 784-128-128-10 these are $784 + 4 \cdot 128 = 1296$ numbers an example. A forward pass alone needs only the layer at hand. **Predict:** with how many
# examples do these take more room than the 118 282 weights?

# %%
for n in (64, 256):
    net, X = network.mlp([784, 128, 128, 10], rng=np.random.default_rng(0)), np.zeros((n, 784), np.float32)
    net.loss_and_grad(X, np.zeros(n, int))
    kept = {id(array): array for layer in net.layers for name, array in vars(layer).items() if name in ("X", "A")}
    count = sum(array.size for array in kept.values())
    print(f"{n:3} examples: numbers kept predicted {1296 * n}, counted {count}: {count / net.theta.size:.1f} times the weights")
    assert count == 1296 * n

# %% [markdown]
# From 92 examples on, the activations are the larger part; in deep networks by far. This is the price of backpropagation. (One can pay with time instead: keep
# every third layer, say, and compute the others again on the way back. That is called checkpointing: Griewank and Walther 2000.)
#
# ## One hidden layer, and the loss is not convex
#
# A last use of exact gradients and losses. One hears that the loss "becomes" non-convex as networks grow. Does it take size? A function is **convex** if at the midpoint of
# any two points it is at most the mean of its values there. Now take any network with a hidden layer and **swap two hidden units**: two columns of $W_1$, two entries of
# $b_1$, two rows of $W_2$. It computes the same function, so the loss is the same. But $\theta$ is another point. If the loss were convex, then halfway between
# the two, where the two units have become equal, it could not be higher.
#
# The network below has 2 inputs, 4 tanh units and 2 classes: 22 weights. The label says whether the two inputs have the same sign. We train it, and swap the first two units. **Predict:** what
# is the loss halfway, higher or lower?

# %%
rng = np.random.default_rng(0)
X = rng.normal(size=(200, 2))
y, net, state = (X[:, 0] * X[:, 1] > 0).astype(int), network.mlp([2, 4, 2], rng=rng, activation="tanh", dtype=float), {}
for _ in range(500):
    net.theta, state = optimizers.adam(net.theta, net.loss_and_grad(X, y)[1], state, lr=0.02)
theta, f = net.theta.copy(), gradient_check.training_loss(net, X, y)

def twin(order):
    parts = gradient_check.by_parameter(net, theta)
    return np.concatenate([parts["W1"][:, order].ravel(), parts["b1"][order], parts["W2"][order].ravel(), parts["b2"]])

swapped, half = f(twin([1, 0, 2, 3])), f((theta + twin([1, 0, 2, 3])) / 2)
print(f"loss {f(theta):.2f}; with two units swapped: predicted {f(theta):.2f}, measured {swapped:.2f}; halfway {half:.2f}")
assert abs(f(theta) - swapped) < 1e-12 and half > 1.3 * f(theta)

# %% [markdown]
# One pair is enough to refute convexity. Here is the whole segment, for each of the six pairs of units.

# %% tags=["figure"] mystnb={"image": {"alt": "Loss along the straight segment from a trained network to the same network with two hidden units swapped, six curves for the six pairs of units. All begin and end at one height, and each rises in between, some to several times that height; a dashed line marks the height of the ends."}}
share = np.linspace(0, 1, 81)
orders = [1, 0, 2, 3], [2, 1, 0, 3], [3, 1, 2, 0], [0, 2, 1, 3], [0, 3, 2, 1], [0, 1, 3, 2]
hills = np.array([[f((1 - s) * theta + s * twin(order)) for s in share] for order in orders])
fig, ax = plt.subplots()
ax.plot(share, hills.T, color="0.45", linewidth=1.8)
ax.axhline(f(theta), color="black", linestyle="--", linewidth=1.6, label="if it were convex: at most this")
ax.set(xlabel="from the network (0) to its twin with two units swapped (1)", ylabel="cross-entropy loss", ylim=(0, 3),
       title="Between two equally good networks lies a hill")
ax.legend(loc="upper right")
plt.show()
assert (hills[:, 40] > 1.03 * f(theta)).all() and np.abs(hills[:, -1] - f(theta)).max() < 1e-12

# %% [markdown]
# *Reading the figure:* each curve belongs to one pair of units. All start and end at the height of the trained network, and all are higher in the middle. With $m$ hidden units there
# are $m!$ such copies of every minimum, 24 here (counting itself). So non-convexity begins with the *first* hidden layer, by symmetry; it does not wait for size.
#
# ## Summary
#
# - Backpropagation walks through the graph of a computation once, backwards. Each node multiplies by its local slopes, and gradients **add up** where a number is used twice, as a weight is by all
#   examples of a batch.
# - In matrices: $dX = DW^\top$, $dW = X^\top D$, $db$ = sum of the rows of $D$; an activation multiplies by its slope. The recursion of the deltas is backpropagation; the update $w - lr\,g$ is not.
# - Softmax: subtract the largest logit of each row, take the logarithm early. The gradient of the cross-entropy is $(p - \text{onehot})/n$. The first loss is near $\ln K$.
# - A gradient is believed when it agrees with one made in another way. Central differences leave about $10^{-10}$ in float64 and $10^{-4}$ in float32; the complex step $10^{-15}$. A falling loss proves nothing.
# - At a kink a difference may be wrong where the gradient is right.
# - A gradient costs two to three forward passes, for any number of weights, and the memory for all activations. By differences it costs one or two forward passes for *each* weight.
# - One hidden layer makes the loss non-convex, because units can be swapped.
#
# ## Questions to ask oneself
#
# **1.** Somebody initialises all weights of a network with the same number. What do the deltas of the hidden units look like, and what can training never do?
#
# <details>
# <summary>Answer</summary>
#
# All units of a layer receive the same sum $\sum_k W_{jk}\delta_k$ and have the same slope, so their deltas are equal, and so are their gradients. Equal units stay equal, under any
# element-wise rule. The network works as if each layer had one unit. Random weights are there to break the symmetry. (In the middle of the last figure two units are equal, too.)
#
# </details>
#
# **2.** Your check gives $3\cdot10^{-5}$ for one parameter, in float64 with tanh units. You halve $h$. What do you expect if it was truncation, rounding, or a fault?
#
# <details>
# <summary>Answer</summary>
#
# Truncation falls to a quarter, $8\cdot10^{-6}$. Rounding doubles, $6\cdot10^{-5}$. A fault stays.
#
# </details>
#
# **3.** Why must dropout be switched off, or its random numbers be fixed, for a check?
#
# <details>
# <summary>Answer</summary>
#
# Each call of the loss would draw another mask, so $f(w+h)$ and $f(w-h)$ would belong to two different functions. Their difference does not go to zero with $h$, and $n$ grows like $1/h$.
# Batch normalisation is different: in training its loss is a function of $\theta$ and the batch alone. Check it in training mode, with the whole batch.
#
# </details>
#
# **4.** You want the gradient with respect to the *image*, to see which pixels speak for a 3. What do you change in the library's way back?
#
# <details>
# <summary>Answer</summary>
#
# Nothing but its end: call `backward` on the first layer as well, in place of `parameter_gradients`, and take what it returns. No optimizer is involved, which shows once more that computing a gradient and descending are two things.
#
# </details>
#
# **5.** A computation has one input and a million outputs. Is the way back still the cheap direction?
#
# <details>
# <summary>Answer</summary>
#
# No. One walk backwards gives the derivatives of *one* output with respect to all inputs; here a million walks would be needed. One walk forwards, with the slope carried along, gives the derivatives of all outputs with respect to the one
# input. The complex step does just that. Training has one output, the loss, and millions of inputs.
#
# </details>
#
# ## Go deeper
#
# - D. E. Rumelhart, G. E. Hinton, R. J. Williams, *Learning representations by back-propagating errors*, Nature 323, 1986. doi 10.1038/323533a0
# - A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind, *Automatic differentiation in machine learning: a survey*, JMLR 18, 2018. arXiv 1502.05767
# - S. Linnainmaa, *Taylor expansion of the accumulated rounding error*, BIT 16, 1976: the way back, before there were networks to train. doi 10.1007/BF01931367
# - J. N. Lyness, C. B. Moler, *Numerical differentiation of analytic functions*, SIAM Journal on Numerical Analysis 4, 1967. doi 10.1137/0704019
# - W. Squire, G. Trapp, *Using complex variables to estimate derivatives of real functions*, SIAM Review 40, 1998. doi 10.1137/S003614459631241X
# - J. R. R. A. Martins, P. Sturdza, J. J. Alonso, *The complex-step derivative approximation*, ACM TOMS 29, 2003. doi 10.1145/838250.838251
# - A. Griewank, A. Walther, *Algorithm 799: revolve*, ACM TOMS 26, 2000: checkpointing. doi 10.1145/347837.347846
#
# **Next:** the deltas are multiplied by a matrix and a slope at every layer. What is left of them after thirty?
# [11: Initialise and normalise](11_initialise_and_normalise.ipynb)
