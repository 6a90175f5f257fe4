"""`python recurrent.py FILE`: losses of 20 steps of training of every kind of recurrent layer, as Keras computes them.

Weights, rows and truths are the formula's, so only configurations and losses are stored. Behind each case stand Flatten and a
dense layer with two outputs; 11 rows in batches of 8 in their order, ten epochs, Adam with 0.01, mean squared error. Words are
learnt by SGD with 0.1: Keras's Adam on TensorFlow squares each of the gradients that a word has in a batch, and not their sum.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from formula import uniform

ROWS, EPOCHS, BATCH, WORDS = 11, 10, 8, 6
GATES = {"recurrent_activation": "sigmoid"}
KINDS = {
    "SimpleRNN": ("SimpleRNN", {"units": 4}),
    "LSTM": ("LSTM", {"units": 4, **GATES}),
    "GRU": ("GRU", {"units": 4, "reset_after": False, **GATES}),
    "GRU reset_after": ("GRU", {"units": 4, "reset_after": True, **GATES}),
}


def described(class_name, options):
    return {"class_name": class_name, "config": options}


def cases():
    """Name → shape of a row, and layers as (class, options)."""
    words = ("Embedding", {"input_dim": WORDS, "output_dim": 3, "mask_zero": True})
    for name, (class_name, options) in KINDS.items():
        with_more = lambda **more: (class_name, {**options, **more})
        whole = with_more(return_sequences=True)
        yield name, [5, 3], [(class_name, options)]
        yield f"{name} every step, backwards", [5, 3], [with_more(return_sequences=True, go_backwards=True)]
        yield f"{name} otherwise", [4, 3], [
            with_more(activation="elu", use_bias=False, **({} if name == "SimpleRNN" else {"recurrent_activation": "hard_sigmoid"}))
        ]
        yield f"{name} of words", [5], [words, whole, (class_name, options)]
        for mode in ("concat", "sum", "mul", "ave"):
            both = {"layer": described(*(whole if mode in ("sum", "mul") else (class_name, options))), "merge_mode": mode}
            yield f"{name} both ways, {mode}", [5, 3], [("Bidirectional", both)]
        yield f"{name} both ways of words", [5], [words, ("Bidirectional", {"layer": described(*whole)}), (class_name, options)]
    cells = [described("GRUCell", {**KINDS["GRU reset_after"][1], "units": 3}), described("LSTMCell", KINDS["LSTM"][1])]
    stacked = {"cell": described("StackedRNNCells", {"cells": cells})}
    yield "cells on top of each other", [5, 3], [("RNN", stacked)]
    yield "cells on top of each other, of words", [5], [words, ("RNN", {**stacked, "return_sequences": True}), ("RNN", stacked)]


def built(class_name, options):
    inner = lambda one: built(one["class_name"], one["config"])
    made = dict(options)
    for key in ("layer", "cell"):
        if key in made:
            made[key] = inner(made[key])
    if "cells" in made:
        made["cells"] = [inner(one) for one in made["cells"]]
    return getattr(keras.layers, class_name)(**made)


def is_words(shape):
    return len(shape) == 1


def rows(shape):
    values = uniform("rows", ROWS * int(np.prod(shape))).reshape(ROWS, *shape)
    return (np.floor((values + 1) / 2 * WORDS) if is_words(shape) else values * 2).astype(np.float32)


def losses(shape, layers):
    model = keras.Sequential([keras.Input(shape), *(built(*layer) for layer in layers), keras.layers.Flatten(), keras.layers.Dense(2)])
    model.set_weights(
        [
            (uniform(f"weight {i}", weight.size) * 0.6).reshape(weight.shape).astype(np.float32)
            for i, weight in enumerate(model.get_weights())
        ]
    )
    optimizer = keras.optimizers.SGD(0.1) if is_words(shape) else keras.optimizers.Adam(0.01)
    model.compile(optimizer=optimizer, loss="mean_squared_error", jit_compile=False)
    truths = uniform("truths", ROWS * 2).reshape(ROWS, 2).astype(np.float32)
    history = model.fit(rows(shape), truths, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0).history
    return [float(f"{loss:.8g}") for loss in history["loss"]]


def main(target):
    content = {}
    for name, shape, layers in cases():
        content[name] = {"shape": shape, "layers": layers, "losses": losses(shape, layers)}
        first, last = content[name]["losses"][0], content[name]["losses"][-1]
        # What learns nothing could not tell wrong gradients from right ones.
        assert last < 0.99 * first, (name, first, last)
    print(f"{len(content)} cases, Keras {keras.version()}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
