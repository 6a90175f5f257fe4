import type { Optimizer } from "../optimizer.ts";
import type { Options } from "./options.ts";

interface Clipping {
  readonly constants: Readonly<Record<string, number>>;
  readonly clip?: NonNullable<Optimizer["clip"]>;
}

const KINDS = ["clipnorm", "globalClipnorm", "clipvalue"] as const;

/**
 * What Keras's `clipnorm`, `global_clipnorm` and `clipvalue` do to gradients before they are used; 0 is nothing.
 *
 * @throws UserError for several of them.
 */
export function clippingOf(options: Options): Clipping {
  const asked = KINDS.filter((kind) => options.given(kind) !== undefined);
  if (asked.length > 1) throw options.exclusive(asked, "exclude each other");
  const kind = asked[0];
  if (kind === undefined) return { constants: {} };
  const bound = options.number(kind, 0);
  return bound === 0 ? { constants: {} } : { constants: { [kind]: bound }, clip: CLIPS[kind] };
}

const CLIPS: Readonly<Record<(typeof KINDS)[number], NonNullable<Optimizer["clip"]>>> = {
  /** Each gradient's norm is no larger. */
  clipnorm: (math, gradients, { clipnorm }) =>
    gradients.map((gradient) => {
      const norm = math.sqrt(math.sum(math.square(gradient)));
      return math.mul(gradient, math.div(clipnorm!, math.max(norm, clipnorm!)));
    }),

  /** The norm of all gradients together is no larger. */
  globalClipnorm: (math, gradients, { globalClipnorm }) => {
    const squares = gradients.map((gradient) => math.sum(math.square(gradient)));
    if (squares.length === 0) return [];
    const norm = math.sqrt(squares.reduce((sum, one) => math.add(sum, one)));
    // Of gradients that are not finite, norm − norm makes NaN, which the fit tells; otherwise it is 0.
    const scale = math.add(math.div(globalClipnorm!, math.max(norm, globalClipnorm!)), math.sub(norm, norm));
    return gradients.map((gradient) => math.mul(gradient, scale));
  },

  /** Each entry is no further from 0. */
  clipvalue: (math, gradients, { clipvalue }) => {
    const lower = typeof clipvalue === "number" ? -clipvalue : math.neg(clipvalue!);
    return gradients.map((gradient) => math.max(math.min(gradient, clipvalue!), lower));
  },
};
