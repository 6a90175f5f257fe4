import type { Operations } from "./operation.ts";

/** KSpec's own operation (see simplify/lower.ts): zeros around a tensor, or, where there are fewer than none, a part of it. */
export const zeroPaddingOperations: Operations = {
  ZeroPad: {
    extents: ({ input, ints }) => {
      const pads = ints("pads")!;
      const rank = input(0).length;
      return [input(0).map((extent, i) => (extent === null ? null : extent + pads[i]! + pads[i + rank]!))];
    },
    gradient: ({ dy, write, ints }) => [
      write.add("ZeroPad", [dy], { pads: { ints: ints("pads")!.map((one) => -one) } }),
    ],
  },
};
