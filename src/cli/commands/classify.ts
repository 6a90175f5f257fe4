import { InvalidArgumentError, type Command } from "commander";
import { ProgressLine, progressText } from "../progress-line.ts";
import { aside, keepStdoutForJson, say, sayJson } from "../terminal.ts";

interface Options {
  readonly top: number;
  readonly alpha?: number;
  readonly json?: true;
}

export function addClassify(program: Command): void {
  program
    .command("classify")
    .summary("what a pretrained network sees in images")
    .description(
      "What one of Keras's pretrained networks, as it was trained, sees in images: the likeliest of ImageNet's 1000 classes. Images are resized to the network's own size and preprocessed as its weights ask for. Weights and class names are Keras's files: from its cache, a mirror, or the network.",
    )
    .argument("<application>", "resnet50, mobilenet, efficientNetB0, …")
    .argument("<images...>", "images, or folders of images")
    .option("--top <n>", "classes of each image", count, 5)
    .option("--alpha <a>", "width of mobilenet and mobilenetV2 (default: 1)", width)
    .option("--json", "print one JSON object a line for each image")
    .addHelpText(
      "after",
      "\nExamples:\n  kspec classify resnet50 cat.jpg\n  kspec classify mobilenet photos/ --alpha 0.25 --top 3\n  kspec classify efficientNetB0 photos/ --json",
    )
    .action(async (application: string, images: string[], { top, alpha, json }: Options) => {
      if (json) keepStdoutForJson();
      const { classify } = await import("../../jobs/index.ts");
      const line = new ProgressLine();
      const classified = await classify(
        { application, images, top, ...(alpha === undefined ? {} : { alpha }) },
        {
          progress: (done, total, unit) =>
            line.show(progressText(unit === "bytes" ? "Loading" : "Classifying", done, total, unit, null)),
          note: (message) => {
            line.clear();
            aside(message);
          },
        },
      );
      line.clear();
      for (const image of classified)
        if (json) sayJson(image);
        else {
          say(image.file);
          for (const { name, score } of image.classes) say(`  ${score.toFixed(3)}  ${name}`);
        }
    });
}

function count(given: string): number {
  const n = Number(given);
  if (!Number.isInteger(n) || n < 1 || n > 1000)
    throw new InvalidArgumentError("It must be a whole number from 1 to 1000.");
  return n;
}

function width(given: string): number {
  const alpha = Number(given);
  if (given.trim() === "" || !(alpha > 0)) throw new InvalidArgumentError("It must be a number above 0.");
  return alpha;
}
