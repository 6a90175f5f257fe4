import { broadcast, UnknownOperation } from "../extents.ts";
import type { Extents, Operations } from "./operation.ts";

/** Products of matrices. */
export const matrixOperations: Operations = {
  /** Of two matrices, a bias beside. */
  Gemm: {
    extents: ({ input, int }) => [
      [input(0)[int("transA", 0) === 1 ? 1 : 0]!, input(1)[int("transB", 0) === 1 ? 0 : 1]!],
    ],
    gradient({ node, x: [a, b], dy, write, wanted, input, int, float, has }) {
      if (float("alpha", 1) !== 1 || float("beta", 1) !== 1) throw new UnknownOperation(node);
      const [transA, transB] = [int("transA", 0), int("transB", 0)];
      const product = (left: string, right: string, transLeft: number, transRight: number) =>
        write.add("Gemm", [left, right], {
          ...(transLeft === 0 ? {} : { transA: { int: 1 } }),
          ...(transRight === 0 ? {} : { transB: { int: 1 } }),
        });
      return [
        wanted(0) ? (transA === 0 ? product(dy, b!, 0, 1 - transB) : product(b!, dy, transB, 1)) : undefined,
        wanted(1) ? (transB === 0 ? product(a!, dy, 1 - transA, 0) : product(dy, a!, 1, transA)) : undefined,
        has(2) && wanted(2) ? write.reduceTo(dy, input(2)) : undefined,
      ];
    },
  },

  /** Of stacks of matrices, as NumPy's matmul; KSpec writes none of vectors. */
  MatMul: {
    extents: ({ node, input }) => {
      const [a, b] = [input(0), input(1)];
      if (a.length < 2 || b.length < 2) throw new UnknownOperation(node);
      const stack = broadcast(a.slice(0, -2), b.slice(0, -2));
      return [[...stack, a.at(-2)!, b.at(-1)!]];
    },
    gradient({ x: [a, b], dy, write, wanted, input }) {
      const [left, right] = [input(0), input(1)];
      const swapped = (name: string, { length }: Extents) =>
        write.add("Transpose", [name], {
          perm: { ints: Array.from({ length }, (_, i) => (i < length - 2 ? i : 2 * length - 3 - i)) },
        });
      const toB = () => {
        if (right.length > 2 || left.length === 2)
          return write.reduceTo(write.add("MatMul", [swapped(a!, left), dy]), right);
        // One matrix for the whole stack: all its rows are those of one matrix.
        const flat = (name: string, columns: number | null) =>
          columns === null ? undefined : write.add("Reshape", [name, write.whole([-1, columns])]);
        const [rows, gradients] = [flat(a!, left.at(-1)!), flat(dy, right.at(-1)!)];
        return rows === undefined || gradients === undefined
          ? write.reduceTo(write.add("MatMul", [swapped(a!, left), dy]), right)
          : write.add("Gemm", [rows, gradients], { transA: { int: 1 } });
      };
      return [
        wanted(0) ? write.reduceTo(write.add("MatMul", [dy, swapped(b!, right)]), left) : undefined,
        wanted(1) ? toB() : undefined,
      ];
    },
  },
};
