"""The student: waveform [N,15600] at 16 kHz -> embedding [N,384]; its front end is part of it."""

import math

import torch
from torch import nn

WINDOW, FRAME, HOP, BANDS, DIMENSION = 15_600, 400, 240, 64, 384
LOWEST, HIGHEST = 125.0, 7500.0
FLOOR = 3e-4  # added to a band's magnitude before its logarithm


def _mel(hertz):
    return 1127 * math.log1p(hertz / 700)


class LogMel(nn.Module):
    """waveform [N,15600] -> log magnitudes [N,1,64,64] of 64 mel bands in 64 frames of 25 ms.

    A strided convolution with Hann-windowed DFT kernels (bins of 40 Hz, 120 to 7520 Hz), magnitude, triangular mel
    bands (O'Shaughnessy 1987: 1127 ln(1 + f/700)), logarithm. Nothing in it is learnt.
    """

    def __init__(self):
        super().__init__()
        bins = torch.arange(3, 189, dtype=torch.float64)
        n = torch.arange(FRAME, dtype=torch.float64)
        hann = 0.5 - 0.5 * torch.cos(2 * math.pi * n / FRAME)
        angle = 2 * math.pi * bins[:, None] * n[None] / FRAME
        kernels = torch.cat([torch.cos(angle) * hann, -torch.sin(angle) * hann])
        edges = torch.linspace(_mel(LOWEST), _mel(HIGHEST), BANDS + 2, dtype=torch.float64)
        mel = 1127 * torch.log1p(bins * (16_000 / FRAME) / 700)
        up = (mel[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
        down = (edges[None, 2:] - mel[:, None]) / (edges[2:] - edges[1:-1])
        bands = torch.clamp(torch.minimum(up, down), min=0)
        self.register_buffer("kernels", kernels[:, None].float())
        self.register_buffer("bands", bands.float())

    def forward(self, waveform):
        both = nn.functional.conv1d(waveform[:, None], self.kernels, stride=HOP)
        real, imaginary = both[:, :186], both[:, 186:]
        magnitude = torch.sqrt(real * real + imaginary * imaginary + 1e-12)
        energy = torch.matmul(magnitude.transpose(1, 2), self.bands)
        return torch.log(energy + FLOOR)[:, None]


class Block(nn.Module):
    """Depthwise 3x3, then pointwise; added to its input where shapes allow."""

    def __init__(self, channels, out, stride):
        super().__init__()
        self.through = nn.Sequential(
            nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, out, 1, bias=False), nn.BatchNorm2d(out))
        self.residual = channels == out and stride == 1

    def forward(self, x):
        y = self.through(x)
        return torch.relu(x + y if self.residual else y)


class Body(nn.Module):
    """log-mel [N,1,64,64] -> embedding [N,384], never negative."""

    SHAPE = [(64, 2), (128, 1), (192, 2), (192, 1), (192, 1), (192, 1), (DIMENSION, 2), (DIMENSION, 1)]

    def __init__(self, first=24):
        super().__init__()
        layers = [nn.Conv2d(1, first, 3, 2, 1, bias=False), nn.BatchNorm2d(first), nn.ReLU()]
        for out, stride in self.SHAPE:
            layers.append(Block(first, out, stride))
            first = out
        self.layers = nn.Sequential(*layers)

    def forward(self, log_mel):
        heard = self.layers((log_mel + 4) / 3).mean(3)
        return (heard.mean(2) + heard.amax(2)) / 2  # what is short is not averaged away


class Backbone(nn.Module):
    """waveform -> embeddings."""

    def __init__(self, body):
        super().__init__()
        self.front, self.body = LogMel(), body

    def forward(self, waveform):
        return self.body(self.front(waveform))


class Pupil(nn.Module):
    """The body with what only training needs: the teacher's embedding and class scores from the student's, and labels."""

    def __init__(self, outputs, teacher=1024, classes=521):
        super().__init__()
        self.body = Body()
        self.embedding = nn.Linear(DIMENSION, teacher)
        self.classes = nn.Linear(DIMENSION, classes)
        self.labels = nn.Linear(DIMENSION, outputs)
        nn.init.constant_(self.classes.bias, -6)  # most classes are hardly ever heard
        nn.init.constant_(self.labels.bias, -2)

    def forward(self, log_mel):
        e = self.body(log_mel)
        return self.embedding(e), self.classes(e), self.labels(nn.functional.dropout(e, 0.2, self.training))


class Head(nn.Module):
    """embedding [N,384] -> a score from 0 to 1 for each output."""

    def __init__(self, outputs, dimension=DIMENSION, hidden=64):
        super().__init__()
        self.register_buffer("mean", torch.zeros(dimension))
        self.register_buffer("scale", torch.ones(dimension))
        self.through = nn.Sequential(nn.Linear(dimension, hidden), nn.ReLU(), nn.Linear(hidden, outputs))

    def logits(self, embedding):
        return self.through((embedding - self.mean) * self.scale)

    def forward(self, embedding):
        return torch.sigmoid(self.logits(embedding))
