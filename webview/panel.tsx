import { useLayoutEffect, useRef } from "preact/hooks";
import { Announcement } from "./announcement.tsx";
import { Examples } from "./examples/examples.tsx";
import { Model } from "./model/model.tsx";
import { usePanel } from "./panel-context.ts";
import { Results, shownEvaluation, unitOf } from "./results/results.tsx";
import { Ending } from "./run/ending.tsx";
import { Head } from "./run/head.tsx";
import { HeadlineBlock } from "./run/headline.tsx";
import { headlineOf } from "./run/headline-words.ts";
import { Phases } from "./run/phases.tsx";
import { Problems } from "./run/problems.tsx";
import { RelatedRuns } from "./run/related-runs.tsx";
import type { Shown } from "./run-store.ts";
import { SectionLinks } from "./section-links.tsx";
import { Training } from "./training/training.tsx";
import { BestButtons } from "./tuning/candidate-buttons.tsx";
import { Tuning, tuningSections } from "./tuning/tuning.tsx";
import { isTuning } from "./tuning/tuning-facts.ts";

/** The results panel: the same run state and view give the same page. */
export function Panel({ shown }: { shown: Shown }) {
  const { view } = usePanel();
  const { run, state } = shown;

  // Where one was, once the page of this run is there to be scrolled.
  const scrolled = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (run === null || scrolled.current === run) return;
    scrolled.current = run;
    window.scrollTo(0, view.scroll);
  });

  if (run === null) return <NoRun />;
  return (
    <main class="panel" data-status={state.status} data-kind={isTuning(state) ? "tuning" : "fit"}>
      <Head run={run} state={state} />
      <RelatedRuns runs={shown.related} />
      <HeadlineBlock state={state} />
      <BestButtons state={state} />
      <Ending state={state} />
      <Phases state={state} />
      <SectionLinks {...sectionLinks(shown, view.outcome)} />
      <Problems state={state} />
      {isTuning(state) ? (
        state.tuning !== null && <Tuning state={state} tuning={state.tuning} />
      ) : (
        <div class="sections">
          <Training state={state} />
          <Results state={state} />
          <Examples state={state} />
          <Model state={state} />
        </div>
      )}
      <Announcement state={state} />
    </main>
  );
}

function NoRun() {
  return (
    <main class="panel empty" data-status="empty">
      <h1>No runs yet</h1>
      <p class="quiet">
        Fit a model from a spec file: the code lens above a workflow, or <strong>KSpec: Fit model</strong>.
      </p>
    </main>
  );
}

/** The sections that are there, in their order on the page, and the headline in short. */
function sectionLinks({ state }: Shown, outcome: string | null) {
  const headline = headlineOf(state);
  const running = state.status === "running";
  const answer = headline.number === null ? headline.title : `${headline.number} ${headline.title}`;
  const problems = { id: "problems", title: "Problems", there: state.problems.length > 0 };
  if (isTuning(state))
    return { answer, sections: [problems, ...tuningSections(state)].filter((section) => section.there) };
  const evaluation = shownEvaluation(state, outcome);
  return {
    answer,
    sections: [
      problems,
      { id: "training", title: "Training", there: running || state.epochs.length > 0 },
      { id: "test", title: "Test", there: running || evaluation !== null || state.metrics.length > 0 },
      {
        id: "images",
        title: evaluation !== null && unitOf(evaluation) === "images" ? "Images" : "Examples",
        there: (evaluation?.examples.length ?? 0) > 0,
      },
      { id: "model", title: "Model", there: state.layers.length > 0 },
    ].filter((section) => section.there),
  };
}
