"""ResNet50 without its top in PyTorch, as Keras builds it, with weights from Keras's h5 file."""

import h5py
import torch
from torch import nn

# Of each stage: channels inside its blocks, blocks.
STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))


class Convolution(nn.Module):
    """A convolution with its batch normalisation. In Keras convolutions have a bias as well."""

    def __init__(self, weights, name, inside, outside, size, stride=1):
        super().__init__()
        self.convolution = nn.Conv2d(inside, outside, size, stride)
        self.normalisation = nn.BatchNorm2d(outside, eps=1.001e-5)
        with torch.no_grad():
            kernel = weights(f"{name}_conv", "kernel")
            self.convolution.weight.copy_(kernel.permute(3, 2, 0, 1))
            self.convolution.bias.copy_(weights(f"{name}_conv", "bias"))
            self.normalisation.weight.copy_(weights(f"{name}_bn", "gamma"))
            self.normalisation.bias.copy_(weights(f"{name}_bn", "beta"))
            self.normalisation.running_mean.copy_(weights(f"{name}_bn", "moving_mean"))
            self.normalisation.running_var.copy_(weights(f"{name}_bn", "moving_variance"))

    def forward(self, x):
        return self.normalisation(self.convolution(x))


class Block(nn.Module):
    def __init__(self, weights, name, inside, channels, stride, shortcut):
        super().__init__()
        outside = 4 * channels
        self.shortcut = Convolution(weights, f"{name}_0", inside, outside, 1, stride) if shortcut else nn.Identity()
        # Keras strides in the first convolution, of 1 by 1.
        self.first = Convolution(weights, f"{name}_1", inside, channels, 1, stride)
        self.second = Convolution(weights, f"{name}_2", channels, channels, 3)
        self.second.convolution.padding = (1, 1)
        self.third = Convolution(weights, f"{name}_3", channels, outside, 1)

    def forward(self, x):
        y = torch.relu(self.first(x))
        y = torch.relu(self.second(y))
        return torch.relu(self.third(y) + self.shortcut(x))


def resnet50(file):
    """`[rows, 3, side, side]` to `[rows, 2048, side / 32, side / 32]`."""
    with h5py.File(file) as h5:
        group = h5["model_weights"] if "model_weights" in h5 else h5

        def weights(layer, kind):
            names = [name.decode() if isinstance(name, bytes) else name for name in group[layer].attrs["weight_names"]]
            name = next(name for name in names if name.split("/")[-1].split(":")[0] == kind)
            return torch.from_numpy(group[layer][name][()])

        stem = Convolution(weights, "conv1", 3, 64, 7, 2)
        layers = [nn.ZeroPad2d(3), stem, nn.ReLU(), nn.ZeroPad2d(1), nn.MaxPool2d(3, 2)]
        inside = 64
        for stage, (channels, blocks) in enumerate(STAGES):
            for block in range(blocks):
                stride = 2 if block == 0 and stage > 0 else 1
                name = f"conv{stage + 2}_block{block + 1}"
                layers.append(Block(weights, name, inside, channels, stride, block == 0))
                inside = 4 * channels
        return nn.Sequential(*layers)
