# %% [markdown]
# # 30 · Ask if it is stuck ★
#
# *The loss stands still. Is that a critical point?* "It is stuck in a local minimum" is the usual diagnosis of a flat
# curve, and it is rarely tested. The test needs two things, a gradient and a curvature, and both can be had.
#
# **You will do:** multiply with a Hessian that nobody could write down. Find both ends of its spectrum. Predict when a run
# leaves a saddle. Write the function that says what a plateau is.
#
# **You will learn:** what a small gradient proves, and what it does not; how eigenvalues are found from products alone, and how
# a routine can return the wrong one; three reasons for a flat curve, and how to tell them apart.
#
# **You need:** saddles and how one leaves them, from [Meet saddles in high dimensions](03_meet_saddles_in_high_dimensions.ipynb) and
# [Escape saddles](04_escape_saddles.ipynb); the noise floor of [08: Sample minibatches](08_sample_minibatches.ipynb).
#
# **Minutes:** 65

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Three flat curves
#
# Here are three runs on 500 small images, 7 × 7 pixels. The first is gradient descent on all examples with $\mathrm{lr} = 0.5$. The other two are shown by
# their epochs. **Predict:** which of them is near a critical point?

# %%
from course_lib.data import datasets
from course_lib.training import plateaus

splits = datasets.split(datasets.load_mnist())
task = plateaus.saddle_task(splits)
run = plateaus.descend(task)
slow = plateaus.flat_run(splits, "too slow")
noise = plateaus.flat_run(splits, "noise")

# %% [markdown]
# Each curve is shown as far as one might look before one loses patience.

# %% tags=["figure"] mystnb={"image": {"alt": "Three panels of training loss. Left, run 1 against the step, flat at about 2.3 over 150 steps. Middle, run 2 against the epoch, flat at about 2.3. Right, run 3 against the epoch, from 2.5 down to about 1.8, then level with small wiggles."}}
fig, axes = plt.subplots(1, 3, figsize=(9.6, 3.4), sharey=True)
for ax, loss, what in zip(axes, (run.loss[:150], slow.loss, noise.loss),
                          ("step $t$", "epoch", "epoch"), strict=True):
    ax.plot(loss, color="black")
    ax.set(xlabel=what, ylim=(0, 3))
axes[0].set_ylabel("training loss")
plt.show()

# %% [markdown]
# *Reading the figure:* nothing in these curves tells them apart. A curve is a symptom.
#
# ## A product with the Hessian
#
# At a critical point the gradient $g$ is zero, and the eigenvalues of the Hessian $H$ say what kind of point it is (notebook 01). The network of the first run has
# 970 weights, so $H$ has nearly a million entries; for a usual network nobody writes it down. But $H$ times a vector $u$ is cheap:
#
# $$H u \approx \frac{g(w + hu) - g(w - hu)}{2h} .$$
#
# This is a **Hessian-vector product**. It costs two gradients, however many weights there are.
#
# ### Exercise 30.1 · The Hessian times a vector
#
# Write it. `fun(w)` returns the loss and the gradient.

# %% tags=["exercise"]
def hessian_times(fun, w, u, *, h=1e-4):
    """Return H u at w, from two gradients."""
    ### BEGIN SOLUTION
    return (fun(w + h * u)[1] - fun(w - h * u)[1]) / (2 * h)
    ### END SOLUTION

# %%
check.hessian_times(hessian_times)

# %% [markdown]
# Repeating $u \leftarrow Au/|Au|$ turns $u$ towards the eigenvector whose eigenvalue is largest *in size*: **power iteration**. For a
# saddle we want the smallest eigenvalue, which is often not the largest in size. A shift helps. If `size` is at least as large as
# every eigenvalue in size, all eigenvalues of $A - \mathrm{size}\cdot I$ are negative or zero. Then the one that is largest in size belongs to the low end of $A$.
#
# ### Exercise 30.2 · The low end
#
# `product(u)` returns $Au$. Start with `rng.standard_normal(n)`, iterate with the shifted matrix, and return the smallest eigenvalue of $A$ itself.

# %% tags=["exercise"]
def low_end(product, n, size, *, rng, n_steps=1000):
    """Return the smallest eigenvalue of the symmetric matrix behind `product`."""
    ### BEGIN SOLUTION
    u = rng.standard_normal(n)
    for _ in range(n_steps):
        v = product(u) - size * u
        u = v / np.linalg.norm(v)
    return u @ product(u)
    ### END SOLUTION

# %%
check.low_end(low_end)

# %% [markdown]
# When may one stop? An early version of this course stopped when $|Au|$ changed by less than a thousandth from step to step. Take 2 000 eigenvalues, all 1 but one,
# which is 1.5. Hessians of networks look like that: a bulk and a few outliers.
#
# **Predict:** how large is the outlier's part in a random start of 2 000 numbers, and what does that rule return?

# %% tags=["figure"] mystnb={"image": {"alt": "Estimate of the largest eigenvalue against the number of products, for power iteration and for Lanczos, on a matrix with 1999 eigenvalues 1 and one 1.5. Power iteration stays at 1.0 for about five products, then climbs and reaches 1.5 after nearly twenty. Lanczos is at 1.5 from the second product on. A dotted line marks 1.5."}}
from course_lib.landscapes.sharpness import lanczos

d = np.ones(2000)
d[-1] = 1.5
u = np.random.default_rng(0).standard_normal(2000)
power = []
for _ in range(25):
    power.append(np.linalg.norm(d * u) / np.linalg.norm(u))
    u = d * u / np.linalg.norm(d * u)
krylov = [lanczos(lambda u: d * u, 2000, rng=np.random.default_rng(0), n_steps=k)[0][1]
          for k in range(1, 26)]

fig, ax = plt.subplots()
ax.plot(range(1, 26), power, "o-", color="0.5", label="power iteration, $|Au|$")
ax.plot(range(1, 26), krylov, "s-", color="#009e73", label="Lanczos")
ax.axhline(1.5, color="black", linestyle=":")
ax.set(xlabel="products with $A$", ylabel="largest eigenvalue, estimated")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the outlier's share of a random $u$ is about $1/\sqrt{2000} = 2$ %, so at first power iteration sees only the bulk and stands still at 1.0. The rule took that for convergence and
# returned the wrong end. **Lanczos' method** keeps all the vectors $u, Au, A^2u, \dots$ and looks for the best answer in their span; it sees both ends at once, and low and high can never change places.
#
# `sharpness.extremes` does that with Hessian-vector products. From here on we use it.

# %%
from course_lib.landscapes.sharpness import extremes

(low, high), _ = extremes(task.fun, task.saddle, rng=np.random.default_rng(1))
print(f"the matrix above: {power[0]:.3f} by one product, {krylov[-1]:.3f} by Lanczos")
print(f"at one point of the network: smallest {low:.4f}, largest {high:.4f}")

# %% tags=["guard"]
assert abs(power[1] / power[0] - 1) < 1e-3 and power[0] < 1.01
assert abs(krylov[-1] - 1.5) < 1e-9
assert task.start.size == 970 == 49 * 16 + 16 + 16 * 10 + 10

# %% [markdown]
# ## A saddle, and what it predicts
#
# The first run starts with all weights near zero, normal numbers of standard deviation $s = 10^{-6}$; it has 16 tanh units. At $W_1 = W_2 = 0$
# there is a critical point, once the output biases have learnt how frequent the classes are. Let $f$ be these frequencies and
#
# $$C = \frac1n\sum_{i} x_i\,(e_{y_i} - f)^T \quad (49 \times 10),$$
#
# with $e_y$ the unit vector of the label, and $\sigma$ the largest singular value of $C$. Then the smallest eigenvalue of the Hessian is $-\sigma$, once for each hidden unit: **it is a saddle**.
#
# <details>
# <summary>Why this is true</summary>
#
# Near zero $\tanh z \approx z$. Let a hidden unit have the incoming weights $a$ and the outgoing weights $c$. To second order it changes the loss by $-a^T C c$. Such
# a form has the eigenvalues $+\sigma_k$ and $-\sigma_k$ for every singular value $\sigma_k$ of $C$, the lowest along $(a, c) = (u, v)/\sqrt2$ with the singular vectors $u$, $v$. The output biases
# have curvatures of their own, which are not negative.
#
# </details>

# %%
print(f"smallest eigenvalue: predicted {-task.sigma:.4f}, measured {low:.4f}")
print(f"length of the gradient there: {np.linalg.norm(task.fun(task.saddle)[1]):.0e}")

# %% tags=["guard"]
assert abs(low / task.sigma + 1) < 1e-3
assert np.linalg.norm(task.fun(task.saddle)[1]) < 1e-12

# %% [markdown]
# How long does the run stay? Gradient descent multiplies the coordinate along the way down by $1 + \mathrm{lr}\,\sigma$ in every step. It starts at a distance of about $4s$, the length of sixteen numbers of size $s$. At
# distance $r$ the loss has fallen by $\tfrac12\sigma r^2$. Call the run escaped when it is 0.01 below the plateau, at $r = \sqrt{0.02/\sigma}$:
#
# $$t = \frac{\ln(r/4s)}{\ln(1 + \mathrm{lr}\,\sigma)} .$$
#
# **Predict** what becomes of the escape step when the start is a thousand times farther away, and when the rate is a tenth.

# %% tags=["figure"] mystnb={"image": {"alt": "Loss against the step, logarithmic step axis, for three runs from the saddle, with dotted vertical lines at the predicted escape steps. The start at a larger distance leaves after about 75 steps, the first run after about 180, the one at a tenth of the rate after about 1750. Each leaves close to its dotted line."}}
def forecast(s, lr):
    r = np.sqrt(0.02 / task.sigma)
    return np.log(r / (4 * s)) / np.log(1 + lr * task.sigma)

near = plateaus.descend(task, 1e-3, n_steps=400)
calm = plateaus.descend(task, lr=0.05, n_steps=3000)
cases = {"s = 1e-6, lr = 0.5": (1e-6, 0.5, run),
         "s = 1e-3, lr = 0.5": (1e-3, 0.5, near),
         "s = 1e-6, lr = 0.05": (1e-6, 0.05, calm)}
fig, ax = plt.subplots()
escapes = {}
for (name, (s, lr, tried)), line in zip(cases.items(), ("-", "--", "-."), strict=True):
    left = np.argmax(tried.loss < task.plateau - 0.01)
    escapes[name] = (forecast(s, lr), left)
    ax.semilogx(np.arange(1, 1 + len(tried.loss)), tried.loss, line, label=name)
    ax.axvline(forecast(s, lr), color="0.6", linestyle=":")
ax.set(xlabel="step $t$", ylabel="training loss")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* each run leaves close to its dotted line. A start a thousand times farther away saves a hundred steps only, as the logarithm says. A rate ten times
# lower makes this plateau ten times *longer*: here lowering the rate is no cure.

# %%
for name, (predicted, measured) in escapes.items():
    print(f"{name:20} escape predicted at step {predicted:.0f}, measured {measured}")

# %% tags=["guard"]
ratios = [measured / predicted for predicted, measured in escapes.values()]
assert 0.8 < min(ratios) and max(ratios) < 1.25

# %% [markdown]
# ## Near a critical point, or just slow?
#
# A small gradient alone proves nothing, because "small" has a unit, loss per weight. Compare it with the curvature. If $w^*$ is critical and no curvature between $w$ and $w^*$ exceeds $L$ in size,
#
# $$|g(w)| = |g(w) - g(w^*)| \le L\,|w - w^*| \qquad\Longrightarrow\qquad |w - w^*| \ge \frac{|g|}{L} .$$
#
# So $|g|/L$ is a length: **no critical point is closer than that**, as far as $L$ may be taken from $w$ itself, as the largest eigenvalue in size there.
#
# During our plateau the true distance to the saddle is known. **Predict:** which of the two curves, $|g|/L$ and the true distance, lies above the other, and where are they closest?

# %% tags=["figure"] mystnb={"image": {"alt": "Length against the step, logarithmic, for the first run over 240 steps: the true distance to the saddle and the bound, |g|/L. Both fall together from about 0.4 to below 0.01 near step 100, rise together, and part after the escape, where the distance grows and the bound falls behind. The bound is below the distance everywhere."}}
moments = np.arange(0, 241, 10)
bound = []
for t in moments:
    (low, high), _ = extremes(task.fun, run.w[t], rng=np.random.default_rng(1))
    bound.append(run.grad_norm[t] / max(-low, high))
true = [plateaus.distance(task, run.w[t]) for t in moments]

fig, ax = plt.subplots()
ax.semilogy(moments, true, "o-", color="black", label="true distance to the saddle")
ax.semilogy(moments, bound, "s--", color="#009e73", label="$|g|/L$")
ax.set(xlabel="step $t$", ylabel="length")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the bound is below the truth all the way, and close to it on the plateau, where the run comes nearest to the saddle in the middle. Both are larger at the
# start, because the biases have to move first.
#
# ### Exercise 30.3 · Is it a critical point?
#
# Put the argument into a function. Given the length of the full gradient and the smallest and largest eigenvalue of the Hessian, say `"not critical"` if no critical point can be within `radius`, judged by
# $|g| > L \cdot$ `radius` with $L$ the larger of the two eigenvalues in size. Otherwise say `"saddle"` if `low` is below $-tol\cdot L$, and else `"minimum or flat"`.

# %% tags=["exercise"]
def kind_of_plateau(grad_norm, low, high, *, radius, tol=0.01):
    """Return 'not critical', 'saddle' or 'minimum or flat'."""
    ### BEGIN SOLUTION
    L = max(abs(low), abs(high))
    if grad_norm > L * radius:
        return "not critical"
    return "saddle" if low < -tol * L else "minimum or flat"
    ### END SOLUTION

# %%
check.kind_of_plateau(kind_of_plateau)

# %% [markdown]
# The first answer is a proof, as far as $L$ is right on the way. The other two are not: with a small $|g|/L$ a critical point *may* be near. Along a direction with hardly any curvature a tiny gradient
# can go on for ever, towards no critical point at all.
#
# When is a length small? Give it beside one that means something: the length $|w|$ of the weights. The next cell takes the two other runs of the first figure, at their end, and the first one in the middle of its plateau and at its end.
# **Predict** which rows have a small quotient.

# %%
rows = {"run 1, step 90": (task.fun, run.w[90]),
        "run 1, step 1500": (task.fun, run.w[1500]),
        "run 2": (slow.fun, slow.w), "run 3": (noise.fun, noise.w)}
shares = {}
for name, (fun, w) in rows.items():
    (low, high), _ = extremes(fun, w, rng=np.random.default_rng(1))
    length = np.linalg.norm(fun(w)[1]) / max(-low, high)
    shares[name] = length / np.linalg.norm(w)
    print(f"{name:17} eigenvalues {low:+.4f} to {high:.3f},",
          f"|g|/L = {length:.4f} = {shares[name]:.2%} of |w|")

# %% [markdown]
# Run 1 is near its saddle on the plateau, and at the end near something like a minimum: $|g|/L$ is a tiny share of $|w|$, and the smallest eigenvalue is a third of a per cent of the largest in size.
# Runs 2 and 3 are more than twice as far from any critical point, in shares of $|w|$. How large a share is "near" is a choice; report the number.

# %% tags=["guard"]
assert all(b <= 1.001 * d for b, d in zip(bound, true, strict=True))
assert abs(moments[np.argmin(true)] - 90) <= 40 and min(true) < 0.01
assert shares["run 1, step 1500"] < shares["run 1, step 90"]
assert min(shares["run 2"], shares["run 3"]) > 2 * shares["run 1, step 90"]

# %% [markdown]
# ## What a changed rate tells
#
# Run 2 is the same network with Glorot's weights and a rate of $10^{-4}$. Run 3 has no hidden layer, so its loss is convex and has no saddles; 30 % of its labels are drawn at random, and its SGD takes batches of 5 at $\mathrm{lr} = 3$.
# After 15 epochs the rate changes. **Predict** for both what ten times the rate and a tenth of the rate do.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of training loss over twenty epochs, three curves each, which part after epoch 15. Left, rate too low: all three stay flat at 2.3. Right, noise: at the old rate it stays near 1.8, at a tenth of the rate it drops to 1.3 at once; at ten times the rate it leaps out of the frame."}}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), sharey=True)
ends = {}
for ax, kind in zip(axes, ("too slow", "noise"), strict=True):
    for factor, line in ((0.1, "--"), (1, "-"), (10, ":")):
        tried = plateaus.flat_run(splits, kind, factor)
        ends[kind, factor] = tried.loss[-1] - tried.loss[10:15].mean()
        ax.plot(range(1, 21), tried.loss, line, color="black", label=f"{factor} lr")
    ax.set(xlabel="epoch", ylim=(0, 4))
axes[0].set_ylabel("training loss")
axes[1].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* on the right the noise of the batches holds the loss up, and a lower rate brings it down at once. On the left nothing is wrong with the place: the run has hardly moved, and even ten times the rate is not enough to see. In
# numbers, the last epoch against the mean of the five epochs before the change:

# %%
for (kind, factor), change in ends.items():
    print(f"{kind:9} {factor:4} lr: {change:+.2g}")

# %% tags=["guard"]
if splits.name == "mnist":
    assert ends["noise", 0.1] < -0.2 and ends["noise", 10] > 1
    assert abs(ends["noise", 1]) < 0.2
    assert -0.01 < ends["too slow", 10] < 3 * ends["too slow", 1] < 0
    assert abs(noise.loss[10:15].mean() - 1.8) < 0.1 and abs(slow.loss[14] - 2.3) < 0.1

# %% [markdown]
# ## Summary
#
# - A flat curve has at least three causes: a saddle, a rate too low, the noise of batches. The curve does not tell them apart.
# - A Hessian-vector product costs two gradients. Lanczos' method finds both ends of the spectrum from such products.
# - Power iteration can stand still before it has seen an outlier. A stop that looks only at a change may return the wrong end.
# - $|g|/L$ is a length, and no critical point is closer. A small gradient alone proves nothing.
# - Near a saddle the time of escape can be predicted, and a lower rate prolongs it. Against noise a lower rate helps at once. A rate too low needs a much higher one.
#
# ## Questions to ask yourself
#
# **1.** A deep network's loss is flat, the gradient's length is $10^{-7}$, all eigenvalues of the Hessian lie between $-10^{-8}$ and $10^{-8}$. Is it at a critical point?
#
# <details>
# <summary>Answer</summary>
#
# Not near one: $|g|/L = 10$, so none is within a distance of 10 unless the curvature grows on the way. All is just scaled down, as behind saturated units.
#
# </details>
#
# **2.** Why must the gradient in this test be that of all examples?
#
# <details>
# <summary>Answer</summary>
#
# The gradient of a batch is that of another function. At a minimum of the training loss it is not zero; its length measures the noise.
#
# </details>
#
# **3.** You want the smallest eigenvalue to three digits, and it is a thousandth of the largest. What residual do you ask for?
#
# <details>
# <summary>Answer</summary>
#
# For a symmetric matrix some eigenvalue lies within $|Au - \lambda u|$ of $\lambda$. Three digits of a thousandth of $L$ are $10^{-6}L$, so `tol=1e-6`; and the product itself must be that exact, which differences of gradients in double precision just reach.
#
# </details>
#
# ## Go deeper
#
# - B. Pearlmutter, [Fast exact multiplication by the Hessian](https://doi.org/10.1162/neco.1994.6.1.147), 1994.
# - C. Lanczos, [An iteration method for the solution of the eigenvalue problem](https://doi.org/10.6028/jres.045.026), 1950.
# - A. Saxe, J. McClelland, S. Ganguli, [Exact solutions to the nonlinear dynamics of learning in deep linear neural networks](https://arxiv.org/abs/1312.6120), 2014: plateaus near saddles.
# - B. Ghorbani, S. Krishnan, Y. Xiao, [An investigation into neural net optimization via Hessian eigenvalue density](https://arxiv.org/abs/1901.10159), 2019: bulk and outliers.
#
# **Next:** [31: Watch the edge of stability](31_watch_the_edge_of_stability.ipynb). There the sharpness is followed through whole runs.
