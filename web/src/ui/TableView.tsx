/** The result of a query that aggregates: counted by the hub before anything is left out, told anew every second. */
import { clockOf, count, many } from '../core/format.ts';
import { visible } from '../core/text.ts';
import type { Table } from '../protocol/frames.ts';
import type { Room } from '../state/room.ts';

export function TableView({ room }: { room: Room }) {
  const table = room.asides.table.value;
  const kinds = table?.columns.map((_, at) => (table.rows.some((row) => typeof row[at] === 'number') ? undefined : 'word'));
  return (
    <section class="table-view" aria-label="Table">
      <p class="back dim" role="note">
        {table ? said(table) : 'Waiting for the first numbers …'}
      </p>
      <div class="scroll" tabIndex={0} aria-label="Rows of the table">
        {table && (
          <table class="numbers">
            <thead>
              <tr>
                {table.columns.map((name, at) => <th key={name} scope="col" class={kinds?.[at]}>{visible(name)}</th>)}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, at) => (
                    <td key={at} class={kinds?.[at]}>
                      {shown(cell)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {table?.rows.length === 0 && <p class="empty dim">Nothing has matched since then.</p>}
      </div>
    </section>
  );
}

function said({ rows, groups, since, other }: Table): string {
  const part = groups > rows.length ? `${count(rows.length)} of ${many(groups, 'group')}` : many(groups, 'group');
  return `${part}, counted since ${clockOf(since * 1000)}, told every second${other ? '; groups beyond the limit are together in “other”' : ''}`;
}

function shown(cell: Table['rows'][number][number]): string {
  if (cell === null) return '–';
  if (typeof cell !== 'number') return visible(String(cell));
  return Number.isInteger(cell) ? count(cell) : cell.toLocaleString('en', { maximumSignificantDigits: 6 });
}
