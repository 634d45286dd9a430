# %% [markdown]
# # 13 · Adapt the learning rate
#
# *What do AdaGrad and RMSprop adapt to?*
#
# Gradient descent has one learning rate for all weights. Two rules give every weight a rate of its own, which they make
# from the gradients seen so far. In this notebook you predict those rates, and then where they help and where they
# do not.
#
# **You will do:** write AdaGrad and RMSprop, predict their steps by hand, turn a landscape under them, and teach a model
# with rare features.
#
# **You will learn:** that these **adaptive methods** adapt to the *size* of the gradient along the *axes*; why AdaGrad's
# rates only fall; why RMSprop does not settle; and what $\varepsilon$ is for.
#
# **You need:** gradient descent on quadratics, from [notebook 05](05_descend_the_gradient.ipynb).
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## One valley, aligned and turned
#
# Here is one valley in two positions. On the left its axes are the axes of the two weights; on the right everything,
# the start too, is turned by 45°. Each of the three rules has a rate that suits it on the left.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels with the grey contours of a valley and the paths of gradient descent, AdaGrad and RMSprop. Left, the valley lies along the first axis: gradient descent zigzags, AdaGrad overshoots once and then runs along the axis to the minimum, RMSprop bends smoothly into the axis. Right, the same valley turned by 45 degrees: gradient descent makes the same path, turned; AdaGrad and RMSprop cross the valley floor and come to it along another path."}}
from course_lib import landscapes, plotting
from course_lib.optimizers import descent

fig, axes = plt.subplots(1, 2, figsize=(9.6, 4.4))
for ax, degrees in zip(axes, (0, 45), strict=True):
    angle = np.radians(degrees)
    valley = landscapes.quadratic([1.0, 20.0], angle=angle)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    plotting.contours(ax, valley, window=((-2.6, 1), (-2.1, 1.1)), log=True)
    for name, lr in (("sgd", 0.085), ("adagrad", 0.85), ("rmsprop", 0.038)):
        run = descent.minimize(valley, turn @ [-2.0, 0.6], name, lr=lr, n_steps=40)
        plotting.path(ax, run.w, name, markersize=5)
        print(f"{degrees:2} degrees, {name:7}: loss {run.loss[40] / run.loss[0]:.1e}")
    ax.set_title(f"Turned by {degrees} degrees")
axes[1].legend(loc="upper right")
plt.show()

# %% [markdown]
# *Reading the figure:* gradient descent makes the same path twice, turned like the valley, and has the same loss left.
# The paths of the other two change. On the left AdaGrad has all but arrived; on the right it zigzags as well, and has
# more of the loss left than gradient descent. (Printed: the share of the loss after 40 steps.)
#
# How do they know what to do on the left, and why not on the right?
#
# ## What would a rate for every weight buy?
#
# Take $f(w) = \tfrac12 (w_1^2 + 1000\, w_2^2)$, with the condition number $\kappa = 1000$. In notebook 05 the best
# single rate shrank the distance by $q = (\kappa-1)/(\kappa+1)$ in each step, and so the loss by $q^2$. A millionth of
# the loss is reached after $\ln 10^{-6}/(2 \ln q)$ steps.
#
# Now let coordinate $i$ have a rate of its own, so that $w_i$ is multiplied by $1 - \mathrm{lr}_i\,\lambda_i$.
# **Predict:** which two rates are best, and how many steps do they need?

# %%
bowl = landscapes.quadratic([1.0, 1000.0])
q = 999 / 1001
for words, lr in (("one rate", 2 / 1001), ("two rates", [1.0, 1 / 1000])):
    run = descent.minimize(bowl, [1.0, 1.0], "sgd", lr=np.array(lr), n_steps=4000)
    steps = descent.settled(run.loss, 1e-6 * run.loss[0])
    print(f"{words}: {steps:.0f} steps")
print(f"one rate, predicted: {np.log(1e-6) / (2 * np.log(q)):.1f}")

# %% [markdown]
# The two rates $1/\lambda_i$ arrive in one step. But they were made from the curvatures, and an optimizer sees only
# gradients. What can a gradient tell about the rate that its coordinate should have?
#
# ## AdaGrad: divide by the size of all gradients so far
#
# AdaGrad (Duchi, Hazan and Singer 2011) keeps one number $v_i$ for every weight: the sum of the squares of all its
# gradients so far, the present one included. It divides the gradient by the root of this sum:
#
# $$w_i \leftarrow w_i - \frac{\mathrm{lr}}{\sqrt{v_i} + \varepsilon}\; g_i .$$
#
# The fraction is the weight's **effective rate**. The tiny $\varepsilon$, in code `eps`, keeps a gradient that was
# always zero from making $0/0$.
#
# ### Exercise 13.1 · Write AdaGrad
#
# A rule gets the point `w`, the gradient `g` and the `state` that it returned the last time, at first `{}`. It returns
# the new point and a *new* dict, here `{"v": v}`. It writes into nothing that it was given.

# %% tags=["exercise"]
def adagrad(w, g, state, *, lr, eps=1e-8):
    """Divide each coordinate of g by the root of the sum of its squares so far."""
    ### BEGIN SOLUTION
    v = state.get("v", 0.0) + g * g
    w = w - lr * g / (np.sqrt(v) + eps)
    return w, {"v": v}
    ### END SOLUTION

# %%
check.adagrad(adagrad)

# %% [markdown]
# Squares, and not gradients: with a constant gradient $g$ we have $v_t = t\,g^2$, so the step is $\mathrm{lr}/\sqrt t$,
# whatever the size of $g$ is. The sign does not matter either: for $+1, -1, +1, \dots$ the squares add up just the same.
# So `lr` has become a *length*, that of the first step. And an effective rate never rises, since nothing is taken from
# the sum.
#
# ## RMSprop: let the sum leak
#
# If the gradients were large in the beginning, AdaGrad pays for it for ever. RMSprop (Tieleman and Hinton, a lecture of
# 2012) replaces the sum by a moving average that forgets: the new $v$ is the share $\rho$ (`rho`, usually 0.9) of the
# old $v$, and the rest of the weight goes to the new square. It begins at $v = 0$. A square that is $k$ steps old then
# counts with $(1-\rho)\rho^k$, and the memory is about $1/(1-\rho)$ steps long.
#
# ### Exercise 13.2 · Write RMSprop

# %% tags=["exercise"]
def rmsprop(w, g, state, *, lr, rho=0.9, eps=1e-8):
    """Divide each coordinate of g by the root of a moving average of its square."""
    ### BEGIN SOLUTION
    v = rho * state.get("v", 0.0) + (1 - rho) * g * g
    w = w - lr * g / (np.sqrt(v) + eps)
    return w, {"v": v}
    ### END SOLUTION

# %%
check.rmsprop(rmsprop)

# %% [markdown]
# ## Whose rate can rise?
#
# Feed both rules two streams of gradients, with $\mathrm{lr} = 1$ and $\rho = 0.9$.
#
# **A. Steep, then gentle.** The gradient is 10 for 100 steps, then 1. RMSprop then has $v = 1 + 99\rho^k$ after $k$
# gentle steps, AdaGrad $v = 10\,000 + k$.
#
# **B. Rare.** The gradient is 1 at every tenth step, and 0 in between.
#
# **Predict** for A: after how many gentle steps is RMSprop's rate back at one half? And what is AdaGrad's rate after 200
# of them? For B: which of the two rates rises between two gradients?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of effective rates on a log scale against the step. Left, gradient 10 then 1: the rates fall to 0.1 and 0.01; after step 100 RMSprop's climbs to 1 within about 50 steps, AdaGrad's stays just below 0.01. Right, one gradient in ten steps: AdaGrad's rate is a falling staircase, RMSprop's is a saw-tooth that lies far above it."}}
from course_lib import optimizers

streams = {"A": np.repeat([10.0, 1.0], [100, 200]),
           "B": 1.0 * (np.arange(100) % 10 == 0)}
rates = {}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True)
for ax, (title, gradients) in zip(axes, streams.items(), strict=True):
    for name in ("adagrad", "rmsprop"):
        state = {}
        rate = []
        for g in gradients:
            _, state = optimizers.STEPS[name](0.0, g, state, lr=1.0)
            rate.append(state["v"] ** -0.5)
        rates[title, name] = np.array(rate)
        ax.semilogy(np.arange(1, len(rate) + 1), rate, **look(name, marker=None))
    ax.set(xlabel="step $t$", ylabel="effective rate / lr", title=title)
axes[1].legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* on the left RMSprop soon forgets the steep part, and AdaGrad never does. On the right AdaGrad's
# staircase only goes down, and RMSprop's rate climbs while nothing happens. So it is RMSprop that *raises* the rate
# of a weight that is seldom used, and that is a side effect of forgetting.

# %%
back = (rates["A", "rmsprop"][100:] >= 0.5).argmax() + 1
predicted = int(np.ceil(np.log(33) / np.log(1 / 0.9)))
print(f"A: RMSprop back at 1/2 after {back} steps (predicted {predicted})")
last = rates["A", "adagrad"][-1]
print(f"A: AdaGrad after 200 gentle steps {last:.5f} (predicted {10_200**-0.5:.5f})")

# %% tags=["guard"]
assert back == predicted == 34
assert np.isclose(last, 10_200**-0.5)
assert all((np.diff(rates[stream, "adagrad"]) <= 0).all() for stream in "AB")

# %% [markdown]
# ### Exercise 13.3 · Predict the step at t = 100
#
# Let $\mathrm{lr} = 0.1$ and $\rho = 0.9$; neglect $\varepsilon$. Give the length of the step at $t = 100$, to within
# 2 %, in this order:
#
# 1. gradient descent, the gradient is 4 at every step;
# 2. AdaGrad, the gradient is 4 at every step;
# 3. RMSprop, the gradient is 4 at every step;
# 4. AdaGrad, the gradient is 4 at $t = 10, 20, \dots, 100$ and 0 otherwise.

# %% tags=["exercise"]
### BEGIN SOLUTION
steps_at_100 = [0.1 * 4, 0.1 / 100**0.5, 0.1, 0.1 / 10**0.5]
### END SOLUTION

# %%
check.steps_at_100(steps_at_100)

# %% [markdown] tags=["solution"]
# AdaGrad: $v = n \cdot 4^2$ after $n$ gradients, so the step is $\mathrm{lr} \cdot 4/(4\sqrt n)$, with $n = 100$ and with
# $n = 10$. RMSprop: $v_{100} = (1 - 0.9^{100}) \cdot 4^2$ is nearly 16, so the step is `lr`. The 4 matters to gradient
# descent only.

# %% [markdown]
# ## RMSprop does not settle
#
# Near a minimum the gradient shrinks, but so does $\sqrt v$, and RMSprop's step stays about `lr`. Suppose the run on
# $\tfrac12\lambda w^2$ ends up jumping between $+a$ and $-a$. Then $|g| = \lambda a$ at every step, so
# $\sqrt v = \lambda a$ and every step has the length `lr`. It also has the length $2a$. **Predict** $a$, and how it
# depends on $\lambda$.

# %%
for lam, lr in ((1.0, 0.1), (1000.0, 0.1), (1000.0, 0.01)):
    parabola = landscapes.quadratic([lam])
    run = descent.minimize(parabola, [1.0], "rmsprop", lr=lr, n_steps=3000)
    late = np.abs(run.w[-100:]).mean()
    print(f"lambda {lam:4.0f}, lr {lr:4}: |w| ends at {late:.4f}")

# %% [markdown]
# The floor is $\mathrm{lr}/2$, for both curvatures. A smaller rate lowers it and slows the way there. A schedule does
# the one after the other ([notebook 16](16_schedule_the_learning_rate.ipynb)).
#
# ## Which gradients count as zero?
#
# At AdaGrad's first step $v = g^2$, so the step is $\mathrm{lr}\; g/(|g| + \varepsilon)$: for $|g| \gg \varepsilon$ only
# the sign counts, and for $|g| \ll \varepsilon$ it is gradient descent with the rate $\mathrm{lr}/\varepsilon$. So
# $\varepsilon$ has the unit of a gradient, and it says which gradients count as zero. It is no regulariser.
#
# Some codes put it *inside* the root, $\sqrt{v + \varepsilon}$: Keras does so in AdaGrad and RMSprop, PyTorch adds it
# outside. **Predict** the first step for $|g| = \varepsilon = 10^{-8}$, with $\varepsilon$ outside and inside. From which
# size on does the form inside normalise?

# %% tags=["figure"] mystnb={"image": {"alt": "Log-log plot of the first step divided by lr against the size of the gradient, from 1e-12 to 1. With eps outside the root the curve rises with slope one and saturates at 1 from about 1e-8 on; with eps inside it saturates only from about 1e-4 on."}}
size = np.geomspace(1e-12, 1, 193)  # sixteen to a decade
outside = -optimizers.adagrad(0 * size, size, {}, lr=1.0, eps=1e-8)[0]
inside = size / np.sqrt(size**2 + 1e-8)
fig, ax = plt.subplots()
ax.loglog(size, outside, **look("adagrad", label="outside the root"))
ax.loglog(size, inside, **look("other", label="inside the root"))
ax.axvline(1e-8, color="0.5", linestyle="--", linewidth=1.2)
ax.set(xlabel="size of gradient", ylabel="first step / lr", title="Two places for eps")
ax.legend()
plt.show()
print(f"|g| = 1e-8: outside {outside[64]:.3f} lr, inside {inside[64]:.1e} lr")
print(f"|g| = 1e-4: outside {outside[128]:.3f} lr, inside {inside[128]:.3f} lr")

# %% [markdown]
# *Reading the figure:* the knee of each curve is where the rule stops normalising. With the same number (dashed) it lies
# at $\varepsilon$ for one form, and at $\sqrt\varepsilon = 10^{-4}$ for the other.
#
# ## What a rotation takes away
#
# On $f = \tfrac12\sum_i \lambda_i w_i^2$ coordinate $i$ sees $g_i = \lambda_i w_i$, and AdaGrad divides by a root of sums
# of $\lambda_i^2 w_i^2$: the curvature cancels. That is why the left picture looks so easy. Now turn the valley, and let $H$
# be its Hessian. What is the most that a rate for every axis can do? With a diagonal matrix $D$ of rates, the speed
# depends on the eigenvalues of $D H$; their ratio takes the place of $\kappa$. For two weights the best choice is
# $D_{ii} \propto 1/H_{ii}$, and it leaves
#
# $$\kappa_D = \frac{1+r}{1-r}, \qquad r = \frac{|H_{12}|}{\sqrt{H_{11}H_{22}}} .$$
#
# <details>
# <summary>Why this is true</summary>
#
# For two eigenvalues with the ratio $\kappa_D$, $(\mathrm{trace}\,DH)^2/\det DH = \kappa_D + 1/\kappa_D + 2$. The left
# side is $(D_{11}H_{11} + D_{22}H_{22})^2/(D_{11}D_{22}\det H)$. A sum of two numbers is at least twice the root of their
# product, so it is smallest for $D_{11}H_{11} = D_{22}H_{22}$. Then the eigenvalues are $1 \pm r$ times a constant.
#
# </details>
#
# **Predict** $\kappa_D$ at 45°, where $H_{11} = H_{22}$. The next cell measures the eigenvalues, for these rates and for
# those that AdaGrad has made after 300 steps.

# %%
def spread(D, H):
    """Return the ratio of the eigenvalues of the Hessian H scaled by the rates D."""
    eigenvalues = np.linalg.eigvals(D[:, None] * H).real
    return eigenvalues.max() / eigenvalues.min()


for degrees in (0, 2, 10, 45):
    valley = landscapes.quadratic([1.0, 1000.0], angle=np.radians(degrees))
    H = valley.hess(np.zeros(2))
    run = descent.minimize(valley, [1.0, 0.5], "adagrad", lr=1.0, n_steps=300)
    best = spread(1 / np.diag(H), H)
    own = spread(run.state["v"] ** -0.5, H)
    print(f"{degrees:2} degrees: best rates leave {best:6.1f}, AdaGrad's {own:6.1f}")

# %% tags=["guard"]
assert np.isclose(best, 1000)
valley = landscapes.quadratic([1.0, 1000.0], angle=np.radians(10))
H = valley.hess(np.zeros(2))
r = abs(H[0, 1]) / np.sqrt(H[0, 0] * H[1, 1])
assert np.isclose(spread(1 / np.diag(H), H), (1 + r) / (1 - r))

# %% [markdown]
# At 45° the best rates per axis buy nothing. How does AdaGrad do on the way there? At every angle the next cell tunes
# both rules: it takes the best of 25 rates, judged by the slowest of eight starts.

# %%
def fewest_steps(degrees, name, rates):
    """Return the steps of the slowest of eight starts, at the best of the rates."""
    valley = landscapes.quadratic([1.0, 1000.0], angle=np.radians(degrees))
    around = np.radians(degrees + 22.5 + 45 * np.arange(8))
    w = np.tile(np.column_stack([np.cos(around), np.sin(around)]), (len(rates), 1))
    lr = np.repeat(rates, 8)[:, None]
    run = descent.minimize(valley, w, name, lr=lr, n_steps=5000, keep_path=False)
    steps = descent.settled(run.loss, 1e-6 * run.loss[0])
    return steps.reshape(len(rates), 8).max(axis=1).min()

# %% [markdown]
# **Guess** first: at which angle do the two rules need the same number of steps?

# %% tags=["figure"] mystnb={"image": {"alt": "Steps needed on a log scale against the angle from 0 to 45 degrees. Gradient descent is a flat line above two thousand steps. AdaGrad starts at 4 steps, needs more than 100 at 2 degrees, crosses gradient descent between 20 and 30 degrees and ends above it."}}
degrees = [0, 2, 5, 10, 20, 30, 45]
flat = [fewest_steps(a, "sgd", np.geomspace(2e-4, 2.05e-3, 25)) for a in degrees]
ada = [fewest_steps(a, "adagrad", np.geomspace(0.1, 40, 25)) for a in degrees]
fig, ax = plt.subplots()
ax.semilogy(degrees, flat, **look("sgd", markevery=1))
ax.semilogy(degrees, ada, **look("adagrad", markevery=1))
ax.set(xlabel="angle between the valley and the axes (degrees)", ylabel="steps needed",
       title="Steps needed")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* here a few degrees take most of AdaGrad's lead, and near 45° gradient descent is ahead. Aligned,
# AdaGrad's tuned rate is so large that the first step overshoots; then $\sqrt{v_i} \approx \lambda_i\,\mathrm{lr}$, which
# makes the ideal rates $1/\lambda_i$.

# %% tags=["guard"]
assert ada[0] == 4 and 100 < ada[1] < 200
assert ada[4] < flat[4] and ada[5] > flat[5] and ada[6] > flat[6]
assert 2000 < min(flat) and max(flat) < 1.05 * min(flat)

# %% [markdown]
# Each rule has its own best rate in these rows, chosen on other starts:

# %%
from course_lib.experiments.ledger import evidence, show_evidence

show_evidence("turned_adagrad_is_slower")
show_evidence("adagrad_at_a_random_angle")

# %% [markdown]
# At 45° AdaGrad is slower than gradient descent: that **holds**. At a random angle below 45° it is faster on average, and
# that **holds** too: the large lead near the axes outweighs the loss near 45°.
#
# ## Rare and frequent features
#
# AdaGrad was made for data in which most features are absent most of the time, such as words in a text. Take linear
# regression with 20 features that are 1 or 0. Five are present in half of the examples, five in 1/8, five in 1/32, five
# in 1/128. Each of 2 000 examples is seen once, and the targets carry noise. Where $x_j = 0$, $g_j = 0$ and $w_j$ waits.
#
# There are two controls: descent with one constant rate, and descent whose one rate falls like $1/\sqrt t$ for all
# weights. Is it the falling that helps, or the falling *one by one*? **Predict** the order of the three errors on the
# rarest features.

# %%
def regression(rule, lr, power, seed):
    """Return (X, w - true w, state) after one pass; the rate falls like t**-power."""
    rng = np.random.default_rng(seed)
    X = rng.random((2000, 20)) < np.repeat([1 / 2, 1 / 8, 1 / 32, 1 / 128], 5)
    true = rng.choice([-1.0, 1.0], 20)
    y = X @ true + 0.5 * rng.normal(size=2000)
    w = np.zeros(20)
    state = {}
    for t in range(2000):
        g = (w @ X[t] - y[t]) * X[t]
        w, state = rule(w, g, state, lr=lr * (t + 1) ** -power)
    return X, w - true, state

# %% [markdown]
# The three rates were tuned on other data; the ledger keeps them.

# %% tags=["figure"] mystnb={"image": {"alt": "Squared error of the weights on a log scale for four groups of features, seen in one half, one eighth, one thirty-second and one hundred-and-twenty-eighth of the examples. AdaGrad rises from 0.003 to 0.03 and is the lowest or nearly the lowest in every group; the constant rate lies above it throughout; the falling rate is within a factor of two of AdaGrad on the three more frequent groups and far the highest on the rarest."}}
to_constant = evidence("adagrad_on_rare_features")["tuned"]
to_decay = evidence("adagrad_against_decay_on_rare_features")["tuned"]
arms = (("sgd", "one constant rate", "-", to_constant["lr_other"], 0.0),
        ("sgd", "one falling rate", "--", to_decay["lr_other"], 0.5),
        ("adagrad", "adagrad", "-", to_decay["lr_adagrad"], 0.0))
fig, ax = plt.subplots()
for name, label, line, lr, power in arms:
    runs = [regression(optimizers.STEPS[name], lr, power, seed) for seed in range(20)]
    squares = np.mean([error**2 for _, error, _ in runs], axis=0)
    style = look(name, label=label, linestyle=line, markevery=1)
    ax.semilogy(squares.reshape(4, 5).mean(axis=1), **style)
ax.set(xticks=range(4), xticklabels=["1/2", "1/8", "1/32", "1/128"],
       xlabel="share of examples with the feature", ylabel="squared error of $w$",
       title="Rare features")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the constant rate is a compromise, too large for the frequent features. The one falling rate is good
# on the frequent ones, and has nearly stopped before the rarest were learnt. AdaGrad is good at both ends.

# %% tags=["guard"]
groups = squares.reshape(4, 5).mean(axis=1)
assert round(groups[0], 3) == 0.003 and round(groups[3], 2) == 0.03

# %% [markdown]
# Do the differences hold on seeds that chose no rate?

# %%
show_evidence("adagrad_on_rare_features")
show_evidence("adagrad_against_decay_on_rare_features")
show_evidence("adagrad_against_decay_on_equal_features")

# %% [markdown]
# On rare features AdaGrad's error is smaller than that of either control: both rows **hold**. With equally frequent
# features the row is **undecided**: there all of AdaGrad's rates fall together, and no difference was found. The gain over
# one falling rate on rare features lies far outside this last interval. So it comes from rates that fall *one by one*.
#
# **AdaGrad never raises the rate of a rare feature; it lowers the others more.** By how much? Its $v_j$ grows only when
# feature $j$ is present, so the rates should fall like one over the root of the *count*. From half of the examples to
# 1/128 that makes a ratio of $\sqrt{64} = 8$. (The list `runs` still holds AdaGrad's runs, the last of the three.)

# %%
sums = np.mean([state["v"] for _, _, state in runs], axis=0).reshape(4, 5).mean(axis=1)
counts = np.mean([X.sum(axis=0) for X, _, _ in runs], axis=0).reshape(4, 5).mean(axis=1)
print("rates, rarest / most frequent:", round((sums[0] / sums[3]) ** 0.5, 2))
print("by the counts alone:          ", round((counts[0] / counts[3]) ** 0.5, 2))
print("mean square of a gradient:    ", (sums / counts).round(2), "frequent to rare")

# %% [markdown]
# The ratio is smaller than the counts say. The squares of the rare groups are larger: a rare weight is wrong for longer,
# so its residuals are larger, and $v$ notices.
#
# ## Summary
#
# | rule | divides $g$ by | step on a constant gradient | its rate |
# |---|---|---|---|
# | gradient descent | nothing | $\mathrm{lr}\,\lvert g\rvert$ | constant |
# | AdaGrad | $\sqrt{\text{sum of } g^2}$ | $\mathrm{lr}/\sqrt t$ | never rises |
# | RMSprop | $\sqrt{\text{mean of } g^2}$ | $\mathrm{lr}$ in the long run | rises and falls |
#
# - Both accumulate *squares*, weight by weight: they adapt to the size of the gradient along the given axes.
# - Where the valley lies along the axes, its curvatures cancel. Turned by 45°, even the best rates per axis gain nothing
#   on two weights.
# - RMSprop with a constant rate does not settle: on a parabola it ends $\mathrm{lr}/2$ away.
# - Rare features keep a higher rate under AdaGrad, because the other rates fall faster.
# - $\varepsilon$ is the size of gradient below which a rule stops normalising. Inside the root it is that size squared.
#
# ## Questions to ask yourself
#
# **1.** You move a training script from a library that adds $\varepsilon = 10^{-8}$ outside the root to one that adds
# it inside. Which value must stand there, so that tiny gradients are treated as before?
#
# <details>
# <summary>Answer</summary>
#
# For $v \to 0$ the denominators are $\varepsilon$ and $\sqrt{\varepsilon_{\rm in}}$, so $\varepsilon_{\rm in} = 10^{-16}$.
# Near the knee the two forms still differ, by a factor of at most $\sqrt2$.
#
# </details>
#
# **2.** Training with AdaGrad has become very slow. Is it at a minimum?
#
# <details>
# <summary>Answer</summary>
#
# Look at the gradient, and not at the steps. On a constant slope AdaGrad's steps shrink as $1/\sqrt t$ too.
#
# </details>
#
# **3.** A colleague replaces every pair of inputs by their sum and difference, an invertible change, and AdaGrad now
# needs ten times as many steps. Is there a bug?
#
# <details>
# <summary>Answer</summary>
#
# Not necessarily. Sum and difference turn the axes by 45° (and stretch them). Rates per weight belong to the axes.
#
# </details>
#
# **4.** A rare feature's weight has had no gradient for 500 steps. What is its effective rate under AdaGrad, and under
# RMSprop with $\rho = 0.9$?
#
# <details>
# <summary>Answer</summary>
#
# AdaGrad: what it was. RMSprop: $v$ has been multiplied by $0.9^{500} \approx 10^{-23}$, so the rate is huge between
# gradients. But the next gradient enters $v$ before the step is taken, so that the step is
# $\mathrm{lr}/\sqrt{1-\rho} \approx 3.16\,\mathrm{lr}$, as at the very start.
#
# </details>
#
# ## Go deeper
#
# - J. Duchi, E. Hazan, Y. Singer,
#   [*Adaptive subgradient methods for online learning and stochastic optimization*](https://jmlr.org/papers/v12/duchi11a.html),
#   Journal of Machine Learning Research 12 (2011): AdaGrad, also in a form with a full matrix, which turns with the
#   landscape.
# - H. B. McMahan, M. Streeter,
#   [*Adaptive bound optimization for online convex optimization*](https://arxiv.org/abs/1002.4908), COLT (2010): the same
#   idea, found independently.
# - T. Tieleman, G. Hinton,
#   [*Lecture 6e, RMSprop*](https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf), Coursera (2012).
# - A. Graves, [*Generating sequences with recurrent neural networks*](https://arxiv.org/abs/1308.0850) (2013): RMSprop that
#   divides by the standard deviation of the gradient.
#
# **Next:** add a memory of the gradient itself, and correct for the start at zero:
# [14: Understand Adam](14_understand_adam.ipynb).
