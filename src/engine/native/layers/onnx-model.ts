import { caseFor, misfitOf, ONNX_MODEL, onnxConfig } from "../../onnx-base/config.ts";
import { openCut } from "../../onnx-base/open-models.ts";
import { writeModel } from "../../onnx-base/write.ts";
import type { LayerRule } from "./layer-call.ts";

/** A model from an .onnx file: its operations become part of the graph. */
const onnxModel: LayerRule = (call) => {
  const config = onnxConfig(call.config);
  const cut =
    openCut(config) ?? call.unsupported(`is the model of ${config.file}, and nobody has opened that file.`);
  const misfit = misfitOf(
    config,
    call.inputs.map(({ shape }) => shape),
  );
  if (misfit !== undefined) call.unsupported(misfit);
  const written = writeModel(call.graph, call.layouts, call.name, cut, config.inputs, call.inputs);
  if ("reason" in written) return call.unsupported(written.reason);
  const known = caseFor(
    config,
    call.inputs.map(({ shape }) => shape),
  );
  const { values = 0, multiplications = 0 } = known ?? config.cases[0] ?? {};
  call.costs = { values, multiplications };
  const { shape, layout } = config.output;
  return {
    name: written.output,
    shape: known?.output ?? shape,
    channelsFirst: layout === "channels_first" && shape.length > 1,
  };
};

export const onnxModelRules: Readonly<Record<string, LayerRule>> = { [ONNX_MODEL]: onnxModel };
