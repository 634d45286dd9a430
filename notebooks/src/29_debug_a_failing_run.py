# %% [markdown]
# # 29 · Debug a failing run
#
# *The loss is wrong. What is broken?* A network rarely stops with an error message. It learns a little less than it could, or
# nothing, or far too well, and the curve looks like many other curves. This notebook is a practice: ten patients, the
# instruments to examine them, and a table of what to do.
#
# **You will do:** diagnose ten broken runs from what they left behind. Write two of the tests. Cure each run and measure
# the cure.
#
# **You will learn:** in which order to look; what the first loss, twenty examples and the length of a step tell; why one
# symptom has many causes, and which test tells them apart.
#
# **You need:** a training loop, from [24: Train MNIST from scratch](24_train_mnist_from_scratch.ipynb), and batch normalisation, from
# [21: Normalise](21_normalise.ipynb).
#
# **Minutes:** 65

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Ten patients
#
# You cannot see what is wrong with a curve if you do not know how it looks when all is well. So here is a healthy run: the
# network 784-64-64-10 with ReLU and He's weights, 2 000 training images of MNIST, 1 000 for validation, batches of 50, five epochs of SGD
# with $\mathrm{lr} = 0.1$.
#
# Beside it are ten patients. `broken_runs` has ten functions, `run_a` to `run_j`, and each makes a run that is broken in one
# point. **Do not read that module yet**: it names the causes. One of each of these causes is among them, in an order that you do not know. (Without MNIST,
# scikit-learn's digits take its place, and the numbers differ from the text.)

# %%
from course_lib.data import datasets
from course_lib.training import broken_runs

images = datasets.load_mnist()
splits = datasets.split(images)
real = images.name == "mnist"
well = broken_runs.healthy(splits)
letters = "abcdefghij"
runs = {letter: getattr(broken_runs, f"run_{letter}")(splits) for letter in letters}
for cause in broken_runs.CAUSES:
    print(cause)

# %% [markdown]
# **Predict:** which of these ten would you expect to give a loss of 2.3, that of guessing, for ever?

# %% tags=["figure"] mystnb={"image": {"alt": "Ten small panels, a to j: loss of each batch against the step, logarithmic, black, over the healthy run in grey that falls from 2.5 to 0.2. Runs b, e, g and j end flat at the loss of guessing, g and j after a leap far beyond the frame. Run a falls slowly and stays high. Run h jumps up and down. Runs c, d, f and i fall like the healthy run or faster."}}
fig, axes = plt.subplots(2, 5, figsize=(9.6, 5.0), sharex=True, sharey=True)
for ax, letter in zip(axes.flat, letters, strict=True):
    ax.plot(well.history.loss, color="0.72", linewidth=3)
    ax.plot(runs[letter].history.loss, color="black", linewidth=1.4)
    ax.set(yscale="log", ylim=(5e-3, 1e3), title=letter)
fig.supxlabel("step $t$")
fig.supylabel("loss of the batch")
plt.show()

# %% [markdown]
# *Reading the figure:* grey is the healthy run, black the patient; the scale is the same everywhere. Four end flat at $\ln 10 = 2.3$, with
# four different causes, and four look as healthy as the healthy one. A curve is a symptom, not a diagnosis.
#
# ## Numbers beside the curves
#
# What you get of each run is what you would have in real life:
#
# | of each run | what it is |
# |---|---|
# | `run.start`, `run.net` | the network before and after training |
# | `run.data`, `run.valid` | images and labels as the run saw them, in the order of the file |
# | `run.fresh`, `run.accuracy` | images as they will come when the network is used, and the accuracy on them |
# | `run.history` | loss, length of the gradient and rate of every step; validation loss and accuracy of every epoch |
# | `run.ratio` | for every step and weight matrix $W$: $\lvert\Delta W\rvert/\lvert W\rvert$, step over weights |
#
# Ask in the order in which a run happens. *Before the first step:* is the first loss that of guessing, 2.3, and up to about one more for random weights?
# *During the first steps:* how long are they, beside the weights? *At the end:* is the accuracy the same on the training data, on validation images and on fresh ones?

# %% tags=["nbval-ignore-output"]
print("run  first loss  last loss  longest step   train  valid  fresh")
for letter, run in {"well": well, **runs}.items():
    first = run.history.loss[0]
    last = np.median(run.history.loss[-40:])
    longest = run.ratio[:40].max()
    shares = (run.net.accuracy(*run.data), run.history.valid_accuracy[-1], run.accuracy)
    print(f"{letter:4} {first:10.3g} {last:10.3g} {longest:13.1e}  ",
          "  ".join(f"{share:5.0%}" for share in shares))

# %% [markdown]
# The steps deserve a picture. **Predict:** which runs of the first figure have steps that are too short, and which too long?

# %% tags=["figure"] mystnb={"image": {"alt": "For the healthy run and runs a to j: the longest of the first forty steps over the weights' length, logarithmic axis, first layer as a circle and last layer as a square. A grey band reaches from one hundred-thousandth to one half. Run b lies below the band, runs g and j far above it, all others inside, near the healthy run."}}
fig, ax = plt.subplots()
ax.axhspan(1e-5, 0.5, color="0.9")
for place, run in enumerate([well, *runs.values()]):
    longest = np.minimum(run.ratio[:40].max(axis=0), 1e4)
    ax.plot(place - 0.1, longest[0], "o", color="black")
    ax.plot(place + 0.1, longest[-1], "s", color="#009e73")
ax.set(yscale="log", xlabel="run", ylabel=r"longest step, $|\Delta W|\,/\,|W|$")
ax.set_xticks(range(11), ["well", *letters])
plt.show()

# %% [markdown]
# *Reading the figure:* circles are the first layer, squares the last, and values above $10^4$ are drawn there. Outside the grey band, from $10^{-5}$ to $0.5$, something is wrong;
# inside nothing is proved.
#
# And the accuracies beside each other:

# %% tags=["figure"] mystnb={"image": {"alt": "Grouped bars for the healthy run and runs a to j: accuracy on the training data, on validation images and on fresh images. In the healthy run the three are close together and high. In c training is higher than the others; in d and f training and validation are near 100 per cent and fresh is lower; in i all three are equally lowered; in b, e, g and j all are near guessing."}}
fig, ax = plt.subplots(figsize=(9.6, 4.2))
for place, run in enumerate([well, *runs.values()]):
    valid = run.history.valid_accuracy[-1]
    heights = [run.net.accuracy(*run.data), valid, run.accuracy]
    ax.bar(place + np.array([-0.25, 0, 0.25]), heights, width=0.25,
           color=["black", "0.55", "#009e73"])
ax.set_xticks(range(11), ["well", *letters])
ax.set(ylabel="accuracy: training, validation, fresh", ylim=(0, 1))
plt.show()

# %% [markdown]
# *Reading the figure:* from left to right in each group stand the training data, the validation images and the fresh images. Where the second bar promises more than the third
# keeps, somebody will be disappointed; where the first is higher than the second, compare what went in.

# %% tags=["guard"]
longest = {letter: run.ratio[:40].max() for letter, run in runs.items()}
assert [x for x in letters if longest[x] > 0.5] == ["g", "j"]
assert [x for x in letters if longest[x] < 1e-5] == ["b"]
lasts = {letter: np.median(run.history.loss[-40:]) for letter, run in runs.items()}
guessing = [x for x in letters if abs(lasts[x] - 2.3) < 0.2]
assert guessing == ["b", "e", "g", "j"] and abs(np.log(10) - 2.3) < 0.01
assert well.accuracy > 0.85 and abs(well.history.loss[0] - 2.5) < 0.5
assert [layer.n_in for layer in well.net.layers[::2]] == [784, 64, 64]
assert runs["g"].data[0].max() == 255
promised = {x: runs[x].history.valid_accuracy[-1] - runs[x].accuracy for x in letters}
assert [x for x in letters if promised[x] > 0.05] == ["d", "f"]

# %% [markdown]
# ### Exercise 29.1 · Diagnose runs a to e
#
# Write a dict from each letter to one of `broken_runs.CAUSES`. Examine the runs with any code that you like: insert cells below. Look at images
# (`plt.imshow(run.data[0][k].reshape(28, 28))`) with their labels. A wrong diagnosis gets a hint about the next test to make.

# %% tags=["exercise"]
### BEGIN SOLUTION
first_five = {"a": "wrong loss", "b": "rate too low", "c": "validation differs",
              "d": "label leak", "e": "labels out of step"}
### END SOLUTION

# %%
check.first_five(first_five)

# %% [markdown] tags=["solution"]
# a: the accuracy rises well while the loss stays above 1.46 $= \ln(1 + 9/e)$, the least that a softmax of a softmax can reach. b: steps of $10^{-6}$ of the
# weights. c: nearly all training images are right, far fewer validation images; `run.valid` has another mean than `run.data`. d: all validation images are
# right, fewer of the fresh ones; an image of `run.data` shows a stamp in the margin. e: loss, steps and inputs are healthy and nothing is learnt; each image has the label of the one before it.

# %% [markdown]
# ### Exercise 29.2 · Diagnose runs f to j

# %% tags=["exercise"]
### BEGIN SOLUTION
other_five = {"f": "class imbalance", "g": "unscaled inputs", "h": "not shuffled",
              "i": "evaluation mode", "j": "rate too high"}
### END SOLUTION

# %%
check.other_five(other_five)

# %% [markdown] tags=["solution"]
# f: `np.bincount(run.data[1])` shows that ten of eleven images are zeros. g: the first loss is above 100 although weights and rate are those of the healthy run; the pixels go up to
# 255. h: the loss of a batch is tiny, then jumps; a batch holds one digit, or two. i: the loss is low, and the accuracy on the very training data is not; batch
# normalisation's running averages have not moved, so `run.net.logits(X)` and `run.net.logits(X, training=True)` differ. j: a healthy first loss, and steps longer than the weights.

# %% [markdown]
# *From here on the causes are named. Try the two exercises first.*
#
# ## The checklist: cheapest test first
#
# Most of these faults can be found **before** training. A fault makes symptoms further down, as too large inputs make a too large first loss. So the
# order matters: data, then loss, then network, then steps. Write two of the tests.
#
# ### Exercise 29.3 · Twenty examples by heart
#
# A network that cannot learn twenty examples by heart will not learn 2 000. Train on the first twenty with `n_steps` steps of `optimizers.adam`, all twenty in one batch. Return
# the loss after, divided by the loss before. The network must come back with the weights that it had.

# %% tags=["exercise"]
from course_lib import optimizers

def loss_left(net, X, y, *, n_steps=200, lr=0.01):
    """Return the share of twenty examples' loss that Adam leaves; net.theta stays."""
    ### BEGIN SOLUTION
    start = net.theta.copy()
    X20 = X[:20]
    y20 = y[:20]
    state = {}
    before = net.loss(X20, y20)
    for _ in range(n_steps):
        _, g = net.loss_and_grad(X20, y20)
        net.theta, state = optimizers.adam(net.theta, g, state, lr=lr)
    left = net.loss(X20, y20) / before
    net.theta = start
    return left
    ### END SOLUTION

# %%
check.loss_left(loss_left)

# %% [markdown]
# ### Exercise 29.4 · The length of a step
#
# Given a network's weight matrices before and after a step, return for each layer the length of the change over the length before, where the length of a matrix is
# the root of the sum of its squared entries. Assume that no matrix is zero before.

# %% tags=["exercise"]
def update_ratios(before, after):
    """Return |after - before| / |before| for each pair of matrices in two lists."""
    ### BEGIN SOLUTION
    pairs = zip(before, after, strict=True)
    return [np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in pairs]
    ### END SOLUTION

# %%
check.update_ratios(update_ratios)

# %% [markdown]
# `diagnosis.sanity_check` makes seventeen such tests, leaves the network as it is, and prints what is suspicious. A healthy network must be flagged for
# nothing, or nobody will read the warnings. **Predict:** for how many of the ten does its *first* finding name the true cause?

# %% tags=["nbval-ignore-output"]
from course_lib.training import diagnosis

def examine(run):
    rng = np.random.default_rng(0)
    return diagnosis.sanity_check(run.start, run.data, valid=run.valid, step="sgd",
                                  lr=run.lr, rng=rng, quiet=True)

found = {name: examine(run) for name, run in {"well": well, **runs}.items()}
for name, findings in found.items():
    print(f"{name:4}", ", ".join(findings) or "nothing")
print("g in full:")
for sentence in found["g"].values():
    print("  " + sentence)

# %% [markdown]
# One fault, several symptoms: that is why the first finding is the one to look into. (`pairs`: do an example and its most similar one have the same label? `prepared`: do validation and training
# inputs have one scale? `modes`: are training mode and evaluation mode alike? `perfect`: the loss of a perfect answer, which should be 0.)
#
# The first finding points at the cause ten times of ten, but these are the ten that the list was made for. A test of the library holds it to five seeds of each patient, and to silence on a list of
# healthy networks: a logistic regression from zero weights, a last layer of zeros, ten layers, sigmoid units, Lion and others. It knows nothing of a mislabelled class or a bug in augmentation. **No finding is not a proof
# of health.** And a finding is no proof of illness: a sorted file is fine if the loop shuffles.

# %% tags=["guard"]
assert found.pop("well") == {} and len(diagnosis.TESTS) == 17
firsts = [next(iter(findings)) for findings in found.values()]
assert firsts == ["perfect", "ratio", "prepared", "leak", "pairs",
                  "classes", "inputs", "order", "modes", "ratio"]

# %% [markdown]
# ## One pixel that is not a number
#
# This course's `train` refuses data with a NaN in them. Keras does not. One pixel of one image of 2 000 is NaN; five epochs in
# Keras, everything else healthy. **Predict:** what does the loss do?

# %% tags=["nbval-ignore-output"]
from course_lib.frameworks import keras_runs

losses, accuracy, lost = keras_runs.with_one_nan(splits)
print("loss of each epoch:", " ".join(f"{loss:.3f}" for loss in losses))
print(f"training accuracy {accuracy:.0%}; weights that are NaN: {lost}")

# %% [markdown]
# A fifth flat line at 2.3, and **no NaN in the loss**. One step made the weights that leave this pixel NaN. From then on every unit of the first layer is NaN for every
# image, the ReLU turns that into 0, and the loss stays a number. So look at the weights and the data: `np.isnan(X).any()` costs nothing.

# %% tags=["guard"]
assert not np.isnan(losses).any() and abs(losses[-1] - np.log(10)) < 0.02
assert accuracy < 0.2 and lost > 0

# %% [markdown]
# ## Symptom, cause, test, cure
#
# | symptom | cause | test that tells it from others | cure |
# |---|---|---|---|
# | accuracy rises, loss stays above 1.46 | softmax twice | loss of a perfect answer | give the loss the logits |
# | flat; healthy gradients, tiny steps | rate too low | $\lvert\Delta W\rvert/\lvert W\rvert$ below $10^{-5}$ | higher rate |
# | training good, validation bad, also without overfitting | validation prepared differently | mean and size of the inputs | one function prepares both |
# | validation too good to be true | label leak | accuracy on fresh images | take the input out |
# | flat; all healthy | images and labels out of step | labels of nearest neighbours; look at images | keep pairs together |
# | good accuracy, bad on fresh images | one class in most examples | count the labels | collect, weight or resample |
# | first loss above 100, then flat | inputs 0 … 255 | root mean square of the inputs | divide by 255 |
# | batch losses near 0, then jumps | examples sorted, not shuffled | labels of neighbours in the file | shuffle |
# | loss low, accuracy on *training data* bad | running averages never updated | outputs in both modes | training mode in training |
# | first loss healthy, then up, then flat | rate too high | $\lvert\Delta W\rvert/\lvert W\rvert$ above 0.5 | lower rate |
#
# Which library shows which? A softmax layer *and* `from_logits=True` do no harm in Keras on TensorFlow, which looks behind the softmax (notebook 25); in PyTorch
# `CrossEntropyLoss` after a softmax is the first row. Averages that never move are the fate of a Keras loop of your own that calls `model(X)` without
# `training=True`. Others are one step away: one output with a sigmoid and binary cross-entropy for ten classes, a frozen layer, in PyTorch a forgotten `zero_grad`.
#
# A cure that was not tried is a guess. `cured(letter)` repeats a run with its cause removed and nothing else changed. **Predict:** which cure brings least in accuracy, though it is among the most important?

# %% tags=["figure", "nbval-ignore-output"] mystnb={"image": {"alt": "Accuracy on fresh images of runs a to j, before the cure as open circles and after it as filled green circles, joined by a line. After the cure all lie between 0.8 and 0.93. Before, b, e, g and j are near 0.1, h at 0.2, and c and d are closest to their cure, a few points below."}}
cured = {letter: broken_runs.cured(letter, splits) for letter in letters}
fig, ax = plt.subplots()
for place, letter in enumerate(letters):
    heights = [runs[letter].accuracy, cured[letter].accuracy]
    ax.plot([place, place], heights, color="0.6")
    ax.plot(place, heights[0], "o", color="white", markeredgecolor="black")
    ax.plot(place, heights[1], "o", color="#009e73")
ax.set_xticks(range(10), letters)
ax.set(xlabel="run", ylabel="accuracy on fresh images", ylim=(0, 1))
plt.show()

# %% [markdown]
# *Reading the figure:* every cure helps, and c and d gain only a few points. But run d *promised* a perfect score before its cure, and somebody would have relied on it: its accuracy was
# not low, it was false. Such faults make good curves, which is why nobody looks for them.

# %% tags=["guard"]
gain = {x: cured[x].accuracy - runs[x].accuracy for x in letters}
assert min(gain.values()) > 0 and set(sorted(gain, key=gain.get)[:2]) == {"c", "d"}
assert min(run.accuracy for run in cured.values()) > 0.8
assert max(run.accuracy for run in cured.values()) < (0.93 if real else 1)
assert runs["d"].history.valid_accuracy[-1] > 0.99
least = np.log(1 + 9 / np.e)
assert abs(least - 1.46) < 0.01 and runs["a"].history.loss.min() > least

# %% [markdown]
# ## Summary
#
# - Look in the order in which a run happens: data, loss, network, steps. The first symptom is the one to look into.
# - Four of ten broken runs ended at $\ln 10$, for four different reasons, and four looked healthy.
# - The first loss, twenty examples, the loss of a perfect answer and $|\Delta W|/|W|$ are cheap.
# - Compare three accuracies: training data, validation, fresh data. And look at some images with their labels.
# - The worst fault had the best curve: a leak promises what it cannot keep.
# - A cure is tested by changing one thing and measuring again.
#
# ## Questions to ask yourself
#
# **1.** A run has a first loss of 2.4, and 2.30 after an epoch. Name three causes of this notebook, and a measurement for each.
#
# <details>
# <summary>Answer</summary>
#
# Rate too low: $|\Delta W|/|W|$ below $10^{-5}$. Rate too high: above 0.5, and the loss leapt in between. Images and labels out of step: healthy steps,
# and nearest neighbours that agree no more often than by chance. (A NaN in the data: look for NaN in the weights.)
#
# </details>
#
# **2.** Twenty examples cannot be learnt by heart: the loss stays at 1.46, but all twenty are classified correctly. What do you look at?
#
# <details>
# <summary>Answer</summary>
#
# At the loss function: a perfect answer has the loss $\ln(1 + 9/e) = 1.46$ if the softmax was applied twice. Data, weights and rate cannot set a floor under the loss while
# all answers are right.
#
# </details>
#
# **3.** Somebody normalises the inputs and the run heals. Does that prove that the inputs were the cause?
#
# <details>
# <summary>Answer</summary>
#
# It proves that this change is enough. A lower rate might have been enough too, since with large inputs the largest stable rate is lower. Which of the two to call the cause depends on
# what else one wants from the rate.
#
# </details>
#
# **4.** Training accuracy 99 %, validation 60 %. Overfitting?
#
# <details>
# <summary>Answer</summary>
#
# Perhaps. First take 1 000 *training* images, send them through the code that prepares validation images, and measure again. If the accuracy falls, the preparation differs.
#
# </details>
#
# ## Go deeper
#
# - A. Karpathy, [A recipe for training neural networks](https://karpathy.github.io/2019/04/25/recipe/), 2019: an order of tests, from looking at the data to a single batch learnt by heart.
# - K. He and others, [Delving deep into rectifiers](https://arxiv.org/abs/1502.01852), 2015: why a factor of 3 in a layer is a factor of $3^L$ in a network.
# - S. Kaufman, S. Rosset, C. Perlich, O. Stitelman, [Leakage in data mining](https://doi.org/10.1145/2382577.2382579), 2012.
# - S. Ioffe, C. Szegedy, [Batch normalization](https://arxiv.org/abs/1502.03167), 2015: where the two modes come from.
#
# **Next:** and if nothing is broken, but it stands still? [30: Ask if it is stuck](30_ask_if_it_is_stuck.ipynb)
