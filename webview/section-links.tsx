import { useEffect, useRef, useState } from "preact/hooks";

export interface SectionLinksProps {
  /** The answer in a few words, kept in sight. */
  readonly answer: string;
  readonly sections: readonly { readonly id: string; readonly title: string }[];
}

/** The answer and the sections in one row that appears once the top of the panel is scrolled away. */
export function SectionLinks({ answer, sections }: SectionLinksProps) {
  const mark = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  useEffect(() => {
    if (mark.current === null || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(([entry]) => {
      setAway(entry !== undefined && !entry.isIntersecting && entry.boundingClientRect.top < 0);
    });
    observer.observe(mark.current);
    return () => observer.disconnect();
  }, []);
  return (
    <>
      <div ref={mark} class="top-mark" />
      <nav class={`section-links ${away ? "shown" : ""}`} aria-label="Sections" inert={!away}>
        <div>
          <strong>{answer}</strong>
          {sections.map((section) => (
            <a key={section.id} href={`#${section.id}`}>
              {section.title}
            </a>
          ))}
        </div>
      </nav>
    </>
  );
}
