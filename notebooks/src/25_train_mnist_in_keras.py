# %% [markdown]
# # 25 · Train MNIST in Keras
#
# *How does one train, watch, interrupt, save and use a network in Keras?* Notebook 24 wrote every line of the loop
# itself. Keras needs ten lines for it. This is the first hour of a Keras user, with the traps marked.
#
# **You will do:** train notebook 24's network to 98 %. Break a loss to see what `from_logits` means. Repair an input
# pipeline and write a callback. Cut the power in the middle of a run and go on. Train a small convolutional network (CNN)
# to 99 %, save it, load it, and let it read one image.
#
# **You will learn:** what `compile`, `fit`, `evaluate` and `predict` do; how data are streamed with `tf.data`, and what
# a shuffle buffer does not shuffle; which callbacks save work; what has to be in a file so that a run can go on.
#
# **You need:** the training loop of [24: Train MNIST from scratch](24_train_mnist_from_scratch.ipynb), Adam
# ([14: Understand Adam](14_understand_adam.ipynb)) and schedules ([16: Schedule the learning rate](16_schedule_the_learning_rate.ipynb)).
#
# **Minutes:** 75. The cells run for about two minutes.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# The last network of this notebook is a CNN. `experiments/keras_cnn.py` has trained it from five different starts.
# Here are its answers to the 5 000 validation images, and at the end those to the 10 000 test images.

# %% tags=["figure"] mystnb={"image": {"alt": "Accuracy in per cent against the epoch for five runs of the small CNN. All start below the grey line at 99, rise, and lie above it after six epochs. Diamonds at the right edge, the test accuracies, lie above the line too."}}
from course_lib.data import load_results

runs = load_results("keras_cnn")["runs"]
fig, ax = plt.subplots()
for run in runs:
    ax.plot(range(1, 7), 100 * np.array(run["valid"]), **look("adam"))
    ax.plot(7, 100 * run["test"], "D", color="black")
ax.axhline(99, color="0.6")
ax.set(xlabel="epoch (at 7: the test images)", ylabel="accuracy in %")
plt.show()

# %% [markdown]
# *Reading the figure:* every run passes 99 % on the validation images within six epochs, and the test images agree.
# You will train the first of these runs yourself.
#
# ## Ten lines to 98 %
#
# Keras is a library of layers, losses and optimizers on top of a *backend* that computes; here that is TensorFlow.
# `import_keras` imports it without the page of notices that TensorFlow prints. (Without MNIST, scikit-learn's small
# digits take its place, and the next cell says so. It prints how many images serve for training, validation and test. The text speaks of MNIST.)

# %%
from course_lib.data import datasets
from course_lib.frameworks import import_keras

keras = import_keras()
images = datasets.load_mnist()
data = datasets.split(images)
real = images.name == "mnist"
valid = (data.X_valid, data.y_valid)
print(images.name, [len(y) for y in (data.y_train, data.y_valid, data.y_test)])

# %% [markdown]
# Now the model. `Sequential` is a chain of layers. `Dense(128)` is a matrix of weights and 128 biases. The last layer
# has ten outputs, one score a digit, and no activation: such scores are called **logits**.
#
# **Predict** by hand how many weights the network has, biases included.

# %% tags=["mirrors:course_lib.frameworks.keras_runs.dense_net"]
def dense_net(last=None):
    keras = import_keras()
    keras.utils.set_random_seed(0)
    return keras.Sequential([
        keras.layers.Input((784,)),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(10, activation=last)])

# %% [markdown]
# `last` is the activation of the last layer, and the seed makes the first weights the same every time. `summary` counts:

# %%
model = dense_net()
model.summary(print_fn=print, line_length=72)

# %% [markdown]
# `compile` says how to train: with which optimizer, which loss, and what else to report. "Sparse" means that the
# labels are whole numbers, 0 to 9, and not rows with a single 1. `fit` is the loop: shuffle, cut into batches, step,
# and after every epoch measure the validation images. It returns a `History`, whose dict `history` has one list for
# each reported number.
#
# The rate falls from 0.003 to 0 along half a cosine (notebook 16), a step at a time, over six epochs.

# %% tags=["nbval-ignore-output"]
steps_per_epoch = -(-len(data.y_train) // 128)
epochs = 6 if real else 30
rate = keras.optimizers.schedules.CosineDecay(0.003, epochs * steps_per_epoch)
logit_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(rate), loss=logit_loss, metrics=["accuracy"])
history = model.fit(data.X_train, data.y_train, batch_size=128, epochs=epochs,
                    validation_data=valid, verbose=0)
for name, values in history.history.items():
    print(f"{name:13}", " ".join(f"{value:.4f}" for value in values[:6]))

# %% [markdown]
# It passes 98 % of the validation images. `accuracy` and `loss` are means over the images *at the weights on the way*, while
# `val_accuracy` and `val_loss` belong to the end of the epoch. Notebook 26 takes that apart.
# `model.evaluate(X, y)` measures loss and metrics for other data; `model.predict(X)` returns the outputs.

# %% tags=["guard"]
by_hand = 784 * 128 + 128 + 128 * 128 + 128 + 128 * 10 + 10
assert model.count_params() == by_hand == 118_282
assert max(history.history["val_accuracy"]) > (0.979 if real else 0.85)

# %% [markdown]
# ## What does `from_logits` say?
#
# The cross-entropy wants probabilities, and the network puts out scores. Somebody has to apply the softmax: either the
# last layer does (`activation="softmax"`), or the loss does (`from_logits=True`). The second is better, since
# softmax and logarithm together do not overflow (notebook 18).
#
# There are four combinations. Two of them are wrong: nobody applies the softmax, or both do. **Predict** for one epoch
# of 10 000 images: which of the wrong ones learns least, and does Keras complain?

# %% tags=["nbval-ignore-output"]
from course_lib.frameworks import keras_runs

for last in (None, "softmax"):
    for flag in (True, False):
        loss, accuracy, warned = keras_runs.one_epoch(data, last, from_logits=flag)
        print(f"last layer {last!s:7}  from_logits={flag!s:5}  loss {loss:.2f} ",
              f"validation accuracy {accuracy:.0%}  warnings {int(warned)}")

# %% [markdown]
# Forgetting it is the harmful case, and it is silent: Keras takes the scores for probabilities, cuts them off below
# 0 and above 1, and a score that was cut off has no gradient. The loss stays far above that of the others. Doing it
# twice does no harm here: on TensorFlow, Keras looks behind the softmax, takes the logits that it finds there, and
# warns. Other libraries apply it twice, and learn slowly (notebook 29 has such a patient).
#
# ## What does a layer do with an image?
#
# A dense layer multiplies *rows of numbers* with a matrix. An image is no row: it has 28 rows of 28 pixels. Published
# tutorials build a network for 784 inputs and hand it the images as they come from the file.
#
# **Before you run the next cell:** does Keras flatten the image, refuse it, or compute something else? One model
# declares its input, the other finds out from what it is given.

# %%
five = images.X_train[:5].astype(np.float32) / 255
undeclared = keras_runs.undeclared_net()
print("declared:  ", keras_runs.shape_or_error(dense_net(), five))
print("undeclared:", keras_runs.shape_or_error(undeclared, five))
print("weights of the undeclared:", undeclared.count_params())

# %% [markdown]
# Nobody flattens. The model that declares its input refuses, and that is the better fate. The other one takes each
# *row of pixels* for an example of its own: ten scores for each of 28 rows, from 21 514 weights instead of 118 282.
# **So declare the input.** The error then comes at once, in the line that is wrong.

# %% tags=["guard"]
assert keras_runs.shape_or_error(dense_net(), five) == "ValueError"
assert keras_runs.shape_or_error(undeclared, five) == (5, 28, 10)
assert undeclared.count_params() == 28 * 128 + 128 + 128 * 128 + 128 + 128 * 10 + 10

# %% [markdown]
# ### Exercise 25.1 · Repair an input pipeline (museum)
#
# This pipeline follows a widely read article. It has three faults. Two of them make the network fail or waste memory;
# the third makes its accuracy look better than it is. `images` has the arrays `X_train`, `y_train`, `X_test`, `y_test`
# as they come from the file, with pixels from 0 to 255. Return three pairs (images, labels) for training, validation and
# test: every image a row of `float32` between 0 and 1, the labels as they are, the **last** `n_valid` *training* images
# for validation, and everything in the order of the file.

# %% tags=["exercise"]
def museum_pipeline(images, n_valid):
    ### BEGIN SOLUTION
    def rows(X):
        return X.reshape(len(X), -1).astype(np.float32) / 255

    X = rows(images.X_train)
    cut = len(X) - n_valid
    train = (X[:cut], images.y_train[:cut])
    valid = (X[cut:], images.y_train[cut:])
    return train, valid, (rows(images.X_test), images.y_test)
    ### END SOLUTION
    ### BEGIN STUB
    # X_train, y_train = images.X_train[:-n_valid] / 255, images.y_train[:-n_valid]
    # X_valid, y_valid = images.X_test[:n_valid] / 255, images.y_test[:n_valid]
    # X_test, y_test = images.X_test / 255, images.y_test
    # return (X_train, y_train), (X_valid, y_valid), (X_test, y_test)
    ### END STUB

# %%
check.museum_pipeline(museum_pipeline)

# %% [markdown]
# ## How far does a shuffle buffer shuffle?
#
# Large data do not fit into memory; they come as a stream, a `tf.data.Dataset`. A usual pipeline is
#
# ```
# stream = tf.data.Dataset.from_tensor_slices((X, y))   # or a list of files
# stream = stream.map(scale).cache()                    # prepare once, keep the result
# stream = stream.shuffle(1000).batch(128).prefetch(tf.data.AUTOTUNE)
# ```
#
# `prefetch` prepares the next batch while the last one is being used. `shuffle(b)` is weaker than its name: it fills a buffer
# with the first $b$ examples, hands out one of them at random, fills the gap with the next example, and so on.
#
# **Predict:** 50 000 examples go through a buffer of 1 000. How far ahead of its own place can an example get, and how
# far does it typically move?

# %% tags=["figure"] mystnb={"image": {"alt": "Histogram of how many places an example moves under a shuffle buffer of 1000. Nothing moves ahead by more than the buffer's size; from there the share falls exponentially and has nearly vanished 5000 places later. A dashed green curve, the prediction, follows the bars."}}
import tensorflow as tf

b = 1000
stream = tf.data.Dataset.range(50_000).shuffle(b, seed=0)
travel = np.arange(50_000) - list(stream.as_numpy_iterator())
later = np.arange(1 - b, 5000)

fig, ax = plt.subplots()
ax.hist(travel, bins=np.arange(-1500, 5001, 100), density=True, color="0.75")
ax.plot(later, (1 - 1 / b) ** (later + b - 1) / b, "--", color="#009e73")
ax.set(xlabel="places by which an example moved (negative: ahead)",
       ylabel="share per place", ylim=(0, None),
       title=f"Furthest ahead {-travel.min()}, standard deviation {travel.std():.0f}")
plt.show()

# %% [markdown]
# *Reading the figure:* grey is measured, dashed is the formula below. Nobody gets ahead by more than $b-1$ places, and the typical journey is about $b$ places. A full
# shuffle would spread the bars over 100 000 places.
#
# <details>
# <summary>Why this is true</summary>
#
# An example enters the buffer when the stream has come to it; in the output this is $b-1$ places before its own place. Then
# it waits, and each time leaves with probability $1/b$. That is a geometric waiting time of mean $b-1$ and standard
# deviation $\sqrt{b(b-1)} \approx b$. So the mean journey is 0. After a full shuffle the standard deviation would be
# $n/\sqrt6$, that of the difference of two random places.
#
# </details>
#
# Does it matter? That depends on the file. Take the worst one, sorted by label, as folders of images often are. One epoch
# of 11 000 images with a buffer of 200, and one with a buffer for all of them. **Predict:** what does the network with the
# small buffer answer most often?

# %% tags=["nbval-ignore-output"]
small = keras_runs.through_buffer(data, 200)
full = keras_runs.through_buffer(data, 11_000)
for digits, accuracy, counts in (small, full):
    often = counts.argmax()
    print(f"{digits:.1f} digits a batch, accuracy {accuracy:.0%}, most often {often}")

# %% [markdown]
# The last batches hold mostly eights and nines, and the network has forgotten what came first. So shuffle the file once,
# completely, before you write it; keep the buffer as large as memory allows; and `shuffle` **before** `batch`, since the other
# order moves whole batches, and neighbours in the file stay together.

# %% tags=["guard"]
assert -travel.min() == b - 1 and abs(travel.std() / b - 1) < 0.05
if real:
    assert small[0] < 5 < 9 < full[0] and full[1] - small[1] > 0.1
    assert small[2].argmax() in (8, 9)

# %% [markdown]
# ## Callbacks: look, stop, keep
#
# A **callback** is an object whose methods `fit` calls at certain moments: `on_train_batch_begin`,
# `on_train_batch_end`, `on_epoch_end` and others. Inside it, `self.model` is the model.
#
# ### Exercise 25.2 · Record the learning rate
#
# Return a callback that appends to the list `rates`, for **every step**, the rate that this step uses, as a float. A
# schedule is a function of `optimizer.iterations`, the number of steps already taken, and
# `self.model.optimizer.learning_rate` is the rate for the next one. At which of the two moments of a batch must you look?

# %% tags=["exercise"]
def rate_recorder(rates):
    """Return a keras.callbacks.Callback that appends each step's rate to the list."""
    ### BEGIN SOLUTION
    class Recorder(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            rates.append(float(self.model.optimizer.learning_rate))

    return Recorder()
    ### END SOLUTION

# %%
check.rate_recorder(rate_recorder)

# %% [markdown]
# A rate that is logged at the end of a batch is the rate of the *next* step.
#
# Three callbacks save work in nearly every project. `CSVLogger` writes a line for each epoch. `ModelCheckpoint` with
# `save_best_only=True` writes the model whenever the validation loss reaches a new minimum. `EarlyStopping(patience=p)` ends the
# run when there was no new minimum for `p` epochs. Here are all three, on only 1 000 images, so that the network overfits.
#
# **Predict:** whose weights does `few` hold after `fit`: those of the best epoch or those of the last?

# %% tags=["nbval-ignore-output"]
import tempfile

folder = tempfile.mkdtemp()
few = dense_net()
few.compile(keras.optimizers.Adam(0.001), logit_loss)
watchers = [
    keras.callbacks.CSVLogger(f"{folder}/epochs.csv"),
    keras.callbacks.ModelCheckpoint(f"{folder}/best.keras", save_best_only=True),
    keras.callbacks.EarlyStopping(patience=5)]
few.fit(data.X_train[:1000], data.y_train[:1000], batch_size=50, epochs=100,
        validation_data=valid, callbacks=watchers, verbose=0)
held = few.evaluate(*valid, verbose=0)
kept = keras.models.load_model(f"{folder}/best.keras").evaluate(*valid, verbose=0)
print(f"validation loss of the model in memory {held:.4f}, of the file {kept:.4f}")

# %% [markdown]
# And the whole run, read from the file that `CSVLogger` wrote:

# %% tags=["figure"] mystnb={"image": {"alt": "Training loss, solid, and validation loss, dashed, against the epoch. The training loss falls towards 0. The validation loss falls at first, reaches its minimum of about 0.3, marked by a diamond, and is slightly higher at the last epoch, marked by a square, five epochs later."}}
log = np.genfromtxt(f"{folder}/epochs.csv", delimiter=",", names=True)
lowest = log["val_loss"].argmin()
last = len(log) - 1

fig, ax = plt.subplots()
keras_runs.fit_curves(ax, log, "loss")
ax.plot(lowest + 1, log["val_loss"][lowest], "D", color="black", label="in the file")
ax.plot(last + 1, log["val_loss"][last], "s", color="0.4", label="in memory")
ax.set_title(f"Stopped after epoch {last + 1}, best epoch {lowest + 1}")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the validation loss turns while the training loss still falls. `EarlyStopping` waited five epochs
# and **kept the last weights**, which is its default; the file has the best. With `restore_best_weights=True` the memory
# has them too.
#
# <details>
# <summary>Four more words that you will meet</summary>
#
# - *Functional API:* for networks that are no chain. `x = keras.Input((784,))`, then `h = keras.layers.Dense(128)(x)` and so on, and at the end `keras.Model(x, h)`.
# - *Clipping* is an argument of every optimizer: `clipnorm` shortens the gradient of each variable by itself, `global_clipnorm` that of all together (notebook 17), `clipvalue` cuts single entries.
# - *Warm-up* is part of the schedule: `CosineDecay(0.0, decay_steps, warmup_target=0.003, warmup_steps=100)` rises first.
# - *TensorBoard:* the callback `keras.callbacks.TensorBoard(folder)` writes what the program `tensorboard --logdir folder` draws while the run goes on.
#
# </details>

# %% tags=["guard"]
assert last < 99 and last - lowest == 5
assert abs(kept - log["val_loss"][lowest]) < 1e-4 < abs(held - kept)
assert abs(held - log["val_loss"][last]) < 1e-4

# %% [markdown]
# ## The power fails
#
# `BackupAndRestore` is for interruptions: after each epoch it writes weights, optimizer state and the epoch's number, and
# the next `fit` with the same folder goes on from there. We interrupt a run of five epochs at the beginning of the
# fourth, make a *new* model, and call `fit` again. `shuffle=False` makes the runs comparable, since the order of the
# examples is not in the backup.
#
# **Predict:** how many epochs does the second `fit` run, and how far from the run without interruption does it end?

# %%
class PowerCut(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 3:
            raise InterruptedError

# %% [markdown]
# `five_epochs(data, *callbacks)` trains a fresh network on 5 000 images and returns it with its `History`. Three calls:
# never interrupted, interrupted, and continued.

# %%
import contextlib

from course_lib.frameworks import keras_bridge

backup = keras.callbacks.BackupAndRestore(f"{folder}/backup")
whole, _ = keras_runs.five_epochs(data)
with contextlib.suppress(InterruptedError):
    keras_runs.five_epochs(data, backup, PowerCut())
resumed, told = keras_runs.five_epochs(data, backup)
apart = np.abs(keras_bridge.theta(resumed) - keras_bridge.theta(whole)).max() / 0.001
print(f"epochs of the second fit: {len(told.epoch)}; largest distance {apart:.3f} lr")

# %% [markdown]
# Two epochs, and the same weights to the digits printed: nothing was lost but the work of the epoch that was running.

# %% tags=["guard"]
assert told.epoch == [3, 4] and apart < 0.01

# %% [markdown]
# ## A small CNN
#
# The dense network does not know that neighbouring pixels belong together. A **convolution** slides small windows of
# $3\times3$ weights over the image, the same weights at every place; **pooling** keeps the largest of each $2\times2$ block.
# Dropout is that of notebook 23.

# %%
from course_lib.frameworks.keras_bridge import small_cnn

show_source(small_cnn)

# %% [markdown]
# <details>
# <summary>Count its weights by hand</summary>
#
# A $3\times3$ window fits into 28 pixels at 26 places, and half of that is 13; then 11, and 5, because the odd row is dropped. A
# convolution from $c_{in}$ to $c_{out}$ channels has $9\,c_{in}c_{out} + c_{out}$ weights. So there are $160 + 4640$ in the
# convolutions, and $5\cdot5\cdot32 = 800$ numbers enter the dense layers: $51\,264 + 650$. That is half of what the dense
# network has, but six times its multiplications, since each window is used at every place.
#
# </details>
#
# Six epochs of Adam with the same cosine. **Predict** which is higher at the end: the accuracy that `fit` reports for
# training images, or the one for validation images? Dropout is at work only in training.

# %%
keras.utils.set_random_seed(0)
cnn = small_cnn()
cnn.compile(keras.optimizers.Adam(rate), logit_loss, metrics=["accuracy"])
X = data.X_train.reshape(-1, 28, 28, 1)
X_valid = data.X_valid.reshape(-1, 28, 28, 1)
told = cnn.fit(X, data.y_train, batch_size=128, epochs=epochs, verbose=0,
               validation_data=(X_valid, data.y_valid)).history
learnt = cnn.evaluate(X[:5000], data.y_train[:5000], verbose=0)[1]

# %% [markdown]
# The curves, and beside them the accuracy of the finished network on 5 000 training images, with nothing dropped:

# %% tags=["figure"] mystnb={"image": {"alt": "Accuracy in per cent against the epoch for the small CNN. The solid training curve, as fit reports it, starts far below the dashed validation curve; both end a little above 99. A diamond at the last epoch, training images without dropout, lies above both."}}
fig, ax = plt.subplots()
keras_runs.fit_curves(ax, told, "accuracy", factor=100)
ax.plot(epochs, 100 * learnt, "D", color="black", label="training, no dropout")
ax.set(ylabel="accuracy in %", title="The small CNN")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the solid curve is measured with dropout and at weights on the way, so it understates what the
# network knows. Only the diamond may be compared with the dashed curve.

# %% tags=["guard"]
assert cnn.count_params() == 160 + 4640 + 51_264 + 650
assert learnt > told["accuracy"][-1] and (not real or told["val_accuracy"][-1] > 0.988)

# %% [markdown]
# ## Save, load, and read one image
#
# `model.save("run.keras")` writes architecture, weights **and the optimizer's state**, for Adam its $m$, $v$ and step
# count. `save_weights` writes a file without the architecture; a model that loads it must be built by your own code,
# and a new optimizer may start from nothing. So keep the whole model if training may have to go on.

# %%
cnn.save(f"{folder}/cnn.keras")
loaded = keras.models.load_model(f"{folder}/cnn.keras")
before = cnn.predict(X_valid, verbose=0)
after = loaded.predict(X_valid, verbose=0)
print(f"outputs that differ: {np.sum(before != after)} of {before.size}")
print(f"steps that its Adam has counted: {loaded.optimizer.iterations.numpy()}")

# %% [markdown]
# ### Exercise 25.3 · Let it read one image
#
# Write the function that an application would call. It gets a model whose input is `(28, 28, 1)` and whose outputs are
# *logits*, and one image as it comes from a camera: `uint8` of shape (28, 28), 0 to 255. Return the digit, an `int`, and
# its probability, a `float`. Keras predicts *batches*, so one image is a batch of one. Prepare the image as the training images were prepared.

# %% tags=["exercise"]
def read_digit(model, image):
    """Return (digit, probability) for one uint8 image (28, 28)."""
    ### BEGIN SOLUTION
    X = image.reshape(1, 28, 28, 1).astype(np.float32) / 255
    logits = model.predict(X, verbose=0)[0]
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    return int(p.argmax()), float(p.max())
    ### END SOLUTION

# %%
check.read_digit(read_digit)

# %% [markdown]
# All decisions are made, so the test set may be opened. (Not all of them were made on validation images: the dropout and
# the six epochs of `experiments/keras_cnn.py` were settled when the *test* accuracies of four trial runs had been seen. Four
# looks at 10 000 images teach little, but you should know of them.) Here are images that the network misreads:

# %% tags=["figure"] mystnb={"image": {"alt": "Eight handwritten digits that the network misreads, in two rows of four, each titled with its label and the network's answer with its probability. Several are hard for people too."}}
outputs = cnn.predict(data.X_test.reshape(-1, 28, 28, 1), verbose=0)
p = keras.ops.softmax(outputs).numpy()
wrong = keras_runs.show_misread(images.X_test, data.y_test, p)
plt.show()

# %% [markdown]
# *Reading the figure:* the network makes fewer than a hundred mistakes among 10 000 images, and several of them are
# images over which people would argue.

# %% tags=["guard"]
assert np.array_equal(before, after)
assert int(loaded.optimizer.iterations) == epochs * steps_per_epoch
assert not real or len(wrong) < 120
assert min(run["test"] for run in runs) >= 0.99

# %% [markdown]
# ## Summary
#
# - `Sequential` describes, `compile` says how to train, `fit` trains, `evaluate` measures, `predict` answers.
# - Scores need `from_logits=True`. Without it Keras takes scores for probabilities, says nothing, and learns badly.
# - Declare the input. An undeclared dense layer takes the rows of an image for examples.
# - A shuffle buffer of $b$ moves an example by about $b$ places. A sorted file stays nearly sorted.
# - `EarlyStopping` keeps the last weights unless told otherwise; `ModelCheckpoint` keeps the best in a file;
#   `BackupAndRestore` goes on after an interruption.
# - The small CNN reads 99 % of the digits, from each of five starts. To continue a run, save the whole model.
#
# ## Questions to ask yourself
#
# **1.** A colleague's Keras network, with `Dense(10)` at the end, learns much less than yours, without any warning. What is the first thing to look at?
#
# <details>
# <summary>Answer</summary>
#
# Whether the loss was given `from_logits=True`. `loss="sparse_categorical_crossentropy"`, the string, means `False`.
#
# </details>
#
# **2.** `fit` reports `loss: 0.31`, and `evaluate` on the same training images, straight afterwards, 0.22. Name two causes.
#
# <details>
# <summary>Answer</summary>
#
# The reported loss is a mean over the epoch, at weights on the way, and it is measured in training mode, with dropout.
# `evaluate` uses the final weights, with nothing dropped.
#
# </details>
#
# **3.** A file holds a million images of one class, then a million of another. The buffer has 10 000 places. What does a batch in
# the middle of the first million hold, and what would you do?
#
# <details>
# <summary>Answer</summary>
#
# The first class only: an example moves by about 10 000 places. Shuffle the file once when it is written, or cut it into
# many files, shuffle their order in each epoch, and read from several at a time (`interleave`).
#
# </details>
#
# **4.** Your computing centre ends every job after four hours. Which callback do you need, and what is lost at most?
#
# <details>
# <summary>Answer</summary>
#
# `BackupAndRestore`. It writes after each epoch, so at most the epoch that was running is lost; `save_freq` makes it write more often.
#
# </details>
#
# ## Go deeper
#
# - Y. LeCun and others, [Gradient-based learning applied to document recognition](https://doi.org/10.1109/5.726791), 1998: CNNs and MNIST.
# - D. G. Murray and others, [tf.data: a machine learning data processing framework](https://arxiv.org/abs/2101.12127), 2021.
# - M. Abadi and others, [TensorFlow: a system for large-scale machine learning](https://arxiv.org/abs/1605.08695), 2016.
#
# **Next:** what does `fit` do, exactly? [26: Look inside fit](26_look_inside_fit.ipynb)
