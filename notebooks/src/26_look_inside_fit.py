# %% [markdown]
# # 26 · Look inside fit
#
# *Is `fit` the loop of notebook 24, and how would you know?* One line of Keras replaces the whole loop. You need not
# believe that it does the same: both libraries get the same weights, the same batches and the same rule, and you
# predict how far apart they end.
#
# **You will do:** run 50 steps in two libraries side by side. Translate the $\varepsilon$ of one Adam into that of the
# other. Write the training step that `fit` hides, and put a step of your own into `fit`.
#
# **You will learn:** how two programs are compared; where Keras' Adam differs from the paper's first form; which
# numbers of `fit` are averages, and over what; what a gradient tape, a graph and a compiler do; what single and mixed precision cost.
#
# **You need:** [25: Train MNIST in Keras](25_train_mnist_in_keras.ipynb), and Adam ([14: Understand Adam](14_understand_adam.ipynb)).
#
# **Minutes:** 65

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## The same network, twice
#
# `keras_bridge.twin(net)` builds a Keras model with the layers of a course network and copies its weights.
# `keras_bridge.theta(model)` reads them back as one flat array, in the order of `net.theta`.
#
# To compare two programs, compare them in **double precision** first. Rounding is then about $10^{-16}$, and any difference
# that matters stands out. `keras_bridge.precision` makes Keras count so inside a `with` block.

# %% tags=["nbval-ignore-output"]
from course_lib.data import datasets
from course_lib.experiments import fit_apart
from course_lib.frameworks import import_keras, keras_bridge

keras = import_keras()
images = datasets.load_mnist()
data = datasets.split(images)
real = images.name == "mnist"

with keras_bridge.precision("float64"):
    net = fit_apart.start()
    X = data.X_valid[:200].astype(float)
    apart = np.abs(np.asarray(keras_bridge.twin(net)(X)) - net.logits(X)).max()
print(f"largest difference of two logits below 1e-12: {apart:.0e}")

# %% [markdown]
# The networks agree. Now fifty steps of momentum, `v = beta*v + g`, with the rate $1/16$, in both libraries.
# `side_by_side` returns the losses, and after each step the **gap**: the largest difference between two corresponding
# weights.
#
# One trap lies on the way. Keras turns some numbers that you give it, such as $\beta = 0.9$, into single precision, even when
# all else is double. There 0.9 becomes $0.9 - 2.4\cdot10^{-8}$, while $7/8$ is exact in binary.
#
# **Predict** the gap after 50 steps for both: of the size of rounding, or larger?

# %% tags=["figure"] mystnb={"image": {"alt": "Largest gap between two corresponding weights against the step, logarithmic axis. With beta 0.9 the gap jumps to about 1e-10 at step 2 and grows to about 1e-7; with beta 7/8 it stays near 1e-16 to 1e-14 for all fifty steps."}}
batches = fit_apart.plan(len(data.X_train), 50, 128)
gaps = {}
for beta in (0.9, 0.875):
    with keras_bridge.precision("float64"):
        sgd = keras.optimizers.SGD(1 / 16, momentum=beta)
        run = fit_apart.side_by_side("momentum", sgd, data, batches,
                                     lr=1 / 16, beta=beta)
    gaps[beta] = run.gap

fig, ax = plt.subplots()
ax.semilogy(range(1, 51), gaps[0.9] + 1e-17, **look("momentum", label="beta = 0.9"))
ax.semilogy(range(1, 51), gaps[0.875] + 1e-17, **look("nesterov", label="beta = 7/8"))
ax.set(xlabel="step $t$", ylabel="largest gap of a weight")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* with $\beta = 7/8$ the two libraries agree to the last digits over all 50 steps, so the network, its
# gradient, the loss and the rule are the same. With $\beta = 0.9$ they part at step 2, and the gap grows, because
# a slightly different point has a slightly different gradient.
#
# At step 2 the difference can be computed: it is $\mathrm{lr}\,\delta\,g_1$, with $\delta$ the error of $\beta$.

# %%
first = fit_apart.start()
rows = batches[0]
_, g = first.loss_and_grad(data.X_train[rows].astype(float), data.y_train[rows])
delta = abs(float(np.float32(0.9)) - 0.9)
predicted = delta * np.abs(g).max() / 16
print(f"gap after step 2: predicted {predicted:.3g}, measured {gaps[0.9][1]:.3g}")

# %% [markdown]
# From here on all numbers are exact in binary.

# %% tags=["guard"]
assert first.theta.size == 118_282 and apart < 1e-12
assert gaps[0.875].max() < 1e-12
assert abs(gaps[0.9][1] / predicted - 1) < 0.02 and gaps[0.9][-1] < 1e-5

# %% [markdown]
# ## Adam: one letter, two quantities
#
# Our Adam is the paper's Algorithm 1. Keras' follows the form that the paper mentions just before its section 2.1:
#
# $$\text{course: } w \leftarrow w - \mathrm{lr}\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}, \qquad
# \text{Keras: } w \leftarrow w - \mathrm{lr}\,\frac{\sqrt{1-\beta_2^t}}{1-\beta_1^t}\cdot\frac{m}{\sqrt v + \hat\varepsilon} .$$
#
# Keras calls its constant `epsilon`; the paper writes $\hat\varepsilon$ for it. It stands beside the root of the
# *uncorrected* $v$, and $\hat v = v/(1-\beta_2^t)$.
#
# ### Exercise 26.1 · Translate epsilon
#
# Divide numerator and denominator of Keras' step by $\sqrt{1-\beta_2^t}$, and compare. Which `eps` must our Adam use at step
# $t$, so that it takes the step of Keras' Adam with the constant `epsilon`?

# %% tags=["exercise"]
def course_eps(epsilon, t, beta2):
    """Return the eps that makes the course's Adam take Keras' step t (from 1)."""
    ### BEGIN SOLUTION
    return epsilon / np.sqrt(1 - beta2**t)
    ### END SOLUTION

# %%
check.course_eps(course_eps)

# %% [markdown]
# So with equal constants, Keras' Adam behaves as if its $\varepsilon$ were larger: $1/\sqrt{1-\beta_2}$ times at the first step.
# We take $\beta_2 = 1 - 2^{-10} \approx 0.999$, for which that is exactly 32, and $\varepsilon = 2^{-23} \approx 10^{-7}$, about Keras' default.
#
# At the first step $\hat m = g$ and $\hat v = g^2$. A weight with gradient $g$ is then moved differently by
#
# $$\mathrm{lr}\left(\frac{|g|}{|g|+\varepsilon} - \frac{|g|}{|g|+32\,\varepsilon}\right), \qquad\text{at most } 0.70\,\mathrm{lr}
# \text{, where } |g| = \sqrt{32}\,\varepsilon .$$
#
# For a gradient of $10^{-3}$ that is 0.4 % of $\mathrm{lr}$. **Predict:** is there, among 118 282 weights, one whose gradient is so small
# that it feels the difference? What becomes of the gap in 50 steps, and of the loss? Two pairs run: with equal constants, and with Keras' constant translated.

# %%
lr = 2.0**-10
eps = 2.0**-23
betas = {"beta1": 0.875, "beta2": 1 - 2.0**-10}
choices = {"equal eps": eps,
           "eps translated": lambda t: eps / np.sqrt(1 - betas["beta2"]**t)}
runs = {}
for name, ours in choices.items():
    with keras_bridge.precision("float64"):
        adam = keras.optimizers.Adam(lr, betas["beta1"], betas["beta2"], epsilon=eps)
        runs[name] = fit_apart.side_by_side("adam", adam, data, batches,
                                            lr=lr, eps=ours, **betas)
size = np.abs(g)
step_1 = (size / (size + eps) - size / (size + 32 * eps)).max()
measured = runs["equal eps"].gap[0] / lr
print(f"gap after step 1: predicted {step_1:.3f} lr, measured {measured:.3f} lr")

# %% [markdown]
# The prediction comes from our own gradient. Here are all 50 steps:

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels against the step. Left, the loss falls over 50 steps; the course curve and the ringed Keras points coincide. Right, the largest gap between two weights in units of lr, logarithmic: with equal eps it climbs from 0.7 to more than 10, with eps translated it stays below 1e-9."}}
t = np.arange(1, 51)
loss = runs["equal eps"].loss
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.2))
left.plot(t, loss[:, 0], **look("adam", label="course"))
left.plot(t, loss[:, 1], "o", color="none", markeredgecolor="black", label="Keras")
left.set(xlabel="step $t$", ylabel="loss of the batch, equal eps")
right.semilogy(t, runs["equal eps"].gap / lr, **look("adam", label="equal eps"))
right.semilogy(t, runs["eps translated"].gap / lr + 1e-17,
               **look("adamw", label="translated"))
right.set(xlabel="step $t$", ylabel=r"largest gap / $\mathrm{lr}$")
left.legend()
right.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* with equal constants the losses lie on each other while single weights part by many steps' lengths. That is no
# contradiction: the weights that part are those with tiny gradients, and a tiny gradient means that the loss hardly
# depends on them. Once the letter is translated, the two Adams are the same.

# %% tags=["guard"]
assert abs(step_1 / measured - 1) < 1e-6 and step_1 < 0.71
assert runs["eps translated"].gap.max() < 1e-6 * lr
assert runs["equal eps"].gap.max() > 2 * lr
assert np.abs(loss[:, 0] / loss[:, 1] - 1).max() < 0.05

# %% [markdown]
# ## Single precision, and mixed
#
# Networks train in single precision, where each operation rounds by up to $6\cdot10^{-8}$ of its result. The two libraries add
# in different orders, so they round differently. **Predict:** with the constant translated, does the gap stay below one
# step's length over 50 steps, for three orders of the images? Take the usual betas, 0.9 and 0.999.

# %% tags=["figure", "nbval-ignore-output"] mystnb={"image": {"alt": "Largest gap in units of lr against the step, logarithmic axis, in single precision with the usual betas, for three orders of the images. All three start far below one lr. Two of them leap and end at several lr, one stays far below."}}
fig, ax = plt.subplots()
ends = []
for seed in (1, 2, 3):
    order = fit_apart.plan(len(data.X_train), 50, 128, seed=seed)
    adam = keras.optimizers.Adam(lr, epsilon=eps)
    run = fit_apart.side_by_side("adam", adam, data, order, dtype="float32", lr=lr,
                                 beta1=0.9, beta2=0.999,
                                 eps=lambda t: eps / np.sqrt(1 - 0.999**t))
    ends.append(run.gap[-1] / lr)
    ax.semilogy(t, run.gap / lr, **look("adam"))
ax.set(xlabel="step $t$", ylabel=r"largest gap / $\mathrm{lr}$")
plt.show()

# %% [markdown]
# *Reading the figure:* the gap starts small and grows, in some orders up to several steps' lengths. So two correct programs need not have equal *weights* after
# 50 steps in single precision. Equal loss *curves* are what one may ask for; equal weights are asked for in double precision.
#
# <details>
# <summary>What makes it grow?</summary>
#
# One suspect is the ReLU. If a hidden unit's input is $+10^{-8}$ for some image in one library and $-10^{-8}$ in the other, the
# gradient passes in one and not in the other. `keras_bridge.active_units` counts such gates. Adam makes a step of about $\mathrm{lr}$ of
# a gradient of any size, so a tiny difference of a tiny gradient becomes visible. Another is that Keras computes
# $1-\beta_2^t$ in single precision too, where $1 - 0.999$ is off by 13 parts in a million. The same experiment with betas
# that are exact in binary separates the two.
#
# </details>
#
# **Mixed precision** keeps the weights in single precision and computes the layers in 16 bits, which graphics cards do
# faster. A `bfloat16` has 8 binary digits, so one rounding costs up to $2^{-9} = 0.2$ %. **Predict** the size of the error of the logits, in per cent of the largest.

# %%
exact = keras_bridge.twin(net)
with keras_bridge.policy("mixed_bfloat16"):
    mixed = keras.Sequential([keras.layers.Input((784,)),
                              keras.layers.Dense(128, activation="relu"),
                              keras.layers.Dense(128, activation="relu"),
                              keras.layers.Dense(10)])
mixed.set_weights(exact.get_weights())
logits = np.asarray(exact(data.X_valid[:200]))
apart = np.abs(np.asarray(mixed(data.X_valid[:200])) - logits).max()
error = apart / np.abs(logits).max()
layer = mixed.layers[0]
print(f"weights in {layer.variable_dtype}, outputs in {layer.compute_dtype}")
print(f"largest error of a logit: {error:.2%} of the largest logit")

# %% [markdown]
# A few roundings' size. The other 16-bit type, `float16`, has more digits and less range: a gradient below about $3\cdot10^{-8}$
# becomes zero. `compile` therefore wraps the optimizer, for that type, so that the loss is multiplied by a large number and the
# gradient divided by it again (**loss scaling**); in a loop of your own that is your business.

# %% tags=["guard"]
assert 5e-4 < error < 3e-2 and layer.variable_dtype == "float32"
assert max(ends) < 50

# %% [markdown]
# ## Which numbers does `fit` report?
#
# ```
# for each epoch:
#     shuffle the examples with a generator of Keras' own           <- shuffle=False switches that off
#     for each batch:
#         step on the batch; add the batch's loss to a running mean
#     report the running mean as `loss`; then measure `val_loss` at the weights of this moment
# ```
#
# 1 000 images in batches of 300 make batches of 300, 300, 300 and 100. A running mean could weight their four losses equally, or by the
# number of images. **Predict** which one it is. Is either of them the loss of the network that comes out in the end?

# %%
from course_lib.training.loop import train

order = np.random.default_rng(1).permutation(1000)
X = data.X_train[order]
y = data.y_train[order]
net = fit_apart.start("float32")
model = keras_bridge.twin(net)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.SGD(1 / 8), loss_fn)
told = model.fit(X, y, batch_size=300, shuffle=False, verbose=0).history
mine = train(net, (data.X_train[:1000], data.y_train[:1000]), "sgd", lr=1 / 8, epochs=1,
             batch_size=300, rng=np.random.default_rng(1), progress=False)
by_images = mine.loss @ [0.3, 0.3, 0.3, 0.1]
print(f"fit reports {told['loss'][0]:.4f}")
print(f"ours: mean over images {by_images:.4f}, over batches {mine.loss.mean():.4f},",
      f"at the end {net.loss(X, y):.4f}")

# %% [markdown]
# `train` with a generator of the same seed draws the same order. The loss is a mean over the *images*, each at the weights that it met. So Keras' `loss` lags half an epoch
# behind its `val_loss`, and a training loss above the validation loss in the first epoch is no riddle.

# %% tags=["guard"]
assert abs(told["loss"][0] - by_images) < 1e-4 < abs(by_images - mine.loss.mean())

# %% [markdown]
# ## The step that `fit` hides
#
# A **gradient tape** records what is computed inside its `with` block, and can then run the chain rule backwards through the
# record: reverse-mode automatic differentiation, as in notebook 18.
#
# ### Exercise 26.2 · A training step of your own
#
# Write one step. Compute the loss of the batch with the model **in training mode** (`model(X, training=True)`), since
# dropout and batch normalisation behave otherwise then. Get its gradient for `model.trainable_variables`, let the
# optimizer apply it, and return the loss. `loss_fn` takes the labels first, then the logits; `optimizer.apply` takes the gradients first, then the variables.

# %% tags=["exercise"]
import tensorflow as tf

def train_step(model, optimizer, loss_fn, X, y):
    """Take one step on the batch X (n, ...), y (n,); return the loss before it."""
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(X, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss
    ### END SOLUTION

# %%
check.train_step(train_step)

# %% [markdown]
# `fit` calls the method `train_step` of the model, and whoever overrides it keeps the rest: epochs, callbacks, progress bar.
#
# ### Exercise 26.3 · Let fit report the gradient
#
# Write the body of such a method. `model` is the model itself, with `model.loss` and `model.optimizer`; `data` is the pair (X, y) of the
# batch. Take the step and return a dict with two entries: `"loss"`, and `"grad_norm"`, the length of the gradient of all variables
# together. It will run as a graph, so use TensorFlow's functions and not NumPy's (`tf.linalg.global_norm`, or sums of squares).

# %% tags=["exercise"]
def reporting_step(model, data):
    """Take one step; return {"loss": ..., "grad_norm": ...} of the batch."""
    ### BEGIN SOLUTION
    X, y = data
    with tf.GradientTape() as tape:
        loss = model.loss(y, model(X, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    model.optimizer.apply(gradients, model.trainable_variables)
    return {"loss": loss, "grad_norm": tf.linalg.global_norm(gradients)}
    ### END SOLUTION

# %%
check.reporting_step(reporting_step)

# %% [markdown]
# Put it to work with `class Own(keras.Sequential): train_step = reporting_step`. One surprise: `fit` then reports the dict of the *last batch* of
# each epoch; for a mean over the epoch you would have to keep a `keras.metrics.Mean` yourself.
#
# ## Step by step, as a graph, compiled
#
# Written like this, every operation is started from Python, one by one (**eager**). `tf.function` runs the Python code once, records a
# *graph*, and from then on runs the graph.
#
# `jit_compile=True` hands the graph to a compiler, XLA, which fuses operations.
# `fit` makes a graph by itself; `compile(..., steps_per_execution=50)` lets it take 50 steps in one call.
#
# **Predict** which of the five ways is the slowest, and whether any is faster than our NumPy loop on this small network. They take turns, so
# that all meet the same machine; a time is given as its ratio to NumPy's in the same round.

# %% tags=["figure", "nbval-ignore-output"] mystnb={"image": {"alt": "Horizontal bars: time of 100 steps in five Keras ways, as a multiple of NumPy's time in the same round. The tape without a graph is by far the longest bar; the graph, XLA and the two forms of fit are shorter. A dashed line marks NumPy's own time, 1."}}
from course_lib.experiments import timing

plan = fit_apart.plan(len(data.X_train), 100, 128)
ways = fit_apart.five_ways(data, plan)
contestants = {name: work for name, (_, work) in ways.items()}
contestants["NumPy"] = fit_apart.in_numpy(data, plan)
seconds = timing.side_by_side(contestants, rounds=3)
ratios = {name: timing.ratios(seconds, "NumPy")[name][0] for name in ways}

fig, ax = plt.subplots()
ax.barh(list(ratios), list(ratios.values()), color="0.6")
ax.axvline(1, color="black", linestyle="--")
ax.set(xlabel="time / time of NumPy")
plt.show()

# %% [markdown]
# *Reading the figure:* the eager tape pays Python for every operation and takes longest. What else you see depends on your
# machine and on how busy it is; measure before you wrap.

# %% tags=["guard"]
ends = [float(loss_fn(data.y_valid, model(data.X_valid))) for model, _ in ways.values()]
assert max(ends) < 1.05 * min(ends)
assert min(seconds["tape"]) > 1.5 * min(seconds["tape, tf.function"])

# %% [markdown]
# All five ways end at the same loss, within 5 %.
#
# ## Other backends
#
# Keras also runs on JAX and on PyTorch: the variable `KERAS_BACKEND`, set before Keras is imported, chooses. `compile`, `fit`,
# layers, losses and callbacks stay as they are, and so does everything in notebook 25 but the `tf.data` stream, which each backend's
# `fit` accepts. What changes is this notebook: a tape is TensorFlow's. In JAX a step is a pure function of weights and data, differentiated by
# `jax.value_and_grad`; in PyTorch `loss.backward()` fills the gradients. A `train_step` of your own belongs to one backend.
#
# ## Summary
#
# - Given the same weights, batches and rule, Keras and our NumPy code take the same path, in double precision to the last digits.
# - Keras' `epsilon` is the paper's $\hat\varepsilon$: at step $t$ it acts like $\varepsilon/\sqrt{1-\beta_2^t}$ in our Adam. Weights with tiny
#   gradients feel it, and the loss does not.
# - In single precision two correct programs may part by several $\mathrm{lr}$ in some weights, and keep the same loss curve.
# - `fit` reports a mean over the images at the weights on the way; `val_loss` belongs to the end of the epoch.
# - Inside is a tape, run as a graph. Override `train_step` to change the step and keep the rest.
#
# ## Questions to ask yourself
#
# **1.** Two Adams with equal constants differ by up to 0.70 $\mathrm{lr}$ in a weight after the first step. Why does the loss hardly notice?
#
# <details>
# <summary>Answer</summary>
#
# The difference needs $|g|$ of the size of $\varepsilon$. A weight with gradient $g$ that moves by $0.7\,\mathrm{lr}$ changes the loss by about
# $0.7\,\mathrm{lr}\,|g|$, here $10^{-3}\cdot10^{-6}$. Thousands of such weights still change nothing that one could see.
#
# </details>
#
# **2.** Your colleague's run in another framework has the same settings, and after 50 steps a loss that differs in the third digit. Is there a bug?
#
# <details>
# <summary>Answer</summary>
#
# It cannot be told from that. Run both in double precision, from the same weights and on the same batches, and compare the weights after one step, then
# after two. Rounding leaves about $10^{-16}$ then; a different $\varepsilon$, momentum or loss leaves a number that you can predict.
#
# </details>
#
# **3.** You call `print(loss)` inside a `tf.function`, and it prints once, whatever you do. Why?
#
# <details>
# <summary>Answer</summary>
#
# The Python code runs only while the graph is recorded. `tf.print` becomes a part of the graph and prints in every step.
#
# </details>
#
# ## Go deeper
#
# - D. P. Kingma, J. Ba, [Adam: a method for stochastic optimization](https://arxiv.org/abs/1412.6980), 2015, section 2: $\hat\varepsilon$.
# - P. Micikevicius and others, [Mixed precision training](https://arxiv.org/abs/1710.03740), 2018: loss scaling.
# - D. Goldberg, [What every computer scientist should know about floating-point arithmetic](https://doi.org/10.1145/103162.103163), 1991.
# - P. Nagarajan, G. Warnell, P. Stone, [Deterministic implementations for reproducibility in deep reinforcement learning](https://arxiv.org/abs/1809.05676), 2018: what makes two runs differ.
#
# **Next:** is Adam the same Adam in PyTorch and scikit-learn? [27: Match three frameworks](27_match_three_frameworks.ipynb)
