"""`python torch_bases.py FOLDER`: small networks as PyTorch's exporter writes them, with what PyTorch computes (expected.json).

Needs torch, onnx and onnxscript from PyPI, which `npm run parity` leaves out: they are large, and PyTorch draws the weights itself.
Last written by PyTorch 2.15.
"""

import json
import sys
import warnings
from pathlib import Path

import onnx
import torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")


class Residual(nn.Module):
    """A residual network that flattens by `view`: exported for a batch of one, which is in its shapes."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 7, 2, 3), nn.BatchNorm2d(4), nn.ReLU6(), nn.MaxPool2d(3, 2, 1))
        self.inside = nn.Sequential(nn.Conv2d(4, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4))
        self.pool = nn.AdaptiveAvgPool2d(1)

    def forward(self, image):
        x = self.stem(image)
        x = self.pool(F.relu(x + self.inside(x)))
        return x.view(x.size(0), -1)


class Upwards(nn.Module):
    """Maps come out of it, behind operations that tell nothing of their axes."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 6, 3, 2, 1)
        self.up = nn.ConvTranspose2d(6, 4, 2, 2, groups=2)
        self.norm = nn.GroupNorm(2, 4)

    def forward(self, image):
        x = F.hardswish(self.down(image))
        larger = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return F.gelu(self.norm(self.up(x))) + larger[:, :4]


class Attention(nn.Module):
    """Patches, a token of their own, attention between them."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 8, 8)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu", norm_first=True)

    def forward(self, image):
        x = self.patches(image).flatten(2).transpose(1, 2)
        return self.layer(torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1))[:, 0]


def without_places(file):
    """The exporter notes where in the source each node comes from."""
    model = onnx.load(file, load_external_data=False)
    for one in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output, model.graph, model):
        one.doc_string = ""
        del one.metadata_props[:]
    file.write_bytes(model.SerializeToString())


def main(folder):
    torch.manual_seed(1)
    expected = {}
    for name, network, is_open in (("residual", Residual(), False), ("upwards", Upwards(), True), ("attention", Attention(), True)):
        network.eval()
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.uniform_(-0.1, 0.1)
                module.running_var.uniform_(0.5, 1.5)
        images = torch.rand(2, 3, 16, 16)
        shapes = ({0: torch.export.Dim("batch")},) if is_open else None
        given = images if is_open else images[:1]
        torch.onnx.export(network, (given,), folder / f"{name}.onnx", dynamo=True, dynamic_shapes=shapes, verbose=False)
        without_places(folder / f"{name}.onnx")
        output = network(images).detach()
        expected[f"{name}.onnx"] = {
            "inputs": [{"shape": list(images.shape), "values": [float(f"{v:.8g}") for v in images.flatten()]}],
            "output": {"shape": list(output.shape), "values": [float(f"{v:.8g}") for v in output.flatten()]},
        }
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
