"""Files go both ways over whole models drawn at random.

A drawn model is a description, a `Graph`; one function builds it with gyeol or with Keras. More of
them, and others than those of the suite:
``GYEOL_EXAMPLES=500 python -m pytest tests/parity/test_drawn_models.py``.
"""

import json
import os
import zipfile
from dataclasses import dataclass, field, is_dataclass
from math import prod
from operator import attrgetter
from typing import Any

import jax
import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import gyeol

pytestmark = [
    # Masks that end at a layer, in either library's words, and two warnings of Keras alone.
    pytest.mark.filterwarnings("ignore:.*mask"),
    pytest.mark.filterwarnings("ignore:(.|\\n)*You are using a softmax:UserWarning"),
    pytest.mark.filterwarnings("ignore:Model doesn't support `jit_compile=True`:UserWarning"),
]

EXAMPLES = int(os.environ.get("GYEOL_EXAMPLES", "0"))
BATCH, VOCABULARY = 2, 7
# The size of a tensor, without the batch, after which no layer may make it larger.
LARGE = 300


# The description of a model ---------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """An object of either library, ``library.name(**arguments)``; layers may be adapted to data."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    adapted_to: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Step:
    """A call of a layer, of a model within, of that of an earlier step again, or of a function."""

    what: Any  # Made, Graph, int (the earlier step), str (a function of `library.ops`, an operator)
    sources: tuple[int, ...]
    arguments: dict[str, Any] = field(default_factory=dict)
    takes_list: bool = False


@dataclass(frozen=True)
class Graph:
    """A model: the shapes and dtypes of its inputs, its steps, and which tensors come out.

    Tensors are numbered: the inputs, then the outputs of each step.
    """

    inputs: tuple[tuple[tuple[int, ...], str], ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...] = ()
    form: str = "functional"
    name: str | None = None


OPERATORS = {
    "twice": lambda x: 2.0 * x,
    "one_minus": lambda x: 1.0 - x,
    "minus": lambda x: -x,
    "squared": lambda x: x**2,
    "plus": lambda x, y: x + y,
    "times": lambda x, y: x * y,
    "ratio": lambda x, y: x / (abs(y) + 1.0),
    "first_of_last": lambda x: x[..., :1],
    "last_step": lambda x: x[:, -1],
    "later_steps": lambda x: x[:, 1:],
    "with_axis": lambda x: x[:, None],
    "plus_constant": lambda x: x + np.float32(0.5),
    "plus_array": lambda x: x + np.arange(x.shape[-1], dtype="float32"),
}


def made(library, value):
    """The description's objects, within dicts and lists too, as those of the library."""
    if isinstance(value, Made):
        obj = attrgetter(value.name)(library)(**made(library, value.arguments))
        if value.adapted_to is not None:
            obj.adapt(np.random.default_rng(5).normal(1.0, 2.0, value.adapted_to).astype("float32"))
        return obj
    if isinstance(value, dict):
        return {name: made(library, item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(made(library, item) for item in value)
    return value


def called(library, step, callables, tensors):
    """The outputs of a step, in a list."""
    given = [tensors[n] for n in step.sources]
    if isinstance(step.what, str):
        function = OPERATORS.get(step.what) or attrgetter(step.what)(library.ops)
    elif isinstance(step.what, int):
        function = callables[step.what]
    else:
        function = built(library, step.what) if isinstance(step.what, Graph) else None
        function = function or made(library, step.what)
    callables.append(function)
    return jax.tree.leaves(
        function(given, **step.arguments) if step.takes_list else function(*given, **step.arguments)
    )


def built(library, graph):
    """The model of a description."""
    if graph.form != "functional":
        parts = [
            built(library, step.what) if isinstance(step.what, Graph) else made(library, step.what)
            for step in graph.steps
        ]
        ((shape, dtype),) = graph.inputs
        if graph.form == "sequential":
            parts.insert(0, library.Input(shape, dtype=dtype))
        model = library.Sequential(parts, name=graph.name)
        if graph.form == "sequential, built later":
            model.build((None, *shape))
        return model
    tensors = inputs = [library.Input(shape, dtype=dtype) for shape, dtype in graph.inputs]
    tensors, callables = list(inputs), []
    for step in graph.steps:
        tensors += called(library, step, callables, tensors)
    outputs = [tensors[n] for n in graph.outputs]
    single = len(inputs) == len(outputs) == 1
    model = library.Model(
        inputs[0] if single else inputs, outputs[0] if single else outputs, name=graph.name
    )
    return model


# Drawing: arguments ---------------------------------------------------------------------------


def one_of(*values):
    return st.sampled_from(values)


ACTIVATIONS = one_of(
    *(None, "relu", "tanh", "sigmoid", "softmax", "elu", "selu", "gelu", "silu", "hard_sigmoid"),
    *("softplus", "softsign", "leaky_relu", "relu6", "linear", "mish", "log_softmax"),
)
INITIALIZERS = one_of(
    *("he_normal", "lecun_uniform", "ones", "zeros"),
    Made("initializers.RandomNormal", {"stddev": 0.5, "seed": 3}),
    Made("initializers.VarianceScaling", {"scale": 2.0, "mode": "fan_out"}),
    Made("initializers.Constant", {"value": 0.25}),
    Made("initializers.TruncatedNormal", {"mean": 0.5}),
)
REGULARIZERS = one_of(
    *("l1", "l2"),
    Made("regularizers.L2", {"l2": 0.25}),
    Made("regularizers.L1L2", {"l1": 0.125, "l2": 0.5}),
)
CONSTRAINTS = one_of(
    *("max_norm", "non_neg", "unit_norm"),
    Made("constraints.MaxNorm", {"max_value": 1.5, "axis": 0}),
    Made("constraints.MinMaxNorm", {"min_value": 0.5, "max_value": 2.0, "rate": 0.5}),
)
POLICIES = one_of("mixed_bfloat16", "bfloat16", "float32", "mixed_float16", "float16")


def some(draw, **strategies):
    """Arguments, each given now and then only: defaults are what most models have."""
    return {name: draw(strategy) for name, strategy in strategies.items() if draw(st.booleans())}


def rarely(draw, **strategies):
    if draw(st.integers(0, 5)):
        return {}
    return some(draw, **strategies)


def weighted(draw, *names):
    """Initializers, regularizers and constraints of weights of these names."""
    found = {}
    for name in names:
        found |= rarely(
            draw,
            **{
                f"{name}_initializer": INITIALIZERS,
                f"{name}_regularizer": REGULARIZERS,
                f"{name}_constraint": CONSTRAINTS,
            },
        )
    return found


def common(draw, policies=POLICIES):
    """Arguments of every layer."""
    return rarely(draw, trainable=st.just(False), dtype=policies)


def window(draw, sizes, dilated=True, same=True):
    """A kernel that fits, with strides or dilation."""
    padding = draw(one_of("same", "valid")) if same else "valid"
    kernel = [draw(st.integers(1, min(3, size))) for size in sizes]
    found = {"kernel_size": kernel[0] if len(set(kernel)) == 1 else tuple(kernel)}
    if padding == "same" or draw(st.booleans()):
        found["padding"] = padding
    kind = draw(one_of("plain", "strides", "dilation"))
    if kind == "strides":
        found["strides"] = draw(st.integers(1, 2))
    elif kind == "dilation" and dilated and all(2 * k - 1 <= s for k, s in zip(kernel, sizes)):
        found["dilation_rate"] = 2
    return found


def pool(draw, sizes):
    found = {"pool_size": draw(st.integers(1, min(2, *sizes)))}
    return {
        **found,
        **some(draw, strides=st.integers(1, 2), padding=one_of("same", "valid")),
    }


# Drawing: layers, each from the shape (without the batch) of what it takes ---------------------


def dense(draw, shape):
    return Made(
        "layers.Dense",
        {
            "units": draw(st.integers(1, 5)),
            **some(draw, activation=ACTIVATIONS, use_bias=st.booleans()),
            **weighted(draw, "kernel", "bias"),
            **rarely(draw, activity_regularizer=REGULARIZERS),
            **common(draw),
        },
    )


def convolution(draw, shape):
    rank, channels = len(shape) - 1, shape[-1]
    groups = draw(one_of(*(g for g in (1, 2, 3) if channels % g == 0)))
    arguments = {"filters": groups * draw(st.integers(1, 2)), **window(draw, shape[:-1])}
    if groups > 1:
        arguments["groups"] = groups
    if rank == 1 and draw(st.integers(0, 3)) == 0:
        arguments["padding"] = "causal"
    arguments |= some(draw, activation=ACTIVATIONS, use_bias=st.booleans())
    return Made(
        f"layers.Conv{rank}D", {**arguments, **weighted(draw, "kernel", "bias"), **common(draw)}
    )


def depthwise(draw, shape):
    return Made(
        f"layers.DepthwiseConv{len(shape) - 1}D",
        {
            **window(draw, shape[:-1]),
            **some(draw, depth_multiplier=st.integers(1, 2), activation=ACTIVATIONS),
            **weighted(draw, "depthwise", "bias"),
            **common(draw),
        },
    )


def separable(draw, shape):
    return Made(
        f"layers.SeparableConv{len(shape) - 1}D",
        {
            "filters": draw(st.integers(1, 3)),
            **window(draw, shape[:-1]),
            **some(draw, depth_multiplier=st.integers(1, 2), use_bias=st.booleans()),
            **weighted(draw, "depthwise", "pointwise"),
            **common(draw),
        },
    )


def transposed(draw, shape):
    arguments = window(draw, shape[:-1])
    return Made(
        f"layers.Conv{len(shape) - 1}DTranspose",
        {
            "filters": draw(st.integers(1, 3)),
            **arguments,
            **some(draw, activation=ACTIVATIONS, use_bias=st.booleans()),
            **weighted(draw, "kernel"),
            **common(draw),
        },
    )


def pooling(draw, shape):
    kind = draw(one_of("Max", "Average"))
    return Made(f"layers.{kind}Pooling{len(shape) - 1}D", pool(draw, shape[:-1]))


def global_pooling(draw, shape):
    kind = draw(one_of("Max", "Average"))
    return Made(f"layers.Global{kind}Pooling{len(shape) - 1}D", some(draw, keepdims=st.booleans()))


def batch_normalization(draw, shape):
    return Made(
        "layers.BatchNormalization",
        {
            **some(
                draw,
                axis=one_of(-1, len(shape)),
                momentum=one_of(0.5, 0.9),
                epsilon=one_of(0.01, 1e-5),
                center=st.booleans(),
                scale=st.booleans(),
            ),
            **weighted(draw, "beta", "gamma"),
            **common(draw),
        },
    )


def group_normalization(draw, shape):
    groups = [g for g in (1, 2, 3) if shape[-1] % g == 0]
    return Made(
        "layers.GroupNormalization",
        {"groups": draw(one_of(-1, *groups)), **some(draw, scale=st.booleans()), **common(draw)},
    )


def layer_normalization(draw, shape):
    name = draw(one_of("LayerNormalization", "RMSNormalization", "UnitNormalization"))
    axes = one_of(-1, len(shape)) if name == "RMSNormalization" else one_of(-1, 1, [-1])
    arguments = some(draw, axis=axes)
    if name == "LayerNormalization":
        arguments |= some(draw, center=st.booleans(), scale=st.booleans(), epsilon=one_of(0.01))
        arguments |= weighted(draw, "beta", "gamma")
    # Keras makes NaN of a zero vector in float16.
    arguments |= {} if name == "UnitNormalization" else common(draw)
    return Made(f"layers.{name}", arguments)


def normalization(draw, shape):
    if draw(st.booleans()):
        return Made("layers.Normalization", some(draw, axis=one_of(-1, None)), (4, *shape))
    value = draw(one_of(0.5, [float(n) for n in range(shape[-1])]))
    variance = np.full(np.shape(value), 4.0).tolist()
    arguments = {"mean": value, "variance": variance, **some(draw, invert=st.booleans())}
    return Made("layers.Normalization", arguments)


def activation(draw, shape):
    return draw(
        one_of(
            Made("layers.Activation", {"activation": "hard_silu"}),
            Made("layers.Activation", {"activation": "exponential"}),
            Made("layers.ReLU"),
            Made("layers.ReLU", {"max_value": 1.0, "negative_slope": 0.25, "threshold": 0.125}),
            Made("layers.LeakyReLU", {"negative_slope": 0.1}),
            Made("layers.ELU", {"alpha": 0.5}),
            Made("layers.Softmax"),
            Made("layers.Softmax", {"axis": 1}),
            Made("layers.PReLU"),
            Made("layers.PReLU", {"shared_axes": [1], "alpha_initializer": "ones"}),
            Made("layers.PReLU", {"alpha_regularizer": "l2", "alpha_constraint": "non_neg"}),
        )
    )


def regularization(draw, shape):
    rate = draw(one_of(0.25, 0.5))
    found = [
        Made("layers.Dropout", {"rate": rate}),
        Made("layers.Dropout", {"rate": rate, "seed": 3, "noise_shape": [None] + [1] * len(shape)}),
        Made("layers.GaussianNoise", {"stddev": rate, "seed": 5}),
        Made("layers.GaussianDropout", {"rate": rate}),
        Made("layers.AlphaDropout", {"rate": rate}),
        Made("layers.ActivityRegularization", {"l2": 0.125}),
        Made("layers.Identity"),
    ]
    if len(shape) > 1:
        found.append(Made(f"layers.SpatialDropout{len(shape) - 1}D", {"rate": rate}))
    return draw(one_of(*found))


def rescaling(draw, shape):
    return Made(
        "layers.Rescaling",
        {"scale": draw(one_of(0.5, 1 / 255, [1.5] * shape[-1])), **some(draw, offset=one_of(-1.0))},
    )


def resized(draw, shape):
    sides = st.integers(1, 6)
    height, width = draw(sides), draw(sides)
    size = {"height": height, "width": width}
    near = {"height": min(height, shape[0]), "width": min(width, shape[1])}
    return draw(
        one_of(
            Made("layers.ZeroPadding2D"),
            Made("layers.ZeroPadding2D", {"padding": ((1, 0), (0, 2))}),
            Made("layers.UpSampling2D", {"size": (1, 2), "interpolation": "bilinear"}),
            Made("layers.UpSampling2D"),
            Made("layers.Resizing", {**size, "interpolation": "nearest"}),
            Made("layers.Resizing", {**size, "interpolation": "bilinear"}),
            Made("layers.Resizing", {**size, "crop_to_aspect_ratio": True}),
            Made("layers.Resizing", {**size, "pad_to_aspect_ratio": True, "fill_value": 1.0}),
            Made("layers.CenterCrop", near),
            Made("layers.Permute", {"dims": (2, 3, 1)}),
            Made("layers.Reshape", {"target_shape": (-1, shape[-1])}),
            Made("layers.Reshape", {"target_shape": (shape[0], -1)}),
        )
    )


def cropping(draw, shape):
    if len(shape) == 2:
        return Made("layers.Cropping1D", {"cropping": (1, 0) if shape[0] > 1 else 0})
    pairs = tuple((1, 0) if size > 1 else (0, 0) for size in shape[:2])
    return Made("layers.Cropping2D", {"cropping": pairs})


def random_picture(draw, shape):
    found = [
        Made("layers.RandomFlip", {"mode": "horizontal", "seed": 1}),
        Made("layers.RandomRotation", {"factor": 0.1, "fill_mode": "nearest"}),
        Made("layers.RandomZoom", {"height_factor": (-0.1, 0.2)}),
        Made("layers.RandomTranslation", {"height_factor": 0.1, "width_factor": 0.2}),
        Made("layers.RandomContrast", {"factor": (0.1, 0.2)}),
        Made("layers.RandomBrightness", {"factor": 0.1, "value_range": (0, 1)}),
        Made("layers.RandomErasing", {"factor": 0.5}),
        Made("layers.RandomInvert", {"factor": 0.5}),
    ]
    return draw(one_of(*found))


def reshaped_sequence(draw, shape):
    return draw(
        one_of(
            Made("layers.ZeroPadding1D", {"padding": (1, 2)}),
            Made("layers.UpSampling1D", {"size": 2}),
            Made("layers.Permute", {"dims": (2, 1)}),
            Made("layers.Reshape", {"target_shape": (-1, 1)}),
            Made("layers.Reshape", {"target_shape": (*shape, 1)}),
            Made("layers.Masking"),
            Made("layers.Masking", {"mask_value": 1.0}),
        )
    )


def recurrent(draw, shape, **given):
    name = draw(one_of("LSTM", "GRU", "SimpleRNN"))
    arguments = {"units": draw(st.integers(1, 3)), **given}
    arguments |= some(draw, return_sequences=st.booleans()) if not given else {}
    arguments |= rarely(
        draw,
        go_backwards=st.just(not given),
        activation=one_of("relu", "sigmoid", None),
        use_bias=st.just(False),
        dropout=st.just(0.25),
        recurrent_dropout=st.just(0.25),
        unroll=st.just(True),
    )
    if name == "LSTM":
        arguments |= rarely(draw, unit_forget_bias=st.just(False))
    if name == "GRU":
        arguments |= rarely(draw, reset_after=st.just(False))
    return Made(
        f"layers.{name}",
        {
            **arguments,
            **weighted(draw, "kernel", "recurrent", "bias"),
            # Keras cannot draw orthogonal weights of two bytes.
            **common(draw, one_of("mixed_bfloat16", "mixed_float16")),
        },
    )


def cells(draw, shape):
    kinds = draw(st.lists(one_of("LSTMCell", "GRUCell", "SimpleRNNCell"), min_size=1, max_size=2))
    found = [Made(f"layers.{kind}", {"units": draw(st.integers(1, 3))}) for kind in kinds]
    cell = found[0] if len(found) == 1 else found
    return Made("layers.RNN", {"cell": cell, **some(draw, return_sequences=st.booleans())})


def wrapped(draw, shape):
    sequences = draw(st.booleans())
    kind = draw(one_of("both ways", "two layers", "each step"))
    if kind == "each step":
        return Made("layers.TimeDistributed", {"layer": dense(draw, shape[1:])})
    layer = recurrent(draw, shape, return_sequences=sequences)
    if kind == "both ways":
        return Made(
            "layers.Bidirectional",
            {"layer": layer, **some(draw, merge_mode=one_of("sum", "mul", "ave", "concat"))},
        )
    backward = Made("layers.GRU", {"units": 2, "return_sequences": sequences, "go_backwards": True})
    forward = Made("layers.GRU", {"units": 2, "return_sequences": sequences})
    return Made("layers.Bidirectional", {"layer": forward, "backward_layer": backward})


def wrapped_pictures(draw, shape):
    inner = draw(one_of(dense, convolution, layer_normalization, pooling))(draw, shape[1:])
    return Made("layers.TimeDistributed", {"layer": inner})


def einsum(draw, shape):
    return Made(
        "layers.EinsumDense",
        {
            "equation": "abc,cd->abd",
            "output_shape": (shape[0], 3),
            **some(draw, bias_axes=st.just("d"), activation=ACTIVATIONS),
            **weighted(draw, "kernel"),
        },
    )


def flat_reshaped(draw, shape):
    return draw(
        one_of(
            Made("layers.RepeatVector", {"n": 2}),
            Made("layers.Reshape", {"target_shape": (shape[0], 1)}),
            Made("layers.Reshape", {"target_shape": (1, -1)}),
        )
    )


def discretized(draw, shape):
    return Made(
        "layers.Discretization",
        {
            "bin_boundaries": [-1.0, 0.0, 1.5],
            **some(draw, output_mode=one_of("int", "one_hot", "multi_hot", "count")),
        },
    )


def flatten(draw, shape):
    return Made("layers.Flatten")


ANY = [dense, batch_normalization, layer_normalization, activation, regularization, rescaling]
LAYERS = {
    1: [*ANY, *ANY, dense, normalization, normalization, discretized, flat_reshaped],
    2: [
        *(*ANY, convolution, depthwise, separable, transposed, pooling, global_pooling, cropping),
        *(reshaped_sequence, recurrent, recurrent, cells, wrapped, wrapped, einsum, flatten),
    ],
    3: [
        *(*ANY, convolution, convolution, depthwise, separable, transposed, pooling),
        *(global_pooling, group_normalization, resized, cropping, random_picture, flatten),
        wrapped_pictures,
    ],
}


def of_integers(draw, shape):
    """What takes pixels, or integers below the vocabulary.

    Only such: of what other layers make of integers, Keras's symbolic tensors say that it is float.
    """
    if len(shape) == 3:
        return Made("layers.Rescaling", {"scale": 1 / 255})
    embedding = Made(
        "layers.Embedding",
        {
            "input_dim": VOCABULARY,
            "output_dim": draw(st.integers(1, 4)),
            **some(draw, mask_zero=st.booleans()),
            **weighted(draw, "embeddings"),
            **common(draw),
        },
    )
    encoding = Made(
        "layers.CategoryEncoding",
        {
            "num_tokens": VOCABULARY,
            "output_mode": draw(one_of("multi_hot", "count", "one_hot")),
        },
    )
    return draw(one_of(embedding, embedding, encoding))


MERGES = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot")
# Functions of `ops` and their arguments, by the number of axes without the batch that they need.
FUNCTIONS = {
    1: [
        ("relu", {}),
        ("tanh", {}),
        ("square", {}),
        ("softmax", {"axis": -1}),
        ("mean", {"axis": -1, "keepdims": True}),
        ("std", {"axis": -1, "keepdims": True}),
        ("sum", {"axis": 1, "keepdims": True}),
        ("logsumexp", {"axis": -1, "keepdims": True}),
        ("clip", {"x_min": -1.0, "x_max": 0.5}),
        ("leaky_relu", {"negative_slope": 0.1}),
        ("nn.silu", {}),
        ("flip", {"axis": 1}),
        ("roll", {"shift": 1, "axis": 1}),
        ("sort", {"axis": -1}),
        ("cumsum", {"axis": 1}),
        ("cast", {"dtype": "float32"}),
        ("expand_dims", {"axis": 1}),
        ("repeat", {"repeats": 2, "axis": 1}),
        ("normalize", {"axis": -1, "order": 2}),
        ("argmax", {"axis": -1}),
        ("split", {"indices_or_sections": [1], "axis": -1}),
        ("top_k", {"k": 1}),
    ],
    2: [
        ("transpose", {"axes": (0, 2, 1)}),
        ("max", {"axis": 1}),
        ("mean", {"axis": (1, 2), "keepdims": True}),
        ("swapaxes", {"axis1": 1, "axis2": 2}),
        ("moveaxis", {"source": 1, "destination": -1}),
        ("pad", {"pad_width": ((0, 0), (1, 0), (0, 0))}),
        ("unstack", {"axis": 1}),
    ],
    3: [
        ("average_pool", {"pool_size": 1, "strides": 1}),
        ("max_pool", {"pool_size": 1, "strides": 1}),
        ("moments", {"axes": [1, 2]}),
    ],
}


# Drawing: graphs ------------------------------------------------------------------------------


class Drawing:
    """A graph that grows: gyeol's symbolic tensors tell what may come next."""

    def __init__(self, draw, inputs):
        self.draw = draw
        self.inputs = inputs
        self.tensors = [gyeol.Input(shape, dtype=dtype) for shape, dtype in inputs]
        self.steps, self.callables = [], []
        self.used: set[int] = set()

    def add(self, step):
        outputs = called(gyeol, step, self.callables, self.tensors)
        self.steps.append(step)
        self.tensors += outputs
        self.used |= set(step.sources)

    def alike(self, n):
        """The tensors that have the shape and dtype of one."""
        wanted = self.tensors[n]
        pairs = enumerate(self.tensors)
        return [m for m, t in pairs if (t.shape, t.dtype) == (wanted.shape, wanted.dtype)]

    def floats(self):
        return [
            n
            for n, tensor in enumerate(self.tensors)
            if "float" in tensor.dtype and 2 <= len(tensor.shape) <= 4 and 0 not in tensor.shape
        ]

    def of_integers(self):
        """The inputs of pixels and of numbers of things."""
        return [n for n in range(len(self.inputs)) if "int" in self.inputs[n][1]]

    def grow(self, depth):
        draw = self.draw
        waiting = [n for n in self.of_integers() if n not in self.used]
        if waiting:
            self.add(Step(of_integers(draw, self.tensors[waiting[0]].shape[1:]), (waiting[0],)))
            return
        floats = self.floats()
        if not floats:
            return
        # The newest are the most likely, so that models are deep.
        source = draw(one_of(*floats, *floats[-2:], *floats[-1:]))
        tensor = self.tensors[source]
        shape = tensor.shape[1:]
        if None in shape:
            return
        kinds = ["layer"] * 5 + ["merge", "merge", "function", "operator", "again"]
        kinds += ["within"] * (depth > 0) + ["attention"] * (len(shape) == 2)
        kind = draw(one_of(*kinds))
        if kind == "layer":
            self.add(Step(layer_for(draw, shape), (source,)))
        elif kind == "merge":
            self.merge(source, shape)
        elif kind == "function":
            rank = draw(st.integers(1, len(shape)))
            name, arguments = draw(one_of(*FUNCTIONS[rank]))
            if name not in ("transpose", "pad") or len(shape) == 2:
                self.add(Step(name, (source,), arguments))
        elif kind == "operator":
            name = draw(one_of(*OPERATORS))
            two = name in ("plus", "times", "ratio")
            others = (draw(one_of(*self.alike(source))),) if two else ()
            if name != "later_steps" or shape[0] > 1:
                self.add(Step(name, (source, *others)))
        elif kind == "again":
            self.again(source)
        elif kind == "attention":
            self.attend(source, shape)
        else:
            inner = draw(graphs_within(((shape, "float32"),), depth - 1))
            self.add(Step(inner, (source,)))

    def merge(self, source, shape):
        draw = self.draw
        name = draw(one_of(*MERGES))
        others = tuple(draw(st.lists(one_of(*self.alike(source)), min_size=1, max_size=2)))
        arguments = {}
        if name in ("Subtract", "Dot"):
            others = others[:1]
        if name == "Dot":
            arguments = {"axes": len(shape), **some(draw, normalize=st.just(True))}
        if name == "Concatenate":
            arguments = some(draw, axis=st.integers(1, len(shape)))
        if name != "Dot" or len(shape) < 3:
            self.add(Step(Made(f"layers.{name}", arguments), (source, *others), takes_list=True))

    def again(self, source):
        """Call a layer that was called before on a tensor of the same shape."""
        places = [
            (number, place)
            for number, step in enumerate(self.steps)
            if not isinstance(step.what, str) and len(step.sources) == 1
            for place in self.alike(step.sources[0])
        ]
        if places:
            number, place = self.draw(one_of(*places))
            self.add(Step(number, (place,)))

    def attend(self, source, shape):
        draw = self.draw
        others = [
            n
            for n in self.floats()
            if len(self.tensors[n].shape) == 3 and self.tensors[n].shape[-1] == shape[-1]
        ]
        value = draw(one_of(*others))
        kind = draw(one_of("MultiHeadAttention", "MultiHeadAttention", "Attention", "Additive"))
        if kind == "MultiHeadAttention":
            layer = Made(
                "layers.MultiHeadAttention",
                {
                    "num_heads": draw(st.integers(1, 2)),
                    "key_dim": draw(st.integers(1, 3)),
                    **rarely(draw, use_bias=st.just(False)),
                    **rarely(draw, output_shape=st.just(3), dropout=st.just(0.25)),
                    **weighted(draw, "kernel"),
                },
            )
            causal = rarely(draw, use_causal_mask=st.just(True))
            self.add(Step(layer, (source, value), causal))
        elif kind == "Attention":
            arguments = some(draw, use_scale=st.just(True), score_mode=one_of("dot", "concat"))
            layer = Made("layers.Attention", arguments)
            self.add(Step(layer, (source, value), takes_list=True))
        else:
            layer = Made("layers.AdditiveAttention")
            self.add(Step(layer, (source, value), takes_list=True))

    def finish(self, form="functional", most=3):
        """The graph; what nothing takes comes out of it."""
        draw = self.draw
        count = len(self.inputs)
        ends = [n for n in range(count, len(self.tensors)) if n not in self.used]
        ends = ends[-most:]
        if most > 1 and draw(st.integers(0, 3)) == 0:
            extra = draw(st.integers(count, len(self.tensors) - 1))
            ends = list(dict.fromkeys([*ends, extra]))
        inputs = self.inputs
        name = draw(one_of(None, "mine")) if most > 1 else None
        return Graph(tuple(inputs), tuple(self.steps), tuple(ends), form, name)


def layer_for(draw, shape):
    make = draw(one_of(*LAYERS[len(shape)]))
    if prod(shape) > LARGE:
        make = flatten if len(shape) == 1 else global_pooling
    return make(draw, shape)


@st.composite
def graphs_within(draw, inputs, depth=1):
    """A model of one input and one output, to be called in another."""
    if draw(st.booleans()):
        return draw(sequentials(inputs, depth))
    drawing = Drawing(draw, inputs)
    for _ in range(draw(st.integers(1, 3))):
        drawing.grow(depth)
    assume(drawing.steps)
    return drawing.finish(most=1)


@st.composite
def sequentials(draw, inputs, depth=1, forms=("sequential", "sequential, built later")):
    drawing = Drawing(draw, inputs)
    for _ in range(draw(st.integers(1, 4))):
        last = len(drawing.tensors) - 1
        shape = drawing.tensors[last].shape[1:]
        if "int" in drawing.tensors[last].dtype and not drawing.steps:
            what = of_integers(draw, shape)
        elif not (drawing.floats() and drawing.floats()[-1] == last):
            break
        elif depth and draw(st.integers(0, 4)) == 0:
            what = draw(graphs_within(((shape, "float32"),), depth - 1))
        else:
            what = layer_for(draw, shape)
        drawing.add(Step(what, (last,)))
    assume(drawing.steps)
    return drawing.finish(draw(one_of(*forms)), most=1)


SHAPES = {
    "images": [((6, 5, 3), "float32"), ((4, 4, 1), "float32"), ((6, 5, 3), "uint8")],
    "tables": [((4,), "float32"), ((3,), "float32"), ((3,), "int32")],
    "sequences": [((4, 3), "float32"), ((5,), "int32"), ((4, 3), "float32")],
}


@st.composite
def graphs(draw):
    family = draw(one_of(*SHAPES))
    shapes = one_of(*SHAPES[family], SHAPES[family][0])
    if draw(st.integers(0, 3)) == 0:
        return draw(sequentials((draw(shapes),)))
    drawing = Drawing(draw, tuple(draw(st.lists(shapes, min_size=1, max_size=3))))
    for _ in range(draw(st.integers(2, 9))):
        drawing.grow(1)
    assume(drawing.steps)
    return drawing.finish()


# Comparing ------------------------------------------------------------------------------------


def names_from_the_start():
    gyeol.serialization.reset_names()
    keras.src.utils.naming.reset_uids()


def drawn_inputs(graph):
    rng = np.random.default_rng(2)
    found = []
    for shape, dtype in graph.inputs:
        if dtype == "float32":
            value = rng.normal(size=(BATCH, *shape)).astype(dtype)
            if len(shape) == 2:
                value[0, -1] = 0  # for Masking
        else:
            value = rng.integers(0, VOCABULARY, (BATCH, *shape)).astype(dtype)
        found.append(value)
    return found if len(graph.inputs) > 1 or len(graph.outputs) > 1 else found[0]


def disturb(model):
    """Weights that are no initial ones, so that a file that lost them would show."""
    rng = np.random.default_rng(1)
    for weight in model.weights:
        if weight.name in ("mean", "variance", "count") or "int" in str(weight.dtype):
            continue  # what `adapt` found
        low, high = (-0.5, 0.5) if weight.trainable else (0.5, 1.5)
        weight.assign(rng.uniform(low, high, weight.shape))


def as_arrays(outputs):
    return [np.asarray(output).astype("float32") for output in jax.tree.leaves(outputs)]


def assert_close(given, wanted, tolerance):
    given, wanted = as_arrays(given), as_arrays(wanted)
    assert len(given) == len(wanted)
    for one, other in zip(given, wanted):
        scale = np.max(np.abs(other), initial=1e-3, where=np.isfinite(other))
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance * scale)


def config_in(path):
    with zipfile.ZipFile(path) as archive:
        return without_ids(json.loads(archive.read("config.json")))


def without_ids(config):
    """A config without the numbers of shared objects, which are addresses in Keras."""
    if isinstance(config, dict):
        # The second is an argument that `Pad` was not given.
        left_out = ("shared_object_id", "constant_values")
        return {k: without_ids(v) for k, v in config.items() if k not in left_out}
    if isinstance(config, float):
        return float(np.float32(config))  # Keras writes some as they are in float32
    return [without_ids(v) for v in config] if isinstance(config, list) else config


def parts_of(value, kind):
    """All of a kind (Made, Step) within a description."""
    found = [value] if isinstance(value, kind) else []
    if is_dataclass(value):
        value = list(vars(value).values())
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        found += [part for item in value for part in parts_of(item, kind)]
    return found


def goes_to_h5(writer, graph):
    """Whether Keras can take part: what it cannot write or read itself is left out here.

    Its pictures' layers hold a module, which its writer cannot copy; its reader takes "dot", the
    score of `Attention`, for a function, knows no `...`, finishes adapted layers only at the top,
    and takes `axis=None` of `Normalization` for the default.
    """
    parts, steps = parts_of(graph, Made), parts_of(graph, Step)
    names = {part.name.removeprefix("layers.") for part in parts}
    pictures = {name for name in names if name.startswith("Random")} | {"Resizing", "CenterCrop"}
    if writer is keras:
        return not names & pictures
    within = [part for step in steps for part in parts_of(step.what, Made) if step.what != part]
    return (
        "Attention" not in names
        and all(step.what != "first_of_last" for step in steps)
        and all(part.adapted_to is None for part in within)
        and all(part.adapted_to is None or "axis" not in part.arguments for part in parts)
    )


def makes_masks(graph):
    """Whether Keras's config holds the operations that compute masks, as layers of the graph."""
    parts = parts_of(graph, Made)
    return any("Masking" in part.name or part.arguments.get("mask_zero") for part in parts)


def tolerance_for(graph):
    """Sums in another order round differently; each layer carries it on."""
    dtypes = {part.arguments.get("dtype") for part in parts_of(graph, Made)}
    short = {"mixed_bfloat16": 2**-5, "bfloat16": 2**-5, "mixed_float16": 2**-8, "float16": 2**-8}
    return max([1e-4, *(short[dtype] for dtype in dtypes if dtype in short)])


# What longer runs found, in one model: the names and settings of functions in configs, arguments of
# calls that Keras notes or does not, layers that note no shape, and bfloat16 in '.h5' files.
FOUND = Graph(
    (((4, 3), "float32"), ((4, 4, 3), "float32")),
    (
        Step(Made("layers.AdditiveAttention"), (0, 0), takes_list=True),
        Step("ratio", (0, 2)),
        Step("unstack", (3,), {"axis": 1}),
        Step("cumsum", (4,), {"axis": 1}),
        Step("cast", (8,), {"dtype": "float32"}),
        Step(Made("layers.Dense", {"units": 2, "dtype": "bfloat16"}), (9,)),
        Step(Made("layers.Identity"), (10,)),
        Step(Made("layers.BatchNormalization", {"dtype": "mixed_bfloat16"}), (9,)),
        Step(Made("layers.LSTM", {"units": 2, "dtype": "mixed_bfloat16"}), (3,)),
        Step(Made("layers.Resizing", {"height": 2, "width": 3}), (1,)),
        Step(Made("layers.RandomInvert", {"factor": 0.5}), (14,)),
        Step(Made("layers.RandomFlip"), (1,)),
    ),
    (5, 6, 7, 11, 12, 13, 15, 16),
)

OPTIMIZERS = one_of(
    *("sgd", "adam", "rmsprop"),
    Made("optimizers.SGD", {"learning_rate": 0.1, "momentum": 0.5, "nesterov": True}),
    Made("optimizers.Adam", {"amsgrad": True, "clipnorm": 1.0}),
    Made("optimizers.AdamW", {"weight_decay": 0.01, "use_ema": True}),
    Made("optimizers.RMSprop", {"centered": True, "momentum": 0.5}),
    Made("optimizers.Adagrad", {"gradient_accumulation_steps": 2}),
    Made("optimizers.Nadam"),
    Made("optimizers.Adamax"),
    Made("optimizers.Adadelta"),
    Made("optimizers.Ftrl"),
    Made("optimizers.Lion"),
)
LOSSES = one_of(
    *("mse", "mae"),
    Made("losses.Huber", {"delta": 0.5}),
    Made("losses.LogCosh", {"name": "far"}),
)
METRICS = one_of(
    *([], ["mae"], ["mse", "mae"]), [Made("metrics.RootMeanSquaredError", {"name": "far"})]
)


@settings(
    max_examples=EXAMPLES or 8,
    derandomize=not EXAMPLES,
    suppress_health_check=list(HealthCheck),
)
@given(graphs())
@example(FOUND)
def test_files_of_drawn_models_go_both_ways(tmp_path_factory, graph):
    folder = tmp_path_factory.mktemp("drawn")
    x, tolerance = drawn_inputs(graph), tolerance_for(graph)
    for mine, other in ((gyeol, keras), (keras, gyeol)):
        names_from_the_start()
        model = built(mine, graph)
        disturb(model)
        # Pictures' layers change what they are given unless they are told not to.
        wanted = model(x, training=False)
        model.save(folder / f"{mine.__name__}.keras")
        read = other.models.load_model(folder / f"{mine.__name__}.keras")
        assert_close(read(x, training=False), wanted, tolerance)
        if goes_to_h5(mine, graph):
            model.save(folder / "m.h5")
            read = other.models.load_model(folder / "m.h5")
            assert_close(read(x, training=False), wanted, tolerance)
        fresh = other.models.model_from_json(model.to_json())
        model.save_weights(folder / "m.weights.h5")
        fresh.load_weights(folder / "m.weights.h5")
        assert_close(fresh(x, training=False), wanted, tolerance)
    if not makes_masks(graph):
        assert config_in(folder / "gyeol.keras") == config_in(folder / "keras.keras")


@settings(
    max_examples=(EXAMPLES + 4) // 5 or 2,
    derandomize=not EXAMPLES,
    suppress_health_check=list(HealthCheck),
)
@given(graphs(), OPTIMIZERS, LOSSES, METRICS)
def test_drawn_models_that_were_trained(tmp_path_factory, graph, optimizer, loss, metrics):
    path = tmp_path_factory.mktemp("drawn") / "m.keras"
    x, tolerance = drawn_inputs(graph), tolerance_for(graph)
    for mine, other in ((gyeol, keras), (keras, gyeol)):
        names_from_the_start()
        model = built(mine, graph)
        outputs = jax.tree.leaves(model(x, training=False))
        assume(model.trainable_variables)
        assume(all("float" in str(output.dtype) for output in outputs))
        model.compile(
            made(mine, optimizer), made(mine, loss), metrics=[made(mine, metrics)] * len(outputs)
        )
        y = [np.zeros(output.shape, "float32") for output in outputs]
        model.train_on_batch(x, y if len(outputs) > 1 else y[0])
        model.save(path)
        read = other.models.load_model(path)
        assert_close(read(x, training=False), model(x, training=False), tolerance)
        pairs = zip(read.optimizer.variables, model.optimizer.variables, strict=True)
        for one, another in pairs:
            np.testing.assert_array_equal(np.asarray(one.value), np.asarray(another.value))
