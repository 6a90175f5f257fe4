import type { TrialNote, TuningState } from "../../src/protocol/index.ts";

/** The same thing noted by trials, however many. */
export interface NoteOfTrials extends Pick<TrialNote, "type" | "message"> {
  readonly trials: number;
  readonly candidates: number;
  /** Config of the first candidate that noted it. */
  readonly first: string;
}

const ORDER = ["error", "warning", "note"];

/** tune's `collect_notes`, the same message once: errors first, then by how often. */
export function tuningNotes({ candidates }: TuningState): NoteOfTrials[] {
  const found = new Map<string, { note: TrialNote; trials: number; configs: Set<string>; first: string }>();
  for (const { config, trials } of candidates)
    for (const { notes } of trials)
      for (const note of notes) {
        const key = `${note.type} ${note.message}`;
        let one = found.get(key);
        if (one === undefined) found.set(key, (one = { note, trials: 0, configs: new Set(), first: config }));
        one.trials++;
        one.configs.add(config);
      }
  return [...found.values()]
    .map(({ note: { type, message }, trials, configs, first }) => ({
      type,
      message,
      trials,
      candidates: configs.size,
      first,
    }))
    .sort((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type) || b.trials - a.trials);
}
