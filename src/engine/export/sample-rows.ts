import type { PreppedRecipe } from "../../data/baked.ts";
import { pixelDigest } from "../../data/fingerprint.ts";
import type { Column, Image, Table } from "../../data/table.ts";
import { randomStream } from "../random.ts";

/**
 * Made-up rows that a recipe takes: images of noise, larger than the network's where the recipe resizes them; numbers among the
 * training rows'; classes that these have. Recipes that were saved before they told these are asked what their steps learnt.
 */
export function sampleRows({ predictors, steps }: PreppedRecipe, rows: number): Table {
  const random = randomStream(1, "sample rows");
  const learnt = (step: string, column: string): unknown =>
    (steps.find((one) => one.step === step)?.learnt as Record<string, unknown> | null | undefined)?.[column];
  const columns = predictors.map(({ name, kind, shape = [], range, ...given }): [string, Column] => {
    if (kind === "numeric") {
      if (range)
        return [
          name,
          {
            kind,
            values: Float64Array.from({ length: rows }, () => range[0] + random() * (range[1] - range[0])),
          },
        ];
      const { mean = 0, sd = 1 } = (learnt("normalize", name) ?? {}) as { mean?: number; sd?: number };
      const values = Float64Array.from({ length: rows }, () => mean + sd * (2 * random() - 1));
      return [name, { kind, values }];
    }
    if (kind === "nominal") {
      const levels = given.levels ?? ((learnt("dummy", name) ?? [""]) as readonly string[]);
      const codes = Int32Array.from({ length: rows }, () => Math.floor(random() * levels.length));
      return [name, { kind, levels, codes }];
    }
    const [height = 1, width = 1, channels = 1] = shape;
    const resized = steps.some(({ step, columns }) => step === "resize" && columns.includes(name));
    const size = resized
      ? ([Math.ceil(height * 1.5), width + 1, channels] as const)
      : ([height, width, channels] as const);
    return [
      name,
      { kind, images: Array.from({ length: rows }, (_, i) => noise(`noise ${i + 1}`, size, random)) },
    ];
  });
  return { rows, columns: new Map(columns) };
}

function noise(
  id: string,
  [height, width, channels]: readonly [number, number, number],
  random: () => number,
): Image {
  const pixels = Uint8Array.from({ length: height * width * channels }, () => random() * 256);
  return {
    id,
    height,
    width,
    channels,
    read: () => Promise.resolve(pixels.slice()),
    digest: () => Promise.resolve(pixelDigest(pixels, [height, width, channels])),
  };
}
