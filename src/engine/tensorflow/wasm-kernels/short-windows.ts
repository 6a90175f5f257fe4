import type { TensorFlow } from "../index.ts";

const CONVOLUTIONS = ["Conv2D", "DepthwiseConv2dNative", "FusedConv2D", "FusedDepthwiseConv2D"];

interface Call {
  readonly inputs: { readonly x: Shaped; readonly filter: Shaped };
  readonly attrs: {
    readonly pad: unknown;
    readonly strides: number | readonly number[];
    readonly dilations?: number | readonly number[];
  };
}
interface Shaped {
  readonly shape: readonly number[];
}

/**
 * The convolutions of the WebAssembly backend 4.22 give zeros where "same" needs no padding because the last window ends
 * before the edge: 2×2 in steps of 3 over 6×6, 3×1 in steps of 2 over an even width. With the padding in numbers they are right.
 */
export function correctShortWindows(tf: TensorFlow): void {
  for (const kernelName of CONVOLUTIONS) {
    const kernel = tf.getKernel(kernelName, "wasm");
    if (kernel === undefined) continue;
    tf.unregisterKernel(kernelName, "wasm");
    tf.registerKernel({
      ...kernel,
      kernelFunc: (call) => {
        const { attrs } = call as unknown as Call;
        const pad = inNumbers(call as unknown as Call);
        return kernel.kernelFunc(pad === undefined ? call : { ...call, attrs: { ...attrs, pad } as never });
      },
    });
  }
}

/** The padding of "same" as numbers; undefined where the backend may work it out itself. */
function inNumbers({ inputs, attrs }: Call): number[][] | undefined {
  if (attrs.pad !== "same") return undefined;
  const totals = [0, 1].map((i) => {
    const extent = inputs.x.shape[i + 1]!;
    const stride = along(attrs.strides, i);
    const reach = (inputs.filter.shape[i]! - 1) * along(attrs.dilations ?? 1, i) + 1;
    return (Math.ceil(extent / stride) - 1) * stride + reach - extent;
  });
  if (totals.every((total) => total >= 0)) return undefined;
  const edges = totals.map((total) => {
    const before = Math.floor(Math.max(0, total) / 2);
    return [before, Math.max(0, total) - before];
  });
  return [[0, 0], ...edges, [0, 0]];
}

function along(value: number | readonly number[], axis: number): number {
  return typeof value === "number" ? value : value[axis]!;
}
