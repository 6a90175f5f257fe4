import type { WiredBlock } from "./description.ts";
import type { Tensor } from "./layer.ts";
import { named } from "./layer.ts";
import { SpecError } from "./spec-error.ts";

/** A block with its upstream blocks: what `inp_spec` gives. */
export interface Wired<Arguments, Upstream extends string> extends WiredBlock {
  readonly kind: "wired_block";
  readonly block: (args: Arguments) => Tensor;
  readonly upstream: Upstream | Readonly<Record<string, Upstream>>;
}

type IsAny<T> = 0 extends 1 & T ? true : false;
/** Names of the arguments that are tensors. */
export type TensorKeys<Arguments> = {
  [Key in keyof Arguments]-?: IsAny<Arguments[Key]> extends true
    ? never
    : NonNullable<Arguments[Key]> extends Tensor
      ? Key
      : never;
}[keyof Arguments] &
  string;

type IsUnion<T, Whole = T> = T extends unknown ? ([Whole] extends [T] ? false : true) : never;

type NoTensor = "This block takes no tensor, so it has no upstream block.";

/** A block's one upstream by name, or argument → upstream; a block with several tensors needs the second form. */
export type Upstreams<Arguments> = [TensorKeys<Arguments>] extends [never]
  ? NoTensor
  : IsUnion<TensorKeys<Arguments>> extends true
    ? { readonly [Key in TensorKeys<Arguments>]: string }
    : string | { readonly [Key in TensorKeys<Arguments>]: string };

/** The blocks it reads; `string` where the wiring is wrong, so that the mistake is told once. */
type NamesIn<Wiring> = Wiring extends string
  ? Wiring extends NoTensor
    ? string
    : Wiring
  : Wiring[keyof Wiring] & string;

/**
 * Says which blocks a block reads.
 *
 * ```ts
 * inp_spec(dense_block, "input")                        // its one tensor comes from the block `input`
 * inp_spec(join_block, { left: "a", right: "b" })       // argument: block
 * ```
 *
 * @param block The block. A block whose tensor arguments have the names of other blocks needs no `inp_spec`.
 * @param upstream The name of the one block it reads, or its tensor arguments with the block each one reads.
 */
export function inp_spec<Arguments, const Wiring extends Upstreams<Arguments>>(
  block: (args: Arguments) => Tensor,
  // A key that is no tensor argument gets a sentence as its type, and so the error; `Wiring & …` would say it twice.
  upstream: Wiring extends string
    ? Wiring
    : {
        readonly [Key in keyof Wiring]: Key extends TensorKeys<Arguments>
          ? Wiring[Key]
          : `This block has no tensor argument '${Key & string}'.`;
      },
): Wired<Arguments, NamesIn<Wiring>>;
export function inp_spec(block: unknown, upstream: unknown): WiredBlock {
  if (typeof block !== "function")
    throw new SpecError(
      "no-block",
      `inp_spec() takes a block, which is a function, first, and got ${named(block)}.`,
    );
  return Object.freeze<WiredBlock>({
    kind: "wired_block",
    block: block as WiredBlock["block"],
    upstream: readUpstream(upstream),
  });
}

function readUpstream(upstream: unknown): WiredBlock["upstream"] {
  if (typeof upstream === "string" && upstream !== "") return upstream;
  if (typeof upstream === "object" && upstream !== null && !Array.isArray(upstream)) {
    const entries = Object.entries(upstream);
    const wrong = entries.find(([, name]) => typeof name !== "string" || name === "");
    if (entries.length > 0 && wrong === undefined)
      return Object.freeze({ ...(upstream as Record<string, string>) });
  }
  throw new SpecError(
    "bad-upstream",
    `inp_spec() takes the name of a block, or the block's arguments with the block that each reads ({ left: "a", right: "b" }), second.`,
  );
}
