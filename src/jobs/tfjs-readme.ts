import type { PreppedRecipe } from "../data/baked.ts";

/** What stands beside an exported TensorFlow.js model: how it is loaded, what goes in and what comes out. */
export function tfjsReadme(
  model: string,
  { formula, predictors, outcomes, steps }: PreppedRecipe,
  strange: readonly string[],
): string {
  const takes = predictors.map(({ name, shape }) =>
    shape === undefined ? `\`${name}\`` : `\`${name}\` (images, ${shape.join(" × ")})`,
  );
  const gives = outcomes.map(({ name, levels }) =>
    levels === undefined
      ? `- \`${name}\`: a number.`
      : `- \`${name}\`: ${levels.map((level) => `\`${level}\``).join(", ")}, in this order.`,
  );
  const prepared = steps.map(({ step, columns, options }) => {
    const given = JSON.stringify(options ?? {});
    return `- \`step_${step}\` of ${columns.map((name) => `\`${name}\``).join(", ")}${given === "{}" ? "" : `: \`${given}\``}`;
  });
  return `# ${model}

A TensorFlow.js LayersModel that was fitted with KSpec (\`${formula}\`).

\`\`\`js
import * as tf from "@tensorflow/tfjs";

const model = await tf.loadLayersModel("model.json"); // a URL, or file://… with @tensorflow/tfjs-node
\`\`\`

It takes ${takes.join(", ")} after these steps, which are not part of it (\`recipe.json\` has what they learnt from the training rows):

${prepared.length === 0 ? "- none" : prepared.join("\n")}

Numeric predictors are one matrix \`[rows, columns]\`, in the order of the formula; images are \`[rows, height, width, channels]\`, 0–255 before the steps.

Outcomes:

${gives.join("\n")}

An output whose loss was given \`fromLogits\` says logits here: \`userDefinedMetadata.outputs\` in \`model.json\` names the function (\`link\`) that makes
probabilities of them.
${strange.length === 0 ? "" : `\n${strangeLayers(strange)}\n`}`;
}

/** One sentence about layers that TensorFlow.js does not have as Keras has them, and what to do. */
export function strangeLayers(layers: readonly string[]): string {
  const named = layers.length <= 5 ? layers : [...layers.slice(0, 4), `and ${layers.length - 4} more`];
  return `TensorFlow.js 4.22 by itself does not have these layers, or computes them otherwise than Keras: ${named.join(", ")}. Register classes of your own for them before you load the model, or use ONNX.`;
}
