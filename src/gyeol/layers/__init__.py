"""The layers, by Keras's names."""

# Gives symbolic tensors their arithmetic.
import gyeol.layers.operators  # noqa: F401
from gyeol.layers.activations import LeakyReLU, ReLU, Softmax
from gyeol.layers.base import InputSpec, Layer
from gyeol.layers.convolutional import Conv2D
from gyeol.layers.core import Activation, Dense, Input, InputLayer
from gyeol.layers.merging import Add, Concatenate, add, concatenate
from gyeol.layers.normalization import BatchNormalization, Rescaling
from gyeol.layers.pooling import (
    AveragePooling2D,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
)
from gyeol.layers.regularization import Dropout
from gyeol.layers.reshaping import Flatten, Reshape, ZeroPadding2D

Convolution2D = Conv2D
MaxPool2D = MaxPooling2D
AvgPool2D = AveragePooling2D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalMaxPool2D = GlobalMaxPooling2D

__all__ = [
    "Activation",
    "Add",
    "AveragePooling2D",
    "AvgPool2D",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "Convolution2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling2D",
    "GlobalAvgPool2D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling2D",
    "Input",
    "InputLayer",
    "InputSpec",
    "Layer",
    "LeakyReLU",
    "MaxPool2D",
    "MaxPooling2D",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Softmax",
    "ZeroPadding2D",
    "add",
    "concatenate",
]
