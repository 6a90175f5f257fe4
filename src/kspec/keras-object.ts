import type { KerasObjectDescription } from "./description.ts";
import { readOptions, type KnownOptions, type OptionTable } from "./known-options.ts";

/** Keras's class behind a function of a namespace, and the options it takes. */
export interface KerasClass {
  readonly class_name: string;
  readonly options: OptionTable;
  /** Brings options that can be given in several forms to one. */
  readonly normalise?: (options: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/** `kerasClass<AdamOptions>("Adam", { … })`: the table of options is checked against their type. */
export function kerasClass<Options extends object>(
  class_name: string,
  options: KnownOptions<Options>,
): KerasClass {
  return { class_name, options };
}

/** The functions of `optimizers`, `losses`, `initializers`, … from a table of classes. */
export function kerasObjects<Namespace extends object>(
  namespace: string,
  kind: KerasObjectDescription["kind"],
  classes: { readonly [Name in keyof Namespace]: KerasClass },
): Namespace {
  const functions = Object.entries<KerasClass>(classes).map(([name, { class_name, options }]) => [
    name,
    (given?: unknown) =>
      Object.freeze({ kind, class_name, config: readOptions(`${namespace}.${name}`, options, given) }),
  ]);
  return Object.freeze(Object.fromEntries(functions)) as Namespace;
}
