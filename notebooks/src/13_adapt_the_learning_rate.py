# %% [markdown]
# # 13 · Adapt the learning rate
#
# *What do AdaGrad and RMSprop adapt to?*
#
# Gradient descent has one learning rate for all weights. Two rules give every weight a rate of its own, made from
# nothing but the gradients seen so far. In this notebook you predict those rates, and then the speed they buy. You
# also predict where they buy nothing.
#
# **You will do:** write AdaGrad and RMSprop, predict their steps by hand, find out what $\varepsilon$ is
# for, and turn a landscape under a running optimizer.
#
# **You will learn:** that these rules adapt to the *size* of the gradient along the *axes*, not to curvature and not
# to rarity; why AdaGrad's rates only fall; why RMSprop does not settle; which units a learning rate has, and where
# Adadelta gets its own from.
#
# **You need:** gradient descent on quadratics, as in [05: Descend the gradient](05_descend_the_gradient.ipynb).
#
# **Minutes:** 90
#
# As in notebook 05 the loss is a function of the weights alone; whether a low loss is any good for new data is
# another question, and notebook 23 asks it.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## What would a rate for every weight buy?
#
# Take $f(w) = \tfrac12 (w_1^2 + 1000\, w_2^2)$. Its curvatures are $\lambda_1 = 1$ and $\lambda_2 = 1000$, so its
# condition number is $\kappa = 1000$. In notebook 05 the best single rate, $lr = 2/(\lambda_1 + \lambda_2)$, shrank
# the distance by the factor $q = (\kappa-1)/(\kappa+1)$ in each step, so the loss by $q^2$. To fall to a millionth of
# its start, the loss needs
#
# $$t = \left\lceil \frac{\ln 10^{-6}}{2 \ln q} \right\rceil = 3454 \text{ steps}.$$
#
# Now let coordinate $i$ have its own rate $lr_i$, so that $w_i$ is multiplied by $1 - lr_i\,\lambda_i$. **Predict:**
# which two rates are best, and how many steps do they need?

# %%
import math

from course_lib import landscapes, optimizers
from course_lib.optimizers import descent

bowl, kappa = landscapes.quadratic([1.0, 1000.0]), 1000
q = (kappa - 1) / (kappa + 1)
one = descent.minimize(bowl, [1.0, 1.0], "sgd", lr=2 / (1 + kappa), n_steps=4000)
own = descent.minimize(bowl, [1.0, 1.0], "sgd", lr=np.array([1.0, 1 / kappa]), n_steps=4000)
steps = [int(descent.settled(run.loss, 1e-6 * run.loss[0])) for run in (one, own)]
predicted = math.ceil(math.log(1e-6) / (2 * math.log(q)))
print(f"one rate for both:     predicted {predicted}, measured {steps[0]}")
print(f"rates 1/lambda_i each: predicted 1, measured {steps[1]}")
assert steps == [predicted, 1]

# %% [markdown]
# One step instead of 3454. But those rates were made from the curvatures, and an optimizer sees only gradients. What
# can a gradient tell about the rate that its coordinate should have?
#
# ## AdaGrad: divide by the size of all gradients so far
#
# Duchi, Hazan and Singer proposed in 2011 to keep, for every coordinate $i$, the sum of its *squared* gradients, and
# to divide by its root:
#
# $$v_{t,i} = v_{t-1,i} + g_{t,i}^2, \qquad v_{0,i} = 0, \qquad
# w_{t,i} = w_{t-1,i} - \frac{lr}{\sqrt{v_{t,i}} + \varepsilon}\; g_{t,i} .$$
#
# The fraction is the coordinate's **effective rate**. $\varepsilon$, in code `eps`, is tiny; it keeps a gradient that
# was always zero from making $0/0$, and gets a section of its own below. (The paper has several forms; this is the
# diagonal one, without constraints, that everybody uses.)
#
# ### Exercise 13.1 · Write AdaGrad
#
# A rule gets the point `w`, the gradient `g` there and the `state` that it returned the last time, at first `{}`. It
# returns the new point and the new state, here `{"v": v}`. Everything works element by element, and the arrays that you
# are given stay unchanged.

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
# ## Squares, not gradients
#
# Some texts say that AdaGrad accumulates gradients. Feed it three streams of gradients: always $1$; always $1000$;
# and $+1, -1, +1, -1, \dots$ The *sum of gradients* after 100 steps is 100, 100 000 and 0. **Predict** the length of
# the 100th step with $lr = 1$ in each case. Forget $\varepsilon$; after $t$ equal squares $v_t = t\,g^2$.

# %%
def walk(name, gradients, lr=1.0, **hyper):
    w, state, path = np.zeros(()), {}, [0.0]
    for g in gradients:
        w, state = optimizers.STEPS[name](w, g, state, lr=lr, **hyper)
        path.append(float(w))
    return np.array(path)

for name, gradients in (("always 1", np.ones(100)), ("always 1000", np.full(100, 1000.0)),
                        ("+1, -1, ...", (-1.0)**np.arange(100))):
    steps = np.abs(np.diff(walk("adagrad", gradients)))
    print(f"{name:11}: step 1 predicted 1, measured {steps[0]:.3f}; step 100 predicted 0.1, measured {steps[-1]:.3f}")
    assert np.allclose(steps, 1 / np.sqrt(np.arange(1, 101)), rtol=1e-7)

# %% [markdown]
# All three are the same: $|{\rm step}_t| = lr/\sqrt t$. Neither size nor sign matters, only how the sizes of the past
# compare with the size now. So `lr` has become a *length*: the length of the first step, in every coordinate,
# whatever the gradient. Two consequences. A constant slope is followed over the distance $\sum_t lr/\sqrt t \approx
# 2\,lr\sqrt t$: ever slower, but without end. And an effective rate *never rises*, because nothing is ever taken from
# the sum.
#
# ## RMSprop: let the sum leak
#
# If the gradients were large in the beginning, AdaGrad pays for it for ever. Tieleman and Hinton (a lecture in 2012)
# replaced the sum by a moving average of the squares, which forgets:
#
# $$v_t = \rho\, v_{t-1} + (1-\rho)\, g_t^2, \qquad w_t = w_{t-1} - \frac{lr}{\sqrt{v_t} + \varepsilon}\; g_t, \qquad v_0 = 0,$$
#
# with $0 \le \rho < 1$, in code `rho`. A gradient $k$ steps ago counts with the weight $(1-\rho)\rho^k$; the memory
# is about $1/(1-\rho)$ steps long. It is the average of the *square*, as the name says: **r**oot of the **m**ean
# **s**quare. The mean of the gradient itself would be near zero where its sign alternates, and we would divide by
# that.
#
# ### Exercise 13.2 · Write RMSprop
#
# The form is the same as before; one line changes.

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
# Two experiments with $lr = 1$ and $\rho = 0.9$, first on paper.
#
# **A. Steep, then gentle.** The gradient is 10 for 100 steps, then 1. While it is 10, RMSprop's effective rate
# settles at $1/10$. Then $v = 1 + 99\rho^k$ after $k$ gentle steps. The rate is back at half of its final value 1
# when $v \le 4$, that is after $k = \lceil \ln 33/\ln(1/\rho) \rceil$ steps. AdaGrad has $v = 10\,000 + k$.
# **Predict** its rate after 200 gentle steps.
#
# **B. Rare.** The gradient is 1 at every tenth step and 0 in between. AdaGrad's sum stands still in between.
# RMSprop's leaks. In the long run its average just after a gradient satisfies $v = \rho^{10} v + (1-\rho)$.
# **Predict** both rates at the rare steps.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of effective rates on a log scale against the step. Left, gradient 10 then 1: both rates settle or fall to 0.1 and 0.01; after step 100 the rate of RMSprop climbs to 1 within about 50 steps, that of AdaGrad stays just below 0.01. Right, one gradient in ten steps: AdaGrad's rate is a falling staircase, RMSprop's a saw-tooth between 2.6 and 4.1."}}
def effective_rates(name, gradients):
    state, rates = {}, []
    for g in gradients:
        _, state = optimizers.STEPS[name](0.0, g, state, lr=1.0)
        rates.append(1 / math.sqrt(state["v"]))
    return np.array(rates)

streams = {"A. Only RMSprop recovers": np.r_[np.full(100, 10.0), np.ones(200)], "B. Only RMSprop climbs": np.arange(100) % 10 == 0.0}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 4), sharey=True)
for ax, (title, gradients) in zip(axes, streams.items(), strict=True):
    for name in ("adagrad", "rmsprop"):
        ax.semilogy(np.arange(1, len(gradients) + 1), effective_rates(name, 1.0 * gradients), **look(name, marker=None))
    ax.set(xlabel="step $t$", ylabel="effective rate / lr", title=title)
axes[1].legend(loc="lower left")
plt.show()

# %% [markdown]
# *Reading the figure:* on the left RMSprop has forgotten the steep part soon, AdaGrad never does. On the right
# AdaGrad's staircase only goes down, a step for each gradient; RMSprop's rate climbs while nothing happens and drops
# when something does. So it is not AdaGrad but RMSprop that *raises* the rate of a weight that is seldom used; and
# that is a side effect of forgetting, not a reward for rarity. The numbers:

# %%
A, B = (1.0 * gradients for gradients in streams.values())
fast, slow = effective_rates("rmsprop", A), effective_rates("adagrad", A)
print(f"A rmsprop back at 1/2: predicted after {math.ceil(math.log(33) / math.log(1 / 0.9))} steps, "
      f"measured {(fast[100:] >= 0.5).argmax() + 1}")
print(f"A adagrad, 200 gentle steps later: predicted {1 / math.sqrt(10_200):.4f}, measured {slow[-1]:.4f}")
saw, stairs = effective_rates("rmsprop", B), effective_rates("adagrad", B)
print(f"B rmsprop at the tenth gradient: predicted {math.sqrt((1 - 0.9**10) / 0.1):.2f}, measured {saw[90]:.2f}")
print(f"B adagrad at the tenth gradient: predicted {1 / math.sqrt(10):.3f}, measured {stairs[90]:.3f}")
print(f"steps at which adagrad's rate rose: predicted 0, measured {sum((np.diff(r) > 0).sum() for r in (slow, stairs))}")
assert (fast[100:] >= 0.5).argmax() + 1 == 34 and math.isclose(slow[-1], 10_200**-0.5)
assert math.isclose(saw[90], math.sqrt((1 - 0.9**10) / 0.1), rel_tol=1e-3) and math.isclose(stairs[90], 10**-0.5)

# %% [markdown]
# ### Exercise 13.3 · Predict the step at t = 100
#
# Let $lr = 0.1$ and $\rho = 0.9$; neglect $\varepsilon$. Give the length of the step at $t = 100$, in this order:
#
# 1. gradient descent, the gradient is 4 at every step;
# 2. AdaGrad, the gradient is 4 at every step;
# 3. RMSprop, the gradient is 4 at every step;
# 4. AdaGrad, the gradient is 4 at $t = 10, 20, \dots, 100$ and 0 otherwise.

# %% tags=["exercise"]
### BEGIN SOLUTION
steps_at_100 = [0.1 * 4, 0.1 / math.sqrt(100), 0.1, 0.1 / math.sqrt(10)]
### END SOLUTION

# %%
check.steps_at_100(steps_at_100)

# %% [markdown] tags=["solution"]
# AdaGrad: $v = n \cdot 4^2$ after $n$ gradients, so the step is $lr \cdot 4/(4\sqrt n)$, with $n = 100$ and with $n =
# 10$. RMSprop: $v_{100} = (1 - 0.9^{100}) \cdot 4^2$, and $0.9^{100} = 0.00003$, so the step is $lr$. The 4 matters
# to gradient descent only.

# %% [markdown]
# ## The price of forgetting: RMSprop does not settle
#
# Take a parabola $f = \tfrac12\lambda w^2$, run RMSprop with a constant `lr`, and wait. As the minimum comes near,
# the gradient shrinks, but so does $\sqrt v$, and the step stays about `lr`. Suppose the run ends up jumping to and
# fro between $+a$ and $-a$. Then $|g| = \lambda a$ at every step, so $\sqrt v = \lambda a$, and every step has length
# $lr$. It also has length $2a$. **Predict** $a$, and say how it depends on $\lambda$. Then run AdaGrad, and gradient
# descent at $lr = 1/\lambda$.

# %%
for lam in (1.0, 1000.0):
    parabola = landscapes.quadratic([lam])
    for lr in (0.1, 0.01):
        late = np.abs(descent.minimize(parabola, [1.0], "rmsprop", lr=lr, n_steps=3000).w[-100:, 0])
        print(f"rmsprop, lambda {lam:4.0f}, lr {lr:4}: |w| at the end predicted {lr / 2}, measured {late.mean():.3f}")
        assert np.allclose(late, lr / 2, rtol=1e-3)
    for name, lr in (("adagrad", 0.1), ("sgd", 1 / lam)):
        run = descent.minimize(parabola, [1.0], name, lr=lr, n_steps=3000)
        print(f"{name}, lambda {lam:4.0f}: predicted 0, measured {abs(run.final[0]):.3f}")
        assert abs(run.final[0]) < 1e-6

# %% [markdown]
# The floor is $lr/2$, for every curvature tried here. A smaller `lr` lowers it and slows the way there; a schedule
# does the one after the other (notebook 16).
#
# ## What is ε, and where does it stand?
#
# Here is AdaGrad as the library has it. Look at the last thing in the second line.

# %% tags=["mirrors:course_lib.optimizers.rules.adagrad"]
def adagrad(w, g, state, *, lr, eps=1e-8):
    v = state.get("v", 0.0) + g * g
    w = w - lr * g / (np.sqrt(v) + eps)
    return w, {"v": v}

# %% [markdown]
# $\varepsilon$ is sometimes called a regularisation factor. It regularises nothing: no weight is drawn anywhere by
# it. It is a number *with the unit of a gradient*, and it says which gradients count as zero. At the first step,
# where $v = g^2$, the step is
#
# $$lr\,\frac{g}{|g| + \varepsilon} \approx \begin{cases} \pm\, lr & |g| \gg \varepsilon \quad \text{(only the sign counts)} \\
# \dfrac{lr}{\varepsilon}\, g & |g| \ll \varepsilon \quad \text{(gradient descent with the rate } lr/\varepsilon). \end{cases}$$
#
# Some codes put it *inside* the root, $\sqrt{v + \varepsilon}$: Keras does so in its RMSprop and AdaGrad, while
# PyTorch adds it outside. Inside it has the unit of a *squared* gradient. **Predict** for $\varepsilon = 10^{-8}$ and
# a gradient of just this size, the first step with $\varepsilon$ outside, and inside. At which gradient does the
# inside form reach $lr/\sqrt2 \approx 0.707\,lr$?

# %% tags=["figure"] mystnb={"image": {"alt": "Log-log plot of the first step divided by lr against the size of the gradient, from 1e-12 to 1. With eps outside the root the curve rises with slope one and saturates at 1 from about 1e-8 on; with eps inside it saturates only from about 1e-4 on, ten thousand times later."}}
size = np.geomspace(1e-12, 1, 193)  # 16 to a decade: number 64 is eps, number 128 its root
outside = -optimizers.adagrad(0 * size, size, {}, lr=1.0, eps=1e-8)[0]
inside = size / np.sqrt(size**2 + 1e-8)
fig, ax = plt.subplots()
ax.loglog(size, outside, **look("adagrad", label=r"outside: $g/(\sqrt{v}+\varepsilon)$"))
ax.loglog(size, inside, **look("other", label=r"inside: $g/\sqrt{v+\varepsilon}$"))
ax.axvline(1e-8, color="0.5", linestyle="--", linewidth=1.2)
ax.set(xlabel="size of the gradient $|g|$ (dashed: $\\varepsilon$)", ylabel="first step / lr",
       title=r"Inside the root, $\mathbf{\varepsilon = 10^{-8}}$ rules all gradients below $\mathbf{10^{-4}}$")
ax.legend()
plt.show()
print(f"|g| = eps: outside predicted 1/2 lr, measured {outside[64]:.3f} lr")
print(f"|g| = eps: inside predicted 1e-4 lr, measured {inside[64]:.0e} lr, {outside[64] / inside[64]:.0f} times less")
print(f"|g| = sqrt(eps): inside predicted {1 / math.sqrt(2):.3f} lr, measured {inside[128]:.3f} lr")
assert np.allclose([outside[64], inside[64], inside[128]], [0.5, 1e-4, 0.5**0.5], rtol=1e-6)

# %% [markdown]
# *Reading the figure:* the knee of each curve is where the rule stops normalising and becomes gradient descent. With
# the same number it lies at $\varepsilon$ for one form, and at $\sqrt\varepsilon$ for the other. A gradient of size
# $\varepsilon$ is stepped on 5000 times harder by one than by the other.
#
# ## Turn the landscape by 45°
#
# Back to $\kappa = 1000$. On $f = \tfrac12\sum_i \lambda_i w_i^2$ the coordinate $i$ sees $g_i = \lambda_i w_i$, and
# AdaGrad divides by a root of sums of $\lambda_i^2 w_i^2$: **the curvature cancels**. Every coordinate moves as if
# its curvature were 1. So on *aligned* axes AdaGrad must take the same path for $\kappa = 1000$ as for $\kappa = 1$,
# apart from $\varepsilon$.
#
# Now turn the landscape, and the start with it, by an angle. The problem is the same one, seen from another side.
# Gradient descent does not notice: a turned $w$ has a turned gradient. AdaGrad does; its rates belong to the axes.
# What is the most that rates for the axes can do? Let $H$ be the turned Hessian, and choose fixed rates $lr_i$ in the
# best way. Speed depends on the ratio $\kappa_D$ of the eigenvalues of $D H$, with $D$ the diagonal matrix of the
# rates. For two weights,
#
# $$\kappa_D + \frac1{\kappa_D} + 2 = \frac{({\rm trace}\,DH)^2}{\det DH}
# = \frac{(lr_1 H_{11} + lr_2 H_{22})^2}{lr_1\, lr_2\,\det H} \ge \frac{4\,H_{11}H_{22}}{\det H},$$
#
# with equality for $lr_i \propto 1/H_{ii}$ (a sum of two numbers is at least twice the root of their product). Then
# $\kappa_D = (1+r)/(1-r)$ with $r = |H_{12}|/\sqrt{H_{11}H_{22}}$. **Predict:** at 45°, where $H_{11} = H_{22}$, what
# do the best fixed rates buy?

# %%
same = [descent.minimize(landscapes.quadratic([1.0, lam]), [1.0, 1.0], "adagrad", lr=0.5, n_steps=100).w for lam in (1.0, 1000.0)]
print(f"aligned: largest distance of the two paths predicted 0, measured {np.abs(same[0] - same[1]).max():.0e}")
assert np.allclose(same[0], same[1], atol=1e-6)

degrees = np.array([0, 2, 5, 10, 20, 30, 45])
H = np.array([landscapes.quadratic([1.0, kappa], angle=a).hess(np.zeros(2)) for a in np.radians(degrees)])
r = np.abs(H[:, 0, 1]) / np.sqrt(H[:, 0, 0] * H[:, 1, 1])
kappa_D = (1 + r) / (1 - r)
for k in (0, 2, 4, 6):
    print(f"{degrees[k]:2} degrees: best fixed rates leave kappa_D = {kappa_D[k]:4.0f} of {kappa}")
assert math.isclose(kappa_D[-1], kappa, rel_tol=1e-6)

# %% [markdown]
# At 45° they buy nothing at all: $\kappa_D = \kappa$. (This is for two weights. In more dimensions there is no such
# simple formula; how much fixed rates gain depends on the rotation.)
#
# The measurement is made fair in this way: at every angle, each method is tuned over 25 rates, and scored by the
# number of steps until the loss is at a millionth of its start for good, at the worst of eight starts around a
# circle, with the best rate for this score. The function below does all angles, rates and starts at once. The third
# method, *fixed*, is gradient descent with the rates $lr/H_{ii}$; it needs $H$, so it is no rule, but the yardstick.
# **Predict** the shape of the three curves.

# %%
def steps_needed(name, rates, scale):
    """Return, for each angle, the steps at the worst of eight starts with the best of the rates."""
    angle, rate, start = (k.ravel() for k in np.indices((len(degrees), len(rates), 8)))
    H_run, turn = H[angle], np.radians(22.5 + 45 * start + degrees[angle])

    def fun(w):
        g = (H_run * w[:, None, :]).sum(-1)
        return 0.5 * (w * g).sum(-1), g

    run = descent.minimize(fun, np.stack([np.cos(turn), np.sin(turn)], -1), name, n_steps=5000, keep_path=False,
                           lr=rates[rate][:, None] * scale[angle])
    steps = descent.settled(run.loss, 1e-6 * run.loss[0]).reshape(len(degrees), len(rates), 8).max(-1)
    return steps.min(axis=1)

# %% [markdown]
# For *fixed* there is a bound to compare with, the formula of the first section with $\kappa_D$ in place of $\kappa$.
# It holds for the worst of *all* starts; with eight starts and a tuned rate we may stay below it.

# %% tags=["figure"] mystnb={"image": {"alt": "Steps needed on a log scale against the angle from 0 to 45 degrees. Gradient descent is a flat line at about 2300. AdaGrad starts at 4, reaches 138 at 2 degrees, crosses gradient descent between 20 and 30 degrees and ends at about 3200. The best fixed rates start at 3, stay below AdaGrad, and reach gradient descent at 45 degrees; a grey curve bounds them from above."}}
one, inverse = np.ones((len(degrees), 1)), 1 / np.einsum("aii->ai", H)
gd = steps_needed("sgd", np.geomspace(2e-4, 2.05e-3, 25), one)
ada = steps_needed("adagrad", np.geomspace(0.1, 40, 25), one)
fixed = steps_needed("sgd", np.geomspace(0.2, 2.05, 25), inverse)
bound = math.log(1e-6) / (2 * np.log((kappa_D[1:] - 1) / (kappa_D[1:] + 1)))
fig, ax = plt.subplots()
ax.semilogy(degrees[1:], bound, color="0.75", linewidth=6, label="bound for fixed")
ax.semilogy(degrees, gd, **look("sgd", label="gradient descent", markevery=1))
ax.semilogy(degrees, ada, **look("adagrad", markevery=1))
ax.semilogy(degrees, fixed, **look("other", label="fixed, needs $H$", markevery=1))
ax.set(xlabel="angle between the valley and the axes (degrees)", ylabel="steps to a millionth of the loss",
       xticks=degrees[[0, 3, 4, 5, 6]], title="AdaGrad leads on aligned axes and trails at 45°")
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *Reading the figure:* gradient descent is flat, as it must be. The other two lose their lead within a few degrees,
# and at 45° even the best fixed rates only draw level. AdaGrad ends up behind. How can it need only 4 steps when
# aligned? Its tuned rate there is huge, about 30. The first step overshoots by that much, and then $\sqrt{v_i}
# \approx \lambda_i\, lr$, so the effective rate is $lr/\sqrt{v_i} \approx 1/\lambda_i$: the ideal rate of the first
# section, measured by a wild jump.

# %%
print(f"gradient descent: same at all angles, predicted spread 0, measured {np.ptp(gd):.0f}; about {round(gd[0], -1):.0f} steps")
print(f"aligned: adagrad {ada[0]:.0f}; at 2 degrees about {round(ada[1], -1):.0f}; "
      f"at 45 degrees about {round(ada[-1], -1):.0f}")
print(f"fixed / gradient descent at 45 degrees: predicted 1, measured {fixed[-1] / gd[-1]:.1f}")
assert np.ptp(gd) <= 2 and ada[0] <= 5 and 1.2 < ada[-1] / gd[-1] < 1.6
assert (fixed[1:] <= bound + 1).all() and (fixed <= ada).all() and 0.9 < fixed[-1] / gd[-1] < 1.1

# %% [markdown]
# (AdaGrad's authors also give a form with a full matrix, the root of the sum of $g g^\top$. It turns with the
# landscape, at the price of $n^2$ numbers to store; notebook 32 returns to it.)
#
# ## Rare and frequent features
#
# AdaGrad was made for data in which most features are absent most of the time: words in a text. Linear regression on
# such data: 20 features, each 1 if present and 0 if not. Five are present in half of the examples (one of these
# always), five in $1/8$, five in $1/32$, five in $1/128$. The target is $y = \sum_j w^*_j x_j$ plus noise of standard
# deviation $0.5$, with $w^*_j = \pm1$. One example a step, each seen once, 2000 in all: a feature of the last group
# is seen about 16 times. If $x_j = 0$, then $g_j = 0$ and $w_j$ waits.
#
# A rate that suits 1000 noisy looks is too small for 16, and vice versa. AdaGrad's $v_j$ grows only when feature $j$
# is present, so its rates should fall like one over the root of the *count*. **Predict** the ratios of the effective
# rates, rare group to frequent group: $\sqrt{4}$, $\sqrt{16}$, $\sqrt{64}$.
#
# Two controls keep us honest. *Decay*: gradient descent with $lr/\sqrt t$ for all weights; is it the falling that
# helps, or the falling *one by one*? And *equal*: the same data with all 20 features present in half of the examples.
# Everything is tuned over 13 rates, one rate for all of ten data sets.

# %%
def regression(p, step, rates, schedule=lambda t: 1.0, n_steps=2000):
    """Return the squared errors (10 data sets, 20 weights) at the best rate, and the state's v."""
    rng = np.random.default_rng(0)
    true = rng.choice([-1.0, 1.0], (10, 1, 20))
    X = rng.random((n_steps, 10, 1, 20)) < p
    y = (X * true).sum(-1) + 0.5 * rng.normal(size=X.shape[:3])
    w, state, lr = np.zeros((10, len(rates), 20)), {}, rates[:, None]
    with np.errstate(over="ignore", invalid="ignore"):  # the largest rates may diverge
        for t in range(n_steps):
            residual = (X[t] * w).sum(-1) - y[t]
            w, state = step(w, residual[..., None] * X[t], state, lr=lr * schedule(t + 1))
        error = (w - true)**2
    best = np.nanargmin(error.mean(axis=(0, 2)))
    assert 0 < best < len(rates) - 1
    return error[:, best], state.get("v", w)[:, best]

# %% [markdown]
# **Before you run the next cell:** order the three rules by their error, for the rare data and for the equal data.
# For which is `decay` good enough?

# %% tags=["figure"] mystnb={"image": {"alt": "Mean squared error of the weights on a log scale for four groups of features, seen in one half, one eighth, one thirty-second and one hundred-and-twenty-eighth of the examples. AdaGrad rises from 0.002 to 0.04; constant gradient descent lies above it throughout, from 0.02 to 0.06; decaying gradient descent is close to AdaGrad on the frequent groups and far the highest, above 0.4, on the rarest."}}
p_rare = np.repeat([1 / 2, 1 / 8, 1 / 32, 1 / 128], 5)
p_rare[0] = 1.0
rules = {"sgd": (optimizers.sgd, np.geomspace(0.003, 0.3, 13)), "adagrad": (optimizers.adagrad, np.geomspace(0.03, 3, 13)),
         "decay": (optimizers.sgd, np.geomspace(0.1, 10, 13), lambda t: 1 / math.sqrt(t))}
rare = {name: regression(p_rare, *rule) for name, rule in rules.items()}
fig, ax = plt.subplots()
for name, (error, _) in rare.items():
    style = look(name, markevery=1) if name != "decay" else look("sgd", linestyle="--", markevery=1)
    ax.semilogy(error.mean(0).reshape(4, 5).mean(1), **style | {"label": {"decay": "sgd, lr / √t"}.get(name, name)})
ax.set(xticks=range(4), xticklabels=["1/2", "1/8", "1/32", "1/128"], xlabel="share of examples with the feature",
       ylabel="mean squared error of $w$", title="AdaGrad is good on frequent and on rare features")
ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the constant rate is a compromise, too large for the frequent features and too small for the
# rare ones. The global decay (dashed) is as good as AdaGrad on the frequent ones, and has nearly stopped before the
# rarest were learnt. AdaGrad is good at both ends. And the control with equal frequencies:

# %%
v = rare["adagrad"][1]
ratios = [np.mean(v[:, group]**-0.5) / np.mean(v[:, 1:5]**-0.5) for group in (slice(5, 10), slice(10, 15), slice(15, 20))]
print("effective rates, rare / frequent: predicted 2, 4, 8, measured", ", ".join(f"{ratio:.1f}" for ratio in ratios))
equal = {name: regression(np.full(20, 0.5), *rule) for name, rule in rules.items()}
for title, result in (("rare ", rare), ("equal", equal)):
    print(f"mean squared error, {title} features:", ", ".join(f"{name} {e.mean():.2g}" for name, (e, _) in result.items()))
wins = [sum(rare["adagrad"][0].mean(1) < rare[name][0].mean(1)) for name in ("sgd", "decay")]
print(f"data sets with rare features on which adagrad beats sgd: {wins[0]} of 10, decay: {wins[1]} of 10")
assert np.allclose(ratios, [2, 4, 8], rtol=0.15) and min(wins) >= 9
assert equal["decay"][0].mean() < 1.1 * equal["adagrad"][0].mean()

# %% [markdown]
# With rare features AdaGrad wins. With equal frequencies nothing is left of it: one global $lr/\sqrt t$ does at least
# as well, because AdaGrad's rates then all fall together. So the gain comes from rates that fall *at different
# speeds*. They all fall: **AdaGrad never raises the rate of a rare feature; it lowers the others more.** (This is
# linear regression with noise, in one pass over the data. How much is gained depends on the noise and on how rare
# rare is.)
#
# ## Summary
#
# | rule | divides $g$ by | step on a constant gradient | `lr` is | its rate |
# |---|---|---|---|---|
# | gradient descent | nothing | $lr\,\lvert g\rvert$ | m²/euro | constant |
# | AdaGrad | $\sqrt{\sum g^2}$ | $lr/\sqrt t$ | a length | never rises |
# | RMSprop | $\sqrt{\text{mean of } g^2}$ | $lr$ | a length | rises and falls; on a parabola the run ended $lr/2$ away |
# | centered RMSprop | deviation of $g$ | $lr\,\rho^{-t/2}$ for large $t$ | a length | explodes on an even slope |
# | Adadelta | $\sqrt{\text{mean of } g^2/\text{mean of } \Delta^2}$ | proportional to $\sqrt\varepsilon$ | a factor | grows from $\sqrt\varepsilon$ |
#
# - All of them accumulate *squares*, coordinate by coordinate: they adapt to the size of the gradient in the given
#   axes.
# - On aligned axes the curvature cancels and $\kappa$ does not matter. Turned by 45°, even the best rates per axis
#   gain nothing on two weights.
# - Rare features keep a higher rate under AdaGrad because the other rates fall faster, not because theirs rises.
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
# For $v \to 0$ the denominators are $\varepsilon$ and $\sqrt{\varepsilon_{\rm in}}$, so $\varepsilon_{\rm in} =
# \varepsilon^2 = 10^{-16}$, and the units agree. Near the knee the two forms still differ, by a factor of at most
# $\sqrt2$.
#
# </details>
#
# **2.** Training with AdaGrad has become very slow. Is it at a minimum?
#
# <details>
# <summary>Answer</summary>
#
# Look at the gradient, not at the steps. On a constant slope the steps shrink as $1/\sqrt t$ too.
#
# </details>
#
# **3.** A colleague replaces every pair of inputs by their sum and difference, an invertible change, and AdaGrad now
# needs ten times as many steps. Is there a bug?
#
# <details>
# <summary>Answer</summary>
#
# No. Sum and difference turn the axes by 45° (and stretch them). Rates per coordinate belong to the coordinates.
#
# </details>
#
# **4.** RMSprop has brought the weight to within 0.0005 of the minimum and stays there, jumping. What is its `lr`,
# and what helps?
#
# <details>
# <summary>Answer</summary>
#
# If it is the two-point jump of this notebook, `lr` is 0.001. A smaller rate at the end helps, with a schedule;
# waiting does not.
#
# </details>
#
# **5.** A sparse feature's weight has had no gradient for 500 steps. What is its effective rate under AdaGrad, and
# under RMSprop with $\rho = 0.9$?
#
# <details>
# <summary>Answer</summary>
#
# AdaGrad: what it was. RMSprop: $v$ has been multiplied by $0.9^{500} \approx 10^{-23}$, so the rate shown between
# gradients is huge; but the next gradient enters $v$ before the step is taken, so that the step is $lr/\sqrt{1-\rho}
# \approx 3.16\,lr$, as at the very start.
#
# </details>
#
# ## Go deeper
#
# - J. Duchi, E. Hazan, Y. Singer, *Adaptive subgradient methods for online learning and stochastic optimization*,
#   Journal of Machine Learning Research 12, 2121–2159 (2011): AdaGrad, diagonal and full, with its regret bounds for
#   convex losses.
# - H. B. McMahan, M. Streeter, *Adaptive bound optimization for online convex optimization*, COLT (2010), arXiv
#   1002.4908: the same idea, found independently.
# - T. Tieleman, G. Hinton, *Lecture 6e (6.5), RMSprop*, Coursera: Neural Networks for Machine Learning (2012).
# - M. Zeiler, *ADADELTA: an adaptive learning rate method* (2012), arXiv 1212.5701; the argument from units is its
#   section 3.2.
# - A. Graves, *Generating sequences with recurrent neural networks* (2013), arXiv 1308.0850: the centered form.
# - M. Staib, S. Reddi, S. Kale, S. Kumar, S. Sra, *Escaping saddle points with adaptive gradient methods*, ICML
#   (2019), arXiv 1901.09149: what scaling does to noise near a saddle.
# - R. Ward, X. Wu, L. Bottou, *AdaGrad stepsizes: sharp convergence over nonconvex landscapes*, Journal of Machine
#   Learning Research 21 (2020), arXiv 1806.01811: one adaptive rate for all weights.
#
# **Next:** add a memory of the gradient itself, and correct for the start at zero: [14: Understand
# Adam](14_understand_adam.ipynb).
