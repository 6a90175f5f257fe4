/** A process that keeps features, for tests of several at once: `FOLDER LENGTH LIMIT FROM TO CHUNK`. Says after each chunk how far it is. */
import { openFeatureStore } from "../../../src/engine/feature-store/index.ts";
import { keep, KEY, look, numbers } from "./shelf-tools.ts";

const [folder, ...given] = process.argv.slice(2);
const [length, limit, from, to, chunk] = given.map(Number) as [number, number, number, number, number];
const shelf = await openFeatureStore({ folder: folder!, limit }).open(KEY, length, "a base");
let computed = 0;
try {
  for (let image = from; image < to; image += chunk) {
    const images = numbers(image, Math.min(to, image + chunk));
    const there = new Set(await look(shelf, images, length));
    const missing = images.filter((one) => !there.has(one));
    if (missing.length > 0) await keep(shelf, missing, length);
    computed += missing.length;
    process.stdout.write(`${image + images.length}\n`);
  }
  await shelf.close();
  process.stdout.write(`computed ${computed} damaged ${shelf.damaged}\n`);
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code}: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
