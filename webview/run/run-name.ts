/** A run's folder name as people say it: `2026-11-24-140203-digits-x7` is `run x7`; any other name stays. */
export function runName(run: string): string {
  const last = /^\d{4}-\d{2}-\d{2}-\d{6}-.*-([0-9a-z]{1,6})$/i.exec(run)?.[1];
  return `run ${last ?? run}`;
}
