/** What **New spec…** offers; the texts are in `media/templates/`. */
export const TEMPLATES: readonly Template[] = [
  {
    file: "digits_transfer.kspec.ts",
    label: "Digits, transfer learning",
    detail: "A frozen base and a new head. Fits as it is: the images and the base come with KSpec.",
  },
  {
    file: "digits_tune.kspec.ts",
    label: "Tune a network",
    detail: "Units, dropout and learning rate of a head, tried on three folds. Runs as it is, in seconds.",
    tunes: true,
  },
  {
    file: "photos_transfer.kspec.ts",
    label: "Photos, transfer learning",
    detail:
      "A frozen MobileNet and a new head for images of your own, one folder a class. Fetches 2 MB of weights.",
  },
  {
    file: "two_branches.kspec.ts",
    label: "Digits, two branches",
    detail: "A functional spec whose blocks branch and join. Fits as it is.",
  },
  {
    file: "image_folder.kspec.ts",
    label: "Images in folders",
    detail: "A small convolutional network for images of your own, one folder a class.",
  },
  {
    file: "csv_table.kspec.ts",
    label: "Table (CSV), regression",
    detail: "A sequential spec that predicts a number from the columns of a table of your own.",
  },
];

export interface Template {
  /** In `media/templates/`, and the name that is suggested. */
  readonly file: string;
  readonly label: string;
  readonly detail: string;
  /** It exports a tuning; absent: a workflow to fit. */
  readonly tunes?: true;
}

/** `digits.kspec.ts`, or `digits_2.kspec.ts` where that is taken, and so on. */
export function freeName(file: string, taken: ReadonlySet<string>): string {
  const stem = file.replace(/\.kspec\.ts$/, "");
  let name = file;
  for (let number = 2; taken.has(name); number++) name = `${stem}_${number}.kspec.ts`;
  return name;
}
