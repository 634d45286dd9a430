# %% [markdown]
# # Train on MNIST from scratch, and measure it honestly
#
# *Can plain NumPy reach 98 % on MNIST?* The training takes a few seconds. Knowing that the number is true takes the
# rest of the notebook: three sets of images, tuned learning rates, several seeds, and a test set that is opened once.
#
# **You will do:** hold out validation images, write the mini-batch loop, run three sanity checks, tune SGD, momentum
# and Adam, and examine what the trained networks get wrong.
#
# **You will learn:** which numbers of a training run can be predicted before it starts; how to choose a learning rate
# without fooling yourself; how sure a test accuracy is; and when two methods are tied.
#
# **You need:** gradient descent and learning rates, as in [03: Descend the gradient](03_descend_the_gradient.ipynb).
# That momentum and Adam are other ways to turn a gradient into a step is enough for now (notebooks 06 and 08 take
# them apart), and so is that `net.loss_and_grad` gives the gradient of a network (notebook 10 derives it).
#
# **Minutes:** 75. The cells themselves run for about a minute.

# %% tags=["setup"]
import math

import matplotlib.pyplot as plt
import numpy as np

from course_lib import critical_points, descent, landscapes, optimizers, plotting, schedules
from course_lib import checks as check
from course_lib.notebook import show_source
from course_lib.plotting import look

plt.style.use("course_lib.course")

# %% [markdown]
# ## Seventy thousand digits in three parts
#
# MNIST is 70 000 grey images of handwritten digits, 28 × 28 pixels each, in two files: 60 000 to learn from and
# 10 000 for the examination. We cut the first file once more, so that there are three parts, each with one purpose:
#
# | part | images | what it is for |
# |---|---|---|
# | training | 55 000 | gradients |
# | validation | 5 000 | every decision: learning rate, schedule, when to stop |
# | test | 10 000 | one number, at the very end |
#
# Tutorials often keep 55 000 training images and then validate on images of the test file, sometimes on its first
# thousand. Whoever chooses a learning rate by looking at the test images has trained on them, by hand. Further down
# we shall also see what a thousand images can and cannot tell.
#
# Every image becomes a row of 784 numbers between 0 (paper) and 1 (ink), in single precision. The batch size is 128
# everywhere.
#
# (Without a network connection, and with no copy of MNIST on your machine, 1 797 smaller digits take its place, and
# the next cell says so. Every cell runs with them too; the text speaks of MNIST.)

# %%
from course_lib import datasets, losses
from course_lib.network import mlp
from course_lib.training import train

images = datasets.load_mnist()
data, real = datasets.split(images), images.name == "mnist"
sizes, batch_size = [784, 128, 128, 10], 128
epochs, tuning_epochs = (5, 2) if real else (40, 16)
copies = {image.tobytes() for image in images.X_test} & {image.tobytes() for image in images.X_train}
print(f"{images.name}: {len(data.y_train)} training, {len(data.y_valid)} validation, {len(data.y_test)} test images")
print(f"test images that are also among the others: {len(copies)}")

# %% [markdown]
# No test image is a copy of one of the others. That is worth a line of code in every project: a copy on both sides of
# the cut would be examined on what was learnt by heart.
#
# Now look at the data. **Guess first:** how often is somebody right who always answers with the most frequent digit?

# %% tags=["figure"] mystnb={"image": {"alt": "Three rows of ten handwritten digits, a column for each of the digits 0 to 9, dark ink on white paper. The hands differ: one of the sevens has a bar, one of the ones leans, some strokes are three times as thick as others."}}
shares = np.bincount(data.y_train) / len(data.y_train)
columns = [images.X_train[: len(data.y_train)][data.y_train == digit][:3] for digit in range(10)]
mosaic = np.concatenate([np.concatenate(list(column)) for column in columns], axis=1)
fig, ax = plt.subplots(figsize=(7.2, 2.8))
ax.imshow(mosaic)
ax.set(xticks=14 + 28 * np.arange(10), xticklabels=range(10), yticks=[], xlabel="label")
ax.set_title(f"Always answering {shares.argmax()} would be right for {shares.max():.0%} of the images")
ax.grid(False)
plt.show()
assert abs(shares.max() - (0.112 if real else 0.11)) < 0.02

# %% [markdown]
# *Reading the figure:* a column holds the first three training images of a digit. The classes are nearly equally
# frequent, so accuracy is a fair summary here, and anything near 10 % means that nothing was learnt. (Where one class
# has 99 % of the images, 99 % is what a constant answer gets.)
#
# ### Exercise 13.1 · Hold out validation images
#
# `datasets.split` has made the cut already. Write the part that matters: keep the **last** `n_valid` examples for
# validation and all others for training, in the order of the file. Return two pairs,
# `(X_train, y_train), (X_valid, y_valid)`.

# %% tags=["exercise"]
def hold_out(X, y, n_valid):
    """Cut the examples X (n, ...) with labels y (n,) in two; 1 <= n_valid < n."""
    ### BEGIN SOLUTION
    cut = len(X) - n_valid
    return (X[:cut], y[:cut]), (X[cut:], y[cut:])
    ### END SOLUTION

# %%
check.hold_out(hold_out)

# %% [markdown] tags=["solution"]
# Each example is in exactly one part, and one position cuts images and labels alike. The last images are as good as
# any *if the file is in random order*. Is it? Further down you will see that MNIST's test file is not.

# %% [markdown]
# ## Before training: is the first loss right?
#
# The network has 784 inputs, two hidden layers of 128 ReLU units, and 10 outputs: the *logits* $z_0 \dots z_9$, one
# score for each digit. The softmax turns them into probabilities $p_k = e^{z_k}/\sum_j e^{z_j}$, and the loss of an
# image with label $y$ is $-\ln p_y = \ln\sum_j e^{z_j} - z_y$.
#
# An untrained network knows nothing. Were all logits zero, every digit would get $p = 1/10$, and the loss would be
# $\ln 10$. But they are not zero. Say they are random, independent, with mean 0 and a small variance $s^2$. Expand
# $\ln\sum_j e^{z_j}$ to second order, with $\bar z$ the mean of the ten logits, and average:
#
# $$\ln\sum_j e^{z_j} \approx \ln 10 + \bar z + \tfrac12\,\overline{z^2} - \tfrac12\,\bar z^{\,2}
# \qquad\Longrightarrow\qquad \text{mean loss} \approx \ln 10 + \tfrac12 s^2 - \tfrac12\,\tfrac{s^2}{10} = \ln 10 + 0.45\, s^2 .$$
#
# And $s^2$? He's initialiser draws the weights of a layer with variance $2/n_{in}$, where $n_{in}$ is the number of
# its inputs. So a layer with inputs $x$ puts out numbers with variance
# $n_{in}\cdot\frac{2}{n_{in}}\cdot\overline{x^2} = 2\,\overline{x^2}$, where the bar averages over the inputs. A ReLU
# sets half of them, the negative ones, to zero, which halves the mean square; the next layer doubles it again. So
# nothing changes on the way up, and $s^2 = 2\,\overline{x^2}$ with $x$ the *pixels*.
#
# **Predict** with the mean square of a pixel, which is about 0.11.

# %%
pixels = np.mean(data.X_valid**2)
first = [mlp(sizes, rng=np.random.default_rng(seed)).loss(data.X_valid, data.y_valid) for seed in range(20)]
predicted = math.log(10) + 0.45 * 2 * pixels
print(f"weights and biases: predicted {784 * 128 + 128 + 128 * 128 + 128 + 128 * 10 + 10}, "
      f"counted {mlp(sizes, rng=np.random.default_rng(0)).theta.size}")
print(f"first loss: ln 10 = {math.log(10):.2f}, corrected {predicted:.2f}, "
      f"mean of 20 untrained networks {np.mean(first):.2f}")
assert abs(np.mean(first) - predicted) < 0.05 and max(abs(np.array(first) - predicted)) < 0.3

# %% [markdown]
# So 2.4, and not 2.3, is the healthy value for this network. A first loss of about 160 would mean that the pixels
# were not divided by 255 (all biases are zero, so the logits grow with the pixels), and a first loss of 0.24 that
# somebody averaged over the ten classes too.
#
# ### Exercise 13.2 · Accuracy
#
# The loss is what training makes small. What people ask for is the fraction of images that are classified correctly.
# Compute it from the logits.

# %% tags=["exercise"]
def accuracy(logits, y):
    """Return the fraction of images whose largest logit is that of the label; logits (n, k), y (n,)."""
    ### BEGIN SOLUTION
    return np.mean(logits.argmax(axis=1) == y)
    ### END SOLUTION

# %%
check.accuracy(accuracy)

# %% [markdown]
# ## Can it learn twenty images by heart?
#
# The second sanity check. Almost 120 000 weights are there to store 20 labels. If the loss does not come close to
# zero, then the gradient, the rule or the loop is wrong, and no larger experiment is worth its electricity. Here the
# loop has only three lines, because all twenty images are one batch. **Predict:** what is the loss after 100 steps of
# Adam, and how many of the twenty are right?

# %%
X, y = data.X_train[:20], data.y_train[:20]
net, state = mlp(sizes, rng=np.random.default_rng(0)), {}
for _ in range(100):
    loss, g = net.loss_and_grad(X, y)
    net.theta, state = optimizers.adam(net.theta, g, state, lr=0.001)
print(f"predicted: loss near 0, 20 of 20 right; measured: {net.loss(X, y):.3f}, {20 * net.accuracy(X, y):.0f} of 20")
assert net.loss(X, y) < 0.01 and net.accuracy(X, y) == 1

# %% [markdown]
# ## The loop
#
# With 55 000 images one does not wait for the gradient of all of them. An **epoch** is one pass through the training
# images in a new random order, cut into *mini-batches* of 128; each batch gives a gradient, and each gradient a step.
# The last batch is smaller, and is used all the same. Below is the whole loop, for one epoch of the first 10 000
# images.
#
# `train` of this library runs the same loop. Around it, it keeps a record, shows a progress bar, measures the
# validation loss after every epoch, and stops when a run diverges. Is it really the same? If both start from the same
# seed, they must end at the same weights. (Both run in double precision here. In single precision the last digits
# depend on the order in which a processor adds, and Adam makes such differences grow.) **Predict:** how many steps
# are in this epoch?

# %%
X, y = data.X_train[:10_000], data.y_train[:10_000]
rng = np.random.default_rng(0)
net, state = mlp(sizes, rng=rng, dtype=np.float64), {}
for rows in datasets.batches(len(X), batch_size, rng):
    loss, g = net.loss_and_grad(X[rows], y[rows])
    net.theta, state = optimizers.adam(net.theta, g, state, lr=0.001)

rng = np.random.default_rng(0)
twin = mlp(sizes, rng=rng, dtype=np.float64)
history = train(twin, (X, y), "adam", lr=0.001, epochs=1, batch_size=batch_size, rng=rng)
apart = np.linalg.norm(net.theta - twin.theta) / np.linalg.norm(net.theta)
print(f"steps: predicted {math.ceil(len(X) / batch_size)}, the loop took {state['t']}, train took {len(history.loss)}")
print(f"the same weights, to six digits: {apart < 1e-6}")

# %% [markdown]
# ### Exercise 13.3 · One epoch
#
# Write the epoch yourself, without `datasets.batches`. Use each example once, in an order drawn from `rng`; take a
# step after every batch, the last, smaller one included; hand the rule's `state` on from step to step. Return the
# mean loss **over the examples** (each at the weights it met), and the last state.
#
# `net.loss_and_grad(X, y)` returns the batch's mean loss and its gradient; `net.theta` can be read and assigned; a
# rule is called as `step(w, g, state, lr=lr)` and returns the new weights and the new state.

# %% tags=["exercise"]
def run_epoch(net, X, y, step, state, *, lr, batch_size, rng):
    """Train net for one epoch on X (n, ...) and y (n,); return (mean loss, state)."""
    ### BEGIN SOLUTION
    order, total = rng.permutation(len(X)), 0.0
    for start in range(0, len(X), batch_size):
        rows = order[start:start + batch_size]
        loss, g = net.loss_and_grad(X[rows], y[rows])
        net.theta, state = step(net.theta, g, state, lr=lr)
        total += loss * len(rows)
    return total / len(X), state
    ### END SOLUTION

# %%
check.run_epoch(run_epoch)

# %% [markdown] tags=["solution"]
# Why weight by length? 55 000 images make 429 batches of 128 and one of 88. In the plain mean over batches, an image
# of the last batch would count 128/88 times as much as any other. Here that is a small error; with 10 examples in
# batches of 4 it is not.

# %% [markdown]
# ## A first full run
#
# Adam with its default learning rate 0.001, five epochs. What can be said before it starts?
#
# - The number of steps: $5 \cdot \lceil 55\,000/128 \rceil$.
# - The first loss: 2.4, give or take 0.2.
# - In the first epoch, the *training* loss will be **higher** than the *validation* loss. The training loss of an
#   epoch is an average over its steps, and many of its images met a network that had hardly begun. Validation comes
#   afterwards, at the end of the epoch.
# - In the last epoch it will be the other way round, if the network has begun to know its training images better than
#   others.
# - The accuracy: no theory tells. Published networks of this kind, without convolutions or distorted copies of the
#   images, make between 1.6 % and 3 % of errors (LeCun et al. 1998; Simard et al. 2003), so validation accuracy
#   should end between 97 % and 98.5 %.

# %%
rng = np.random.default_rng(0)
plain = mlp(sizes, rng=rng)
history = train(plain, (data.X_train, data.y_train), "adam", lr=0.001, epochs=epochs, batch_size=batch_size, rng=rng,
                valid=(data.X_valid, data.y_valid))
above = history.train_loss > history.valid_loss
low, high = (0.97, 0.985) if real else (0.85, 1.0)
print(f"steps: predicted {epochs * math.ceil(len(data.X_train) / batch_size)}, taken {len(history.loss)}")
print(f"first loss within 0.2 of the predicted {predicted:.2f}: {abs(history.loss[0] - predicted) < 0.2}")
print(f"training loss above validation loss: in the first epoch {above[0]}, in the last {above[-1]}")
print(f"validation accuracy between {low:.1%} and {high:.1%}: {low <= history.valid_accuracy[-1] <= high}")
assert above[0] and not above[-1] and low <= history.valid_accuracy[-1] <= high

# %% [markdown]
# Next, the curves. The training loss of an epoch belongs to the *middle* of the epoch, because it averages over it;
# the validation loss belongs to its end. **Predict:** which of the two curves is still falling after five epochs?

# %% tags=["figure"] mystnb={"image": {"alt": "Loss on a logarithmic scale against epochs for plain Adam. Pale dots of single batches scatter around a solid training curve that falls steadily. The dashed validation curve begins below it, crosses it after two epochs and then levels off above it."}}
epoch, per_epoch = np.arange(1, epochs + 1), len(history.loss) / epochs
fig, ax = plt.subplots()
ax.plot(np.arange(len(history.loss)) / per_epoch, history.loss, ".", color="0.78", markersize=2, label="one batch")
ax.plot(epoch - 0.5, history.train_loss, **look("adam", markevery=1, label="training, mean of the epoch"))
ax.plot(epoch, history.valid_loss, **look("adam", markevery=1, linestyle="--", label="validation, end of the epoch"))
ax.set(yscale="log", ylim=(0.003, 4), xlabel="epochs", ylabel="cross-entropy loss",
       title="Training loss keeps falling, validation loss levels off")
ax.legend()
plt.show()
fall = history.train_loss[-1] / history.train_loss[-3], history.valid_loss[-1] / history.valid_loss[-3]
assert fall[0] < 0.8 and fall[1] > fall[0] + 0.05 if real else fall[0] < 1

# %% [markdown]
# *Reading the figure:* at the start the dashed curve is the lower one, because the first steps of all pull the mean
# of the first epoch up. Then the two cross and part. The growing gap is what the network knows about its own training
# images only (notebook 12). What to expect from new images is said by the dashed curve; the solid one does not know.
#
# ## How long are the steps?
#
# The third sanity check: compare the length of a step with the length of the weights, layer by layer,
# $|\Delta W|/|W|$. A well-known rule of thumb (the Stanford course CS231n) asks for about $10^{-3}$: with $10^{-6}$
# nothing moves, with $10^{-1}$ the start is forgotten in ten steps.
#
# For Adam the first step can be predicted. Its two averages are then $\hat m = g$ and $\hat v = g^2$, so every weight
# moves by $lr\cdot g/(|g| + \varepsilon)$: by $lr$, up or down, whatever its gradient, unless the gradient is exactly
# zero. He's initialiser gives weights with a root mean square of $\sqrt{2/n_{in}}$. So
#
# $$\frac{|\Delta W|}{|W|} \approx lr\,\sqrt{\varphi\,\frac{n_{in}}{2}}, \qquad \varphi = \text{fraction of weights whose gradient is not zero.}$$
#
# In the first layer $\varphi$ is well below 1: a pixel that is blank in all 128 images gives no gradient. **Predict**
# for $n_{in} = 784$ and 128, with $lr = 0.001$ and $\varphi = 1$.

# %%
rng = np.random.default_rng(0)
net, state, ratio = mlp(sizes, rng=rng), {}, []
dense = [layer for layer in net.layers if "W" in layer.shapes]
for rows in datasets.batches(min(25_600, len(data.X_train)), batch_size, rng):
    before = [layer.W.copy() for layer in dense]
    loss, g = net.loss_and_grad(data.X_train[rows], data.y_train[rows])
    if not ratio:
        alive = [np.mean(layer.dW != 0) for layer in dense]
    net.theta, state = optimizers.adam(net.theta, g, state, lr=0.001)
    ratio.append([np.linalg.norm(layer.W - W) / np.linalg.norm(W) for layer, W in zip(dense, before, strict=True)])
for k, layer in enumerate(dense):
    simple = 0.001 * math.sqrt(layer.n_in / 2)
    print(f"layer {k + 1}, first step: with phi = 1 {simple:.1%}, with phi = {alive[k]:.1f} "
          f"{simple * math.sqrt(alive[k]):.1%}, measured {ratio[0][k]:.1%}")

# %% [markdown]
# So the default learning rate changes the first layer by more than one per cent in the very first step, fifteen times
# the rule of thumb. **Does it stay like that?** The rate is constant; what will the ratio do, and why?

# %% tags=["figure"] mystnb={"image": {"alt": "Ratio of step length to weight length against the step, both axes logarithmic, for the three layers. All three begin near one per cent and fall to two or three parts in a thousand after 200 steps, still above a grey line at one in a thousand."}}
ratio = np.array(ratio)
fig, ax = plt.subplots()
for k, line in enumerate(["-", "--", ":"]):
    ax.loglog(np.arange(1, len(ratio) + 1), ratio[:, k], **look("adam", marker=None, linestyle=line, label=f"layer {k + 1}"))
ax.axhline(0.001, color="0.6", linewidth=1.2)
ax.text(1, 0.00105, "rule of thumb", color="0.35")
ax.set(xlabel="step $t$", ylabel=r"$|\Delta W|\,/\,|W|$", ylim=(8e-4, 3e-2),
       title=f"After {len(ratio)} steps at a constant rate: {np.median(ratio[-20:] / ratio[0]):.0%} of the first step")
ax.legend()
plt.show()
simple = 0.001 * np.sqrt([layer.n_in * phi / 2 for layer, phi in zip(dense, alive, strict=True)])
assert np.allclose(ratio[0], simple, rtol=0.05) and (ratio[-1] < (0.5 if real else 0.9) * ratio[0]).all()

# %% [markdown]
# *Reading the figure:* the first step is the longest, because every weight moves by the full rate. Then two things
# shorten the steps: the gradients of successive batches disagree, so that their average $\hat m$ partly cancels where
# $\sqrt{\hat v}$ does not; and gradients shrink while $\hat v$ still remembers the large ones of the beginning. A
# constant rate does not mean constant steps.
#
# ## Tune, on validation images
#
# Was 0.001 a good choice? And would plain SGD have done as well? **A comparison of rules at one shared rate compares
# nothing,** because a rate means something else to each of them. So each rule gets its own search, under the same
# terms: the same network, seed and batches, two epochs, a rate that falls along half a cosine to zero (notebook 09
# says why), and the mean loss on the validation images as the judge. The rates climb a ladder, 0.1, 0.2, 0.5, 1, ...
#
# One rule has to be obeyed: *if the best rate stands at the edge of what was tried, the search is not over.*
#
# ### Exercise 13.4 · Read a tuning table
#
# Given rising `rates` and the validation loss each of them reached, return the best rate; but if it is the lowest
# tried, return the word `"lower"`, and if it is the highest, `"higher"`. A run that diverged has the loss NaN or
# infinity. It is no candidate, but it was tried. If all diverged, say `"lower"`.

# %% tags=["exercise"]
def choose_rate(rates, losses):
    """Return the rate with the lowest finite loss, or 'lower' or 'higher' if it is at an edge; arrays (k,)."""
    ### BEGIN SOLUTION
    best = np.argmin(np.where(np.isfinite(losses), losses, np.inf))
    if best == 0:
        return "lower"
    return rates[best] if best < len(rates) - 1 else "higher"
    ### END SOLUTION

# %%
check.choose_rate(choose_rate)

# %% [markdown]
# Here is the search. `fit` makes one run from a seed, which fixes the first weights and the order of all batches.
# `validate` returns the mean loss over the validation images and its *standard error*, the standard deviation of the
# images' losses divided by the root of their number. `tune` starts on one rung of the ladder, tries its neighbours,
# and moves on until the best rung has neighbours on both sides.

# %%
def fit(step, lr, *, epochs, seed):
    rng = np.random.default_rng(seed)
    net, n_steps = mlp(sizes, rng=rng), epochs * math.ceil(len(data.X_train) / batch_size)
    return net, train(net, (data.X_train, data.y_train), step, lr=schedules.cosine(lr, n_steps), epochs=epochs,
                      batch_size=batch_size, rng=rng, valid=(data.X_valid, data.y_valid), progress=False)

def validate(step, lr):
    net, history = fit(step, lr, epochs=tuning_epochs, seed=0)
    if history.diverged_at is not None:
        return np.inf, 0.0
    log_p = losses.log_softmax(net.logits(data.X_valid))
    loss = -log_p[np.arange(len(log_p)), data.y_valid]
    return float(loss.mean()), float(loss.std() / math.sqrt(len(loss)))

# %% [markdown]
# A difference of less than one standard error may well be noise. So among all rates that come within one standard
# error of the best **we take the smallest**: the final runs are longer than the tuning runs, and have time for
# shorter steps. (The rule is cautious, because losses on the same images differ less than that by chance. A
# "one-standard-error rule" of this kind goes back to Breiman and others, 1984.) What matters is that it was fixed
# *before* the search.
#
# **Predict:** momentum sums up gradients, so each of them moves the weights by
# $lr\,(1 + \beta + \beta^2 + \dots) = lr/(1-\beta)$ in the end. With $\beta = 0.9$ its best rate should then be a
# tenth of SGD's.

# %% tags=["nbval-ignore-output"]
ladder = [float(f"{digit}e{k}") for k in range(-6, 3) for digit in (1, 2, 5)]
def tune(step, start):
    rung, table = ladder.index(start), {}
    while True:
        table |= {k: validate(step, ladder[k]) for k in (rung - 1, rung, rung + 1) if k not in table}
        best = min(table, key=table.get)
        if best == rung:
            loss, error = table[best]
            choice = min(ladder[k] for k in table if table[k][0] <= loss + error)
            return {ladder[k]: table[k] for k in sorted(table)}, choice
        rung = best

tuned = {step: tune(step, start) for step, start in (("sgd", 0.2), ("momentum", 0.1), ("adam", 0.002))}
chosen = {step: lr for step, (_, lr) in tuned.items()}
print(f"chosen: {chosen}\nmomentum: predicted {chosen['sgd'] / 10:g}, measured {chosen['momentum']:g}")

# %% [markdown]
# The prediction for momentum is a rule for small steps and gradients that hardly change, and here it is off by a
# factor of two, one rung. It is still a far better start than SGD's own rate. How sharp is each optimum? What does a
# rate cost that is one rung too low, or one too high?

# %% tags=["figure"] mystnb={"image": {"alt": "Validation loss against the learning rate, both axes logarithmic, with error bars. Three curves shaped like valleys: Adam lowest near 0.01, momentum near 0.2, SGD at 0.5. Rings mark the chosen rates 0.005, 0.1 and 0.5. Beyond the best rate SGD and momentum rise steeply, Adam gently."}}
fig, ax = plt.subplots()
for step, (table, lr) in tuned.items():
    loss, error = np.array(list(table.values())).T
    ax.errorbar(list(table), loss, yerr=error, capsize=4, **look(step, markevery=1))
    ax.plot(lr, table[lr][0], "o", color="none", markeredgecolor="black", markersize=17)
ax.set(xscale="log", yscale="log", xlabel="learning rate at the start", ylabel="validation loss",
       title=f"Rates differ {chosen['sgd'] / chosen['adam']:.0f}-fold: "
             + ", ".join(f"{step} {lr:g}" for step, lr in chosen.items()))
ax.yaxis.set(major_locator=plt.LogLocator(subs=(1, 2, 5)), major_formatter="{x:g}", minor_locator=plt.NullLocator())
ax.legend()
plt.show()
inside = all(min(table) < min(table, key=table.get) < max(table) for table, _ in tuned.values())
assert inside and chosen["adam"] < chosen["momentum"] < chosen["sgd"]
assert not real or 1 / 3 < 10 * chosen["momentum"] / chosen["sgd"] < 3

# %% [markdown]
# *Reading the figure:* bars are one standard error long, up and down; rings mark the choice. Where a ring is not at
# the lowest point, the lowest is closer than a standard error. Each curve turns up on both sides, so no search ended
# at an edge. A shared rate would have decided the contest: at 0.1 SGD looks far behind momentum, though most of that
# distance is the rate. And Adam's default, 0.001, is not its best here.
#
# ## Three fresh seeds each
#
# Now five epochs at the chosen rates. The seeds 1, 2 and 3 were not used for tuning. They are **paired**: for one
# seed all three rules start from the same weights and see the same batches in the same order, so no rule has the
# luckier start. **Predict:** which will differ more between the rules at the end, the training losses or the
# validation errors?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels against the epoch for SGD, momentum and Adam, with narrow bands from the lowest to the highest of three seeds. Left, training losses fan out: after five epochs Adam's is about a third of SGD's. Right, validation errors fall together from more than three per cent to about two."}}
runs = {step: [fit(step, lr, epochs=epochs, seed=seed) for seed in (1, 2, 3)] for step, lr in chosen.items()}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4.2))
for step, pairs in runs.items():
    fitted = np.array([history.train_loss for _, history in pairs])
    missed = 100 * (1 - np.array([history.valid_accuracy for _, history in pairs]))
    for ax, x, curves, line in ((axes[0], epoch - 0.5, fitted, "-"), (axes[1], epoch, missed, "--")):
        ax.plot(x, curves.mean(axis=0), **look(step, linestyle=line, markevery=1, markersize=6))
        ax.fill_between(x, curves.min(axis=0), curves.max(axis=0), color=look(step)["color"], alpha=0.2, linewidth=0)
axes[0].set(yscale="log", xlabel="epochs", ylabel="training loss", title="Training losses fan out")
axes[0].yaxis.set(major_locator=plt.LogLocator(subs=(1, 2, 5)), major_formatter="{x:g}", minor_locator=plt.NullLocator())
axes[1].set(xlabel="epochs", ylabel="validation error in %", ylim=(0, None), title="Validation errors stay together")
axes[1].legend(loc="lower left")
plt.show()
assert not real or runs["sgd"][0][1].train_loss[-1] > 2 * runs["adam"][0][1].train_loss[-1]

# %% [markdown]
# *Reading the figure:* bands reach from the lowest to the highest of the three seeds. On the training images Adam
# ends far below SGD. On the validation images the three lie within a few tenths of a percentage point, not much more
# than the width of a band. Whoever reports training losses reports another contest.
#
# ## The test set, once
#
# All decisions are made, including this one: the question in the first line is answered by the rule with the best
# mean accuracy on the *validation* images.
#
# For each pair of rules we ask two questions. *Would other seeds say the same?* The three paired differences have a
# mean and a standard deviation $s$, and a 95 % interval for the mean is $\pm 4.30\, s/\sqrt 3$ (4.30 belongs to
# Student's distribution with 2 degrees of freedom). *Would other test images say the same?* For each image, take the
# fraction of seeds that got it right with one rule, minus that with the other; the mean of these 10 000 numbers has a
# 95 % interval of $\pm 1.96$ standard errors. **Unless the difference is larger than both, it is a tie.** Predict the
# verdicts.

# %% tags=["nbval-ignore-output"]
right = {step: np.array([net.predict(data.X_test) == data.y_test for net, _ in pairs]) for step, pairs in runs.items()}
passed = {step: np.mean([history.valid_accuracy[-1] for _, history in pairs]) for step, pairs in runs.items()}
best = max(passed, key=passed.get)
print(f"adam at 0.001 throughout, one seed: test error {100 * (1 - plain.accuracy(data.X_test, data.y_test)):.2f} %")
for step, ok in right.items():
    error = 100 * (1 - ok.mean(axis=1))
    print(f"{step:8} from {chosen[step]:<5g} three seeds: validation error {100 * (1 - passed[step]):.2f} %, "
          f"test error {error.mean():.2f} ± {error.std(ddof=1):.2f} %")
for a, b in (("momentum", "sgd"), ("adam", "sgd"), ("adam", "momentum")):
    d = 100 * (right[a] - right[b].astype(float))
    bounds = 4.30 * d.mean(axis=1).std(ddof=1) / math.sqrt(3), 1.96 * d.mean(axis=0).std() / math.sqrt(d.shape[1])
    verdict = "a tie" if abs(d.mean()) <= max(bounds) else f"{a if d.mean() > 0 else b} is ahead"
    print(f"{a} against {b}: {d.mean():+.2f} points, ±{bounds[0]:.2f} (seeds), ±{bounds[1]:.2f} (images): {verdict}")
print(f"{best}, the best on the validation images: test accuracy {right[best].mean():.1%}")
assert right[best].mean() > (0.975 if real else 0.9)

# %% [markdown]
# (After an error, ± is the standard deviation over three seeds; after a difference, half a 95 % interval.)
#
# **Yes: 98 %.** Three more things to notice. The rules are a few tenths of a point apart, and **tuning was worth
# about as much**: compare Adam before and after its rate was tuned and made to fall. The validation errors are a
# little lower than the test errors; with 2 % of errors, the difference between samples of 5 000 and 10 000 images has
# a standard error of 0.24 points, so there is nothing to explain. And three seeds are few. On another processor sums
# are rounded differently, which acts like another seed; there your second decimals will differ, and **a verdict close
# to its bound may become a tie**. With ten seeds the factor 4.30 would shrink to 2.26, and $\sqrt3$ grow to
# $\sqrt{10}$.
#
# The scope of the verdicts: these three rules, this network, these images, five epochs. Nothing follows for other
# tasks (notebook 16). From here on we study the same answers on the test images, but decide nothing by them.
#
# ### Exercise 13.5 · How sure is an accuracy?
#
# Think of each test image as a coin that shows "right" with probability $p$. You toss $n$ of them and report the
# mean. Return its standard deviation: the *standard error* of the accuracy.

# %% tags=["exercise"]
def standard_error(p, n):
    """Return the standard error of an accuracy p (a fraction) measured on n independent images."""
    ### BEGIN SOLUTION
    return math.sqrt(p * (1 - p) / n)
    ### END SOLUTION

# %%
check.standard_error(standard_error)

# %% [markdown] tags=["solution"]
# One coin has the variance $p(1-p)$. Variances of independent coins add up to $n\,p(1-p)$, and the division by $n$
# counts twice in a variance, which leaves $p(1-p)/n$.

# %% [markdown]
# ## What 1 000 test images would have hidden
#
# With $p = 0.98$ and $n = 1000$ the formula gives 0.44 points: **about half a point**, when the rules are a few
# tenths apart. Three predictions, each to be tested on the 10 000 answers of Adam's first network, which stand for
# the world here:
#
# - *Standard error.* Draw 1 000 of the 10 000 images, with replacement, 4 000 times. The accuracies must scatter by
#   $\sqrt{p(1-p)/1000}$.
# - *Wrong winner.* Per image, let $d$ be 1 if only Adam is right, $-1$ if only momentum is, and 0 otherwise, with
#   mean $\bar d$ and standard deviation $\sigma$. The sum over $n$ images is nearly normal, so the one that is better
#   on 10 000 images loses on $n$ of them with probability $\Phi(-|\bar d|\sqrt n/\sigma)$, where $\Phi$ is the normal
#   distribution function. (A draw counts as half a loss.)
# - *The first thousand.* If the file is in random order, its first half and its second half should agree within about
#   two standard errors, $\sqrt{2\,p(1-p)/5000}$ being one. Do they?

# %% tags=["nbval-ignore-output"]
n, p = len(data.y_test) // 10, right["adam"][0].mean()
sample = np.random.default_rng(0).integers(0, len(data.y_test), (4000, n))
predicted, measured = math.sqrt(p * (1 - p) / n), right["adam"][0][sample].mean(axis=1).std()
print(f"standard error on {n} images: predicted {100 * predicted:.2f} points, measured {100 * measured:.2f}")
d = right["adam"][0] - right["momentum"][0].astype(float)
lost = 0.5 * math.erfc(abs(d.mean()) * math.sqrt(n / 2) / d.std())
score = np.sign(d.mean()) * d[sample].sum(axis=1)
loses = np.mean(score < 0) + np.mean(score == 0) / 2
print(f"wrong winner on {n} images: predicted {lost:.0%}, measured {loses:.0%}")
front, back = (half.mean() for half in np.array_split(right["adam"][0], 2))
unit = math.sqrt(4 * p * (1 - p) / len(data.y_test))
print(f"second half minus first half: {100 * (back - front):+.1f} points, or {(back - front) / unit:+.1f} standard errors")
assert abs(measured / predicted - 1) < 0.06 and abs(lost - loses) < 0.05
assert back - front > 3 * unit if real else abs(back - front) < 3 * unit

# %% [markdown]
# The first two predictions hold. A thousand images would have named the wrong winner nearly one time in three here.
# With them the interval over images is $\sqrt{10} \approx 3.2$ times as long, and hardly a difference in the table
# above would be more than a tie.
#
# The third fails, by far: the second half of MNIST's test file is much easier than the first. The images are *not* in
# random order, so "the first 1 000 images" are not a random sample, and the formula does not apply to them. If a part
# has to do, draw it at random. (Where the images come from, and that 10 000 are left of 60 000 test images, is told
# by Yadav and Bottou 2019. The embedded digits were shuffled, and pass.)
#
# ## Which digits are mixed up?
#
# The **confusion matrix** counts, for every label, the answers. Here are the errors of all nine networks together,
# without the correct answers on the diagonal. **Guess** the pair that is mixed up most often, before you look.

# %% tags=["figure"] mystnb={"image": {"alt": "Ten by ten table of errors, label against answer, darker for more. The darkest cells are 4 read as 9, 5 read as 3, 9 read as 4 and 7 read as 9; the cells of 0 and 1 are pale."}}
y, logits = data.y_test, np.array([net.logits(data.X_test) for pairs in runs.values() for net, _ in pairs])
answers, errors = logits.argmax(axis=2), np.zeros((10, 10), int)
np.add.at(errors, (np.tile(y, len(logits)), answers.ravel()), 1)
np.fill_diagonal(errors, 0)
mixed = np.triu(errors + errors.T)
i, j = np.unravel_index(mixed.argmax(), mixed.shape)
fig, ax = plt.subplots(figsize=(6.2, 5.2))
ax.imshow(errors)
for (k, m), number in np.ndenumerate(errors):
    ax.text(m, k, number or "", ha="center", va="center", color="white" if 2 * number > errors.max() else "black")
ax.set(xticks=range(10), yticks=range(10), xlabel="answer", ylabel="label")
ax.set_title(f"{i} and {j} are mixed up most: {mixed.max() / errors.sum():.0%} of all errors")
ax.grid(False)
plt.show()
assert not real or mixed[4, 9] > 0.8 * mixed.max()

# %% [markdown]
# *Reading the figure:* a row is a label, a column an answer. 4 and 9, 3 and 5, 2 and 7, 7 and 9: pairs of similar
# shape. The matrix is not symmetric: look for a pair that is mixed up mostly in one direction.
#
# ## The worst mistakes
#
# Nine networks, each wrong on about 2 % of the images. If their errors were independent, the number of images that
# *all nine* get wrong would be $10\,000$ times the product of the nine error rates, about
# $10\,000 \cdot 0.02^9 \approx 5\cdot10^{-12}$. **Predict:** how many are there? These are the twelve with the
# largest mean loss.

# %% tags=["figure"] mystnb={"image": {"alt": "Twelve handwritten test digits, each with its label and the networks' most frequent answer. Several are hard for a person: a six that looks like a one, a nine that looks like a four, a five drawn like a zero."}}
loss = -losses.log_softmax(logits)[:, np.arange(len(y)), y].mean(axis=0)
wrong = answers != y
shared, expected = wrong.all(axis=0).sum(), len(y) * np.prod(wrong.mean(axis=1))
fig, axes = plt.subplots(2, 6, figsize=(9.6, 4))
for ax, k in zip(axes.flat, np.argsort(-loss), strict=False):
    ax.imshow(images.X_test[k])
    ax.set(xticks=[], yticks=[])
    ax.set_title(f"{y[k]}, read as {np.bincount(answers[:, k]).argmax()}", fontsize=12.5, fontweight="normal")
fig.suptitle(f"All nine networks miss the same {shared} images; independent errors would give {expected:.0f}",
             x=0.01, ha="left", fontweight="bold", fontsize=13.5)
plt.show()
assert expected < 0.5 and (not real or shared > 0.2 * wrong.sum(axis=1).mean())

# %% [markdown]
# *Reading the figure:* above each image stands its label, then the most frequent answer. Which of them would you have
# read as the label says? The errors are far from independent: many belong to the images, and to what all nine
# networks have in common. That is also why the *difference* of two rules on the same images is known better than from
# two separate tests.
#
# ## Does it know when it does not know?
#
# The largest probability of the softmax is the network's **confidence**. It is *calibrated* if, of all images
# classified with confidence 0.8, 80 % are right. Sort the images into ten bins by confidence; in bin $b$, with $n_b$
# of the $n$ images, compare the fraction that is right with the mean confidence. The **expected calibration error**
# is $\sum_b \frac{n_b}{n}\,|\text{right}_b - \text{confidence}_b|$ (Naeini et al. 2015, Guo et al. 2017).
#
# It is never zero, not even for a perfect network, because of chance. What chance alone gives we find by tossing a
# coin for each image, with the claimed confidence as its probability. **Predict:** which network is the better
# calibrated, SGD's, or Adam's with its far smaller training loss?

# %% tags=["figure"] mystnb={"image": {"alt": "Fraction of right answers against mean confidence in bins, with error bars, and a grey diagonal. The points of SGD's network lie around the diagonal; those of Adam's network lie mostly below it."}}
found, (fig, ax) = {}, plt.subplots(figsize=(6.4, 4.8))
ax.plot([0.3, 1], [0.3, 1], color="0.6", linewidth=1.2)
for step, k in (("sgd", 0), ("adam", 6)):
    sure = np.exp(losses.log_softmax(logits[k])).max(axis=1).astype(float)
    member = (np.minimum((10 * sure).astype(int), 9) == np.arange(10)[:, None]).astype(float)  # (bin, image)
    n, claimed, hits = member.sum(axis=1), member @ sure, member @ ~wrong[k]
    coins = member @ (np.random.default_rng(0).random((len(sure), 100)) < sure[:, None])
    found[step] = np.abs(hits - claimed).sum() / len(y), np.abs(coins.T - claimed).sum(axis=1).mean() / len(y)
    n, x, part = n[n > 4], (claimed / np.maximum(n, 1))[n > 4], (hits / np.maximum(n, 1))[n > 4]
    ax.errorbar(x, part, yerr=np.sqrt(x * (1 - x) / n), capsize=4, **look(step, markevery=1))
lines = [f"{step}: calibration error {100 * e:.2f} points, by chance {100 * c:.2f}" for step, (e, c) in found.items()]
ax.set(xlabel="confidence, mean of the bin", ylabel="fraction right", title="\n".join(lines))
ax.legend()
plt.show()
assert not real or (found["sgd"][0] < 1.6 * found["sgd"][1] and found["adam"][0] > 1.6 * found["adam"][1])

# %% [markdown]
# *Reading the figure:* on the grey diagonal a claim is as good as it sounds. Bars show what chance does to a bin (one
# standard error). SGD's network is as well calibrated as one can tell from these images. Adam's is more accurate
# **and overconfident**: it has fitted its training images almost perfectly, and says so on new ones. Accuracy and
# calibration are two things. Guo et al. (2017) found many modern networks overconfident, and repair it by dividing
# all logits by one number, chosen on validation images.
#
# ## Summary
#
# - Much of a run can be predicted: the number of steps, the first loss ($\ln 10 + 0.9\,\overline{x^2}$ here), the
#   size of Adam's first step, which of the two losses is larger in the first epoch.
# - Three checks before any long run: the first loss, twenty images learnt by heart, the length of the steps.
# - Every decision is made on validation images, the learning rate of each rule separately, and no best rate at an
#   edge. The test images give one number, at the end.
# - With tuned rates SGD, momentum and Adam are a few tenths of a point apart on this task; tuning is worth as much. A
#   difference needs an interval over seeds and one over images; otherwise call it a tie.
# - An accuracy on $n$ images has the standard error $\sqrt{p(1-p)/n}$: about half a point for 1 000, 0.14 points for
#   10 000, at 98 %. And it needs a *random* sample.
# - Plain NumPy reaches 98 %, in seconds. Of the errors that are left, nearly a third are on images that all nine
#   networks get wrong.

# %% [markdown]
# ## Questions to ask oneself
#
# **1.** Somebody tries twelve settings, looks at their accuracy on 1 000 test images each, and reports the best: 98.7 %.
# Suppose that all twelve are equally good, with $p = 0.98$, and their errors independent. What do you expect the best
# of them to show?
#
# <details>
# <summary>Answer</summary>
#
# The largest of twelve independent standard normal numbers is 1.63 on average. So about $98 + 1.63\cdot0.44 = 98.7$
# %, without any real gain. Networks that see the same images make many of the same errors, as you saw, so the bias is
# smaller in practice; but it always points upwards. The first accuracy on fresh images will tell.
#
# </details>
#
# **2.** A run shows a loss of 2.30 after one epoch, at every learning rate from 0.001 to 0.1. Which two causes would
# you test first?
#
# <details>
# <summary>Answer</summary>
#
# That all weights start at zero (then every hidden unit puts out 0, and only the last biases can learn), and that the
# labels do not belong to the images (shuffled apart; the best answer is then the frequency of the classes, $\ln 10$
# for equal ones). Twenty images tell them apart: with torn labels they can still be learnt by heart, with zero
# weights they cannot. The same 2.30 at a *high* rate only may mean that the first steps killed the ReLUs.
#
# </details>
#
# **3.** A network classifies 1 000 of 1 000 images correctly. The formula gives a standard error of 0. Is it perfect?
#
# <details>
# <summary>Answer</summary>
#
# No: the formula used the measured $p$ in place of the true one. A network with accuracy 0.997 gets 1 000 of 1 000
# right with probability $0.997^{1000} \approx 0.05$. So all one may say, with 95 % confidence, is that the error is
# below about $3/n = 0.3$ % (the "rule of three", Hanley & Lippman-Hand 1983).
#
# </details>
#
# **4.** Method A has 98.2 % and method B 98.0 % on the same 10 000 test images. Each accuracy has a standard error of 0.14
# points. Is the difference of 0.2 within the noise?
#
# <details>
# <summary>Answer</summary>
#
# One cannot say from these numbers. The errors lie on largely the same images, so the difference is known better than
# from two independent tests ($0.14\sqrt2 = 0.20$ points). What counts is on how many images the two disagree. If A
# alone is right on 60 and B alone on 40, the standard error is $\sqrt{60 + 40}/10\,000 = 0.10$ points, and 0.2 is two
# of them. And that speaks of images only: how other seeds would decide, one seed does not tell.
#
# </details>
#
# ## Go deeper
#
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*, Proceedings
#   of the IEEE 86, 1998: MNIST, and what many methods reached on it. doi 10.1109/5.726791
# - P. Y. Simard, D. Steinkraus, J. C. Platt, *Best practices for convolutional neural networks applied to visual
#   document analysis*, 2003. doi 10.1109/ICDAR.2003.1227801
# - C. Yadav, L. Bottou, *Cold case: the lost MNIST digits*, 2019: who wrote which image, and a test set of 60 000.
#   arXiv 1905.10498
# - K. He, X. Zhang, S. Ren, J. Sun, *Delving deep into rectifiers*, 2015: the initialiser. arXiv 1502.01852
# - D. P. Kingma, J. Ba, *Adam: a method for stochastic optimization*, 2015. arXiv 1412.6980
# - X. Bouthillier and others, *Accounting for variance in machine learning benchmarks*, 2021: seeds, data and tuning
#   as sources of noise. arXiv 2103.03098
# - C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, *On calibration of modern neural networks*, 2017. arXiv 1706.04599
# - M. P. Naeini, G. F. Cooper, M. Hauskrecht, *Obtaining well calibrated probabilities using Bayesian binning*, AAAI 2015.
# - L. Breiman, J. H. Friedman, R. A. Olshen, C. J. Stone, *Classification and Regression Trees*, 1984: the
#   one-standard-error rule. doi 10.1201/9781315139470
# - J. A. Hanley, A. Lippman-Hand, *If nothing goes wrong, is everything all right?*, JAMA 249, 1983.
#
# **Next:** notebook 14, the same network, start and batches in Keras, is planned and will ask what is inside `fit`;
# notebook 16 will compare all rules with more seeds. Until they are there, give your own rule the treatment of this
# one: tune it, three seeds, then the test images.
