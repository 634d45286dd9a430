# %% [markdown]
# # 27 · Match three frameworks
#
# *Is Adam the same Adam in Keras, PyTorch and scikit-learn?* You move a model from one library to another, keep the
# optimizer's name and every number that you typed, and the loss curve is another one. Nobody made a mistake. The libraries
# differ in things that tutorials rarely mention. Here you measure these differences with five gradients. And once,
# somebody did make a mistake, and you will find it.
#
# **You will do:** read a map of twelve optimizers in three libraries. Convert a velocity between two conventions. Write the
# rule that scikit-learn calls `adaptive`. Hide a bug from a test, and track down a live one.
#
# **You will learn:** which differences matter and how large they are; what `weight_decay` means where; what a good test of
# an optimizer looks like; how one reports a bug.
#
# **You need:** [momentum](10_add_momentum.ipynb), the [adaptive rules](13_adapt_the_learning_rate.ipynb), and
# [Adam and AdamW](14_understand_adam.ipynb). PyTorch is not needed.
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Five gradients
#
# To compare two optimizers, training is a bad instrument: it takes long, and everything has a part in the result. Feed both the same gradients
# instead, and look where the weights go. Optimizers differ where something *happens*: when a weight gets its first gradient, when gradients shrink, when they are zero, when they are as
# small as $\varepsilon$. So here are five gradients for five weights. All numbers are exact in binary; where two rules are the same, their paths agree to the last digit.

# %%
from course_lib.frameworks.paths import GRADIENTS

columns = ("ordinary", "wakes up", "drops", "silent", "size of eps")
print(" " * 7, "".join(f"{name:>13}" for name in columns))
for t, g in enumerate(GRADIENTS, start=1):
    print(f"step {t} ", "".join(f"{value:13.4g}" for value in g))

# %% [markdown]
# Twelve rules of this course stand in the rows, three libraries in the columns. A field is the largest distance to the course's path, in any weight at any of the five steps, in units of the
# rate $\mathrm{lr}$. Four settings: equal numbers everywhere; the rate drops to a quarter after three steps; equal numbers and `weight_decay`; each library's own defaults at one rate. Keras is measured
# while you wait; PyTorch and optax were measured by `experiments/frameworks.py`.

# %% tags=["figure"] mystnb={"image": {"alt": "Four heat maps side by side, twelve optimizers by three libraries: distance to this course's rule in units of lr, written into the fields; the colour is logarithmic. White is zero or nearly so, grey is not comparable. With equal numbers most PyTorch fields are white, and about half of the Keras and optax fields are coloured. When the rate drops, Keras' momentum and Nesterov are coloured too. With weight decay most PyTorch fields are dark. With their own defaults the picture is mixed; PyTorch's RMSprop is darkest."}}
from course_lib.data import load_results
from course_lib.frameworks import import_keras, table
from course_lib.frameworks.facts import FACTS

keras = import_keras()
stored = load_results("three_frameworks")
apart = table.apart(stored)
fig, axes = plt.subplots(1, 4, figsize=(9.6, 5.2), sharey=True)
for k, title in enumerate(("equal numbers", "rate drops", "weight decay", "defaults")):
    shown = np.log10(np.maximum(apart[:, :, k], 1e-4))
    axes[k].imshow(shown, cmap="Purples", vmin=-4, vmax=1.5, aspect="auto")
    axes[k].set_xticks(range(3), ["Keras", "torch", "optax"], rotation=60)
    axes[k].set_title(title, fontsize=12)
    axes[k].set_facecolor("0.8")
    axes[k].grid(False)
    table.write_numbers(axes[k], apart[:, :, k])
axes[0].set_yticks(range(len(FACTS)), list(FACTS))
plt.show()

# %% [markdown]
# *Reading the figure:* white is "less than a ten-thousandth of lr apart", grey "it does not have that". With equal numbers PyTorch agrees with this course nearly everywhere, while Keras and optax part in about half of the rules. When the rate drops, Keras' momentum
# parts too, and with `weight_decay` nearly all of PyTorch does. The rest of this notebook explains the coloured fields. The pages with every formula are folded here:

# %% tags=["nbval-ignore-output"]
from IPython.display import Markdown, display

display(Markdown(table.folded(stored)))

# %% [markdown]
# ## Momentum: one formula, two memories
#
# Keras multiplies the gradient by the rate when it *enters* the velocity, and so does scikit-learn; PyTorch, optax and this course multiply the velocity by the rate when it *leaves*. While the rate is constant, nobody notices.
#
# Let a run have the constant gradient 1 and $\mathrm{lr} = 0.1$, until the velocity is at its full $v = 1/(1-\beta) = 10$. Then the rate drops to 0.01, and at that moment the gradient becomes zero: the weight coasts. What is still to
# come is a geometric sum, $\beta v + \beta^2 v + \dots = \beta v/(1-\beta) = 90$, times the rate that counts. **Predict** how far each convention coasts.

# %% tags=["figure"] mystnb={"image": {"alt": "Weight against step for two conventions of momentum. Both fall together until step 60, marked by a grey line, where the rate drops and the gradient becomes zero. The course's curve turns flat nearly at once; Keras' curve keeps its slope and coasts ten times as far."}}
from course_lib import optimizers
from course_lib.frameworks.paths import drive_keras

slopes = np.r_[np.ones(60), np.zeros(60)][:, None]

def rate(t):
    return 0.1 if t <= 60 else 0.01

sgd = keras.optimizers.SGD(0.1, momentum=0.9)
theirs = drive_keras(sgd, np.zeros(1), lambda t, w: slopes[t - 1], 120, lr=rate)[:, 0]
path, _ = optimizers.follow(optimizers.momentum, slopes, np.zeros(1), lr=rate, beta=0.9)
ours = path[1:, 0]
fig, ax = plt.subplots()
ax.plot(ours, **look("momentum", label="PyTorch, optax, course"))
ax.plot(theirs, ":", color="black", label="Keras, scikit-learn")
ax.axvline(59, color="0.7")
ax.set(xlabel="step $t$", ylabel="weight $w$")
ax.legend()
plt.show()
print(f"coasts: course {ours[59] - ours[-1]:.2f}, Keras {theirs[59] - theirs[-1]:.2f}")

# %% [markdown]
# *Reading the figure:* up to the grey line there is one curve. A schedule that says 0.01 is obeyed at once by one convention, and by the other only after the old velocity has died away.
#
# ### Exercise 27.1 · A velocity that changes its rate
#
# Somebody's training in Keras has to follow a schedule exactly as PyTorch would. Just after the rate has been changed, and before the next step, one may write into Keras' velocity `u`. What has to be written there? (`u` is an array; return a new one.)

# %% tags=["exercise"]
def converted_velocity(u, *, lr_old, lr_new):
    """Return the velocity with which Keras goes on as PyTorch would."""
    ### BEGIN SOLUTION
    return u * lr_new / lr_old
    ### END SOLUTION

# %%
check.converted_velocity(converted_velocity)

# %% tags=["guard"]
assert abs((ours[59] - ours[-1]) / 0.9 - 1) < 0.01
assert abs((theirs[59] - theirs[-1]) / 9 - 1) < 0.01

# %% [markdown]
# ## Where is $\varepsilon$?
#
# Below which size is a gradient treated as small? In RMSprop's first step $v = (1-\rho)\,g^2$. PyTorch adds $\varepsilon$ to the root $\sqrt v$; Keras adds it to $v$, *inside* the root. The two terms are equal at
#
# $$g = \frac{\varepsilon}{\sqrt{1-\rho}} \ \text{ (outside)}, \qquad g = \sqrt{\frac{\varepsilon}{1-\rho}} \ \text{ (inside)}.$$
#
# In Adam, Keras puts its $\varepsilon$ beside the root of the *uncorrected* $v$ (notebook 26). **Predict:** with each library's defaults, below which gradient does RMSprop's step shrink?

# %% tags=["figure"] mystnb={"image": {"alt": "Two log-log panels of the first step over lr against the gradient. Left, Adam: the curve of PyTorch's formula is at 1 down to gradients of about 1e-7, Keras' falls off below about 1e-5. Right, RMSprop: PyTorch's is at 10 down to about 1e-6, Keras' is at about 3 and falls off below 1e-3. Dots measured in Keras lie on Keras' curve."}}
g = np.geomspace(1e-9, 1, 19)
adam = keras.optimizers.Adam(1.0)
rmsprop = keras.optimizers.RMSprop(1.0)
formulas = {"adam": (adam, g / (g + 1e-8), g / (g + 1e-7 / np.sqrt(0.001))),
            "rmsprop": (rmsprop, g / (0.1 * g + 1e-8), g / np.sqrt(0.1 * g**2 + 1e-7))}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True)
for ax, (name, (rule, outside, inside)) in zip(axes, formulas.items(), strict=True):
    measured = -drive_keras(rule, np.zeros(len(g)), lambda t, w: g, 1)[0]
    ax.loglog(g, outside, color="black", label="PyTorch's formula")
    ax.loglog(g, inside, ":", color="black", label="Keras' formula")
    ax.loglog(g, measured, **look(name, linestyle="none", label="Keras, measured"))
    ax.set(xlabel="gradient $g$", ylabel=r"first step / $\mathrm{lr}$", title=name)
    print(f"{name} at g = 1e-6: PyTorch computed {outside[6]:.2g} lr,",
          f"Keras computed {inside[6]:.2g}, measured {measured[6]:.2g} lr")
axes[1].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* where a curve is flat, the size of the gradient does not matter, which is what these rules are for. The knee is where that stops. In Keras' RMSprop it lies at a gradient of one thousandth, which is no rare sight in a network.
#
# <details>
# <summary>Three AMSGrads</summary>
#
# AMSGrad's idea is that the denominator never falls. The paper takes the largest $v$ so far, and corrects nothing. Keras and PyTorch take the largest $v$ and correct it afterwards, by $1/(1-\beta_2^t)$, a factor that *falls*. optax corrects first and then takes the
# largest. Feed them one gradient 1, then 999 gradients of 0.001: in PyTorch's and Keras' form the denominator falls to $\sqrt{(1-0.999)/(1-0.999^{1000})} = 0.04$ of its first value.
#
# </details>

# %% tags=["guard"]
assert np.allclose(measured, inside, rtol=1e-3)
assert abs(np.sqrt(1e-7 / 0.1) - 1e-3) < 1e-9

# %% [markdown]
# ## What does `weight_decay` mean?
#
# In Keras the argument `weight_decay` shrinks $w$ by $\mathrm{lr}\,\lambda w$, a **decoupled** decay. In PyTorch the same word is an **L2 penalty** in most optimizers, $\lambda w$ added to the gradient, and a decay in three. These are the conventions of every optimizer in the four libraries. A test reads them again from the sources of those that are installed:

# %%
from course_lib.frameworks.decay import decay_table

display(Markdown(decay_table()))

# %% [markdown]
# How much does it matter? Let $\lambda = 0.1$, $\mathrm{lr} = 0.01$, gradients of the data zero, $w = 1$, 50 steps of Adam. Keras shrinks: $(1-\mathrm{lr}\,\lambda)^{50} = 0.951$. The L2 penalty gives Adam the gradient $\lambda w$, and Adam makes steps of
# length about $\mathrm{lr}$ of it. **Predict** what changes in each when $\lambda$ is a hundred times smaller.

# %%
from course_lib.frameworks.paths import coupled

for lam in (0.1, 0.001):
    decayed = keras.optimizers.Adam(0.01, weight_decay=lam)
    shrunk = drive_keras(decayed, np.ones(1), lambda t, w: np.zeros(1), 50)[-1, 0]
    penalised, _ = optimizers.follow(coupled(optimizers.adam, lam), np.zeros((50, 1)),
                                     np.ones(1), lr=0.01)
    print(f"lambda {lam}: Keras' Adam {shrunk:.4f}, L2 in Adam {penalised[-1, 0]:.3f}")

# %% [markdown]
# The decay obeys $\lambda$. The penalty hardly does: Adam divides the size of $\lambda w$ away.

# %% tags=["guard"]
assert abs(shrunk - (1 - 0.01 * 0.001) ** 50) < 1e-5 and 0.5 <= penalised[-1, 0] < 0.55
assert abs((1 - 0.001) ** 50 - 0.951) < 5e-4

# %% [markdown]
# ## scikit-learn: what is adaptive in `'adaptive'`?
#
# `SGDClassifier` and `MLPClassifier` take `learning_rate='adaptive'`, and one can read that this is Adam. It looks at no gradient. After each epoch it looks at the mean training loss. The epoch has *failed* if $loss > best - tol$, where $best$ is the lowest loss of
# the epochs before. After `patience` failures in a row the rate is divided by 5, for all weights, and the count starts again. That is a schedule, not an optimizer.
#
# ### Exercise 27.2 · The rule behind 'adaptive'
#
# Given the losses of the epochs, return the rate that each epoch was trained with, as a list. The first one has `lr`.

# %% tags=["exercise"]
def adaptive_rates(losses, *, lr, tol, patience):
    """Return the rate of every epoch."""
    ### BEGIN SOLUTION
    rates = []
    best = np.inf
    failures = 0
    for loss in losses:
        rates.append(lr)
        failures = failures + 1 if loss > best - tol else 0
        best = min(best, loss)
        if failures == patience:
            lr = lr / 5
            failures = 0
    return rates
    ### END SOLUTION

# %%
check.adaptive_rates(adaptive_rates)

# %% [markdown]
# To prove that nothing else is in it, train from scratch: `replay_mlp` takes this course's network, the rule above and momentum, and from scikit-learn only what is random. `n_iter_no_change` is 2. **Predict** how many failures it takes until the rate falls.

# %% tags=["nbval-ignore-output"]
from course_lib.data import datasets
from course_lib.frameworks.sklearn_replay import both_mlps

digits = datasets.split(datasets.embedded_digits())
replay = both_mlps(digits.X_train[:500].astype(float), digits.y_train[:500])
print(f"{len(replay.losses)} losses, largest difference {replay.apart:.0e}")
print(f"failures before the first drop: {replay.failures}")

# %% [markdown]
# Every loss is theirs. The rate falls after `n_iter_no_change + 1` failures: three here, not the two of the documentation. Its velocity holds the rate, as Keras' does, so at the first drop the loss may jump. And `MLPClassifier(solver='adam')` ignores the word `adaptive`.

# %% tags=["guard"]
assert replay.apart < 1e-9 and replay.failures == 3

# %% [markdown]
# ## The oracle lab
#
# How would you know that an optimizer is right? Many stop at one step: Adam's first step is $\mathrm{lr}\cdot\mathrm{sign}(g)$, and a line of code tests that. Below are ten wrong Adams, each made by replacing one piece of the right one's source. **Predict** how
# many of them pass the one-step test, and how many pass the five gradients.

# %%
from course_lib.frameworks.wrong_adams import ten_wrong_adams

for name, (one_step, five) in ten_wrong_adams().items():
    print(f"{name:20} one step: {'passes' if one_step else 'caught':7}",
          f" five gradients: {'caught' if five else 'passes'}")

# %% [markdown]
# Seven of ten pass one step, none passes the table. At $t = 1$ both hats make the betas cancel, the state is empty, and an ordinary gradient hides $\varepsilon$.
#
# ### Exercise 27.3 · A bug of your own
#
# Write an Adam with a bug that passes the one-step test and is caught by the table: one that is not in the list above, if you can. It must keep the form of a rule: nothing that it is given may be changed.

# %% tags=["exercise"]
def hidden_bug(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    ### BEGIN SOLUTION
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return w, {"t": t, "m": m_hat, "v": v}
    ### END SOLUTION

# %%
check.hidden_bug(hidden_bug)

# %% tags=["guard"]
found = list(ten_wrong_adams().values())
assert sum(one for one, _ in found) == 7 and all(five for _, five in found)

# %% [markdown]
# ## A live bug
#
# Schedule-Free AdamW (Defazio and others, 2024) has three points. Steps move $z$; $x$ is the average of all $z$ so far; and the gradient is taken in between, at $y = (1-\beta_1)\,z + \beta_1\,x$. So on any problem another $\beta_1$ must give another path. Keras has it as
# `keras.optimizers.ScheduleFreeAdamW`. Take the bowl $f(w) = w^2/2$ from $w = 1$. **Predict** how many different end points three values of `beta_1` give.

# %% tags=["figure", "nbval-ignore-output"] mystnb={"image": {"alt": "Weight against step on the bowl for three values of beta_1. Left, Keras' class: the three curves lie on one another. Right, this course's rule: three different curves."}}
from course_lib.frameworks import schedule_free as free

fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), sharey=True)
for beta1, line in ((0.1, "-"), (0.5, "--"), (0.9, ":")):
    optimizer = keras.optimizers.ScheduleFreeAdamW(0.1, beta_1=beta1)
    path = drive_keras(optimizer, np.ones(1), lambda t, w: w, 60)[:, 0]
    axes[0].plot(path, line, color="black", label=f"beta_1 = {beta1}")
    axes[1].plot(free.on_the_bowl(beta1)[0], line, color="black")
axes[0].set(xlabel="step $t$", ylabel="weight $w$", title=f"Keras {keras.__version__}")
axes[1].set(xlabel="step $t$", title="this course")
axes[0].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* in Keras 3.15.1, on TensorFlow, the three curves are one. (If yours differ, your Keras has repaired it.) A number that changes nothing is a symptom one can search for in any code. Before asking what is wrong, have something that is right:
#
# ### Exercise 27.4 · Schedule-Free, without an alias
#
# In the contract of the course, `w` is $y$; carry $t$, $v$, $z$, $x$ in the state. $z$ and $x$ begin where $w$ is. With $c = 1/t$:
#
# $$v \leftarrow \beta_2 v + (1-\beta_2)\,g^2, \quad z \leftarrow z - \mathrm{lr}\,\frac{g}{\sqrt{v/(1-\beta_2^t)} + \varepsilon}, \quad x \leftarrow (1-c)\,x + c\,z, \quad y = (1-\beta_1)\,z + \beta_1\,x .$$

# %% tags=["exercise"]
def schedule_free(w, g, state, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return the next y, and the state with t, v, z, x."""
    ### BEGIN SOLUTION
    t = state.get("t", 0) + 1
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
    z = state.get("z", w) - lr * g / (np.sqrt(v / (1 - beta2**t)) + eps)
    x = (1 - 1 / t) * state.get("x", w) + z / t
    w = (1 - beta1) * z + beta1 * x
    return w, {"t": t, "v": v, "z": z, "x": x}
    ### END SOLUTION

# %%
check.schedule_free(schedule_free)

# %% [markdown]
# Keras stores $z$ and $y$ only. Put $x$ from the last formula into the others, and with $c = 1/t$ the new $y$ is
#
# $$y_{\rm new} = (1-c)\,y_{\rm old} + c\,z_{\rm new} + (1-c)(1-\beta_1)\,(z_{\rm new} - z_{\rm old}) .$$
#
# If a program has lost $z_{\rm old}$ and takes $z_{\rm new}$ for it, then $\beta_1$ is gone, and what remains is the running average of $z$. So the suspicion makes a **prediction**: Keras' variable is not $y$ but $x$. Test it, and test what `.value` of a variable is, since Keras keeps the old $z$ by that.

# %% tags=["nbval-ignore-output"]
z = keras.Variable(1.0)
kept = z.value
z.assign_sub(0.25)
print(f"z was 1 and is {float(z):.2f}; its .value, kept before, is {float(kept):.2f}")
print("Keras' class is", free.diagnose(keras.optimizers.ScheduleFreeAdamW))
for name, distance in free.limits().items():
    print(f"with copies, {name:18} distance to this course's rule {distance:.1g}")
y, x = (path[-1] for path in free.on_the_bowl(0.9))
print(f"after 60 steps with beta_1 = 0.9: y = {y:.3f}, x = {x:.3f}")

# %% [markdown]
# On TensorFlow `z.value` is the variable itself under a second name, an **alias**. No error, no warning, a falling loss, and a test that compares final losses passes. The class `free.repaired()` keeps copies, and follows $y$ again. Two limits, which the cell has measured:
#
# - It is right for a *constant* rate without warm-up or weight decay. Keras weights all $z$ alike and decays $y$; the paper and this course weight by $\mathrm{lr}^2$ and decay inside the step of $z$.
# - It changes what is evaluated. The authors of the method evaluate and save $x$. Keras has no switch between $y$ and $x$, so a repaired class evaluates $y$, while the aliased one happens to hold $x$.
#
# **How one reports such a thing.** Search the tracker for class and symptom. Then one issue for one fault, which a stranger can check within a minute. It has a title that says what happens and where, the versions, and a script without data or model. It says what was expected and why, what happened, and the cause, with how sure you are. Best of all is a repair with a test that fails without it.

# %% tags=["guard"]
assert free.diagnose(keras.optimizers.ScheduleFreeAdamW) in ("aliased", "right")
distances = list(free.limits().values())
assert distances[0] < 1e-6 and min(distances[1:]) > 0.01 and abs(x - y) > 0.01

# %% [markdown]
# ## Your own optimizer inside `fit`
#
# The way back: a rule of this course, or one of yours, as a Keras optimizer. Keras calls `build` once with all variables and `update_step` for each at every step; schedules and clipping remain Keras' business.

# %%
from course_lib.frameworks import keras_optimizer

show_source(keras_optimizer)
keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10)])
model.compile(keras_optimizer(optimizers.adam, lr=0.001), run_eagerly=True,
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
told = model.fit(digits.X_train[:500], digits.y_train[:500], epochs=3, verbose=0)
print("losses:", " ".join(f"{loss:.2f}" for loss in told.history["loss"]))

# %% [markdown]
# `self.assign` writes into the variable; `variable = w` would only give the name another meaning.
#
# ## Summary
#
# - Same name, same numbers, other steps. Each difference has one cause that can be written down.
# - Keras puts $\varepsilon$ inside the root (AdaGrad, RMSprop) or beside the uncorrected root (Adam).
# - `weight_decay` shrinks $w$ in Keras. In PyTorch it is an L2 penalty, but for AdamW, Adafactor and Muon. Look up every other name.
# - A velocity that holds the rate (Keras, scikit-learn) goes on at the old rate after a drop; multiply it by $\mathrm{lr}_{\rm new}/\mathrm{lr}_{\rm old}$.
# - `'adaptive'` in scikit-learn divides one rate by 5 on a plateau of the training loss.
# - One step tests next to nothing of an optimizer. Five well-chosen gradients caught all ten wrong Adams.
# - `keras.optimizers.ScheduleFreeAdamW` in Keras 3.15.1 ignores `beta_1` on TensorFlow: an aliased variable.
#
# ## Questions to ask yourself
#
# **1.** You port a training with RMSprop from PyTorch to Keras. Which arguments do you give, and what remains different?
#
# <details>
# <summary>Answer</summary>
#
# `learning_rate=0.01` and `rho=0.99` are PyTorch's defaults; `epsilon` has to be so small that its place does not matter for your gradients. If there was weight decay, it was an L2 penalty: add it to the loss, not as `weight_decay`.
#
# </details>
#
# **2.** A colleague says that Keras' Adam and PyTorch's Adam gave the same results on his problem, so there is no difference. What do you ask?
#
# <details>
# <summary>Answer</summary>
#
# How large the gradients are. For $|g| = 0.01$ the first steps differ by 0.03 %, which nobody sees. The difference is in the weights whose gradients are tiny, and in the first thousand steps, before $\sqrt{1-\beta_2^t}$ has come near 1.
#
# </details>
#
# **3.** How would you have found the Schedule-Free bug without reading any code?
#
# <details>
# <summary>Answer</summary>
#
# By asking of every argument: what must change if I change it? Two runs with two values of `beta_1`, and a test that they differ. The same question, asked of all arguments, is a cheap test for anything that you write yourself.
#
# </details>
#
# ## Go deeper
#
# - D. Kingma, J. Ba, [Adam: a method for stochastic optimization](https://arxiv.org/abs/1412.6980), 2015. Section 2 gives both places of $\varepsilon$.
# - I. Loshchilov, F. Hutter, [Decoupled weight decay regularization](https://arxiv.org/abs/1711.05101), 2019.
# - S. Reddi, S. Kale, S. Kumar, [On the convergence of Adam and beyond](https://arxiv.org/abs/1904.09237), 2018: AMSGrad.
# - A. Defazio and others, [The road less scheduled](https://arxiv.org/abs/2405.15682), 2024: Schedule-Free.
#
# **Next:** now that you know which rule runs, which one should? [28: Compare optimizers fairly](28_compare_optimizers_fairly.ipynb)
