import type { WholeGraph } from "../../onnx/graph.ts";
import { scanGradient } from "../sequences/scan-gradient.ts";
import type { Operations } from "./operation.ts";

/** Steps along a sequence. */
export const scanOperations: Operations = {
  Scan: {
    extents: ({ node, input, int }) => {
      const { outputs } = (node.attributes["body"] as { readonly graph: WholeGraph }).graph;
      const states = node.inputs.length - int("num_scan_inputs", 0);
      const steps = input(states)[0]!;
      return outputs.map(({ shape }, i) => (i < states ? shape : [steps, ...shape]));
    },
    gradient: scanGradient,
  },
};
