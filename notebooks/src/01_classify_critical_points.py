# %% [markdown]
# # 01 · Classify critical points
#
# *The gradient is zero. What kind of point is this?*
#
# **You will do:** find the points where a gradient vanishes, by hand and by computer; say of each what it is, and say honestly when you
# cannot; measure derivatives from function values alone; repair a Hessian that was published broken.
#
# **You will learn:** what the eigenvalues of the Hessian tell and what they leave open; which step makes a finite difference most accurate, and
# why the smallest step is not it; how little a zero gradient says about the *lowest* point.
#
# **You need:** [00: Start here](00_start_here.ipynb), derivatives of polynomials, and what an eigenvalue is.
#
# **Minutes:** 75

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
# ## Where can the lowest point be?
#
# Stand at a point $x$ of a smooth curve $f$ whose slope $f'(x)$ is not zero. Take a small step against the slope, $f'(x)$ times a small number $lr>0$ (the learning rate of later notebooks):
#
# $$f\big(x-lr\,f'(x)\big) = f(x) - lr\,f'(x)^2 + (\text{terms of order } lr^2).$$
#
# For $lr$ small enough the middle term wins, so there is a lower point next door. A lowest point with room on both sides must therefore have $f'(x)=0$.
# A point where the slope is zero is called **critical**. The converse fails: critical does not mean lowest.
#
# Our first curve is $f(x)=x\cos(\pi x)$ for $-1\le x\le 2$, with slope $f'(x)=\cos(\pi x)-\pi x\sin(\pi x)$.
#
# **Before you run the next cell:** $f(-x)=-f(x)$. If one critical point lies at $x=-0.27$, where must another be, and of what kind? Must the highest
# point of the curve be critical?

# %% tags=["figure"] mystnb={"image": {"alt": "The curve x cos(pi x) from x = -1 to x = 2. It has a shallow local minimum near -0.27, a low local maximum near 0.27, and a much deeper minimum near 1.09. Its highest point is the right end, x = 2, where the slope is not zero."}}
x = np.linspace(-1, 2, 601)[:, None]
low = np.array(landscapes.X_COS.minima)
high = -low[:1]
fig, ax = plt.subplots()
ax.plot(x, landscapes.X_COS.fun(x), color="black")
ax.plot(low, landscapes.X_COS.fun(low), "v", color="black", markersize=12, label="critical: minimum")
ax.plot(high, landscapes.X_COS.fun(high), "^", color="white", markeredgecolor="black", markersize=12,
        label="critical: maximum")
ax.plot(2, 2, "s", color="0.5", markersize=10, label="highest point, slope not zero")
ax.set(xlabel="$x$", ylabel="$f(x)$", title="The slope is zero three times; one of the three is the lowest point")
ax.legend(loc="upper center")
plt.show()

# %% [markdown]
# *Reading the figure:* by the symmetry the partner of the minimum at $-0.27$ is a maximum at $+0.27$. The highest point is the end $x=2$. It is not
# critical: there is no room on its right, so the argument above does not apply to it.
#
# Zero slope means $\cos(\pi x)=\pi x\sin(\pi x)$, that is $\pi x\tan(\pi x)=1$. No formula solves this, so let a program hunt:
# `critical_points.find` (you will see soon how it works). The second derivative at each point tells its kind.

# %%
found = critical_points.find(landscapes.X_COS)
for w in found:
    print(f"x = {w[0]:6.3f}   loss {landscapes.X_COS.fun(w):6.3f}   second derivative {landscapes.X_COS.hess(w)[0, 0]:6.2f}")
assert len(found) == 3 and np.isclose(found[0], -found[1])
assert np.allclose(np.pi * found * np.tan(np.pi * found), 1)

# %% [markdown]
# ## The same question in the plane
#
# Now the point has coordinates, $w=(w_1,\dots,w_n)$, and $f(w)$ is its loss. The **gradient** $g$ collects the $n$ partial derivatives $\partial f/\partial w_i$. The
# argument is the same: a step from $w$ to $w-lr\,g$ lowers $f$ by about $lr\,\lVert g\rVert^2$, so a minimum with room all round it has $g=0$, **all** components at once.
# That is a critical point. Near it, these are the pictures that everybody draws:
#
# - a local **minimum**: no point nearby is lower;
# - a local **maximum**: no point nearby is higher;
# - a **saddle**: some points nearby are higher and some are lower, however near one looks.
#
# **Before you run the next cell:** it shows $x^2+y^2$, $-x^2-y^2$ and $x^2-y^2$, as surfaces and as contours (lines of equal loss). Which of the three could you
# name from the contours alone?

# %% tags=["figure"] mystnb={"image": {"alt": "Three columns: a bowl, a hill and a saddle, each as a grey 3-D surface above and as contour lines below. The contours of bowl and hill are the same circles; those of the saddle are hyperbolas with two straight lines crossing at the critical point."}}
shapes = {"minimum": landscapes.quadratic([2, 2]), "maximum": landscapes.quadratic([-2, -2]), "saddle": landscapes.SADDLE}
fig = plt.figure(figsize=(7.4, 4.6))
fig.suptitle("Contours tell a saddle from the others, but not a minimum from a maximum", fontweight="bold", fontsize=12.5)
for column, (kind, landscape) in enumerate(shapes.items(), start=1):
    ax = fig.add_subplot(2, 3, column, projection="3d")
    plotting.surface(ax, landscape)
    ax.set(title=kind, xlabel="$x$", ylabel="$y$", zlabel="", xticks=[-1, 0, 1], yticks=[-1, 0, 1], zticks=[])
    ax = fig.add_subplot(2, 3, 3 + column, aspect="equal")
    plotting.contours(ax, landscape, levels=6)
    ax.collections[0].set_linestyle("solid")
    ax.plot(0, 0, "o", color="black")
    ax.set(xlabel="$x$", ylabel="$y$", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
plt.show()

# %% [markdown]
# *Reading the figure:* the bowl and the hill have the same circles. Only the saddle shows itself: there the level line through the critical
# point crosses itself. Pictures also end at two coordinates, and a network has thousands. So we need a number, and it is curvature.
#
# ## Curvature: the Hessian and its eigenvalues
#
# The **Hessian** $H$ is the $n\times n$ matrix of second derivatives $\partial^2 f/\partial w_i\,\partial w_j$; it is symmetric where they are continuous. Taylor's formula for a small
# move $s$ says
#
# $$f(w+s) = f(w) + g^\top s + \tfrac12\, s^\top H s + (\text{smaller than } \lVert s\rVert^2).$$
#
# Where $g=0$, the quadratic term is the first that is left. Write $s$ in the orthonormal eigenvectors of $H$, with coefficients $c_i$ and eigenvalues $\lambda_i$:
#
# $$s^\top H s = \lambda_1c_1^2+\dots+\lambda_nc_n^2 .$$
#
# | eigenvalues, **where $g=0$** | kind |
# |---|---|
# | all positive | minimum |
# | all negative | maximum |
# | at least one positive and one negative (zeros do not matter) | saddle |
# | none of these: some zero, the others of one sign | **inconclusive**: the smaller terms decide |
#
# ### A worked example
#
# $f(x,y)=x^5+2y^2-4xy$, with $x=w_1$, $y=w_2$. Its gradient is $g=(5x^4-4y,\; 4y-4x)$. The second component is zero where $y=x$. Then the
# first is $5x^4-4x = x\,(5x^3-4)$, zero at $x=0$ and at $x=\sqrt[3]{4/5}\approx0.928$. The Hessian is
#
# $$H=\begin{pmatrix}20x^3&-4\\-4&4\end{pmatrix},\qquad
# \text{at } (0,0):\ \begin{pmatrix}0&-4\\-4&4\end{pmatrix},\qquad
# \text{at } (0.928,\,0.928):\ \begin{pmatrix}16&-4\\-4&4\end{pmatrix}.$$
#
# A $2\times2$ symmetric matrix has eigenvalues $\tfrac12T\pm\sqrt{\tfrac14T^2-D}$, with $T$ the sum of its diagonal and $D$ its determinant. At the origin $T=4$, $D=-16$: $2\pm\sqrt{20}$. At the other
# point $T=20$, $D=48$: $10\pm\sqrt{52}$. Both signs at the first: a saddle. Both positive at the second: a minimum.

# %%
quintic = landscapes.QUINTIC
r = 0.8**(1 / 3)
for w, predicted in [((0, 0), (2 - math.sqrt(20), 2 + math.sqrt(20))), ((r, r), (10 - math.sqrt(52), 10 + math.sqrt(52)))]:
    loss, g = quintic(w)
    measured = np.linalg.eigvalsh(quintic.hess(w))
    print(f"at ({w[0]:.3f}, {w[1]:.3f})  eigenvalues by hand {predicted[0]:5.2f} and {predicted[1]:5.2f}, "
          f"by eigvalsh {measured[0]:5.2f} and {measured[1]:5.2f}: {critical_points.classify(g, quintic.hess(w))}")
    assert np.allclose(g, 0) and np.allclose(measured, predicted)

# %% [markdown]
# ## What an eigenvalue looks like
#
# Walk through a point $w$ along a unit vector $u$ and compare the middle of three points with its neighbours:
#
# $$\frac{f(w+hu)-2f(w)+f(w-hu)}{h^2} \;\longrightarrow\; u^\top H u \qquad (h\to0).$$
#
# This is the curvature of $f$ in the direction $u$, taken from values of $f$ alone. By the sum above, $u^\top Hu=\sum_i\lambda_ic_i^2$ with $\sum_i c_i^2=1$: a weighted average of the
# eigenvalues. It can therefore never leave the interval from the smallest to the largest, and it reaches both ends.
#
# **Before you run the next cell:** at the saddle $(0,0)$ the diagonal of $H$ is $(0, 4)$. If you probe only along the two axes, do you ever notice that
# there is a way down?

# %% tags=["figure"] mystnb={"image": {"alt": "Curvature against direction from 0 to 180 degrees at the two critical points of the worked example. At the minimum the curve stays between 2.8 and 17.2. At the saddle it lies between -2.5 and 6.5: zero along the x axis, 4 along the y axis, and negative only between them, from 0 to 63 degrees."}}
degrees = np.arange(0, 180.5, 0.5)
u = np.stack([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], axis=-1)
h = 1e-3
fig, ax = plt.subplots()
for kind, w, style in [("minimum", (r, r), "v-"), ("saddle", (0, 0), "X--")]:
    curvature = (quintic.fun(w + h * u) - 2 * quintic.fun(w) + quintic.fun(w - h * u)) / h**2
    ends = np.linalg.eigvalsh(quintic.hess(w))
    assert np.allclose([curvature.min(), curvature.max()], ends, atol=2e-3)
    ax.plot(degrees, curvature, style, color="black", markevery=30, label=f"{kind}: eigenvalues {ends[0]:.2f}, {ends[1]:.2f}")
    ax.hlines(ends, 0, 180, color="0.6", linewidth=1.5, linestyle=":")
ax.axhline(0, color="0.3", linewidth=1)
ax.set(xlabel="direction $u$ (degrees from the $x$ axis)", ylabel="measured curvature", xticks=range(0, 181, 30),
       ylim=(-4, 25), title="Curvature swings between the eigenvalues (dotted)")
ax.legend(loc="upper left")
plt.show()

# %% [markdown]
# *Reading the figure:* both curves touch their dotted lines and never cross them (the cell asserts it, to 0.002). At the saddle the curvature is $0$ along $x$ (0 degrees) and $+4$ along $y$ (90 degrees):
# whoever looks along the axes only sees no way down. The way down lies between them: $u^\top Hu=4\sin\varphi\,(\sin\varphi-2\cos\varphi)$ is negative from $0$ to $\arctan2\approx63$ degrees. This is why
# the diagonal of $H$ is not enough.
#
# ## How does a program find critical points?
#
# Near $w$ the gradient is almost linear: $g(w+s)\approx g(w)+Hs$. The $s$ that makes the right side zero is $s=-H^{-1}g$. Take that step, and again:
#
# $$w \leftarrow w - H^{-1}g .$$
#
# This is Newton's iteration. It looks for $g=0$ and does not ask of which kind.
#
# **Before you run the next cell:** one start is near the minimum, one near the saddle, one on neither side. The loss at the saddle is higher. Will Newton avoid it?

# %%
def newton(w, n_steps=30):
    for _ in range(n_steps):
        w = w - np.linalg.solve(quintic.hess(w), quintic.grad(w))
    return w


for start in [(1.5, 0.5), (0.3, -0.2), (-0.8, 1.0)]:
    end = newton(np.array(start))
    kind = critical_points.classify(quintic.grad(end), quintic.hess(end))
    print(f"from {start} to {(end.round(3) + 0.0).tolist()}: {kind}")  # + 0.0 turns -0.0 into 0.0

# %% [markdown]
# Newton goes to whatever is near, saddles included. For minimising that is a vice (notebook 04 returns to it). For a hunt it is a virtue. So `critical_points.find` starts Newton from a
# grid over the landscape's window, keeps the ends where the gradient vanishes, and drops doubles. A grid cannot prove that nothing was missed; near the end
# of this notebook you will meet a count that can catch it.

# %% tags=["figure"] mystnb={"image": {"alt": "Contours of the worked example on the square from -0.8 to 1.6, with the saddle at the origin marked by a cross and the minimum near (0.93, 0.93) marked by a triangle. Arrows along the eigenvectors point down at the saddle, towards the upper right and the lower left."}}
fig, ax = plt.subplots(figsize=(5.6, 4.4))
plotting.contours(ax, quintic, levels=[-1, -0.5, 0, 0.5, 1.5, 3, 4.5])
ax.collections[0].set_linestyle("solid")
for w in critical_points.find(quintic):
    kind = critical_points.classify(quintic.grad(w), quintic.hess(w))
    ax.plot(*w, {"saddle": "X", "minimum": "v"}[kind], color="black", markersize=12, label=kind)
eigenvalues, vectors = np.linalg.eigh(quintic.hess([0, 0]))
for sign in (1, -1):
    ax.annotate("", 0.55 * sign * vectors[:, 0], (0, 0), arrowprops={"arrowstyle": "->", "linewidth": 2})
ax.set(xlabel="$x$", ylabel="$y$", title="The arrows lead down from the saddle")
ax.legend(loc="lower right", frameon=True)
plt.show()

# %% [markdown]
# *Reading the figure:* the program finds the two points that we found by hand. The arrows are the eigenvector of the negative eigenvalue, in both directions. One leads
# towards the minimum; the other leads down and out of the picture.
#
# ## Why (11, 2) is not a critical point
#
# One meets the advice to classify a point by its Hessian's eigenvalues, whatever the point. Try it at $(11,2)$. There
#
# $$H=\begin{pmatrix}20\cdot11^3&-4\\-4&4\end{pmatrix}=\begin{pmatrix}26620&-4\\-4&4\end{pmatrix},\qquad g=(5\cdot11^4-4\cdot2,\;4\cdot2-4\cdot11)=(73197,\,-36).$$
#
# $T$ and $D$ are positive, so both eigenvalues are. A minimum, then?
#
# **Before you run the next cell:** by how much does a step against the gradient with $lr=10^{-8}$ lower the loss? Use $lr\,\lVert g\rVert^2$.

# %%
w, lr = np.array([11.0, 2.0]), 1e-8
loss, g = quintic(w)
H = quintic.hess(w)
drop = loss - quintic.fun(w - lr * g)
print(f"eigenvalues of H: {np.linalg.eigvalsh(H)[0]:.3g} and {np.linalg.eigvalsh(H)[1]:.3g}, both positive")
print(f"gradient: by hand (73197, -36), measured ({g[0]:.0f}, {g[1]:.0f})")
print(f"the small step lowers the loss by: predicted {lr * (73197**2 + 36**2):.3g}, measured {drop:.3g}")
print(f"verdict: {critical_points.classify(g, H)}")
assert math.isclose(drop, lr * g @ g, rel_tol=1e-3)

# %% [markdown]
# The table of eigenvalues stands under the heading "where $g=0$". Without that, the linear term rules, and positive curvature only says that the slope is changing. **First the gradient, then the Hessian.**
#
# ### Exercise 01.1 · By hand
#
# Find all critical points of $f(x,y)=x^4+y^4-4xy$ with pencil and paper, and the kind of each. Answer with a dictionary from points to kinds:
# `{(2, 3): "maximum", ...}`. The kinds are `"minimum"`, `"maximum"`, `"saddle"`, `"inconclusive"`.

# %% tags=["exercise"]
### BEGIN SOLUTION
polynomial_points = {(0, 0): "saddle", (1, 1): "minimum", (-1, -1): "minimum"}
### END SOLUTION

# %%
check.polynomial_points(polynomial_points)

# %% [markdown] tags=["solution"]
# $g=(4x^3-4y,\;4y^3-4x)$. The first component is zero where $y=x^3$; then the second is $4x^9-4x=4x\,(x^8-1)$, zero at $x=0$ and $x=\pm1$ (over the reals). Dividing by $x$ would lose the first.
#
# $H=\begin{pmatrix}12x^2&-4\\-4&12y^2\end{pmatrix}$. At the origin: $T=0$, $D=-16$, eigenvalues $\pm4$, a saddle. At $\pm(1,1)$: $12\pm4$, that is 16 and 8, minima. Both have loss $-2$: the lowest
# value is taken twice.

# %% [markdown]
# ### Exercise 01.2 · Say what it is, or that you cannot
#
# Write the classifier. It gets a gradient `g` of shape `(n,)` and a Hessian `H` of shape `(n, n)`, for any `n`, and returns one of five words: `"not critical"`, `"minimum"`, `"maximum"`, `"saddle"`,
# `"inconclusive"`. Computed numbers are rarely exactly zero, so use two tolerances: the point is not critical if the length of `g` exceeds `g_tol`; an eigenvalue counts as zero if its size is at most `tol`
# times the largest size among the eigenvalues. (`np.linalg.eigvalsh(H)` returns the eigenvalues of a symmetric matrix.)

# %% tags=["exercise"]
def kind_of_point(g, H, g_tol=1e-6, tol=1e-6):
    ### BEGIN SOLUTION
    if np.linalg.norm(g) > g_tol:
        return "not critical"
    eigenvalues = np.linalg.eigvalsh(H)
    small = tol * np.abs(eigenvalues).max()
    up, down = (eigenvalues > small).any(), (eigenvalues < -small).any()
    if up and down:
        return "saddle"
    if (np.abs(eigenvalues) <= small).any():
        return "inconclusive"
    return "minimum" if up else "maximum"
    ### END SOLUTION

# %%
check.kind_of_point(kind_of_point)

# %% [markdown] tags=["solution"]
# The order matters. The gradient comes first. Then both signs: they settle the matter even if another eigenvalue is zero. Only then the zeros. `critical_points.classify` does the same, and also
# refuses a matrix that is not symmetric: `show_source(critical_points.classify)` prints it.

# %% [markdown]
# ## When the Hessian cannot say
#
# Take four functions: $y^2$, $\;y^2+x^4$, $\;y^2-x^4$, $\;y^2+x^3$. At the origin each has $g=0$ and the same Hessian $\begin{pmatrix}0&0\\0&2\end{pmatrix}$. Along $y$ all
# four curve upward. Along $x$ the second derivative is zero, and what happens there is up to the terms that the Hessian does not see.
#
# **Before you run the next cell:** sketch each along the $x$ axis. Which have a minimum at the origin?

# %% tags=["figure"] mystnb={"image": {"alt": "Four curves along the x axis through the origin, all with zero slope and zero curvature there: the flat valley stays at zero, x to the fourth rises on both sides, minus x to the fourth falls on both sides, x cubed falls on the left and rises on the right."}}
flat_ones = {"$y^2$": lambda x, y: y**2, "$y^2+x^4$": lambda x, y: y**2 + x**4,
             "$y^2-x^4$": lambda x, y: y**2 - x**4, "$y^2+x^3$": lambda x, y: y**2 + x**3}
x = np.linspace(-1, 1, 201)
fig, ax = plt.subplots(figsize=(6.6, 3.8))
for (name, f), style in zip(flat_ones.items(), ["-", "--", ":", "-."], strict=True):
    ax.plot(x, f(x, 0 * x), style, color="black", label=name)
ax.plot(0, 0, "o", color="white", markeredgecolor="black", markersize=10, zorder=5)
ax.set(xlabel="$x$, along $y=0$", ylabel="$f(x, 0)$", title="One gradient, one Hessian, four different points")
ax.legend(loc="upper center")
plt.show()

# %% [markdown]
# *Reading the figure:* $y^2$ is a **flat** valley: its floor is a whole line of equal minima. $y^2+x^4$ has a single lowest point. $y^2-x^4$ is a saddle. $y^2+x^3$ falls on one side only. No
# function of $g$ and $H$ can tell the four apart, because it is given the same numbers. `"inconclusive"` is the right answer, not a weak one. It is not empty either: the
# eigenvalue $2$ rules out a maximum.
#
# One can go on and walk round the point on a small circle, and count how often $f(w)-f(0)$ changes sign. A sign change proves that there are lower points, and higher ones, if the circle is small enough to be called nearby. None
# proves nothing: it is evidence.
#
# ### Three ways down: the monkey saddle
#
# $f(x,y)=x^3-3xy^2$ has $g=(3x^2-3y^2,\,-6xy)$, zero only at the origin, and there $H=0$: every eigenvalue is zero. In polar coordinates $x=\rho\cos\varphi$, $y=\rho\sin\varphi$ it is $f=\rho^3\cos3\varphi$.
# The ordinary saddle $x^2-y^2$ is $\rho^2\cos2\varphi$.
#
# **Before you run the next cell:** how many valleys run down from the monkey saddle?

# %% tags=["figure"] mystnb={"image": {"alt": "The monkey saddle as a 3-D surface and as contours: three valleys alternate with three ridges around the flat critical point, and three level lines cross there."}}
fig = plt.figure(figsize=(7.2, 3.4))
fig.suptitle("The monkey saddle: three valleys, three ridges, no curvature in the middle", fontweight="bold", fontsize=12.5)
ax = fig.add_subplot(1, 2, 1, projection="3d")
plotting.surface(ax, landscapes.MONKEY_SADDLE)
ax.set(xlabel="$x$", ylabel="$y$", zlabel="", zticks=[], xticks=[-1, 0, 1], yticks=[-1, 0, 1])
ax = fig.add_subplot(1, 2, 2, aspect="equal")
plotting.contours(ax, landscapes.MONKEY_SADDLE, levels=np.linspace(-3, 3, 7))
ax.collections[0].set_linestyle("solid")
for angle in np.radians([60, 180, 300]):
    ax.annotate("", 1.2 * np.array([np.cos(angle), np.sin(angle)]), (0, 0), arrowprops={"arrowstyle": "->", "linewidth": 2})
ax.set(xlabel="$x$", ylabel="$y$", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
plt.show()

# %% [markdown]
# *Reading the figure:* $\cos3\varphi$ is negative in three sectors, around 60, 180 and 300 degrees (the arrows), so there are three ways down: two for the monkey's legs, one for its tail. On a walk round a small circle the loss changes sign six times,
# round an ordinary saddle four times.
#
# The next cell takes that walk for all six functions, and estimates each Hessian from values of $f$ by `critical_points.hessian`, with differences of step $h=\varepsilon^{1/4}$. Here $\varepsilon=2^{-52}\approx2.2\cdot10^{-16}$ is the gap between 1 and the next float64.
# For $x^4$ the estimate of the second derivative at $0$ is $(f(2h)-2f(0)+f(-2h))/4h^2=8h^2$, not $0$.
#
# **Before you run the next cell:** how many sign changes do you expect for each? How large is $8h^2=8\sqrt\varepsilon$? Would a test "is it exactly zero?" notice the flat direction?

# %%
six = flat_ones | {"$x^2-y^2$": lambda x, y: x**2 - y**2, "$x^3-3xy^2$": lambda x, y: x**3 - 3 * x * y**2}
circle = np.radians(np.arange(1, 361))
print(f"8 sqrt(eps) = {8 * math.sqrt(critical_points.EPS):.3g}")
for (name, f), predicted in zip(six.items(), [0, 0, 4, 2, 4, 6], strict=True):
    positive = f(0.1 * np.cos(circle), 0.1 * np.sin(circle)) > 0
    changes = int((positive != np.roll(positive, 1)).sum())
    H = critical_points.hessian(lambda w, f=f: f(*w), np.zeros(2))
    print(f"{name:11}  sign changes: predicted {predicted}, measured {changes}   curvature along x: {H[0, 0]:9.3g}   "
          f"Hessian: {critical_points.classify(np.zeros(2), H)}")
    assert changes == predicted

# %% [markdown]
# Five of the six Hessians are inconclusive, and the walk exposes three of the five as saddles of some kind. For $x^4$ the exact zero became $1.2\cdot10^{-7}$: positive, and meaningless. That is what the tolerance `tol` is for.
#
# ### Is $x^3$ a typical saddle?
#
# At $x=0$ the curve $x^3$ has slope zero and second derivative zero. It is often shown as *the* example of a saddle. It is better called a **degenerate inflection**, because it does not survive a disturbance. Tilt it a little:
# $x^3+cx$ has slope $3x^2+c$.
#
# - $c>0$: no critical point at all.
# - $c<0$: two, at $x=\pm\sqrt{-c/3}$, a minimum and a maximum.
#
# Tilt $x^2-y^2$ to $x^2-y^2+cx$: the saddle moves to $(-c/2,\,0)$ and keeps its Hessian. In general a critical point whose eigenvalues are all different from zero survives every small enough change of $f$ (small in its values and first two derivatives), with the same signs.
# A saddle with a negative eigenvalue, a **strict saddle**, always offers a direction in which the loss falls like $-\tfrac12|\lambda|\,c^2$; $x^3$ offers only a cube. Notebook 02 measures what that costs.

# %%
for c in (-0.3, 0.0, 0.3):
    cubic = landscapes.Landscape("x^3 + cx", lambda w, c=c: w[..., 0]**3 + c * w[..., 0], lambda w, c=c: 3 * w**2 + c,
                                 lambda w: 6 * w[..., None], (), ((-1.5, 1.5),), n=1)
    saddle = landscapes.Landscape("x^2 - y^2 + cx", lambda w, c=c: landscapes.SADDLE.fun(w) + c * w[..., 0],
                                  lambda w, c=c: landscapes.SADDLE.grad(w) + np.array([c, 0]), landscapes.SADDLE.hess,
                                  (), landscapes.SADDLE.window)
    counts = [len(critical_points.find(landscape)) for landscape in (cubic, saddle)]
    print(f"c = {c:4}: x^3 + cx has {counts[0]} critical points, x^2 - y^2 + cx has {counts[1]}")
    assert counts == [{-0.3: 2, 0.0: 1, 0.3: 0}[c], 1]

# %% [markdown]
# ## Derivatives from values alone
#
# Suppose that you can evaluate $f$ but have no formula for its derivatives, or do not trust the one you have. Then take a **finite difference**:
#
# $$\text{forward: } \frac{f(x+h)-f(x)}{h}, \qquad\qquad \text{central: } \frac{f(x+h)-f(x-h)}{2h}.$$
#
# How small should $h$ be? Two errors pull in opposite directions.
#
# **Truncation.** By Taylor's formula the forward difference is $f'+\tfrac h2f''+\dots$. In the central one the even terms cancel: $f'+\tfrac{h^2}6f'''+\dots$. A smaller $h$ is better.
#
# **Rounding.** A computed value of $f$ is off by up to $u\,|f|$, where $u=\varepsilon/2\approx1.1\cdot10^{-16}$ if $f$ is rounded correctly. Two such errors, divided by $h$, make up to $2u|f|/h=\varepsilon|f|/h$; divided by $2h$, half of that. A *larger* $h$ is better.
#
# The best step balances the two. For $a\,h^p+b/h^q$, set the derivative to zero: $h^{p+q}=qb/(pa)$.
#
# We try it on $f(x)=1/x$ just below $x=1$, where $|f|=1$, $|f'|=1$, $|f''|=2$, $|f'''|=6$, $|f''''|=24$ up to a tenth of a per cent. One division is rounded correctly, and steps that are powers of two keep $x\pm h$ and the divisions exact. So
# the two errors above are practically all there is:
#
# | difference | truncation | rounding at most | best $h$ | error there, at most |
# |---|---|---|---|---|
# | $f'$ forward | $h$ | $\varepsilon/h$ | $\varepsilon^{1/2}$ | $2h$ |
# | $f'$ central | $h^2$ | $\varepsilon/2h$ | $(\varepsilon/4)^{1/3}$ | $3h^2$ |
# | $f''$ forward: $\big(f(x+2h)-2f(x+h)+f(x)\big)/h^2$ | $6h$ | $2\varepsilon/h^2$ | $(2\varepsilon/3)^{1/3}$ | $9h$ |
# | $f''$ central: $\big(f(x+h)-2f(x)+f(x-h)\big)/h^2$ | $2h^2$ | $2\varepsilon/h^2$ | $\varepsilon^{1/4}$ | $4h^2$ |
#
# The next cell measures the worst error over a thousand points, for 39 steps from $2^{-6}$ down to $2^{-44}$.

# %%
def f(x):
    return 1 / x


x = 1 - np.arange(1, 1001) / 2**20             # a thousand points, just below 1
h = np.ldexp(1.0, -np.arange(6, 45))[:, None]  # powers of two, a column: one row of errors for each step
errors = {
    "f' forward": (f(x + h) - f(x)) / h + 1 / x**2,
    "f' central": (f(x + h) - f(x - h)) / (2 * h) + 1 / x**2,
    "f'' forward": (f(x + 2 * h) - 2 * f(x + h) + f(x)) / h**2 - 2 / x**3,
    "f'' central": (f(x + h) - 2 * f(x) + f(x - h)) / h**2 - 2 / x**3,
}
worst, h = {name: np.abs(error).max(axis=1) for name, error in errors.items()}, h[:, 0]

# %% [markdown]
# **Before you run the next cell:** in a plot with two logarithmic axes, $h$ is a straight line of slope $1$, and $\varepsilon/h$ one of slope $-1$. What shape is their sum? Where is its lowest point, for
# $\varepsilon=2.2\cdot10^{-16}$? Is $h=10^{-10}$ better than $h=10^{-4}$?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels, logarithmic axes: worst error against step h for the first and for the second derivative, forward and central. Each curve is a V that follows its predicted grey line. The central curves reach far lower than the forward ones, at a larger step."}}
eps = np.finfo(float).eps
bound = {"f' forward": h + eps / h, "f' central": h**2 + eps / (2 * h),
         "f'' forward": 6 * h + 2 * eps / h**2, "f'' central": 2 * h**2 + 2 * eps / h**2}
fig, axes = plt.subplots(1, 2, figsize=(8.2, 3.8), sharex=True)
fig.suptitle("The best step is far from the smallest: every error is a V", fontweight="bold", fontsize=13.5)
for name in worst:
    ax = axes[name.count("'") - 1]
    color, marker = ("black", "o") if "forward" in name else ("#009e73", "s")
    ax.loglog(h, bound[name], color="0.75", linewidth=5, label="predicted" if "forward" in name else None)
    ax.loglog(h, worst[name], marker, color=color, markersize=4.5, label=name)
axes[0].set(xlabel="step $h$", ylabel="worst error", ylim=(1e-12, 1e-1))
axes[1].set(xlabel="step $h$", ylim=(1e-9, 1e4))
_ = [ax.legend(loc="lower left") for ax in axes]
plt.show()

# %% [markdown]
# *Reading the figure:* right of the lowest point the truncation error rules, left of it the rounding error. The measured dots lie on the grey lines, which were drawn from the table. A central difference is better *and* content with a larger step. For second derivatives the
# left arm is twice as steep, so that a step chosen too small ruins them: at $h=10^{-8}$ no digit is left.

# %%
best = {"f' forward": eps**(1 / 2), "f' central": (eps / 4)**(1 / 3), "f'' forward": (2 * eps / 3)**(1 / 3), "f'' central": eps**(1 / 4)}
least = {"f' forward": 2 * eps**(1 / 2), "f' central": 3 * (eps / 4)**(2 / 3),
         "f'' forward": 9 * (2 * eps / 3)**(1 / 3), "f'' central": 4 * eps**(1 / 2)}
for name, error in worst.items():
    i = error.argmin()
    print(f"{name:11}  best h: predicted {best[name]:.1e}, measured {h[i]:.1e}   "
          f"error there: predicted {least[name]:.1e}, measured {error[i]:.1e}")
    assert 0.7 < h[i] / best[name] < 1.5 and 0.8 < error[i] / least[name] < 1.2
    assert (error < 1.06 * bound[name]).all()

# %% [markdown]
# The steps tried are powers of two, so a measured best $h$ can differ from the predicted one by up to $\sqrt2$. The errors agree to a tenth.
#
# Out of 16 digits the forward difference keeps half, the central one two thirds; for second derivatives the central one keeps half, the forward one a third. For another function put its own sizes in:
#
# $$h_{\text{forward}}=\sqrt{2\varepsilon\,\frac{|f|}{|f''|}},\qquad h_{\text{central}}=\sqrt[3]{\frac{3\varepsilon}{2}\frac{|f|}{|f'''|}},\qquad h_{\text{second, central}}=\sqrt[4]{24\,\varepsilon\,\frac{|f|}{|f''''|}}.$$
#
# One seldom knows these sizes. Where $f$ and its derivatives are of order one, $\varepsilon^{1/3}\approx6\cdot10^{-6}$ for gradients and $\varepsilon^{1/4}\approx1.2\cdot10^{-4}$ for Hessians are good defaults.
#
# ### Exercise 01.3 · Central-difference gradient
#
# Write the gradient of a scalar function `f` at `w`, an array of floats of shape `(n,)`, by central differences of step `h`. Component $i$ moves coordinate $i$ alone, by $h$ along the $i$-th unit vector $e_i$.

# %% tags=["exercise"]
def central_gradient(f, w, h=6e-6):
    ### BEGIN SOLUTION
    steps = h * np.eye(w.size)
    return np.array([(f(w + s) - f(w - s)) / (2 * h) for s in steps])
    ### END SOLUTION

# %%
check.central_gradient(central_gradient)

# %% [markdown] tags=["solution"]
# The rows of `h * np.eye(n)` are the steps $h\,e_i$. `critical_points.gradient` is this, with a check of its arguments. It costs $2n$ evaluations of $f$. The network of notebook 13 has 118 282 weights: one gradient this way means 236 564 evaluations of the loss.
# Backpropagation (notebook 10) needs the work of a few. Finite differences remain the judge of whether backpropagation is right.

# %% [markdown]
# ### Exercise 01.4 · Central-difference Hessian
#
# A mixed derivative $\partial^2f/\partial w_i\,\partial w_j$ is the slope, in direction $j$, of the slope in direction $i$. Difference centrally in both:
#
# $$H_{ij}\approx\frac{f(w+he_i+he_j)-f(w+he_i-he_j)-f(w-he_i+he_j)+f(w-he_i-he_j)}{4h^2}.$$
#
# For $i=j$ this is the central second difference with step $2h$. Write it.

# %% tags=["exercise"]
def central_hessian(f, w, h=1.2e-4):
    ### BEGIN SOLUTION
    steps = h * np.eye(w.size)
    return np.array([[(f(w + a + b) - f(w + a - b) - f(w - a + b) + f(w - a - b)) / (4 * h**2) for b in steps]
                     for a in steps])
    ### END SOLUTION

# %%
check.central_hessian(central_hessian)

# %% [markdown] tags=["solution"]
# Each row `a` of the steps is a move of coordinate $i$, each row `b` one of coordinate $j$, and in every evaluation **both** move. `critical_points.hessian` is the same: `show_source(critical_points.hessian)` prints it.

# %% [markdown]
# ## From the museum
#
# A published tutorial computes the Hessian by the forward formula
#
# $$H_{ij}\approx\frac{f(w+he_i+he_j)-f(w+he_i)-f(w+he_j)+f(w)}{h^2},\qquad h=10^{-5},$$
#
# and its loop has a fault. (The code here is rewritten; the fault is the same.) The formula is sound, and $10^{-5}$ is near the best step for it where $f$ and its derivatives are of order one.
#
# **Before you run the next cell:** it asks the loop for the Hessian of $f=xy$ at $(2,5)$, where $g=(5,2)$ and $H=\begin{pmatrix}0&1\\1&0\end{pmatrix}$ everywhere, and of the bowl $x^2+y^2$ at its
# lowest point, where $H=\begin{pmatrix}2&0\\0&2\end{pmatrix}$. Look at the numbers that come out. Do you recognise them?

# %%
from course_lib.checks import museum

for name, f, w in [("xy at (2, 5)", lambda w: w[0] * w[1], [2.0, 5.0]), ("x^2 + y^2 at (0, 0)", lambda w: w @ w, [0.0, 0.0])]:
    H = museum.museum_hessian(f, np.array(w))
    print(f"{name:20} {H.round().tolist()}")

# %% [markdown]
# ### Exercise 01.5 · Repair it
#
# Find the fault and repair it. One line is enough. The check is content with the digits that a forward difference leaves.

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
    #         both[i] += h
    #         one[i] += h
    #         other[j] += h
    #         H[i, j] = (f(both) - f(one) - f(other) + f(w)) / h**2
    # return H
    ### END STUB

# %%
check.museum_hessian(museum_hessian)

# %% [markdown] tags=["solution"]
# `both` had moved in coordinate $i$ only, so `f(both)` and `f(one)` were the same number and cancelled. What is left is
#
# $$-\frac{f(w+he_j)-f(w)}{h^2} = -\frac1h\frac{\partial f}{\partial w_j}-\frac12\frac{\partial^2f}{\partial w_j^2}-\dots$$
#
# At $(2,5)$ that is $-(5,2)/10^{-5}=(-500\,000,\,-200\,000)$ in every row: slopes, not curvatures. At the bottom of the bowl, where the slopes are zero, it is $-1$ everywhere: *minus half* of the second derivative, so that a minimum curves down.
# Two habits find such faults at once: test on $f=xy$, whose only curvature is mixed; and look whether $H$ is symmetric. Even repaired, this loop keeps about 5 digits, and your central one 7 or 8.

# %% [markdown]
# ## Is that all of them?
#
# Himmelblau's function $(x^2+y-11)^2+(x+y^2-7)^2$ is made of two equations, squared and added. Its loss is never below zero. How many critical points does it have?
#
# There is a rule to check a hunt by. If $f$ is smooth on the whole plane, $f(w)\to\infty$ as $\lVert w\rVert\to\infty$, and no critical point has a zero eigenvalue, then
#
# $$\#\text{minima}-\#\text{saddles}+\#\text{maxima}=1 .$$
#
# (Morse theory; see *Go deeper*. You can test it on Exercise 01.1: $2-1+0=1$.) Himmelblau's function has four minima and one maximum.
#
# **Before you run the next cell:** how many saddles must there be?

# %% tags=["figure"] mystnb={"image": {"alt": "Contours of Himmelblau's function on the square from -5 to 5 with its nine critical points: four minima around the middle, one maximum near the centre, and four saddles on the passes between neighbouring minima."}}
himmelblau = landscapes.HIMMELBLAU
hunted = critical_points.find(himmelblau)
kinds = [critical_points.classify(himmelblau.grad(w), himmelblau.hess(w)) for w in hunted]
fig, ax = plt.subplots(figsize=(5.8, 4.6))
plotting.contours(ax, himmelblau, levels=[5, 20, 50, 100, 150, 182, 300, 500])
for kind, marker, face in [("minimum", "v", "black"), ("saddle", "X", "black"), ("maximum", "^", "white")]:
    here = hunted[[k == kind for k in kinds]]
    ax.plot(here[:, 0], here[:, 1], marker, color=face, markeredgecolor="black", markersize=12, linestyle="",
            label=f"{kind}: {len(here)}")
ax.set(xlabel="$x$", ylabel="$y$", title="Between four minima there must be four saddles")
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 0.02), frameon=True, ncols=3)
plt.show()

# %% [markdown]
# *Reading the figure:* each saddle is a pass between two neighbouring valleys. The rule catches a hunt that missed one point, though not one that missed a minimum together with a saddle.
#
# Under the same conditions, and in any dimension from two up, there are at least as many saddles as minima, less one. Many minima cannot come without many saddles. Notebook 02 begins there.

# %%
count = {kind: kinds.count(kind) for kind in ("minimum", "saddle", "maximum")}
total = count["minimum"] - count["saddle"] + count["maximum"]
print(f"saddles: predicted 4, found {count['saddle']}")
print(f"minima - saddles + maxima: predicted 1, measured {count['minimum']} - {count['saddle']} + {count['maximum']} = {total}")
assert total == 1 and len(hunted) == 9
assert all(himmelblau.fun(w) < 1e-20 for w, kind in zip(hunted, kinds, strict=True) if kind == "minimum")

# %% [markdown]
# ## What a zero gradient does not tell
#
# *Is it the lowest point of all?* The gradient and the Hessian at $w$ know only the neighbourhood of $w$. Nothing in this notebook finds a **global** minimum in general, and nothing in later ones will.
#
# - $x\cos(\pi x)$ has a lowest point on $[-1,2]$, with loss $-1.05$. On the whole line it has none: at odd integers $k$ it is $-k$, at $x=101$ already $-101$.
# - The minimum of $x^5+2y^2-4xy$, with loss $-1.03$, is only local. On the line $y=x$ the function is $x^5-2x^2$, and $x=-2$ gives $-32-8=-40$.
# - Himmelblau's four minima all have loss 0. They are global, because no square is negative. That came from outside: from a bound that we knew.
#
# So take care with the sentence "the optimizer converges to the global optimum", whichever optimizer it is said of. What is known is this.
#
# - In general a method that follows gradients is promised *stationary* points only: the gradient tends to zero, under conditions on $f$ and on the learning rate (Bottou, Curtis & Nocedal 2018). For adaptive and second-order methods the general promise is of the same kind.
# - If $f$ is **convex**, $f(v)\ge f(w)+g(w)^\top(v-w)$ for all $v$ and $w$. Put $g(w)=0$: then $f(v)\ge f(w)$ everywhere, and a critical point *is* global.
# - Let $f$ be twice continuously differentiable, with no curvature larger than $L$ in size. Gradient descent with a constant learning rate below $1/L$, from a random start, converges to a given strict saddle with probability zero (Lee et al. 2016). That promises no global minimum either, and it may take long.
# - Very wide networks can be trained by gradient descent to a *training* loss of almost zero; for the squared loss, smooth activations and enough width this is proved (Du et al. 2019). Zero is a lower bound, so such a point is global for the training loss. What it is worth on new data is another question (notebook 12).
# - For networks with many weights one finds Hessians with most eigenvalues near zero (Sagun et al. 2017). So "inconclusive" is no curiosity there.
#
# ## Summary
#
# - Critical means $g=0$. Only there may one read the Hessian, and one reads its eigenvalues, not its diagonal.
# - All positive: minimum. All negative: maximum. Both signs: saddle. A zero without both signs: inconclusive, and that is an answer.
# - A finite difference has a best step. Central: near $\varepsilon^{1/3}$ for first derivatives, near $\varepsilon^{1/4}$ for second ones, if the function's own scale is one.
# - A mixed derivative needs an evaluation in which both coordinates move.
# - A zero gradient, with all curvatures positive, is a *local* statement.

# %% [markdown]
# ## Questions to ask oneself
#
# **1.** At a critical point $H$ has the eigenvalues $3$, $0$ and $-1$. What kind is it?
#
# <details>
# <summary>Answer</summary>
#
# A saddle. Along the eigenvector of $3$ the loss rises, along that of $-1$ it falls. The zero changes nothing.
#
# </details>
#
# **2.** In float32 $\varepsilon=2^{-23}\approx1.2\cdot10^{-7}$. Which step is best for a central first difference of $1/x$ near 1, and what error is left?
#
# <details>
# <summary>Answer</summary>
#
# $h=(\varepsilon/4)^{1/3}\approx3.1\cdot10^{-3}$, with an error of up to $3h^2\approx2.9\cdot10^{-5}$: four to five digits. This is why gradients are checked in float64.
#
# </details>
#
# **3.** A colleague says: "All diagonal entries of my Hessian are positive, so it is a minimum." Give a counterexample with two variables.
#
# <details>
# <summary>Answer</summary>
#
# $f=\tfrac12x^2+\tfrac12y^2+3xy$, with $H=\begin{pmatrix}1&3\\3&1\end{pmatrix}$. Its eigenvalues are $4$ and $-2$. Along the axes it rises; along $(1,-1)$ it falls.
#
# </details>
#
# **4.** The length of a computed gradient is $10^{-7}$ at a point where the smallest eigenvalue of $H$ is $0.1$ and the largest is $10$. How far is the critical point?
#
# <details>
# <summary>Answer</summary>
#
# About $H^{-1}g$ away, so between $10^{-7}/10$ and $10^{-7}/0.1$: at most about $10^{-6}$. With a smallest eigenvalue of $10^{-6}$ the bound would be $0.1$, and outside what Taylor's formula near $w$ can tell. "The gradient is small" means more where curvature is large.
#
# </details>
#
# **5.** A smooth function on the plane tends to infinity far out, whichever way one goes. You found three minima, one saddle and no maximum, none of them with a zero eigenvalue. What do you conclude?
#
# <details>
# <summary>Answer</summary>
#
# $3-1+0=2$, not 1. At least one point is missing (for instance a saddle), or there is one with a zero eigenvalue, for which the rule does not hold.
#
# </details>
#
# ## Go deeper
#
# - J. Nocedal, S. J. Wright, *Numerical Optimization*, 2nd edition, 2006: chapter 2 (conditions for a minimum), chapter 8 (finite differences). doi 10.1007/978-0-387-40065-5
# - D. Goldberg, *What every computer scientist should know about floating-point arithmetic*, 1991. doi 10.1145/103162.103163
# - J. Milnor, *Morse Theory*, Annals of Mathematics Studies 51, 1963: the count of minima, saddles and maxima, in any dimension.
# - K. G. Murty, S. N. Kabadi, *Some NP-complete problems in quadratic and nonlinear programming*, Mathematical Programming 39, 1987: in many variables, even deciding whether a given point is a local minimum is NP-hard in general. doi 10.1007/BF02592948
# - J. D. Lee, M. Simchowitz, M. I. Jordan, B. Recht, *Gradient descent converges to minimizers*, 2016. arXiv 1602.04915
# - L. Bottou, F. E. Curtis, J. Nocedal, *Optimization methods for large-scale machine learning*, SIAM Review 60, 2018. arXiv 1606.04838
# - S. S. Du, J. D. Lee, H. Li, L. Wang, X. Zhai, *Gradient descent finds global minima of deep neural networks*, 2019. arXiv 1811.03804
# - L. Sagun, U. Evci, V. U. Güney, Y. Dauphin, L. Bottou, *Empirical analysis of the Hessian of over-parametrized neural networks*, 2017. arXiv 1706.04454
#
# **Next:** [02: Meet saddles in high dimensions](02_meet_saddles_in_high_dimensions.ipynb)
