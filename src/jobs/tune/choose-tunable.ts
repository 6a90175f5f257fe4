import type {
  FinalizedDescription,
  LastFitDescription,
  SelectionDescription,
  TuningDescription,
  WorkflowMapDescription,
} from "../../kspec/tuning-description.ts";
import type { MetricSetDescription, WorkflowDescription } from "../../kspec/description.ts";
import { UserError } from "../../protocol/index.ts";
import type { LoadedSpec } from "../load-spec.ts";

/** What `kspec tune` runs of a spec: its tunings, in the order in which one needs the other, and the fit that they lead to. */
export interface Tunable {
  /** The name it is exported by. */
  readonly name: string;
  readonly tunings: readonly NamedTuning[];
  /** Absent where a tuning is all that is exported. */
  readonly final?: FinalFit;
}

export interface NamedTuning {
  /** Of a workflow set: the workflow's. */
  readonly workflowId?: string;
  readonly tuning: TuningDescription;
}

/** A workflow whose values a selection gives. */
export interface FinalFit {
  readonly workflow: WorkflowDescription;
  readonly selection: SelectionDescription;
  readonly metrics?: MetricSetDescription;
}

/**
 * The tuning to run: the export that is named, else the default one, else the only one.
 *
 * @throws UserError that lists what there is.
 */
export function chooseTunable(spec: LoadedSpec, asked: string | undefined): Tunable {
  const found = tunablesOf(spec);
  const names = [...found.keys()];
  if (found.size === 0)
    throw new UserError(
      "nothing-to-tune",
      "The spec exports nothing that can be tuned. Mark arguments with tune(), and export a tuning: export const results = tune_grid(my_workflow, { resamples: vfold_cv({ v: 5 }), grid: grid_regular({ levels: 3 }) }).",
    );
  if (asked !== undefined && !found.has(asked))
    throw new UserError(
      "no-such-tuning",
      `The spec exports no tuning named "${asked}". It exports ${listed(names)}.`,
    );
  const name = asked ?? (found.has("default") ? "default" : found.size === 1 ? names[0]! : onlyOne(names));
  return { name, ...chainOf(found.get(name)!) };
}

/** The tuning that leads to a final fit, where an export is one; undefined for all else. */
export function finalFitOf(
  value: unknown,
): { readonly tunings: readonly NamedTuning[]; readonly final: FinalFit } | undefined {
  if (kindOf(value) !== "last_fit") return undefined;
  const { tunings, final } = chainOf(value as LastFitDescription);
  return final === undefined ? undefined : { tunings, final };
}

type Exported = TuningDescription | LastFitDescription | WorkflowMapDescription;

function tunablesOf({ exports }: LoadedSpec): Map<string, Exported> {
  const found = new Map<string, Exported>();
  for (const [name, value] of Object.entries(exports)) {
    const kind = kindOf(value);
    if (kind === "tuning" || kind === "workflow_map" || finalFitOf(value) !== undefined)
      found.set(name, value as Exported);
  }
  return found;
}

function chainOf(exported: Exported): Pick<Tunable, "tunings" | "final"> {
  switch (exported.kind) {
    case "tuning":
      return { tunings: withEarlier({ tuning: exported }) };
    case "workflow_map":
      return {
        tunings: Object.entries(exported.tunings).flatMap(([workflowId, tuning]) =>
          withEarlier({ workflowId, tuning }),
        ),
      };
    case "last_fit": {
      const { workflow, metrics } = exported;
      if (workflow.kind !== "finalized") return { tunings: [] };
      return {
        tunings: withEarlier({ tuning: workflow.selection.results }),
        final: finalOf(workflow, metrics),
      };
    }
  }
}

function finalOf(
  { workflow, selection }: FinalizedDescription,
  metrics: MetricSetDescription | undefined,
): FinalFit {
  return { workflow, selection, ...(metrics === undefined ? {} : { metrics }) };
}

/** A search that starts from another tuning's results needs these first. */
function withEarlier(named: NamedTuning): NamedTuning[] {
  const earlier = named.tuning.options["initial"];
  return kindOf(earlier) === "tuning"
    ? [...withEarlier({ tuning: earlier as TuningDescription }), named]
    : [named];
}

export function kindOf(value: unknown): string | null {
  const kind = (value as { kind?: unknown } | null | undefined)?.kind;
  return typeof kind === "string" ? kind : null;
}

function onlyOne(names: readonly string[]): never {
  throw new UserError(
    "several-tunings",
    `The spec exports several tunings: ${listed(names)}. Name one with --export, or make one the default export.`,
  );
}

function listed(names: readonly string[]): string {
  const said = names.map((name) => (name === "default" ? "the default export" : `"${name}"`));
  return said.length === 1 ? `only ${said[0]}` : `${said.slice(0, -1).join(", ")} and ${said.at(-1)}`;
}
