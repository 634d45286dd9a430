# %% [markdown]
# # 31 · Watch the edge of stability ★
#
# *How sharp does the valley get in which training ends, and who decides it?* The rule from notebook 05, "keep the rate
# below 2 divided by the largest curvature", treats the curvature as given. In a network the rate has a say in it.
#
# **You will do:** differentiate backpropagation. Predict four numbers from the learning rates alone, and see where full-batch
# training settles. Build the twin of a network, and a curve between two solutions.
#
# **You will learn:** what progressive sharpening and the edge of stability are; where the edges of RMSprop and Adam lie; why a
# sharp minimum need not be a bad one; how two solutions hang together.
#
# **You need:** the largest stable rate, from [Descend the gradient](05_descend_the_gradient.ipynb); the rules of
# [Understand Adam](14_understand_adam.ipynb); backward passes, from [Backpropagate](18_backpropagate.ipynb); Hessian-vector products and Lanczos' method, from
# [Ask if it is stuck](30_ask_if_it_is_stuck.ipynb).
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## A run that should have blown up
#
# The task is small on purpose: 500 MNIST images, each reduced to its first 64 principal components. A tanh network with
# two hidden layers of 32 units learns them with the squared error. Every step uses all images, so nothing here is noise of batches.
# Here is gradient descent at $\mathrm{lr}=2$.

# %%
from course_lib.data import datasets, load_results
from course_lib.training import edge

splits = datasets.split(datasets.load_mnist())
task = edge.small_task(splits)
live = edge.follow(task, "sgd", 2.0, seed=1, n_steps=1000)
first = 1 + np.argmax(np.diff(live.loss) > 0)
print(f"the first step that raises the loss: about {round(first, -2)}")

# %% [markdown]
# The whole run, with the loss on a logarithmic axis:

# %% tags=["figure"] mystnb={"image": {"alt": "Training loss against the step over 1000 steps, logarithmic loss axis. The curve falls smoothly from 0.5 to 0.008 for some 600 steps; then it leaps to 0.017 and comes back, and two smaller waves follow."}}
fig, ax = plt.subplots()
ax.semilogy(live.loss, **look("sgd", marker=None, linewidth=1))
ax.set(xlabel="step $t$", ylabel="training loss")
plt.show()

# %% [markdown]
# *Reading the figure:* at first every step lowers the loss. Soon after step 600 the loss doubles within a few steps, as before a blow-up. Then it comes back, and falls below where it was; smaller waves follow.
# The rule of notebook 05 knows two cases: every step goes down, or the run blows up. This is neither.
#
# ## The curvature, exactly
#
# To see what happens we need the largest eigenvalue of the Hessian $H$ along the run: the **sharpness**. Lanczos' method finds it from **Hessian-vector products** $Hu$.
# Notebook 30 took them from a difference of two gradients. A network can do better. $Hu$ is the speed at which the gradient changes when the weights move along $u$, so
# one can differentiate every line of backpropagation by hand. This is Pearlmutter's method, also called **forward over reverse**.
#
# Write $\dot X$ for the speed at which $X$ changes. A dense layer goes forward with $Z = XW + b$, hence $\dot Z = \dot X W + XV + c$, where $(V, c)$ is the part of $u$ that belongs to $(W, b)$.
# On the way back the layer computes $dW = X^T D$ and $dX = D W^T$, where $D$ is the gradient that arrives.
#
# ### Exercise 31.1 · Backpropagation, differentiated
#
# Return the speeds of $dW$ and of $dX$. Here `rX`, `V` and `rD` are the speeds of `X`, `W` and `D`.

# %% tags=["exercise"]
def dense_changes(X, W, D, rX, V, rD):
    """Return how fast dW = X^T D and dX = D W^T change."""
    ### BEGIN SOLUTION
    return rX.T @ D + X.T @ rD, rD @ W.T + D @ V.T
    ### END SOLUTION

# %%
check.dense_changes(dense_changes)

# %% [markdown]
# `hessian_product` does that for every layer. How good is it? The next cell compares it with differences of gradients at several steps $h$, and looks at how far it is from being
# symmetric, as a Hessian must be. Then our Lanczos' method and SciPy's find the sharpness at the start of the run.

# %%
from scipy.sparse.linalg import LinearOperator, eigsh

from course_lib.landscapes.sharpness import hvp
from course_lib.networks.hessian_product import hessian_product

net = edge.network(task, seed=1)
w = net.theta.copy()
fun = net.objective(*task)
product = hessian_product(net, *task)(w)
u, v = np.random.default_rng(0).standard_normal((2, w.size))
size = np.linalg.norm(product(u))
apart = {}
for h in (1e-8, 1e-5, 1e-2):
    apart[h] = np.linalg.norm(hvp(fun, w, u, h=h) - product(u)) / size
    print(f"differences, h = {h:.0e}: {apart[h]:.0e} from exact, relative")
lopsided = abs(u @ product(v) - v @ product(u)) / size
print(f"exact: |u.Hv - v.Hu| / |Hu| is at most {max(lopsided, 1e-14):.0e}")

# %% [markdown]
# Too long a step sees the third derivative, too short a step only rounding. The exact product has no $h$ to choose.

# %%
H = LinearOperator((w.size, w.size), matvec=lambda u: product(u.ravel()), dtype=float)
scipys = eigsh(H, k=1, which="LA", return_eigenvectors=False, v0=u)[0]
ours = edge.sharpness(product, w.size, rng=np.random.default_rng(0))
print(f"sharpness at the start: our Lanczos {ours:.4f}, SciPy's {scipys:.4f}")

# %% tags=["guard"]
assert task[0].shape == (500, 64) and edge.WIDTHS == (32, 32)
assert abs(ours / scipys - 1) < 1e-3
assert apart[1e-5] < 1e-8 < apart[1e-2] and apart[1e-5] < apart[1e-8]
assert lopsided < 1e-14
if splits.name == "mnist":
    assert 560 < first < 640 and live.loss[-1] < 0.006
    leap = live.loss[first:first + 60].max()
    assert leap > 2 * live.loss[first - 1] and abs(leap - 0.017) < 0.004
    assert abs(live.loss[first - 1] - 0.008) < 0.001

# %% [markdown]
# ## Where the sharpness goes
#
# Three rates, three random starts each, 2 000 steps. These runs take minutes, so they are saved; the script is `experiments/edge.py`. On a bowl, gradient descent blows up when $\mathrm{lr}$ times the curvature is above 2.
#
# **Predict:** what does the sharpness do during training, and how does its end depend on the rate?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels against the step, three rates with three runs each. Left, sharpness: the runs with rate 1.5 end near 1.33, those with rate 2 near 1.0, those with rate 3 near 0.67, each at a dashed line. Right, rate times sharpness: all nine runs begin between 1.5 and 1.95 and end close to the dashed line at 2, after an overshoot of up to 2.5."}}
saved = load_results("edge")
t = np.arange(25, saved["n_steps"] + 1, 25)
runs = {name: [] for name in saved["runs"]}
for row in saved["rows"]:
    runs[row["name"]].append(row["edge"])
colors = {"sgd 1.5": "black", "sgd 2": "0.4", "sgd 3": "0.65"}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8))
for name, color in colors.items():
    lr = saved["runs"][name][1]
    for ax, scale in zip(axes, (lr, 1), strict=True):
        ax.axhline(2 / scale, color=color, linestyle="--", label=f"lr = {lr:g}")
        ax.plot(t, np.transpose(runs[name]) / scale, color=color, linewidth=1.2)
axes[0].set(xlabel="step $t$", ylabel="sharpness")
axes[1].set(xlabel="step $t$", ylabel="lr × sharpness")
axes[0].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the dashed lines are $2/\mathrm{lr}$; nothing was fitted. Below its line the sharpness mostly rises: **progressive sharpening**. When it has crossed the line it does not run away. It comes back and stays close to
# $2/\mathrm{lr}$: the **edge of stability**. A larger rate ends in a flatter place.
#
# The next cell compares the live run with the saved one before the crossing; afterwards rounding grows as the run swings. Then it prints where each run settles.

# %%
ratio = live.edge[:10] / runs["sgd 2"][1][:10]
print(f"live / saved, steps 25 to {t[9]}: {ratio.min():.3f} to {ratio.max():.3f}")
settled = {name: np.mean(runs[name], axis=1, where=t >= 1500) for name in runs}
for name in colors:
    print(f"{name}: lr x sharpness, mean from step 1500: {settled[name].round(3)}")

# %% tags=["guard"]
for name, end in (("sgd 1.5", 1.33), ("sgd 2", 1.0), ("sgd 3", 0.67)):
    assert abs(settled[name] / saved["runs"][name][1] - end).max() < 0.03
assert all(0 <= settled[name].min() + 0.01 - 2 < 0.1 for name in colors)
assert all(settled[name].max() < 2.1 and np.max(runs[name]) < 2.5 for name in colors)
assert all(1.5 < run[0] < 1.95 for name in colors for run in runs[name])
if splits.name == "mnist":
    assert abs(ratio - 1).max() < 2e-3

# %% [markdown]
# These are the saved runs, three rates and a few starts, and not a claim of the ledger: at the edge rounding grows from step to
# step, so that another processor gives other digits.
#
# Along the sharpest direction a step multiplies the distance to the valley floor by $1 - \mathrm{lr}\cdot\mathrm{sharpness}$. Above 2 that is below $-1$: the run swings from wall to wall, farther each time. Why does it come back?
#
# <details>
# <summary>Why this is true: the swing lowers the sharpness</summary>
#
# Let $x$ be the displacement along the sharpest direction and $S(y)$ the sharpness at the place $y$ on the valley floor. Near the floor the loss is about $L(y) + \tfrac12 S(y)x^2$. Its gradient with respect to $y$ contains $\tfrac12 x^2\,\nabla S$.
# So a swing of size $x$ pushes the run along $-\nabla S$, towards lower sharpness, and the harder the wider it swings. Once $\mathrm{lr}\,S$ is below 2 the swing shrinks, the push fades, and $L$ can sharpen the place again. This feedback is called **self-stabilization** (Damian, Nichani & Lee 2023, linked below).
# A bowl cannot do it, because its $S$ is the same everywhere.
#
# </details>
#
# **Predict:** of a hundred steps, how many raise the loss before the sharpness first exceeds $2/\mathrm{lr}$, and how many afterwards?

# %%
totals = np.zeros((2, 2), int)
for row in saved["rows"]:
    step, lr, hyper = saved["runs"][row["name"]]
    over = np.array(row["edge"]) > edge.edge(step, hyper.get("beta1", 0.0))
    k = np.argmax(over)
    totals += [[sum(row["ups"][:k]), 25 * k], [sum(row["ups"][k:]), 25 * (len(t) - k)]]
for what, (up, all_steps) in zip(("before", "after"), totals, strict=True):
    print(f"{what:6} the crossing: {up} of {all_steps} steps go up")

# %% tags=["guard"]
assert totals[0, 0] == 0 and totals[0, 1] > 5000
assert 0.1 < totals[1, 0] / totals[1, 1] < 0.3

# %% [markdown]
# These are all eighteen saved runs, those of RMSprop and Adam included, each with its own edge, which comes next. Before the crossing not one step goes up. Afterwards more than one in six does.
#
# ## Adam's edge
#
# RMSprop and Adam step along $-P^{-1}g$ or an average of it, with a diagonal $P$ that holds the roots of $v$. In the coordinates $P^{1/2}w$ this is plain descent, or descent with an average. With $P$ held fixed, the curvature there
# is $P^{-1/2}HP^{-1/2}$. Its largest eigenvalue is the **preconditioned sharpness**. For RMSprop the edge should stay at 2.
#
# Adam also averages the gradient: $m \leftarrow \beta_1 m + (1-\beta_1)g$, then $w \leftarrow w - \mathrm{lr}\,m$ in these coordinates. Does that make it less stable, or more?
#
# ### Exercise 31.2 · The edge of an averaged gradient
#
# On the bowl $\tfrac12 h w^2$ the gradient is $hw$. Write a function that finds the largest $\mathrm{lr}\cdot h$ for which $w$ and $m$ do not grow without end, correct to three digits. A step is a 2 × 2 matrix; running it and bisecting works as well.

# %% tags=["exercise"]
def averaged_edge(beta1):
    """Return the largest stable lr * h of descent along an average of gradients."""
    ### BEGIN SOLUTION
    low, high = 0.0, 1000.0
    for _ in range(60):
        q = (low + high) / 2
        step = np.array([[1 - (1 - beta1) * q, -beta1], [(1 - beta1) * q, beta1]])
        stable = abs(np.linalg.eigvals(step)).max() <= 1 + 1e-9
        low, high = (q, high) if stable else (low, q)
    return low
    ### END SOLUTION

# %%
check.averaged_edge(averaged_edge)

# %% [markdown]
# **Predict** with it: at which value will $\mathrm{lr}$ times the preconditioned sharpness settle for $\beta_1 = 0.5$, and for $\beta_1 = 0.9$?

# %% tags=["figure"] mystnb={"image": {"alt": "Three panels of rate times preconditioned sharpness against the step, three runs each. RMSprop rises from below 1, overshoots to between 2.7 and 2.9 and settles a little above its dashed line at 2. Adam with beta1 0.5 rises to nearly 8 and settles just above its dashed line at 6. Adam with beta1 0.9 rises to between 44 and 46 and settles at its dashed line at 38."}}
adaptive = {"rmsprop": ("rmsprop", 0.0), "adam 0.5": ("adam", 0.5),
            "adam 0.9": ("adam", 0.9)}
fig, axes = plt.subplots(1, 3, figsize=(9.6, 3.6))
for ax, (name, (step, beta1)) in zip(axes, adaptive.items(), strict=True):
    ax.axhline(edge.edge(step, beta1), color="black", linestyle="--")
    ax.plot(t, np.transpose(runs[name]), color=look(step)["color"], linewidth=1.2)
    ax.set(xlabel="step $t$", title=name, ylim=(0, None))
axes[0].set_ylabel("lr × preconditioned sharpness")
plt.show()

# %% [markdown]
# *Reading the figure:* again no line is fitted. The edge of an averaged gradient is
#
# $$\mathrm{lr}\cdot\text{sharpness} = \frac{2 + 2\beta_1}{1 - \beta_1},$$
#
# which is 6 for $\beta_1=0.5$ and 38 for $\beta_1=0.9$. The average makes Adam *more* stable: it climbs into preconditioned curvatures 19 times as large as RMSprop can bear, and only there it starts to swing.

# %%
for name, (step, beta1) in adaptive.items():
    print(f"{name:9} predicted {edge.edge(step, beta1):.0f}:", settled[name].round(2))

# %% tags=["guard"]
for name, (step, beta1) in adaptive.items():
    assert abs(settled[name] / edge.edge(step, beta1) - 1).max() < 0.1
assert 2.7 < np.max(runs["rmsprop"]) < 2.9 and 44 < np.max(runs["adam 0.9"]) < 46
assert abs(edge.edge("adam", 0.9) / edge.edge("rmsprop") - 19) < 1e-9

# %% [markdown]
# These are three starts each, at one rate. All nine means lie within a tenth of their prediction. They are not exact: the theory holds $P$ fixed, while it changes in every step, and RMSprop settles several per cent above its line.
#
# <details>
# <summary>Why this is true</summary>
#
# With $q = \mathrm{lr}\,h$ the step is the matrix with rows $(1-(1-\beta_1)q,\ -\beta_1)$ and $((1-\beta_1)q,\ \beta_1)$ on $(w, m)$. Its determinant is $\beta_1$, its trace $1+\beta_1-(1-\beta_1)q$. As the product of the eigenvalues is below 1, the first to leave the unit disk is a real one at $-1$.
# There $1 + \text{trace} + \text{determinant} = 0$, that is $2 + 2\beta_1 = (1-\beta_1)q$. This is heavy ball's edge $2+2\beta$ with the rate $(1-\beta_1)\,\mathrm{lr}$.
#
# </details>
#
# ## Is a sharp minimum a bad one?
#
# A popular story says: flat minima generalise, sharp ones do not. It is plausible: in a flat valley a small shift between training and test data costs little. There is a serious objection. For $a>0$, $\mathrm{relu}(az) = a\,\mathrm{relu}(z)$. So one can multiply one layer of a ReLU network and divide the next,
# and **no output changes, on any image**.
#
# ### Exercise 31.3 · The twin
#
# Given the weights of $\mathrm{relu}(XW_1 + b_1)W_2 + b_2$, return those of the twin whose first layer is $a$ times as large.

# %% tags=["exercise"]
def twin(W1, b1, W2, b2, a):
    """Return W1, b1, W2, b2 of the network that computes the same."""
    ### BEGIN SOLUTION
    return a * W1, a * b1, W2 / a, b2
    ### END SOLUTION

# %%
check.twin(twin)

# %% [markdown]
# We train a ReLU network and take its twins. **Predict:** what does $a = 10$ do to the accuracy on the training images, and to the sharpness?

# %%
from course_lib.optimizers import minimize
from course_lib.training import valleys

net = edge.network(task, seed=0, activation="relu")
fun = net.objective(*task)
at = hessian_product(net, *task)
found = minimize(fun, net.theta, "adam", lr=0.003, n_steps=300, keep_path=False).final
twins = {}
for a in (0.5, 1, 2, 5, 10):
    w = valleys.twin(net, found, a)
    sharp = edge.sharpness(at(w), w.size, rng=np.random.default_rng(0))
    right = np.mean(net.predict(task[0]) == task[1].argmax(axis=1))
    twins[a] = (fun(w)[0], right, sharp)
    print(f"a = {a:3}: loss {fun(w)[0]:.6f}, {right:.1%} right, sharpness {sharp:.2f}")

# %% tags=["guard"]
assert np.ptp([loss for loss, *_ in twins.values()]) < 1e-12
assert np.ptp([accuracy for _, accuracy, _ in twins.values()]) == 0
if splits.name == "mnist":
    assert 20 < twins[10][2] / twins[1][2] < 100

# %% [markdown]
# Nothing about the function has changed, and the sharpness can be made as large as one likes: for large $a$ it grows like $a^2$. So the sharpness of one point, by itself, cannot say how well the function generalises (Dinh et al. 2017).
#
# So it is with pictures. A **slice** shows the loss at $w + s\,d$ for a random direction $d$. In a **filter-normalised** direction (Li et al. 2018) the weights into each unit are made as long as those in $w$.
#
# **Predict:** how do the slices through a network and through its twin with $a = 10$ differ, with and without this normalisation?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of loss, logarithmic, against s from minus one half to one half, for the network and its twin. Left, plain random direction: the network's slice is a wide valley, the twin's a narrow one whose walls are over a hundred times higher. Right, filter-normalised direction: the two slices lie on each other."}}
s = np.linspace(-0.5, 0.5, 41)
slices = {}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), sharey=True)
kinds = (valleys.plain_direction, valleys.filter_normalised)
for ax, kind in zip(axes, kinds, strict=True):
    for a, style in ((1, {"color": "0.7", "linewidth": 4}), (10, {"color": "black"})):
        w = valleys.twin(net, found, a)
        d = kind(net, w, np.random.default_rng(3))
        slices[kind, a] = valleys.losses(fun, w + s[:, None] * d)
        ax.semilogy(s, slices[kind, a], label=f"a = {a}", **style)
    ax.set(xlabel="$s$", title=kind.__name__.replace("_", " "))
axes[0].set_ylabel("training loss")
axes[0].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* on the left the twin looks like a chasm. On the right the two are one curve. The left picture shows how the weights are written down; the right one is the same for all twins of this kind.

# %% tags=["guard"]
plain, normalised = kinds
assert np.allclose(slices[normalised, 1], slices[normalised, 10], rtol=1e-9)
if splits.name == "mnist":
    assert slices[plain, 10][-1] > 100 * slices[plain, 1][-1]

# %% [markdown]
# ## Between two solutions
#
# Two random starts give two solutions $w_a$ and $w_b$. Is each at the bottom of a valley of its own? On the straight line between them the loss has some highest point; its height above the higher end is the **barrier**.
#
# There are other ways than the straight one. The simplest is a **Bézier curve** with one bend $c$:
#
# $$w(s) = (1-s)^2\,w_a + 2s(1-s)\,c + s^2\,w_b .$$
#
# The ends stay fixed, and $c$ is trained: at each step a random $s$ is drawn, and the loss at $w(s)$ is lowered.
#
# ### Exercise 31.4 · The gradient of a curve
#
# `fun(w)` returns the loss and the gradient at $w$. Return the loss at $w(s)$, and its gradient with respect to $c$.

# %% tags=["exercise"]
def curve_gradient(fun, w_a, c, w_b, s):
    """Return the loss at w(s) and its gradient with respect to c."""
    ### BEGIN SOLUTION
    loss, g = fun((1 - s) ** 2 * w_a + 2 * s * (1 - s) * c + s**2 * w_b)
    return loss, 2 * s * (1 - s) * g
    ### END SOLUTION

# %%
check.curve_gradient(curve_gradient)

# %% [markdown]
# We train four pairs of tanh networks from different starts, and a bend for each. **Predict:** how high are the barriers on the line and on the curve? A network that gives every image the same, best answer has a loss of about 0.09.

# %% tags=["figure"] mystnb={"image": {"alt": "Training loss, logarithmic, against the place s between two solutions, for four pairs. The straight lines, dashed, rise from 0.005 at the ends to about 0.1 in the middle; the trained curves, solid, have two humps near 0.01 and are low between them."}}
def solution(seed):
    net = edge.network(task, seed)
    fun = net.objective(*task)
    return fun, minimize(fun, net.theta, "adam", lr=0.003, n_steps=500).final

s = np.linspace(0, 1, 41)
ways = []
fig, ax = plt.subplots()
for pair in range(4):
    fun, w_a = solution(2 * pair)
    w_b = solution(2 * pair + 1)[1]
    c = valleys.trained_bend(fun, w_a, w_b, rng=np.random.default_rng(pair))
    ways.append([valleys.losses(fun, valleys.line(w_a, w_b, s)),
                 valleys.losses(fun, valleys.bezier(w_a, c, w_b, s))])
    ax.semilogy(s, ways[pair][0], "--", color="0.6", label="line" if not pair else None)
    ax.semilogy(s, ways[pair][1], color="#009e73", label="curve" if not pair else None)
ax.set(xlabel="place $s$ between the two solutions", ylabel="training loss")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the straight line climbs above the loss of constant answers. The trained curve stays low, with two humps of about twice the loss at its ends. In numbers, and then as a claim with twenty other pairs:

# %%
from course_lib.experiments import show_evidence

for straight, curved in ways:
    print(f"barrier on the line {valleys.barrier(straight):.4f},",
          f"on the curve {valleys.barrier(curved):.4f}")
show_evidence("curve_lower_than_line")

# %% tags=["guard"]
if splits.name == "mnist":
    assert all(valleys.barrier(a) > 10 * valleys.barrier(b) for a, b in ways)
    constant = np.mean((task[1] - task[1].mean(axis=0)) ** 2)
    assert all(a.max() > constant for a, _ in ways) and abs(constant - 0.09) < 0.001

# %% [markdown]
# The claim **holds**. That two solutions are joined by a path of low loss is called **mode connectivity**. The picture of separate bowls with mountains between them is misleading here. A small barrier is left on the curve, which has a single bend.
#
# ## Summary
#
# - A Hessian-vector product can be exact: differentiate backpropagation in the direction $u$. The largest eigenvalue is the sharpness.
# - In these full-batch runs the sharpness rises until $\mathrm{lr}$ times it reaches 2, and then stays near 2. Before the crossing no step raised the loss; afterwards many did.
# - RMSprop and Adam do the same with the preconditioned sharpness, at 2 and at $(2+2\beta_1)/(1-\beta_1)$.
# - A twin is the same function with another sharpness. Filter-normalised slices do not see the difference.
# - A straight line between two solutions has a barrier; a trained curve has a far lower one.
#
# ## Questions to ask yourself
#
# **1.** You train with gradient descent on all examples at $\mathrm{lr}=0.1$ and the loss has become ragged without blowing up. Which sharpness do you expect?
#
# <details>
# <summary>Answer</summary>
#
# About $2/0.1 = 20$, if this run behaves as those here did. Measure it: Lanczos' method with some tens of Hessian-vector products is enough.
#
# </details>
#
# **2.** A colleague halves the rate in the middle of such a run. What happens to the steps up, and to the sharpness?
#
# <details>
# <summary>Answer</summary>
#
# $\mathrm{lr}$ times the sharpness drops to about 1. The swing dies out and every step goes down again; then, if progressive sharpening goes on, the sharpness climbs towards its new edge, twice as high.
#
# </details>
#
# **3.** Which of these runs would differ with mini-batches?
#
# <details>
# <summary>Answer</summary>
#
# All. With small batches the noise pushes the run from side to side long before, and the sharpness has been seen to stay below $2/\mathrm{lr}$ (Cohen and others 2021). What is shown here is about steps that use all examples.
#
# </details>
#
# **4.** A paper shows that its method finds flatter minima, and concludes that this is why it generalises better. What do you ask?
#
# <details>
# <summary>Answer</summary>
#
# Whether the measure is the same for twins of a network; whether the rates were equal, because a larger rate alone ends in a flatter place; and whether flatness was changed while all else stayed the same.
#
# </details>
#
# ## Go deeper
#
# - J. Cohen, S. Kaur, Y. Li, Z. Kolter, A. Talwalkar, [Gradient descent on neural networks typically occurs at the edge of stability](https://arxiv.org/abs/2103.00065), 2021.
# - J. Cohen and others, [Adaptive gradient methods at the edge of stability](https://arxiv.org/abs/2207.14484), 2022: the preconditioned sharpness and Adam's 38.
# - A. Damian, E. Nichani, J. Lee, [Self-stabilization: the implicit bias of gradient descent at the edge of stability](https://arxiv.org/abs/2209.15594), 2023.
# - S. Hochreiter, J. Schmidhuber, [Flat minima](https://doi.org/10.1162/neco.1997.9.1.1), 1997, and N. Keskar and others, [On large-batch training for deep learning](https://arxiv.org/abs/1609.04836), 2017: the story of flat minima.
# - L. Dinh, R. Pascanu, S. Bengio, Y. Bengio, [Sharp minima can generalize for deep nets](https://arxiv.org/abs/1703.04933), 2017: the objection.
# - H. Li and others, [Visualizing the loss landscape of neural nets](https://arxiv.org/abs/1712.09913), 2018: filter normalisation.
# - T. Garipov and others, [Loss surfaces, mode connectivity, and fast ensembling of DNNs](https://arxiv.org/abs/1802.10026), 2018; F. Draxler and others, [Essentially no barriers in neural network energy landscape](https://arxiv.org/abs/1803.00885), 2018.
# - B. Pearlmutter, [Fast exact multiplication by the Hessian](https://doi.org/10.1162/neco.1994.6.1.147), 1994.
#
# **Next:** [32: Go beyond Adam](32_go_beyond_adam.ipynb), where matrices are treated as matrices.
