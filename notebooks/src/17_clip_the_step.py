# %% [markdown]
# # 17 · Clip the step
#
# *What does clipping do, and what does it cost?*
#
# **You will do:** clip a gradient on a cliff, clip a network's gradient, limit the weights of a layer.
#
# **You will learn:** that clipping by norm keeps the direction and by value does not; that clipping changes the mean of
# noisy gradients; and that gradient clipping, weight clipping, max-norm and pruning are four different things.
#
# **You need:** gradient descent, as in [05: Descend the gradient](05_descend_the_gradient.ipynb).
#
# **Minutes:** 45

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Clipping on a cliff
#
# A schedule knows the number of the step, not the gradient. So it is no help against a gradient that is suddenly huge. Take $f = w_1^4 + w_2^2$ from $(10, 5)$ with $lr = 0.1$. The gradient is $(4 w_1^3, 2 w_2) = (4000, 10)$. **Predict** $w_1$ after one step of gradient descent: $10 - 400 = -390$, and the next gradient is larger still.
#
# Two cures make a gradient $g$ no longer than a limit $c$, here 1:
#
# - **by value**: each coordinate is cut to $[-c, c]$. The direction may turn: $(4000, 10)$ becomes $(1, 1)$, which points $45°$ away from the first axis. The true one points $0.14°$ away.
# - **by norm**: $g \min(1, c/|g|)$. The direction stays.
#
# By value, $w_1$ walks in steps of 0.1 until $4|w_1|^3 \le 1$, that is $w_1 \le 0.63$: $\lceil (10 - 0.63)/0.1 \rceil = 94$ steps. By norm, the path follows the gradient's own curve, in which $\mathrm{d}w_2/\mathrm{d}w_1 = 2w_2/4w_1^3$, so
#
# $$w_2 = 5\, \exp\left(\frac{1}{4 \cdot 100} - \frac{1}{4 w_1^2}\right) .$$
#
# **Predict** $w_2$ where $w_1 = 1$, for both.

# %%
import math

from course_lib import landscapes, plotting
from course_lib.optimizers import clipping, descent

cliff, walks = landscapes.QUARTIC, {}
for name in ("by_value", "by_norm"):
    clip = getattr(clipping, name)
    walks[name] = descent.minimize(lambda w, clip=clip: (cliff(w)[0], clip(cliff(w)[1], 1.0)), [10.0, 5.0], "sgd", lr=0.1, n_steps=400)
free = descent.minimize(cliff, [10.0, 5.0], "sgd", lr=0.1, n_steps=400)
value, norm = walks["by_value"].w, walks["by_norm"].w
arrived = int((4 * np.abs(value[:, 0])**3 <= 1).argmax())
at_one = np.interp(1.0, norm[::-1, 0], norm[::-1, 1])
print(f"unclipped: w_1 after one step predicted -390, measured {free.w[1, 0]:.0f}; diverged at step {free.diverged_at}")
print(f"by value: steps of full length predicted {math.ceil((10 - 0.25**(1 / 3)) / 0.1)}, measured {arrived}")
print(f"w_2 where w_1 = 1: by norm predicted {5 * math.exp(1 / 400 - 1 / 4):.2f}, measured {at_one:.2f}; by value predicted 0, measured {value[90, 1]:.1f}")
assert arrived == 94 and math.isclose(at_one, 5 * math.exp(1 / 400 - 1 / 4), rel_tol=0.03)
assert all(walk.loss[-1] < 1e-4 for walk in walks.values()) and free.diverged_at == 3

# %% [markdown]
# Both arrive, and both make a rate usable sixty times beyond the edge at the start (the curvature there is $12 w_1^2 = 1200$, and $2/1200 = 0.0017$). **Predict** the two paths before you look: which one runs along the level lines' normals, and which along a diagonal?

# %% tags=["figure"] mystnb={"image": {"alt": "Grey contours of the function, steep on the right. From the ringed start at (10, 5), clipping by norm runs straight left, almost horizontally, until the first coordinate is about 2, and then bends down to the minimum. Clipping by value first runs down along a diagonal to the first axis, and then along it to the minimum."}}
fig, ax = plt.subplots()
plotting.contours(ax, cliff, window=((-1, 11), (-0.5, 6)), log=True)
plotting.path(ax, value, "other", label="by value")
plotting.path(ax, norm, "sgd", label="by norm")
ax.set_title("Only clipping by norm keeps the gradient's direction")
ax.legend(loc="upper left")
plt.show()
turned = {name: np.degrees(np.arctan2(*(walk.w[0] - walk.w[1])[::-1])) for name, walk in walks.items()}
print(f"first step, away from the first axis: by value predicted 45, measured {turned['by_value']:.0f} degrees; by norm predicted 0.14, measured {turned['by_norm']:.2f}")
assert math.isclose(turned["by_value"], 45, rel_tol=1e-9) and math.isclose(turned["by_norm"], math.degrees(math.atan(10 / 4000)), rel_tol=1e-4)

# %% [markdown]
# *Reading the figure:* the gradient's direction is not the way to the minimum, so neither path is "right"; clipping by value even arrives at $w_2 = 0$ earlier here. It acts like a sign rule, with all its dependence on the axes (notebook 13). Most training code
# clips by the norm of the *whole* gradient, all layers together, as `train(..., clip_norm=c)` does.
#
# ## Clipping is not free
#
# A batch gradient is right on average. Is a clipped one? Let the gradient be $+1$ with probability 0.9 and $-19$ with probability 0.1. **Predict** its mean, and the mean when every gradient is clipped to the limit 1.

# %%
rng = np.random.default_rng(0)
g = np.where(rng.random(100_000) < 0.9, 1.0, -19.0)
means = g.mean(), clipping.by_value(g, 1.0).mean()
print(f"mean gradient: predicted {0.9 - 1.9:.1f}, measured {means[0]:.1f}")
print(f"mean of the clipped: predicted {0.9 - 0.1:.1f}, measured {means[1]:.1f}")
assert abs(means[0] + 1.0) < 0.08 and abs(means[1] - 0.8) < 0.02

# %% [markdown]
# The sign has changed: clipped descent walks *uphill* on average. Where the rare large gradients are the message and not the noise, clipping throws the message away. So record how often it acts (`train` keeps `grad_norm`, before clipping).
#
# ### Exercise 17.1 · Clip a network's gradient
#
# The gradient comes as a list of arrays of any shapes, one for each layer. Return a new list in which the *whole* gradient, all arrays together, has at most the length `limit`, and its old direction. A gradient of zero is possible.

# %% tags=["exercise"]
def clip_global(grads, limit):
    """Return the arrays of the list grads, shortened together to the norm limit > 0 if it is exceeded."""
    ### BEGIN SOLUTION
    norm = math.sqrt(sum(float(np.sum(g**2)) for g in grads))
    factor = limit / max(norm, limit)
    return [g * factor for g in grads]
    ### END SOLUTION

# %%
check.clip_global(clip_global)

# %% [markdown] tags=["solution"]
# One factor for all arrays. Clipping each layer by itself would change the proportions between the layers, so the direction. With `max(norm, limit)` below the line, short gradients get the factor 1, and a zero gradient does not divide by zero.

# %% [markdown]
# ## Four different things
#
# Gradient clipping is often mixed up with three others, partly because of its name, and credited with preventing overfitting. Look at what they do to one loss, $\frac12|w - a|^2$ with $a = (3,\ 0.4,\ -2,\ 0.05)$, whose minimum is $a$:
#
# | name | what is changed, and when | known from |
# |---|---|---|
# | gradient clipping | a long gradient is shortened before the step | Mikolov 2012; Pascanu et al. 2013 |
# | weight clipping | after each step, every weight is cut to $[-c, c]$ | Wasserstein GAN, Arjovsky et al. 2017 |
# | max-norm | after each step, a unit's incoming weights are shortened to the norm $c$ if they are longer | Srivastava et al. 2014 |
# | pruning | after training, small weights are set to 0 | LeCun et al. 1990; by size, Han et al. 2015 |
#
# **Predict** where each ends, with $c = 1$ and pruning below 0.5. (The loss is a round bowl, so the best point of a convex set is the point of the set that is nearest to $a$.)

# %%
a = np.array([3.0, 0.4, -2.0, 0.05])

def trained(shorten=lambda g: g, limit=lambda w: w):
    w = np.zeros(4)
    for _ in range(300):
        w = limit(w - 0.1 * shorten(w - a))
    return w

plain = trained()
ends = {"gradient clipping": trained(shorten=lambda g: clipping.by_norm(g, 1.0)), "weight clipping": trained(limit=lambda w: np.clip(w, -1, 1)),
        "max-norm": trained(limit=lambda w: w / max(1.0, np.linalg.norm(w))), "pruning": np.where(np.abs(plain) < 0.5, 0.0, plain)}
predicted = [a, np.clip(a, -1, 1), a / np.linalg.norm(a), [3.0, 0.0, -2.0, 0.0]]
for (name, w), goal in zip(ends.items(), predicted, strict=True):
    print(f"{name:17}: predicted {np.round(goal, 2).tolist()}, measured {(np.round(w, 2) + 0.0).tolist()}")
    assert np.allclose(w, goal, atol=1e-6)

# %% [markdown]
# Four different points. Gradient clipping ends where plain training ends: here it changes the way, not the set of points that can be reached. So it cures explosions and is no regulariser in itself. The three others change *where* one ends. Weight clipping keeps the small weights and
# breaks the proportions of the large ones, max-norm keeps the proportions, pruning keeps the large weights and drops the small ones. Whether any of them helps on new data has to be measured (notebook 23).
#
# ### Exercise 17.2 · Max-norm of a layer
#
# `W` has the shape (n_in, n_out): its *column* $k$ holds the incoming weights of unit $k$. Return a new array in which every column that is longer than `limit` is shortened to this length. All others stay.

# %% tags=["exercise"]
def max_norm(W, limit):
    """Return W (n_in, n_out) with no column longer than limit > 0."""
    ### BEGIN SOLUTION
    norms = np.sqrt((W**2).sum(axis=0))
    return W * (limit / np.maximum(norms, limit))
    ### END SOLUTION

# %%
check.max_norm(max_norm)

# %% [markdown] tags=["solution"]
# The same formula as in exercise 17.1, but for weights, column by column, and after the step. A unit whose weights are all zero keeps them.

# %% [markdown]
# ## Summary
#
# - Clipping by norm keeps the direction, by value it does not; both change the mean of noisy gradients. Neither is
#   weight clipping, max-norm or pruning.
#
# ## Questions to ask yourself
#
# **1.** Every gradient of a run is longer than the limit, and it is clipped by norm before plain SGD. What is the rule
# then?
#
# <details>
# <summary>Answer</summary>
#
# Normalised gradient descent: every step has the length $\mathrm{lr} \cdot c$. Near the minimum it cannot settle below
# that scale until the gradients become shorter than the limit.
#
# </details>
#
# **2.** All gradients are multiplied by the same constant factor, 0.01, as if all had been clipped alike. What does that
# change for SGD, and what for Adam?
#
# <details>
# <summary>Answer</summary>
#
# For SGD it is a rate a hundred times smaller. For Adam it changes nothing but the role of $\varepsilon$.
#
# </details>
#
# **3.** Does gradient clipping prevent overfitting?
#
# <details>
# <summary>Answer</summary>
#
# It changes the way, not the set of points that can be reached.
#
# </details>
#
# ## Go deeper
#
# - R. Pascanu, T. Mikolov, Y. Bengio, *On the difficulty of training recurrent neural networks*, ICML (2013),
#   https://arxiv.org/abs/1211.5063: clipping by norm, and the cliff.
# - M. Arjovsky, S. Chintala, L. Bottou, *Wasserstein GAN* (2017), https://arxiv.org/abs/1701.07875.
# - S. Han et al., *Learning both weights and connections for efficient neural networks*, NIPS (2015),
#   https://arxiv.org/abs/1506.02626: pruning by size.
#
# **Next:** [18: Backpropagate](18_backpropagate.ipynb)
