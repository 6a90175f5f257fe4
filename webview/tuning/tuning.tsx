import { useMemo, useState } from "preact/hooks";
import type { TuningState } from "../../src/protocol/index.ts";
import { usePanel } from "../panel-context.ts";
import { Candidates } from "./candidates.tsx";
import { bestOf, shownMetrics } from "./tuning-facts.ts";

/** What the panel shows of a tuning below its headline. */
export function Tuning({ tuning }: { tuning: TuningState }) {
  const { view } = usePanel();
  const [pointed, setPointed] = useState<string | null>(null);
  const metrics = useMemo(() => shownMetrics(tuning), [tuning]);
  const best = useMemo(() => bestOf(tuning), [tuning]);
  const chosen = tuning.candidates.find(({ config }) => config === view.candidate) ?? best;
  return (
    <div class="tuning">
      <Candidates
        tuning={tuning}
        metrics={metrics}
        shown={tuning.candidates}
        best={best}
        chosen={chosen}
        pointed={pointed}
        onPoint={setPointed}
      />
    </div>
  );
}
