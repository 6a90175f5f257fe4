import type { Place, ProblemFound, RunState } from "../../src/protocol/index.ts";
import { ErrorIcon, InformationIcon, WarningIcon } from "../icons.tsx";
import { usePanel } from "../panel-context.ts";
import { Section } from "../section.tsx";
import { Button } from "../ui.ts";
import { ShowLine } from "./ending.tsx";

const ICONS = { error: ErrorIcon, warning: WarningIcon, information: InformationIcon, hint: InformationIcon };
const ORDER = ["error", "warning", "information", "hint"];

/** What the run noticed, worst first; the same thing said twice is shown once. */
export function Problems({ state }: { state: RunState }) {
  const problems = distinctProblems(state.problems);
  if (problems.length === 0) return null;
  return (
    <Section id="problems" title="Problems" note={String(problems.length)}>
      <ul class="problems">
        {problems.map((problem) => {
          const Icon = ICONS[problem.severity] ?? InformationIcon;
          return (
            <li key={`${problem.code} ${problem.message}`} class={problem.severity}>
              <Icon />
              <span class="hidden">{problem.severity}: </span>
              <p title={problem.code}>{problem.message}</p>
              {problem.place !== undefined && <Remedies place={problem.place} fix={problem.fix} />}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

/** The way to the line, and before it the editor's quick fix where it has one. */
function Remedies({ place, fix }: { place: Place; fix: string | undefined }) {
  const { send } = usePanel();
  if (fix === undefined) return <ShowLine place={place} />;
  return (
    <div class="remedies">
      <Button onClick={() => send({ type: "fix", place, fix })}>{fix}</Button>
      <ShowLine place={place} />
    </div>
  );
}

export function distinctProblems(problems: readonly ProblemFound[]): ProblemFound[] {
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const key = JSON.stringify([problem.code, problem.message, problem.place]);
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}
