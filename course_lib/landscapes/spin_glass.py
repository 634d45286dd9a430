"""The spherical 3-spin model: a random cubic on a sphere, whose critical points are saddles of
every index.

f(w) = (1/n) sum_ijk J_ijk w_i w_j w_k    on |w|^2 = n, the J_ijk independent N(0, 1)
u = f(w)/n is of order one
along the sphere: gradient g - 3u w,    Hessian P (d2f) P - 3u P,    P = I - w w^T / n

Notebooks: 03.
"""
import itertools
import math

import numpy as np

from course_lib.arguments import array, generator, whole
from course_lib.landscapes.functions import Landscape


def three_spin(n, rng):
    """Return a spherical 3-spin model of `n` coordinates as a Landscape (Crisanti & Sommers 1992,
    10.1007/BF01309287).

    Only points with |w|^2 = n belong to the sphere; `on_sphere` puts them there.
    """
    J = generator(rng).standard_normal((whole("n", n, least=2),) * 3)
    S = sum(J.transpose(order) for order in itertools.permutations(range(3))) / (6 * n)
    S = S.reshape(n, n * n)

    def matrix(w):
        w = np.asarray(w, dtype=float)
        return (w @ S).reshape(*w.shape[:-1], n, n)

    def vector(w):
        return (matrix(w) @ np.asarray(w, dtype=float)[..., None])[..., 0]

    return Landscape("spherical 3-spin", lambda w: (w * vector(w)).sum(-1), lambda w: 3 * vector(w),
                     lambda w: 6 * matrix(w), (), ((-math.sqrt(n), math.sqrt(n)),) * n, n)


def on_sphere(w):
    """Return the points `w` (..., n) scaled to |w|^2 = n."""
    w = array("w", w, float)
    return w * (math.sqrt(w.shape[-1]) / np.linalg.norm(w, axis=-1, keepdims=True))


def along_sphere(landscape, w):
    """Return (u, g) at points `w` (..., n) of the sphere: energy per coordinate (...), gradient
    along it (..., n).
    """
    g = landscape.grad(w)
    u = (g * w).sum(-1) / (3 * landscape.n)  # Euler: w . g = 3 f
    return u, g - 3 * u[..., None] * w


def sphere_hessian(landscape, w):
    """Return the Hessian along the sphere at points `w` (..., n): (..., n-1, n-1) in an
    orthonormal tangent basis.
    """
    n = landscape.n
    mirror = w / math.sqrt(n)
    # The reflection that turns w into the last axis.
    mirror[..., -1] += np.where(mirror[..., -1] < 0, -1, 1)
    length = (mirror**2).sum(-1)[..., None, None]
    Q = np.eye(n) - 2 * mirror[..., :, None] * mirror[..., None, :] / length
    u, _ = along_sphere(landscape, w)
    turned = (Q @ landscape.hess(w) @ Q)[..., :-1, :-1]
    return turned - 3 * u[..., None, None] * np.eye(n - 1)


def move_to_energy(landscape, w, energy, *, lr=0.02, n_steps=300):
    """Walk each point of `w` (runs, n) down or up the gradient until u passes its `energy`
    (runs,), or n_steps are over.
    """
    down = np.sign(along_sphere(landscape, w)[0] - energy)
    for _ in range(n_steps):
        u, g = along_sphere(landscape, w)
        walking = down * (u - energy) > 0
        w = on_sphere(w - lr * (down * walking)[:, None] * g)
    return w


def find_critical(landscape, w, *, n_steps=40, g_tol=1e-8, longest=0.3, apart=1e-3):
    """Return the critical points (found, n) that Newton's iteration on the sphere reaches from
    the points `w` (runs, n).

    A step is at most `longest` times the radius. Ends whose gradient along the sphere is longer
    than `g_tol` are dropped, and points closer than `apart` count as one. Newton is drawn to
    every kind of critical point alike.
    """
    n = landscape.n
    for _ in range(n_steps):
        u, g = along_sphere(landscape, w)
        P = np.eye(n) - w[..., :, None] * w[..., None, :] / n
        H = P @ landscape.hess(w) @ P - 3 * u[..., None, None] * P
        step = -np.linalg.solve(H + (np.eye(n) - P), g[..., None])[..., 0]
        length = np.linalg.norm(step, axis=-1, keepdims=True)
        most = longest * math.sqrt(n)
        w = on_sphere(w + step * np.minimum(1, most / np.maximum(length, 1e-300)))
    found = []
    for point in w[np.linalg.norm(along_sphere(landscape, w)[1], axis=-1) <= g_tol]:
        if all(np.linalg.norm(point - other) > apart for other in found):
            found.append(point)
    return np.array(found).reshape(-1, n)
