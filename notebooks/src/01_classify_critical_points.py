# %% [markdown]
# # 01 · Classify critical points
#
# *The gradient is zero. What kind of point is this?*
#
# **You will do:** find the points where a gradient vanishes, by hand and by a program; say of each
# what it is; and say so where you cannot know.
#
# **You will learn:** what curvature is, why the eigenvalues of the Hessian are the numbers to look
# at, and what they leave open.
#
# **You need:** [00: Start here](00_start_here.ipynb), partial derivatives of polynomials, and what
# an eigenvalue of a matrix is.
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## Nine dots
#
# The picture shows the **contours** of a function of two variables, the lines along which its
# value stays the same. The function is Himmelblau's,
#
# $$f(x,y)=(x^2+y-11)^2+(x+y^2-7)^2 .$$
#
# Each dot is a point where the slope is zero in every direction. At the end of this notebook you
# will name the kind of each, and you will have a rule that can tell when a dot is missing.
#
# **Guess** how many of the nine dots are the lowest points of their neighbourhood.

# %% tags=["figure"] mystnb={"image": {"alt": "Grey contours of Himmelblau's function on the square from -5 to 5, without values, and nine black dots: one near the middle, four on closed contours around it, and four between those."}}
from course_lib import landscapes, plotting
from course_lib.landscapes import critical_points

himmelblau = landscapes.HIMMELBLAU
dots = critical_points.find(himmelblau)
levels = [5, 13.31, 40, 67.72, 104.02, 140, 178.34, 300, 500]

fig, ax = plt.subplots(figsize=(5.8, 4.6))
plotting.contours(ax, himmelblau, levels=levels)
ax.plot(dots[:, 0], dots[:, 1], "o", color="black", markersize=9)
ax.set(xlabel="$x$", ylabel="$y$", title="Where the slope vanishes")
plt.show()

# %% [markdown]
# *Reading the figure:* around some dots the contours close, and at others they cross. But closed
# contours surround a top just as they surround a bottom.
#
# ## Where can the lowest point be?
#
# Begin with one variable. Stand at a point $x$ of a smooth curve $f$ whose slope $f'(x)$ is not
# zero. Take a small step against the slope, $f'(x)$ times a small number $\mathrm{lr}$, the
# **learning rate** of later notebooks:
#
# $$f\big(x-\mathrm{lr}\,f'(x)\big) = f(x) - \mathrm{lr}\,f'(x)^2 + (\text{terms of order } \mathrm{lr}^2).$$
#
# If $\mathrm{lr}$ is small enough, the middle term is larger than the rest, so there is a lower
# point next door. A lowest point with room on both sides must therefore have $f'(x)=0$: it must be
# a **critical point**.
#
# Our first curve is $f(x)=x\cos(\pi x)$ for $-1\le x\le 2$. It has the symmetry $f(-x)=-f(x)$.
#
# **Predict:** one critical point is a minimum near $x=-0.27$. Where must another one be, and of
# what kind is it? Must the highest point of the curve be critical?

# %% tags=["figure"] mystnb={"image": {"alt": "The curve x cos(pi x) from x = -1 to x = 2. It has a shallow local minimum near -0.27, a low local maximum near 0.27, and a much deeper minimum near 1.09. Its highest point is the right end, x = 2, where the slope is not zero."}}
curve = landscapes.X_COS
x = np.linspace(-1, 2, 601)[:, None]
critical = critical_points.find(curve)

fig, ax = plt.subplots()
ax.plot(x, curve.fun(x), color="black")
ax.plot(critical, curve.fun(critical), "o", color="black", label="slope zero")
ax.plot(2, 2, "s", color="0.5", markersize=10, label="right end")
ax.set(xlabel="$x$", ylabel="$f(x)$", title=r"$f(x) = x\,\cos(\pi x)$")
ax.legend(loc="upper center")
plt.show()

# %% [markdown]
# *Reading the figure:* the slope is zero three times. By symmetry, the partner of the minimum at
# $-0.27$ is a maximum at $+0.27$. The highest point, $x=2$, is not critical: it has no room on its
# right.
#
# In one variable the second derivative tells the kind: positive at a minimum, negative at a
# maximum.

# %%
for w in critical:
    second = curve.hess(w)[0, 0]
    print(f"x = {w[0]:6.3f}   f = {curve.fun(w):6.3f}   f'' = {second:6.2f}")

# %% tags=["guard"]
assert len(critical) == 3 and np.isclose(critical[0], -critical[1])
assert np.allclose(np.pi * critical * np.tan(np.pi * critical), 1)

# %% [markdown]
# ## The same question in the plane
#
# Now a point has several coordinates, $w=(w_1,\dots,w_n)$. In the plane we write $w=(x,y)$. The
# **gradient** $g$ collects the $n$ partial derivatives of $f$. A small step from $w$ to
# $w-\mathrm{lr}\,g$ lowers $f$ by about $\mathrm{lr}\,|g|^2$, where $|g|$ is the length of $g$. So at
# a critical point **all** components of $g$ are zero. It is
#
# - a local **minimum** if no point nearby is lower;
# - a local **maximum** if no point nearby is higher;
# - a **saddle** if, however near one looks, some points are higher and some are lower.
#
# Here are $x^2+y^2$, $-x^2-y^2$ and $x^2-y^2$, as surfaces and as contours.

# %% tags=["figure"] mystnb={"image": {"alt": "Three columns: a bowl, a hill and a saddle, each as a grey 3-D surface above and as contour lines below. The contours of bowl and hill are the same circles; those of the saddle are hyperbolas with two straight lines crossing at the critical point."}}
shapes = {
    "minimum": landscapes.quadratic([2, 2]),
    "maximum": landscapes.quadratic([-2, -2]),
    "saddle": landscapes.SADDLE,
}
ticks = {"xticks": [-1, 0, 1], "yticks": [-1, 0, 1]}
fig = plt.figure(figsize=(7.4, 4.6))
for column, (kind, shape) in enumerate(shapes.items(), start=1):
    ax = fig.add_subplot(2, 3, column, projection="3d")
    plotting.surface(ax, shape)
    ax.set(title=kind, xlabel="$x$", ylabel="$y$", zlabel="", zticks=[], **ticks)
    ax = fig.add_subplot(2, 3, 3 + column, aspect="equal")
    plotting.contours(ax, shape, levels=6)
    ax.plot(0, 0, "o", color="black")
    ax.set(xlabel="$x$", ylabel="$y$", **ticks)
plt.show()

# %% [markdown]
# *Reading the figure:* the bowl and the hill have the same circles. Only the saddle shows itself:
# there the contour through the critical point crosses itself.
#
# Pictures also end at two coordinates, and a network has thousands. So we need numbers, and the
# numbers are curvatures.
#
# ## Curvature depends on the direction
#
# Stand at $w$ and choose a direction $u$, a vector of length 1. The values $f(w+su)$ are a curve in
# the single variable $s$. Its second derivative at $s=0$ is the **curvature in the direction** $u$.
# The chain rule gives
#
# $$c(u)=\sum_{i,j} u_i\,H_{ij}\,u_j = u^\top H u,\qquad H_{ij}=\frac{\partial^2 f}{\partial w_i\,\partial w_j}.$$
#
# The square matrix $H$ of all second derivatives is the **Hessian**. It is symmetric where they
# are continuous.
#
# A worked example is $f(x,y)=x^5+2y^2-4xy$. Its gradient is $g=(5x^4-4y,\;4y-4x)$. The
# second component is zero where $y=x$. Then the first is $5x^4-4x=x\,(5x^3-4)$. It is zero at $x=0$
# and at $x=\sqrt[3]{4/5}\approx0.928$. The Hessian there is
#
# $$H=\begin{pmatrix}20x^3&-4\\-4&4\end{pmatrix},\qquad
# \text{at } (0,0):\ \begin{pmatrix}0&-4\\-4&4\end{pmatrix},\qquad
# \text{at } (0.928,\,0.928):\ \begin{pmatrix}16&-4\\-4&4\end{pmatrix}.$$
#
# Now sweep a direction once round the point $(0,0)$. At the angle $\varphi$ it is
# $u=(\cos\varphi,\sin\varphi)$.
#
# **Predict:** the diagonal of $H$ at $(0,0)$ holds the curvatures along the two axes, 0 and 4. If
# you look along the axes only, do you notice a way down? How many degrees lie between the
# directions of the largest and of the smallest curvature?

# %%
degrees = np.arange(0, 180.5, 0.5)
u = np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=-1)
H = landscapes.QUINTIC.hess(np.zeros(2))
curvature = ((u @ H) * u).sum(axis=-1)
top = curvature.argmax()
bottom = curvature.argmin()

# %% [markdown]
# On the left, every direction is a line through the critical point. Along the green ones the loss
# curves down.

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels for the saddle of the worked example. Left: contours with a fan of lines through the point; those between 0 and 63 degrees are green, the others grey, and two thick lines, at right angles, mark the extremes. Right: curvature against direction from 0 to 180 degrees, a wave that starts at 0, falls to -2.47 at 32 degrees, passes 4 at 90 degrees and peaks at 6.47 at 122 degrees, between two dotted lines."}}
fig, (left, right) = plt.subplots(1, 2, figsize=(8.6, 4), width_ratios=[1, 1.3])
window = ((-0.5, 0.5), (-0.5, 0.5))
plotting.contours(left, landscapes.QUINTIC, window=window, levels=12)
for i in range(0, 360, 10):
    color = "#009e73" if curvature[i] < 0 else "0.6"
    left.plot(*np.outer([-0.4, 0.4], u[i]).T, color=color, linewidth=1)
for i in (top, bottom):
    left.plot(*np.outer([-0.45, 0.45], u[i]).T, color="black", linewidth=3)
left.set(xlabel="$x$", ylabel="$y$", aspect="equal", title="Sweep")
right.plot(degrees, curvature, color="black")
right.plot(degrees[[top, bottom]], curvature[[top, bottom]], "o", color="black")
right.hlines(np.linalg.eigvalsh(H), 0, 180, color="#009e73", linestyle=":")
right.axhline(0, color="0.5", linewidth=1)
right.set(xlabel=r"direction $\varphi$ (degrees)", ylabel="curvature $c(u)$")
right.set_title(f"From {curvature[bottom]:.2f} to {curvature[top]:.2f}")
right.set_xticks(range(0, 181, 30))
plt.show()

# %% [markdown]
# *Reading the figure:* along the axes (0 and 90 degrees) no way down is seen. It lies between them,
# from 0 to 63 degrees. The curvature is a wave whose highest and lowest points are 90 degrees
# apart. The dotted lines are the **eigenvalues** of $H$: the wave touches both and never leaves the
# band between them.
#
# This holds at every point of every smooth function. **The eigenvalues of the Hessian are the
# extreme curvatures, and its eigenvectors, at right angles to each other, are their directions.**
# With angle $\theta$ from the first eigenvector, in the plane,
#
# $$c(u)=\lambda_1\cos^2\theta+\lambda_2\sin^2\theta .$$
#
# In $n$ dimensions there are $n$ eigenvalues, and $c(u)$ is a weighted average of all of them.
#
# <details>
# <summary>Why this is true</summary>
#
# In the plane, write out $u^\top Hu=H_{11}\cos^2\varphi+2H_{12}\cos\varphi\sin\varphi+H_{22}\sin^2\varphi$.
# With $2\cos^2\varphi=1+\cos2\varphi$, $2\sin^2\varphi=1-\cos2\varphi$ and
# $2\cos\varphi\sin\varphi=\sin2\varphi$ it becomes
#
# $$c=\tfrac12(H_{11}+H_{22})+\tfrac12(H_{11}-H_{22})\cos2\varphi+H_{12}\sin2\varphi .$$
#
# That is a constant plus one wave in $2\varphi$. Its top and bottom are 180 degrees apart in
# $2\varphi$, so 90 degrees apart in $\varphi$. At both the derivative $dc/d\varphi=2\,u'^\top Hu$ is
# zero, where $u'=(-\sin\varphi,\cos\varphi)$ is perpendicular to $u$. So $Hu$ has no component
# across $u$: it is a multiple of $u$, $Hu=\lambda u$, and $c=u^\top Hu=\lambda$.
#
# In $n$ dimensions the same argument works in every plane through the direction of largest
# curvature. So this direction is an eigenvector. All directions perpendicular to it form a space of
# one dimension less, which $H$ maps into itself. Repeat the argument there. The end of it is an
# orthonormal basis of eigenvectors (the **spectral theorem**). With coefficients $c_i$ of $u$ in
# this basis, $u^\top Hu=\sum_i\lambda_ic_i^2$ and $\sum_ic_i^2=1$.
#
# </details>
#
# So the signs of the eigenvalues tell what lies around a critical point:
#
# | eigenvalues, **where $g=0$** | kind |
# |---|---|
# | all positive | minimum |
# | all negative | maximum |
# | at least one positive and one negative | saddle |
# | some zero, the others of one sign | **inconclusive**: the Hessian cannot say |
#
# A $2\times2$ symmetric matrix has the eigenvalues $\tfrac12T\pm\sqrt{\tfrac14T^2-D}$, where $T$ is
# the sum of its diagonal and $D$ its determinant. At $(0,0)$ they are $2\pm\sqrt{20}$, and at the
# other point $10\pm\sqrt{52}$.

# %%
r = 0.8 ** (1 / 3)
for point in [(0, 0), (r, r)]:
    g = landscapes.QUINTIC.grad(point)
    H = landscapes.QUINTIC.hess(point)
    T = np.trace(H)
    D = np.linalg.det(H)
    by_hand = T / 2 + np.array([-1, 1]) * np.sqrt(T**2 / 4 - D)
    kind = critical_points.classify(g, H)
    print(f"T = {T:2.0f}, D = {D:3.0f}: by the formula {by_hand.round(2)}", end=", ")
    print(f"by eigvalsh {np.linalg.eigvalsh(H).round(2)}: {kind}")

# %% tags=["guard"]
assert np.allclose(g, 0, atol=1e-12)
assert np.allclose(np.linalg.eigvalsh(H), by_hand)
ends = np.array([curvature[bottom], curvature[top]])
assert np.allclose(ends, [2 - 20**0.5, 2 + 20**0.5], atol=1e-3)
assert abs(degrees[bottom] - 32) < 1 and abs(degrees[top] - 122) < 1
assert degrees[top] - degrees[bottom] == 90
assert abs(np.degrees(np.arctan(2)) - 63) < 0.5 and (curvature < 0).sum() == 126

# %% [markdown]
# ## First the gradient, then the Hessian
#
# One can meet the advice to classify a point by the eigenvalues of its Hessian, whatever the
# point. Try it at $(11,2)$. There
#
# $$H=\begin{pmatrix}26620&-4\\-4&4\end{pmatrix},\qquad g=(5\cdot11^4-4\cdot2,\;4\cdot2-4\cdot11)=(73197,\,-36).$$
#
# $T$ and $D$ are positive, so both eigenvalues are positive. A minimum, then?
#
# **Predict:** by how much does a step against the gradient with $\mathrm{lr}=10^{-8}$ lower the
# loss? Use $\mathrm{lr}\,|g|^2$.

# %%
w = np.array([11.0, 2.0])
lr = 1e-8
loss, g = landscapes.QUINTIC(w)
H = landscapes.QUINTIC.hess(w)
drop = loss - landscapes.QUINTIC.fun(w - lr * g)
low, high = np.linalg.eigvalsh(H)
print(f"eigenvalues {low:.2f} and {high:.0f}, gradient ({g[0]:.0f}, {g[1]:.0f})")
predicted = lr * (73197**2 + 36**2)
print(f"the loss drops by: predicted {predicted:.2f}, measured {drop:.2f}")
print(f"classify says: {critical_points.classify(g, H)}")

# %% tags=["guard"]
assert abs(drop / (lr * g @ g) - 1) < 1e-3
assert critical_points.classify(g, H) == "not critical"

# %% [markdown]
# So $(11,2)$ is no minimum. The table stands under the heading "where $g=0$". Elsewhere the slope
# rules, and positive curvature only says that the slope changes.
#
# ### Exercise 01.1 · By hand
#
# Find all critical points of $f(x,y)=x^4+y^4-4xy$ with pencil and paper, and the kind of each.
# Answer with a dictionary from points to kinds: `{(2, 3): "maximum", ...}`. The kinds are
# `"minimum"`, `"maximum"`, `"saddle"` and `"inconclusive"`.

# %% tags=["exercise"]
### BEGIN SOLUTION
polynomial_points = {(0, 0): "saddle", (1, 1): "minimum", (-1, -1): "minimum"}
### END SOLUTION

# %%
check.polynomial_points(polynomial_points)

# %% [markdown] tags=["solution"]
# $g=(4x^3-4y,\;4y^3-4x)$. The first component is zero where $y=x^3$. Then the second is
# $4x^9-4x=4x\,(x^8-1)$, which is zero at $x=0$ and $x=\pm1$. Dividing by $x$ would lose the first.
#
# $H=\begin{pmatrix}12x^2&-4\\-4&12y^2\end{pmatrix}$. At the origin $T=0$ and $D=-16$, so the
# eigenvalues are $\pm4$: a saddle. At $\pm(1,1)$ they are $12\pm4$, that is 16 and 8: minima. Both
# have the loss $-2$, so the lowest value is taken twice.

# %% [markdown]
# ### Exercise 01.2 · Say what it is, or that you cannot
#
# Write the classifier. It gets a gradient `g` of shape `(n,)` and a Hessian `H` of shape `(n, n)`,
# for any `n`. It returns one of five words: `"not critical"`, `"minimum"`, `"maximum"`, `"saddle"`,
# `"inconclusive"`.
#
# Computed numbers are rarely exactly zero, so there are two tolerances. The point is not critical
# if the length $|g|=\sqrt{g_1^2+\dots+g_n^2}$ exceeds `g_tol`. An eigenvalue counts as zero if its
# size is at most `tol` times the largest size among the eigenvalues. `np.linalg.eigvalsh(H)`
# returns the eigenvalues of a symmetric matrix.

# %% tags=["exercise"]
def kind_of_point(g, H, g_tol=1e-6, tol=1e-6):
    ### BEGIN SOLUTION
    if np.linalg.norm(g) > g_tol:
        return "not critical"
    eigenvalues = np.linalg.eigvalsh(H)
    small = tol * np.abs(eigenvalues).max()
    up = (eigenvalues > small).any()
    down = (eigenvalues < -small).any()
    if up and down:
        return "saddle"
    if (np.abs(eigenvalues) <= small).any():
        return "inconclusive"
    return "minimum" if up else "maximum"
    ### END SOLUTION

# %%
check.kind_of_point(kind_of_point)

# %% [markdown] tags=["solution"]
# The order matters. The gradient comes first. Then both signs: they settle the matter even if
# another eigenvalue is zero. Only then the zeros. `critical_points.classify` does the same and also
# refuses a matrix that is not symmetric. `show_source(critical_points.classify)` prints it.

# %% [markdown]
# ## When the Hessian cannot say
#
# Take four functions: $y^2$, $\;y^2+x^4$, $\;y^2-x^4$, $\;y^2+x^3$. At the origin each has $g=0$
# and the same Hessian $\begin{pmatrix}0&0\\0&2\end{pmatrix}$. Along $y$ all four curve upward.
# Along $x$ the second derivative is zero, so smaller terms decide, which the Hessian does not see.
#
# **Predict:** sketch each of the four along the $x$ axis. Which have a minimum at the origin?

# %% tags=["figure"] mystnb={"image": {"alt": "Four curves along the x axis through the origin, all with zero slope and zero curvature there: the flat valley stays at zero, x to the fourth rises on both sides, minus x to the fourth falls on both sides, x cubed falls on the left and rises on the right."}}
flat = {
    "$y^2$": lambda w: w[..., 1] ** 2,
    "$y^2+x^4$": lambda w: w[..., 1] ** 2 + w[..., 0] ** 4,
    "$y^2-x^4$": lambda w: w[..., 1] ** 2 - w[..., 0] ** 4,
    "$y^2+x^3$": lambda w: w[..., 1] ** 2 + w[..., 0] ** 3,
}
x = np.linspace(-1, 1, 201)
floor = np.stack([x, 0 * x], axis=-1)  # points on the x axis
fig, ax = plt.subplots(figsize=(6.6, 3.8))
for (name, f), style in zip(flat.items(), ["-", "--", ":", "-."], strict=True):
    ax.plot(x, f(floor), style, color="black", label=name)
ax.plot(0, 0, "o", color="white", markeredgecolor="black", markersize=10, zorder=5)
ax.set(xlabel="$x$, along $y=0$", ylabel="$f(x, 0)$", title="Along the flat direction")
ax.legend(loc="upper center")
plt.show()

# %% [markdown]
# *Reading the figure:* the floor of $y^2$ is a whole **flat** line of minima, and $y^2+x^4$ has one
# lowest point. The other two have lower and higher points nearby, so they are saddles by our
# definition.
#
# No function of $g$ and $H$ can tell these four apart, because it is given the same numbers. So
# `"inconclusive"` is the right answer. It still says something: the eigenvalue 2 rules out a
# maximum.
#
# One can ask $f$ itself. Walk round the point on a small circle and look where the loss is lower
# than in the middle. Each separate stretch of lower loss is a valley that leads down. Finding none
# is evidence for a minimum, and no proof.
#
# ### Exercise 01.3 · Count the ways down
#
# Build this walk. `f` takes points of shape `(..., 2)` and returns their losses. Ask it at 360
# points, one degree apart, on a circle of the given radius round `w`. Return the number of separate
# stretches on which the loss is lower than at `w`. If the whole circle is lower, return 1. The
# circle closes: its last point is a neighbour of its first (`np.roll` shifts an array round).

# %% tags=["exercise"]
def ways_down(f, w, radius=0.1):
    ### BEGIN SOLUTION
    angles = np.radians(np.arange(360))
    circle = w + radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    lower = f(circle) < f(w)
    if lower.all():
        return 1
    begins = lower & ~np.roll(lower, 1)
    return int(begins.sum())
    ### END SOLUTION

# %%
check.ways_down(ways_down)

# %% [markdown] tags=["solution"]
# A stretch begins where a point is lower and the point before it is not. `np.roll(lower, 1)` puts
# at each place the point before, and at the first place the last. `critical_points.ways_down` is
# the same with a check of its arguments.

# %% [markdown]
# Now try the walk on the four functions, on the ordinary saddle $x^2-y^2$, and on $x^3-3xy^2$. On
# the circle of radius $\rho$ the last two are $\rho^2\cos2\varphi$ and $\rho^3\cos3\varphi$.
#
# **Predict** the number of ways down for each of the six.

# %%
six = dict(flat)
six["$x^2-y^2$"] = landscapes.SADDLE.fun
six["$x^3-3xy^2$"] = landscapes.MONKEY_SADDLE.fun
for name, f in six.items():
    plain = name.strip("$")
    print(f"{plain:9} ways down: {critical_points.ways_down(f, np.zeros(2))}")

# %% tags=["guard"]
counted = [critical_points.ways_down(f, np.zeros(2)) for f in six.values()]
assert counted == [0, 0, 2, 1, 2, 3]

# %% [markdown]
# The last one is the **monkey saddle**: two valleys for the monkey's legs and one for its tail.
# All its second derivatives are zero at the origin.

# %% tags=["figure"] mystnb={"image": {"alt": "The monkey saddle as a 3-D surface and as contours: three valleys, marked by arrows and a minus sign, at 60, 180 and 300 degrees, alternate with three ridges, marked by a plus sign, around the flat critical point, and three level lines cross there."}}
fig = plt.figure(figsize=(7.2, 3.4))
ax = fig.add_subplot(1, 2, 1, projection="3d")
plotting.surface(ax, landscapes.MONKEY_SADDLE)
ax.set(xlabel="$x$", ylabel="$y$", zlabel="", zticks=[], **ticks)
ax = fig.add_subplot(1, 2, 2, aspect="equal")
plotting.contours(ax, landscapes.MONKEY_SADDLE, levels=np.linspace(-3, 3, 7))
for i, angle in enumerate(np.radians(range(0, 360, 60))):
    tip = np.array([np.cos(angle), np.sin(angle)])
    ax.text(*1.3 * tip, "−" if i % 2 else "+", ha="center", va="center", fontsize=16)
    if i % 2:
        ax.annotate("", 1.1 * tip, (0, 0), arrowprops={"arrowstyle": "->"})
ax.set(xlabel="$x$", ylabel="$y$", title="+ ridge, − valley", **ticks)
plt.show()

# %% [markdown]
# *Reading the figure:* three valleys and three ridges take turns, and three contours cross in the
# middle. The arrows point down the valleys.
#
# Is $x^3$ at 0 a typical saddle? Its slope and its second derivative are both zero. Disturb it a
# little, to $x^3+cx$, whose slope is $3x^2+c$. For $c>0$ no critical point is left, and for $c<0$
# there are two. Such a point is better called a **degenerate inflection**. The saddle $x^2-y^2$,
# with the same $cx$ added, only moves to $(-c/2,\,0)$ and keeps its Hessian. A saddle with a
# negative eigenvalue is a **strict saddle**. [Notebook 04](04_escape_saddles.ipynb) measures how
# differently one leaves the two.
#
# ## How does a program find them?
#
# Near $w$ the gradient is almost linear: $g(w+s)\approx g(w)+Hs$. The right side is zero for the
# step $s=-H^{-1}g$. Take this step again and again:
#
# $$w \leftarrow w - H^{-1}g .$$
#
# This is **Newton's method**. It looks for $g=0$ and does not ask of which kind.
# `critical_points.find` starts it from every point of a grid, keeps the ends where the gradient
# vanishes, and drops doubles. So it found the nine dots.
#
# A grid cannot prove that no dot was missed, but a count can show that one was. Suppose that $f$
# is smooth in the plane, that $f(w)\to\infty$ as $|w|\to\infty$, and that no critical point has an
# eigenvalue zero. Then
#
# $$\#\text{minima}-\#\text{saddles}+\#\text{maxima}=1 .$$
#
# This is a result of **Morse theory**. Exercise 01.1 obeys it: $2-1+0=1$.
#
# **Predict:** Himmelblau's function has four minima and one maximum. How many saddles must it have?

# %% tags=["figure"] mystnb={"image": {"alt": "The contours of the first figure with the nine dots named: four minima, one maximum near the middle, and four saddles on the passes between neighbouring minima."}}
kinds = np.array(
    [critical_points.classify(himmelblau.grad(w), himmelblau.hess(w)) for w in dots]
)
fig, ax = plt.subplots(figsize=(5.8, 4.6))
plotting.contours(ax, himmelblau, levels=levels)
style = {"color": "black", "linestyle": "", "markersize": 12}
for kind, marker in [("minimum", "v"), ("saddle", "X"), ("maximum", "^")]:
    here = dots[kinds == kind]
    ax.plot(*here.T, marker, label=f"{kind}: {len(here)}", **style)
ax.set(xlabel="$x$", ylabel="$y$", ylim=(-6.5, 5), title="The nine dots named")
ax.legend(loc="lower center", ncols=3)
plt.show()

# %% tags=["guard"]
assert (kinds == "minimum").sum() == (kinds == "saddle").sum() == 4
assert (kinds == "maximum").sum() == 1
assert (himmelblau.fun(dots[kinds == "minimum"]) < 1e-20).all()

# %% [markdown]
# *Reading the figure:* each saddle is a pass between two neighbouring valleys. Four minima and one
# maximum need four saddles; without the maximum it would be three. The rule catches a hunt that
# missed one dot, but not one that missed a minimum together with a saddle.
#
# ## What a zero gradient does not tell
#
# Is a minimum the lowest point of all, a **global** minimum? Gradient and Hessian know only the
# neighbourhood of a point, so they cannot say.
#
# - $x\cos(\pi x)$ has a lowest point on $-1\le x\le2$. On the whole line it has none: at every odd
#   whole number $k$ its value is $-k$.
# - The minimum of $x^5+2y^2-4xy$ is only local. On the line $y=x$ the function is $x^5-2x^2$, which
#   has no lower end.
# - Himmelblau's four minima all have the loss 0. They are global, because a sum of squares is
#   never negative. No derivative told us that.
#
# In one large family every critical point *is* a global minimum: the **convex** functions, which
# lie nowhere below their tangents ([notebook 06](06_know_what_is_guaranteed.ipynb)).
#
# ## Summary
#
# - A critical point has $g=0$. Only there may one read the kind off the Hessian.
# - Curvature depends on the direction. Its extremes are the eigenvalues of $H$. The diagonal of $H$
#   holds only the curvatures along the axes.
# - All eigenvalues positive: minimum. All negative: maximum. Both signs: saddle. A zero without
#   both signs: inconclusive.
# - A count of minima, saddles and maxima can show that a point was missed.
# - A zero gradient with all curvatures positive is a *local* statement.

# %% [markdown]
# ## Questions to ask yourself
#
# **1.** At a critical point $H$ has the eigenvalues $3$, $0$ and $-1$. What kind is it?
#
# <details>
# <summary>Answer</summary>
#
# A saddle. Along the eigenvector of $3$ the loss rises, along that of $-1$ it falls. The zero
# changes nothing.
#
# </details>
#
# **2.** A colleague says: "All diagonal entries of my Hessian are positive, so it is a minimum."
# Give a counterexample with two variables.
#
# <details>
# <summary>Answer</summary>
#
# $f=\tfrac12x^2+\tfrac12y^2+3xy$, with $H=\begin{pmatrix}1&3\\3&1\end{pmatrix}$. Its eigenvalues
# are $4$ and $-2$. Along the axes it rises, and along $(1,-1)$ it falls.
#
# </details>
#
# **3.** The length of a computed gradient is $10^{-7}$ at a point where the smallest eigenvalue of
# $H$ is $0.1$ and the largest is $10$. How far is the critical point?
#
# <details>
# <summary>Answer</summary>
#
# About $|H^{-1}g|$ away, so between $10^{-7}/10$ and $10^{-7}/0.1$: at most about $10^{-6}$. With a
# smallest eigenvalue of $10^{-6}$ it might be $0.1$, which is too far for Taylor's formula to be
# trusted. A small gradient means more where the curvature is large.
#
# </details>
#
# **4.** A smooth function on the plane tends to infinity far out, whichever way one goes. You found
# three minima, one saddle and no maximum, none of them with a zero eigenvalue. What do you
# conclude?
#
# <details>
# <summary>Answer</summary>
#
# $3-1+0=2$, not 1. At least one point is missing (for instance a saddle), or there is one with a
# zero eigenvalue, for which the rule does not hold.
#
# </details>
#
# ## Go deeper
#
# - J. Nocedal, S. J. Wright, [*Numerical Optimization*](https://doi.org/10.1007/978-0-387-40065-5),
#   2nd edition, 2006: chapter 2 has the conditions for a minimum.
# - J. Milnor, [*Morse Theory*](https://doi.org/10.1515/9781400881802), 1963: the count of minima,
#   saddles and maxima, in any dimension.
# - K. G. Murty, S. N. Kabadi,
#   [*Some NP-complete problems in quadratic and nonlinear programming*](https://doi.org/10.1007/BF02592948),
#   1987: in many variables, even deciding whether a given point is a local minimum is NP-hard.
#
# **Next:** the derivatives of this notebook were exact. What if one has only values?
# [02: Differentiate numerically](02_differentiate_numerically.ipynb)
