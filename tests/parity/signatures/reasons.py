"""Why a public name of Keras's is absent in gyeol, or has other arguments there.

A key is a name, or a whole module or class ('keras.x.*') all of whose names share the fate.
"""


def _each(module: str, names: str, reason: str) -> dict[str, str]:
    return {f"{module}.{name}": reason for name in names.split()}


QUANTIZATION = "left out: quantization"
DETECTION = "left out: object detection and segmentation"
AUDIO = "left out: sound"
TEXT = "left out: text"
PRETRAINED = "left out: pretrained networks; their weights are downloads"
DISTRIBUTION = "left out so far: several devices"
AUGMENTATION = "left out so far: rarer augmentation"
OTHER_LIBRARIES = "left out: layers that wrap other libraries"
PURE_FUNCTIONS = "not needed: gyeol's programs fill the variables themselves"

ABSENT = {
    "keras.applications.*": PRETRAINED,
    "keras.distillation.*": "left out so far: write it as a `compute_loss`",
    "keras.distribution.*": DISTRIBUTION,
    "keras.export.*": "left out: TensorFlow's SavedModel; `model.export` writes ONNX",
    "keras.legacy.*": "an old name for what `keras.saving` has",
    "keras.optimizers.legacy.*": "Keras 3 has them only to refuse them; `gyeol run` knows them",
    "keras.quantizers.*": QUANTIZATION,
    "keras.utils.bounding_boxes.*": DETECTION,
    "keras.utils.legacy.*": "an old name for what `keras.saving` has",
    "keras.visualization.*": DETECTION,
    "keras.wrappers.*": "left out so far: estimators of scikit-learn",
    # keras
    "keras.Function": "not needed: a `Model` of inputs and outputs does the same",
    "keras.Operation": "not needed: write a `Layer`",
    "keras.Quantizer": QUANTIZATION,
    "keras.RematScope": "left out: `remat` does it function by function",
    **_each("keras", "StatelessScope SymbolicScope", PURE_FUNCTIONS),
    **_each("keras.Model", "get_state_tree set_state_tree", PURE_FUNCTIONS),
    "keras.Model.quantize": QUANTIZATION,
    "keras.Model.get_quantization_layer_structure": QUANTIZATION,
    **_each(
        "keras.Layer", "quantization_mode quantize quantized_build quantized_call", QUANTIZATION
    ),
    "keras.Layer.add_metric": "Keras 3 has it only to refuse it",
    "keras.Layer.add_variable": "an old name for `add_weight`",
    **_each("keras", "Layer.input_dtype Sequential.input_dtype", "left out so far"),
    **_each("keras.Layer", "metrics metrics_variables", "a model has them; its layers do not"),
    "keras.Layer.path": "variables have paths; layers have names",
    "keras.Layer.rematerialized_call": "left out: `remat` does it function by function",
    "keras.Layer.symbolic_call": "not needed: call the layer",
    # keras.callbacks, keras.datasets
    "keras.callbacks.OrbaxCheckpoint": "left out: it needs Orbax; `BackupAndRestore` does not",
    "keras.datasets.boston_housing.*": "left out: scikit-learn removed it over an ethical problem",
    "keras.datasets.california_housing.*": "left out so far",
    "keras.datasets.cifar100.*": "left out so far",
    "keras.datasets.imdb.*": TEXT,
    "keras.datasets.reuters.*": TEXT,
    # keras.dtype_policies
    **_each(
        "keras.dtype_policies",
        "AWQDTypePolicy GPTQDTypePolicy Int4DTypePolicy QuantizedDTypePolicy "
        "QuantizedFloat8DTypePolicy",
        QUANTIZATION,
    ),
    "keras.dtype_policies.DTypePolicyMap": "left out so far: give each layer its `dtype`",
    # keras.layers
    **_each(
        "keras.layers",
        "AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization "
        "MixUp Pipeline RandAugment RandomColorDegeneration RandomColorJitter "
        "RandomElasticTransform RandomGaussianBlur "
        "RandomPerspective RandomPosterization RandomSaturation RandomSharpness "
        "RandomShear Solarization",
        AUGMENTATION,
    ),
    **_each("keras.layers", "ConvLSTM1D ConvLSTM2D ConvLSTM3D", "left out so far: video"),
    **_each("keras.layers", "FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper", OTHER_LIBRARIES),
    **_each("keras.layers", "MelSpectrogram STFTSpectrogram", AUDIO),
    "keras.layers.MaxNumBoundingBoxes": DETECTION,
    "keras.layers.ReversibleEmbedding": "left out so far: language models",
    "keras.layers.SpectralNormalization": "left out so far",
    # keras.losses, keras.metrics, keras.ops
    **_each("keras.losses", "CTC ctc", AUDIO),
    **_each("keras.ops", "ctc_decode ctc_loss nn.ctc_decode nn.ctc_loss", AUDIO),
    **_each("keras.metrics", "BinaryIoU IoU MeanIoU OneHotIoU OneHotMeanIoU", DETECTION),
    **_each("keras.ops.image", "elastic_transform sobel_edges ssim", "left out so far"),
    # keras.optimizers
    "keras.optimizers.MultiOptimizer": "left out so far: several optimizers at once",
    "keras.optimizers.OptimizerMap": "left out so far: several optimizers at once",
    # keras.preprocessing, keras.saving, keras.utils
    "keras.preprocessing.text_dataset_from_directory": TEXT,
    "keras.saving.KerasFileEditor": "left out: `gyeol summary` shows a file's layers",
    "keras.utils.Config": "left out: a dict does",
    "keras.utils.FeatureSpace": "left out so far: use the preprocessing layers it is made of",
    "keras.utils.audio_dataset_from_directory": AUDIO,
    "keras.utils.text_dataset_from_directory": TEXT,
}

ONE_FOR_ALL = "the same: one number stands for each axis"
NO_SPARSE = "every tensor is dense"
MODEL_OF_LAYERS = "`Sequential` builds itself when it is used"

DIFFERENT = {
    **_each("keras", "InputSpec layers.InputSpec", "left out so far: inputs that may be None"),
    "keras.KerasTensor": NO_SPARSE,
    "keras.Layer.add_weight": "more may be given by position",
    "keras.Layer.compute_output_shape": "Keras's arguments are those of `call`",
    "keras.Layer.stateless_call": "losses are part of training",
    "keras.Model.save_weights": "old arguments are accepted",
    "keras.Sequential.add": MODEL_OF_LAYERS,
    "keras.Sequential.pop": MODEL_OF_LAYERS,
    "keras.Sequential.call": "layers learn from the program whether it trains",
    "keras.Sequential.compute_output_spec": "the same for any layer",
    "keras.Sequential.from_config": "use `custom_object_scope`",
    "keras.Variable": DISTRIBUTION,
    "keras.callbacks.Callback": "any arguments are accepted, for subclasses that hand theirs on",
    **_each(
        "keras.layers",
        "Add Average Maximum Minimum Multiply Subtract",
        "the same: Keras takes them as `**kwargs`",
    ),
    **_each(
        "keras.layers",
        "AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D",
        "the size may be left out, as for maxima",
    ),
    **_each(
        "keras.layers",
        "Conv2D Conv2DTranspose Conv3D Conv3DTranspose Convolution2D Convolution2DTranspose "
        "Convolution3D Convolution3DTranspose DepthwiseConv2D MaxPool2D MaxPool3D MaxPooling2D "
        "MaxPooling3D SeparableConv2D SeparableConvolution2D ZeroPadding2D ZeroPadding3D",
        ONE_FOR_ALL,
    ),
    "keras.models.model_from_json": "code in the JSON is allowed at the call, or not at all",
    **_each("keras.ops", "relu nn.relu", "it takes what `activations.relu` takes"),
    "keras.random.SeedGenerator": "Keras takes only `backend` by them",
    **_each(
        "keras",
        "saving.deserialize_keras_object utils.deserialize_keras_object",
        "Keras takes only old names by them",
    ),
}
