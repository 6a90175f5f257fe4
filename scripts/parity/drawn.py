"""Random numbers of a step as KSpec draws them (src/engine/draws.ts), given to Keras's own layers in the place of Keras's.

Only the numbers are replaced: what a layer makes of them stays Keras's formula.
"""

import math
from contextlib import contextmanager
from unittest import mock

import numpy as np
from keras.src import backend, ops

MASK = 0xFFFFFFFF


def stream(*labels):
    """Numbers in [0, 1), the same for the same labels (src/engine/random.ts: xmur3, then sfc32)."""
    a, b, c, d = _hash("\0".join(str(label) for label in labels))
    while True:
        t = (a + b + d) & MASK
        d = (d + 1) & MASK
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & MASK
        c = ((c << 21) | (c >> 11)) & MASK
        c = (c + t) & MASK
        yield t / 4294967296


def _hash(text):
    h = 1779033703 ^ len(text)
    for letter in text:
        h = ((h ^ ord(letter)) * 3432918353) & MASK
        h = ((h << 13) | (h >> 19)) & MASK
    words = []
    for _ in range(4):
        h = ((h ^ (h >> 16)) * 2246822507) & MASK
        h = ((h ^ (h >> 13)) * 3266489909) & MASK
        h ^= h >> 16
        words.append(h)
    return words


def _normal(numbers, count):
    """Box and Muller's, two at a time."""
    values = []
    while len(values) < count:
        radius, angle = math.sqrt(-2 * math.log(1 - next(numbers))), 2 * math.pi * next(numbers)
        values += [radius * math.cos(angle), radius * math.sin(angle)]
    return np.array(values[:count])


class Step:
    """Which step of the run it is: epochs count from 1, steps from 0."""

    epoch, step = 1, 0


@contextmanager
def drawn_as_kspec_does(layers, seed, now):
    """Within it, what these layers draw in training is what KSpec draws in step `now` of a run with this seed."""
    owners = {}
    for layer in layers:
        for one in [layer, *layer._flatten_layers()]:
            if getattr(one, "seed_generator", None) is not None:
                owners[id(one.seed_generator)] = layer.name

    def numbers(generator):
        # Of a layer's first application; no case here applies one that draws twice.
        return stream(seed, "draw", owners[id(generator)], 0, now.epoch, now.step)

    def uniform(shape, seed):
        source = numbers(seed)
        return np.array([next(source) for _ in range(math.prod(shape))]).reshape(shape)

    def extents(shape):
        return [int(extent) for extent in shape]

    def dropout(inputs, rate, noise_shape=None, seed=None):
        shape = [given or own for given, own in zip(noise_shape or inputs.shape, extents(inputs.shape))]
        return inputs * np.where(uniform(shape, seed) >= rate, 1 / (1 - rate), 0).astype(np.float32)

    def normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
        shape = extents(shape)
        values = mean + stddev * _normal(numbers(seed), math.prod(shape))
        return ops.convert_to_tensor(values.reshape(shape).astype(np.float32))

    def any_uniform(shape, seed=None):
        return ops.convert_to_tensor(uniform(extents(shape), seed).astype(np.float32))

    with (
        mock.patch.object(backend.random, "dropout", dropout),
        mock.patch.object(backend.random, "normal", normal),
        mock.patch.object(ops.random, "uniform", any_uniform),
    ):
        yield
