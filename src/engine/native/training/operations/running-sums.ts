import type { Operations } from "./operation.ts";

/** Sums of all values so far along an axis: each value goes into all that come behind it. */
export const runningSumOperations: Operations = {
  CumSum: {
    extents: ({ input }) => [input(0)],
    gradient({ x, dy, write, int }) {
      const reverse = 1 - int("reverse", 0);
      const attributes = { exclusive: { int: int("exclusive", 0) }, reverse: { int: reverse } };
      return [write.add("CumSum", [dy, x[1]!], attributes), undefined];
    },
  },
};
