# %% [markdown]
# # 00 · Start here: run, check and keep track of your work
#
# **You will do:** run a first race of optimizers, solve five warm-up exercises, and see the data of the whole course.
#
# **You will learn:** how a section works (predict, run, check), what the symbols mean, which conventions hold in every notebook,
# why training a network is optimization, and which way to take through the course.
#
# **You need:** Python, NumPy slicing, and first-year calculus (the gradient of a function of two variables).
#
# **Minutes:** 45
#
# Click into the first grey cell below and press **Shift + Enter**. It loads the course's library, `course_lib`, and prints nothing.
# The same cell opens every notebook.

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
# ## Four rules race down one valley. Which arrives first?
#
# An *optimizer* looks for a point $w$ where a function, the *loss*, is small. It sees the loss only through its gradient $g$ at the
# point where it stands, and it has one knob above all: the *learning rate* `lr`, the length scale of its steps.
#
# The landscape is a valley, 100 times more curved across than along. The finish is where the loss has fallen to one ten-thousandth
# of its value at the start, for good. Four update rules run, each with a learning rate of its own:
#
# - `sgd`: step against the gradient (no sampling yet, so this is plain gradient descent);
# - `momentum`: the same, with a memory of past gradients;
# - `rmsprop`: as `sgd`, but each coordinate of the step divided by the recent size of its gradient;
# - `adam`: both at once.
#
# **Before you run the next cell:** write down the order in which they finish. Then press Shift + Enter.

# %% tags=["figure"] mystnb={"image": {"alt": "Four panels with the level lines of one narrow tilted valley and the path of one rule each, from the same start to the minimum: sgd zig-zags and then creeps along the floor, momentum and adam swing down the valley in long strides, rmsprop turns into the floor once and follows it in tiny steps."}}
valley = landscapes.quadratic([1.0, 100.0], angle=0.5)
start = np.array([1.0, 1.0])
rates = {"sgd": 0.0178, "momentum": 0.00708, "rmsprop": 0.00562, "adam": 0.2}
runs = {name: descent.minimize(valley, start, name, lr=lr, n_steps=420) for name, lr in rates.items()}

fig, axes = plt.subplots(2, 2, figsize=(8.4, 5.4), sharex=True, sharey=True)
for ax, (name, run) in zip(axes.flat, runs.items(), strict=True):
    plotting.contours(ax, valley, window=((-0.3, 1.6), (-0.4, 1.3)), levels=8, log=True)
    plotting.path(ax, run.w, name, markevery=1, markersize=3.5, linewidth=1.2)
    ax.plot(0, 0, "+", color="black", markersize=14, zorder=6)
    ax.set_title(f"{name}, lr {rates[name]}", fontsize=12, fontweight="normal")
    ax.label_outer()
fig.suptitle("momentum and adam stride where sgd and rmsprop creep", x=0.02, ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# *Reading the figure:* every mark is one step, the ring is the start, the cross the minimum. The denser the marks, the shorter the steps.
#
# Every figure of this course is followed by its finding in numbers, because a picture can persuade without being right. Here: the step at which
# each run crosses the finish for good.

# %%
def finish(loss, target=1e-4):
    """First step from which the loss stays at or below target * its start; inf if it does not."""
    return descent.settled(loss, target * loss[0])


for name, run in runs.items():
    print(f"{name:9s} finishes at step {finish(run.loss):.0f}")
assert finish(runs["adam"].loss) < finish(runs["sgd"].loss) < finish(runs["rmsprop"].loss)

# %% [markdown]
# ## Who chose those four learning rates?
#
# A race says little until you know that. So here is the choice, in the open: each rule ran at 61 rates from 0.001 to 1, equally spaced
# on a logarithmic scale, and kept the one that finished first. `minimize` takes all 61 at once: a column of rates, a row for each run.
#
# Theory says something about `sgd` beforehand. With curvatures between $\mu = 1$ (along) and $L = 100$ (across)
#
# - it can settle only for `lr` below $2/L$ = 0.02;
# - at `lr` $= 2/(L+\mu)$ every step multiplies the distance to the minimum of such a valley by $(\kappa-1)/(\kappa+1)$, where
#   $\kappa = L/\mu$, whatever the start. The loss goes with the square of the distance, so it has fallen by a factor $10^{4}$ after
#   $\tfrac12\ln 10^{4} \big/ \ln\frac{101}{99} = 230.3$ steps, that is at step 231.
#
# (Notebook 03 derives both.) **Predict:** will the best of 61 rates for *this* start need more or fewer than 231 steps?

# %%
grid = np.geomspace(1e-3, 1, 61)
starts = np.tile(start, (61, 1))
steps = {name: finish(descent.minimize(valley, starts, name, lr=grid[:, None], n_steps=1000).loss)
         for name in (*rates, "nesterov", "adagrad")}
for name, needed in steps.items():
    print(f"{name:9s} best rate {grid[needed.argmin()]:.3g}, finishes at step {needed.min():.0f}")
assert all(np.isclose(grid[steps[name].argmin()], lr, rtol=0.01) for name, lr in rates.items())

# %% [markdown]
# Fewer, 194: a rate may be tuned to one start, while the 231 hold for every start. (`nesterov` and `adagrad` are two
# more of the library's rules.) Now the two numbers of theory, measured.

# %%
at_optimum = descent.minimize(valley, start, "sgd", lr=2 / 101, n_steps=300)
print(f"sgd at lr = 2/(L + mu): predicted 231 steps, measured {finish(at_optimum.loss):.0f}")
last = np.isfinite(steps["sgd"]).nonzero()[0].max()
print(f"limit for sgd: predicted lr = 0.02, measured between {grid[last]:.5f} (finished) and {grid[last + 1]:.5f} (did not)")
assert finish(at_optimum.loss) == 231 and grid[last] < 0.02 < grid[last + 1]

# %% [markdown]
# And if all the rules had shared one rate? Many published comparisons do that. **Predict:** does the winner depend on the rate shared?

# %% tags=["figure"] mystnb={"image": {"alt": "Steps to the finish against learning rate on log axes for six update rules: below 0.03 momentum and nesterov need the fewest; rmsprop, nesterov, sgd and momentum break off between 0.006 and 0.04, sgd at the line 2/L; from there only adam and, above 0.1, adagrad are left."}}
fig, ax = plt.subplots(figsize=(8.5, 4.6))
for name, needed in steps.items():
    ax.loglog(grid, needed, **look(name, markevery=3))
ax.axvline(0.02, color="0.4", linewidth=1)
ax.text(0.021, 1.35e3, "2/L", color="0.3", fontsize=12, va="top")
ax.set(xlabel="learning rate", ylabel="steps to the finish", xlim=(1e-3, 1), ylim=(30, 1400),
       title="Whoever chooses the shared rate chooses the winner")
ax.legend(ncols=2)
plt.show()

# %% [markdown]
# *Reading the figure:* a line that breaks off did not finish within 1 000 steps. Draw a vertical line anywhere: the order along it is
# the ranking that an experiment with this one shared rate would report. (`rmsprop` breaks off so early because its steps do not shrink with the
# gradient: at a constant rate it ends up jittering about the minimum, and a larger rate jitters more. Notebook 07.)

# %%
for lr in (0.001, 0.01, 0.1, 1.0):
    column = np.abs(grid - lr).argmin()
    ranking = sorted((needed[column], name) for name, needed in steps.items() if np.isfinite(needed[column]))
    print(f"all at lr = {lr:<5g}: " + (", ".join(f"{name} {n:.0f}" for n, name in ranking) or "nobody finishes"))
assert min(steps, key=lambda name: steps[name][20]) == "nesterov"
assert min(steps, key=lambda name: steps[name][40]) == "adam"

# %% [markdown]
# So this course never compares optimizers at one shared rate. And even the fair race above is *one* valley, *one* start, *one* finish
# and no noise: it shows what the rules do, not which is best. Notebook 16 is about how one would find that out.
#
# ## How do I run a notebook?
#
# | to | do |
# |---|---|
# | run a cell and go to the next | Shift + Enter |
# | stop a cell that takes too long | the square button, or Esc and then the key `I` twice |
# | forget everything and begin anew | *Kernel → Restart Kernel…*, or Esc and then the key `0` twice |
# | run everything from the top | *Kernel → Restart Kernel and Run All Cells…* |
# | catch up to where you are | *Run → Run All Above Selected Cell* |
#
# `[*]` beside a cell means that it is running, `[7]` that it was the seventh to run. Unsolved exercises never stop a notebook: it runs
# from top to bottom as you got it, in less than a minute. When something behaves strangely, restart and run all cells
# first; a cell that was run twice, or out of order, is the usual reason.
#
# The next cell says which versions you have. The numbers in the text were made with those that `requirements.lock` names.

# %% tags=["nbval-ignore-output"]
import platform
from importlib.metadata import version

print("Python", platform.python_version())
for package in ("numpy", "matplotlib", "keras", "scikit-learn"):
    print(package, version(package))

# %% [markdown]
# **Why does running a cell twice matter?** Take random numbers. They come from a generator `rng` with a visible seed, so that everyone
# gets the same ones; but a generator moves on with every draw. **Predict** both answers: does a second draw repeat the first?
# Does a new generator with the same seed?

# %%
rng = np.random.default_rng(0)
first, second = rng.normal(size=3), rng.normal(size=3)
afresh = np.random.default_rng(0).normal(size=3)
print("the second draw repeats the first:", np.array_equal(first, second))
print("a new generator with the same seed repeats it:", np.array_equal(first, afresh))
assert np.array_equal(first, afresh) and not np.array_equal(first, second)

# %% [markdown]
# ## How does a section work?
#
# In three beats. **Predict:** the text asks a question and gives you what you need to answer it, often a formula. Commit yourself
# before you look; students who predict the outcome of a demonstration understand it better than those who only watch
# (Crouch, Fagen, Callan & Mazur 2004). **Run:** the cell measures and prints prediction and measurement side by side. An
# `assert` guards what the text claims: should it ever fail on your machine, the text is wrong there, and we want to know.
# **Check:** an exercise asks you to use what you saw, and its check answers at once.
#
# Try it with the simplest descent there is. For the loss $5w^2$ the gradient is $g = 10\,w$, and a step of gradient descent is
#
# $$w \;\leftarrow\; w - \mathrm{lr}\; g .$$
#
# ### Exercise 00.1 · Three steps by hand
#
# Start at $w = 1$ with `lr` $= 0.15$ and take three steps, on paper. Replace the dots by the number you arrive at, run the cell, and then
# run the check below it.

# %% tags=["exercise"]
### BEGIN SOLUTION
landing = (1 - 0.15 * 10)**3
### END SOLUTION

# %%
check.three_steps(landing)

# %% [markdown] tags=["solution"]
# One step turns $w$ into $w - 0.15\cdot 10\,w = -0.5\,w$: it jumps across the minimum and lands at half the distance on the other side.
# Three steps give $(-0.5)^3 = -0.125$.

# %% [markdown]
# The check printed one line. There are three kinds:
#
# - **not attempted yet**: the dots are still there;
# - **correct**: and your progress file now says so;
# - **not yet**, with one sentence about what went wrong, and a hint. Each wrong try earns a stronger hint: first a nudge, then
#   the formula, then the line of code. After that there is always the folded solution under the check: click on *Solution* to open it.
#   Reading it is no defeat; close it again and write it yourself.
#
# If you do not know how to begin, `check.hint(check.three_steps)` prints the next hint without a wrong try.
#
# A check calls your function on cases you did not see, so it can be right on the example and still be told what it lacks. A check never
# stops the notebook: an answer that runs for more than 20 seconds is ended, and the check says so. It sends nothing anywhere,
# and needs no network.
#
# ## Who checks the checker?
#
# A check that always says *correct* is worse than none. So here are three answers to exercise 00.1: the untouched dots, the result of
# *two* steps, and the result of three steps, both computed by `course_lib`. `judge` gives the verdict without touching your progress file.
# **Predict** the three verdicts.

# %%
from course_lib.checks.engine import judge

parabola = landscapes.quadratic([10.0])
two, three = (descent.minimize(parabola, [1.0], "sgd", lr=0.15, n_steps=n).final[0] for n in (2, 3))
verdicts = [judge(check.three_steps, answer) for answer in (..., two, three)]
for verdict in verdicts:
    print(f"{verdict.status:14s} {verdict.message}")
assert [verdict.status for verdict in verdicts] == ["not attempted", "wrong", "correct"]

# %% [markdown]
# In later notebooks some exercises come **from the museum**: code with a mistake that was really published, and a symptom. There the
# cell is not empty; you find the line and repair it.
#
# ## What do the symbols mean?
#
# The same letters in formulas, code and figures, in every notebook:
#
# | code | formula | meaning |
# |---|---|---|
# | `w` | $w$ | the point, or the weights: the thing that is moved; its last axis holds the coordinates |
# | `theta` | $\theta$ | all weights of a network in one flat array |
# | `loss` | $f(w)$ | the number to be made small |
# | `g` | $g = \nabla f(w)$ | gradient: the vector of first derivatives |
# | `H` | $H$ | Hessian: the matrix of second derivatives; its eigenvalues are curvatures |
# | `mu`, `L`, `kappa` | $\mu,\ L,\ \kappa = L/\mu$ | smallest and largest curvature, and the condition number |
# | `lr` | $\mathrm{lr}$ | learning rate |
# | `t`, `n_steps` | $t = 1, 2, \dots$ | number of the step; how many there are |
# | `beta` | $\beta$ | how much of the velocity momentum keeps |
# | `beta1`, `beta2`, `rho` | $\beta_1,\ \beta_2,\ \rho$ | memory of Adam's two averages, and of RMSprop's one |
# | `m`, `v` | $m_t,\ v_t$ | what a rule remembers: an average gradient; a velocity, or an average of squared gradients |
# | `eps` | $\varepsilon$ | a small number that keeps a division safe |
# | `X`, `y` | $X,\ y$ | examples (one a row) and what they should give |
# | `rng` | | a NumPy random generator, always passed in |
# | `epochs`, `batch_size` | $B$ | passes through the data; examples for one gradient |
#
# ## Which conventions hold everywhere?
#
# **One contract.** Whatever is minimised is a function `fun(w) -> (loss, grad)`. The last axis of `w` holds the coordinates; any axes before
# it hold many points at once. So `w` of shape `(2,)` gives a loss of shape `()` and a gradient of shape `(2,)`, and `w` of shape `(61, 2)` gives
# shapes `(61,)` and `(61, 2)`. That is how 61 runs went in one call above.
#
# ### Exercise 00.2 · The contract
#
# Write $f(w) = \tfrac12\,(w_1^2 + 10\,w_2^2)$ as a function that keeps the contract, for one point or for many.
# Write `w[..., 0]` for the first coordinate: the dots stand for all axes before the last, however many there are.

# %% tags=["exercise"]
def bowl(w):
    """Return (loss, grad) of (w1^2 + 10 w2^2) / 2; w has shape (..., 2)."""
    ### BEGIN SOLUTION
    H = np.array([1.0, 10.0])
    return 0.5 * (H * w**2).sum(axis=-1), H * w
    ### END SOLUTION

# %%
check.bowl(bowl)

# %% [markdown] tags=["solution"]
# The sum runs over the last axis only, so every point keeps a loss of its own. Half of $10\,w_2^2$ has the derivative $10\,w_2$: the half is
# there so that 10 is the curvature.

# %% [markdown]
# **One form of update rule.** A rule is a function of the point, the gradient and its own memory, a dict that starts empty:
# `w, state = rule(w, g, state, lr=...)`. It changes nothing it was given, so a second run cannot inherit anything from the first,
# and what it remembers is there for you to plot. The rule you read is the rule that runs; `show_source` opens any function.

# %%
show_source(optimizers.momentum)

# %% [markdown]
# The line `@rule` checks the arguments; the three lines below the docstring are all of momentum.
#
# **One momentum.** In this course the velocity is the *sum* $v \leftarrow \beta v + g$, and then $w \leftarrow w - \mathrm{lr}\,v$. Elsewhere you
# will meet the *average* $v \leftarrow \beta v + (1-\beta)\,g$. The letters are the same, the steps are not. Let the gradient be 1 at each of three
# steps, with $\beta = 0.9$, `lr` $= 0.1$, and $w = 0$ at first. The sum gives velocities 1, 1.9, 2.71, so $w$ must end at
# $-0.1\,(1 + 1.9 + 2.71) = -0.561$. **Predict** where the average ends.

# %%
w, state = np.zeros(1), {}
w_average, v_average = 0.0, 0.0
for _ in range(3):
    w, state = optimizers.momentum(w, np.ones(1), state, lr=0.1, beta=0.9)
    v_average = 0.9 * v_average + (1 - 0.9) * 1.0
    w_average = w_average - 0.1 * v_average
print(f"sum:     predicted -0.561,  measured {w[0]:.3f}")
print(f"average: predicted -0.0561, measured {w_average:.4f}")
assert math.isclose(w[0], -0.561) and math.isclose(w_average, -0.0561)

# %% [markdown]
# A factor $1/(1-\beta) = 10$, which is why a learning rate copied from elsewhere can be ten times wrong. Notebook 06 converts between the forms.
#
# ### Exercise 00.3 · An update rule
#
# Write the simplest rule, gradient descent, in the form of the course. It has nothing to remember, so its state stays `{}`.

# %% tags=["exercise"]
def descent_step(w, g, state, *, lr):
    """Return (w, state) after one step of gradient descent; w and g stay as they are."""
    ### BEGIN SOLUTION
    return w - lr * g, {}
    ### END SOLUTION

# %%
check.descent_step(descent_step)

# %% [markdown] tags=["solution"]
# `w - lr * g` makes a new array. `w -= lr * g` would give the same number and overwrite the caller's point; every path recorded so far
# would then consist of copies of the last point.

# %% [markdown]
# ## What does a run leave behind?
#
# `descent.minimize(fun, w, rule, lr=..., n_steps=...)` returns a `Run`: the path `run.w`, the losses `run.loss`, the lengths of the gradients
# `run.grad_norm`, the last point `run.final`, and `run.diverged_at`. Index 0 is the start. One start `w` of shape `(n,)` is one run;
# `w` of shape `(runs, n)` is many, and then the axes are time, run, coordinate.
#
# ### Exercise 00.4 · The shape of a path
#
# Five runs in the plane, 20 steps each. What is the shape of `run.w`? Answer with a tuple; the cell after the check does the run.

# %% tags=["exercise"]
### BEGIN SOLUTION
path_shape = (20 + 1, 5, 2)
### END SOLUTION

# %%
check.path_shape(path_shape)

# %% [markdown]
# Now run them, from five random starts, and compare.

# %%
rng = np.random.default_rng(0)
five = descent.minimize(valley, rng.normal(size=(5, 2)), "sgd", lr=0.01, n_steps=20)
print("run.w", five.w.shape, " run.loss", five.loss.shape, " run.final", five.final.shape)

# %% [markdown]
# **What if a run blows up?** Then it ends with a record, not with a page of warnings. On the loss $5w^2$ with `lr` $= 0.5$ each step
# multiplies $w$ by $1 - 0.5\cdot 10 = -4$. A run counts as diverged once a coordinate passes $10^8$. From $w = 1$ that takes
# the first whole $t$ above $\ln 10^8/\ln 4 = 13.3$.

# %%
wild = descent.minimize(parabola, [1.0], "sgd", lr=0.5, n_steps=100)
print(f"diverged: predicted at step {math.ceil(math.log(1e8) / math.log(4))}, measured at step {wild.diverged_at}")
print(f"steps kept before that: {wild.n_steps}")
assert wild.diverged_at == 14

# %% [markdown]
# ## Where does the data come from?
#
# From MNIST: handwritten digits collected by the US standards institute NIST, size-normalised and centred by LeCun, Cortes and Burges, and used
# as a benchmark since LeCun, Bottou, Bengio & Haffner (1998). There are 60 000 images to train on and 10 000 to test on, 28 × 28 grey values each,
# one byte a value. `load_mnist` looks at a path you may give in the environment variable `COURSE_MNIST`, then in its cache, then downloads once.
# It verifies every byte by checksum. Without network it falls back, and says so, to 1 797 smaller digits that ship inside scikit-learn:
# every cell still runs, but the numbers differ from those in the text.
#
# **Predict:** how much memory do the training images take, in millions of bytes?

# %%
from course_lib.data import datasets

images = datasets.load_mnist()
n = len(images.X_train)
print(f"{images.name}: {n} training images and {len(images.X_test)} test images")
print(f"training images: predicted {n * 28 * 28 / 1e6:.1f} MB, measured {images.X_train.nbytes / 1e6:.1f} MB")
assert images.X_train.nbytes == n * 28 * 28

# %% [markdown]
# And here they are: the first image of each class.

# %% tags=["figure"] mystnb={"image": {"alt": "Ten small grey images in two rows of five, the first training image of each handwritten digit from 0 to 9, dark strokes on white."}}
fig, axes = plt.subplots(2, 5, figsize=(7.2, 3.5))
for digit, ax in enumerate(axes.flat):
    ax.imshow(images.X_train[images.y_train == digit][0], cmap="Greys")
    ax.set(xticks=[], yticks=[], xlabel=f"class {digit}")
fig.suptitle("Ten classes of digits, 28 × 28 pixels each", x=0.02, ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# *Reading the figure:* strokes are dark where the value is high (255) and the paper is 0. Nearly all of an image is paper.
#
# The course trains on the first 55 000 images, tunes on the last 5 000 of the 60 000 (the *validation set*), and opens the 10 000 test images once,
# at the end. A test set that helped to choose something has become a validation set.
#
# ### Exercise 00.5 · The loss of a guess
#
# A classifier gives each class a probability. Its loss on one example is the *cross-entropy* $-\ln p$, where $p$ is the probability
# it gave to the right class; the loss on a data set is the mean over its examples. What is the loss of a classifier that
# knows nothing and gives every one of the ten classes the same probability? (A network fresh from its initialisation should come near this number.
# If it does not, something is broken: the cheapest test there is.)

# %% tags=["exercise"]
### BEGIN SOLUTION
guessing_loss = -math.log(1 / 10)
### END SOLUTION

# %%
check.guessing_loss(guessing_loss)

# %% [markdown] tags=["solution"]
# Every example has $p = 1/10$, so the mean is $-\ln\frac1{10} = \ln 10 \approx 2.30$, whatever the labels are.

# %% [markdown]
# Does the library agree on the real labels? Ten equal outputs, here ten zeros, stand for ten equal probabilities.

# %%
from course_lib.networks.losses import softmax_cross_entropy

measured, _ = softmax_cross_entropy(np.zeros((n, 10)), images.y_train)
print(f"loss of a guess: predicted ln 10 = {math.log(10):.2f}, measured {measured:.2f}")
assert math.isclose(measured, math.log(10), rel_tol=1e-9)

# %% [markdown]
# ## Why do we need optimization?
#
# Because a network is a formula with blanks. The network of notebook 13 turns 784 pixels into 10 scores, through two layers of 128 units,
# and what it does depends on its weights `theta`. Nobody knows the right weights and, but for a few simple models, no formula gives them. What we *can* compute is
# how wrong the network is on examples, the loss, and in which direction the loss changes with each weight, the gradient. The gradient costs only a small
# multiple of the loss itself, however many weights there are (10). Training is descent on that loss.
#
# Two limits belong to the answer. For smooth losses and small enough steps theory promises that descent reaches points where the gradient is
# nearly zero; in general it does not promise the lowest point of all (01, 02, 03). And a low loss on the training examples is not the goal: that is a low loss on new ones (12, 13).
#
# **Predict:** how many weights does a network with layers 784, 128, 128, 10 have? A layer from $a$ to $b$ units has $a\,b$ weights and $b$ biases.
# And how many further arrays of that size does each update rule keep in memory?

# %%
from course_lib.networks import network

theta = network.mlp([784, 128, 128, 10], rng=np.random.default_rng(0)).theta
print(f"weights: predicted {785 * 128 + 129 * 128 + 129 * 10}, measured {theta.size}")
kept = {}
for name in steps:
    _, state = optimizers.STEPS[name](theta, np.ones_like(theta), {}, lr=0.1)
    kept[name] = sum(np.shape(value) == theta.shape for value in state.values())
print("arrays kept:", ", ".join(f"{name} {count}" for name, count in kept.items()))
assert theta.size == 118_282 and kept["sgd"] == 0 and kept["momentum"] == 1 and kept["adam"] == 2

# %% [markdown]
# Half a megabyte of weights here. For a model of 10⁹ weights of 4 bytes each, Adam's two arrays are 8 GB on top of the 4 GB of the weights: memory is one of
# the reasons behind a choice.
#
# ### Which factors decide the choice of an optimizer?
#
# | factor | the question | where |
# |---|---|---|
# | shape of the loss | How different are its curvatures? Are there saddles, plateaus, cliffs? | 01–04, 06, 18 |
# | the model | How deep, which activations and initialisation? Are some features rare? | 07, 10, 11 |
# | the data | How noisy is the gradient of a batch? Are the inputs scaled alike? | 05, 12 |
# | the budget | How much memory, time and hardware, and how many tuning runs can you afford? | 05, 16, 19, 20 |
# | the goal | Lowest training loss, best result on new data, or a target reached soonest? | 12, 13, 16 |
#
# ### Which principles guide it?
#
# 1. **Begin with a simple rule you understand**, and make it work on 20 examples first (13, 17).
# 2. **Tune the learning rate before anything else**, for each rule separately, on validation data (09, 16).
# 3. **Change one thing at a time**, with a control run that differs in nothing else (09).
# 4. **Suspect the gradient before the optimizer**: check it (01, 10, 17).
# 5. **Repeat with other seeds and show the spread**; call a tie a tie (13, 16).
# 6. **Say what you measured and where**, and claim no more (21).
#
# ## How did we get here?
#
# What happened when, and by which rule the famous networks were trained:
#
# | year | what happened | its optimization | source |
# |---|---|---|---|
# | 1847 | Cauchy solves systems of equations by descending a gradient | gradient descent (03) | C. R. Acad. Sci. 25, 536–538 |
# | 1951 | Robbins and Monro find roots from noisy measurements | shrinking steps: the root of SGD (05) | 10.1214/aoms/1177729586 |
# | 1958 | Rosenblatt's perceptron learns from examples | an error-correcting rule | 10.1037/h0042519 |
# | 1964 | Polyak | the heavy ball, momentum (06) | 10.1016/0041-5553(64)90137-5 |
# | 1970 | Linnainmaa: derivatives of a whole program, backwards | reverse mode, the core of backpropagation (10) | thesis, Helsinki |
# | 1983 | Nesterov | the $1/t^2$ method (06) | Soviet Math. Dokl. 27, 372–376 |
# | 1986 | Rumelhart, Hinton and Williams: backpropagation finds useful hidden units | gradient descent with momentum | 10.1038/323533a0 |
# | 1998 | LeNet-5, and with it MNIST | SGD, scaled by diagonal curvature | 10.1109/5.726791 |
# | 2010–12 | Glorot and Bengio's initialisation; AdaGrad; RMSprop | (07, 11) | AISTATS 2010; JMLR 12, 2011; a lecture by Hinton, 2012 |
# | 2012 | AlexNet wins the ImageNet competition | SGD with momentum | 10.1145/3065386 |
# | Dec 2013 | DeepMind's deep Q-network learns seven Atari games; 49 games in *Nature*, Feb 2015 | RMSprop | 1312.5602; 10.1038/nature14236 |
# | Dec 2014 | Kingma and Ba | Adam (08) | 1412.6980 |
# | 2015 | He initialisation, batch normalisation, residual networks | SGD with momentum (11) | 1502.01852; 1502.03167; 1512.03385 |
# | Oct 2015 | AlphaGo beats Fan Hui, European champion, 5–0 (made public in Jan 2016) | asynchronous SGD for its policy network (20) | 10.1038/nature16961 |
# | Mar 2016 | AlphaGo beats Lee Sedol 4–1 | | |
# | Jun 2017 | the Transformer | Adam with warm-up (09) | 1706.03762 |
# | Nov 2017 | Loshchilov and Hutter decouple weight decay | AdamW (08) | 1711.05101 |
# | Oct 2018 | BERT | Adam with warm-up and linear decay | 1810.04805 |
# | May 2020 | GPT-3, 175 billion weights | Adam, gradient clipping, cosine decay (09) | 2005.14165 |
# | 2024 | Schedule-Free; Muon | (19) | 2405.15682; K. Jordan and others, online |
#
# Numbers such as 1412.6980 are arXiv numbers, those that begin with 10. are DOIs. Three dates are often told wrongly. The network that learned to play Atari games came from DeepMind, not from Google Brain, and in December 2013,
# before Google bought the company. In 2015 AlphaGo beat the European champion; its victory over one of the world's best players, Lee Sedol,
# came in March 2016. And 2017 was the year of the Transformer; BERT followed in October 2018.
#
# ## Which way through the course?
#
# In order, if you have the time: each notebook takes 45 to 90 minutes and uses only earlier ones. The **fast path** is in bold.
#
# | | notebook | its question |
# |---|---|---|
# | 00 | Start here | How do I run, check and track my work? What do the symbols mean? |
# | **01** | **[Classify critical points](01_classify_critical_points.ipynb)** | The gradient is zero. What kind of point is this? |
# | 02 | [Meet saddles in high dimensions](02_meet_saddles_in_high_dimensions.ipynb) | Why are saddles everywhere, and how does one leave? |
# | **03** | **[Descend the gradient](03_descend_the_gradient.ipynb)** | How fast is gradient descent, exactly, and when does it blow up? |
# | 04 | [Fix the conditioning](04_fix_the_conditioning.ipynb) | Why does it zig-zag, and what do curvature methods buy? |
# | **05** | **[Sample mini-batches](05_sample_minibatches.ipynb)** | What does noise cost, and how big should a batch be? |
# | **06** | **[Add momentum](06_add_momentum.ipynb)** | Why does momentum work, and when does it hurt? |
# | 07 | [Adapt the learning rate](07_adapt_the_learning_rate.ipynb) | What do AdaGrad, RMSprop and Adadelta adapt to? |
# | **08** | **[Understand Adam](08_understand_adam.ipynb)** | What is every term of Adam for, and where does it fail? |
# | 09 | [Schedule the learning rate](09_schedule_the_learning_rate.ipynb) | Decay, warm-up, one-cycle, clipping: which one fixed it? |
# | 10 | [Backpropagate](10_backpropagate.ipynb) | How do I get the gradient of a network, and know it is right? |
# | 11 | [Initialise and normalise](11_initialise_and_normalise.ipynb) | Why do deep signals vanish or explode? |
# | 12 | [Regularise](12_regularise.ipynb) | Why is a lower training loss not the goal? |
# | **13** | **[Train MNIST from scratch](13_train_mnist_from_scratch.ipynb)** | Can plain NumPy reach 98 % on MNIST, honestly measured? |
# | 14 | [Train MNIST in Keras](14_train_mnist_in_keras.ipynb) | The same run in TensorFlow/Keras: what is inside `fit`? |
# | 15 | [Match three frameworks](15_match_three_frameworks.ipynb) | Is Adam the same Adam in Keras, PyTorch and scikit-learn? |
# | 16 | [Compare optimizers fairly](16_compare_optimizers_fairly.ipynb) | Which optimizer is best, and how would I know? |
# | 17 | [Debug a failing run](17_debug_a_failing_run.ipynb) | The loss is wrong. What is broken? |
# | 18 | Watch the edge of stability | Why does full-batch training live at sharpness 2/lr? |
# | 19 | Go beyond Adam | Second order, Shampoo, Muon, Schedule-Free, SAM: what do they change? |
# | 20 | Scale out | Data-parallel, asynchronous, distributed: what changes in the mathematics? |
# | 21 | Put claims on trial | Which popular claims about optimizers survive a measurement? |
#
# Notebooks without a link are not there yet.
#
# ## How do I keep track, and keep my own copy?
#
# Whatever you solve is noted in one small file on your machine, in the folder where your system keeps such data. The next cell shows how far you are.
# To begin again from nothing, run `progress.progress_path().unlink(missing_ok=True)` in a new cell.

# %% tags=["nbval-ignore-output"]
from course_lib.checks import progress

print("kept in the file", progress.progress_path().name)
check.show_progress()

# %% [markdown]
# **Your own copy.** Edit anything; you cannot break the course. But an update of the course brings its own notebooks along and may collide with your edits.
# So work in a copy: *File → Save Notebook As…*, with a name that begins with `my_`, such as `my_00_start_here.ipynb`, in the same folder.
# The checks and your progress work there just as well. To get the original back, open it again: it is the one without `my_`.
#
# ## Summary
#
# - Predict, run, check. A figure's finding is always printed too.
# - Whatever is minimised keeps one contract, `fun(w) -> (loss, grad)`, for one point or many; whatever minimises is a function
#   `rule(w, g, state, lr=...)` that returns the new point and its memory.
# - On a valley of condition number 100 plain descent at the theoretical rate took exactly the predicted 231 steps, and could not settle above `lr` $= 2/L$.
# - At a shared learning rate the choice of the rate decides who wins. Each rule gets a rate of its own, chosen in the open.
# - A guess among ten classes costs $\ln 10 \approx 2.30$.
#
# ## Questions to ask yourself
#
# <details>
# <summary>A blog post compares five optimizers, all with learning rate 0.001, and finds a clear winner. What has it measured?</summary>
#
# How well 0.001 suits each of them on that problem. In the second figure the winner changes with the shared rate, though landscape and
# start stay the same.
#
# </details>
#
# <details>
# <summary>You re-run a cell that draws random starts and get other numbers than the text. Is the course wrong?</summary>
#
# Probably not: the generator moved on with the first draw. Re-run the cell that makes `rng`, or restart and run all cells.
#
# </details>
#
# <details>
# <summary>Why does a rule return its state instead of keeping it inside?</summary>
#
# So that two runs cannot share a memory by accident, and so that `m` and `v` can be looked at and plotted. The price is one more argument.
#
# </details>
#
# <details>
# <summary>Someone recommends momentum with learning rate 0.1 and beta 0.9. What do you ask first?</summary>
#
# Sum or average? In the sum form of this course the same steps need the rate $0.1\,(1-\beta) = 0.01$ if the recommendation meant the average.
#
# </details>
#
# <details>
# <summary>A network with ten classes starts with a loss of 14. What do you conclude?</summary>
#
# That it does not start as a guesser, which costs 2.30: it starts out confidently wrong. Look at the scale of the inputs and of the initial weights
# before you blame the optimizer.
#
# </details>
#
# ## Go deeper
#
# - L. Bottou, F. E. Curtis, J. Nocedal, *Optimization methods for large-scale machine learning*, SIAM Review 60 (2018), arXiv 1606.04838: the review to read beside this course.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning* (MIT Press 2016), chapters 4 and 8.
# - J. Nocedal, S. J. Wright, *Numerical Optimization*, 2nd edition (Springer 2006), doi 10.1007/978-0-387-40065-5.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-based learning applied to document recognition*, Proc. IEEE 86 (1998), doi 10.1109/5.726791: where MNIST comes from.
# - C. H. Crouch, A. P. Fagen, J. P. Callan, E. Mazur, *Classroom demonstrations: learning tools or entertainment?*, Am. J. Phys. 72 (2004), doi 10.1119/1.1707018: why you were asked to predict.
#
# **Next:** [01: Classify critical points](01_classify_critical_points.ipynb)
