import type { ComponentChildren } from "preact";
import { ChevronIcon } from "./icons.tsx";
import { usePanel } from "./panel-context.ts";

export interface SectionProps {
  /** Also the target of the section links. */
  readonly id: string;
  readonly title: string;
  /** A few words after the title. */
  readonly note?: string;
  readonly children: ComponentChildren;
}

/** A part of the panel under a small heading that folds it; whether it is folded is remembered. */
export function Section({ id, title, note, children }: SectionProps) {
  const { view, change } = usePanel();
  const folded = view.folded.includes(id);
  const toggle = () =>
    change({ folded: folded ? view.folded.filter((one) => one !== id) : [...view.folded, id] });
  return (
    <section class={`section ${id}`} id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        <button
          type="button"
          class="fold"
          aria-expanded={!folded}
          {...(folded ? {} : { "aria-controls": `${id}-body` })}
          onClick={toggle}
        >
          <ChevronIcon />
          <span class="section-title">{title}</span>
          {note !== undefined && <span class="note quiet">{note}</span>}
        </button>
      </h2>
      {!folded && (
        <div class="body" id={`${id}-body`}>
          {children}
        </div>
      )}
    </section>
  );
}
