import type { Operations } from "./operation.ts";

/** Operations on images in which nothing is learnt: they have a gradient that KSpec does not know. */
export const imageOperations: Operations = {
  /** Values at places between pixels. */
  GridSample: {
    extents: ({ input }) => [[input(0)[0]!, input(0)[1]!, input(1)[1]!, input(1)[2]!]],
  },
};
