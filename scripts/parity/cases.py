"""What is compared: each application with and without its top, at two sizes; and its options."""

import keras

ResNet = ["resnet50", "resnet101", "resnet152"]
ResNetV2 = ["resnet50V2", "resnet101V2", "resnet152V2"]
EfficientNet = [f"efficientNetB{n}" for n in range(8)]

# Even and odd at every halving: padding before strided convolutions depends on it.
SIZES = (32, 45)

FORMS = (
    *({"includeTop": True, "classes": 10, "inputShape": [s, s, 3]} for s in SIZES),
    {"includeTop": False, "inputShape": [SIZES[0], SIZES[0], 3]},
    {"includeTop": False, "inputShape": [SIZES[1], SIZES[1], 3], "pooling": "avg"},
)


def cases(application):
    """Options in KSpec's camelCase; weights are null (the formula's) unless said."""
    forms = [{**form, "weights": None} for form in FORMS]
    # Logits, since the formula's are so large that softmax would hide all but one; MobileNet's are not.
    for form in forms[: 1 if application.startswith("mobilenet") else 2]:
        form["classifierActivation"] = None
    if application == "mobilenet":
        return [{**form, "alpha": 0.25} for form in forms] + [
            {**forms[3], "alpha": 0.5, "pooling": "max"},
            {**forms[2], "alpha": 0.75},
            {**forms[3], "alpha": 1, "depthMultiplier": 2},
        ]
    if application == "mobilenetV2":
        return [{**form, "alpha": 0.35} for form in forms] + [
            {**forms[3], "alpha": alpha} for alpha in (0.5, 0.75, 1, 1.3, 1.4)
        ]
    if application in EfficientNet:
        # With the published weights there is one layer more; of any size, as without inputShape.
        forms.append({"includeTop": False, "weights": "imagenet"})
    if application in ("resnet50", "resnet50V2", "vgg16"):
        forms.append({"includeTop": False, "weights": None, "pooling": "max"})
    return forms


def gain(application):
    """Scale of batch normalisation with which the formula's activations neither die nor explode; deeper takes less."""
    if application in EfficientNet:
        return 1.2 - 0.023 * EfficientNet.index(application)
    if application == "mobilenetV2":
        return 1.1
    if application == "mobilenet":
        return 1.4
    return 0.7


def preprocessing(application):
    if application in EfficientNet:
        return "raw"
    return "caffe" if application in ("vgg16", "vgg19", *ResNet) else "tf"


def class_of(application):
    names = {"mobilenet": "MobileNet", "mobilenetV2": "MobileNetV2", "vgg16": "VGG16", "vgg19": "VGG19"}
    stem = names.get(application) or application.replace("resnet", "ResNet").replace("efficientNet", "EfficientNet")
    return getattr(keras.applications, stem)


APPLICATIONS = [*ResNet, *ResNetV2, "mobilenet", "mobilenetV2", "vgg16", "vgg19", *EfficientNet]
