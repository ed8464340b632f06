/** What kinds of messages there are, and which of them are new, more frequent or gone. */
import { count, short, span } from '../core/format.ts';
import { hasTerm, patternTerm, withTerm } from '../core/terms.ts';
import { visible } from '../core/text.ts';
import type { Pattern } from '../protocol/frames.ts';
import type { Room } from '../state/room.ts';

const LETTERS: Record<string, string> = { trace: 'TRC', debug: 'DBG', info: 'INF', warn: 'WRN', error: 'ERR', fatal: 'FTL' };

export function Patterns({ room }: { room: Room }) {
  const patterns = room.asides.patterns.value;
  const items = patterns?.items ?? [];
  return (
    <section class="patterns" aria-label="Patterns">
      <h2>
        Patterns{' '}
        {patterns && (
          <span class="dim">
            {span(patterns.window)} against {span(patterns.baseline)} before{patterns.behind ? ', of a sample' : ''}
          </span>
        )}
      </h2>
      <div class="scroll" tabIndex={0} aria-label="List of patterns">
        {!patterns && <p class="dim none">Learning …</p>}
        {patterns && items.length === 0 && <p class="dim none">No messages yet.</p>}
        <ul>
          {items.map((item) => <One key={item.id} room={room} item={item} />)}
        </ul>
        {patterns && patterns.total > items.length && <p class="dim none">{count(patterns.total - items.length)} more are not listed</p>}
      </div>
    </section>
  );
}

function One({ room, item: { text, level, service, n, before, mark } }: { room: Room; item: Pattern }) {
  const term = patternTerm(text);
  const query = room.query.value;
  return (
    <li>
      <button class={`pattern ${level in LETTERS ? level : 'info'}`} aria-pressed={hasTerm(query, term)} title="Only rows of this pattern" onClick={() => void room.look(withTerm(query, term))}>
        <span class="marks">
          {mark && <b class={`mark ${mark}`}>{mark.toUpperCase()}</b>}
          <span class="level">{LETTERS[level] ?? visible(level).slice(0, 5)}</span>
          <span class="n">
            {short(n)}
            {before > 0 && <span class="dim"> was {short(before)}</span>}
          </span>
        </span>
        <span class="text">{visible(text)}</span>
        <span class="service">{visible(service)}</span>
      </button>
    </li>
  );
}
