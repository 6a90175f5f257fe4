import type { JSX } from "preact";

/** Small marks of 16 × 16 in the colour of the text round them. They say nothing alone: a word stands beside each. */
function Icon({ class: name, children }: { class: string; children: JSX.Element | JSX.Element[] }) {
  return (
    <svg
      class={`icon ${name}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.25"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const ErrorIcon = () => (
  <Icon class="icon-error">
    <circle cx="8" cy="8" r="6" />
    <path d="M5.75 5.75l4.5 4.5M10.25 5.75l-4.5 4.5" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon class="icon-warning">
    <path d="M8 2.25L14.25 13.5H1.75zM8 6.5v3.25" />
    <path d="M8 11.6v.05" stroke-width="1.6" />
  </Icon>
);

export const InformationIcon = () => (
  <Icon class="icon-information">
    <circle cx="8" cy="8" r="6" />
    <path d="M8 7.5v3.5" />
    <path d="M8 5.1v.05" stroke-width="1.6" />
  </Icon>
);

export const StoppedIcon = () => (
  <Icon class="icon-stopped">
    <circle cx="8" cy="8" r="6" />
    <path d="M6 6h4v4H6z" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon class="icon-check">
    <path d="M3.5 8.5l3 3 6-7" />
  </Icon>
);

export const LockIcon = () => (
  <Icon class="icon-lock">
    <path d="M4 7.5h8v5.5H4zM5.75 7.5V5.25a2.25 2.25 0 0 1 4.5 0V7.5" />
  </Icon>
);

export const CrossIcon = () => (
  <Icon class="icon-cross">
    <path d="M4.5 4.5l7 7M11.5 4.5l-7 7" />
  </Icon>
);

export const ChevronIcon = () => (
  <Icon class="icon-chevron">
    <path d="M6 3.5L10.5 8 6 12.5" />
  </Icon>
);
