import type { LayerRule } from "./layer-call.ts";

const unchanged: LayerRule = (call) => call.input;

/** Layers that do something in training only. */
export const identityRules: Readonly<Record<string, LayerRule>> = Object.fromEntries(
  [
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
    "ActivityRegularization",
    "Identity",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
    "RandomContrast",
    "RandomBrightness",
  ].map((name) => [name, unchanged]),
);
