/** A variable of the environment that changes what KSpec does. In the editor, settings are handed over as such. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  /** The setting of the editor that sets it; null where there is none. */
  readonly setting: string | null;
}

/** Those that are set, in the order of the table in docs/cli.md. */
export function variablesInForce(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Variable[] {
  return Object.entries(VARIABLES).flatMap(([name, setting]) => {
    const value = env[name];
    return value ? [{ name, value, setting }] : [];
  });
}

/** All that KSpec reads, and the settings that stand for them. */
export const VARIABLES: Readonly<Record<string, string | null>> = {
  KERAS_HOME: null,
  KSPEC_MIRROR: "kspec.mirrors",
  KSPEC_TFJS_NODE: "kspec.tfjsNode",
  KSPEC_DEVICE: "kspec.device",
  KSPEC_CACHE: "kspec.cache.folder",
  KSPEC_CACHE_LIMIT: "kspec.cache.limit",
  KSPEC_DATA: null,
  KSPEC_DEBUG: null,
};
