import { closestName } from "../closest-name.ts";
import { SUPPLIED } from "../connections.ts";
import { modelArguments } from "../model-arguments.ts";
import type { BlockGraph } from "../block-graph.ts";
import { changeTo } from "../fixes.ts";
import type { ModelRule } from "./rule.ts";

/**
 * An argument that the model does not have: misspelt (`dense_unts`), one that is supplied (`output_num_classes`), or
 * Keras's bare name (`epochs`). Silent where the blocks that could bring it are not known.
 */
export const unknownArgument: ModelRule = {
  code: "unknown-argument",
  severity: "error",
  about: "A model is given an argument that it does not have.",
  on: "model",
  *check({ spec, arguments: given }) {
    if (!spec.complete) return;
    const all = modelArguments(spec);
    const taken = new Set(given.map(({ name }) => name));
    for (const { name, span, entry } of given) {
      if (all.has(name) || mayBeOfUnknownBlock(name, spec)) continue;
      const supplied = spec.blocks.some((block) =>
        [...SUPPLIED].some((one) => name === `${block.name}_${one}`),
      );
      const free = [...all.keys()].filter((one) => !taken.has(one));
      const meant = supplied ? undefined : (intended(name, free) ?? closestName(name, all.keys()));
      yield {
        message: supplied
          ? `"${name}" is supplied from the data. Remove it.`
          : meant !== undefined
            ? `This model has no argument "${name}". Did you mean "${meant}"?`
            : `This model has no argument "${name}". ${remedy(name, spec, [...all.keys()])}`,
        span,
        covers: entry,
        // Of `{ dense_unts }` the name is the value, too.
        fix: span?.end === entry?.end ? undefined : changeTo(meant, span),
      };
    }
  },
};

function intended(name: string, candidates: readonly string[]): string | undefined {
  const prefixed = [`fit_${name}`, `compile_${name}`].find((one) => candidates.includes(one));
  const ofOneBlock = candidates.filter((one) => one.endsWith(`_${name}`) && !/^(fit|compile|num)_/.test(one));
  return prefixed ?? closestName(name, candidates) ?? (ofOneBlock.length === 1 ? ofOneBlock[0] : undefined);
}

function remedy(name: string, spec: BlockGraph, all: readonly string[]): string {
  const block = spec.blocks.find((one) => name.startsWith(`${one.name}_`));
  const own = all.filter((one) =>
    block ? one.startsWith(`${block.name}_`) : !/^(fit|compile|num)_/.test(one) && one !== "learn_rate",
  );
  if (block && own.length === 0) return `Block "${block.name}" has none to set. Remove it.`;
  const shown = own.slice(0, 8).join(", ");
  if (block) return `Block "${block.name}" brings ${shown}.`;
  return own.length > 0 ? `Its blocks bring ${shown}.` : "Remove it.";
}

function mayBeOfUnknownBlock(name: string, spec: BlockGraph): boolean {
  return spec.blocks.some((block) => block.arguments.kind !== "known" && name.startsWith(`${block.name}_`));
}
