import type { TensorKeys, Wired } from "./inp-spec.ts";
import type { Tune } from "./tune.ts";

/** Filled in by KSpec, so they are no arguments of the model. */
type Supplied = "input_shape" | "num_classes" | "model";

/** What a block takes. */
export type ArgumentsOf<B> = B extends {
  readonly kind: "wired_block";
  readonly block: (args: infer A) => unknown;
}
  ? A
  : B extends (args: infer A) => unknown
    ? A
    : never;

/** Arguments that other blocks fill: tensors, and in a block without `inp_spec` those named like a block. */
type EdgeKeys<B, Names> =
  B extends Wired<never, string>
    ? TensorKeys<ArgumentsOf<B>>
    : TensorKeys<ArgumentsOf<B>> | (keyof ArgumentsOf<B> & Names);

type Hyperparameters<B, Names> = Exclude<keyof ArgumentsOf<B>, Supplied | EdgeKeys<B, Names>> & string;
type Optional<A> = { [Key in keyof A]-?: object extends Pick<A, Key> ? Key : never }[keyof A];
type IsInput<B> = "input_shape" extends keyof ArgumentsOf<B> ? true : false;

/** The arguments that one block brings: `num_{block}` and `{block}_{argument}`. */
type FromBlock<Bs, Name extends keyof Bs & string, Names> = (IsInput<Bs[Name]> extends true
  ? unknown
  : { [Key in `num_${Name}`]?: number | Tune }) & {
  [Key in Hyperparameters<Bs[Name], Names> & Optional<ArgumentsOf<Bs[Name]>> as `${Name}_${Key}`]?:
    Exclude<ArgumentsOf<Bs[Name]>[Key], undefined> | Tune;
} & {
  [Key in Exclude<Hyperparameters<Bs[Name], Names>, Optional<ArgumentsOf<Bs[Name]>>> as `${Name}_${Key}`]:
    Exclude<ArgumentsOf<Bs[Name]>[Key], undefined> | Tune;
};

type Intersection<Union> = (Union extends unknown ? (value: Union) => void : never) extends (
  value: infer All,
) => void
  ? All
  : never;

/** Shows as the object it is, without the names it was made by. */
type Shown<T> = T extends infer Whole ? { [Key in keyof Whole]: Whole[Key] } : never;

/** All arguments of a model but those that every model has. */
export type BlockArguments<Bs, Names = keyof Bs> = Shown<
  Intersection<{ [Name in keyof Bs & string]: FromBlock<Bs, Name, Names> }[keyof Bs & string]>
>;
