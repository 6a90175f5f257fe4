import type { Operations } from "./operation.ts";

/** A scale and a shift of each place along an axis, which are constants: KSpec's own (layers/affine.ts). */
export const affineOperations: Operations = {
  Affine: {
    extents: ({ input }) => [input(0)],
    gradient({ x: [, scale], dy, write, int }) {
      const [axis, rank] = [int("axis", 1), int("rank", 2)];
      const { shape, values } = write.graph.constants.get(scale!)!;
      const spread = [...shape, ...Array<number>(rank - 1 - axis).fill(1)];
      // The name is that under which simplify/lower.ts spreads it too.
      const along = write.graph.constant(`${scale!} ${spread.join("×")}`, spread, values);
      return [write.math.mul(dy, along)];
    },
  },
};
