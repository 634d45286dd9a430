"""Losses: values and gradients against theory, no overflow at logits of 1e4, and labels that are
refused.
"""
import math

import numpy as np
import pytest

from course_lib.landscapes.critical_points import gradient
from course_lib.networks.losses import check_labels, log_softmax, mse, softmax_cross_entropy


def test_cross_entropy_equals_its_definition():
    rng = np.random.default_rng(0)
    logits, y = rng.standard_normal((6, 4)), rng.integers(0, 4, 6)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    loss, dlogits = softmax_cross_entropy(logits, y)
    assert loss == pytest.approx(-np.log(p[np.arange(6), y]).mean(), rel=1e-14)
    np.testing.assert_allclose(dlogits, (p - np.eye(4)[y]) / 6, rtol=1e-13)


@pytest.mark.parametrize("k", [2, 10])
def test_equal_logits_cost_ln_k(k):
    loss, dlogits = softmax_cross_entropy(np.full((3, k), 7.0), np.array([0, 1, k - 1]))
    assert loss == pytest.approx(math.log(k), rel=1e-15)
    np.testing.assert_allclose(dlogits.sum(axis=1), 0, atol=1e-16)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_ten_thousand_neither_overflow_nor_lose_the_loss(dtype):
    logits = np.array([[1e4, 0, -1e4], [1e4, 0, -1e4]], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, dlogits = softmax_cross_entropy(logits, np.array([0, 2]))
    assert loss == 1e4  # the mean of 0 and 20 000
    assert dlogits.tolist() == [[0, 0, 0], [0.5, 0, -0.5]]


def test_a_constant_added_to_a_row_changes_nothing():
    """Nor may one row reach another: shifted by the largest logit of the whole batch, log 0 would
    appear.
    """
    rng = np.random.default_rng(1)
    logits, y = rng.standard_normal((5, 3)), rng.integers(0, 3, 5)
    loss, dlogits = softmax_cross_entropy(logits, y)
    loss_shifted, dlogits_shifted = softmax_cross_entropy(
        logits + 1000 * rng.standard_normal((5, 1)), y
    )
    assert loss_shifted == pytest.approx(loss, rel=1e-11)
    np.testing.assert_allclose(dlogits_shifted, dlogits, atol=1e-12)


def test_log_softmax_is_a_log_of_probabilities():
    log_p = log_softmax(np.random.default_rng(2).standard_normal((4, 5, 3)))
    np.testing.assert_allclose(np.exp(log_p).sum(axis=-1), 1, rtol=1e-15)


@pytest.mark.parametrize("loss_function, y", [
    (softmax_cross_entropy, np.array([0, 2, 1, 2, 2])),
    (mse, np.random.default_rng(3).standard_normal((5, 3))),
], ids=["cross-entropy", "mse"])
def test_gradient_agrees_with_central_differences_and_complex_step(loss_function, y):
    outputs = np.random.default_rng(4).standard_normal((5, 3))
    _, D = loss_function(outputs, y)
    numeric = gradient(lambda z: float(loss_function(z.reshape(5, 3), y)[0]), outputs.ravel())
    np.testing.assert_allclose(D.ravel(), numeric, rtol=1e-6, atol=1e-9)
    for k in np.ndindex(5, 3):
        nudged = outputs.astype(complex)
        nudged[k] += 1e-30j
        assert loss_function(nudged, y)[0].imag / 1e-30 == pytest.approx(D[k], rel=1e-12)


def test_mse_on_numbers_worked_by_hand():
    loss, D = mse(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 0.0], [0.0, 4.0]]))
    assert loss == (4 + 9) / 4
    assert D.tolist() == [[0, 1], [1.5, 0]]


@pytest.mark.parametrize(
    "loss_function, y", [(softmax_cross_entropy, [0, 1]), (mse, np.ones((2, 3)))]
)
def test_float32_stays_float32(loss_function, y):
    loss, D = loss_function(np.ones((2, 3), np.float32), y)
    assert loss.dtype == D.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_labels_of_any_integer_type_are_taken(dtype):
    y = np.array([2, 0], dtype)
    assert softmax_cross_entropy(np.zeros((2, 3)), y)[1].argmin(axis=1).tolist() == [2, 0]


def test_the_inputs_are_left_alone():
    logits, y = np.ones((2, 3)), np.array([0, 1])
    softmax_cross_entropy(logits, y)
    mse(logits, logits)
    assert (logits == 1).all() and y.tolist() == [0, 1]


@pytest.mark.parametrize("y, message", [
    ([0, 3], "class labels must lie between 0 and 2, got 0 to 3"),
    ([-1, 0], "class labels must lie between 0 and 2, got -1 to 0"),
    ([0.0, 1.0], r"integer class labels, shape \(2,\), got float64"),
    ([0, 1, 2], r"shape \(2,\), got int64, shape \(3,\)"),
    ([[0], [1]], r"shape \(2,\), got int64, shape \(2, 1\)"),
    ([[1, 0, 0], [0, 1, 0]], r"shape \(2,\), got int64, shape \(2, 3\)"),
])
def test_labels_that_do_not_fit_are_refused_in_one_sentence(y, message):
    with pytest.raises(ValueError, match=message):
        softmax_cross_entropy(np.zeros((2, 3)), y)
    with pytest.raises(ValueError, match=message):
        check_labels(y, 2, 3)


@pytest.mark.parametrize("logits", [np.zeros(3), np.zeros((0, 3))])
def test_logits_that_are_no_batch_are_refused(logits):
    with pytest.raises(ValueError, match=r"logits must have shape \(n, k\)"):
        softmax_cross_entropy(logits, [])


@pytest.mark.parametrize("y", [np.zeros(4), np.zeros((1, 4)), np.zeros((4, 2))])
def test_mse_refuses_shapes_that_would_broadcast(y):
    with pytest.raises(ValueError, match="must share one shape"):
        mse(np.zeros((4, 1)), y)


def test_a_batch_of_one_class_is_a_batch():
    for y in ([0, 0], [2, 2]):
        assert check_labels(y, 2, 3).tolist() == y


def test_log_softmax_counts_the_classes_along_the_last_axis_of_any_shape():
    """Also where another axis has the largest logit: each row by itself must not overflow."""
    logits = np.array([[[0.0, 0.0]], [[-2000.0, -2000.0]], [[2000.0, 1000.0]]])
    with np.errstate(over="raise", divide="raise"):
        p = np.exp(log_softmax(logits))
    np.testing.assert_allclose(p, [[[0.5, 0.5]], [[0.5, 0.5]], [[1, 0]]], atol=1e-300)


def test_lists_are_taken_as_arrays():
    logits, y = [[1, 2, 3], [0, 0, 4]], [2, 0]
    for ours, theirs in ((softmax_cross_entropy(logits, y),
                          softmax_cross_entropy(np.array(logits, float), np.array(y))),
                         (mse(logits, logits[::-1]),
                          mse(np.array(logits, float), np.array(logits[::-1], float)))):
        assert ours[0] == theirs[0] and np.array_equal(ours[1], theirs[1])
    assert np.array_equal(log_softmax(logits), log_softmax(np.array(logits, float)))


@pytest.mark.parametrize("value", ["a", None, [["a", "b"]], [[1.0], [1.0, 2.0]]])
def test_what_holds_no_numbers_is_named(value):
    for call, name in ((lambda: softmax_cross_entropy(value, [0]), "logits"),
                       (lambda: log_softmax(value), "logits"),
                       (lambda: mse(value, [0]), "outputs"),
                       (lambda: mse(np.zeros((1, 1)), value), "y"),
                       (lambda: softmax_cross_entropy(np.zeros((1, 2)), value), "y")):
        with pytest.raises(TypeError, match=f"{name} must hold numbers") as caught:
            call()
        assert "\n" not in str(caught.value)


def test_logits_without_classes_are_refused():
    with pytest.raises(ValueError, match=r"n and k at least 1, got \(2, 0\)"):
        softmax_cross_entropy(np.zeros((2, 0)), [0, 0])
