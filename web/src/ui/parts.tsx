/** Small pieces used in several places. */
import type { ComponentChildren } from 'preact';
import { initials, type Person } from '../core/session.ts';
import { visible } from '../core/text.ts';

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M3 5l5 5-5 5" />
      <path d="M10 15h7" />
    </svg>
  );
}

const HUES = 6;

/** Same person, same colour, on every screen; the letters say it too. */
function hue(human: string): number {
  let sum = 0;
  for (const char of human) sum = (sum * 31 + char.charCodeAt(0)) % 997;
  return sum % HUES;
}

export function Avatar({ person, quiet }: { person: Person; quiet?: boolean }) {
  const words = [visible(person.name), person.role, person.drives && 'drives', person.here ? person.state : 'away'];
  const label = words.filter(Boolean).join(', ');
  return (
    <span
      class={`avatar hue${hue(person.human)}${person.drives ? ' drives' : ''}${person.here ? '' : ' away'}`}
      title={quiet ? undefined : label}
      role={quiet ? undefined : 'img'}
      aria-label={quiet ? undefined : label}
      aria-hidden={quiet ? true : undefined}
    >
      {initials(visible(person.name))}
    </span>
  );
}

export function Key({ children }: { children: ComponentChildren }) {
  return <kbd>{children}</kbd>;
}
