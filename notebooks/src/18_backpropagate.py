# %% [markdown]
# # 18 · Backpropagate
#
# *How do I get the gradient of a network?*
#
# Every rule of the last notebooks began with a gradient that somebody handed over. Here you make it yourself: first for
# three numbers, with a pencil, then for a whole network. At the end you train that network, and every line of it is yours.
#
# **You will do:** send a gradient back through a graph, a dense layer, a sigmoid and a softmax; assemble a two-layer
# network from these pieces, check its gradient, and train it until it reads 95 % of unseen digits.
#
# **You will learn:** what a computational graph and reverse-mode automatic differentiation are; why gradients add up where
# a number is used twice; why deep sigmoid networks have a vanishing gradient; how a softmax is kept from overflowing.
#
# **You need:** the chain rule; matrix products; the loop of gradient descent, as in
# [05: Descend the gradient](05_descend_the_gradient.ipynb).
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# Here is where this notebook leads. A network with one hidden layer learns to read small images of digits. The library's
# network is at work below; in the last exercise it is your own.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels against epochs 1 to 30. Left: the training loss falls steeply at first and then slowly towards zero, on a logarithmic axis. Right: the accuracy on held-out digits climbs within a few epochs and then stays nearly level, most of the time above 0.95."}}
from course_lib.data import datasets
from course_lib.networks import mlp
from course_lib.training import train

digits = datasets.split(datasets.embedded_digits())
held_out = (digits.X_valid, digits.y_valid)
rng = np.random.default_rng(0)
net = mlp([784, 32, 10], rng=rng, activation="sigmoid")
history = train(
    net, (digits.X_train, digits.y_train), "sgd",
    lr=0.5, epochs=30, batch_size=32, rng=rng, valid=held_out, progress=False,
)
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.6))
axes[0].semilogy(np.arange(1, 31), history.train_loss)
axes[0].set(xlabel="epoch", ylabel="training loss")
axes[1].plot(np.arange(1, 31), history.valid_accuracy, "--")
axes[1].set(xlabel="epoch", ylabel="accuracy on held-out digits")
plt.show()
print(f"{net.theta.size} weights, {history.valid_accuracy[-1]:.1%} of 200 digits right")

# %% tags=["guard"]
assert history.valid_accuracy[-1] >= 0.95
assert (np.diff(history.train_loss) < 0).mean() > 0.8

# %% [markdown]
# *Reading the figure:* the loss falls, and the accuracy on digits that were never trained on is above 95 % at the
# end. All of it rests on one thing, the gradient of the loss with respect to 25 450 weights.
#
# ## Five steps with a pencil
#
# Take three numbers, $x = 3$, $w = 2$ and $b = -4$, and compute
#
# $$u = w\,x = 6, \qquad z = u + b = 2, \qquad f = z\,w = 4 .$$
#
# Notice that $w$ is used twice. Now go **backwards**. Write $d_q$ for the derivative of $f$ with respect to a
# quantity $q$, so $d_f = 1$. Each operation knows only its own **local slopes**: how much its result changes
# when one of its inputs changes. A sum has the slope 1 for each input. A product has, for each factor, the
# other factor. The chain rule multiplies the slopes along a path, and adds over all paths.
#
# **Predict** $d_z$, $d_u$, $d_b$ and $d_x$. Then predict $d_w$, which gets one part from $f$ and another from $u$.
#
# A computer can do the same. For each number it notes the value, the inputs, and the local slopes. All these notes together
# are the **computational graph**. Inputs are noted before the numbers that are made of them, so the notes, read
# from the last to the first, meet every number after all its uses. This way of working is called **reverse-mode automatic
# differentiation**. The library has it in a few lines:

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
# The `+=` is the heart of it. A number that was used twice receives twice, and the two parts add up. Now build the graph of
# the example and draw it.

# %% tags=["figure"] mystnb={"image": {"alt": "A graph of six nodes. w = 2 and x = 3 lead to u = 6; u and b = -4 lead to z = 2; z and, on a second path, w lead to f = 4. On each arrow stands its local slope, below each node its derivative: f 1, z 2, u 2, b 2, x 4, w 8."}}
from course_lib.networks import scalar_graph

graph = []
x = put(graph, 3)
w = put(graph, 2)
b = put(graph, -4)
u = multiply(graph, w, x)
z = scalar_graph.add(graph, u, b)
f = multiply(graph, z, w)
d = gradients(graph, f)
places = {"w": (w, 0, 1), "x": (x, 0, 0), "u": (u, 1.5, 0.5),
          "b": (b, 1.5, -0.6), "z": (z, 3, 0), "f": (f, 4.5, 0.5)}
fig, ax = plt.subplots(figsize=(8.4, 4))
scalar_graph.draw(ax, graph, places, d)
ax.set(xlim=(-0.6, 5.1), ylim=(-1, 1.4))
plt.show()
for name in "zubxw":
    print(f"d_{name} = {d[places[name][0]]:.0f}")

# %% tags=["guard"]
assert graph[f][0] == 4
assert [d[node] for node in (z, u, b, x, w)] == [2, 2, 2, 4, 8]

# %% [markdown]
# *Reading the figure:* values are black, derivatives green, and each arrow carries its local slope. Two
# arrows leave $w$. One leads to $f$ with slope 2, the other to $u$ with slope 3, so
# $d_w = 2\cdot 1 + 3\cdot 2 = 8$. A program that writes `=` in place of `+=` keeps only one of the two parts.
#
# A single walk through the list gave *all* derivatives. Notebook 19 measures what that is worth.
#
# ## One layer's arrows
#
# A network is such a graph, only larger. Look at one dense layer. It takes the numbers $a_1, a_2, \dots$ of
# one example and makes weighted sums $z_k = \sum_j a_j W_{jk} + b_k$. With three inputs, three arrows meet in
# $z_1$, with the weights $W_{11}$, $W_{21}$ and $W_{31}$. **Predict** before you draw it: with two outputs,
# which weights meet in $a_1$ on the way back?

# %% tags=["figure"] mystnb={"image": {"alt": "Two drawings of one layer with three inputs on the left side and two outputs on the right. In the first, forwards, the three arrows that end in output 1 are dark and carry the weights W11, W21 and W31. In the second, backwards, the two arrows that end in input 1 are dark green and carry the weights W11 and W12."}}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8))
for ax, backwards in zip(axes, (False, True), strict=True):
    scalar_graph.draw_layer(ax, 3, 2, unit=0, backwards=backwards)
axes[0].set_title("Forwards")
axes[1].set_title("Backwards")
plt.show()

# %% [markdown]
# *Reading the figure:* forwards, $z_1$ collects from all inputs, each times its weight. Backwards, $a_1$
# collects from all outputs it went into, each times *the same* weight. The arrows are the same, and their
# slopes are the weights.
#
# Write $\delta_k$ for the derivative of the loss with respect to $z_k$, and $\partial a_j$ for that with
# respect to $a_j$. Then
#
# $$\partial a_j = \sum_k W_{jk}\,\delta_k .$$
#
# An **activation** $a = \varphi(z)$ acts on each number by itself, so the way back multiplies by its slope
# $\varphi'(z)$. One after the other, these two steps turn the deltas of a layer into those of the layer
# below:
#
# $$\delta_j^{\text{below}} = \varphi'(z_j) \sum_k W_{jk}\,\delta_k .$$
#
# This recursion is **backpropagation**. It is not the update $w - \mathrm{lr}\,g$; an optimizer does that
# afterwards, with the result.
#
# What does a weight get? $W_{jk}$ sits between $a_j$ and $z_k$, so one example contributes $a_j\,\delta_k$. A
# batch has $n$ examples, all of them use the same weight, and the contributions add up.
#
# With one example in each row, every sum becomes a matrix product. $D$ holds the deltas:
#
# | what | formula | shape |
# |---|---|---|
# | forwards | $Z = XW + b$ | $(n, n_{out})$ |
# | arrives | $D = \partial\,\text{loss}/\partial Z$ | $(n, n_{out})$ |
# | goes on | $dX = D\,W^\top$ | $(n, n_{in})$ |
# | for the weights | $dW = X^\top D$ | $(n_{in}, n_{out})$ |
# | for the biases | $db$ = sum of the rows of $D$ | $(n_{out},)$ |
#
# ### Exercise 18.1 · The way back through a dense layer
#
# Return the three gradients. If you are lost, write the shapes down: each gradient has the shape of what it belongs to.

# %% tags=["exercise"]
def dense_backward(X, W, D):
    """Return dX, dW, db for X (n, n_in), W (n_in, n_out) and D (n, n_out)."""
    ### BEGIN SOLUTION
    return D @ W.T, X.T @ D, D.sum(axis=0)
    ### END SOLUTION

# %%
check.dense_backward(dense_backward)

# %% [markdown] tags=["solution"]
# There is no division by $n$ here. If the loss is a mean, the factor $1/n$ is in $D$ from the start, and a
# second one would make the gradient $n$ times too small. The library does the same in `backward` of
# `course_lib.networks.layers.Dense`.

# %% [markdown]
# ### Exercise 18.2 · The way back through a sigmoid
#
# The sigmoid is $A = 1/(1+e^{-Z})$. Its slope can be written with $A$ alone, and $A$ is what the layer has
# kept. Which slope is it, and how large can it be?

# %% tags=["exercise"]
def sigmoid_backward(A, D):
    """Return the gradient for the input, from the output A and its gradient D."""
    ### BEGIN SOLUTION
    return D * A * (1 - A)
    ### END SOLUTION

# %%
check.sigmoid_backward(sigmoid_backward)

# %% [markdown] tags=["solution"]
# The slope is at most $1/4$, at $A = 1/2$.

# %% [markdown]
# ## The gradient vanishes
#
# The sigmoid's slope is never above $1/4$. So take ten hidden sigmoid layers of equal width, with weights
# that keep a signal's length on average. **Predict:** by at least which factor are the deltas of the lowest
# layer smaller than those of the highest?
#
# The cell sends a random gradient back through 20 such networks and compares with powers of $1/4$.

# %% tags=["figure"] mystnb={"image": {"alt": "Length of the deltas against the layer, from 10 at the top down to 1, on a logarithmic axis. The measured dots fall along a straight line and lie a little below the dashed line of powers of one quarter, which ends near 4e-6."}}
from course_lib.networks import initializers, signal_propagation

layer = np.arange(1, 11)
squares = []
for seed in range(20):
    _, d2, _ = signal_propagation.random_pass(
        100, 10, rng=np.random.default_rng(seed),
        activation="sigmoid", init=initializers.glorot,
    )
    squares.append(d2 / d2[-1])
length = np.sqrt(np.mean(squares, axis=0))
fig, ax = plt.subplots()
ax.semilogy(layer, 0.25 ** (10.0 - layer), "--", color="0.5", label=r"powers of 1/4")
ax.semilogy(layer, length, "o", color="black", label="measured")
ax.set(xlabel="layer (the gradient comes from the right)")
ax.set_ylabel("length of the deltas")
ax.legend()
plt.show()
print(f"layer 1 / layer 10: powers of 1/4 {0.25**9:.1e}, measured {length[0]:.1e}")

# %% tags=["guard"]
assert 0.1 * 0.25**9 < length[0] < 0.25**9

# %% [markdown]
# *Reading the figure:* nine layers down, the deltas are shorter by more than the nine factors of $1/4$ alone.
# This is the **vanishing gradient**: the lower layers hardly move. Notebook 20 computes the factor for every
# activation, and finds starts for which it is 1.
#
# ## A softmax that does not overflow
#
# For $K$ classes a network puts out $K$ numbers $z_k$, the **logits**. The **softmax** makes probabilities of them,
# $p_k = e^{z_k}/\sum_j e^{z_j}$, and the **cross-entropy** of an example with label $y$ is $-\ln p_y$. Typed in as it stands,
# this works until a logit is large. A float64 ends at about $10^{308}$, a float32 at $10^{38}$.
#
# **Predict** the logits at which `exp` becomes infinite. And what is $\infty/\infty$?
#
# The repair is called the **log-sum-exp trick**. Adding a constant to all logits of a row leaves $p$ as it
# is, so subtract the largest, $c = \max_k z_k$. Then no exponent is positive, and the sum is at least
# $e^0 = 1$:
#
# $$\ln p_k = (z_k - c) - \ln\sum_j e^{z_j - c} .$$
#
# Each row needs its own $c$. And the logarithm must be taken before small exponentials have become 0.

# %% tags=["mirrors:course_lib.networks.losses.log_softmax"]
def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


for kind in (np.float64, np.float32):
    limit = np.log(np.finfo(kind).max)
    print(f"{kind.__name__}: largest {np.finfo(kind).max:.2g}, logarithm {limit:.1f}")
    for logit in (limit - 0.1, limit + 0.1):
        z = np.array([[logit, 0]], dtype=kind)
        with np.errstate(over="ignore", invalid="ignore"):
            p = np.exp(z) / np.exp(z).sum()
        stable = np.exp(log_softmax(z))[0, 0]
        print(f"{kind.__name__}, logit {logit:5.1f}: "
              f"as typed {p[0, 0]:3.0f}, with the trick {stable:.0f}")

# %% [markdown]
# The limits are the logarithms of the largest numbers, 709.8 and 88.7. Beyond them the typed formula gives
# $\infty/\infty$, which is NaN.
#
# Now the gradient. The loss of one example is $\ln\sum_j e^{z_j} - z_y$, so its derivative with respect to $z_k$ is
#
# $$p_k - [k = y],$$
#
# where $[k=y]$ is 1 for the label's class, else 0. It is the **prediction minus the truth**. No entry is
# larger than 1 in size, however wrong the network is. For a batch the loss is the mean, so divide by $n$.
#
# ### Exercise 18.3 · Stable softmax cross-entropy

# %% tags=["exercise"]
def softmax_cross_entropy(logits, y):
    """Return the mean of -log p_y and its gradient (n, k), for labels y (n,)."""
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    log_p = logits - logits.max(axis=1, keepdims=True)
    log_p = log_p - np.log(np.exp(log_p).sum(axis=1, keepdims=True))
    D = np.exp(log_p)
    D[rows, y] -= 1
    return -log_p[rows, y].mean(), D / len(y)
    ### END SOLUTION

# %%
check.softmax_cross_entropy(softmax_cross_entropy)

# %% [markdown]
# ## What must the first loss be?
#
# An untrained network knows nothing. With all logits 0, each of ten classes gets $p = 1/10$. **Predict** the
# loss, and the entries of $n D$ at the label and elsewhere. Look at the first loss before any training: a
# very different number means a bug.

# %%
from course_lib.networks import losses

labels = np.random.default_rng(1).integers(0, 10, 256)
loss, D = losses.softmax_cross_entropy(np.zeros((256, 10)), labels)
nD = 256 * D[0]
print(f"loss {loss:.3f}")
print(f"n D at the label {nD[labels[0]]:.1f}, elsewhere {nD.max():.1f}")
starts = [mlp([784, 32, 10], rng=np.random.default_rng(seed)) for seed in range(20)]
first = [net.loss(digits.X_train, digits.y_train) for net in starts]
print(f"20 random starts: from {min(first):.2f} to {max(first):.2f}")

# %% tags=["guard"]
assert abs(loss - np.log(10)) < 1e-12
assert 2.2 < min(first) < max(first) < 3.0

# %% [markdown]
# The loss is $\ln 10 = 2.303$. Random starts have small random logits in place of zeros, and lie near it.
#
# ## Put it together
#
# You have all the pieces. The network has one hidden layer of sigmoid units:
#
# $$A = \mathrm{sigmoid}(X W_1 + b_1), \qquad Z = A W_2 + b_2, \qquad \text{loss} = \text{cross-entropy of } Z \text{ and } y .$$
#
# ### Exercise 18.4 · Assemble a two-layer network
#
# `p` is a dict with the arrays `W1`, `b1`, `W2`, `b2`. Return the loss and a dict of gradients with the same
# keys. Use your own functions from above.

# %% tags=["exercise"]
def two_layer(p, X, y):
    """Return the loss and {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}."""
    ### BEGIN SOLUTION
    A = 1 / (1 + np.exp(-(X @ p["W1"] + p["b1"])))
    loss, D = softmax_cross_entropy(A @ p["W2"] + p["b2"], y)
    dA, dW2, db2 = dense_backward(A, p["W2"], D)
    _, dW1, db1 = dense_backward(X, p["W1"], sigmoid_backward(A, dA))
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    ### END SOLUTION

# %%
check.two_layer(two_layer)

# %% [markdown]
# ### Exercise 18.5 · Check it and train it
#
# A gradient is believed when it agrees with one that was made in another way. Here that costs only two
# losses. Draw a random direction $V$ for all four arrays. The slope of the loss along $V$ is the sum of all
# entries of $g \odot V$. It must agree with
#
# $$s = \frac{\text{loss}(p + hV) - \text{loss}(p - hV)}{2h}, \qquad h = 10^{-5}.$$
#
# Return the trained weights and the relative error $|g\cdot V - s|/|s|$ **at your start**, on the first 50
# images. Begin with random weights for 784 inputs, 32 hidden units and 10 classes, all drawn from `rng`.
# Train on `X`, `y` by mini-batches until 95 % of the 200 held-out digits are right;
# `datasets.batches(n, 32, rng)` gives the rows of each batch of one epoch.

# %% tags=["exercise"]
def train_two_layer(X, y, rng):
    """Return the dict of trained weights, and the relative error at the start."""
    ### BEGIN SOLUTION
    p = {"W1": rng.normal(size=(784, 32)) / 28, "b1": np.zeros(32),
         "W2": rng.normal(size=(32, 10)) / 6, "b2": np.zeros(10)}
    V = {name: rng.normal(size=p[name].shape) for name in p}
    h = 1e-5
    _, g = two_layer(p, X[:50], y[:50])
    up, _ = two_layer({name: p[name] + h * V[name] for name in p}, X[:50], y[:50])
    down, _ = two_layer({name: p[name] - h * V[name] for name in p}, X[:50], y[:50])
    s = (up - down) / (2 * h)
    error = abs(sum(np.sum(g[name] * V[name]) for name in p) - s) / abs(s)
    for _ in range(40):
        for rows in datasets.batches(len(X), 32, rng):
            _, g = two_layer(p, X[rows], y[rows])
            p = {name: p[name] - 0.5 * g[name] for name in p}
    return p, error
    ### END SOLUTION

# %%
check.train_two_layer(train_two_layer)

# %% [markdown] tags=["solution"]
# Nothing of the library's networks is used here. Frameworks such as PyTorch and TensorFlow record the graph while the forward
# pass runs, and walk back through it as `gradients` does, with arrays in the place of numbers.

# %% [markdown]
# ## Summary
#
# - A computation is a **computational graph**. Reverse-mode automatic differentiation walks through it once,
#   from the end, and gives the derivatives with respect to all inputs. Where a number is used twice,
#   gradients add up.
# - A dense layer sends back $dX = DW^\top$, $dW = X^\top D$, and for $b$ the sum of the rows of $D$. An
#   activation multiplies by its slope.
# - Backpropagation computes a gradient. An optimizer uses it. They are two things.
# - Sigmoid slopes are at most $1/4$, so in a deep sigmoid network the gradient vanishes.
# - Softmax: subtract each row's largest logit, and take the logarithm early. The gradient of the
#   cross-entropy is $(p - \text{onehot})/n$, and the first loss is near $\ln K$.
# - About thirty lines are enough for a network that reads digits, and two extra losses check its gradient.
#
# ## Questions to ask yourself
#
# **1.** All weights of a network start with the same number. What do the deltas of the hidden units look
# like, and what can training never do?
#
# <details>
# <summary>Answer</summary>
#
# All units of a layer receive the same sum $\sum_k W_{jk}\delta_k$ and have the same slope, so their deltas
# are equal, and so are their gradients. Equal units stay equal. The network works as if each layer had one
# unit. Random weights break this symmetry.
#
# </details>
#
# **2.** You want the gradient with respect to the *image*, to see which pixels speak for a 3. What do you change?
#
# <details>
# <summary>Answer</summary>
#
# Only the end of the way back: keep the `dX` of the first layer, which `two_layer` throws away. No optimizer
# is involved, which shows once more that computing a gradient and descending are two things.
#
# </details>
#
# **3.** A computation has one input and a million outputs. Is the way back still the cheap direction?
#
# <details>
# <summary>Answer</summary>
#
# No. One walk backwards gives the derivatives of *one* output with respect to all inputs; here a million
# walks would be needed. One walk forwards, with the slope carried along, gives the derivatives of all outputs
# with respect to the one input: **forward mode**. Training has one output, the loss, and millions of inputs.
#
# </details>
#
# **4.** The entries of $p - \text{onehot}(y)$ add up to 0 in each row. Why must they?
#
# <details>
# <summary>Answer</summary>
#
# Adding one constant to all logits of a row does not change the loss. So the slope in that direction, which
# is the sum of the entries, is 0.
#
# </details>
#
# ## Go deeper
#
# - D. E. Rumelhart, G. E. Hinton, R. J. Williams, [Learning representations by back-propagating
#   errors](https://doi.org/10.1038/323533a0), Nature 323, 1986.
# - A. G. Baydin, B. A. Pearlmutter, A. A. Radul, J. M. Siskind, [Automatic differentiation in machine
#   learning: a survey](https://arxiv.org/abs/1502.05767), JMLR 18, 2018.
# - S. Linnainmaa, [Taylor expansion of the accumulated rounding error](https://doi.org/10.1007/BF01931367),
#   BIT 16, 1976: the way back, before there were networks to train.
# - R. E. Wengert, [A simple automatic derivative evaluation program](https://doi.org/10.1145/355586.364791),
#   Communications of the ACM 7, 1964.
#
# **Next:** your gradient agreed along one direction. When is agreement good enough, and what if it fails?
# [19: Check gradients](19_check_gradients.ipynb)
