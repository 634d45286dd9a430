"""An update rule of this course as a Keras optimizer, in ten lines; schedules and clipping remain those of Keras.

    model.compile(optimizer=keras_optimizer(adam, lr=0.001), loss=..., run_eagerly=True)

The rule runs in NumPy, so the model has to run eagerly: that is for trying a rule out, not for speed. States are not saved.
"""


def keras_optimizer(step, *, lr, **hyper):
    """Return a keras.optimizers.Optimizer that moves every variable by `step`; lr: a number or a Keras schedule."""
    import keras

    class Wrapped(keras.optimizers.Optimizer):
        def build(self, variables):
            super().build(variables)
            self.states = [{} for _ in variables]

        def update_step(self, gradient, variable, learning_rate):
            k = self._get_variable_index(variable)
            w, g = variable.numpy(), gradient.numpy()
            w, self.states[k] = step(w, g, self.states[k], lr=float(learning_rate), **hyper)
            self.assign(variable, w)

    return Wrapped(learning_rate=lr)
