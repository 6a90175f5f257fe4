import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from "@vscode/webview-ui-toolkit";
import { h, type ComponentChildren, type JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * The toolkit's controls, and the only file that knows which toolkit it is: its successor is a change
 * of this file alone. Everything else in the panel asks for a Button, a Checkbox, a Dropdown.
 */
provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodeTextField(),
);

export interface ButtonProps {
  readonly onClick: () => void;
  readonly children: ComponentChildren;
  /** At most one button of a section is primary. Default false. */
  readonly primary?: boolean;
  readonly disabled?: boolean;
  /** Read out instead of the text, and shown on hover. */
  readonly label?: string;
}

export function Button({
  onClick,
  children,
  primary = false,
  disabled = false,
  label,
}: ButtonProps): JSX.Element {
  return h(
    "vscode-button",
    {
      class: "button",
      appearance: primary ? "primary" : "secondary",
      disabled,
      onClick: () => {
        if (!disabled) onClick();
      },
      ...(label === undefined ? {} : { title: label, "aria-label": label }),
    },
    children,
  );
}

export interface CheckboxProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ComponentChildren;
}

export function Checkbox({ checked, onChange, children }: CheckboxProps): JSX.Element {
  return h(
    "vscode-checkbox",
    {
      class: "checkbox",
      checked,
      onChange: (event: Event) => {
        const now = (event.target as HTMLInputElement).checked;
        // The toolkit also says `change` when the property is set from outside.
        if (now !== checked) onChange(now);
      },
    },
    children,
  );
}

export interface DropdownProps {
  /** What is chosen among: its name stands before it. */
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly onChange: (value: string) => void;
}

export function Dropdown({ label, value, options, onChange }: DropdownProps): JSX.Element {
  const element = useRef<HTMLElement & { value: string }>(null);
  const key = options.map((option) => option.value).join("\n");
  useEffect(() => {
    // The toolkit chooses its first option whenever the options change, after its own rendering.
    const set = () => {
      if (element.current && element.current.value !== value) element.current.value = value;
    };
    set();
    const later = setTimeout(set, 0);
    return () => clearTimeout(later);
  }, [value, key]);
  return h("label", { class: "dropdown" }, [
    h("span", { class: "quiet" }, label),
    h(
      "vscode-dropdown",
      {
        ref: element,
        "aria-label": label,
        onChange: (event: Event) => {
          const chosen = (event.target as HTMLInputElement).value;
          if (chosen !== value) onChange(chosen);
        },
      },
      options.map((option) =>
        h(
          "vscode-option",
          { key: option.value, value: option.value, selected: option.value === value },
          option.text,
        ),
      ),
    ),
  ]);
}

export interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

export function SearchField({ label, value, onInput }: SearchFieldProps): JSX.Element {
  return h("vscode-text-field", {
    class: "search",
    value,
    placeholder: label,
    "aria-label": label,
    onInput: (event: Event) => onInput((event.target as HTMLInputElement).value),
  });
}
