"""Weights and images by formula, the same as in test/model/applications/formula.ts.

A number depends only on a layer's name, the place of the weight among the layer's weights, its shape, and its index, so that
nothing but outputs needs to be stored to compare two programs.
"""

import numpy as np


def uniform(text, count):
    """`count` numbers in [-1, 1): a 32-bit hash of the text (FNV-1a), then MurmurHash3's finaliser of hash and index."""
    seed = 2166136261
    for byte in text.encode("utf-8"):
        seed = ((seed ^ byte) * 16777619) & 0xFFFFFFFF
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(seed)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return x.astype(np.float64) / 2147483648 - 1


def weight(layer, class_name, place, shape, gain):
    """Values of a layer's weight: He's range for kernels, near `gain` for the scales of batch normalisation."""
    u = uniform(f"{layer}/{place}", int(np.prod(shape, dtype=np.int64)))
    if class_name == "BatchNormalization":
        values = (gain * (1 + 0.3 * u), 0.1 * u, 0.1 * u, 1 + 0.3 * u)[place]
    elif class_name == "Normalization":
        values = (0.5 + 0.1 * u, 0.06 + 0.02 * u, 0 * u)[place]
    elif place > 0:
        values = 0.1 * u
    else:
        outer = shape[:2] if class_name == "DepthwiseConv2D" else shape[:-1]
        # Squeeze and excitation multiplies a network by itself, and with strong kernels every rounding error grows.
        strength = 0.1 if "_se_" in layer else 1
        values = u * strength * np.sqrt(6 / int(np.prod(outer)))
    return values.reshape(shape).astype(np.float32)


def images(size, preprocessing):
    """Two images `[2, size, size, 3]` of waves and noise, in the range that the application takes."""
    k, i, j, c = np.meshgrid(
        np.arange(2), np.arange(size), np.arange(size), np.arange(3), indexing="ij"
    )
    waves = (i * 7 * (c + 1) + j * 13 * (k + 1) + k * 29) % 64 / 32 - 1
    noise = uniform("image", 2 * size * size * 3).reshape(waves.shape)
    values = (2 * waves + noise) / 3
    if preprocessing == "raw":
        values = (values + 1) * 127.5
    elif preprocessing == "caffe":
        values = values * 127.5
    return values.astype(np.float32)
