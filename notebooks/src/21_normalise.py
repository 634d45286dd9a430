# %% [markdown]
# # 21 · Normalise
#
# *What do normalisation and skip connections change?*
#
# Notebook 20 looked for first weights of just the right size. This notebook makes the size matter less: it
# divides by it, at every layer and at every step. And it gives the gradient a second road, past the layers.
#
# **You will do:** repair a batch normalisation from the museum; write layer normalisation, there and back;
# write the way back through a residual block.
#
# **You will learn:** what batch and layer normalisation compute and how a gradient comes back through them;
# why a forgotten switch to evaluation is hard to notice; what normalisation and skip connections do to a
# gradient over fifty layers.
#
# **You need:** [18: Backpropagate](18_backpropagate.ipynb) and [20: Initialise](20_initialise.ipynb).
#
# **Minutes:** 60

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# Two networks with 20 hidden layers of 64 ReLU units, both with He's start, each at the learning rate that
# was tuned for it. One is plain. The other has a layer normalisation before each activation, and a skip
# connection around each layer.

# %% tags=["figure", "nbval-ignore-output"] mystnb={"image": {"alt": "Validation accuracy against epoch, 1 to 4, for two networks of 20 layers. The curve of the network with layer normalisation and skip connections lies above that of the plain one at every epoch."}}
from course_lib.data import datasets, load_results
from course_lib.networks import signal_propagation as sp
from course_lib.training import train
from threadpoolctl import threadpool_limits

_ = threadpool_limits(1, user_api="blas")  # faster for matrices as small as these
data = datasets.split(datasets.load_mnist())
X = data.X_train[:5000]
y = data.y_train[:5000]
fig, ax = plt.subplots()
both = {"norm": "layer", "residual": True}
for label, lr, settings in (("plain", 0.01, {}), ("layer norm + skip", 0.0316, both)):
    rng = np.random.default_rng(0)
    net = sp.tower([784, *[64] * 20, 10], rng=rng, **settings)
    history = train(net, (X, y), "sgd", lr=lr, epochs=4, batch_size=64, rng=rng,
                    valid=(data.X_valid, data.y_valid), progress=False)
    ax.plot(np.arange(1, 5), history.valid_accuracy, "o--", label=f"{label}, lr {lr}")
ax.set(xlabel="epoch", ylabel="validation accuracy", ylim=(0, 1), xticks=range(1, 5))
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* with both, the deep network learns from the first epoch on. This is one seed; a fair
# comparison stands at the end.
#
# ## Divide by the size
#
# **Batch normalisation** (Ioffe and Szegedy 2015) takes one unit's sums over the batch, subtracts their mean,
# and divides by their standard deviation. Two learnt numbers for each unit, $\gamma$ and $b$, then scale and
# shift:
#
# $$\hat x = \frac{x - \text{mean}}{\sqrt{\text{var} + \varepsilon}},\qquad A = \gamma\,\hat x + b .$$
#
# **Layer normalisation** (Ba and others 2016) does the same over the units of one example. The variance is
# divided by $n$ here. (PyTorch and the paper divide the running variance by $n-1$.)
#
# A batch has a price: the answer for an image depends on the company it is in. So in evaluation one uses
# running averages of mean and variance, $m \leftarrow \beta m + (1-\beta)\,\text{mean}$, kept during
# training. Who forgets to switch, in PyTorch with `model.eval()`, may not notice.
#
# The next cell trains with batch normalisation and then evaluates in four ways. **Predict** which goes wrong:
# running averages or the batch's own statistics; batches of mixed images, or sorted by digit.

# %% tags=["nbval-ignore-output"]
rng = np.random.default_rng(0)
net = sp.tower([784, 64, 64, 10], rng=rng, norm="batch")
train(net, (X, y), "sgd", lr=0.1, epochs=5, batch_size=64, rng=rng, progress=False)
kept = net.snapshot()
labels = data.y_valid
orders = {"mixed": np.arange(len(labels)),
          "sorted": np.argsort(labels, kind="stable")}
scores = {}
for training in (False, True):
    for name, order in orders.items():
        net.restore(kept)
        guesses = [net.logits(data.X_valid[rows], training=training).argmax(axis=1)
                   for rows in np.array_split(order, len(labels) // 20)]
        scores[training, name] = np.mean(np.concatenate(guesses) == labels[order])
        statistics = "batch statistics" if training else "running averages"
        print(f"{statistics}, {name:6}: accuracy {scores[training, name]:.2f}")

# %% tags=["guard"]
assert scores[False, "mixed"] == scores[False, "sorted"] > 0.8
assert scores[True, "sorted"] < 0.7

# %% [markdown]
# With running averages the order of the images cannot matter. With the batch's own statistics, a batch of one
# digit has *its* mean subtracted, and what made the digit recognisable is gone. On mixed batches the fault
# costs little here, and is easily overlooked.
#
# ### Exercise 21.1 · Batch normalisation in evaluation
#
# This one is in the museum. The layer works in training, and its author has even provided for running averages. Put one
# image in, alone, and every output is $b$, whatever the image. Repair it.

# %% tags=["exercise"]
def museum_batch_norm(X, gamma, b, state, *, training, beta=0.9, eps=1e-5):
    ### BEGIN SOLUTION
    if training:
        mean, var = X.mean(axis=0), X.var(axis=0)
        state = {"mean": beta * state["mean"] + (1 - beta) * mean,
                 "var": beta * state["var"] + (1 - beta) * var}
    else:
        mean, var = state["mean"], state["var"]
    return gamma * (X - mean) / np.sqrt(var + eps) + b, state
    ### END SOLUTION
    ### BEGIN STUB
    # mean, var = X.mean(axis=0), X.var(axis=0)
    # state = {"mean": beta * state["mean"] + (1 - beta) * mean,
    #          "var": beta * state["var"] + (1 - beta) * var}
    # return gamma * (X - mean) / np.sqrt(var + eps) + b, state
    ### END STUB

# %%
check.museum_batch_norm(museum_batch_norm)

# %% [markdown]
# ## The way back through a mean and a variance
#
# Mean and variance are made of the same numbers that they normalise. So a gradient reaches $x$ by three
# roads: directly, through the mean, and through the variance. Start with the mean alone,
# $c_i = x_i - \bar x$. Raising $x_j$ raises $c_j$ by 1, and lowers *every* $c_i$ by $1/n$. So with
# $G = \partial\,\text{loss}/\partial c$ the way back subtracts a mean, just as the way forward does:
# $G - \bar G$. The variance adds one more term of the same kind. With $G = D\,\gamma$ for the gradient that
# arrives at $\hat x$,
#
# $$dX = \frac{G - \overline{G} - \hat x\,\overline{G\,\hat x}}{\sqrt{\text{var} + \varepsilon}} ,$$
#
# where a bar is a mean over the batch.
#
# <details>
# <summary>Why this is true</summary>
#
# Write $c_i = x_i - \bar x$, $v = \frac1n\sum c_i^2 + \varepsilon$ and $\hat x_i = c_i v^{-1/2}$. Then
#
# $$\frac{\partial \hat x_i}{\partial c_j} = v^{-1/2}[i=j] - \tfrac12 c_i v^{-3/2}\cdot\tfrac2n c_j = v^{-1/2}\left([i=j] - \tfrac1n \hat x_i\hat x_j\right).$$
#
# Summing $G_i$ times this over $i$ gives the gradient for $c_j$:
# $v^{-1/2}\big(G_j - \hat x_j\,\overline{G\hat x}\big)$. The step from $c$ to $x$ subtracts the mean of it.
# Since the mean of $\hat x$ is 0, only $\overline G$ is subtracted, and the formula follows.
#
# </details>
#
# Is it right? The cell compares it with the **complex step** of notebook 19. **Predict** the three errors:
# for the whole formula, without the road through the variance, and with mean and variance taken as constants.

# %%
import copy

from course_lib.networks import gradient_check
from course_lib.networks.normalization import BatchNorm

rng = np.random.default_rng(0)
Z = rng.normal(1.0, 2.0, (8, 3))
D = rng.normal(size=(8, 3))
norm = BatchNorm(3)
norm.gamma = np.array([1.0, 2.0, -0.5])
norm.b = np.zeros(3)


def loss(z):
    return np.sum(D * copy.copy(norm).forward(z.reshape(8, 3), training=True))

# %% [markdown]
# `loss` multiplies the output by fixed numbers $D$ and adds up, so that $D$ is the gradient that arrives at $A$.
# The layer keeps $\hat x$ as `Xhat`, and $1/\sqrt{\text{var} + \varepsilon}$ as `scale`.

# %%
exact = gradient_check.complex_gradient(loss, Z.ravel()).reshape(8, 3)
norm.forward(Z, training=True)
G = D * norm.gamma
through_mean = G - G.mean(axis=0)
whole = through_mean - norm.Xhat * (G * norm.Xhat).mean(axis=0)
for name, back in (("whole", whole), ("no variance", through_mean), ("constants", G)):
    error = gradient_check.relative_error(back * norm.scale, exact)
    print(f"{name:12}: relative error {error:.0e}")

# %% tags=["guard"]
assert gradient_check.relative_error(whole * norm.scale, exact) < 1e-14
assert gradient_check.relative_error(through_mean * norm.scale, exact) > 0.01

# %% [markdown]
# Forgetting a road is no rounding error. The loss may fall all the same, as in notebook 19.
#
# ### Exercise 21.2 · Layer normalisation, there and back
#
# Write both ways of layer normalisation for `X` (n, k) with `gamma` and `b` (k,). Return `A`, and the
# gradient with respect to `X`, given `D`, the gradient with respect to `A`.

# %% tags=["exercise"]
def layer_norm(X, gamma, b, D, *, eps=1e-5):
    """Return A and dX; each row gets mean 0 and variance 1 before gamma and b."""
    ### BEGIN SOLUTION
    root = np.sqrt(X.var(axis=1, keepdims=True) + eps)
    Xhat = (X - X.mean(axis=1, keepdims=True)) / root
    G = D * gamma
    along = (G * Xhat).mean(axis=1, keepdims=True)
    return gamma * Xhat + b, (G - G.mean(axis=1, keepdims=True) - Xhat * along) / root
    ### END SOLUTION

# %%
check.layer_norm(layer_norm)

# %% [markdown]
# ## What does not matter any more
#
# If all weights before a normalisation are multiplied by 10, the sums are, their mean and deviation are, and
# the output stays as it was. **The size of those weights does not matter** to the loss. A function that does
# not change along a ray has no slope along it. So the gradient stands at right angles to the weights, and
# each plain SGD step makes them longer, by Pythagoras: $|w_{t+1}|^2 = |w_t|^2 + \mathrm{lr}^2 |g_t|^2$.
#
# And from $\mathcal L(10w) = \mathcal L(w)$ follows $\nabla\mathcal L(10w) = \tfrac1{10}\nabla\mathcal L(w)$.
# A step is then ten times shorter, on weights ten times longer. So what counts is the **effective rate**
# $\mathrm{lr}/|w|^2$. **Predict** for a training run at a constant rate: does the effective rate rise, fall,
# or stay?

# %% tags=["figure", "nbval-ignore-output"] mystnb={"image": {"alt": "Two panels against the step, 0 to 400. Left, the length of the first weight matrix rises, and a dashed line predicted from the gradients alone lies on it. Right, the effective rate lr over the squared length, relative to its start, falls."}}
rng = np.random.default_rng(0)
net = sp.tower([784, 64, 64, 10], rng=rng, norm="batch", dtype=np.float64)
W = net.layers[0].W
lr = 0.5
lengths = [np.linalg.norm(W)]
predicted = [np.linalg.norm(W)]
for _ in range(400):
    rows = rng.integers(0, len(X), 64)
    net.loss_and_grad(X[rows], y[rows])
    predicted.append(np.hypot(predicted[-1], lr * np.linalg.norm(net.layers[0].dW)))
    net.theta -= lr * net.grad
    lengths.append(np.linalg.norm(W))
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.6))
axes[0].plot(lengths, label="measured")
axes[0].plot(predicted, "--", label="right angles")
axes[0].set(xlabel="step", ylabel="length of the weights")
axes[0].legend()
axes[1].plot((lengths[0] / np.array(lengths)) ** 2)
axes[1].set(xlabel="step", ylabel="effective rate / its start")
plt.show()

# %% tags=["guard"]
assert abs(lengths[-1] / predicted[-1] - 1) < 0.01
assert lengths[-1] > 1.02 * lengths[0]

# %% [markdown]
# *Reading the figure:* the weights grow just as right angles say, and so the effective rate falls by itself,
# without any schedule.
#
# ## A second road: skip connections
#
# What does normalisation do to the gradient of a deep network? For ReLU layers of equal width, theory says
# what one layer multiplies the gradient's mean square by, *at every gain*:
#
# - layer normalisation: $1$. The gradient survives.
# - batch normalisation: $\pi/(\pi - 1) \approx 1.47$. The gradient *explodes*, and no initialiser can mend it
#   (Yang and others 2019, for large batches).
#
# The other remedy is a **skip connection**, also called a shortcut. A **residual block** puts out $x + F(x)$
# (He and others 2016), here with $F(x) = \mathrm{relu}(x)\,W$. Whatever $F$ does, the gradient reaches $x$
# directly too. But with He's gain both parts are equally large and uncorrelated, so each block *doubles* the
# mean square, on both ways. With a layer normalisation in front of $F$, a block always adds the same amount:
# $q_l = q_1 + l - 1$. The gradient's factor is then $1 + 1/q_l$, which tends to 1.
#
# <details>
# <summary>Why this is true</summary>
#
# *Layer norm.* ReLU sums with mean square $\sigma^2/2$ are divided by $\sigma/\sqrt2$, and $W^\top$ with the
# slope multiplies the gradient's mean square by $\sigma^2/2$: together 1.
#
# *Batch norm* subtracts a mean too. For two nearly independent normalised examples the product of their ReLU
# outputs is $\frac1{2\pi}$ on average. So of the mean square $\frac12$ of $f(z)$ the part $\frac1{2\pi}$ is
# common to the batch and is subtracted, and the division is by less:
# $\chi = \frac{\sigma^2/2}{\sigma^2(1/2 - 1/(2\pi))} = \frac{\pi}{\pi-1}$.
#
# *Normalised skip.* $F$ has the mean square 1 at gain 2, so $q$ grows by 1 a block. The factors
# $1 + 1/q_l = (q_l + 1)/q_l = q_{l+1}/q_l$ multiply to $q_L/q_1$.
#
# </details>
#
# Here are all four at 50 layers of 200 units. **Which of these would you train?** **Guess** before you look
# at the measured numbers.

# %% tags=["figure"] mystnb={"image": {"alt": "Mean square of the gradient against the layer, logarithmic axis, relative to the top. Predicted lines and measured markers of four networks: skip connections alone rise steeply by fourteen powers of ten, batch normalisation by about eight, layer normalisation with skip connections by little more than one, and layer normalisation alone stays level."}}
layer = np.arange(2, 50)
batch = (np.pi / (np.pi - 1)) ** (49.0 - layer)
kinds = (("skip", {"residual": True}, 2.0 ** (49 - layer), "^", "black"),
         ("batch norm", {"norm": "batch"}, batch, "o", "0.5"),
         ("layer norm + skip", both, 50 / (layer + 1), "s", "#009e73"),
         ("layer norm", {"norm": "layer"}, np.ones(48), "D", "0.5"))
rise = {}
fig, ax = plt.subplots(figsize=(8.2, 4.6))
for name, settings, line, marker, color in kinds:
    passes = [sp.random_pass(200, 50, rng=np.random.default_rng(seed),
                             n_examples=100, **settings) for seed in range(3)]
    d = np.exp(np.log([d[1:49] / d[48] for _, d, _ in passes]).mean(axis=0))
    rise[name] = d[0] / line[0]
    print(f"{name:18}: rises by {line[0]:.2g} predicted, {d[0]:.2g} measured")
    ax.semilogy(layer, line, color=color, linewidth=1.4)
    ax.semilogy(layer[::3], d[::3], marker, color=color, label=name)
ax.set_xlabel("layer (the gradient comes from the right)")
ax.set_ylabel("gradient's mean square")
ax.legend()
plt.show()

# %% tags=["guard"]
assert all(abs(np.log(ratio)) < 1 for ratio in rise.values())
assert abs(np.pi / (np.pi - 1) - 1.47) < 0.005

# %% [markdown]
# *Reading the figure:* skip connections alone explode, and so does batch normalisation. Layer normalisation
# keeps the gradient level. With both, it rises a little and then flattens. The formula for batch
# normalisation is for infinite width and large batches; do not expect it to be this good for every width and
# batch.
#
# ### Exercise 21.3 · The way back through a residual block
#
# A block puts out $A = X + \mathrm{relu}(X)\,W$. Given $D$, the gradient with respect to $A$, return $A$, and
# the gradients with respect to $X$ and to $W$.

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
# The first $D$ is what the skip connection is for: whatever the layers do, $D$ itself arrives below. Since it
# is *added*, it can also be too much, as the figure shows.

# %% [markdown]
# ## Which of them train?
#
# Now MNIST: 20 hidden layers of 64 units, 5 000 images, four epochs of plain SGD. Each network has its **own
# rate**, tuned on three seeds; then three fresh seeds. The script `experiments/depth.py` did it. First nine
# plain networks, then ReLU with He's start and normalisation, skip connections, or both. **Predict** with
# notebook 20's table which of the nine learn.

# %% tags=["figure"] mystnb={"image": {"alt": "Validation accuracy of fourteen networks, three dots each. Of nine plain networks only tanh with Glorot, tanh with He and ReLU with He lie above one half; the others lie near one tenth. Below, normalised networks with skip connections lie near 0.9, those without scatter between 0.3 and 0.8, and skip connections alone lie below 0.4."}}
saved = load_results("depth")["rows"]
names = []
fig, ax = plt.subplots(figsize=(8.2, 5.4))
for place, row in enumerate(saved):
    activation, init, norm, skip = row["network"]
    extra = " + ".join([f"{norm} norm"] * bool(norm) + ["skip"] * skip)
    names.append(f"{extra or activation + ', ' + init}, lr {row['lr']:.2g}")
    ax.plot(row["accuracy"], [place] * 3, "s" if extra else "o",
            color="#009e73" if extra else "black", alpha=0.7)
ax.set_yticks(range(len(names)), names)
ax.set(xlabel="validation accuracy", xlim=(0, 1), ylim=(13.5, -0.5))
plt.show()

# %% tags=["guard"]
learns = [k for k, row in enumerate(saved[:9]) if np.median(row["accuracy"]) > 0.5]
assert learns == [4, 5, 8]

# %% [markdown]
# *Reading the figure:* a row is a network with its rate, a mark a fresh seed. Of the nine plain networks the
# three with a healthy gradient at the start learn. Three seeds are not enough to order the green ones. So the
# comparisons that matter were run again, on twelve seeds that no choice has seen:

# %%
from course_lib.experiments import show_evidence

show_evidence("skips_help_layer_norm")
show_evidence("skips_help_batch_norm")
show_evidence("bare_skips_hurt")

# %% [markdown]
# All three **hold**. With a normalisation, skip connections raise the accuracy after four epochs, by about
# 0.24 for layer and 0.18 for batch normalisation. Without one they lower it; their tuned rate is ten times smaller.
#
# And longer training, other widths, other optimizers? Not measured here.
#
# ## Summary
#
# - Batch normalisation takes mean and variance over the batch, layer normalisation over the units of one
#   example. In evaluation batch normalisation needs running averages, and forgetting the switch is hard to
#   notice.
# - The way back subtracts the mean of $G$ and the part along $\hat x$. Whoever leaves that out treats mean
#   and variance as constants.
# - Before a normalisation the size of the weights does not matter. The gradient is at right angles to them,
#   so they grow, and the effective rate $\mathrm{lr}/|w|^2$ falls.
# - Over many ReLU layers, layer normalisation keeps the gradient's mean square, batch normalisation multiplies it by
#   $\pi/(\pi-1)$ a layer, and skip connections alone double it.
# - A **residual block** $x + F(x)$ lets the gradient pass. With a layer normalisation in front of $F$, $q$
#   grows by a fixed amount a block.
#
# ## Questions to ask yourself
#
# **1.** A network with layer normalisation after every matrix is trained with SGD, and somebody adds weight
# decay to "keep the weights small". What does the decay change?
#
# <details>
# <summary>Answer</summary>
#
# Not the function: the size of those weights is divided out. It changes the *effective* rate, which is proportional to
# $\mathrm{lr}/|w|^2$: smaller weights, larger relative steps.
#
# </details>
#
# **2.** What does batch normalisation do to a batch with one example in training?
#
# <details>
# <summary>Answer</summary>
#
# The mean is the example itself and the variance is 0, so every output is $b$. This library refuses such a
# batch before the first step. Layer normalisation has no such problem.
#
# </details>
#
# **3.** Before batch normalisation, is a bias in the dense layer of any use?
#
# <details>
# <summary>Answer</summary>
#
# No. It is the same for all examples, so the mean takes it away again, and its gradient is 0. The $b$ behind
# the normalisation does its work.
#
# </details>
#
# ## Go deeper
#
# - S. Ioffe, C. Szegedy, [Batch normalization](https://arxiv.org/abs/1502.03167), 2015. J. L. Ba, J. R.
#   Kiros, G. E. Hinton, [Layer normalization](https://arxiv.org/abs/1607.06450), 2016.
# - K. He, X. Zhang, S. Ren, J. Sun, [Deep residual learning for image recognition](https://arxiv.org/abs/1512.03385), 2016.
# - G. Yang and others, [A mean field theory of batch normalization](https://arxiv.org/abs/1902.08129), 2019.
# - T. van Laarhoven, [L2 regularization versus batch and weight
#   normalization](https://arxiv.org/abs/1706.05350), 2017: the effective rate.
#
# **Next:** a network that trains is not yet a network that does well on new data.
# [22: Generalise](22_generalise.ipynb)
