import type { RelatedRun } from "../../src/protocol/index.ts";
import { usePanel } from "../panel-context.ts";

/** How many are listed before the rest is folded away: a tuning may have had many of its candidates fitted. */
const AT_ONCE = 4;

/** The ways to runs that belong to this one: "Tuning: accuracy 0.731 · 30 candidates". Nothing where there are none. */
export function RelatedRuns({ runs }: { runs: readonly RelatedRun[] }) {
  if (runs.length === 0) return null;
  const rest = runs.slice(AT_ONCE);
  return (
    <nav class="related-runs" aria-label="Runs that belong to this one">
      <Links runs={runs.slice(0, AT_ONCE)} />
      {rest.length > 0 && (
        <details>
          <summary>{`${rest.length} more`}</summary>
          <Links runs={rest} />
        </details>
      )}
    </nav>
  );
}

function Links({ runs }: { runs: readonly RelatedRun[] }) {
  const { send } = usePanel();
  return (
    <ul>
      {runs.map(({ run, words }) => (
        <li key={run}>
          <button class="link" title={run} onClick={() => send({ type: "show_run", run })}>
            {words}
          </button>
        </li>
      ))}
    </ul>
  );
}
