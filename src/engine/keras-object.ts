import { snakeCase } from "../model/keras-config.ts";

/** A regularizer or a constraint as a layer's configuration has it, whoever wrote it. */
export interface KerasObject {
  /** Keras's class name. */
  readonly class_name: string;
  /** Options by Keras's names: `max_value`. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Brings what configurations hold to one form: `{ class_name, config }` of Keras, `{ className, config: { maxValue } }` of
 * TensorFlow.js, a name alone (`max_norm`, `maxNorm`, `MaxNorm`).
 *
 * @param classes The class names that there are.
 * @returns undefined where there is none.
 */
export function kerasObject(value: unknown, classes: readonly string[]): KerasObject | undefined {
  if (value === undefined || value === null) return undefined;
  const { class_name, className, config } = (typeof value === "string" ? { class_name: value } : value) as {
    readonly class_name?: string;
    readonly className?: string;
    readonly config?: Readonly<Record<string, unknown>>;
  };
  const given = class_name ?? className ?? "";
  return {
    class_name: classes.find((name) => plain(name) === plain(given)) ?? given,
    config: Object.fromEntries(Object.entries(config ?? {}).map(([name, one]) => [snakeCase(name), one])),
  };
}

function plain(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}
