# %% [markdown]
# # 00 · Start here: run, check and keep track of your work
#
# *How does this course work, and what do its symbols mean?*
#
# **You will do:** run a first race of optimizers, solve four warm-up exercises, and see the data of
# the whole course.
#
# **You will learn:** how a section works, what the symbols mean, which conventions hold in every
# notebook, and which way to take through the course.
#
# **You need:** Python, NumPy slicing, and first-year calculus: the gradient of a function of two
# variables.
#
# **Minutes:** 75
#
# Two folders hold notebooks. Those in `my/` are **yours**: `make lab` put them there, without
# results, and you may change whatever you like. Those in `notebooks/` belong to the course and show
# the results; leave them as they are. `make update` brings improvements of the course into `my/`
# and keeps your answers.
#
# Click into the first grey cell below and press **Shift + Enter**. It prints nothing, and opens every
# notebook.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Four rules race down one valley. Which arrives first?
#
# An *optimizer* looks for a point $w$ where a function, the *loss*, is small. It sees the loss only
# through its gradient $g$ at the point where it stands. Its most important setting is the *learning
# rate* `lr`, which scales its steps.
#
# The landscape is a valley, 100 times more curved across than along. The finish is where the loss
# has fallen to one ten-thousandth of its value at the start, for good. Four update rules run, each
# with a learning rate of its own:
#
# - `sgd`: step against the gradient (plain gradient descent);
# - `momentum`: the same, with a memory of past gradients;
# - `rmsprop`: as `sgd`, but each coordinate of the step is divided by the recent size of its gradient;
# - `adam`: both at once.
#
# Later notebooks explain the code of this race.
#
# **Before you run the next cell:** write down the order in which you think they finish.

# %% tags=["figure"] mystnb={"image": {"alt": "Four panels with the level lines of one narrow tilted valley and the path of one rule each, from the same start to the minimum: sgd zig-zags and then creeps along the floor, momentum and adam swing down the valley in long strides, rmsprop turns into the floor once and follows it in tiny steps."}}
from course_lib import landscapes, plotting
from course_lib.optimizers import descent

valley = landscapes.quadratic([1.0, 100.0], angle=0.5)
start = np.array([1.0, 1.0])
rates = {"sgd": 0.0178, "momentum": 0.00708, "rmsprop": 0.00562, "adam": 0.2}
runs = {}
fig, axes = plt.subplots(2, 2, figsize=(8.4, 5.4), sharex=True, sharey=True)
for ax, (name, lr) in zip(axes.flat, rates.items()):
    runs[name] = descent.minimize(valley, start, name, lr=lr, n_steps=420)
    plotting.contours(ax, valley, window=((-0.3, 1.6), (-0.4, 1.3)), levels=8, log=True)
    plotting.path(ax, runs[name].w, name, markevery=1, markersize=3.5, linewidth=1.2)
    ax.plot(0, 0, "+", color="black", markersize=14, zorder=6)
    ax.set_title(f"{name}, lr {lr}", fontsize=12, fontweight="normal")
    ax.label_outer()
plt.show()

# %% [markdown]
# *Reading the figure:* every mark is one step, the ring is the start, the cross the minimum. Where
# the marks lie close together, the steps are short: `momentum` and `adam` take long steps down the
# valley, `sgd` and `rmsprop` short ones.
#
# A picture can persuade without being right, so findings are printed as numbers, too. Here is the step
# at which each run crosses the finish for good.

# %%
def finish(loss):
    """Return the first step from which the loss stays below 1/10000 of its start."""
    return descent.settled(loss, 1e-4 * loss[0])


for name, run in runs.items():
    print(f"{name:9s} finishes at step {finish(run.loss):.0f}")

# %% tags=["guard"]
finished = [finish(runs[name].loss) for name in ("adam", "momentum", "sgd", "rmsprop")]
assert finished == sorted(finished)

# %% [markdown]
# ## Who chose those four learning rates?
#
# A race says little until you know that. So here is the choice, in the open. Each rule ran at 61
# rates from 0.001 to 1, equally spaced on a logarithmic scale, and kept the one that finished first.
# `minimize` takes all 61 at once: a column of rates, and one row for each run.
#
# Theory says something about `sgd` beforehand. Let $\mu = 1$ be the curvature along this valley and
# $L = 100$ the one across.
#
# - It can settle only for $\mathrm{lr}$ below $2/L = 0.02$.
# - At $\mathrm{lr} = 2/(L+\mu)$ every step multiplies the distance to the minimum by the same
#   factor, $\frac{L-\mu}{L+\mu} = \frac{99}{101}$, from any start, and the loss by its square. So the
#   loss reaches the finish at step 231.
#
# (Notebook 05 derives both.) **Predict:** will the best of the 61 rates for *this* start need more
# steps than 231, or fewer?

# %%
grid = np.geomspace(1e-3, 1, 61)
starts = np.tile(start, (61, 1))
steps = {}
for name in ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"):
    run = descent.minimize(valley, starts, name, lr=grid[:, None], n_steps=1000)
    steps[name] = finish(run.loss)
    best = steps[name].argmin()
    soonest = steps[name][best]
    print(f"{name:9s} best rate {grid[best]:.3g}, finishes at step {soonest:.0f}")

# %% [markdown]
# Fewer: the best rate was chosen for this one start, while the 231 hold for every start.
# (`nesterov` and `adagrad` are two more of the library's rules.) Now the two numbers of theory, each
# beside its measurement.

# %%
at_theory = descent.minimize(valley, start, "sgd", lr=2 / 101, n_steps=300)
needed = finish(at_theory.loss)
print(f"sgd at lr = 2/(L + mu): predicted 231 steps, measured {needed:.0f}")
last = np.isfinite(steps["sgd"]).nonzero()[0].max()
print("largest rate at which sgd settles: predicted just below 0.02,")
print(f"measured: {grid[last]:.5f} settles, {grid[last + 1]:.5f} does not")

# %% tags=["guard"]
assert finish(at_theory.loss) == 231
assert grid[last] < 0.02 < grid[last + 1]
assert steps["sgd"].min() < 231
for name, lr in rates.items():
    assert np.isclose(grid[steps[name].argmin()], lr, rtol=0.01)

# %% [markdown]
# And what if all six rules had shared one rate? **Predict:** does the winner depend on which rate
# they share?

# %% tags=["figure"] mystnb={"image": {"alt": "Steps to the finish against learning rate on log axes for six update rules: below 0.03 momentum and nesterov need the fewest; rmsprop, nesterov, sgd and momentum break off between 0.006 and 0.04, sgd at the line 2/L; from there only adam and, above 0.1, adagrad are left."}}
fig, ax = plt.subplots(figsize=(8.5, 4.6))
for name, needed in steps.items():
    ax.loglog(grid, needed, **look(name, markevery=3))
ax.axvline(0.02, color="0.4", linewidth=1)
ax.text(0.021, 1.35e3, "2/L", color="0.3", fontsize=12, va="top")
ax.set(xlabel="learning rate", ylabel="steps to the finish")
ax.set(xlim=(1e-3, 1), ylim=(30, 1400))
together = np.array(list(steps.values()))
reached = np.isfinite(together).any(axis=0)
winners = {list(steps)[k] for k in together[:, reached].argmin(axis=0)}
ax.set_title(f"Best at one of the 61 rates: {len(winners)} different rules")
ax.legend(ncols=2)
plt.show()

# %% [markdown]
# *Reading the figure:* draw a vertical line anywhere; the order along it is the ranking that an
# experiment with this one shared rate would report. Whoever chooses the shared rate chooses the
# winner. A line that breaks off did not finish within 1 000 steps.
#
# So this course never compares optimizers at one shared rate. Even the race above is *one* valley and
# *one* start: it shows what the rules do, not which one is best. Notebook 28 asks how one would find
# that out.

# %% tags=["guard"]
assert steps["nesterov"][20] == together[:, 20].min()
assert steps["adam"][40] == together[:, 40].min()

# %% [markdown]
# ## How do I run a notebook?
#
# | to | do |
# |---|---|
# | run a cell and go to the next | Shift + Enter |
# | stop a cell that takes too long | the square button, or Esc and then the key `I` twice |
# | run everything from the top | *Kernel → Restart Kernel and Run All Cells…* |
# | catch up to where you are | *Run → Run All Above Selected Cell* |
#
# `[*]` beside a cell means that it is running. An exercise that you have not solved never stops a
# notebook. When something behaves strangely, or a name is not defined, restart and run all cells: a
# cell that ran twice, or out of order, is the usual reason.
#
# Random numbers show why the order matters. They come from a generator `rng` with a visible seed, so
# that everyone gets the same ones. **Predict:** does a second draw repeat the first? Does a new
# generator with the same seed?

# %%
rng = np.random.default_rng(0)
print("first draw:               ", rng.normal(size=3).round(3))
print("second draw:              ", rng.normal(size=3).round(3))
rng = np.random.default_rng(0)
print("new generator, first draw:", rng.normal(size=3).round(3))

# %% [markdown]
# ## How does a section work?
#
# In three beats. *Predict:* the text asks a question and gives you what you need to answer it.
# Commit yourself before you look: students who predict the outcome of a demonstration understand it
# better than those who only watch
# ([Crouch, Fagen, Callan and Mazur 2004](https://doi.org/10.1119/1.1707018)). *Run:* the cell
# prints what was measured. *Check:* an exercise asks you to use it, and its check answers at once.
#
# Try it with plain descent. For the loss $5w^2$ the gradient is $g = 10\,w$, and a
# step of gradient descent is
#
# $$w \;\leftarrow\; w - \mathrm{lr}\; g .$$
#
# ### Exercise 00.1 · Three steps by hand
#
# Start at $w = 1$ with $\mathrm{lr} = 0.15$ and take three steps, on paper. Replace the dots by the
# number at which you arrive, run the cell, and then run the check below it.

# %% tags=["exercise"]
### BEGIN SOLUTION
landing = (1 - 0.15 * 10)**3
### END SOLUTION

# %%
check.three_steps(landing)

# %% [markdown] tags=["solution"]
# One step turns $w$ into $w - 0.15\cdot 10\,w = -0.5\,w$: it jumps across the minimum and lands at
# half the distance on the other side. Three steps give $(-0.5)^3 = -0.125$.

# %% [markdown]
# The check printed one of three verdicts:
#
# - **not attempted yet**: the dots are still there;
# - **correct**: your progress file now says so, too;
# - **not yet**, with one sentence about what went wrong, and a hint: first a nudge, then the formula,
#   then the line of code. The solution is folded under the check: click on *Solution* to open it.
#
# If you do not know how to begin, `check.hint(check.three_steps)` prints a hint without a wrong try.
# A check tries your answer on cases that you did not see. It sends nothing anywhere.
#
# Some later exercises come **from the museum**: code with a mistake that was really published. There
# you find the line and repair it.

# %% [markdown]
# ## What do the symbols mean?
#
# The same letters stand in formulas, code and figures, in every notebook:
#
# | code | formula | meaning |
# |---|---|---|
# | `w` | $w$ | the point, or the weights; its last axis holds the coordinates |
# | `theta` | $\theta$ | all weights of a network in one flat array |
# | `loss` | $f(w)$ | the number to be made small |
# | `g` | $g = \nabla f(w)$ | gradient: the vector of first derivatives |
# | `H` | $H$ | Hessian: the matrix of second derivatives; its eigenvalues are curvatures |
# | `mu`, `L`, `kappa` | $\mu,\ L,\ \kappa = L/\mu$ | smallest and largest curvature, and the condition number |
# | `lr` | $\mathrm{lr}$ | learning rate |
# | `t`, `n_steps` | $t = 1, 2, \dots$ | number of the step; how many there are |
# | `beta` | $\beta$ | how much of the velocity momentum keeps |
# | `beta1`, `beta2`, `rho` | $\beta_1,\ \beta_2,\ \rho$ | memory of Adam's two averages, and of RMSprop's one |
# | `m`, `v` | $m_t,\ v_t$ | an average gradient; a velocity, or an average of squared gradients |
# | `eps` | $\varepsilon$ | a small number that keeps a division safe |
# | `X`, `y` | $X,\ y$ | examples (one a row) and what they should give |
# | `rng` | | a NumPy random generator, always passed in |
# | `epochs`, `batch_size` | $B$ | passes through the data; examples for one gradient |
#
# ## Which conventions hold everywhere?
#
# **One contract.** Whatever is minimised is a function `fun(w) -> (loss, grad)`. The last axis of
# `w` holds the coordinates; any axes before it hold many points at once. So `w` of shape `(2,)` gives
# a loss of shape `()` and a gradient of shape `(2,)`, and `w` of shape `(61, 2)` gives shapes `(61,)`
# and `(61, 2)`. That is how 61 runs went in one call above.
#
# ### Exercise 00.2 · The contract
#
# Write $f(w) = \tfrac12\,(w_1^2 + 10\,w_2^2)$ as a function that keeps the contract, for one point or
# for many. Write `w[..., 0]` for the first coordinate: the dots stand for all axes before the last,
# however many there are.

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
# The sum runs over the last axis only, so every point keeps a loss of its own. Half of $10\,w_2^2$
# has the derivative $10\,w_2$: the half is there so that 10 is the curvature.

# %% [markdown]
# **One form of update rule.** A rule is a function of the point, the gradient and its own memory, a
# dict that starts empty: `w, state = rule(w, g, state, lr=...)`. It changes nothing that it was
# given. The rule that you read is the rule that runs; `show_source` opens any function.

# %%
from course_lib import optimizers

show_source(optimizers.momentum)

# %% [markdown]
# The line `@rule` checks the arguments; the three lines below the docstring are all of momentum.
#
# **One momentum.** In this course the velocity is the *sum* $v \leftarrow \beta v + g$, and then
# $w \leftarrow w - \mathrm{lr}\,v$. Elsewhere you will meet the *average*
# $v \leftarrow \beta v + (1-\beta)\,g$. The letters are the same, the steps are not. Let the gradient
# be 1 at each of three steps, with $\beta = 0.9$, $\mathrm{lr} = 0.1$, and $w = 0$ at first. The
# velocities are $1$, then $0.9 + 1$, then $0.9 \cdot 1.9 + 1$, so $w$ must end at
# $-0.1\,(1 + 1.9 + 2.71) = -0.561$. **Predict:** where does the average end?

# %%
w = np.zeros(1)
state = {}
w_average = 0.0
v_average = 0.0
for _ in range(3):
    w, state = optimizers.momentum(w, np.ones(1), state, lr=0.1, beta=0.9)
    v_average = 0.9 * v_average + (1 - 0.9) * 1.0
    w_average = w_average - 0.1 * v_average
print(f"sum:     predicted -0.561, measured {w[0]:.3f}")
print(f"average: measured {w_average:.4f}, {w[0] / w_average:.1f} times shorter")

# %% [markdown]
# The factor is $1/(1-\beta) = 10$. That is why a learning rate copied from elsewhere can be ten times
# wrong.
#
# ### Exercise 00.3 · An update rule
#
# Write the simplest rule, gradient descent, in the form of the course. It has nothing to remember, so
# its state stays `{}`.

# %% tags=["exercise"]
def descent_step(w, g, state, *, lr):
    """Return (w, state) after one step of gradient descent; change nothing given."""
    ### BEGIN SOLUTION
    return w - lr * g, {}
    ### END SOLUTION

# %%
check.descent_step(descent_step)

# %% [markdown] tags=["solution"]
# `w - lr * g` makes a new array. `w -= lr * g` would give the same number and overwrite the caller's
# point; every path recorded so far would then consist of copies of the last point.

# %% [markdown]
# ## What does a run leave behind?
#
# `descent.minimize(fun, w, rule, lr=..., n_steps=...)` returns a `Run`: the path `run.w`, the losses
# `run.loss`, the lengths of the gradients `run.grad_norm`, the last point `run.final`, and
# `run.diverged_at`. Index 0 is the start. One start `w` of shape `(n,)` is one run; `w` of shape
# `(runs, n)` is many, and then the axes are time, run, coordinate.
#
# A run that blows up ends with a record, not with a page of warnings. On the loss $5w^2$ with
# $\mathrm{lr} = 0.5$ each step multiplies $w$ by $1 - 0.5\cdot 10 = -4$. A run counts as diverged
# once a coordinate passes $10^8$. **Predict:** from $w = 1$, at which step is that?

# %% tags=["figure"] mystnb={"image": {"alt": "Loss against step on a logarithmic loss axis for the four runs of the race and for a fifth that blows up: the five curves start at step 0, the blown-up one rises at once and leaves the figure at the top; adam and momentum fall below the line of 0.0001 first, sgd later, rmsprop last."}}
parabola = landscapes.quadratic([10.0])
wild = descent.minimize(parabola, [1.0], "sgd", lr=0.5, n_steps=100)
fig, ax = plt.subplots(figsize=(8, 4.2))
for name, run in runs.items():
    ax.semilogy(run.loss / run.loss[0], **look(name))
ax.semilogy(wild.loss / wild.loss[0], color="0.5", label="sgd, lr 0.5 on $5w^2$")
ax.axhline(1e-4, color="0.7", linewidth=1)
ax.set(xlabel="step", ylabel="loss / loss at the start", ylim=(1e-7, 1e4))
ax.set_title(f"One of them diverged at step {wild.diverged_at}")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the thin line is the finish of the race. The run that blew up leaves the figure
# at the top. Its point after step 14 would lie beyond $10^8$, because $4^{13} < 10^8 < 4^{14}$.

# %% tags=["guard"]
assert wild.diverged_at == 14
assert len(wild.loss) == 14
assert 4**13 < 10**8 < 4**14

# %% [markdown]
# ## Where does the data come from?
#
# From MNIST, handwritten digits that have been a benchmark since
# [LeCun, Bottou, Bengio and Haffner 1998](https://doi.org/10.1109/5.726791). There are 60 000 images
# to train on and 10 000 to test on, 28 × 28 grey values each, one byte a value. `load_mnist` downloads
# them once. Without a network it takes 1 797 smaller digits that come with scikit-learn, and says so:
# every cell still runs, but the numbers differ from those in the text.
#
# **Predict:** how many million bytes do the 60 000 training images take?

# %% tags=["figure"] mystnb={"image": {"alt": "Ten small grey images in two rows of five, the first training image of each handwritten digit from 0 to 9, dark strokes on white."}}
from course_lib.data import datasets

images = datasets.load_mnist()
fig, axes = plt.subplots(2, 5, figsize=(7.2, 3.5))
for digit, ax in enumerate(axes.flat):
    ax.imshow(images.X_train[images.y_train == digit][0], cmap="Greys")
    ax.set(xticks=[], yticks=[], xlabel=f"class {digit}")
size = images.X_train.nbytes / 1e6
fig.suptitle(f"{len(images.X_train)} training images: {size:.1f} MB")
print(f"{len(images.X_train)} training images: {size:.1f} MB")
print(f"brightest pixel: {images.X_train.max()}")
plt.show()

# %% [markdown]
# *Reading the figure:* ten classes of digits. Strokes are dark where the value is high (255), and the
# paper is 0. The size is $60\,000 \cdot 28 \cdot 28$ bytes.
#
# The course trains on most of these images, tunes on the last 5 000 (the *validation set*), and opens
# the test images once, at the end. A test set that helped to choose something has become a
# validation set.
#
# ### Exercise 00.4 · The loss of a guess
#
# A classifier gives each class a probability. Its loss on one example is the *cross-entropy*
# $-\ln p$, where $p$ is the probability that it gave to the right class; the loss on a data set is
# the mean over its examples. What is the loss of a classifier that knows nothing and gives each of
# the ten classes the same probability? (A network fresh from its initialisation should come near this
# number. If it does not, something is broken.)

# %% tags=["exercise"]
### BEGIN SOLUTION
guessing_loss = -np.log(1 / 10)
### END SOLUTION

# %%
check.guessing_loss(guessing_loss)

# %% [markdown] tags=["solution"]
# Every example has $p = 1/10$, so the mean is $-\ln\frac1{10} = \ln 10 \approx 2.30$, whatever the
# labels are.

# %% [markdown]
# Does the library agree? Ten equal outputs, here ten zeros, stand for ten equal probabilities.

# %%
from course_lib.networks import losses

n = len(images.X_train)
loss, _ = losses.softmax_cross_entropy(np.zeros((n, 10)), images.y_train)
print(f"loss of a guess, measured on {n} labels: {loss:.4f}")

# %% tags=["guard"]
assert np.isclose(loss, np.log(10), rtol=1e-9)

# %% [markdown]
# ## Which way through the course?
#
# ![The nine parts of the course as nine rows of boxes, one box a notebook, with its number and name; the fourteen notebooks of the fast path are dark, notebooks that go deeper carry a star.](../figures/map.png)
#
# In order, if you have the time. The dark boxes are the **fast path**; a star marks notebooks that go
# deeper and are not needed later.
#
# <details>
# <summary>All notebooks, with links</summary>
#
# **Part 1 · Start**
#
# - [00: Start here](00_start_here.ipynb) · How do I run, check and track my work? What do the symbols mean?
#
# **Part 2 · Landscapes: where can one end up?**
#
# - [01: Classify critical points](01_classify_critical_points.ipynb) · The gradient is zero. What kind of point is this?
# - [02: Differentiate numerically](02_differentiate_numerically.ipynb) · How exact is a derivative that is made of values alone?
# - [03: Meet saddles in high dimensions](03_meet_saddles_in_high_dimensions.ipynb) · Why are saddles everywhere?
# - [04: Escape saddles](04_escape_saddles.ipynb) · How does one leave a saddle, and how fast?
#
# **Part 3 · Descent: how fast, and is it certain?**
#
# - [05: Descend the gradient](05_descend_the_gradient.ipynb) · How fast is gradient descent, and when does it blow up?
# - [06: Know what is guaranteed](06_know_what_is_guaranteed.ipynb) · Which speed is certain, and for which functions?
# - [07: Use curvature](07_use_curvature.ipynb) · What do methods that know the curvature buy?
#
# **Part 4 · Noise: gradients from samples**
#
# - [08: Sample mini-batches](08_sample_minibatches.ipynb) · What does the noise of a batch cost?
# - [09: Choose a batch size](09_choose_a_batch_size.ipynb) · How big should a batch be?
#
# **Part 5 · Memory: momentum**
#
# - [10: Add momentum](10_add_momentum.ipynb) · Why does momentum work, and when does it hurt?
# - [11: Look ahead with Nesterov](11_look_ahead_with_nesterov.ipynb) · What does looking ahead change?
# - [12: Reach the limit of gradients](12_reach_the_limit_of_gradients.ipynb) ★ · How fast can any method be that sees only gradients?
#
# **Part 6 · Adaptive rates and schedules**
#
# - [13: Adapt the learning rate](13_adapt_the_learning_rate.ipynb) · What do AdaGrad and RMSprop adapt to?
# - [14: Understand Adam](14_understand_adam.ipynb) · What is every term of Adam for?
# - [15: Meet Adam's family](15_meet_adams_family.ipynb) ★ · What does each relative of Adam add?
# - [16: Schedule the learning rate](16_schedule_the_learning_rate.ipynb) · How should the rate change during a run?
# - [17: Clip the step](17_clip_the_step.ipynb) · What does clipping do, and what does it cost?
#
# **Part 7 · Networks**
#
# - [18: Backpropagate](18_backpropagate.ipynb) · How do I get the gradient of a network?
# - [19: Check gradients](19_check_gradients.ipynb) · How do I know that a gradient is right?
# - [20: Initialise](20_initialise.ipynb) · Why do deep signals vanish or explode?
# - [21: Normalise](21_normalise.ipynb) · What do normalisation and skip connections change?
# - [22: Generalise](22_generalise.ipynb) · Why is a low training loss not the goal?
# - [23: Regularise](23_regularise.ipynb) · Which restraint helps on new data?
#
# **Part 8 · MNIST, frameworks, judgement**
#
# - [24: Train MNIST from scratch](24_train_mnist_from_scratch.ipynb) · Can plain NumPy reach 98 % on MNIST, honestly measured?
# - [25: Train MNIST in Keras](25_train_mnist_in_keras.ipynb) · How does one train a network in Keras?
# - [26: Look inside fit](26_look_inside_fit.ipynb) · What happens inside `fit`?
# - [27: Match three frameworks](27_match_three_frameworks.ipynb) · Is Adam the same Adam in Keras, PyTorch and scikit-learn?
# - [28: Compare optimizers fairly](28_compare_optimizers_fairly.ipynb) · Which optimizer is best, and how would I know?
# - [29: Debug a failing run](29_debug_a_failing_run.ipynb) · The loss is wrong. What is broken?
# - [30: Ask if it is stuck](30_ask_if_it_is_stuck.ipynb) ★ · Is this plateau a critical point?
#
# **Part 9 · Frontier**
#
# - [31: Watch the edge of stability](31_watch_the_edge_of_stability.ipynb) ★ · How sharp does the valley get in which training ends?
#
# </details>
#
# <details>
# <summary>Why do we need optimization at all, and what decides the choice of an optimizer?</summary>
#
# A network is a formula with blanks, its weights `theta`. The network of notebook 24 has 118 282 of
# them. For a few simple models a formula gives the best weights; for a network none is known. What we
# *can* compute is how wrong the network is on examples, the loss, and in which direction the loss
# changes with each weight, the gradient. Training is descent on that loss.
#
# Two things should be said at once. Theory promises that descent with small enough steps reaches
# points where the gradient is nearly zero; in general it does not promise the lowest point of all
# (notebooks 01, 03, 06). And a low loss on the training examples is not the goal: the goal is a low
# loss on new ones (22, 24).
#
# | factor | the question | where |
# |---|---|---|
# | shape of the loss | How different are its curvatures? Are there saddles, plateaus, cliffs? | 01–07, 10, 17 |
# | the model | How deep, which activations and initialisation? Are some features rare? | 13, 18, 20, 21 |
# | the data | How noisy is the gradient of a batch? Are the inputs scaled alike? | 08, 09, 23 |
# | the budget | How much memory, time and hardware, and how many tuning runs can you afford? | 09, 28 |
# | the goal | Lowest training loss, best result on new data, or a target reached soonest? | 22–24, 28 |
#
# And six principles that hold whatever you choose:
#
# 1. Begin with a simple rule that you understand, and make it work on 20 examples first (24, 29).
# 2. Tune the learning rate before anything else, for each rule separately, on validation data (16, 28).
# 3. Change one thing at a time, with a control run that differs in nothing else (16).
# 4. Suspect the gradient before the optimizer: check it (02, 19, 29).
# 5. Repeat with other seeds and show the spread; call a tie a tie (24, 28).
# 6. Say what you measured and where, and claim no more (28).
#
# </details>
#
# <details>
# <summary>How did we get here? A timeline</summary>
#
# | year | what happened | its optimization |
# |---|---|---|
# | 1847 | Cauchy solves systems of equations by descending a gradient | gradient descent (05) |
# | 1951 | [Robbins and Monro](https://doi.org/10.1214/aoms/1177729586) find roots from noisy measurements | shrinking steps, the root of SGD (08) |
# | 1958 | [Rosenblatt's perceptron](https://doi.org/10.1037/h0042519) learns from examples | an error-correcting rule |
# | 1964 | [Polyak](https://doi.org/10.1016/0041-5553(64)90137-5) | the heavy ball, momentum (10) |
# | 1970 | Linnainmaa's thesis: derivatives of a whole program, backwards | reverse mode, the core of backpropagation (18) |
# | 1983 | Nesterov, Soviet Math. Dokl. 27 | the $1/t^2$ method (11) |
# | 1986 | [Rumelhart, Hinton and Williams](https://doi.org/10.1038/323533a0): backpropagation finds useful hidden units | gradient descent with momentum |
# | 1998 | [LeNet-5](https://doi.org/10.1109/5.726791), and with it MNIST | SGD, scaled by diagonal curvature |
# | 2010–12 | Glorot and Bengio's initialisation; AdaGrad; RMSprop (a lecture by Hinton) | (13, 20) |
# | 2012 | [AlexNet](https://doi.org/10.1145/3065386) wins the ImageNet competition | SGD with momentum |
# | Dec 2013 | [DeepMind's deep Q-network](https://arxiv.org/abs/1312.5602) learns seven Atari games; [49 games](https://doi.org/10.1038/nature14236) in Feb 2015 | RMSprop |
# | Dec 2014 | [Kingma and Ba](https://arxiv.org/abs/1412.6980) | Adam (14) |
# | 2015 | [He initialisation](https://arxiv.org/abs/1502.01852), [batch normalisation](https://arxiv.org/abs/1502.03167), [residual networks](https://arxiv.org/abs/1512.03385) | SGD with momentum (20, 21) |
# | Oct 2015 | [AlphaGo](https://doi.org/10.1038/nature16961) beats Fan Hui, European champion, 5–0 (made public in Jan 2016) | asynchronous SGD for its policy network |
# | Mar 2016 | AlphaGo beats Lee Sedol 4–1 | |
# | Jun 2017 | [the Transformer](https://arxiv.org/abs/1706.03762) | Adam with warm-up (16) |
# | Nov 2017 | [Loshchilov and Hutter](https://arxiv.org/abs/1711.05101) decouple weight decay | AdamW (14) |
# | Oct 2018 | [BERT](https://arxiv.org/abs/1810.04805) | Adam with warm-up and linear decay |
# | May 2020 | [GPT-3](https://arxiv.org/abs/2005.14165), 175 billion weights | Adam, gradient clipping, cosine decay (16, 17) |
# | 2024 | [Schedule-Free](https://arxiv.org/abs/2405.15682); Muon (K. Jordan and others, online) | |
#
# Three dates are often told wrongly. The network that learned to play Atari games came from DeepMind,
# not from Google Brain, and in December 2013, before Google bought the company. In 2015 AlphaGo beat
# the European champion; its victory over Lee Sedol came in March 2016. And 2017 was the year of the
# Transformer; BERT followed in October 2018.
#
# </details>
#
# Whatever you solve is noted in a small file. The next cell shows how far you are.

# %% tags=["demo", "nbval-ignore-output"]
check.show_progress()

# %% [markdown]
# ## Summary
#
# - Predict, run, check. What a figure shows is also printed.
# - Whatever is minimised keeps one contract, `fun(w) -> (loss, grad)`, for one point or many; whatever
#   minimises is a function `rule(w, g, state, lr=...)` that returns the new point and its memory.
# - Plain descent at the rate of the theory took exactly the predicted 231 steps.
# - At a shared learning rate the choice of the rate decides who wins. Each rule gets a rate of its
#   own, chosen in the open.
#
# ## Questions to ask yourself
#
# <details>
# <summary>A blog post compares five optimizers, all with learning rate 0.001, and finds a clear winner. What has it measured?</summary>
#
# How well 0.001 suits each of them on that problem. In the second figure the winner changes with the
# shared rate, though landscape and start stay the same.
#
# </details>
#
# <details>
# <summary>You re-run a cell that draws random starts and get other numbers than the text. Is the course wrong?</summary>
#
# Probably not: the generator moved on with the first draw. Re-run the cell that makes `rng`, or
# restart and run all cells.
#
# </details>
#
# <details>
# <summary>Why does a rule return its state instead of keeping it inside?</summary>
#
# So that two runs cannot share a memory by accident, and so that `m` and `v` can be looked at and
# plotted. The price is one more argument.
#
# </details>
#
# <details>
# <summary>Someone recommends momentum with learning rate 0.1 and beta 0.9. What do you ask first?</summary>
#
# Sum or average? In the sum form of this course the same steps need the rate $0.1\,(1-\beta) = 0.01$
# if the recommendation meant the average.
#
# </details>
#
# <details>
# <summary>A network with ten classes starts with a loss of 14. What do you conclude?</summary>
#
# That it does not start as a guesser, which costs 2.30: it starts out confidently wrong. Look at the
# scale of the inputs and of the initial weights before you blame the optimizer.
#
# </details>
#
# ## Go deeper
#
# - L. Bottou, F. E. Curtis, J. Nocedal, [Optimization methods for large-scale machine learning](https://arxiv.org/abs/1606.04838), SIAM Review 60 (2018): the review to read beside this course.
# - I. Goodfellow, Y. Bengio, A. Courville, [Deep Learning](https://www.deeplearningbook.org) (MIT Press 2016), chapters 4 and 8.
# - J. Nocedal, S. J. Wright, [Numerical Optimization](https://doi.org/10.1007/978-0-387-40065-5), 2nd edition (Springer 2006).
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, [Gradient-based learning applied to document recognition](https://doi.org/10.1109/5.726791), Proc. IEEE 86 (1998): where MNIST comes from.
# - C. H. Crouch, A. P. Fagen, J. P. Callan, E. Mazur, [Classroom demonstrations: learning tools or entertainment?](https://doi.org/10.1119/1.1707018), Am. J. Phys. 72 (2004): why you were asked to predict.
#
# **Next:** [01: Classify critical points](01_classify_critical_points.ipynb)
