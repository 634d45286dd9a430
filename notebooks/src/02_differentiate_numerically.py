# %% [markdown]
# # 02 · Differentiate numerically
#
# *How exact is a derivative that is made of values alone?*
#
# **You will do:** measure slopes and curvatures from function values; predict which step is the
# best; take a step in an imaginary direction; and repair a Hessian that was published broken.
#
# **You will learn:** why the smallest step is not the best one, which step to take instead, and
# how to test a derivative so that a common fault shows at once.
#
# **You need:** [01: Classify critical points](01_classify_critical_points.ipynb), Taylor's formula,
# and that $i^2=-1$.
#
# **Minutes:** 70

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## A slope from two values
#
# Suppose that you can evaluate a function $f$, but you have no formula for its derivative, or you
# do not trust the one you have. Then take a **finite difference**, the slope of a line through two
# points of the curve. There are two ways to choose the points, with a step $h>0$:
#
# $$\text{forward: } \frac{f(x+h)-f(x)}{h}, \qquad\qquad \text{central: } \frac{f(x+h)-f(x-h)}{2h}.$$
#
# The picture shows both for $f(x)=e^x$ at $x=0$, with a large step, so that one can see something.
#
# **Guess** before you look: which of the two lines is closer in slope to the tangent?

# %% tags=["figure"] mystnb={"image": {"alt": "The curve of e to the x from -0.9 to 0.9, a tangent at 0 with slope 1, a line of slope 1.30 through the points at 0 and 0.5, and a line of slope 1.04, nearly parallel to the tangent, through the points at -0.5 and 0.5."}}
h = 0.5
slopes = {
    "tangent": 1.0,
    "forward": (np.exp(h) - np.exp(0)) / h,
    "central": (np.exp(h) - np.exp(-h)) / (2 * h),
}
x = np.linspace(-0.9, 0.9, 200)
fig, ax = plt.subplots()
ax.plot(x, np.exp(x), color="0.75", linewidth=5, label="$e^x$")
for (name, slope), style in zip(slopes.items(), ["-", "--", "-."], strict=True):
    left = -h if name == "central" else 0
    line = np.exp(left) + slope * (x - left)
    ax.plot(x, line, style, color="black", label=f"{name}, slope {slope:.2f}")
ax.plot([-h, 0, h], np.exp([-h, 0, h]), "o", color="black")
ax.set(xlabel="$x$", ylabel="$f(x)$", title="Slopes at zero")
ax.legend()
plt.show()

# %% tags=["guard"]
assert abs(slopes["forward"] - 1.30) < 0.005
assert abs(slopes["central"] - 1.04) < 0.005

# %% [markdown]
# *Reading the figure:* the forward line is too steep by 30 %, the central one by 4 %. The central
# line does not touch the curve at $x=0$, but it is almost parallel to the tangent.
#
# ## Two errors pull in opposite directions
#
# How small should $h$ be? As small as possible, one would think.
#
# **The error of the formula.** Taylor's formula says
# $f(x\pm h)=f\pm hf'+\tfrac{h^2}2f''\pm\tfrac{h^3}6f'''+\dots$ So the forward difference is
# $f'+\tfrac h2f''+\dots$ In the central one the even terms cancel, and it is
# $f'+\tfrac{h^2}6f'''+\dots$ This **truncation error** shrinks with $h$.
#
# **The error of the computer.** A float64 has about sixteen digits. The gap between 1 and the next
# number is $\varepsilon=2^{-52}$, the **machine epsilon**. So even a computed value of
# $f$ that is rounded correctly is off by up to $\tfrac12\varepsilon|f|$. Two such errors, divided by
# $h$, make up to $\varepsilon|f|/h$. Divided by $2h$ they make half of that. This **rounding error**
# *grows* when $h$ shrinks: two nearly equal numbers are subtracted, and their leading digits cancel.
#
# We try it on $f(x)=1/x$ just below $x=1$. There $|f|=1$, $|f''|=2$ and $|f'''|=6$, up to a tenth of a
# per cent. So the worst errors should be
#
# | difference | truncation | rounding, at most |
# |---|---|---|
# | forward | $h$ | $\varepsilon/h$ |
# | central | $h^2$ | $\varepsilon/2h$ |
#
# The next cell measures the worst error over a thousand points, for many steps.

# %%
def f(x):
    return 1 / x


x = 1 - np.arange(1, 1001) / 2**20
h = 2.0 ** -np.arange(6, 45)
column = h[:, None]  # one row of errors for each step
slope = -1 / x**2
forward = (f(x + column) - f(x)) / column
central = (f(x + column) - f(x - column)) / (2 * column)
measured = {
    "forward": np.abs(forward - slope).max(axis=1),
    "central": np.abs(central - slope).max(axis=1),
}
eps = np.finfo(float).eps
predicted = {"forward": h + eps / h, "central": h**2 + eps / (2 * h)}

# %% [markdown]
# **Predict:** on two logarithmic axes $h$ is a straight line of slope 1, and $\varepsilon/h$ one of
# slope $-1$. What shape is their sum, and for which $h$ is it lowest? And is a step near $10^{-10}$
# better or worse than one near $10^{-4}$, for the forward and for the central difference?

# %% tags=["figure"] mystnb={"image": {"alt": "Worst error of the slope against the step from 1e-13 to 1e-2, logarithmic axes. Both differences follow their grey predicted lines and make a V: the forward one has its lowest point near 3e-8 at a step near 1e-8, the central one near 5e-11 at a step near 4e-6."}}
def draw_errors(ax, measured, predicted):
    for name, color in zip(measured, ["black", "#009e73"], strict=True):
        ax.loglog(h, predicted[name], color="0.8", linewidth=6)
        ax.loglog(h, measured[name], "o", color=color, markersize=5, label=name)
    ax.set(xlabel="step $h$", ylabel="worst error")
    ax.legend(loc="lower left", title="grey: predicted")


fig, ax = plt.subplots()
draw_errors(ax, measured, predicted)
ax.set_title("First derivative")
plt.show()

# %% [markdown]
# *Reading the figure:* every error is a V. Right of its lowest point the truncation error rules, and
# left of it the rounding error. The central difference reaches lower, and at a larger step.
#
# Where is the lowest point? Set the derivative of $h+\varepsilon/h$ to zero: $1-\varepsilon/h^2=0$, so
# $h=\varepsilon^{1/2}$. For the central difference $2h-\varepsilon/2h^2=0$, so $h=(\varepsilon/4)^{1/3}$.

# %%
best = {"forward": eps ** (1 / 2), "central": (eps / 4) ** (1 / 3)}
least = {"forward": 2 * eps ** (1 / 2), "central": 3 * (eps / 4) ** (2 / 3)}
for name, error in measured.items():
    i = error.argmin()
    print(f"{name} step: predicted {best[name]:.1e}, measured {h[i]:.1e}", end="; ")
    print(f"error: predicted {least[name]:.1e}, measured {error[i]:.1e}")
for power in (33, 13):
    i = power - 6
    errors = [f"{name} {error[i]:.1e}" for name, error in measured.items()]
    print(f"error at h = {h[i]:.1e}: " + ", ".join(errors))

# %% tags=["guard"]
for name, error in measured.items():
    i = error.argmin()
    assert 0.7 < h[i] / best[name] < 1.5 and 0.8 < error[i] / least[name] < 1.2
    assert (error < 1.06 * predicted[name]).all()
assert measured["forward"][27] < measured["forward"][7]
assert measured["central"][27] > measured["central"][7]

# %% [markdown]
# (The steps tried are powers of two, so the measured best step can be off by a factor of $\sqrt2$.)
# So the question about $10^{-10}$ has two answers. For the forward difference it is better than
# $10^{-4}$, and for the central one it is worse.
#
# Of sixteen digits the forward difference keeps half, and the central one two thirds. A good default for
# functions of ordinary size is $\varepsilon^{1/3}\approx6\cdot10^{-6}$, with the central difference.
#
# <details>
# <summary>The best step for another function</summary>
#
# Put its own sizes in:
#
# $$h_{\text{forward}}=\sqrt{2\varepsilon\,\frac{|f|}{|f''|}},\qquad h_{\text{central}}=\sqrt[3]{\frac{3\varepsilon}{2}\frac{|f|}{|f'''|}} .$$
#
# One seldom knows these sizes. Where $f$ and its derivatives are of order one, the default is good.
# In the experiment the steps were powers of two so that $x\pm h$ is exact. For other steps the
# rounding of $x\pm h$ adds an error of the order $\varepsilon|x||f'|/h$.
#
# </details>
#
# ### Exercise 02.1 · Central-difference gradient
#
# Write the gradient of a scalar function `f` at `w`, an array of floats of shape `(n,)`, by central
# differences of step `h`. Component $i$ moves coordinate $i$ alone, by $h$ along the $i$-th unit
# vector $e_i$, which is row $i$ of `np.eye(n)`. Leave `w` as it is.

# %% tags=["exercise"]
def central_gradient(f, w, h=6e-6):
    ### BEGIN SOLUTION
    steps = h * np.eye(w.size)
    return np.array([(f(w + s) - f(w - s)) / (2 * h) for s in steps])
    ### END SOLUTION

# %%
check.central_gradient(central_gradient)

# %% [markdown] tags=["solution"]
# The rows of `h * np.eye(n)` are the steps $h\,e_i$. `critical_points.gradient` is this, with a
# check of its arguments. It costs $2n$ evaluations of $f$. The network of notebook 24 has 118 282
# weights, so one gradient in this way means 236 564 evaluations of the loss. Backpropagation
# (notebook 18) needs the work of a few. Finite differences remain the judge of whether it is right.

# %% [markdown]
# ## Second derivatives
#
# A second derivative is the slope of a slope. Take the central difference with *half* a step,
# $\big(f(x+\tfrac h2)-f(x-\tfrac h2)\big)/h$, and apply it to its own result:
#
# $$f''(x)\approx\frac{f(x+h)-2f(x)+f(x-h)}{h^2} .$$
#
# Its truncation error is $\tfrac{h^2}{12}f''''$, which is $2h^2$ for $1/x$ near 1. Its rounding error
# is up to $2\varepsilon/h^2$. The forward form of the same idea,
# $\big(f(x+2h)-2f(x+h)+f(x)\big)/h^2$, has the truncation error $6h$ and the same rounding error.
#
# **Predict:** how many correct digits are left at $h=10^{-8}$, near the best step of the forward
# slope? And where is the lowest point of $2h^2+2\varepsilon/h^2$?

# %% tags=["figure"] mystnb={"image": {"alt": "Worst error of the second derivative against the step, logarithmic axes. Both forms follow their grey predicted lines. The central form is lowest near 6e-8 at a step near 1e-4, and the forward one is lowest near 5e-5 at a step near 5e-6. At a step near 1e-8 both errors are larger than 1."}}
bend = 2 / x**3
forward = (f(x + 2 * column) - 2 * f(x + column) + f(x)) / column**2
central = (f(x + column) - 2 * f(x) + f(x - column)) / column**2
measured_second = {
    "forward": np.abs(forward - bend).max(axis=1),
    "central": np.abs(central - bend).max(axis=1),
}
predicted_second = {
    "forward": 6 * h + 2 * eps / h**2,
    "central": 2 * h**2 + 2 * eps / h**2,
}
fig, ax = plt.subplots()
draw_errors(ax, measured_second, predicted_second)
ax.set_title("Second derivative")
plt.show()

# %% [markdown]
# *Reading the figure:* the left arm is steeper than before, because rounding errors are now divided by
# $h^2$. Near $h=10^{-8}$ no digit is left. The lowest point of the central form is at
# $\varepsilon^{1/4}\approx10^{-4}$, where half of the sixteen digits are right.

# %%
error = measured_second["central"]
i = error.argmin()
print(f"best step: predicted {eps**0.25:.1e}, measured {h[i]:.1e};", end=" ")
print(f"error: predicted {4 * eps**0.5:.1e}, measured {error[i]:.1e}")
i = 27 - 6
print(f"at h = {h[i]:.1e} the error is {error[i]:.1f}, the truth is 2")

# %% tags=["guard"]
assert 0.7 < h[error.argmin()] / eps**0.25 < 1.5
assert 0.8 < error.min() / (4 * eps**0.5) < 1.2
for name, values in measured_second.items():
    assert (values < 1.06 * predicted_second[name]).all() and values[21] > 1

# %% [markdown]
# ### Exercise 02.2 · Central-difference Hessian
#
# A mixed derivative $\partial^2f/\partial w_i\,\partial w_j$ is the slope, in direction $j$, of the
# slope in direction $i$. Build the Hessian from central differences with the step `h` to each side,
# in both directions. How many values of $f$ does one entry need, and by what do you divide?

# %% tags=["exercise"]
def central_hessian(f, w, h=1.2e-4):
    ### BEGIN SOLUTION
    def entry(a, b):
        same = f(w + a + b) + f(w - a - b)
        opposite = f(w + a - b) + f(w - a + b)
        return (same - opposite) / (4 * h**2)

    steps = h * np.eye(w.size)
    return np.array([[entry(a, b) for b in steps] for a in steps])
    ### END SOLUTION

# %%
check.central_hessian(central_hessian)

# %% [markdown] tags=["solution"]
# The slope in direction $i$, at the two points $w\pm he_j$, is
# $\big(f(w+he_i\pm he_j)-f(w-he_i\pm he_j)\big)/2h$. Their difference over $2h$ gives four values over
# $4h^2$. In every evaluation **both** coordinates move. For $i=j$ this is the second difference with the
# step $2h$. `critical_points.hessian` is the same.

# %% [markdown]
# ## A step without subtraction
#
# The rounding error comes from subtracting nearly equal numbers. There is a way round it. Let the
# step be imaginary: put $x+ih$ into Taylor's formula, with $i^2=-1$,
#
# $$f(x+ih)=f+ihf'-\tfrac{h^2}2f''-i\,\tfrac{h^3}6f'''+\dots$$
#
# The slope stands first in the imaginary part, and $f$ itself is not there. So
#
# $$f'(x)\approx\frac{\operatorname{Im}f(x+ih)}h .$$
#
# This is the **complex step**. Its truncation error is as large as that of the central difference,
# and nothing is subtracted.
#
# **Predict:** what will the errors of the central difference and of the complex step be at
# $h=10^{-20}$?

# %% tags=["figure"] mystnb={"image": {"alt": "Error of the slope of 1/x against the step from 1e-30 to 0.1, logarithmic axes. The central difference makes its V and stays at an error of 1 below 1e-17. The complex step falls with the square of the step to about 2e-16 and stays there for every smaller step."}}
steps = 10.0 ** -np.arange(1, 31)
column = steps[:, None]
central = (f(x + column) - f(x - column)) / (2 * column)
complex_step = f(x + 1j * column).imag / column

fig, ax = plt.subplots()
for values, color, name in [
    (central, "#009e73", "central difference"),
    (complex_step, "black", "complex step"),
]:
    error = np.abs(values - slope).max(axis=1)
    ax.loglog(steps, error, "o-", color=color, markersize=5, label=name)
    print(f"error at h = {steps[19]:.0e}: {error[19]:.1e} ({name})")
ax.set(xlabel="step $h$", ylabel="worst error", title="Without subtraction")
ax.legend()
plt.show()

# %% tags=["guard"]
assert error[19] < 1e-15 and error[0] > 1e-3
assert np.allclose(central[17:], 0) and (np.abs(central[:15]) > 0.5).all()

# %% [markdown]
# *Reading the figure:* below $h=10^{-17}$ the central difference is zero, so its error is the whole
# slope. The complex step is right to nearly all digits, and $h$ may be as small as one likes.
#
# The price: one must be able to put complex numbers into $f$. Sums, products, powers, `np.exp` and
# `np.sin` carry the imaginary part along. An absolute value throws it away, without a word.

# %%
h_small = 1e-20
z = -2 + 1j * h_small
print(f"slope of x * x at -2: {(z * z).imag / h_small:.1f}")
print(f"slope of abs(x) at -2: {np.abs(z).imag / h_small:.1f}, the truth is -1")

# %% [markdown]
# ### Exercise 02.3 · A Hessian by complex steps
#
# The complex step gives slopes without subtraction. So build a Hessian with only *one* subtraction:
# entry $(a, b)$ is the central difference, with the real step `k` in direction $b$, of the complex-step
# slope, with the step `h`, in direction $a$. The imaginary unit is written `1j` in Python, and the
# result is real.

# %% tags=["exercise"]
def complex_hessian(f, w, h=1e-20, k=6e-6):
    ### BEGIN SOLUTION
    def slope(w, a):
        return f(w + 1j * h * a).imag / h

    def entry(a, b):
        return (slope(w + k * b, a) - slope(w - k * b, a)) / (2 * k)

    axes = np.eye(w.size)
    return np.array([[entry(a, b) for b in axes] for a in axes])
    ### END SOLUTION

# %%
check.complex_hessian(complex_hessian)

# %% [markdown] tags=["solution"]
# The rounding error is now divided by $k$ once, and not by $h^2$. So the best $k$ is that of a first
# derivative, $\varepsilon^{1/3}$, and two thirds of the digits are kept, where the Hessian of Exercise
# 02.2 keeps half. Notebook 19 checks backpropagation with the complex step.

# %% [markdown]
# ## From the museum
#
# The library keeps a museum of published mistakes. This loop was published to compute a Hessian by
# the forward formula, with the step $10^{-5}$:
#
# $$H_{ij}\approx\frac{f(w+he_i+he_j)-f(w+he_i)-f(w+he_j)+f(w)}{h^2} .$$
#
# (Its code is rewritten here. Fault and output are the same.) The formula is sound. The next cell
# asks the loop for the Hessian of $f=xy$ at $(2,5)$, where $g=(5,2)$, and of the bowl $x^2+y^2$ at its
# lowest point.
#
# **Predict** the two right answers. Then look at what comes out. Do you recognise the numbers?

# %%
from course_lib.checks import museum

for name, f, w in [
    ("xy at (2, 5)", lambda w: w[0] * w[1], [2.0, 5.0]),
    ("x^2 + y^2 at (0, 0)", lambda w: w @ w, [0.0, 0.0]),
]:
    H = museum.museum_hessian(f, np.array(w))
    print(f"{name:20} {H.round().tolist()}")

# %% [markdown]
# ### Exercise 02.4 · Repair it
#
# Find the fault and repair it. One line is enough. A forward difference leaves about five digits,
# and the check asks for three.

# %% tags=["exercise"]
def museum_hessian(f, w, h=1e-5):
    ### BEGIN SOLUTION
    H = np.zeros((w.size, w.size))
    for i in range(w.size):
        for j in range(w.size):
            both, one, other = w.copy(), w.copy(), w.copy()
            both[i] += h
            both[j] += h
            one[i] += h
            other[j] += h
            H[i, j] = (f(both) - f(one) - f(other) + f(w)) / h**2
    return H
    ### END SOLUTION
    ### BEGIN STUB
    # H = np.zeros((w.size, w.size))
    # for i in range(w.size):
    #     for j in range(w.size):
    #         both, one, other = w.copy(), w.copy(), w.copy()
    #         both[j] += h
    #         one[i] += h
    #         other[j] += h
    #         H[i, j] = (f(both) - f(one) - f(other) + f(w)) / h**2
    # return H
    ### END STUB

# %%
check.museum_hessian(museum_hessian)

# %% [markdown] tags=["solution"]
# `both` had moved in coordinate $j$ only, so `f(both)` and `f(other)` were the same number and
# cancelled. What is left is
#
# $$-\frac{f(w+he_i)-f(w)}{h^2} = -\frac1h\frac{\partial f}{\partial w_i}-\frac12\frac{\partial^2f}{\partial w_i^2}-\dots$$
#
# At $(2,5)$ the rows are $-5/10^{-5}=-500\,000$ and $-2/10^{-5}=-200\,000$: slopes, not curvatures.
# At the bottom of the bowl, where the slopes are zero, it is $-1$ everywhere: *minus half* of the
# second derivative, so that a minimum seems to curve down. Even repaired, this loop keeps about 5
# digits, and your central one 7 or 8.

# %% [markdown]
# Two habits find such faults at once. Test on $f=xy$, whose only curvature is mixed. And look whether
# $H$ is symmetric.
#
# ## Summary
#
# | derivative | formula | good step | digits kept |
# |---|---|---|---|
# | first, forward | $(f(x+h)-f(x))/h$ | $\varepsilon^{1/2}\approx10^{-8}$ | half |
# | first, central | $(f(x+h)-f(x-h))/2h$ | $\varepsilon^{1/3}\approx6\cdot10^{-6}$ | two thirds |
# | first, complex | $\operatorname{Im}f(x+ih)/h$ | $10^{-20}$ | all |
# | second, central | $(f(x+h)-2f(x)+f(x-h))/h^2$ | $\varepsilon^{1/4}\approx10^{-4}$ | half |
#
# - The steps hold where the function and its derivatives are of order one.
# - The error of a difference is a V: truncation on the right, rounding on the left.
# - The complex step has no left arm, because it subtracts nothing.
# - A mixed derivative needs an evaluation in which both coordinates move.
#
# ## Questions to ask yourself
#
# **1.** In float32 $\varepsilon=2^{-23}\approx1.2\cdot10^{-7}$. Which step is best for a central first
# difference of $1/x$ near 1, and what error is left?
#
# <details>
# <summary>Answer</summary>
#
# $h=(\varepsilon/4)^{1/3}\approx3.1\cdot10^{-3}$, with an error of up to $3h^2\approx2.9\cdot10^{-5}$:
# four to five digits. This is why gradients are checked in float64.
#
# </details>
#
# **2.** A central difference of a quadratic is exact for every step, apart from rounding. Why?
#
# <details>
# <summary>Answer</summary>
#
# Its truncation error begins with the third derivative, and that is zero. So a large step is best
# there, because it keeps the rounding error small.
#
# </details>
#
# **3.** Your Hessian by differences is not symmetric: $H_{12}=3.1$ and $H_{21}=2.9$. What do you
# conclude?
#
# <details>
# <summary>Answer</summary>
#
# The true Hessian of a smooth function is symmetric, so at least one entry is off by 0.1 or more. If
# rounding ($2\varepsilon|f|/h^2$) cannot explain that, the loop is wrong.
#
# </details>
#
# **4.** Is the complex step right for a network with the activation $\max(0,x)$?
#
# <details>
# <summary>Answer</summary>
#
# It depends on how the maximum is written. `np.where(x.real > 0, x, 0)` keeps the imaginary part of
# what is kept. A form with the absolute value, $\tfrac12(x+|x|)$, loses half of every slope.
#
# </details>
#
# ## Go deeper
#
# - J. Nocedal, S. J. Wright, [*Numerical Optimization*](https://doi.org/10.1007/978-0-387-40065-5),
#   2nd edition, 2006: chapter 8 is on finite differences and automatic differentiation.
# - D. Goldberg, [*What every computer scientist should know about floating-point
#   arithmetic*](https://doi.org/10.1145/103162.103163), 1991.
# - W. Squire, G. Trapp, [*Using complex variables to estimate derivatives of real
#   functions*](https://doi.org/10.1137/S003614459631241X), SIAM Review 40, 1998.
#
# **Next:** we can now measure Hessians. Which signs do their eigenvalues have in many dimensions?
# [03: Meet saddles in high dimensions](03_meet_saddles_in_high_dimensions.ipynb)
