import { Icon } from "./icons";

export function SearchInput({ label, value, onChange, placeholder, hasFocus = false }: { readonly label: string; readonly value: string; readonly onChange: (value: string) => void; readonly placeholder?: string; readonly hasFocus?: boolean }) {
  return (
    <span className="search">
      <Icon name="search" />
      <input className="input" type="search" autoFocus={hasFocus} aria-label={label} placeholder={placeholder ?? label} value={value} onChange={(event) => onChange(event.target.value)} />
    </span>
  );
}
