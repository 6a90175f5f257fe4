import type { EngineName } from "../kspec/description.ts";
import { computeAll, onTensorFlow, type Computed } from "./compute.ts";
import type { FitListener } from "./contract.ts";
import { computeNatively, weightsInTensorFlow } from "./native/compute-natively.ts";
import { graphOfNetwork } from "./native/keras-graph.ts";
import type { TensorReference } from "../model/network.ts";
import type { Parts } from "./prefix.ts";
import type { Realised } from "./realise.ts";
import type { Rows } from "./rows.ts";

/** The frozen prefix of a network, ready to compute. */
export interface Prefix {
  /**
   * The features of these rows, in the order of `parts.features`; a tensor that is an input as it stands is not copied.
   *
   * @param inputs Raw inputs in the network's order.
   * @param onRows Told after each batch how many rows are done.
   */
  features(
    inputs: readonly Rows[],
    rows: number,
    signal: AbortSignal | undefined,
    onRows: (done: number) => void,
  ): Promise<Rows[]>;
  release(): Promise<void>;
}

/**
 * Puts the frozen prefix on ONNX Runtime, unless the spec asks for TensorFlow.js by name; what ONNX Runtime cannot compute,
 * TensorFlow.js does, and a note says why.
 *
 * @param inputs Rows of which a few are computed both ways, before ONNX Runtime is trusted with all.
 */
export async function openPrefix(
  realised: Realised,
  parts: Parts,
  engine: EngineName,
  inputs: readonly Rows[],
  rows: number,
  note: FitListener["note"],
): Promise<Prefix> {
  const inputOf = (layer: string) => realised.network.inputs.findIndex((input) => input.layer === layer);
  const given = parts.features.map(({ layer }) => inputOf(layer));
  if (parts.prefix === null)
    return {
      features: (raw) => Promise.resolve(given.map((i) => raw[i]!)),
      release: () => Promise.resolve(),
    };

  const computed = given.flatMap((input, i) => (input < 0 ? [i] : []));
  const reference = onTensorFlow(parts.prefix, computed);
  const outputs = computed.map((i) => parts.features[i]!);
  const network = usesNative(engine)
    ? await natively(realised, outputs, reference, inputs, rows, note)
    : reference;
  return {
    async features(raw, count, signal, onRows) {
      const results = await computeAll(network, raw, count, signal, onRows);
      return given.map((input, i) => (input < 0 ? results[computed.indexOf(i)]! : raw[input]!));
    },
    release: () => network.release(),
  };
}

/** `set_engine("tensorflow")` and `set_engine("wasm")` mean TensorFlow.js and nothing else. */
export function usesNative(engine: EngineName): boolean {
  return engine === "auto" || engine === "native";
}

async function natively(
  realised: Realised,
  outputs: readonly TensorReference[],
  reference: Computed,
  inputs: readonly Rows[],
  rows: number,
  note: FitListener["note"],
): Promise<Computed> {
  const result = await computeNatively({
    name: realised.network.name,
    graph: graphOfNetwork(realised.network, outputs),
    weights: weightsInTensorFlow(realised.model),
    reference,
    inputs,
    rows,
  });
  if (result.network !== null) {
    if (result.note !== undefined) note("information", "device-unavailable", result.note);
    return result.network;
  }
  // Where there is no ONNX Runtime at all, the run's first line says so.
  if (result.why === "unavailable") return reference;
  note(
    result.why === "unsupported" ? "information" : "warning",
    "features-on-tensorflow",
    `The frozen base is computed by TensorFlow.js, which takes longer: ${lowerFirst(result.reason)}`,
  );
  return reference;
}

function lowerFirst(sentence: string): string {
  return /^(The|Its) /.test(sentence) ? sentence[0]!.toLowerCase() + sentence.slice(1) : sentence;
}
