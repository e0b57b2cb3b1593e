"""What layers keep beside weights: states from batch to batch, and what `adapt` has learned."""

import numpy as np

import gyeol
from gyeol import layers

X = np.random.default_rng(0).normal(size=(4, 6, 3)).astype("float32")


def stateful():
    model = gyeol.Sequential(
        [gyeol.Input(batch_shape=(2, 3, 3)), layers.SimpleRNN(4, stateful=True), layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    return model


def test_states_go_on_in_predict_and_evaluate():
    model = stateful()
    first, second = X[:2, :3], X[:2, 3:]
    together = np.concatenate([first, second])
    rnn, dense = model.layers
    whole = layers.SimpleRNN(4)
    whole(X[:2])
    whole.set_weights(rnn.get_weights())
    wanted = np.asarray(dense(whole(X[:2])))
    outputs = model.predict(together, batch_size=2, verbose=0)
    np.testing.assert_allclose(outputs[2:], wanted, rtol=1e-5, atol=1e-6)
    rnn.reset_state()
    # The second batch alone has no error only if it goes on from the first.
    targets = np.concatenate([outputs[:2], wanted])
    loss = model.evaluate(together, targets, batch_size=2, verbose=0)
    assert loss < 1e-10
    assert np.abs(rnn.states[0].numpy()).max() > 0
    assert len(model.weights) == 5 and len(model.get_weights()) == 5


def counts(vocabulary):
    model = gyeol.Sequential(
        [
            gyeol.Input((2,), dtype="int32"),
            layers.IntegerLookup(vocabulary=vocabulary, output_mode="multi_hot"),
        ]
    )
    return model.predict(np.array([[7, 9]]), verbose=0).tolist()


def test_a_vocabulary_is_each_models_own():
    assert counts([7, 9]) == [[0.0, 1.0, 1.0]]
    assert counts([9, 8]) == [[1.0, 1.0, 0.0]]
    lookup = layers.IntegerLookup(output_mode="multi_hot", max_tokens=3)
    lookup.adapt(np.array([7, 7, 9]))
    model = gyeol.Sequential([gyeol.Input((2,), dtype="int32"), lookup])
    assert model.predict(np.array([[7, 7]]), verbose=0).tolist() == [[0.0, 1.0, 0.0]]
    lookup.adapt(np.array([8, 8, 7]))
    assert model.predict(np.array([[7, 7]]), verbose=0).tolist() == [[0.0, 0.0, 1.0]]
