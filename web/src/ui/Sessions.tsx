import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { visible } from '../core/text.ts';
import { LIMIT_TITLE_CHARS } from '../protocol/codes.ts';
import type { Listed } from '../protocol/frames.ts';
import type { Room } from '../state/room.ts';

/** The open sessions, who is in them, and a way to open a new one. */
export function Sessions({ room, close }: { room: Room; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useSignal<Listed[] | null>(null);
  const problem = useSignal<string | null>(null);
  useEffect(() => {
    dialog.current!.showModal();
    room.others().then(
      (found) => (list.value = found),
      (error: Error) => (problem.value = error.message),
    );
  }, []);
  const create = async (event: SubmitEvent) => {
    event.preventDefault();
    const title = String(new FormData(event.currentTarget as HTMLFormElement).get('title')).trim();
    const done = title ? await room.run({ name: 'create', title }) : null;
    if (done?.session) location.assign(`/s/${encodeURIComponent(done.session)}`);
    else problem.value = room.note.value?.text ?? null;
  };
  return (
    <dialog class="help" ref={dialog} onClose={close} aria-label="Sessions">
      <form method="dialog">
        <h2>Sessions</h2>
        <button aria-label="Close">Close</button>
      </form>
      <div class="body">
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        {!list.value && !problem.value && <p class="dim">Asking the hub …</p>}
        <ul class="sessions">
          {list.value?.map((each) => (
            <li key={each.id}>
              <a href={`/s/${encodeURIComponent(each.slug || each.id)}`} aria-current={each.id === room.session.snapshot.value?.id ? 'page' : undefined}>
                {each.slug && each.slug !== 'lobby' && <span class="slug">{visible(each.slug)}</span>} <b>{visible(each.title)}</b>
                <span class="dim">{here(each)}</span>
              </a>
            </li>
          ))}
        </ul>
        <form class="create" onSubmit={create}>
          <input name="title" aria-label="Title of a new session" placeholder="What is wrong, in a few words" maxLength={LIMIT_TITLE_CHARS} required />
          <button>New session</button>
        </form>
      </div>
    </dialog>
  );
}

function here(session: Listed): string {
  const names = session.members.filter(({ human }) => session.here.includes(human)).map(({ name }) => visible(name));
  return names.length === 0 ? 'nobody here' : `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} here`;
}
