import type { TuningState } from "../../protocol/index.ts";
import { foldColumns } from "./fold-columns.ts";

/** What was said of one trial: a row of tune's `collect_notes()`. */
export interface NoteRow {
  readonly id: string;
  readonly id2?: string;
  readonly ".config": string;
  readonly type: "error" | "warning" | "note";
  readonly note: string;
  /** The layer block it comes from, where that is known. */
  readonly block?: string;
}

/** tune's `collect_notes()`: notes of all trials, those of candidates that were given up included. */
export function collectNotes({ candidates }: TuningState): NoteRow[] {
  return candidates.flatMap(({ config, trials }) =>
    trials.flatMap(({ fold, notes }) =>
      notes.map(({ type, message, block }): NoteRow => ({
        ...foldColumns(fold),
        ".config": config,
        type,
        note: message,
        ...(block === undefined ? {} : { block }),
      })),
    ),
  );
}

/** tune's `show_notes()`: each different note once, with how many trials it is of; errors first. For people. */
export function showNotes(state: TuningState): string {
  const counts = new Map<string, { readonly type: NoteRow["type"]; readonly note: string; count: number }>();
  for (const { type, note } of collectNotes(state)) {
    const key = `${type}\n${note}`;
    const found = counts.get(key);
    if (found === undefined) counts.set(key, { type, note, count: 1 });
    else found.count++;
  }
  if (counts.size === 0) return "There are no notes.";
  const rank = { error: 0, warning: 1, note: 2 };
  return [...counts.values()]
    .sort((a, b) => rank[a.type] - rank[b.type] || b.count - a.count)
    .map(
      ({ type, note, count }) =>
        `${type} (${count === 1 ? "1 trial" : `${count.toLocaleString("en-US")} trials`}): ${note}`,
    )
    .join("\n");
}
