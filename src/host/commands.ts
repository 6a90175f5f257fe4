/**
 * Every command of the extension, once: what the manifest declares and what activation registers both
 * follow from this table (test/host/commands.test.ts holds them together).
 */
export const COMMANDS: Readonly<Record<CommandId, Command>> = {
  "kspec.fit": { title: "Fit model", run: (host, spec, workflow) => host.fit(spec, textOf(workflow)) },
  "kspec.tune": { title: "Tune model", run: (host, spec, name) => host.tune(spec, textOf(name)) },
  "kspec.fitBest": {
    title: "Fit best…",
    run: (host, tuning, config) => host.fitBest(tuning, textOf(config)),
  },
  "kspec.useBestValues": {
    title: "Use best values…",
    run: (host, tuning, config) => host.useBestValues(tuning, textOf(config)),
  },
  "kspec.cancelFit": { title: "Cancel fit or tuning", run: (host) => host.cancelFit() },
  "kspec.resume": { title: "Resume…", run: (host, run) => host.resume(run) },
  "kspec.showResults": { title: "Show results", run: (host, spec) => host.showResults(spec) },
  "kspec.exportModel": { title: "Export model…", run: (host, spec) => host.exportModel(spec) },
  "kspec.clearCache": { title: "Clear feature cache…", run: (host) => host.clearCache() },
  "kspec.newSpec": { title: "New spec…", run: (host) => host.newSpec() },
  "kspec.doctor": { title: "Doctor", run: (host) => host.doctor() },
  "kspec.installTensorFlow": {
    title: "Install native TensorFlow…",
    run: (host) => host.installTensorFlow(),
  },
  "kspec.removeTensorFlow": { title: "Remove native TensorFlow…", run: (host) => host.removeTensorFlow() },
  "kspec.showLog": { title: "Show log", run: (host) => host.showLog() },
};

export type CommandId =
  | "kspec.fit"
  | "kspec.tune"
  | "kspec.fitBest"
  | "kspec.useBestValues"
  | "kspec.cancelFit"
  | "kspec.resume"
  | "kspec.showResults"
  | "kspec.exportModel"
  | "kspec.clearCache"
  | "kspec.newSpec"
  | "kspec.doctor"
  | "kspec.installTensorFlow"
  | "kspec.removeTensorFlow"
  | "kspec.showLog";

export interface Command {
  /** As in the palette, after "KSpec: ". */
  readonly title: string;
  run(host: CommandHost, ...args: readonly unknown[]): unknown;
}

/** What the commands ask of the host. `spec` is a URI, a URI's text (from a code lens), or nothing: the active editor's. */
export interface CommandHost {
  fit(spec: unknown, workflow: string | undefined): unknown;
  tune(spec: unknown, name: string | undefined): unknown;
  /** `tuning` is a tuning run's folder, or a spec as above; `config` a candidate's, else the best one is meant. */
  fitBest(tuning: unknown, config: string | undefined): unknown;
  useBestValues(tuning: unknown, config: string | undefined): unknown;
  cancelFit(): unknown;
  /** `run` is a run's folder, or a spec as above. */
  resume(run: unknown): unknown;
  showResults(spec: unknown): unknown;
  exportModel(spec: unknown): unknown;
  clearCache(): unknown;
  newSpec(): unknown;
  doctor(): unknown;
  installTensorFlow(): unknown;
  removeTensorFlow(): unknown;
  showLog(): unknown;
}

/** A menu passes other things than a code lens does in second place; only a name is a text. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
